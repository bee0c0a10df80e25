//! Calls that come back: their tasks, their further tries, and villagers who are left alone.

use super::bulk::{self, Cell};
use super::register::{Ids, stored_day};
use super::sql::json_rows;
use super::{Result, Tx, parsed, touched};
use crate::model::{AssignmentId, ContactId, InspectorId, LineCode, OfficeId, Outcome, PlaceId, Timestamp, WindowId};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Every try of the tasks `(id, place)` that the JSON `$1` lists; the drawn line is number 1.
macro_rules! tries {
    ($each:literal, $id:literal, $place:literal, $columns:literal) => {
        concat!(
            "SELECT l.id, l.place, 1 AS number, l.assignment, l.code, ",
            $columns,
            " FROM ",
            $each,
            " JOIN line l ON l.id = ",
            $id,
            " AND l.place = ",
            $place,
            " JOIN assignment a ON a.id = l.assignment WHERE l.kind = 'call' AND COALESCE(l.state, '') <> 'void'
            UNION ALL SELECT l.id, l.place, l.number, l.assignment, l.code, ",
            $columns,
            " FROM ",
            $each,
            " JOIN call_try l ON l.id = ",
            $id,
            " AND l.place = ",
            $place,
            " JOIN assignment a ON a.id = l.assignment ORDER BY 1, 2, 3"
        )
    };
}

