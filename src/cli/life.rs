//! What is done with a flag or a complaint: the two have one life, and one set of commands for it.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::evidence::flag::{Step, state_said};
use crate::model::{CaseId, FlagState, Said, Trouble};
use crate::said;
use crate::work::case_answer::{OnPaper, on_paper};
use crate::work::decide::{Decision, decide, handed};
use crate::work::{Failure, dossier};
use chrono::NaiveDate;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[derive(Debug, clap::Subcommand)]
pub enum Life {
    /// Moves it on. Who observed does not decide; who decided does not decide the appeal.
    Decide {
        id: String,
        /// ask, confirm, dismiss, uphold, overturn or apply.
        step: String,
        /// Who decides.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why. Of a decision it stands in the letter; of a complaint's ask it is the question.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// The last letter as a page to print, for whoever has no mail address.
    Print {
        id: String,
        /// Writes it there; else to the output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// The printed letter was handed over: its deadline is counted from that day.
    Handed {
        id: String,
        /// Who handed it over.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// The day, YYYY-MM-DD.
        #[arg(long, value_name = "DAY")]
        on: String,
    },
    /// Files an explanation that came on paper.
    Answer(Paper),
    /// Files an appeal that came on paper.
    Appeal(Paper),
    /// Writes out everything that came back: texts, mails, files.
    Save {
        id: String,
        /// An existing folder; nothing in it is overwritten.
        folder: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub struct Paper {
    pub id: String,
    /// Who enters it.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Who wrote it.
    #[arg(long, value_name = "WHO")]
    pub from: String,
    /// What it says.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub text: String,
    /// Scans and copies; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub file: Vec<PathBuf>,
}

/// Largest file that is taken from a disk.
const LARGEST_FILE: u64 = 20 * 1024 * 1024;

pub fn run(life: &Life, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match life {
        Life::Decide { id, step, by, reason } => {
            let (case, step) = (parse_id(id)?, parse_step(step)?);
            let state = block_on(async {
                let decision = Decision { case: &case, step, by, reason };
                decide(&place.open().await?, &decision).await.map_err(Failure::trouble)
            })?;
            tell_state(id, state, terminal)
        }
        Life::Print { id, out } => print(id, out.as_deref(), place, terminal),
        Life::Handed { id, by, on } => {
            let (case, day) = (parse_id(id)?, parse_day(on)?);
            let last =
                block_on(async { handed(&place.open().await?, &case, by, day).await.map_err(Failure::trouble) })?;
            let said = match last.ok_or_else(|| no_case(id))? {
                Some(last) => said!("entered; the answer is awaited until {last}", "已登记；等候答复至{last}"),
                None => said!("entered", "已登记"),
            };
            terminal.say(said.in_language(terminal.language));
            Ok(Exit::Done)
        }
        Life::Answer(paper) => file(paper, false, place, terminal),
        Life::Appeal(paper) => file(paper, true, place, terminal),
        Life::Save { id, folder } => save(id, folder, place, terminal),
    }
}

fn tell_state(id: &str, state: Option<FlagState>, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let said = state_said(state.ok_or_else(|| no_case(id))?);
    terminal.say(format!("{id}  {}", said.in_language(terminal.language)));
    Ok(Exit::Done)
}

fn print(id: &str, out: Option<&Path>, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let case = parse_id(id)?;
    let page = block_on(async { dossier::page(&place.open().await?, &case).await.map_err(Failure::trouble) })?;
    let page = page.ok_or_else(|| {
        Trouble::new(said!(
            "there is no letter of {id} yet: it is written when an explanation is asked for",
            "{id}尚无通知：要求说明时才会生成"
        ))
    })?;
    match out {
        Some(path) => {
            write_new(path, &page)?;
            let file = path.display();
            terminal.say(said!("written: {file}", "已写入：{file}").in_language(terminal.language));
        }
        None => {
            let _ = terminal.output.write_all(&page);
        }
    }
    Ok(Exit::Done)
}

fn file(paper: &Paper, appeal: bool, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let case = parse_id(&paper.id)?;
    let files = paper.file.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let done = block_on(async {
        let entry = OnPaper { case: &case, appeal, by: &paper.by, from: &paper.from, text: &paper.text, files };
        on_paper(&place.open().await?, entry).await.map_err(Failure::trouble)
    })?;
    let (state, late) = done.ok_or_else(|| no_case(&paper.id))?;
    tell_state(&paper.id, Some(state), terminal)?;
    if late {
        terminal.warn(terminal.pick(
            "It came after the decision: it is kept, and changes nothing by itself.",
            "此件在认定之后提交：已留存，但不改变认定。",
        ));
        return Ok(Exit::Warnings);
    }
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<(String, Vec<u8>), Trouble> {
    let shown = path.display().to_string();
    let trouble = |said: Said| Trouble::new(said).in_file(shown.clone());
    let unreadable = |e: std::io::Error| {
        trouble(said!(
            "the file cannot be read ({e}): look at its path and rights",
            "无法读取文件（{e}）：请检查路径和权限"
        ))
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(trouble(said!(
            "the file is larger than 20 MiB: make the scan smaller",
            "文件超过20MiB：请压缩扫描件"
        )));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((name, std::fs::read(path).map_err(unreadable)?))
}

fn save(id: &str, folder: &Path, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let case = parse_id(id)?;
    let papers = block_on(async { dossier::papers(&place.open().await?, &case).await.map_err(Failure::trouble) })?;
    let papers = papers.ok_or_else(|| no_case(id))?;
    for (name, bytes) in &papers {
        write_new(&folder.join(name), bytes)?;
        terminal.say(name);
    }
    if papers.is_empty() {
        terminal.warn(terminal.pick("nothing came back yet", "尚未收到说明或申诉"));
    }
    Ok(Exit::Done)
}

/// What came from outside is its reader's alone, and takes no file's place.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(bytes)).map_err(|e| {
        Trouble::new(said!(
            "the file cannot be written ({e}): it must not exist yet, in a folder that does",
            "文件无法写入（{e}）：文件应尚不存在，所在文件夹应已存在"
        ))
        .in_file(path.display().to_string())
    })
}

pub(super) fn parse_id(id: &str) -> Result<CaseId, Trouble> {
    CaseId::parse(id).map_err(Trouble::new)
}

pub(super) fn no_case(id: &str) -> Trouble {
    Trouble::new(said!(
        "there is no {id}: `spotcheck flags list` and `spotcheck complaints list` show what there is",
        "没有{id}：用“spotcheck flags list”或“spotcheck complaints list”查看"
    ))
}

fn parse_day(text: &str) -> Result<NaiveDate, Trouble> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        Trouble::new(said!("“{text}” is no day: write it as 2026-03-12", "“{text}”不是日期：请写成2026-03-12"))
            .in_field("--on")
    })
}

pub(super) fn parse_state(text: &str) -> Result<FlagState, Trouble> {
    FlagState::from_str(text).map_err(|()| {
        let known: Vec<&str> = FlagState::ALL.iter().map(|s| s.code()).collect();
        let (en, zh) = (known.join(", "), known.join("、"));
        Trouble::new(Said::new(
            format!("“{text}” is no state; take one of: {en}"),
            format!("没有“{text}”这种状态，可写：{zh}"),
        ))
        .in_field("--state")
    })
}

fn parse_step(text: &str) -> Result<Step, Trouble> {
    Step::parse(text).ok_or_else(|| {
        let steps = [Step::Ask, Step::Confirm, Step::Dismiss, Step::Uphold, Step::Overturn, Step::Apply];
        let en: Vec<&str> = steps.iter().map(|s| s.code()).collect();
        let zh: Vec<String> = steps.iter().map(|s| format!("{}（{}）", s.code(), s.said().zh)).collect();
        let (en, zh) = (en.join(", "), zh.join("、"));
        Trouble::new(Said::new(
            format!("“{text}” is no step; take one of: {en}"),
            format!("没有“{text}”这一步，可写：{zh}"),
        ))
    })
}
