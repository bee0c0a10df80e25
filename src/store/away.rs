//! Inspectors who cannot go, and their lines: who has them, who gets them, who is told.

use super::register::{posting, stored_day};
use super::{Result, StoreError, Tx, parsed, touched};
use crate::model::register::Absence;
use crate::model::{AssignmentId, Half, InspectorId, LineCode, OfficeId, PlaceId, Timestamp, Window, WindowId};
use chrono::NaiveDate;
use chrono_tz::Tz;

statements! {
    PUT_AWAY = "INSERT INTO away (inspector, from_day, to_day, half, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (inspector, from_day) DO UPDATE SET to_day = excluded.to_day, half = excluded.half, reason = excluded.reason,
        actor = excluded.actor, at = excluded.at";
    AWAY_ON = "SELECT inspector, half, reason, actor, at FROM away WHERE from_day <= $1 AND to_day >= $1 ORDER BY at, inspector, from_day";
    AWAY_FROM = "SELECT to_day, half FROM away WHERE inspector = $1 AND from_day = $2";
    ALL_AWAY = "SELECT inspector, from_day, to_day, half, reason FROM away ORDER BY inspector, from_day";
    HELD_BY_AWAY = "SELECT l.id, l.place, a.inspector, l.assignment, l.code FROM window_seal s JOIN line l ON l.id = s.id
        JOIN assignment a ON a.id = l.assignment JOIN away w ON w.inspector = a.inspector AND w.from_day <= s.day AND w.to_day >= s.day
        WHERE s.ends_at > $1 AND l.state IS NULL AND a.closed_at IS NULL
        UNION
        SELECT l.id, l.place, a.inspector, c.assignment, c.code FROM window_seal s JOIN line l ON l.id = s.id
        JOIN companion c ON c.id = l.id AND c.place = l.place
        JOIN assignment a ON a.id = c.assignment JOIN away w ON w.inspector = a.inspector AND w.from_day <= s.day AND w.to_day >= s.day
        WHERE s.ends_at > $1 AND l.state IS NULL AND a.closed_at IS NULL ORDER BY 1, 2, 3";
    SHARES_OF_LINE = "SELECT a.inspector, l.assignment, l.code, l.detail, a.office FROM line l JOIN assignment a ON a.id = l.assignment WHERE l.id = $1 AND l.place = $2
        UNION ALL
        SELECT a.inspector, c.assignment, c.code, c.detail, a.office FROM companion c JOIN assignment a ON a.id = c.assignment WHERE c.id = $1 AND c.place = $2";
    // The other of two who went together makes the visit alone: their copy becomes the line's.
    PROMOTE = "UPDATE line SET assignment = (SELECT assignment FROM companion c WHERE c.id = line.id AND c.place = line.place),
        code = (SELECT code FROM companion c WHERE c.id = line.id AND c.place = line.place),
        detail = (SELECT detail FROM companion c WHERE c.id = line.id AND c.place = line.place) WHERE id = $1 AND place = $2 AND assignment = $3";
    REWRITE_LINE = "UPDATE line SET detail = $4 WHERE id = $1 AND place = $2 AND assignment = $3";
    REWRITE_COMPANION = "UPDATE companion SET detail = $4 WHERE id = $1 AND place = $2 AND assignment = $3";
    GIVE_LINE = "UPDATE line SET assignment = $4, code = $5, detail = $6 WHERE id = $1 AND place = $2 AND assignment = $3";
    GIVE_COMPANION = "UPDATE companion SET assignment = $4, code = $5, detail = $6 WHERE id = $1 AND place = $2 AND assignment = $3";
    TAKE_LINE = "UPDATE line SET assignment = NULL, code = NULL, detail = NULL, credit = NULL, state = $3
        WHERE place = $2 AND (id = $1 OR credit = $1) AND state IS NULL";
    TAKE_COMPANION = "DELETE FROM companion WHERE id = $1 AND place = $2";
    VOID_LINES = "UPDATE line SET state = 'void' WHERE id = $1 AND state IS NULL";
    SHARES_OF_WINDOW = "SELECT l.assignment, l.code FROM line l WHERE l.id = $1 AND l.assignment IS NOT NULL
        UNION ALL
        SELECT c.assignment, c.code FROM companion c WHERE c.id = $1 ORDER BY 1, 2";
    ADD_REDEAL = "INSERT INTO redeal (id, round, inspector, deals, list_mac, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    REDEALS = "SELECT round, inspector, deals, list_mac, reason, actor, at FROM redeal WHERE id = $1 ORDER BY round";
    AHEAD = "SELECT s.id FROM window_seal s LEFT JOIN window_void v ON v.id = s.id WHERE s.starts_at > $1 AND v.id IS NULL ORDER BY s.starts_at, s.id";
}

