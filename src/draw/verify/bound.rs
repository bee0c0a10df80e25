//! The entries of the log that bind a window.

use super::{At, Finding};
use crate::draw::bundle::{Bundle, BundleKind};
use crate::draw::entry::{Entry, SealEntry};
use crate::draw::log::next_head;
use crate::draw::{Chance, Terms, back_check};
use crate::model::{Said, Sha256};
use crate::said;

/// Why a window can be void after its draw.
pub const OVERTAKEN: &str = "calendar_changed";

/// What the log says of the window.
#[derive(Debug, Clone)]
pub struct Binding {
    pub terms: Terms,
    pub seal: SealEntry,
    /// Hash of the list, where the window was drawn.
    pub list: Option<Sha256>,
    /// Hashes of the lists that were dealt again, by round.
    pub redeals: Vec<(u32, Sha256)>,
    /// Of a back-check: the share of finished visits that is drawn.
    pub share: Option<Chance>,
}

impl Binding {
    /// Two true bundles of one window have the same, whatever they show.
    pub(super) fn fingerprint(&self, bundle: &Bundle) -> Sha256 {
        let mut text = String::new();
        for bound in &bundle.log {
            text += &bound.head.hex();
        }
        if let Some(evidence) = &bundle.draw {
            text += &evidence.beacon;
            evidence.links.iter().for_each(|link| text += &link.hex());
        }
        Sha256::of(text.as_bytes())
    }
}

/// Reads the entries and holds them against the bundle's kind and window.
pub(super) fn read(bundle: &Bundle, findings: &mut Vec<Finding>) -> Option<Binding> {
    let is_back_check = bundle.format == back_check::FORMAT;
    let window = if is_back_check { back_check::name_of(&bundle.window) } else { bundle.window.to_string() };
    let mut share = None;
    let (mut terms, mut seal, mut list, mut void, mut redeals) = (None, None, None, false, Vec::new());
    let mut stage = 0;
    for (number, bound) in bundle.log.iter().enumerate() {
        let at = At::Entry(number + 1);
        let mut found = |said: Said| findings.push(Finding::new(at.clone(), said));
        if next_head(&bound.before, bound.entry.as_bytes()) != bound.head {
            found(said!(
                "the head does not follow from the entry and the head before it",
                "日志头与此条及上一日志头不符"
            ));
        }
        let entry = match Entry::read(&bound.entry) {
            Ok(entry) => entry,
            Err(said) => {
                found(said);
                continue;
            }
        };
        let (of, place) = match &entry {
            Entry::Programme(_) => (None, 1),
            Entry::BackCheckSeal(back) if is_back_check => (Some(&back.seal.window), 2),
            Entry::BackCheckDraw { window, .. } if is_back_check => (Some(window), 3),
            _ if is_back_check => (None, 0),
            Entry::Seal(seal) => (Some(&seal.window), 2),
            Entry::Draw { window, .. } => (Some(window), 3),
            Entry::Redeal { window, .. } => (Some(window), 4),
            // A drawn window that the calendar overtakes before it begins (DRAW 3).
            Entry::Void { window, reason, .. } if list.is_some() && reason == OVERTAKEN => (Some(window), 5),
            Entry::Void { window, .. } if list.is_none() => (Some(window), 3),
            _ => (None, 0),
        };
        if place == 0 || place < stage || (place == stage && place != 4) {
            found(said!(
                "this entry does not belong here: expected the programme, its seal, its draw or void, what was dealt again, a void by the calendar",
                "此条不应出现在这里：应依次为项目、封存、抽取或作废、重新分派、因日历变动作废"
            ));
            continue;
        }
        if of.is_some_and(|of| *of != window) {
            found(said!("this entry is about another window", "此条属于另一时段"));
            continue;
        }
        stage = place;
        match entry {
            Entry::Programme(read) => terms = Some(*read),
            Entry::Seal(read) => seal = Some(*read),
            Entry::BackCheckSeal(read) => {
                share = Chance::new(read.share);
                seal = Some(read.seal);
            }
            Entry::Draw { list: mac, t, .. } | Entry::BackCheckDraw { list: mac, t, .. } => {
                if seal.as_ref().is_some_and(|seal: &SealEntry| seal.t != t) {
                    found(said!("t differs from the seal's", "t与封存记录不同"));
                }
                list = Some(mac);
            }
            Entry::Void { .. } => void = true,
            Entry::Redeal { round, list, .. } => redeals.push((round, list)),
            _ => {}
        }
    }
    let mut found = |said: Said| findings.push(Finding::new(At::Window, said));
    let (Some(terms), Some(seal)) = (terms, seal) else {
        found(said!("the log's entries of programme and seal are not both there", "缺少项目或封存的日志条目"));
        return None;
    };
    let shape = match bundle.kind {
        BundleKind::Void => void && list.is_none() && redeals.is_empty() && bundle.draw.is_none(),
        BundleKind::Auditor | BundleKind::Public => list.is_some() && bundle.draw.is_some(),
    };
    if !shape {
        found(said!(
            "a drawn window needs its draw's entry and evidence, a void one only its void's entry",
            "已抽取的时段须有抽取条目和证据；作废的时段只须有作废条目"
        ));
    }
    let id = &bundle.window;
    if terms.programme != id.programme.as_str() || terms.office != id.office.as_str() {
        found(said!("the terms are those of another programme or office", "项目规则属于另一项目或单位"));
    }
    if terms.generation != seal.generation {
        let (seals, own) = (seal.generation, terms.generation);
        found(said!(
            "sealed under generation {seals}, but the terms are those of generation {own}",
            "按第{seals}代封存，但所附规则为第{own}代"
        ));
    }
    let terms = match is_back_check {
        true => of_back_check(terms),
        false => terms,
    };
    Some(Binding { terms, seal, list, redeals, share })
}

/// A back-check takes whatever its tickets say, for one inspector each.
fn of_back_check(terms: Terms) -> Terms {
    Terms { min_visits: 0, max_visits: None, inspectors_a_visit: 1, ..terms }
}
