//! Finished visits drawn again: their sealed lists, who looks again, what came of it.

use super::bulk::{self, Cell};
use super::register::{Ids, stored_day};
use super::{Result, Tx, parsed, touched};
use crate::model::{AssignmentId, CaseId, Days, InspectorId, LineCode, OfficeId, PlaceId, Sha256, Timestamp, WindowId};
use chrono::NaiveDate;
use std::collections::BTreeSet;

statements! {
    ADD_SEAL = "INSERT INTO back_check_seal (id, root, frame, duty, share, sealed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    SEAL = "SELECT root, frame, duty FROM back_check_seal WHERE id = $1";
    // Of a window that became void nothing was drawn: its visits come back.
    FINISHED = "SELECT l.assignment, l.code, l.place, a.inspector, l.id FROM line l JOIN assignment a ON a.id = l.assignment
        WHERE l.kind = 'visit' AND l.id >= $1 AND l.id < $2 AND COALESCE(l.state, 'open') <> 'void'
        AND EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = l.assignment AND o.line = l.code AND o.outcome <> 'not_done' AND o.received_at <= $3)
        AND NOT EXISTS (SELECT 1 FROM back_check b LEFT JOIN window_void v ON v.id = b.id WHERE b.unit = l.assignment || '.' || l.code AND v.id IS NULL)
        ORDER BY l.assignment, l.code";
    CHECKED_SINCE = "SELECT DISTINCT inspector FROM back_check WHERE office = $1 AND day >= $2 AND kind IN ('visit', 'call') ORDER BY inspector";
    UNITS = "SELECT id, unit, office, place, inspector, day, p, kind, assignment, code, detail, state, result, result_at, case_id
        FROM back_check WHERE id = $1 ORDER BY unit";
    OF_ASSIGNMENT = "SELECT id, unit, office, place, inspector, day, p, kind, assignment, code, detail, state, result, result_at, case_id
        FROM back_check WHERE assignment = $1 ORDER BY code";
    BETWEEN = "SELECT id, unit, office, place, inspector, day, p, kind, assignment, code, detail, state, result, result_at, case_id
        FROM back_check WHERE office IN (SELECT value FROM json_each($1)) AND day >= $2 AND day <= $3 AND kind IS NOT NULL ORDER BY day, unit, id",
    postgres = "SELECT id, unit, office, place, inspector, day, p, kind, assignment, code, detail, state, result, result_at, case_id
        FROM back_check WHERE office = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND day >= $2 AND day <= $3 AND kind IS NOT NULL
        ORDER BY day, unit, id";
    OF_CASE = "SELECT id, unit, office, place, inspector, day, p, kind, assignment, code, detail, state, result, result_at, case_id
        FROM back_check WHERE case_id = $1";
    NOT_DRAWN = "UPDATE back_check SET kind = 'none', state = 'not_drawn' WHERE id = $1 AND kind IS NULL";
    DRAWN = "UPDATE back_check SET kind = $3, ticket = $4, assignment = $5, code = $6, detail = $7, state = $8 WHERE id = $1 AND unit = $2 AND kind IS NULL";
    SET_STATE = "UPDATE back_check SET state = $3 WHERE assignment = $1 AND code = $2";
    SET_RESULT = "UPDATE back_check SET result = $3, result_at = $4, case_id = COALESCE($5, case_id) WHERE assignment = $1 AND code = $2";
}

/// What was sealed of a list of finished visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackCheckSealRow {
    pub root: Sha256,
    pub frame: Sha256,
    pub duty: Sha256,
}

/// A visit that was finished, and has been in no list yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedVisit {
    pub assignment: AssignmentId,
    pub line: LineCode,
    pub place: PlaceId,
    pub inspector: InspectorId,
    pub window: WindowId,
}

