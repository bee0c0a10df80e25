//! The letter that an inspector answers, and its reminder. The layout is that of REPLIES 1.

use super::columns::{GLUE, wrap};
use super::kind::subject;
use super::lines::{self, Rendered};
use super::{Languages, Letter, LetterKind};
use crate::model::key::ReplyKey;
use crate::model::register::Name;
use crate::model::{Assignment, Language, Said};
use crate::words::letters::{common, inspector};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::sync::LazyLock;

/// What an assignment, its reminders, receipts and helps are written from.
#[derive(Debug, Clone, Copy)]
pub struct AssignmentInput<'a> {
    pub assignment: &'a Assignment,
    pub office: &'a Name,
    pub key: &'a ReplyKey,
    pub zone: Tz,
    pub languages: Languages,
    /// Where people who are rung can ask whether the call is genuine.
    pub desk_phone: Option<&'a str>,
}

/// A letter and the lines in it that are to be answered, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentLetter {
    pub letter: Letter,
    pub answer_lines: Vec<AnswerLine>,
}

/// One answer line as sent: `V1.2` and its one or more physical lines; the last ends in ` =>`.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerLine {
    pub code: String,
    pub physical: Vec<String>,
}

/// The line may hold a telephone number.
impl std::fmt::Debug for AnswerLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnswerLine").field("code", &self.code).finish_non_exhaustive()
    }
}

/// The assignment as it is released; `None` where it has no lines ("no lines, no letter").
pub fn assignment(input: &AssignmentInput<'_>) -> Option<AssignmentLetter> {
    let rendered = lines::render(input, None);
    let day = work_day(input);
    let by = common::deadline(input.assignment.reply_by, day, input.zone);
    let counts = common::counts(rendered.visits, rendered.calls);
    let task = inspector::task(&common::day(day), &counts, &by);
    let both = format!("督查 Inspection [{}]", input.assignment.id);
    let tag = input
        .languages
        .choose(
            &both,
            &Said::new(format!("Inspection [{}]", input.assignment.id), format!("督查 [{}]", input.assignment.id)),
        )
        .to_owned();
    finish(input, rendered, LetterKind::Assignment, &tag, intro(input, &task, None))
}

/// Lists again what is still open, under the same id and Ref. `open` holds lines and person codes
/// as REPLIES 8 names them; `None` where nothing of it belongs to the assignment.
pub fn reminder(input: &AssignmentInput<'_>, open: &[String]) -> Option<AssignmentLetter> {
    let rendered = lines::render(input, Some(open));
    let by = common::deadline(input.assignment.reply_by, work_day(input), input.zone);
    let counts = common::counts(rendered.visits, rendered.calls);
    let task = inspector::reminder_task(&counts, &by);
    let id = &input.assignment.id;
    let both = format!("提醒 Reminder [{id}]");
    let tag =
        input.languages.choose(&both, &Said::new(format!("Reminder [{id}]"), format!("督查提醒 [{id}]"))).to_owned();
    finish(input, rendered, LetterKind::Reminder, &tag, intro(input, &task, Some(&inspector::only_below())))
}

/// The day on which the work is to be done.
pub fn work_day(input: &AssignmentInput<'_>) -> NaiveDate {
    let first = input.assignment.lines.iter().map(|line| line.from).min();
    first.unwrap_or(input.assignment.released).day(input.zone)
}

/// Two lines: one for each language, or one with the task and one with the office.
fn intro(input: &AssignmentInput<'_>, task: &Said, more: Option<&Said>) -> Vec<String> {
    let office = office(input.office);
    let mut out = Vec::new();
    for language in input.languages.list() {
        let (task, office) = (task.in_language(language), office.in_language(language));
        match input.languages {
            Languages::Both => out.extend(wrap(&join(language, task, office), 0, 3)),
            Languages::One(_) => out.extend([wrap(task, 0, 3), wrap(office, 0, 3)].concat()),
        }
        if let Some(more) = more {
            out.extend(wrap(more.in_language(language), 0, 3));
        }
    }
    out
}

fn join(language: Language, first: &str, second: &str) -> String {
    format!("{first}{}{second}", language.pick(" ", ""))
}

/// The office's name in the spelling of each language.
pub(super) fn office(name: &Name) -> Said {
    let latin = if name.latin.is_empty() { &name.own } else { &name.latin };
    Said::new(lines::shown(latin), lines::shown(&name.own))
}

