//! A line of the person's own as statements (REPLIES 6): items, what separates them, remarks.

use super::group::{Found, Search, Whom, search};
use super::lead::{before_inspector, beside_a_day, examples, lead};
use super::lexicon::Lexicon;
use super::phrase::Key;
use super::remark::{self, Tail};
use super::sent::Sent;
use super::statement::{About, Said, Statement, Target, Why};
use super::target::targets;
use super::text::Line;
use super::times::{Clock, Span};
use super::token::{Kind, Token, tokens};
use crate::model::script::is_han;
use crate::model::{Outcome, Timestamp};
use std::collections::{BTreeSet, HashSet};

/// Reads lines of one mail against one assignment.
pub struct Grammar<'a> {
    pub sent: &'a Sent,
    pub lexicon: &'a Lexicon,
    nowhere: HashSet<Key>,
    span: Span,
}

/// What was read so far.
#[derive(Debug, Default)]
pub struct Heard {
    pub statements: Vec<Statement>,
    /// Persons named anywhere in what the person wrote: `rest` does not mean them.
    pub named: BTreeSet<usize>,
    /// A line that holds nothing but a correction word speaks for the next one.
    correcting: bool,
    /// The visit of whose team somebody was named behind its code: `rest` may mean the rest of that team.
    team: Option<usize>,
    /// The statements of the line before, which a line without a code may take back.
    before: std::ops::Range<usize>,
    /// What follows is an example, a draft, somebody else's or of another day.
    set_aside: bool,
}

impl Heard {
    /// What follows is an example, a draft, somebody else's or of another day.
    pub fn is_set_aside(&self) -> bool {
        self.set_aside
    }
}

