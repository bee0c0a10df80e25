//! Words of a programme that settings, seals and verifiers share.

use serde::{Deserialize, Serialize};

/// Where inspectors of a visit are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pools {
    /// All inspectors of the programme's office and of those below it are one pool.
    #[default]
    One,
    /// One pool an office: each place is checked by the inspectors of its own.
    Offices,
}

/// When the windows of a day are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawAt {
    /// Each window by itself, `lead` before it opens.
    #[default]
    Each,
    /// All together, `lead` before the first one opens: one letter a day.
    Morning,
}
