//! When somebody asked to be rung again: "callback tomorrow 15:30", "回电 明天下午3点".
//!
//! The grammar leaves that in the remark, for it is no time of the call. Only a remark that begins with it, or
//! whose first clause is nothing else, says so; anything more is for a person to read.

use super::phrase::{Atom, Key, atoms};
use super::text::Line;
use super::times::time_at;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use std::collections::HashSet;

/// Days ahead by name, longest first.
const AHEAD: [(&str, u64); 12] = [
    ("the day after tomorrow", 2),
    ("day after tomorrow", 2),
    ("tomorrow", 1),
    ("today", 0),
    ("大后天", 3),
    ("后天", 2),
    ("後天", 2),
    ("明天", 1),
    ("明日", 1),
    ("明", 1),
    ("今天", 0),
    ("今日", 0),
];

const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["monday", "周一", "星期一"], Weekday::Mon),
    (&["tuesday", "周二", "星期二"], Weekday::Tue),
    (&["wednesday", "周三", "星期三"], Weekday::Wed),
    (&["thursday", "周四", "星期四"], Weekday::Thu),
    (&["friday", "周五", "星期五"], Weekday::Fri),
    (&["saturday", "周六", "星期六"], Weekday::Sat),
    (&["sunday", "周日", "星期日", "星期天"], Weekday::Sun),
];

/// The moment that a callback's remark names, as seen from when it was said; never one that is past.
pub fn agreed(remark: &str, said: NaiveDateTime) -> Option<NaiveDateTime> {
    let line = Line::new(remark);
    let text: String = line.chars.iter().collect();
    let rest = before(text.trim_start(), &["at ", "on ", "约", "于", "at", "on"]);
    let (day, rest) = day_of(rest, said.date());
    let rest = before(rest, &["at ", "在", "约", "@", "at"]);
    let chars: Vec<char> = rest.chars().collect();
    let all = atoms(&chars);
    let (clock, end) = time_at(&all, 0, &[], &HashSet::new())?;
    let clock = clock.filter(|_| ends(all.get(end)))?;
    let time = NaiveTime::from_hms_opt(clock.hour, clock.minute, 0)?;
    let at = day.unwrap_or(said.date()).and_time(time);
    (at > said).then_some(at)
}

fn before<'a>(text: &'a str, words: &[&str]) -> &'a str {
    let text = text.trim_start();
    words.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text).trim_start()
}

/// The day that a text begins with, and what follows it.
fn day_of(text: &str, today: NaiveDate) -> (Option<NaiveDate>, &str) {
    for (word, ahead) in AHEAD {
        if let Some(rest) = text.strip_prefix(word) {
            return (today.checked_add_days(Days::new(ahead)), rest.trim_start());
        }
    }
    for (words, weekday) in WEEKDAYS {
        if let Some(rest) = words.iter().find_map(|word| text.strip_prefix(word)) {
            let ahead = (weekday.num_days_from_monday() + 7 - today.weekday().num_days_from_monday()) % 7;
            return (today.checked_add_days(Days::new(u64::from(ahead))), rest.trim_start());
        }
    }
    (None, text)
}

/// Whether a clause ends here.
fn ends(next: Option<&Atom>) -> bool {
    next.is_none_or(|atom| {
        matches!(atom.key, Key::Mark(',' | '、' | ';' | '.' | '。' | '!' | ')'))
            || matches!(atom.key, Key::Han('打' | '再'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_time_are_an_appointment_and_nothing_else_is() {
        // A Tuesday.
        let said = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap().and_hms_opt(10, 40, 0).unwrap();
        let at = |text: &str| agreed(text, said).map(|at| at.format("%d %H:%M").to_string());
        for (text, expected) in [
            ("tomorrow 15:30", Some("04 15:30")),
            ("明天 9:00", Some("04 09:00")),
            ("明天下午3点", Some("04 15:00")),
            ("15:30", Some("03 15:30")),
            ("at 15:30, his wife answered", Some("03 15:30")),
            ("后天上午10点半；他在开会", Some("05 10:30")),
            ("周五 14:00", Some("06 14:00")),
            ("friday 14:00", Some("06 14:00")),
            // Past, unclear, or a span.
            ("10:20", None),
            ("this afternoon", None),
            ("15:30-16:30", None),
            ("between 15:30 and 16:00", None),
            ("10点", None),
            ("his office opens at 15:30", None),
            ("", None),
        ] {
            assert_eq!(at(text).as_deref(), expected, "{text}");
        }
    }
}
