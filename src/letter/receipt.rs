//! What goes back to an inspector: a receipt line by line, or a short help (REPLIES 7).
//!
//! What is echoed stands behind a bar, which mail readers and the reply parser take for a quote: a
//! receipt that comes back can never be read as an answer. Open lines are printed exactly as in the
//! assignment, so they can be filled in right here.

use super::assignment::{AssignmentInput, how_to_answer, marker, reference, work_day};
use super::columns::{cut, wrap};
use super::kind::subject;
use super::lines::{self, shown};
use super::{Languages, Letter, LetterKind};
use crate::model::{Language, Outcome, Said};
use crate::words::letters::{common, inspector};

#[derive(Debug, Clone)]
pub struct ReceiptInput<'a> {
    pub of: AssignmentInput<'a>,
    /// The language of the reply.
    pub language: Language,
    pub recorded: Vec<Recorded>,
    pub answers: Vec<RecordedAnswer>,
    /// As REPLIES 8 names them: `C2`, `V1`, `V1.2`.
    pub open: Vec<String>,
    pub problems: Vec<Problem>,
    /// Photos and files that came with the reply and are kept.
    pub files: usize,
}

/// One result that was recorded from the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// `C1` or `V1.2`.
    pub code: String,
    pub outcome: Outcome,
    /// `10:42`, where a time was stated.
    pub at: Option<String>,
    pub remark: Option<String>,
    /// The outcome that this one replaces.
    pub replaces: Option<Outcome>,
    /// Anything the inspector should know, e.g. a word that was taken although misspelt.
    pub note: Option<Said>,
}

/// One answer to a question that was recorded from the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAnswer {
    /// `V1.Q3`.
    pub code: String,
    pub question: Said,
    pub answer: Said,
    pub remark: Option<String>,
    /// The answer that this one replaces.
    pub replaces: Option<Said>,
}

/// A part of the mail that was not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: Option<String>,
    /// As it was written.
    pub written: Option<String>,
    pub why: Said,
}

/// Longest echo of what was written, in columns.
const LONGEST_ECHO: usize = 120;

pub fn receipt(input: &ReceiptInput<'_>) -> Letter {
    let of = &input.of;
    let language = input.language;
    let day = work_day(of);
    let by = common::deadline(of.assignment.reply_by, day, of.zone);
    let open = lines::render(of, Some(&input.open));
    let (recorded, missing, problems) =
        (input.recorded.len() + input.answers.len(), open.answers.len() - open.optional, input.problems.len());
    let summary = inspector::receipt_summary(recorded, missing, problems, &by);
    let mut text = wrap(summary.in_language(language), 0, 0);
    if recorded > 0 {
        text.push(inspector::recorded().in_language(language).to_owned());
        text.extend(input.recorded.iter().flat_map(|r| barred(&recorded_line(input, r))));
        text.extend(input.answers.iter().flat_map(|a| barred(&answer_line(a, language))));
    }
    if input.files > 0 {
        text.extend(wrap(inspector::files_kept(input.files).in_language(language), 0, 0));
    }
    if !input.problems.is_empty() {
        text.extend(wrap(inspector::not_understood().in_language(language), 0, 0));
        text.extend(input.problems.iter().flat_map(|p| barred(&problem_line(p, language))));
    }
    let one = Languages::One(language);
    if !open.answers.is_empty() {
        text.push(inspector::still_open().in_language(language).to_owned());
        text.push(marker(of, one));
        text.extend(open.lines);
    }
    text.extend(wrap(inspector::how_to_correct().in_language(language), 0, 0));
    text.push(reference(of, one));
    let date = common::short_day(day);
    let subject = subject(&match language {
        Language::En => format!(
            "Receipt [{}] {}: {recorded} recorded, {missing} open, {problems} unclear",
            of.assignment.id, date.en
        ),
        Language::ZhHans => {
            format!("回执 [{}] {}：已登记{recorded} 未回{missing} 不明{problems}", of.assignment.id, date.zh)
        }
    });
    Letter { subject, text: text.join("\n") + "\n", html: None, kind: LetterKind::Receipt }
}

/// A line behind a bar, and its continuations too.
fn barred(text: &str) -> Vec<String> {
    wrap(text, 2, 4)
        .into_iter()
        .map(|line| {
            let mut line = line;
            line.replace_range(..1, "|");
            line
        })
        .collect()
}

