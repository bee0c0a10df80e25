//! Which pool of inspectors a place belongs to (DRAW 6).

use crate::model::OfficeId;
use std::collections::BTreeMap;

/// An office as pools see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub office: OfficeId,
    pub parent: Option<OfficeId>,
    /// Region code; places whose code begins with it belong here. Empty: everywhere.
    pub region: String,
    /// Somebody of this office is on duty.
    pub on_duty: bool,
}

/// The pools of a programme, and how a place finds its own.
#[derive(Debug, Clone, Default)]
pub struct PoolMap {
    /// Names of the pools, in byte order.
    names: Vec<String>,
    /// Of each inspector's office: whose pool they are in.
    of_office: BTreeMap<OfficeId, usize>,
    /// Region prefix → pool of the places below it, where there is one.
    of_region: BTreeMap<String, Option<usize>>,
}

impl PoolMap {
    /// One pool of everybody in `sites`, named by the programme's office; it has every place.
    pub fn one(top: &OfficeId, sites: &[Site]) -> PoolMap {
        if !sites.iter().any(|site| site.on_duty) {
            return PoolMap::default();
        }
        PoolMap {
            names: vec![top.to_string()],
            of_office: sites.iter().map(|site| (site.office.clone(), 0)).collect(),
            of_region: BTreeMap::from([(String::new(), Some(0))]),
        }
    }

    /// One pool an office with somebody on duty. A place belongs to the office with the longest region
    /// that fits; where nobody is on duty there, to the nearest one above that has somebody.
    pub fn by_office(sites: &[Site]) -> PoolMap {
        let by_id: BTreeMap<&OfficeId, &Site> = sites.iter().map(|site| (&site.office, site)).collect();
        let of_office: BTreeMap<OfficeId, usize> =
            by_id.values().filter(|s| s.on_duty).map(|s| s.office.clone()).zip(0..).collect();
        let served_by = |site: &Site| {
            let mut at = Some(site);
            // As many steps as there are offices: parents that go round in a circle end too.
            for _ in 0..=sites.len() {
                let one = at?;
                if let Some(pool) = of_office.get(&one.office) {
                    return Some(*pool);
                }
                at = one.parent.as_ref().and_then(|parent| by_id.get(parent).copied());
            }
            None
        };
        let mut of_region: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for site in by_id.values() {
            // Of two offices with one region, the first that somebody serves.
            let pool = of_region.entry(site.region.clone()).or_default();
            *pool = pool.or_else(|| served_by(site));
        }
        PoolMap { names: of_office.keys().map(OfficeId::to_string).collect(), of_office, of_region }
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The pool that the inspectors of an office are in.
    pub fn of_office(&self, office: &OfficeId) -> Option<usize> {
        self.of_office.get(office).copied()
    }

    /// The pool of a place, by the code of its township.
    pub fn of_region(&self, region: &str) -> Option<usize> {
        let prefixes = (0..=region.len()).rev().filter_map(|end| region.get(..end));
        prefixes.into_iter().find_map(|prefix| self.of_region.get(prefix)).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(office: &str, parent: Option<&str>, region: &str, on_duty: bool) -> Site {
        let id = |text: &str| OfficeId::parse(text).unwrap();
        Site { office: id(office), parent: parent.map(id), region: region.into(), on_duty }
    }

    fn country() -> Vec<Site> {
        vec![
            site("nation", None, "", false),
            site("west", Some("nation"), "99", true),
            site("yunling", Some("west"), "990101", true),
            site("qinghe", Some("west"), "990102", false),
            site("far", Some("nation"), "98", false),
        ]
    }

    #[test]
    fn a_place_belongs_to_the_longest_region_or_to_the_nearest_office_above_with_somebody() {
        let map = PoolMap::by_office(&country());
        assert_eq!(map.names(), ["west", "yunling"]);
        let pool = |region: &str| map.of_region(region).map(|n| map.names()[n].as_str());
        assert_eq!(pool("990101001"), Some("yunling"));
        assert_eq!(pool("990102001"), Some("west"), "nobody of its own");
        assert_eq!(pool("990203001"), Some("west"));
        assert_eq!(pool("980101001"), None, "nobody above either");
        assert_eq!(pool("970101001"), None);
    }

    #[test]
    fn one_pool_has_every_place_and_everybody() {
        let nation: OfficeId = "nation".parse().unwrap();
        let map = PoolMap::one(&nation, &country());
        assert_eq!(map.names(), ["nation"]);
        assert_eq!((map.of_region("980101001"), map.of_office(&"qinghe".parse().unwrap())), (Some(0), Some(0)));
        let nobody = PoolMap::one(&nation, &[site("nation", None, "", false)]);
        assert_eq!((nobody.names().len(), nobody.of_region("99")), (0, None));
    }
}
