//! The journal of outcomes: append-only; the last one of a line and person counts.

use super::bulk::{self, Cell};
use super::register::Ids;
use super::sql::json_rows;
use super::{Result, Tx, parsed, touched};
use crate::model::{AssignmentId, OfficialId, Outcome, Timestamp};
use std::collections::BTreeMap;

statements! {
    LAST_SEQS = "SELECT assignment, line, person, MAX(seq) FROM outcome
        WHERE assignment IN (SELECT value FROM json_each($1)) GROUP BY assignment, line, person",
    postgres = "SELECT assignment, line, person, MAX(seq) FROM outcome
        WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) GROUP BY assignment, line, person";
    CURRENT_AMONG = "SELECT assignment, line, person, seq, official, outcome, stated_at, remark, by, mail, received_at
        FROM outcome o WHERE assignment IN (SELECT value FROM json_each($1))
        AND seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person)
        ORDER BY assignment, line, person",
    postgres = "SELECT assignment, line, person, seq, official, outcome, stated_at, remark, by, mail, received_at
        FROM outcome o WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
        AND seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person)
        ORDER BY assignment, line, person";
    SAID_AMONG = "SELECT assignment, person, outcome, CAST(CASE WHEN mail IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM outcome
        WHERE assignment IN (SELECT value FROM json_each($1)) ORDER BY assignment, line, person, seq",
    postgres = "SELECT assignment, person, outcome, CAST(CASE WHEN mail IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM outcome
        WHERE assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY assignment, line, person, seq";
    AS_OF = "SELECT assignment, line, person, seq, official, outcome, stated_at, remark, by, mail, received_at
        FROM outcome WHERE assignment = $1 AND line = $2 AND person = $3 AND received_at <= $4 ORDER BY seq DESC LIMIT 1";
    // From what is due to the journal, however much that holds: neither database can know how little is due.
    DUE = "SELECT o.assignment, o.line, o.person, o.seq, o.official, o.outcome, o.stated_at, o.remark, o.by, o.mail, o.received_at
        FROM outcome_due d CROSS JOIN outcome o
        WHERE o.assignment = d.assignment AND o.line = d.line AND o.person = d.person AND o.seq = d.seq
        AND o.seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person)",
    postgres = "SELECT o.assignment, o.line, o.person, o.seq, o.official, o.outcome, o.stated_at, o.remark, o.by, o.mail, o.received_at
        FROM outcome_due d CROSS JOIN LATERAL (SELECT * FROM outcome p WHERE p.assignment = d.assignment AND p.line = d.line
            AND p.person = d.person ORDER BY p.seq DESC LIMIT 1) o WHERE o.seq = d.seq";
    RELEASED_BETWEEN = "SELECT o.assignment, o.line, o.person, o.seq, o.official, o.outcome, o.stated_at, o.remark, o.by, o.mail, o.received_at
        FROM outcome o JOIN assignment a ON a.id = o.assignment WHERE a.released_at >= $1 AND a.released_at < $2
        AND o.seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person)
        ORDER BY o.assignment, o.line, o.person";
    WAITING = "SELECT o.assignment, o.line, o.person, o.seq, o.official, o.outcome, o.stated_at, o.remark, o.by, o.mail, o.received_at
        FROM outcome o JOIN verdict v ON v.assignment = o.assignment AND v.line = o.line AND v.person = o.person
        WHERE v.verdict IN ('waiting', 'data_missing')
        AND v.seq = (SELECT MAX(seq) FROM verdict w WHERE w.assignment = o.assignment AND w.line = o.line AND w.person = o.person)
        AND o.seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person)
        ORDER BY o.assignment, o.line, o.person";
    LOOK_AGAIN = "INSERT INTO outcome_due (assignment, line, person, seq) SELECT o.assignment, o.line, o.person, MAX(o.seq)
        FROM outcome o WHERE o.assignment = $1 AND o.line = $2 GROUP BY o.assignment, o.line, o.person ON CONFLICT DO NOTHING";
    LOOK_AGAIN_AT = "INSERT INTO outcome_due (assignment, line, person, seq) SELECT o.assignment, o.line, o.person, MAX(o.seq)
        FROM json_each($1) AS j, assignment AS a, outcome AS o
        WHERE o.official = j.value ->> 0 AND a.id = o.assignment AND a.released_at >= j.value ->> 1 AND a.released_at < j.value ->> 2
        GROUP BY o.assignment, o.line, o.person ON CONFLICT DO NOTHING",
    postgres = "INSERT INTO outcome_due (assignment, line, person, seq) SELECT o.assignment, o.line, o.person, MAX(o.seq)
        FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j, assignment AS a, outcome AS o
        WHERE o.official = j ->> 0 AND a.id = o.assignment AND a.released_at >= CAST(j ->> 1 AS BIGINT) AND a.released_at < CAST(j ->> 2 AS BIGINT)
        GROUP BY o.assignment, o.line, o.person ON CONFLICT DO NOTHING";
    LOOK_AGAIN_WAITING = "INSERT INTO outcome_due (assignment, line, person, seq) SELECT o.assignment, o.line, o.person, MAX(o.seq)
        FROM outcome o WHERE o.assignment IN (SELECT id FROM assignment WHERE released_at >= $1 AND released_at < $2)
        AND EXISTS (SELECT 1 FROM verdict v WHERE v.assignment = o.assignment AND v.line = o.line AND v.person = o.person
            AND v.verdict IN ('waiting', 'data_missing')
            AND v.seq = (SELECT MAX(seq) FROM verdict w WHERE w.assignment = v.assignment AND w.line = v.line AND w.person = v.person))
        GROUP BY o.assignment, o.line, o.person ON CONFLICT DO NOTHING";
    LOOK_AGAIN_BETWEEN = "INSERT INTO outcome_due (assignment, line, person, seq) SELECT o.assignment, o.line, o.person, MAX(o.seq)
        FROM outcome o WHERE o.assignment IN (SELECT id FROM assignment WHERE released_at >= $1 AND released_at < $2)
        GROUP BY o.assignment, o.line, o.person ON CONFLICT DO NOTHING";
    // What was corrected before anybody judged it is done with as well.
    JUDGED = "DELETE FROM outcome_due WHERE (assignment, line, person, seq) IN (
        SELECT d.assignment, d.line, d.person, d.seq FROM json_each($1) AS j, outcome_due AS d
        WHERE d.assignment = j.value ->> 0 AND d.line = j.value ->> 1 AND d.person = j.value ->> 2 AND d.seq <= j.value ->> 3)",
    postgres = "DELETE FROM outcome_due d USING jsonb_array_elements(CAST($1 AS JSONB)) AS j
        WHERE d.assignment = j ->> 0 AND d.line = j ->> 1 AND d.person = j ->> 2 AND d.seq <= CAST(j ->> 3 AS BIGINT)";
    ANY_DUE = "SELECT 1 FROM outcome_due LIMIT 1", postgres = "SELECT CAST(1 AS BIGINT) FROM outcome_due LIMIT 1";
    ONE_JUDGES = "SELECT 0",
        postgres = "SELECT COUNT(*) FROM (SELECT pg_advisory_xact_lock(hashtext('judging'))) AS held";
    NOBODY_JUDGES = "SELECT 0",
        postgres = "SELECT COUNT(*) FROM (SELECT pg_advisory_xact_lock_shared(hashtext('judging'))) AS held";
}

