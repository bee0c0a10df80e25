//! What raises the risk of a place: registered signals, confirmed flags, visits that were not carried out.
//!
//! And how many visits each place has had in a span of days, for rules that demand a number.

use super::bulk::{self, Cell, Counted};
use super::register::{posting, stored_day};
use super::{Result, StoreError, Tx, day_text, parsed};
use crate::model::{OfficeId, PlaceId, PlaceSignal, ProgrammeId, SignalKind, Timestamp};
use chrono::NaiveDate;

statements! {
    ALL_SIGNALS = "SELECT place, kind, from_day, to_day, reason FROM signal ORDER BY place, kind, from_day";
    SIGNALS = "SELECT s.place, s.kind, own.village, inside.id FROM signal s
        LEFT JOIN team own ON own.id = s.place LEFT JOIN team inside ON inside.village = s.place
        WHERE s.from_day <= $1 AND s.to_day >= $1";
    CONFIRMED = "SELECT f.id, l.place, own.village, inside.id FROM flag f
        JOIN line l ON l.assignment = f.assignment AND l.code = f.line
        LEFT JOIN team own ON own.id = l.place
        LEFT JOIN official o ON o.id = f.official LEFT JOIN team inside ON inside.id = o.team AND (inside.village = l.place
            OR EXISTS (SELECT 1 FROM village_move m WHERE m.kind = 'team' AND m.id = inside.id AND m.from_village = l.place))
        WHERE f.state IN ('confirmed', 'upheld') AND f.opened_at >= $1 AND f.opened_at < $2";
    NOT_EXECUTED = "SELECT l.place, COUNT(*) FROM line l
        LEFT JOIN line c ON c.id = l.credit AND c.place = l.place
        LEFT JOIN hazard h ON h.programme = $1 AND h.office = $2 AND h.place = l.place
        WHERE l.id >= $3 AND l.id < $4 AND l.kind = 'visit' AND l.origin <> 'announced'
        AND COALESCE(c.state, l.state) IN ('not_done', 'no_reply', 'not_dispatched', 'blackout')
        AND (h.place IS NULL OR h.visited = 0 OR l.eligible > h.executed)
        GROUP BY l.place";
    VISITS = "SELECT l.place, COUNT(*), SUM(CASE WHEN l.origin = 'announced' THEN 1 ELSE 0 END),
        SUM(CASE WHEN COALESCE(c.state, l.state) IS NULL THEN 1 ELSE 0 END)
        FROM line l LEFT JOIN line c ON c.id = l.credit AND c.place = l.place
        WHERE l.id >= $1 AND l.id < $2 AND l.kind = 'visit'
        AND (COALESCE(c.state, l.state) IS NULL OR COALESCE(c.state, l.state) = 'answered')
        GROUP BY l.place";
}

/// A signal in force, and the places beside its own that it also speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    pub place: PlaceId,
    pub kind: SignalKind,
    pub also: Option<PlaceId>,
}

/// A confirmed flag, and a place that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flagged {
    pub flag: String,
    pub place: PlaceId,
    pub also: Option<PlaceId>,
}

/// Visits of a place in a span of days: carried out, or still under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VisitCount {
    pub visits: u32,
    /// How many of them were announced.
    pub announced: u32,
    /// How many of them have no result yet.
    pub open: u32,
}

type SignalColumns = (String, String, String, String, String);
type Reaching = (String, String, Option<String>, Option<String>);

fn kind(place: &str, text: &str) -> Result<SignalKind> {
    text.parse().map_err(|()| StoreError::Inconsistent {
        table: "signal",
        column: "kind",
        id: place.to_owned(),
        found: text.to_owned(),
    })
}

fn place(table: &'static str, id: &str) -> Result<PlaceId> {
    parsed(table, "place", id, id)
}

fn count(number: Option<i64>) -> u32 {
    number.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}

/// All windows of a programme in an office from one day on, before another: ids sort by day.
pub(super) fn span(programme: &ProgrammeId, office: &OfficeId, from: NaiveDate, before: NaiveDate) -> (String, String) {
    let id = |day: NaiveDate| format!("{programme}/{office}/{}", stored_day(day));
    (id(from), id(before))
}

impl Tx {
    /// Every signal ever registered, in the order of its key.
    pub async fn all_signals(&mut self) -> Result<Vec<PlaceSignal>> {
        fetch_all!(self, SignalColumns, ALL_SIGNALS)
            .into_iter()
            .map(|(id, kind_text, from, to, reason)| {
                Ok(PlaceSignal {
                    kind: kind(&id, &kind_text)?,
                    span: posting("signal", &id, Some(&from), Some(&to))?,
                    place: place("signal", &id)?,
                    reason,
                })
            })
            .collect()
    }

    /// Signals in force on a day. One of a village speaks of its teams, one of a team of its village.
    pub async fn signals(&mut self, day: NaiveDate) -> Result<Vec<Noted>> {
        fetch_all!(self, Reaching, SIGNALS, stored_day(day))
            .into_iter()
            .map(|(id, kind_text, village, team)| {
                let also = village.or(team).map(|other| place("team", &other)).transpose()?;
                Ok(Noted { kind: kind(&id, &kind_text)?, place: place("signal", &id)?, also })
            })
            .collect()
    }

    pub async fn put_signals(&mut self, signals: &[PlaceSignal]) -> Result<Counted> {
        let rows: Vec<[Cell; 5]> = signals
            .iter()
            .map(|s| {
                [
                    s.place.as_str().into(),
                    s.kind.code().into(),
                    day_text(s.span.from).unwrap_or_default().into(),
                    day_text(s.span.to).unwrap_or_default().into(),
                    s.reason.as_str().into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO signal (place, kind, from_day, to_day, reason) ",
            &rows,
            " ON CONFLICT (place, kind, from_day) DO UPDATE SET to_day = excluded.to_day, reason = excluded.reason",
        )
        .await
    }

    /// Flags opened in `[from, before)` that people confirmed, by the place where they were found.
    pub async fn confirmed_flags(&mut self, from: Timestamp, before: Timestamp) -> Result<Vec<Flagged>> {
        fetch_all!(self, Reaching, CONFIRMED, from.0, before.0)
            .into_iter()
            .map(|(flag, id, village, team)| {
                let also = village.or(team).map(|other| place("team", &other)).transpose()?;
                Ok(Flagged { flag, place: place("line", &id)?, also })
            })
            .collect()
    }

    /// Drawn visits of `[from, before)` that nobody carried out since the place's last executed one.
    pub async fn not_executed(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        from: NaiveDate,
        before: NaiveDate,
    ) -> Result<Vec<(PlaceId, u32)>> {
        let (first, end) = span(programme, office, from, before);
        fetch_all!(self, (String, i64), NOT_EXECUTED, programme.as_str(), office.as_str(), first, end)
            .into_iter()
            .map(|(id, n)| Ok((place("line", &id)?, count(Some(n)))))
            .collect()
    }

    /// Visits of `[from, before)` by place: those carried out and those still under way.
    pub async fn visits(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        from: NaiveDate,
        before: NaiveDate,
    ) -> Result<Vec<(PlaceId, VisitCount)>> {
        let (first, end) = span(programme, office, from, before);
        fetch_all!(self, (String, i64, Option<i64>, Option<i64>), VISITS, first, end)
            .into_iter()
            .map(|(id, all, announced, open)| {
                let counts = VisitCount { visits: count(Some(all)), announced: count(announced), open: count(open) };
                Ok((place("line", &id)?, counts))
            })
            .collect()
    }
}