statements! {
    OPEN_TASKS = "INSERT INTO call_task (id, place, office, closes_at, state) SELECT l.id, l.place, a.office, a.closes_at, 'look'
        FROM json_each($1) AS j JOIN line l ON l.id = j.value ->> 0 AND l.place = j.value ->> 1 JOIN assignment a ON a.id = l.assignment
        WHERE l.kind = 'call' AND l.state IS NULL ON CONFLICT (id, place) DO UPDATE SET state = 'look'",
    postgres = "INSERT INTO call_task (id, place, office, closes_at, state) SELECT l.id, l.place, a.office, a.closes_at, 'look'
        FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j JOIN line l ON l.id = j ->> 0 AND l.place = j ->> 1 JOIN assignment a ON a.id = l.assignment
        WHERE l.kind = 'call' AND l.state IS NULL ON CONFLICT (id, place) DO UPDATE SET state = 'look'";
    LOOK_AT_TASKS = "UPDATE call_task SET state = 'look' FROM json_each($1) AS j, line AS l
        WHERE call_task.id = j.value ->> 0 AND call_task.place = j.value ->> 1 AND l.id = call_task.id AND l.place = call_task.place AND l.state IS NULL",
    postgres = "UPDATE call_task SET state = 'look' FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j, line AS l
        WHERE call_task.id = j ->> 0 AND call_task.place = j ->> 1 AND l.id = call_task.id AND l.place = call_task.place AND l.state IS NULL";
    TO_PLAN = "SELECT id, place, office, closes_at, state, next_from, next_to, next_whom FROM call_task WHERE state = 'look' ORDER BY id, place";
    TO_GIVE = "SELECT id, place, office, closes_at, state, next_from, next_to, next_whom FROM call_task
        WHERE state = 'due' AND next_from <= $1 ORDER BY id, place";
    HELD_BY_AWAY = "SELECT DISTINCT k.id, k.place, k.office, k.closes_at, k.state, k.next_from, k.next_to, k.next_whom
        FROM call_task k JOIN call_try t ON t.id = k.id AND t.place = k.place JOIN assignment a ON a.id = t.assignment JOIN away w ON w.inspector = a.inspector
        WHERE k.state = 'out' AND a.closed_at IS NULL AND w.to_day >= $1 ORDER BY k.id, k.place";
    TAKE_BACK = "DELETE FROM call_try WHERE id = $1 AND place = $2 AND assignment = $3
        AND NOT EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = call_try.assignment AND o.line = call_try.code)";
    // Calls of an office of which something was said from $2 on, before $3.
    SAID_BETWEEN = "SELECT l.id, l.place FROM outcome o JOIN assignment a ON a.id = o.assignment JOIN line l ON l.assignment = o.assignment AND l.code = o.line
        WHERE l.kind = 'call' AND a.office = $1 AND o.received_at >= $2 AND o.received_at < $3
        UNION SELECT t.id, t.place FROM outcome o JOIN assignment a ON a.id = o.assignment JOIN call_try t ON t.assignment = o.assignment AND t.code = o.line
        WHERE a.office = $1 AND o.received_at >= $2 AND o.received_at < $3 ORDER BY 1, 2";
    NOT_OVER = "SELECT id, place, office, closes_at, state, next_from, next_to, next_whom FROM call_task
        WHERE state IN ('look', 'due', 'out', 'office') AND office IN (SELECT value FROM json_each($1)) ORDER BY id, place",
    postgres = "SELECT id, place, office, closes_at, state, next_from, next_to, next_whom FROM call_task
        WHERE state IN ('look', 'due', 'out', 'office') AND office = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) ORDER BY id, place";
    TRIES = tries!("json_each($1) AS j", "j.value ->> 0", "j.value ->> 1", "l.detail, a.inspector, a.closed_at"),
    postgres = tries!("jsonb_array_elements(CAST($1 AS JSONB)) AS j", "j ->> 0", "j ->> 1", "l.detail, a.inspector, a.closed_at");
    SET_TASK = "UPDATE call_task SET state = $3, next_from = $4, next_to = $5, next_whom = $6, ended = $7 WHERE id = $1 AND place = $2";
    END_CALL = "UPDATE call_task SET state = 'ended', next_from = NULL, next_to = NULL, next_whom = NULL, ended = $3 WHERE id = $1 AND place = $2";
    QUIET_AMONG = "SELECT DISTINCT contact FROM quiet WHERE contact IN (SELECT value FROM json_each($1)) AND to_day >= $2",
    postgres = "SELECT DISTINCT contact FROM quiet WHERE contact = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND to_day >= $2";
    // The outcomes of calls that were tried in vain, try by try.
    USED_UP = "SELECT k.id, k.place, t.number, t.assignment, t.code FROM call_task k JOIN (
            SELECT id, place, 1 AS number, assignment, code FROM line WHERE kind = 'call' AND assignment IS NOT NULL
            UNION ALL SELECT id, place, number, assignment, code FROM call_try) t ON t.id = k.id AND t.place = k.place
        WHERE k.ended = 'attempts_used_up' AND EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = t.assignment AND o.line = t.code AND o.outcome <> 'not_done')
        AND (k.id, k.place) IN (SELECT l.id, l.place FROM line l WHERE l.assignment IN (SELECT value FROM json_each($1))
            UNION SELECT c.id, c.place FROM call_try c WHERE c.assignment IN (SELECT value FROM json_each($1)))
        ORDER BY 1, 2, 3",
    postgres = "SELECT k.id, k.place, t.number, t.assignment, t.code FROM call_task k JOIN (
            SELECT id, place, 1 AS number, assignment, code FROM line WHERE kind = 'call' AND assignment IS NOT NULL
            UNION ALL SELECT id, place, number, assignment, code FROM call_try) t ON t.id = k.id AND t.place = k.place
        WHERE k.ended = 'attempts_used_up' AND EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = t.assignment AND o.line = t.code AND o.outcome <> 'not_done')
        AND (k.id, k.place) IN (SELECT l.id, l.place FROM line l WHERE l.assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))
            UNION SELECT c.id, c.place FROM call_try c WHERE c.assignment = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))))
        ORDER BY 1, 2, 3";
    TOLD_OF_WINDOW = "SELECT t.place, o.outcome FROM call_try t JOIN outcome o ON o.assignment = t.assignment AND o.line = t.code WHERE t.id = $1
        AND o.seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person) ORDER BY t.place, t.number";
}

/// A drawn call whose first outcome did not settle it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallTaskRow {
    pub window: WindowId,
    pub place: PlaceId,
    pub office: OfficeId,
    /// When the drawn line closes: no try reaches beyond it.
    pub closes: Timestamp,
    pub state: String,
    /// Where its state is `due`.
    pub next: Option<NextTry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextTry {
    pub from: Timestamp,
    pub to: Timestamp,
    /// `same` or `another`.
    pub whom: String,
}

/// One try of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallTryRow {
    pub window: WindowId,
    pub place: PlaceId,
    /// 1: the drawn line.
    pub number: u32,
    pub assignment: AssignmentId,
    pub code: LineCode,
    /// The line as it was given out (JSON).
    pub detail: String,
    pub inspector: InspectorId,
    pub closed: Option<Timestamp>,
}

/// A further try, as it is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTry {
    pub window: WindowId,
    pub place: PlaceId,
    pub number: u32,
    pub assignment: AssignmentId,
    pub code: LineCode,
    pub detail: String,
}

#[derive(sqlx::FromRow)]
struct TaskColumns {
    id: String,
    place: String,
    office: String,
    closes_at: i64,
    state: String,
    next_from: Option<i64>,
    next_to: Option<i64>,
    next_whom: Option<String>,
}

