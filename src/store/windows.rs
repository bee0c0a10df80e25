//! Programmes' seals, beacons, draws, voids and reveals: what happens to a window, once.

use super::register::stored_day;
use super::{Result, Tx, parsed, touched};
use crate::model::{OfficeId, ProgrammeId, Timestamp, Window, WindowId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

statements! {
    FIRST_SEALS = "SELECT office, MIN(sealed_at) FROM programme_seal GROUP BY office";
    NEWEST_SEALS = "SELECT content FROM programme_seal AS s WHERE generation = (SELECT MAX(generation) FROM programme_seal AS m
        WHERE m.programme = s.programme AND m.office = s.office) ORDER BY programme, office";
    PROGRAMME_SEALS = "SELECT generation, sealed_at, content FROM programme_seal WHERE programme = $1 AND office = $2 ORDER BY generation";
    NEWEST_PROGRAMME_SEAL = "SELECT content FROM programme_seal WHERE programme = $1 AND office = $2 ORDER BY generation DESC LIMIT 1";
    ADD_PROGRAMME_SEAL = "INSERT INTO programme_seal (programme, office, generation, sealed_at, content) VALUES ($1, $2, $3, $4, $5)";
    LAST_VOID_DAY = "SELECT MAX(day) FROM window_void WHERE office = $1 AND id > $2 AND id < $3";
    ADD_VOID = "INSERT INTO window_void (id, office, day, starts_at, ends_at, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
    UNTOLD_VOIDS = "SELECT id, starts_at, ends_at, reason FROM window_void WHERE told_at IS NULL AND starts_at IS NOT NULL ORDER BY starts_at, id";
    NOTE_VOID_TOLD = "UPDATE window_void SET told_at = $2 WHERE id = $1 AND told_at IS NULL";
    VOIDS = "SELECT id, day, reason, at FROM window_void WHERE office = $1 ORDER BY id";
    BEACON = "SELECT beacon, proof, entered_by, at FROM beacon WHERE id = $1";
    BEACON_BEGINNING = "SELECT beacon FROM beacon WHERE beacon >= $1 AND beacon < $2 ORDER BY beacon LIMIT 1";
    ADD_BEACON = "INSERT INTO beacon (id, beacon, proof, entered_by, at) VALUES ($1, $2, $3, $4, $5)";
    DRAW = "SELECT links, seed, drawn_at, list_mac, deals FROM draw WHERE id = $1";
    ADD_DRAW = "INSERT INTO draw (id, links, seed, drawn_at, list_mac, deals) VALUES ($1, $2, $3, $4, $5, $6)";
    COUNT_DRAWS = "SELECT COUNT(*) FROM draw";
    LAST_REVEAL = "SELECT MAX(t) FROM reveal WHERE programme = $1 AND office = $2 AND generation = $3";
    ADD_REVEAL = "INSERT INTO reveal (programme, office, generation, t, at) VALUES ($1, $2, $3, $4, $5)";
    ADD_CUSTODY_EVENT = "INSERT INTO custody_event (programme, office, generation, kind, content, reason, actor, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (programme, office, generation, kind) DO NOTHING";
    CUSTODY_EVENTS = "SELECT generation, kind, content, reason, actor, at FROM custody_event WHERE programme = $1 AND office = $2 ORDER BY generation, kind";
}

/// One generation of a programme's seal in an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeSealRow {
    pub generation: u32,
    pub sealed_at: Timestamp,
    /// The terms, byte for byte.
    pub content: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidRow {
    pub window: String,
    pub day: String,
    pub reason: String,
    pub at: Timestamp,
}

