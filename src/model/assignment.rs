//! An assignment: what one inspector gets in one release, line by line.

use super::question::{Given, Question, QuestionCode};
use super::register::{Name, Role};
use super::{
    AssignmentId, ContactId, InspectorId, Kind, LineCode, OfficeId, OfficialId, Phone, PlaceId, Timestamp, WindowId,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub id: AssignmentId,
    pub office: OfficeId,
    pub inspector: InspectorId,
    /// When the draw was made: draw time is release time.
    pub released: Timestamp,
    /// When the answer is expected; a reminder follows.
    pub reply_by: Timestamp,
    /// After this a reply is refused.
    pub closes: Timestamp,
    /// Visits in travel order, then calls.
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub code: LineCode,
    pub kind: Kind,
    pub window: WindowId,
    /// When this line may be done: the window, or for a visit a span around its drawn minute.
    pub from: Timestamp,
    pub to: Timestamp,
    pub place: PlaceId,
    pub village: Name,
    pub township: Name,
    pub team: Name,
    /// Visits: every official who is posted there, V1.1 first.
    pub officials: Vec<LineOfficial>,
    /// Calls: who is rung.
    pub contact: Option<LineContact>,
    /// Visits by two: the other inspector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companion: Option<Name>,
    /// What is asked and looked at beside presence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<Given>,
    /// Calls that come back: which try it is, from 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// A finished visit that is looked at again: nobody's presence is asked for, only what lasts of the visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_check: Option<CheckedVisit>,
    /// Visits: the way there, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel: Option<Travel>,
}

/// The visit that a back-check is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedVisit {
    /// Its line, as it stands in the sealed list: `K7Q2M.V1`.
    pub unit: String,
    pub day: NaiveDate,
}

/// The way to a visit, as it was reckoned when the assignment was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Travel {
    /// The visit before; none for the first one, where the day begins.
    pub from: Option<LineCode>,
    pub metres: Option<i64>,
    pub seconds: i64,
    /// At the earliest.
    pub arrival: Timestamp,
    /// Later than the line's span allows.
    pub late: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineOfficial {
    pub official: OfficialId,
    pub name: Name,
    pub role: Role,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineContact {
    /// One of both is set: a contact of the village, or an official of the team.
    pub contact: Option<ContactId>,
    pub official: Option<OfficialId>,
    pub name: Name,
    pub role: Role,
    pub phone: Phone,
}

impl Line {
    /// `V1.2` for the second official of a visit, counted from 1.
    pub fn person_code(&self, number: usize) -> String {
        format!("{}.{number}", self.code)
    }

    /// What is asked of this line, where its instrument was looked up.
    pub fn questions(&self) -> &[Question] {
        self.instrument.as_ref().map_or(&[], |given| &given.questions)
    }

    /// `V1.Q3`.
    pub fn question_code(&self, question: QuestionCode) -> String {
        format!("{}.{question}", self.code)
    }

    /// The line as it is kept when its time is up: ids and roles, no name and no number of anybody.
    #[must_use]
    pub fn without_people(mut self) -> Line {
        for official in &mut self.officials {
            official.name = Name::default();
        }
        if let Some(contact) = &mut self.contact {
            contact.name = Name::default();
            contact.phone = Phone { dial: String::new(), extension: None, shown: String::new() };
        }
        self.companion = None;
        self
    }
}
