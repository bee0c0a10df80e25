//! Yunling county (云岭县), which does not exist: its villages, teams, people and inspectors.

use super::client::Client;
use super::dice::Dice;
use super::names;
use crate::model::register::{Name, Role};
use crate::model::{ContactId, InspectorId, Language, OfficialId, Said, TeamId, VillageId};
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

pub const OFFICE: &str = "yunling";
pub const PROGRAMME: &str = "stationed";
pub const ZONE: Tz = chrono_tz::Asia::Shanghai;
/// No such county has a code: provinces end at 82.
pub const COUNTY_CODE: &str = "990101";

const VILLAGES_A_TOWNSHIP: u32 = 20;
const UNITS: [&str; 12] = [
    "云岭县财政局",
    "云岭县教育局",
    "云岭县水利局",
    "云岭县林业局",
    "云岭县交通局",
    "云岭县卫健局",
    "云岭县农业农村局",
    "云岭县民政局",
    "云岭县文旅局",
    "云岭县税务局",
    "云岭县供电公司",
    "云岭县医保局",
];

/// How large the county is. The default is the one to plan for (DESIGN 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Teams, one a village; names repeat above 1080.
    pub teams: u32,
    /// Inspectors, at most 99.
    pub inspectors: u32,
}

impl Default for Size {
    fn default() -> Size {
        Size { teams: 300, inspectors: 10 }
    }
}

#[derive(Debug, Clone)]
pub struct Village {
    pub id: VillageId,
    pub name: Name,
    pub township_code: String,
    pub township: Name,
}

#[derive(Debug, Clone)]
pub struct Team {
    pub id: TeamId,
    /// Index into [`County::villages`].
    pub village: usize,
    pub name: Name,
    pub sending_unit: &'static str,
    /// Whether it punches at the township's device, and else with a telephone.
    pub has_device: bool,
}

#[derive(Debug, Clone)]
pub struct Official {
    pub id: OfficialId,
    /// Index into [`County::teams`].
    pub team: usize,
    pub name: Name,
    pub role: Role,
    pub phone: String,
    pub device_number: Option<String>,
    /// Set for former members: they appear in the register and on no line.
    pub left: Option<NaiveDate>,
}

#[derive(Debug, Clone)]
pub struct Contact {
    pub id: ContactId,
    /// Index into [`County::villages`].
    pub village: usize,
    pub role: Role,
    pub name: Name,
    pub phone: String,
    pub do_not_call: bool,
}

#[derive(Debug, Clone)]
pub struct Inspector {
    pub id: InspectorId,
    pub name: Name,
    /// At a provider whose mails pass DMARC.
    pub email: String,
    /// Registered too, at a provider that signs nothing.
    pub other_email: String,
    pub phone: String,
    pub language: Language,
    pub client: Client,
    pub visits: u32,
    pub calls: u32,
    pub home_county: String,
}

#[derive(Debug, Clone)]
pub struct Recusal {
    pub inspector: InspectorId,
    pub scope: &'static str,
    pub target: String,
    pub reason: &'static str,
}

#[derive(Debug, Clone)]
pub struct Exclusion {
    pub place: TeamId,
    pub reason: &'static str,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

#[derive(Debug, Clone)]
pub struct County {
    /// Since when all postings run: nine months before the first day of the demo.
    pub since: NaiveDate,
    pub villages: Vec<Village>,
    pub teams: Vec<Team>,
    pub officials: Vec<Official>,
    pub contacts: Vec<Contact>,
    pub inspectors: Vec<Inspector>,
    pub recusals: Vec<Recusal>,
    pub exclusions: Vec<Exclusion>,
}

impl County {
    /// The county of a seed. Errors: none in practice; the ids are parsed like anybody's.
    pub fn new(dice: &Dice, size: Size, start: NaiveDate) -> Result<County, Said> {
        let mut county = County {
            since: start.checked_sub_days(Days::new(270)).unwrap_or(start),
            villages: Vec::new(),
            teams: Vec::new(),
            officials: Vec::new(),
            contacts: Vec::new(),
            inspectors: Vec::new(),
            recusals: Vec::new(),
            exclusions: Vec::new(),
        };
        for number in 0..size.teams {
            county.add_village(dice, number)?;
            county.add_team(dice, number)?;
            county.add_officials(dice, number)?;
            county.add_contacts(dice, number)?;
        }
        county.add_former(dice, size.teams, start)?;
        for number in 0..size.inspectors.min(99) {
            county.inspectors.push(inspector(dice, number)?);
        }
        county.add_recusals();
        county.add_exclusion(start);
        Ok(county)
    }

    pub fn inspector(&self, id: &InspectorId) -> Option<&Inspector> {
        self.inspectors.iter().find(|i| i.id == *id)
    }

    fn add_village(&mut self, dice: &Dice, number: u32) -> Result<(), Said> {
        let township = number / VILLAGES_A_TOWNSHIP;
        let township_code = format!("{COUNTY_CODE}{:03}", township + 1);
        self.villages.push(Village {
            id: VillageId::parse(&format!("{township_code}{:03}", 201 + number % VILLAGES_A_TOWNSHIP))?,
            name: names::village(dice, u64::from(number)),
            township_code,
            township: names::township(dice, u64::from(township)),
        });
        Ok(())
    }

