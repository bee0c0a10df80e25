//! Rows of a file that still name a village that became part of another: it stays closed, and what the row says is
//! taken for the village that it belongs to by now.

use crate::model::register::{Contact, Exclusion, Recusal, RecusalScope, Team, Village};
use crate::model::{Lineage, PlaceId, PlaceSignal, Said, VillageId};
use crate::said;
use std::collections::BTreeSet;

/// Something that may name a village.
pub trait NamesVillage {
    /// Names the heir in place of a merged village; returns the merged one.
    fn succeed(&mut self, lineage: &Lineage) -> Option<VillageId>;
}

fn swap(village: &mut VillageId, lineage: &Lineage) -> Option<VillageId> {
    let heir = lineage.heir(village)?.clone();
    Some(std::mem::replace(village, heir))
}

fn swap_place(place: &mut PlaceId, lineage: &Lineage) -> Option<VillageId> {
    let heir = lineage.heir_of_place(place)?;
    VillageId::parse(std::mem::replace(place, heir).as_str()).ok()
}

impl NamesVillage for Team {
    fn succeed(&mut self, lineage: &Lineage) -> Option<VillageId> {
        swap(&mut self.village, lineage)
    }
}

impl NamesVillage for Contact {
    fn succeed(&mut self, lineage: &Lineage) -> Option<VillageId> {
        swap(&mut self.village, lineage)
    }
}

impl NamesVillage for Recusal {
    fn succeed(&mut self, lineage: &Lineage) -> Option<VillageId> {
        match &mut self.scope {
            RecusalScope::Village(id) => swap(id, lineage),
            _ => None,
        }
    }
}

impl NamesVillage for Exclusion {
    fn succeed(&mut self, lineage: &Lineage) -> Option<VillageId> {
        swap_place(&mut self.place, lineage)
    }
}

impl NamesVillage for PlaceSignal {
    fn succeed(&mut self, lineage: &Lineage) -> Option<VillageId> {
        swap_place(&mut self.place, lineage)
    }
}

/// Rows with the heirs in place of merged villages, and those that they named.
pub fn succeeded<T: NamesVillage>(rows: &mut [T], lineage: &Lineage) -> BTreeSet<VillageId> {
    if lineage.is_empty() {
        return BTreeSet::new();
    }
    rows.iter_mut().filter_map(|row| row.succeed(lineage)).collect()
}

/// Takes merged villages out of a file of villages, so that it opens none of them again; returns them. One whose row
/// closes it says nothing new.
pub fn left_closed(rows: &mut Vec<Village>, present: &[Village], lineage: &Lineage) -> BTreeSet<VillageId> {
    let mut named = BTreeSet::new();
    if lineage.is_empty() {
        return named;
    }
    for row in rows.iter_mut().filter(|row| lineage.merger(&row.id).is_some()) {
        let Some(closed) = present.iter().find(|village| village.id == row.id) else { continue };
        if row.active.to.is_none_or(|to| closed.active.to.is_some_and(|end| to > end)) {
            named.insert(row.id.clone());
        }
    }
    rows.retain(|row| lineage.merger(&row.id).is_none());
    named
}

/// What a person is told of merged villages in a file.
pub fn told(named: &BTreeSet<VillageId>, lineage: &Lineage, villages: bool) -> Vec<Said> {
    let one = |village: &VillageId| {
        let merger = lineage.merger(village)?;
        let (into, from) = (lineage.heir(village)?, merger.from);
        Some(match villages {
            true => said!(
                "“{village}” became part of “{into}” on {from} and stays closed: leave it out of the file, and name “{into}” there",
                "“{village}”已于{from}并入“{into}”，仍为撤销状态：请在文件中删去它，改列“{into}”"
            ),
            false => said!(
                "“{village}” became part of “{into}” on {from}: its rows were taken for “{into}”; correct the file",
                "“{village}”已于{from}并入“{into}”：有关各行已按“{into}”处理，请更正文件"
            ),
        })
    };
    named.iter().filter_map(one).collect()
}
