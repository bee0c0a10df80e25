//! Assignments and the drawn lines, executed or not.

use super::register::Ids;
use super::{Result, Tx, parsed, touched};
use crate::model::{AssignmentId, InspectorId, Kind, LineCode, OfficeId, PlaceId, Timestamp, WindowId};

statements! {
    ASSIGNMENT = "SELECT id, office, inspector, released_at, reply_by, closes_at, kid, message_id, reminded_at, closed_at FROM assignment WHERE id = $1";
    ASSIGNMENTS_AMONG = "SELECT id, office, inspector, released_at, reply_by, closes_at, kid, message_id, reminded_at, closed_at FROM assignment
        WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    postgres = "SELECT id, office, inspector, released_at, reply_by, closes_at, kid, message_id, reminded_at, closed_at FROM assignment
        WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id";
    TO_REMIND = "SELECT id, office, inspector, released_at, reply_by, closes_at, kid, message_id, reminded_at, closed_at FROM assignment
        WHERE closed_at IS NULL AND reminded_at IS NULL AND reply_by <= $1 AND closes_at > $1 ORDER BY id";
    TO_CLOSE = "SELECT id, office, inspector, released_at, reply_by, closes_at, kid, message_id, reminded_at, closed_at FROM assignment
        WHERE closed_at IS NULL AND closes_at <= $1 ORDER BY id";
    ASSIGNMENTS_BETWEEN = "SELECT id, office, inspector, released_at, reply_by, closes_at, kid, message_id, reminded_at, closed_at FROM assignment
        WHERE office = $1 AND released_at >= $2 AND released_at < $3 ORDER BY released_at, id";
    OPEN_ASSIGNMENTS = "SELECT COUNT(*) FROM assignment WHERE closed_at IS NULL";
    REMINDED = "UPDATE assignment SET reminded_at = $2 WHERE id = $1 AND reminded_at IS NULL";
    CLOSED = "UPDATE assignment SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL";
    LINES_OF_WINDOW = "SELECT id, place, kind, origin, ticket, minute, p_visit, p_call, eligible, assignment, code, detail, state, credit FROM line
        WHERE id = $1 ORDER BY place";
    SOME_LINES = "SELECT id, place, kind, origin, ticket, minute, p_visit, p_call, eligible, assignment, code, detail, state, credit FROM line
        WHERE id = $1 AND place > $2 ORDER BY place LIMIT $3";
    SET_STATE = "UPDATE line SET state = $3 WHERE id = $1 AND place = $2";
    LINE_STATES = "SELECT COALESCE(state, 'open'), kind, COUNT(*) FROM line GROUP BY COALESCE(state, 'open'), kind ORDER BY 1, 2";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRow {
    pub id: AssignmentId,
    pub office: OfficeId,
    pub inspector: InspectorId,
    pub released: Timestamp,
    pub reply_by: Timestamp,
    pub closes: Timestamp,
    /// Generation of the secret that made its key.
    pub kid: i64,
    pub message_id: String,
    pub reminded: Option<Timestamp>,
    pub closed: Option<Timestamp>,
}

/// A drawn place of a window, as it is written at the draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    pub window: WindowId,
    pub place: PlaceId,
    pub kind: Kind,
    pub origin: String,
    pub ticket: u64,
    pub minute: i64,
    pub p_visit: i64,
    pub p_call: i64,
    /// The place's count of eligible windows at this one.
    pub eligible: i64,
    /// Who got it, under which code, with the names as they stood (JSON). `None`: nobody, see `state`.
    pub given: Option<(AssignmentId, LineCode, String)>,
    /// A final state, where it has one already: not_dispatched, barred.
    pub state: Option<String>,
    /// The window whose line carries this one out too.
    pub credit: Option<WindowId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    pub window: WindowId,
    pub place: PlaceId,
    pub kind: Kind,
    pub origin: String,
    pub ticket: String,
    pub minute: i64,
    pub p_visit: i64,
    pub p_call: i64,
    pub eligible: i64,
    pub assignment: Option<String>,
    pub code: Option<String>,
    pub detail: Option<String>,
    pub state: Option<String>,
    /// The window whose line of the same place carries this one out.
    pub credit: Option<WindowId>,
}

#[derive(sqlx::FromRow)]
pub(super) struct AssignmentColumns {
    id: String,
    office: String,
    inspector: String,
    released_at: i64,
    reply_by: i64,
    closes_at: i64,
    kid: i64,
    message_id: String,
    reminded_at: Option<i64>,
    closed_at: Option<i64>,
}