/// A void that desk and head are still to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UntoldVoid {
    pub window: WindowId,
    pub start: Timestamp,
    pub end: Timestamp,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeaconRow {
    pub beacon: String,
    /// A signature, where the rule has one.
    pub proof: Option<String>,
    /// Who entered it, where a person did.
    pub entered_by: Option<String>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawRow {
    /// Hex of each custodian's link, in their published order, joined by a space.
    pub links: String,
    pub seed: String,
    pub drawn_at: Timestamp,
    pub list_mac: String,
    /// JSON of the deals.
    pub deals: String,
}

/// What happened to the chains of a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyEventRow {
    pub generation: u32,
    /// `key_exposed` or `next_anchor`.
    pub kind: String,
    pub content: String,
    pub reason: String,
    pub actor: String,
    pub at: Timestamp,
}

fn generation(programme: &ProgrammeId, number: i64) -> Result<u32> {
    parsed("programme_seal", "generation", programme.as_str(), &number.to_string())
}

impl Tx {
    /// When the first programme of each office was sealed.
    pub async fn first_seals(&mut self) -> Result<BTreeMap<String, Timestamp>> {
        let rows = fetch_all!(self, (String, i64), FIRST_SEALS);
        Ok(rows.into_iter().map(|(office, at)| (office, Timestamp(at))).collect())
    }

    /// The terms of the newest generation of every programme.
    pub async fn newest_programme_seals(&mut self) -> Result<Vec<String>> {
        Ok(fetch_all!(self, (String,), NEWEST_SEALS).into_iter().map(|(content,)| content).collect())
    }

    /// Every generation of a programme's seal, oldest first.
    pub async fn programme_seals(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
    ) -> Result<Vec<ProgrammeSealRow>> {
        fetch_all!(self, (i64, i64, String), PROGRAMME_SEALS, programme.as_str(), office.as_str())
            .into_iter()
            .map(|(number, sealed_at, content)| {
                Ok(ProgrammeSealRow {
                    generation: generation(programme, number)?,
                    sealed_at: Timestamp(sealed_at),
                    content,
                })
            })
            .collect()
    }

