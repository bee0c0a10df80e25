//! From register and draw to assignments. A plan leaves nothing to decide: who, where, when, whom to
//! ring are all fixed here, so carrying it out twice is harmless.
//!
//! - [`snapshot`]: the register on one day, as this room looks at it.
//! - [`eligible`]: why a place stands in the frame without a chance.
//! - [`input`]: what a frame is made from, with [`pools`] and the [`mod@split`] of shared inspectors.
//! - [`sealed`]: who is on duty, as a seal keeps it.
//! - [`calls`]: what follows from the tries of a call.
//! - [`credit`]: one visit for two programmes.
//! - [`release`]: drawn places and their inspectors → assignments with numbered lines.
//! - [`route`]: the best order of stops; [`travel`]: an inspector's visits in the order of the way.

pub mod calls;
pub mod credit;
pub mod eligible;
pub mod input;
pub mod pools;
pub mod release;
pub mod route;
pub mod sealed;
pub mod snapshot;
pub mod split;
pub mod travel;

pub use credit::credits;
pub use eligible::WhyNot;
pub use input::{FrameInput, PlaceInput};
pub use pools::PoolMap;
pub use release::{Again, Given, assignments};
pub use sealed::{PoolDuty, SealedDuty};
pub use snapshot::Snapshot;
pub use split::split;
