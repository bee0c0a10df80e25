//! `spotcheck calls`: calls that are not over: what was tried, what comes next.

use super::setup::{Place, block_on};
use super::{Exit, Terminal, listing};
use crate::model::Trouble;
use crate::said;
use crate::store::Ids;
use crate::words::calls::task_state;
use crate::work::Failure;
use crate::work::calls::told::{Entry, list};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of one office; by default of all.
    #[arg(long, value_name = "ID")]
    pub office: Option<String>,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let entries = block_on(async {
        let ctx = place.open().await?;
        let wanted = |id: &&str| args.office.as_deref().is_none_or(|office| office == *id);
        let offices: Vec<&str> = ctx.config.offices.iter().map(|office| office.id.as_str()).filter(wanted).collect();
        if let (Some(office), true) = (&args.office, offices.is_empty()) {
            let said = said!("there is no office “{office}” in the configuration", "配置中没有机构“{office}”");
            return Err(Trouble::new(said).in_field("--office"));
        }
        let mut tx = ctx.store.read().await.map_err(|e| Failure::from(e).trouble())?;
        list(&ctx, &mut tx, &Ids::new(offices)).await.map_err(Failure::trouble)
    })?;
    if args.json {
        terminal.say(serde_json::json!(entries.iter().map(json).collect::<Vec<_>>()).to_string());
    } else if entries.is_empty() {
        terminal.say(terminal.pick("no call is to be tried again", "没有待再次拨打的电话"));
    } else {
        let heads = [
            said!("Line", "任务行"),
            said!("Drawn for", "抽取时段"),
            said!("Tries", "已拨次数"),
            said!("State", "状态"),
            said!("Next", "下次"),
        ];
        let language = terminal.language;
        let row = |one: &Entry| {
            [
                format!("{} {}", one.assignment, one.code),
                one.task.window.to_string(),
                one.tries.to_string(),
                task_state(&one.task.state).in_language(language).to_owned(),
                one.when().map(|said| said.in_language(language).to_owned()).unwrap_or_default(),
            ]
        };
        listing::print(heads, &entries.iter().map(row).collect::<Vec<_>>(), terminal);
    }
    Ok(Exit::Done)
}

fn json(one: &Entry) -> serde_json::Value {
    let next = one.task.next.as_ref();
    serde_json::json!({
        "assignment": one.assignment, "line": one.code, "window": one.task.window.to_string(), "tries": one.tries,
        "state": one.task.state, "from": next.map(|next| next.from.rfc3339(one.zone)), "to": next.map(|next| next.to.rfc3339(one.zone)),
    })
}
