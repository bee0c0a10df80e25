//! The file with a chain's secret end.

use super::{Keeping, failed, mark::Mark, refuse_test_chain, shown};
use crate::draw::Chain;
use crate::fault::{self, Step};
use crate::files::{self, How};
use crate::model::{Sha256, Trouble, sha};
use crate::said;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

const HEADER: &str = "spotcheck chain/1";

/// A chain file that was just created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainFile {
    /// `K[0]` of the new chain.
    pub anchor: Sha256,
}

impl ChainFile {
    /// Writes a new chain's end, readable by its owner alone, and an empty mark beside it. `end` comes
    /// from the system's entropy. Nothing that exists is overwritten.
    pub fn create(keeping: &Keeping, end: [u8; 32]) -> Result<ChainFile, Trouble> {
        let (path, dir) = (keeping.chain(), keeping.dir());
        let anchor = Chain::from_end(end).anchor();
        refuse_test_chain(&anchor, &path)?;
        fs::create_dir_all(dir).map_err(|e| failed(dir, &e))?;
        if path.exists() {
            return Err(exists(&path));
        }
        // The mark first: a chain without one would be refused for ever.
        Mark::create(&keeping.mark(), &anchor)?;
        let text = format!("{HEADER}\n{}\n", sha::to_hex(&end));
        files::write(&path, text.as_bytes(), How { force: false, private: true })?;
        sync_directory(dir).map_err(|e| failed(dir, &e))?;
        fault::passed(Step::Custody);
        Ok(ChainFile { anchor })
    }
}

pub(super) fn exists(path: &Path) -> Trouble {
    Trouble::new(said!(
        "the file exists and is never overwritten: move it away if it was never in use",
        "文件已存在，不会覆盖：若从未使用过，请先移走"
    ))
    .in_file(shown(path))
}

/// A new name in a directory is safe only once the directory is.
fn sync_directory(dir: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

/// The file itself, for its lock, and the end that it holds.
pub(super) fn open(path: &Path) -> Result<(File, [u8; 32]), Trouble> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Trouble::new(said!(
            "the chain's file is missing: bring it back from its own backup, or create a new chain",
            "缺少密钥链文件：请从其单独备份恢复，或生成新链"
        ))
        .in_file(shown(path)),
        _ => failed(path, &error),
    })?;
    refuse_others(&file, path)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|e| failed(path, &e))?;
    let end = text.strip_prefix(HEADER).and_then(|rest| sha::from_hex(rest.trim())).and_then(|end| end.try_into().ok());
    let damaged = || {
        let said = said!(
            "the chain's file is damaged: bring it back from its own backup",
            "密钥链文件已损坏：请从其单独备份恢复"
        );
        Trouble::new(said).in_file(shown(path))
    };
    Ok((file, end.ok_or_else(damaged)?))
}

#[cfg(unix)]
fn refuse_others(file: &File, path: &Path) -> Result<(), Trouble> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(|e| failed(path, &e))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Trouble::new(said!(
        "others can reach the chain's file: set its mode to 600, and create a new chain if anybody may have read it",
        "其他用户可访问密钥链文件：请将权限设为600；若可能已被读取，请生成新链"
    ))
    .in_file(shown(path)))
}

#[cfg(not(unix))]
fn refuse_others(_file: &File, _path: &Path) -> Result<(), Trouble> {
    Ok(())
}
