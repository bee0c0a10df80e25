//! Which questions a line of a reply names: `V1.Q3`, `Q4` where a line was named before, `V1.Q1-Q9`, `V1 其余`.

use super::lexicon::{Lexicon, Meaning};
use super::phrase::{Atom, Key};
use super::sent::Sent;
use super::statement::Why;
use super::value::value_at;

/// A question, by its line and its number in the line.
pub type Spot = (usize, usize);

/// How much is named at once. What is said of one question alone counts before what is said of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breadth {
    One,
    Several,
    Rest,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub spots: Vec<Spot>,
    /// As a problem names it.
    pub label: String,
    pub breadth: Breadth,
    pub issue: Option<Why>,
}

/// The line that a bare `Q4` belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Context {
    #[default]
    None,
    Line(usize),
    /// More than one was named.
    Several,
}

pub struct Scan<'a> {
    pub sent: &'a Sent,
    pub lexicon: &'a Lexicon,
    pub atoms: &'a [Atom],
    pub context: Context,
}

/// `q7` as its number.
fn number_of(key: Option<&Key>) -> Option<u8> {
    match key {
        Some(Key::Word(word)) => digits(word.strip_prefix('q')?),
        _ => None,
    }
}

fn digits(text: &str) -> Option<u8> {
    let fits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if fits { text.parse().ok() } else { None }
}

