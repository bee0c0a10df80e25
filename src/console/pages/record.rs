//! The desk enters what an inspector said by telephone or on paper.

use super::draft::Draft;
use super::form::{Choice, Field, Form};
use super::lines::{place, who};
use super::parts::Marks;
use super::shell::Tab;
use super::words::{moment, named, plain, sees_targets};
use crate::config::Office;
use crate::console::shown::{Asked, Shown};
use crate::measure::document::{Cell, Form as Kind, Section, Table};
use crate::model::{Outcome, Said};
use crate::said;
use crate::words::letters::common;
use crate::work::Done;
use crate::work::look::record::{Key, assignment};
use crate::work::look::today::{LineLook, Share};

pub async fn show(asked: &Asked<'_>) -> Done<Shown> {
    if !sees_targets(asked.viewer.role) {
        return Ok(Shown::Missing);
    }
    let mut page = Draft::new(asked, Tab::Record, "/record", &said!("Enter a result", "代填结果"));
    page.lead(&said!(
        "For what came by telephone, on paper, or in a mail that could not be read. The inspector gets a receipt.",
        "用于登记电话、纸面或无法读取的邮件中报告的结果。检查员将收到回执。"
    ));
    let typed = asked.query.get("key").map(String::as_str).unwrap_or_default();
    let find = Form::choose(said!("Find the assignment", "查找任务"), "/record").field(
        Field::search("key", said!("Assignment and line", "任务编号与任务行")).value(typed).hint(said!(
            "Such as K7Q2M or K7Q2M V1.2, as letters and sheets show it.",
            "如K7Q2M或K7Q2M V1.2，见任务信和安排表。"
        )),
    );
    page.form(find);
    if typed.is_empty() {
        return page.finish();
    }
    let found = match Key::parse(typed) {
        Some(key) => assignment(asked.ctx, &asked.viewer.scope, &key.assignment).await?.map(|found| (key, found)),
        None => None,
    };
    let Some((key, (share, office))) = found else {
        page.empty(&said!(
            "There is no such assignment: five or six letters and digits, as letters show them.",
            "没有这个任务：应为五或六位字母数字，见任务信。"
        ));
        return page.finish();
    };
    let (id, inspector) = (&share.assignment, named(&share.inspector));
    page.heading(&Said::new(format!("{id}, {}", inspector.en), format!("{id} {}", inspector.zh)));
    let by = moment(share.reply_by, office.zone);
    page.facts(&[
        (said!("Answer due", "回复期限"), by),
        (said!("Visits", "走访"), plain(format!("{}/{}", share.visits.done, share.visits.due))),
        (said!("Calls", "电话"), plain(format!("{}/{}", share.calls.done, share.calls.due))),
    ]);
    page.form(entry(&share, key.code.as_deref()));
    page.table(lines(&share, office), &Marks::default(), &said!("It has no line.", "没有任务行。"));
    page.targets = true;
    page.finish()
}

fn entry(share: &Share, wanted: Option<&str>) -> Form {
    let mut codes = Vec::new();
    for line in &share.lines {
        let place = place(line);
        let code = line.code.to_string();
        let label = |code: &str, more: &Said| Said::new(format!("{code} {}", more.en), format!("{code} {}", more.zh));
        codes.push(Choice::new(code.as_str(), label(&code, &place)).chosen_if(wanted == Some(code.as_str())));
        for (person, name, _) in line.people.iter().filter(|(person, ..)| *person != code) {
            codes.push(
                Choice::new(person.as_str(), label(person, &name.as_ref().map_or_else(|| plain(""), named)))
                    .chosen_if(wanted == Some(person.as_str())),
            );
        }
    }
    let outcomes = Outcome::ALL.iter().map(|one| Choice::new(one.code(), common::outcome(*one)));
    Form::post(said!("What was found", "登记结果"), "/record", said!("Enter it", "登记"))
        .hidden("assignment", share.assignment.to_string())
        .field(Field::select("code", said!("Line or person", "任务行或人员"), codes))
        .field(Field::select("outcome", said!("Result", "结果"), outcomes.collect()))
        .field(Field::time("at", said!("At", "时间")).hint(said!("If it was told.", "如已告知。")))
        .field(Field::text("said_by", said!("Who said so", "报告人")).required())
        .field(Field::area("remark", said!("Remark", "备注"), crate::model::typed::LONGEST_REASON))
}

fn lines(share: &Share, office: &Office) -> Section {
    let mut table = Table::new(&[
        ("line", Kind::Words, said!("Line", "任务行")),
        ("place", Kind::Words, said!("Place", "地点")),
        ("when", Kind::Words, said!("When", "时间")),
        ("who", Kind::Words, said!("Who, and what was found", "人员与结果")),
        ("state", Kind::Words, said!("State", "状态")),
    ]);
    let row = |line: &LineLook| {
        let state = if line.open { said!("open", "未完成") } else { said!("done", "完成") };
        let when = plain(common::span(line.from, line.to, office.zone));
        [plain(line.code.to_string()), place(line), when, who(line), state].into_iter().map(Cell::Words).collect()
    };
    table.rows = share.lines.iter().map(row).collect();
    Section::new("lines", said!("Its lines", "任务行")).with(table)
}
