//! Files that a command writes where a person asked for them.

use crate::files::How;
use crate::model::Trouble;
use crate::said;

/// The one rule for all commands: what is there stays, unless a person says so.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Force {
    /// Replaces a file that is there already.
    #[arg(long)]
    pub force: bool,
}

impl Force {
    pub fn how(self) -> How {
        How { force: self.force, private: false }
    }

    /// What came from outside is its reader's alone.
    pub fn private(self) -> How {
        How { force: self.force, private: true }
    }
}

/// A page that its template did not make.
pub fn no_page() -> Trouble {
    Trouble::new(said!("the page could not be made", "页面无法生成"))
}
