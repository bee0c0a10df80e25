//! Windows as a list shows them: sealed, drawn, revealed, void.

use super::register::stored_day;
use super::{Result, Tx, parsed};
use crate::model::{Kind, OfficeId, Timestamp, WindowId};
use chrono::NaiveDate;

statements! {
    WINDOWS = "SELECT s.id, s.starts_at, s.ends_at, s.draw_at, s.places, d.drawn_at, v.reason,
            CASE WHEN EXISTS (SELECT 1 FROM reveal r WHERE r.programme = s.programme AND r.office = s.office AND r.generation = s.generation
                AND r.t >= s.chain_index) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS revealed
        FROM window_seal s LEFT JOIN draw d ON d.id = s.id LEFT JOIN window_void v ON v.id = s.id
        WHERE s.office = $1 AND s.day >= $2 AND s.day <= $3 ORDER BY s.day DESC, s.starts_at, s.id";
    VOIDS = "SELECT v.id, COALESCE(v.starts_at, v.at) AS starts_at, COALESCE(v.ends_at, v.at) AS ends_at, v.at AS draw_at, CAST(0 AS BIGINT) AS places,
            CAST(NULL AS BIGINT) AS drawn_at, v.reason, CAST(0 AS BIGINT) AS revealed
        FROM window_void v LEFT JOIN window_seal s ON s.id = v.id WHERE v.office = $1 AND v.day >= $2 AND v.day <= $3 AND s.id IS NULL
        ORDER BY v.day DESC, v.id";
    LAST_DAY = "SELECT MAX(day) FROM window_seal WHERE office = $1";
    COUNTS = "SELECT kind, COALESCE(state, 'open'), COUNT(*) FROM line WHERE id = $1 GROUP BY kind, COALESCE(state, 'open') ORDER BY 1 DESC, 2";
}

/// A window in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowLook {
    pub id: WindowId,
    pub start: Timestamp,
    pub end: Timestamp,
    /// When it is or was to be drawn.
    pub draw_at: Timestamp,
    /// None: it was never sealed.
    pub places: Option<i64>,
    pub drawn: Option<Timestamp>,
    /// Why it is void.
    pub void: Option<String>,
    /// Its links are public: everybody can compute the draw again.
    pub revealed: bool,
}

/// Lines of a window by what became of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCount {
    pub kind: Kind,
    pub state: String,
    pub number: i64,
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    starts_at: i64,
    ends_at: i64,
    draw_at: i64,
    places: i64,
    drawn_at: Option<i64>,
    reason: Option<String>,
    revealed: i64,
}

impl Columns {
    fn row(self, sealed: bool) -> Result<WindowLook> {
        Ok(WindowLook {
            id: parsed("window_seal", "id", &self.id, &self.id)?,
            start: Timestamp(self.starts_at),
            end: Timestamp(self.ends_at),
            draw_at: Timestamp(self.draw_at),
            places: sealed.then_some(self.places),
            drawn: self.drawn_at.map(Timestamp),
            void: self.reason,
            revealed: self.revealed != 0,
        })
    }
}

impl Tx {
    /// The last day that an office ever sealed a window of.
    pub async fn last_window_day(&mut self, office: &OfficeId) -> Result<Option<NaiveDate>> {
        let day = fetch_optional!(self, (Option<String>,), LAST_DAY, office.as_str()).and_then(|(day,)| day);
        day.map(|day| parsed("window_seal", "day", office.as_str(), &day)).transpose()
    }

    /// Windows of an office on some days, both inclusive, the last day first; those too that fell before they were
    /// sealed.
    pub async fn look_windows(&mut self, office: &OfficeId, from: NaiveDate, to: NaiveDate) -> Result<Vec<WindowLook>> {
        let (first, last) = (stored_day(from), stored_day(to));
        let sealed = fetch_all!(self, Columns, WINDOWS, office.as_str(), first.as_str(), last.as_str());
        let void = fetch_all!(self, Columns, VOIDS, office.as_str(), first.as_str(), last.as_str());
        let rows = sealed.into_iter().map(|row| row.row(true)).chain(void.into_iter().map(|row| row.row(false)));
        let mut windows = rows.collect::<Result<Vec<_>>>()?;
        windows.sort_by(|a, b| (b.id.day, a.start, &a.id).cmp(&(a.id.day, b.start, &b.id)));
        Ok(windows)
    }

    /// What became of the lines of a drawn window.
    pub async fn line_counts(&mut self, window: &WindowId) -> Result<Vec<LineCount>> {
        let rows = fetch_all!(self, (String, String, i64), COUNTS, window.to_string());
        let count = |(kind, state, number): (String, String, i64)| {
            Ok(LineCount { kind: parsed("line", "kind", "", &kind)?, state, number })
        };
        rows.into_iter().map(count).collect()
    }
}