fn recorded_line(input: &ReceiptInput<'_>, recorded: &Recorded) -> String {
    let language = input.language;
    let name = lines::who(input.of.assignment, &recorded.code).map(|name| shown(&name.both()));
    let mut parts = vec![common::outcome(recorded.outcome).in_language(language).to_owned()];
    parts.extend(recorded.at.iter().map(|at| shown(at)));
    parts.extend(
        recorded.replaces.map(|before| inspector::replaces(&common::outcome(before)).in_language(language).to_owned()),
    );
    parts.extend(recorded.note.iter().map(|note| shown(note.in_language(language))));
    parts.extend(
        recorded
            .remark
            .iter()
            .map(|remark| inspector::remark(&cut(&shown(remark), LONGEST_ECHO)).in_language(language).to_owned()),
    );
    let who = name.map_or_else(|| shown(&recorded.code), |name| format!("{} {name}", shown(&recorded.code)));
    format!("{who}{}{}", language.pick(": ", "："), parts.join(language.pick(", ", "，")))
}

fn answer_line(answer: &RecordedAnswer, language: Language) -> String {
    let mut parts = vec![shown(answer.answer.in_language(language))];
    parts.extend(answer.replaces.as_ref().map(|before| inspector::replaces(before).in_language(language).to_owned()));
    let remark = answer.remark.as_ref().map(|remark| inspector::remark(&cut(&shown(remark), LONGEST_ECHO)));
    parts.extend(remark.map(|remark| remark.in_language(language).to_owned()));
    let question = shown(answer.question.in_language(language));
    let parts = parts.join(language.pick(", ", "，"));
    format!("{} {question}{}{parts}", shown(&answer.code), language.pick(": ", "："))
}

fn problem_line(problem: &Problem, language: Language) -> String {
    let mut text = String::new();
    if let Some(code) = &problem.code {
        text.push_str(&shown(code));
        text.push_str(language.pick(": ", "："));
    }
    if let Some(written) = &problem.written {
        text.push_str(&format!("“{}”{}", cut(&shown(written), LONGEST_ECHO), language.pick(" - ", "：")));
    }
    text + problem.why.in_language(language)
}

#[derive(Debug, Clone)]
pub struct HelpInput<'a> {
    pub of: AssignmentInput<'a>,
    pub language: Language,
    pub reason: HelpReason,
}

/// Why nothing of a mail was recorded, as far as its sender may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HelpReason {
    NotUnderstood,
    NoText,
    Charset,
    TooLong,
    Closed,
}

/// Short: what is wrong, how to answer, the reference.
pub fn help(input: &HelpInput<'_>) -> Letter {
    let language = input.language;
    let one = Languages::One(language);
    let what = match input.reason {
        HelpReason::NotUnderstood => inspector::help_not_understood(),
        HelpReason::NoText => inspector::help_no_text(),
        HelpReason::Charset => inspector::help_charset(),
        HelpReason::TooLong => inspector::help_too_long(),
        HelpReason::Closed => inspector::help_closed(),
    };
    let mut text = wrap(what.in_language(language), 0, 0);
    if input.reason != HelpReason::Closed {
        text.push(marker(&input.of, one));
        text.extend(how_to_answer(&input.of, one));
    }
    text.push(reference(&input.of, one));
    let date = common::short_day(work_day(&input.of));
    let subject = subject(&match language {
        Language::En => format!("Not recorded [{}] {}: please reply again", input.of.assignment.id, date.en),
        Language::ZhHans => format!("未登记 [{}] {}：请重新回复", input.of.assignment.id, date.zh),
    });
    let subject = if input.reason == HelpReason::Closed { closed_subject(input, &date) } else { subject };
    Letter { subject, text: text.join("\n") + "\n", html: None, kind: LetterKind::Help }
}

fn closed_subject(input: &HelpInput<'_>, date: &Said) -> super::HeaderText {
    let id = &input.of.assignment.id;
    subject(&match input.language {
        Language::En => format!("Not recorded [{id}] {}: closed", date.en),
        Language::ZhHans => format!("未登记 [{id}] {}：任务已关闭", date.zh),
    })
}
