//! Which rule turns what is known of a place into its risk.

use serde::{Deserialize, Serialize};

/// A named, versioned rule, fixed in the programme's seal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "rule")]
pub enum RiskRule {
    /// Every place is plain.
    #[default]
    #[serde(rename = "plain/1")]
    Plain,
}
