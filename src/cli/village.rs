//! `spotcheck village`: villages become one.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::position::Position;
use crate::model::register::{Exclusion, Name};
use crate::model::{Said, Trouble, VillageId};
use crate::registry::merger::Running;
use crate::said;
use crate::store::OpenLine;
use crate::work::Failure;
use crate::work::merge::{Merged, Request, merge};
use std::collections::BTreeSet;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Makes one village of several: their teams, officials and contacts move with their ids, history stays. Tells what
    /// it would do; with --yes it does it.
    Merge(Merge),
}

#[derive(Debug, clap::Args)]
pub struct Merge {
    /// Ids of the villages that become part of another, parted by commas: V12,V13.
    #[arg(value_delimiter = ',', required = true, value_name = "VILLAGES")]
    pub villages: Vec<String>,
    /// The village that they become: a new one, one of them, or another one.
    #[arg(long, value_name = "ID")]
    pub into: String,
    /// Its name, where it is new.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Its name in Latin letters; made from the name where it is left out.
    #[arg(long, value_name = "NAME", requires = "name")]
    pub latin: Option<String>,
    /// Code of its township, where it is new and the others lie in several.
    #[arg(long, value_name = "CODE")]
    pub township: Option<String>,
    /// Where it lies, in degrees (WGS-84): 108.91,27.52.
    #[arg(long, value_name = "LONGITUDE,LATITUDE")]
    pub position: Option<String>,
    /// Where a village is out of the draw for some time: the whole stays out (carry), or is in from the first day (end).
    #[arg(long, value_name = "HOW", value_parser = ["carry", "end"])]
    pub exclusions: Option<String>,
    /// Who orders it.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why: the decision that it follows.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Does it. Without, it is only told what would be done.
    #[arg(long)]
    pub yes: bool,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let What::Merge(args) = &args.what;
    let village = |text: &str, field| VillageId::parse(text.trim()).map_err(|said| Trouble::new(said).in_field(field));
    let parts = args.villages.iter().map(|id| village(id, "VILLAGES")).collect::<Result<BTreeSet<_>, _>>()?;
    let request = Request {
        parts,
        into: village(&args.into, "--into")?,
        name: args.name.as_ref().map(|name| Name::new(name.trim(), args.latin.as_deref().unwrap_or_default().trim())),
        township: args.township.clone(),
        position: args.position.as_deref().map(position).transpose()?,
        exclusions: args.exclusions.as_deref().map(|how| if how == "carry" { Running::Carry } else { Running::End }),
        reason: &args.reason,
        by: &args.by,
        write: args.yes,
    };
    let done = block_on(async {
        let ctx = place.open().await?;
        let done = merge(&ctx, &request).await.map_err(Failure::trouble);
        ctx.store.close().await;
        done
    })?;
    if args.json {
        terminal.say(json(&done).to_string());
        return Ok(Exit::Done);
    }
    for said in told(&done) {
        terminal.say(said.in_language(terminal.language));
    }
    if !done.written {
        let said = said!("nothing is written yet: the same command with --yes does it", "尚未写入：加上--yes即执行");
        terminal.warn(said.in_language(terminal.language));
    }
    Ok(Exit::Done)
}

fn position(text: &str) -> Result<Position, Trouble> {
    let wrong = |said| Trouble::new(said).in_field("--position");
    let parsed = text.split_once([',', '，']).and_then(|(longitude, latitude)| {
        Some((longitude.trim().parse::<f64>().ok()?, latitude.trim().parse::<f64>().ok()?))
    });
    let (longitude, latitude) = parsed
        .ok_or_else(|| wrong(said!("expected longitude and latitude: 108.91,27.52", "应为经度,纬度：108.91,27.52")))?;
    Position::from_degrees(longitude, latitude).map_err(wrong)
}

fn line(one: &OpenLine) -> String {
    let code = one.code.as_ref().map(|(assignment, code)| format!("  {assignment} {code}")).unwrap_or_default();
    format!("  {}  {}{code}", one.window, one.place)
}

