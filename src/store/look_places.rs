//! Places by their names, what was drawn at them, and the register as a person searches it.

use super::register::{Ids, stored_day};
use super::{Result, Tx, parsed};
use crate::config::PlaceKind;
use crate::model::register::Name;
use crate::model::{PlaceId, VillageId, WindowId};
use chrono::NaiveDate;

statements! {
    TEAMS = "SELECT t.id, t.name, t.latin, v.id, v.name, v.latin, v.region FROM village v JOIN team t ON t.village = v.id
        WHERE v.region >= $1 AND v.region < $2 AND (t.to_day IS NULL OR t.to_day >= $3) ORDER BY v.region, v.id, t.id";
    VILLAGES = "SELECT v.id, v.name, v.latin, v.id, v.name, v.latin, v.region FROM village v
        WHERE v.region >= $1 AND v.region < $2 AND (v.to_day IS NULL OR v.to_day >= $3) ORDER BY v.region, v.id";
    VISITS = "SELECT l.place, l.id, l.origin, COALESCE(c.state, l.state, 'open') FROM json_each($1) j CROSS JOIN line l
        LEFT JOIN line c ON c.id = l.credit AND c.place = l.place
        WHERE l.place = j.value AND l.id >= $2 AND l.id < $3 AND l.kind = 'visit' ORDER BY l.place, l.id",
    postgres = "SELECT l.place, l.id, l.origin, COALESCE(c.state, l.state, 'open') FROM jsonb_array_elements_text(CAST($1 AS JSONB)) AS j (place)
        JOIN line l ON l.place = j.place LEFT JOIN line c ON c.id = l.credit AND c.place = l.place
        WHERE l.id >= $2 AND l.id < $3 AND l.kind = 'visit' ORDER BY l.place, l.id";
    REGIONS = "SELECT code, name, latin FROM region WHERE code >= $1 AND code < $2 ORDER BY code LIMIT $3";
    FIND_PLACES = "SELECT v.id, v.name, v.latin, COALESCE(r.name, ''), COALESCE(r.latin, ''),
            (SELECT COUNT(*) FROM team t WHERE t.village = v.id),
            (SELECT COUNT(*) FROM team t JOIN official o ON o.team = t.id WHERE t.village = v.id)
        FROM village v LEFT JOIN region r ON r.code = v.region
        WHERE v.region >= $1 AND v.region < $2 AND (v.id = $3 OR v.name LIKE $4 OR LOWER(v.latin) LIKE $4 OR r.name LIKE $4) ORDER BY v.region, v.id LIMIT $5";
    FIND_PEOPLE = "SELECT o.id, o.name, o.latin, o.phone, o.phone_extension, o.phone_shown, t.name, t.latin, v.name, v.latin, o.to_day
        FROM official o JOIN team t ON t.id = o.team JOIN village v ON v.id = t.village
        WHERE v.region >= $1 AND v.region < $2 AND (o.id = $3 OR o.name LIKE $4 OR LOWER(o.latin) LIKE $4) ORDER BY o.name, o.id LIMIT $5";
    PLACES_ANYWHERE = "SELECT v.id, v.name, v.latin, COALESCE(r.name, ''), COALESCE(r.latin, ''),
            (SELECT COUNT(*) FROM team t WHERE t.village = v.id),
            (SELECT COUNT(*) FROM team t JOIN official o ON o.team = t.id WHERE t.village = v.id)
        FROM village v LEFT JOIN region r ON r.code = v.region WHERE v.id IN (SELECT id FROM village WHERE id = $1
            UNION SELECT id FROM (SELECT id FROM village WHERE name >= $1 AND name < $2 ORDER BY name LIMIT $5) AS named
            UNION SELECT id FROM (SELECT id FROM village WHERE LOWER(latin) >= $3 AND LOWER(latin) < $4 ORDER BY LOWER(latin) LIMIT $5) AS latin)
        ORDER BY v.region, v.id LIMIT $5";
    PEOPLE_ANYWHERE = "SELECT o.id, o.name, o.latin, o.phone, o.phone_extension, o.phone_shown, t.name, t.latin, v.name, v.latin, o.to_day
        FROM official o JOIN team t ON t.id = o.team JOIN village v ON v.id = t.village WHERE o.id IN (SELECT id FROM official WHERE id = $1
            UNION SELECT id FROM (SELECT id FROM official WHERE name >= $1 AND name < $2 ORDER BY name LIMIT $5) AS named
            UNION SELECT id FROM (SELECT id FROM official WHERE LOWER(latin) >= $3 AND LOWER(latin) < $4 ORDER BY LOWER(latin) LIMIT $5) AS latin)
        ORDER BY o.name, o.id LIMIT $5";
    FIND_INSPECTORS = "SELECT i.id, i.name, i.latin, i.phone, i.phone_extension, i.phone_shown, i.office, '', '', '', i.to_day
        FROM inspector i WHERE i.id = $1 OR i.name LIKE $2 OR LOWER(i.latin) LIKE $2 ORDER BY i.name, i.id LIMIT $3";
}

/// A place of a programme and how people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPlace {
    pub place: PlaceId,
    pub name: Name,
    /// Its village's id and name.
    pub at: VillageId,
    pub village: Name,
    /// Code of the township.
    pub region: String,
}

