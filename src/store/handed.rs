//! Assignments, lines and letters of a release, written together: a country's release is thousands.

use super::bulk::{self, Cell};
use super::register::Ids;
use super::sql::json_rows;
use super::{AssignmentRow, NewLetter, NewLine, Packed, Result, Tx, parsed, touched};
use crate::model::{AssignmentId, LineCode, PlaceId, Sha256, Timestamp, WindowId};
use std::collections::{BTreeMap, BTreeSet};

statements! {
    KNOWN_ASSIGNMENTS = "SELECT id FROM assignment WHERE id IN (SELECT value FROM json_each($1))",
    postgres = "SELECT id FROM assignment WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
    KNOWN_LETTERS = "SELECT message_id FROM letter WHERE message_id IN (SELECT value FROM json_each($1))",
    postgres = "SELECT message_id FROM letter WHERE message_id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
    DETAILS_AMONG = "SELECT assignment, code, detail FROM line
        WHERE assignment IN (SELECT value FROM json_each($1)) AND detail IS NOT NULL AND COALESCE(state, 'open') <> 'void'
        UNION ALL SELECT c.assignment, c.code, c.detail FROM companion c JOIN line l ON l.id = c.id AND l.place = c.place
        WHERE c.assignment IN (SELECT value FROM json_each($1)) AND COALESCE(l.state, 'open') <> 'void'
        UNION ALL SELECT assignment, code, detail FROM call_try WHERE assignment IN (SELECT value FROM json_each($1))
        UNION ALL SELECT assignment, code, detail FROM back_check WHERE assignment IN (SELECT value FROM json_each($1)) ORDER BY 1, 2",
    postgres = "SELECT assignment, code, detail FROM line
        WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND detail IS NOT NULL AND COALESCE(state, 'open') <> 'void'
        UNION ALL SELECT c.assignment, c.code, c.detail FROM companion c JOIN line l ON l.id = c.id AND l.place = c.place
        WHERE c.assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND COALESCE(l.state, 'open') <> 'void'
        UNION ALL SELECT assignment, code, detail FROM call_try WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
        UNION ALL SELECT assignment, code, detail FROM back_check WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY 1, 2";
    TWIN = "SELECT c.assignment, c.code FROM line l JOIN companion c ON c.id = l.id AND c.place = l.place WHERE l.assignment = $1 AND l.code = $2
        UNION ALL
        SELECT l.assignment, l.code FROM companion c JOIN line l ON l.id = c.id AND l.place = c.place WHERE c.assignment = $1 AND c.code = $2";
    CARRIED_OUT = "SELECT l.id, l.place, l.eligible FROM json_each($1) AS j JOIN line l ON l.id = j.value ->> 0 AND l.place = j.value ->> 1
        WHERE l.origin <> 'announced'
        UNION ALL SELECT l.id, l.place, l.eligible FROM json_each($1) AS j JOIN line l ON l.credit = j.value ->> 0 AND l.place = j.value ->> 1
        WHERE l.origin <> 'announced'",
    postgres = "SELECT l.id, l.place, l.eligible FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j JOIN line l ON l.id = j ->> 0 AND l.place = j ->> 1
        WHERE l.origin <> 'announced'
        UNION ALL SELECT l.id, l.place, l.eligible FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j JOIN line l ON l.credit = j ->> 0 AND l.place = j ->> 1
        WHERE l.origin <> 'announced'";
    DETAILS_BETWEEN = "SELECT a.id, l.detail FROM assignment a JOIN line l ON l.assignment = a.id
        WHERE a.office IN (SELECT value FROM json_each($1)) AND a.released_at >= $2 AND a.released_at < $3 AND l.detail IS NOT NULL AND COALESCE(l.state, 'open') <> 'void'
        UNION ALL
        SELECT a.id, c.detail FROM assignment a JOIN companion c ON c.assignment = a.id JOIN line l ON l.id = c.id AND l.place = c.place
        WHERE a.office IN (SELECT value FROM json_each($1)) AND a.released_at >= $2 AND a.released_at < $3 AND COALESCE(l.state, 'open') <> 'void'
        UNION ALL SELECT a.id, t.detail FROM assignment a JOIN call_try t ON t.assignment = a.id
        WHERE a.office IN (SELECT value FROM json_each($1)) AND a.released_at >= $2 AND a.released_at < $3
        UNION ALL SELECT a.id, b.detail FROM assignment a JOIN back_check b ON b.assignment = a.id
        WHERE a.office IN (SELECT value FROM json_each($1)) AND a.released_at >= $2 AND a.released_at < $3",
    postgres = "SELECT a.id, l.detail FROM assignment a JOIN line l ON l.assignment = a.id
        WHERE a.office = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND a.released_at >= $2 AND a.released_at < $3 AND l.detail IS NOT NULL AND COALESCE(l.state, 'open') <> 'void'
        UNION ALL
        SELECT a.id, c.detail FROM assignment a JOIN companion c ON c.assignment = a.id JOIN line l ON l.id = c.id AND l.place = c.place
        WHERE a.office = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND a.released_at >= $2 AND a.released_at < $3 AND COALESCE(l.state, 'open') <> 'void'
        UNION ALL SELECT a.id, t.detail FROM assignment a JOIN call_try t ON t.assignment = a.id
        WHERE a.office = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND a.released_at >= $2 AND a.released_at < $3
        UNION ALL SELECT a.id, b.detail FROM assignment a JOIN back_check b ON b.assignment = a.id
        WHERE a.office = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND a.released_at >= $2 AND a.released_at < $3";
    RELEASED_BETWEEN = "SELECT a.id, a.office, a.inspector, a.released_at, a.reply_by, a.closes_at, a.kid, a.message_id, a.reminded_at, a.closed_at
        FROM assignment a WHERE a.office IN (SELECT value FROM json_each($1)) AND a.released_at >= $2 AND a.released_at < $3 ORDER BY a.released_at, a.id",
    postgres = "SELECT a.id, a.office, a.inspector, a.released_at, a.reply_by, a.closes_at, a.kid, a.message_id, a.reminded_at, a.closed_at
        FROM assignment a WHERE a.office = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND a.released_at >= $2 AND a.released_at < $3 ORDER BY a.released_at, a.id";
}

