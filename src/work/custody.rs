//! The chains that this daemon holds: opened at first need, locked as long as it lives.

use super::windows::damaged;
use super::{Context, Done, Failure};
use crate::config::Programme;
use crate::custody::{ChainFile, CommittedBeacon, Custodians, Keeping, KeyRefused};
use crate::draw::{ChainKey, Seed, Terms};
use crate::model::{OfficeId, ProgrammeId, Sha256, Trouble};
use crate::store::look_again;
use std::collections::BTreeMap;
use tokio::sync::Mutex;

pub type Custodies = Mutex<BTreeMap<Chains, Custodians>>;

/// The chains of one generation of a programme's seal in an office, one a custodian.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chains {
    pub programme: ProgrammeId,
    pub office: OfficeId,
    pub generation: u32,
    /// In the published order.
    pub custodians: Vec<String>,
}

impl Chains {
    /// # Errors
    /// The terms were not written by this program.
    pub fn of(terms: &Terms) -> Done<Chains> {
        Ok(Chains {
            programme: terms.programme.parse().map_err(|_| damaged("programme seal"))?,
            office: terms.office.parse().map_err(|_| damaged("programme seal"))?,
            generation: terms.generation,
            custodians: terms.custodians.clone(),
        })
    }

    /// The chains of a generation that is to begin under the configured custodians.
    pub fn planned(programme: &Programme, generation: u32) -> Chains {
        let custodians = match programme.custodians.as_slice() {
            [] => vec![programme.office.to_string()],
            several => several.iter().map(|one| one.name.to_string()).collect(),
        };
        Chains { programme: programme.id.clone(), office: programme.office.clone(), generation, custodians }
    }
}

impl Context {
    /// Where the chains lie, in the order of their custodians.
    pub fn keepings(&self, chains: &Chains) -> Vec<Keeping> {
        let keys = &self.config.keys;
        let programme = self.config.programmes.iter().find(|p| p.id == chains.programme && p.office == chains.office);
        let keeping = |name: &String| {
            let custodian = programme.and_then(|p| p.custodians.iter().find(|c| c.name.as_str() == name));
            let dir = custodian.and_then(|c| c.dir.as_deref()).unwrap_or(&keys.dir);
            let keeping = Keeping::new(dir, &chains.programme, &chains.office)
                .of_generation(chains.generation)
                .with_credentials(keys.credentials.as_deref());
            if chains.custodians.len() == 1 { keeping } else { keeping.of_custodian(name) }
        };
        chains.custodians.iter().map(keeping).collect()
    }

    async fn with_custodians<T>(&self, chains: &Chains, what: impl FnOnce(&mut Custodians) -> Done<T>) -> Done<T> {
        let mut held = self.custodies.lock().await;
        if !held.contains_key(chains) {
            held.insert(chains.clone(), Custodians::open(&self.keepings(chains))?);
        }
        match held.get_mut(chains) {
            Some(custodians) => what(custodians),
            None => Err(damaged("chain")),
        }
    }

    /// `K[0]` of each chain. Chains that are not there yet are made; `None` where they were in use
    /// already: they belong to a generation that the database has forgotten.
    pub async fn fresh_anchors(&self, chains: &Chains) -> Done<Option<Vec<Sha256>>> {
        for (keeping, custodian) in self.keepings(chains).iter().zip(&chains.custodians) {
            if !crate::custody::exists(keeping) {
                let Chains { programme, office, generation, .. } = chains;
                let key = format!("{programme}/{office}/{generation}/{custodian}");
                ChainFile::create(keeping, self.entropy.bytes("chain end", &key)?)?;
            }
        }
        self.with_custodians(chains, |custodians| Ok((!custodians.were_used()).then(|| custodians.anchors()))).await
    }

    /// What start ages are drawn from.
    pub async fn start_seed(&self, chains: &Chains) -> Done<Seed> {
        self.with_custodians(chains, |custodians| custodians.start_seed().map_err(refused)).await
    }

    /// Whether the link of a window was used already.
    pub async fn link_was_used(&self, chains: &Chains, t: u32) -> Done<bool> {
        self.with_custodians(chains, |custodians| Ok(custodians.uses(t))).await
    }

    /// The links of a window whose beacon is committed; `None` where one was used with another beacon.
    pub async fn links(&self, chains: &Chains, t: u32, beacon: &CommittedBeacon) -> Done<Option<Vec<ChainKey>>> {
        self.with_custodians(chains, |custodians| match custodians.links_for(t, beacon) {
            Ok(links) => Ok(Some(links)),
            Err(KeyRefused::UsedBefore { .. }) => Ok(None),
            Err(other) => Err(refused(other)),
        })
        .await
    }

    /// Links that are to be made public: every window up to `t` is over.
    pub async fn links_to_reveal(&self, chains: &Chains, t: u32) -> Done<Vec<ChainKey>> {
        self.with_custodians(chains, |custodians| custodians.links_to_reveal(t).map_err(refused)).await
    }

    /// Keeps the log's head beside the chains, so that a restored database is noticed.
    pub async fn keep_head(&self, chains: &Chains) -> Done<()> {
        let Some((seq, head)) = self.store.read().await?.log_head(&chains.office).await? else { return Ok(()) };
        let number = u64::try_from(seq).unwrap_or(0);
        self.with_custodians(chains, |custodians| Ok(custodians.keep_head(number, head)?)).await
    }

    /// Gives every chain back, so that another daemon can take them in hand.
    pub async fn let_go(&self) {
        self.custodies.lock().await.clear();
    }

    /// What the marks know and the log does not hold: then the database was set back. `chains` are the newest ones that
    /// the database knows; the marks of later ones, which it may have forgotten, are asked too.
    pub(super) async fn forgotten(&self, programme: &Programme, chains: Chains) -> Done<Option<Forgotten>> {
        let in_place = |chains: &Chains| self.keepings(chains).iter().all(crate::custody::exists);
        let later = (chains.generation..).skip(1).map(|generation| Chains::planned(programme, generation));
        let all: Vec<Chains> =
            Some(chains.clone()).filter(in_place).into_iter().chain(later.take_while(in_place)).collect();
        let mut newest = None;
        for chains in &all {
            let head = self.with_custodians(chains, |custodians| Ok(custodians.last_head())).await?;
            newest = newest.max(head);
        }
        let Some((number, head)) = newest else { return Ok(None) };
        let seq = i64::try_from(number).unwrap_or(i64::MAX);
        // A command beside this process may have logged and marked it just now: a state from before holds no such entry.
        look_again();
        if self.store.read().await?.log_head_at(&chains.office, seq).await? == Some(head) {
            return Ok(None);
        }
        Ok(Some(Forgotten { chains, number, head, all }))
    }
}

/// A head of a public log that only the marks remember.
pub(super) struct Forgotten {
    pub chains: Chains,
    pub number: u64,
    pub head: Sha256,
    /// Every generation whose marks are to keep the head of the log from now on.
    pub all: Vec<Chains>,
}

fn refused(error: KeyRefused) -> Failure {
    match error {
        KeyRefused::File(trouble) => trouble.into(),
        other => Trouble::new(other.said()).into(),
    }
}
