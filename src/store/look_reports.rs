//! Closed reports as a list shows them, without what stands in them.

use super::register::Ids;
use super::{Result, Tx, parsed};
use crate::model::{Days, OfficeId, Timestamp};

macro_rules! page {
    ($offices:expr) => {
        concat!(
            "SELECT office, from_day, to_day, number, closed_at, closed_by FROM period_report WHERE ",
            $offices,
            " ORDER BY to_day DESC, from_day, office, number DESC LIMIT $2"
        )
    };
}

statements! {
    PAGE = page!(in_json!("office", "$1")), postgres = page!(in_jsonb!("office", "$1"));
    PAGE_OF_ALL = page!("CAST($1 AS TEXT) IS NULL");
}

/// A closed report in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLook {
    pub office: OfficeId,
    pub days: Days,
    pub number: i64,
    pub closed_at: Timestamp,
    pub closed_by: String,
}

type Columns = (String, String, String, i64, i64, String);

impl Tx {
    /// The latest period first.
    pub async fn look_reports(&mut self, offices: Option<&Ids>, most: i64) -> Result<Vec<ReportLook>> {
        let sql = if offices.is_some() { PAGE } else { PAGE_OF_ALL };
        let rows = fetch_all!(self, Columns, sql, offices.map(Ids::json), most);
        rows.into_iter()
            .map(|(office, from, to, number, closed_at, closed_by)| {
                let day = |column, text: &str| parsed("period_report", column, &office, text);
                Ok(ReportLook {
                    days: Days { from: day("from_day", &from)?, to: day("to_day", &to)? },
                    office: parsed("period_report", "office", &office, &office)?,
                    number,
                    closed_at: Timestamp(closed_at),
                    closed_by,
                })
            })
            .collect()
    }
}
