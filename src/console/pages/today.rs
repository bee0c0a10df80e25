//! Today: what has to be done, then who is where with what.

use super::draft::{Draft, address};
use super::form::Field;
use super::lines::{kind, lines, sheet};
use super::parts::{Button, Marks, Tile, Todo, Tone};
use super::shell::Tab;
use super::words::{
    age, clock_or_moment, full_day, in_how_long, joined, moment, named, plain, sees_people, sees_targets, within,
};
use crate::console::shown::{Asked, Shown};
use crate::evidence::flag::state_said;
use crate::measure::document::{Cell, Form, Section, Table};
use crate::model::{AccountRole, Kind, Said};
use crate::said;
use crate::words::letters::common;
use crate::words::states::{letter_state, verdict};
use crate::work::Done;
use crate::work::look::chosen;
use crate::work::look::today::{Day, Progress, Share, today};

/// Inspectors of one page.
const SHARES: usize = 30;

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    let Some((day, mut page)) = begin(asked, Tab::Today.address()).await? else { return Ok(Shown::Missing) };
    page.lead(&headline(&day));
    page.todo(&todo(&day, asked.viewer.role), &nothing_to_do(&day));
    page.tiles(&tiles(&day));
    page.heading(&said!("The day", "当日安排"));
    let others = vec![Field::day("day", said!("Day", "日期")).value(day.day.to_string())];
    page.choose("/today", Some(day.office), others);
    if sees_targets(asked.viewer.role) {
        let from = asked.query.get("from").and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        let shown: Vec<&Share> = day.shares.iter().skip(from).take(SHARES).collect();
        let (table, mut marks) = shares(&day, &shown);
        if from + SHARES < day.shares.len() {
            let (next, day, office) = ((from + SHARES).to_string(), day.day.to_string(), day.office.id.as_str());
            let href = address("/today", [("office", office), ("day", &day), ("from", &next)]);
            marks.more = Some((href, said!("More inspectors", "更多检查员")));
        }
        page.table(table, &marks, &nobody(&day));
        if !shown.is_empty() {
            let query = [("office", day.office.id.as_str()), ("day", &day.day.to_string())];
            page.links(&[(address("/today/print", query), said!("Sheets to print", "打印任务单"))]);
            page.table(lines(&day, &shown), &Marks::default(), &nobody(&day));
            page.targets = true;
        }
    } else {
        page.table(counts(&day), &Marks::default(), &nobody(&day));
    }
    page.finish()
}

/// A sheet an inspector, to be carried along or handed over.
pub async fn print(asked: &Asked<'_>) -> Done<Shown> {
    let Some((day, mut page)) = begin(asked, "/today/print").await? else { return Ok(Shown::Missing) };
    if !sees_targets(asked.viewer.role) {
        return Ok(Shown::Missing);
    }
    page.lead(&said!("One sheet an inspector. Print this page.", "每名检查员一张，请打印本页。"));
    if day.shares.is_empty() {
        page.empty(&nobody(&day));
    }
    for share in &day.shares {
        let (who, id) = (named(&share.inspector), &share.assignment);
        page.markup("<div class=\"sheet\">");
        page.heading(&Said::new(format!("{} · {id}", who.en), format!("{} · {id}", who.zh)));
        page.table(sheet(&day, share), &Marks::default(), &nobody(&day));
        page.close();
        page.markup("</div>");
        page.targets = true;
    }
    page.finish()
}

async fn begin<'a>(asked: &'a Asked<'_>, at: &str) -> Done<Option<(Day<'a>, Draft<'a>)>> {
    let (ctx, viewer) = (asked.ctx, asked.viewer);
    let Some(office) = chosen(ctx, &viewer.scope, asked.query.get("office").map(String::as_str)) else {
        return Ok(None);
    };
    let day = asked.query.get("day").and_then(|day| day.parse().ok());
    let day = today(ctx, &viewer.scope, office, day, sees_targets(viewer.role)).await?;
    let on = full_day(day.day);
    let title = match day.day == day.now.day(office.zone) {
        true => Said::new(format!("Today, {}", on.en), format!("今日 {}", on.zh)),
        false => on,
    };
    Ok(Some((day, Draft::new(asked, Tab::Today, at, &title))))
}

