//! Villages that became part of another one: what is known of the parts goes on with it.

use super::{PlaceId, Timestamp, VillageId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A village that is closed because it became part of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merger {
    pub part: VillageId,
    pub into: VillageId,
    /// The first day on which it is closed.
    pub from: NaiveDate,
    pub reason: String,
    /// Who said so.
    pub by: String,
    pub at: Timestamp,
}

/// A team or a contact that moved with its village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Of the team or contact.
    pub id: String,
    /// Where it belongs before that day.
    pub village: VillageId,
    pub from: NaiveDate,
}

/// Every merger, by its part.
#[derive(Debug, Clone, Default)]
pub struct Lineage(BTreeMap<VillageId, Merger>);

impl Lineage {
    pub fn new(mergers: impl IntoIterator<Item = Merger>) -> Lineage {
        Lineage(mergers.into_iter().map(|one| (one.part.clone(), one)).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The merger that closed a village.
    pub fn merger(&self, village: &VillageId) -> Option<&Merger> {
        self.0.get(village)
    }

    /// The village that a closed one belongs to by now; `None` for one that is no part of another.
    pub fn heir(&self, village: &VillageId) -> Option<&VillageId> {
        let mut heir = &self.0.get(village)?.into;
        // A village is closed once, so no way leads back.
        while let Some(next) = self.0.get(heir) {
            heir = &next.into;
        }
        Some(heir)
    }

    /// As [`Lineage::heir`], of a place that may be a team: teams keep their ids.
    pub fn heir_of_place(&self, place: &PlaceId) -> Option<PlaceId> {
        if self.is_empty() {
            return None;
        }
        let village = VillageId::parse(place.as_str()).ok()?;
        self.heir(&village).cloned().map(PlaceId::from)
    }

    /// The mergers that made a village what it is, first those into it.
    pub fn parts(&self, village: &VillageId) -> Vec<&Merger> {
        let mut found: Vec<&Merger> = self.0.values().filter(|one| one.into == *village).collect();
        let mut at = 0;
        while let Some(part) = found.get(at).map(|one| one.part.clone()) {
            found.extend(self.0.values().filter(|one| one.into == part));
            at += 1;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_part_belongs_to_the_last_of_them() {
        let merger = |part: &str, into: &str| Merger {
            part: part.parse().unwrap(),
            into: into.parse().unwrap(),
            from: "2026-03-05".parse().unwrap(),
            reason: "merged".into(),
            by: "Zhou Min".into(),
            at: Timestamp(0),
        };
        let lineage = Lineage::new([merger("A", "C"), merger("B", "C"), merger("C", "E")]);
        let village = |id: &str| id.parse::<VillageId>().unwrap();
        assert_eq!(lineage.heir(&village("A")), Some(&village("E")));
        assert_eq!(lineage.heir(&village("E")), None);
        assert_eq!(lineage.heir_of_place(&"B".parse().unwrap()), Some("E".parse().unwrap()));
        let parts: Vec<&str> = lineage.parts(&village("E")).into_iter().map(|one| one.part.as_str()).collect();
        assert_eq!(parts, ["C", "A", "B"]);
    }
}
