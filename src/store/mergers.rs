//! Villages that became part of another one, and who moved with them.

use super::bulk::{self, Cell};
use super::register::{Ids, stored_day};
use super::{HazardRow, Result, StoreError, Tx, parsed, touched};
use crate::model::lineage::Move;
use crate::model::{AssignmentId, Kind, Lineage, Merger, OfficeId, PlaceId, ProgrammeId, Timestamp, WindowId};
use chrono::NaiveDate;

statements! {
    MERGERS = "SELECT part, into_village, from_day, reason, actor, at FROM village_merger ORDER BY part";
    ADD_MERGER = "INSERT INTO village_merger (part, into_village, from_day, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6)";
    MOVES = "SELECT kind, id, from_village, from_day FROM village_move
        WHERE id IN (SELECT value FROM json_each($1)) OR from_village IN (SELECT value FROM json_each($1)) ORDER BY kind, id, from_day",
    postgres = "SELECT kind, id, from_village, from_day FROM village_move
        WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
            OR from_village = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY kind, id, from_day";
    OPEN_LINES = concat!("SELECT id, place, kind, assignment, code FROM line WHERE ", in_json!("place", "$1"), " AND state IS NULL ORDER BY id, place"),
    postgres = concat!("SELECT id, place, kind, assignment, code FROM line WHERE ", in_jsonb!("place", "$1"), " AND state IS NULL ORDER BY id, place");
    INHERIT = "INSERT INTO hazard (programme, office, place, start_age, missed, executed, visited) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (programme, office, place) DO UPDATE SET missed = excluded.missed, executed = excluded.executed, visited = excluded.visited";
    PLACES_STAND_STILL = "SELECT 0",
        postgres = "SELECT COUNT(*) FROM (SELECT pg_advisory_xact_lock_shared(hashtext('places'))) AS held";
    PLACES_CHANGE = "SELECT 0",
        postgres = "SELECT COUNT(*) FROM (SELECT pg_advisory_xact_lock(hashtext('places'))) AS held";
}

/// Who moved with a village.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    pub teams: Vec<Move>,
    pub contacts: Vec<Move>,
}

/// A line of which nothing final is known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    pub window: WindowId,
    pub place: PlaceId,
    pub kind: Kind,
    /// Its letter and number, where it went out.
    pub code: Option<(AssignmentId, String)>,
}

type MergerColumns = (String, String, String, String, String, i64);
type LineColumns = (String, String, String, Option<String>, Option<String>);

impl Tx {
    /// Every merger, in the order of parts.
    pub async fn mergers(&mut self) -> Result<Vec<Merger>> {
        fetch_all!(self, MergerColumns, MERGERS)
            .into_iter()
            .map(|(part, into, from, reason, by, at)| {
                Ok(Merger {
                    into: parsed("village_merger", "into_village", &part, &into)?,
                    from: parsed("village_merger", "from_day", &part, &from)?,
                    part: parsed("village_merger", "part", &part, &part)?,
                    reason,
                    by,
                    at: Timestamp(at),
                })
            })
            .collect()
    }

    pub async fn lineage(&mut self) -> Result<Lineage> {
        Ok(Lineage::new(self.mergers().await?))
    }

    /// A village is closed so once: a second time is refused by the key.
    pub async fn add_merger(&mut self, one: &Merger) -> Result<()> {
        let (from, reason, by) = (stored_day(one.from), one.reason.as_str(), one.by.as_str());
        execute!(self, ADD_MERGER, one.part.as_str(), one.into.as_str(), from, reason, by, one.at.0);
        Ok(())
    }

    pub async fn add_moves(&mut self, moved: &Moved) -> Result<()> {
        let teams = moved.teams.iter().map(|one| ("team", one));
        let contacts = moved.contacts.iter().map(|one| ("contact", one));
        let row = |(kind, one): (&str, &Move)| -> [Cell; 4] {
            [kind.into(), one.id.as_str().into(), one.village.as_str().into(), stored_day(one.from).into()]
        };
        let rows: Vec<[Cell; 4]> = teams.chain(contacts).map(row).collect();
        // Of two moves on one day the first one says where it belonged before.
        let sql = "INSERT INTO village_move (kind, id, from_village, from_day) ";
        bulk::insert(self, sql, &rows, " ON CONFLICT (kind, id, from_day) DO NOTHING").await?;
        Ok(())
    }

    /// Moves of these teams and contacts, and out of these villages; the earliest first.
    pub async fn moves(&mut self, ids: &Ids) -> Result<Moved> {
        let mut moved = Moved::default();
        for (kind, id, village, from) in fetch_among!(self, ids, (String, String, String, String), MOVES) {
            let one = Move {
                village: parsed("village_move", "from_village", &id, &village)?,
                from: parsed("village_move", "from_day", &id, &from)?,
                id,
            };
            match kind.as_str() {
                "team" => moved.teams.push(one),
                _ => moved.contacts.push(one),
            }
        }
        Ok(moved)
    }

    /// Lines of these places that are not settled.
    pub async fn open_lines(&mut self, places: &Ids) -> Result<Vec<OpenLine>> {
        fetch_among!(self, places, LineColumns, OPEN_LINES)
            .into_iter()
            .map(|(id, place, kind, assignment, code)| {
                let code = assignment.zip(code);
                Ok(OpenLine {
                    window: parsed("line", "id", &id, &id)?,
                    place: parsed("line", "place", &id, &place)?,
                    kind: kind.parse().map_err(|()| StoreError::Inconsistent {
                        table: "line",
                        column: "kind",
                        id: id.clone(),
                        found: kind,
                    })?,
                    code: code
                        .map(|(a, code)| Ok::<_, StoreError>((parsed("line", "assignment", &id, &a)?, code)))
                        .transpose()?,
                })
            })
            .collect()
    }

    /// How long a place has been waiting follows from others: its row is put as it is given.
    pub async fn inherit_wait(
        &mut self,
        (programme, office): (&ProgrammeId, &OfficeId),
        place: &PlaceId,
        row: HazardRow,
    ) -> Result<()> {
        let HazardRow { start_age, missed, executed, visited } = row;
        let (programme, office, place) = (programme.as_str(), office.as_str(), place.as_str());
        let n = execute!(self, INHERIT, programme, office, place, start_age, missed, executed, i64::from(visited));
        touched("inherit_wait", n, 1)
    }

    /// Until the commit nobody closes or opens a place: a frame is being sealed.
    pub async fn places_stand_still(&mut self) -> Result<()> {
        self.on_server(PLACES_STAND_STILL).await
    }

    /// Until the commit no frame is sealed: places are closed and opened.
    pub async fn places_change(&mut self) -> Result<()> {
        self.on_server(PLACES_CHANGE).await
    }

    /// Mergers that close a village on a day after `after`, up to `until`.
    pub async fn mergers_between(&mut self, after: NaiveDate, until: NaiveDate) -> Result<Vec<Merger>> {
        let mut found = self.mergers().await?;
        found.retain(|one| after < one.from && one.from <= until);
        Ok(found)
    }
}