fn headline(day: &Day<'_>) -> Said {
    let office = named(&day.office.name);
    let kind = match day.workday {
        Some(true) => said!("workday", "工作日"),
        Some(false) => said!("no workday", "非工作日"),
        None => said!("no calendar", "无日历"),
    };
    match day.next_draw {
        Some(at) => {
            let (when, left) = (moment(at, day.office.zone), in_how_long(day.now, at));
            Said::new(
                format!("{} · {} · next draw {} ({})", office.en, kind.en, when.en, left.en),
                format!("{} · {} · 下次抽取：{}（{}）", office.zh, kind.zh, when.zh, left.zh),
            )
        }
        None => Said::new(
            format!("{} · {} · the next draw is sealed the evening before", office.en, kind.en),
            format!("{} · {} · 下次抽取将于前一晚封存", office.zh, kind.zh),
        ),
    }
}

fn nothing_to_do(day: &Day<'_>) -> Said {
    let seal = day.office.seal_at.format("%H:%M");
    match day.next_draw {
        Some(at) => {
            let when = moment(at, day.office.zone);
            Said::new(
                format!("Nothing to do now. What comes next: the draw, {}.", when.en),
                format!("目前没有待办事项。接下来：{}抽取。", when.zh),
            )
        }
        None => said!(
            "Nothing to do now. What comes next: the seal of the next workday's windows, at {seal}.",
            "目前没有待办事项。接下来：{seal}封存下一个工作日的时段。"
        ),
    }
}

fn nobody(day: &Day<'_>) -> Said {
    let sheet = day.office.sheet_by.format("%H:%M");
    match day.workday {
        Some(false) => said!("No workday: nothing is handed out.", "非工作日，不派任务。"),
        _ => said!(
            "Nothing was released on this day so far. The sheet comes by {sheet}, empty where nothing is released.",
            "当日尚未派出任务。安排表将于{sheet}前送达，无任务时为空表。"
        ),
    }
}

fn open_link(href: impl Into<String>) -> Option<(String, Said)> {
    Some((href.into(), said!("open", "查看")))
}

