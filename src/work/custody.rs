//! The chains that this daemon holds: opened at first need, locked as long as it lives.

use super::{Context, Done, Failure};
use crate::custody::{CommittedBeacon, Custody, KeyRefused};
use crate::draw::{ChainKey, Seed};
use crate::model::{OfficeId, ProgrammeId, Sha256, Trouble};
use serde_json::json;
use std::collections::BTreeMap;
use tokio::sync::Mutex;

pub type Custodies = Mutex<BTreeMap<(ProgrammeId, OfficeId), Custody>>;

impl Context {
    async fn with_custody<T>(
        &self,
        programme: &ProgrammeId,
        office: &OfficeId,
        what: impl FnOnce(&mut Custody) -> Done<T>,
    ) -> Done<T> {
        let mut held = self.custodies.lock().await;
        let name = (programme.clone(), office.clone());
        if !held.contains_key(&name) {
            let custody = Custody::open(&self.config.keys.dir, programme, office)?;
            held.insert(name.clone(), custody);
        }
        match held.get_mut(&name) {
            Some(custody) => what(custody),
            None => Err(super::windows::damaged("chain")),
        }
    }

    pub async fn anchor(&self, programme: &ProgrammeId, office: &OfficeId) -> Done<Sha256> {
        self.with_custody(programme, office, |custody| Ok(*custody.anchor())).await
    }

    /// What start ages are drawn from.
    pub async fn start_seed(&self, programme: &ProgrammeId, office: &OfficeId) -> Done<Seed> {
        self.with_custody(programme, office, |custody| custody.start_seed().map_err(refused)).await
    }

    /// Whether the link of a window was used already.
    pub async fn link_was_used(&self, programme: &ProgrammeId, office: &OfficeId, t: u32) -> Done<bool> {
        self.with_custody(programme, office, |custody| Ok(custody.uses(t))).await
    }

    /// The link of a window whose beacon is committed; `None` where it was used with another one.
    pub async fn link(&self, t: u32, beacon: &CommittedBeacon) -> Done<Option<ChainKey>> {
        self.with_custody(&beacon.window.programme, &beacon.window.office, |custody| match custody.key_for(t, beacon) {
            Ok(key) => Ok(Some(key)),
            Err(KeyRefused::UsedBefore { .. }) => Ok(None),
            Err(other) => Err(refused(other)),
        })
        .await
    }

    /// Keeps the log's head beside the chain, so that a restored database is noticed.
    pub async fn keep_head(&self, programme: &ProgrammeId, office: &OfficeId) -> Done<()> {
        let Some((seq, head)) = self.store.read().await?.log_head(office).await? else { return Ok(()) };
        let number = u64::try_from(seq).unwrap_or(0);
        self.with_custody(programme, office, |custody| Ok(custody.keep_head(number, head)?)).await
    }

    /// When a chain is first taken in hand: where the log does not hold the head that its mark knows,
    /// the database was restored from a backup, and its log says so before anything else (DRAW 3).
    pub async fn notice_restore(&self, programme: &ProgrammeId, office: &OfficeId) -> Done<()> {
        let in_hand = self.custodies.lock().await.contains_key(&(programme.clone(), office.clone()));
        if in_hand || !crate::custody::exists(&self.config.keys.dir, programme, office) {
            return Ok(());
        }
        let Some((number, head)) = self.with_custody(programme, office, |custody| Ok(custody.last_head())).await?
        else {
            return Ok(());
        };
        let mut tx = self.store.begin().await?;
        let known = tx.log_head_at(office, i64::try_from(number).unwrap_or(i64::MAX)).await?;
        if known == Some(head) {
            return Ok(());
        }
        tracing::error!(%programme, %office, "the database is older than the chain's mark: it was restored from a backup");
        let entry = json!({"kind": "restored", "programme": programme, "number": number, "head": head.hex()});
        self.log(&mut tx, office, &entry).await?;
        tx.commit().await?;
        self.keep_head(programme, office).await
    }
}

fn refused(error: KeyRefused) -> Failure {
    match error {
        KeyRefused::File(trouble) => trouble.into(),
        other => Trouble::new(other.said()).into(),
    }
}
