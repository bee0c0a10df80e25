//! What follows an outcome: a time, the next item, or a remark; and when a remark takes the outcome back.

use super::group::{Search, Whom, is_a_state, is_hearsay};
use super::item::Grammar;
use super::phrase::Key;
use super::times::Clock;
use super::token::{Kind, Token};
use super::withdrawn;
use crate::model::Outcome;
use std::ops::Range;

/// REPLIES 6.
pub const LONGEST_REMARK: usize = 500;

/// What follows an outcome up to the next item.
#[derive(Debug, Clone)]
pub struct Tail {
    /// Where the next item begins.
    pub next: usize,
    /// False where the remark takes the outcome back or names somebody else.
    pub certain: bool,
    /// The outcome, with "answered, present" settled.
    pub outcome: Outcome,
    /// Tokens of the remark.
    pub remark: Option<Range<usize>>,
    /// Times right after the outcome, with their tokens.
    pub times: Vec<(Option<Clock>, usize)>,
}

pub fn kind(all: &[Token], at: usize) -> Option<&Kind> {
    all.get(at).map(|token| &token.kind)
}

pub fn tail(grammar: &Grammar<'_>, all: &[Token], from: usize, search: &Search, whom: Whom<'_>) -> Tail {
    let outcome = match search.found {
        super::group::Found::Outcome { outcome, .. } => outcome,
        super::group::Found::Bad(_) => Outcome::NotDone,
    };
    let mut tail = Tail { next: all.len(), certain: true, outcome, remark: None, times: Vec::new() };
    let mut at = from;
    // "on sick leave"
    while kind(all, at) == Some(&Kind::Outcome(outcome)) {
        at += 1;
    }
    // "busy yesterday": of another day than the check. Only a callback has its day to come.
    tail.certain = outcome == Outcome::Callback || !matches!(kind(all, at), Some(Kind::Day(_)));
    loop {
        // "busy at 10:42", "callback tomorrow 15:30"
        let skip =
            usize::from(kind(all, at).is_some_and(|k| k.is_small() || matches!(k, Kind::Mark('@') | Kind::Day(_))));
        match kind(all, at + skip) {
            Some(Kind::Time(clock)) => {
                tail.times.push((*clock, at + skip));
                at += skip + 1;
            }
            _ => break,
        }
    }
    if kind(all, at).is_none() {
        return tail;
    }
    tail.certain &= !(tail.times.is_empty() && is_field(all, at));
    let apart = past_separators(all, at);
    let direct = matches!(kind(all, apart), Some(Kind::Code(_) | Kind::Rest | Kind::Correction));
    if (apart > at || direct) && grammar.item_begins(all, apart) {
        tail.next = apart;
        return tail;
    }
    checked(grammar, all, at, whom, &mut tail);
    tail
}

/// "present: N", "在岗 = 0": a form with something filled in behind the outcome.
fn is_field(all: &[Token], at: usize) -> bool {
    let short = match kind(all, at + 1) {
        Some(Kind::Word(Key::Word(word))) => word.chars().count() == 1,
        Some(Kind::Number) => true,
        _ => false,
    };
    short && kind(all, at) == Some(&Kind::Colon) && kind(all, at + 2).is_none()
}

fn past_separators(all: &[Token], from: usize) -> usize {
    let separates = |token: &&Token| matches!(token.kind, Kind::Comma | Kind::Stop | Kind::And);
    from + all.get(from..).unwrap_or_default().iter().take_while(separates).count()
}

