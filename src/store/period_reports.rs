//! Reports of a period as they were closed, and what is asked of a period beside its windows.

use super::register::stored_day;
use super::signals::span;
use super::{Result, StoreError, Tx, parsed, touched};
use crate::model::{Days, FlagState, OfficeId, PlaceId, ProgrammeId, Timestamp, WindowId};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Assignments that hold lines of windows from `$1` on, before `$2`.
macro_rules! handed_out {
    () => {
        "(SELECT assignment FROM line WHERE id >= $1 AND id < $2 AND assignment IS NOT NULL
        UNION SELECT assignment FROM companion WHERE id >= $1 AND id < $2
        UNION SELECT assignment FROM call_try WHERE id >= $1 AND id < $2)"
    };
}

statements! {
    REPORTS_OF = "SELECT number, closed_at, closed_by, reason, sha256, body FROM period_report
        WHERE office = $1 AND from_day = $2 AND to_day = $3 ORDER BY number";
    ADD_REPORT = "INSERT INTO period_report (office, from_day, to_day, number, closed_at, closed_by, reason, sha256, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    CLOSED_SPANS = "SELECT DISTINCT office, from_day, to_day FROM period_report ORDER BY office, from_day, to_day";
    LATE_RESULTS = concat!("SELECT COUNT(*) FROM outcome WHERE received_at > $3 AND assignment IN ", handed_out!());
    LATE_VERDICTS = concat!("SELECT COUNT(*) FROM verdict WHERE judged_at > $3 AND assignment IN ", handed_out!());
    STILL_OPEN = concat!("SELECT COUNT(*) FROM assignment WHERE closed_at IS NULL AND id IN ", handed_out!());
    FLAGS_OF_DAYS = concat!(
        "SELECT office, state, COUNT(*) FROM flag WHERE assignment IN ", handed_out!(), " GROUP BY office, state ORDER BY office, state"
    );
    LAST_VISITS = "SELECT l.place, MAX(l.id) FROM line l LEFT JOIN line c ON c.id = l.credit AND c.place = l.place
        WHERE l.id >= $1 AND l.id < $2 AND l.kind = 'visit' AND COALESCE(c.state, l.state) = 'answered' GROUP BY l.place";
    WINDOWS_OF_DAYS = "SELECT COUNT(*) FROM window_seal WHERE programme = $1 AND office = $2 AND day >= $3 AND day <= $4";
    FIRST_DAY = "SELECT MIN(day) FROM window_seal WHERE programme = $1 AND office = $2";
}

/// A report that was closed, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodReportRow {
    /// 1, and one more for each correction.
    pub number: i64,
    pub closed_at: Timestamp,
    pub closed_by: String,
    /// Why it corrects the one before; empty for the first.
    pub reason: String,
    pub sha256: String,
    pub body: String,
}

/// What came after a report was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Late {
    pub results: i64,
    pub verdicts: i64,
}

/// A day's windows and those of the days up to the last: ids sort by day.
fn of_days(programme: &ProgrammeId, office: &OfficeId, days: Days) -> (String, String) {
    span(programme, office, days.from, days.to.succ_opt().unwrap_or(days.to))
}

impl Tx {
    /// All reports of one period, the first one first.
    pub async fn period_reports(&mut self, office: &OfficeId, days: Days) -> Result<Vec<PeriodReportRow>> {
        type Columns = (i64, i64, String, String, String, String);
        let (from, to) = (stored_day(days.from), stored_day(days.to));
        let rows = fetch_all!(self, Columns, REPORTS_OF, office.as_str(), from, to);
        let row = |(number, closed_at, closed_by, reason, sha256, body): Columns| {
            let closed_at = Timestamp(closed_at);
            PeriodReportRow { number, closed_at, closed_by, reason, sha256, body }
        };
        Ok(rows.into_iter().map(row).collect())
    }

    pub async fn add_period_report(&mut self, office: &OfficeId, days: Days, row: &PeriodReportRow) -> Result<()> {
        let n = execute!(
            self,
            ADD_REPORT,
            office.as_str(),
            stored_day(days.from),
            stored_day(days.to),
            row.number,
            row.closed_at.0,
            row.closed_by.as_str(),
            row.reason.as_str(),
            row.sha256.as_str(),
            row.body.as_str()
        );
        touched("period report", n, 1)
    }

