//! What is fixed with a frame beside the chances: who is on duty in which pool, and who is barred from what.

use crate::model::{Ground, InspectorId, PlaceId, Sha256};
use serde::{Deserialize, Serialize};

/// One pool of a window: slots for visits and for calls, and barred pairs; each sorted by bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PoolDuty {
    /// The office's id.
    pub name: String,
    pub visits: Vec<(InspectorId, u32)>,
    pub calls: Vec<(InspectorId, u32)>,
    pub bars: Vec<(PlaceId, InspectorId, Ground)>,
}

/// All pools of a window, by name, and the places that an announced visit goes to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SealedDuty {
    pub pools: Vec<PoolDuty>,
    #[serde(default)]
    pub announced: Vec<PlaceId>,
}

impl SealedDuty {
    /// Over `pool LF place LF inspector LF` of every barred pair: grounds stay inside.
    pub fn digest_of_bars(&self) -> Sha256 {
        digest(self.pools.iter().flat_map(|pool| {
            let name = &pool.name;
            pool.bars.iter().map(move |(place, inspector, _)| format!("{name}\n{place}\n{inspector}\n"))
        }))
    }

    /// Over `pool LF inspector LF capacity LF` of everybody who makes visits.
    pub fn digest_of_slots(&self) -> Sha256 {
        digest(self.pools.iter().flat_map(|pool| slots(&pool.name, &pool.visits)))
    }

    /// The same of everybody who makes calls.
    pub fn digest_of_call_slots(&self) -> Sha256 {
        digest(self.pools.iter().flat_map(|pool| slots(&pool.name, &pool.calls)))
    }

    /// Over `place LF` of every announced visit.
    pub fn digest_of_announced(&self) -> Sha256 {
        digest(self.announced.iter().map(|place| format!("{place}\n")))
    }
}

fn slots<'a>(pool: &'a str, all: &'a [(InspectorId, u32)]) -> impl Iterator<Item = String> + 'a {
    all.iter().map(move |(inspector, capacity)| format!("{pool}\n{inspector}\n{capacity}\n"))
}

fn digest(lines: impl Iterator<Item = String>) -> Sha256 {
    let text: String = lines.collect();
    Sha256::of(text.as_bytes())
}
