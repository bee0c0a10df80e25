//! Dates and times as people and machines write them in files.
//!
//! Forms that could mean two days (`3/2/2026`, `26-11-23` without its weekday) are refused, not
//! guessed.

use crate::model::Timestamp;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization;

/// What a cell says: an instant, or a whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    At(Timestamp),
    Day(NaiveDate),
}

impl Moment {
    /// The instant; of a whole day its first.
    pub fn start(self, zone: Tz) -> Timestamp {
        match self {
            Moment::At(at) => at,
            Moment::Day(day) => Timestamp::from_local(day.and_time(NaiveTime::MIN), zone),
        }
    }

    /// The instant; of a whole day its last full second, 23:59:59.
    pub fn end(self, zone: Tz) -> Timestamp {
        match self {
            Moment::At(at) => at,
            Moment::Day(day) => {
                Timestamp::from_local(day.and_hms_opt(23, 59, 59).unwrap_or(day.and_time(NaiveTime::MIN)), zone)
            }
        }
    }
}

/// What a cell says by the clock on the wall: a moment, or a whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    At(NaiveDateTime),
    Day(NaiveDate),
}

/// Reads a date, with or without a time, in the office's zone.
///
/// RFC 3339; `2026-03-02 08:31[:05]`, `2026/3/2 8:31`, `2026年3月2日 8时31分`, `20260302`; an Excel
/// serial number; dates alone.
pub fn moment(text: &str, zone: Tz) -> Option<Moment> {
    // What machines write by the million is read without a detour.
    if let Some(at) = plain_moment(text.as_bytes()) {
        return Some(Moment::At(Timestamp::from_local(at, zone)));
    }
    let tidied = tidy(text);
    if let Some(at) = Timestamp::parse(&tidied.replacen(' ', "T", 1)) {
        return in_range(at.day(zone)).map(|_| Moment::At(at));
    }
    Some(match local(text, None)? {
        Local::At(at) => Moment::At(Timestamp::from_local(at, zone)),
        Local::Day(day) => Moment::Day(day),
    })
}

/// Reads a date, with or without a time, without an offset. With `base`, a time alone stands on that day:
/// `08:31`, `次日01:05`; and a year of two digits is understood where it says that day or one beside it.
pub fn local(text: &str, base: Option<NaiveDate>) -> Option<Local> {
    let text = tidy(text);
    if let Some((day, time)) = serial(&text) {
        return Some(match time {
            Some(time) => Local::At(day.and_time(time)),
            None => Local::Day(day),
        });
    }
    let (day, rest) = match (leading_date(&text), base) {
        (Some((day, rest)), _) => (day, rest),
        (None, Some(base)) => beside(base, &text).unwrap_or((base, text.as_str())),
        (None, None) => return None,
    };
    if rest.is_empty() {
        return Some(Local::Day(day));
    }
    let (time, next_day) = clock(rest)?;
    let day = if next_day { day.checked_add_days(Days::new(1))? } else { day };
    Some(Local::At(day.and_time(time)))
}

/// `26-11-23 08:31` beside a column that says 23 November 2026: that day, or the next.
fn beside(base: NaiveDate, text: &str) -> Option<(NaiveDate, &str)> {
    [Some(base), base.succ_opt()].into_iter().flatten().find_map(|day| {
        ["%y-%m-%d", "%y/%m/%d", "%y.%m.%d"].iter().find_map(|form| {
            let rest = text.strip_prefix(day.format(form).to_string().as_str())?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| (day, rest.trim_start()))
        })
    })
}

/// `2026-03-02 08:31:05`, byte for byte.
fn plain_moment(text: &[u8]) -> Option<NaiveDateTime> {
    let [y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b' ' | b'T', h1, h2, b':', mi1, mi2, b':', s1, s2] = *text
    else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    let day = in_range(NaiveDate::from_ymd_opt(year, number(&[mo1, mo2])?, number(&[d1, d2])?)?)?;
    day.and_hms_opt(number(&[h1, h2])?, number(&[mi1, mi2])?, number(&[s1, s2])?)
}

/// The first and last day of a month: `2026-03`, `2026年3月`, `2026年3月份`.
pub fn month(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let text: String = text.nfkc().collect();
    let text = text.trim().trim_end_matches('份').trim_end_matches('月');
    let (year, month) = text.split_once(['-', '/', '.', '年'])?;
    let first =
        NaiveDate::from_ymd_opt(year.trim().parse().ok().filter(|y| *y > 1999)?, month.trim().parse().ok()?, 1)?;
    let last = first.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
    Some((first, last))
}

/// Reads a date; a time beside it must be midnight.
pub fn date(text: &str) -> Option<NaiveDate> {
    match moment(text, Tz::UTC)? {
        Moment::Day(day) => Some(day),
        Moment::At(at) => {
            let local: NaiveDateTime = at.local(Tz::UTC);
            // An offset would make another day of it somewhere.
            (local.time() == NaiveTime::MIN && !tidy(text).contains(['+', 'Z'])).then(|| local.date())
        }
    }
}

