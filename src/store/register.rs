//! Regions, villages and teams; imports and what they changed.

use super::bulk::{self, Cell, Counted};
use super::sql::json_rows;
use super::{Result, Tx, day_text, parsed, parsed_day, touched};
use crate::model::Timestamp;
use crate::model::register::{Exclusion, Name, Posting, Region, Team, Village};
use chrono::NaiveDate;
use std::collections::BTreeSet;

statements! {
    REGIONS = "SELECT code, name, latin, level, parent FROM region ORDER BY code";
    VILLAGES = "SELECT id, region, name, latin, from_day, to_day FROM village ORDER BY id";
    VILLAGES_OF = "SELECT id, region, name, latin, from_day, to_day FROM village WHERE region >= $1 AND region < $2 ORDER BY id";
    COUNT_VILLAGES = "SELECT COUNT(*) FROM village";
    COUNT_REGIONS = "SELECT COUNT(*) FROM region";
    TEAMS_OF_PLACES = "SELECT id, village, name, latin, sending_unit, from_day, to_day FROM team
        WHERE id IN (SELECT value FROM json_each($1)) OR village IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, village, name, latin, sending_unit, from_day, to_day FROM team
        WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
            OR village = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    VILLAGES_AMONG = "SELECT id, region, name, latin, from_day, to_day FROM village WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, region, name, latin, from_day, to_day FROM village
        WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    REGIONS_AMONG = "SELECT code, name, latin, level, parent FROM region WHERE code IN (SELECT value FROM json_each($1)) ORDER BY code",
    postgres = "SELECT code, name, latin, level, parent FROM region
        WHERE code = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY code";
    TEAMS = "SELECT id, village, name, latin, sending_unit, from_day, to_day FROM team ORDER BY id";
    EXCLUSIONS = "SELECT place, from_day, to_day, reason FROM exclusion ORDER BY place, from_day";
    VERSION = "SELECT version FROM register_version";
    NEXT_VERSION = "UPDATE register_version SET version = version + 1";
    REGISTER_CHANGE = "INSERT INTO register_change (batch, kind, id, change, at, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (batch, kind, id) DO NOTHING";
}

type RegionColumns = (String, String, String, i64, Option<String>);
type VillageColumns = (String, String, String, String, Option<String>, Option<String>);
type TeamColumns = (String, String, String, String, String, Option<String>, Option<String>);

/// Ids that a statement looks for, as one parameter: a list in JSON, read by either database.
#[derive(Debug, Clone)]
pub struct Ids(String);

impl Ids {
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a str>) -> Ids {
        let unique: BTreeSet<&str> = ids.into_iter().collect();
        Ids(json_rows(&unique))
    }

    pub(super) fn json(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0 == "[]"
    }
}

fn region((code, name, latin, level, parent): RegionColumns) -> Region {
    Region { code, name: Name::new(name, latin), level: u8::try_from(level).unwrap_or(0), parent }
}

fn team((id, village, name, latin, sending_unit, from, to): TeamColumns) -> Result<Team> {
    Ok(Team {
        posting: posting("team", &id, from.as_deref(), to.as_deref())?,
        village: parsed("team", "village", &id, &village)?,
        id: parsed("team", "id", &id, &id)?,
        name: Name::new(name, latin),
        sending_unit,
    })
}

pub(super) fn posting(table: &'static str, id: &str, from: Option<&str>, to: Option<&str>) -> Result<Posting> {
    Ok(Posting { from: parsed_day(table, "from_day", id, from)?, to: parsed_day(table, "to_day", id, to)? })
}

fn village((id, region, name, latin, from, to): VillageColumns) -> Result<Village> {
    Ok(Village {
        active: posting("village", &id, from.as_deref(), to.as_deref())?,
        id: parsed("village", "id", &id, &id)?,
        region,
        name: Name::new(name, latin),
    })
}

