//! Secrets: only ever in files of their own, never in the configuration, never shown.

use super::shapes;
use crate::model::{Said, Trouble};
use crate::said;
use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Folder in which a service manager hands over credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Where the service manager hands over credentials, if it does.
pub(super) fn credentials(environment: &[(String, String)]) -> Option<PathBuf> {
    environment.iter().find(|(name, _)| name == CREDENTIALS).map(|(_, dir)| PathBuf::from(dir))
}

/// A password or a URL that holds one. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The secret itself: for the one call that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The name of a file whose first line is a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile(PathBuf);

impl SecretFile {
    pub(super) fn parse(text: &str) -> Result<SecretFile, Said> {
        shapes::line(text).map(|path| SecretFile(PathBuf::from(path)))
    }

    pub(super) fn named(name: &str) -> SecretFile {
        SecretFile(PathBuf::from(name))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Finds a relative name: among the service manager's credentials first, then beside the configuration.
    pub(super) fn settle(&mut self, folder: &Path, environment: &[(String, String)]) {
        let handed_over = credentials(environment).map(|dir| dir.join(&self.0)).filter(|path| path.is_file());
        self.0 = handed_over.unwrap_or_else(|| folder.join(&self.0));
    }

    /// Whether other users of this machine can read it; not where it is not there.
    pub fn open_to_others(&self) -> bool {
        std::fs::metadata(&self.0).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
    }

    /// The whole file, which nobody else may read: a key.
    pub fn read_key(&self) -> Result<Vec<u8>, Trouble> {
        let told = |said: Said| Trouble::new(said).in_file(self.0.display().to_string());
        let read = std::fs::metadata(&self.0).and_then(|about| Ok((about, std::fs::read(&self.0)?)));
        let (about, key) = read.map_err(|e| {
            told(said!(
                "cannot read this file with a key ({e}): create it, readable for the service only",
                "无法读取密钥文件（{e}）：请建立该文件，且只允许本服务读取"
            ))
        })?;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(told(said!(
                "others can reach this key: set the file's mode to 600",
                "其他用户可访问此密钥文件：请将权限设为600"
            )));
        }
        Ok(key)
    }

    /// The first line of the file. Read anew each time, so that a changed password needs no restart.
    pub fn read(&self) -> Result<Secret, Trouble> {
        let name = self.0.display().to_string();
        let text = std::fs::read_to_string(&self.0).map_err(|e| {
            Trouble::new(said!(
                "cannot read this file with a password ({e}): create it, readable for the service only",
                "无法读取密码文件（{e}）：请建立该文件，且只允许本服务读取"
            ))
            .in_file(&name)
        })?;
        match text.lines().next().map(str::trim_end).filter(|line| !line.is_empty()) {
            Some(line) => Ok(Secret(line.to_owned())),
            None => Err(Trouble::new(said!(
                "the first line is empty: write the password there",
                "第一行为空：请将密码写在第一行"
            ))
            .in_file(&name)),
        }
    }
}
