//! Files that a person names: read up to a cap, whatever they are; written whole, or not at all.

use crate::fault::{self, Step};
use crate::model::system::why;
use crate::model::{Said, Trouble};
use crate::said;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Largest file of settings: configuration, mappings, words, calendars, questionnaires.
pub const SETTINGS: u64 = 4 << 20;
/// Largest single file that is filed with a case, a finding or a mail; and the largest mail.
pub const PAPER: u64 = 20 << 20;
/// Largest table that is held in memory.
pub const TABLE: u64 = 256 << 20;
/// Most drafts of one file that killed processes may have left.
const DRAFTS: u32 = 1000;

/// Opens a file to be read. What is no file could hang for ever or never end: it is refused, but for what a shell
/// hands over by `/dev/stdin` or `<(…)`.
///
/// # Errors
/// It is not there, not to be read, or no file.
pub fn open(path: &Path) -> Result<File, Trouble> {
    check(path, path.starts_with("/dev") || path.starts_with("/proc"))?;
    File::open(path).map_err(|e| unreadable(path, &e))
}

/// As [`open`], of a file that is read more than once: what a shell hands over is gone after the first time.
///
/// # Errors
/// As [`open`].
pub fn check_again(path: &Path) -> Result<(), Trouble> {
    check(path, false)
}

fn check(path: &Path, may_be_handed_over: bool) -> Result<(), Trouble> {
    let kind = fs::metadata(path).map_err(|e| unreadable(path, &e))?.file_type();
    if !(kind.is_file() || (may_be_handed_over && kind.is_fifo())) {
        let said = if kind.is_dir() {
            said!("this is a folder: name a file", "这是文件夹：请指定文件")
        } else {
            said!(
                "this is a pipe or a device and no file: save it as a file first",
                "这是管道或设备，不是文件：请先另存为文件"
            )
        };
        return Err(named(path, said));
    }
    Ok(())
}

/// Bytes that may still be written where this file or folder is, or would be.
pub fn room(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|path| path.exists()).filter(|path| !path.as_os_str().is_empty());
    let about = rustix::fs::statvfs(there.unwrap_or(Path::new("."))).ok()?;
    about.f_bavail.checked_mul(about.f_frsize)
}

/// A whole file of at most so many bytes: counted while it is read, for its length may be told wrongly.
///
/// # Errors
/// As [`open`], or it is larger.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, Trouble> {
    let read = capped(&mut open(path)?, most).map_err(|e| unreadable(path, &e))?;
    read.ok_or_else(|| named(path, too_large(most)))
}

/// As [`read`], of a text in UTF-8.
///
/// # Errors
/// As [`read`], or it is no UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String, Trouble> {
    String::from_utf8(read(path, most)?).map_err(|_| {
        named(path, said!("the text is not UTF-8: save the file as UTF-8", "文字不是UTF-8编码：请另存为UTF-8"))
    })
}

/// Everything that comes, or `None` as soon as it is more than so many bytes.
pub fn capped(input: &mut dyn Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    input.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// What is said of a file over its cap.
pub fn too_large(most: u64) -> Said {
    let mib = most >> 20;
    said!(
        "the file is larger than {mib} MiB, the most that is read: make it smaller, or split it",
        "文件超过{mib} MiB的上限：请压缩或拆分"
    )
}

pub fn unreadable(path: &Path, error: &io::Error) -> Trouble {
    let Said { en, zh } = why(error);
    let said = Said::new(
        format!("the file cannot be read ({en}): look at its path and rights"),
        format!("无法读取文件（{zh}）：请检查路径和权限"),
    );
    named(path, said)
}

pub fn unwritable(path: &Path, error: &io::Error) -> Trouble {
    let Said { en, zh } = why(error);
    let said = Said::new(
        format!("the file cannot be written ({en}): name one in a folder that exists and has room"),
        format!("文件无法写入（{zh}）：请指定已有且空间足够的文件夹中的文件"),
    );
    named(path, said)
}

fn named(path: &Path, said: Said) -> Trouble {
    Trouble::new(said).in_file(path.display().to_string())
}

/// How a file is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// Takes the place of a file that is there.
    pub force: bool,
    /// For its owner's eyes alone.
    pub private: bool,
}

/// Writes a file whole, or not at all.
///
/// # Errors
/// It is there already and nothing forces it, or it cannot be written.
pub fn write(path: &Path, bytes: &[u8], how: How) -> Result<(), Trouble> {
    let mut draft = Draft::begin(path, how)?;
    draft.write_all(bytes).map_err(|e| unwritable(path, &e))?;
    draft.finish()
}

/// A file on its way: written beside its place, and put there when it is whole.
#[derive(Debug)]
pub struct Draft {
    file: BufWriter<File>,
    /// `None` where there is nothing to rename: a pipe, a terminal.
    beside: Option<PathBuf>,
    path: PathBuf,
    how: How,
}

impl Draft {
    /// # Errors
    /// As [`write()`].
    pub fn begin(path: &Path, how: How) -> Result<Draft, Trouble> {
        let there = fs::metadata(path);
        if let Ok(about) = &there
            && !about.is_file()
            && !about.is_dir()
        {
            let file = OpenOptions::new().write(true).open(path).map_err(|e| unwritable(path, &e))?;
            return Ok(Draft { file: BufWriter::new(file), beside: None, path: path.to_owned(), how });
        }
        if fs::symlink_metadata(path).is_ok() && !how.force {
            return Err(exists(path));
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name: String = name.chars().take(60).collect();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(if how.private { 0o600 } else { 0o666 });
        // One that was killed may have had this very process number, as in a container it always has.
        let mut tries = 0..DRAFTS;
        loop {
            let beside =
                path.with_file_name(format!(".{}.{}.{name}", std::process::id(), tries.next().unwrap_or(DRAFTS)));
            match options.open(&beside) {
                Ok(file) => {
                    let file = BufWriter::new(file);
                    return Ok(Draft { file, beside: Some(beside), path: path.to_owned(), how });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && !tries.is_empty() => {}
                Err(e) => return Err(unwritable(path, &e)),
            }
        }
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// The disk is full, or somebody put a file there meanwhile.
    pub fn finish(mut self) -> Result<(), Trouble> {
        let failed = |e: io::Error| unwritable(&self.path, &e);
        self.file.flush().map_err(failed)?;
        let Some(beside) = &self.beside else { return Ok(()) };
        self.file.get_ref().sync_all().map_err(failed)?;
        if self.how.force {
            fs::rename(beside, &self.path).map_err(failed)?;
        } else {
            match fs::hard_link(beside, &self.path) {
                Ok(()) => {}
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Err(exists(&self.path)),
                // Memory sticks know no second name of a file.
                Err(_) if fs::symlink_metadata(&self.path).is_err() => {
                    fs::rename(beside, &self.path).map_err(failed)?
                }
                Err(e) => return Err(failed(e)),
            }
        }
        fault::passed(Step::File);
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            let _ = fs::remove_file(beside);
        }
    }
}

fn exists(path: &Path) -> Trouble {
    named(
        path,
        said!(
            "the file is there already and was left as it is: name another, or say --force to replace it",
            "文件已存在，未作改动：请另取文件名，或用--force覆盖"
        ),
    )
}
