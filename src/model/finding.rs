//! What a finding speaks of (EVIDENCE 5).

use super::{OfficialId, Said, TeamId, VillageId};
use crate::said;

/// On what there is something to rectify.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The office's own affair, such as a source that brings nothing.
    Office,
    Village(VillageId),
    Team(TeamId),
    Official(OfficialId),
}

impl Subject {
    pub fn kind(&self) -> &'static str {
        match self {
            Subject::Office => "office",
            Subject::Village(_) => "village",
            Subject::Team(_) => "team",
            Subject::Official(_) => "official",
        }
    }

    /// Empty for the office itself.
    pub fn id(&self) -> &str {
        match self {
            Subject::Office => "",
            Subject::Village(id) => id.as_str(),
            Subject::Team(id) => id.as_str(),
            Subject::Official(id) => id.as_str(),
        }
    }

    /// From its two halves.
    ///
    /// # Errors
    /// No such kind, or an id that is none.
    pub fn parse(kind: &str, id: &str) -> Result<Subject, Said> {
        match kind {
            "office" => Ok(Subject::Office),
            "village" => VillageId::parse(id).map(Subject::Village),
            "team" => TeamId::parse(id).map(Subject::Team),
            "official" => OfficialId::parse(id).map(Subject::Official),
            _ => Err(said!(
                "“{kind}” is none of: office, village, team, official",
                "“{kind}”不在可选值之内：office、village、team、official"
            )),
        }
    }
}
