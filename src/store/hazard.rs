//! How long each place of a programme has been waiting: one row a place.

use super::bulk::{self, Cell};
use super::sql::json_rows;
use super::{Result, Tx, lines, parsed};
use crate::model::{OfficeId, PlaceId, ProgrammeId};
use std::collections::BTreeMap;

statements! {
    HAZARD = "SELECT string_agg(place || '\t' || CAST(start_age AS TEXT) || '\t' || CAST(missed AS TEXT) || '\t' || CAST(executed AS TEXT) || '\t'
        || CAST(visited AS TEXT), '\n') FROM hazard WHERE programme = $1 AND office = $2";
    HAZARD_OF = "SELECT start_age, missed, executed, visited FROM hazard WHERE programme = $1 AND office = $2 AND place = $3";
    MARK_EXECUTED = "UPDATE hazard SET executed = j.value ->> 3, visited = 1 FROM json_each($1) AS j
        WHERE programme = j.value ->> 0 AND office = j.value ->> 1 AND place = j.value ->> 2 AND (visited = 0 OR executed < j.value ->> 3)",
    postgres = "UPDATE hazard SET executed = CAST(j ->> 3 AS BIGINT), visited = 1 FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j
        WHERE programme = j ->> 0 AND office = j ->> 1 AND place = j ->> 2 AND (visited = 0 OR executed < CAST(j ->> 3 AS BIGINT))";
}

/// How long a place has been waiting. Its count of eligible windows is the number of the programme's
/// sealed windows less those that it missed, so that a seal writes only the places that miss one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HazardRow {
    /// The drawn initial age of a place that was never visited.
    pub start_age: i64,
    /// Sealed windows in which the place was not eligible, or not there yet.
    pub missed: i64,
    /// Its count of eligible windows as it stood at the window of the last executed visit.
    pub executed: i64,
    pub visited: bool,
}

impl HazardRow {
    /// Eligible windows among so many sealed ones.
    pub fn eligible(&self, sealed: i64) -> i64 {
        (sealed - self.missed).max(0)
    }

    /// Eligible windows since the last executed visit, after so many sealed windows.
    pub fn age(&self, sealed: i64) -> u32 {
        let eligible = self.eligible(sealed);
        let age = if self.visited { eligible - self.executed } else { self.start_age + eligible };
        u32::try_from(age.max(0)).unwrap_or(u32::MAX)
    }
}

impl Tx {
    /// In the byte order of places.
    pub async fn hazard(&mut self, programme: &ProgrammeId, office: &OfficeId) -> Result<Vec<(PlaceId, HazardRow)>> {
        let text = fetch_optional!(self, (Option<String>,), HAZARD, programme.as_str(), office.as_str());
        let mut rows: Vec<(PlaceId, HazardRow)> =
            lines::read(text, |[place, start_age, missed, executed, visited]: [&str; 5]| {
                let number = |column, text| parsed("hazard", column, place, text);
                let row = HazardRow {
                    start_age: number("start_age", start_age)?,
                    missed: number("missed", missed)?,
                    executed: number("executed", executed)?,
                    visited: number("visited", visited)? != 0,
                };
                Ok((parsed("hazard", "place", place, place)?, row))
            })?;
        rows.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Ok(rows)
    }

    pub async fn hazard_of(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        place: &PlaceId,
    ) -> Result<Option<HazardRow>> {
        let columns = (programme.as_str(), office.as_str(), place.as_str());
        let row = fetch_optional!(self, (i64, i64, i64, i64), HAZARD_OF, columns.0, columns.1, columns.2);
        Ok(row.map(|(start_age, missed, executed, visited)| HazardRow {
            start_age,
            missed,
            executed,
            visited: visited != 0,
        }))
    }

    /// Adds places and moves their counts on. What was executed is [`Tx::mark_executed`]'s alone, so that
    /// a result that comes in meanwhile is not lost.
    pub async fn put_hazard(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        rows: &[(PlaceId, HazardRow)],
    ) -> Result<()> {
        let rows: Vec<[Cell; 7]> = rows
            .iter()
            .map(|(place, h)| {
                [
                    programme.as_str().into(),
                    office.as_str().into(),
                    place.as_str().into(),
                    h.start_age.into(),
                    h.missed.into(),
                    h.executed.into(),
                    h.visited.into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO hazard (programme, office, place, start_age, missed, executed, visited) ",
            &rows,
            " ON CONFLICT (programme, office, place) DO UPDATE SET missed = excluded.missed",
        )
        .await?;
        Ok(())
    }

    /// Drawn visits of places were carried out: each starts again from the count of that window.
    pub async fn mark_executed(&mut self, visits: &[(&ProgrammeId, &OfficeId, &PlaceId, i64)]) -> Result<()> {
        // A place that was visited for several windows has one row: the latest of them counts.
        let mut latest = BTreeMap::new();
        for (programme, office, place, eligible) in visits {
            let count = latest.entry((programme.as_str(), office.as_str(), place.as_str())).or_insert(*eligible);
            *count = (*count).max(*eligible);
        }
        let rows: Vec<_> = latest.iter().map(|((programme, office, place), n)| (programme, office, place, n)).collect();
        if !rows.is_empty() {
            execute!(self, MARK_EXECUTED, json_rows(&rows));
        }
        Ok(())
    }
}
