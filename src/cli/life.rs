//! What is done with a flag or a complaint: the two have one life, and one set of commands for it.

use super::output::Force;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::evidence::flag::{Step, state_said};
use crate::files;
use crate::model::{CaseId, CaseKind, FlagState, Said, Trouble};
use crate::said;
use crate::work::case_answer::{OnPaper, on_paper};
use crate::work::decide::{Decision, decide, handed};
use crate::work::{Failure, dossier};
use chrono::NaiveDate;
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
        #[arg(long)]
        json: bool,
    },
    /// The last letter as a page to print, for whoever has no mail address.
    Print {
        id: String,
        /// Writes it there; else to the output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        force: Force,
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
        #[arg(long)]
        json: bool,
    },
    /// Files an explanation that came on paper.
    Answer(Paper),
    /// Files an appeal that came on paper.
    Appeal(Paper),
    /// Writes out everything that came back: texts, mails, files.
    Save {
        id: String,
        /// An existing folder.
        folder: PathBuf,
        #[command(flatten)]
        force: Force,
        #[arg(long)]
        json: bool,
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
    #[arg(long)]
    pub json: bool,
}

pub fn run(life: &Life, kind: CaseKind, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match life {
        Life::Decide { id, step, by, reason, json } => {
            let (case, step) = (parse_id(id, kind)?, parse_step(step)?);
            let state = block_on(async {
                let decision = Decision { case: &case, step, by, reason };
                decide(&place.open().await?, &decision).await.map_err(Failure::trouble)
            })?;
            tell_state(&case, state.ok_or_else(|| no_case(id))?, None, *json, terminal)
        }
        Life::Print { id, out, force } => print(&parse_id(id, kind)?, out.as_deref(), *force, place, terminal),
        Life::Handed { id, by, on, json } => {
            let (case, day) = (parse_id(id, kind)?, parse_day(on)?);
            let last =
                block_on(async { handed(&place.open().await?, &case, by, day).await.map_err(Failure::trouble) })?;
            let last = last.ok_or_else(|| no_case(id))?;
            if *json {
                let told = serde_json::json!({"id": case.as_str(), "handed": day, "answer_by": last});
                terminal.say(told.to_string());
                return Ok(Exit::Done);
            }
            let said = match last {
                Some(last) => said!("entered; the answer is awaited until {last}", "已登记；等候答复至{last}"),
                None => said!("entered", "已登记"),
            };
            terminal.say(said.in_language(terminal.language));
            Ok(Exit::Done)
        }
        Life::Answer(paper) => file(paper, &parse_id(&paper.id, kind)?, false, place, terminal),
        Life::Appeal(paper) => file(paper, &parse_id(&paper.id, kind)?, true, place, terminal),
        Life::Save { id, folder, force, json } => save(&parse_id(id, kind)?, folder, (*force, *json), place, terminal),
    }
}

