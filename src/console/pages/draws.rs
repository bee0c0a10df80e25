//! Draws: what was sealed, drawn, revealed or void; how a list came about; and the same computed again, here.

use super::draft::{Draft, address, encoded};
use super::form::Field;
use super::lines::kind;
use super::parts::{Marks, Tone};
use super::shell::Tab;
use super::words::{full_day, moment, named, plain, team_of};
use crate::config::Programme;
use crate::console::shown::{Asked, Shown};
use crate::draw::bundle::BundleKind;
use crate::measure::document::{Cell, Form, Section, Table};
use crate::model::{AccountRole, Kind, Said, WindowId};
use crate::said;
use crate::store::WindowLook;
use crate::words::letters::common;
use crate::words::states::{line_state, origin};
use crate::work::Done;
use crate::work::look::draws::{DrawLook, LINES, Sees, bundle, draw, draws, verify};
use crate::work::look::{BOOK, chosen};
use crate::work::verify::Outcome;
use crate::work::void::void_reason;
use chrono::Days;
use chrono_tz::Tz;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    match asked.id {
        Some(id) => match window(id) {
            Some(id) => one(asked, &id).await,
            None => Ok(Shown::Missing),
        },
        None => list(asked).await,
    }
}

/// The public proof of one window, as a file.
pub async fn download(asked: &Asked<'_>) -> Done<Shown> {
    let Some(id) = asked.id.and_then(window) else { return Ok(Shown::Missing) };
    let wants_all = asked.query.get("kind").is_some_and(|kind| kind == "auditor");
    let kind = match asked.viewer.role {
        AccountRole::Auditor | AccountRole::Head if wants_all => BundleKind::Auditor,
        _ => BundleKind::Public,
    };
    Ok(match bundle(asked.ctx, &asked.viewer.scope, &id, kind).await? {
        Some(line) => Shown::File {
            name: format!("bundle-{}-{}-{}.jsonl", id.programme, id.day, id.slot),
            media: "application/x-ndjson",
            bytes: format!("{line}\n").into_bytes(),
        },
        None => Shown::Missing,
    })
}

/// An address has `~` where the name of a window has a slash: no name holds one.
fn window(id: &str) -> Option<WindowId> {
    id.replace('~', "/").parse().ok()
}

fn window_address(id: &WindowId) -> String {
    format!("/draws/{}", encoded(&id.to_string().replace('/', "~")))
}

fn standing(window: &WindowLook) -> (Said, Tone) {
    match (&window.void, window.drawn, window.revealed) {
        (Some(_), ..) => (said!("void", "作废"), Tone::Urgent),
        (_, Some(_), true) => (said!("revealed", "已公开"), Tone::Fine),
        (_, Some(_), false) => (said!("drawn", "已抽取"), Tone::Plain),
        _ => (said!("sealed", "已封存"), Tone::Quiet),
    }
}

fn name(asked: &Asked<'_>, id: &WindowId) -> Said {
    let of = |programme: &Programme| crate::model::register::Name::new(&programme.name, &programme.name_latin);
    let programme = asked.ctx.config.programmes.iter().find(|one| one.id == id.programme).map(of);
    programme.as_ref().map_or_else(|| plain(id.programme.to_string()), named)
}

