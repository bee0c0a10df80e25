//! Who checks the inspectors: finished visits, drawn again for somebody else (EVIDENCE 8, decision 0017).
//!
//! `seal` fixes the list with the next day's frames, `draw` draws from it with the window that it was sealed with
//! and makes lines of it, `compare` holds what came back against the visit and asks the inspector where it differs,
//! `told` shows it.

mod compare;
mod draw;
mod seal;
pub mod told;

pub(super) use compare::compare;
pub(super) use draw::{drawn_again, lines, write};
pub(super) use seal::seal;
