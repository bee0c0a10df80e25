//! From a target to its outcome: the words between them, negations, and everything that makes the
//! outcome uncertain (REPLIES 6).

use super::lexicon::Lexicon;
use super::phrase::Key;
use super::statement::{Target, Why};
use super::times::Clock;
use super::token::{Kind, Token};
use crate::model::Outcome;
use std::collections::HashSet;

/// What the words between a target and the next item say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Outcome {
        outcome: Outcome,
        /// The token that it stood in.
        token: usize,
        misspelt: bool,
    },
    Bad(Why),
}

/// Where the outcome was, or the search ended, with what was met on the way.
#[derive(Debug, Clone)]
pub struct Search {
    pub found: Found,
    /// The token after the outcome; where nothing was found, where the next item may begin.
    pub next: usize,
    pub correction: bool,
    /// Times before the outcome, with their tokens.
    pub times: Vec<(Option<Clock>, usize)>,
}

/// For whom an outcome is searched.
#[derive(Clone, Copy)]
pub struct Whom<'a> {
    pub targets: &'a [Target],
    /// Words that stand in the letter's own line for them, such as the place.
    pub place: &'a HashSet<Key>,
    /// Whether it was a visit: the inspector stood there, and what others say is no observation.
    pub at_visit: bool,
    pub lexicon: &'a Lexicon,
}

impl Whom<'_> {
    /// Whether it is about several persons at once.
    pub fn is_whole(&self) -> bool {
        // Without targets it is everybody who is left.
        self.targets.is_empty() || self.targets.iter().any(Target::is_whole)
    }

    /// Whether a name is of the one person that this is about.
    pub fn is_own(&self, persons: &[usize]) -> bool {
        !self.is_whole() && persons.iter().any(|p| self.targets.iter().any(|t| t.persons.contains(p)))
    }
}

/// Looks for the outcome from a token on. Any word that is not known to say nothing, any other code or
/// name, any doubt and any second negation makes it unclear.
pub fn search(tokens: &[Token], from: usize, whom: Whom<'_>) -> Search {
    let mut state = State::default();
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        match step(&mut state, tokens, at, token, whom) {
            Step::On => at += 1,
            Step::Bad(why) => return state.end(Found::Bad(why), tokens.len()),
            Step::Item => return state.end(Found::Bad(Why::UnknownOutcome), at),
            Step::Found { outcome, misspelt } => {
                let other_day =
                    state.day && outcome != Outcome::Callback || state.length && outcome == Outcome::Present;
                let of_another = state.hearsay && is_hearsay(outcome, state.third, whom)
                    || state.inspector && is_a_state(outcome)
                    || state.ended && is_of_presence(outcome);
                let certain = !state.doubt && !state.unknown && !of_another && !other_day;
                let found =
                    if certain { Found::Outcome { outcome, token: at, misspelt } } else { Found::Bad(Why::Unclear) };
                let next = if certain { at + 1 } else { tokens.len() };
                return state.end(found, next);
            }
        }
    }
    let why = if state.denied { Why::Unclear } else { Why::UnknownOutcome };
    state.end(Found::Bad(why), tokens.len())
}

#[derive(Default)]
struct State {
    /// A negation stands before what comes next.
    pending: bool,
    /// A negation stood before an outcome.
    denied: bool,
    doubt: bool,
    /// A word of no table.
    unknown: bool,
    /// Somebody else says what follows.
    hearsay: bool,
    /// By one who is not the one it is about.
    third: bool,
    /// The inspector was named last, so that what follows is the inspector's own state.
    inspector: bool,
    /// What follows is over, or a machine says it.
    ended: bool,
    /// A day other than today.
    day: bool,
    /// A length of time.
    length: bool,
    separated: bool,
    correction: bool,
    times: Vec<(Option<Clock>, usize)>,
}

impl State {
    fn end(self, found: Found, next: usize) -> Search {
        Search { found, next, correction: self.correction, times: self.times }
    }
}

enum Step {
    On,
    Bad(Why),
    /// Nothing was found and another item begins here.
    Item,
    Found {
        outcome: Outcome,
        misspelt: bool,
    },
}

