//! What is known of some officials or of a place over a period, for their record.

use super::register::Ids;
use super::{Result, Tx, parsed};
use crate::model::{AssignmentId, FlagState, OfficialId, Outcome, Timestamp, VerdictCode};

statements! {
    CHECKS = "SELECT o.assignment, o.line, o.person, o.official, o.outcome, COALESCE(o.stated_at, a.released_at), a.released_at,
            (SELECT v.verdict FROM verdict v WHERE v.assignment = o.assignment AND v.line = o.line AND v.person = o.person ORDER BY v.seq DESC LIMIT 1), f.state
        FROM outcome o JOIN assignment a ON a.id = o.assignment
        LEFT JOIN flag f ON f.assignment = o.assignment AND f.line = o.line AND f.person = o.person
        WHERE o.official IN (SELECT value FROM json_each($1)) AND a.released_at >= $2 AND a.released_at < $3 AND o.outcome <> 'not_done'
        AND NOT EXISTS (SELECT 1 FROM line l WHERE l.assignment = o.assignment AND l.code = o.line AND l.state = 'void')
        AND o.seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person)
        ORDER BY 6, 1, 2, 3",
    postgres = "SELECT o.assignment, o.line, o.person, o.official, o.outcome, COALESCE(o.stated_at, a.released_at), a.released_at,
            (SELECT v.verdict FROM verdict v WHERE v.assignment = o.assignment AND v.line = o.line AND v.person = o.person ORDER BY v.seq DESC LIMIT 1), f.state
        FROM outcome o JOIN assignment a ON a.id = o.assignment
        LEFT JOIN flag f ON f.assignment = o.assignment AND f.line = o.line AND f.person = o.person
        WHERE o.official = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND a.released_at >= $2 AND a.released_at < $3 AND o.outcome <> 'not_done'
        AND NOT EXISTS (SELECT 1 FROM line l WHERE l.assignment = o.assignment AND l.code = o.line AND l.state = 'void')
        AND o.seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person)
        ORDER BY 6, 1, 2, 3";
    INQUIRIES = "SELECT l.detail, a.released_at FROM line l JOIN assignment a ON a.id = l.assignment
        WHERE l.place IN (SELECT value FROM json_each($1)) AND l.kind = 'call' AND l.detail IS NOT NULL AND a.released_at >= $2 AND a.released_at < $3
        AND EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = l.assignment AND o.line = l.code AND o.official IS NULL AND o.outcome <> 'not_done')
        ORDER BY a.released_at, l.id, l.place",
    postgres = "SELECT l.detail, a.released_at FROM line l JOIN assignment a ON a.id = l.assignment
        WHERE l.place = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND l.kind = 'call' AND l.detail IS NOT NULL AND a.released_at >= $2 AND a.released_at < $3
        AND EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = l.assignment AND o.line = l.code AND o.official IS NULL AND o.outcome <> 'not_done')
        ORDER BY a.released_at, l.id, l.place";
}

/// One outcome that counts, the verdict that stands and the state of its flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    pub assignment: AssignmentId,
    pub line: String,
    pub official: OfficialId,
    pub outcome: Outcome,
    /// When, as stated; else when the line was released.
    pub at: Timestamp,
    pub released: Timestamp,
    pub verdict: Option<VerdictCode>,
    pub flag: Option<FlagState>,
}

type Columns = (String, String, String, String, String, i64, i64, Option<String>, Option<String>);

fn check((assignment, line, _, official, outcome, at, released, verdict, flag): Columns) -> Result<CheckRow> {
    let id = &assignment;
    Ok(CheckRow {
        official: parsed("outcome", "official", id, &official)?,
        outcome: parsed("outcome", "outcome", id, &outcome)?,
        verdict: verdict.map(|v| parsed("verdict", "verdict", id, &v)).transpose()?,
        flag: flag.map(|f| parsed("flag", "state", id, &f)).transpose()?,
        at: Timestamp(at),
        released: Timestamp(released),
        assignment: parsed("outcome", "assignment", id, id)?,
        line,
    })
}

impl Tx {
    /// What checks of these officials found that were released in `[from, to)`.
    pub async fn checks_of(&mut self, officials: &Ids, from: Timestamp, to: Timestamp) -> Result<Vec<CheckRow>> {
        fetch_among!(self, officials, Columns, CHECKS, from.0, to.0).into_iter().map(check).collect()
    }

    /// Calls about these places to somebody who is no official: the line (JSON), and when it was released.
    pub async fn inquiries_at(
        &mut self,
        places: &Ids,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(String, Timestamp)>> {
        let rows = fetch_among!(self, places, (String, i64), INQUIRIES, from.0, to.0);
        Ok(rows.into_iter().map(|(detail, at)| (detail, Timestamp(at))).collect())
    }
}
