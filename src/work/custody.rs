//! The chains that this daemon holds: opened at first need, locked as long as it lives.

use super::{Context, Done, Failure};
use crate::custody::{CommittedBeacon, Custody, KeyRefused};
use crate::draw::{ChainKey, Seed};
use crate::model::{OfficeId, ProgrammeId, Sha256, Trouble};
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

    /// Number and head of the newest log entry that the chain's mark knows.
    pub async fn last_head(&self, programme: &ProgrammeId, office: &OfficeId) -> Done<Option<(u64, Sha256)>> {
        self.with_custody(programme, office, |custody| Ok(custody.last_head())).await
    }

    /// Keeps the log's head beside the chain, so that a restored database is noticed.
    pub async fn keep_head(&self, programme: &ProgrammeId, office: &OfficeId, seq: i64, head: Sha256) -> Done<()> {
        let number = u64::try_from(seq).unwrap_or(0);
        self.with_custody(programme, office, |custody| Ok(custody.keep_head(number, head)?)).await
    }
}

fn refused(error: KeyRefused) -> Failure {
    match error {
        KeyRefused::File(trouble) => trouble.into(),
        other => Trouble::new(other.said()).into(),
    }
}
