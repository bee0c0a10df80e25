//! What a frame, a check and a digest ask of the register: sets, never whole tables.

use super::register::stored_day;
use super::{Result, Tx, lines, parsed};
use crate::config::PlaceKind;
use crate::model::register::Name;
use crate::model::{InspectorId, OfficeId, PlaceId};
use chrono::NaiveDate;

/// A row of the register that holds on the day `$1`.
macro_rules! holds {
    ($row:literal) => {
        concat!(
            "(",
            $row,
            ".from_day IS NULL OR ",
            $row,
            ".from_day <= $1) AND (",
            $row,
            ".to_day IS NULL OR ",
            $row,
            ".to_day >= $1)"
        )
    };
}

/// 0: nobody is there. 1: somebody is posted. 2: somebody is posted and somebody can be rung.
macro_rules! presence_at_team {
    () => {
        concat!(
            "CASE WHEN NOT (",
            holds!("v"),
            " AND ",
            holds!("t"),
            ") THEN 0",
            " WHEN EXISTS (SELECT 1 FROM official o WHERE o.team = t.id AND o.phone IS NOT NULL AND ",
            holds!("o"),
            ") THEN 2",
            " WHEN NOT EXISTS (SELECT 1 FROM official o WHERE o.team = t.id AND ",
            holds!("o"),
            ") THEN 0",
            " WHEN ",
            rung_in_village!(),
            " THEN 2 ELSE 1 END"
        )
    };
}

macro_rules! presence_in_village {
    () => {
        concat!(
            "CASE WHEN NOT (", holds!("v"), ") THEN 0",
            " WHEN EXISTS (SELECT 1 FROM team t JOIN official o ON o.team = t.id WHERE t.village = v.id AND o.phone IS NOT NULL AND ",
            holds!("t"), " AND ", holds!("o"), ") THEN 2",
            " WHEN NOT EXISTS (SELECT 1 FROM team t JOIN official o ON o.team = t.id WHERE t.village = v.id AND ",
            holds!("t"), " AND ", holds!("o"), ") THEN 0",
            " WHEN ", rung_in_village!(), " THEN 2 ELSE 1 END"
        )
    };
}

/// Every place as a line, for [`lines::read`].
macro_rules! place_lines {
    ($id:literal, $presence:expr) => {
        concat!("SELECT string_agg(", $id, " || '\t' || v.region || '\t' || CAST(", $presence, " AS TEXT), '\n')")
    };
}

macro_rules! rung_in_village {
    () => {
        concat!(
            "EXISTS (SELECT 1 FROM contact c WHERE c.village = v.id AND c.phone IS NOT NULL AND c.do_not_call = 0 AND ",
            holds!("c"),
            // Villagers rest after a call, and are not rung again once they refused.
            " AND NOT EXISTS (SELECT 1 FROM quiet q WHERE q.contact = c.id AND q.to_day >= $1))"
        )
    };
}

/// Recusals on the day `$1` that touch a row `v`, `t` or `o` of a region from `$2` to below `$3`.
/// CROSS JOIN keeps the order: there are few recusals and many places.
macro_rules! recused {
    ($place:literal, $scope:literal, $joined:literal, $also:expr) => {
        concat!(
            "SELECT ",
            $place,
            ", r.inspector FROM recusal r CROSS JOIN ",
            $joined,
            " WHERE r.scope = '",
            $scope,
            "' AND r.from_day <= $1 AND (r.to_day IS NULL OR r.to_day >= $1) AND v.region >= $2 AND v.region < $3",
            $also
        )
    };
}

macro_rules! all_recused {
    ($place:literal) => {
        concat!(
            recused!(
                $place,
                "official",
                "official o CROSS JOIN team t CROSS JOIN village v",
                concat!(
                    " AND o.id = r.target AND t.id = o.team AND v.id = t.village AND ",
                    holds!("o"),
                    " AND ",
                    holds!("t")
                )
            ),
            " UNION ",
            recused!(
                $place,
                "team",
                "team t CROSS JOIN village v",
                concat!(" AND t.id = r.target AND v.id = t.village AND ", holds!("t"))
            ),
            " UNION ",
            recused!(
                $place,
                "unit",
                "team t CROSS JOIN village v",
                concat!(" AND t.sending_unit = r.target AND v.id = t.village AND ", holds!("t"))
            ),
            " UNION ",
            recused!(
                $place,
                "unit",
                "official o CROSS JOIN team t CROSS JOIN village v",
                concat!(
                    " AND o.sending_unit = r.target AND t.id = o.team AND v.id = t.village AND ",
                    holds!("o"),
                    " AND ",
                    holds!("t")
                )
            )
        )
    };
}

/// Nobody has noted that the inspector `i` cannot go on the day `$1`; whoever cannot for half of it falls out of the
/// windows of that half at the draw.
macro_rules! not_away {
    () => {
        " AND NOT EXISTS (SELECT 1 FROM away w WHERE w.inspector = i.id AND w.half IS NULL AND w.from_day <= $1 AND w.to_day >= $1)"
    };
}