async fn list(asked: &Asked<'_>) -> Done<Shown> {
    let Some(office) = chosen(asked.ctx, &asked.viewer.scope, asked.query.get("office").map(String::as_str)) else {
        return Ok(Shown::Missing);
    };
    let until = asked.query.get("until").and_then(|day| day.parse().ok());
    let found = draws(asked.ctx, office, until).await?;
    let mut page = Draft::new(asked, Tab::Draws, "/draws", &said!("Draws", "抽取"));
    page.lead(&said!(
        "Every place has a sealed chance in every window. Lots that nobody can foresee decide, and anybody can compute them again afterwards.",
        "每个时段，每个地点都有预先封存的概率；由任何人都无法预知的签号决定，事后任何人都能重新计算核对。"
    ));
    page.choose(
        "/draws",
        Some(office),
        vec![Field::day("until", said!("Up to", "截止日期")).value(found.to.to_string())],
    );
    let mut table = Table::new(&[
        ("day", Form::Words, said!("Day", "日期")),
        ("window", Form::Words, said!("Window", "时段")),
        ("programme", Form::Words, said!("Programme", "项目")),
        ("places", Form::Count, said!("Places", "地点")),
        ("state", Form::Words, said!("State", "状态")),
        ("when", Form::Words, said!("Draw", "抽取时间")),
    ]);
    let mut marks = Marks::default();
    for (at, window) in found.windows.iter().enumerate() {
        let (state, tone) = standing(window);
        marks.tones.insert((at, 4), tone);
        marks.links.insert((at, 0), window_address(&window.id));
        let when = match (&window.void, window.drawn) {
            (Some(reason), _) => void_reason(reason),
            (None, Some(at)) => moment(at, office.zone),
            (None, None) => {
                let at = moment(window.draw_at, office.zone);
                Said::new(format!("will be {}", at.en), format!("将于{}", at.zh))
            }
        };
        let places = window.places.and_then(|n| u64::try_from(n).ok());
        table.rows.push(vec![
            Cell::Words(common::day(window.id.day)),
            Cell::name(&common::span(window.start, window.end, office.zone)),
            Cell::Words(name(asked, &window.id)),
            places.map_or(Cell::Nothing, Cell::Count),
            Cell::Words(state),
            Cell::Words(when),
        ]);
    }
    let before = found.from.checked_sub_days(Days::new(1)).unwrap_or(found.from).to_string();
    marks.more = Some((
        address("/draws", [("office", office.id.as_str()), ("until", &before)]),
        said!("Earlier windows", "更早的时段"),
    ));
    let (from, to) = (common::short_day(found.from), common::short_day(found.to));
    let heading = Said::new(format!("Windows {} to {}", from.en, to.en), format!("{}至{}的时段", from.zh, to.zh));
    let seal = office.seal_at.format("%H:%M");
    let empty = said!(
        "No window on these days. Windows of a workday are sealed the evening before, at {seal}.",
        "这段时间没有时段。工作日的时段于前一晚{seal}封存。"
    );
    page.table(Section::new("windows", heading).with(table), &marks, &empty);
    if found.windows.is_empty() {
        page.links(&[(
            address("/draws", [("office", office.id.as_str()), ("until", &before)]),
            said!("Earlier windows", "更早的时段"),
        )]);
    }
    page.finish()
}

async fn one(asked: &Asked<'_>, id: &WindowId) -> Done<Shown> {
    let sees = match asked.viewer.role {
        AccountRole::Dispatcher | AccountRole::Head => Sees::Now,
        AccountRole::Auditor => Sees::Afterwards,
        AccountRole::Viewer | AccountRole::Administrator => Sees::Never,
    };
    let after = asked.query.get("after").map(String::as_str).unwrap_or_default();
    let most = if asked.query.get("as").is_some() { BOOK } else { LINES };
    let Some(found) = draw(asked.ctx, &asked.viewer.scope, id, sees, (after, most)).await? else {
        return Ok(Shown::Missing);
    };
    let zone = found.office.zone;
    let (day, span) = (full_day(id.day), common::span(found.window.start, found.window.end, zone));
    let programme = name(asked, id);
    let title =
        Said::new(format!("{}, {}, {span}", programme.en, day.en), format!("{} {} {span}", programme.zh, day.zh));
    let at = window_address(id);
    let mut page = Draft::new(asked, Tab::Draws, at.as_str(), &title);
    page.lead(&how(&found, zone));
    page.facts(&facts(&found, zone));
    if found.window.revealed || found.window.void.is_some() {
        prove(&mut page, &found, id, &at).await?;
    } else if found.window.drawn.is_some() {
        let days = asked.ctx.config.programmes.iter().find(|one| one.id == id.programme);
        let days = days.map_or(0, |one| one.reveal_delay_days);
        page.empty(&said!(
            "The keys of this window become public {days} days after its day; then anybody can compute the draw again, and this page does it on request.",
            "本时段的密钥将于{days}天后公开，届时任何人都能重新计算，本页也可当场核对。"
        ));
    }
    if found.window.drawn.is_some() && found.window.void.is_none() {
        page.heading(&said!("What was drawn", "抽中情况"));
        page.table(
            counts(&found),
            &Marks { wide: true, ..Marks::default() },
            &said!("Nothing was drawn in this window: that happens.", "本时段未抽中任何地点，属正常情况。"),
        );
        if found.names && !found.counts.is_empty() {
            let mut marks = Marks::default();
            if let Some(last) = &found.more {
                marks.more = Some((address(&at, [("after", last.as_str())]), said!("Next page", "下一页")));
            }
            page.table(lines(&found), &marks, &said!("No more lines.", "没有更多记录。"));
            page.targets = true;
        } else if !found.names {
            page.line(&match sees {
                Sees::Afterwards => said!("Places are shown once the day is over.", "当日结束后显示地点。"),
                _ => said!("Places are not shown to this role.", "本角色不显示地点。"),
            });
        }
    }
    page.finish()
}

