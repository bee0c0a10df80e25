//! An answer to a question, from the words behind its code. Strict: what is not an answer of the question's form as a
//! whole is none.

use super::phrase::{Atom, Key, Phrasebook, atoms};
use super::text::Line;
use crate::model::question::{Form, Question, Value};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    yes: Vec<String>,
    no: Vec<String>,
    not_seen: Vec<String>,
}

static WORDS: LazyLock<Phrasebook<Value>> = LazyLock::new(|| {
    let words: Words = toml::from_str(include_str!("../../config/words/answers.toml"))
        .unwrap_or_else(|error| unreachable!("the shipped answer words: {error}"));
    let mut book = Phrasebook::default();
    for (phrases, value) in [(words.yes, Value::Yes), (words.no, Value::No), (words.not_seen, Value::NotSeen)] {
        for phrase in phrases {
            book.add(&phrase, value.clone());
        }
    }
    book
});

/// Digits of a number: more is no count of anything in a village.
const MOST_DIGITS: usize = 9;

/// The answer that begins at an atom, and the atom after it; texts are taken elsewhere.
pub fn value_at(question: &Question, atoms: &[Atom], at: usize) -> Option<(Value, usize)> {
    let word = WORDS.longest(atoms, at).map(|(end, value)| (value.clone(), end));
    let not_seen = || word.clone().filter(|(value, _)| *value == Value::NotSeen);
    match &question.form {
        Form::YesNo => word,
        Form::Number { least, most, unit } => {
            let units = unit.iter().flat_map(|unit| [&unit.en, &unit.zh]);
            number(atoms, at, units)
                .filter(|(n, _)| (least..=most).contains(&n))
                .map(|(n, end)| (Value::Number(n), end))
                .or_else(not_seen)
        }
        Form::Choice(_) => choice(question, atoms, at).or_else(not_seen),
        Form::Date => date(atoms, at).map(|(day, end)| (Value::Date(day), end)).or_else(not_seen),
        Form::Text => not_seen().filter(|(_, end)| *end == atoms.len()),
    }
}

/// Whether an answer of any form begins here: it does not fit the question that it stands behind.
pub fn looks_like_one(atoms: &[Atom], at: usize) -> bool {
    let numeric = matches!(atoms.get(at), Some(Atom { key: Key::Number(_), .. }));
    numeric || WORDS.longest(atoms, at).is_some()
}

fn key(atoms: &[Atom], at: usize) -> Option<&Key> {
    atoms.get(at).map(|atom| &atom.key)
}

fn digits(atoms: &[Atom], at: usize) -> Option<&str> {
    match key(atoms, at) {
        Some(Key::Number(digits)) => Some(digits),
        _ => None,
    }
}

fn glued(atoms: &[Atom], at: usize) -> bool {
    atoms.get(at).is_some_and(|atom| !atom.gap)
}

/// A whole number with its unit or without: 12,000 and 3.5 and 2-3 are none.
fn number<'u>(atoms: &[Atom], at: usize, units: impl Iterator<Item = &'u String>) -> Option<(i64, usize)> {
    let number = digits(atoms, at).filter(|digits| digits.len() <= MOST_DIGITS)?.parse().ok()?;
    let joined = matches!(key(atoms, at + 1), Some(Key::Mark(_))) && digits(atoms, at + 2).is_some();
    if joined && glued(atoms, at + 1) && glued(atoms, at + 2) {
        return None;
    }
    let end = units.filter_map(|unit| phrase_at(unit, atoms, at + 1)).max().unwrap_or(at + 1);
    Some((number, end))
}

/// Where some words end that stand here.
fn phrase_at(words: &str, all: &[Atom], at: usize) -> Option<usize> {
    let wanted = atoms(&Line::new(words).chars);
    let here = all.get(at..at + wanted.len())?;
    here.iter().zip(&wanted).all(|(a, b)| a.key == b.key).then_some(at + wanted.len())
}

