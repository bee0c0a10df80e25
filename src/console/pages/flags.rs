//! Flags: what waits longest first, with what it waits for.

use super::draft::{Draft, address};
use super::form::{Choice, Field, Form as Ask};
use super::parts::{Button, Marks, Tile, Tone};
use super::shell::Tab;
use super::words::{age, named, plain, sees_people, sees_targets, within};
use crate::console::shown::{Asked, Shown};
use crate::evidence::flag::state_said;
use crate::measure::document::{Cell, Form, Section, Table};
use crate::model::typed::LONGEST_TEXT;
use crate::model::{AccountRole, FlagState, Said, Strength, Timestamp, VerdictCode};
use crate::said;
use crate::words::states::verdict;
use crate::work::Done;
use crate::work::look::flags::{self, Flags, WAITING, flags};
use crate::work::look::{BOOK, PAGE};

/// Verdicts that can open a flag.
const KINDS: [VerdictCode; 6] = [
    VerdictCode::RetroactivePunch,
    VerdictCode::LatePaperwork,
    VerdictCode::PunchContradicts,
    VerdictCode::WeakPresence,
    VerdictCode::ClaimedUnproven,
    VerdictCode::Unexcused,
];
/// Days from which on one may look.
const AGES: [i64; 4] = [3, 7, 14, 30];

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    let people = sees_people(asked.viewer.role);
    let get = |name: &str| asked.query.get(name).map(String::as_str).filter(|text| !text.is_empty());
    let book = get("as") == Some("xlsx");
    let choice = flags::Choice {
        state: get("state").and_then(|state| state.parse().ok()),
        verdict: get("kind").and_then(|kind| kind.parse().ok()),
        region: get("region").filter(|_| people).map(str::to_owned),
        days: get("age").and_then(|age| age.parse().ok()),
        after: get("after").and_then(cursor),
        most: if book { BOOK } else { PAGE },
    };
    let found = flags(asked.ctx, &asked.viewer.scope, &choice).await?;
    let mut page = Draft::new(asked, Tab::Flags, "/flags", &said!("Flags", "疑点"));
    page.lead(&said!(
        "What was seen and what is on record do not agree. A flag accuses nobody: it waits for an explanation and for a person's decision.",
        "实查与记录不一致之处。疑点不是结论：须待本人说明，由人认定。"
    ));
    let tile = |state: FlagState| {
        let count = found.counts.iter().find(|count| count.state == state);
        let number = count.map_or(0, |count| count.number);
        let tone = if number > 0 && state == FlagState::Appealed { Tone::Urgent } else { Tone::Plain };
        Tile { figure: number.to_string(), label: state_said(state), tone }
    };
    page.tiles(&WAITING.map(tile));
    page.form(filter(&choice, &found, people));
    let (table, mut marks) = listed(&found, asked, people);
    if found.more
        && let Some(last) = found.rows.last()
    {
        let after = format!("{}.{}", last.flag.opened.0, last.flag.id);
        let kept = ["state", "kind", "region", "age"].map(|name| (name, get(name).unwrap_or_default()));
        marks.more = Some((
            address("/flags", kept.into_iter().chain([("after", after.as_str())])),
            said!("Next page", "下一页"),
        ));
    }
    let empty = said!(
        "No flag here. New ones come when the records of the checked days have been imported.",
        "没有符合条件的疑点。有关日期的考勤请假记录导入后，系统会自动比对。"
    );
    page.table(table, &marks, &empty);
    if people {
        complaints(&mut page, &found);
    }
    page.finish()
}

fn cursor(text: &str) -> Option<(Timestamp, String)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp(at.parse().ok()?), id.to_owned()))
}

fn filter(choice: &flags::Choice, found: &Flags, people: bool) -> Ask {
    let all = |label: Said| Choice::new("", label);
    let states = FlagState::ALL
        .iter()
        .map(|state| Choice::new(state.code(), state_said(*state)).chosen_if(choice.state == Some(*state)));
    let kinds =
        KINDS.into_iter().map(|kind| Choice::new(kind.code(), verdict(kind)).chosen_if(choice.verdict == Some(kind)));
    let ages = AGES.into_iter().map(|days| {
        let label = said!("{days} days or more", "{days}天及以上");
        Choice::new(days.to_string(), label).chosen_if(choice.days == Some(days))
    });
    let mut form = Ask::choose(said!("What is shown", "筛选"), "/flags")
        .field(Field::select(
            "state",
            said!("State", "状态"),
            std::iter::once(all(said!("all that wait", "全部未办结"))).chain(states).collect(),
        ))
        .field(Field::select(
            "kind",
            said!("Kind", "类型"),
            std::iter::once(all(said!("every kind", "全部类型"))).chain(kinds).collect(),
        ))
        .field(Field::select(
            "age",
            said!("Open for", "已等待"),
            std::iter::once(all(said!("any time", "不限"))).chain(ages).collect(),
        ));
    if people && found.regions.len() > 1 {
        let regions = found.regions.iter().map(|(code, name)| {
            Choice::new(code.as_str(), named(name)).chosen_if(choice.region.as_ref() == Some(code))
        });
        form = form.field(Field::select(
            "region",
            said!("Township", "乡镇"),
            std::iter::once(all(said!("all", "全部"))).chain(regions).collect(),
        ));
    }
    form
}

