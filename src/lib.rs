//! Spotcheck: unannounced inspections that outsiders can verify and insiders cannot foresee.
//!
//! Register and calendar give windows; the places of a window with their probabilities are the
//! frame, sealed the evening before; the draw and the plan follow from it; letters go out; replies
//! come back; outcomes are held against attendance and leave; verdicts open flags for people to
//! decide. `docs/ARCHITECTURE.md` is the map of the house.

/// A nation's window takes a tenth less time and half the memory than with the allocator of the GNU C
/// library, and that of musl is slower still. SQLite's memory comes from it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// Pure rooms: no I/O, no clock, no random numbers. Arrows go down this list only.
pub mod draw;
pub mod evidence;
pub mod letter;
pub mod measure;
pub mod model;
pub mod plan;
pub mod registry;
pub mod reply;
pub mod table;
pub mod timing;
pub mod words;

// The edge of the system.
pub mod beacon;
pub mod clock;
pub mod config;
pub mod custody;
pub mod entropy;
pub mod fault;
pub mod files;

// Rooms with effects.
pub mod cli;
pub mod console;
pub mod daemon;
pub mod demo;
pub mod mail;
pub mod store;
pub mod work;