    fn add_team(&mut self, dice: &Dice, number: u32) -> Result<(), Said> {
        let id = TeamId::parse(&format!("YL-T{:04}", number + 1))?;
        let village = names::village(dice, u64::from(number));
        self.teams.push(Team {
            name: Name::new(format!("{}工作队", village.own), format!("{} team", village.latin)),
            village: self.villages.len() - 1,
            sending_unit: dice.pick("unit", id.as_str(), &UNITS),
            has_device: (number / VILLAGES_A_TOWNSHIP).is_multiple_of(2),
            id,
        });
        Ok(())
    }

    fn add_officials(&mut self, dice: &Dice, team: u32) -> Result<(), Said> {
        let members = if dice.chance("team of four", &team.to_string(), 650) { 4 } else { 3 };
        for k in 0..members {
            self.officials.push(official(dice, team * 4 + k, self.teams.len() - 1, &self.teams)?);
        }
        Ok(())
    }

    /// A few who have gone home: whoever draws or asks for them has read the dates wrongly.
    fn add_former(&mut self, dice: &Dice, teams: u32, start: NaiveDate) -> Result<(), Said> {
        for k in 0..3.min(teams) {
            let mut gone = official(dice, teams * 4 + k, k as usize, &self.teams)?;
            gone.role = Role::Member;
            gone.left = start.checked_sub_days(Days::new(30));
            self.officials.push(gone);
        }
        Ok(())
    }

    fn add_contacts(&mut self, dice: &Dice, village: u32) -> Result<(), Said> {
        let villagers = if dice.chance("two villagers", &village.to_string(), 500) { 2 } else { 1 };
        for k in 0..2 + villagers {
            let number = u64::from(village * 4 + k);
            let id = ContactId::parse(&format!("YL-K{:05}", number + 1))?;
            let place = names::village(dice, u64::from(village));
            let (role, name, phone) = match k {
                0 => (
                    Role::Office,
                    Name::new(format!("{}委会", place.own), format!("{} office", place.latin)),
                    landline(u64::from(village)),
                ),
                1 => (Role::Cadre, names::person(dice, names::PEOPLE / 2 + number), mobile(1_390_013, number)),
                _ => (Role::Villager, names::person(dice, names::PEOPLE / 2 + number), mobile(1_390_013, number)),
            };
            let do_not_call = role == Role::Villager && dice.chance("do not call", id.as_str(), 30);
            self.contacts.push(Contact { id, village: self.villages.len() - 1, role, name, phone, do_not_call });
        }
        Ok(())
    }

    /// One of each scope, for different inspectors.
    fn add_recusals(&mut self) {
        let (Some(official), Some(team), Some(village), Some(last)) =
            (self.officials.get(4), self.teams.get(2), self.villages.get(3), self.villages.last())
        else {
            return;
        };
        let wanted = [
            ("official", official.id.to_string(), "亲属 kin"),
            ("team", team.id.to_string(), "原任队长 former team lead"),
            ("village", village.id.to_string(), "原籍 native village"),
            ("region", last.township_code.clone(), "原任职乡镇 former township"),
            ("unit", team.sending_unit.to_owned(), "原单位 former unit"),
        ];
        let inspectors = self.inspectors.iter().cycle().take(if self.inspectors.is_empty() { 0 } else { 5 });
        self.recusals = inspectors
            .zip(wanted)
            .map(|(i, (scope, target, reason))| Recusal { inspector: i.id.clone(), scope, target, reason })
            .collect();
    }

    fn add_exclusion(&mut self, start: NaiveDate) {
        self.exclusions = self
            .teams
            .get(10)
            .map(|team| Exclusion {
                place: team.id.clone(),
                reason: "道路塌方 road closed by a landslide",
                from: start,
                to: start.checked_add_days(Days::new(11)).unwrap_or(start),
            })
            .into_iter()
            .collect();
    }
}

fn official(dice: &Dice, number: u32, team: usize, teams: &[Team]) -> Result<Official, Said> {
    let id = OfficialId::parse(&format!("YL-O{:05}", number + 1))?;
    let has_device = teams.get(team).is_some_and(|t| t.has_device);
    Ok(Official {
        id,
        team,
        name: names::person(dice, u64::from(number)),
        role: if number.is_multiple_of(4) { Role::Lead } else { Role::Member },
        phone: mobile(1_380_013, u64::from(number)),
        device_number: has_device.then(|| format!("7{number:05}")),
        left: None,
    })
}

fn inspector(dice: &Dice, number: u32) -> Result<Inspector, Said> {
    let name = names::person(dice, names::PEOPLE - 1 - u64::from(number));
    let client = Client::ALL[number as usize % Client::ALL.len()];
    let mailbox = name.latin.to_ascii_lowercase().replace(' ', "");
    Ok(Inspector {
        id: InspectorId::parse(&format!("YL-I{:02}", number + 1))?,
        email: format!("{mailbox}{:02}@{}", number + 1, client.provider()),
        other_email: format!("{mailbox}.{:02}@private.example", number + 1),
        phone: mobile(1_370_013, u64::from(number)),
        language: if number % 3 == 1 { Language::En } else { Language::ZhHans },
        client,
        visits: if number % 4 == 3 { 1 } else { 2 },
        calls: 4,
        home_county: format!("9901{:02}", 2 + number % 7),
        name,
    })
}

/// Eleven digits in the form of a mobile number, unlike for any two numbers of a block's prefix.
fn mobile(prefix: u64, number: u64) -> String {
    format!("{}{:04}", prefix + number / 10_000, (number % 10_000 * 7919 + 8000) % 10_000)
}

fn landline(number: u64) -> String {
    format!("010-{}-{:04}", 5550 + number / 9000, 101 + number % 9000)
}
