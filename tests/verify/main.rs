//! Bundles and their proof: what is true passes, whatever is changed is found (DRAW 4).

#![expect(clippy::unwrap_used, reason = "a test may fail this way")]

mod beacons;
mod county;
mod export;
mod mutations;
mod one;
mod python;
mod series;
#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
