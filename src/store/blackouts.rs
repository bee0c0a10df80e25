//! Regions that are not visited for some days, and the lines that they stop.

use super::bulk::{self, Cell, Counted};
use super::register::{posting, stored_day};
use super::{Result, Tx, day_text, parsed};
use crate::model::register::Blackout;
use crate::model::{PlaceId, Timestamp, WindowId};
use chrono::NaiveDate;

statements! {
    ALL_BLACKOUTS = "SELECT region, from_day, to_day, reason FROM blackout ORDER BY region, from_day";
    BLACKOUTS_ON = "SELECT region, from_day, to_day, reason FROM blackout WHERE from_day <= $1 AND to_day >= $1 ORDER BY region, from_day";
    // Visits of windows that are not over; a place is a village or a team in one.
    STOPPED = "SELECT DISTINCT l.id, l.place FROM blackout b JOIN window_seal s ON s.day >= b.from_day AND s.day <= b.to_day
        JOIN line l ON l.id = s.id LEFT JOIN team t ON t.id = l.place JOIN village v ON v.id = COALESCE(t.village, l.place)
        WHERE s.ends_at > $1 AND l.kind = 'visit' AND l.state IS NULL AND l.assignment IS NOT NULL
        AND substr(v.region, 1, length(b.region)) = b.region ORDER BY l.id, l.place";
}

type Columns = (String, String, String, String);

fn blackout((region, from, to, reason): Columns) -> Result<Blackout> {
    Ok(Blackout { span: posting("blackout", &region, Some(&from), Some(&to))?, region, reason })
}

impl Tx {
    /// Every blackout ever declared, in the order of its key.
    pub async fn all_blackouts(&mut self) -> Result<Vec<Blackout>> {
        fetch_all!(self, Columns, ALL_BLACKOUTS).into_iter().map(blackout).collect()
    }

    pub async fn blackouts_on(&mut self, day: NaiveDate) -> Result<Vec<Blackout>> {
        fetch_all!(self, Columns, BLACKOUTS_ON, stored_day(day)).into_iter().map(blackout).collect()
    }

    pub async fn put_blackouts(&mut self, all: &[Blackout]) -> Result<Counted> {
        let row = |one: &Blackout| {
            [
                one.region.as_str().into(),
                day_text(one.span.from).unwrap_or_default().into(),
                day_text(one.span.to).unwrap_or_default().into(),
                one.reason.as_str().into(),
            ]
        };
        let rows: Vec<[Cell; 4]> = all.iter().map(row).collect();
        bulk::insert(
            self,
            "INSERT INTO blackout (region, from_day, to_day, reason) ",
            &rows,
            " ON CONFLICT (region, from_day) DO UPDATE SET to_day = excluded.to_day, reason = excluded.reason",
        )
        .await
    }

    /// Open visits of windows that are not over, in regions that are not visited on their day.
    pub async fn stopped_visits(&mut self, now: Timestamp) -> Result<Vec<(WindowId, PlaceId)>> {
        fetch_all!(self, (String, String), STOPPED, now.0)
            .into_iter()
            .map(|(id, place)| Ok((parsed("line", "id", &id, &id)?, parsed("line", "place", &id, &place)?)))
            .collect()
    }
}
