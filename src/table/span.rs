//! Spans in one cell, and half days: `2026-03-02至2026-03-05`, `2026.3.2-3.5`, `2026-03-02 上午`.

use super::when::{Local, local};
use chrono::{Datelike, NaiveDate, NaiveTime};
use unicode_normalization::UnicodeNormalization;

/// Which end of a span a cell stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    From,
    To,
}

/// Reads one end of a span: as [`local`], and half days. A morning ends at noon, an afternoon begins there.
pub fn edge(text: &str, base: Option<NaiveDate>, end: End) -> Option<Local> {
    if let Some(read) = local(text, base) {
        return Some(read);
    }
    let text: String = text.nfkc().collect();
    let (day, morning) = ["上午", "am", "AM"]
        .iter()
        .find_map(|word| text.strip_suffix(word).map(|day| (day, true)))
        .or_else(|| ["下午", "pm", "PM"].iter().find_map(|word| text.strip_suffix(word).map(|day| (day, false))))?;
    let Some(Local::Day(day)) = local(day, base) else { return None };
    let noon = NaiveTime::from_hms_opt(12, 0, 0)?;
    Some(match (end, morning) {
        (End::From, true) | (End::To, false) => Local::Day(day),
        (End::From, false) | (End::To, true) => Local::At(day.and_time(noon)),
    })
}

/// Reads a span that stands in one cell; a single day is a span of that day. What could be cut in two ways is
/// refused.
pub fn span(text: &str) -> Option<(Local, Local)> {
    let text: String = text.nfkc().collect();
    let text = text.trim();
    if let Some(read) = edge(text, None, End::From) {
        return Some((read, edge(text, None, End::To)?));
    }
    let mut found = text.char_indices().filter(|(_, c)| "至到~-—–".contains(*c)).filter_map(|(at, c)| {
        let left = text.get(..at)?.trim_end_matches(['-', '—', '–', '~', ' ']);
        let right = text.get(at + c.len_utf8()..)?.trim_start_matches(['-', '—', '–', '~', ' ']);
        let from = edge(left, None, End::From)?;
        let to = edge(right, None, End::To).or_else(|| short(right, day_of(from)))?;
        (moment_of(from) <= moment_of(to)).then_some((from, to))
    });
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// The end of a span whose year, or year and month, stands at its start: `3月5日`, `03-05`, `17:30`.
fn short(text: &str, start: NaiveDate) -> Option<Local> {
    let year = start.year();
    edge(&format!("{year}年{text}"), None, End::To)
        .or_else(|| edge(&format!("{year}-{}", text.replace(['.', '/'], "-")), None, End::To))
        .or_else(|| edge(text, Some(start), End::To).filter(|_| text.contains([':', '时', '点'])))
}

fn day_of(read: Local) -> NaiveDate {
    match read {
        Local::At(at) => at.date(),
        Local::Day(day) => day,
    }
}

fn moment_of(read: Local) -> chrono::NaiveDateTime {
    match read {
        Local::At(at) => at,
        Local::Day(day) => day.and_time(NaiveTime::MIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(read: Local) -> String {
        match read {
            Local::At(at) => at.format("%m-%d %H:%M").to_string(),
            Local::Day(day) => day.format("%m-%d").to_string(),
        }
    }

    #[test]
    fn spans_as_people_write_them() {
        for (text, expected) in [
            ("2026-03-02至2026-03-05", "03-02 to 03-05"),
            ("2026-03-02 ~ 2026-03-05", "03-02 to 03-05"),
            ("2026-03-02-2026-03-05", "03-02 to 03-05"),
            ("2026-03-02--2026-03-05", "03-02 to 03-05"),
            ("2026.3.2-2026.3.5", "03-02 to 03-05"),
            ("2026.3.2-3.5", "03-02 to 03-05"),
            ("2026年3月2日至3月5日", "03-02 to 03-05"),
            ("2026年3月2日—5月1日", "03-02 to 05-01"),
            ("2026/3/2 8:30 到 2026/3/5 17:30", "03-02 08:30 to 03-05 17:30"),
            ("2026-03-02 08:30-17:30", "03-02 08:30 to 03-02 17:30"),
            ("2026-03-02 下午至2026-03-03 上午", "03-02 12:00 to 03-03 12:00"),
            ("2026-03-02 上午", "03-02 to 03-02 12:00"),
            ("2026-03-02", "03-02 to 03-02"),
        ] {
            let read = span(text).map(|(from, to)| format!("{} to {}", shown(from), shown(to)));
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        for text in ["", "3月2日至3月5日", "2026-03-05至2026-03-02", "2026-03", "soon", "至2026-03-05", "2026-03-02至"]
        {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
