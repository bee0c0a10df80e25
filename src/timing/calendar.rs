//! The calendar: which days are workdays.

use crate::model::{Said, Trouble};
use crate::said;
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Mainland China in 2026, as published; `config/calendar/generate.py` made it from two sources.
const CHINA_2026: &str = include_str!("../../config/calendar/cn-2026.csv");

/// A year with fewer holidays in its file is taken for unfinished.
const FEWEST_HOLIDAYS: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKind {
    /// Monday to Friday, and no holiday.
    Workday,
    Weekend,
    Holiday,
    /// A Saturday or Sunday that is worked for a holiday.
    Makeup,
}

impl DayKind {
    pub fn is_worked(self) -> bool {
        matches!(self, DayKind::Workday | DayKind::Makeup)
    }

    pub fn said(self) -> Said {
        match self {
            DayKind::Workday => said!("workday", "工作日"),
            DayKind::Weekend => said!("weekend", "周末"),
            DayKind::Holiday => said!("holiday", "节假日"),
            DayKind::Makeup => said!("make-up workday", "调休上班日"),
        }
    }
}

/// A day of a year that no calendar was published for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no calendar covers {day}")]
pub struct OutsideCalendar {
    pub day: NaiveDate,
}

impl OutsideCalendar {
    pub fn said(self) -> Said {
        let year = self.day.year();
        said!(
            "no calendar of workdays covers {}: add the holidays of {year}, which are usually published in November of the year before",
            "没有覆盖{}的工作日历：请添加{year}年节假日安排（通常于上一年11月公布）",
            self.day
        )
    }
}

/// Holidays and make-up workdays of whole years.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    years: BTreeSet<i32>,
    days: BTreeMap<NaiveDate, (DayKind, String)>,
}

impl Calendar {
    /// The calendar that is shipped: mainland China, 2026.
    pub fn shipped() -> Calendar {
        Calendar::parse("cn-2026.csv", CHINA_2026).unwrap_or_default()
    }