fn strength(strength: Strength) -> Said {
    match strength {
        Strength::Highest => said!("highest", "最强"),
        Strength::High => said!("high", "强"),
        Strength::Medium => said!("medium", "中"),
        Strength::Low => said!("low", "弱"),
        Strength::Info | Strength::None => said!("note", "提示"),
    }
}

fn listed(found: &Flags, asked: &Asked<'_>, people: bool) -> (Section, Marks) {
    let now = asked.ctx.now();
    let mut columns = vec![("id", Form::Words, said!("Flag", "编号"))];
    if people {
        columns.push(("who", Form::Words, said!("Who", "人员")));
    }
    columns.extend([
        ("kind", Form::Words, said!("Kind", "类型")),
        ("strength", Form::Words, said!("Strength", "强度")),
        ("state", Form::Words, said!("State", "状态")),
        ("waits", Form::Words, said!("Waits for", "等待事项")),
        ("age", Form::Words, said!("Open for", "已等待")),
    ]);
    let mut table = Table::new(&columns);
    let mut marks = Marks::default();
    let state_at = columns.iter().position(|(code, ..)| *code == "state").unwrap_or(0);
    for (at, row) in found.rows.iter().enumerate() {
        let flag = &row.flag;
        let mut cells = vec![plain(flag.id.clone())];
        if people {
            cells.push(within(&flag.official, &flag.village));
            marks.links.insert((at, 0), format!("/cases/{}", flag.id));
        }
        cells.extend([
            flag.verdict.map_or_else(|| plain("-"), verdict),
            strength(flag.strength),
            state_said(flag.state),
            row.awaits.clone().unwrap_or_else(|| plain("")),
            age(flag.opened, now),
        ]);
        let tone = match flag.state {
            FlagState::Appealed => Tone::Urgent,
            _ if row.overdue => Tone::Late,
            FlagState::Explained => Tone::Late,
            _ => Tone::Quiet,
        };
        marks.tones.insert((at, state_at), tone);
        if row.overdue && matches!(asked.viewer.role, AccountRole::Dispatcher | AccountRole::Head) {
            let id = flag.id.clone();
            marks.buttons.insert(
                at,
                Button {
                    action: "/flags/remind".to_owned(),
                    described: said!("Remind about {id}", "催办{id}"),
                    fields: vec![("case", id)],
                    label: said!("Remind", "催办"),
                },
            );
        }
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    (Section::new("flags", said!("Oldest first", "按等待时间排列")).with(table), marks)
}

fn complaints(page: &mut Draft<'_>, found: &Flags) {
    let mut table = Table::new(&[
        ("id", Form::Words, said!("Case", "编号")),
        ("about", Form::Words, said!("About", "所涉检查员")),
        ("state", Form::Words, said!("State", "状态")),
        ("waits", Form::Words, said!("Waits for", "等待事项")),
        ("age", Form::Words, said!("Open for", "已等待")),
    ]);
    let mut marks = Marks::default();
    for (at, complaint) in found.complaints.iter().enumerate() {
        marks.links.insert((at, 0), format!("/cases/{}", complaint.id));
        let cells = [
            plain(complaint.id.to_string()),
            named(&complaint.inspector),
            state_said(complaint.state),
            complaint.awaits.clone().unwrap_or_else(|| plain("")),
            age(complaint.opened, page.asked.ctx.now()),
        ];
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    let heading = said!("Complaints and second looks that differ", "对检查员的投诉和复查不一致");
    page.markup("<div id=\"complaints\"></div>");
    page.heading(&heading);
    page.table(
        Section::new("complaints", heading.clone()).with(table),
        &marks,
        &said!("None waits for anybody.", "没有待办事项。"),
    );
    if sees_targets(page.asked.viewer.role) {
        page.form(complain());
    }
}

fn complain() -> Ask {
    Ask::post(said!("Enter a complaint", "登记投诉"), "/flags/complaint", said!("Enter it", "登记"))
        .hint(said!(
            "Against an inspector. What was said and by whom stays with the office and stands in no letter.",
            "针对检查员的投诉。投诉内容和投诉人仅本单位留存，不写入任何信件。"
        ))
        .field(Field::text("inspector", said!("Inspector (id)", "检查员编号")).required())
        .field(Field::text("from", said!("Who complains", "投诉人")))
        .field(Field::area("text", said!("What was said", "投诉内容"), LONGEST_TEXT).required())
}
