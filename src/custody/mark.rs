//! The mark: which links were used, and the log's last head. Lines are only ever added.
//!
//! ```text
//! spotcheck mark/1 ANCHOR
//! used T SHA-256(window LF beacon)
//! head NUMBER HEAD
//! ```

use super::{chain_file, failed, lock, shown};
use crate::fault::{self, Step};
use crate::files::{self, How};
use crate::model::{Sha256, Trouble};
use crate::said;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const HEADER: &str = "spotcheck mark/1";

#[derive(Debug)]
pub(super) struct Mark {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines. What stands behind them is the torn rest of a line that never counted.
    length: u64,
    uses: BTreeMap<u32, Sha256>,
    head: Option<(u64, Sha256)>,
}

impl Mark {
    /// The mark of a new chain. One of a chain that never came to be, as a power cut leaves it, makes room.
    pub fn create(path: &Path, anchor: &Sha256) -> Result<(), Trouble> {
        if path.exists() && Mark::may_stand_for_draws(path)? {
            return Err(chain_file::exists(path));
        }
        files::write(path, format!("{HEADER} {anchor}\n").as_bytes(), How { force: true, private: true })?;
        fault::passed(Step::Custody);
        Ok(())
    }

    /// Whether anything stands in it but the name of its chain.
    fn may_stand_for_draws(path: &Path) -> Result<bool, Trouble> {
        let (mark, _) = Mark::read(path, Mark::file(path)?)?;
        Ok(mark.has_uses() || mark.last_head().is_some())
    }

    /// Opens and locks the mark of the chain with that anchor.
    pub fn open(path: &Path, anchor: &Sha256) -> Result<Mark, Trouble> {
        let file = Mark::file(path)?;
        lock(&file, path)?;
        let (mark, first) = Mark::read(path, file)?;
        if first == format!("{HEADER} {anchor}") { Ok(mark) } else { Err(mark.of_another_chain()) }
    }

    /// Whether there is a mark, whole, and of the chain with that anchor. Takes no lock.
    pub fn look(path: &Path, anchor: &Sha256) -> Result<(), Trouble> {
        let (mark, first) = Mark::read(path, Mark::file(path)?)?;
        if first == format!("{HEADER} {anchor}") { Ok(()) } else { Err(mark.of_another_chain()) }
    }

    fn file(path: &Path) -> Result<File, Trouble> {
        OpenOptions::new().read(true).write(true).open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Trouble::new(said!(
                "the chain's mark is missing: without it nobody knows what was drawn, so the chain is refused; bring the mark back or create a new chain",
                "缺少密钥链的使用记录：无法得知已抽取的时段，因此拒绝使用该链；请恢复记录文件或生成新链"
            ))
            .in_file(shown(path)),
            _ => failed(path, &error),
        })
    }

    /// With its first line, which names the chain.
    fn read(path: &Path, file: File) -> Result<(Mark, String), Trouble> {
        let mut bytes = Vec::new();
        (&file).read_to_end(&mut bytes).map_err(|e| failed(path, &e))?;
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |last| last + 1);
        bytes.truncate(whole);
        let mut mark = Mark { path: path.to_owned(), file, length: whole as u64, uses: BTreeMap::new(), head: None };
        let text = String::from_utf8(bytes).map_err(|_| mark.damaged(1))?;
        let mut lines = (1..).zip(text.lines());
        let first = match lines.next() {
            Some((_, first)) if first.starts_with(HEADER) => first.to_owned(),
            _ => return Err(mark.damaged(1)),
        };
        for (number, line) in lines {
            mark.read_line(line).ok_or_else(|| mark.damaged(number))?;
        }
        Ok((mark, first))
    }

    fn read_line(&mut self, line: &str) -> Option<()> {
        let [kind, number, hash] = line.split(' ').collect::<Vec<_>>()[..] else { return None };
        let hash = hash.parse().ok()?;
        match kind {
            "used" => {
                self.uses.insert(number.parse().ok()?, hash);
            }
            "head" => self.head = Some((number.parse().ok()?, hash)),
            _ => return None,
        }
        Some(())
    }

    /// Digest of the window and beacon that link `t` was used with.
    pub fn use_of(&self, t: u32) -> Option<&Sha256> {
        self.uses.get(&t)
    }

    pub fn has_uses(&self) -> bool {
        !self.uses.is_empty()
    }

    pub fn last_head(&self) -> Option<(u64, Sha256)> {
        self.head
    }

    pub fn add_use(&mut self, t: u32, digest: Sha256) -> Result<(), Trouble> {
        self.append(&format!("used {t} {digest}\n"))?;
        self.uses.insert(t, digest);
        Ok(())
    }

    pub fn add_head(&mut self, number: u64, head: Sha256) -> Result<(), Trouble> {
        if self.head == Some((number, head)) {
            return Ok(());
        }
        self.append(&format!("head {number} {head}\n"))?;
        self.head = Some((number, head));
        Ok(())
    }

    /// The line is on the disk when this returns. What a crash or a full disk left of an earlier line
    /// is cut off first, so that no two lines ever run together.
    fn append(&mut self, line: &str) -> Result<(), Trouble> {
        let write = |file: &mut File| {
            file.set_len(self.length)?;
            file.seek(SeekFrom::Start(self.length))?;
            file.write_all(line.as_bytes())?;
            file.sync_all()
        };
        write(&mut self.file).map_err(|e| failed(&self.path, &e))?;
        self.length += line.len() as u64;
        fault::passed(Step::Custody);
        Ok(())
    }

    fn damaged(&self, line: u64) -> Trouble {
        let said = said!(
            "this line of the mark is damaged, so nobody knows what was drawn: bring the mark back, or create a new chain",
            "使用记录此行已损坏，无法得知已抽取的时段：请恢复记录文件，或生成新链"
        );
        Trouble::new(said).in_file(shown(&self.path)).at_row(line)
    }

    fn of_another_chain(&self) -> Trouble {
        let said = said!(
            "this mark belongs to another chain: put chain and mark of the same origin together",
            "该使用记录属于另一条密钥链：请将同一来源的链与记录放在一起"
        );
        Trouble::new(said).in_file(shown(&self.path))
    }
}
