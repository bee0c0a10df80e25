//! Findings as a list shows them: what is due first, a page at a time.

use super::findings::{Columns, FindingRow};
use super::register::{Ids, stored_day};
use super::{Result, Tx, parsed};
use crate::model::FindingState;
use chrono::NaiveDate;

macro_rules! page {
    ($among:ident, $offices:expr) => {
        concat!(
            "SELECT id, office, subject_kind, subject, team, village, code, origin, text, assignment, line, owner, deadline, opened_at, opened_by, state
            FROM finding WHERE ", $offices, " AND ", $among!("state", "$2"), "
            AND (CAST($3 AS TEXT) IS NULL OR deadline < $3)
            AND (COALESCE(deadline, '9999-12-31') > $4 OR (COALESCE(deadline, '9999-12-31') = $4 AND id > $5))
            ORDER BY COALESCE(deadline, '9999-12-31'), id LIMIT $6"
        )
    };
}

macro_rules! counts {
    ($offices:expr) => {
        concat!("SELECT state, COUNT(*) FROM finding WHERE ", $offices, " GROUP BY state ORDER BY state")
    };
}

statements! {
    PAGE = page!(in_json, in_json!("office", "$1")), postgres = page!(in_jsonb, in_jsonb!("office", "$1"));
    PAGE_OF_ALL = page!(in_json, "CAST($1 AS TEXT) IS NULL"), postgres = page!(in_jsonb, "CAST($1 AS TEXT) IS NULL");
    COUNTS = counts!(in_json!("office", "$1")), postgres = counts!(in_jsonb!("office", "$1"));
    COUNTS_OF_ALL = counts!("CAST($1 AS TEXT) IS NULL");
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
        let states = Ids::new(look.states.iter().map(|state| state.code()));
        let (after, id) = look.after.as_ref().map_or(("", ""), |(day, id)| (day.as_str(), id.as_str()));
        let offices = look.offices.as_ref().map(Ids::json);
        let overdue = look.overdue_on.map(stored_day);
        let sql = if offices.is_some() { PAGE } else { PAGE_OF_ALL };
        let rows = fetch_all!(self, Columns, sql, offices, states.json(), overdue.as_deref(), after, id, look.most);
        rows.into_iter().map(Columns::row).collect()
    }

    pub async fn findings_by_state(&mut self, offices: Option<&Ids>) -> Result<Vec<(FindingState, i64)>> {
        let sql = if offices.is_some() { COUNTS } else { COUNTS_OF_ALL };
        let rows = fetch_all!(self, (String, i64), sql, offices.map(Ids::json));
        rows.into_iter().map(|(state, n)| Ok((parsed("finding", "state", "", &state)?, n))).collect()
    }
}