fn tell_state(
    id: &CaseId,
    state: FlagState,
    late: Option<bool>,
    json: bool,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Trouble> {
    if json {
        terminal.say(serde_json::json!({"id": id.as_str(), "state": state, "late": late}).to_string());
    } else {
        terminal.say(format!("{id}  {}", state_said(state).in_language(terminal.language)));
    }
    Ok(Exit::Done)
}

fn print(
    id: &CaseId,
    out: Option<&Path>,
    force: Force,
    place: &Place,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Trouble> {
    let page = block_on(async { dossier::page(&place.open().await?, id).await.map_err(Failure::trouble) })?;
    let page = page.ok_or_else(|| {
        Trouble::new(said!(
            "there is no letter of {id} yet: it is written when an explanation is asked for",
            "{id}尚无通知：要求说明时才会生成"
        ))
    })?;
    match out {
        Some(path) => {
            files::write(path, &page, force.private())?;
            let file = path.display();
            terminal.say(said!("written: {file}", "已写入：{file}").in_language(terminal.language));
        }
        None => {
            let _ = terminal.output.write_all(&page);
        }
    }
    Ok(Exit::Done)
}

fn file(
    paper: &Paper,
    case: &CaseId,
    appeal: bool,
    place: &Place,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Trouble> {
    let files = paper.file.iter().map(|path| paper_of(path)).collect::<Result<Vec<_>, _>>()?;
    let done = block_on(async {
        let entry = OnPaper { case, appeal, by: &paper.by, from: &paper.from, text: &paper.text, files };
        on_paper(&place.open().await?, entry).await.map_err(Failure::trouble)
    })?;
    let (state, late) = done.ok_or_else(|| no_case(&paper.id))?;
    tell_state(case, state, Some(late), paper.json, terminal)?;
    if late {
        terminal.warn(terminal.pick(
            "It came after the decision: it is kept, and changes nothing by itself.",
            "此件在认定之后提交：已留存，但不改变认定。",
        ));
        return Ok(Exit::Warnings);
    }
    Ok(Exit::Done)
}

/// Name and bytes of a file that is filed with a case or a finding.
pub(super) fn paper_of(path: &Path) -> Result<(String, Vec<u8>), Trouble> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok((name, files::read(path, files::PAPER)?))
}

fn save(
    id: &CaseId,
    folder: &Path,
    (force, json): (Force, bool),
    place: &Place,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Trouble> {
    let papers = block_on(async { dossier::papers(&place.open().await?, id).await.map_err(Failure::trouble) })?;
    let papers = papers.ok_or_else(|| no_case(id.as_str()))?;
    for (name, bytes) in &papers {
        files::write(&folder.join(name), bytes, force.private())?;
        if !json {
            terminal.say(name);
        }
    }
    if json {
        let names: Vec<&String> = papers.iter().map(|(name, _)| name).collect();
        terminal.say(serde_json::json!({"id": id.as_str(), "files": names}).to_string());
        return Ok(Exit::Done);
    }
    if papers.is_empty() {
        terminal.warn(terminal.pick("nothing came back yet", "尚未收到说明或申诉"));
    }
    Ok(Exit::Done)
}

/// The commands that move a case on from where it stands.
pub(super) fn next(id: &CaseId, state: FlagState, to_hand_over: bool) -> Option<Said> {
    let of = match id.kind() {
        CaseKind::Flag => "flags",
        CaseKind::Complaint => "complaints",
        CaseKind::BackCheck => "backchecks",
    };
    let (by, by_zh) = ("--by NAME --reason TEXT", "--by 办理人 --reason 理由");
    let steps = match state {
        _ if to_hand_over => {
            return Some(said!(
                "Next: spotcheck {of} print {id} --out FILE, then spotcheck {of} handed {id} --by NAME --on DAY",
                "下一步：spotcheck {of} print {id} --out 文件；送达后：spotcheck {of} handed {id} --by 办理人 --on 日期"
            ));
        }
        FlagState::Open => "ask",
        FlagState::Asked | FlagState::Explained => "confirm|dismiss",
        FlagState::Appealed => "uphold|overturn",
        FlagState::Confirmed | FlagState::Dismissed => {
            return Some(said!(
                "Next, if an appeal comes on paper: spotcheck {of} appeal {id} --by NAME --from WHO --text TEXT",
                "如收到书面申诉：spotcheck {of} appeal {id} --by 登记人 --from 申诉人 --text 内容"
            ));
        }
        FlagState::Upheld | FlagState::Overturned => return None,
    };
    let next =
        said!("Next: spotcheck {of} decide {id} {steps} {by}", "下一步：spotcheck {of} decide {id} {steps} {by_zh}");
    Some(match state {
        FlagState::Asked => Said::new(
            format!(
                "{}; an explanation on paper: spotcheck {of} answer {id} --by NAME --from WHO --text TEXT",
                next.en
            ),
            format!("{}；书面说明：spotcheck {of} answer {id} --by 登记人 --from 提交人 --text 内容", next.zh),
        ),
        _ => next,
    })
}

pub(super) fn parse_id(id: &str, kind: CaseKind) -> Result<CaseId, Trouble> {
    CaseId::parse_as(id, kind).map_err(Trouble::new)
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