/// The letter, the words in either language, or both of the same choice.
fn choice(question: &Question, atoms: &[Atom], at: usize) -> Option<(Value, usize)> {
    let Form::Choice(choices) = &question.form else { return None };
    let mut found: Vec<(usize, char)> = Vec::new();
    for choice in choices {
        let words = |from: usize| [&choice.en, &choice.zh].iter().filter_map(|w| phrase_at(w, atoms, from)).max();
        let mut end = words(at);
        if key(atoms, at) == Some(&Key::Word(choice.letter.to_string())) {
            let marked = matches!(key(atoms, at + 1), Some(Key::Mark('.' | ')' | ':' | '、')));
            end = end.max(words(at + 1 + usize::from(marked))).max(Some(at + 1));
        }
        // "按计划 on schedule", as a drop-down shows it.
        while let Some(further) = end.and_then(words) {
            end = Some(further);
        }
        found.extend(end.map(|end| (end, choice.letter)));
    }
    let longest = found.iter().map(|(end, _)| *end).max()?;
    let mut best = found.iter().filter(|(end, _)| *end == longest);
    match (best.next(), best.next()) {
        (Some((end, letter)), None) => Some((Value::Choice(*letter), *end)),
        _ => None,
    }
}

/// 2026-03-12, 2026/3/12, 2026.3.12, 2026年3月12日. A day without its year can be read in two ways.
fn date(atoms: &[Atom], at: usize) -> Option<(NaiveDate, usize)> {
    let year = digits(atoms, at).filter(|digits| digits.len() == 4)?.parse().ok()?;
    let (month, day) = (digits(atoms, at + 2)?, digits(atoms, at + 4)?);
    if month.len() > 2 || day.len() > 2 || !(2000..=2099).contains(&year) {
        return None;
    }
    let end = match (key(atoms, at + 1), key(atoms, at + 3)) {
        (Some(Key::Han('年')), Some(Key::Han('月'))) => {
            let ends = matches!(key(atoms, at + 5), Some(Key::Han('日' | '号')));
            at + 5 + usize::from(ends)
        }
        (Some(Key::Mark(one @ ('-' | '/' | '.'))), Some(Key::Mark(two))) if one == two => {
            let whole = (at + 1..at + 5).all(|i| glued(atoms, i));
            let goes_on = glued(atoms, at + 5) && key(atoms, at + 5) == Some(&Key::Mark(*one)) && glued(atoms, at + 6);
            if !whole || goes_on {
                return None;
            }
            at + 5
        }
        _ => return None,
    };
    let day = NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?;
    Some((day, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Instrument;
    use crate::words::instruments::{SHIPPED, read};

    fn instrument() -> Instrument {
        read(SHIPPED[1].0, SHIPPED[1].1).unwrap()
    }

    fn parsed(question: usize, text: &str) -> Option<String> {
        let all = atoms(&Line::new(text).chars);
        let (value, end) = value_at(&instrument().questions[question], &all, 0)?;
        (end == all.len()).then(|| value.code())
    }

    #[test]
    fn answers_of_every_form() {
        for (question, text, expected) in [
            (0, "Yes", Some("yes")),
            (0, "是的", Some("yes")),
            (0, "没有", Some("no")),
            (0, "N/A", Some("not_seen")),
            (0, "maybe", None),
            (0, "yes no", None),
            (1, "12", Some("12")),
            (1, "１２天", Some("12")),
            (1, "12 days", Some("12")),
            (1, "32", None),
            (1, "1.5", None),
            (1, "1,000", None),
            (1, "2-3", None),
            (1, "-3", None),
            (1, "约12", None),
            (1, "未查看", Some("not_seen")),
            (2, "b", Some("b")),
            (2, "B. 滞后", Some("b")),
            (2, "按计划 on schedule", Some("a")),
            (2, "a 滞后", None),
            (2, "d", None),
            (3, "2026-03-12", Some("2026-03-12")),
            (3, "2026年3月2日", Some("2026-03-02")),
            (3, "2026/3/2", Some("2026-03-02")),
            (3, "2026-02-30", None),
            (3, "3月12日", None),
            (3, "12/3/2026", None),
            (3, "2026-03", None),
        ] {
            assert_eq!(parsed(question, text).as_deref(), expected, "{text}");
        }
    }
}