fn step(state: &mut State, tokens: &[Token], at: usize, token: &Token, whom: Whom<'_>) -> Step {
    let separated = std::mem::take(&mut state.separated);
    match &token.kind {
        Kind::Outcome(outcome) => {
            if std::mem::take(&mut state.pending) {
                state.denied = true;
                return Step::On;
            }
            return Step::Found { outcome: *outcome, misspelt: false };
        }
        Kind::Word(word) => {
            let beside_negation = matches!(tokens.get(at + 1).map(|t| &t.kind), Some(Kind::Negation));
            let misspelt = if let Key::Word(word) = word { whom.lexicon.misspelt(word) } else { None };
            match misspelt {
                Some(_) if state.pending || beside_negation => return Step::Bad(Why::Unclear),
                Some(outcome) => return Step::Found { outcome, misspelt: true },
                None => state.unknown |= !whom.place.contains(word),
            }
        }
        Kind::Negation if state.pending => return Step::Bad(Why::Unclear),
        Kind::Negation => state.pending = true,
        Kind::Name(named) if !whom.is_own(&named.persons) => return Step::Bad(Why::Unclear),
        Kind::Code(_) => {
            let nothing_yet = state.unknown && !state.denied && !state.pending && !state.doubt;
            return if separated && nothing_yet { Step::Item } else { Step::Bad(Why::Unclear) };
        }
        Kind::Torn | Kind::Rest => return Step::Bad(Why::Unclear),
        Kind::Correction => state.correction = true,
        Kind::Doubt => state.doubt = true,
        Kind::Hearsay => state.hearsay = true,
        Kind::Ended => state.ended = true,
        Kind::Day(_) => state.day = true,
        // "2月在岗" is of some day, "3月12日" may be today.
        Kind::Month => state.day |= tokens.get(at + 1).is_none_or(|next| next.kind != Kind::Number),
        Kind::Unit => state.length = true,
        Kind::Inspector => state.inspector = true,
        Kind::Act | Kind::They | Kind::Name(_) => state.inspector = false,
        Kind::Until | Kind::Since | Kind::Others => state.unknown = true,
        // "both" of a team of three.
        Kind::Both if !matches!(whom.targets, [target] if target.persons.len() == 2) && whom.targets.len() != 2 => {
            state.unknown = true;
        }
        Kind::Number | Kind::Role | Kind::Bystander if whom.is_whole() => state.unknown = true,
        Kind::Role | Kind::Bystander => state.third = true,
        // "C1、C2除外 接通", "C1以外接通": whom does it take out?
        Kind::Exception => state.unknown = true,
        Kind::Aside | Kind::Revoked => state.doubt = true,
        // "C1,2,3 reached", "V1.1-2": more lines than the code names.
        Kind::Number if goes_on(tokens, at) => return Step::Bad(Why::Unclear),
        Kind::Time(clock) => state.times.push((*clock, at)),
        Kind::Comma | Kind::Stop | Kind::Semicolon => {
            if state.pending {
                return Step::Bad(Why::Unclear);
            }
            if state.unknown && matches!(token.kind, Kind::Semicolon) {
                return Step::Bad(Why::UnknownOutcome);
            }
            state.separated = true;
        }
        Kind::Neutral if token.end > token.start => state.unknown |= !is_harmless(tokens, at),
        _ => {}
    }
    Step::On
}

/// Whether an outcome that somebody says is no observation of the inspector's: at a visit nobody is present by what
/// others say; by telephone nobody is seen, and what a third person says is a reason to go there.
pub fn is_hearsay(outcome: Outcome, by_a_third: bool, whom: Whom<'_>) -> bool {
    outcome == Outcome::Present || !whom.at_visit && by_a_third && is_of_presence(outcome)
}

/// Somebody is not there, with a reason or without.
fn is_of_presence(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Absent | Outcome::OnDutyElsewhere | Outcome::OnLeave)
}

/// Outcomes that may be said of oneself: "I was busy", unlike "I reached".
pub fn is_a_state(outcome: Outcome) -> bool {
    use Outcome::{Callback, NotDone, NotMet, Partial, Reached};
    !matches!(outcome, Callback | NotDone | NotMet | Partial | Reached)
}

/// A number that goes on with the codes before it.
fn goes_on(tokens: &[Token], at: usize) -> bool {
    let kind = |i: usize| tokens.get(i).map(|t| &t.kind);
    let is_joint =
        |i: usize| matches!(kind(i), Some(Kind::Comma | Kind::Dash | Kind::Range | Kind::And | Kind::Mark('/')));
    let ends = matches!(kind(at + 1), Some(Kind::Outcome(_) | Kind::Colon | Kind::All));
    if !ends && !is_joint(at + 1) {
        return false;
    }
    // Back over more numbers, if there are any: a telephone number stands behind no code.
    let mut first = at;
    while let Some(before) = first.checked_sub(2).filter(|_| is_joint(first - 1)) {
        match kind(before) {
            Some(Kind::Code(_)) => return true,
            Some(Kind::Number) => first = before,
            _ => return false,
        }
    }
    false
}

/// A neutral word such as 现在 right before an outcome says nothing; 在家 says something that is no outcome.
fn is_harmless(tokens: &[Token], at: usize) -> bool {
    matches!(tokens.get(at + 1).map(|t| &t.kind), Some(Kind::Outcome(_) | Kind::Comma))
        || tokens.get(at + 1).is_some_and(|t| t.kind.is_small())
}
