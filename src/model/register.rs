//! The register: regions, villages, teams, officials, contacts, inspectors, recusals.
//!
//! Nothing is ever deleted from a register: what is gone has an end date.

use super::{ContactId, Half, InspectorId, Language, OfficeId, OfficialId, Phone, PlaceId, TeamId, VillageId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A name in its own script and, where there is one, romanised.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    pub own: String,
    /// Empty where there is none, or where the own spelling is Latin already.
    pub latin: String,
}

impl Name {
    pub fn new(own: impl Into<String>, latin: impl Into<String>) -> Name {
        Name { own: own.into(), latin: latin.into() }
    }

    /// `王建国 Wang Jianguo`; one of them alone where only one exists.
    pub fn both(&self) -> String {
        if self.latin.is_empty() || self.latin == self.own {
            self.own.clone()
        } else {
            format!("{} {}", self.own, self.latin)
        }
    }
}

/// From `from` to `to`, both inclusive; open where `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Posting {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Posting {
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether some day belongs to both.
    pub fn overlaps(&self, other: &Posting) -> bool {
        let begins_before = |a: &Posting, b: &Posting| a.from.zip(b.to).is_none_or(|(from, to)| from <= to);
        begins_before(self, other) && begins_before(other, self)
    }
}

/// A province, city, county or township: `level` 1 to 4, `code` of 2, 4, 6 or 9 digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Region {
    pub code: String,
    pub name: Name,
    pub level: u8,
    pub parent: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Village {
    pub id: VillageId,
    /// The township's code.
    pub region: String,
    pub name: Name,
    pub active: Posting,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    pub id: TeamId,
    pub village: VillageId,
    pub name: Name,
    pub sending_unit: String,
    pub posting: Posting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    Lead,
    Member,
    Cadre,
    Villager,
    Office,
}

impl Role {
    pub const ALL: [Role; 5] = [Role::Lead, Role::Member, Role::Cadre, Role::Villager, Role::Office];

    pub fn code(self) -> &'static str {
        match self {
            Role::Lead => "lead",
            Role::Member => "member",
            Role::Cadre => "cadre",
            Role::Villager => "villager",
            Role::Office => "office",
        }
    }

    pub fn from_code(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.code() == text)
    }

    /// As letters show it, in both languages.
    pub fn shown(self) -> Name {
        match self {
            Role::Lead => Name::new("队长", "team lead"),
            Role::Member => Name::new("队员", "member"),
            Role::Cadre => Name::new("村干部", "village cadre"),
            Role::Villager => Name::new("村民", "villager"),
            Role::Office => Name::new("村委会", "village office"),
        }
    }
}

/// A member of a stationed work team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Official {
    pub id: OfficialId,
    pub team: TeamId,
    pub name: Name,
    /// [`Role::Lead`] or [`Role::Member`].
    pub role: Role,
    pub phone: Option<Phone>,
    /// Where letters about a flag go; lower case.
    pub email: Option<String>,
    pub sending_unit: String,
    /// The number in attendance devices, where it differs from the id.
    pub device_number: Option<String>,
    pub posting: Posting,
}

/// An official as files of records name one. A nation has a million: they stay one text, a line each, fields parted
/// by tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a> {
    pub id: &'a str,
    /// Empty where there is none.
    pub device_number: &'a str,
    pub own: &'a str,
    pub latin: &'a str,
    /// Last day on post.
    pub to: Option<NaiveDate>,
}

impl<'a> Listed<'a> {
    /// None where the line has other fields than these.
    pub fn parse(line: &'a str) -> Option<Listed<'a>> {
        let (id, rest) = field(line)?;
        let (device_number, rest) = field(rest)?;
        let (own, rest) = field(rest)?;
        let (latin, to) = field(rest)?;
        if field(to).is_some() {
            return None;
        }
        let to = if to.is_empty() { None } else { Some(to.parse().ok()?) };
        Some(Listed { id, device_number, own, latin, to })
    }

    /// Id and device number alone: a million rows ask for no more.
    pub fn numbers(line: &'a str) -> Option<(&'a str, &'a str)> {
        let (id, rest) = field(line)?;
        Some((id, field(rest)?.0))
    }
}

/// Up to the next tab, and what follows it. Fields are short: a loop over their bytes is quicker than a search.
fn field(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| byte == b'\t')?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// Somebody in the village who can be asked about a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    pub id: ContactId,
    pub village: VillageId,
    /// [`Role::Cadre`], [`Role::Villager`] or [`Role::Office`].
    pub role: Role,
    pub name: Name,
    pub phone: Option<Phone>,
    pub do_not_call: bool,
    pub active: Posting,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspector {
    pub id: InspectorId,
    pub office: OfficeId,
    pub name: Name,
    /// First is where letters go; all are accepted as senders. Lower case.
    pub addresses: Vec<String>,
    pub phone: Option<Phone>,
    pub language: Language,
    /// Visits and calls that one window can hold for this person.
    pub visits_a_window: u32,
    pub calls_a_window: u32,
    /// Region code, for recusal by home county.
    pub home_county: Option<String>,
    pub active: Posting,
}

/// Whom an inspector may not check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum RecusalScope {
    Official(OfficialId),
    Team(TeamId),
    Village(VillageId),
    /// A region code: everything whose code begins with it.
    Region(String),
    SendingUnit(String),
}

impl RecusalScope {
    pub fn kind(&self) -> &'static str {
        match self {
            RecusalScope::Official(_) => "official",
            RecusalScope::Team(_) => "team",
            RecusalScope::Village(_) => "village",
            RecusalScope::Region(_) => "region",
            RecusalScope::SendingUnit(_) => "unit",
        }
    }

    pub fn value(&self) -> &str {
        match self {
            RecusalScope::Official(id) => id.as_str(),
            RecusalScope::Team(id) => id.as_str(),
            RecusalScope::Village(id) => id.as_str(),
            RecusalScope::Region(text) | RecusalScope::SendingUnit(text) => text,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recusal {
    pub inspector: InspectorId,
    pub scope: RecusalScope,
    pub reason: String,
    pub span: Posting,
}

/// A place taken out of the draw for a while, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    pub place: PlaceId,
    pub reason: String,
    pub span: Posting,
}

/// A region that is not visited for some days: weather, season. Both days are named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blackout {
    /// A region code: everything whose code begins with it.
    pub region: String,
    pub reason: String,
    pub span: Posting,
}

/// Days on which an inspector cannot go; both are named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Absence {
    pub inspector: InspectorId,
    /// Of one day.
    pub half: Option<Half>,
    pub reason: String,
    pub span: Posting,
}