fn finish(
    input: &AssignmentInput<'_>,
    rendered: Rendered,
    kind: LetterKind,
    tag: &str,
    intro: Vec<String>,
) -> Option<AssignmentLetter> {
    if rendered.answers.is_empty() {
        return None;
    }
    let day = work_day(input);
    let (visits, calls) = (rendered.visits, rendered.calls);
    let counts = common::counts(visits, calls);
    let about = match input.languages {
        Languages::Both => format!("{}: {}", day.format("%m-%d"), common::counts_both(visits, calls)),
        Languages::One(Language::En) => format!("{}: {}", common::day(day).en, counts.en),
        Languages::One(Language::ZhHans) => format!("{}：{}", common::day(day).zh, counts.zh),
    };
    let mut text = intro;
    text.push(marker(input, input.languages));
    text.extend(rendered.lines);
    if kind == LetterKind::Assignment {
        text.extend(super::travel::lines(input.assignment, input.zone, input.languages));
    }
    if let (LetterKind::Assignment, Some(phone), true) = (kind, input.desk_phone, calls > 0) {
        let words =
            inspector::opening_words(&office(input.office), &lines::shown(phone).replace(' ', &GLUE.to_string()));
        text.extend(input.languages.each(&words).iter().flat_map(|line| wrap(line, 0, 3)));
    }
    text.extend(how_to_answer(input, input.languages));
    text.push(reference(input, input.languages));
    let letter = Letter { subject: subject(&format!("{tag} {about}")), text: text.join("\n") + "\n", html: None, kind };
    Some(AssignmentLetter { letter, answer_lines: rendered.answers })
}

/// `=== K7Q2M === write above this line / 请写在此线以上 ===`.
pub(super) fn marker(input: &AssignmentInput<'_>, languages: Languages) -> String {
    format!("=== {} === {} ===", input.assignment.id, languages.inline(&inspector::write_above()))
}

/// `Ref K7Q2M-9F3T-X8W2-HC5D-7QKM (keep in the reply / 请保留)`.
pub(super) fn reference(input: &AssignmentInput<'_>, languages: Languages) -> String {
    let keep = languages.inline(&inspector::keep_reference());
    format!("Ref {} ({keep})", input.key.reference(&input.assignment.id))
}

/// What all letters in these languages say alike. Set once: a country has thousands of letters a window.
fn always(languages: Languages) -> &'static [String] {
    static BOTH: LazyLock<Vec<String>> = LazyLock::new(|| set_always(Languages::Both));
    static ENGLISH: LazyLock<Vec<String>> = LazyLock::new(|| set_always(Languages::One(Language::En)));
    static CHINESE: LazyLock<Vec<String>> = LazyLock::new(|| set_always(Languages::One(Language::ZhHans)));
    match languages {
        Languages::Both => &BOTH,
        Languages::One(Language::En) => &ENGLISH,
        Languages::One(Language::ZhHans) => &CHINESE,
    }
}

fn set_always(languages: Languages) -> Vec<String> {
    let mut out = wrap(languages.choose(inspector::HOW_TO_ANSWER_BOTH, &inspector::how_to_answer()), 0, 3);
    let examples = inspector::examples();
    out.extend(wrap(&whole_items(languages.choose(inspector::EXAMPLES_BOTH, &examples).split(" | ")), 3, 3));
    let outcomes = inspector::OFFERED.map(|outcome| {
        let said = common::outcome(outcome);
        languages.choose(&format!("{} {}", said.en, said.zh), &said).to_owned()
    });
    let label = inspector::results();
    let results =
        format!("{}{}", languages.choose(&label.en, &label), whole_items(outcomes.iter().map(String::as_str)));
    out.extend(wrap(&results, 0, 3));
    out
}

pub(super) fn how_to_answer(input: &AssignmentInput<'_>, languages: Languages) -> Vec<String> {
    let mut out = always(languages).to_vec();
    let mut rest = super::questions::how_to_answer(languages, input.assignment);
    rest.extend(languages.each(&inspector::remarks()));
    if let Some(call) = lines::common_call_span(input.assignment) {
        rest.extend(languages.each(&inspector::call_times(&common::span(call.from, call.to, input.zone))));
    }
    rest.extend(languages.each(&inspector::discretion()));
    out.extend(rest.iter().flat_map(|line| wrap(line, 0, 3)));
    out
}

/// Joined by ` | ` so that a line breaks between items only, and never begins with a bar.
pub(super) fn whole_items<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let glue = GLUE.to_string();
    items.map(|item| item.replace(' ', &glue)).collect::<Vec<_>>().join(&format!("{glue}| "))
}
