//! Assignments as their replies are read, kept from one reply to the next: inspectors answer visit by visit, and to
//! make one ready (its letter written again, its names) takes longer than to read what was answered.

use super::sent::{Known, file};
use super::{Context, Done};
use crate::model::AssignmentId;
use crate::reply::Sent;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Kept of each generation: those of a morning's first thousand inspectors.
const MOST: usize = 1024;

/// Two generations: whatever nobody answered while as many others were answered is let go.
#[derive(Default)]
pub struct SentLately {
    kept: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<AssignmentId, One>,
    old: HashMap<AssignmentId, One>,
}

struct One {
    /// What it was made of.
    known: Known,
    sent: Arc<Sent>,
}

impl SentLately {
    /// The assignment as its reply is read. What was kept is used only where it is made of the very same.
    pub(super) fn of(&self, ctx: &Context, known: &Known) -> Done<Arc<Sent>> {
        if let Some(sent) = self.kept().find(known) {
            return Ok(sent);
        }
        let sent = Arc::new(Sent::try_from(file(ctx, known)?)?);
        self.kept().keep(One { known: known.clone(), sent: Arc::clone(&sent) });
        Ok(sent)
    }

    fn kept(&self) -> MutexGuard<'_, Generations> {
        // Nothing that is kept is ever half changed.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn find(&mut self, known: &Known) -> Option<Arc<Sent>> {
        if let Some(one) = self.young.get(&known.row.id) {
            return one.still(known);
        }
        let one = self.old.remove(&known.row.id)?;
        let sent = one.still(known)?;
        self.keep(one);
        Some(sent)
    }

    fn keep(&mut self, one: One) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(one.known.row.id.clone(), one);
    }
}

impl One {
    fn still(&self, known: &Known) -> Option<Arc<Sent>> {
        self.known.is_same(known).then(|| Arc::clone(&self.sent))
    }
}
