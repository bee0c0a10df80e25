//! Deletion of what has had its time. Hashes, codes, states and days stay, so that what was recorded can still be
//! told apart and verified; every deletion leaves a row that says how many and up to when.

use super::register::Ids;
use super::{Result, Store, StoreError, Tx, parsed_day};
use crate::model::Timestamp;
use crate::model::retention::Part;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A statement over the rows of some offices: what stands before and after `… IN (offices)`.
macro_rules! of_offices {
    ($($name:ident = $before:literal, $after:literal;)* { $($rest:tt)* }) => {
        statements! {
            $($name = concat!($before, " IN (SELECT value FROM json_each($1))", $after),
                postgres = concat!($before, " = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))", $after);)*
            $($rest)*
        }
    };
}

of_offices! {
    ERASE_MAILS = "UPDATE inbox SET erased_at = $4 WHERE state IN ('done', 'discarded') AND erased_at IS NULL AND received_at >= $2 AND received_at < $3
        AND COALESCE((SELECT a.office FROM assignment a WHERE a.id = inbox.assignment), '')", "";
    ERASE_REMARKS = "UPDATE outcome SET remark = '' WHERE remark <> '' AND received_at >= $2 AND received_at < $3
        AND COALESCE((SELECT a.office FROM assignment a WHERE a.id = outcome.assignment), '')", "";
    ERASE_ANSWERS = "UPDATE answer SET remark = '', value = CASE WHEN is_text = 1 THEN '' ELSE value END
        WHERE (remark <> '' OR (is_text = 1 AND value <> '')) AND received_at >= $2 AND received_at < $3
        AND COALESCE((SELECT a.office FROM assignment a WHERE a.id = answer.assignment), '')", "";
    ERASE_LETTERS = "UPDATE letter SET recipients = '', trouble = NULL, erased_at = $4
        WHERE state IN ('acked', 'refused', 'expired') AND erased_at IS NULL AND created_at >= $2 AND created_at < $3 AND office", "";
    ERASE_ASSIGNMENTS = "UPDATE assignment SET erased_at = $4
        WHERE closed_at IS NOT NULL AND erased_at IS NULL AND released_at >= $2 AND released_at < $3 AND office", "";
    ERASE_FLAGS = "UPDATE flag SET erased_at = $4 WHERE state IN ('confirmed', 'dismissed', 'upheld', 'overturned') AND erased_at IS NULL
        AND (SELECT MAX(s.at) FROM flag_step s WHERE s.flag = flag.id) >= $2 AND (SELECT MAX(s.at) FROM flag_step s WHERE s.flag = flag.id) < $3 AND office", "";
    ERASE_COMPLAINTS = "UPDATE complaint SET said = '', heard_from = '', opened_by = '', erased_at = $4
        WHERE state IN ('confirmed', 'dismissed', 'upheld', 'overturned') AND erased_at IS NULL
        AND (SELECT MAX(s.at) FROM flag_step s WHERE s.flag = complaint.id) >= $2
        AND (SELECT MAX(s.at) FROM flag_step s WHERE s.flag = complaint.id) < $3 AND office", "";
    ERASE_FINDINGS = "UPDATE finding SET text = '', owner = '', opened_by = '', erased_at = $4
        WHERE state IN ('closed', 'withdrawn', 'noted') AND erased_at IS NULL
        AND (SELECT MAX(s.at) FROM finding_step s WHERE s.finding = finding.id) >= $2
        AND (SELECT MAX(s.at) FROM finding_step s WHERE s.finding = finding.id) < $3 AND office", "";
    OFFICIAL_PHONES = "UPDATE official SET phone = NULL, phone_extension = NULL, phone_shown = NULL, email = NULL
        WHERE (phone IS NOT NULL OR email IS NOT NULL) AND id", "";
    CONTACT_PHONES = "UPDATE contact SET phone = NULL, phone_extension = NULL, phone_shown = NULL WHERE phone IS NOT NULL AND id", "";
    INSPECTOR_PHONES = "UPDATE inspector SET phone = NULL, phone_extension = NULL, phone_shown = NULL WHERE phone IS NOT NULL AND id", "";
    {
        ERASE_CHANGES = "UPDATE register_change SET before = NULL, after = NULL
            WHERE at >= $1 AND at < $2 AND (before LIKE '%\"phone\":{%' OR after LIKE '%\"phone\":{%')";
        COUNT_MAILS = "SELECT office, COUNT(*) FROM (SELECT COALESCE((SELECT a.office FROM assignment a WHERE a.id = inbox.assignment), '') AS office FROM inbox
            WHERE state IN ('done', 'discarded') AND erased_at IS NULL AND received_at >= $1 AND received_at < $2) found GROUP BY office ORDER BY office";
        COUNT_REMARKS = "SELECT office, COUNT(*) FROM (SELECT COALESCE((SELECT a.office FROM assignment a WHERE a.id = outcome.assignment), '') AS office FROM outcome
            WHERE remark <> '' AND received_at >= $1 AND received_at < $2
            UNION ALL SELECT COALESCE((SELECT a.office FROM assignment a WHERE a.id = answer.assignment), '') FROM answer
            WHERE (remark <> '' OR (is_text = 1 AND value <> '')) AND received_at >= $1 AND received_at < $2) found GROUP BY office ORDER BY office";
        COUNT_LETTERS = "SELECT office, COUNT(*) FROM letter
            WHERE state IN ('acked', 'refused', 'expired') AND erased_at IS NULL AND created_at >= $1 AND created_at < $2 GROUP BY office ORDER BY office";
        COUNT_ASSIGNMENTS = "SELECT office, COUNT(*) FROM assignment
            WHERE closed_at IS NOT NULL AND erased_at IS NULL AND released_at >= $1 AND released_at < $2 GROUP BY office ORDER BY office";
        COUNT_FLAGS = "SELECT office, COUNT(*) FROM (
                SELECT id, office, state, erased_at FROM flag UNION ALL SELECT id, office, state, erased_at FROM complaint) one
            WHERE state IN ('confirmed', 'dismissed', 'upheld', 'overturned') AND erased_at IS NULL
            AND (SELECT MAX(s.at) FROM flag_step s WHERE s.flag = one.id) >= $1 AND (SELECT MAX(s.at) FROM flag_step s WHERE s.flag = one.id) < $2
            GROUP BY office ORDER BY office";
        COUNT_FINDINGS = "SELECT office, COUNT(*) FROM finding WHERE state IN ('closed', 'withdrawn', 'noted') AND erased_at IS NULL
            AND (SELECT MAX(s.at) FROM finding_step s WHERE s.finding = finding.id) >= $1
            AND (SELECT MAX(s.at) FROM finding_step s WHERE s.finding = finding.id) < $2 GROUP BY office ORDER BY office";
        COUNT_CHANGES = "SELECT '', COUNT(*) FROM register_change
            WHERE at >= $1 AND at < $2 AND (before LIKE '%\"phone\":{%' OR after LIKE '%\"phone\":{%')";
        PHONES_OF_GONE = "SELECT 'official', o.id, COALESCE(v.region, ''), o.to_day FROM official o LEFT JOIN team t ON t.id = o.team LEFT JOIN village v ON v.id = t.village
            WHERE (o.phone IS NOT NULL OR o.email IS NOT NULL) AND o.to_day IS NOT NULL
            UNION ALL SELECT 'contact', c.id, COALESCE(v.region, ''), c.to_day FROM contact c LEFT JOIN village v ON v.id = c.village
            WHERE c.phone IS NOT NULL AND c.to_day IS NOT NULL
            UNION ALL SELECT 'inspector', i.id, i.office, i.to_day FROM inspector i WHERE i.phone IS NOT NULL AND i.to_day IS NOT NULL ORDER BY 1, 2";
        EARLIEST = "SELECT MIN(found.at) FROM (SELECT MIN(released_at) AS at FROM assignment UNION ALL SELECT MIN(received_at) FROM inbox
            UNION ALL SELECT MIN(received_at) FROM outcome UNION ALL SELECT MIN(created_at) FROM letter UNION ALL SELECT MIN(at) FROM register_change
            UNION ALL SELECT MIN(opened_at) FROM flag UNION ALL SELECT MIN(opened_at) FROM complaint UNION ALL SELECT MIN(opened_at) FROM finding) found";
        FLAG_STEPS = "UPDATE flag_step SET actor = '', reason = '' WHERE (actor <> '' OR reason <> '') AND flag IN (
                SELECT id FROM flag WHERE erased_at = $1 UNION ALL SELECT id FROM complaint WHERE erased_at = $1)";
        SENTENCES = "UPDATE verdict SET sentence_en = '', sentence_zh = '' WHERE (sentence_en <> '' OR sentence_zh <> '')
            AND EXISTS (SELECT 1 FROM flag f WHERE f.assignment = verdict.assignment AND f.line = verdict.line AND f.person = verdict.person AND f.erased_at = $1)";
        FINDING_STEPS = "UPDATE finding_step SET actor = '', reason = '', file_name = NULL
            WHERE (actor <> '' OR reason <> '' OR file_name IS NOT NULL) AND finding IN (SELECT id FROM finding WHERE erased_at = $1)";
        LINES = "SELECT l.id, l.place, l.detail FROM line l JOIN assignment a ON a.id = l.assignment WHERE a.erased_at = $1 AND l.detail IS NOT NULL ORDER BY l.id, l.place";
        COMPANIONS = "SELECT c.id, c.place, c.detail FROM companion c JOIN assignment a ON a.id = c.assignment WHERE a.erased_at = $1 ORDER BY c.id, c.place";
        TRIES = "SELECT t.id, t.place, t.number, t.detail FROM call_try t JOIN assignment a ON a.id = t.assignment WHERE a.erased_at = $1 ORDER BY t.id, t.place, t.number";
        CHECKED_AGAIN = "SELECT b.id, b.unit, b.detail FROM back_check b JOIN assignment a ON a.id = b.assignment WHERE a.erased_at = $1 AND b.detail IS NOT NULL ORDER BY b.id, b.unit";
        SET_CHECKED_AGAIN = "UPDATE back_check SET detail = $3 WHERE id = $1 AND unit = $2";
        SET_TRY = "UPDATE call_try SET detail = $4 WHERE id = $1 AND place = $2 AND number = $3";
        SET_LINE = "UPDATE line SET detail = $3 WHERE id = $1 AND place = $2";
        SET_COMPANION = "UPDATE companion SET detail = $3 WHERE id = $1 AND place = $2";
        // What any erased row names and no other one needs. The very bytes of an erased mail may have come in again.
        LOOSE_BLOBS = "DELETE FROM blob WHERE sha IN (
                SELECT id FROM inbox WHERE erased_at IS NOT NULL
                UNION ALL SELECT a.sha FROM attachment a JOIN inbox i ON i.id = a.mail WHERE i.erased_at IS NOT NULL
                UNION ALL SELECT bytes FROM letter WHERE erased_at IS NOT NULL
                UNION ALL SELECT s.file_sha FROM finding_step s JOIN finding f ON f.id = s.finding WHERE f.erased_at IS NOT NULL AND s.file_sha IS NOT NULL
                UNION ALL SELECT sha FROM case_file WHERE id IN (SELECT id FROM flag WHERE erased_at IS NOT NULL UNION ALL SELECT id FROM complaint WHERE erased_at IS NOT NULL)
                UNION ALL SELECT page FROM case_letter WHERE id IN (SELECT id FROM flag WHERE erased_at IS NOT NULL UNION ALL SELECT id FROM complaint WHERE erased_at IS NOT NULL))
            AND sha NOT IN (
                SELECT id FROM inbox WHERE erased_at IS NULL
                UNION ALL SELECT a.sha FROM attachment a JOIN inbox i ON i.id = a.mail WHERE i.erased_at IS NULL
                UNION ALL SELECT bytes FROM letter WHERE erased_at IS NULL
                UNION ALL SELECT s.file_sha FROM finding_step s JOIN finding f ON f.id = s.finding WHERE f.erased_at IS NULL AND s.file_sha IS NOT NULL
                UNION ALL SELECT sha FROM case_file WHERE id NOT IN (SELECT id FROM flag WHERE erased_at IS NOT NULL UNION ALL SELECT id FROM complaint WHERE erased_at IS NOT NULL)
                UNION ALL SELECT page FROM case_letter WHERE id NOT IN (SELECT id FROM flag WHERE erased_at IS NOT NULL UNION ALL SELECT id FROM complaint WHERE erased_at IS NOT NULL)
                UNION ALL SELECT frame FROM window_seal UNION ALL SELECT duty FROM window_seal
                UNION ALL SELECT frame FROM back_check_seal UNION ALL SELECT duty FROM back_check_seal)";
        JOURNAL = "INSERT INTO retention (seq, at, actor, class, office, year, items, cut_off)
            SELECT COALESCE(MAX(seq), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM retention";
        JOURNALLED = "SELECT seq, at, actor, class, office, year, items, cut_off FROM retention ORDER BY seq";
        CASE_FILES = "DELETE FROM case_file WHERE id IN (SELECT id FROM flag WHERE erased_at IS NOT NULL UNION ALL SELECT id FROM complaint WHERE erased_at IS NOT NULL)";
        CASE_ANSWERS = "DELETE FROM case_answer WHERE id IN (SELECT id FROM flag WHERE erased_at IS NOT NULL UNION ALL SELECT id FROM complaint WHERE erased_at IS NOT NULL)";
        CASE_LETTERS = "DELETE FROM case_letter WHERE id IN (SELECT id FROM flag WHERE erased_at IS NOT NULL UNION ALL SELECT id FROM complaint WHERE erased_at IS NOT NULL)";
    }
}

