//! `spotcheck mappings`: the layouts that files are known by, and how a file would be read (dry run).

use super::setup::{Place, first};
use super::{Exit, Terminal};
use crate::config::Config;
use crate::console::preview;
use crate::evidence::rows::{FiledRow, Item, read_records};
use crate::evidence::who::Officials;
use crate::files;
use crate::model::{OfficialId, Said, Trouble};
use crate::said;
use crate::table::mapping::recognise::{Scored, scores};
use crate::table::mapping::{Layout, Mapping, RECORDS, Wanted, Who, shipped};
use crate::table::read::OneByOne;
use crate::work::{Content, Failure, mappings};
use chrono_tz::Tz;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Every layout by name: built in, or of the folder that the configuration names.
    List {
        #[arg(long)]
        json: bool,
    },
    /// Which layout a file has, with the score of each, the header found, and the first rows as understood. Reads no
    /// database and writes nothing.
    Test {
        file: PathBuf,
        /// Reads the file by this one.
        #[arg(long, value_name = "NAME")]
        map: Option<String>,
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    // A file can be tried before there is an office.
    let config = if place.config.exists() { Some(place.config().map_err(first)?) } else { None };
    let mappings = match &config {
        Some(config) => mappings::of(config).map_err(Failure::trouble)?,
        None => shipped(),
    };
    match &args.what {
        What::List { json } => list(&mappings, *json, terminal),
        What::Test { file, map, json } => {
            let zone = config.as_ref().and_then(|c: &Config| c.offices.first()).map_or(Tz::Asia__Shanghai, |o| o.zone);
            test(&Tried { file, mappings: &mappings, map: map.as_deref(), zone, json: *json }, terminal)
        }
    }
}

fn list(mappings: &[Mapping], json: bool, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    for mapping in mappings {
        let (makes, brings) = (mapping.makes.code(), mapping.brings.code());
        terminal.say(match json {
            true => serde_json::json!({
                "name": mapping.name, "version": mapping.version, "en": mapping.title.en, "zh-Hans": mapping.title.zh,
                "makes": makes, "brings": brings,
            })
            .to_string(),
            false => format!(
                "{:<18} {:>2}  {makes:<10}  {}",
                mapping.name,
                mapping.version,
                mapping.title.in_language(terminal.language)
            ),
        });
    }
    Ok(Exit::Done)
}

/// Layouts that are shown with their scores.
const SHOWN: usize = 5;
/// Records that are shown.
const ROWS: usize = 5;

struct Tried<'a> {
    file: &'a Path,
    mappings: &'a [Mapping],
    map: Option<&'a str>,
    zone: Tz,
    json: bool,
}

fn test(tried: &Tried<'_>, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let file =
        tried.file.file_name().map_or_else(|| tried.file.display().to_string(), |n| n.to_string_lossy().into_owned());
    files::check_again(tried.file)?;
    let content = Content::file(tried.file);
    let wanted = Wanted { kinds: &RECORDS, mappings: tried.mappings, map: tried.map };
    let scored = scores(&wanted, &mappings::first_rows(&file, &content)?);
    let named: Vec<&Scored<'_>> = scored.iter().filter(|s| s.score > 0).take(SHOWN).collect();
    if !tried.json {
        terminal.say(terminal.pick("score  layout", "得分  格式"));
        for s in &named {
            terminal.say(format!("{:>5}  {}", s.score, described(s, terminal)));
        }
    }
    let (rows, rejects, summary) = read(&wanted, &file, &content, tried.zone)?;
    let head = &summary.found.head;
    if tried.json {
        let scores: Vec<_> = named
            .iter()
            .map(|s| serde_json::json!({"name": s.layout.name(), "score": s.score, "missing": s.missing}))
            .collect();
        let rows: Vec<_> = rows.iter().map(|(row, who)| preview::record(row, who, tried.zone)).collect();
        let rejects: Vec<_> = rejects.iter().map(|t| serde_json::json!({"en": t.text(crate::model::Language::En), "zh-Hans": t.text(crate::model::Language::ZhHans)})).collect();
        terminal.say(
            serde_json::json!({
                "file": file, "layout": summary.found.layout, "header_row": head.row, "header": head.cells, "scores": scores,
                "read": summary.read, "records": summary.kept, "rejected": summary.rejected, "silent": summary.silent,
                "rows": rows, "rejects": rejects,
            })
            .to_string(),
        );
    } else {
        let (row, layout) = (head.row, &summary.found.layout);
        let title = &summary.found.title;
        let (en, zh) = (&title.en, &title.zh);
        let said = match row {
            0 => said!("read as {layout} ({en}), no header", "按{layout}（{zh}）读取，无表头"),
            _ => said!("read as {layout} ({en}), header in row {row}", "按{layout}（{zh}）读取，表头在第{row}行"),
        };
        terminal.say(said.in_language(terminal.language));
        let (read, kept, rejected, silent) = (summary.read, summary.kept, summary.rejected, summary.silent);
        let said = said!(
            "{read} rows: {kept} records, {rejected} rejected, {silent} without anything to record",
            "{read}行：记录{kept}条，不能读入{rejected}行，无可登记内容{silent}行"
        );
        terminal.say(said.in_language(terminal.language));
        for (row, who) in &rows {
            terminal.say(preview::line(row, who, tried.zone, terminal.language));
        }
        for trouble in &rejects {
            terminal.warn(trouble.text(terminal.language));
        }
    }
    Ok(if summary.rejected > 0 { Exit::Warnings } else { Exit::Done })
}

fn described(s: &Scored<'_>, terminal: &Terminal<'_>) -> String {
    let name = match s.layout {
        Layout::House(_) => s.layout.title().in_language(terminal.language).to_owned(),
        Layout::Mapped(_) => format!("{} ({})", s.layout.name(), s.layout.title().in_language(terminal.language)),
    };
    if s.missing.is_empty() {
        return name;
    }
    format!("{name}{}{}", terminal.pick("; missing: ", "；缺少："), s.missing.join(terminal.pick(", ", "、")))
}

type Read = (Vec<(FiledRow, String)>, Vec<Trouble>, crate::evidence::rows::Summary);

fn read(wanted: &Wanted<'_>, file: &str, content: &Content, zone: Tz) -> Result<Read, Trouble> {
    let anybody = Anybody::default();
    let (mut rows, mut rejects) = (Vec::new(), Vec::new());
    let summary = read_records(wanted, file, &|| content.open(), &OneByOne, zone, &anybody, &mut |item| {
        match item {
            Item::Record(row) if rows.len() < ROWS => rows.push((row, anybody.last.borrow().clone())),
            Item::Reject(reject) if rejects.len() < ROWS => rejects.extend(reject.troubles().cloned()),
            Item::Record(_) | Item::Reject(_) => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok((rows, rejects, summary))
}

/// Takes everybody for somebody: here no register is asked.
#[derive(Default)]
struct Anybody {
    /// Whom the last record was of, as the file has it.
    last: RefCell<String>,
}

impl Officials for Anybody {
    fn find(&self, who: &Who<'_>) -> Result<OfficialId, Said> {
        let parts: Vec<&str> = who.name.iter().chain(&who.numbers).map(AsRef::as_ref).collect();
        if parts.is_empty() {
            return Err(said!("this cell is empty: fill it in", "此格为空：请填写"));
        }
        *self.last.borrow_mut() = parts.join(" ");
        OfficialId::parse("-")
    }
}
