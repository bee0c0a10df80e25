//! Flags as a list shows them: oldest first, a page at a time.

use super::register::Ids;
use super::{Result, Tx, parsed};
use crate::model::register::Name;
use crate::model::{FlagState, OfficeId, Said, Strength, Timestamp, VerdictCode};

/// `$from`: flags `f` with their official `o`, team `t` and village `g`; `$offices`: which are seen; where all are, no
/// index of an office is asked for. Of one state, so that an index has them in their order.
macro_rules! listed {
    ($from:expr, $offices:expr) => {
        concat!(
            "SELECT f.id, f.office, f.state, f.opened_at, v.verdict, v.strength, v.sentence_en, v.sentence_zh,
                COALESCE(o.name, f.official) AS name, COALESCE(o.latin, '') AS latin, COALESCE(g.name, '') AS village, COALESCE(g.latin, '') AS village_latin
            FROM ", $from, " JOIN verdict v ON v.assignment = f.assignment AND v.line = f.line AND v.person = f.person
                AND v.seq = (SELECT MAX(w.seq) FROM verdict w WHERE w.assignment = f.assignment AND w.line = f.line AND w.person = f.person)
            WHERE ", $offices, " AND f.state = $2 AND f.holds = 1
                AND (CAST($3 AS TEXT) IS NULL OR v.verdict = $3)
                AND (CAST($4 AS TEXT) IS NULL OR (g.region >= $4 AND g.region < $5)) AND f.opened_at <= $6
                AND f.opened_at >= $7 AND (f.opened_at > $7 OR f.id > $8)
            ORDER BY f.opened_at, f.id LIMIT $9"
        )
    };
}

/// SQLite knows no numbers of rows and has to be told to go by what stands first (`$first`).
macro_rules! named {
    ($first:expr) => {
        concat!(
            $first,
            " flag f LEFT JOIN official o ON o.id = f.official LEFT JOIN team t ON t.id = o.team LEFT JOIN village g ON g.id = t.village"
        )
    };
}

/// From the villages of a region to their flags; `$join`: one that SQLite does not turn round, `$by`: the index that it
/// would not choose.
macro_rules! of_region {
    ($join:expr, $by:expr) => {
        concat!(
            "village g ",
            $join,
            " team t ON t.village = g.id ",
            $join,
            " official o ON o.team = t.id ",
            $join,
            " flag f ",
            $by,
            " ON f.official = o.id"
        )
    };
}

macro_rules! in_region {
    () => {
        "CAST($1 AS TEXT) IS NULL AND g.region >= $4 AND g.region < $5"
    };
}

macro_rules! counted {
    ($first:expr, $offices:expr) => {
        concat!(
            "SELECT f.state, COUNT(*), MIN(f.opened_at) FROM ",
            $first,
            " flag f WHERE ",
            $offices,
            " AND f.state IN ('open', 'asked', 'explained', 'appealed') AND f.holds = 1 GROUP BY f.state ORDER BY f.state"
        )
    };
}

macro_rules! complaints {
    ($among:ident) => {
        concat!(
            "SELECT id FROM complaint WHERE state IN ('open', 'asked', 'explained', 'appealed')
            AND (CAST($1 AS TEXT) IS NULL OR ",
            $among!("office", "$1"),
            ") ORDER BY opened_at, id LIMIT $2"
        )
    };
}

statements! {
    LISTED = listed!(named!("json_each($1) j CROSS JOIN"), "f.office = j.value"), postgres = listed!(named!(""), in_jsonb!("f.office", "$1"));
    LISTED_OF_ALL = listed!(named!(""), "CAST($1 AS TEXT) IS NULL");
    LISTED_OF_REGION = listed!(of_region!("CROSS JOIN", "INDEXED BY flag_official"), in_region!()),
        postgres = listed!(of_region!("JOIN", ""), in_region!());
    VILLAGES_OF_REGION = "SELECT COUNT(*) FROM (SELECT 1 FROM village WHERE region >= $1 AND region < $2 LIMIT $3) AS few";
    COUNTED = counted!("json_each($1) j CROSS JOIN", "f.office = j.value"), postgres = counted!("", in_jsonb!("f.office", "$1"));
    COUNTED_OF_ALL = counted!("", "CAST($1 AS TEXT) IS NULL");
    COMPLAINTS = complaints!(in_json), postgres = complaints!(in_jsonb);
}

/// Villages of a township, county or small prefecture.
const SMALL: i64 = 1000;

/// Which flags a list shows.
#[derive(Debug, Clone)]
pub struct FlagFilter {
    /// None: of all offices.
    pub offices: Option<Ids>,
    pub states: Vec<FlagState>,
    pub verdict: Option<VerdictCode>,
    /// Of a region whose code begins with this.
    pub region: Option<String>,
    /// Opened then or earlier.
    pub until: Timestamp,
    /// The last one of the page before.
    pub after: Option<(Timestamp, String)>,
    pub most: i64,
}

/// A flag in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagLook {
    pub id: String,
    pub office: OfficeId,
    pub state: FlagState,
    pub opened: Timestamp,
    pub verdict: Option<VerdictCode>,
    pub strength: Strength,
    pub sentence: Said,
    pub official: Name,
    pub village: Name,
}