fn todo(day: &Day<'_>, role: AccountRole) -> Vec<Todo> {
    let todo = &day.todo;
    let mut all = Vec::new();
    let mut add = |what: Said, more: Said, tone: Tone, link: Option<(String, Said)>| {
        all.push(Todo { what, more, tone, link });
    };
    let none = || plain("");
    let acts = sees_people(role);
    if let Some(year) = todo.calendar {
        add(
            said!("The calendar of {year} is missing", "{year}年节假日未导入"),
            said!("no day of it can be sealed", "该年的时段无法封存"),
            Tone::Urgent,
            (role != AccountRole::Dispatcher && acts).then(|| ("/setup#calendar".to_owned(), said!("open", "查看"))),
        );
    }
    let n = todo.waiting.voids;
    if n > 0 {
        add(said!("Windows void today: {n}", "今日作废时段：{n}个"), none(), Tone::Urgent, open_link("/draws"));
    }
    let late = day.shares.iter().filter(|share| share.late && !share.closed).count();
    if late > 0 {
        let more = said!("see the table below", "见下表");
        add(said!("Answers are late: {late} inspectors", "逾期未回复：检查员{late}人"), more, Tone::Late, None);
    }
    if acts {
        for flag in &todo.oldest {
            let (id, who) = (&flag.id, within(&flag.official, &flag.village));
            let what = flag.verdict.map_or_else(|| plain("-"), verdict);
            let state = state_said(flag.state);
            let since = age(flag.opened, day.now);
            let tone = if flag.state == crate::model::FlagState::Appealed { Tone::Urgent } else { Tone::Plain };
            add(
                Said::new(format!("{id} {}", who.en), format!("{id} {}", who.zh)),
                Said::new(
                    format!("{} ({}, {})", what.en, state.en, since.en),
                    format!("{}（{}，{}）", what.zh, state.zh, since.zh),
                ),
                tone,
                open_link(format!("/cases/{id}")),
            );
        }
    }
    let flags: i64 = todo.flags.iter().map(|count| count.number).sum();
    if flags > i64::try_from(if acts { todo.oldest.len() } else { 0 }).unwrap_or(0) {
        let states: Vec<Said> = todo
            .flags
            .iter()
            .map(|count| {
                let (said, n) = (state_said(count.state), count.number);
                Said::new(format!("{} {n}", said.en), format!("{}{n}", said.zh))
            })
            .collect();
        add(
            said!("Flags that are not settled: {flags}", "未办结疑点：{flags}项"),
            joined(&states),
            Tone::Plain,
            open_link("/flags"),
        );
    }
    let n = todo.complaints;
    if n > 0 && acts {
        add(
            said!("Complaints and second looks that differ: {n}", "投诉和复查不一致：{n}件"),
            none(),
            Tone::Plain,
            open_link("/flags#complaints"),
        );
    }
    let n = todo.waiting.calls;
    if n > 0 {
        let what = said!("Calls of which a person decides: {n}", "待人工决定的电话：{n}个");
        add(what, said!("see `spotcheck calls`", "见“spotcheck calls”"), Tone::Plain, None);
    }
    if todo.mails > 0 && acts {
        let n = todo.mails;
        let more = todo.mails_since.map_or_else(none, |since| {
            let age = age(since, day.now);
            Said::new(format!("the oldest: {}", age.en), format!("最早一封：{}", age.zh))
        });
        add(
            said!("Mails of unproven senders: {n}", "发件人待核实的邮件：{n}封"),
            more,
            Tone::Late,
            open_link("/quarantine"),
        );
    }
    let n = todo.waiting.files;
    if n > 0 && acts {
        add(
            said!("Files with far fewer rows than usual: {n}", "行数明显偏少的文件：{n}个"),
            said!("they cover nothing until a person says so", "须经人工确认后方可作为依据"),
            Tone::Late,
            open_link("/imports"),
        );
    }
    for (source, since) in todo.sources.iter().filter(|_| acts) {
        let since = since.map_or_else(|| said!("never", "从未"), common::day);
        add(
            said!("No files from “{source}”", "“{source}”未按时导入"),
            Said::new(format!("nothing is known from {} on", since.en), format!("{}起无数据", since.zh)),
            Tone::Late,
            open_link("/imports"),
        );
    }
    let n = todo.waiting.findings;
    if n > 0 && acts {
        let more = todo.waiting.findings_since.map_or_else(none, |day| {
            let day = common::day(day);
            Said::new(format!("the first was due {}", day.en), format!("最早一项期限{}", day.zh))
        });
        add(said!("Findings overdue: {n}", "逾期未整改：{n}项"), more, Tone::Late, open_link("/findings?overdue=1"));
    }
    let n = todo.waiting.letters;
    if n > 0 {
        add(
            said!("Letters that did not arrive, or perhaps not: {n}", "未送达或是否送达不明的信：{n}封"),
            said!("see `spotcheck outbox list`", "见“spotcheck outbox list”"),
            Tone::Late,
            None,
        );
    }
    all
}

fn tiles(day: &Day<'_>) -> Vec<Tile> {
    let sum = |of: Of| {
        day.shares
            .iter()
            .map(of)
            .fold(Progress::default(), |a, b| Progress { done: a.done + b.done, due: a.due + b.due })
    };
    let (visits, calls) = (sum(|share| share.visits), sum(|share| share.calls));
    let unsent = day.shares.iter().filter(|share| !is_sent(share)).count();
    let late = day.shares.iter().filter(|share| share.late && !share.closed).count();
    let tile = |figure: String, label: Said, tone: Tone| Tile { figure, label, tone };
    let some = |n: usize, tone: Tone| if n > 0 { tone } else { Tone::Plain };
    let progress = |p: Progress| format!("{} / {}", p.done, p.due);
    vec![
        tile(progress(visits), said!("visits made", "走访完成"), Tone::Plain),
        tile(progress(calls), said!("calls made", "电话完成"), Tone::Plain),
        tile(late.to_string(), said!("answers late", "逾期未回复"), some(late, Tone::Late)),
        tile(unsent.to_string(), said!("letters not sent", "信未发出"), some(unsent, Tone::Urgent)),
    ]
}

fn is_sent(share: &Share) -> bool {
    share.letter.as_ref().is_some_and(|(state, _)| state == "acked")
}

