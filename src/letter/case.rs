//! The letters of a flag or a complaint (EVIDENCE 5): please explain, the decision, the decision on an appeal, and
//! the receipt of what came back. Always in both languages; each mailed, or printed and handed over.
//!
//! Their input has no room for a remark, a contact, or what anybody said: what is not here cannot leak.

use super::columns::wrap;
use super::kind::subject;
use super::lines::shown;
use super::page::{Page, Section, plain, print, render};
use super::{HeaderText, Languages, Letter, LetterKind};
use crate::model::key::ReplyKey;
use crate::model::register::Name;
use crate::model::{CaseId, FlagState, Period, Said, Timestamp};
use crate::words::letters::cases::{self as words, Taken};
use crate::words::letters::common;
use chrono::NaiveDate;
use chrono_tz::Tz;

/// What every letter of a case has.
#[derive(Debug, Clone)]
pub struct CaseInput<'a> {
    pub case: &'a CaseId,
    pub office: &'a Name,
    /// The day of the letter.
    pub day: NaiveDate,
    pub zone: Tz,
    pub to: &'a Name,
    /// Whom it concerns: the addressee, or a member of the addressee's team.
    pub who: &'a Name,
    pub matter: Matter<'a>,
    pub key: &'a ReplyKey,
    pub until: Until,
}

/// What it is about, as far as whom it concerns may know.
#[derive(Debug, Clone)]
pub enum Matter<'a> {
    Absence {
        from: Timestamp,
        /// The same where a time was stated.
        to: Timestamp,
        village: &'a Name,
    },
    Complaint,
    /// A visit that was looked at again.
    BackCheck {
        day: NaiveDate,
        village: &'a Name,
    },
}

/// Until when an answer is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// By mail: the last day.
    Day(NaiveDate),
    /// By mail: the last day has passed, and somebody is reminded.
    Was(NaiveDate),
    /// On paper: so many working days after it is handed over.
    AfterHanding(u32),
}

/// A letter both ways: as a mail, and as a page to print.
#[derive(Debug, Clone)]
pub struct CasePaper {
    pub mail: Letter,
    pub page: String,
}

/// Asks for an explanation. `basis`: of an absence what is on record, as known on that day; of a complaint what
/// the office asks, in its own words; of a visit what was found of it. `None` where the page cannot be rendered.
pub fn explain(input: &CaseInput<'_>, basis: &Said) -> Option<CasePaper> {
    let mut lead = vec![match input.until {
        Until::Day(day) => words::explain_by(&words::day(day)),
        Until::Was(day) => words::explain_was_due(&words::day(day)),
        Until::AfterHanding(days) => words::explain_within(days),
    }];
    lead.extend(whom(input));
    let office = called(input.office);
    let absence = matches!(input.matter, Matter::Absence { .. });
    let how = match input.until {
        Until::Day(_) | Until::Was(_) => words::how_by_mail(&office, absence),
        Until::AfterHanding(_) => words::how_on_paper(&office, absence),
    };
    let (mut sections, undecided) = match &input.matter {
        Matter::Absence { from, to, village } => {
            let observed = words::observed(&when(input, *from, *to), &called(village), &called(input.who));
            let known = words::on_record(&words::day(input.day), basis);
            let observed = section(words::observed_heading(), vec![observed]);
            (vec![observed, section(words::record_heading(), vec![known])], words::not_decided())
        }
        Matter::BackCheck { day, village } => {
            let found = words::looked_again(&words::day(*day), &called(village));
            let differs = Said::new(shown(&basis.en), shown(&basis.zh));
            (vec![section(words::differs_heading(), vec![found, differs])], words::back_check_not_decided())
        }
        Matter::Complaint => {
            let asked = section(words::question_heading(), vec![Said::new(shown(&basis.en), shown(&basis.zh))]);
            (vec![asked], words::complaint_not_decided())
        }
    };
    sections.push(section(words::how_heading(), vec![how, undecided]));
    let page = Page { lead, sections, foot: vec![reference(input)] };
    let tag = match input.until {
        Until::Was(_) => words::explain_again_tag(),
        Until::Day(_) | Until::AfterHanding(_) => words::explain_tag(),
    };
    paper(input, tag, &page, LetterKind::Explain)
}

/// The place of a flag on the ladder of consequences.
#[derive(Debug, Clone)]
pub struct RungTold {
    pub number: usize,
    pub period: Period,
    pub consequence: Option<Said>,
}

/// What was decided: confirmed, dismissed, upheld or overturned.
#[derive(Debug, Clone)]
pub struct Decided<'a> {
    pub state: FlagState,
    pub reason: &'a str,
    pub rung: Option<RungTold>,
}