impl FinishedVisit {
    /// As it stands in the list: `K7Q2M.V1`.
    pub fn unit(&self) -> String {
        format!("{}.{}", self.assignment, self.line)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackCheckRow {
    pub window: WindowId,
    pub unit: String,
    pub office: OfficeId,
    pub place: PlaceId,
    /// Who made the visit, and when.
    pub inspector: InspectorId,
    pub day: NaiveDate,
    /// Its chance, an integer of 2^32.
    pub p: i64,
    /// visit, call or none; `None` before the draw.
    pub kind: Option<String>,
    /// The line of who looks again.
    pub assignment: Option<AssignmentId>,
    pub code: Option<LineCode>,
    pub detail: Option<String>,
    pub state: Option<String>,
    pub result: Option<String>,
    pub result_at: Option<Timestamp>,
    pub case: Option<CaseId>,
}

/// What a ticket said of a visit, and who got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnAgain {
    pub unit: String,
    /// visit, call or none.
    pub kind: String,
    pub ticket: String,
    pub given: Option<(AssignmentId, LineCode, String)>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    unit: String,
    office: String,
    place: String,
    inspector: String,
    day: String,
    p: i64,
    kind: Option<String>,
    assignment: Option<String>,
    code: Option<String>,
    detail: Option<String>,
    state: Option<String>,
    result: Option<String>,
    result_at: Option<i64>,
    case_id: Option<String>,
}

impl Columns {
    fn row(self) -> Result<BackCheckRow> {
        let id = &self.unit;
        Ok(BackCheckRow {
            window: parsed("back_check", "window", id, &self.id)?,
            office: parsed("back_check", "office", id, &self.office)?,
            place: parsed("back_check", "place", id, &self.place)?,
            inspector: parsed("back_check", "inspector", id, &self.inspector)?,
            day: parsed("back_check", "day", id, &self.day)?,
            assignment: self.assignment.as_deref().map(|a| parsed("back_check", "assignment", id, a)).transpose()?,
            code: self.code.as_deref().map(|code| parsed("back_check", "code", id, code)).transpose()?,
            case: self.case_id.as_deref().map(|case| parsed("back_check", "case_id", id, case)).transpose()?,
            p: self.p,
            kind: self.kind,
            detail: self.detail,
            state: self.state,
            result: self.result,
            result_at: self.result_at.map(Timestamp),
            unit: self.unit,
        })
    }
}

impl Tx {
    /// Keeps a list of finished visits as it was sealed.
    pub async fn add_back_check_seal(
        &mut self,
        window: &WindowId,
        seal: &BackCheckSealRow,
        (share, now): (u64, Timestamp),
        visits: &[(FinishedVisit, NaiveDate, u64)],
    ) -> Result<()> {
        let share = i64::try_from(share).unwrap_or(i64::MAX);
        let (root, frame, duty) = (seal.root.hex(), seal.frame.hex(), seal.duty.hex());
        execute!(self, ADD_SEAL, window.to_string(), root, frame, duty, share, now.0);
        let cells: Vec<[Cell; 7]> = visits
            .iter()
            .map(|(visit, day, p)| {
                [
                    window.to_string().into(),
                    visit.unit().into(),
                    window.office.as_str().into(),
                    visit.place.as_str().into(),
                    visit.inspector.as_str().into(),
                    stored_day(*day).into(),
                    i64::try_from(*p).unwrap_or(i64::MAX).into(),
                ]
            })
            .collect();
        let head = "INSERT INTO back_check (id, unit, office, place, inspector, day, p) ";
        let done = bulk::insert(self, head, &cells, "").await?;
        touched("add_back_check_seal", done.touched, done.given)
    }

    pub async fn back_check_seal(&mut self, window: &WindowId) -> Result<Option<BackCheckSealRow>> {
        let Some((root, frame, duty)) = fetch_optional!(self, (String, String, String), SEAL, window.to_string())
        else {
            return Ok(None);
        };
        let id = window.to_string();
        Ok(Some(BackCheckSealRow {
            root: parsed("back_check_seal", "root", &id, &root)?,
            frame: parsed("back_check_seal", "frame", &id, &frame)?,
            duty: parsed("back_check_seal", "duty", &id, &duty)?,
        }))
    }