impl TaskColumns {
    fn row(self) -> Result<CallTaskRow> {
        let next = self.next_from.zip(self.next_to).zip(self.next_whom);
        Ok(CallTaskRow {
            window: parsed("call_task", "id", &self.id, &self.id)?,
            place: parsed("call_task", "place", &self.id, &self.place)?,
            office: parsed("call_task", "office", &self.id, &self.office)?,
            closes: Timestamp(self.closes_at),
            state: self.state,
            next: next.map(|((from, to), whom)| NextTry { from: Timestamp(from), to: Timestamp(to), whom }),
        })
    }
}

type TryColumns = (String, String, i64, String, String, String, String, Option<i64>);

fn try_row((id, place, number, assignment, code, detail, inspector, closed): TryColumns) -> Result<CallTryRow> {
    Ok(CallTryRow {
        window: parsed("call_try", "id", &id, &id)?,
        place: parsed("call_try", "place", &id, &place)?,
        number: parsed("call_try", "number", &id, &number.to_string())?,
        assignment: parsed("call_try", "assignment", &id, &assignment)?,
        code: parsed("call_try", "code", &id, &code)?,
        inspector: parsed("assignment", "inspector", &id, &inspector)?,
        closed: closed.map(Timestamp),
        detail,
    })
}

/// Tasks as a parameter.
fn pairs<'a>(tasks: impl IntoIterator<Item = (&'a WindowId, &'a PlaceId)>) -> String {
    let pairs: BTreeSet<(String, &str)> =
        tasks.into_iter().map(|(window, place)| (window.to_string(), place.as_str())).collect();
    json_rows(&pairs)
}

impl Tx {
    /// Something was reported of these drawn calls: they are to be planned anew. Those that `open` lists get a task
    /// where they have none; lines that have ended stay as they are.
    pub async fn note_calls(&mut self, open: &[(&WindowId, &PlaceId)], others: &[(&WindowId, &PlaceId)]) -> Result<()> {
        if !open.is_empty() {
            execute!(self, OPEN_TASKS, pairs(open.iter().copied()));
        }
        if !others.is_empty() {
            execute!(self, LOOK_AT_TASKS, pairs(others.iter().copied()));
        }
        Ok(())
    }

    /// Tasks of which something was reported since they were planned.
    pub async fn calls_to_plan(&mut self) -> Result<Vec<CallTaskRow>> {
        fetch_all!(self, TaskColumns, TO_PLAN).into_iter().map(TaskColumns::row).collect()
    }

    /// Tasks whose try is with an inspector who is away on this day or later.
    pub async fn calls_of_away(&mut self, day: NaiveDate) -> Result<Vec<CallTaskRow>> {
        fetch_all!(self, TaskColumns, HELD_BY_AWAY, stored_day(day)).into_iter().map(TaskColumns::row).collect()
    }

    /// Nobody holds a try any more of which nothing was reported.
    pub async fn take_back_try(
        &mut self,
        (window, place): (&WindowId, &PlaceId),
        assignment: &AssignmentId,
    ) -> Result<()> {
        let done = execute!(self, TAKE_BACK, window.to_string(), place.as_str(), assignment.as_str());
        touched("take_back_try", done, 1)
    }

    /// Drawn calls of an office of which something was said in `[from, to)`.
    pub async fn calls_told(
        &mut self,
        office: &OfficeId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(WindowId, PlaceId)>> {
        fetch_all!(self, (String, String), SAID_BETWEEN, office.as_str(), from.0, to.0)
            .into_iter()
            .map(|(id, place)| Ok((parsed("line", "id", &id, &id)?, parsed("line", "place", &id, &place)?)))
            .collect()
    }

    /// Tasks whose next try begins by then.
    pub async fn calls_to_give(&mut self, until: Timestamp) -> Result<Vec<CallTaskRow>> {
        fetch_all!(self, TaskColumns, TO_GIVE, until.0).into_iter().map(TaskColumns::row).collect()
    }

    /// Tasks of some offices that are not over.
    pub async fn open_calls(&mut self, offices: &Ids) -> Result<Vec<CallTaskRow>> {
        fetch_among!(self, offices, TaskColumns, NOT_OVER).into_iter().map(TaskColumns::row).collect()
    }

    /// Every try of some drawn calls, whether or not they have a task, in order; those of void windows left out.
    pub async fn call_tries<'a>(
        &mut self,
        calls: impl IntoIterator<Item = (&'a WindowId, &'a PlaceId)>,
    ) -> Result<BTreeMap<(WindowId, PlaceId), Vec<CallTryRow>>> {
        let mut found: BTreeMap<_, Vec<CallTryRow>> = BTreeMap::new();
        for row in fetch_all!(self, TryColumns, TRIES, pairs(calls)) {
            let row = try_row(row)?;
            found.entry((row.window.clone(), row.place.clone())).or_default().push(row);
        }
        Ok(found)
    }