macro_rules! excluded {
    ($place:literal, $joined:literal, $on:literal) => {
        concat!(
            "SELECT ", $place, ", v.name, v.latin, e.reason FROM exclusion e CROSS JOIN ", $joined,
            " WHERE e.from_day <= $1 AND (e.to_day IS NULL OR e.to_day >= $1) AND v.region >= $2 AND v.region < $3 AND ", $on
        )
    };
}

/// Who made the last `$1` visits of each place of a region from `$2` to below `$3`.
macro_rules! met {
    ($place:literal, $joined:literal) => {
        concat!(
            "SELECT place, inspector FROM (SELECT m.place, m.inspector, DENSE_RANK() OVER (PARTITION BY m.place ORDER BY m.id DESC) AS nth FROM (",
            "SELECT w.starts_at AS id, l.place, a.inspector FROM ", $joined, " JOIN line l ON l.place = ", $place,
            " JOIN assignment a ON a.id = l.assignment JOIN window_seal w ON w.id = l.id WHERE v.region >= $2 AND v.region < $3 AND l.kind = 'visit'",
            " AND EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = l.assignment AND o.line = l.code AND o.outcome <> 'not_done')",
            " UNION SELECT w.starts_at, c.place, a.inspector FROM ", $joined, " JOIN companion c ON c.place = ", $place,
            " JOIN assignment a ON a.id = c.assignment JOIN window_seal w ON w.id = c.id WHERE v.region >= $2 AND v.region < $3",
            " AND EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = c.assignment AND o.line = c.code AND o.outcome <> 'not_done')",
            ") m) r WHERE nth <= $1"
        )
    };
}

statements! {
    TEAMS_MET = met!("t.id", "village v JOIN team t ON t.village = v.id");
    VILLAGES_MET = met!("v.id", "village v");
    TEAM_PLACES = concat!(place_lines!("t.id", presence_at_team!()),
        " FROM village v JOIN team t ON t.village = v.id WHERE v.region >= $2 AND v.region < $3");
    // A country is read in the order of its teams: one look-up a team, and not one a village.
    ALL_TEAM_PLACES = concat!(place_lines!("t.id", presence_at_team!()), " FROM team t CROSS JOIN village v WHERE v.id = t.village");
    VILLAGE_PLACES = concat!(place_lines!("v.id", presence_in_village!()), " FROM village v WHERE v.region >= $2 AND v.region < $3");
    TEAMS_EXCLUDED = concat!(excluded!("t.id", "team t CROSS JOIN village v", "t.id = e.place AND v.id = t.village"),
        " UNION ALL ", excluded!("t.id", "village v CROSS JOIN team t", "v.id = e.place AND t.village = v.id"));
    VILLAGES_EXCLUDED = excluded!("v.id", "village v", "v.id = e.place");
    TEAMS_RECUSED = concat!(all_recused!("t.id"), " UNION ", recused!("t.id", "village", "village v CROSS JOIN team t",
        " AND v.id = r.target AND t.village = v.id"));
    VILLAGES_RECUSED = concat!(all_recused!("v.id"), " UNION ", recused!("v.id", "village", "village v", " AND v.id = r.target"));
    REGIONS_RECUSED = "SELECT target, inspector FROM recusal
        WHERE scope = 'region' AND from_day <= $1 AND (to_day IS NULL OR to_day >= $1) ORDER BY target, inspector";
    ON_DUTY = concat!("SELECT i.id, i.office, i.visits, i.calls, i.home_county FROM inspector i WHERE i.addresses <> '[]' AND ", holds!("i"), not_away!(), " ORDER BY i.id");
    ON_DUTY_OF = concat!("SELECT i.id, i.office, i.visits, i.calls, i.home_county FROM inspector i WHERE i.addresses <> '[]' AND ", holds!("i"),
        not_away!(), " AND i.office = $2 ORDER BY i.id");
    COUNT_IN = "SELECT (SELECT COUNT(*) FROM village v WHERE v.region >= $1 AND v.region < $2),
        (SELECT COUNT(*) FROM village v JOIN team t ON t.village = v.id WHERE v.region >= $1 AND v.region < $2),
        (SELECT COUNT(*) FROM village v JOIN team t ON t.village = v.id JOIN official o ON o.team = t.id WHERE v.region >= $1 AND v.region < $2)";
}

/// A place of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    pub place: PlaceId,
    pub region: String,
    /// Somebody is posted there.
    pub posted: bool,
    /// And somebody who may be rung has a number.
    pub reachable: bool,
}

/// A place that a person took out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedRow {
    pub place: PlaceId,
    pub village: Name,
    pub reason: String,
}

/// An inspector on duty whom letters reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDutyRow {
    pub inspector: InspectorId,
    pub office: OfficeId,
    pub visits: u32,
    pub calls: u32,
    pub home_county: Option<String>,
}

/// Numbers of what a region holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegisterCounts {
    pub villages: i64,
    pub teams: i64,
    pub officials: i64,
}

/// '~' sorts after every digit and letter.
fn end(region: &str) -> String {
    format!("{region}~")
}

type OnDutyColumns = (String, String, i64, i64, Option<String>);