fn shares(day: &Day<'_>, shown: &[&Share]) -> (Section, Marks) {
    let zone = day.office.zone;
    let mut table = Table::new(&[
        ("inspector", Form::Words, said!("Inspector", "检查员")),
        ("assignment", Form::Words, said!("Assignment", "任务")),
        ("visits", Form::Words, said!("Visits", "走访")),
        ("calls", Form::Words, said!("Calls", "电话")),
        ("sent", Form::Words, said!("Letter", "信")),
        ("answered", Form::Words, said!("Last answer", "最近回复")),
        ("state", Form::Words, said!("State", "状态")),
    ]);
    let mut marks = Marks::default();
    for (at, share) in shown.iter().enumerate() {
        let progress = |p: Progress| if p.due == 0 { plain("-") } else { plain(format!("{}/{}", p.done, p.due)) };
        let letter = match &share.letter {
            Some((state, Some(done))) if state == "acked" => clock_or_moment(*done, day.day, zone),
            Some((state, _)) => letter_state(state),
            None => said!("on paper", "纸面"),
        };
        let answered = share.answered.map_or_else(|| plain("-"), |at| clock_or_moment(at, day.day, zone));
        let (state, tone) = state(day, share);
        marks.tones.insert((at, 6), tone);
        let id = share.assignment.to_string();
        let button = |action: &str, label: Said| {
            let who = named(&share.inspector);
            Button {
                action: action.to_owned(),
                fields: vec![("assignment", id.clone())],
                described: Said::new(format!("{}: {}", label.en, who.en), format!("{}{}", label.zh, who.zh)),
                label,
            }
        };
        match &share.letter {
            Some((state, _)) if ["refused", "ambiguous", "held"].contains(&state.as_str()) => {
                marks.buttons.insert(at, button("/today/resend", said!("Resend", "重发")));
            }
            _ if share.late && !share.closed && share.reminded.is_none() => {
                marks.buttons.insert(at, button("/today/remind", said!("Remind", "提醒")));
            }
            _ => {}
        }
        marks.links.insert((at, 1), format!("/record?key={id}"));
        let cells =
            [named(&share.inspector), plain(id), progress(share.visits), progress(share.calls), letter, answered];
        table.rows.push(cells.into_iter().chain([state]).map(Cell::Words).collect());
    }
    (Section::new("inspectors", said!("Inspectors", "检查员")).with(table), marks)
}

fn state(day: &Day<'_>, share: &Share) -> (Said, Tone) {
    let by = clock_or_moment(share.reply_by, day.day, day.office.zone);
    match (share.is_complete(), share.closed, share.late) {
        (true, ..) => (said!("complete", "已完成"), Tone::Fine),
        (_, true, _) => (said!("closed", "已截止"), Tone::Quiet),
        (_, _, true) if share.reminded.is_some() => (said!("late, reminded", "逾期，已提醒"), Tone::Late),
        (_, _, true) => (said!("late", "逾期"), Tone::Late),
        _ => (Said::new(format!("due {}", by.en), format!("{}前回复", by.zh)), Tone::Quiet),
    }
}

/// What is counted of a share.
type Of = fn(&Share) -> Progress;

/// Numbers alone, for who does not see targets.
fn counts(day: &Day<'_>) -> Section {
    let mut table = Table::new(&[
        ("kind", Form::Words, said!("Kind", "方式")),
        ("due", Form::Count, said!("Due", "应完成")),
        ("done", Form::Count, said!("Done", "已完成")),
        ("open", Form::Count, said!("Open", "未完成")),
    ]);
    let of: [(Kind, Of); 2] = [(Kind::Visit, |share| share.visits), (Kind::Call, |share| share.calls)];
    for (each, of) in of {
        let due: usize = day.shares.iter().map(|share| of(share).due).sum();
        let done: usize = day.shares.iter().map(|share| of(share).done).sum();
        if due > 0 {
            table.rows.push(vec![
                Cell::Words(kind(each)),
                Cell::count(due),
                Cell::count(done),
                Cell::count(due - done),
            ]);
        }
    }
    Section::new("progress", said!("Done of what is due", "完成情况")).with(table)
}
