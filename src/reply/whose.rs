//! Whose line is it (REPLIES 5): ours, somebody's quoted text, or the person's own.

use super::letter::{Letter, Match, begins_with_code, by_pattern};
use super::lexicon::Lexicon;
use super::marks::{Mark, author, is_header, mark};
use super::sent::Sent;
use super::text::{Line, lines, unquoted};
use crate::model::question::Form;
use std::collections::VecDeque;
use std::iter::Peekable;
use std::rc::Rc;

/// A line that says something.
#[derive(Debug)]
pub enum Own {
    /// Written by the person. `below`: the code of the line of ours right above it.
    Written { line: Line, below: Option<String> },
    /// Written behind the `=>` of this code's line. `foreign`: in what somebody else than the desk and the
    /// inspector wrote, so that it may be that person's answer.
    Answer { code: String, line: Line, foreign: bool },
}

/// Hands every line of the person's own to `hear`, in order; `hear` says whether the line had a code of its
/// own, after which nothing answers the quoted line above any more.
pub fn own_lines(text: &str, sent: &Sent, lexicon: &Lexicon, mut hear: impl FnMut(Own) -> bool) {
    let letter = sent.prepared.letter.as_ref();
    let mut ahead = Ahead { lines: lines(text).peekable(), buffer: VecDeque::new(), after_blank: false };
    let mut place = Place::default();
    let mut foreign = false;
    loop {
        if let (Some(letter), Some(at)) = (letter, place.in_letter)
            && let Some((to, code)) = ahead.skip_ours(letter, at)
        {
            place.ours(Some(to), code.map(str::to_owned));
            continue;
        }
        let Some(line) = ahead.next() else { break };
        let found = match letter {
            Some(letter) => letter.compare(&line, place.in_letter, |n| ahead.peek(n)),
            None => match by_pattern(sent, &line)
                .filter(|(_, from)| from.is_some() || line.depth > 0 || place.below_attribution)
            {
                Some((code, Some(from))) => Match::Answer { code, from, to: 0 },
                Some((code, None)) => {
                    place.ours(None, Some(code));
                    continue;
                }
                None => Match::No,
            },
        };
        if found == Match::No && !foreign {
            foreign = author(&line.plain()).is_some_and(|address| !is_known(sent, &address));
        }
        match found {
            Match::Ours { to } => {
                let ending = letter.and_then(|letter| letter.ending_at(to));
                let code = ending.and_then(|(code, _)| code).map(str::to_owned);
                place.ours(Some(to), code.clone());
                if let (Some(code), Some((_, true))) = (code, ending) {
                    // The `=>` fitted on the line and what was written behind it did not.
                    let answer = ahead.answer(sent, &code, &line, line.chars.len());
                    if !answer.blank {
                        hear(Own::Answer { code, line: answer, foreign });
                    }
                }
            }
            Match::Answer { code, from, to } => {
                let answer = ahead.answer(sent, &code, &line, from);
                // What stands below an answer answers the same line once more.
                place.ours(letter.map(|_| to), Some(code.clone()));
                if !answer.blank {
                    hear(Own::Answer { code, line: answer, foreign });
                }
            }
            // The header block of a quoted mail may be a table.
            Match::No if line.depth > 0 && is_header(&line) => {}
            Match::No if line.depth > 0 => place.ours(None, None),
            Match::No => {
                place.in_letter = None;
                match mark(&line, lexicon, |n| ahead.peek(n)) {
                    Mark::QuoteFollows => place.attribution(),
                    Mark::Stop => place.stopped = true,
                    Mark::None if place.counts() => {
                        let line = Rc::unwrap_or_clone(line);
                        if hear(Own::Written { below: place.below.clone(), line }) {
                            place.below = None;
                        }
                    }
                    Mark::None => {}
                }
            }
        }
    }
}

/// Whether an address is the desk's, a tagged one of it, or the inspector's.
fn is_known(sent: &Sent, address: &str) -> bool {
    let domain = |of: &str| of.rsplit('@').next().map(str::to_owned);
    let tagged = address.starts_with("r+") && domain(address) == domain(&sent.desk);
    address == sent.desk || tagged || sent.addresses.iter().any(|own| own == address)
}