/// An inspector who cannot go, and who said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwayRow {
    pub inspector: InspectorId,
    /// Of a day; none: the whole of it.
    pub half: Option<Half>,
    pub reason: String,
    pub actor: String,
    pub at: Timestamp,
}

impl AwayRow {
    /// Whether it takes anything of a window of its day.
    pub fn touches(&self, window: &Window, zone: Tz) -> bool {
        self.half.is_none_or(|half| half.touches(window.id.day, zone, (window.start, window.end)))
    }
}

fn half(inspector: &str, text: Option<&str>) -> Result<Option<Half>> {
    text.map(|text| {
        text.parse().map_err(|()| StoreError::Inconsistent {
            table: "away",
            column: "half",
            id: inspector.to_owned(),
            found: text.to_owned(),
        })
    })
    .transpose()
}

/// A line without an outcome whose inspector cannot go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostLine {
    pub window: WindowId,
    pub place: PlaceId,
    pub inspector: InspectorId,
    pub assignment: AssignmentId,
    pub code: LineCode,
}

pub(super) type LostColumns = (String, String, String, String, String);

pub(super) fn lost_line((id, place, inspector, assignment, code): LostColumns) -> Result<LostLine> {
    Ok(LostLine {
        window: parsed("line", "id", &id, &id)?,
        place: parsed("line", "place", &id, &place)?,
        inspector: parsed("assignment", "inspector", &assignment, &inspector)?,
        assignment: parsed("line", "assignment", &id, &assignment)?,
        code: parsed("line", "code", &id, &code)?,
    })
}

/// One inspector's copy of a line; the first is that of the line itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub inspector: InspectorId,
    pub office: OfficeId,
    pub assignment: AssignmentId,
    pub code: LineCode,
    pub detail: String,
}

/// Lines that were dealt again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedealRow {
    pub round: u32,
    /// Who fell out, parted by spaces.
    pub inspectors: String,
    /// The round as a bundle shows it (JSON).
    pub deals: String,
    pub list_mac: String,
    pub reason: String,
    pub actor: String,
    pub at: Timestamp,
}

impl Tx {
    /// Notes that an inspector cannot go on these days, both inclusive. The same first day again replaces
    /// what was said of it.
    pub async fn put_away(&mut self, row: &AwayRow, from: NaiveDate, to: NaiveDate) -> Result<()> {
        let AwayRow { inspector, half, reason, actor, at } = row;
        let (from, to, half) = (stored_day(from), stored_day(to), half.map(Half::code));
        let done = execute!(self, PUT_AWAY, inspector.as_str(), from, to, half, reason.as_str(), actor.as_str(), at.0);
        touched("put_away", done, 1)
    }

    /// Until when, and whether for half of it, somebody is away from a day on that was named as the first.
    pub async fn away_from(
        &mut self,
        inspector: &InspectorId,
        from: NaiveDate,
    ) -> Result<Option<(NaiveDate, Option<Half>)>> {
        let id = inspector.as_str();
        let row = fetch_optional!(self, (String, Option<String>), AWAY_FROM, id, stored_day(from));
        row.map(|(to, text)| Ok((parsed("away", "to_day", id, &to)?, half(id, text.as_deref())?))).transpose()
    }

    /// Every absence ever noted, in the order of its key.
    pub async fn all_away(&mut self) -> Result<Vec<Absence>> {
        type Columns = (String, String, String, Option<String>, String);
        fetch_all!(self, Columns, ALL_AWAY)
            .into_iter()
            .map(|(id, from, to, text, reason)| {
                Ok(Absence {
                    inspector: parsed("away", "inspector", &id, &id)?,
                    half: half(&id, text.as_deref())?,
                    span: posting("away", &id, Some(&from), Some(&to))?,
                    reason,
                })
            })
            .collect()
    }

    /// Who cannot go on a day, those first of whom it was known first.
    pub async fn away_on(&mut self, day: NaiveDate) -> Result<Vec<AwayRow>> {
        type Columns = (String, Option<String>, String, String, i64);
        fetch_all!(self, Columns, AWAY_ON, stored_day(day))
            .into_iter()
            .map(|(inspector, text, reason, actor, at)| {
                let half = half(&inspector, text.as_deref())?;
                let inspector = parsed("away", "inspector", &inspector, &inspector)?;
                Ok(AwayRow { inspector, half, reason, actor, at: Timestamp(at) })
            })
            .collect()
    }

    /// Open lines, of windows that are not over, of inspectors who cannot go on that day.
    pub async fn lines_of_away(&mut self, now: Timestamp) -> Result<Vec<LostLine>> {
        fetch_all!(self, LostColumns, HELD_BY_AWAY, now.0).into_iter().map(lost_line).collect()
    }

