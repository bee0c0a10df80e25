//! The second office: holds a chain whose links are the beacons of another office's windows (DRAW 3).
//!
//! It gives a link only when it holds the mail with the root that was sealed for it, so that the frame
//! was fixed before. Beside the chain's file stands the list of what was released: no link below one that
//! is known is ever given for a frame that came later, and no link twice for two roots.

use crate::draw::beacon::find::awaited_in;
use crate::draw::chain::is_test_anchor;
use crate::draw::{Beacon, Chain};
use crate::fault::{self, Step};
use crate::files::{self, How};
use crate::model::sha::{from_hex, to_hex};
use crate::model::time::DAY;
use crate::model::window::SPACING;
use crate::model::{Said, Sha256, Timestamp, Trouble};
use crate::reply::{Text, envelope, text_of};
use crate::said;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const CHAIN: &str = "spotcheck second/1";
const LIST: &str = "spotcheck released/1";
/// A window is sealed at most this long before it opens: over the longest holidays.
const AHEAD: i64 = 14 * DAY;

/// A link that was given, for which root, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Released {
    t: u32,
    root: Sha256,
    at: Timestamp,
}

/// Writes a new chain into a file that only its owner can read; gives the anchor to publish. A list whose chain never
/// came to be, as a power cut leaves it, makes room.
///
/// # Errors
/// The file exists or cannot be written; there is a list of links that were given.
pub fn create(path: &Path, end: [u8; 32], now: Timestamp) -> Result<Sha256, Trouble> {
    let anchor = Chain::from_end(end).anchor();
    let list = list_of(path);
    for (file, stands) in [(path, path.exists()), (&list, is_in_use(&list)?)] {
        if stands {
            return Err(exists(file));
        }
    }
    // The list first: a chain without one is refused.
    files::write(&list, format!("{LIST} {anchor}\n").as_bytes(), How { force: true, private: true })?;
    let chain = format!("{CHAIN}\n{now}\n{}\n", to_hex(&end));
    files::write(path, chain.as_bytes(), How { force: false, private: true })?;
    Ok(anchor)
}

/// Gives link `t` for the root that a digest mail names with it, and lists it first.
///
/// # Errors
/// The mail does not await that link of this chain, the link lies behind or far ahead of what is known,
/// or was given for another root.
pub fn release(path: &Path, t: u32, mail: &[u8], now: Timestamp) -> Result<Beacon, Trouble> {
    let (file, chain, created) = open(path)?;
    file.try_lock().map_err(|_| {
        let said = said!("another process holds this file: wait for it", "该文件正被另一进程占用：请稍候");
        Trouble::new(said).in_file(shown(path))
    })?;
    let anchor = chain.anchor();
    let list = list_of(path);
    let List { released, whole } = read_list(&list, &anchor)?;
    let root = root_of(mail, &anchor, t).map_err(Trouble::new)?;
    let listed = may_release(&released, Released { t, root, at: now }, created).map_err(Trouble::new)?;
    let link = chain.key(t).ok_or_else(|| {
        let said = said!("the chain has no link {t}: create a new one", "密钥链没有第{t}环：请另建新链");
        Trouble::new(said).in_file(shown(path))
    })?;
    if !listed {
        let line = format!("released {t} {root} {now}\n");
        let mut file = OpenOptions::new().write(true).open(&list).map_err(|e| failed(&list, &e))?;
        let written = file.set_len(whole).and_then(|()| file.seek(SeekFrom::End(0)));
        written
            .and_then(|_| file.write_all(line.as_bytes()))
            .and_then(|()| file.sync_all())
            .map_err(|e| failed(&list, &e))?;
        fault::passed(Step::Custody);
    }
    Ok(Beacon::Second { anchor, t, link: *link.reveal() })
}

/// The root that a mail names for a link of this chain.
fn root_of(mail: &[u8], anchor: &Sha256, t: u32) -> Result<Sha256, Said> {
    let unreadable = || {
        said!(
            "this mail cannot be read: save the whole digest mail as .eml and name that file",
            "无法读取该邮件：请将日报邮件整封另存为.eml再指定"
        )
    };
    let Ok(mail) = envelope(mail) else { return Err(unreadable()) };
    let Text::Found(text) = text_of(&mail) else { return Err(unreadable()) };
    let roots: Vec<Sha256> = awaited_in(text, anchor).into_iter().filter(|(n, _)| *n == t).map(|(_, r)| r).collect();
    match roots[..] {
        [root] => Ok(root),
        [] => Err(said!(
            "this mail awaits no link {t} of this chain: it must be the digest that names root and link",
            "该邮件并未要求本链第{t}环：须为写明根值和环号的日报"
        )),
        _ => Err(said!(
            "this mail names two roots for link {t}: give no link, and ask the other office why",
            "该邮件为第{t}环写了两个根值：请勿提供链环，并向对方询问"
        )),
    }
}

