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

    pub fn code(self) -> &'static str {
        match self {
            DayKind::Workday => "workday",
            DayKind::Weekend => "weekend",
            DayKind::Holiday => "holiday",
            DayKind::Makeup => "makeup",
        }
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

type Named = BTreeMap<NaiveDate, (DayKind, String)>;

/// Holidays and make-up workdays of whole years; and days that are others in some regions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    years: BTreeSet<i32>,
    days: Named,
    /// By the code of a region, or its name until [`Calendar::name_regions`].
    local: BTreeMap<String, Named>,
    /// Of each region with days of its own: the whole calendar there.
    regions: BTreeMap<String, Calendar>,
}

impl Calendar {
    /// The calendar that is shipped: mainland China, 2026.
    pub fn shipped() -> Calendar {
        Calendar::parse("cn-2026.csv", CHINA_2026).unwrap_or_default()
    }

    /// Reads a table `date,kind,name,source` (`日期,类型,名称,来源`) with kind `holiday` (`放假`) or `makeup` (`补班`). It covers the years it
    /// holds days of, whole; a year with hardly any holidays is refused as unfinished.
    ///
    /// A row with something in a column `region` speaks of that region alone: there a day may also be a `workday`.
    /// Such rows cover no year.
    pub fn parse(file: &str, text: &str) -> Result<Calendar, Trouble> {
        let mut calendar = Calendar::default();
        let mut last_row_of = BTreeMap::new();
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| unreadable(text, &e).in_file(file))?.clone();
        let at =
            |name: &str, own: &[&str]| header.iter().position(|h| h.eq_ignore_ascii_case(name) || own.contains(&h));
        let column = |name: &str, own: &[&str]| {
            let or = own.first().unwrap_or(&name);
            let said = || said!("the column “{name}” is missing", "缺少“{or}”（{name}）栏");
            at(name, own).ok_or_else(|| Trouble::new(said()).in_file(file).at_row(1).in_field(name))
        };
        let date = column("date", &["日期"])?;
        let (kind, name) = (column("kind", &["类型", "类别"])?, column("name", &["名称", "节日"])?);
        let region = at("region", &["地区"]);
        for record in reader.records() {
            let record = record.map_err(|e| unreadable(text, &e).in_file(file))?;
            let start = record.position().map_or(0, csv::Position::byte);
            let field = |at: usize| record.get(at).unwrap_or("");
            let wrong = |field: &str, said: Said| Trouble::new(said).in_file(file).at_byte(text, start).in_field(field);
            let day = parse_day(field(date)).map_err(|said| wrong("date", said))?;
            let region = region.map_or("", field);
            let kind = match region {
                "" => parse_kind(field(kind), day),
                _ => parse_local_kind(field(kind), day),
            };
            let kind = kind.map_err(|said| wrong("kind", said))?;
            if !region.is_empty() {
                let days = calendar.local.entry(region.to_owned()).or_default();
                if days.insert(day, (kind, field(name).to_owned())).is_some() {
                    return Err(wrong("date", said!("{day} stands twice for “{region}”", "“{region}”的{day}重复出现")));
                }
                continue;
            }
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
        calendar.settle();
        Ok(calendar)
    }

    /// The calendar of a region, by its code: that of the longest code of one with days of its own, else everywhere's.
    pub fn of(&self, region: &str) -> &Calendar {
        let codes = (1..=region.len()).rev().filter_map(|length| region.get(..length));
        codes.into_iter().find_map(|code| self.regions.get(code)).unwrap_or(self)
    }

    /// Whether some region below has days of its own.
    pub fn differs_below(&self, region: &str) -> bool {
        self.regions.keys().any(|code| code.len() > region.len() && code.starts_with(region))
    }

