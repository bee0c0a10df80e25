//! Settings, leases and blobs.

use super::packed::{Packed, Unpacker};
use super::register::Ids;
use super::{Result, Tx, touched};
use crate::model::{Sha256, Timestamp};
use std::collections::BTreeMap;

statements! {
    GET_SETTING = "SELECT value FROM setting WHERE key = $1";
    PUT_SETTING = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    SETTINGS_BELOW = "SELECT key, value FROM setting WHERE SUBSTR(key, 1, LENGTH($1)) = $1 ORDER BY key";
    TAKE_LEASE = "INSERT INTO lease (name, owner, fence, expires_at) VALUES ($1, $2, 1, $4)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at,
            fence = CASE WHEN lease.owner = excluded.owner THEN lease.fence ELSE lease.fence + 1 END
        WHERE lease.owner = excluded.owner OR lease.expires_at <= $3
        RETURNING fence";
    LEASE_UNTIL = "SELECT expires_at FROM lease WHERE name = $1";
    RELEASE_LEASE = "UPDATE lease SET expires_at = 0 WHERE name = $1 AND owner = $2";
    PUT_BLOB = "INSERT INTO blob (sha, bytes) VALUES ($1, $2) ON CONFLICT (sha) DO NOTHING";
    GET_BLOB = "SELECT bytes FROM blob WHERE sha = $1";
    BLOB_SIZES = "SELECT sha, LENGTH(bytes) FROM blob WHERE sha IN (SELECT value FROM json_each($1))",
    postgres = "SELECT sha, CAST(LENGTH(bytes) AS BIGINT) FROM blob WHERE sha = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
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

    /// Settings whose keys begin so.
    pub async fn settings_below(&mut self, prefix: &str) -> Result<Vec<(String, String)>> {
        Ok(fetch_all!(self, (String, String), SETTINGS_BELOW, prefix))
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

    /// Until when somebody holds a lease, without a further sign of life.
    pub async fn lease_until(&mut self, name: &str) -> Result<Option<Timestamp>> {
        Ok(fetch_optional!(self, (i64,), LEASE_UNTIL, name).map(|(until,)| Timestamp(until)))
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
        fetch_optional!(self, (Vec<u8>,), GET_BLOB, sha.hex())
            .map(|(packed,)| Unpacker::new().unpack(&packed))
            .transpose()
    }

    /// Many blobs by their SHA-256 in hex; those that are missing are left out.
    pub async fn blobs(&mut self, shas: &Ids) -> Result<BTreeMap<String, Vec<u8>>> {
        let all = self.packed_blobs(shas).await?;
        let mut unpacker = Unpacker::new();
        all.iter().map(|(sha, packed)| Ok((sha.clone(), unpacker.unpack(packed)?))).collect()
    }

    /// Blobs in this order until they are more than so many bytes, the first in any case; `None` stands for one
    /// that is missing or damaged.
    pub async fn first_blobs(&mut self, shas: &[&str], most: usize) -> Result<Vec<Option<Vec<u8>>>> {
        let sizes: BTreeMap<String, i64> =
            fetch_all!(self, (String, i64), BLOB_SIZES, Ids::new(shas.iter().copied()).json()).into_iter().collect();
        let mut sum = 0;
        let fit = |sha: &&&str| {
            let before = sum;
            sum += sizes.get(**sha).and_then(|size| usize::try_from(*size).ok()).unwrap_or(0);
            before == 0 || sum <= most
        };
        let wanted: Vec<&str> = shas.iter().take_while(fit).copied().collect();
        let packed = self.packed_blobs(&Ids::new(wanted.iter().copied())).await?;
        let (mut blobs, mut sum, mut unpacker) = (Vec::with_capacity(wanted.len()), 0, Unpacker::new());
        for sha in wanted {
            // What is packed small may be large.
            if sum > most {
                break;
            }
            let bytes = packed.get(sha).and_then(|packed| unpacker.unpack(packed).ok());
            sum += bytes.as_ref().map_or(0, Vec::len);
            blobs.push(bytes);
        }
        Ok(blobs)
    }

    async fn packed_blobs(&mut self, shas: &Ids) -> Result<BTreeMap<String, Vec<u8>>> {
        Ok(fetch_all!(self, (String, Vec<u8>), GET_BLOBS, shas.json()).into_iter().collect())
    }
}