/// Whether a link may be given; `true` where it was given before, for the same root.
fn may_release(released: &[Released], asked: Released, created: Timestamp) -> Result<bool, Said> {
    let Released { t, root, at } = asked;
    if let Some(before) = released.iter().find(|r| r.t == t) {
        if before.root == root {
            return Ok(true);
        }
        return Err(said!(
            "link {t} was given for another root: the other office sealed two frames for one window, so keep both mails and tell those who verify",
            "第{t}环已为另一根值提供过：对方为同一时段封存了两份名册，请保留两封邮件并告知核验人员"
        ));
    }
    if let Some(later) = released.iter().map(|r| r.t).filter(|given| *given > t).max() {
        return Err(said!(
            "link {later} was given, and whoever has it can compute link {t}: a frame sealed after that proves nothing",
            "第{later}环已提供，由它可算出第{t}环：此后封存的名册不再有证明力"
        ));
    }
    let links = |from: Timestamp, slack: i64| (at.0 - from.0 + AHEAD + slack).max(0) / SPACING;
    let mut last = 1 + links(created, 0);
    for given in released {
        last = last.min(i64::from(given.t) + links(given.at, DAY));
    }
    if i64::from(t) > last {
        return Err(said!(
            "link {t} belongs to a window far in the future, and would give away all before it: give no link, and ask the other office why",
            "第{t}环属于很久以后的时段，会泄露此前所有链环：请勿提供，并向对方询问"
        ));
    }
    Ok(false)
}

fn list_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".released");
    PathBuf::from(name)
}

fn exists(path: &Path) -> Trouble {
    Trouble::new(said!(
        "the file exists and is never overwritten: name another one",
        "文件已存在，不会覆盖：请另取文件名"
    ))
    .in_file(shown(path))
}

/// Whether a file stands there that says more than the name of its chain.
fn is_in_use(list: &Path) -> Result<bool, Trouble> {
    match std::fs::read_to_string(list) {
        Ok(text) => Ok(!text.is_empty() && (text.lines().count() != 1 || !text.starts_with(LIST))),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
        Err(e) => Err(failed(list, &e)),
    }
}

/// The file for its lock, the chain, and when it was made.
fn open(path: &Path) -> Result<(File, Chain, Timestamp), Trouble> {
    let mut file = File::open(path).map_err(|e| failed(path, &e))?;
    refuse_others(&file, path)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|e| failed(path, &e))?;
    let parts = || {
        let [CHAIN, created, end] = text.lines().collect::<Vec<_>>()[..] else { return None };
        let end: [u8; 32] = from_hex(end)?.try_into().ok()?;
        Some((Chain::from_end(end), Timestamp::parse(created)?))
    };
    let (chain, created) = parts().filter(|(chain, _)| !is_test_anchor(&chain.anchor())).ok_or_else(|| {
        let said = said!(
            "this is no chain of a second office, or it is damaged: name the file that `spotcheck beacon create` wrote",
            "这不是第二单位的密钥链文件，或已损坏：请指定“spotcheck beacon create”生成的文件"
        );
        Trouble::new(said).in_file(shown(path))
    })?;
    Ok((file, chain, created))
}

#[cfg(unix)]
fn refuse_others(file: &File, path: &Path) -> Result<(), Trouble> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(|e| failed(path, &e))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Trouble::new(said!(
        "others can read this file: set its mode to 600, and create a new chain if anybody may have read it",
        "其他用户可读取该文件：请将权限设为600；若可能已被读取，请另建新链"
    ))
    .in_file(shown(path)))
}

#[cfg(not(unix))]
fn refuse_others(_file: &File, _path: &Path) -> Result<(), Trouble> {
    Ok(())
}

struct List {
    released: Vec<Released>,
    /// Bytes of whole lines. What stands behind them is the torn rest of a line: its link was not given.
    whole: u64,
}

fn read_list(path: &Path, anchor: &Sha256) -> Result<List, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|e| failed(path, &e))?;
    let damaged = |row| {
        let said = said!(
            "this line of the list of released links is damaged, so nobody knows what is known: bring it back from its backup, or create a new chain",
            "已提供链环的清单此行已损坏，无法得知哪些已为人知：请从备份恢复，或另建新链"
        );
        Trouble::new(said).in_file(shown(path)).at_row(row)
    };
    let whole = text.rfind('\n').map_or(0, |at| at + 1);
    let mut lines = (1..).zip(text[..whole].lines());
    if lines.next().is_none_or(|(_, first)| first != format!("{LIST} {anchor}")) {
        return Err(damaged(text.lines().count().max(1) as u64));
    }
    let released =
        lines.map(|(row, line)| released_line(line).ok_or_else(|| damaged(row))).collect::<Result<_, _>>()?;
    Ok(List { released, whole: whole as u64 })
}

fn released_line(line: &str) -> Option<Released> {
    let ["released", t, root, at] = line.split(' ').collect::<Vec<_>>()[..] else { return None };
    Some(Released { t: t.parse().ok()?, root: root.parse().ok()?, at: Timestamp::parse(at)? })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn failed(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::new(said!("the file cannot be read or written: {error}", "无法读写该文件：{error}")).in_file(shown(path))
}
