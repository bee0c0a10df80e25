//! Findings: what is to be rectified, what is due first; and one of them with its steps.

use super::draft::{Draft, address};
use super::form::{Choice, Field, Form};
use super::parts::{Event, Marks, Tile, Tone};
use super::shell::Tab;
use super::words::{moment, named, plain, sees_targets, team_of, within};
use crate::console::shown::{Asked, Shown};
use crate::evidence::finding::{Step, next_step, state_said};
use crate::letter::phone_free;
use crate::measure::document::{Cell, Form as Kind, Section, Table};
use crate::model::typed::LONGEST_TEXT;
use crate::model::{AccountRole, FindingState, MACHINE, Said, Subject, Timestamp};
use crate::said;
use crate::store::NO_DEADLINE;
use crate::words::findings as words;
use crate::words::letters::common;
use crate::work::Done;
use crate::work::findings_told::Entry;
use crate::work::look::findings::{self, WAITING, finding, findings};
use crate::work::look::{BOOK, PAGE};

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    match asked.id {
        Some(id) => one(asked, id).await,
        None => list(asked).await,
    }
}

async fn list(asked: &Asked<'_>) -> Done<Shown> {
    let get = |name: &str| asked.query.get(name).map(String::as_str).filter(|text| !text.is_empty());
    let choice = findings::Choice {
        state: get("state").and_then(|state| state.parse().ok()),
        overdue: get("overdue").is_some(),
        after: get("after").and_then(|text| text.split_once('.')).map(|(day, id)| (day.to_owned(), id.to_owned())),
        most: if get("as").is_some() { BOOK } else { PAGE },
    };
    let found = findings(asked.ctx, &asked.viewer.scope, &choice).await?;
    let mut page = Draft::new(asked, Tab::Findings, "/findings", &said!("Findings", "整改"));
    page.lead(&said!(
        "What is to be rectified, by whom and until when. It is verified at the next contact, and a person closes it.",
        "需要整改的事项、责任人与期限。下次接触时核实，由人销号。"
    ));
    let tile = |state: FindingState| {
        let number = found.counts.iter().find(|(of, _)| *of == state).map_or(0, |(_, n)| *n);
        Tile { figure: number.to_string(), label: state_said(state), tone: Tone::Plain }
    };
    page.tiles(&WAITING.map(tile));
    let states = FindingState::ALL
        .iter()
        .map(|state| Choice::new(state.code(), state_said(*state)).chosen_if(choice.state == Some(*state)));
    let all = Choice::new("", said!("all that wait", "全部未销号"));
    let overdue = vec![
        Choice::new("", said!("any", "不限")),
        Choice::new("1", said!("overdue", "逾期")).chosen_if(choice.overdue),
    ];
    page.form(
        Form::choose(said!("What is shown", "筛选"), "/findings")
            .field(Field::select("state", said!("State", "状态"), std::iter::once(all).chain(states).collect()))
            .field(Field::select("overdue", said!("Deadline", "期限"), overdue)),
    );
    let mut table = Table::new(&[
        ("id", Kind::Words, said!("Finding", "编号")),
        ("subject", Kind::Words, said!("Of", "对象")),
        ("what", Kind::Words, said!("What", "问题")),
        ("owner", Kind::Words, said!("Owner", "责任人")),
        ("deadline", Kind::Words, said!("Until", "期限")),
        ("state", Kind::Words, said!("State", "状态")),
    ]);
    let mut marks = Marks::default();
    for (at, entry) in found.rows.iter().enumerate() {
        let row = &entry.finding;
        marks.links.insert((at, 0), format!("/findings/{}", row.id));
        marks.tones.insert((at, 5), if entry.overdue { Tone::Late } else { Tone::Quiet });
        let state = match entry.overdue {
            true => said!("overdue", "逾期"),
            false => state_said(row.state),
        };
        let cells = [
            plain(row.id.clone()),
            subject(entry),
            what(entry),
            plain(if row.owner.is_empty() { "-".to_owned() } else { row.owner.clone() }),
            row.deadline.map_or_else(|| plain("-"), common::day),
            state,
        ];
        table.rows.push(cells.into_iter().map(Cell::Words).collect());
    }
    if found.more
        && let Some(last) = found.rows.last()
    {
        let day = last.finding.deadline.map_or_else(|| NO_DEADLINE.to_owned(), |day| day.to_string());
        let after = format!("{day}.{}", last.finding.id);
        let query = [
            ("state", get("state").unwrap_or_default()),
            ("overdue", get("overdue").unwrap_or_default()),
            ("after", after.as_str()),
        ];
        marks.more = Some((address("/findings", query), said!("Next page", "下一页")));
    }
    let empty = said!(
        "Nothing is to be rectified. Findings open when a checklist fails or records are missing.",
        "没有需要整改的事项。检查清单不合格或资料缺漏时，系统会自动登记。"
    );
    page.table(Section::new("findings", said!("Due first", "按期限排列")).with(table), &marks, &empty);
    if sees_targets(asked.viewer.role) {
        page.form(new_finding());
        page.links(&[("/flags#complaints".to_owned(), said!("Enter a complaint instead", "登记对检查员的投诉"))]);
    }
    page.finish()
}