/// The second inspector's copy of a visit line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCompanion {
    pub window: WindowId,
    pub place: PlaceId,
    pub assignment: AssignmentId,
    pub code: LineCode,
    /// The line as the second inspector got it (JSON).
    pub detail: String,
}

impl Tx {
    /// Which of these ids are taken.
    pub async fn known_assignments(&mut self, ids: &Ids) -> Result<BTreeSet<AssignmentId>> {
        fetch_among!(self, ids, (String,), KNOWN_ASSIGNMENTS)
            .into_iter()
            .map(|(id,)| parsed("assignment", "id", &id, &id))
            .collect()
    }

    pub async fn add_assignments(&mut self, rows: &[AssignmentRow]) -> Result<()> {
        let cells: Vec<[Cell; 8]> = rows
            .iter()
            .map(|a| {
                [
                    a.id.as_str().into(),
                    a.office.as_str().into(),
                    a.inspector.as_str().into(),
                    a.released.0.into(),
                    a.reply_by.0.into(),
                    a.closes.0.into(),
                    a.kid.into(),
                    a.message_id.as_str().into(),
                ]
            })
            .collect();
        let head = "INSERT INTO assignment (id, office, inspector, released_at, reply_by, closes_at, kid, message_id) ";
        let done = bulk::insert(self, head, &cells, "").await?;
        touched("add_assignments", done.touched, done.given)
    }

    pub async fn add_lines(&mut self, lines: &[NewLine]) -> Result<()> {
        let cells: Vec<[Cell; 14]> = lines
            .iter()
            .map(|line| {
                let given = line.given.as_ref();
                [
                    line.window.to_string().into(),
                    line.place.as_str().into(),
                    line.kind.code().into(),
                    line.origin.as_str().into(),
                    format!("{:016x}", line.ticket).into(),
                    line.minute.into(),
                    line.p_visit.into(),
                    line.p_call.into(),
                    line.eligible.into(),
                    given.map(|(assignment, ..)| assignment.to_string()).into(),
                    given.map(|(_, code, _)| code.to_string()).into(),
                    given.map(|(.., detail)| detail.clone()).into(),
                    line.state.clone().into(),
                    line.credit.as_ref().map(WindowId::to_string).into(),
                ]
            })
            .collect();
        let head = "INSERT INTO line (id, place, kind, origin, ticket, minute, p_visit, p_call, eligible, assignment, code, detail, state, credit) ";
        let done = bulk::insert(self, head, &cells, "").await?;
        touched("add_lines", done.touched, done.given)
    }

    pub async fn add_companions(&mut self, companions: &[NewCompanion]) -> Result<()> {
        let cells: Vec<[Cell; 5]> = companions
            .iter()
            .map(|one| {
                [
                    one.window.to_string().into(),
                    one.place.as_str().into(),
                    one.assignment.as_str().into(),
                    one.code.as_str().into(),
                    one.detail.as_str().into(),
                ]
            })
            .collect();
        let done =
            bulk::insert(self, "INSERT INTO companion (id, place, assignment, code, detail) ", &cells, "").await?;
        touched("add_companions", done.touched, done.given)
    }

