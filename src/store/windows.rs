//! Seals, hazard, beacons, draws and voids: one row a window, ever.

use super::bulk::{self, Cell};
use super::register::stored_day;
use super::{Result, Tx, parsed};
use crate::model::{OfficeId, PlaceId, ProgrammeId, Sha256, Timestamp, Window, WindowId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

statements! {
    PROGRAMME_SEAL = "SELECT anchor, sealed_at, content FROM programme_seal WHERE programme = $1 AND office = $2";
    ADD_PROGRAMME_SEAL = "INSERT INTO programme_seal (programme, office, anchor, sealed_at, content) VALUES ($1, $2, $3, $4, $5)";
    SEALS_OF_DAY = "SELECT id, starts_at, ends_at, draw_at, chain_index, root, frame, duty, places, sum_p, sealed_at
        FROM window_seal WHERE office = $1 AND day = $2 ORDER BY starts_at, id";
    SEAL = "SELECT id, starts_at, ends_at, draw_at, chain_index, root, frame, duty, places, sum_p, sealed_at FROM window_seal WHERE id = $1";
    SEALS_DUE = "SELECT s.id, s.starts_at, s.ends_at, s.draw_at, s.chain_index, s.root, s.frame, s.duty, s.places, s.sum_p, s.sealed_at
        FROM window_seal s LEFT JOIN draw d ON d.id = s.id LEFT JOIN window_void v ON v.id = s.id
        WHERE s.office = $1 AND s.draw_at <= $2 AND d.id IS NULL AND v.id IS NULL ORDER BY s.draw_at, s.id";
    NEXT_DRAW = "SELECT MIN(s.draw_at) FROM window_seal s LEFT JOIN draw d ON d.id = s.id LEFT JOIN window_void v ON v.id = s.id
        WHERE s.office = $1 AND d.id IS NULL AND v.id IS NULL";
    ADD_SEAL = "INSERT INTO window_seal (id, programme, office, day, slot, starts_at, ends_at, draw_at, chain_index, root, frame, duty,
        places, sum_p, sealed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    LAST_SEALED_DAY = "SELECT MAX(day) FROM window_seal WHERE programme = $1 AND office = $2";
    LAST_VOID_DAY = "SELECT MAX(day) FROM window_void WHERE office = $1 AND id > $2 AND id < $3";
    HAZARD = "SELECT place, start_age, eligible, executed, visited FROM hazard WHERE programme = $1";
    ADD_VOID = "INSERT INTO window_void (id, office, day, reason, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
    VOIDS = "SELECT id, day, reason, at FROM window_void WHERE office = $1 ORDER BY id";
    BEACON = "SELECT beacon, at FROM beacon WHERE id = $1";
    ADD_BEACON = "INSERT INTO beacon (id, beacon, at) VALUES ($1, $2, $3)";
    DRAW = "SELECT chain_key, seed, drawn_at, list_mac, deals FROM draw WHERE id = $1";
    ADD_DRAW = "INSERT INTO draw (id, chain_key, seed, drawn_at, list_mac, deals) VALUES ($1, $2, $3, $4, $5, $6)";
    COUNT_DRAWS = "SELECT COUNT(*) FROM draw";
    MARK_EXECUTED = "UPDATE hazard SET executed = $3, visited = 1 WHERE programme = $1 AND place = $2 AND (visited = 0 OR executed < $3)";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeSealRow {
    pub anchor: Sha256,
    pub sealed_at: Timestamp,
    pub content: String,
}

/// A window as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRow {
    pub window: Window,
    pub draw_at: Timestamp,
    pub chain_index: u64,
    pub root: Sha256,
    /// Blob of the frame.
    pub frame: Sha256,
    /// Blob of the slots on duty and the barred pairs.
    pub duty: Sha256,
    pub places: i64,
    pub sum_p: i64,
    pub sealed_at: Timestamp,
}

/// How long a place has been waiting: counts of eligible windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HazardRow {
    /// The drawn initial age of a place that was never visited.
    pub start_age: i64,
    /// Eligible windows sealed so far.
    pub eligible: i64,
    /// `eligible` as it stood at the window of the last executed visit.
    pub executed: i64,
    pub visited: bool,
}