    /// Visits of windows from one id on and before another of which something was reported by then, and which have been
    /// in no list that was drawn from.
    pub async fn finished_visits(&mut self, from: &str, before: &str, now: Timestamp) -> Result<Vec<FinishedVisit>> {
        fetch_all!(self, (String, String, String, String, String), FINISHED, from, before, now.0)
            .into_iter()
            .map(|(assignment, line, place, inspector, window)| {
                let id = &window;
                Ok(FinishedVisit {
                    assignment: parsed("line", "assignment", id, &assignment)?,
                    line: parsed("line", "code", id, &line)?,
                    place: parsed("line", "place", id, &place)?,
                    inspector: parsed("assignment", "inspector", id, &inspector)?,
                    window: parsed("line", "id", id, id)?,
                })
            })
            .collect()
    }

    /// Inspectors of whom a visit made since that day was drawn again.
    pub async fn back_checked_since(&mut self, office: &OfficeId, day: NaiveDate) -> Result<BTreeSet<InspectorId>> {
        fetch_all!(self, (String,), CHECKED_SINCE, office.as_str(), stored_day(day))
            .into_iter()
            .map(|(id,)| parsed("back_check", "inspector", &id, &id))
            .collect()
    }

    /// The list that was sealed with a window.
    pub async fn back_checks_of_window(&mut self, window: &WindowId) -> Result<Vec<BackCheckRow>> {
        fetch_all!(self, Columns, UNITS, window.to_string()).into_iter().map(Columns::row).collect()
    }

    /// Those that an assignment brought to whom looks again.
    pub async fn back_checks_of(&mut self, assignment: &AssignmentId) -> Result<Vec<BackCheckRow>> {
        fetch_all!(self, Columns, OF_ASSIGNMENT, assignment.as_str()).into_iter().map(Columns::row).collect()
    }

    /// Of visits made on these days, once their lists were drawn from.
    pub async fn back_checks_between(&mut self, offices: &Ids, days: Days) -> Result<Vec<BackCheckRow>> {
        let (from, to) = (stored_day(days.from), stored_day(days.to));
        fetch_among!(self, offices, Columns, BETWEEN, from, to).into_iter().map(Columns::row).collect()
    }

    pub async fn back_check_of_case(&mut self, case: &CaseId) -> Result<Option<BackCheckRow>> {
        fetch_optional!(self, Columns, OF_CASE, case.as_str()).map(Columns::row).transpose()
    }

    /// Writes what the tickets said of a list; whoever is not among `drawn` was not drawn.
    pub async fn draw_back_checks(&mut self, window: &WindowId, drawn: &[DrawnAgain]) -> Result<()> {
        for one in drawn {
            let given = one.given.as_ref();
            let set = execute!(
                self,
                DRAWN,
                window.to_string(),
                one.unit.as_str(),
                one.kind.as_str(),
                one.ticket.as_str(),
                given.map(|(assignment, ..)| assignment.as_str()),
                given.map(|(_, code, _)| code.as_str()),
                given.map(|(.., detail)| detail.as_str()),
                if given.is_some() { None } else { Some("not_dispatched") }
            );
            touched("draw_back_checks", set, 1)?;
        }
        execute!(self, NOT_DRAWN, window.to_string());
        Ok(())
    }

    pub async fn set_back_check_state(&mut self, assignment: &AssignmentId, code: &str, state: &str) -> Result<()> {
        touched("set_back_check_state", execute!(self, SET_STATE, assignment.as_str(), code, state), 1)
    }

    /// What somebody else found, and the case about it where it differs.
    pub async fn set_back_check_result(
        &mut self,
        (assignment, code): (&AssignmentId, &str),
        result: &str,
        at: Timestamp,
        case: Option<&CaseId>,
    ) -> Result<()> {
        let set = execute!(self, SET_RESULT, assignment.as_str(), code, result, at.0, case.map(CaseId::as_str));
        touched("set_back_check_result", set, 1)
    }
}
