//! Where places lie, and the ways between them that an office knows.

use super::bulk::{self, Cell, Counted};
use super::register::Ids;
use super::{Result, Tx};
use crate::model::position::{Distance, Leg, Located, Position};

statements! {
    LOCATED = "SELECT place, longitude, latitude FROM place_position ORDER BY place";
    LOCATED_AMONG = "SELECT place, longitude, latitude FROM place_position WHERE place IN (SELECT value FROM json_each($1)) ORDER BY place",
    postgres = "SELECT place, longitude, latitude FROM place_position
        WHERE place = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY place";
    DISTANCES = "SELECT origin, target, metres, seconds FROM place_distance ORDER BY origin, target";
    DISTANCES_AMONG = "SELECT origin, target, metres, seconds FROM place_distance
        WHERE origin IN (SELECT value FROM json_each($1)) AND target IN (SELECT value FROM json_each($1)) ORDER BY origin, target",
    postgres = "SELECT origin, target, metres, seconds FROM place_distance
        WHERE origin = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
        AND target = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY origin, target";
}

type LocatedColumns = (String, i64, i64);
type DistanceColumns = (String, String, Option<i64>, i64);

fn located((place, longitude, latitude): LocatedColumns) -> Located {
    Located { place, position: Position { longitude, latitude } }
}

fn distance((from, to, metres, seconds): DistanceColumns) -> Distance {
    Distance { from, to, leg: Leg { metres, seconds } }
}

impl Tx {
    pub async fn located(&mut self) -> Result<Vec<Located>> {
        Ok(fetch_all!(self, LocatedColumns, LOCATED).into_iter().map(located).collect())
    }

    pub async fn located_among(&mut self, places: &Ids) -> Result<Vec<Located>> {
        Ok(fetch_among!(self, places, LocatedColumns, LOCATED_AMONG).into_iter().map(located).collect())
    }

    pub async fn put_located(&mut self, all: &[Located]) -> Result<Counted> {
        let row =
            |one: &Located| [one.place.as_str().into(), one.position.longitude.into(), one.position.latitude.into()];
        let rows: Vec<[Cell; 3]> = all.iter().map(row).collect();
        bulk::insert(
            self,
            "INSERT INTO place_position (place, longitude, latitude) ",
            &rows,
            " ON CONFLICT (place) DO UPDATE SET longitude = excluded.longitude, latitude = excluded.latitude",
        )
        .await
    }

    pub async fn distances(&mut self) -> Result<Vec<Distance>> {
        Ok(fetch_all!(self, DistanceColumns, DISTANCES).into_iter().map(distance).collect())
    }

    /// Those with both ends among these.
    pub async fn distances_among(&mut self, places: &Ids) -> Result<Vec<Distance>> {
        Ok(fetch_among!(self, places, DistanceColumns, DISTANCES_AMONG).into_iter().map(distance).collect())
    }

    pub async fn put_distances(&mut self, all: &[Distance]) -> Result<Counted> {
        let row = |one: &Distance| {
            [one.from.as_str().into(), one.to.as_str().into(), one.leg.metres.into(), one.leg.seconds.into()]
        };
        let rows: Vec<[Cell; 4]> = all.iter().map(row).collect();
        bulk::insert(
            self,
            "INSERT INTO place_distance (origin, target, metres, seconds) ",
            &rows,
            " ON CONFLICT (origin, target) DO UPDATE SET metres = excluded.metres, seconds = excluded.seconds",
        )
        .await
    }
}