/// A number of somebody who is gone: whose, where, since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GonePhone {
    /// official, contact or inspector
    pub kind: String,
    pub id: String,
    /// The region; of an inspector the office.
    pub place: String,
    pub last: NaiveDate,
}

/// What was deleted once: who, which class, of which office and year, how many, up to when.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RetentionRow {
    pub seq: i64,
    pub at: i64,
    pub actor: String,
    pub class: String,
    /// Empty where it belongs to no office alone.
    pub office: String,
    pub year: i64,
    pub items: i64,
    /// What lay before this day.
    pub cut_off: String,
}

impl Tx {
    /// When the oldest of all that may be deleted happened.
    pub async fn earliest(&mut self) -> Result<Option<Timestamp>> {
        Ok(fetch_optional!(self, (Option<i64>,), EARLIEST).and_then(|(at,)| at).map(Timestamp))
    }

    /// Numbers of those who are gone.
    pub async fn phones_of_gone(&mut self) -> Result<Vec<GonePhone>> {
        fetch_all!(self, (String, String, String, String), PHONES_OF_GONE)
            .into_iter()
            .map(|(kind, id, place, day)| {
                let last = parsed_day("official", "to_day", &id, Some(&day))?.unwrap_or_default();
                Ok(GonePhone { kind, id, place, last })
            })
            .collect()
    }

