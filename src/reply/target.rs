//! Whom a group is about: codes, ranges, names, and lists of them (REPLIES 6).

use super::names::Named;
use super::sent::Sent;
use super::statement::{By, Target, Why};
use super::token::{Kind, Token};
use std::collections::BTreeSet;
use std::ops::Range;

/// The targets that begin at a token, and the token after them.
pub fn targets(sent: &Sent, tokens: &[Token], from: usize) -> Option<(Vec<Target>, usize)> {
    let (mut all, mut at) = one(sent, tokens, from, None)?;
    loop {
        let mut next = at;
        while matches!(kind(tokens, next), Some(Kind::Comma | Kind::And)) {
            next += 1;
        }
        let line = all.last().and_then(|target: &Target| sent.persons.get(target.persons.start)).map(|p| p.line);
        match if next > at { one(sent, tokens, next, line) } else { None } {
            Some((more, after)) => {
                all.extend(more);
                at = after;
            }
            None => break,
        }
    }
    refuse_overlaps(&mut all);
    Some((all, at))
}

fn kind(tokens: &[Token], at: usize) -> Option<&Kind> {
    tokens.get(at).map(|token| &token.kind)
}

/// "V1, 王建国": everybody of V1, or one of them? That can be read in two ways.
fn refuse_overlaps(all: &mut [Target]) {
    let spans: BTreeSet<(usize, usize)> = all.iter().map(|t| (t.persons.start, t.persons.end)).collect();
    // As many spans as the assignment has lines and persons, however long the list is.
    let clash = |t: &Target| {
        let (start, end) = (t.persons.start, t.persons.end);
        spans.iter().any(|&(s, e)| s < end && start < e && (s, e) != (start, end))
    };
    let clashing: Vec<bool> = all.iter().map(|t| t.is_whole() && clash(t)).collect();
    for (target, clash) in all.iter_mut().zip(clashing) {
        if clash {
            target.issue.get_or_insert(Why::Unclear);
        }
    }
}

fn one(sent: &Sent, tokens: &[Token], at: usize, beside: Option<usize>) -> Option<(Vec<Target>, usize)> {
    match kind(tokens, at)? {
        Kind::Code(code) => Some(coded(sent, tokens, at, code)),
        Kind::Name(named) => Some((vec![by_name(sent, named, beside)], at + 1)),
        _ => None,
    }
}

fn coded(sent: &Sent, tokens: &[Token], at: usize, code: &str) -> (Vec<Target>, usize) {
    if let (Some(Kind::Dash | Kind::Range), Some(Kind::Code(last))) = (kind(tokens, at + 1), kind(tokens, at + 2)) {
        return (range(sent, code, last), at + 3);
    }
    let target = by_code(sent, code);
    let narrowed = if matches!(kind(tokens, at + 1), Some(Kind::Colon)) { at + 2 } else { at + 1 };
    match kind(tokens, narrowed) {
        Some(Kind::Name(named)) if code.starts_with('V') && !code.contains('.') && target.issue.is_none() => {
            (vec![within(named, &target)], narrowed + 1)
        }
        _ => match kind(tokens, at + 1) {
            Some(Kind::All) => (vec![target], at + 2),
            _ => (vec![target], at + 1),
        },
    }
}

fn by_code(sent: &Sent, code: &str) -> Target {
    let persons = sent.by_code(code);
    let issue = if persons.is_none() { Some(Why::UnknownLine) } else { None };
    Target { persons: persons.unwrap_or(0..0), label: code.to_owned(), by: By::Code, issue }
}

/// Every line from one to the other; unclear unless both exist, are of one kind and stand in order.
fn range(sent: &Sent, first: &str, last: &str) -> Vec<Target> {
    let (from, to) = (by_code(sent, first), by_code(sent, last));
    let unknown: Vec<Target> = [&from, &to].into_iter().filter(|t| t.issue.is_some()).cloned().collect();
    if !unknown.is_empty() {
        return unknown;
    }
    let line = |t: &Target| sent.persons.get(t.persons.start).map(|p| p.line);
    let persons_of_one_line = first.contains('.') && last.contains('.') && line(&from) == line(&to);
    let lines = !first.contains('.') && !last.contains('.') && first.chars().next() == last.chars().next();
    if from.persons.start > to.persons.start || !(persons_of_one_line || lines) {
        let unclear = |t: Target| Target { issue: Some(Why::Unclear), ..t };
        return vec![unclear(from), unclear(to)];
    }
    if persons_of_one_line {
        let persons = from.persons.start..to.persons.end;
        return persons.filter_map(|p| Some(by_code(sent, &sent.persons.get(p)?.code))).collect();
    }
    let same_kind = |code: &str| code.chars().next() == first.chars().next();
    let between = |persons: &Range<usize>| (from.persons.start..=to.persons.start).contains(&persons.start);
    sent.lines
        .iter()
        .filter(|line| same_kind(line.code.as_str()) && between(&line.persons))
        .map(|line| by_code(sent, line.code.as_str()))
        .collect()
}

/// VCODE NAME: the name needs to be one person's of that line only.
fn within(named: &Named, line: &Target) -> Target {
    let mut here = named.persons.iter().filter(|p| line.persons.contains(p));
    match (here.next(), here.next()) {
        (Some(&person), None) => {
            Target { persons: person..person + 1, label: line.label.clone(), by: By::Name, issue: None }
        }
        (Some(_), Some(_)) => Target { issue: Some(Why::AmbiguousName), by: By::Name, ..line.clone() },
        (None, _) => Target { issue: Some(Why::Unclear), by: By::Name, ..line.clone() },
    }
}

/// A name alone has to be one person's in the whole assignment. In a list after VCODE NAME the other
/// names are of that line too, but only where that does not change whom they mean.
fn by_name(sent: &Sent, named: &Named, beside: Option<usize>) -> Target {
    if let [person] = named.persons[..] {
        let label = sent.persons.get(person).map(|p| p.code.clone()).unwrap_or_default();
        return Target { persons: person..person + 1, label, by: By::Name, issue: None };
    }
    let lines: Vec<usize> = named.persons.iter().filter_map(|p| Some(sent.persons.get(*p)?.line)).collect();
    let line = lines.first().filter(|first| lines.iter().all(|l| l == *first)).copied().or(beside);
    let label = line.and_then(|l| sent.lines.get(l)).map_or_else(|| named.name.clone(), |l| l.code.to_string());
    Target { persons: 0..0, label, by: By::Name, issue: Some(Why::AmbiguousName) }
}