/// Tells a decision; a confirmed one says how to appeal.
pub fn decision(input: &CaseInput<'_>, decided: &Decided<'_>) -> Option<CasePaper> {
    let office = called(input.office);
    let may_appeal = decided.state == FlagState::Confirmed;
    let mut lead = vec![words::decided(decided.state, &words::day(input.day))];
    if may_appeal {
        lead.push(match input.until {
            Until::Day(day) | Until::Was(day) => words::appeal_by(&words::day(day)),
            Until::AfterHanding(days) => words::appeal_within(days),
        });
    }
    lead.extend(whom(input));
    let about = match &input.matter {
        Matter::Absence { from, to, village } => {
            words::about(&when(input, *from, *to), &called(village), &called(input.who))
        }
        Matter::Complaint => words::about_complaint(&called(input.who)),
        Matter::BackCheck { day, village } => words::about_visit(&words::day(*day), &called(village)),
    };
    let mut sections = vec![
        section(words::decision_heading(), vec![about]),
        section(words::reason_heading(), vec![plain(&shown(decided.reason))]),
    ];
    if let Some(rung) = &decided.rung {
        let mut told = vec![words::rung(rung.number, rung.period)];
        told.extend(rung.consequence.as_ref().map(words::foreseen));
        sections.push(section(words::follows_heading(), told));
    }
    if may_appeal {
        let how = match input.until {
            Until::Day(_) | Until::Was(_) => words::appeal_by_mail(&office),
            Until::AfterHanding(_) => words::appeal_on_paper(&office),
        };
        sections.push(section(words::appeal_heading(), vec![how]));
    }
    let page = Page { lead, sections, foot: if may_appeal { vec![reference(input)] } else { Vec::new() } };
    let tag = match decided.state {
        FlagState::Upheld | FlagState::Overturned => words::appeal_tag(),
        _ => words::decision_tag(),
    };
    paper(input, tag, &page, LetterKind::Decision)
}

#[derive(Debug, Clone)]
pub struct FiledInput<'a> {
    pub case: &'a CaseId,
    pub at: Timestamp,
    pub zone: Tz,
    pub key: &'a ReplyKey,
    pub taken: Taken,
    pub files: usize,
}

/// The receipt of an answer that came by mail. It repeats nothing of it.
pub fn filed(input: &FiledInput<'_>) -> Letter {
    let date = input.at.day(input.zone);
    let mut said = vec![words::taken(input.taken)];
    if input.files > 0 {
        said.push(words::kept(input.files));
    }
    if matches!(input.taken, Taken::Explained | Taken::Added | Taken::Appealed) {
        said.push(words::add_more());
    }
    let mut text: Vec<String> =
        said.iter().flat_map(|said| [&said.en, &said.zh]).flat_map(|text| wrap(text, 0, 0)).collect();
    text.push(format!("Ref {}", input.key.reference(input.case)));
    let subject = subject(&format!("Receipt 回执 [{}] {}", input.case, date.format("%m-%d")));
    Letter { subject, text: text.join("\n") + "\n", html: None, kind: LetterKind::Receipt }
}

fn section(heading: Said, paragraphs: Vec<Said>) -> Section {
    Section { heading, paragraphs, table: None }
}

/// To whom, and whom it concerns where that is somebody else.
fn whom(input: &CaseInput<'_>) -> Vec<Said> {
    let mut said = vec![words::addressed(&called(input.to))];
    if input.to != input.who {
        said.push(words::concerns(&called(input.who)));
    }
    said
}

/// A name as each language writes it.
fn called(name: &Name) -> Said {
    Said::new(shown(&name.both()), shown(&name.own))
}

fn reference(input: &CaseInput<'_>) -> Said {
    plain(&format!("Ref {}", input.key.reference(input.case)))
}

/// `Tue 3 Mar 10:20`, or the span in which it was seen.
fn when(input: &CaseInput<'_>, from: Timestamp, to: Timestamp) -> Said {
    let day = words::day(from.day(input.zone));
    let clock = match from == to {
        true => from.clock(input.zone),
        false => common::span(from, to, input.zone),
    };
    Said::new(format!("{} {clock}", day.en), format!("{} {clock}", day.zh))
}

fn paper(input: &CaseInput<'_>, tag: Said, page: &Page, kind: LetterKind) -> Option<CasePaper> {
    let date = input.day.format("%m-%d");
    let subject = subject(&format!("[{} {}] {} {date}", tag.en, tag.zh, input.case));
    // What is answered is plain text alone, as letters to inspectors are.
    let (text, _) = render(page, &subject, Languages::Both);
    let title = HeaderText::of(&format!("{} {}", tag.en, tag.zh));
    let head = plain(&format!("{} · {} · {}", shown(&input.office.both()), input.case, input.day));
    let page = print(page, &title, &head, &words::handed_over(), Languages::Both)?;
    Some(CasePaper { mail: Letter { subject, text, html: None, kind }, page })
}
