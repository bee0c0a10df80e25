//! The office's sheet: who goes where and when. Every workday by 08:00, empty if nothing is
//! released, and at each release (DESIGN 8).

use super::calls_back::{self, CallsBack};
use super::kind::subject;
use super::lines::shown;
use super::page::{Page, Section, Table, plain, render};
use super::{Languages, Letter, LetterKind, Todo};
use crate::model::register::{Name, Role};
use crate::model::{Assignment, Kind, Language, Line, Said, Timestamp};
use crate::words::letters::{common, inspector, office};
use chrono::NaiveDate;
use chrono_tz::Tz;

#[derive(Debug, Clone)]
pub struct SheetInput<'a> {
    pub office: &'a Name,
    pub day: NaiveDate,
    /// When the sheet is written.
    pub issued: Timestamp,
    pub zone: Tz,
    pub languages: Languages,
    /// Everything released for the day so far, in the order in which it is to be shown.
    pub shares: Vec<SheetShare<'a>>,
    /// What was said to be rectified at these places, and is to be verified now.
    pub to_verify: Vec<Todo>,
    pub calls_back: CallsBack,
}

/// What one inspector got.
#[derive(Debug, Clone)]
pub struct SheetShare<'a> {
    pub inspector: &'a Name,
    pub assignment: &'a Assignment,
}

/// Text and HTML; telephone numbers are masked.
pub fn sheet(input: &SheetInput<'_>) -> Letter {
    let lines = || input.shares.iter().flat_map(|share| &share.assignment.lines);
    let visits = lines().filter(|line| line.kind == Kind::Visit).count();
    let calls = lines().count() - visits;
    let day = common::day(input.day);
    let counts = common::counts(visits, calls);
    let tag = office::sheet_tag();
    let subject = subject(&match input.languages {
        Languages::Both => {
            format!("[{} {}] {}: {}", tag.en, tag.zh, input.day.format("%m-%d"), common::counts_both(visits, calls))
        }
        Languages::One(Language::En) => format!("[Office sheet] {}: {}", day.en, counts.en),
        Languages::One(Language::ZhHans) => format!("[{}] {}：{}", tag.zh, day.zh, counts.zh),
    });
    let as_of = office::as_of(&super::assignment::office(input.office), &input.issued.clock(input.zone));
    let mut page = Page::default();
    if input.shares.is_empty() {
        page.lead = vec![office::sheet_nothing(), as_of];
        page.sections = calls_back::section(&input.calls_back).into_iter().collect();
        page.foot = vec![office::sheet_alive()];
    } else {
        page.lead = vec![office::sheet_task(&counts, &day), as_of];
        page.sections = input.shares.iter().map(|share| section(input, share)).collect();
        page.sections.extend(calls_back::section(&input.calls_back));
        page.sections.extend(to_verify(input));
        page.foot = vec![office::sheet_secret(), office::sheet_alive()];
    }
    let (text, html) = render(&page, &subject, input.languages);
    Letter { subject, text, html, kind: LetterKind::Sheet }
}

fn section(input: &SheetInput<'_>, share: &SheetShare<'_>) -> Section {
    let by = common::deadline(share.assignment.reply_by, input.day, input.zone);
    let by = office::reply_by(&by);
    let head = format!("{} [{}]", shown(&share.inspector.both()), share.assignment.id);
    let visits = share.assignment.lines.iter().filter(|line| line.kind == Kind::Visit).count();
    let counts = common::counts(visits, share.assignment.lines.len() - visits);
    Section {
        heading: plain(&head),
        paragraphs: super::travel::way(share.assignment, input.zone),
        table: Some(Table {
            caption: Said::new(format!("{}, {}", counts.en, by.en), format!("{}，{}", counts.zh, by.zh)),
            columns: vec![office::column_line(), office::column_when(), office::column_where(), office::column_who()],
            rows: share.assignment.lines.iter().map(|line| row(input, line)).collect(),
        }),
    }
}

/// What the inspectors are asked to look at beside their own task.
fn to_verify(input: &SheetInput<'_>) -> Option<Section> {
    let heading = office::verify_heading();
    let rows: Vec<Vec<Said>> = input.to_verify.iter().map(|todo| vec![todo.code.clone(), todo.what.clone()]).collect();
    let columns = vec![office::column_line(), office::column_where()];
    let table = Table { caption: heading.clone(), columns, rows };
    (!input.to_verify.is_empty()).then_some(Section {
        heading,
        paragraphs: vec![office::verify_how()],
        table: Some(table),
    })
}

fn row(input: &SheetInput<'_>, line: &Line) -> Vec<Said> {
    let (comma, semicolon) = match input.languages {
        Languages::One(Language::ZhHans) => ("，", "；"),
        _ => (", ", "; "),
    };
    let place = [shown(&line.village.both()), shown(&line.township.both())].join(comma);
    let role = |role: Role| {
        let name = role.shown();
        input.languages.choose(&name.both(), &Said::new(name.latin.clone(), name.own.clone())).to_owned()
    };
    let again = line.back_check.as_ref().map(|checked| inspector::back_check(&common::day(checked.day)));
    let people: Vec<String> = match &line.contact {
        Some(contact) => {
            vec![[shown(&contact.name.both()), role(contact.role), contact.phone.masked()].join(comma)]
        }
        None => line.officials.iter().map(|o| [shown(&o.name.both()), role(o.role)].join(comma)).collect(),
    };
    vec![
        plain(line.code.as_str()),
        plain(&common::span(line.from, line.to, input.zone)),
        plain(&place),
        again.filter(|_| people.is_empty()).unwrap_or_else(|| plain(&people.join(semicolon))),
    ]
}
