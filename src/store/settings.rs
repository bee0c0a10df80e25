//! Settings, leases and blobs.

use super::packed::{Packed, Unpacker};
use super::register::Ids;
use super::{Result, StoreError, Tx, touched};
use crate::model::time::MINUTE;
use crate::model::{Sha256, Timestamp};
use std::collections::BTreeMap;
use tokio::task::yield_now;

statements! {
    GET_SETTING = "SELECT value FROM setting WHERE key = $1";
    GET_SETTINGS = "SELECT key, value FROM setting WHERE key IN (SELECT value FROM json_each($1))",
    postgres = "SELECT key, value FROM setting WHERE key = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
    PUT_SETTING = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    SETTINGS_BELOW = "SELECT key, value FROM setting WHERE SUBSTR(key, 1, LENGTH($1)) = $1 ORDER BY key";
    // A file has one history. What takes over from a server counts its timeline on; what is a server by itself has another
    // identifier. This name of the timeline is true from the moment on in which a copy takes over.
    TIMELINE = "SELECT ''", postgres = "SELECT CAST(system_identifier AS TEXT) || '/' || SUBSTR(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
        FROM pg_control_system()";
    TAKE_LEASE = "INSERT INTO lease (name, owner, fence, expires_at, timeline) VALUES ($1, $2, 1, $4, $6)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at, timeline = excluded.timeline,
            fence = CASE WHEN lease.owner = excluded.owner AND lease.timeline = excluded.timeline THEN lease.fence ELSE lease.fence + 1 END
        WHERE lease.owner = excluded.owner OR lease.expires_at <= $3 OR lease.expires_at > $5 OR lease.timeline <> excluded.timeline
        RETURNING fence";
    // Whoever is frozen with the row of a lease in its hands keeps everybody from it.
    BRIEFLY = "SELECT ''", postgres = "SELECT set_config('idle_in_transaction_session_timeout', '5s', true)";
    // Nobody takes it between this look and the commit.
    HOLDER = "SELECT fence, '' FROM lease WHERE name = $1", postgres = "SELECT fence, set_config('idle_in_transaction_session_timeout', '5s', true)
        FROM lease WHERE name = $1
        AND timeline = (SELECT CAST(system_identifier AS TEXT) || '/' || SUBSTR(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system())
        FOR SHARE";
    LEASES_BELOW = "SELECT name, owner, expires_at FROM lease WHERE SUBSTR(name, 1, LENGTH($1)) = $1 ORDER BY name";
    FORGET_LEASE = "DELETE FROM lease WHERE name = $1";
    FORGET_LEASES = "DELETE FROM lease WHERE SUBSTR(name, 1, LENGTH($1)) = $1 AND expires_at < $2";
    LEASE_UNTIL = "SELECT expires_at FROM lease WHERE name = $1";
    RELEASE_LEASE = "UPDATE lease SET expires_at = 0 WHERE name = $1 AND owner = $2";
    PUT_BLOB = "INSERT INTO blob (sha, bytes) VALUES ($1, $2) ON CONFLICT (sha) DO NOTHING";
    GET_BLOB = "SELECT bytes FROM blob WHERE sha = $1";
    BLOB_SIZES = "SELECT sha, LENGTH(bytes) FROM blob WHERE sha IN (SELECT value FROM json_each($1))",
    postgres = "SELECT sha, CAST(LENGTH(bytes) AS BIGINT) FROM blob WHERE sha = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
    GET_BLOBS = "SELECT sha, bytes FROM blob WHERE sha IN (SELECT value FROM json_each($1))",
    postgres = "SELECT sha, bytes FROM blob WHERE sha = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
}

/// Clocks of machines that share a database do not differ by so much.
const DOUBTFUL: i64 = 15 * MINUTE;

/// A role held for a while. The fence grows whenever the holder changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub fence: i64,
}

impl Tx {
    pub async fn setting(&mut self, key: &str) -> Result<Option<String>> {
        Ok(fetch_optional!(self, (String,), GET_SETTING, key).map(|(value,)| value))
    }

    /// Those of some settings that are there, by their keys.
    pub async fn settings<const N: usize>(&mut self, keys: [&str; N]) -> Result<BTreeMap<String, String>> {
        let keys = Ids::new(keys);
        Ok(fetch_among!(self, keys, (String, String), GET_SETTINGS).into_iter().collect())
    }

    pub async fn put_setting(&mut self, key: &str, value: &str) -> Result<()> {
        touched("put_setting", execute!(self, PUT_SETTING, key, value), 1)
    }

    /// Settings whose keys begin so.
    pub async fn settings_below(&mut self, prefix: &str) -> Result<Vec<(String, String)>> {
        Ok(fetch_all!(self, (String, String), SETTINGS_BELOW, prefix))
    }

    /// Names the history that this database has: another one after a copy of the server took over, which may know less
    /// than the server did. A file has no name for it.
    pub async fn timeline(&mut self) -> Result<String> {
        if matches!(self, Tx::Sqlite(_)) {
            return Ok(String::new());
        }
        Ok(fetch_optional!(self, (String,), TIMELINE).map(|(name,)| name).unwrap_or_default())
    }

    /// Takes or renews a lease; `None` while somebody else holds it. One that holds for much longer than anybody asks
    /// was given by a clock that was wrong; one of another timeline was given by a server that is no more.
    pub async fn take_lease(
        &mut self,
        name: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Lease>> {
        self.on_server(BRIEFLY).await?;
        let timeline = self.timeline().await?;
        let taken =
            fetch_optional!(self, (i64,), TAKE_LEASE, name, owner, now.0, until.0, until.0 + DOUBTFUL, timeline);
        Ok(taken.map(|(fence,)| Lease { fence }))
    }

    /// # Errors
    /// Somebody else has taken the lease, or another server the place of the one that gave it.
    pub(super) async fn still_holds(&mut self, name: &str, fence: i64) -> Result<()> {
        match fetch_optional!(self, (i64, String), HOLDER, name) {
            Some((now, _)) if now == fence => Ok(()),
            _ => Err(StoreError::Overtaken),
        }
    }

    /// Leases whose names begin so: name, owner and until when.
    pub async fn leases_below(&mut self, prefix: &str) -> Result<Vec<(String, String, Timestamp)>> {
        let rows = fetch_all!(self, (String, String, i64), LEASES_BELOW, prefix);
        Ok(rows.into_iter().map(|(name, owner, until)| (name, owner, Timestamp(until))).collect())
    }

    /// A lease that nobody will ask for again.
    pub async fn forget_lease(&mut self, name: &str) -> Result<()> {
        execute!(self, FORGET_LEASE, name);
        Ok(())
    }

    /// Forgets leases whose names begin so and that ran out before.
    pub async fn forget_leases(&mut self, prefix: &str, before: Timestamp) -> Result<u64> {
        Ok(execute!(self, FORGET_LEASES, prefix, before.0))
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
        let all = Ids::new(shas.iter().copied());
        let sizes: BTreeMap<String, i64> = fetch_among!(self, all, (String, i64), BLOB_SIZES).into_iter().collect();
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
            // Whoever shares this thread need not wait for all of them.
            yield_now().await;
            sum += bytes.as_ref().map_or(0, Vec::len);
            blobs.push(bytes);
        }
        Ok(blobs)
    }

    async fn packed_blobs(&mut self, shas: &Ids) -> Result<BTreeMap<String, Vec<u8>>> {
        Ok(fetch_among!(self, shas, (String, Vec<u8>), GET_BLOBS).into_iter().collect())
    }
}
