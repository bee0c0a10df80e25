//! `spotcheck preview`: what tomorrow's mail will be, in numbers; nothing that chance has still to decide.

use super::setup::{Place, block_on};
use super::{Exit, Terminal};
use crate::model::{Half, OfficeId, Said, Trouble};
use crate::said;
use crate::words::letters::common::{day, span};
use crate::work::Failure;
use crate::work::preview::{Expected, Preview, WindowPreview, preview};
use chrono::NaiveDate;
use serde_json::json;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// One office; all by default.
    #[arg(long, value_name = "ID")]
    pub office: Option<String>,
    /// Another day than the next workday.
    #[arg(long, value_name = "DATE")]
    pub day: Option<NaiveDate>,
    #[arg(long)]
    pub json: bool,
}

pub fn run(args: &Args, place: &Place, terminal: &mut Terminal<'_>) -> Result<Exit, Trouble> {
    let office = args.office.as_deref().map(str::parse::<OfficeId>).transpose();
    let office = office.map_err(|said| Trouble::new(said).in_field("--office"))?;
    let all = block_on(async {
        let ctx = place.open().await?;
        preview(&ctx, office.as_ref(), args.day).await.map_err(Failure::trouble)
    })?;
    for one in &all {
        if args.json {
            terminal.say(as_json(one).to_string());
        } else {
            for said in page(one) {
                terminal.say(said.in_language(terminal.language));
            }
        }
    }
    Ok(if all.iter().all(|one| one.to_see_to.is_empty()) { Exit::Done } else { Exit::Warnings })
}

fn page(one: &Preview) -> Vec<Said> {
    let (name, date) = (one.name.both(), day(one.day));
    let mut page = vec![Said::new(format!("{name}, {}", date.en), format!("{name}，{}", date.zh))];
    for window in &one.windows {
        page.extend(of_window(one, window));
    }
    for away in &one.away {
        let name = away.name.both();
        let half = match away.half {
            None => said!("all day", "全天"),
            Some(Half::Morning) => said!("in the morning", "上午"),
            Some(Half::Afternoon) => said!("in the afternoon", "下午"),
        };
        page.push(Said::new(format!("  away: {name}, {}", half.en), format!("  不能到岗：{name}，{}", half.zh)));
    }
    if one.to_see_to.is_empty() {
        page.push(said!("  nothing to see to", "  没有需要处理的事项"));
    }
    let told = |what: &Said| Said::new(format!("  to see to: {}", what.en), format!("  待处理：{}", what.zh));
    page.extend(one.to_see_to.iter().map(told));
    page
}

fn of_window(one: &Preview, window: &WindowPreview) -> Vec<Said> {
    let (programme, slot) = (&window.programme, &window.window.slot);
    let when = match &window.sealed {
        Some(sealed) => {
            let span = span(sealed.start, sealed.end, one.zone);
            said!("{span}, sealed", "{span}，已封存")
        }
        None => said!("not sealed yet", "尚未封存"),
    };
    let (eligible, places, announced) = (window.eligible, window.places, window.announced);
    let mut page = vec![Said::new(
        format!("  {programme} {slot} ({}): {eligible} of {places} places have a chance", when.en),
        format!("  {programme} {slot}（{}）：{places}个地点中{eligible}个有概率", when.zh),
    )];
    if announced > 0 {
        page.push(said!("    announced visits: {announced}", "    事先通知的走访：{announced}次"));
    }
    for pool in &window.pools {
        let (name, inspectors, letters) = (&pool.pool, pool.inspectors, format!("{:.1}", pool.letters));
        let (visits, calls) = (expected(&pool.visits), expected(&pool.calls));
        page.push(Said::new(
            format!(
                "    {name}: {inspectors} inspectors; visits {}; calls {}; letters about {letters}",
                visits.en, calls.en
            ),
            format!("    {name}：检查员{inspectors}人；走访{}；电话{}；信件约{letters}封", visits.zh, calls.zh),
        ));
    }
    page
}

fn expected(one: &Expected) -> Said {
    let (mean, high, room) = (format!("{:.1}", one.mean), format!("{:.1}", one.high), one.room);
    said!("about {mean}, rarely more than {high}, hands for {room}", "约{mean}次，很少超过{high}次，人手够{room}次")
}

fn as_json(one: &Preview) -> serde_json::Value {
    let window = |window: &WindowPreview| {
        let at = |at: crate::model::Timestamp| at.rfc3339(one.zone);
        json!({
            "programme": window.programme, "window": window.window, "sealed": window.sealed.is_some(),
            "from": window.sealed.as_ref().map(|sealed| at(sealed.start)),
            "to": window.sealed.as_ref().map(|sealed| at(sealed.end)),
            "places": window.places, "eligible": window.eligible, "without_inspector": window.without_inspector,
            "announced": window.announced, "pools": window.pools,
        })
    };
    json!({
        "office": one.office, "day": one.day, "workday": one.workday,
        "windows": one.windows.iter().map(window).collect::<Vec<_>>(),
        "away": one.away.iter().map(|away| json!({
            "inspector": away.inspector, "half": away.half.map(Half::code),
        })).collect::<Vec<_>>(),
        "to_see_to": one.to_see_to.iter().map(|said| json!({"en": said.en, "zh-Hans": said.zh})).collect::<Vec<_>>(),
    })
}
