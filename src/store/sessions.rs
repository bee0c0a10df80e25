//! Who is signed in, who tried to be, and files that somebody looks at before they are imported.

use super::packed::{Packed, Unpacker};
use super::{Result, Tx, parsed_json, touched};
use crate::model::{Said, Sha256, Timestamp};
use std::collections::BTreeMap;

statements! {
    ADD_SESSION = "INSERT INTO session (hash, account, state, began_at, seen_at) VALUES ($1, $2, $3, $4, $4)";
    SESSION = "SELECT account, state, began_at, seen_at, notice FROM session WHERE hash = $1";
    SEEN = "UPDATE session SET seen_at = $2 WHERE hash = $1 AND seen_at < $2";
    SET_NOTICE = "UPDATE session SET notice = $2 WHERE hash = $1";
    TAKE_NOTICE = "UPDATE session SET notice = NULL WHERE hash = $1 AND notice IS NOT NULL";
    END_SESSION = "DELETE FROM session WHERE hash = $1";
    END_SESSIONS = "DELETE FROM session WHERE account = $1";
    END_OLD_SESSIONS = "DELETE FROM session WHERE began_at < $1 OR seen_at < $2";
    SIGN_INS = "SELECT failed, failed_at, succeeded_at FROM sign_in WHERE account = $1 AND address = $2";
    FAILED_FROM = "SELECT CAST(COALESCE(SUM(failed), 0) AS BIGINT), COALESCE(MAX(failed_at), 0) FROM sign_in WHERE address = $1 AND failed_at > $2";
    FAILED = "INSERT INTO sign_in (account, address, failed, failed_at) VALUES ($1, $2, 1, $3)
        ON CONFLICT (account, address) DO UPDATE SET failed = sign_in.failed + 1, failed_at = excluded.failed_at";
    SUCCEEDED = "INSERT INTO sign_in (account, address, failed, failed_at, succeeded_at) VALUES ($1, $2, 0, 0, $3)
        ON CONFLICT (account, address) DO UPDATE SET failed = 0, succeeded_at = excluded.succeeded_at";
    LAST_SIGN_INS = "SELECT account, MAX(succeeded_at) FROM sign_in WHERE succeeded_at IS NOT NULL GROUP BY account ORDER BY account";
    FORGET_SIGN_INS = "DELETE FROM sign_in WHERE failed_at < $1 AND COALESCE(succeeded_at, 0) < $2";
    ADD_UPLOAD = "INSERT INTO upload (id, account, file, wanted, bytes, at) VALUES ($1, $2, $3, $4, $5, $6)";
    UPLOAD = "SELECT file, wanted, bytes FROM upload WHERE id = $1 AND account = $2";
    DROP_UPLOAD = "DELETE FROM upload WHERE id = $1 AND account = $2";
    DROP_OLD_UPLOADS = "DELETE FROM upload WHERE at < $1";
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    pub account: String,
    /// False while only the password was right and a code is awaited.
    pub signed_in: bool,
    pub began_at: Timestamp,
    pub seen_at: Timestamp,
    pub notice: Option<Said>,
}

/// How an account and an address got on so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct SignIns {
    /// Since the last success.
    pub failed: i64,
    pub failed_at: i64,
    pub succeeded_at: Option<i64>,
}

/// A file that waits for the word of whoever brought it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    pub file: String,
    /// How it is to be read, as JSON.
    pub wanted: String,
    pub bytes: Vec<u8>,
}

impl Tx {
    /// Sessions are known by the hash of what the browser holds.
    pub async fn add_session(&mut self, hash: &Sha256, account: &str, signed_in: bool, now: Timestamp) -> Result<()> {
        let state = if signed_in { "in" } else { "second" };
        touched("add_session", execute!(self, ADD_SESSION, hash.hex(), account, state, now.0), 1)
    }

    /// When somebody signed in last, by account; what is long past is forgotten.
    pub async fn last_sign_ins(&mut self) -> Result<BTreeMap<String, Timestamp>> {
        let rows = fetch_all!(self, (String, i64), LAST_SIGN_INS);
        Ok(rows.into_iter().map(|(account, at)| (account, Timestamp(at))).collect())
    }