    /// Other periods of an office of which a report is closed.
    pub async fn closed_beside(&mut self, office: &OfficeId, days: Days) -> Result<Vec<Days>> {
        let mut beside = Vec::new();
        for (of, from, to) in fetch_all!(self, (String, String, String), CLOSED_SPANS) {
            let day = |text: &str| parsed::<NaiveDate>("period_report", "from_day", &of, text);
            let other = Days { from: day(&from)?, to: day(&to)? };
            if of == office.as_str() && other != days && other.overlaps(days) {
                beside.push(other);
            }
        }
        Ok(beside)
    }

    /// Windows that were sealed for these days.
    pub async fn windows_of_days(&mut self, programme: &ProgrammeId, office: &OfficeId, days: Days) -> Result<i64> {
        let (from, to) = (stored_day(days.from), stored_day(days.to));
        let found = fetch_optional!(self, (i64,), WINDOWS_OF_DAYS, programme.as_str(), office.as_str(), from, to);
        Ok(found.map_or(0, |(n,)| n))
    }

    /// Years whose report is closed, for retention: nothing of a year goes before that (EVIDENCE 5).
    pub async fn closed_years(&mut self) -> Result<BTreeSet<(OfficeId, i32)>> {
        let mut years = BTreeSet::new();
        for (id, from, to) in fetch_all!(self, (String, String, String), CLOSED_SPANS) {
            let day = |text: &str| parsed::<NaiveDate>("period_report", "from_day", &id, text);
            if let Some(year) = (Days { from: day(&from)?, to: day(&to)? }).year() {
                years.insert((parsed("period_report", "office", &id, &id)?, year));
            }
        }
        Ok(years)
    }

    /// Results and verdicts on the windows of these days that came after an instant.
    pub async fn late_for(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        days: Days,
        after: Timestamp,
    ) -> Result<Late> {
        let (first, end) = of_days(programme, office, days);
        let results = fetch_optional!(self, (i64,), LATE_RESULTS, first.as_str(), end.as_str(), after.0);
        let verdicts = fetch_optional!(self, (i64,), LATE_VERDICTS, first.as_str(), end.as_str(), after.0);
        Ok(Late { results: results.map_or(0, |(n,)| n), verdicts: verdicts.map_or(0, |(n,)| n) })
    }

    /// Assignments with lines of these days that are not closed.
    pub async fn still_open(&mut self, programme: &ProgrammeId, office: &OfficeId, days: Days) -> Result<i64> {
        let (first, end) = of_days(programme, office, days);
        Ok(fetch_optional!(self, (i64,), STILL_OPEN, first, end).map_or(0, |(n,)| n))
    }

    /// Flags on what the windows of these days found, by office and state.
    pub async fn flags_of_days(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        days: Days,
    ) -> Result<Vec<(OfficeId, FlagState, u64)>> {
        let (first, end) = of_days(programme, office, days);
        let rows = fetch_all!(self, (String, String, i64), FLAGS_OF_DAYS, first, end);
        let row = |(office, state, n): (String, String, i64)| {
            let of = parsed("flag", "office", &office, &office)?;
            Ok((of, parsed("flag", "state", &office, &state)?, u64::try_from(n).unwrap_or(0)))
        };
        rows.into_iter().map(row).collect()
    }

    /// The day of each place's last executed visit, up to a day.
    pub async fn last_visits(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        to: NaiveDate,
    ) -> Result<Vec<(PlaceId, NaiveDate)>> {
        let (first, end) = of_days(programme, office, Days { from: NaiveDate::default(), to });
        let rows = fetch_all!(self, (String, String), LAST_VISITS, first, end);
        let row = |(place, window): (String, String)| {
            let id: WindowId = parsed("line", "id", &window, &window)?;
            Ok((parsed("line", "place", &window, &place)?, id.day))
        };
        rows.into_iter().map(row).collect()
    }

    /// The day of a programme's first window.
    pub async fn first_day(&mut self, programme: &ProgrammeId, office: &OfficeId) -> Result<Option<NaiveDate>> {
        let day = fetch_optional!(self, (Option<String>,), FIRST_DAY, programme.as_str(), office.as_str());
        let day = day.and_then(|(day,)| day);
        day.map(|day| parsed("window_seal", "day", &day, &day)).transpose()
    }
}

impl PeriodReportRow {
    /// # Errors
    /// Its bytes are not those that were closed.
    pub fn check(&self, sha256: &str) -> Result<()> {
        let same = self.sha256 == sha256;
        same.then_some(()).ok_or_else(|| StoreError::Inconsistent {
            table: "period_report",
            column: "body",
            id: self.number.to_string(),
            found: "other bytes than were closed".to_owned(),
        })
    }
}
