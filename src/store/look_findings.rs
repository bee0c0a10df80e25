//! Findings as a list shows them: what is due first, a page at a time.

use super::findings::{Columns, FindingRow};
use super::register::{Ids, stored_day};
use super::{Result, Tx, parsed};
use crate::model::FindingState;
use chrono::NaiveDate;

/// Of one state, so that an index has them in their order. SQLite has to be told to go by the offices (`$first`).
macro_rules! page {
    ($first:expr, $offices:expr) => {
        concat!(
            "SELECT f.id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state
            FROM ", $first, " finding f WHERE ", $offices, " AND state = $2
            AND (CAST($3 AS TEXT) IS NULL OR COALESCE(deadline, '9999-12-31') < $3)
            AND COALESCE(deadline, '9999-12-31') >= $4 AND (COALESCE(deadline, '9999-12-31') > $4 OR f.id > $5)
            ORDER BY COALESCE(deadline, '9999-12-31'), f.id LIMIT $6"
        )
    };
}

macro_rules! waiting {
    ($first:expr, $offices:expr) => {
        concat!(
            "SELECT state, COUNT(*) FROM ",
            $first,
            " finding f WHERE ",
            $offices,
            " AND state IN ('open', 'rectified', 'verified') GROUP BY state ORDER BY state"
        )
    };
}

statements! {
    PAGE = page!("json_each($1) j CROSS JOIN", "f.office = j.value"), postgres = page!("", in_jsonb!("f.office", "$1"));
    PAGE_OF_ALL = page!("", "CAST($1 AS TEXT) IS NULL");
    WAITING = waiting!("json_each($1) j CROSS JOIN", "f.office = j.value"), postgres = waiting!("", in_jsonb!("f.office", "$1"));
    WAITING_OF_ALL = waiting!("", "CAST($1 AS TEXT) IS NULL");
}

/// Which findings a list shows.
#[derive(Debug, Clone)]
pub struct FindingLook {
    /// None: of all offices.
    pub offices: Option<Ids>,
    pub states: Vec<FindingState>,
    /// Those whose day was before this one.
    pub overdue_on: Option<NaiveDate>,
    /// Deadline (or none) and id of the last one of the page before.
    pub after: Option<(String, String)>,
    pub most: i64,
}

/// Sorts after every deadline.
pub const NO_DEADLINE: &str = "9999-12-31";

impl Tx {
    pub async fn look_findings(&mut self, look: &FindingLook) -> Result<Vec<FindingRow>> {
        let (after, id) = look.after.as_ref().map_or(("", ""), |(day, id)| (day.as_str(), id.as_str()));
        let offices = look.offices.as_ref().map(Ids::json);
        let overdue = look.overdue_on.map(stored_day);
        let sql = if offices.is_some() { PAGE } else { PAGE_OF_ALL };
        let mut rows = Vec::new();
        for state in &look.states {
            let of_state =
                fetch_all!(self, Columns, sql, offices, state.code(), overdue.as_deref(), after, id, look.most);
            rows.extend(of_state);
        }
        let mut rows = rows.into_iter().map(Columns::row).collect::<Result<Vec<_>>>()?;
        let due = |row: &FindingRow| row.deadline.map_or_else(|| NO_DEADLINE.to_owned(), stored_day);
        rows.sort_by_cached_key(|row| (due(row), row.id.clone()));
        rows.truncate(usize::try_from(look.most).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// How many wait for somebody, by state.
    pub async fn count_waiting_findings(&mut self, offices: Option<&Ids>) -> Result<Vec<(FindingState, i64)>> {
        let sql = if offices.is_some() { WAITING } else { WAITING_OF_ALL };
        let rows = fetch_all!(self, (String, i64), sql, offices.map(Ids::json));
        rows.into_iter().map(|(state, number)| Ok((parsed("finding", "state", "", &state)?, number))).collect()
    }
}
