//! Lines as a table: who goes where, what was found; and the same as a sheet to be filled in by hand.

use super::words::{joined, moment, named, plain, within};
use crate::measure::document::{Cell, Form, Section, Table};
use crate::model::{Kind, Said};
use crate::said;
use crate::words::letters::common;
use crate::work::look::today::{Day, LineLook, Share};

pub(super) fn place(line: &LineLook) -> Said {
    let village = within(&line.village, &line.township);
    match line.team.own.is_empty() || line.team.own.starts_with(&line.village.own) {
        true => village,
        false => {
            let team = named(&line.team);
            Said::new(format!("{} ({})", village.en, team.en), format!("{}（{}）", village.zh, team.zh))
        }
    }
}

pub(super) fn who(line: &LineLook) -> Said {
    let people: Vec<Said> = line
        .people
        .iter()
        .map(|(code, name, outcome)| {
            let name = name.as_ref().map_or_else(|| said!("a villager", "村民"), named);
            let number = line.phone.as_deref().map(|phone| format!(" {phone}")).unwrap_or_default();
            let found = outcome.map(common::outcome);
            let code = code.split_once('.').map(|(_, n)| format!("{n} ")).unwrap_or_default();
            match found {
                Some(found) => Said::new(
                    format!("{code}{}{number}: {}", name.en, found.en),
                    format!("{code}{}{number}：{}", name.zh, found.zh),
                ),
                None => Said::new(format!("{code}{}{number}", name.en), format!("{code}{}{number}", name.zh)),
            }
        })
        .collect();
    joined(&people)
}

pub(super) fn lines(day: &Day<'_>, shown: &[&Share]) -> Section {
    let mut table = Table::new(&[
        ("line", Form::Words, said!("Line", "任务行")),
        ("inspector", Form::Words, said!("Inspector", "检查员")),
        ("kind", Form::Words, said!("Kind", "方式")),
        ("place", Form::Words, said!("Place", "地点")),
        ("when", Form::Words, said!("When", "时间")),
        ("who", Form::Words, said!("Who, and what was found", "人员与结果")),
        ("state", Form::Words, said!("State", "状态")),
    ]);
    for share in shown {
        for line in &share.lines {
            let state = if line.open { said!("open", "未完成") } else { said!("done", "完成") };
            let cells = [
                plain(format!("{} {}", share.assignment, line.code)),
                named(&share.inspector),
                kind(line.kind),
                place(line),
                plain(common::span(line.from, line.to, day.office.zone)),
                who(line),
                state,
            ];
            table.rows.push(cells.into_iter().map(Cell::Words).collect());
        }
    }
    Section::new("lines", said!("What is to be done where", "任务明细")).with(table)
}

pub(super) fn kind(kind: Kind) -> Said {
    match kind {
        Kind::Visit => said!("visit", "走访"),
        Kind::Call => said!("call", "电话"),
    }
}

pub(super) fn sheet(day: &Day<'_>, share: &Share) -> Section {
    let mut table = Table::new(&[
        ("line", Form::Words, said!("Line", "任务行")),
        ("place", Form::Words, said!("Place", "地点")),
        ("when", Form::Words, said!("When", "时间")),
        ("who", Form::Words, said!("Who", "人员")),
        ("found", Form::Words, said!("What was found, and when", "结果与时间")),
        ("remark", Form::Words, said!("Remark", "备注")),
    ]);
    for line in &share.lines {
        let cells = [
            plain(line.code.to_string()),
            place(line),
            plain(common::span(line.from, line.to, day.office.zone)),
            who(line),
        ];
        // What is found is written in by hand.
        table.rows.push(cells.into_iter().map(Cell::Words).chain([Cell::Nothing, Cell::Nothing]).collect());
    }
    let (by, id) = (moment(share.reply_by, day.office.zone), &share.assignment);
    Section::new(
        share.assignment.as_str(),
        Said::new(format!("{id}: answer by {}", by.en), format!("{id}：请于{}前回复", by.zh)),
    )
    .with(table)
}
