//! A small county in a folder: configuration, keys, register, and a clock that tests move.

use super::post::{self, Read};
use super::support;
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::letter::MessageId;
use spotcheck::mail::{FolderTransport, Maildir};
use spotcheck::model::{AssignmentId, OfficeId, Timestamp, WindowId};
use spotcheck::registry::Mode;
use spotcheck::table::TemplateKind;
use spotcheck::work::custody::Chains;
use spotcheck::work::import::Imported;
use spotcheck::work::roster::{self, Roster};
use spotcheck::work::turn::{Turn, turn};
use spotcheck::work::{Context, Secrets, dispatch, generation};
use std::future::Future;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
/// The evening on which a programme is sealed; the day after, its first windows are drawn.
pub const EVE: &str = "2026-03-02 17:30";

/// All chance of a house follows from it.
pub const SEED: &str = "flow";

/// What differs from test to test.
#[derive(Debug, Clone)]
pub struct Setting {
    /// A PostgreSQL; else SQLite in the folder.
    pub database: Option<String>,
    /// Teams T1, T2, … in villages V1, V2, …, each with two officials.
    pub teams: usize,
    /// Visits that the one inspector can make in a window; what is drawn beyond becomes calls.
    pub capacity: usize,
    /// Also a window in the afternoon.
    pub afternoon: bool,
    /// How often punches and leave come.
    pub cadence: &'static str,
    pub calendar: Option<&'static str>,
    /// More lines of the office's section.
    pub office: &'static str,
    /// More lines of the programme's section.
    pub programme: &'static str,
}

impl Default for Setting {
    fn default() -> Setting {
        Setting {
            database: None,
            teams: 1,
            capacity: 1,
            afternoon: false,
            cadence: "daily",
            calendar: None,
            office: "",
            programme: "",
        }
    }
}

pub struct House {
    pub ctx: Context,
    pub folder: TempDir,
}

/// Runs one case on SQLite and on PostgreSQL.
pub async fn on_both<F: Future<Output = ()>>(setting: Setting, case: impl Fn(House) -> F) {
    case(House::new(setting.clone()).await).await;
    let database = Some(support::postgres_url().await);
    case(House::new(Setting { database, ..setting }).await).await;
}

pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{}:00+08:00", text.replace(' ', "T"))).unwrap()
}

pub fn window(day: &str, slot: &str) -> WindowId {
    format!("posts/yunling/{day}/{slot}").parse().unwrap()
}

pub fn office() -> OfficeId {
    "yunling".parse().unwrap()
}

fn config_text(setting: &Setting) -> String {
    let url = setting.database.clone().unwrap_or_else(|| "sqlite:spotcheck.db".to_owned());
    let (cadence, office, programme) = (setting.cadence, setting.office, setting.programme);
    // Every place is drawn in every window.
    let mut text = format!(
        "[storage]\nurl = \"{url}\"\n[mail]\ntransport = \"folder\"\nfrom = \"desk@yunling.example\"\n\
         [intake]\nmaildir = \"mailbox\"\nauthserv_id = \"mx.yunling.example\"\nauthentication = \"require\"\n\
         [[office]]\nid = \"yunling\"\nname = \"云岭县督查办\"\nname_latin = \"Yunling County Inspection Office\"\n\
         zone = \"Asia/Shanghai\"\nlanguage = \"en\"\ndesk = \"desk@yunling.example\"\nhead = \"head@yunling.example\"\n{office}\
         [[source]]\nid = \"punches\"\noffice = \"yunling\"\nkind = \"punch\"\ncadence = \"{cadence}\"\n\
         [[source]]\nid = \"leave\"\noffice = \"yunling\"\nkind = \"leave\"\ncadence = \"{cadence}\"\n\
         [[programme]]\nid = \"posts\"\noffice = \"yunling\"\nname = \"驻村工作队在岗检查\"\nname_latin = \"Presence\"\n\
         lo = 0.9999999\nhi = 0.9999999\nm = 1\np_call = 0.0000001\n{programme}\
         [[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\nlength_minutes = 180\n"
    );
    if setting.afternoon {
        text.push_str("[[programme.window]]\nslot = \"pm\"\nrule = \"0 14 * * Mon-Fri\"\nlength_minutes = 180\n");
    }
    if setting.calendar.is_some() {
        text = text.replace(
            "[[source]]\nid = \"punches\"",
            "[calendar]\nfiles = [\"calendar.csv\"]\n[[source]]\nid = \"punches\"",
        );
    }
    text
}