impl Scan<'_> {
    fn key(&self, at: usize) -> Option<&Key> {
        self.atoms.get(at).map(|atom| &atom.key)
    }

    pub fn mark(&self, at: usize) -> Option<char> {
        match self.key(at) {
            Some(Key::Mark(mark)) => Some(*mark),
            _ => None,
        }
    }

    pub fn meaning(&self, at: usize) -> Option<(Meaning, usize)> {
        self.lexicon.book.longest(self.atoms, at).map(|(end, meaning)| (*meaning, end))
    }

    /// The code of a line or of a person of the assignment.
    pub fn code(&self, at: usize) -> Option<&str> {
        match self.key(at) {
            Some(Key::Code(code)) if !code.starts_with('X') => Some(code),
            _ => None,
        }
    }

    /// Whether only examples are named: X codes are never real.
    pub fn is_example(&self) -> bool {
        let codes = || (0..self.atoms.len()).filter_map(|at| self.key(at)).filter(|key| matches!(key, Key::Code(_)));
        codes().next().is_some() && (0..self.atoms.len()).all(|at| self.code(at).is_none())
    }

    /// Where a word ends that stands between a question and its answer and changes neither.
    pub fn filler(&self, at: usize) -> Option<usize> {
        match self.key(at)? {
            Key::Han('为' | '為' | '的' | '了') => Some(at + 1),
            Key::Word(word) if matches!(word.as_str(), "is" | "are" | "was" | "were" | "the") => Some(at + 1),
            _ => None,
        }
    }

    pub fn is_gap(&self, at: usize) -> bool {
        self.atoms.get(at).is_some_and(|atom| atom.gap)
    }

    /// The questions that begin to be named at an atom, and the atom after them.
    pub fn named(&self, at: usize) -> Option<(Named, usize)> {
        let (mut named, mut end) = self.one(at)?;
        while named.breadth != Breadth::Rest {
            let mut next = end;
            while matches!(self.mark(next), Some(',' | '、' | '&')) {
                next += 1;
            }
            if let Some((Meaning::And, after)) = self.meaning(next) {
                next = after;
            }
            let here =
                Scan { context: named.spots.last().map_or(self.context, |(line, _)| Context::Line(*line)), ..*self };
            match if next > end { here.one(next) } else { None } {
                Some((more, after)) if more.breadth != Breadth::Rest => {
                    named.spots.extend(more.spots);
                    named.issue = named.issue.or(more.issue);
                    named.breadth = Breadth::Several;
                    end = after;
                }
                _ => break,
            }
        }
        Some((named, end))
    }

    fn one(&self, at: usize) -> Option<(Named, usize)> {
        let Some(code) = self.code(at) else {
            return match number_of(self.key(at)) {
                Some(number) => Some(self.range(self.context, number, at + 1)),
                None => self.rest(self.context, at),
            };
        };
        let line = self.sent.lines.iter().position(|line| line.code.as_str() == code);
        let context = line.map_or(Context::Several, Context::Line);
        let mut next = at + 1;
        if matches!(self.mark(next), Some('.' | '。' | ':' | '-' | '–' | '/' | ',' | '、')) {
            next += 1;
        } else if let Some(after) = self.filler(next) {
            next = after;
        }
        if let Some(number) = number_of(self.key(next)) {
            let (mut named, end) = self.range(context, number, next + 1);
            if line.is_none() {
                (named.label, named.issue) = (format!("{code}.Q{number}"), Some(Why::UnknownLine));
            }
            return Some((named, end));
        }
        let by_letter = self.key(next) == Some(&Key::Word("q".to_owned()));
        if by_letter && matches!(self.meaning(next + 1), Some((Meaning::All, _))) {
            let (_, end) = self.meaning(next + 1)?;
            let mut named = self.rest_of(context);
            named.breadth = Breadth::Several;
            return Some((named, end));
        }
        self.rest(context, if by_letter { next + 1 } else { next })
    }

    /// `Q3`, and where it goes on, up to which one.
    fn range(&self, context: Context, number: u8, at: usize) -> (Named, usize) {
        let joint = match self.meaning(at) {
            Some((Meaning::Range, after)) => Some(after),
            _ => matches!(self.mark(at), Some('-' | '–' | '—' | '~')).then_some(at + 1),
        };
        if let Some(mut next) = joint {
            let same_line = |code: &str| matches!(self.line_of(context, number), Ok(line) if self.sent.lines.get(line).is_some_and(|l| l.code.as_str() == code));
            if self.code(next).is_some_and(same_line) && self.mark(next + 1) == Some('.') {
                next += 2;
            }
            let last = match self.key(next) {
                // "Q1-9 是"; alone it could be an answer.
                Some(Key::Number(text)) if self.key(next + 1).is_some() => digits(text).filter(|last| *last > number),
                key => number_of(key),
            };
            if let Some(last) = last {
                return (self.between(context, number, last), next + 1);
            }
        }
        (self.between(context, number, number), at)
    }

    fn between(&self, context: Context, first: u8, last: u8) -> Named {
        let label = |line: Option<usize>| match line.and_then(|line| self.sent.lines.get(line)) {
            Some(line) => format!("{}.Q{first}", line.code),
            None => format!("Q{first}"),
        };
        let breadth = if first == last { Breadth::One } else { Breadth::Several };
        let line = match self.line_of(context, first) {
            Ok(line) => line,
            Err(why) => return Named { spots: Vec::new(), label: label(None), breadth, issue: Some(why) },
        };
        let spot = |number: u8| {
            let asked = &self.sent.lines.get(line)?.questions;
            asked.iter().position(|q| q.code.to_string() == format!("Q{number}"))
        };
        let issue = match (spot(first), spot(last)) {
            (None, _) | (_, None) => Some(Why::UnknownLine),
            _ if first > last => Some(Why::Unclear),
            _ => None,
        };
        let all = (first..=last).filter(|_| issue.is_none());
        Named { spots: all.filter_map(spot).map(|q| (line, q)).collect(), label: label(Some(line)), breadth, issue }
    }

    /// The line that a question belongs to: the one named, or the only one that asks.
    fn line_of(&self, context: Context, number: u8) -> Result<usize, Why> {
        let has = |line: &usize| {
            self.sent
                .lines
                .get(*line)
                .is_some_and(|l| l.questions.iter().any(|q| q.code.to_string() == format!("Q{number}")))
        };
        match context {
            Context::Line(line) => Ok(line),
            Context::None | Context::Several => {
                let asking: Vec<usize> = (0..self.sent.lines.len()).filter(has).collect();
                match asking[..] {
                    [line] => Ok(line),
                    [] => Err(Why::UnknownLine),
                    _ => Err(Why::Unclear),
                }
            }
        }
    }

    /// `其余 是`, `rest yes`: of questions only where their answer follows, and no outcome.
    fn rest(&self, context: Context, at: usize) -> Option<(Named, usize)> {
        let Some((Meaning::Rest, end)) = self.meaning(at) else { return None };
        let mut next = end;
        loop {
            if self.is_answer(next) {
                return Some((self.rest_of(context), end));
            }
            match (self.filler(next), self.meaning(next)) {
                (Some(after), _) | (_, Some((Meaning::All, after))) => next = after,
                _ if matches!(self.mark(next), Some(':' | '=')) => next += 1,
                _ => return None,
            }
        }
    }

    fn rest_of(&self, context: Context) -> Named {
        let asking = |line: &usize| self.sent.lines.get(*line).is_some_and(|l| !l.questions.is_empty());
        let lines: Vec<usize> = match context {
            Context::Line(line) => vec![line],
            Context::None | Context::Several => (0..self.sent.lines.len()).filter(asking).collect(),
        };
        let (spots, label, issue) = match lines[..] {
            [line] => {
                let questions = self.sent.lines.get(line).map_or(0, |l| l.questions.len());
                let label = self.sent.lines.get(line).map(|l| format!("{}.Q", l.code)).unwrap_or_default();
                let issue = (questions == 0).then_some(Why::UnknownLine);
                ((0..questions).map(|q| (line, q)).collect(), label, issue)
            }
            _ => (Vec::new(), "Q".to_owned(), Some(Why::Unclear)),
        };
        Named { spots, label, breadth: Breadth::Rest, issue }
    }

    /// Whether yes, no or not seen stands here as a whole, and no longer word of the ordinary tables begins with it.
    fn is_answer(&self, at: usize) -> bool {
        let asked = self.sent.lines.iter().flat_map(|line| &line.questions);
        let ends = asked.filter_map(|question| value_at(question, self.atoms, at)).map(|(_, end)| end);
        let Some(end) = ends.max() else { return false };
        let longer =
            self.meaning(at).is_some_and(|(meaning, further)| further > end || matches!(meaning, Meaning::Outcome(_)));
        let ended = match self.key(end) {
            None | Some(Key::Mark(_) | Key::Code(_)) => true,
            key => number_of(key).is_some(),
        };
        !longer && ended
    }
}