/// In one sentence how it was drawn, or will be.
fn how(found: &DrawLook<'_>, zone: Tz) -> Said {
    let (visits, calls) = (found.number(Kind::Visit), found.number(Kind::Call));
    match (&found.window.void, &found.seal) {
        (Some(reason), _) => {
            let why = void_reason(reason);
            Said::new(
                format!("This window is void and is never drawn again: {}.", why.en),
                format!("本时段作废，不再重抽：{}。", why.zh),
            )
        }
        (None, Some(seal)) => {
            let (places, sealed) = (seal.places, moment(seal.sealed_at, zone));
            match found.window.drawn {
                Some(at) => {
                    let drawn = moment(at, zone);
                    Said::new(
                        format!(
                            "The list of {places} places with their chances was sealed {}. At {}, the key and the beacon gave every place its lot: {visits} visits and {calls} calls.",
                            sealed.en, drawn.en
                        ),
                        format!(
                            "{}封存{places}个地点及其概率；{}由密钥与信标为每个地点产生签号，共抽中走访{visits}处、电话{calls}个。",
                            sealed.zh, drawn.zh
                        ),
                    )
                }
                None => {
                    let at = moment(seal.draw_at, zone);
                    Said::new(
                        format!(
                            "The list of {places} places with their chances was sealed {}. It is drawn {}: until then nobody can know the result, this machine included.",
                            sealed.en, at.en
                        ),
                        format!(
                            "{}封存{places}个地点及其概率，将于{}抽取；在此之前任何人（包括本系统）都无法得知结果。",
                            sealed.zh, at.zh
                        ),
                    )
                }
            }
        }
        (None, None) => said!("It was not sealed.", "未封存。"),
    }
}

fn facts(found: &DrawLook<'_>, zone: Tz) -> Vec<(Said, Said)> {
    let mut facts = vec![(said!("State", "状态"), standing(&found.window).0)];
    if let Some(seal) = &found.seal {
        let expected = seal.sum_p as f64 / crate::draw::Chance::ONE.get() as f64;
        facts.extend([
            (said!("Sealed", "封存时间"), moment(seal.sealed_at, zone)),
            (said!("Draw", "抽取时间"), moment(found.window.drawn.unwrap_or(seal.draw_at), zone)),
            (said!("Places", "地点"), plain(seal.places.to_string())),
            (said!("Visits expected", "预期走访"), said!("{expected:.2}", "{expected:.2}处")),
            (said!("Link of the chain", "密钥链"), said!("number {}", "第{}环", seal.chain_index)),
            (said!("Seal (root of the list)", "封存凭据（名单根）"), plain(seal.root.hex())),
        ]);
    }
    if let Some(beacon) = &found.beacon {
        facts.push((said!("Beacon", "信标"), plain(beacon.clone())));
    }
    if let Some(list) = &found.list {
        facts.push((said!("Commitment to the result", "结果凭据"), plain(list.clone())));
    }
    facts
}

