//! `spotcheck findings`: what is to be rectified: list, show, open, step, export.

use super::findings_said::{gap_json, gap_lines, json, line, page};
use super::life::paper_of;
use super::output::Force;
use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::evidence::finding::{Step, state_said};
use crate::files;
use crate::model::{FindingState, Said, Subject, Trouble};
use crate::said;
use crate::store::FindingFilter;
use crate::work::findings::{self, Doing, NewFinding};
use crate::work::{Failure, findings_told, gaps};
use chrono::NaiveDate;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Args)]
pub struct Filter {
    /// open, rectified, verified, closed, withdrawn or noted.
    #[arg(long)]
    pub state: Option<String>,
    /// Of one team.
    #[arg(long, value_name = "ID")]
    pub team: Option<String>,
    /// Only those whose day has passed.
    #[arg(long)]
    pub overdue: bool,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Findings, oldest first.
    List {
        #[command(flatten)]
        filter: Filter,
        #[arg(long)]
        json: bool,
    },
    /// One finding with every step.
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Enters what is to be rectified; with --kind good_practice, what deserves to be noted.
    Open {
        #[command(flatten)]
        on: On,
        /// What, in the office's words.
        #[arg(long)]
        text: String,
        /// A code of the office's own, or good_practice.
        #[arg(long, default_value = "other", value_name = "CODE")]
        kind: String,
        /// Who has to rectify it.
        #[arg(long, default_value = "", value_name = "NAME")]
        owner: String,
        /// The last day; by default the office's usual number of working days.
        #[arg(long, value_name = "DATE")]
        deadline: Option<NaiveDate>,
        /// Who found it.
        #[arg(long, value_name = "NAME")]
        by: String,
        #[arg(long)]
        json: bool,
    },
    /// Moves a finding on. Who rectified does not verify.
    Step {
        id: String,
        /// rectify, verify, reopen, close or withdraw.
        step: String,
        /// Who takes the step.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// What shows it, or why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// A file that shows it: a photo, a record.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    /// Takes out the file of one step.
    File {
        id: String,
        /// The number of the step.
        step: i64,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        force: Force,
    },
    /// What is missing in the records that were imported: what would be opened, what has come (dry run).
    Gaps {
        /// As without it: nothing is written; the daemon opens findings on each new day and after each import.
        #[arg(long)]
        dry_run: bool,
        #[arg(long)]
        json: bool,
    },
    /// The ledger as a sheet to be printed, or as CSV.
    Export {
        #[command(flatten)]
        filter: Filter,
        #[arg(long, value_name = "FILE", required_unless_present = "csv")]
        xlsx: Option<PathBuf>,
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        #[command(flatten)]
        force: Force,
    },
}

/// On whom or what.
#[derive(Debug, clap::Args)]
#[group(required = true)]
pub struct On {
    #[arg(long, value_name = "ID", group = "subject")]
    official: Option<String>,
    #[arg(long, value_name = "ID", group = "subject")]
    team: Option<String>,
    #[arg(long, value_name = "ID", group = "subject")]
    village: Option<String>,
    /// On the office itself.
    #[arg(long, value_name = "ID", group = "subject")]
    office: Option<String>,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::List { filter, json: as_json } => list(filter, *as_json, place, terminal),
        What::Show { id, json: as_json } => {
            let id = &known_as(id);
            let entry = block_on(async {
                let ctx = place.open().await?;
                findings_told::show(&ctx, id).await.map_err(Failure::trouble)
            })?;
            let entry = entry.ok_or_else(|| no_finding(id))?;
            terminal.say(if *as_json { json(&entry).to_string() } else { page(&entry, terminal.language) });
            Ok(Exit::Done)
        }
        What::Open { on, text, kind, owner, deadline, by, json: as_json } => {
            let (subject, office) = on.subject()?;
            let row = block_on(async {
                let ctx = place.open().await?;
                let new = NewFinding { subject, office, code: kind, text, owner, deadline: *deadline, by };
                findings::open(&ctx, &new).await.map_err(Failure::trouble)
            })?;
            if *as_json {
                let told = serde_json::json!({"id": row.id, "state": row.state, "deadline": row.deadline});
                terminal.say(told.to_string());
                return Ok(Exit::Done);
            }
            let state = state_said(row.state);
            let until = row.deadline.map(|day| format!("  {day}")).unwrap_or_default();
            terminal.say(format!("{}  {}{until}", row.id, state.in_language(terminal.language)));
            Ok(Exit::Done)
        }
        What::Step { id, step, by, reason, file, json: as_json } => {
            let id = &known_as(id);
            let step = parse_step(step)?;
            let file = file.as_deref().map(paper_of).transpose()?;
            let state = block_on(async {
                let ctx = place.open().await?;
                let file = file.as_ref().map(|(name, bytes)| (name.as_str(), bytes.clone()));
                findings::step(&ctx, &Doing { finding: id, step, by, reason, file }).await.map_err(Failure::trouble)
            })?;
            let state = state.ok_or_else(|| no_finding(id))?;
            if *as_json {
                terminal.say(serde_json::json!({"id": id, "state": state}).to_string());
                return Ok(Exit::Done);
            }
            terminal.say(format!("{id}  {}", state_said(state).in_language(terminal.language)));
            Ok(Exit::Done)
        }
        What::File { id, step, out, force } => {
            let id = &known_as(id);
            let found = block_on(async {
                let ctx = place.open().await?;
                findings_told::file(&ctx, id, *step).await.map_err(Failure::trouble)
            })?;
            let (_, bytes) = found
                .ok_or_else(|| Trouble::new(said!("step {step} of {id} has no file", "{id}的第{step}步没有附件")))?;
            files::write(out, &bytes, force.private())?;
            terminal.say(out.display().to_string());
            Ok(Exit::Done)
        }
        What::Gaps { json: as_json, .. } => {
            let (lines, values) = block_on(async {
                let ctx = place.open().await?;
                let found = gaps::dry_run(&ctx).await.map_err(Failure::trouble)?;
                Ok((gap_lines(&found, terminal.language), gap_json(&found)))
            })?;
            if *as_json {
                terminal.say(values.to_string());
            }
            for line in lines.iter().filter(|_| !*as_json) {
                terminal.say(line);
            }
            Ok(Exit::Done)
        }
        What::Export { filter, xlsx, csv, force } => {
            let wanted = filter.wanted()?;
            let entries = block_on(async {
                let ctx = place.open().await?;
                findings_told::list(&ctx, &wanted, filter.overdue).await.map_err(Failure::trouble)
            })?;
            if let Some(file) = xlsx {
                let bytes = findings_told::ledger_xlsx(&entries).map_err(Failure::trouble)?;
                files::write(file, &bytes, force.how())?;
                terminal.say(file.display().to_string());
            }
            if let Some(file) = csv {
                let bytes = findings_told::ledger_csv(&entries).map_err(Failure::trouble)?;
                files::write(file, &bytes, force.how())?;
                terminal.say(file.display().to_string());
            }
            Ok(Exit::Done)
        }
    }
}

