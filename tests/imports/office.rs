//! A small office on a database of its own, and files written cell by cell.

use rust_xlsxwriter::{Format, Workbook, Worksheet};
use spotcheck::clock::Clock;
use spotcheck::config::{Config, OfficeSource};
use spotcheck::entropy::Entropy;
use spotcheck::model::record::{Record, What};
use spotcheck::model::{Language, Timestamp, Trouble};
use spotcheck::registry::Mode;
use spotcheck::store::Ids;
use spotcheck::table::TemplateKind;
use spotcheck::work::import::Imported;
use spotcheck::work::records::{self, RecordFile};
use spotcheck::work::roster::{self, Roster};
use spotcheck::work::{Content, Context, Secrets};
use std::os::unix::fs::DirBuilderExt;
use tempfile::TempDir;

pub const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

pub const CONFIG: &str = "[mail]\ntransport = \"folder\"\nfrom = \"desk@yunling.example\"\n\
    [[office]]\nid = \"yunling\"\nname = \"云岭县督查办\"\nzone = \"Asia/Shanghai\"\ndesk = \"desk@yunling.example\"\nhead = \"head@yunling.example\"\n\
    [[programme]]\nid = \"posts\"\noffice = \"yunling\"\nname = \"在岗检查\"\n\
    [[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\nlength_minutes = 180\n\
    [[source]]\nid = \"punches\"\noffice = \"yunling\"\nkind = \"punch\"\ncadence = \"daily\"\n\
    [[source]]\nid = \"leave\"\noffice = \"yunling\"\nkind = \"leave\"\ncadence = \"daily\"\n\
    [[source]]\nid = \"trips\"\noffice = \"yunling\"\nkind = \"trip\"\ncadence = \"daily\"\n\
    [[source]]\nid = \"rota\"\noffice = \"yunling\"\nkind = \"rota\"\ncadence = \"never\"\n";

/// Everybody has a number in the devices; two are named alike.
pub const PEOPLE: &str = "id,team,name,role,device_number\nO1,T1,张三,lead,1001\nO2,T1,李四,member,1002\nO3,T1,王五,member,1003\n\
    O4,T1,赵六,member,1004\nO5,T1,赵六,member,1005\n";

pub struct Office {
    pub ctx: Context,
    pub folder: TempDir,
}

pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{}:00+08:00", text.replace(' ', "T"))).unwrap()
}

impl Office {
    pub async fn new() -> Office {
        Office::with(CONFIG, &[]).await
    }

    /// An office with another configuration, and with files beside it.
    pub async fn with(config: &str, files: &[(&str, &str)]) -> Office {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("spotcheck.toml"), config).unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let config = Config::load(&folder.path().join("spotcheck.toml"), &[]).unwrap();
        std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir).unwrap();
        let entropy = Entropy::seeded(b"imports");
        Secrets::create(&config.keys.dir, &entropy).unwrap();
        let ctx = Context::open(config, Clock::simulated(time("2026-04-01 10:00")), entropy).await.unwrap();
        let office = Office { ctx, folder };
        office.roster(TemplateKind::Villages, "id,name,township_code,township\nV1,滨河村,520699001,青山镇\n").await;
        office.roster(TemplateKind::Teams, "id,village,name\nT1,V1,驻滨河村工作队\n").await;
        office.roster(TemplateKind::Officials, PEOPLE).await;
        office
    }

    pub async fn roster(&self, kind: TemplateKind, csv: &str) {
        let day = self.ctx.now().day(ZONE);
        let bytes = csv.as_bytes();
        let roster =
            Roster { kind, file: "roster.csv", bytes, mode: Mode::Changes, day, complete: true, dry_run: false };
        let imported = roster::import(&self.ctx, &roster).await.unwrap();
        assert!(imported.rejects.is_empty(), "{imported:?}");
    }

    pub fn source(&self, id: &str) -> &OfficeSource {
        self.ctx.config.sources.iter().find(|s| s.source.id.as_str() == id).unwrap()
    }

    /// The spans of batches from which something follows.
    pub async fn covering(&self) -> Vec<String> {
        let batches = self.ctx.store.read().await.unwrap().batches().await.unwrap();
        let batches: Vec<_> = batches.iter().filter_map(|row| row.batch().unwrap()).filter(|b| b.complete).collect();
        batches.iter().map(|batch| format!("{}..{}", batch.covers_from, batch.covers_to)).collect()
    }

    pub async fn try_import(&self, file: &File<'_>) -> Result<Imported, Trouble> {
        let source = self.source(file.source);
        let kind = match file.source {
            "punches" => TemplateKind::Attendance,
            "rota" => TemplateKind::Rota,
            _ => TemplateKind::Leave,
        };
        let record_file = RecordFile {
            map: file.map,
            covers: file.covers.map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap())).into(),
            complete: file.complete,
            dry_run: file.dry_run,
            ..RecordFile::new(kind, source, file.name, Content::bytes(file.bytes.clone()))
        };
        records::import(&self.ctx, &record_file).await.map_err(|failure| failure.trouble())
    }

    pub async fn import(&self, source: &str, bytes: impl Into<Vec<u8>>) -> Imported {
        self.try_import(&File::new(source, bytes)).await.unwrap()
    }

    /// All records: `O1 03-02 08:31:00 in phone in range`, by official and time.
    pub async fn records(&self) -> Vec<String> {
        let mut shown = Vec::new();
        let mut tx = self.ctx.store.read().await.unwrap();
        for id in ["O1", "O2", "O3", "O4", "O5"] {
            let mut records = tx.punches_of(&[id].into(), Timestamp(0), Timestamp(i64::MAX)).await.unwrap();
            records.sort_by_key(|record| match &record.what {
                What::Punch(punch) => (punch.at, punch.direction),
                _ => unreachable!(),
            });
            records.extend(tx.papers_of(&Ids::new([id])).await.unwrap().into_iter().map(|(_, record)| record));
            shown.extend(records.iter().map(|record| format!("{id} {}", shown_of(record))));
        }
        shown
    }
}