    /// The seal of a programme's newest generation.
    pub async fn newest_programme_seal(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
    ) -> Result<Option<String>> {
        let newest = fetch_optional!(self, (String,), NEWEST_PROGRAMME_SEAL, programme.as_str(), office.as_str());
        Ok(newest.map(|(content,)| content))
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
            i64::from(seal.generation),
            seal.sealed_at.0,
            seal.content.as_str()
        );
        Ok(())
    }

    /// The last day of a programme of which some window was sealed or declared void.
    pub async fn last_settled_day(&mut self, programme: &ProgrammeId, office: &OfficeId) -> Result<Option<NaiveDate>> {
        let sealed = self.last_sealed_day(programme, office).await?;
        // '0' is the byte after '/': every window of this programme, and of no other.
        let void = fetch_optional!(
            self,
            (Option<String>,),
            LAST_VOID_DAY,
            office.as_str(),
            format!("{programme}/"),
            format!("{programme}0")
        );
        let last = sealed.max(void.and_then(|(d,)| d));
        last.map(|day| parsed("window_seal", "day", programme.as_str(), &day)).transpose()
    }

    /// Declares a window void. Saying it again changes nothing; `true` the first time.
    pub async fn add_void(&mut self, window: &Window, reason: &str, at: Timestamp) -> Result<bool> {
        let id = &window.id;
        let (start, end) = (window.start.0, window.end.0);
        let (office, day) = (id.office.as_str(), stored_day(id.day));
        Ok(execute!(self, ADD_VOID, id.to_string(), office, day, start, end, reason, at.0) == 1)
    }

    /// Voids that no letter told of yet, oldest first.
    pub async fn untold_voids(&mut self) -> Result<Vec<UntoldVoid>> {
        fetch_all!(self, (String, i64, i64, String), UNTOLD_VOIDS)
            .into_iter()
            .map(|(id, start, end, reason)| {
                let window = parsed("window_void", "id", &id, &id)?;
                Ok(UntoldVoid { window, start: Timestamp(start), end: Timestamp(end), reason })
            })
            .collect()
    }

    pub async fn note_voids_told(&mut self, voids: &[UntoldVoid], at: Timestamp) -> Result<()> {
        for void in voids {
            touched("note_voids_told", execute!(self, NOTE_VOID_TOLD, void.window.to_string(), at.0), 1)?;
        }
        Ok(())
    }

    pub async fn voids(&mut self, office: &OfficeId) -> Result<Vec<VoidRow>> {
        let rows = fetch_all!(self, (String, String, String, i64), VOIDS, office.as_str());
        Ok(rows
            .into_iter()
            .map(|(window, day, reason, at)| VoidRow { window, day, reason, at: Timestamp(at) })
            .collect())
    }

    pub async fn beacon(&mut self, window: &WindowId) -> Result<Option<BeaconRow>> {
        let row = fetch_optional!(self, (String, Option<String>, Option<String>, i64), BEACON, window.to_string());
        Ok(row.map(|(beacon, proof, entered_by, at)| BeaconRow { beacon, proof, entered_by, at: Timestamp(at) }))
    }

    /// A beacon, of whatever window, that begins like this.
    pub async fn beacon_beginning(&mut self, prefix: &str) -> Result<Option<String>> {
        // '~' sorts after every digit and letter.
        let end = format!("{prefix}~");
        Ok(fetch_optional!(self, (String,), BEACON_BEGINNING, prefix, end).map(|(beacon,)| beacon))
    }

    /// Fixes the beacon of a window. A second one is refused by the unique key ([`super::StoreError::is_duplicate`]).
    pub async fn add_beacon(&mut self, window: &WindowId, row: &BeaconRow) -> Result<()> {
        let (proof, entered_by) = (row.proof.as_deref(), row.entered_by.as_deref());
        execute!(self, ADD_BEACON, window.to_string(), row.beacon.as_str(), proof, entered_by, row.at.0);
        Ok(())
    }

    pub async fn draw(&mut self, window: &WindowId) -> Result<Option<DrawRow>> {
        let row = fetch_optional!(self, (String, String, i64, String, String), DRAW, window.to_string());
        Ok(row.map(|(links, seed, drawn_at, list_mac, deals)| DrawRow {
            links,
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
            draw.links.as_str(),
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

    /// The highest link of a generation that is public.
    pub async fn last_reveal(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        generation: u32,
    ) -> Result<Option<u32>> {
        let number = i64::from(generation);
        let row = fetch_optional!(self, (Option<i64>,), LAST_REVEAL, programme.as_str(), office.as_str(), number);
        row.and_then(|(t,)| t).map(|t| parsed("reveal", "t", programme.as_str(), &t.to_string())).transpose()
    }

    pub async fn add_reveal(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        generation: u32,
        t: u32,
        at: Timestamp,
    ) -> Result<()> {
        let (generation, t) = (i64::from(generation), i64::from(t));
        execute!(self, ADD_REVEAL, programme.as_str(), office.as_str(), generation, t, at.0);
        Ok(())
    }

    /// Notes what happened to a generation's chains; `false` where that was noted before.
    pub async fn add_custody_event(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        event: &CustodyEventRow,
    ) -> Result<bool> {
        let touched = execute!(
            self,
            ADD_CUSTODY_EVENT,
            programme.as_str(),
            office.as_str(),
            i64::from(event.generation),
            event.kind.as_str(),
            event.content.as_str(),
            event.reason.as_str(),
            event.actor.as_str(),
            event.at.0
        );
        Ok(touched == 1)
    }

    pub async fn custody_events(&mut self, programme: &ProgrammeId, office: &OfficeId) -> Result<Vec<CustodyEventRow>> {
        type Columns = (i64, String, String, String, String, i64);
        fetch_all!(self, Columns, CUSTODY_EVENTS, programme.as_str(), office.as_str())
            .into_iter()
            .map(|(number, kind, content, reason, actor, at)| {
                let generation = generation(programme, number)?;
                Ok(CustodyEventRow { generation, kind, content, reason, actor, at: Timestamp(at) })
            })
            .collect()
    }
}
