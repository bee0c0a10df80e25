//! Days as people write them in a sentence → one span of days. Without a year the next such day is meant.

use super::away::Doubt;
use chrono::{Datelike, Days, NaiveDate};

/// A piece of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Year, month, day.
    Full(u32, u32, u32),
    /// Month, day.
    OfMonth(u32, u32),
    Month(u32),
    /// A day of a month, or a year.
    Number(u32),
    /// So many days from today.
    After(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: NaiveDate,
    /// None where one day alone is named.
    pub to: Option<NaiveDate>,
}

/// A day that may still lack its month, or its year.
#[derive(Debug, Clone, Copy)]
struct Point {
    year: Option<u32>,
    month: Option<u32>,
    day: u32,
}

enum End {
    Known(NaiveDate),
    Open(Point),
}

/// The one span that the pieces of a clause name; `None` among them stands for "to".
pub(super) fn one_span(pieces: &[Option<Day>], today: NaiveDate) -> Result<Span, Doubt> {
    let mut parts = pieces.split(Option::is_none);
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    if parts.next().is_some() {
        return Err(Doubt::Unclear);
    }
    let first = end(first, today)?;
    let Some(second) = second else {
        let from = match first {
            End::Known(day) => day,
            End::Open(point) => next(point, today)?,
        };
        return Ok(Span { from, to: None });
    };
    let (from, to) = match (first, end(second, today)?) {
        (End::Known(from), End::Known(to)) => (from, to),
        (End::Known(from), End::Open(point)) => (from, next(point, from)?),
        (End::Open(point), End::Known(to)) => (next(point, today)?, to),
        (End::Open(mut one), End::Open(mut other)) => {
            // "3-5 Dec", "12月3-5日": one month for both.
            one.month = one.month.or(other.month);
            other.month = other.month.or(one.month);
            if one.month == other.month && other.day < one.day && other.year == one.year {
                return Err(Doubt::Unclear);
            }
            if one.year.is_none() && other.year.is_some() {
                let turns = one.month > other.month;
                one.year = other.year.map(|year| year - u32::from(turns));
            }
            let from = next(one, today)?;
            (from, next(other, from)?)
        }
    };
    Ok(Span { from, to: Some(to) })
}

fn end(pieces: &[Option<Day>], today: NaiveDate) -> Result<End, Doubt> {
    let pieces: Vec<Day> = pieces.iter().flatten().copied().collect();
    let point = |year, month, day| Ok(End::Open(Point { year, month, day }));
    match pieces.as_slice() {
        [Day::Full(year, month, day)] => point(Some(*year), Some(*month), *day),
        [Day::OfMonth(month, day)] | [Day::Number(day), Day::Month(month)] | [Day::Month(month), Day::Number(day)] => {
            point(None, Some(*month), *day)
        }
        [Day::OfMonth(month, day), Day::Number(year)]
        | [Day::Number(day), Day::Month(month), Day::Number(year)]
        | [Day::Month(month), Day::Number(day), Day::Number(year)]
            if *year >= 2000 =>
        {
            point(Some(*year), Some(*month), *day)
        }
        [Day::Number(day), Day::Number(year)] if *year >= 2000 => point(Some(*year), None, *day),
        [Day::Number(day)] => point(None, None, *day),
        [Day::After(days)] => today.checked_add_days(Days::new(*days)).map(End::Known).ok_or(Doubt::Unclear),
        [] => Err(Doubt::NoDay),
        _ => Err(Doubt::Unclear),
    }
}

/// The day itself, or the next one of that name from a day on.
fn next(point: Point, from: NaiveDate) -> Result<NaiveDate, Doubt> {
    // "on the 5th": of which month?
    let month = point.month.ok_or(Doubt::NoDay)?;
    let of = |year: i32| NaiveDate::from_ymd_opt(year, month, point.day);
    if let Some(year) = point.year {
        return i32::try_from(year).ok().and_then(of).ok_or(Doubt::NoDay);
    }
    let years = from.year()..=from.year() + 8;
    years.filter_map(of).find(|day| *day >= from).ok_or(Doubt::NoDay)
}