fn new_finding() -> Form {
    let kinds = [
        ("team", said!("a team", "工作队")),
        ("village", said!("a village", "村")),
        ("official", said!("an official", "队员")),
        ("office", said!("an office", "单位")),
    ];
    let kinds = kinds.map(|(code, label)| Choice::new(code, label)).into();
    let nature = vec![
        Choice::new("", said!("to be rectified", "需要整改")),
        Choice::new("1", said!("good practice, to be noted", "好做法，予以记录")),
    ];
    Form::post(said!("Enter a finding", "登记整改事项"), "/findings/open", said!("Enter it", "登记"))
        .field(Field::select("on", said!("On", "对象类型"), kinds))
        .field(
            Field::text("subject", said!("Id in the register", "登记册编号"))
                .required()
                .hint(said!("“Set-up” finds ids by names.", "可在“设置”中按名称查找编号。")),
        )
        .field(Field::select("good", said!("It is", "性质"), nature))
        .field(Field::area("text", said!("What was found", "内容"), LONGEST_TEXT).required())
        .field(Field::text("owner", said!("Who has to rectify it", "整改责任人")))
        .field(
            Field::day("deadline", said!("Until", "期限"))
                .hint(said!("Left empty: the office's usual days.", "留空则按本单位的常规天数。")),
        )
}

fn subject(entry: &Entry) -> Said {
    match &entry.finding.subject {
        Subject::Office => said!("the office", "本单位"),
        Subject::Village(_) => within(&entry.village, &entry.township),
        Subject::Team(_) => team_of(&entry.team, &entry.village),
        Subject::Official(_) => within(&entry.person, &entry.village),
    }
}

/// In the office's own words, which are in one language.
fn what(entry: &Entry) -> Said {
    let row = &entry.finding;
    let (kind, text) = (words::code(&row.code), entry.told(&row.text));
    match (text.is_empty() || text == kind.zh || text == kind.en, kind.en == row.code) {
        (true, _) => kind,
        // A question of a checklist says by itself what it is about.
        (_, true) => plain(text),
        _ => Said::new(format!("{}: {text}", kind.en), format!("{}：{text}", kind.zh)),
    }
}

async fn one(asked: &Asked<'_>, id: &str) -> Done<Shown> {
    let Some((entry, may)) = finding(asked.ctx, asked.viewer, id).await? else { return Ok(Shown::Missing) };
    let row = &entry.finding;
    let of = subject(&entry);
    let id = &row.id;
    let title = Said::new(format!("{id} {}", of.en), format!("{id} {}", of.zh));
    let at = format!("/findings/{id}");
    let mut page = Draft::new(asked, Tab::Findings, at.as_str(), &title);
    page.lead(&what(&entry));
    let mut facts = vec![
        (said!("State", "状态"), state_said(row.state)),
        (said!("From", "来源"), words::origin(row.origin)),
        (said!("Opened", "登记时间"), moment(row.opened, entry.zone)),
        (said!("Owner", "责任人"), plain(if row.owner.is_empty() { "-".to_owned() } else { row.owner.clone() })),
    ];
    if let Some(day) = row.deadline {
        let late = if entry.overdue { said!(" (overdue)", "（逾期）") } else { plain("") };
        let day = common::day(day);
        facts.push((
            said!("To be rectified by", "整改期限"),
            Said::new(format!("{}{}", day.en, late.en), format!("{}{}", day.zh, late.zh)),
        ));
    }
    if !entry.township.own.is_empty() {
        facts.push((said!("Township", "乡镇"), named(&entry.township)));
    }
    page.facts(&facts);
    page.heading(&said!("What comes next", "下一步"));
    page.line(&next_step(row.state));
    let role = asked.viewer.role;
    let may: Vec<Step> = may.into_iter().filter(|step| role == AccountRole::Head || *step == Step::Rectify).collect();
    if !may.is_empty() && sees_targets(role) {
        let choices = may.iter().map(|step| Choice::new(step.code(), step.said()).chosen_if(may.len() == 1));
        let form = Form::post(said!("Enter a step", "办理"), format!("{at}/step"), said!("Save", "确定"))
            .upload()
            .field(Field::radio("action", said!("Step", "步骤"), choices.collect()))
            .reason()
            .field(Field::file("file", said!("A file that shows it", "佐证文件")));
        page.form(form);
    }
    page.heading(&said!("What happened", "经过"));
    let event = |at: Timestamp, what: Said, lines: Vec<Said>| Event {
        machine: at.rfc3339(entry.zone),
        when: page.say(&moment(at, entry.zone)),
        kind: "step",
        what: page.say(&what),
        lines: lines.iter().map(|line| page.say(line)).collect(),
    };
    let by = |name: &str| if name == MACHINE { words::machine() } else { plain(name) };
    let opened = by(&row.opened_by);
    let mut events = vec![event(
        row.opened,
        Said::new(format!("{}: opened", opened.en), format!("{}：登记", opened.zh)),
        vec![what(&entry)],
    )];
    for step in &entry.steps {
        let done = Step::parse(&step.step).map_or_else(|| plain(step.step.clone()), Step::said);
        let actor = by(&step.actor);
        let mut lines = vec![plain(phone_free(&entry.told(&step.reason)))];
        lines.extend(step.file_name.as_ref().map(|name| said!("file {name}", "附件{name}")));
        let what = Said::new(format!("{}: {}", actor.en, done.en), format!("{}：{}", actor.zh, done.zh));
        events.push(event(Timestamp(step.at), what, lines));
    }
    page.timeline(&events);
    page.finish()
}
