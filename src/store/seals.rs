//! Sealed windows: one row a window, ever.

use super::register::{Ids, stored_day};
use super::{Result, Tx, parsed};
use crate::model::{OfficeId, ProgrammeId, Sha256, Timestamp, Window, WindowId};
use chrono::NaiveDate;

statements! {
    SEALS_OF_DAY = "SELECT id, starts_at, ends_at, draw_at, generation, chain_index, beacon_prefix, root, frame, duty, places, sum_p, sealed_at
        FROM window_seal WHERE office = $1 AND day = $2 ORDER BY starts_at, id";
    SEALS_BETWEEN = "SELECT id, starts_at, ends_at, draw_at, generation, chain_index, beacon_prefix, root, frame, duty, places, sum_p, sealed_at
        FROM window_seal WHERE programme = $1 AND office = $2 AND day >= $3 AND day <= $4 ORDER BY starts_at, id";
    SEAL = "SELECT id, starts_at, ends_at, draw_at, generation, chain_index, beacon_prefix, root, frame, duty, places, sum_p, sealed_at
        FROM window_seal WHERE id = $1";
    SEALS_AMONG = "SELECT id, starts_at, ends_at, draw_at, generation, chain_index, beacon_prefix, root, frame, duty, places, sum_p, sealed_at
        FROM window_seal WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, starts_at, ends_at, draw_at, generation, chain_index, beacon_prefix, root, frame, duty, places, sum_p, sealed_at
        FROM window_seal WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    SEALS_DUE = "SELECT s.id, s.starts_at, s.ends_at, s.draw_at, s.generation, s.chain_index, s.beacon_prefix, s.root, s.frame, s.duty, s.places,
        s.sum_p, s.sealed_at FROM window_seal s LEFT JOIN draw d ON d.id = s.id LEFT JOIN window_void v ON v.id = s.id
        WHERE s.draw_at <= $1 AND d.id IS NULL AND v.id IS NULL ORDER BY s.draw_at, s.id";
    NEXT_DRAW = "SELECT MIN(s.draw_at) FROM window_seal s LEFT JOIN draw d ON d.id = s.id LEFT JOIN window_void v ON v.id = s.id
        WHERE s.office = $1 AND d.id IS NULL AND v.id IS NULL";
    ADD_SEAL = "INSERT INTO window_seal (id, programme, office, day, slot, starts_at, ends_at, draw_at, generation, chain_index, beacon_prefix,
        root, frame, duty, places, sum_p, sealed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    LAST_SEALED_DAY = "SELECT MAX(day) FROM window_seal WHERE programme = $1 AND office = $2";
    WINDOW_AWAITING = "SELECT s.id FROM window_seal s LEFT JOIN beacon b ON b.id = s.id WHERE s.beacon_prefix = $1 AND b.id IS NULL ORDER BY s.id LIMIT 1";
    COUNT_SEALS_OF = "SELECT COUNT(*) FROM window_seal WHERE programme = $1 AND office = $2 AND generation = $3";
    COUNT_SEALS = "SELECT COUNT(*) FROM window_seal WHERE programme = $1 AND office = $2";
}

/// A window as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealRow {
    pub window: Window,
    pub draw_at: Timestamp,
    /// Generation of the programme's seal under which it stands.
    pub generation: u32,
    /// `t`, the link of its generation's chains.
    pub chain_index: u32,
    /// What the text of its beacon begins with.
    pub beacon_prefix: String,
    pub root: Sha256,
    /// Blob of the frame.
    pub frame: Sha256,
    /// Blob of the slots on duty and the barred pairs.
    pub duty: Sha256,
    pub places: i64,
    pub sum_p: i64,
    pub sealed_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SealColumns {
    id: String,
    starts_at: i64,
    ends_at: i64,
    draw_at: i64,
    generation: i64,
    chain_index: i64,
    beacon_prefix: String,
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
        let small = |column, number: i64| parsed("window_seal", column, &self.id, &number.to_string());
        Ok(SealRow {
            root: parsed("window_seal", "root", &self.id, &self.root)?,
            frame: parsed("window_seal", "frame", &self.id, &self.frame)?,
            duty: parsed("window_seal", "duty", &self.id, &self.duty)?,
            window: Window { id, start: Timestamp(self.starts_at), end: Timestamp(self.ends_at) },
            draw_at: Timestamp(self.draw_at),
            generation: small("generation", self.generation)?,
            chain_index: small("chain_index", self.chain_index)?,
            beacon_prefix: self.beacon_prefix,
            places: self.places,
            sum_p: self.sum_p,
            sealed_at: Timestamp(self.sealed_at),
        })
    }
}

fn rows(columns: Vec<SealColumns>) -> Result<Vec<SealRow>> {
    columns.into_iter().map(SealColumns::row).collect()
}

impl Tx {
    pub async fn seal(&mut self, window: &WindowId) -> Result<Option<SealRow>> {
        fetch_optional!(self, SealColumns, SEAL, window.to_string()).map(SealColumns::row).transpose()
    }

    pub async fn seals_among(&mut self, windows: &Ids) -> Result<Vec<SealRow>> {
        rows(fetch_among!(self, windows, SealColumns, SEALS_AMONG))
    }

    pub async fn seals_of_day(&mut self, office: &OfficeId, day: NaiveDate) -> Result<Vec<SealRow>> {
        rows(fetch_all!(self, SealColumns, SEALS_OF_DAY, office.as_str(), stored_day(day)))
    }

    /// Windows of a programme on days from `from` to `to`, both inclusive, by time.
    pub async fn seals_between(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<SealRow>> {
        let (from, to) = (stored_day(from), stored_day(to));
        rows(fetch_all!(self, SealColumns, SEALS_BETWEEN, programme.as_str(), office.as_str(), from, to))
    }

    /// Windows of all offices whose draw is due: sealed, neither drawn nor void.
    pub async fn seals_due(&mut self, now: Timestamp) -> Result<Vec<SealRow>> {
        rows(fetch_all!(self, SealColumns, SEALS_DUE, now.0))
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
            i64::from(seal.generation),
            i64::from(seal.chain_index),
            seal.beacon_prefix.as_str(),
            seal.root.hex(),
            seal.frame.hex(),
            seal.duty.hex(),
            seal.places,
            seal.sum_p,
            seal.sealed_at.0
        );
        Ok(())
    }

    /// The last day of a programme of which some window was sealed.
    pub(super) async fn last_sealed_day(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
    ) -> Result<Option<String>> {
        let day = fetch_optional!(self, (Option<String>,), LAST_SEALED_DAY, programme.as_str(), office.as_str());
        Ok(day.and_then(|(day,)| day))
    }

    /// How many windows were sealed under one generation.
    pub async fn count_seals_of(&mut self, programme: &ProgrammeId, office: &OfficeId, generation: u32) -> Result<i64> {
        let number = i64::from(generation);
        let row = fetch_optional!(self, (i64,), COUNT_SEALS_OF, programme.as_str(), office.as_str(), number);
        Ok(row.map_or(0, |(n,)| n))
    }

    /// The window that awaits a beacon with this beginning.
    pub async fn window_awaiting(&mut self, prefix: &str) -> Result<Option<WindowId>> {
        let id = fetch_optional!(self, (String,), WINDOW_AWAITING, prefix);
        id.map(|(id,)| parsed("window_seal", "id", &id, &id)).transpose()
    }

    /// How many windows of a programme were sealed so far.
    pub async fn count_seals(&mut self, programme: &ProgrammeId, office: &OfficeId) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), COUNT_SEALS, programme.as_str(), office.as_str()).map_or(0, |(n,)| n))
    }
}
