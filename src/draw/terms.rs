//! The terms of a programme: what its seal fixes, as it is stored, logged and verified (DRAW 3).

use super::beacon::BeaconRule;
use super::chain::{NoLink, all_different, index};
use super::risk::RiskRule;
use super::{Chance, Limits, Policy};
use crate::model::{Backstop, DrawAt, Pools, Said, Sha256, Timestamp};
use crate::said;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a programme was sealed anew: a new generation, with new chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    #[default]
    Start,
    /// The chain before came to its end.
    Renewal,
    /// Somebody may have read the chain before.
    KeyExposed,
    /// The office changed its terms.
    Terms,
}

impl Why {
    pub fn said(self) -> Said {
        match self {
            Why::Start => said!("the programme began", "项目启用"),
            Why::Renewal => said!("the chain of keys came to its end", "密钥链到期更换"),
            Why::KeyExposed => said!("a key may have been read by others", "密钥可能已泄露"),
            Why::Terms => said!("the terms were changed", "规则变更"),
        }
    }
}

/// The calendar under which windows were planned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SealedCalendar {
    pub years: Vec<i32>,
    pub holidays: Vec<NaiveDate>,
    pub makeups: Vec<NaiveDate>,
}

/// What one generation of a programme's seal fixes. Chances are integers of 2^32 a window.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Terms {
    pub programme: String,
    pub office: String,
    #[serde(default = "first")]
    pub generation: u32,
    #[serde(default)]
    pub why: Why,
    /// Names, in the published order.
    pub custodians: Vec<String>,
    /// `K[0]` of each custodian's chain, in the same order.
    pub anchors: Vec<Sha256>,
    /// RFC 3339 in UTC; the origin of every window's link number.
    pub sealed_at: String,
    pub zone: String,
    /// `team` or `village`.
    pub place: String,
    pub lo: u64,
    pub hi: u64,
    /// Eligible windows at `lo` after an executed visit.
    pub m: u32,
    pub p_call: u64,
    pub min_visits: u32,
    pub max_visits: Option<u32>,
    #[serde(default = "first")]
    pub inspectors_a_visit: u32,
    #[serde(default)]
    pub pools: Pools,
    /// A pair that met within so many visits of the place is barred; 0 bars none.
    #[serde(default)]
    pub met_within: u32,
    /// Slot, cron rule, length in minutes.
    pub windows: Vec<(String, String, u32)>,
    pub lead_minutes: u32,
    #[serde(default)]
    pub draw_at: DrawAt,
    pub beacon: BeaconRule,
    pub risk: RiskRule,
    /// A number of visits that each place must have had in a period: the last workdays make up, announced.
    #[serde(default)]
    pub backstop: Option<Backstop>,
    #[serde(default)]
    pub salted: bool,
    pub reveal_delay_days: u32,
    #[serde(default)]
    pub calendar: SealedCalendar,
}

fn first() -> u32 {
    1
}

impl Terms {
    /// Reads what was stored or logged, of the first version of the program too.
    pub fn read(content: &str) -> Result<Terms, Said> {
        // Read with every turn: those of this version without a detour.
        if let Ok(terms) = serde_json::from_str::<Terms>(content) {
            terms.check()?;
            return Ok(terms);
        }
        let unreadable =
            |e: serde_json::Error| said!("the programme's terms cannot be read: {e}", "无法读取项目规则：{e}");
        let mut value: Value = serde_json::from_str(content).map_err(unreadable)?;
        if let Some(fields) = value.as_object_mut()
            && let Some(anchor) = fields.remove("anchor")
        {
            fields.insert("anchors".into(), Value::Array(vec![anchor]));
            let office = fields.get("office").cloned().unwrap_or_default();
            fields.insert("custodians".into(), Value::Array(vec![office]));
            fields.insert("beacon".into(), serde_json::json!(BeaconRule::default()));
            fields.insert("risk".into(), serde_json::json!(RiskRule::default()));
        }
        let terms: Terms = serde_json::from_value(value).map_err(unreadable)?;
        terms.check()?;
        Ok(terms)
    }

    /// What no seal may be without.
    fn check(&self) -> Result<(), Said> {
        let wrong = |field: &str| Err(said!("the programme's terms are wrong in “{field}”", "项目规则中“{field}”有误"));
        if self.anchors.is_empty() || self.anchors.len() != self.custodians.len() || !all_different(&self.anchors) {
            return wrong("anchors");
        }
        if !(1..=2).contains(&self.inspectors_a_visit) {
            return wrong("inspectors_a_visit");
        }
        if self.sealed_at().is_none() {
            return wrong("sealed_at");
        }
        self.policy()?;
        self.limits().map(|_| ())
    }

    /// The moment that link numbers are counted from; there is one in every [read](Terms::read) seal.
    pub fn sealed_at(&self) -> Option<Timestamp> {
        Timestamp::parse(&self.sealed_at)
    }

    /// `t` of a window.
    pub fn link_of(&self, window_start: Timestamp) -> Result<u32, NoLink> {
        index(window_start, self.sealed_at().unwrap_or(window_start))
    }

    pub fn policy(&self) -> Result<Policy, Said> {
        let chance = |field: &str, p: u64| {
            Chance::new(p)
                .ok_or_else(|| said!("“{field}” of the programme's terms is above 1", "项目规则中“{field}”大于1"))
        };
        let (lo, hi, call) = (chance("lo", self.lo)?, chance("hi", self.hi)?, chance("p_call", self.p_call)?);
        Ok(Policy { lo, hi, low_windows: self.m, call })
    }

    pub fn limits(&self) -> Result<Limits, Said> {
        Limits::new(self.min_visits as usize, self.max_visits.map(|n| n as usize))
    }

    /// Whether two generations say the same but for their number, cause, chains and calendar.
    pub fn same_rules(&self, other: &Terms) -> bool {
        let bare = |terms: &Terms| Terms {
            generation: 0,
            why: Why::Start,
            custodians: Vec::new(),
            anchors: Vec::new(),
            sealed_at: String::new(),
            calendar: SealedCalendar::default(),
            ..terms.clone()
        };
        bare(self) == bare(other)
    }
}