impl<'a> Grammar<'a> {
    pub fn new(sent: &'a Sent, lexicon: &'a Lexicon, span: Span) -> Grammar<'a> {
        Grammar { sent, lexicon, nowhere: HashSet::new(), span }
    }

    /// A line as the person wrote it. `below` is the line of ours right above it, where there is one.
    /// Returns whether the line has a code of its own.
    pub fn line(&self, line: &Line, below: Option<&str>, heard: &mut Heard) -> bool {
        let first = heard.statements.len();
        let coded = self.tokens_of(line, below, heard);
        if heard.set_aside {
            heard.statements.iter_mut().skip(first).for_each(|statement| statement.said = Err(Why::Unclear));
        }
        if heard.statements.len() > first {
            heard.before = first..heard.statements.len();
        }
        coded
    }

    fn tokens_of(&self, line: &Line, below: Option<&str>, heard: &mut Heard) -> bool {
        let mut all = tokens(line, self.lexicon, &self.sent.prepared.names);
        self.note_names(&all, heard);
        if examples(&mut all) {
            return true;
        }
        let (start, mut correction) = lead(&all);
        let spoken_for = std::mem::take(&mut heard.correcting);
        if correction && start >= all.len() {
            heard.correcting = true;
            return false;
        }
        correction |= spoken_for;
        if self.item_begins(&all, start) || self.has_code_at(&all, start) {
            self.items(line, &all, start, correction, false, heard);
            return true;
        }
        match below.and_then(|code| self.target(code)) {
            Some(target) => self.uncoded(line, &all, start, correction, target, heard),
            None => self.prose(&all, heard),
        }
        false
    }

    /// What stands behind `=>` in a line of ours. A `foreign` answer may be somebody else's: it is asked back where
    /// nothing else is said of the line.
    pub fn answer(&self, code: &str, line: &Line, foreign: bool, heard: &mut Heard) {
        let mut all = tokens(line, self.lexicon, &self.sent.prepared.names);
        examples(&mut all);
        self.note_names(&all, heard);
        let Some(target) = self.target(code) else { return };
        if foreign {
            let about = About::Targets(vec![target]);
            let (said, touched) = (Err(Why::Unclear), BTreeSet::new());
            let (correction, quoted, aside, of_team) = (false, true, true, None);
            heard.statements.push(Statement { about, said, correction, quoted, aside, of_team, touched });
            return;
        }
        heard.named.extend(target.persons.clone());
        let (start, correction) = lead(&all);
        if all.len() > start {
            let start = before_inspector(&all, start);
            let after = self.group(line, &all, start, vec![target], correction, line.depth > 0, heard);
            self.items(line, &all, after, correction, line.depth > 0, heard);
        }
    }

    /// Whether a line begins with whom it is about, and an outcome follows.
    pub fn begins(&self, line: &Line) -> bool {
        let all = tokens(line, self.lexicon, &self.sent.prepared.names);
        self.item_begins(&all, lead(&all).0)
    }

    /// Whether an outcome stands anywhere in a line, or what may be one.
    pub fn says_outcome(&self, line: &Line) -> bool {
        let all = tokens(line, self.lexicon, &self.sent.prepared.names);
        all.iter().any(|token| match &token.kind {
            Kind::Outcome(_) | Kind::Torn => true,
            Kind::Word(Key::Word(word)) => self.lexicon.misspelt(word).is_some(),
            _ => false,
        })
    }

    /// Whether a line without a code takes back what stands above it.
    pub fn takes_back(&self, line: &Line) -> bool {
        let all = tokens(line, self.lexicon, &self.sent.prepared.names);
        all.iter().any(|token| matches!(token.kind, Kind::Correction | Kind::Revoked | Kind::Exception | Kind::Aside))
    }

    fn target(&self, code: &str) -> Option<Target> {
        let persons = self.sent.by_code(code)?;
        Some(Target { persons, label: code.to_owned(), by: super::statement::By::Code, issue: None })
    }

    fn note_names(&self, all: &[Token], heard: &mut Heard) {
        for (at, token) in all.iter().enumerate() {
            match &token.kind {
                // "V1 刘敏" names one of the team.
                Kind::Code(code) if self.narrowed(all, at) => {
                    let persons = self.sent.by_code(code).unwrap_or_default();
                    heard.team = self.sent.persons.get(persons.start).map(|person| person.line);
                }
                Kind::Code(code) => heard.named.extend(self.sent.by_code(code).into_iter().flatten()),
                Kind::Name(named) => heard.named.extend(&named.persons),
                _ => {}
            }
        }
    }

    /// Whoever is named in a line is no more of the rest, whatever is said of them there.
    pub fn note_people(&self, line: &Line, heard: &mut Heard) {
        for token in tokens(line, self.lexicon, &self.sent.prepared.names) {
            if let Kind::Name(named) = token.kind {
                heard.named.extend(named.persons);
            }
        }
    }

    /// Whether the code of a whole visit is followed by the name of one of its team.
    fn narrowed(&self, all: &[Token], at: usize) -> bool {
        let kind = |i: usize| all.get(i).map(|t| &t.kind);
        let (Some(Kind::Code(code)), next) = (kind(at), at + 1) else { return false };
        let next = if kind(next) == Some(&Kind::Colon) { next + 1 } else { next };
        let whole = self.sent.by_code(code).is_some_and(|persons| persons.len() > 1);
        whole && matches!(kind(next), Some(Kind::Name(_)))
    }

    fn has_code_at(&self, all: &[Token], at: usize) -> bool {
        matches!(all.get(at).map(|t| &t.kind), Some(Kind::Code(_)))
    }

    /// Whether target and outcome, or `rest` and outcome, begin at a token.
    pub fn item_begins(&self, all: &[Token], at: usize) -> bool {
        let mut at = at;
        while matches!(all.get(at).map(|t| &t.kind), Some(Kind::Correction | Kind::Colon)) {
            at += 1;
        }
        let after = match all.get(at).map(|t| &t.kind) {
            Some(Kind::Rest) => at + 1,
            _ => match targets(self.sent, all, at) {
                Some((_, after)) => after,
                None => return false,
            },
        };
        for token in all.get(after..).unwrap_or_default() {
            match &token.kind {
                Kind::Outcome(_) | Kind::Torn => return true,
                Kind::Word(Key::Word(word)) if self.lexicon.misspelt(word).is_some() => return true,
                Kind::Code(_) | Kind::Rest | Kind::Semicolon => return false,
                _ => {}
            }
        }
        false
    }

    fn items(&self, line: &Line, all: &[Token], from: usize, correction: bool, quoted: bool, heard: &mut Heard) {
        let (mut at, mut correction) = (from, correction);
        while at < all.len() {
            match all.get(at).map(|t| &t.kind) {
                Some(Kind::Correction) => {
                    correction = true;
                    at += 1;
                }
                Some(Kind::Rest) => at = self.group(line, all, at + 1, Vec::new(), correction, quoted, heard),
                _ => match targets(self.sent, all, at) {
                    Some((group, after)) => at = self.group(line, all, after, group, correction, quoted, heard),
                    None => at += 1,
                },
            }
        }
    }

    /// Whether a word is a surname or a part of the name of one of those whom it is about: "V1 present: Wang".
    pub fn is_part_of_a_name(&self, all: &[Token], at: usize, whom: Whom<'_>) -> bool {
        let word = |i: usize| match all.get(i).map(|t| &t.kind) {
            Some(Kind::Word(key)) => Some(key),
            _ => None,
        };
        let Some(key) = word(at) else { return false };
        let han = |i: Option<usize>| matches!(i.and_then(word), Some(Key::Han(_)));
        let titled = matches!(word(at + 1), Some(Key::Han('队' | '工' | '哥' | '姐' | '总' | '局' | '科')));
        let is_part = |name: &str| match key {
            Key::Word(word) => name.split_whitespace().any(|part| part.to_lowercase() == *word),
            Key::Han(c) => name.starts_with(*c) && !han(at.checked_sub(1)) && (titled || !han(Some(at + 1))),
            _ => false,
        };
        let about = |index: usize| whom.targets.is_empty() || whom.targets.iter().any(|t| t.persons.contains(&index));
        let mut persons = self.sent.persons.iter().enumerate().filter(|(index, _)| about(*index));
        persons.any(|(_, p)| std::iter::once(&p.name).chain(&p.also).any(|name| is_part(name)))
    }

    /// From after the targets on: the outcome and its remark. Returns where the next item begins.
    /// No targets stand for everybody who is left.
    #[expect(clippy::too_many_arguments, reason = "the line, the place in it and what is known of it")]
    fn group(
        &self,
        line: &Line,
        all: &[Token],
        from: usize,
        group: Vec<Target>,
        correction: bool,
        quoted: bool,
        heard: &mut Heard,
    ) -> usize {
        let first = group.first().and_then(|t| self.sent.persons.get(t.persons.start)).map(|p| p.line);
        let place = first
            .filter(|_| group.len() == 1)
            .and_then(|line| self.sent.prepared.places.get(&line))
            .unwrap_or(&self.nowhere);
        let at_visit =
            first.and_then(|line| self.sent.lines.get(line)).is_some_and(|line| line.kind == crate::model::Kind::Visit);
        let whom = Whom { targets: &group, place, at_visit, lexicon: self.lexicon };
        let found = search(all, from, whom);
        let mut next = found.next;
        let mut said = Err(Why::Unclear);
        match found.found {
            Found::Bad(why) => said = Err(why),
            Found::Outcome { token, .. } => {
                let tail = remark::tail(self, all, next, &found, whom);
                next = tail.next;
                if tail.certain {
                    said = Ok(self.said(line, all, &found, &tail, token));
                }
            }
        }
        let unclear = all.get(from..next).filter(|_| said.is_err()).unwrap_or_default();
        let touched = self.touched(unclear);
        let correction = correction || found.correction;
        let about = if group.is_empty() { About::Rest } else { About::Targets(group) };
        let of_team = heard.team.filter(|_| about == About::Rest);
        heard.statements.push(Statement { about, said, correction, quoted, aside: false, of_team, touched });
        next
    }

    /// Persons with the outcomes that follow their mention.
    fn touched(&self, tokens: &[Token]) -> BTreeSet<(usize, Outcome)> {
        let mut outcomes = BTreeSet::new();
        let mut touched = BTreeSet::new();
        for token in tokens.iter().rev() {
            let persons = match &token.kind {
                Kind::Outcome(outcome) => {
                    outcomes.insert(*outcome);
                    continue;
                }
                Kind::Code(code) => self.sent.by_code(code).into_iter().flatten().collect(),
                Kind::Name(named) => named.persons.clone(),
                _ => continue,
            };
            touched.extend(persons.into_iter().flat_map(|p| outcomes.iter().map(move |o| (p, *o))));
        }
        touched
    }

    fn said(&self, line: &Line, all: &[Token], found: &Search, tail: &Tail, token: usize) -> Said {
        let times: Vec<(Option<Clock>, usize)> = found.times.iter().chain(&tail.times).copied().collect();
        let counting: BTreeSet<(Clock, Timestamp)> = times
            .iter()
            .filter(|(_, at)| !beside_a_day(all, *at))
            .filter_map(|(clock, _)| clock.and_then(|c| self.span.instant(c).map(|instant| (c, instant))))
            .collect();
        let at = if counting.len() == 1 && times.len() == 1 { counting.first().copied() } else { None };
        let mut pieces: Vec<&str> = Vec::new();
        if at.is_none() {
            // A time that does not count is part of the remark; the span of a visit's heading is no time.
            let is_joint = |at: Option<usize>| {
                at.is_some_and(|at| matches!(all.get(at).map(|t| &t.kind), Some(Kind::Dash | Kind::Range)))
            };
            let of_span = |at: usize| is_joint(at.checked_sub(1)) || is_joint(Some(at + 1));
            let counted = found.times.iter().filter(|(clock, at)| clock.is_some() || !of_span(*at));
            let stated = counted.filter_map(|(_, at)| all.get(*at));
            pieces.extend(stated.map(|t| line.written(t.start, t.end)));
        }
        let remark_from = match (at, tail.times.first()) {
            (None, Some((_, first))) => Some(first.saturating_sub(usize::from(beside_a_day(all, *first)))),
            _ => tail.remark.as_ref().map(|r| r.start),
        };
        let remark_to = tail.remark.as_ref().map_or(tail.times.last().map_or(0, |(_, at)| at + 1), |r| r.end);
        if let Some(from) = remark_from.and_then(|from| all.get(from)) {
            let to = all.get(remark_to.saturating_sub(1)).filter(|_| remark_to < all.len());
            pieces.push(line.written(from.start, to.map_or(line.chars.len(), |t| t.end)));
        }
        let word = all.get(token);
        let misspelt = matches!(found.found, Found::Outcome { misspelt: true, .. });
        Said {
            outcome: tail.outcome,
            at,
            remark: remark::shown(&pieces),
            misspelt: word.filter(|_| misspelt).map(|t| line.written(t.start, t.end).to_owned()),
            in_chinese: word.is_some_and(|t| line.chars.get(t.start).is_some_and(|c| is_han(*c))),
        }
    }

    /// A line without a code right below a line of ours: it answers that line, if it is nothing but an answer.
    fn uncoded(&self, line: &Line, all: &[Token], from: usize, correction: bool, target: Target, heard: &mut Heard) {
        let mut here = Heard::default();
        let from = before_inspector(all, from);
        let after = self.group(line, all, from, vec![target.clone()], correction, false, &mut here);
        if here.statements.iter().any(|s| s.said != Err(Why::UnknownOutcome)) {
            heard.named.extend(target.persons);
            heard.statements.append(&mut here.statements);
            self.items(line, all, after, correction, false, heard);
        }
    }

    /// Prose is no answer; but prose that has one of our codes beside an outcome may mean one, and prose
    /// right below an answer may take it back.
    fn prose(&self, all: &[Token], heard: &mut Heard) {
        let has = |test: fn(&Kind) -> bool| all.iter().any(|t| test(&t.kind));
        let says_something = has(|k| matches!(k, Kind::Outcome(_) | Kind::Torn));
        heard.set_aside |= has(|k| *k == Kind::Aside);
        let said = heard.statements.get(heard.before.clone()).unwrap_or_default();
        let outcomes: Vec<Outcome> = said.iter().filter_map(|s| Some(s.said.as_ref().ok()?.outcome)).collect();
        let other =
            all.iter().any(|t| matches!(&t.kind, Kind::Outcome(o) if !outcomes.contains(o)) || t.kind == Kind::Torn);
        let somebody = has(|k| matches!(k, Kind::Name(_) | Kind::Code(_)));
        // A line of nothing but such words is no talk about something else.
        let bare = !has(|k| matches!(k, Kind::Word(_)));
        let takes_back = has(|k| matches!(k, Kind::Correction | Kind::Revoked))
            || somebody && has(|k| *k == Kind::Exception)
            || bare && (other || somebody && has(|k| *k == Kind::Negation));
        if takes_back {
            let range = std::mem::take(&mut heard.before);
            heard.statements.get_mut(range).unwrap_or_default().iter_mut().for_each(|s| s.said = Err(Why::Unclear));
        }
        let codes = all.iter().filter_map(|t| if let Kind::Code(code) = &t.kind { self.target(code) } else { None });
        let about: Vec<Target> = codes.collect();
        if says_something && !about.is_empty() {
            heard.statements.push(Statement {
                about: About::Targets(about),
                said: Err(Why::Unclear),
                correction: false,
                quoted: false,
                aside: true,
                of_team: None,
                touched: self.touched(all),
            });
        }
    }
}
