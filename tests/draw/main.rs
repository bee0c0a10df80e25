//! The draw against its specification: vectors (DRAW 8), laws, deals and the dry-run commands.

#![expect(clippy::unwrap_used, reason = "a test may fail this way")]

mod command;
mod deals;
mod frames;
mod hazards;
mod laws;
mod redeals;
mod simulation;
mod statistics;
mod vectors;

use spotcheck::draw::{Bar, Chain, ChainKey, Chance, Frame, Ground, Inputs, Limits, Pool, Row};
use spotcheck::model::{InspectorId, PlaceId, Sha256};

fn place(id: &str) -> PlaceId {
    PlaceId::parse(id).unwrap()
}

fn inspector(id: &str) -> InspectorId {
    InspectorId::parse(id).unwrap()
}

fn bar(place_id: &str, inspector_id: &str) -> Bar {
    Bar { place: place(place_id), inspector: inspector(inspector_id), ground: Ground::Listed }
}

fn pool(name: &str, slots: &[(&str, u32)], bars: &[(&str, &str)]) -> Pool {
    let slots = slots.iter().map(|(id, capacity)| (inspector(id), *capacity)).collect();
    Pool::new(name, slots, bars.iter().map(|(p, i)| bar(p, i)).collect()).unwrap()
}

fn chance(p: u64) -> Chance {
    Chance::new(p).unwrap()
}

/// `K[j]` of the vectors, whose chain has four links.
fn key(j: u32) -> ChainKey {
    Chain::with_length(Sha256::of(b"test chain end").0, 4).key(j).unwrap()
}

const P: [u64; 8] =
    [429_496_729, 429_496_729, 429_496_729, 563_714_458, 939_524_096, 1_503_238_555, 2_147_483_648, 2_147_483_648];

/// The frame of V2.
fn frame() -> Frame {
    let rows = P.iter().zip(1..).map(|(p, i)| Row::new(place(&format!("V{i:04}")), chance(*p), chance(p / 4)));
    Frame::new(rows.collect()).unwrap()
}

fn inputs<'a>(frame: &'a Frame, key: &'a ChainKey, window: &'a str, beacon: &'a str, limits: Limits) -> Inputs<'a> {
    Inputs { frame, key, window, beacon, limits, length_minutes: 240, dealing: None }
}
