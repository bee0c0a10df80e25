//! All custodians of a programme in an office, in their published order: their links make one key.

use super::{CommittedBeacon, Custody, Keeping, KeyRefused};
use crate::draw::{ChainKey, Seed};
use crate::model::{Sha256, Trouble};

/// Every chain of one generation in hand. As long as this value lives, no other daemon can draw with it.
#[derive(Debug)]
pub struct Custodians(Vec<Custody>);

impl Custodians {
    /// Takes the locks of all chains, in order; refused as a whole where one is.
    pub fn open(keepings: &[Keeping]) -> Result<Custodians, Trouble> {
        keepings.iter().map(Custody::open).collect::<Result<_, _>>().map(Custodians)
    }

    /// `K[0]` of each.
    pub fn anchors(&self) -> Vec<Sha256> {
        self.0.iter().map(|custody| *custody.anchor()).collect()
    }

    /// Whether link `t` of any of them was used.
    pub fn uses(&self, t: u32) -> bool {
        self.0.iter().any(|custody| custody.uses(t))
    }

    /// Whether any of them served a sealed programme already.
    pub fn were_used(&self) -> bool {
        self.0.iter().any(Custody::was_used)
    }

    /// `K_t` of each, after `t` and its beacon are safely in every mark.
    pub fn links_for(&mut self, t: u32, committed: &CommittedBeacon) -> Result<Vec<ChainKey>, KeyRefused> {
        for custody in &mut self.0 {
            custody.note_use(t, committed)?;
        }
        self.0.iter_mut().map(|custody| custody.key_for(t, committed)).collect()
    }

    /// `K_t` of each, to be made public: every window up to `t` is over.
    pub fn links_to_reveal(&self, t: u32) -> Result<Vec<ChainKey>, KeyRefused> {
        self.0.iter().map(|custody| custody.link_to_reveal(t)).collect()
    }

    /// What the ages of places begin with (DRAW 1): it follows from `K_1`, a link before any window.
    pub fn start_seed(&self) -> Result<Seed, KeyRefused> {
        let first = ChainKey::joint(&self.links_to_reveal(1)?).ok_or(KeyRefused::NoLink { t: 1 })?;
        Ok(Seed::of_start(&first))
    }

    /// The newest head of the log that any mark knows.
    pub fn last_head(&self) -> Option<(u64, Sha256)> {
        self.0.iter().filter_map(Custody::last_head).max_by_key(|(number, _)| *number)
    }

    pub fn keep_head(&mut self, number: u64, head: Sha256) -> Result<(), Trouble> {
        self.0.iter_mut().try_for_each(|custody| custody.keep_head(number, head))
    }
}
