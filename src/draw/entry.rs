//! What the entries of the public log say (DRAW 3). Their exact bytes are what the [`log`](super::log) chains.

use super::Terms;
use super::terms::SealedCalendar;
use crate::model::{Said, Sha256};
use crate::said;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The seal of one window's frame.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SealEntry {
    pub window: String,
    #[serde(default = "first")]
    pub generation: u32,
    pub t: u32,
    /// RFC 3339 in UTC, as are `end` and `draw_at`.
    pub start: String,
    pub end: String,
    pub draw_at: String,
    pub root: Sha256,
    pub places: u64,
    pub sum_p: u64,
    /// Places without a chance, by the code of the reason.
    pub excluded: BTreeMap<String, u64>,
    /// Digest of the rows' reasons, ages, risks and pools.
    pub details: Sha256,
    pub bars: Sha256,
    pub slots: Sha256,
    pub call_slots: Sha256,
    pub announced: Sha256,
    /// What the beacon's text begins with.
    pub beacon: String,
}

/// The seal of a back-check: of the same form, and the share of finished visits that the office draws.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BackCheckSeal {
    #[serde(flatten)]
    pub seal: SealEntry,
    /// An integer of 2^32.
    pub share: u64,
}

fn first() -> u32 {
    1
}

/// An entry, as far as a proof needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Programme(Box<Terms>),
    Calendar(SealedCalendar),
    Seal(Box<SealEntry>),
    Draw {
        window: String,
        t: u32,
        list: Sha256,
    },
    /// Finished visits that may be drawn again; its window bears the name of [`super::back_check`].
    BackCheckSeal(Box<BackCheckSeal>),
    BackCheckDraw {
        window: String,
        t: u32,
        list: Sha256,
    },
    Redeal {
        window: String,
        round: u32,
        list: Sha256,
    },
    Void {
        window: String,
        reason: String,
        uncheckable: bool,
    },
    Reveal {
        programme: String,
        generation: u32,
        t: u32,
        links: Vec<Sha256>,
    },
    KeyExposed {
        programme: String,
        generation: u32,
        from_t: u32,
    },
    /// The database was put back to a backup; the head is the last one that was known before.
    Restored {
        number: u64,
        head: Sha256,
    },
    NextAnchor {
        programme: String,
        generation: u32,
        anchors: Vec<Sha256>,
    },
    /// A kind that later versions add.
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Written {
    Programme {
        terms: Value,
    },
    Calendar {
        calendar: SealedCalendar,
    },
    Seal(Box<SealEntry>),
    Draw {
        window: String,
        t: u32,
        list: Sha256,
    },
    BackCheckSeal(Box<BackCheckSeal>),
    BackCheckDraw {
        window: String,
        t: u32,
        list: Sha256,
    },
    Redeal {
        window: String,
        round: u32,
        list: Sha256,
    },
    Void {
        window: String,
        reason: String,
        uncheckable: bool,
    },
    Reveal {
        programme: String,
        generation: u32,
        t: u32,
        links: Vec<Sha256>,
    },
    KeyExposed {
        programme: String,
        generation: u32,
        from_t: u32,
    },
    Restored {
        number: u64,
        head: Sha256,
    },
    NextAnchor {
        programme: String,
        generation: u32,
        anchors: Vec<Sha256>,
    },
    #[serde(other)]
    Other,
}

impl Entry {
    /// Reads the exact text of an entry.
    pub fn read(text: &str) -> Result<Entry, Said> {
        let written: Written = serde_json::from_str(text)
            .map_err(|e| said!("this entry of the log cannot be read: {e}", "此条日志无法读取：{e}"))?;
        Ok(match written {
            Written::Programme { terms } => Entry::Programme(Box::new(Terms::read(&terms.to_string())?)),
            Written::Calendar { calendar } => Entry::Calendar(calendar),
            Written::Seal(seal) => Entry::Seal(seal),
            Written::Draw { window, t, list } => Entry::Draw { window, t, list },
            Written::BackCheckSeal(seal) => Entry::BackCheckSeal(seal),
            Written::BackCheckDraw { window, t, list } => Entry::BackCheckDraw { window, t, list },
            Written::Redeal { window, round, list } => Entry::Redeal { window, round, list },
            Written::Void { window, reason, uncheckable } => Entry::Void { window, reason, uncheckable },
            Written::Reveal { programme, generation, t, links } => Entry::Reveal { programme, generation, t, links },
            Written::KeyExposed { programme, generation, from_t } => {
                Entry::KeyExposed { programme, generation, from_t }
            }
            Written::Restored { number, head } => Entry::Restored { number, head },
            Written::NextAnchor { programme, generation, anchors } => {
                Entry::NextAnchor { programme, generation, anchors }
            }
            Written::Other => Entry::Other,
        })
    }
}
