//! Who is on duty in a window, as its seal keeps it: pool by pool, with every barred pair (DRAW 3, 6).

use crate::model::{Ground, InspectorId, PlaceId, Sha256};
use serde::{Deserialize, Serialize};
use std::fmt::{Display, Write};

/// One pool of a window. Lists are sorted by the bytes of their ids, a pair is barred once. Fields stand
/// in the order of their names, as in the stored form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PoolDuty {
    /// Among the pool's own places.
    pub bars: Vec<(PlaceId, InspectorId, Ground)>,
    /// Calls that each inspector can make.
    pub calls: Vec<(InspectorId, u32)>,
    /// The office whose pool it is.
    pub name: String,
    /// Visits that each inspector can make.
    pub visits: Vec<(InspectorId, u32)>,
}

/// What is fixed with a frame beside the chances.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SealedDuty {
    /// Places that get an announced visit in this window.
    pub announced: Vec<PlaceId>,
    pub pools: Vec<PoolDuty>,
}

impl SealedDuty {
    pub fn new(mut pools: Vec<PoolDuty>, mut announced: Vec<PlaceId>) -> SealedDuty {
        pools.sort_by(|a, b| a.name.cmp(&b.name));
        for pool in &mut pools {
            pool.visits.sort_unstable();
            pool.calls.sort_unstable();
            pool.bars.sort_unstable();
            pool.bars.dedup_by(|later, first| (&later.0, &later.1) == (&first.0, &first.1));
        }
        announced.sort_unstable();
        announced.dedup();
        SealedDuty { pools, announced }
    }

    pub fn pool(&self, name: &str) -> Option<&PoolDuty> {
        self.pools.iter().find(|pool| pool.name == name)
    }

    /// SHA-256 over `pool LF place LF inspector LF` of every barred pair, without grounds.
    pub fn digest_of_bars(&self) -> Sha256 {
        self.digest(|pool| pool.bars.iter().map(|(place, inspector, _)| (place, inspector)))
    }

    /// SHA-256 over `pool LF inspector LF capacity LF` of everybody who can make visits.
    pub fn digest_of_slots(&self) -> Sha256 {
        self.digest(|pool| pool.visits.iter().map(|(inspector, capacity)| (inspector, capacity)))
    }

    /// The same of everybody who can make calls.
    pub fn digest_of_call_slots(&self) -> Sha256 {
        self.digest(|pool| pool.calls.iter().map(|(inspector, capacity)| (inspector, capacity)))
    }

    /// The place of a pool among all.
    pub fn pool_of(&self, name: &str) -> Option<usize> {
        self.pools.binary_search_by(|pool| pool.name.as_str().cmp(name)).ok()
    }

    /// SHA-256 over `id LF` of the announced places.
    pub fn digest_of_announced(&self) -> Sha256 {
        let text: String = self.announced.iter().map(|place| format!("{place}\n")).collect();
        Sha256::of(text.as_bytes())
    }

    /// Its one form in storage: JSON with the fields in the order of their names.
    pub fn stored(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|_| unreachable!("ids and numbers always have a form"))
    }

    fn digest<'a, A: Display, B: Display, I: Iterator<Item = (A, B)>>(
        &'a self,
        of: impl Fn(&'a PoolDuty) -> I,
    ) -> Sha256 {
        let mut text = String::new();
        for pool in &self.pools {
            for (a, b) in of(pool) {
                // Writing into a text cannot fail.
                let _ = write!(text, "{}\n{a}\n{b}\n", pool.name);
            }
        }
        Sha256::of(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duty() -> SealedDuty {
        let (place, who) = (|id: &str| PlaceId::parse(id).unwrap(), |id: &str| InspectorId::parse(id).unwrap());
        let yunling = PoolDuty {
            name: "yunling".into(),
            visits: vec![(who("i2"), 1), (who("i1"), 2)],
            calls: vec![(who("i1"), 8)],
            bars: vec![
                (place("T2"), who("i1"), Ground::HomeCounty),
                (place("T1"), who("i1"), Ground::MetRecently),
                (place("T1"), who("i1"), Ground::Recusal),
            ],
        };
        let west = PoolDuty { name: "west".into(), visits: vec![(who("w1"), 3)], ..PoolDuty::default() };
        SealedDuty::new(vec![yunling, west], vec![place("T9"), place("T3"), place("T9")])
    }

    #[test]
    fn the_stored_form_is_the_published_one() {
        let duty = duty();
        let stored = String::from_utf8(duty.stored()).unwrap();
        assert_eq!(
            stored,
            r#"{"announced":["T3","T9"],"pools":[{"bars":[],"calls":[],"name":"west","visits":[["w1",3]]},{"bars":[["T1","i1","recusal"],["T2","i1","home_county"]],"calls":[["i1",8]],"name":"yunling","visits":[["i1",2],["i2",1]]}]}"#
        );
        assert_eq!(serde_json::from_str::<SealedDuty>(&stored).unwrap(), duty);
    }

    #[test]
    fn digests_are_over_the_lines_that_the_specification_names() {
        let duty = duty();
        assert_eq!(duty.digest_of_bars(), Sha256::of(b"yunling\nT1\ni1\nyunling\nT2\ni1\n"));
        assert_eq!(duty.digest_of_slots(), Sha256::of(b"west\nw1\n3\nyunling\ni1\n2\nyunling\ni2\n1\n"));
        assert_eq!(duty.digest_of_call_slots(), Sha256::of(b"yunling\ni1\n8\n"));
        assert_eq!(duty.digest_of_announced(), Sha256::of(b"T3\nT9\n"));
    }
}
