//! Times of day that a person states, and whether they can count (REPLIES 6).

use super::phrase::{Atom, Key};
use super::token::{Kind, Token};
use crate::model::Timestamp;
use crate::model::time::DAY;
use chrono::{DateTime, FixedOffset, NaiveTime};
use std::collections::HashSet;

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock {
    pub hour: u32,
    pub minute: u32,
}

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

/// The span in which a stated time has to lie.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub sent: DateTime<FixedOffset>,
    pub closes: DateTime<FixedOffset>,
    /// When the mail was received.
    pub received: Timestamp,
}

impl Span {
    /// The first instant with this time of day inside the assignment, if it is not after the mail's
    /// receipt: a reply that comes days later still speaks of the day of the work.
    pub fn instant(&self, clock: Clock) -> Option<Timestamp> {
        let zone = *self.sent.offset();
        // A minute is stated, not a second: the minute in which the letter was sent still counts.
        let sent = self.sent.timestamp_millis();
        let from = Timestamp(sent - sent.rem_euclid(60_000));
        let to = self.received.min(Timestamp(self.closes.timestamp_millis()));
        let time = NaiveTime::from_hms_opt(clock.hour, clock.minute, 0)?;
        let on_first_day = self.sent.date_naive().and_time(time).and_local_timezone(zone).single()?;
        let first = Timestamp(on_first_day.timestamp_millis());
        let first = if first >= from { first } else { first.plus(DAY) };
        (first <= to).then_some(first)
    }
}

/// The part of the day that stands before an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Noon,
    /// Afternoon and evening.
    Later,
}

fn part_at(atoms: &[Atom], at: usize) -> Option<Part> {
    let han = |i: usize| if let Some(Atom { key: Key::Han(c), .. }) = atoms.get(i) { Some(*c) } else { None };
    match (han(at)?, han(at + 1)?) {
        ('上', '午') | ('早', '上' | '晨') | ('清' | '凌', '晨') => Some(Part::Morning),
        ('中', '午') => Some(Part::Noon),
        ('下', '午') | ('傍', '晚') | ('晚' | '夜', '上' | '间' | '里') => Some(Part::Later),
        _ => None,
    }
}

/// A time that begins at an atom, and the atom after it. `None` inside: it is a time, but which one is
/// not plain (with seconds, of another day or zone, one end of a span).
pub fn time_at(atoms: &[Atom], at: usize, before: &[Token], zones: &HashSet<String>) -> Option<(Option<Clock>, usize)> {
    let key = |i: usize| atoms.get(i).map(|atom| &atom.key);
    let part = part_at(atoms, at);
    let first = if part.is_some() { at + 2 } else { at };
    let hour = number(key(first)?, 2)?;
    let half_of_day = half_at(atoms, first + 1);
    let (minute, mut end) = match key(first + 1)? {
        Key::Mark(':') => {
            let Key::Number(digits) = key(first + 2)? else { return None };
            if digits.len() != 2 || glued(atoms, first + 1) != Some(true) {
                return None;
            }
            (number(key(first + 2)?, 2)?, first + 3)
        }
        // Without a part of the day only what is no hour of a morning: "10点" may be of either half.
        Key::Han('点' | '时' | '點' | '時') if part.is_some() || (13..24).contains(&hour) => {
            match (key(first + 2), key(first + 3)) {
                (Some(Key::Number(digits)), Some(Key::Han('分'))) if digits.len() <= 2 => {
                    (number(key(first + 2)?, 2)?, first + 4)
                }
                (Some(Key::Number(digits)), _) if digits.len() <= 2 => (number(key(first + 2)?, 2)?, first + 3),
                (Some(Key::Han('半')), _) => (30, first + 3),
                (Some(Key::Han('整' | '钟')), _) => (0, first + 3),
                _ => (0, first + 2),
            }
        }
        // "3.20pm"; without its half of the day it is any number.
        Key::Mark('.') if half_at(atoms, first + 3).is_some() && glued(atoms, first + 1) == Some(true) => {
            match key(first + 2)? {
                Key::Number(digits) if digits.len() == 2 => (number(key(first + 2)?, 2)?, first + 3),
                _ => return None,
            }
        }
        // "3pm"
        _ if half_of_day.is_some() && part.is_none() => (0, first + 1),
        _ => return None,
    };
    let mut hour_now = hour;
    let mut plain = !stands_in_a_longer_one(atoms, at, end, before);
    match part {
        Some(Part::Morning) => plain &= hour < 12,
        Some(Part::Noon) if hour < 3 => hour_now += 12,
        Some(Part::Noon) => plain &= (11..15).contains(&hour),
        Some(Part::Later) if hour < 12 => hour_now += 12,
        // Twelve at night is of the next day.
        Some(Part::Later) => plain &= hour > 12,
        None => {}
    }
    if let Some((afternoon, after)) = half_at(atoms, end).filter(|_| part.is_none()) {
        end = after;
        match afternoon {
            true if hour < 12 => hour_now += 12,
            false if hour == 12 => hour_now = 0,
            false if hour > 12 => plain = false,
            _ => {}
        }
    }
    if let Some(after) = zone_at(atoms, end, zones) {
        (plain, end) = (false, after);
    }
    let clock = Clock { hour: hour_now, minute };
    Some(((plain && hour_now < 24 && minute < 60).then_some(clock), end))
}