fn exclusion(one: &Exclusion) -> Said {
    let (place, reason) = (&one.place, &one.reason);
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let (from, to) = (day(one.span.from), day(one.span.to));
    if one.span.to < one.span.from {
        return said!(
            "  out of the draw: {place} from {from}: never begins ({reason})",
            "  暂停抽取：{place}原定{from}起：不再执行（{reason}）"
        );
    }
    said!("  out of the draw: {place} {from}..{to} ({reason})", "  暂停抽取：{place} {from}..{to}（{reason}）")
}

fn told(done: &Merged) -> Vec<Said> {
    let change = &done.change;
    let (into, from) = (&change.into, done.from);
    let (id, name) = (&into.id, into.name.both());
    let mut told = Vec::new();
    for part in &change.parts {
        let (part, called) = (&part.id, part.name.both());
        told.push(said!(
            "{part} {called} becomes part of {id} {name} on {from}, the first day that no window is sealed for",
            "{part} {called}自{from}（首个尚未封存的日期）起并入{id} {name}"
        ));
    }
    if change.new {
        let region = &into.region;
        told.push(said!("  new in the register, township {region}", "  登记册新增，乡镇{region}"));
    }
    let (teams, officials, contacts) = (change.teams.len(), done.officials.len(), change.contacts.len());
    told.push(said!(
        "  with their ids: {teams} teams, {officials} officials, {contacts} contacts",
        "  编号不变：工作队{teams}支、队员{officials}人、联系人{contacts}人"
    ));
    if !change.recusals.is_empty() {
        let n = change.recusals.len();
        told.push(said!("  {n} recusals hold for the whole", "  {n}项回避适用于全村"));
    }
    if !change.signals.is_empty() {
        let n = change.signals.len();
        told.push(said!("  {n} signals speak of the whole", "  {n}项信号适用于全村"));
    }
    told.extend(change.exclusions.iter().map(exclusion));
    for wait in &done.waits {
        let (programme, part, windows) = (&wait.programme, &wait.part, wait.windows);
        told.push(said!(
            "  in {programme} it has waited {windows} windows, as {part} has",
            "  项目{programme}中，已等待{windows}个时段（沿用{part}）"
        ));
    }
    if !done.sealed.is_empty() {
        let windows: Vec<String> = done.sealed.iter().map(ToString::to_string).collect();
        let windows = windows.join(", ");
        told.push(said!(
            "stays as it was sealed, under the old names: {windows}",
            "已封存的时段不变，仍用原村名：{windows}"
        ));
    }
    if !done.open.is_empty() {
        told.push(said!("lines in hand stay, under the old names:", "在办的任务不变，仍用原村名："));
        told.extend(done.open.iter().map(|one| Said::new(line(one), line(one))));
    }
    told
}

fn json(done: &Merged) -> serde_json::Value {
    let change = &done.change;
    serde_json::json!({
        "written": done.written, "from": done.from, "into": change.into.id, "new": change.new,
        "parts": change.parts.iter().map(|part| &part.id).collect::<Vec<_>>(),
        "teams": change.teams.iter().map(|team| &team.id).collect::<Vec<_>>(),
        "officials": done.officials,
        "contacts": change.contacts.iter().map(|contact| &contact.id).collect::<Vec<_>>(),
        "recusals": change.recusals, "signals": change.signals, "exclusions": change.exclusions,
        "waits": done.waits.iter().map(|wait| serde_json::json!({
            "programme": wait.programme, "part": wait.part, "windows": wait.windows,
        })).collect::<Vec<_>>(),
        "sealed": done.sealed,
        "open": done.open.iter().map(|one| serde_json::json!({
            "window": one.window, "place": one.place,
            "assignment": one.code.as_ref().map(|(assignment, _)| assignment), "code": one.code.as_ref().map(|(_, code)| code),
        })).collect::<Vec<_>>(),
    })
}
