//! A pool: who is on duty with how many slots, and who may not check what (DRAW 6).

pub use crate::model::Ground;
use crate::model::{InspectorId, PlaceId, Said, Sha256, SlotName};
use crate::said;
use std::collections::BTreeMap;

/// More than anybody does in one window; guards against a mistyped capacity.
pub const LARGEST_CAPACITY: u32 = 1000;

/// A pair that must not be dealt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bar {
    pub place: PlaceId,
    pub inspector: InspectorId,
    pub ground: Ground,
}

/// Inspectors with their capacities, and the barred pairs among them and the places.
#[derive(Debug, Clone)]
pub struct Pool {
    pub(super) name: String,
    /// Sorted by the bytes of their ids.
    pub(super) inspectors: Vec<(InspectorId, u32)>,
    pub(super) bars: BTreeMap<PlaceId, Vec<Bar>>,
}

impl Pool {
    /// `name` is a configured name, with `calls/` before it for calls (DRAW 2).
    pub fn new(name: &str, mut inspectors: Vec<(InspectorId, u32)>, bars: Vec<Bar>) -> Result<Pool, Said> {
        for part in name.split('/') {
            part.parse::<SlotName>()?;
        }
        inspectors.sort_unstable();
        if let Some(two) = inspectors.windows(2).find(|two| two[0].0 == two[1].0) {
            let id = &two[0].0;
            return Err(said!("the inspector “{id}” stands twice", "检查员“{id}”重复"));
        }
        if let Some((id, _)) = inspectors.iter().find(|(_, capacity)| *capacity > LARGEST_CAPACITY) {
            return Err(said!(
                "the capacity of “{id}” is above {LARGEST_CAPACITY} a window",
                "“{id}”的容量超过每时段{LARGEST_CAPACITY}"
            ));
        }
        Ok(Pool { name: name.to_owned(), inspectors, bars: by_place(bars) })
    }

    /// The pool of the same name with other slots, sorted like these, and other bars.
    pub(super) fn with(&self, inspectors: Vec<(InspectorId, u32)>, bars: Vec<Bar>) -> Pool {
        Pool { name: self.name.clone(), inspectors, bars: by_place(bars) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who is barred from the place, and on what grounds; sorted by inspector.
    pub fn bars_of(&self, place: &PlaceId) -> &[Bar] {
        self.bars.get(place).map_or(&[], Vec::as_slice)
    }

    pub fn is_barred(&self, place: &PlaceId, inspector: &InspectorId) -> bool {
        self.bars_of(place).iter().any(|bar| bar.inspector == *inspector)
    }

    /// Whether there are inspectors, and every one of them is barred from the place.
    pub fn bars_everybody(&self, place: &PlaceId) -> bool {
        !self.inspectors.is_empty() && self.inspectors.iter().all(|(id, _)| self.is_barred(place, id))
    }

    /// Digest for the seal: SHA-256 over `id LF inspector LF` of every barred pair, without grounds.
    pub fn digest_of_bars(&self) -> Sha256 {
        let mut pairs: Vec<(&PlaceId, &InspectorId)> =
            self.bars.values().flatten().map(|bar| (&bar.place, &bar.inspector)).collect();
        pairs.dedup();
        let text: String = pairs.iter().map(|(place, inspector)| format!("{place}\n{inspector}\n")).collect();
        Sha256::of(text.as_bytes())
    }

    /// Digest for the seal: SHA-256 over `inspector LF capacity LF` of everybody on duty.
    pub fn digest_of_slots(&self) -> Sha256 {
        let text: String = self.inspectors.iter().map(|(id, capacity)| format!("{id}\n{capacity}\n")).collect();
        Sha256::of(text.as_bytes())
    }
}

fn by_place(bars: Vec<Bar>) -> BTreeMap<PlaceId, Vec<Bar>> {
    let mut by_place: BTreeMap<PlaceId, Vec<Bar>> = BTreeMap::new();
    for bar in bars {
        by_place.entry(bar.place.clone()).or_default().push(bar);
    }
    for bars in by_place.values_mut() {
        bars.sort_unstable();
        bars.dedup();
    }
    by_place
}