    /// How many of a part in `[from, to)` can be deleted, by office; an empty office where they belong to none alone.
    pub async fn count_erasable(
        &mut self,
        part: Part,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BTreeMap<String, i64>> {
        let sql = match part {
            Part::Phones => return Ok(BTreeMap::new()),
            Part::Changes => &COUNT_CHANGES,
            Part::Mails => &COUNT_MAILS,
            Part::Remarks => &COUNT_REMARKS,
            Part::Letters => &COUNT_LETTERS,
            Part::Assignments => &COUNT_ASSIGNMENTS,
            Part::Flags => &COUNT_FLAGS,
            Part::Findings => &COUNT_FINDINGS,
        };
        Ok(fetch_all!(self, (String, i64), sql, from.0, to.0).into_iter().filter(|(_, n)| *n > 0).collect())
    }

    /// Deletes a part of these offices in `[from, to)`; how many there were. Files go with [`Tx::drop_loose_blobs`].
    pub async fn erase(
        &mut self,
        part: Part,
        offices: &Ids,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> Result<u64> {
        let marked = |sql: &'static super::Sql| *sql;
        let sql = match part {
            Part::Phones => return Ok(0),
            Part::Changes => return Ok(execute!(self, ERASE_CHANGES, from.0, to.0)),
            // The outcome has no mark of its own: without a remark there is nothing more to delete.
            Part::Remarks => {
                let remarks = execute!(self, ERASE_REMARKS, offices.json(), from.0, to.0);
                return Ok(remarks + execute!(self, ERASE_ANSWERS, offices.json(), from.0, to.0));
            }
            Part::Mails => marked(&ERASE_MAILS),
            Part::Letters => marked(&ERASE_LETTERS),
            Part::Assignments => marked(&ERASE_ASSIGNMENTS),
            Part::Flags => marked(&ERASE_FLAGS),
            Part::Findings => marked(&ERASE_FINDINGS),
        };
        let erased = execute!(self, sql, offices.json(), from.0, to.0, now.0);
        match part {
            Part::Flags => {
                let complaints = execute!(self, ERASE_COMPLAINTS, offices.json(), from.0, to.0, now.0);
                execute!(self, FLAG_STEPS, now.0);
                execute!(self, SENTENCES, now.0);
                return Ok(erased + complaints);
            }
            Part::Findings => {
                execute!(self, FINDING_STEPS, now.0);
            }
            _ => {}
        }
        Ok(erased)
    }

    /// Deletes the numbers of these people; how many had one.
    pub async fn erase_phones(&mut self, kind: &str, ids: &Ids) -> Result<u64> {
        let sql = match kind {
            "official" => OFFICIAL_PHONES,
            "contact" => CONTACT_PHONES,
            _ => INSPECTOR_PHONES,
        };
        Ok(execute!(self, sql, ids.json()))
    }

    /// Rewrites the lines (JSON) of the assignments that were marked at this time.
    pub async fn rewrite_lines(
        &mut self,
        marked: Timestamp,
        rewrite: impl Fn(&str) -> std::result::Result<String, serde_json::Error>,
    ) -> Result<()> {
        let damaged = |id: &str| StoreError::Inconsistent {
            table: "line",
            column: "detail",
            id: id.to_owned(),
            found: "no line".to_owned(),
        };
        for (id, place, detail) in fetch_all!(self, (String, String, String), LINES, marked.0) {
            let detail = rewrite(&detail).map_err(|_| damaged(&id))?;
            execute!(self, SET_LINE, id.as_str(), place.as_str(), detail);
        }
        for (id, place, detail) in fetch_all!(self, (String, String, String), COMPANIONS, marked.0) {
            let detail = rewrite(&detail).map_err(|_| damaged(&id))?;
            execute!(self, SET_COMPANION, id.as_str(), place.as_str(), detail);
        }
        for (id, unit, detail) in fetch_all!(self, (String, String, String), CHECKED_AGAIN, marked.0) {
            let detail = rewrite(&detail).map_err(|_| damaged(&id))?;
            execute!(self, SET_CHECKED_AGAIN, id.as_str(), unit.as_str(), detail);
        }
        for (id, place, number, detail) in fetch_all!(self, (String, String, i64, String), TRIES, marked.0) {
            let detail = rewrite(&detail).map_err(|_| damaged(&id))?;
            execute!(self, SET_TRY, id.as_str(), place.as_str(), number, detail);
        }
        Ok(())
    }

    /// Bytes that only deleted rows name, and what named the papers of cases.
    pub async fn drop_loose_blobs(&mut self) -> Result<u64> {
        let dropped = execute!(self, LOOSE_BLOBS);
        for sql in [&CASE_FILES, &CASE_ANSWERS, &CASE_LETTERS] {
            execute!(self, sql);
        }
        Ok(dropped)
    }

    pub async fn journal_retention(&mut self, row: &RetentionRow) -> Result<()> {
        execute!(
            self,
            JOURNAL,
            row.at,
            row.actor.as_str(),
            row.class.as_str(),
            row.office.as_str(),
            row.year,
            row.items,
            row.cut_off.as_str()
        );
        Ok(())
    }

    /// Everything that was ever deleted, oldest first.
    pub async fn retention_journal(&mut self) -> Result<Vec<RetentionRow>> {
        Ok(fetch_all!(self, RetentionRow, JOURNALLED))
    }
}

/// Tables whose rows were deleted or emptied.
const TOUCHED: &str = "VACUUM blob, inbox, outcome, letter, line, companion, call_try, back_check, flag_step, complaint, case_letter, case_answer, case_file, verdict, finding, finding_step, \
    official, contact, inspector, register_change";

impl Store {
    /// Takes the bytes of deleted rows out of the files. SQLite writes its file anew (VACUUM) and empties the
    /// journal beside it; false where somebody reads at this moment, so that the journal keeps them until they are
    /// done. PostgreSQL frees the room for others to write over.
    pub async fn compact(&self) -> Result<bool> {
        match self {
            Store::Sqlite { write, .. } => {
                sqlx::query("VACUUM").execute(write).await?;
                let (busy,): (i64,) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
                    .fetch_one(write)
                    .await
                    .map(|(busy, _, _): (i64, i64, i64)| (busy,))?;
                Ok(busy == 0)
            }
            Store::Postgres(pool) => {
                sqlx::query(TOUCHED).execute(pool).await?;
                Ok(true)
            }
        }
    }
}
