//! The secrets behind reply keys: a 0600 file beside the chains, never in the database.
//!
//! One line a generation: `KID HEX`. The last makes new keys; the one before is still accepted, so
//! that a rotation does not lock out letters that are on the road.

use super::Done;
use crate::entropy::{Entropy, derived};
use crate::files::{self, How};
use crate::model::key::KeyUse;
use crate::model::key::ReplyKey;
use crate::model::sha::{from_hex, to_hex};
use crate::model::{AssignmentId, CaseId, CaseLetter, InspectorId, Timestamp, Trouble};
use crate::said;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The file's name in the folder of keys.
const FILE: &str = "reply.keys";

pub struct Secrets {
    /// (kid, secret), oldest first; never empty.
    generations: Vec<(i64, Vec<u8>)>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({} generations)", self.generations.len())
    }
}

/// Whoever reads the secrets can answer for every inspector.
fn refuse_open_to_others(path: &Path) -> Result<(), Trouble> {
    let mode = fs::metadata(path).map_or(0, |about| about.permissions().mode());
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Trouble::new(said!(
        "others can reach the reply secrets: set the file's mode to 600",
        "其他用户可访问回复密钥文件：请将权限设为600"
    ))
    .in_file(path.display().to_string()))
}

impl Secrets {
    /// Writes the first generation, unless there is a file already.
    pub fn create(dir: &Path, entropy: &Entropy) -> Done<()> {
        let path = dir.join(FILE);
        if path.exists() {
            return Ok(());
        }
        let secret = entropy.bytes("reply secret", "1")?;
        Ok(files::write(&path, format!("1 {}\n", to_hex(&secret)).as_bytes(), How { force: false, private: true })?)
    }

    pub fn open(dir: &Path) -> Done<Secrets> {
        let path = dir.join(FILE);
        let text = fs::read_to_string(&path).map_err(|e| {
            let said = match e.kind() {
                ErrorKind::NotFound => said!(
                    "the reply secrets are missing: restore the folder of keys from its backup (`spotcheck init` makes them for a new installation)",
                    "缺少回复密钥文件：请从备份恢复密钥目录（新安装由“spotcheck init”生成）"
                ),
                _ => said!(
                    "the reply secrets cannot be read ({e}): let the account that runs spotcheck read them, and nobody else",
                    "无法读取回复密钥文件（{e}）：请只允许运行spotcheck的账户读取"
                ),
            };
            Trouble::new(said).in_file(path.display().to_string())
        })?;
        refuse_open_to_others(&path)?;
        let generations: Option<Vec<(i64, Vec<u8>)>> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                let (kid, hex) = line.split_once(' ')?;
                Some((kid.parse().ok()?, from_hex(hex.trim()).filter(|secret| secret.len() >= 32)?))
            })
            .collect();
        match generations {
            Some(generations) if !generations.is_empty() => Ok(Secrets { generations }),
            _ => Err(Trouble::new(said!(
                "the file of reply secrets is damaged: each line is a number, a space and 64 hex digits; restore it from its backup",
                "回复密钥文件已损坏：每行应为编号、空格和64位十六进制数；请从备份恢复"
            ))
            .in_file(path.display().to_string())
            .into()),
        }
    }

    /// The generation that makes new keys.
    pub fn newest(&self) -> i64 {
        self.generations.last().map_or(0, |(kid, _)| *kid)
    }

    /// The key of an assignment; `None` where its generation is no longer among the two that live.
    pub fn key(
        &self,
        kid: i64,
        used_for: KeyUse,
        assignment: &AssignmentId,
        inspector: &InspectorId,
        closes: Timestamp,
    ) -> Option<ReplyKey> {
        Some(ReplyKey::make(self.secret(kid)?, used_for, assignment, inspector, closes))
    }

    /// The key of a letter of a case, likewise.
    pub fn key_of_case(&self, kid: i64, case: &CaseId, letter: CaseLetter, written: Timestamp) -> Option<ReplyKey> {
        Some(ReplyKey::of_case(self.secret(kid)?, case, letter, written))
    }

    /// What the codes of an account's second factor are made from; `None` where its generation is gone. Rotation
    /// ends the life of reply keys, not of these.
    pub fn of_second_factor(&self, kid: i64, account: &str, number: i64) -> Option<[u8; 20]> {
        let (_, secret) = self.generations.iter().find(|(known, _)| *known == kid)?;
        let whole = derived(secret, "second factor", &format!("{account}\n{number}"));
        whole.first_chunk().copied()
    }

    fn secret(&self, kid: i64) -> Option<&[u8]> {
        self.generations.iter().rev().take(2).find(|(known, _)| *known == kid).map(|(_, secret)| secret.as_slice())
    }
}
