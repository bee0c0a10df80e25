//! What a line of a reply says, before the lines are held against each other.

use super::times::Clock;
use crate::model::{Outcome, Timestamp};
use std::collections::BTreeSet;
use std::ops::Range;

/// Why something is not recorded (REPLIES 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    Unclear,
    Conflict,
    UnknownLine,
    UnknownOutcome,
    AmbiguousName,
    WrongKind,
}

/// How a person was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Code,
    Name,
    Rest,
}

/// One target of a group: a code, a name, or one line of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Indexes into the persons of the assignment; empty where it means nobody.
    pub persons: Range<usize>,
    /// The code as a problem names it; a name where there is no code.
    pub label: String,
    pub by: By,
    /// It means nobody, or nobody in particular.
    pub issue: Option<Why>,
}

impl Target {
    /// A whole line with several persons: then every word that could narrow it matters.
    pub fn is_whole(&self) -> bool {
        self.persons.len() > 1
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Targets(Vec<Target>),
    Rest,
}

/// An outcome with what was said beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub outcome: Outcome,
    /// A stated time that counts.
    pub at: Option<(Clock, Timestamp)>,
    pub remark: Option<String>,
    /// A misspelt word, where the outcome was taken from one.
    pub misspelt: Option<String>,
    /// Whether the outcome stood there in Chinese.
    pub in_chinese: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub about: About,
    pub said: Result<Said, Why>,
    /// It replaces what was said before.
    pub correction: bool,
    /// It stood behind `=>` in a quoted line.
    pub quoted: bool,
    /// Prose that only mentions the targets: it matters where nothing else is said of them.
    pub aside: bool,
    /// Of `rest`: the visit of which one person was named before, so that the rest of its team may be meant.
    pub of_team: Option<usize>,
    /// Whom an unclear statement mentions, and with which outcomes: it stands against another one.
    pub touched: BTreeSet<(usize, Outcome)>,
}
