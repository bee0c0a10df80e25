//! Which windows are over, so that their links can be made public.

use super::{Result, Tx};
use crate::model::{OfficeId, ProgrammeId, Timestamp};

statements! {
    PROGRESS = "SELECT s.chain_index, s.ends_at, COUNT(d.id) + COUNT(v.id),
            COUNT(l.assignment) - COUNT(a.closed_at) + COUNT(c.assignment) - COUNT(b.closed_at)
                + (SELECT COUNT(*) FROM call_try t JOIN assignment e ON e.id = t.assignment WHERE t.id = s.id AND e.closed_at IS NULL)
                + (SELECT COUNT(*) FROM back_check k JOIN assignment f ON f.id = k.assignment WHERE k.id = s.id AND f.closed_at IS NULL),
            MAX(a.closed_at), MAX(b.closed_at), (SELECT MAX(e.closed_at) FROM call_try t JOIN assignment e ON e.id = t.assignment WHERE t.id = s.id)
        FROM window_seal s LEFT JOIN draw d ON d.id = s.id LEFT JOIN window_void v ON v.id = s.id
        LEFT JOIN line l ON l.id = s.id LEFT JOIN assignment a ON a.id = l.assignment
        LEFT JOIN companion c ON c.id = l.id AND c.place = l.place LEFT JOIN assignment b ON b.id = c.assignment
        WHERE s.programme = $1 AND s.office = $2 AND s.generation = $3 AND s.chain_index > $4
            AND s.chain_index IN (SELECT n.chain_index FROM window_seal n WHERE n.programme = $1 AND n.office = $2 AND n.generation = $3
                AND n.chain_index > $4 ORDER BY n.chain_index LIMIT $5)
        GROUP BY s.id, s.chain_index, s.ends_at ORDER BY s.chain_index";
}

/// How far a sealed window has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub t: u32,
    /// Drawn or void, and no line of it is open.
    pub settled: bool,
    /// When the window and everything that came of it was over; only where it is settled.
    pub over: Timestamp,
}

impl Tx {
    /// The first so many windows of one generation beyond link `after`, in the order of their links.
    pub async fn progress(
        &mut self,
        programme: &ProgrammeId,
        office: &OfficeId,
        generation: u32,
        after: u32,
        most: usize,
    ) -> Result<Vec<Progress>> {
        type Columns = (i64, i64, i64, i64, Option<i64>, Option<i64>, Option<i64>);
        let (generation, after) = (i64::from(generation), i64::from(after));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = fetch_all!(self, Columns, PROGRESS, programme.as_str(), office.as_str(), generation, after, most);
        let progress = |(t, ends, told, open, closed, companions, tries): Columns| Progress {
            t: u32::try_from(t).unwrap_or(u32::MAX),
            settled: told > 0 && open == 0,
            over: Timestamp([closed, companions, tries].into_iter().flatten().fold(ends, i64::max)),
        };
        Ok(rows.into_iter().map(progress).collect())
    }
}
