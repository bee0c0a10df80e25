//! Beacons of a second office in the text of a mail: those that it sends, and those that are awaited of it.
//!
//! Mail programs break and quote long lines, so white space and quotation marks of mails count for nothing.

use super::rule::is_link;
use super::{Beacon, hash, number};
use crate::model::Sha256;

const BEGIN: &str = "second:";
const HASH: usize = 64;
/// As many are looked at in one text: proving one takes as many hashes as its number says.
const MOST: usize = 16;

/// Every beacon of a text that proves itself: links of chains that lead to the anchor they name, each
/// once, in the order in which they stand there. Which anchor counts is for the caller to say.
pub fn find_in(text: &str) -> Vec<Beacon> {
    let text = squeezed(text);
    let mut found: Vec<Beacon> = Vec::new();
    for (at, _) in text.match_indices(BEGIN) {
        if found.len() < MOST
            && let Some(beacon) = text.get(at..).and_then(beacon_at)
            && !found.contains(&beacon)
        {
            found.push(beacon);
        }
    }
    found.retain(|beacon| matches!(beacon, Beacon::Second { anchor, t, link } if is_link(anchor, *t, link)));
    found
}

fn beacon_at(text: &str) -> Option<Beacon> {
    let colons: Vec<usize> = text.match_indices(':').take(3).map(|(at, _)| at).collect();
    let whole = colons.get(2)? + 1 + HASH;
    text.get(..whole)?.parse().ok()
}

/// Links of a chain that a digest awaits, each with the root that was sealed for it:
/// `ROOT second:ANCHOR:t:`.
pub fn awaited_in(text: &str, anchor: &Sha256) -> Vec<(u32, Sha256)> {
    let text = squeezed(text);
    let begin = format!("{BEGIN}{anchor}:");
    let mut awaited: Vec<(u32, Sha256)> = text
        .match_indices(&begin)
        .filter_map(|(at, _)| {
            let root = hash(text.get(at.checked_sub(HASH)?..at)?)?;
            let (t, _) = text.get(at + begin.len()..)?.split_once(':')?;
            Some((u32::try_from(number(t)?).ok()?, root))
        })
        .collect();
    awaited.sort();
    awaited.dedup();
    awaited
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '>').collect()
}
