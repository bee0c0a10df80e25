//! The frame: every place of a window with its probabilities, sealed the evening before (DRAW 1 to 3).

use super::digits::push_number;
use super::row::Row;
use super::{Chance, Reason, Salts, merkle};
use crate::model::{OfficeId, PlaceId, Said, Sha256};
use crate::said;
use sha2::Digest;
use std::collections::HashMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

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
    /// A number that is none of the frame's pools.
    #[error("the pool of {0} is unknown")]
    NoPool(PlaceId),
}

impl FrameError {
    /// The id of the row to look at.
    pub fn id(&self) -> &PlaceId {
        match self {
            FrameError::Twice(id) | FrameError::Alike(_, id) | FrameError::TooMuch(id) | FrameError::NoPool(id) => id,
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
            FrameError::NoPool(id) => said!(
                "the pool of “{id}” is not one of the frame's: name a pool that it has",
                "“{id}”所属的组不在抽样框内：请填写已有的组"
            ),
        }
    }
}

/// Names of the pools in which the visits of a frame's rows are dealt; 0 is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pools {
    names: Vec<String>,
    numbers: HashMap<String, u16>,
}

impl Default for Pools {
    fn default() -> Pools {
        Pools { names: vec![String::new()], numbers: HashMap::new() }
    }
}

impl Pools {
    /// The number of the pool of that office, which is added if it is new.
    pub fn number_of(&mut self, office: &OfficeId) -> Result<u16, Said> {
        if let Some(number) = self.numbers.get(office.as_str()) {
            return Ok(*number);
        }
        let number = u16::try_from(self.names.len()).map_err(|_| {
            said!(
                "a frame has at most 65535 pools: seal fewer offices together",
                "一个抽样框最多65535个组：请减少一并封存的单位"
            )
        })?;
        self.names.push(office.as_str().to_owned());
        self.numbers.insert(office.as_str().to_owned(), number);
        Ok(number)
    }

    /// By number, beginning with the empty name of none.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// Rows in the byte order of their ids, no two alike, with the root of their Merkle tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    rows: Vec<Row>,
    pools: Pools,
    /// Where every row has its salt from these.
    salts: Option<Salts>,
    root: Sha256,
}

impl Frame {
    /// A frame whose rows name no pool.
    pub fn new(rows: Vec<Row>) -> Result<Frame, FrameError> {
        Frame::with_pools(rows, Pools::default())
    }

    pub fn with_pools(rows: Vec<Row>, pools: Pools) -> Result<Frame, FrameError> {
        Frame::checked(rows, pools, None)
    }

    /// A frame each of whose rows gets its salt from one for the window.
    pub fn salted(rows: Vec<Row>, pools: Pools, salts: Salts) -> Result<Frame, FrameError> {
        Frame::checked(rows, pools, Some(salts))
    }

    fn checked(mut rows: Vec<Row>, pools: Pools, salts: Option<Salts>) -> Result<Frame, FrameError> {
        rows.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        if let Some(row) = rows.iter().find(|row| row.visit.get() + row.call.get() > Chance::ONE.get()) {
            return Err(FrameError::TooMuch(row.id.clone()));
        }
        if let Some(row) = rows.iter().find(|row| usize::from(row.detail.pool) >= pools.names.len()) {
            return Err(FrameError::NoPool(row.id.clone()));
        }
        if let Some(two) = rows.windows(2).find(|two| two[0].id == two[1].id) {
            return Err(FrameError::Twice(two[1].id.clone()));
        }
        refuse_lookalikes(&rows)?;
        if let Some(salts) = &salts {
            let mut found = Vec::with_capacity(rows.len());
            salts.of_each(rows.iter().map(|row| &row.id), |salt| found.push(salt));
            rows.iter_mut().zip(found).for_each(|(row, salt)| row.salt = Some(salt));
        }
        let root = merkle::root(Row::leaves(&rows));
        Ok(Frame { rows, pools, salts, root })
    }

    pub(super) fn salts(&self) -> Option<&Salts> {
        self.salts.as_ref()
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub fn pools(&self) -> &Pools {
        &self.pools
    }

    /// Name of the pool in which the row's visit is dealt; empty where none.
    pub fn pool_of(&self, row: &Row) -> &str {
        self.pools.names.get(usize::from(row.detail.pool)).map_or("", String::as_str)
    }

    pub fn root(&self) -> &Sha256 {
        &self.root
    }

    /// Sum of the probabilities of a visit, an integer of 2^32.
    pub fn sum_of_visits(&self) -> u64 {
        self.rows.iter().map(|row| row.visit.get()).sum()
    }

    pub fn row(&self, id: &PlaceId) -> Option<&Row> {
        self.place_of(id).and_then(|index| self.rows.get(index))
    }

    fn place_of(&self, id: &PlaceId) -> Option<usize> {
        self.rows.binary_search_by(|row| row.id.cmp(id)).ok()
    }

    /// That a place stands in the frame, and with which probabilities, for somebody who knows the root.
    pub fn proof_of(&self, id: &PlaceId) -> Option<Proof> {
        let index = self.place_of(id)?;
        let path = merkle::proof(Row::leaves(&self.rows), index)?;
        Some(Proof { leaf: self.rows.get(index)?.leaf_text(), index, places: self.rows.len(), path })
    }

    /// Digest for the seal: SHA-256 over `id LF reason LF age LF risk LF pool LF` of every row.
    pub fn digest_of_details(&self) -> Sha256 {
        let mut hash = sha2::Sha256::new();
        let mut text = Vec::new();
        for row in &self.rows {
            text.clear();
            text.extend_from_slice(row.id.as_str().as_bytes());
            text.push(b'\n');
            text.extend_from_slice(row.reason.map_or("", Reason::code).as_bytes());
            for number in [row.detail.age, row.detail.risk] {
                text.push(b'\n');
                push_number(&mut text, u64::from(number));
            }
            text.push(b'\n');
            text.extend_from_slice(self.pool_of(row).as_bytes());
            text.push(b'\n');
            hash.update(&text);
        }
        Sha256(hash.finalize().into())
    }
}

/// A way from one leaf to the root (RFC 9162).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// `id LF p_visit LF p_call`, with `LF salt` where the leaf is salted.
    pub leaf: String,
    /// The place's number in the frame, from 0.
    pub index: usize,
    /// How many places the frame has.
    pub places: usize,
    /// Hashes of the neighbours, the nearest first.
    pub path: Vec<Sha256>,
}

impl Proof {
    /// The root that the proof leads to. `None` where its length does not fit.
    pub fn root(&self) -> Option<Sha256> {
        merkle::root_from_proof(&merkle::leaf(self.leaf.as_bytes()), self.index, self.places, &self.path)
    }
}

/// Root of a tree of which only the leaves' hashes are known, as in a public bundle; in id order.
pub fn root_of_leaves(leaves: Vec<Sha256>) -> Sha256 {
    merkle::root(leaves)
}

/// Ids that only a change of width or form tells apart would be read as one by people.
fn refuse_lookalikes(sorted: &[Row]) -> Result<(), FrameError> {
    let mut folded: HashMap<String, &PlaceId> = HashMap::new();
    let plain = |id: &str| id.is_ascii() || is_nfkc_quick(id.chars()) == IsNormalized::Yes;
    let unusual = sorted.iter().filter(|row| !plain(row.id.as_str()));
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