/// How many flags are in a state, and since when the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    pub state: FlagState,
    pub number: i64,
    pub oldest: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    office: String,
    state: String,
    opened_at: i64,
    verdict: Option<String>,
    strength: String,
    sentence_en: String,
    sentence_zh: String,
    name: String,
    latin: String,
    village: String,
    village_latin: String,
}

impl Columns {
    fn row(self) -> Result<FlagLook> {
        let id = &self.id;
        Ok(FlagLook {
            office: parsed("flag", "office", id, &self.office)?,
            state: parsed("flag", "state", id, &self.state)?,
            verdict: self.verdict.as_deref().map(|v| parsed("verdict", "verdict", id, v)).transpose()?,
            strength: parsed("verdict", "strength", id, &self.strength)?,
            opened: Timestamp(self.opened_at),
            sentence: Said::new(self.sentence_en, self.sentence_zh),
            official: Name::new(self.name, self.latin),
            village: Name::new(self.village, self.village_latin),
            id: self.id,
        })
    }
}

impl Tx {
    /// Flags whose evidence holds, oldest first.
    pub async fn look_flags(&mut self, filter: &FlagFilter) -> Result<Vec<FlagLook>> {
        let (after, id) = filter.after.as_ref().map_or((i64::MIN, ""), |(at, id)| (at.0, id.as_str()));
        let region = filter.region.as_deref();
        let sql = match (&filter.offices, region) {
            (Some(_), _) => LISTED,
            (None, Some(region)) if self.is_small(region).await? => LISTED_OF_REGION,
            (None, _) => LISTED_OF_ALL,
        };
        let mut rows = Vec::new();
        for state in &filter.states {
            let of_state = fetch_all!(
                self,
                Columns,
                sql,
                filter.offices.as_ref().map(Ids::json),
                state.code(),
                filter.verdict.map(VerdictCode::code),
                region,
                region.map(|region| format!("{region}~")),
                filter.until.0,
                after,
                id,
                filter.most
            );
            rows.extend(of_state);
        }
        rows.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
        rows.truncate(usize::try_from(filter.most).unwrap_or(usize::MAX));
        rows.into_iter().map(Columns::row).collect()
    }

    /// Whether a region has so few villages that its flags are found by them sooner than by walking through all.
    async fn is_small(&mut self, region: &str) -> Result<bool> {
        let row = fetch_optional!(self, (i64,), VILLAGES_OF_REGION, region, format!("{region}~"), SMALL);
        Ok(row.is_some_and(|(villages,)| villages < SMALL))
    }

    /// Those that wait for somebody.
    pub async fn count_waiting_flags(&mut self, offices: Option<&Ids>) -> Result<Vec<StateCount>> {
        let sql = if offices.is_some() { COUNTED } else { COUNTED_OF_ALL };
        let rows = fetch_all!(self, (String, i64, i64), sql, offices.map(Ids::json));
        let count = |(state, number, oldest): (String, i64, i64)| {
            Ok(StateCount { state: parsed("flag", "state", "", &state)?, number, oldest: Timestamp(oldest) })
        };
        rows.into_iter().map(count).collect()
    }

    /// Complaints that wait for somebody, oldest first.
    pub async fn waiting_complaints(&mut self, offices: Option<&Ids>, most: i64) -> Result<Vec<String>> {
        let rows = fetch_all!(self, (String,), COMPLAINTS, offices.map(Ids::json), most);
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}
