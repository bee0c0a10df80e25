//! Recomputes one window from its bundle and names the line that does not follow (DRAW 4).
//!
//! - `bound`: the entries of the public log chain, and say which window this is.
//! - `keys`: the links lead to the sealed anchors; the beacon is the one that was awaited.
//! - `rows`: the frame has the sealed root and digests, and its chances follow from the terms.
//! - `list`: seed, tickets, decisions, deals, minutes and the list's hash.
//!
//! The rules themselves are those of the room: nothing of the draw is written here a second time.

mod bound;
mod finding;
mod keys;
mod list;
mod play;
mod rows;

pub use bound::{Binding, OVERTAKEN};
pub use finding::{At, Finding};
pub use play::{deals, lines, redeal};

use super::bundle::{Bundle, BundleKind, FORMAT};
use super::entry::SealEntry;
use super::{Terms, back_check};
use crate::model::{Sha256, WindowId};
use crate::said;

/// What one bundle amounts to.
#[derive(Debug, Clone)]
pub struct Checked {
    pub window: WindowId,
    pub kind: BundleKind,
    /// It is of the finished visits that were drawn again with this window.
    pub is_back_check: bool,
    pub findings: Vec<Finding>,
    /// Where the log's entries could be read: what they bind.
    pub bound: Option<BoundWindow>,
}

/// The window as the log binds it.
#[derive(Debug, Clone)]
pub struct BoundWindow {
    pub terms: Terms,
    pub seal: SealEntry,
    /// Before and after each entry, and the hash of its text.
    pub links_of_log: Vec<(Sha256, Sha256)>,
    /// Of all that is the same in every true bundle of this window.
    pub fingerprint: Sha256,
    /// The beacon's text; none in a void record.
    pub beacon: Option<String>,
}

/// Checks one bundle. More than a handful of findings say no more than the first ones.
pub fn check(bundle: &Bundle) -> Checked {
    let mut findings = Vec::new();
    let is_back_check = bundle.format == back_check::FORMAT;
    if bundle.format != FORMAT && !is_back_check {
        let other = &bundle.format;
        findings.push(Finding::new(
            At::Window,
            said!("the form is “{other}”, expected “{FORMAT}”", "格式为“{other}”，应为“{FORMAT}”"),
        ));
    }
    let binding = bound::read(bundle, &mut findings);
    if let (Some(binding), Some(evidence)) = (&binding, &bundle.draw) {
        let keys = keys::check(binding, evidence, &mut findings);
        if let Some((frame, root)) = rows::check(bundle.kind, binding, evidence, &mut findings)
            && let Some(seed) = keys.and_then(|key| keys::seed(&key, binding, evidence, &root))
        {
            list::check(binding, evidence, &seed, (&frame, root), &mut findings);
        }
    }
    let bound = binding.map(|binding| BoundWindow {
        fingerprint: binding.fingerprint(bundle),
        beacon: bundle.draw.as_ref().map(|draw| draw.beacon.clone()),
        links_of_log: bundle.log.iter().map(|b| (b.before, b.head)).collect(),
        terms: binding.terms,
        seal: binding.seal,
    });
    Checked { window: bundle.window.clone(), kind: bundle.kind, is_back_check, findings, bound }
}
