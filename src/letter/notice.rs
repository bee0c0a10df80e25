//! Notices that are not answered: a window that is void, an alert to the head.

use super::columns::{SUBJECT_WIDTH, columns, flat};
use super::kind::subject;
use super::page::{Page, Section, render};
use super::{Languages, Letter, LetterKind};
use crate::model::{Language, Said, Timestamp};
use crate::words::letters::{common, office};
use chrono_tz::Tz;

/// A window that is not and will not be drawn, for inspectors and office.
#[derive(Debug, Clone)]
pub struct VoidInput {
    pub start: Timestamp,
    pub end: Timestamp,
    pub zone: Tz,
    pub reason: Said,
    pub languages: Languages,
}

pub fn void_notice(input: &VoidInput) -> Letter {
    let date = input.start.day(input.zone);
    let day = common::day(date);
    let span = common::span(input.start, input.end, input.zone);
    let tag = office::void_tag();
    let subject = subject(&match input.languages {
        Languages::Both => format!("[{} {}] {} {span}", tag.en, tag.zh, date.format("%m-%d")),
        Languages::One(Language::En) => format!("[{} window] {} {span}", tag.en, day.en),
        Languages::One(Language::ZhHans) => format!("[{}] {} {span}", tag.zh, day.zh),
    });
    let page = Page {
        lead: vec![office::void_task(&day, &span), office::void_nothing()],
        sections: vec![Section { heading: office::void_reason(), paragraphs: vec![input.reason.clone()], table: None }],
        foot: Vec::new(),
    };
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
