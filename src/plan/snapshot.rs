//! The register on one day, indexed the way a plan asks for it.

use crate::model::lineage::Move;
use crate::model::register::{Contact, Exclusion, Inspector, Name, Official, Recusal, Region, Team, Village};
use crate::model::{InspectorId, OfficialId, PlaceId, TeamId, VillageId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub regions: BTreeMap<String, Region>,
    pub villages: BTreeMap<VillageId, Village>,
    pub teams: BTreeMap<TeamId, Team>,
    pub officials: BTreeMap<OfficialId, Official>,
    pub inspectors: BTreeMap<InspectorId, Inspector>,
    pub recusals: Vec<Recusal>,
    pub exclusions: Vec<Exclusion>,
    officials_of: BTreeMap<TeamId, Vec<OfficialId>>,
    contacts_of: BTreeMap<VillageId, Vec<Contact>>,
    /// Where teams belonged before their village was merged, the earliest first.
    formerly: BTreeMap<TeamId, Vec<Move>>,
}

/// The lists a snapshot is made of.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    pub regions: Vec<Region>,
    pub villages: Vec<Village>,
    pub teams: Vec<Team>,
    pub officials: Vec<Official>,
    pub contacts: Vec<Contact>,
    pub inspectors: Vec<Inspector>,
    pub recusals: Vec<Recusal>,
    pub exclusions: Vec<Exclusion>,
    /// Teams that moved with a merged village, the earliest first.
    pub moved_teams: Vec<Move>,
    /// And contacts.
    pub moved_contacts: Vec<Move>,
}

impl Snapshot {
    pub fn new(lists: Lists) -> Snapshot {
        let mut officials_of: BTreeMap<TeamId, Vec<OfficialId>> = BTreeMap::new();
        for official in &lists.officials {
            officials_of.entry(official.team.clone()).or_default().push(official.id.clone());
        }
        let mut contacts_of: BTreeMap<VillageId, Vec<Contact>> = BTreeMap::new();
        for mut contact in lists.contacts {
            for moved in lists.moved_contacts.iter().filter(|moved| moved.id == contact.id.as_str()) {
                let mut before = contact.clone();
                let last = moved.from.pred_opt();
                before.active.to = before.active.to.min(last).or(last);
                contacts_of.entry(moved.village.clone()).or_default().push(before);
                contact.active.from = contact.active.from.max(Some(moved.from));
            }
            contacts_of.entry(contact.village.clone()).or_default().push(contact);
        }
        let mut formerly: BTreeMap<TeamId, Vec<Move>> = BTreeMap::new();
        for moved in lists.moved_teams {
            if let Ok(team) = TeamId::parse(&moved.id) {
                formerly.entry(team).or_default().push(moved);
            }
        }
        Snapshot {
            regions: lists.regions.into_iter().map(|r| (r.code.clone(), r)).collect(),
            villages: lists.villages.into_iter().map(|v| (v.id.clone(), v)).collect(),
            teams: lists.teams.into_iter().map(|t| (t.id.clone(), t)).collect(),
            officials: lists.officials.into_iter().map(|o| (o.id.clone(), o)).collect(),
            inspectors: lists.inspectors.into_iter().map(|i| (i.id.clone(), i)).collect(),
            recusals: lists.recusals,
            exclusions: lists.exclusions,
            officials_of,
            contacts_of,
            formerly,
        }
    }

    /// The team whose id a place is, if it is one.
    pub fn team(&self, place: &PlaceId) -> Option<&Team> {
        place.as_str().parse().ok().and_then(|id: TeamId| self.teams.get(&id))
    }

    /// The village of a place on a day, be it a village or a team: before a merger, a team's village is the one that
    /// was merged.
    pub fn village_on(&self, place: &PlaceId, day: NaiveDate) -> Option<&Village> {
        match self.team(place) {
            Some(team) => self.villages.get(self.home_of(team, day)).or_else(|| self.villages.get(&team.village)),
            None => self.village(place),
        }
    }

    /// Villages to which a team belonged before they were merged.
    pub fn former_villages(&self, team: &TeamId) -> impl Iterator<Item = &VillageId> {
        self.formerly.get(team).into_iter().flatten().map(|moved| &moved.village)
    }

    fn home_of<'a>(&'a self, team: &'a Team, day: NaiveDate) -> &'a VillageId {
        let moves = self.formerly.get(&team.id).into_iter().flatten();
        moves.into_iter().find(|moved| day < moved.from).map_or(&team.village, |moved| &moved.village)
    }

    /// The village of a place as it is now, be it a village or a team.
    pub fn village(&self, place: &PlaceId) -> Option<&Village> {
        if let Some(team) = self.team(place) {
            return self.villages.get(&team.village);
        }
        place.as_str().parse().ok().and_then(|id: VillageId| self.villages.get(&id))
    }

    /// The teams that a visit to this place looks at, on a day.
    pub fn teams_at(&self, place: &PlaceId, day: NaiveDate) -> Vec<&Team> {
        if let Some(team) = self.team(place) {
            return if team.posting.holds_on(day) { vec![team] } else { Vec::new() };
        }
        let village = self.village(place).map(|v| &v.id);
        let here = |team: &&Team| Some(self.home_of(team, day)) == village && team.posting.holds_on(day);
        self.teams.values().filter(here).collect()
    }

    /// Officials posted at a place on a day: leads first, then by id.
    pub fn officials_at(&self, place: &PlaceId, day: NaiveDate) -> Vec<&Official> {
        let mut found: Vec<&Official> = self
            .teams_at(place, day)
            .into_iter()
            .flat_map(|team| self.officials_of.get(&team.id).into_iter().flatten())
            .filter_map(|id| self.officials.get(id))
            .filter(|o| o.posting.holds_on(day))
            .collect();
        found.sort_by(|a, b| (a.role, &a.id).cmp(&(b.role, &b.id)));
        found
    }

    /// People of the village who may be rung about a place on a day.
    pub fn contacts_at(&self, place: &PlaceId, day: NaiveDate) -> Vec<&Contact> {
        let contacts = self.village_on(place, day).and_then(|v| self.contacts_of.get(&v.id));
        contacts
            .into_iter()
            .flatten()
            .filter(|c| c.active.holds_on(day) && !c.do_not_call && c.phone.is_some())
            .collect()
    }

    /// The township's name; the code where the region is not known.
    pub fn township(&self, village: &Village) -> Name {
        self.regions.get(&village.region).map_or_else(|| Name::new(village.region.clone(), ""), |r| r.name.clone())
    }

    /// Why a place is out of the draw on a day, if somebody took it or its village out.
    pub fn exclusion(&self, place: &PlaceId, day: NaiveDate) -> Option<&Exclusion> {
        let village = self.village(place).map(|v| PlaceId::from(v.id.clone()));
        self.exclusions
            .iter()
            .find(|e| (e.place == *place || Some(&e.place) == village.as_ref()) && e.span.holds_on(day))
    }
}