/// Where in the mail we are.
#[derive(Default)]
struct Place {
    below_attribution: bool,
    /// Since the last attribution a quoted line or one of ours has been seen.
    quoted_before: bool,
    stopped: bool,
    /// The code of the line of ours that is answered right below it.
    below: Option<String>,
    /// Where in the letter the line before this one ended.
    in_letter: Option<usize>,
}

impl Place {
    fn ours(&mut self, to: Option<usize>, code: Option<String>) {
        self.quoted_before = true;
        // A signature stands above the quote; below a quoted line the person goes on writing.
        self.stopped = false;
        self.below = code;
        self.in_letter = to;
    }

    fn attribution(&mut self) {
        *self = Place { below_attribution: true, ..Place::default() };
    }

    fn counts(&self) -> bool {
        !self.stopped && (!self.below_attribution || self.quoted_before)
    }
}

/// Lines that are not blank, with a look at the next few.
struct Ahead<'t, I: Iterator<Item = &'t str>> {
    lines: Peekable<I>,
    buffer: VecDeque<Rc<Line>>,
    after_blank: bool,
}

impl<'t, I: Iterator<Item = &'t str>> Ahead<'t, I> {
    fn next(&mut self) -> Option<Rc<Line>> {
        self.buffer.pop_front().or_else(|| self.read())
    }

    fn read(&mut self) -> Option<Rc<Line>> {
        loop {
            let mut line = Line::new(self.lines.next()?);
            line.after_blank = std::mem::replace(&mut self.after_blank, line.blank);
            if !line.blank {
                return Some(Rc::new(line));
            }
        }
    }

    /// Passes over the next line where it is plainly ours: up to where in the letter, and with which code.
    fn skip_ours<'l>(&mut self, letter: &'l Letter, at: usize) -> Option<(usize, Option<&'l str>)> {
        if !self.buffer.is_empty() {
            return None;
        }
        loop {
            let (_, rest) = unquoted(self.lines.peek()?);
            if rest.is_empty() {
                self.lines.next();
                self.after_blank = true;
                continue;
            }
            let found = letter.goes_on_with(rest, at)?;
            self.lines.next();
            self.after_blank = false;
            return Some(found);
        }
    }

    fn peek(&mut self, number: usize) -> Option<Rc<Line>> {
        while self.buffer.len() <= number {
            let line = self.read()?;
            self.buffer.push_back(line);
        }
        self.buffer.get(number).cloned()
    }

    /// What stands behind the `=>` of a code. A text has to begin there: anything that follows would be one.
    fn answer(&mut self, sent: &Sent, code: &str, line: &Line, from: usize) -> Line {
        let is_text = || {
            let (line, question) = sent.question(code)?;
            Some(sent.lines.get(line)?.questions.get(question)?.form == Form::Text)
        };
        match line.after(from) {
            blank if blank.blank && is_text() == Some(true) => blank,
            _ => self.whole_answer(line, from, sent.prepared.letter.as_ref()),
        }
    }

    /// What stands behind `=>`, with the pieces that a mail program broke off because the line grew too long
    /// by it: a piece alone could say the opposite of the whole.
    fn whole_answer(&mut self, line: &Line, from: usize, letter: Option<&Letter>) -> Line {
        let mut answer = line.after(from);
        let mut width = line.columns();
        for _ in 0..MOST_PIECES {
            let Some(next) = self.peek(0) else { break };
            let first_word = next.original.split_whitespace().next().map_or(0, |word| Line::new(word).columns());
            let broken = width + 1 + first_word > NARROWEST && next.depth == line.depth && !next.after_blank;
            // Right below an unquoted line of ours the person answers it; that is no piece of ours.
            let own = next.depth == 0 && answer.blank || begins_with_code(&next);
            let ours = letter.is_none_or(|letter| letter.compare(&next, None, |n| self.peek(n + 1)) != Match::No);
            if !broken || own || ours || is_header(&next) {
                break;
            }
            width = next.columns();
            answer = answer.joined(&next);
            self.next();
        }
        answer
    }
}

/// No mail program breaks lines at fewer columns than this.
const NARROWEST: usize = 60;
/// Pieces that one answer is ever broken into.
const MOST_PIECES: usize = 12;
