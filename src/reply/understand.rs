//! The order of the checks (REPLIES 3): the first that matches ends the reading.

use super::answered::{gather_answers, open_questions};
use super::class::{Class, classify};
use super::filled::{self, Filled, says_something};
use super::gather::{Gathered, gather};
use super::handback;
use super::inquiry::HeardAnswers;
use super::item::{Grammar, Heard};
use super::key::{KeyFound, carried_key};
use super::lexicon::Lexicon;
use super::mail::Mail;
use super::reading::{Answer, Answered, Disposition, Earlier, Note, Outcomes, Reading, Reason, Seen};
use super::sender::{Authentication, Policy, from_address, is_proven};
use super::sent::Sent;
use super::text::{Text, text_of};
use super::times::Span;
use super::whose::{Own, own_lines};
use crate::model::script::is_han;
use crate::model::{Language, Sha256, Timestamp};
use std::collections::BTreeSet;

/// What is known of a mail beside its bytes.
#[derive(Debug, Clone)]
pub struct Intake {
    /// When we received it.
    pub received: Timestamp,
    /// A person says that it answers this assignment: its key is not asked for.
    pub vouched: bool,
    pub authentication: Authentication,
}

/// A mail that is over the caps of REPLIES 3: nothing of it is read, and nobody is answered.
pub fn refused(sent: &Sent, earlier: &Earlier) -> Reading {
    nothing(sent, earlier, Disposition::Rejected, Reason::NoText, Answer::None)
}

fn nothing(sent: &Sent, earlier: &Earlier, disposition: Disposition, reason: Reason, answer: Answer) -> Reading {
    Reading {
        disposition,
        reason,
        answer,
        results: Vec::new(),
        answers: Vec::new(),
        handed_back: Vec::new(),
        problems: Vec::new(),
        open: open_lines(sent, &[], &[], earlier),
        language: None,
        notes: Vec::new(),
        seen: None,
    }
}

/// Reads one mail against its assignment as sent and what earlier mails have left.
pub fn read(mail: &Mail<'_>, sent: &Sent, earlier: &Earlier, intake: &Intake, lexicon: &Lexicon) -> Reading {
    read_with(mail, &[], sent, earlier, intake, lexicon)
}

/// The same with filled sheets that came with it. Where they and the text contradict each other, nothing is recorded.
pub fn read_with(
    mail: &Mail<'_>,
    sheets: &[Filled],
    sent: &Sent,
    earlier: &Earlier,
    intake: &Intake,
    lexicon: &Lexicon,
) -> Reading {
    let ended = |disposition, reason, answer| nothing(sent, earlier, disposition, reason, answer);
    let ignored = |reason| ended(Disposition::Ignored, reason, Answer::None);
    match classify(mail, &sent.desk) {
        Class::Own => return ignored(Reason::Own),
        Class::Bounce => return ignored(Reason::Bounce),
        Class::ReadReceipt => return ignored(Reason::ReadReceipt),
        Class::AutoReply => return ignored(Reason::AutoReply),
        Class::Person => {}
    }
    let fingerprint = mail.fingerprint();
    if earlier.fingerprints.contains(&fingerprint) {
        return ignored(Reason::Duplicate);
    }
    let text = text_of(mail);
    let from = from_address(mail).filter(|from| sent.addresses.contains(from));
    let proven = from.as_deref().is_some_and(|from| is_proven(mail, from, &intake.authentication));
    let trusted = from.is_some() && (proven || intake.authentication.policy != Policy::Require);
    // Nothing goes to anybody but the inspector: no backscatter, no oracle.
    let help = if trusted { Answer::Help } else { Answer::None };
    let rejected = |reason, answer| ended(Disposition::Rejected, reason, answer);
    match carried_key(mail, text) {
        _ if intake.vouched => {}
        KeyFound::None { .. } => return rejected(Reason::NoKey, help),
        KeyFound::Contradiction => return rejected(Reason::BadKey, Answer::None),
        KeyFound::One(carried) if carried.assignment != sent.assignment || !carried.key.matches(&sent.key) => {
            return rejected(Reason::BadKey, help);
        }
        KeyFound::One(_) => {}
    }
    if intake.received.0 >= sent.closes.timestamp_millis() {
        return rejected(Reason::Closed, help);
    }
    if from.is_none() {
        return rejected(Reason::WrongSender, Answer::None);
    }
    if !trusted {
        return rejected(Reason::Unauthenticated, Answer::None);
    }
    let text = match text {
        Text::Found(text) => text,
        Text::None if says_something(sent, sheets) => "",
        Text::None => return rejected(Reason::NoText, help),
        Text::Unreadable => return rejected(Reason::Charset, help),
        Text::Endless => return rejected(Reason::TooLong, help),
    };
    let seen = Seen { fingerprint, message_id: mail.message_id(), text: Sha256::of(text.trim().as_bytes()) };
    let same_id = seen.message_id.as_ref().and_then(|id| earlier.message_ids.get(id));
    if same_id == Some(&seen.text) {
        return ignored(Reason::Duplicate);
    }
    let span = Span { sent: sent.sent, closes: sent.closes, received: intake.received };
    let (mut gathered, mut answers, handed_back, own_words) = listen((text, sheets), sent, earlier, span, lexicon);
    if !proven && intake.authentication.policy == Policy::Flag {
        gathered.notes.push(Note::NotProven);
    }
    if same_id.is_some() {
        gathered.notes.push(Note::SameMessageId);
        gathered.results.iter_mut().for_each(|result| result.correction = true);
        answers.iter_mut().for_each(|answer| answer.correction = true);
    }
    let reading = recorded(gathered, answers, own_words, sent, earlier, seen);
    Reading { handed_back: handback::certain(&handed_back, sent, &reading.results), ..reading }
}