async fn prove(page: &mut Draft<'_>, found: &DrawLook<'_>, id: &WindowId, at: &str) -> Done<()> {
    if found.seal.is_none() {
        return Ok(());
    }
    page.heading(&said!("Proof", "核对"));
    let mut links = vec![
        (address(at, [("verify", "1")]), said!("Compute the draw again now", "当场重新计算核对")),
        (format!("{at}/bundle"), said!("Download the public bundle", "下载公开证据包")),
    ];
    if matches!(page.asked.viewer.role, AccountRole::Auditor | AccountRole::Head) {
        let all = address(&format!("{at}/bundle"), [("kind", "auditor")]);
        links.push((all, said!("Download the auditor's bundle", "下载审计证据包")));
    }
    if page.asked.query.contains_key("verify") {
        match verify(page.asked.ctx, &page.asked.viewer.scope, id).await? {
            Some(verdict) => {
                let said = match verdict.outcome {
                    Outcome::Proved => {
                        said!("Proved: the draw follows from its seal.", "核对通过：抽取结果由封存内容得出。")
                    }
                    Outcome::Consistent => said!(
                        "Consistent: the draw follows from its seal, with what is told below.",
                        "核对一致：抽取结果由封存内容得出，另见下列说明。"
                    ),
                    Outcome::Failed => said!("FAILED: see below.", "核对未通过：见下文。"),
                };
                match verdict.outcome {
                    Outcome::Failed => page.warning(&said),
                    _ => page.lead(&said),
                }
                page.quoted(&verdict.lines(page.language()).join("\n"));
            }
            None => page.empty(&said!("It cannot be computed again yet.", "目前尚不能重新计算。")),
        }
    }
    page.links(&links);
    page.line(&said!(
        "To check it elsewhere: spotcheck verify FILE, or docs/verify.py, which needs nothing of this program.",
        "在别处核对：spotcheck verify 文件；或使用不依赖本程序的docs/verify.py。"
    ));
    Ok(())
}

fn counts(found: &DrawLook<'_>) -> Section {
    let mut table = Table::new(&[
        ("kind", Form::Words, said!("Kind", "方式")),
        ("state", Form::Words, said!("State", "状态")),
        ("lines", Form::Count, said!("Lines", "数量")),
    ]);
    for count in &found.counts {
        let number = u64::try_from(count.number).unwrap_or(0);
        table.rows.push(vec![
            Cell::Words(kind(count.kind)),
            Cell::Words(line_state(&count.state)),
            Cell::Count(number),
        ]);
    }
    Section::new("states", said!("Lines by state", "按状态统计")).with(table)
}

fn lines(found: &DrawLook<'_>) -> Section {
    let mut table = Table::new(&[
        ("place", Form::Words, said!("Place", "地点")),
        ("id", Form::Words, said!("Id", "编号")),
        ("kind", Form::Words, said!("Kind", "方式")),
        ("assignment", Form::Words, said!("Assignment", "任务")),
        ("how", Form::Words, said!("How", "缘由")),
        ("visit", Form::Share, said!("Chance of a visit", "走访概率")),
        ("call", Form::Share, said!("Chance of a call", "电话概率")),
        ("state", Form::Words, said!("State", "状态")),
    ]);
    let share = |p: i64| Cell::Number(p as f64 / crate::draw::Chance::ONE.get() as f64);
    for line in &found.lines {
        let row = &line.row;
        let place =
            if line.village.own.is_empty() { plain(row.place.to_string()) } else { team_of(&line.team, &line.village) };
        let given = row.assignment.as_deref().zip(row.code.as_deref()).map(|(id, code)| format!("{id} {code}"));
        table.rows.push(vec![
            Cell::Words(place),
            Cell::name(row.place.as_str()),
            Cell::Words(kind(row.kind)),
            given.map_or(Cell::Nothing, |given| Cell::name(&given)),
            Cell::Words(origin(&row.origin)),
            share(row.p_visit),
            share(row.p_call),
            Cell::Words(line_state(row.state.as_deref().unwrap_or("open"))),
        ]);
    }
    Section::new("lines", said!("Drawn places", "抽中地点")).with(table)
}
