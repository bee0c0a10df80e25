//! The frame: every place of a window with its probabilities, sealed the evening before (DRAW 1 to 3).

use super::{Chance, merkle};
use crate::model::{PlaceId, Said, Sha256};
use crate::said;
use std::collections::HashMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Why a place, or its calls, has no chance in a window. The place stays in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NoPosting,
    Blackout,
    Excluded,
    NoInspector,
    NoPhone,
}

impl Reason {
    pub const ALL: [Reason; 5] =
        [Reason::NoPosting, Reason::Blackout, Reason::Excluded, Reason::NoInspector, Reason::NoPhone];

    pub fn code(self) -> &'static str {
        match self {
            Reason::NoPosting => "no_posting",
            Reason::Blackout => "blackout",
            Reason::Excluded => "excluded",
            Reason::NoInspector => "no_inspector",
            Reason::NoPhone => "no_phone",
        }
    }

    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }

    pub fn said(self) -> Said {
        match self {
            Reason::NoPosting => said!("nobody is posted there on that day", "当日无人派驻"),
            Reason::Blackout => said!("the programme leaves out this time", "项目设定的停查时段"),
            Reason::Excluded => said!("the place is registered as excluded", "该地点已登记为暂不检查"),
            Reason::NoInspector => {
                said!("no inspector on duty may check this place", "当班检查员均须回避或不可用")
            }
            Reason::NoPhone => said!("there is no usable phone number for a call", "没有可用的电话号码"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: PlaceId,
    pub visit: Chance,
    pub call: Chance,
    pub reason: Option<Reason>,
    /// Hex digits in the leaf, where the programme salts its leaves.
    pub salt: Option<String>,
}

impl Row {
    pub fn new(id: PlaceId, visit: Chance, call: Chance) -> Row {
        Row { id, visit, call, reason: None, salt: None }
    }

    /// In the frame, but never drawn.
    pub fn ineligible(id: PlaceId, reason: Reason) -> Row {
        Row { id, visit: Chance::ZERO, call: Chance::ZERO, reason: Some(reason), salt: None }
    }

    #[must_use]
    pub fn salted(mut self, salt: &[u8]) -> Row {
        self.salt = Some(crate::model::sha::to_hex(salt));
        self
    }

    /// Hash of the row's leaf: `SHA-256(00 || "id LF p_visit LF p_call")`, with `LF salt` if salted.
    pub fn leaf(&self) -> Sha256 {
        let mut text = String::new();
        self.leaf_into(&mut text)
    }

    fn leaf_into(&self, text: &mut String) -> Sha256 {
        use std::fmt::Write;
        text.clear();
        // Writing to a String cannot fail.
        let _ = write!(text, "{}\n{}\n{}", self.id.as_str(), self.visit.get(), self.call.get());
        if let Some(salt) = &self.salt {
            let _ = write!(text, "\n{salt}");
        }
        merkle::leaf(text.as_bytes())
    }
}

/// Why rows are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("the id {0} stands twice")]
    Twice(PlaceId),
    /// The second looks like the first once both are in form NFKC.
    #[error("the ids {0} and {1} look alike")]
    Alike(PlaceId, PlaceId),
    #[error("the probabilities of {0} add up to more than 1")]
    TooMuch(PlaceId),
}

impl FrameError {
    /// The id of the row to look at.
    pub fn id(&self) -> &PlaceId {
        match self {
            FrameError::Twice(id) | FrameError::Alike(_, id) | FrameError::TooMuch(id) => id,
        }
    }

    pub fn said(&self) -> Said {
        match self {
            FrameError::Twice(id) => {
                said!("the id “{id}” stands twice: remove one of both rows", "编号“{id}”重复：请删去其中一行")
            }
            FrameError::Alike(first, second) => said!(
                "the id “{second}” cannot be told from “{first}”: give one of them another id",
                "编号“{second}”与“{first}”无法区分：请更改其中一个"
            ),
            FrameError::TooMuch(id) => said!(
                "the probabilities of visit and call of “{id}” add up to more than 1 (4294967296)",
                "“{id}”的走访概率与电话概率之和超过1(4294967296)"
            ),
        }
    }
}

/// Rows in the byte order of their ids, no two alike, with the root of their Merkle tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    rows: Vec<Row>,
    root: Sha256,
}