    pub async fn session(&mut self, hash: &Sha256) -> Result<Option<SessionRow>> {
        let row = fetch_optional!(self, (String, String, i64, i64, Option<String>), SESSION, hash.hex());
        let Some((account, state, began_at, seen_at, notice)) = row else { return Ok(None) };
        Ok(Some(SessionRow {
            notice: notice.map(|text| parsed_json("session", "notice", &account, &text)).transpose()?,
            account,
            signed_in: state == "in",
            began_at: Timestamp(began_at),
            seen_at: Timestamp(seen_at),
        }))
    }

    pub async fn session_seen(&mut self, hash: &Sha256, now: Timestamp) -> Result<()> {
        execute!(self, SEEN, hash.hex(), now.0);
        Ok(())
    }

    /// What the next page of this session shows.
    pub async fn set_notice(&mut self, hash: &Sha256, notice: &Said) -> Result<()> {
        let text = super::sql::json_rows(notice);
        execute!(self, SET_NOTICE, hash.hex(), text);
        Ok(())
    }

    pub async fn take_notice(&mut self, hash: &Sha256) -> Result<()> {
        execute!(self, TAKE_NOTICE, hash.hex());
        Ok(())
    }

    pub async fn end_session(&mut self, hash: &Sha256) -> Result<()> {
        execute!(self, END_SESSION, hash.hex());
        Ok(())
    }

    pub async fn end_sessions(&mut self, account: &str) -> Result<()> {
        execute!(self, END_SESSIONS, account);
        Ok(())
    }

    /// Those that began or were last seen before these moments.
    pub async fn end_old_sessions(&mut self, began: Timestamp, seen: Timestamp) -> Result<u64> {
        Ok(execute!(self, END_OLD_SESSIONS, began.0, seen.0))
    }

    pub async fn sign_ins(&mut self, account: &str, address: &str) -> Result<SignIns> {
        Ok(fetch_optional!(self, SignIns, SIGN_INS, account, address).unwrap_or_default())
    }

    /// How often anybody failed from an address since a moment, and when last.
    pub async fn failed_from(&mut self, address: &str, since: Timestamp) -> Result<(i64, Timestamp)> {
        let (failed, last) = fetch_optional!(self, (i64, i64), FAILED_FROM, address, since.0).unwrap_or_default();
        Ok((failed, Timestamp(last)))
    }

    pub async fn sign_in_failed(&mut self, account: &str, address: &str, now: Timestamp) -> Result<()> {
        touched("sign_in_failed", execute!(self, FAILED, account, address, now.0), 1)
    }

    pub async fn sign_in_succeeded(&mut self, account: &str, address: &str, now: Timestamp) -> Result<()> {
        touched("sign_in_succeeded", execute!(self, SUCCEEDED, account, address, now.0), 1)
    }

    /// Failures before one moment of whom nobody let in since the other.
    pub async fn forget_sign_ins(&mut self, failed: Timestamp, succeeded: Timestamp) -> Result<u64> {
        Ok(execute!(self, FORGET_SIGN_INS, failed.0, succeeded.0))
    }

    pub async fn add_upload(&mut self, id: &str, account: &str, upload: &UploadRow, now: Timestamp) -> Result<()> {
        let (file, wanted) = (upload.file.as_str(), upload.wanted.as_str());
        let packed = Packed::new(&upload.bytes)?.into_bytes();
        touched("add_upload", execute!(self, ADD_UPLOAD, id, account, file, wanted, packed, now.0), 1)
    }

    /// Of whoever brought it.
    pub async fn upload(&mut self, id: &str, account: &str) -> Result<Option<UploadRow>> {
        let row = fetch_optional!(self, (String, String, Vec<u8>), UPLOAD, id, account);
        let Some((file, wanted, packed)) = row else { return Ok(None) };
        Ok(Some(UploadRow { file, wanted, bytes: Unpacker::new().unpack(&packed)? }))
    }

    pub async fn drop_upload(&mut self, id: &str, account: &str) -> Result<bool> {
        Ok(execute!(self, DROP_UPLOAD, id, account) == 1)
    }

    pub async fn drop_old_uploads(&mut self, before: Timestamp) -> Result<u64> {
        Ok(execute!(self, DROP_OLD_UPLOADS, before.0))
    }
}
