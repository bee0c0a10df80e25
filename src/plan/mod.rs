//! From register and draw to assignments. A plan leaves nothing to decide: who, where, when, whom to
//! ring are all fixed here, so carrying it out twice is harmless.
//!
//! - [`snapshot`]: the register on one day, as this room looks at it.
//! - [`mod@duty`]: who can go (slots) and who may not meet whom (barred pairs).
//! - [`eligible`]: which places stand in the frame with a chance, and why others do not.
//! - [`input`]: what a frame is made from, with [`pools`] and the [`mod@split`] of shared inspectors.
//! - [`sealed`]: who is on duty, as a seal keeps it.
//! - [`credit`]: one visit for two programmes.
//! - [`release`]: drawn places and their inspectors → assignments with numbered lines.

pub mod credit;
pub mod duty;
pub mod eligible;
pub mod input;
pub mod pools;
pub mod release;
pub mod sealed;
pub mod snapshot;
pub mod split;

pub use credit::credits;
pub use duty::{Duty, duty};
pub use eligible::{Eligibility, WhyNot};
pub use input::{FrameInput, PlaceInput};
pub use pools::PoolMap;
pub use release::{Given, assignments};
pub use sealed::{PoolDuty, SealedDuty};
pub use snapshot::Snapshot;
pub use split::split;
