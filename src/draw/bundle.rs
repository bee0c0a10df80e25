//! A bundle: everything by which anybody can check one window, as one line of JSON (DRAW 3).
//!
//! It holds nothing that is not checked. The *auditor* bundle shows every row of the frame; the
//! *public* one shows the drawn rows and of all others only the hash of their leaf. A window that was
//! sealed and never drawn has a *void* record. `docs/VERIFY.md` explains the form field by field.

use crate::model::{InspectorId, PlaceId, Sha256, WindowId};
use serde::de::{self, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The form's name and version.
pub const FORMAT: &str = "spotcheck bundle/1";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BundleKind {
    Auditor,
    Public,
    /// Of a window that was sealed, and never drawn.
    Void,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub format: String,
    pub kind: BundleKind,
    pub window: WindowId,
    /// The entries of the public log that bind this window, oldest first.
    pub log: Vec<Bound>,
    /// Absent in the record of a void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<Evidence>,
}

/// An entry of the log with the heads around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    #[serde(deserialize_with = "lower_case")]
    pub before: Sha256,
    /// The exact text that was hashed.
    pub entry: String,
    #[serde(deserialize_with = "lower_case")]
    pub head: Sha256,
}

/// What the list follows from, and the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// RFC 3339 in UTC.
    pub start: String,
    pub end: String,
    pub t: u32,
    /// `K_t` of each custodian, in the published order.
    #[serde(deserialize_with = "all_lower_case")]
    pub links: Vec<Sha256>,
    pub beacon: String,
    /// Signature of a drand round, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// In the byte order of the ids.
    pub frame: Vec<FrameLine>,
    pub pools: Vec<BundlePool>,
    pub announced: Vec<PlaceId>,
    /// Visits, calls, not executed; each in `order`.
    pub drawn: Vec<DrawnLine>,
    pub deals: Vec<DealLine>,
    pub redeals: Vec<RedealLine>,
}

/// A row, or the hash of its leaf where the row itself is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameLine {
    Row(FrameRow),
    Leaf(Sha256),
}

/// `[id, p_visit, p_call, salt, pool]`, in an auditor's bundle followed by `reason, age, risk`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameRow {
    pub id: PlaceId,
    pub visit: u64,
    pub call: u64,
    /// Empty where the programme does not salt its leaves.
    pub salt: String,
    pub pool: String,
    pub detail: Option<RowDetail>,
}

/// What is bound by the seal's digest of details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDetail {
    /// Code of the reason for a chance of zero; else empty.
    pub reason: String,
    pub age: u32,
    pub risk: u32,
}

/// Who was on duty, and who was barred from what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundlePool {
    pub name: String,
    /// Inspector and number of visits.
    pub visits: Vec<(InspectorId, u32)>,
    pub calls: Vec<(InspectorId, u32)>,
    pub bars: Vec<BundleBar>,
}

/// `[place, inspector]`, in an auditor's bundle followed by the ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BundleBar {
    WithGround(PlaceId, InspectorId, String),
    Plain(PlaceId, InspectorId),
}

impl BundleBar {
    pub fn pair(&self) -> (&PlaceId, &InspectorId) {
        match self {
            BundleBar::WithGround(place, inspector, _) | BundleBar::Plain(place, inspector) => (place, inspector),
        }
    }
}

/// A place that was drawn, and what became of it at the draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnLine {
    pub id: PlaceId,
    /// `visit`, `call` or `none`.
    pub kind: String,
    pub origin: String,
    /// 16 hex digits.
    pub ticket: String,
    /// A decimal, as text: it may exceed what readers of JSON hold in a number.
    pub key: String,
    pub minute: u64,
    pub inspectors: Vec<InspectorId>,
}

/// How a pool was dealt: the number of the clean attempt, or null for the fallback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DealLine {
    pub pool: String,
    pub attempt: Option<u32>,
}

/// What was dealt again after inspectors fell out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedealLine {
    /// Counted from 1.
    pub round: u32,
    /// Who fell out this time.
    pub out: Vec<InspectorId>,
    /// Lines of theirs, or of those who fell out before, that had been reported by then: they stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<PlaceId>,
    pub deals: Vec<DealLine>,
    /// Every line that changed: place, kind and who goes now, in the order of the list.
    pub lines: Vec<(PlaceId, String, Vec<InspectorId>)>,
}

impl<'de> Deserialize<'de> for FrameLine {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<FrameLine, D::Error> {
        from.deserialize_any(LineVisitor)
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = FrameLine;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of the frame, or 64 hex digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<FrameLine, E> {
        hash(text).map(FrameLine::Leaf).ok_or_else(|| E::custom("expected 64 lower-case hex digits"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<FrameLine, A::Error> {
        let id = next(&mut row, 0)?;
        let (visit, call) = (next(&mut row, 1)?, next(&mut row, 2)?);
        let (salt, pool) = (next(&mut row, 3)?, next(&mut row, 4)?);
        let detail = match row.next_element()? {
            None => None,
            Some(reason) => Some(RowDetail { reason, age: next(&mut row, 6)?, risk: next(&mut row, 7)? }),
        };
        Ok(FrameLine::Row(FrameRow { id, visit, call, salt, pool, detail }))
    }
}

fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(row: &mut A, at: usize) -> Result<T, A::Error> {
    row.next_element()?.ok_or_else(|| de::Error::invalid_length(at, &"a row of the frame"))
}

impl Serialize for FrameLine {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let row = match self {
            FrameLine::Leaf(hash) => return to.serialize_str(&hash.hex()),
            FrameLine::Row(row) => row,
        };
        let mut list = to.serialize_seq(None)?;
        list.serialize_element(&row.id)?;
        list.serialize_element(&row.visit)?;
        list.serialize_element(&row.call)?;
        list.serialize_element(&row.salt)?;
        list.serialize_element(&row.pool)?;
        if let Some(detail) = &row.detail {
            list.serialize_element(&detail.reason)?;
            list.serialize_element(&detail.age)?;
            list.serialize_element(&detail.risk)?;
        }
        list.end()
    }
}

/// A hash has one spelling here, so that no digit of a bundle can be changed without a trace.
fn hash(text: &str) -> Option<Sha256> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) { None } else { text.parse().ok() }
}

fn lower_case<'de, D: Deserializer<'de>>(from: D) -> Result<Sha256, D::Error> {
    let text = String::deserialize(from)?;
    hash(&text).ok_or_else(|| de::Error::custom("expected 64 lower-case hex digits"))
}

fn all_lower_case<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Sha256>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let hashes: Option<Vec<Sha256>> = texts.iter().map(|text| hash(text)).collect();
    hashes.ok_or_else(|| de::Error::custom("expected 64 lower-case hex digits each"))
}
