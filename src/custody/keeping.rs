//! Where a custodian keeps a chain: the names of its two files.

use crate::model::{OfficeId, ProgrammeId};
use std::path::{Path, PathBuf};

/// One chain of one custodian, of one generation of a programme's seal in an office.
///
/// Its files are named `PROGRAMME@OFFICE.chain` and `.mark`, with `@CUSTODIAN` behind the office where
/// there are several custodians, and `.GENERATION` from the second one on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeping {
    dir: PathBuf,
    /// Where a service manager hands over credentials: a chain's end may be one of them.
    credentials: Option<PathBuf>,
    name: String,
    generation: u32,
}

impl Keeping {
    /// The first chain of a sole custodian.
    pub fn new(dir: &Path, programme: &ProgrammeId, office: &OfficeId) -> Keeping {
        // No name can hold an @.
        Keeping { dir: dir.to_owned(), credentials: None, name: format!("{programme}@{office}"), generation: 1 }
    }

    /// The chain of one among several custodians.
    #[must_use]
    pub fn of_custodian(mut self, custodian: &str) -> Keeping {
        self.name = format!("{}@{custodian}", self.name);
        self
    }

    #[must_use]
    pub fn of_generation(mut self, generation: u32) -> Keeping {
        self.generation = generation;
        self
    }

    #[must_use]
    pub fn with_credentials(mut self, folder: Option<&Path>) -> Keeping {
        self.credentials = folder.map(Path::to_owned);
        self
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The secret end: among the credentials if it is there, else in the folder.
    pub(super) fn chain(&self) -> PathBuf {
        let name = self.file("chain");
        let handed_over = self.credentials.as_ref().map(|dir| dir.join(&name)).filter(|path| path.is_file());
        handed_over.unwrap_or_else(|| self.dir.join(name))
    }

    pub(super) fn mark(&self) -> PathBuf {
        self.dir.join(self.file("mark"))
    }

    fn file(&self, kind: &str) -> String {
        match self.generation {
            1 => format!("{}.{kind}", self.name),
            later => format!("{}.{later}.{kind}", self.name),
        }
    }
}