    /// Who has a line: one, or two who go together.
    pub async fn shares_of(&mut self, window: &WindowId, place: &PlaceId) -> Result<Vec<Share>> {
        type Columns = (String, String, String, String, String);
        fetch_all!(self, Columns, SHARES_OF_LINE, window.to_string(), place.as_str())
            .into_iter()
            .map(|(inspector, assignment, code, detail, office)| {
                Ok(Share {
                    inspector: parsed("assignment", "inspector", &assignment, &inspector)?,
                    office: parsed("assignment", "office", &assignment, &office)?,
                    code: parsed("line", "code", &assignment, &code)?,
                    assignment: parsed("line", "assignment", &assignment, &assignment)?,
                    detail,
                })
            })
            .collect()
    }

    /// Takes a share out of its assignment, and gives it to nobody else.
    pub async fn drop_share(&mut self, window: &WindowId, place: &PlaceId, assignment: &AssignmentId) -> Result<()> {
        let id = window.to_string();
        execute!(self, PROMOTE, id.as_str(), place.as_str(), assignment.as_str());
        execute!(self, TAKE_COMPANION, id.as_str(), place.as_str());
        Ok(())
    }

    /// Writes a share anew where it is.
    pub async fn rewrite_share(
        &mut self,
        window: &WindowId,
        place: &PlaceId,
        assignment: &AssignmentId,
        detail: &str,
    ) -> Result<()> {
        let (id, place, assignment) = (window.to_string(), place.as_str(), assignment.as_str());
        let line = execute!(self, REWRITE_LINE, id.as_str(), place, assignment, detail);
        let companion = execute!(self, REWRITE_COMPANION, id.as_str(), place, assignment, detail);
        touched("rewrite_share", line + companion, 1)
    }

    /// Puts a share of a line into another assignment.
    pub async fn give_share(
        &mut self,
        window: &WindowId,
        place: &PlaceId,
        from: &AssignmentId,
        (to, code, detail): (&AssignmentId, &LineCode, &str),
    ) -> Result<()> {
        let (id, place, from, to, code) =
            (window.to_string(), place.as_str(), from.as_str(), to.as_str(), code.as_str());
        let line = execute!(self, GIVE_LINE, id.as_str(), place, from, to, code, detail);
        let companion = execute!(self, GIVE_COMPANION, id.as_str(), place, from, to, code, detail);
        touched("give_share", line + companion, 1)
    }

    /// Nobody has the line any more: it ends in this state, and so does what it carried out for other windows.
    pub async fn take_line(&mut self, window: &WindowId, place: &PlaceId, state: &str) -> Result<()> {
        execute!(self, TAKE_COMPANION, window.to_string(), place.as_str());
        let done = execute!(self, TAKE_LINE, window.to_string(), place.as_str(), state);
        touched("take_line", done.min(1), 1)
    }

    /// The open lines of a window end with it.
    pub async fn void_lines(&mut self, window: &WindowId) -> Result<u64> {
        Ok(execute!(self, VOID_LINES, window.to_string()))
    }

    /// The lines of a window that somebody has, by assignment.
    pub async fn shares_of_window(&mut self, window: &WindowId) -> Result<Vec<(AssignmentId, LineCode)>> {
        fetch_all!(self, (String, String), SHARES_OF_WINDOW, window.to_string())
            .into_iter()
            .map(|(id, code)| Ok((parsed("line", "assignment", &id, &id)?, parsed("line", "code", &id, &code)?)))
            .collect()
    }

    pub async fn add_redeal(&mut self, window: &WindowId, row: &RedealRow) -> Result<()> {
        execute!(
            self,
            ADD_REDEAL,
            window.to_string(),
            i64::from(row.round),
            row.inspectors.as_str(),
            row.deals.as_str(),
            row.list_mac.as_str(),
            row.reason.as_str(),
            row.actor.as_str(),
            row.at.0
        );
        Ok(())
    }

    /// What was dealt again in a window, round by round.
    pub async fn redeals(&mut self, window: &WindowId) -> Result<Vec<RedealRow>> {
        type Columns = (i64, String, String, String, String, String, i64);
        let id = window.to_string();
        fetch_all!(self, Columns, REDEALS, id.as_str())
            .into_iter()
            .map(|(round, inspectors, deals, list_mac, reason, actor, at)| {
                Ok(RedealRow {
                    round: parsed("redeal", "round", &id, &round.to_string())?,
                    inspectors,
                    deals,
                    list_mac,
                    reason,
                    actor,
                    at: Timestamp(at),
                })
            })
            .collect()
    }

    /// Sealed windows that have not begun and are not void.
    pub async fn windows_ahead(&mut self, now: Timestamp) -> Result<Vec<WindowId>> {
        fetch_all!(self, (String,), AHEAD, now.0)
            .into_iter()
            .map(|(id,)| parsed("window_seal", "id", &id, &id))
            .collect()
    }
}
