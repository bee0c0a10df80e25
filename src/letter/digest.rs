//! The office's evening digest: to do first, done today, coverage, tomorrow, the log's head.
//!
//! Of tomorrow it tells what is public after sealing: windows, the number of places, the Merkle
//! roots, and the places that a person took out. Its input has no room for a drawn place.

use super::calls_back::{self, CallsBack};
use super::kind::subject;
use super::lines::shown;
use super::page::{Page, Section, Table, plain, render};
use super::{Languages, Letter, LetterKind};
use crate::model::register::Name;
use crate::model::{Language, Outcome, Said, Sha256, Timestamp};
use crate::words::letters::{common, office};
use chrono::NaiveDate;
use chrono_tz::Tz;

#[derive(Debug, Clone)]
pub struct DigestInput<'a> {
    pub office: &'a Name,
    pub day: NaiveDate,
    pub issued: Timestamp,
    pub zone: Tz,
    pub languages: Languages,
    /// What a person must do: flags, late replies, overdue sources. Most urgent first.
    pub todo: Vec<Todo>,
    pub visits: Progress,
    pub calls: Progress,
    pub calls_back: CallsBack,
    /// Outcomes recorded today and how many of each.
    pub outcomes: Vec<(Outcome, usize)>,
    /// Visits of today that were not made, and why.
    pub not_made: Vec<Todo>,
    pub coverage: Option<Coverage>,
    pub sealed: Vec<SealedWindow>,
    /// Places that a person took out of the sealed windows, and why.
    pub taken_out: Vec<(Name, String)>,
    /// Places that are visited in the sealed windows because a rule demands it, and when: to be told beforehand.
    pub announced: Vec<(Name, Timestamp)>,
    /// Number and hash of the last entry of the public log.
    pub log_head: Option<(u64, Sha256)>,
}

/// `F-1043`, or the name of the matter, and what is asked; telephone numbers only masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    pub code: Said,
    pub what: Said,
}

/// Lines done of lines due today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub done: usize,
    pub due: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    pub days: u32,
    pub checked: usize,
    pub total: usize,
    /// The place longest without a check, and for how many days.
    pub longest: Option<(Name, u32)>,
}

/// A frame as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedWindow {
    pub start: Timestamp,
    pub end: Timestamp,
    pub programme: Name,
    pub places: usize,
    /// The Merkle root of the frame.
    pub root: Sha256,
    /// How the link begins that a second office gives for this window, where the rule asks for one.
    pub awaits: Option<String>,
}

/// Text and HTML.
pub fn digest(input: &DigestInput<'_>) -> Letter {
    let due = input.visits.due + input.calls.due;
    let done = input.visits.done + input.calls.done;
    let todo = input.todo.len();
    let tag = office::digest_tag();
    let summary = office::digest_summary(due, done, todo);
    let day = common::day(input.day);
    let subject = subject(&match input.languages {
        Languages::Both => {
            let counts = office::digest_summary_both(due, done, todo);
            format!("[{} {}] {}: {counts}", tag.en, tag.zh, input.day.format("%m-%d"))
        }
        Languages::One(Language::En) => format!("[{}] {}: {}", tag.en, day.en, summary.en),
        Languages::One(Language::ZhHans) => format!("[{}] {}：{}", tag.zh, day.zh, summary.zh),
    });
    let head = super::assignment::office(input.office);
    let dated = Said::new(format!("{}, {}", head.en, day.en), format!("{} {}", head.zh, day.zh));
    let page = Page {
        lead: vec![office::digest_task(todo), office::as_of(&dated, &input.issued.clock(input.zone))],
        sections: sections(input),
        foot: vec![office::masked_note()],
    };
    let (text, html) = render(&page, &subject, input.languages);
    Letter { subject, text, html, kind: LetterKind::Digest }
}