/// A file to be imported.
pub struct File<'a> {
    pub source: &'a str,
    pub name: &'a str,
    pub bytes: Vec<u8>,
    pub map: Option<&'a str>,
    pub covers: Option<(&'a str, &'a str)>,
    pub complete: bool,
    pub dry_run: bool,
}

impl<'a> File<'a> {
    pub fn new(source: &'a str, bytes: impl Into<Vec<u8>>) -> File<'a> {
        let name = "from-office";
        File { source, name, bytes: bytes.into(), map: None, covers: None, complete: false, dry_run: false }
    }
}

fn shown_of(record: &Record) -> String {
    let at = |t: Timestamp| t.local(ZONE).format("%m-%d %H:%M:%S").to_string();
    let filed = record.filed.at.map_or(String::new(), |t| format!(" filed {} {}", at(t), record.filed.by.code()));
    match &record.what {
        What::Punch(p) => {
            let range = p.in_range.map_or("", |inside| if inside { " in range" } else { " out of range" });
            let device = p.device.as_ref().map_or(String::new(), |device| format!(" at {device}"));
            format!("{} {} {}{range}{device}{filed}", at(p.at), p.direction.code(), p.origin.code())
        }
        What::Paper(p) => {
            let status = p.status.map_or("-", |status| status.code());
            let ends = [("approved", p.approved_at), ("cancelled", p.cancelled_at)];
            let ends = ends.iter().filter_map(|(word, t)| Some(format!(" {word} {}", at((*t)?)))).collect::<String>();
            let sick = if p.sick { " sick" } else { "" };
            format!("{} {} to {} {status} {}{sick}{filed}{ends}", p.kind.code(), at(p.from), at(p.to), p.label)
        }
        What::Rota { from, to } => format!("rota {} to {}{filed}", at(*from), at(*to)),
        What::Note(n) => format!("{} {} to {} {}{filed}", n.kind.code(), at(n.from), at(n.to), n.label),
    }
}

/// What a clerk finds in the reject file.
pub fn rejects(imported: &Imported, language: Language) -> String {
    String::from_utf8(imported.reject_file(language).unwrap().unwrap()).unwrap()
}

pub fn gbk(text: &str) -> Vec<u8> {
    let (bytes, _, lost) = encoding_rs::GBK.encode(text);
    assert!(!lost);
    bytes.into_owned()
}

/// A workbook of one sheet, written cell by cell.
pub fn workbook(write: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    write(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

/// Texts from the first column on; what is empty is not written.
pub fn line(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        sheet.write_string(row, column, *cell).unwrap();
    }
}

/// A title over the rows and columns from one corner to the other.
pub fn merged(sheet: &mut Worksheet, from: (u32, u16), to: (u32, u16), text: &str) {
    sheet.merge_range(from.0, from.1, to.0, to.1, text, &Format::new()).unwrap();
}