/// `am`, `pm`, `p.m.`: whether it is the afternoon, and the atom after it.
fn half_at(atoms: &[Atom], at: usize) -> Option<(bool, usize)> {
    let word = |i: usize| if let Some(Atom { key: Key::Word(w), .. }) = atoms.get(i) { Some(w.as_str()) } else { None };
    let dot = |i: usize| matches!(atoms.get(i), Some(Atom { key: Key::Mark('.'), gap: false, .. }));
    match word(at)? {
        "am" => Some((false, at + 1)),
        "pm" => Some((true, at + 1)),
        half @ ("a" | "p") if dot(at + 1) && word(at + 2) == Some("m") => {
            Some((half == "p", if dot(at + 3) { at + 4 } else { at + 3 }))
        }
        _ => None,
    }
}

/// `UTC`, `Z`, `+08:00` behind a time, and the atom after it.
fn zone_at(atoms: &[Atom], at: usize, zones: &HashSet<String>) -> Option<usize> {
    let key = |i: usize| atoms.get(i).map(|atom| &atom.key);
    let named = match key(at)? {
        Key::Word(word) if zones.contains(word) => at + 1,
        Key::Mark('+') => at,
        // "10:00-05:00" is a span of time or an offset: no time in any case.
        _ => return None,
    };
    match (key(named), key(named + 1), key(named + 2), key(named + 3)) {
        (Some(Key::Mark('+' | '-')), Some(Key::Number(_)), Some(Key::Mark(':')), Some(Key::Number(_))) => {
            Some(named + 4)
        }
        (Some(Key::Mark('+' | '-')), Some(Key::Number(_)), ..) => Some(named + 2),
        _ => (named > at).then_some(named),
    }
}

fn number(key: &Key, longest: usize) -> Option<u32> {
    match key {
        Key::Number(digits) if digits.len() <= longest => digits.parse().ok(),
        _ => None,
    }
}

/// No blank on either side of a mark.
fn glued(atoms: &[Atom], at: usize) -> Option<bool> {
    Some(!atoms.get(at)?.gap && !atoms.get(at + 1)?.gap)
}

fn stands_in_a_longer_one(atoms: &[Atom], at: usize, end: usize, before: &[Token]) -> bool {
    let key = |i: usize| atoms.get(i).map(|atom| &atom.key);
    let is_to = |k: Option<&Key>| matches!(k, Some(Key::Mark('-' | '–' | '—' | '~') | Key::Han('到' | '至')));
    let seconds = matches!((key(end), key(end + 1)), (Some(Key::Mark(':')), Some(Key::Number(_))));
    let goes_on = is_to(key(end)) && matches!(key(end + 1), Some(Key::Number(_)));
    let previous = at.checked_sub(1).and_then(key);
    let dated = matches!(
        previous,
        Some(
            Key::Number(_)
                | Key::Mark('/')
                | Key::Han('日' | '号' | '上' | '晨' | '晚' | '早' | '午' | '夜' | '里' | '天')
        )
    );
    let ends_a_span = is_to(previous)
        && matches!(before, [.., Token { kind: Kind::Time(_), .. }, Token { kind: Kind::Dash | Kind::Range, .. }]);
    seconds || goes_on || dated || ends_a_span
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::phrase::atoms;
    use crate::reply::text::Line;

    fn read(text: &str) -> String {
        let all = atoms(&Line::new(text).chars);
        let zones = HashSet::from(["utc".to_owned()]);
        let found = (0..all.len()).find_map(|at| time_at(&all, at, &[], &zones));
        match found {
            None => "none".to_owned(),
            Some((None, _)) => "some time".to_owned(),
            Some((Some(clock), _)) => clock.to_string(),
        }
    }

    #[test]
    fn times_of_day() {
        for (text, expected) in [
            ("10:42", "10:42"),
            ("9：05", "09:05"),
            ("上午9点", "09:00"),
            ("下午3点20分", "15:20"),
            ("下午3点半", "15:30"),
            ("下午3:20", "15:20"),
            ("3:30 pm", "15:30"),
            ("3:30PM", "15:30"),
            ("12:10 am", "00:10"),
            ("10:42:30", "some time"),
            ("9:00-11:30", "some time"),
            ("25:00", "some time"),
            ("12日10:42", "some time"),
            ("晚上8:30", "20:30"),
            ("晚上8点", "20:00"),
            ("晚上12点", "some time"),
            ("中午12点半", "12:30"),
            ("凌晨2点", "02:00"),
            ("15点20", "15:20"),
            ("3.20pm", "15:20"),
            ("3 p.m.", "15:00"),
            ("10:00 UTC", "some time"),
            ("10:00 UTC+8", "some time"),
            ("10:00+08:00", "some time"),
            ("10点", "none"),
            ("10.42", "none"),
            ("1:2", "none"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_time_counts_between_the_letter_and_the_reply() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap();
        let span = |received: &str| Span {
            sent: at("2026-03-12T07:30:05+08:00"),
            closes: at("2026-03-26T00:00:00+08:00"),
            received: Timestamp::parse(received).unwrap(),
        };
        let said = |hour, minute, received: &str| {
            span(received).instant(Clock { hour, minute }).map(|t| t.rfc3339(chrono_tz::Asia::Shanghai))
        };
        let noon = "2026-03-12T12:00:00+08:00";
        assert_eq!(said(10, 42, noon).as_deref(), Some("2026-03-12T10:42:00+08:00"));
        assert_eq!(said(7, 30, noon).as_deref(), Some("2026-03-12T07:30:00+08:00"));
        assert_eq!(said(7, 29, noon), None);
        assert_eq!(said(12, 1, noon), None);
        assert_eq!(said(15, 30, "2026-03-13T09:00:00+08:00").as_deref(), Some("2026-03-12T15:30:00+08:00"));
    }
}