    /// The lines (JSON) of some assignments, those included that they have as the second of two inspectors, and
    /// calls that came back; those of void windows left out.
    pub async fn details_among(&mut self, assignments: &Ids) -> Result<BTreeMap<AssignmentId, Vec<String>>> {
        let mut details: BTreeMap<AssignmentId, Vec<String>> = BTreeMap::new();
        for (id, _, detail) in fetch_among!(self, assignments, (String, String, String), DETAILS_AMONG) {
            details.entry(parsed("line", "assignment", &id, &id)?).or_default().push(detail);
        }
        Ok(details)
    }

    /// The same visit in the other inspector's assignment, where two make it.
    pub async fn twin(&mut self, assignment: &AssignmentId, code: &str) -> Result<Option<(AssignmentId, String)>> {
        fetch_optional!(self, (String, String), TWIN, assignment.as_str(), code)
            .map(|(id, code)| Ok((parsed("companion", "assignment", &id, &id)?, code)))
            .transpose()
    }

    /// Every window whose drawn visit of a place is carried out by the line of one of these windows, themselves
    /// included, with the place's count of eligible windows there.
    pub async fn carried_out(&mut self, visits: &[(&WindowId, &PlaceId)]) -> Result<Vec<(WindowId, PlaceId, i64)>> {
        let visits: Vec<(String, &str)> = visits.iter().map(|(id, place)| (id.to_string(), place.as_str())).collect();
        fetch_all!(self, (String, String, i64), CARRIED_OUT, json_rows(&visits))
            .into_iter()
            .map(|(id, place, eligible)| {
                Ok((parsed("line", "id", &id, &id)?, parsed("line", "place", &id, &place)?, eligible))
            })
            .collect()
    }

    /// Everything that these offices handed out in `[from, to)`: each assignment with its lines (JSON), those
    /// of void windows left out.
    pub async fn handed_out_between(
        &mut self,
        offices: &Ids,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(AssignmentRow, Vec<String>)>> {
        let rows = fetch_among!(self, offices, super::assignments::AssignmentColumns, RELEASED_BETWEEN, from.0, to.0);
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, detail) in fetch_among!(self, offices, (String, String), DETAILS_BETWEEN, from.0, to.0) {
            lines.entry(id).or_default().push(detail);
        }
        rows.into_iter()
            .map(|row| {
                let row = row.row()?;
                let of_it = lines.remove(row.id.as_str()).unwrap_or_default();
                Ok((row, of_it))
            })
            .collect()
    }

    /// Which of these Message-IDs are those of letters.
    pub async fn known_letters(&mut self, message_ids: &Ids) -> Result<BTreeSet<String>> {
        Ok(fetch_among!(self, message_ids, (String,), KNOWN_LETTERS).into_iter().map(|(id,)| id).collect())
    }

    /// Queues letters. A Message-ID that is there already stays as it is; returns how many were new.
    pub async fn queue_letters(&mut self, letters: &[NewLetter]) -> Result<u64> {
        // In one order everywhere: two daemons with the same letters wait for each other, but never in a circle.
        let blobs: BTreeMap<Sha256, &Packed> = letters.iter().map(|l| (l.bytes.sha(), &l.bytes)).collect();
        let blobs: Vec<[Cell; 2]> = blobs.into_values().map(Packed::cells).collect();
        bulk::insert(self, "INSERT INTO blob (sha, bytes) ", &blobs, " ON CONFLICT (sha) DO NOTHING").await?;
        let cells: Vec<[Cell; 14]> = letters
            .iter()
            .map(|l| {
                [
                    l.message_id.as_str().into(),
                    l.kind.as_str().into(),
                    l.office.as_str().into(),
                    l.assignment.as_ref().map(AssignmentId::to_string).into(),
                    l.inspector.as_ref().map(ToString::to_string).into(),
                    l.sender.as_str().into(),
                    l.recipients.join(" ").into(),
                    l.bytes.sha().hex().into(),
                    l.priority.into(),
                    l.created.0.into(),
                    "queued".into(),
                    0.into(),
                    0.into(),
                    l.created.0.into(),
                ]
            })
            .collect();
        let head = "INSERT INTO letter (message_id, kind, office, assignment, inspector, sender, recipients, bytes, priority, created_at, state,
            fence, attempts, next_try_at) ";
        Ok(bulk::insert(self, head, &cells, " ON CONFLICT (message_id) DO NOTHING").await?.touched)
    }
}