impl HazardRow {
    /// Eligible windows since the last executed visit.
    pub fn age(&self) -> u64 {
        let age = if self.visited { self.eligible - self.executed } else { self.start_age + self.eligible };
        u64::try_from(age).unwrap_or(0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidRow {
    pub window: String,
    pub day: String,
    pub reason: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeaconRow {
    pub beacon: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawRow {
    pub chain_key: String,
    pub seed: String,
    pub drawn_at: Timestamp,
    pub list_mac: String,
    /// JSON of the deals.
    pub deals: String,
}

#[derive(sqlx::FromRow)]
struct SealColumns {
    id: String,
    starts_at: i64,
    ends_at: i64,
    draw_at: i64,
    chain_index: i64,
    root: String,
    frame: String,
    duty: String,
    places: i64,
    sum_p: i64,
    sealed_at: i64,
}

impl SealColumns {
    fn row(self) -> Result<SealRow> {
        let id: WindowId = parsed("window_seal", "id", &self.id, &self.id)?;
        Ok(SealRow {
            root: parsed("window_seal", "root", &self.id, &self.root)?,
            frame: parsed("window_seal", "frame", &self.id, &self.frame)?,
            duty: parsed("window_seal", "duty", &self.id, &self.duty)?,
            window: Window { id, start: Timestamp(self.starts_at), end: Timestamp(self.ends_at) },
            draw_at: Timestamp(self.draw_at),
            chain_index: u64::try_from(self.chain_index).unwrap_or(0),
            places: self.places,
            sum_p: self.sum_p,
            sealed_at: Timestamp(self.sealed_at),
        })
    }
}

impl Tx {
    pub async fn programme_seal(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
    ) -> Result<Option<ProgrammeSealRow>> {
        let row = fetch_optional!(self, (String, i64, String), PROGRAMME_SEAL, programme.as_str(), office.as_str());
        row.map(|(anchor, sealed_at, content)| {
            let anchor = parsed("programme_seal", "anchor", programme.as_str(), &anchor)?;
            Ok(ProgrammeSealRow { anchor, sealed_at: Timestamp(sealed_at), content })
        })
        .transpose()
    }

    pub async fn add_programme_seal(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        seal: &ProgrammeSealRow,
    ) -> Result<()> {
        execute!(
            self,
            ADD_PROGRAMME_SEAL,
            programme.as_str(),
            office.as_str(),
            seal.anchor.hex(),
            seal.sealed_at.0,
            seal.content.as_str()
        );
        Ok(())
    }

    pub async fn seal(&mut self, window: &WindowId) -> Result<Option<SealRow>> {
        fetch_optional!(self, SealColumns, SEAL, window.to_string()).map(SealColumns::row).transpose()
    }

    pub async fn seals_of_day(&mut self, office: &OfficeId, day: NaiveDate) -> Result<Vec<SealRow>> {
        fetch_all!(self, SealColumns, SEALS_OF_DAY, office.as_str(), stored_day(day))
            .into_iter()
            .map(SealColumns::row)
            .collect()
    }

    /// Windows of an office whose draw is due: sealed, neither drawn nor void.
    pub async fn seals_due(&mut self, office: &OfficeId, now: Timestamp) -> Result<Vec<SealRow>> {
        fetch_all!(self, SealColumns, SEALS_DUE, office.as_str(), now.0).into_iter().map(SealColumns::row).collect()
    }

    pub async fn next_draw(&mut self, office: &OfficeId) -> Result<Option<Timestamp>> {
        Ok(fetch_optional!(self, (Option<i64>,), NEXT_DRAW, office.as_str()).and_then(|(at,)| at).map(Timestamp))
    }

    pub async fn add_seal(&mut self, seal: &SealRow) -> Result<()> {
        let id = &seal.window.id;
        execute!(
            self,
            ADD_SEAL,
            id.to_string(),
            id.programme.as_str(),
            id.office.as_str(),
            stored_day(id.day),
            id.slot.as_str(),
            seal.window.start.0,
            seal.window.end.0,
            seal.draw_at.0,
            i64::try_from(seal.chain_index).unwrap_or(i64::MAX),
            seal.root.hex(),
            seal.frame.hex(),
            seal.duty.hex(),
            seal.places,
            seal.sum_p,
            seal.sealed_at.0
        );
        Ok(())
    }

    /// The last day of a programme of which some window was sealed or declared void.
    pub async fn last_settled_day(&mut self, programme: &ProgrammeId, office: &OfficeId) -> Result<Option<NaiveDate>> {
        let sealed = fetch_optional!(self, (Option<String>,), LAST_SEALED_DAY, programme.as_str(), office.as_str());
        // '0' is the byte after '/': every window of this programme, and of no other.
        let void = fetch_optional!(
            self,
            (Option<String>,),
            LAST_VOID_DAY,
            office.as_str(),
            format!("{programme}/"),
            format!("{programme}0")
        );
        let last = sealed.and_then(|(d,)| d).max(void.and_then(|(d,)| d));
        last.map(|day| parsed("window_seal", "day", programme.as_str(), &day)).transpose()
    }

    pub async fn hazard(&mut self, programme: &ProgrammeId) -> Result<BTreeMap<PlaceId, HazardRow>> {
        fetch_all!(self, (String, i64, i64, i64, i64), HAZARD, programme.as_str())
            .into_iter()
            .map(|(place, start_age, eligible, executed, visited)| {
                let row = HazardRow { start_age, eligible, executed, visited: visited != 0 };
                Ok((parsed("hazard", "place", &place, &place)?, row))
            })
            .collect()
    }

    /// Adds places and moves their counts on. What was executed is [`Tx::mark_executed`]'s alone, so that
    /// a result that comes in meanwhile is not lost.
    pub async fn put_hazard(&mut self, programme: &ProgrammeId, rows: &BTreeMap<PlaceId, HazardRow>) -> Result<()> {
        let rows: Vec<[Cell; 6]> = rows
            .iter()
            .map(|(place, h)| {
                [
                    programme.as_str().into(),
                    place.as_str().into(),
                    h.start_age.into(),
                    h.eligible.into(),
                    h.executed.into(),
                    h.visited.into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO hazard (programme, place, start_age, eligible, executed, visited) ",
            &rows,
            " ON CONFLICT (programme, place) DO UPDATE SET eligible = excluded.eligible",
        )
        .await?;
        Ok(())
    }

    /// A drawn visit was carried out: its place starts again from the count of that window.
    pub async fn mark_executed(&mut self, programme: &ProgrammeId, place: &PlaceId, eligible: i64) -> Result<()> {
        execute!(self, MARK_EXECUTED, programme.as_str(), place.as_str(), eligible);
        Ok(())
    }

    /// Declares a window void. Saying it again changes nothing; `true` the first time.
    pub async fn add_void(&mut self, window: &WindowId, reason: &str, at: Timestamp) -> Result<bool> {
        let touched =
            execute!(self, ADD_VOID, window.to_string(), window.office.as_str(), stored_day(window.day), reason, at.0);
        Ok(touched == 1)
    }

    pub async fn voids(&mut self, office: &OfficeId) -> Result<Vec<VoidRow>> {
        let rows = fetch_all!(self, (String, String, String, i64), VOIDS, office.as_str());
        Ok(rows
            .into_iter()
            .map(|(window, day, reason, at)| VoidRow { window, day, reason, at: Timestamp(at) })
            .collect())
    }

    pub async fn beacon(&mut self, window: &WindowId) -> Result<Option<BeaconRow>> {
        let row = fetch_optional!(self, (String, i64), BEACON, window.to_string());
        Ok(row.map(|(beacon, at)| BeaconRow { beacon, at: Timestamp(at) }))
    }

    /// Fixes the beacon of a window. A second one is refused by the unique key ([`super::StoreError::is_duplicate`]).
    pub async fn add_beacon(&mut self, window: &WindowId, beacon: &str, at: Timestamp) -> Result<()> {
        execute!(self, ADD_BEACON, window.to_string(), beacon, at.0);
        Ok(())
    }

    pub async fn draw(&mut self, window: &WindowId) -> Result<Option<DrawRow>> {
        let row = fetch_optional!(self, (String, String, i64, String, String), DRAW, window.to_string());
        Ok(row.map(|(chain_key, seed, drawn_at, list_mac, deals)| DrawRow {
            chain_key,
            seed,
            drawn_at: Timestamp(drawn_at),
            list_mac,
            deals,
        }))
    }

    pub async fn add_draw(&mut self, window: &WindowId, draw: &DrawRow) -> Result<()> {
        execute!(
            self,
            ADD_DRAW,
            window.to_string(),
            draw.chain_key.as_str(),
            draw.seed.as_str(),
            draw.drawn_at.0,
            draw.list_mac.as_str(),
            draw.deals.as_str()
        );
        Ok(())
    }

    pub async fn count_draws(&mut self) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), COUNT_DRAWS).map_or(0, |(n,)| n))
    }
}
