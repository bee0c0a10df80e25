//! Settings, leases and blobs.

use super::packed::{Packed, unpacked};
use super::register::Ids;
use super::{Result, Tx, touched};
use crate::model::{Sha256, Timestamp};
use std::collections::BTreeMap;

statements! {
    GET_SETTING = "SELECT value FROM setting WHERE key = $1";
    PUT_SETTING = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    TAKE_LEASE = "INSERT INTO lease (name, owner, fence, expires_at) VALUES ($1, $2, 1, $4)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at,
            fence = CASE WHEN lease.owner = excluded.owner THEN lease.fence ELSE lease.fence + 1 END
        WHERE lease.owner = excluded.owner OR lease.expires_at <= $3
        RETURNING fence";
    RELEASE_LEASE = "UPDATE lease SET expires_at = 0 WHERE name = $1 AND owner = $2";
    PUT_BLOB = "INSERT INTO blob (sha, bytes) VALUES ($1, $2) ON CONFLICT (sha) DO NOTHING";
    GET_BLOB = "SELECT bytes FROM blob WHERE sha = $1";
    GET_BLOBS = "SELECT sha, bytes FROM blob WHERE sha IN (SELECT value FROM json_each($1))",
    postgres = "SELECT sha, bytes FROM blob WHERE sha = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
}

/// A role held for a while. The fence grows whenever the holder changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub fence: i64,
}

impl Tx {
    pub async fn setting(&mut self, key: &str) -> Result<Option<String>> {
        Ok(fetch_optional!(self, (String,), GET_SETTING, key).map(|(value,)| value))
    }

    pub async fn put_setting(&mut self, key: &str, value: &str) -> Result<()> {
        touched("put_setting", execute!(self, PUT_SETTING, key, value), 1)
    }

    /// Takes or renews a lease; `None` while somebody else holds it.
    pub async fn take_lease(
        &mut self,
        name: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Lease>> {
        Ok(fetch_optional!(self, (i64,), TAKE_LEASE, name, owner, now.0, until.0).map(|(fence,)| Lease { fence }))
    }

    pub async fn release_lease(&mut self, name: &str, owner: &str) -> Result<()> {
        execute!(self, RELEASE_LEASE, name, owner);
        Ok(())
    }

    /// Stores bytes under their SHA-256, compressed. Storing them again changes nothing.
    pub async fn put_blob(&mut self, bytes: &[u8]) -> Result<Sha256> {
        self.put_packed(Packed::new(bytes)?).await
    }

    /// As [`Tx::put_blob`] for bytes that are packed already: packing them again would only take time.
    pub async fn put_packed_blob(&mut self, bytes: &[u8]) -> Result<Sha256> {
        self.put_packed(Packed::as_it_is(bytes)?).await
    }

    async fn put_packed(&mut self, packed: Packed) -> Result<Sha256> {
        let sha = packed.sha();
        execute!(self, PUT_BLOB, sha.hex(), packed.into_bytes());
        Ok(sha)
    }

    pub async fn blob(&mut self, sha: &Sha256) -> Result<Option<Vec<u8>>> {
        fetch_optional!(self, (Vec<u8>,), GET_BLOB, sha.hex()).map(|(packed,)| unpacked(&packed)).transpose()
    }

    /// Many blobs by their SHA-256 in hex; those that are missing are left out.
    pub async fn blobs(&mut self, shas: &Ids) -> Result<BTreeMap<String, Vec<u8>>> {
        let rows = fetch_all!(self, (String, Vec<u8>), GET_BLOBS, shas.json());
        rows.into_iter().map(|(sha, packed)| Ok((sha, unpacked(&packed)?))).collect()
    }
}
