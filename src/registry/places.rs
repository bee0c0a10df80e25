//! Rows of villages and teams.

use super::cells::{self, id, name, posting, text, with_latin};
use super::latin;
use super::roster::{Reference, RosterRow, Setting};
use crate::model::register::{Name, Region, Team, Village};
use crate::model::{TeamId, Trouble, VillageId};
use crate::table::{Fields, TemplateKind};

/// A row of the villages file: the village, and the township that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VillageRow {
    pub village: Village,
    /// Level 4; its parent is the county where the code has the nine digits of the national list.
    pub township: Region,
}

impl RosterRow for VillageRow {
    const KIND: TemplateKind = TemplateKind::Villages;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<VillageRow, Trouble> {
        let code = fields.read_required("township_code", cells::region_code)?;
        let own = fields.read_required("township", cells::short)?;
        let township: Name = with_latin(own, text(fields, "township_latin")?, latin::place);
        let national = code.len() == 9 && code.bytes().all(|b| b.is_ascii_digit());
        let parent = code.get(..6).filter(|_| national).map(str::to_owned);
        Ok(VillageRow {
            village: Village {
                id: id(fields, "id", VillageId::parse)?,
                region: code.clone(),
                name: name(fields, latin::place)?,
                active: posting(fields)?,
            },
            township: Region { code, name: township, level: 4, parent },
        })
    }

    fn key(&self) -> String {
        self.village.id.to_string()
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        Vec::new()
    }
}

impl RosterRow for Team {
    const KIND: TemplateKind = TemplateKind::Teams;

    fn read(fields: Fields<'_>, _: &Setting<'_>) -> Result<Team, Trouble> {
        Ok(Team {
            id: id(fields, "id", TeamId::parse)?,
            village: id(fields, "village", VillageId::parse)?,
            name: name(fields, latin::place)?,
            sending_unit: text(fields, "sending_unit")?,
            posting: posting(fields)?,
        })
    }

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn refers(&self) -> Vec<(&'static str, Reference<'_>)> {
        vec![("village", Reference::Village(&self.village))]
    }
}