async fn open(folder: &Path, clock: Clock) -> Context {
    let config = Config::load(&folder.join("spotcheck.toml"), &[]).unwrap();
    if !config.keys.dir.exists() {
        std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir).unwrap();
    }
    let entropy = Entropy::seeded(SEED.as_bytes());
    Secrets::create(&config.keys.dir, &entropy).unwrap();
    Context::open(config, clock, entropy).await.unwrap()
}

impl House {
    /// A county with its register, on the afternoon before anything happens.
    pub async fn new(setting: Setting) -> House {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("spotcheck.toml"), config_text(&setting)).unwrap();
        if let Some(text) = setting.calendar {
            std::fs::write(folder.path().join("calendar.csv"), text).unwrap();
        }
        Maildir::open(folder.path().join("mailbox")).await.unwrap();
        let ctx = open(folder.path(), Clock::simulated(time("2026-03-02 10:00"))).await;
        let house = House { ctx, folder };
        house.import_register(setting.teams, setting.capacity).await;
        house
    }

    async fn import_register(&self, teams: usize, capacity: usize) {
        let mut villages = "id,name,name_latin,township_code,township,township_latin\n".to_owned();
        let mut posted = "id,village,name,name_latin,sending_unit\n".to_owned();
        let mut officials = "id,team,name,name_latin,role,phone,device_number\n".to_owned();
        for n in 1..=teams {
            villages.push_str(&format!("V{n},滨河村{n},Binhe {n},520699001,青山镇,Qingshan\n"));
            posted.push_str(&format!("T{n},V{n},驻滨河村{n}工作队,Binhe team {n},县水利局\n"));
            officials.push_str(&format!("O{n}1,T{n},王建国{n},Wang Jianguo {n},lead,1380013{n:04},{n}1\n"));
            officials.push_str(&format!("O{n}2,T{n},刘敏{n},Liu Min {n},member,1390013{n:04},{n}2\n"));
        }
        let inspectors = format!(
            "id,name,name_latin,email,language,visits,calls\nI1,赵新,Zhao Xin,zhaoxin@field.example,en,{capacity},20\n"
        );
        for (kind, text) in [
            (TemplateKind::Villages, villages),
            (TemplateKind::Teams, posted),
            (TemplateKind::Officials, officials),
            (TemplateKind::Inspectors, inspectors),
        ] {
            let imported = self.import(kind, &text).await;
            assert!(imported.rejects.is_empty() && imported.new > 0, "{kind:?}: {imported:?}");
        }
    }

    pub async fn import(&self, kind: TemplateKind, csv: &str) -> Imported {
        let file = format!("{}.csv", kind.code());
        let day = self.ctx.now().day(ZONE);
        let roster =
            Roster { kind, file: &file, bytes: csv.as_bytes(), mode: Mode::Full, day, complete: true, dry_run: false };
        roster::import(&self.ctx, &roster).await.unwrap()
    }

    /// The chains of the newest generation.
    pub async fn chains(&self) -> Chains {
        let mut tx = self.ctx.store.read().await.unwrap();
        let all = generation::all(&mut tx, &"posts".parse().unwrap(), &office()).await.unwrap();
        Chains::of(all.last().unwrap()).unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Moves the clock and does everything that is due; nothing may fail.
    pub async fn at(&self, moment: &str) -> Turn {
        self.ctx.clock.set(time(moment));
        let done = turn(&self.ctx, true).await;
        assert!(done.failures.is_empty(), "{moment}: {:?}", done.failures);
        done
    }

    /// The process ends and starts again later; what it held in memory is gone.
    pub async fn restarted(self) -> House {
        let House { ctx, folder } = self;
        let clock = ctx.clock.clone();
        ctx.store.close().await;
        drop(ctx);
        let ctx = open(folder.path(), clock).await;
        dispatch::rescue(&ctx, false).await.unwrap();
        House { ctx, folder }
    }

    /// The process is away while `change` is done to the folder.
    pub async fn changed(self, change: impl FnOnce(&Path)) -> House {
        self.changed_by(async |folder| change(folder)).await
    }

    pub async fn changed_by(self, change: impl AsyncFnOnce(&Path)) -> House {
        let House { ctx, folder } = self;
        let clock = ctx.clock.clone();
        ctx.store.close().await;
        drop(ctx);
        change(folder.path()).await;
        let ctx = open(folder.path(), clock).await;
        House { ctx, folder }
    }

    /// Letters of a kind that stand in the folder, oldest first.
    pub async fn letters(&self, kind: &str) -> Vec<Read> {
        let mut rows = self.ctx.store.read().await.unwrap().letters(Some("acked"), 10_000).await.unwrap();
        rows.retain(|row| row.kind == kind);
        rows.sort_by_key(|row| (row.created_at, row.message_id.clone()));
        let folder = FolderTransport::new(self.path("letters"));
        rows.iter()
            .map(|row| {
                let id = MessageId::parse(&row.message_id).unwrap();
                let file = folder.path_of(&id, Timestamp(row.created_at).day(ZONE));
                post::read(&std::fs::read(&file).unwrap())
            })
            .collect()
    }

    /// The only letter of a kind.
    pub async fn letter(&self, kind: &str) -> Read {
        let mut letters = self.letters(kind).await;
        assert_eq!(letters.len(), 1, "{kind}");
        letters.remove(0)
    }

    /// A mail reaches the mailbox.
    pub async fn deliver(&self, mail: &[u8]) {
        let maildir = Maildir::open(self.path("mailbox")).await.unwrap();
        let name = spotcheck::model::Sha256::of(mail).hex();
        maildir.deliver(&name[..16], mail).await.unwrap();
    }

    /// What is recorded of an assignment: `V1.1 absent`, in the order of the codes.
    pub async fn recorded(&self, assignment: &str) -> Vec<String> {
        let id = AssignmentId::parse(assignment).unwrap();
        let outcomes = self.ctx.store.read().await.unwrap().outcomes_of(&id).await.unwrap();
        outcomes.iter().map(|o| format!("{} {}", o.person, o.outcome)).collect()
    }

    /// Mails as they were sorted: `done duplicate`, sorted.
    pub async fn inbox(&self) -> Vec<String> {
        let counts = self.ctx.store.read().await.unwrap().inbox_counts().await.unwrap();
        counts.into_iter().map(|(state, reason, n)| format!("{n} {state} {reason}")).collect()
    }

    /// Voids as they were published: `am not_sealed`, oldest first.
    pub async fn voids(&self) -> Vec<String> {
        let rows = self.ctx.store.read().await.unwrap().voids(&office()).await.unwrap();
        rows.into_iter().map(|v| format!("{} {}", v.window, v.reason)).collect()
    }

    /// The public log, as it would be handed to anybody.
    pub async fn log(&self) -> Vec<String> {
        let entries = self.ctx.store.read().await.unwrap().log_entries(&office()).await.unwrap();
        entries.into_iter().map(|e| e.entry).collect()
    }

    /// Drawn lines of a window: `T1 visit open`.
    pub async fn lines(&self, window: &WindowId) -> Vec<String> {
        let lines = self.ctx.store.read().await.unwrap().lines_of_window(window).await.unwrap();
        let state = |s: &Option<String>| s.clone().unwrap_or_else(|| "open".to_owned());
        lines.iter().map(|l| format!("{} {} {}", l.place, l.kind, state(&l.state))).collect()
    }

    /// What a draw came to: the keyed hash of its list, and the places in it. `None` before the draw.
    pub async fn list(&self, window: &WindowId) -> Option<(String, Vec<String>)> {
        let draw = self.ctx.store.read().await.unwrap().draw(window).await.unwrap()?;
        let places = self.lines(window).await;
        Some((draw.list_mac, places.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()))
    }

    /// Every head of the log follows from its entry and the head before.
    pub async fn log_is_whole(&self) {
        let mut head = spotcheck::draw::log::EMPTY;
        let entries = self.ctx.store.read().await.unwrap().log_entries(&office()).await.unwrap();
        for (number, entry) in (1..).zip(entries) {
            head = spotcheck::draw::log::next_head(&head, entry.entry.as_bytes());
            assert_eq!((entry.seq, entry.head), (number, head), "{}", entry.entry);
        }
    }

    /// Processes may act here at a simulated time, with the chance that tests know.
    pub async fn simulated(&self) {
        let mut tx = self.ctx.store.begin().await.unwrap();
        tx.put_setting(spotcheck::work::context::SIMULATED, SEED).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A second daemon on the same database and the same chains, with a clock of its own.
    pub async fn other_daemon(&self) -> Context {
        let mut ctx = open(self.folder.path(), Clock::simulated(self.ctx.now())).await;
        "other".clone_into(&mut ctx.owner);
        ctx
    }

    /// Current verdicts: `O11 unexcused high`.
    pub async fn verdicts(&self) -> Vec<String> {
        let rows = self.ctx.store.read().await.unwrap().current_verdicts().await.unwrap();
        rows.into_iter()
            .map(|v| v.judgement)
            .map(|v| {
                let code = v.verdict.map_or("-", spotcheck::model::VerdictCode::code);
                format!("{} {code} {}", v.official.map_or("-".to_owned(), |o| o.to_string()), v.strength)
            })
            .collect()
    }
}
