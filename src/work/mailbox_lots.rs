//! Mails of a mailbox, cut into what is fetched and stored together.

use super::intake::{BATCH_BYTES, Piece};
use crate::mail::LARGEST_MAIL;
use std::collections::BTreeMap;

/// A mail that weighs this much is left behind.
const HOPELESS: u32 = 6;

/// What is fetched and stored together.
#[derive(Default)]
pub(super) struct Lot {
    pub uids: Vec<u32>,
    pub bytes: u64,
    /// Not to be fetched: notes stand for them.
    pub left: Vec<(u32, Piece)>,
}

/// Mails that are there, in lots of at most so many; what is too large or hopeless is not fetched. `weighed`: UIDs with
/// what they weigh; `sizes`: of those that are there; `at`: where a mail is, in words.
pub(super) fn lots(
    weighed: impl Iterator<Item = (u32, u32)>,
    sizes: &BTreeMap<u32, u64>,
    most: usize,
    at: impl Fn(u32) -> String,
) -> Vec<Lot> {
    let mut lots = vec![Lot::default()];
    for (uid, weight, size) in weighed.filter_map(|(uid, weight)| Some((uid, weight, *sizes.get(&uid)?))) {
        let full = |lot: &Lot| {
            lot.uids.len() + lot.left.len() >= most || !lot.uids.is_empty() && lot.bytes + size > BATCH_BYTES
        };
        if lots.last().is_none_or(full) {
            lots.push(Lot::default());
        }
        let Some(lot) = lots.last_mut() else { continue };
        if weight >= HOPELESS {
            lot.left.push((uid, Piece::Unreadable(at(uid))));
        } else if size > LARGEST_MAIL {
            lot.left.push((uid, Piece::TooLarge(at(uid))));
        } else {
            lot.uids.push(uid);
            lot.bytes += size;
        }
    }
    lots.retain(|lot| !lot.uids.is_empty() || !lot.left.is_empty());
    lots
}