fn list(filter: &Filter, as_json: bool, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let wanted = filter.wanted()?;
    let entries = block_on(async {
        let ctx = place.open().await?;
        findings_told::list(&ctx, &wanted, filter.overdue).await.map_err(Failure::trouble)
    })?;
    if as_json {
        terminal.say(serde_json::json!(entries.iter().map(json).collect::<Vec<_>>()).to_string());
    } else if entries.is_empty() {
        terminal.say(terminal.pick("no findings", "没有整改问题"));
    } else {
        for entry in &entries {
            terminal.say(line(entry, terminal.language));
        }
        terminal.warn(terminal.pick(
            "One in full: spotcheck findings show ID. To move it on: spotcheck findings step ID STEP --by NAME --reason TEXT",
            "查看详情：spotcheck findings show 编号；办理：spotcheck findings step 编号 步骤 --by 办理人 --reason 说明",
        ));
    }
    Ok(Exit::Done)
}

impl Filter {
    fn wanted(&self) -> Result<FindingFilter, Trouble> {
        let state = self.state.as_deref().map(parse_state).transpose()?;
        Ok(FindingFilter { state, team: self.team.clone(), official: None })
    }
}

impl On {
    fn subject(&self) -> Result<(Subject, Option<crate::model::OfficeId>), Trouble> {
        let given =
            [("official", &self.official), ("team", &self.team), ("village", &self.village), ("office", &self.office)];
        for (kind, id) in given {
            let Some(id) = id else { continue };
            let in_field = |said: Said| Trouble::new(said).in_field(format!("--{kind}"));
            let office = if kind == "office" { Some(id.parse().map_err(in_field)?) } else { None };
            return Ok((Subject::parse(kind, id).map_err(in_field)?, office));
        }
        Err(Trouble::new(said!(
            "say on whom: --official, --team, --village or --office",
            "请写明对象：--official、--team、--village或--office"
        )))
    }
}

/// As people write it: in lower case, without what it begins with.
fn known_as(id: &str) -> String {
    let id = id.trim().to_ascii_uppercase();
    if id.len() == 8 && !id.contains('-') { format!("R-{id}") } else { id }
}

fn no_finding(id: &str) -> Trouble {
    Trouble::new(said!(
        "there is no finding {id}: `spotcheck findings list` shows them",
        "没有整改问题{id}：用“spotcheck findings list”查看"
    ))
}

fn parse_state(text: &str) -> Result<FindingState, Trouble> {
    text.parse().map_err(|()| {
        let known: Vec<&str> = FindingState::ALL.iter().map(|s| s.code()).collect();
        let known = known.join(", ");
        Trouble::new(said!("“{text}” is no state; take one of: {known}", "没有“{text}”这种状态，可写：{known}"))
            .in_field("--state")
    })
}

fn parse_step(text: &str) -> Result<Step, Trouble> {
    Step::parse(text).ok_or_else(|| {
        let en: Vec<&str> = Step::ALL.iter().map(|s| s.code()).collect();
        let zh: Vec<String> = Step::ALL.iter().map(|s| format!("{}（{}）", s.code(), s.said().zh)).collect();
        let (en, zh) = (en.join(", "), zh.join("、"));
        Trouble::new(Said::new(
            format!("“{text}” is no step; take one of: {en}"),
            format!("没有“{text}”这一步，可写：{zh}"),
        ))
    })
}