/// Reads a time of day: `08:31`, `8:31:05`, `8时31分`, `下午2:05`, `2:05 PM`, `次日01:05`, `24:00`.
/// True: it belongs to the next day.
pub fn clock(text: &str) -> Option<(NaiveTime, bool)> {
    let text = tidy(text).to_lowercase();
    let next_day = ["(次日)", "次日", "第二天", "翌日"];
    let (text, next) =
        match next_day.iter().find_map(|word| text.strip_prefix(word).or_else(|| text.strip_suffix(word))) {
            Some(rest) => (rest.trim().to_owned(), true),
            None => (text, false),
        };
    let halves = [
        ("凌晨", false),
        ("早上", false),
        ("上午", false),
        ("am", false),
        ("中午", true),
        ("下午", true),
        ("傍晚", true),
        ("晚上", true),
        ("pm", true),
    ];
    let mut digits = text.as_str();
    let mut afternoon = None;
    for (word, late) in halves {
        if let Some(rest) = digits.strip_prefix(word).or_else(|| digits.strip_suffix(word)) {
            digits = rest.trim();
            afternoon = Some(late);
            break;
        }
    }
    let digits = digits.replace(['时', '点', '分'], ":").replace('秒', "");
    let digits = digits.strip_suffix(':').unwrap_or(&digits);
    let whole_seconds = digits.split_once('.').map_or(digits, |(whole, _)| whole);
    let mut parts = whole_seconds.split(':');
    let hour = number(parts.next()?, 2)?;
    let minute = number(parts.next()?, 2)?;
    let second = parts.next().map_or(Some(0), |part| number(part, 2))?;
    if parts.next().is_some() {
        return None;
    }
    if hour == 24 && minute == 0 && second == 0 && afternoon.is_none() && !next {
        return Some((NaiveTime::MIN, true));
    }
    let hour = match (afternoon, hour) {
        // Noon to one o'clock in the afternoon is written 12:10 or 中午11:50.
        (Some(true), 1..=10) => hour + 12,
        (Some(true), 11) if text.starts_with("晚") || text.contains("pm") || text.starts_with("下") => 23,
        (Some(false), 12) => 0,
        _ => hour,
    };
    Some((NaiveTime::from_hms_opt(hour, minute, second)?, next))
}

/// NFKC (full-width digits and colons), single spaces.
fn tidy(text: &str) -> String {
    let text: String = text.nfkc().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn number(text: &str, longest: usize) -> Option<u32> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= longest && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn in_range(day: NaiveDate) -> Option<NaiveDate> {
    (1950..=2199).contains(&day.year()).then_some(day)
}

/// Excel's day number, 1955 to 2119, with the time as its fraction.
fn serial(text: &str) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let days: u64 = number(whole, 5)?.into();
    if !(20_000..=80_000).contains(&days) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))?;
    let Some((_, digits)) = text.split_once('.') else { return Some((day, None)) };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: f64 = format!("0.{digits}").parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 86,400")]
    let seconds = (fraction * 86_400.0).round() as u32;
    match NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0) {
        Some(time) if seconds > 0 => Some((day, Some(time))),
        Some(_) => Some((day, None)),
        None => Some((day.succ_opt()?, None)),
    }
}

/// The date that a text begins with, and what follows it.
fn leading_date(text: &str) -> Option<(NaiveDate, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | '年' | '月' | '日' | '号')));
    let end = end.unwrap_or(text.len());
    // In 3月2日8点 the hour follows at once.
    let end = text.find(['日', '号']).map_or(end, |at| end.min(at + '日'.len_utf8()));
    let (head, rest) = text.split_at_checked(end)?;
    // The T of ISO 8601 stands between a date and a time.
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest).trim_start_matches([' ', ',']);
    let (weekday, rest) = leading_weekday(rest);
    let day = numbers(head, weekday.is_some())?;
    if weekday.is_some_and(|weekday| weekday != day.weekday()) {
        return None;
    }
    Some((in_range(day)?, rest))
}