impl Tx {
    /// Counts on with every change of regions, villages, teams, officials and inspectors, in the same transaction.
    pub async fn register_version(&mut self) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), VERSION).map_or(0, |(version,)| version))
    }

    pub(super) async fn register_changed(&mut self) -> Result<()> {
        touched("register_changed", execute!(self, NEXT_VERSION), 1)
    }

    pub async fn regions(&mut self) -> Result<Vec<Region>> {
        Ok(fetch_all!(self, RegionColumns, REGIONS).into_iter().map(region).collect())
    }

    pub async fn regions_among(&mut self, codes: &Ids) -> Result<Vec<Region>> {
        Ok(fetch_among!(self, codes, RegionColumns, REGIONS_AMONG).into_iter().map(region).collect())
    }

    pub async fn put_regions(&mut self, regions: &[Region]) -> Result<Counted> {
        self.register_changed().await?;
        let rows: Vec<[Cell; 5]> = regions
            .iter()
            .map(|r| {
                [
                    r.code.as_str().into(),
                    r.name.own.as_str().into(),
                    r.name.latin.as_str().into(),
                    i64::from(r.level).into(),
                    r.parent.clone().into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO region (code, name, latin, level, parent) ",
            &rows,
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name, latin = excluded.latin, level = excluded.level, parent = excluded.parent
              WHERE region.name <> excluded.name OR region.latin <> excluded.latin OR region.parent IS DISTINCT FROM excluded.parent",
        )
        .await
    }

    pub async fn villages(&mut self) -> Result<Vec<Village>> {
        fetch_all!(self, VillageColumns, VILLAGES).into_iter().map(village).collect()
    }

    /// Villages whose township's code begins with `prefix`.
    pub async fn villages_in(&mut self, prefix: &str) -> Result<Vec<Village>> {
        // '~' sorts after every digit and letter.
        let end = format!("{prefix}~");
        fetch_all!(self, VillageColumns, VILLAGES_OF, prefix, end).into_iter().map(village).collect()
    }

    pub async fn put_villages(&mut self, villages: &[Village]) -> Result<Counted> {
        self.register_changed().await?;
        let rows: Vec<[Cell; 6]> = villages
            .iter()
            .map(|v| {
                [
                    v.id.as_str().into(),
                    v.region.as_str().into(),
                    v.name.own.as_str().into(),
                    v.name.latin.as_str().into(),
                    day_text(v.active.from).into(),
                    day_text(v.active.to).into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO village (id, region, name, latin, from_day, to_day) ",
            &rows,
            " ON CONFLICT (id) DO UPDATE SET region = excluded.region, name = excluded.name, latin = excluded.latin,
                from_day = excluded.from_day, to_day = excluded.to_day
              WHERE village.region <> excluded.region OR village.name <> excluded.name OR village.latin <> excluded.latin
                OR village.from_day IS DISTINCT FROM excluded.from_day OR village.to_day IS DISTINCT FROM excluded.to_day",
        )
        .await
    }

    /// Numbers of regions and villages.
    pub async fn count_places(&mut self) -> Result<(i64, i64)> {
        let regions = fetch_optional!(self, (i64,), COUNT_REGIONS).map_or(0, |(n,)| n);
        let villages = fetch_optional!(self, (i64,), COUNT_VILLAGES).map_or(0, |(n,)| n);
        Ok((regions, villages))
    }

    pub async fn villages_among(&mut self, ids: &Ids) -> Result<Vec<Village>> {
        fetch_among!(self, ids, VillageColumns, VILLAGES_AMONG).into_iter().map(village).collect()
    }

    pub async fn teams(&mut self) -> Result<Vec<Team>> {
        fetch_all!(self, TeamColumns, TEAMS).into_iter().map(team).collect()
    }

    /// Teams that are among these places, and teams in villages that are.
    pub async fn teams_of_places(&mut self, places: &Ids) -> Result<Vec<Team>> {
        fetch_among!(self, places, TeamColumns, TEAMS_OF_PLACES).into_iter().map(team).collect()
    }

    pub async fn put_teams(&mut self, teams: &[Team]) -> Result<Counted> {
        self.register_changed().await?;
        let rows: Vec<[Cell; 7]> = teams
            .iter()
            .map(|t| {
                [
                    t.id.as_str().into(),
                    t.village.as_str().into(),
                    t.name.own.as_str().into(),
                    t.name.latin.as_str().into(),
                    t.sending_unit.as_str().into(),
                    day_text(t.posting.from).into(),
                    day_text(t.posting.to).into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO team (id, village, name, latin, sending_unit, from_day, to_day) ",
            &rows,
            " ON CONFLICT (id) DO UPDATE SET village = excluded.village, name = excluded.name, latin = excluded.latin,
                sending_unit = excluded.sending_unit, from_day = excluded.from_day, to_day = excluded.to_day",
        )
        .await
    }

    pub async fn exclusions(&mut self) -> Result<Vec<Exclusion>> {
        fetch_all!(self, (String, String, Option<String>, String), EXCLUSIONS)
            .into_iter()
            .map(|(place, from, to, reason)| {
                let from = Some(from).filter(|day| !day.is_empty());
                Ok(Exclusion {
                    span: posting("exclusion", &place, from.as_deref(), to.as_deref())?,
                    place: parsed("exclusion", "place", &place, &place)?,
                    reason,
                })
            })
            .collect()
    }

    pub async fn put_exclusions(&mut self, exclusions: &[Exclusion]) -> Result<Counted> {
        let rows: Vec<[Cell; 4]> = exclusions
            .iter()
            .map(|e| {
                [
                    e.place.as_str().into(),
                    day_text(e.span.from).unwrap_or_default().into(),
                    day_text(e.span.to).into(),
                    e.reason.as_str().into(),
                ]
            })
            .collect();
        bulk::insert(
            self,
            "INSERT INTO exclusion (place, from_day, to_day, reason) ",
            &rows,
            " ON CONFLICT (place, from_day) DO UPDATE SET to_day = excluded.to_day, reason = excluded.reason",
        )
        .await
    }

    /// Journals one change of the register; `before` and `after` as JSON.
    #[expect(clippy::too_many_arguments, reason = "one row, column by column")]
    pub async fn journal_change(
        &mut self,
        batch: &str,
        kind: &str,
        id: &str,
        change: &str,
        at: Timestamp,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<()> {
        execute!(self, REGISTER_CHANGE, batch, kind, id, change, at.0, before, after);
        Ok(())
    }
}

/// A day as stored.
pub(super) fn stored_day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}