impl AssignmentColumns {
    pub(super) fn row(self) -> Result<AssignmentRow> {
        let id = self.id;
        Ok(AssignmentRow {
            office: parsed("assignment", "office", &id, &self.office)?,
            inspector: parsed("assignment", "inspector", &id, &self.inspector)?,
            released: Timestamp(self.released_at),
            reply_by: Timestamp(self.reply_by),
            closes: Timestamp(self.closes_at),
            kid: self.kid,
            message_id: self.message_id,
            reminded: self.reminded_at.map(Timestamp),
            closed: self.closed_at.map(Timestamp),
            id: parsed("assignment", "id", &id, &id)?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct LineColumns {
    id: String,
    place: String,
    kind: String,
    origin: String,
    ticket: String,
    minute: i64,
    p_visit: i64,
    p_call: i64,
    eligible: i64,
    assignment: Option<String>,
    code: Option<String>,
    detail: Option<String>,
    state: Option<String>,
    credit: Option<String>,
}

impl LineColumns {
    fn row(self) -> Result<LineRow> {
        Ok(LineRow {
            window: parsed("line", "id", &self.id, &self.id)?,
            place: parsed("line", "place", &self.id, &self.place)?,
            kind: parsed("line", "kind", &self.id, &self.kind)?,
            credit: self.credit.as_deref().map(|id| parsed("line", "credit", &self.id, id)).transpose()?,
            origin: self.origin,
            ticket: self.ticket,
            minute: self.minute,
            p_visit: self.p_visit,
            p_call: self.p_call,
            eligible: self.eligible,
            assignment: self.assignment,
            code: self.code,
            detail: self.detail,
            state: self.state,
        })
    }
}

impl Tx {
    pub async fn assignment(&mut self, id: &AssignmentId) -> Result<Option<AssignmentRow>> {
        fetch_optional!(self, AssignmentColumns, ASSIGNMENT, id.as_str()).map(AssignmentColumns::row).transpose()
    }

    pub async fn assignments_among(&mut self, ids: &Ids) -> Result<Vec<AssignmentRow>> {
        let rows = fetch_among!(self, ids, AssignmentColumns, ASSIGNMENTS_AMONG);
        rows.into_iter().map(AssignmentColumns::row).collect()
    }

    /// Answers are late and no reminder went out yet.
    pub async fn assignments_to_remind(&mut self, now: Timestamp) -> Result<Vec<AssignmentRow>> {
        fetch_all!(self, AssignmentColumns, TO_REMIND, now.0).into_iter().map(AssignmentColumns::row).collect()
    }

    pub async fn assignments_to_close(&mut self, now: Timestamp) -> Result<Vec<AssignmentRow>> {
        fetch_all!(self, AssignmentColumns, TO_CLOSE, now.0).into_iter().map(AssignmentColumns::row).collect()
    }

    /// Released in `[from, to)`.
    pub async fn assignments_between(
        &mut self,
        office: &OfficeId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<AssignmentRow>> {
        let rows = fetch_all!(self, AssignmentColumns, ASSIGNMENTS_BETWEEN, office.as_str(), from.0, to.0);
        rows.into_iter().map(AssignmentColumns::row).collect()
    }

    pub async fn count_open_assignments(&mut self) -> Result<i64> {
        Ok(fetch_optional!(self, (i64,), OPEN_ASSIGNMENTS).map_or(0, |(n,)| n))
    }

    pub async fn mark_reminded(&mut self, id: &AssignmentId, at: Timestamp) -> Result<()> {
        touched("mark_reminded", execute!(self, REMINDED, id.as_str(), at.0), 1)
    }

    pub async fn mark_closed(&mut self, id: &AssignmentId, at: Timestamp) -> Result<()> {
        touched("mark_closed", execute!(self, CLOSED, id.as_str(), at.0), 1)
    }

    pub async fn lines_of_window(&mut self, window: &WindowId) -> Result<Vec<LineRow>> {
        fetch_all!(self, LineColumns, LINES_OF_WINDOW, window.to_string()).into_iter().map(LineColumns::row).collect()
    }

    /// At most so many of them, from after a place on.
    pub async fn some_lines_of_window(&mut self, window: &WindowId, after: &str, most: i64) -> Result<Vec<LineRow>> {
        let rows = fetch_all!(self, LineColumns, SOME_LINES, window.to_string(), after, most);
        rows.into_iter().map(LineColumns::row).collect()
    }

    pub async fn set_line_state(&mut self, window: &WindowId, place: &PlaceId, state: &str) -> Result<()> {
        touched("set_line_state", execute!(self, SET_STATE, window.to_string(), place.as_str(), state), 1)
    }

    /// (state or `open`, kind, number).
    pub async fn line_states(&mut self) -> Result<Vec<(String, String, i64)>> {
        Ok(fetch_all!(self, (String, String, i64), LINE_STATES))
    }
}
