//! Text as atoms (a Latin word, one Han character, a number, a code, a mark), and phrases of them.

use crate::model::script::is_han;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Letters of any script that is written in words, lower case.
    Word(String),
    Han(char),
    Number(String),
    /// `V1`, `V1.2`, `C3`, `X1`: upper case, whether or not there is such a line.
    Code(String),
    Mark(char),
}

#[derive(Debug, Clone)]
pub struct Atom {
    pub key: Key,
    /// Characters of the line, `start..end`.
    pub start: usize,
    pub end: usize,
    /// A blank stands before it.
    pub gap: bool,
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`')
}

/// Takes normalised lower-case characters apart. `isn't` becomes `is` and `not`.
pub fn atoms(chars: &[char]) -> Vec<Atom> {
    let mut all = Vec::new();
    let (mut at, mut gap) = (0, false);
    while let Some(&c) = chars.get(at) {
        if c.is_whitespace() {
            gap = true;
            at += 1;
            continue;
        }
        let run = |from: usize, test: fn(char) -> bool| {
            chars.get(from..).unwrap_or_default().iter().take_while(|c| test(**c)).count()
        };
        let start = at;
        let key = if let Some(length) = code_length(chars, at) {
            at += length;
            Key::Code(text(chars, start, at).replace('。', ".").to_uppercase())
        } else if c.is_ascii_digit() {
            at += run(at, |c| c.is_ascii_digit());
            Key::Number(text(chars, start, at))
        } else if is_han(c) {
            at += 1;
            Key::Han(c)
        } else if c.is_alphabetic() {
            at += run(at, |c| c.is_alphanumeric() && !is_han(c));
            let word = text(chars, start, at);
            let t_follows = chars.get(at).is_some_and(|c| is_apostrophe(*c))
                && chars.get(at + 1) == Some(&'t')
                && !chars.get(at + 2).is_some_and(|c| c.is_alphanumeric());
            if t_follows && word.ends_with('n') {
                at += 2;
                denied(&mut all, &word, start, at, gap);
                gap = false;
                continue;
            }
            if let Some(stem) = word.strip_suffix('t').filter(|stem| UNMARKED.contains(stem)) {
                denied(&mut all, stem, start, at, gap);
                gap = false;
                continue;
            }
            Key::Word(word)
        } else if is_apostrophe(c) {
            at += 1;
            continue;
        } else {
            at += 1;
            Key::Mark(c)
        };
        all.push(Atom { key, start, end: at, gap });
        gap = false;
    }
    all
}

/// Contractions as typed in haste: `didnt`.
const UNMARKED: &[&str] =
    &["isn", "wasn", "aren", "weren", "didn", "don", "doesn", "couldn", "wouldn", "hasn", "haven", "hadn", "shouldn"];

fn denied(all: &mut Vec<Atom>, word_with_n: &str, start: usize, end: usize, gap: bool) {
    let stem = match word_with_n {
        "can" => "can",
        "won" => "will",
        "shan" => "shall",
        other => other.strip_suffix('n').unwrap_or(other),
    };
    all.push(Atom { key: Key::Word(stem.to_owned()), start, end, gap });
    all.push(Atom { key: Key::Word("not".to_owned()), start, end, gap: false });
}

fn text(chars: &[char], start: usize, end: usize) -> String {
    chars.get(start..end).unwrap_or_default().iter().collect()
}

/// A letter V, C or X that begins a word, and digits; for a person a dot and digits again.
fn code_length(chars: &[char], at: usize) -> Option<usize> {
    let letter = matches!(chars.get(at)?, 'v' | 'c' | 'x');
    let inside = at > 0 && chars.get(at - 1).is_some_and(|c| c.is_alphanumeric() && !is_han(*c));
    if !letter || inside {
        return None;
    }
    let digits =
        |from: usize| chars.get(from..).unwrap_or_default().iter().take(12).take_while(|c| c.is_ascii_digit()).count();
    let mut length = 1 + digits(at + 1);
    if length == 1 {
        return None;
    }
    while length < 24 && matches!(chars.get(at + length), Some('.' | '。')) {
        match digits(at + length + 1) {
            0 => break,
            more => length += 1 + more,
        }
    }
    Some(length)
}

/// Phrases with what they mean; the longest that fits is found.
#[derive(Debug, Clone)]
pub struct Phrasebook<T> {
    by_first: HashMap<Key, Vec<(Vec<Key>, T)>>,
}

impl<T> Default for Phrasebook<T> {
    fn default() -> Self {
        Phrasebook { by_first: HashMap::new() }
    }
}

impl<T> Phrasebook<T> {
    /// Adds a phrase; one that is there already keeps its meaning.
    pub fn add(&mut self, phrase: &str, meaning: T) {
        self.add_or_change(phrase, || meaning, |_| {});
    }