/// Reads what a person of the office types of an assignment, in the words of a reply, as if it had just come.
pub fn typed(text: &str, sent: &Sent, earlier: &Earlier, received: Timestamp, lexicon: &Lexicon) -> Reading {
    let span = Span { sent: sent.sent, closes: sent.closes, received };
    let (gathered, answers, _, own_words) = listen((text, &[]), sent, earlier, span, lexicon);
    let seen = Seen { fingerprint: Sha256::of(b""), message_id: None, text: Sha256::of(text.trim().as_bytes()) };
    Reading { seen: None, ..recorded(gathered, answers, own_words, sent, earlier, seen) }
}

/// What the person's own lines say, and in which language they are.
fn listen(
    (text, sheets): (&str, &[Filled]),
    sent: &Sent,
    earlier: &Earlier,
    span: Span,
    lexicon: &Lexicon,
) -> (Gathered, Vec<Answered>, BTreeSet<String>, Option<Language>) {
    let grammar = Grammar::new(sent, lexicon, span);
    let (mut heard, mut told) = (Heard::default(), HeardAnswers::default());
    let (mut han, mut latin) = (0usize, 0usize);
    let mut handed_back = BTreeSet::new();
    own_lines(text, sent, lexicon, |own| {
        let line = match &own {
            Own::Written { line, .. } | Own::Answer { line, .. } => line,
        };
        han += line.chars.iter().filter(|c| is_han(**c)).count();
        latin += line.chars.iter().filter(|c| c.is_ascii_alphabetic()).count();
        match &own {
            Own::Written { line, below } => match handback::rewritten(line, sent) {
                Some((line, codes)) => {
                    handed_back.extend(codes);
                    grammar.asked_line(&line, None, &mut heard, &mut told)
                }
                None => grammar.asked_line(line, below.as_deref(), &mut heard, &mut told),
            },
            Own::Answer { code, line, foreign } => {
                grammar.asked_answer(code, line, *foreign, &mut heard, &mut told);
                true
            }
        }
    });
    let language = match (han, latin) {
        (0, 0) => None,
        _ if han * 3 >= latin => Some(Language::ZhHans),
        _ => Some(Language::En),
    };
    sheets.iter().for_each(|sheet| filled::hear(&grammar, sheet, &mut heard, &mut told));
    let mut gathered = gather(sent, &heard.statements, &heard.named, earlier);
    let answers = gather_answers(sent, &told, &gathered.results, earlier);
    gathered.problems.extend(answers.problems);
    (gathered, answers.results, handed_back, language)
}

fn recorded(
    gathered: Gathered,
    answers: Vec<Answered>,
    own_words: Option<Language>,
    sent: &Sent,
    earlier: &Earlier,
    seen: Seen,
) -> Reading {
    let Gathered { results, problems, notes, language } = gathered;
    let open = open_lines(sent, &results, &answers, earlier);
    let nothing = results.is_empty() && answers.is_empty();
    let (disposition, answer) = match (nothing, problems.is_empty() && open.is_empty()) {
        (true, _) => (Disposition::Rejected, Answer::Help),
        (false, true) => (Disposition::Accepted, Answer::Receipt),
        (false, false) => (Disposition::Partial, Answer::Receipt),
    };
    let language = language.or(own_words);
    let (reason, seen) = (Reason::Ok, Some(seen));
    let handed_back = Vec::new();
    Reading { disposition, reason, answer, results, answers, handed_back, problems, open, language, notes, seen }
}

/// A line of which nothing is recorded, else the codes of its persons and required questions that are left.
fn open_lines(sent: &Sent, results: &[Outcomes], answers: &[Answered], earlier: &Earlier) -> Vec<String> {
    let is_recorded =
        |code: &str| earlier.recorded.contains_key(code) || results.iter().any(|result| result.person == code);
    let mut open = Vec::new();
    for (number, line) in sent.lines.iter().enumerate() {
        let persons = sent.persons.get(line.persons.clone()).unwrap_or_default();
        let left: Vec<String> = persons.iter().map(|p| p.code.clone()).filter(|code| !is_recorded(code)).collect();
        let begins = format!("{}.Q", line.code);
        let is_answered = answers.iter().any(|answer| answer.line == line.code.as_str())
            || earlier.answers.keys().any(|code| code.starts_with(&begins));
        if left.len() == persons.len() && !is_answered {
            open.push(line.code.to_string());
        } else {
            open.extend(left);
        }
        open.extend(open_questions(sent, number, results, answers, earlier));
    }
    open
}