fn numbers(head: &str, has_weekday: bool) -> Option<NaiveDate> {
    if head.len() == 8 && head.bytes().all(|b| b.is_ascii_digit()) {
        return NaiveDate::parse_from_str(head, "%Y%m%d").ok();
    }
    let written = head.contains('年');
    let head = head.strip_suffix(['日', '号']).unwrap_or(head);
    let mut parts = head.split(['-', '/', '.', '年', '月']);
    let year = parts.next()?;
    let (month, day) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() {
        return None;
    }
    let year = match year.len() {
        4 => number(year, 4)?,
        2 if has_weekday || written => 2000 + number(year, 2)?,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn leading_weekday(text: &str) -> (Option<Weekday>, &str) {
    let bare = text.strip_prefix('(').unwrap_or(text);
    let chinese = ["星期", "周", "礼拜"].iter().find_map(|word| bare.strip_prefix(word)).and_then(|rest| {
        let mut characters = rest.chars();
        let weekday = match characters.next()? {
            '一' => Weekday::Mon,
            '二' => Weekday::Tue,
            '三' => Weekday::Wed,
            '四' => Weekday::Thu,
            '五' => Weekday::Fri,
            '六' => Weekday::Sat,
            '日' | '天' => Weekday::Sun,
            _ => return None,
        };
        Some((weekday, characters.as_str()))
    });
    let english = || {
        let end = bare.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(bare.len());
        let (word, rest) = bare.split_at_checked(end)?;
        (word.len() >= 3).then(|| word.parse().ok()).flatten().map(|weekday| (weekday, rest))
    };
    match chinese.or_else(english) {
        Some((weekday, rest)) => (Some(weekday), rest.strip_prefix(')').unwrap_or(rest).trim_start_matches([' ', ','])),
        None => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = Tz::Asia__Shanghai;

    #[test]
    fn dates() {
        for text in [
            "2026-03-02",
            "2026/3/2",
            "2026.3.2",
            "2026年3月2日",
            "2026年03月02日",
            "20260302",
            "46083",
            "46083.0",
            "２０２６－０３－０２",
            "2026-03-02 00:00:00",
            "2026-03-02T00:00:00",
            "2026-03-02 星期一",
            "2026/3/2 周一",
            "2026-03-02(周一)",
            "26-03-02 星期一",
            "26年3月2日",
            " 2026-3-2 ",
            "2026-03-02 Mon",
            "2026年3月2号",
        ] {
            assert_eq!(date(text).map(|d| d.to_string()).as_deref(), Some("2026-03-02"), "{text}");
        }
        assert_eq!(date("26-11-23 星期一").unwrap().to_string(), "2026-11-23");
        for text in [
            "",
            "3/2/2026",
            "02-03-2026",
            "26-03-02",
            "2026-13-01",
            "2026-02-30",
            "2026-03",
            "2026-03-02 星期二",
            "1-2-3-4",
            "yesterday",
            "2026-03-02 08:31",
            "138001380",
            "0202-03-02",
            "12345",
            "2026-03-02x",
            "NaN",
            "1e5",
            "46083.x",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn moments() {
        for text in [
            "2026-03-02 08:31:05",
            "2026/3/2 8:31:05",
            "2026-03-02T08:31:05",
            "2026-03-02T08:31:05+08:00",
            "2026-03-02T00:31:05Z",
            "2026-03-02 08:31:05+08:00",
            "2026年3月2日 8时31分5秒",
            "2026年3月2日8点31分05秒",
            "２０２６／３／２　８：３１：０５",
            "2026-03-02 星期一 08:31:05",
            "46083.3549189815",
            "2026-03-02 上午8:31:05",
            "2026-03-02 8:31:05 AM",
            "2026-03-02  08:31:05.000",
            "20260302 08:31:05",
        ] {
            let Some(Moment::At(at)) = moment(text, ZONE) else { panic!("{text}") };
            assert_eq!(at.rfc3339(ZONE), "2026-03-02T08:31:05+08:00", "{text}");
        }
        for text in ["08:31", "2026-03-02 25:00", "2026-03-02 8", "2026-03-02 08:61", "2026-03-02 凌晨", "08:31:05:07"]
        {
            assert_eq!(moment(text, ZONE), None, "{text}");
        }
    }

    #[test]
    fn times_of_day() {
        let base = NaiveDate::from_ymd_opt(2026, 3, 2);
        for (text, expected) in [
            ("08:31", "03-02T08:31"),
            ("次日01:05", "03-03T01:05"),
            ("次日 1:05", "03-03T01:05"),
            ("(次日)01:05", "03-03T01:05"),
            ("01:05（次日）", "03-03T01:05"),
            ("26-03-02 08:31", "03-02T08:31"),
            ("26/03/03 01:05:00", "03-03T01:05"),
            ("凌晨1:05", "03-02T01:05"),
            ("凌晨12:10", "03-02T00:10"),
            ("下午2:05", "03-02T14:05"),
            ("中午12:10", "03-02T12:10"),
            ("中午11:50", "03-02T11:50"),
            ("晚上11:30", "03-02T23:30"),
            ("2:05 PM", "03-02T14:05"),
            ("12:05 am", "03-02T00:05"),
            ("24:00", "03-03T00:00"),
            ("8时31分", "03-02T08:31"),
            ("8点31分", "03-02T08:31"),
            ("下午14:05", "03-02T14:05"),
        ] {
            let Some(Local::At(at)) = local(text, base) else { panic!("{text}") };
            let at = at.format("%m-%dT%H:%M").to_string();
            assert_eq!(at, expected, "{text}");
        }
    }

    #[test]
    fn a_day_ends_at_its_last_second() {
        let day = moment("2026-03-02", ZONE).unwrap();
        assert_eq!(day.start(ZONE).rfc3339(ZONE), "2026-03-02T00:00:00+08:00");
        assert_eq!(day.end(ZONE).rfc3339(ZONE), "2026-03-02T23:59:59+08:00");
    }
}
