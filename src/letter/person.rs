//! The record of one official or team over one period (EVIDENCE 5), as text, as JSON, as rows of a sheet. No ranking,
//! no comparison, nobody else's name; a telephone number has no place in it.

use super::{Languages, phone_free};
use crate::model::register::Name;
use crate::model::{FindingState, Kind, Language, Said};
use crate::words::person as words;
use chrono::NaiveDate;

/// One check as the record tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonCheck {
    pub day: NaiveDate,
    /// On a team's record: of whom.
    pub who: Option<Name>,
    pub what: CheckTold,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckTold {
    /// `excused`, `confirmed` … and, where it was confirmed, what.
    Result { kind: Kind, code: &'static str, result: Said, confirmed: Option<Said> },
    /// Somebody was asked by telephone: that it was done, and nothing else.
    Inquiry,
}

/// Something to rectify, or a good practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFinding {
    pub id: String,
    pub day: NaiveDate,
    pub matter: Said,
    pub text: String,
    pub state: FindingState,
    pub state_said: Said,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    pub office: Name,
    /// `None` on a team's record.
    pub official: Option<(String, Name)>,
    pub team: (String, Name),
    pub village: Name,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub checks: Vec<PersonCheck>,
    pub findings: Vec<PersonFinding>,
    pub practice: Vec<PersonFinding>,
}

/// A row of the sheet.
pub type SheetRow = [String; 5];

impl PersonRecord {
    fn count(&self, code: &str) -> usize {
        let is = |check: &&PersonCheck| matches!(&check.what, CheckTold::Result { code: c, .. } if *c == code);
        self.checks.iter().filter(is).count()
    }

    fn inquiries(&self) -> usize {
        self.checks.iter().filter(|check| check.what == CheckTold::Inquiry).count()
    }

    fn rectified(&self) -> usize {
        let done = |f: &&PersonFinding| {
            matches!(f.state, FindingState::Rectified | FindingState::Verified | FindingState::Closed)
        };
        self.findings.iter().filter(done).count()
    }

