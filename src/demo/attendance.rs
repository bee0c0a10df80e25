//! Which attendance and leave files arrive at the office, when, and what they cover.
//!
//! The truth does not depend on the cadence: the same county can be run with daily and with monthly
//! files and must come to the same verdicts.

use super::county::ZONE;
use super::dice::Dice;
use super::truth::Oracle;
use super::{county::County, records};
use crate::model::record::{Cadence, Source, SourceKind};
use crate::model::time::MINUTE;
use crate::model::{Said, SourceId, Timestamp};
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// How often the offices of this county send files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// Everything the next working morning; each week once more, with what was entered since.
    Daily,
    /// Everything on the third workday of the next month.
    Monthly,
    /// Devices and leave daily, telephones, trips and training monthly.
    Mixed,
}

/// The five sources of the county. Punches come from two, each of its own teams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    Devices,
    Telephones,
    Leave,
    Trips,
    Training,
}

impl Feed {
    pub const ALL: [Feed; 5] = [Feed::Devices, Feed::Telephones, Feed::Leave, Feed::Trips, Feed::Training];

    pub fn id(self) -> &'static str {
        match self {
            Feed::Devices => "punch-device",
            Feed::Telephones => "punch-phone",
            Feed::Leave => "leave",
            Feed::Trips => "trip",
            Feed::Training => "training",
        }
    }

    pub fn kind(self) -> SourceKind {
        match self {
            Feed::Devices | Feed::Telephones => SourceKind::Punch,
            Feed::Leave => SourceKind::Leave,
            Feed::Trips => SourceKind::Trip,
            Feed::Training => SourceKind::Training,
        }
    }

    /// The template its files follow: `attendance` or `leave`.
    pub fn template(self) -> &'static str {
        if self.kind() == SourceKind::Punch { "attendance" } else { "leave" }
    }

    fn cadence(self, rhythm: Rhythm) -> Cadence {
        match (rhythm, self) {
            (Rhythm::Daily, _) | (Rhythm::Mixed, Feed::Devices | Feed::Leave) => Cadence::Daily,
            _ => Cadence::Monthly,
        }
    }

    // The machine of the townships sends first; people send when they have had their tea.
    fn minute_of_day(self) -> i64 {
        match self {
            Feed::Devices => 6 * 60 + 40,
            Feed::Telephones => 8 * 60 + 5,
            Feed::Leave => 8 * 60 + 20,
            Feed::Trips => 8 * 60 + 25,
            Feed::Training => 8 * 60 + 30,
        }
    }
}

/// One file on its way to the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When the office gets it; also the moment up to which its source had written.
    pub at: Timestamp,
    pub feed: Feed,
    /// What it covers, inclusive days; it is complete for them.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// ASCII, different for every file.
    pub name: String,
    /// Rows that must be rejected: an unknown official, a day that does not exist.
    pub bad_rows: u32,
    /// Whether it holds papers that reach the office with the monthly file only.
    pub has_late_papers: bool,
}

pub struct Attendance<'a> {
    pub county: &'a County,
    pub dice: Dice,
    pub oracle: Oracle,
    pub rhythm: Rhythm,
    /// The office's calendar: no punches on other days.
    pub is_workday: &'a dyn Fn(NaiveDate) -> bool,
}

impl<'a> Attendance<'a> {
    pub fn new(
        county: &'a County,
        dice: &Dice,
        rhythm: Rhythm,
        is_workday: &'a dyn Fn(NaiveDate) -> bool,
    ) -> Attendance<'a> {
        Attendance { county, dice: dice.clone(), oracle: Oracle::new(dice), rhythm, is_workday }
    }

    /// The sources to declare. Grace: two workdays for daily files, five for monthly ones.
    pub fn sources(&self) -> Result<Vec<Source>, Said> {
        let source = |feed: Feed| {
            let cadence = feed.cadence(self.rhythm);
            Ok(Source {
                id: SourceId::parse(feed.id())?,
                kind: feed.kind(),
                cadence,
                grace_days: if cadence == Cadence::Daily { 2 } else { 5 },
                settle_hours: 0,
            })
        };
        Feed::ALL.into_iter().map(source).collect()
    }

    /// Every file that has to do with the workdays `start..=end`, by arrival. The last ones come
    /// after `end`: whoever wants the final verdicts waits for all of them.
    pub fn arrivals(&self, start: NaiveDate, end: NaiveDate) -> Vec<Arrival> {
        let mut all = Vec::new();
        for feed in Feed::ALL {
            if feed.cadence(self.rhythm) == Cadence::Daily {
                self.daily(feed, start, end, &mut all);
            }
            if feed.cadence(self.rhythm) == Cadence::Monthly || feed == Feed::Leave {
                self.monthly(feed, start, end, &mut all);
            }
        }
        all.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
        if let Some(first) = all.iter_mut().find(|a| a.feed == Feed::Leave) {
            first.bad_rows = 2;
        }
        all
    }

    /// The bytes of a file, as [`Feed`] writes them: with BOM, in GB18030, or plain.
    pub fn file(&self, arrival: &Arrival) -> Vec<u8> {
        records::file(self, arrival)
    }

    fn daily(&self, feed: Feed, start: NaiveDate, end: NaiveDate, all: &mut Vec<Arrival>) {
        for day in start.iter_days().take_while(|d| *d <= end) {
            if (self.is_workday)(day) {
                all.push(arrival(feed, self.next_workday(day, 1), day, day, "day"));
            }
            // What was entered after the fact, weekends included, is in the week's second copy.
            if day.weekday() == Weekday::Sun || day == end {
                let week = day.week(Weekday::Mon);
                let sent = self.next_workday(week.last_day(), 2);
                all.push(arrival(feed, sent, week.first_day(), week.last_day(), "week"));
            }
        }
    }

    fn monthly(&self, feed: Feed, start: NaiveDate, end: NaiveDate, all: &mut Vec<Arrival>) {
        let mut first = start.with_day(1);
        while let Some(from) = first.filter(|f| *f <= end) {
            let next = from.checked_add_months(Months::new(1));
            if let Some(to) = next.and_then(|n| n.pred_opt()) {
                let mut file = arrival(feed, self.next_workday(to, 3), from, to, "month");
                file.has_late_papers = true;
                file.at = file.at.plus(120 * MINUTE);
                all.push(file);
            }
            first = next;
        }
    }

    /// The `n`-th workday after `day`.
    fn next_workday(&self, day: NaiveDate, n: usize) -> NaiveDate {
        let after = day.iter_days().skip(1).take(400).filter(|d| (self.is_workday)(*d));
        after.take(n).last().unwrap_or(day)
    }
}

fn arrival(feed: Feed, sent: NaiveDate, from: NaiveDate, to: NaiveDate, what: &str) -> Arrival {
    let midnight = Timestamp::from_local(sent.and_time(chrono::NaiveTime::MIN), ZONE);
    let copy = if what == "week" { 15 * MINUTE } else { 0 };
    Arrival {
        at: midnight.plus(feed.minute_of_day() * MINUTE + copy),
        feed,
        from,
        to,
        name: format!("{}-{what}-{}.csv", feed.id(), from.format("%Y%m%d")),
        bad_rows: 0,
        has_late_papers: false,
    }
}

/// The day `n` days before.
pub(super) fn days_before(day: NaiveDate, n: i64) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::try_from(n).unwrap_or(0))).unwrap_or(day)
}
