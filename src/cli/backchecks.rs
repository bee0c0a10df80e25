//! `spotcheck backchecks`: finished visits that were drawn again. List, show, and the life of a flag.

use super::life::{self, Life, no_case, parse_id, parse_state};
use super::setup::{Place, block_on};
use super::{Exit, Terminal, listing};
use crate::evidence::flag::state_said;
use crate::model::{CaseKind, Days, OfficeId, Trouble};
use crate::said;
use crate::work::back_checks::told::{Shown, list};
use crate::work::complaints::show;
use crate::work::{Failure, period::Period};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Visits that were drawn again, oldest first.
    List {
        /// Of visits made in a year, quarter, month or between two days; by default in the last year.
        #[arg(long, value_name = "PERIOD")]
        period: Option<String>,
        /// Of one office; by default of all.
        #[arg(long, value_name = "ID")]
        office: Option<String>,
        /// Those that differ, with their case in this state: asked, explained, confirmed …
        #[arg(long)]
        state: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// One that differs: what was found, every step, every answer.
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    #[command(flatten)]
    Life(Life),
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    match &args.what {
        What::List { period, office, state, json } => {
            let days = period.as_deref().map(Days::parse).transpose();
            let days = days.map_err(|said| Trouble::new(said).in_field("--period"))?;
            let office = office.as_deref().map(str::parse::<OfficeId>).transpose();
            let office = office.map_err(|said| Trouble::new(said).in_field("--office"))?;
            let state = state.as_deref().map(parse_state).transpose()?;
            let mut found = block_on(async {
                let ctx = place.open().await?;
                if let Some(office) = &office {
                    ctx.office(office).map_err(Failure::trouble)?;
                }
                let days = match days {
                    Some(days) => days,
                    None => Period::default().days(&ctx).map_err(Failure::trouble)?,
                };
                list(&ctx, office.as_ref(), days).await.map_err(Failure::trouble)
            })?;
            found.retain(|one| state.is_none() || one.case == state);
            tell(&found, *json, terminal);
            Ok(Exit::Done)
        }
        What::Show { id, json } => {
            let case = parse_id(id, CaseKind::BackCheck)?;
            if case.kind() != CaseKind::BackCheck {
                return Err(no_case(id));
            }
            let found = block_on(async { show(&place.open().await?, &case).await.map_err(Failure::trouble) })?;
            let found = found.ok_or_else(|| no_case(id))?;
            terminal.say(if *json { found.json().to_string() } else { found.page(terminal.language) });
            let next = life::next(&case, found.row.state, found.dossier.to_hand_over.is_some());
            if let Some(next) = next.filter(|_| !*json) {
                terminal.warn(next.in_language(terminal.language));
            }
            Ok(Exit::Done)
        }
        What::Life(life) => life::run(life, CaseKind::BackCheck, place, terminal),
    }
}

fn tell(found: &[Shown], json: bool, terminal: &mut Terminal<'_>) {
    if json {
        terminal.say(serde_json::json!(found.iter().map(Shown::json).collect::<Vec<_>>()).to_string());
        return;
    }
    if found.is_empty() {
        terminal.say(terminal.pick("no visit was drawn again", "没有被抽中复查的走访"));
        return;
    }
    let heads = [
        said!("Visit of", "走访日期"),
        said!("Inspector", "检查员"),
        said!("Village", "村"),
        said!("Looked at by", "复查人"),
        said!("Found", "复查结果"),
        said!("Case", "办理"),
    ];
    let language = terminal.language;
    let row = |one: &Shown| {
        let case = one.row.case.as_ref().zip(one.case);
        [
            one.row.day.to_string(),
            one.inspector.both(),
            one.place.both(),
            one.second.as_ref().map(|name| name.both()).unwrap_or_default(),
            one.found().in_language(language).to_owned(),
            case.map(|(id, state)| format!("{id} {}", state_said(state).in_language(language))).unwrap_or_default(),
        ]
    };
    listing::print(heads, &found.iter().map(row).collect::<Vec<_>>(), terminal);
}
