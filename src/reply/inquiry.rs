//! Answers to questions within a line of the person's own (REPLIES 6). A line is cut where questions are named: what
//! stands before is about presence and read as ever, so that no answer is taken for an outcome, and no outcome for an
//! answer.

use super::answer_item::is_separator;
use super::item::{Grammar, Heard};
use super::lexicon::Meaning;
use super::phrase::{Atom, atoms};
use super::question::{Breadth, Context, Named, Scan, Spot};
use super::statement::Why;
use super::text::Line;
use crate::model::question::{Form, Question, Value};

/// An answer with what was said beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub value: Value,
    pub remark: Option<String>,
}

/// What one line says of one question.
#[derive(Debug, Clone)]
pub struct Stated {
    pub spot: Spot,
    pub breadth: Breadth,
    pub said: Result<Told, Why>,
    pub correction: bool,
    /// It stood behind `=>` in a quoted line.
    pub quoted: bool,
    /// It may be somebody else's: it matters where nothing else is said.
    pub aside: bool,
}

/// What was read so far.
#[derive(Debug, Default)]
pub struct HeardAnswers {
    pub stated: Vec<Stated>,
    /// Questions that nobody asked, or nobody can tell which.
    pub strange: Vec<(String, Why)>,
    context: Context,
    /// The statements of the line before, which a line without a code may take back.
    before: std::ops::Range<usize>,
}

/// Characters. What is longer is nobody's answer, and each question in it would look through all of it again.
const LONGEST_LINE: usize = 5_000;

/// What stands before the first question of a line.
enum Before {
    /// Nothing that matters.
    Lead { correction: bool },
    /// Something that may change what follows.
    Odd,
}

/// Where the reading of a line is.
pub(super) struct Reader<'r> {
    pub grammar: &'r Grammar<'r>,
    pub line: &'r Line,
    pub atoms: &'r [Atom],
    pub quoted: bool,
    heard: &'r mut Heard,
    pub told: &'r mut HeardAnswers,
}

impl Grammar<'_> {
    /// As `line`, with questions.
    pub fn asked_line(&self, line: &Line, below: Option<&str>, heard: &mut Heard, told: &mut HeardAnswers) -> bool {
        if !self.sent.asks() || line.chars.len() > LONGEST_LINE {
            return self.line(line, below, heard);
        }
        let first = told.stated.len();
        let all = atoms(&line.chars);
        let coded = match below.and_then(|code| self.sent.question(code)) {
            Some(spot) if self.answers_below(line, &all, spot, heard, told) => true,
            question => {
                let below = if question.is_some() { None } else { below };
                let mut reader = Reader { grammar: self, line, atoms: &all, quoted: false, heard, told };
                reader.pieces(Piece::Line(below))
            }
        };
        if told.stated.len() == first && !coded && self.takes_back(line) {
            let range = std::mem::take(&mut told.before);
            told.stated.get_mut(range).unwrap_or_default().iter_mut().for_each(|s| s.said = Err(Why::Unclear));
        }
        if heard.is_set_aside() {
            told.stated.iter_mut().skip(first).for_each(|s| s.said = Err(Why::Unclear));
        }
        if told.stated.len() > first {
            told.before = first..told.stated.len();
        }
        coded
    }

    /// As `answer`, with questions.
    pub fn asked_answer(&self, code: &str, line: &Line, foreign: bool, heard: &mut Heard, told: &mut HeardAnswers) {
        let all = atoms(&line.chars);
        let spot = self.sent.question(code);
        if foreign || !self.sent.asks() || line.chars.len() > LONGEST_LINE {
            match spot {
                Some(spot) => {
                    let (said, correction) = (Err(Why::Unclear), false);
                    told.stated.push(Stated {
                        spot,
                        breadth: Breadth::One,
                        said,
                        correction,
                        quoted: true,
                        aside: true,
                    });
                }
                None => self.answer(code, line, foreign, heard),
            }
            return;
        }
        let of = spot.map(|(line, _)| line);
        let of = of.or_else(|| self.sent.by_code(code).and_then(|p| Some(self.sent.persons.get(p.start)?.line)));
        told.context = of.map_or(Context::None, Context::Line);
        let quoted = line.depth > 0;
        let mut reader = Reader { grammar: self, line, atoms: &all, quoted, heard, told };
        match spot {
            Some(spot) => reader.answer_of(spot, code),
            None => {
                reader.pieces(Piece::Answer(code));
            }
        }
    }

    /// A line without a code right below a question of ours, if it is nothing but an answer to it.
    fn answers_below(&self, line: &Line, all: &[Atom], spot: Spot, heard: &mut Heard, told: &mut HeardAnswers) -> bool {
        let coded = |context| {
            let scan = Scan { sent: self.sent, lexicon: self.lexicon, atoms: all, context };
            (0..all.len()).any(|at| scan.code(at).is_some() || scan.named(at).is_some())
        };
        // Any words would be a text.
        let asked = self.sent.lines.get(spot.0).and_then(|line| line.questions.get(spot.1));
        if asked.is_none_or(|q| q.form == Form::Text) || coded(Context::Line(spot.0)) || self.says_outcome(line) {
            return false;
        }
        let mut here = HeardAnswers::default();
        let mut reader = Reader { grammar: self, line, atoms: all, quoted: false, heard, told: &mut here };
        let label = reader.label(spot);
        reader.answer_of(spot, &label);
        let understood = here.stated.iter().any(|stated| stated.said.is_ok());
        if understood {
            told.context = Context::Line(spot.0);
            told.stated.append(&mut here.stated);
        }
        understood
    }
}

