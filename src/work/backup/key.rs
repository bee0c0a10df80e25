//! The key of backups: a file of its own, kept where the backups are not.

use crate::config::{Backup, SecretFile};
use crate::entropy::Entropy;
use crate::files::{self, How};
use crate::model::sha::{from_hex, to_hex};
use crate::model::{Timestamp, Trouble};
use crate::said;
use crate::work::Done;
use hmac::{Hmac, Mac};

const FIRST_LINE: &str = "spotcheck backup key/1";

/// 32 random bytes. They are never shown.
pub struct BackupKey([u8; 32]);

impl BackupKey {
    /// # Errors
    /// It is not there, others can read it, or it is damaged.
    pub fn read(file: &SecretFile) -> Result<BackupKey, Trouble> {
        let text = file.read_key().map_err(|mut trouble| {
            if !file.path().exists() {
                trouble.said = said!(
                    "the key of backups is not here: bring it back from where its copy is kept, or make a new one with `spotcheck backup --new-key` if there never was one",
                    "此处没有备份密钥：请从另存处取回；若从未有过，请用“spotcheck backup --new-key”生成"
                );
            }
            trouble
        })?;
        let text = String::from_utf8(text).unwrap_or_default();
        let key = text.strip_prefix(FIRST_LINE).and_then(|rest| from_hex(rest.trim())?.try_into().ok());
        key.map(BackupKey).ok_or_else(|| {
            Trouble::new(said!(
                "this is no key of backups, or it is damaged: bring it back from where its copy is kept",
                "这不是备份密钥，或已损坏：请从另存处取回"
            ))
            .in_file(file.path().display().to_string())
        })
    }

    /// Writes a new key for its owner alone; one that is there stays.
    ///
    /// # Errors
    /// There is one, or it cannot be written.
    pub fn create(settings: &Backup, entropy: &Entropy, now: Timestamp) -> Done<()> {
        let key = entropy.bytes("backup key", &now.0.to_string())?;
        let text = format!("{FIRST_LINE}\n{}\n", to_hex(&key));
        let how = How { force: false, private: true };
        let path = settings.key_file.path();
        if path.exists() {
            return Err(Trouble::new(said!(
                "there is a key already, and older backups may need it: move it away and keep it before you make another",
                "已有备份密钥，较早的备份可能还要用它：请先移走并保存，再生成新的"
            ))
            .in_file(path.display().to_string())
            .into());
        }
        Ok(files::write(path, text.as_bytes(), how)?)
    }

    /// The key of one backup: `HMAC-SHA256(key, purpose LF salt)`.
    pub(super) fn of(&self, purpose: &str, salt: &str) -> [u8; 32] {
        let mut mac = <Hmac<sha2::Sha256> as Mac>::new_from_slice(&self.0)
            .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        mac.update(format!("{purpose}\n{salt}").as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Which key it is: nothing that helps to find it.
    pub fn name(&self) -> String {
        to_hex(&self.of("spotcheck backup key", "name")).chars().take(12).collect()
    }
}