fn sections(input: &DigestInput<'_>) -> Vec<Section> {
    let mut sections = vec![todo(input), done(input)];
    sections.extend(calls_back::section(&input.calls_back));
    if !input.outcomes.is_empty() {
        let rows = input.outcomes.iter().map(|(o, n)| vec![common::outcome(*o), plain(&n.to_string())]).collect();
        let columns = vec![office::column_outcome(), office::column_number()];
        sections.push(table(office::outcomes_heading(), columns, rows));
    }
    if !input.not_made.is_empty() {
        let rows = input.not_made.iter().map(|one| vec![one.code.clone(), one.what.clone()]).collect();
        sections.push(table(office::not_made_heading(), vec![office::column_line(), office::column_reason()], rows));
    }
    if let Some(c) = &input.coverage {
        let mut paragraphs = vec![office::coverage(c.checked, c.total, c.days)];
        paragraphs.extend(c.longest.iter().map(|(name, days)| office::longest_unchecked(&shown(&name.both()), *days)));
        sections.push(Section { heading: office::coverage_heading(), paragraphs, table: None });
    }
    sections.push(tomorrow(input));
    if !input.taken_out.is_empty() {
        let rows = input.taken_out.iter().map(|(n, why)| vec![plain(&shown(&n.both())), plain(&shown(why))]).collect();
        sections.push(table(office::taken_out_heading(), vec![office::column_place(), office::column_reason()], rows));
    }
    if !input.announced.is_empty() {
        let row = |(name, at): &(Name, Timestamp)| {
            let (day, clock) = (common::day(at.day(input.zone)), at.clock(input.zone));
            let when = Said::new(format!("{}, from {clock}", day.en), format!("{} {clock}起", day.zh));
            vec![plain(&shown(&name.both())), when]
        };
        let columns = vec![office::column_place(), office::column_window()];
        sections.push(table(office::announced_heading(), columns, input.announced.iter().map(row).collect()));
    }
    if let Some((entry, hash)) = &input.log_head {
        let paragraphs = vec![office::log_head(*entry, &hash.hex())];
        sections.push(Section { heading: office::log_heading(), paragraphs, table: None });
    }
    sections
}

fn table(heading: Said, columns: Vec<Said>, rows: Vec<Vec<Said>>) -> Section {
    Section { heading: heading.clone(), paragraphs: Vec::new(), table: Some(Table { caption: heading, columns, rows }) }
}

fn todo(input: &DigestInput<'_>) -> Section {
    if input.todo.is_empty() {
        return Section { heading: office::todo_heading(), paragraphs: vec![office::todo_none()], table: None };
    }
    let rows = input.todo.iter().map(|todo| vec![todo.code.clone(), todo.what.clone()]).collect();
    table(office::todo_heading(), vec![office::column_item(), office::column_what()], rows)
}

fn done(input: &DigestInput<'_>) -> Section {
    let row = |kind: Said, progress: Progress| {
        vec![kind, plain(&progress.done.to_string()), plain(&progress.due.to_string())]
    };
    table(
        office::done_heading(),
        vec![office::column_kind(), office::column_done(), office::column_due()],
        vec![row(office::visits(), input.visits), row(office::calls(), input.calls)],
    )
}

fn tomorrow(input: &DigestInput<'_>) -> Section {
    if input.sealed.is_empty() {
        return Section { heading: office::tomorrow_heading(), paragraphs: vec![office::tomorrow_none()], table: None };
    }
    let row = |window: &SealedWindow| {
        let day = common::day(window.start.day(input.zone));
        let span = common::span(window.start, window.end, input.zone);
        let name = shown(&window.programme.both());
        vec![
            Said::new(format!("{} {span}, {name}", day.en), format!("{} {span} {name}", day.zh)),
            plain(&window.places.to_string()),
            plain(&match &window.awaits {
                Some(awaits) => format!("{} {awaits}", window.root.hex()),
                None => window.root.hex(),
            }),
        ]
    };
    Section {
        heading: office::tomorrow_heading(),
        paragraphs: vec![office::tomorrow_secret()],
        table: Some(Table {
            caption: office::sealed_caption(),
            columns: vec![office::column_window(), office::column_places(), office::column_root()],
            rows: input.sealed.iter().map(row).collect(),
        }),
    }
}
