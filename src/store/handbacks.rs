//! Lines that their inspector gave back.

use super::away::{LostColumns, lost_line};
use super::register::Ids;
use super::{LostLine, Result, Tx, touched};
use crate::model::{AssignmentId, PlaceId, Timestamp, WindowId};
use std::collections::BTreeSet;

statements! {
    ADD_HANDBACK = "INSERT INTO handback (assignment, line, at) VALUES ($1, $2, $3) ON CONFLICT (assignment, line) DO NOTHING";
    HANDED_BACK = "SELECT l.id, l.place, a.inspector, l.assignment, l.code FROM handback h JOIN assignment a ON a.id = h.assignment
        JOIN line l ON l.assignment = h.assignment AND l.code = h.line WHERE h.outcome IS NULL
        UNION
        SELECT c.id, c.place, a.inspector, c.assignment, c.code FROM handback h JOIN assignment a ON a.id = h.assignment
        JOIN companion c ON c.assignment = h.assignment AND c.code = h.line WHERE h.outcome IS NULL ORDER BY 1, 2, 3";
    SETTLE_HANDBACK = "UPDATE handback SET outcome = $3 WHERE assignment = $1 AND line = $2 AND outcome IS NULL";
    SETTLE_TRIES = "UPDATE handback SET outcome = $3 WHERE outcome IS NULL AND EXISTS (SELECT 1 FROM call_try t
        WHERE t.id = $1 AND t.place = $2 AND t.assignment = handback.assignment AND t.code = handback.line)";
    HANDBACKS_OF = "SELECT line, outcome FROM handback WHERE assignment = $1 ORDER BY line";
    HANDBACKS_AMONG = "SELECT assignment, line FROM handback WHERE assignment IN (SELECT value FROM json_each($1)) ORDER BY assignment, line",
    postgres = "SELECT assignment, line FROM handback WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY assignment, line";
}

impl Tx {
    /// Notes lines that were given back; one that was before stays as it is.
    pub async fn add_handbacks(&mut self, lines: &[(&AssignmentId, &str)], at: Timestamp) -> Result<()> {
        for (assignment, line) in lines {
            execute!(self, ADD_HANDBACK, assignment.as_str(), *line, at.0);
        }
        Ok(())
    }

    /// Lines that were given back and of which nobody has decided yet who goes.
    pub async fn handed_back(&mut self) -> Result<Vec<LostLine>> {
        fetch_all!(self, LostColumns, HANDED_BACK).into_iter().map(lost_line).collect()
    }

    /// `given`: somebody else has it now; otherwise it stays with who gave it back, not done.
    pub async fn settle_handback(&mut self, line: &LostLine, given: bool) -> Result<()> {
        let outcome = if given { "given" } else { "kept" };
        let done = execute!(self, SETTLE_HANDBACK, line.assignment.as_str(), line.code.as_str(), outcome);
        touched("settle_handback", done, 1)
    }

    /// The same of further tries of a call, where any were given back: they are dealt by the ticket of its stand-ins.
    pub async fn settle_tries(&mut self, (window, place): (&WindowId, &PlaceId), given: bool) -> Result<()> {
        execute!(self, SETTLE_TRIES, window.to_string(), place.as_str(), if given { "given" } else { "kept" });
        Ok(())
    }

    /// Lines of some assignments that were given back.
    pub async fn handbacks_among(&mut self, assignments: &Ids) -> Result<BTreeSet<(String, String)>> {
        Ok(fetch_among!(self, assignments, (String, String), HANDBACKS_AMONG).into_iter().collect())
    }

    /// Lines of an assignment that were given back, and whether somebody else has them; none: not decided yet.
    pub async fn handbacks_of(&mut self, assignment: &AssignmentId) -> Result<Vec<(String, Option<bool>)>> {
        let rows = fetch_all!(self, (String, Option<String>), HANDBACKS_OF, assignment.as_str());
        Ok(rows.into_iter().map(|(line, outcome)| (line, outcome.map(|outcome| outcome == "given"))).collect())
    }
}
