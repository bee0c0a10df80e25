//! Flags with the verdict that stands behind them.

use super::Done;
use crate::model::FlagState;
use crate::store::{FlagRow, NewVerdict, Tx};

/// A flag and the current judgement on its observation.
#[derive(Debug, Clone)]
pub struct Standing {
    pub flag: FlagRow,
    pub verdict: NewVerdict,
}

impl Standing {
    /// Whether the evidence still carries the flag: later records may have explained it.
    pub fn holds(&self) -> bool {
        self.verdict.strength.opens_flag()
    }
}

/// Flags whose evidence holds, oldest first; of one state, or of all.
pub async fn standing(tx: &mut Tx, state: Option<FlagState>) -> Done<Vec<Standing>> {
    let all = with_verdicts(tx, state).await?;
    Ok(all.into_iter().filter(Standing::holds).collect())
}

/// Every flag with its current verdict, oldest first.
pub async fn with_verdicts(tx: &mut Tx, state: Option<FlagState>) -> Done<Vec<Standing>> {
    let mut found = Vec::new();
    for flag in tx.flags(state).await? {
        if let Some(row) = tx.last_verdict(&flag.assignment, &flag.line, &flag.person).await? {
            found.push(Standing { flag, verdict: row.judgement });
        }
    }
    Ok(found)
}