    /// Adds a phrase, or changes the meaning of one that is there already.
    pub fn add_or_change(&mut self, phrase: &str, meaning: impl FnOnce() -> T, change: impl FnOnce(&mut T)) {
        let keys = keys(phrase);
        let Some(first) = keys.first() else { return };
        let same_start = self.by_first.entry(first.clone()).or_default();
        match same_start.iter_mut().find(|(other, _)| *other == keys) {
            Some((_, known)) => change(known),
            None => {
                same_start.push((keys, meaning()));
                same_start.sort_by_key(|(keys, _)| std::cmp::Reverse(keys.len()));
            }
        }
    }

    /// The longest phrase that begins at an atom, and where it ends. Between two words a hyphen or an
    /// underscore counts as a blank.
    pub fn longest(&self, atoms: &[Atom], at: usize) -> Option<(usize, &T)> {
        self.longest_that(atoms, at, |_| true)
    }

    /// The longest of those phrases that a test lets pass.
    pub fn longest_that(&self, atoms: &[Atom], at: usize, test: impl Fn(&T) -> bool) -> Option<(usize, &T)> {
        let same_start = self.by_first.get(&atoms.get(at)?.key)?;
        let mut fitting = same_start.iter().filter_map(|(keys, meaning)| Some((end_of(keys, atoms, at)?, meaning)));
        fitting.find(|(_, meaning)| test(*meaning))
    }
}

fn keys(phrase: &str) -> Vec<Key> {
    let line = super::text::Line::new(phrase);
    atoms(&line.chars).into_iter().map(|atom| atom.key).collect()
}

fn end_of(keys: &[Key], atoms: &[Atom], mut at: usize) -> Option<usize> {
    for (number, key) in keys.iter().enumerate() {
        let joins = |atom: &Atom| matches!(atom.key, Key::Mark('-' | '_'));
        if number > 0 && matches!(key, Key::Word(_)) && atoms.get(at).is_some_and(joins) {
            at += 1;
        }
        if atoms.get(at)?.key != *key {
            return None;
        }
        at += 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::text::Line;

    fn shown(text: &str) -> String {
        let line = Line::new(text);
        let show = |atom: Atom| match atom.key {
            Key::Word(word) | Key::Number(word) => word,
            Key::Code(code) => format!("[{code}]"),
            Key::Han(c) | Key::Mark(c) => c.to_string(),
        };
        atoms(&line.chars).into_iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn atoms_of_a_line() {
        assert_eq!(shown("V1.2：在岗, c１2-busy"), "[V1.2] : 在 岗 , [C12] - busy");
        assert_eq!(shown("She isn’t here, can't, DIDNT"), "she is not here , can not , did not");
        assert_eq!(shown("更正C2占线 ABC1 V1.1.2 v1。1 V1. x"), "更 正 [C2] 占 线 abc1 [V1.1.2] [V1.1] [V1] . x");
    }

    #[test]
    fn the_longest_phrase_is_found() {
        let mut book = Phrasebook::default();
        for phrase in ["no answer", "no", "在", "不在岗", "不在"] {
            book.add(phrase, phrase);
        }
        let found = |text: &str| {
            let all = atoms(&Line::new(text).chars);
            book.longest(&all, 0).map(|(end, phrase)| (end, *phrase))
        };
        assert_eq!(found("No-Answer yet"), Some((3, "no answer")));
        assert_eq!(found("no answers"), Some((1, "no")));
        assert_eq!(found("不在岗位"), Some((3, "不在岗")));
        assert_eq!(found("不 在 县"), Some((2, "不在")));
    }
}