/// Up to a semicolon a remark must not say another outcome or name one of our codes; after it
/// everything is remark, unless the whole of it is an item or takes the outcome back.
fn checked(grammar: &Grammar<'_>, all: &[Token], from: usize, whom: Whom<'_>, tail: &mut Tail) {
    let whole = whom.is_whole();
    let (mut start, mut comma, mut denied, mut named, mut others) = (from, false, false, false, false);
    let (mut doubted, mut words, mut said, mut more, mut third) = (false, false, false, false, false);
    let mut end = all.len();
    for (at, token) in all.iter().enumerate().skip(from) {
        match &token.kind {
            Kind::Semicolon => {
                if grammar.item_begins(all, at + 1) {
                    end = at;
                    tail.next = at + 1;
                } else {
                    tail.certain &= !withdrawn::later(grammar, all, at + 1, whom, tail.outcome);
                }
                break;
            }
            // "关机，昨天也关机" and "接通，他说明天回来" say more of it, not when it was.
            Kind::Outcome(other) if *other == tail.outcome => {
                more = true;
                // "present, but not at post"
                tail.certain &= at == from || kind(all, at - 1) != Some(&Kind::Negation);
            }
            Kind::Outcome(other) => match settled(tail.outcome, *other) {
                // "接通，队长在岗" is not about the one who was reached.
                Some(outcome) if !denied && !others && !third => {
                    if tail.outcome == Outcome::Reached {
                        start = at + 1;
                    }
                    tail.outcome = outcome;
                }
                _ => tail.certain = false,
            },
            Kind::Word(key) => {
                words = true;
                if let Key::Word(word) = key {
                    tail.certain &= whom.lexicon.misspelt(word).is_none_or(|other| other == tail.outcome);
                }
                // Nobody writes so much about a whole team before a semicolon.
                let far = at - from > LONGEST_SEARCHED;
                tail.certain &= !(whole && (far || grammar.is_part_of_a_name(all, at, whom)));
            }
            Kind::Torn | Kind::Code(_) => tail.certain = false,
            // What is doubted, denied or over before any comma is the outcome itself.
            Kind::Doubt | Kind::Ended | Kind::Negation | Kind::Aside if !comma => tail.certain = false,
            Kind::Revoked => tail.certain = false,
            Kind::Ended => more = true,
            _ if withdrawn::other_time(all, at, tail.outcome) => {
                tail.certain &= comma;
                doubted = true;
            }
            Kind::Doubt => doubted = true,
            Kind::Unit | Kind::Until if !comma && tail.outcome == Outcome::Present => tail.certain = false,
            // "请假的是我": the inspector's own.
            Kind::Inspector if !comma && is_a_state(tail.outcome) => tail.certain &= !ends(all, at + 1),
            Kind::Hearsay => {
                tail.certain &= comma || tail.outcome != Outcome::Present;
                (said, more) = (true, true);
            }
            // "接通，是他老婆": somebody else answered.
            Kind::Others => {
                tail.certain &= tail.outcome != Outcome::Reached;
                third = true;
            }
            // "V1 present, the lead": one of them, or all?
            Kind::Exception | Kind::Role if whole => tail.certain = false,
            Kind::Role | Kind::Bystander => third = true,
            Kind::Both if whole => tail.certain = false,
            Kind::Number if whole && (!comma || counts_persons(all, at)) => tail.certain = false,
            Kind::Name(persons) => {
                named = true;
                // "reached, he says 刘敏 is present" is not about the person who was reached.
                others |= !whom.is_own(&persons.persons);
                let own = persons.persons.iter().any(|p| whom.targets.iter().any(|t| t.persons.contains(p)));
                tail.certain &= !(whole && (own || whom.targets.is_empty()));
            }
            Kind::Negation => {
                denied = true;
                // "present, not" and "busy. No, wait": nothing follows that it could deny but what stands before it.
                let opens = at > from && matches!(kind(all, at - 1), Some(Kind::Comma | Kind::Stop | Kind::Halt));
                let alone = matches!(kind(all, at + 1), Some(Kind::They | Kind::Doubt))
                    || opens && matches!(kind(all, at + 1), Some(Kind::Comma | Kind::Halt));
                tail.certain &= !(alone || ends(all, at + 1));
            }
            Kind::Comma | Kind::Stop | Kind::And if !comma => {
                // "on leave this week, C2 busy": what follows the comma is no remark but the next item.
                let apart = past_separators(all, at);
                if grammar.item_begins(all, apart) {
                    end = at;
                    tail.next = apart;
                    break;
                }
                comma = token.kind != Kind::And;
            }
            Kind::Mark('(' | '[') | Kind::Dash => comma = true,
            _ => {}
        }
    }
    // "present, I think", "在岗，村民说的": a remark that is nothing but doubt, or what somebody says.
    let hearsay = said && is_hearsay(tail.outcome, third, whom) && (third && !whom.at_visit || !words);
    tail.certain &= !(denied && named || doubted && !words && !more || hearsay);
    tail.remark = Some(start..end);
}

/// Whether a clause ends before a token.
fn ends(all: &[Token], at: usize) -> bool {
    matches!(kind(all, at), None | Some(Kind::Semicolon | Kind::Stop | Kind::Mark(')' | ']')))
}

/// Words of a remark that are held against names.
const LONGEST_SEARCHED: usize = 300;

/// "2 of 3", "3人", "two"; not "3 photos".
pub fn counts_persons(all: &[Token], at: usize) -> bool {
    match kind(all, at + 1) {
        Some(Kind::Word(Key::Word(word))) => PERSONS.contains(&word.as_str()),
        Some(Kind::Word(Key::Han(c))) => matches!(c, '名' | '位' | '个'),
        _ => true,
    }
}

const PERSONS: &[&str] = &["persons", "people", "men", "women", "staff", "officials", "colleagues", "short"];

/// Reached beside an outcome about presence is that outcome.
fn settled(one: Outcome, other: Outcome) -> Option<Outcome> {
    use Outcome::{Absent, OnDutyElsewhere, OnLeave, Present, Reached};
    let presence = |o: Outcome| matches!(o, Present | Absent | OnLeave | OnDutyElsewhere);
    match (one, other) {
        (Reached, o) | (o, Reached) if presence(o) => Some(o),
        _ => None,
    }
}

/// A remark as it is kept: without the marks that set it off, up to 500 characters; `None` where
/// nothing is left of it.
pub fn shown(pieces: &[&str]) -> Option<String> {
    let bare = |piece: &&str| {
        let cut = |c: char| c.is_whitespace() || ",，、;；.。:：-–—!！=>*&".contains(c);
        piece.trim_start_matches(cut).trim().to_owned()
    };
    let joined = pieces.iter().map(bare).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
    let says_something = joined.chars().any(char::is_alphanumeric)
        && !PARTICLES.contains(&joined.trim_end_matches(['。', '.', '，', '!', '！']));
    says_something.then(|| joined.chars().take(LONGEST_REMARK).collect())
}

/// Endings of a Chinese outcome word that are no remark.
const PARTICLES: &[&str] =
    &["了", "的", "呢", "啊", "中", "着", "过", "电话", "听", "话", "位", "状态", "位上", "里", "内"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_kept_as_written() {
        assert_eq!(shown(&["；响了８声。"]).as_deref(), Some("响了８声。"));
        assert_eq!(shown(&[" (8 rings)"]).as_deref(), Some("(8 rings)"));
        assert_eq!(shown(&["10:42", ", twice"]).as_deref(), Some("10:42, twice"));
        assert_eq!(shown(&["了。"]), None);
        assert_eq!(shown(&[" ."]), None);
        assert_eq!(shown(&[&"长".repeat(900)]).map(|r| r.chars().count()), Some(500));
    }
}