    /// Reads a table `date,kind,name,source` with kind `holiday` or `makeup`. It covers the years it
    /// holds days of, whole; a year with hardly any holidays is refused as unfinished.
    pub fn parse(file: &str, text: &str) -> Result<Calendar, Trouble> {
        let mut calendar = Calendar::default();
        let mut last_row_of = BTreeMap::new();
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| unreadable(text, &e).in_file(file))?.clone();
        let column = |name: &str| {
            let said = || said!("the column “{name}” is missing", "缺少“{name}”栏");
            let at = header.iter().position(|h| h.eq_ignore_ascii_case(name));
            at.ok_or_else(|| Trouble::new(said()).in_file(file).at_row(1).in_field(name))
        };
        let (date, kind, name) = (column("date")?, column("kind")?, column("name")?);
        for record in reader.records() {
            let record = record.map_err(|e| unreadable(text, &e).in_file(file))?;
            let start = record.position().map_or(0, csv::Position::byte);
            let field = |at: usize| record.get(at).unwrap_or("");
            let wrong = |field: &str, said: Said| Trouble::new(said).in_file(file).at_byte(text, start).in_field(field);
            let day = parse_day(field(date)).map_err(|said| wrong("date", said))?;
            let kind = parse_kind(field(kind), day).map_err(|said| wrong("kind", said))?;
            if calendar.days.insert(day, (kind, field(name).to_owned())).is_some() {
                return Err(wrong("date", said!("{day} stands twice", "{day}重复出现")));
            }
            calendar.years.insert(day.year());
            last_row_of.insert(day.year(), start);
        }
        for (year, start) in last_row_of {
            let holidays = calendar.days_of(year, DayKind::Holiday).count();
            if holidays < FEWEST_HOLIDAYS {
                let said = said!(
                    "{year} has only {holidays} holidays in this file: complete the year or remove its rows",
                    "文件中{year}年只有{holidays}个节假日：请补全该年，或删去该年的行"
                );
                return Err(Trouble::new(said).in_file(file).at_byte(text, start).in_field("date"));
            }
        }
        Ok(calendar)
    }

    /// A calendar as a programme's seal names it.
    pub fn of_days(years: &[i32], holidays: &[NaiveDate], makeups: &[NaiveDate]) -> Calendar {
        let days =
            |all: &[NaiveDate], kind| all.iter().map(move |day| (*day, (kind, String::new()))).collect::<Vec<_>>();
        Calendar {
            years: years.iter().copied().collect(),
            days: days(holidays, DayKind::Holiday).into_iter().chain(days(makeups, DayKind::Makeup)).collect(),
        }
    }

    /// Puts the years of another calendar beside this one's. The error is a year that both cover.
    pub fn merge(mut self, other: Calendar) -> Result<Calendar, i32> {
        if let Some(year) = self.years.intersection(&other.years).next() {
            return Err(*year);
        }
        self.years.extend(other.years);
        self.days.extend(other.days);
        Ok(self)
    }

    /// What an office decided about one covered day for itself.
    pub fn overrule(&mut self, day: NaiveDate, kind: DayKind, name: &str) -> Result<(), OutsideCalendar> {
        self.day_kind(day)?;
        self.days.insert(day, (kind, name.to_owned()));
        Ok(())
    }

    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.iter().copied()
    }

    /// The last day of the covered years that follow each other from `day` on; `None` if not covered.
    pub fn covered_until(&self, day: NaiveDate) -> Option<NaiveDate> {
        let last = (day.year()..).take_while(|year| self.years.contains(year)).last()?;
        NaiveDate::from_ymd_opt(last, 12, 31)
    }

    pub fn day_kind(&self, day: NaiveDate) -> Result<DayKind, OutsideCalendar> {
        if !self.years.contains(&day.year()) {
            return Err(OutsideCalendar { day });
        }
        let by_weekday = || match day.weekday() {
            Weekday::Sat | Weekday::Sun => DayKind::Weekend,
            _ => DayKind::Workday,
        };
        Ok(self.days.get(&day).map_or_else(by_weekday, |(kind, _)| *kind))
    }

    /// The name of a holiday or of what a make-up day makes up for.
    pub fn name_of(&self, day: NaiveDate) -> Option<&str> {
        self.days.get(&day).map(|(_, name)| name.as_str())
    }

    pub fn is_workday(&self, day: NaiveDate) -> Result<bool, OutsideCalendar> {
        self.day_kind(day).map(DayKind::is_worked)
    }

    /// The last workday before `day`: the evening on which its frames are sealed.
    pub fn previous_workday(&self, day: NaiveDate) -> Result<NaiveDate, OutsideCalendar> {
        self.search(day, |day| day.pred_opt())
    }

    pub fn next_workday(&self, day: NaiveDate) -> Result<NaiveDate, OutsideCalendar> {
        self.search(day, |day| day.succ_opt())
    }

    fn search(
        &self,
        from: NaiveDate,
        step: impl Fn(NaiveDate) -> Option<NaiveDate>,
    ) -> Result<NaiveDate, OutsideCalendar> {
        let mut day = from;
        loop {
            day = step(day).ok_or(OutsideCalendar { day })?;
            if self.is_workday(day)? {
                return Ok(day);
            }
        }
    }

    /// The days of a year that the file or the office named, of one kind, in order.
    pub fn days_of(&self, year: i32, kind: DayKind) -> impl Iterator<Item = NaiveDate> {
        let named = self.days.iter().filter(move |(day, (k, _))| day.year() == year && *k == kind);
        named.map(|(day, _)| *day)
    }
}

fn unreadable(text: &str, error: &csv::Error) -> Trouble {
    let trouble = Trouble::new(said!(
        "this row is no row of the table: expected date,kind,name,source",
        "此行不符合表格格式：应为 date,kind,name,source"
    ));
    match error.position() {
        Some(position) => trouble.at_byte(text, position.byte()),
        None => trouble,
    }
}

/// `2026-02-15`, or `2026/2/15` as spreadsheets save it.
fn parse_day(text: &str) -> Result<NaiveDate, Said> {
    let read = NaiveDate::parse_from_str(&text.replace('/', "-"), "%Y-%m-%d");
    read.map_err(|_| said!("“{text}” is not a date: write 2026-02-15", "“{text}”不是日期：应写成2026-02-15"))
}

fn parse_kind(text: &str, day: NaiveDate) -> Result<DayKind, Said> {
    match text {
        "holiday" | "放假" => Ok(DayKind::Holiday),
        "makeup" | "补班" => match day.weekday() {
            Weekday::Sat | Weekday::Sun => Ok(DayKind::Makeup),
            _ => Err(said!(
                "{day} is a weekday: only a Saturday or Sunday can be a make-up workday",
                "{day}不是周末：只有周六或周日才能是调休上班日"
            )),
        },
        _ => Err(said!("“{text}” is neither holiday nor makeup", "“{text}”既不是holiday（放假）也不是makeup（补班）")),
    }
}
