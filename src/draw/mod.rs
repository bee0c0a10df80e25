//! The draw: when a place may be checked, whether it is, and who goes (DRAW 1 to 6).
//!
//! A place's *hazard* ([`hazard`], [`band`]) is a public probability, frozen in a sealed [`frame`].
//! One link of a hash [`chain`], the frame's root and a [`beacon`] give the window's [`Seed`]; the
//! seed gives every place one [`Ticket`]; tickets against hazards give the visits and calls
//! ([`order`]); slots of inspectors are shuffled by further tickets until no barred pair is left
//! ([`deal`]). [`draw`] does a whole window. What is published is chained in the [`log`].
//!
//! Everything is integer arithmetic, SHA-256 and HMAC, so that any program in any language on any
//! machine gets the same list. Nothing here reads a clock, a file or a random number.

pub mod alternatives;
pub mod announce;
pub mod back_check;
pub mod backstop;
pub mod band;
pub mod beacon;
pub mod bundle;
pub mod chain;
pub mod chance;
pub mod deal;
pub mod entry;
pub mod fairness;
pub mod frame;
pub mod guarantee;
pub mod hazard;
pub mod log;
pub mod merkle;
pub mod order;
pub mod pool;
pub mod reason;
pub mod risk;
pub mod row;
pub mod salt;
pub mod terms;
pub mod ticket;
pub mod verify;
pub mod why;
pub mod why_again;
pub mod window;

mod compression;
mod digits;
mod matching;
mod redeal;
mod stored;

pub use announce::Announced;
pub use beacon::{Beacon, BeaconRule};
pub use chain::{Chain, ChainKey};
pub use chance::Chance;
pub use deal::{Dealt, Hand, PerTarget, Round};
pub use frame::{Frame, FrameError, Pools, Proof};
pub use hazard::{Policy, PolicyWords, Standing, StartAges};
pub use order::{Decision, Limits};
pub use pool::{Bar, Ground, Pool};
pub use reason::Reason;
pub use risk::{Contribution, Factors, RiskRule, Signals};
pub use row::{Detail, Row};
pub use salt::{Salt, Salts, leaf_salt};
pub use terms::{SealedCalendar, Terms, Why};
pub use ticket::{Field, Label, LineFeed, Seed, Ticket, Tickets, mac};
pub use window::{Dealing, Drawn, Fate, Inputs, NotDone, Origin, PoolDealt, Target, draw};