/// What the ordinary pieces of a line are.
#[derive(Clone, Copy)]
enum Piece<'c> {
    /// A line of the person's own, below one of ours.
    Line(Option<&'c str>),
    /// What stands behind the `=>` of a code.
    Answer(&'c str),
}

impl Reader<'_> {
    pub(super) fn scan(&self) -> Scan<'_> {
        Scan { sent: self.grammar.sent, lexicon: self.grammar.lexicon, atoms: self.atoms, context: self.told.context }
    }

    pub(super) fn question(&self, (line, question): Spot) -> Option<&Question> {
        self.grammar.sent.lines.get(line)?.questions.get(question)
    }

    fn label(&self, (line, question): Spot) -> String {
        let of = self.grammar.sent.lines.get(line);
        let asked = of.and_then(|l| l.questions.get(question));
        of.zip(asked).map(|(l, q)| format!("{}.{}", l.code, q.code)).unwrap_or_default()
    }

    pub(super) fn start(&self, at: usize) -> usize {
        self.atoms.get(at).map_or(self.line.chars.len(), |atom| atom.start)
    }

    /// The whole line, piece by piece; returns whether it has a code of its own.
    fn pieces(&mut self, piece: Piece<'_>) -> bool {
        let (mut from, mut at, mut piece, mut coded) = (0, 0, piece, false);
        let example = self.scan().is_example();
        while at < self.atoms.len() && !example {
            self.take_context(from, at);
            if self.scan().named(at).is_none() {
                at += 1;
                continue;
            }
            let before = self.before(from, at);
            let ordinary = self.ordinary(from, at, piece);
            let correction = matches!(before, Before::Lead { correction: true });
            let first = self.told.stated.len();
            at = self.items(at, correction);
            if matches!(before, Before::Odd) && !ordinary {
                self.told.stated.iter_mut().skip(first).for_each(|stated| stated.said = Err(Why::Unclear));
            }
            (from, piece, coded) = (at, Piece::Line(None), true);
        }
        if from == 0 {
            return match piece {
                Piece::Line(below) => self.grammar.line(self.line, below, self.heard),
                Piece::Answer(code) => {
                    self.grammar.answer(code, self.line, false, self.heard);
                    true
                }
            };
        }
        self.ordinary(from, self.atoms.len(), piece);
        self.grammar.note_people(self.line, self.heard);
        coded
    }

    /// The lines named so far in an ordinary piece are those that a bare `Q4` means.
    fn take_context(&mut self, from: usize, at: usize) {
        let scan = self.scan();
        let Some(code) = scan.code(at) else { return };
        let sent = self.grammar.sent;
        let line_of = |code: &str| sent.by_code(code).and_then(|p| Some(sent.persons.get(p.start)?.line));
        let Some(line) = line_of(code) else { return };
        let others = (from..at).filter_map(|i| scan.code(i)).filter_map(line_of).any(|other| other != line);
        self.told.context = if others { Context::Several } else { Context::Line(line) };
    }

    /// Reads a piece about presence as ever, where it is one; whether it was.
    fn ordinary(&mut self, from: usize, to: usize, piece: Piece<'_>) -> bool {
        let (start, end) = (self.start(from), self.start(to));
        let written =
            self.line.written(start, end).trim().trim_end_matches([',', '，', ';', '；', '、', '。', '.', ':', '：']);
        let mut part = Line::new(written);
        part.depth = self.line.depth;
        let says = self.grammar.says_outcome(&part);
        match piece {
            Piece::Answer(code) if !part.blank => self.grammar.answer(code, &part, false, self.heard),
            Piece::Line(below) if says => {
                self.grammar.line(&part, below.filter(|_| from == 0), self.heard);
            }
            _ => {}
        }
        says
    }

    /// What the words right before a question do to its answer.
    fn before(&self, from: usize, to: usize) -> Before {
        let scan = self.scan();
        let is_apart = |at: usize| matches!(scan.mark(at), Some(',' | '、' | ';' | '.' | '。' | '!' | '|'));
        let from = (from..to).rev().find(|at| is_apart(*at) || scan.code(*at).is_some()).map_or(from, |at| at + 1);
        let heading = to > from && matches!(scan.mark(to - 1), Some(':'));
        let (mut at, mut correction) = (from, false);
        while at < to {
            match scan.meaning(at) {
                Some((Meaning::Correction, end)) => (at, correction) = (end, true),
                Some((
                    Meaning::Small | Meaning::Neutral | Meaning::Greeting | Meaning::And | Meaning::Inspector,
                    end,
                )) => at = end,
                Some(_) => return Before::Odd,
                None if scan.mark(at).is_some_and(|mark| "*•·#()[]-–—:\"“”>".contains(mark)) => at += 1,
                None if heading
                    || matches!(self.atoms.get(at), Some(Atom { key: super::phrase::Key::Number(_), .. })) =>
                {
                    at += 1
                }
                None => return Before::Odd,
            }
        }
        Before::Lead { correction }
    }

    /// Questions with their answers, one after the other; where something else begins.
    fn items(&mut self, from: usize, correction: bool) -> usize {
        let (mut at, mut correction) = (from, correction);
        while let Some((named, next)) = self.scan().named(at) {
            if let Some((line, _)) = named.spots.first() {
                self.told.context = Context::Line(*line);
            }
            at = self.item(&named, next, correction);
            correction = false;
            let scan = self.scan();
            let mut further = at;
            while further < self.atoms.len() {
                match scan.meaning(further) {
                    Some((Meaning::Correction, end)) => (further, correction) = (end, true),
                    Some((Meaning::And, end)) => further = end,
                    _ if scan.mark(further).is_some_and(is_separator) => further += 1,
                    _ => break,
                }
            }
            if scan.named(further).is_some() {
                at = further;
            }
        }
        at
    }

    /// What stands behind the `=>` of a question. A blank that nobody filled in is none.
    fn answer_of(&mut self, spot: Spot, label: &str) {
        let empty =
            |c: char| c.is_whitespace() || c.is_ascii_punctuation() || "＿—–…。，、；：（）【】［］□☐".contains(c);
        if self.line.chars.iter().all(|c| empty(*c)) {
            return;
        }
        let named = Named { spots: vec![spot], label: label.to_owned(), breadth: Breadth::One, issue: None };
        self.grammar.note_people(self.line, self.heard);
        let next = self.item(&named, 0, false);
        if next < self.atoms.len() {
            let next = self.items(next, false);
            self.ordinary(next, self.atoms.len(), Piece::Line(None));
        }
    }
}