fn on_duty((id, office, visits, calls, home_county): OnDutyColumns) -> Result<OnDutyRow> {
    Ok(OnDutyRow {
        office: parsed("inspector", "office", &id, &office)?,
        inspector: parsed("inspector", "id", &id, &id)?,
        visits: u32::try_from(visits).unwrap_or(0),
        calls: u32::try_from(calls).unwrap_or(0),
        home_county,
    })
}

impl Tx {
    /// Every place whose region code begins with `region`, open or not.
    pub async fn places(&mut self, kind: PlaceKind, region: &str, day: NaiveDate) -> Result<Vec<PlaceRow>> {
        let day = stored_day(day);
        let text = match kind {
            PlaceKind::Team if region.is_empty() => fetch_optional!(self, (Option<String>,), ALL_TEAM_PLACES, day),
            PlaceKind::Team => fetch_optional!(self, (Option<String>,), TEAM_PLACES, day, region, end(region)),
            PlaceKind::Village => fetch_optional!(self, (Option<String>,), VILLAGE_PLACES, day, region, end(region)),
        };
        lines::read(text, |[id, region, presence]: [&str; 3]| {
            Ok(PlaceRow {
                place: parsed("team", "id", id, id)?,
                region: region.to_owned(),
                posted: presence != "0",
                reachable: presence == "2",
            })
        })
    }

    /// Places of a region that are out of the draw on a day; for one with two reasons, two rows.
    pub async fn excluded(&mut self, kind: PlaceKind, region: &str, day: NaiveDate) -> Result<Vec<ExcludedRow>> {
        let sql = match kind {
            PlaceKind::Team => TEAMS_EXCLUDED,
            PlaceKind::Village => VILLAGES_EXCLUDED,
        };
        let rows = fetch_all!(self, (String, String, String, String), sql, stored_day(day), region, end(region));
        let mut found = rows
            .into_iter()
            .map(|(id, name, latin, reason)| {
                Ok(ExcludedRow {
                    place: parsed("exclusion", "place", &id, &id)?,
                    village: Name::new(name, latin),
                    reason,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        found.sort_by(|a, b| (&a.place, &a.reason).cmp(&(&b.place, &b.reason)));
        Ok(found)
    }

    /// Places of a region and the inspectors that a recusal bars from each; recusals of whole regions
    /// are told by [`Tx::recused_regions`].
    pub async fn recused(
        &mut self,
        kind: PlaceKind,
        region: &str,
        day: NaiveDate,
    ) -> Result<Vec<(PlaceId, InspectorId)>> {
        let sql = match kind {
            PlaceKind::Team => TEAMS_RECUSED,
            PlaceKind::Village => VILLAGES_RECUSED,
        };
        fetch_all!(self, (String, String), sql, stored_day(day), region, end(region))
            .into_iter()
            .map(|(place, inspector)| {
                Ok((parsed("team", "id", &place, &place)?, parsed("recusal", "inspector", &inspector, &inspector)?))
            })
            .collect()
    }

    /// Places of a region and who made their last `visits` executed visits.
    pub async fn met_within(
        &mut self,
        kind: PlaceKind,
        region: &str,
        visits: u32,
    ) -> Result<Vec<(PlaceId, InspectorId)>> {
        let sql = match kind {
            PlaceKind::Team => TEAMS_MET,
            PlaceKind::Village => VILLAGES_MET,
        };
        fetch_all!(self, (String, String), sql, i64::from(visits), region, end(region))
            .into_iter()
            .map(|(place, inspector)| {
                Ok((
                    parsed("line", "place", &place, &place)?,
                    parsed("assignment", "inspector", &inspector, &inspector)?,
                ))
            })
            .collect()
    }

    pub async fn recused_regions(&mut self, day: NaiveDate) -> Result<Vec<(String, InspectorId)>> {
        fetch_all!(self, (String, String), REGIONS_RECUSED, stored_day(day))
            .into_iter()
            .map(|(region, inspector)| Ok((region, parsed("recusal", "inspector", &inspector, &inspector)?)))
            .collect()
    }

    /// Inspectors of all offices who are on duty on a day and whom letters reach.
    pub async fn on_duty(&mut self, day: NaiveDate) -> Result<Vec<OnDutyRow>> {
        fetch_all!(self, OnDutyColumns, ON_DUTY, stored_day(day)).into_iter().map(on_duty).collect()
    }

    pub async fn on_duty_of(&mut self, office: &OfficeId, day: NaiveDate) -> Result<Vec<OnDutyRow>> {
        fetch_all!(self, OnDutyColumns, ON_DUTY_OF, stored_day(day), office.as_str()).into_iter().map(on_duty).collect()
    }

    /// Villages, teams and officials whose region code begins with `region`, gone ones too.
    pub async fn count_in(&mut self, region: &str) -> Result<RegisterCounts> {
        let row = fetch_optional!(self, (i64, i64, i64), COUNT_IN, region, end(region));
        Ok(row.map(|(villages, teams, officials)| RegisterCounts { villages, teams, officials }).unwrap_or_default())
    }
}
