//! Custody of a chain: its end, its mark and its lock, in files outside the database (DRAW 3).
//!
//! Two files stand beside each other. `PROGRAMME@OFFICE.chain` holds the secret end; whoever has its
//! lock leads the draws of that office. `PROGRAMME@OFFICE.mark` lists every link that was used, each
//! written and synced before the link is read: a database restored from a backup has forgotten its
//! last beacons, the mark has not, and so nothing is drawn a second time.

mod chain_file;
mod custodians;
mod keeping;
mod mark;

pub use chain_file::ChainFile;
pub use custodians::Custodians;
pub use keeping::Keeping;

use crate::draw::chain::is_test_anchor;
use crate::draw::{Chain, ChainKey};
use crate::model::system::why;
use crate::model::{Said, Sha256, Trouble, WindowId};
use crate::said;
use mark::Mark;
use std::fs::{File, TryLockError};
use std::path::Path;

/// A beacon row that was read back from the database after its commit. Make one from such a row only:
/// the key of a window must not be read before everybody is bound to its beacon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedBeacon {
    pub window: WindowId,
    /// The beacon's text as stored.
    pub beacon: String,
}

impl CommittedBeacon {
    fn digest(&self) -> Sha256 {
        Sha256::of(format!("{}\n{}", self.window, self.beacon).as_bytes())
    }
}

/// Why a key is not handed out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// The link was used with a beacon that is not this one: publish the window as lost.
    #[error("link {t} was used before with another beacon")]
    UsedBefore { t: u32 },
    #[error("the chain has no link {t}")]
    NoLink { t: u32 },
    #[error(transparent)]
    File(#[from] Trouble),
}

impl KeyRefused {
    pub fn said(&self) -> Said {
        match self {
            KeyRefused::UsedBefore { t } => said!(
                "link {t} of the chain was used before with another beacon: this window was drawn already, is not drawn again, and is published as lost",
                "密钥链第{t}环已用于另一信标：该时段已抽取过，不再重抽，按丢失公布"
            ),
            KeyRefused::NoLink { t } => {
                said!("the chain has no link {t}: create and seal a new chain", "密钥链没有第{t}环：请生成并封存新链")
            }
            KeyRefused::File(trouble) => trouble.said.clone(),
        }
    }
}

/// A chain in hand: as long as this value lives, no other daemon can draw for the office.
#[derive(Debug)]
pub struct Custody {
    chain: Chain,
    anchor: Sha256,
    mark: Mark,
    /// Holds the lock.
    _chain_file: File,
}

impl Custody {
    /// Takes the locks of both files and reads them. Refused where another process has a lock, where
    /// the mark is missing or belongs to another chain, and where the chain is one of the published
    /// test vectors.
    pub fn open(keeping: &Keeping) -> Result<Custody, Trouble> {
        let path = keeping.chain();
        let (chain_file, end) = chain_file::open(&path)?;
        lock(&chain_file, &path)?;
        let chain = Chain::from_end(end);
        let anchor = chain.anchor();
        refuse_test_chain(&anchor, &path)?;
        let mark = Mark::open(&keeping.mark(), &anchor)?;
        Ok(Custody { chain, anchor, mark, _chain_file: chain_file })
    }

    /// `K[0]`, to be published at the programme's seal.
    pub fn anchor(&self) -> &Sha256 {
        &self.anchor
    }

    /// Whether link `t` was used. Ask before a beacon row is inserted: if it was, and the row is not
    /// there, the window is lost.
    pub fn uses(&self, t: u32) -> bool {
        self.mark.use_of(t).is_some()
    }

    /// A programme that was sealed with this chain left the log's head in its mark.
    fn was_used(&self) -> bool {
        self.mark.has_uses() || self.mark.last_head().is_some()
    }

    /// `K_t`, after `t` and its beacon are safely in the mark. Asking again with the same beacon gives
    /// the same key; with any other beacon it is refused.
    pub fn key_for(&mut self, t: u32, committed: &CommittedBeacon) -> Result<ChainKey, KeyRefused> {
        self.note_use(t, committed)?;
        self.chain.key(t).ok_or(KeyRefused::NoLink { t })
    }

    /// Ties link `t` to its beacon in the mark. With any other beacon it is refused from then on.
    fn note_use(&mut self, t: u32, committed: &CommittedBeacon) -> Result<(), KeyRefused> {
        let digest = committed.digest();
        match self.mark.use_of(t) {
            Some(used) if *used != digest => Err(KeyRefused::UsedBefore { t }),
            Some(_) => Ok(()),
            None if t == 0 || t > crate::draw::chain::LENGTH => Err(KeyRefused::NoLink { t }),
            None => Ok(self.mark.add_use(t, digest)?),
        }
    }

    /// `K_t`, to be made public, or of a window that never was.
    fn link_to_reveal(&self, t: u32) -> Result<ChainKey, KeyRefused> {
        self.chain.key(t).ok_or(KeyRefused::NoLink { t })
    }

    /// Number and head of the log's last entry that the mark knows. A database whose log does not hold
    /// it was restored from a backup.
    pub fn last_head(&self) -> Option<(u64, Sha256)> {
        self.mark.last_head()
    }

    /// Keeps the log's head after an entry was committed.
    pub fn keep_head(&mut self, number: u64, head: Sha256) -> Result<(), Trouble> {
        self.mark.add_head(number, head)
    }
}

/// Whether there is a chain of this name, readable or not.
pub fn exists(keeping: &Keeping) -> bool {
    keeping.chain().exists()
}

/// Whether chain and mark are there, readable or not.
pub fn is_complete(keeping: &Keeping) -> bool {
    exists(keeping) && keeping.mark().exists()
}

/// Looks whether chain and mark are there and whole, and takes no lock: a daemon may hold them.
pub fn look(keeping: &Keeping) -> Result<(), Trouble> {
    let (_, end) = chain_file::open(&keeping.chain())?;
    Mark::look(&keeping.mark(), &Chain::from_end(end).anchor())
}

fn refuse_test_chain(anchor: &Sha256, path: &Path) -> Result<(), Trouble> {
    if !is_test_anchor(anchor) {
        return Ok(());
    }
    let said = said!(
        "this is the chain of the published test vectors, whose keys everybody knows: create an own chain",
        "这是公开测试向量的密钥链，密钥人人皆知：请生成自己的链"
    );
    Err(Trouble::new(said).in_file(shown(path)))
}

fn lock(file: &File, path: &Path) -> Result<(), Trouble> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => Trouble::new(said!(
            "another process holds this file, so it leads the draws of this office: stop it first",
            "该文件正被另一进程占用，由其负责本单位抽取：请先停止该进程"
        ))
        .in_file(shown(path)),
        TryLockError::Error(error) => failed(path, &error),
    })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn failed(path: &Path, error: &std::io::Error) -> Trouble {
    let Said { en, zh } = why(error);
    let said = Said::new(
        format!("the file cannot be read or written ({en}): look at its disk and rights; it is tried again"),
        format!("无法读写该文件（{zh}）：请检查磁盘和权限，系统会自动重试"),
    );
    Trouble::new(said).in_file(shown(path))
}
