//! Beacons of a second office in the text of a mail: those that it sends, and those that are awaited of it.

use super::rule::is_link;
use super::{Beacon, hash, number};
use crate::model::Sha256;

/// As many are looked at in one text: proving one takes as many hashes as its number says.
const MOST: usize = 16;

/// Every beacon of a text that proves itself: links of chains that lead to the anchor they name, each
/// once, in the order in which they stand there. What anchor counts is for the caller to say.
pub fn find_in(text: &str) -> Vec<Beacon> {
    let mut found: Vec<Beacon> = Vec::new();
    for beacon in words(text).filter_map(|word| word.parse().ok()).filter(|b| matches!(b, Beacon::Second { .. })) {
        if found.len() < MOST && !found.contains(&beacon) {
            found.push(beacon);
        }
    }
    found.retain(|beacon| matches!(beacon, Beacon::Second { anchor, t, link } if is_link(anchor, *t, link)));
    found
}

/// Links of a chain that a digest awaits, each with the root that was sealed for it: `ROOT second:ANCHOR:t:`,
/// whatever white space the mail has put between them.
pub fn awaited_in(text: &str, anchor: &Sha256) -> Vec<(u32, Sha256)> {
    let words: Vec<&str> = words(text).collect();
    let pairs = words.iter().zip(words.iter().skip(1));
    let mut awaited: Vec<(u32, Sha256)> =
        pairs.filter_map(|(root, prefix)| Some((link_awaited(prefix, anchor)?, hash(root)?))).collect();
    awaited.sort();
    awaited.dedup();
    awaited
}

fn link_awaited(prefix: &str, anchor: &Sha256) -> Option<u32> {
    let (named, t) = prefix.strip_prefix("second:")?.strip_suffix(':')?.split_once(':')?;
    u32::try_from(number(t)?).ok().filter(|_| hash(named) == Some(*anchor))
}

/// Runs of the characters that such a beacon is made of.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':')).filter(|word| !word.is_empty())
}