    /// Regions below one that rest on a day, as they are named, each with the name of the day.
    pub fn resting_below(&self, region: &str, day: NaiveDate) -> Vec<(&str, &str)> {
        let below = self.regions.iter().filter(|(code, _)| code.len() > region.len() && code.starts_with(region));
        let rests = below.filter(|(_, calendar)| calendar.is_workday(day) == Ok(false));
        rests.map(|(code, calendar)| (code.as_str(), calendar.name_of(day).unwrap_or_default())).collect()
    }

    /// Puts the code of each region in the place of its name, which may be a code already.
    ///
    /// # Errors
    /// The first one for which there is no code.
    pub fn name_regions(&mut self, code: impl Fn(&str) -> Result<String, Trouble>) -> Result<(), Trouble> {
        let mut local: BTreeMap<String, Named> = BTreeMap::new();
        for (region, days) in &self.local {
            local.entry(code(region)?).or_default().extend(days.clone());
        }
        self.local = local;
        self.settle();
        Ok(())
    }

    /// The regions that have days of their own, as the files name them.
    pub fn named_regions(&self) -> impl Iterator<Item = &str> {
        self.local.keys().map(String::as_str)
    }

    /// Days of a region count there and below it; of two regions the smaller one decides.
    fn settle(&mut self) {
        let whole = |code: &String| {
            let mut here = Calendar { years: self.years.clone(), days: self.days.clone(), ..Calendar::default() };
            // In the order of texts a code comes before all that begin with it.
            for (_, days) in self.local.iter().filter(|(above, _)| code.starts_with(above.as_str())) {
                here.days.extend(days.clone());
            }
            (code.clone(), here)
        };
        self.regions = self.local.keys().map(whole).collect();
    }

    /// A calendar as a programme's seal names it.
    pub fn of_days(years: &[i32], holidays: &[NaiveDate], makeups: &[NaiveDate]) -> Calendar {
        let days =
            |all: &[NaiveDate], kind| all.iter().map(move |day| (*day, (kind, String::new()))).collect::<Vec<_>>();
        Calendar {
            years: years.iter().copied().collect(),
            days: days(holidays, DayKind::Holiday).into_iter().chain(days(makeups, DayKind::Makeup)).collect(),
            ..Calendar::default()
        }
    }

    /// Puts the years of another calendar beside this one's. The error is a year that both cover.
    pub fn merge(mut self, other: Calendar) -> Result<Calendar, i32> {
        if let Some(year) = self.years.intersection(&other.years).next() {
            return Err(*year);
        }
        self.years.extend(other.years);
        self.days.extend(other.days);
        for (region, days) in other.local {
            self.local.entry(region).or_default().extend(days);
        }
        self.settle();
        Ok(self)
    }

    /// Adds those years of the calendar that is shipped which this one does not cover.
    pub fn or_shipped(self) -> Calendar {
        let mut shipped = Calendar::shipped();
        shipped.years.retain(|year| !self.years.contains(year));
        shipped.days.retain(|day, _| shipped.years.contains(&day.year()));
        // No year is in the way any more.
        shipped.merge(self).unwrap_or_default()
    }

    /// What an office decided about one covered day for itself.
    pub fn overrule(&mut self, day: NaiveDate, kind: DayKind, name: &str) -> Result<(), OutsideCalendar> {
        self.day_kind(day)?;
        self.days.insert(day, (kind, name.to_owned()));
        self.settle();
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

/// What a region may make of a day: also a workday of a holiday.
fn parse_local_kind(text: &str, day: NaiveDate) -> Result<DayKind, Said> {
    match (text, day.weekday()) {
        ("holiday" | "放假", _) => Ok(DayKind::Holiday),
        ("workday" | "makeup" | "上班" | "补班", Weekday::Sat | Weekday::Sun) => Ok(DayKind::Makeup),
        ("workday" | "makeup" | "上班" | "补班", _) => Ok(DayKind::Workday),
        _ => {
            Err(said!("“{text}” is neither holiday nor workday", "“{text}”既不是holiday（放假）也不是workday（上班）"))
        }
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