    /// Every figure of the record, in its order.
    pub fn figures(&self) -> [(&'static str, Said, usize); 7] {
        let checks = self.checks.len() - self.inquiries();
        [
            ("checks", words::checks(), checks),
            ("present", words::result("present"), self.count("present")),
            ("excused", words::result("excused"), self.count("excused")),
            ("confirmed", words::result("confirmed"), self.count("confirmed")),
            ("inquiries", words::inquiry(), self.inquiries()),
            ("rectified", words::rectified(), self.rectified()),
            ("good_practice", words::practice(), self.practice.len()),
        ]
    }

    fn whom(&self) -> String {
        let place = [self.team.1.both(), self.village.both()];
        let person = self.official.as_ref().map(|(_, name)| name.both());
        person.into_iter().chain(place).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// On a terminal, or in a plain mail.
    pub fn text(&self, language: Language) -> String {
        let said = |said: &Said| said.in_language(language).to_owned();
        let period = words::period(self.from, self.to);
        let colon = language.pick(": ", "：");
        let mut lines = vec![
            format!("{}{colon}{}", self.office.both(), said(&words::title(self.official.is_some()))),
            self.whom(),
            said(&period),
            String::new(),
        ];
        lines.extend(self.figures().iter().map(|(_, name, n)| format!("{}{colon}{n}", said(name))));
        let mut section = |heading: Said, rows: Vec<String>| {
            if !rows.is_empty() {
                lines.push(String::new());
                lines.push(said(&heading));
                lines.extend(rows.into_iter().map(|row| format!("  {row}")));
            }
        };
        let check = |check: &PersonCheck| {
            let who = check.who.as_ref().map(Name::both).into_iter();
            let told = told(&check.what).map(|one| said(&one));
            let parts = who.chain(told).filter(|part| !part.is_empty());
            format!("{}  {}", check.day, parts.collect::<Vec<_>>().join("  "))
        };
        section(words::checks(), self.checks.iter().map(check).collect());
        let finding = |f: &PersonFinding| {
            let (matter, state) = (said(&f.matter), said(&f.state_said));
            format!("{}  {}  {matter}{colon}{}{colon}{state}", f.day, f.id, phone_free(&f.text))
        };
        section(words::findings(), self.findings.iter().map(finding).collect());
        let practice = |f: &PersonFinding| format!("{}  {}  {}", f.day, f.id, phone_free(&f.text));
        section(words::practice_heading(), self.practice.iter().map(practice).collect());
        lines.push(String::new());
        lines.push(said(&words::no_ranking()));
        lines.join("\n")
    }

    /// For the sheet: headings in both languages.
    pub fn sheet_header(&self) -> [String; 5] {
        words::sheet_columns().map(|said| Languages::Both.inline(&said))
    }

    /// Whom, when, the figures, then everything one by one.
    pub fn sheet_rows(&self) -> Vec<SheetRow> {
        let both = |said: &Said| Languages::Both.inline(said);
        let row = |cells: [String; 5]| cells.map(|cell| phone_free(&cell));
        let blank = String::new;
        let mut rows = vec![row([
            both(&words::title(self.official.is_some())),
            both(&words::period(self.from, self.to)),
            self.whom(),
            self.office.both(),
            blank(),
        ])];
        for (_, name, n) in self.figures() {
            rows.push([both(&words::figure()), blank(), blank(), both(&name), n.to_string()]);
        }
        for check in &self.checks {
            let [what, result] = told(&check.what).map(|said| both(&said));
            let who = check.who.as_ref().or(self.official.as_ref().map(|(_, name)| name)).map(Name::both);
            rows.push(row([both(&words::checks()), check.day.to_string(), who.unwrap_or_default(), what, result]));
        }
        for (heading, list) in [(words::findings(), &self.findings), (words::practice(), &self.practice)] {
            for f in list {
                let what = format!("{}: {}", both(&f.matter), f.text);
                rows.push(row([both(&heading), f.day.to_string(), f.id.clone(), what, both(&f.state_said)]));
            }
        }
        rows
    }

    pub fn json(&self) -> serde_json::Value {
        let check = |check: &PersonCheck| {
            let who = check.who.as_ref().map(|name| &name.own);
            match &check.what {
                CheckTold::Inquiry => serde_json::json!({"day": check.day, "check": "telephone_inquiry"}),
                CheckTold::Result { kind, code, confirmed, .. } => serde_json::json!({
                    "day": check.day, "check": kind, "official": who, "result": code,
                    "confirmed": confirmed.as_ref().map(|said| serde_json::json!({"en": said.en, "zh-Hans": said.zh})),
                }),
            }
        };
        let finding = |f: &PersonFinding| {
            serde_json::json!({
                "id": f.id, "opened": f.day, "matter": {"en": f.matter.en, "zh-Hans": f.matter.zh},
                "text": phone_free(&f.text), "state": f.state,
            })
        };
        let figures: serde_json::Map<String, serde_json::Value> =
            self.figures().into_iter().map(|(code, _, n)| (code.to_owned(), n.into())).collect();
        serde_json::json!({
            "official": self.official.as_ref().map(|(id, name)| serde_json::json!({"id": id, "name": name.own})),
            "team": {"id": self.team.0, "name": self.team.1.own}, "village": self.village.own,
            "from": self.from, "to": self.to, "figures": figures,
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
            "good_practice": self.practice.iter().map(finding).collect::<Vec<_>>(),
        })
    }
}

/// What a check was, and what came of it.
fn told(what: &CheckTold) -> [Said; 2] {
    match what {
        CheckTold::Inquiry => [words::inquiry(), Said::new("", "")],
        CheckTold::Result { kind, result, confirmed, .. } => {
            let result = match confirmed {
                Some(what) => Said::new(format!("{}: {}", result.en, what.en), format!("{}：{}", result.zh, what.zh)),
                None => result.clone(),
            };
            [words::check(*kind), result]
        }
    }
}
