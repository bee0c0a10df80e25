//! Notices that are not answered: a window that is void, an alert to the head.

use super::columns::{SUBJECT_WIDTH, columns, flat};
use super::kind::subject;
use super::page::{Page, Section, Table, render};
use super::{Languages, Letter, LetterKind};
use crate::model::{Language, Said, Timestamp};
use crate::words::letters::{common, office};
use chrono_tz::Tz;

/// Windows that are not and will not be drawn, for the office; at least one, oldest first.
#[derive(Debug, Clone)]
pub struct VoidInput {
    pub windows: Vec<VoidWindow>,
    pub zone: Tz,
    pub languages: Languages,
}

#[derive(Debug, Clone)]
pub struct VoidWindow {
    pub start: Timestamp,
    pub end: Timestamp,
    pub programme: String,
    pub reason: Said,
}

/// Longer tables are not read: the public log has all.
const VOIDS_SHOWN: usize = 40;

pub fn void_notice(input: &VoidInput) -> Letter {
    match input.windows.as_slice() {
        [one] => one_void(input, one),
        several => several_voids(input, several),
    }
}

fn one_void(input: &VoidInput, one: &VoidWindow) -> Letter {
    let date = one.start.day(input.zone);
    let day = common::day(date);
    let span = common::span(one.start, one.end, input.zone);
    let about = Said::new(format!("{} {span}", day.en), format!("{} {span}", day.zh));
    let section = Section { heading: office::void_reason(), paragraphs: vec![one.reason.clone()], table: None };
    let lead = vec![office::void_task(&day, &span), office::void_nothing()];
    void_letter(input, &about, &format!("{} {span}", date.format("%m-%d")), lead, section)
}

fn several_voids(input: &VoidInput, several: &[VoidWindow]) -> Letter {
    let count = several.len();
    let about = Said::new(format!("{count} windows"), format!("{count}个时段"));
    let row = |one: &VoidWindow| {
        let day = common::day(one.start.day(input.zone));
        let span = common::span(one.start, one.end, input.zone);
        let name = flat(&one.programme);
        let window = Said::new(format!("{} {span}, {name}", day.en), format!("{} {span} {name}", day.zh));
        vec![window, one.reason.clone()]
    };
    let section = Section {
        heading: office::voids_heading(),
        paragraphs: if count > VOIDS_SHOWN { vec![office::voids_left_out(count - VOIDS_SHOWN)] } else { Vec::new() },
        table: Some(Table {
            caption: office::voids_heading(),
            columns: vec![office::column_window(), office::void_reason()],
            rows: several.iter().rev().take(VOIDS_SHOWN).rev().map(row).collect(),
        }),
    };
    let lead = vec![office::voids_task(count), office::void_nothing()];
    void_letter(input, &about, &input.languages.inline(&about), lead, section)
}

/// `both`: what the subject says in both languages.
fn void_letter(input: &VoidInput, about: &Said, both: &str, lead: Vec<Said>, section: Section) -> Letter {
    let tag = office::void_tag();
    let subject = subject(&match input.languages {
        Languages::Both => format!("[{} {}] {both}", tag.en, tag.zh),
        Languages::One(Language::En) => format!("[{} window] {}", tag.en, about.en),
        Languages::One(Language::ZhHans) => format!("[{}] {}", tag.zh, about.zh),
    });
    let page = Page { lead, sections: vec![section], foot: Vec::new() };
    let (text, html) = render(&page, &subject, input.languages);
    Letter { subject, text, html, kind: LetterKind::Void }
}

/// Something that the head must know at once. `subject` without place, person or number;
/// `body` one paragraph an entry, first what to do and by when.
#[derive(Debug, Clone)]
pub struct AlertInput {
    pub at: Timestamp,
    pub zone: Tz,
    pub subject: Said,
    pub body: Vec<Said>,
    pub languages: Languages,
}

/// Columns of `[Alert 督查告警] 03-12: `.
const TAG_WIDTH: usize = 23;

pub fn alert(input: &AlertInput) -> Letter {
    let date = input.at.day(input.zone);
    let tag = office::alert_tag();
    let both = input.languages.inline(&input.subject);
    // The body says it in both languages anyway: a whole subject in one is better than half of two.
    let about = match columns(&both) <= SUBJECT_WIDTH - TAG_WIDTH {
        true => both,
        false => {
            [flat(&input.subject.zh), flat(&input.subject.en)].into_iter().min_by_key(|t| columns(t)).unwrap_or(both)
        }
    };
    let subject = subject(&match input.languages {
        Languages::Both => format!("[{} {}] {}: {about}", tag.en, tag.zh, date.format("%m-%d")),
        Languages::One(Language::En) => format!("[{}] {}: {about}", tag.en, common::short_day(date).en),
        Languages::One(Language::ZhHans) => format!("[{}] {}：{about}", tag.zh, common::short_day(date).zh),
    });
    let page = Page { lead: input.body.clone(), sections: Vec::new(), foot: Vec::new() };
    let (text, html) = render(&page, &subject, input.languages);
    Letter { subject, text, html, kind: LetterKind::Alert }
}