/// What was said of a person, by a mail or by somebody at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub assignment: AssignmentId,
    /// `V1.2`, or `C1`.
    pub person: String,
    pub outcome: Outcome,
    pub by_mail: bool,
}

/// An outcome to be journalled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutcome {
    pub assignment: AssignmentId,
    pub line: String,
    /// The person's code: `V1.2` on a visit, the line's own code on a call.
    pub person: String,
    pub official: Option<OfficialId>,
    pub outcome: Outcome,
    pub stated: Option<Timestamp>,
    pub remark: String,
    /// code, name, rest or desk.
    pub by: String,
    /// The mail that said so, by its SHA-256.
    pub mail: Option<String>,
    pub received: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeRow {
    pub assignment: AssignmentId,
    pub line: String,
    pub person: String,
    pub seq: i64,
    pub official: Option<OfficialId>,
    pub outcome: Outcome,
    pub stated: Option<Timestamp>,
    pub remark: String,
    pub by: String,
    pub mail: Option<String>,
    pub received: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Columns {
    assignment: String,
    line: String,
    person: String,
    seq: i64,
    official: Option<String>,
    outcome: String,
    stated_at: Option<i64>,
    remark: String,
    by: String,
    mail: Option<String>,
    received_at: i64,
}

impl Columns {
    fn row(self) -> Result<OutcomeRow> {
        let id = &self.assignment;
        Ok(OutcomeRow {
            assignment: parsed("outcome", "assignment", id, id)?,
            official: self.official.as_deref().map(|o| parsed("outcome", "official", id, o)).transpose()?,
            outcome: parsed("outcome", "outcome", id, &self.outcome)?,
            line: self.line,
            person: self.person,
            seq: self.seq,
            stated: self.stated_at.map(Timestamp),
            remark: self.remark,
            by: self.by,
            mail: self.mail,
            received: Timestamp(self.received_at),
        })
    }
}

/// Officials, or outcomes, of one statement.
const MARKED_TOGETHER: usize = 10_000;

impl Tx {
    /// Appends to the journal, in this order: the last entry of a person counts.
    pub async fn add_outcomes(&mut self, outcomes: &[NewOutcome]) -> Result<()> {
        if outcomes.is_empty() {
            return Ok(());
        }
        let ids = Ids::new(outcomes.iter().map(|o| o.assignment.as_str()));
        let mut last: BTreeMap<(String, String, String), i64> =
            fetch_among!(self, ids, (String, String, String, i64), LAST_SEQS)
                .into_iter()
                .map(|(assignment, line, person, seq)| ((assignment, line, person), seq))
                .collect();
        let rows: Vec<[Cell; 11]> = outcomes
            .iter()
            .map(|o| {
                let seq = last.entry((o.assignment.to_string(), o.line.clone(), o.person.clone())).or_default();
                *seq += 1;
                [
                    o.assignment.as_str().into(),
                    o.line.as_str().into(),
                    o.person.as_str().into(),
                    (*seq).into(),
                    o.official.as_ref().map(ToString::to_string).into(),
                    o.outcome.code().into(),
                    o.stated.map(|t| t.0).into(),
                    o.remark.as_str().into(),
                    o.by.as_str().into(),
                    o.mail.clone().into(),
                    o.received.0.into(),
                ]
            })
            .collect();
        let head = "INSERT INTO outcome (assignment, line, person, seq, official, outcome, stated_at, remark, by, mail, received_at) ";
        let done = bulk::insert(self, head, &rows, "").await?;
        touched("add_outcomes", done.touched, done.given)?;
        let due: Vec<[Cell; 4]> =
            rows.into_iter().map(|[assignment, line, person, seq, ..]| [assignment, line, person, seq]).collect();
        let head = "INSERT INTO outcome_due (assignment, line, person, seq) ";
        let done = bulk::insert(self, head, &due, "").await?;
        touched("add_outcomes", done.touched, done.given)
    }

    /// What counts now of an assignment.
    pub async fn outcomes_of(&mut self, assignment: &AssignmentId) -> Result<Vec<OutcomeRow>> {
        self.outcomes_among(&Ids::new([assignment.as_str()])).await
    }

    /// What counted of a person at a moment.
    pub async fn outcome_as_of(
        &mut self,
        assignment: &AssignmentId,
        line: &str,
        person: &str,
        at: Timestamp,
    ) -> Result<Option<OutcomeRow>> {
        fetch_optional!(self, Columns, AS_OF, assignment.as_str(), line, person, at.0).map(Columns::row).transpose()
    }

    /// What counts now of some assignments.
    pub async fn outcomes_among(&mut self, assignments: &Ids) -> Result<Vec<OutcomeRow>> {
        fetch_among!(self, assignments, Columns, CURRENT_AMONG).into_iter().map(Columns::row).collect()
    }

    /// Everything that was ever said for some assignments: of one person the last counts.
    pub async fn said_among(&mut self, assignments: &Ids) -> Result<Vec<Said>> {
        fetch_among!(self, assignments, (String, String, String, i64), SAID_AMONG)
            .into_iter()
            .map(|(id, person, outcome, by_mail)| {
                let outcome = parsed("outcome", "outcome", &id, &outcome)?;
                Ok(Said {
                    assignment: parsed("outcome", "assignment", &id, &id)?,
                    person,
                    outcome,
                    by_mail: by_mail != 0,
                })
            })
            .collect()
    }

    /// Waits until no other transaction judges, and none that marked what is to be judged again is under way: what it
    /// brought would be missed, and its mark taken away. SQLite has one writer anyway.
    pub async fn one_judges(&mut self) -> Result<()> {
        self.on_server(ONE_JUDGES).await
    }

    /// Waits until nobody judges, who would take away the marks of this transaction.
    async fn nobody_judges(&mut self) -> Result<()> {
        self.on_server(NOBODY_JUDGES).await
    }

    pub async fn any_outcome_due(&mut self) -> Result<bool> {
        Ok(fetch_optional!(self, (i64,), ANY_DUE).is_some())
    }

    /// Outcomes that count and were never judged, or are to be judged again.
    pub async fn due_outcomes(&mut self) -> Result<Vec<OutcomeRow>> {
        fetch_all!(self, Columns, DUE).into_iter().map(Columns::row).collect()
    }

    /// Outcomes that count, of assignments released in `[from, to)`.
    pub async fn outcomes_released(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<OutcomeRow>> {
        fetch_all!(self, Columns, RELEASED_BETWEEN, from.0, to.0).into_iter().map(Columns::row).collect()
    }

    /// Outcomes that count and whose verdict waits for records.
    pub async fn waiting_outcomes(&mut self) -> Result<Vec<OutcomeRow>> {
        fetch_all!(self, Columns, WAITING).into_iter().map(Columns::row).collect()
    }

    /// Something about a line changed that its verdict depends on.
    pub async fn look_again(&mut self, assignment: &AssignmentId, line: &str) -> Result<()> {
        self.nobody_judges().await?;
        execute!(self, LOOK_AGAIN, assignment.as_str(), line);
        Ok(())
    }

    /// Records came in that speak of officials, each on assignments released in `[from, to)`.
    pub async fn look_again_at(&mut self, officials: &[(&OfficialId, Timestamp, Timestamp)]) -> Result<()> {
        self.nobody_judges().await?;
        for some in officials.chunks(MARKED_TOGETHER) {
            let rows: Vec<_> = some.iter().map(|(official, from, to)| (official.as_str(), from.0, to.0)).collect();
            execute!(self, LOOK_AGAIN_AT, json_rows(&rows));
        }
        Ok(())
    }

    /// Everything about assignments released in `[from, to)` may be judged otherwise now.
    pub async fn look_again_between(&mut self, from: Timestamp, to: Timestamp) -> Result<()> {
        self.nobody_judges().await?;
        execute!(self, LOOK_AGAIN_BETWEEN, from.0, to.0);
        Ok(())
    }

    /// What waits for records on assignments released in `[from, to)` may wait no longer.
    pub async fn look_again_waiting(&mut self, from: Timestamp, to: Timestamp) -> Result<()> {
        self.nobody_judges().await?;
        execute!(self, LOOK_AGAIN_WAITING, from.0, to.0);
        Ok(())
    }

    /// These were judged as they stand: none of them is due any more.
    pub async fn mark_judged(&mut self, outcomes: &[OutcomeRow]) -> Result<()> {
        for some in outcomes.chunks(MARKED_TOGETHER) {
            let rows: Vec<_> = some.iter().map(|o| (o.assignment.as_str(), &o.line, &o.person, o.seq)).collect();
            execute!(self, JUDGED, json_rows(&rows));
        }
        Ok(())
    }
}