    /// What follows for a task; how it ended, where it is over.
    pub async fn plan_call(
        &mut self,
        (window, place): (&WindowId, &PlaceId),
        state: &str,
        next: Option<&NextTry>,
        ended: Option<&str>,
    ) -> Result<()> {
        let (from, to) = (next.map(|n| n.from.0), next.map(|n| n.to.0));
        let whom = next.map(|n| n.whom.as_str());
        touched(
            "plan_call",
            execute!(self, SET_TASK, window.to_string(), place.as_str(), state, from, to, whom, ended),
            1,
        )
    }

    /// A drawn call is over. One that its first outcome settled has no task.
    pub async fn end_call(&mut self, (window, place): (&WindowId, &PlaceId), ended: &str) -> Result<()> {
        execute!(self, END_CALL, window.to_string(), place.as_str(), ended);
        Ok(())
    }

    pub async fn add_call_tries(&mut self, tries: &[NewTry]) -> Result<()> {
        let cells: Vec<[Cell; 6]> = tries
            .iter()
            .map(|one| {
                [
                    one.window.to_string().into(),
                    one.place.as_str().into(),
                    i64::from(one.number).into(),
                    one.assignment.as_str().into(),
                    one.code.as_str().into(),
                    one.detail.as_str().into(),
                ]
            })
            .collect();
        let head = "INSERT INTO call_try (id, place, number, assignment, code, detail) ";
        let done = bulk::insert(self, head, &cells, "").await?;
        touched("add_call_tries", done.touched, done.given)
    }

    /// Up to which day a call leaves a villager alone; `None`: it does not.
    pub async fn note_quiet(
        &mut self,
        calls: &BTreeMap<(AssignmentId, String), (ContactId, Option<NaiveDate>)>,
    ) -> Result<()> {
        let cells: Vec<[Cell; 4]> = calls
            .iter()
            .map(|((assignment, line), (contact, to))| {
                [assignment.as_str().into(), line.as_str().into(), contact.as_str().into(), to.map(stored_day).into()]
            })
            .collect();
        let tail = " ON CONFLICT (assignment, line) DO UPDATE SET contact = excluded.contact, to_day = excluded.to_day";
        bulk::insert(self, "INSERT INTO quiet (assignment, line, contact, to_day) ", &cells, tail).await?;
        Ok(())
    }

    /// Who of these is not to be rung on a day.
    pub async fn quiet_among(&mut self, contacts: &Ids, day: NaiveDate) -> Result<BTreeSet<ContactId>> {
        fetch_among!(self, contacts, (String,), QUIET_AMONG, stored_day(day))
            .into_iter()
            .map(|(id,)| parsed("quiet", "contact", &id, &id))
            .collect()
    }

    /// The last try of each call that was tried in vain, of calls with a line in these assignments.
    pub async fn used_up_calls(&mut self, assignments: &Ids) -> Result<BTreeSet<(AssignmentId, String)>> {
        type Columns = (String, String, i64, String, String);
        let rows = fetch_among!(self, assignments, Columns, USED_UP);
        let last: BTreeMap<(String, String), (String, String)> =
            rows.into_iter().map(|(id, place, _, assignment, code)| ((id, place), (assignment, code))).collect();
        last.into_values()
            .map(|(assignment, code)| Ok((parsed("call_try", "assignment", &assignment, &assignment)?, code)))
            .collect()
    }

    /// What the further tries of a window's calls came to, place by place and in order.
    pub async fn told_again(&mut self, window: &WindowId) -> Result<BTreeMap<PlaceId, Vec<Outcome>>> {
        let mut told: BTreeMap<PlaceId, Vec<Outcome>> = BTreeMap::new();
        for (place, outcome) in fetch_all!(self, (String, String), TOLD_OF_WINDOW, window.to_string()) {
            let outcome = parsed("outcome", "outcome", &place, &outcome)?;
            told.entry(parsed("call_try", "place", &place, &place)?).or_default().push(outcome);
        }
        Ok(told)
    }
}
