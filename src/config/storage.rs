//! `[storage]`, `[keys]` and `[calendar]`: what lies where.

use super::reader::Section;
use super::secret::{Secret, SecretFile};
use super::shapes;
use crate::model::{Said, Trouble};
use crate::said;
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    Sqlite(PathBuf),
    /// `postgres://…`, without a password.
    Postgres(String),
}

impl Database {
    /// `sqlite:FILE` or `postgres://…`, as `storage.url` has it.
    ///
    /// # Errors
    /// It is neither, or a password stands in it.
    pub fn parse(text: &str) -> Result<Database, Said> {
        database(text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    pub database: Database,
    pub password_file: Option<SecretFile>,
}

/// Chains, their marks and the secrets of reply keys: a folder outside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    pub dir: PathBuf,
    /// Where the service manager hands over credentials, if it does: ends of chains may be among them.
    pub credentials: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Files of holidays and make-up workdays, beside the one built in.
    pub files: Vec<PathBuf>,
    /// Where those are kept that were imported; it need not be there.
    pub folder: PathBuf,
}

/// `[imports]`: layouts of an office's own files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imports {
    /// A folder of mappings that add to the shipped ones or replace them.
    pub mappings: Option<PathBuf>,
}

impl Imports {
    pub(super) fn read(mut section: Section<'_>) -> Imports {
        let mappings = section.parsed("mappings", path);
        section.finish();
        Imports { mappings }
    }
}

impl Storage {
    pub(super) fn read(mut section: Section<'_>) -> Storage {
        let database =
            section.parsed("url", database).unwrap_or_else(|| Database::Sqlite(PathBuf::from("spotcheck.db")));
        let password_file = section.parsed("password_file", SecretFile::parse);
        if password_file.is_some() && matches!(database, Database::Sqlite(_)) {
            section.trouble(
                "password_file",
                said!(
                    "SQLite takes no password: remove this line, or set url to postgres://…",
                    "SQLite不需要密码：请删去此行，或将url设为postgres://…"
                ),
            );
        }
        section.finish();
        Storage { database, password_file }
    }

    /// Whether the database file is where it should be: a new one in its place would look like a quiet office.
    pub fn is_there(&self) -> Result<(), Trouble> {
        match &self.database {
            Database::Sqlite(path) if !path.exists() => Err(Trouble::new(said!(
                "the database is not here: put it back where it was, or restore its backup, or correct storage.url; only `spotcheck init` makes a new one",
                "此处没有数据库：请将其放回原处，或从备份恢复，或更正storage.url；只有spotcheck init会新建数据库"
            ))
            .in_file(path.display().to_string())),
            Database::Sqlite(_) | Database::Postgres(_) => Ok(()),
        }
    }

    /// The whole URL, with the password from its file: for opening the database and for nothing else.
    pub fn connection(&self) -> Result<Secret, Trouble> {
        let url = match &self.database {
            Database::Sqlite(path) => return Ok(Secret::new(format!("sqlite:{}", path.display()))),
            Database::Postgres(url) => url,
        };
        let Some(file) = &self.password_file else { return Ok(Secret::new(url.clone())) };
        let password = percent_encoded(file.read()?.reveal());
        let joint = if url.contains('?') { '&' } else { '?' };
        Ok(Secret::new(format!("{url}{joint}password={password}")))
    }
}

impl Keys {
    pub(super) fn read(mut section: Section<'_>) -> Keys {
        let dir = section.parsed("dir", path).unwrap_or_else(|| PathBuf::from("keys"));
        section.finish();
        Keys { dir, credentials: None }
    }
}

/// How long things are kept after their time, in months; 0: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    pub phones_months: u32,
    pub mail_months: u32,
    pub work_months: u32,
    pub flags_months: u32,
}

impl Retention {
    pub(super) fn read(mut section: Section<'_>) -> Retention {
        let mut months = |key, usual| section.number(key, 0..=600, usual);
        let read = Retention {
            phones_months: months("phones_months", 12),
            mail_months: months("mail_months", 24),
            work_months: months("work_months", 24),
            flags_months: months("flags_months", 36),
        };
        section.finish();
        read
    }
}

impl Calendar {
    pub(super) fn read(mut section: Section<'_>) -> Calendar {
        let files = section.list("files", path).unwrap_or_default();
        let folder = section.parsed("folder", path).unwrap_or_else(|| PathBuf::from("calendars"));
        section.finish();
        Calendar { files, folder }
    }
}

pub(super) fn path(text: &str) -> Result<PathBuf, Said> {
    shapes::line(text).map(PathBuf::from)
}

fn database(text: &str) -> Result<Database, Said> {
    let unknown = || {
        said!(
            "this is not a database: expected sqlite:FILE or postgres://USER@HOST/NAME",
            "此处应为数据库地址：sqlite:文件名，或postgres://用户@主机/库名"
        )
    };
    if let Some(rest) = text.strip_prefix("sqlite:") {
        let file = rest.strip_prefix("//").unwrap_or(rest);
        if file.is_empty() || file == ":memory:" || file.contains('?') {
            return Err(said!(
                "expected a file after sqlite:, such as sqlite:spotcheck.db",
                "sqlite:之后应为文件名，如sqlite:spotcheck.db"
            ));
        }
        return path(file).map(Database::Sqlite);
    }
    let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")).ok_or_else(unknown)?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    if user.contains(':') || rest.contains("password=") {
        return Err(said!(
            "a password must not stand here: put it into a file of its own and name that in password_file",
            "密码不能写在这里：请另存为单独的文件，并在password_file中写明文件名"
        ));
    }
    if rest.is_empty() { Err(unknown()) } else { Ok(Database::Postgres(text.to_owned())) }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
