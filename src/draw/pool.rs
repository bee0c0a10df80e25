//! A pool: who is on duty with how many slots, and who may not check what (DRAW 6).

use crate::model::{InspectorId, PlaceId, Said, Sha256, SlotName};
use crate::said;
use std::collections::BTreeMap;

/// More than anybody does in one window; guards against a mistyped capacity.
pub const LARGEST_CAPACITY: u32 = 1000;

/// Why an inspector may not check a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// A recusal in the register.
    Recusal,
    HomeCounty,
    FormerUnit,
    SendingUnit,
    /// The pair met within the last r visits.
    MetRecently,
    OnLeave,
    Language,
    /// A list that gives no grounds.
    Listed,
}

impl Ground {
    pub fn code(self) -> &'static str {
        match self {
            Ground::Recusal => "recusal",
            Ground::HomeCounty => "home_county",
            Ground::FormerUnit => "former_unit",
            Ground::SendingUnit => "sending_unit",
            Ground::MetRecently => "met_recently",
            Ground::OnLeave => "on_leave",
            Ground::Language => "language",
            Ground::Listed => "listed",
        }
    }

    pub fn said(self) -> Said {
        match self {
            Ground::Recusal => said!("a recusal is registered", "已登记回避"),
            Ground::HomeCounty => said!("it is the inspector's home county", "检查员籍贯所在县"),
            Ground::FormerUnit => said!("the inspector used to work there", "检查员曾在该单位工作"),
            Ground::SendingUnit => said!("the inspector's unit sent the team", "派出单位与检查员同一单位"),
            Ground::MetRecently => said!("the inspector was there recently", "检查员近期去过"),
            Ground::OnLeave => said!("the inspector is on leave", "检查员请假"),
            Ground::Language => said!("the inspector does not speak the language", "检查员不通当地语言"),
            Ground::Listed => said!("the pair is on the list of barred pairs", "已列入回避名单"),
        }
    }
}

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
    bars: BTreeMap<PlaceId, Vec<Bar>>,
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
        let mut by_place: BTreeMap<PlaceId, Vec<Bar>> = BTreeMap::new();
        for bar in bars {
            by_place.entry(bar.place.clone()).or_default().push(bar);
        }
        for bars in by_place.values_mut() {
            bars.sort_unstable();
            bars.dedup();
        }
        Ok(Pool { name: name.to_owned(), inspectors, bars: by_place })
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