impl Frame {
    pub fn new(mut rows: Vec<Row>) -> Result<Frame, FrameError> {
        rows.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        if let Some(row) = rows.iter().find(|row| row.visit.get() + row.call.get() > Chance::ONE.get()) {
            return Err(FrameError::TooMuch(row.id.clone()));
        }
        if let Some(two) = rows.windows(2).find(|two| two[0].id == two[1].id) {
            return Err(FrameError::Twice(two[1].id.clone()));
        }
        refuse_lookalikes(&rows)?;
        let mut text = String::new();
        let root = merkle::root(rows.iter().map(|row| row.leaf_into(&mut text)).collect());
        Ok(Frame { rows, root })
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub fn root(&self) -> &Sha256 {
        &self.root
    }

    /// Sum of the probabilities of a visit, an integer of 2^32.
    pub fn sum_of_visits(&self) -> u64 {
        self.rows.iter().map(|row| row.visit.get()).sum()
    }

    pub fn row(&self, id: &PlaceId) -> Option<&Row> {
        self.rows.binary_search_by(|row| row.id.cmp(id)).ok().and_then(|index| self.rows.get(index))
    }

    /// The frame's one form in storage: a line a row, `id TAB p_visit TAB p_call TAB reason TAB salt`
    /// with the last two empty where there is none, in the byte order of the ids.
    pub fn encode(&self) -> Vec<u8> {
        use std::fmt::Write;
        let mut text = String::with_capacity(self.rows.len() * 40);
        for row in &self.rows {
            let reason = row.reason.map_or("", Reason::code);
            let salt = row.salt.as_deref().unwrap_or("");
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}\t{}\t{}\t{reason}\t{salt}", row.id.as_str(), row.visit.get(), row.call.get());
        }
        text.into_bytes()
    }

    /// Reads what [`Frame::encode`] wrote; everything is checked again.
    pub fn decode(bytes: &[u8]) -> Result<Frame, Said> {
        let text = std::str::from_utf8(bytes).map_err(|_| damaged(0))?;
        let rows = text.lines().enumerate().map(|(i, line)| decode_row(line).ok_or_else(|| damaged(i + 1)));
        Frame::new(rows.collect::<Result<_, _>>()?).map_err(|e| e.said())
    }
}

/// Root of a tree of which only the leaves' hashes are known, as in a public bundle; in id order.
pub fn root_of_leaves(leaves: Vec<Sha256>) -> Sha256 {
    merkle::root(leaves)
}

fn damaged(line: usize) -> Said {
    said!(
        "the stored frame is damaged at line {line}: restore it from a backup",
        "保存的抽样框第{line}行已损坏：请从备份恢复"
    )
}

fn decode_row(line: &str) -> Option<Row> {
    let [id, visit, call, reason, salt] = line.split('\t').collect::<Vec<_>>()[..] else { return None };
    let chance = |text: &str| text.parse().ok().and_then(Chance::new);
    let reason = if reason.is_empty() { None } else { Some(Reason::from_code(reason)?) };
    let salt = (!salt.is_empty()).then(|| salt.to_owned());
    Some(Row { id: PlaceId::parse(id).ok()?, visit: chance(visit)?, call: chance(call)?, reason, salt })
}

/// Ids that only a change of width or form tells apart would be read as one by people.
fn refuse_lookalikes(sorted: &[Row]) -> Result<(), FrameError> {
    let mut folded: HashMap<String, &PlaceId> = HashMap::new();
    let unusual = sorted.iter().filter(|row| is_nfkc_quick(row.id.as_str().chars()) != IsNormalized::Yes);
    for row in unusual {
        let plain: String = row.id.as_str().nfkc().collect();
        let same = sorted.binary_search_by(|other| other.id.as_str().cmp(&plain)).ok().and_then(|i| sorted.get(i));
        if let Some(other) = same.filter(|other| other.id != row.id) {
            return Err(FrameError::Alike(other.id.clone(), row.id.clone()));
        }
        if let Some(other) = folded.insert(plain, &row.id) {
            return Err(FrameError::Alike(other.clone(), row.id.clone()));
        }
    }
    Ok(())
}
