//! When what follows an outcome takes it back: behind a semicolon, or by speaking of another time (REPLIES 6).

use super::group::Whom;
use super::item::Grammar;
use super::lexicon::When;
use super::remark::{counts_persons, kind};
use super::token::{Kind, Token};
use crate::model::Outcome;

/// Whether a remark behind a semicolon, which may say anything, says nothing but that the outcome is another one, is
/// uncertain or is not everybody's: "present; no, absent", "在岗；不确定", "V1 present; only Liu Min".
pub fn later(grammar: &Grammar<'_>, all: &[Token], from: usize, whom: Whom<'_>, outcome: Outcome) -> bool {
    let mut from = from;
    while from < all.len() {
        let rest = all.get(from..).unwrap_or_default();
        let length = rest.iter().position(|token| token.kind == Kind::Semicolon).unwrap_or(rest.len());
        let clause = rest.get(..length).unwrap_or_default();
        let narrows = narrows(grammar, all, from..from + length, whom);
        if narrows || is_denial(clause, outcome) || is_another(clause, outcome) || is_nothing_but_doubt(clause) {
            return true;
        }
        from += length + 1;
    }
    false
}

/// "no, absent", "不对，不在", "sorry, no", "not so": begins by taking back.
fn is_denial(clause: &[Token], outcome: Outcome) -> bool {
    let is_lead = |k: &Kind| k.is_small() || matches!(k, Kind::Comma | Kind::Stop | Kind::Dash | Kind::Mark(_));
    let lead = clause.iter().take_while(|token| is_lead(&token.kind)).count();
    let halted = clause.iter().take(lead).any(|token| token.kind == Kind::Halt);
    let pause = |k: &Kind| matches!(k, Kind::Comma | Kind::Stop | Kind::Doubt | Kind::Halt | Kind::Dash);
    match kind(clause, lead) {
        Some(Kind::Revoked | Kind::Correction) => true,
        Some(Kind::Outcome(other)) => halted && *other != outcome,
        Some(Kind::Torn) => halted,
        Some(Kind::Negation) => match kind(clause, lead + 1) {
            None | Some(Kind::Outcome(_) | Kind::Torn) => true,
            Some(next) => pause(next),
        },
        _ => false,
    }
}

/// "absent" and no more than that.
fn is_another(clause: &[Token], outcome: Outcome) -> bool {
    let other = |k: &Kind| matches!(k, Kind::Outcome(other) if *other != outcome) || *k == Kind::Torn;
    let is_bare = |k: &Kind| {
        matches!(
            k,
            Kind::Outcome(_)
                | Kind::Torn
                | Kind::Negation
                | Kind::Comma
                | Kind::Stop
                | Kind::They
                | Kind::Mark(_)
                | Kind::Dash
                | Kind::And
                | Kind::All
        )
    };
    clause.iter().any(|token| other(&token.kind)) && clause.iter().all(|token| is_bare(&token.kind))
}

/// "maybe", "不确定", "not really".
fn is_nothing_but_doubt(clause: &[Token]) -> bool {
    let is_said = |k: &Kind| {
        k.is_small()
            || matches!(k, Kind::Doubt | Kind::Negation | Kind::Comma | Kind::Stop | Kind::Mark(_) | Kind::Dash)
    };
    let doubted = clause.iter().any(|token| matches!(token.kind, Kind::Doubt | Kind::Negation));
    doubted && clause.iter().all(|token| is_said(&token.kind))
}

/// "only Liu Min", "刘敏除外", "仅两人" behind the outcome of several.
fn narrows(grammar: &Grammar<'_>, all: &[Token], clause: std::ops::Range<usize>, whom: Whom<'_>) -> bool {
    let several = whom.is_whole() || whom.targets.len() > 1;
    let is = |test: &dyn Fn(usize, &Kind) -> bool| clause.clone().any(|at| kind(all, at).is_some_and(|k| test(at, k)));
    several
        && is(&|_, k| *k == Kind::Exception)
        && is(&|at, k| match k {
            Kind::Name(_) | Kind::Role | Kind::Code(_) => true,
            Kind::Number => counts_persons(all, at),
            Kind::Word(_) => grammar.is_part_of_a_name(all, at, whom),
            _ => false,
        })
}

/// Whether a token names a time at which the outcome is not said to hold at the check: "until yesterday", "from
/// tomorrow", "3月20日"; not "since yesterday" or "until Monday".
pub fn other_time(all: &[Token], at: usize, outcome: Outcome) -> bool {
    let (when, first) = match kind(all, at) {
        Some(Kind::Day(when)) => (*when, at),
        Some(Kind::Month) if at > 0 && kind(all, at - 1) == Some(&Kind::Number) => (When::Named, at - 1),
        Some(Kind::Number) if is_a_date(all, at) => (When::Named, at),
        _ => return false,
    };
    let by_name = matches!(kind(all, at), Some(Kind::Day(_)));
    match outcome {
        Outcome::Callback => return false,
        Outcome::Present if by_name => return true,
        // The day on which an inspector rang may stand beside what came of it.
        Outcome::OnLeave | Outcome::OnDutyElsewhere => {}
        _ if !by_name => return false,
        _ => {}
    }
    let is_filling = |k: &Kind| matches!(k, Kind::Small | Kind::Number | Kind::Month);
    let before = all.get(first.saturating_sub(FURTHEST)..first).unwrap_or_default();
    let before = before.iter().rev().map(|token| &token.kind).find(|k| !is_filling(k));
    let reaches = matches!(before, Some(Kind::Until | Kind::Range));
    let begins = before == Some(&Kind::Since);
    !match when {
        When::Past => begins,
        When::Coming => reaches,
        When::Named => reaches || begins,
    }
}

/// Tokens between a word such as "until" and its day.
const FURTHEST: usize = 8;

/// "2026-04-01", "4/1".
fn is_a_date(all: &[Token], at: usize) -> bool {
    let is = |i: usize, test: fn(&Kind) -> bool| kind(all, i).is_some_and(test);
    let number = |i: usize| is(i, |k| *k == Kind::Number);
    let dashes = number(at) && is(at + 1, |k| *k == Kind::Dash) && number(at + 2) && is(at + 3, |k| *k == Kind::Dash);
    let slash = number(at) && is(at + 1, |k| *k == Kind::Mark('/')) && number(at + 2);
    dashes && number(at + 4) || slash
}