/// A drawn visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitLook {
    pub place: String,
    pub window: WindowId,
    /// Whether its own ticket drew it.
    pub by_ticket: bool,
    /// What became of it; `open` until then.
    pub state: String,
}

/// A village that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceFound {
    pub id: String,
    pub name: Name,
    pub township: Name,
    pub teams: i64,
    pub officials: i64,
}

/// A person that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFound {
    pub id: String,
    pub name: Name,
    pub phone: Option<crate::model::Phone>,
    /// Team or office.
    pub of: Name,
    pub village: Name,
    pub until: Option<NaiveDate>,
}

type Named = (String, String, String, String, String, String, String);
type Found = (String, String, String, String, String, i64, i64);
type Person = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    String,
    String,
    String,
    Option<String>,
);

fn person(row: Person) -> Result<PersonFound> {
    let (id, name, latin, dial, extension, shown, of, of_latin, village, village_latin, until) = row;
    Ok(PersonFound {
        name: Name::new(name, latin),
        phone: dial.map(|dial| crate::model::Phone { shown: shown.unwrap_or_else(|| dial.clone()), dial, extension }),
        of: Name::new(of, of_latin),
        village: Name::new(village, village_latin),
        until: super::parsed_day("official", "to_day", &id, until.as_deref())?,
        id,
    })
}

/// As LIKE takes it: what begins so. What LIKE would read as a sign stands for itself nowhere, so it is left out.
fn beginning(text: &str) -> String {
    format!("{}%", text.to_lowercase().replace(['%', '_'], ""))
}

/// Sorts after everything that begins so.
fn end(text: &str) -> String {
    format!("{text}\u{10FFFF}")
}

impl Tx {
    /// Places of regions whose code begins with `region`, by township.
    pub async fn named_places(&mut self, kind: PlaceKind, region: &str, day: NaiveDate) -> Result<Vec<NamedPlace>> {
        let sql = match kind {
            PlaceKind::Team => TEAMS,
            PlaceKind::Village => VILLAGES,
        };
        let rows = fetch_all!(self, Named, sql, region, format!("{region}~"), stored_day(day));
        let place = |(id, name, latin, at, village, village_latin, region): Named| {
            Ok(NamedPlace {
                place: parsed("team", "id", &id, &id)?,
                name: Name::new(name, latin),
                at: parsed("village", "id", &at, &at)?,
                village: Name::new(village, village_latin),
                region,
            })
        };
        rows.into_iter().map(place).collect()
    }

    /// Regions whose code begins with `region`, and how people call them.
    pub async fn regions_in(&mut self, region: &str, most: i64) -> Result<Vec<(String, Name)>> {
        let rows = fetch_all!(self, (String, String, String), REGIONS, region, format!("{region}~"), most);
        Ok(rows.into_iter().map(|(code, name, latin)| (code, Name::new(name, latin))).collect())
    }

    /// Drawn visits of some places in windows from `first` to below `end`, by their ids.
    pub async fn look_visits(&mut self, places: &Ids, first: &str, end: &str) -> Result<Vec<VisitLook>> {
        let rows = fetch_among!(self, places, (String, String, String, String), VISITS, first, end);
        let visit = |(place, window, origin, state): (String, String, String, String)| {
            Ok(VisitLook {
                window: parsed("line", "id", &window, &window)?,
                by_ticket: origin == "ticket",
                place,
                state,
            })
        };
        rows.into_iter().map(visit).collect()
    }

    /// Villages of a region by id, name or the name of their township; of the whole register by id or name.
    pub async fn find_places(&mut self, region: &str, text: &str, most: i64) -> Result<Vec<PlaceFound>> {
        let rows = match region {
            // Too many to look at each.
            "" => {
                let lower = text.to_lowercase();
                fetch_all!(self, Found, PLACES_ANYWHERE, text, end(text), lower.as_str(), end(&lower), most)
            }
            _ => fetch_all!(self, Found, FIND_PLACES, region, format!("{region}~"), text, beginning(text), most),
        };
        let found = |(id, name, latin, township, township_latin, teams, officials): Found| PlaceFound {
            id,
            name: Name::new(name, latin),
            township: Name::new(township, township_latin),
            teams,
            officials,
        };
        Ok(rows.into_iter().map(found).collect())
    }

    /// Officials of a region by id or name.
    pub async fn find_officials(&mut self, region: &str, text: &str, most: i64) -> Result<Vec<PersonFound>> {
        let rows = match region {
            "" => {
                let lower = text.to_lowercase();
                fetch_all!(self, Person, PEOPLE_ANYWHERE, text, end(text), lower.as_str(), end(&lower), most)
            }
            _ => fetch_all!(self, Person, FIND_PEOPLE, region, format!("{region}~"), text, beginning(text), most),
        };
        rows.into_iter().map(person).collect()
    }

    /// Inspectors by id or name; `of` is their office's id.
    pub async fn find_inspectors(&mut self, text: &str, most: i64) -> Result<Vec<PersonFound>> {
        fetch_all!(self, Person, FIND_INSPECTORS, text, beginning(text), most).into_iter().map(person).collect()
    }
}
