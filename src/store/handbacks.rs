//! Lines that their inspector gave back.

use super::away::{LostColumns, lost_line};
use super::{LostLine, Result, Tx, touched};
use crate::model::{AssignmentId, Timestamp};

statements! {
    ADD_HANDBACK = "INSERT INTO handback (assignment, line, at) VALUES ($1, $2, $3) ON CONFLICT (assignment, line) DO NOTHING";
    HANDED_BACK = "SELECT l.id, l.place, a.inspector, l.assignment, l.code FROM handback h JOIN assignment a ON a.id = h.assignment
        JOIN line l ON l.assignment = h.assignment AND l.code = h.line WHERE h.outcome IS NULL
        UNION
        SELECT c.id, c.place, a.inspector, c.assignment, c.code FROM handback h JOIN assignment a ON a.id = h.assignment
        JOIN companion c ON c.assignment = h.assignment AND c.code = h.line WHERE h.outcome IS NULL ORDER BY 1, 2, 3";
    SETTLE_HANDBACK = "UPDATE handback SET outcome = $3 WHERE assignment = $1 AND line = $2 AND outcome IS NULL";
    HANDBACKS_OF = "SELECT line, outcome FROM handback WHERE assignment = $1 ORDER BY line";
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

    /// Lines of an assignment that were given back, and whether somebody else has them; none: not decided yet.
    pub async fn handbacks_of(&mut self, assignment: &AssignmentId) -> Result<Vec<(String, Option<bool>)>> {
        let rows = fetch_all!(self, (String, Option<String>), HANDBACKS_OF, assignment.as_str());
        Ok(rows.into_iter().map(|(line, outcome)| (line, outcome.map(|outcome| outcome == "given"))).collect())
    }
}
