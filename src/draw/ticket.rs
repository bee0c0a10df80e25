//! The one keyed hash of the draw, the seed of a window and its tickets (DRAW 2).

use super::ChainKey;
use super::compression::{Beginning, Keyed};
use crate::model::{ContactId, InspectorId, OfficialId, PlaceId, Said, Sha256};
use crate::said;
use hmac::{Hmac, Mac};
use std::fmt;

/// First field of every hash: the version of these rules.
const TAG: &str = "draw/1";

/// A field with a line feed: fields are joined by line feeds, so it could pass for two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a field of the draw holds a line feed")]
pub struct LineFeed;

impl LineFeed {
    pub fn said(self) -> Said {
        said!("this text holds a line break: write it on one line", "该文字含有换行：请写成一行")
    }
}

/// One field of a hash: text without a line feed, held to in every build.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a>(&'a str);

impl<'a> Field<'a> {
    pub fn new(text: &'a str) -> Result<Field<'a>, LineFeed> {
        if text.contains('\n') { Err(LineFeed) } else { Ok(Field(text)) }
    }
}

macro_rules! fields {
    ($($id:ty),*) => {$(
        impl<'a> From<&'a $id> for Field<'a> {
            /// An id never holds a control character.
            fn from(id: &'a $id) -> Field<'a> {
                Field(id.as_str())
            }
        }
    )*};
}
fields!(PlaceId, InspectorId, ContactId, OfficialId);

/// `mac(key, f1..fn)`: HMAC-SHA256 over the tag and the fields, joined by line feeds.
pub fn mac<'a>(key: &[u8; 32], fields: impl IntoIterator<Item = Field<'a>>) -> [u8; 32] {
    let keyed = Hmac::<sha2::Sha256>::new_from_slice(key);
    let mut mac = keyed.unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
    mac.update(TAG.as_bytes());
    for field in fields {
        mac.update(b"\n");
        mac.update(field.0.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// What a ticket is for (DRAW 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Ticket,
    Minute,
    /// The attempt's number.
    Deal(u32),
    /// After an inspector fell out: how often that happened, and the attempt.
    DealAgain(u32, u32),
    Contact,
    Pit,
    Fallback,
    Age,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Ticket => f.write_str("ticket"),
            Label::Minute => f.write_str("minute"),
            Label::Deal(attempt) => write!(f, "deal {attempt}"),
            Label::DealAgain(round, attempt) => write!(f, "deal again {round} {attempt}"),
            Label::Contact => f.write_str("contact"),
            Label::Pit => f.write_str("pit"),
            Label::Fallback => f.write_str("fallback"),
            Label::Age => f.write_str("age"),
        }
    }
}

/// A number drawn from 0 to 2^64-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

impl Ticket {
    /// `ticket * length >> 64`: a whole number below `length`.
    pub fn scaled(self, length: u64) -> u64 {
        ((u128::from(self.0) * u128::from(length)) >> 64) as u64
    }
}

impl fmt::Display for Ticket {
    /// 16 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// `seed_t`: all tickets of a window follow from it, so it is as secret as the link until the reveal.
#[derive(Clone)]
pub struct Seed {
    bytes: [u8; 32],
    keyed: Keyed,
}

impl Seed {
    /// `mac(K_t, "seed", window, frame_root_hex, beacon)`.
    pub fn new(key: &ChainKey, window: &str, root: &Sha256, beacon: &str) -> Result<Seed, LineFeed> {
        let root = root.hex();
        let fields = [Field("seed"), Field::new(window)?, Field(&root), Field::new(beacon)?];
        Ok(Seed::from_bytes(mac(key.reveal(), fields)))
    }

    /// `mac(K_1, "start")`: the seed of the ages at which places begin (DRAW 1).
    pub fn of_start(first_key: &ChainKey) -> Seed {
        Seed::from_bytes(mac(first_key.reveal(), [Field("start")]))
    }

    /// A seed that was stored, or that a bundle shows.
    pub fn from_bytes(bytes: [u8; 32]) -> Seed {
        Seed { bytes, keyed: Keyed::new(&bytes) }
    }

    /// The secret itself: for its row in the database, and for anybody after the reveal.
    pub fn reveal(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// All tickets of one label.
    pub fn tickets(&self, label: Label) -> Tickets {
        Tickets(self.keyed.beginning_with(format!("{TAG}\n{label}\n").into_bytes()))
    }

    pub fn ticket<'a>(&self, label: Label, id: impl Into<Field<'a>>) -> Ticket {
        self.tickets(label).of(id)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// The tickets of one label, with all but the id prepared: two compressions a ticket.
#[derive(Clone)]
pub struct Tickets(Beginning);

impl Tickets {
    pub fn of<'a>(&self, id: impl Into<Field<'a>>) -> Ticket {
        Ticket(self.0.of(id.into().0.as_bytes()).number())
    }

    /// As [`Tickets::of`] for many ids, in their order.
    pub fn of_each<'a, T: Into<Field<'a>>>(&self, ids: impl IntoIterator<Item = T>, mut found: impl FnMut(Ticket)) {
        let ids = ids.into_iter().map(|id| id.into().0.as_bytes());
        self.0.of_each(ids, |state| found(Ticket(state.number())));
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tickets(…)")
    }
}
