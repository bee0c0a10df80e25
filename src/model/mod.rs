//! The words of the house as types. Parse, don't validate: a value of these types is well formed.
//!
//! This room knows nothing of the others and does no I/O. Texts for people carry both languages
//! from birth ([`Said`]), so that no message can exist in one language only.

pub mod assignment;
pub mod case;
pub mod days;
pub mod finding;
pub mod ground;
pub mod half;
pub mod ids;
pub mod key;
pub mod language;
pub mod lineage;
pub mod outcome;
pub mod password;
pub mod period;
pub mod phone;
pub mod photo;
pub mod position;
pub mod programme;
pub mod question;
pub mod question_file;
pub mod record;
pub mod register;
pub mod retention;
pub mod said;
pub mod script;
pub mod sha;
pub mod signal;
pub mod signature;
pub mod system;
pub mod time;
pub mod typed;
pub mod verdict;
pub mod viewer;
pub mod window;

pub use assignment::{Assignment, CheckedVisit, Line, LineContact, LineOfficial};
pub use case::{CaseId, CaseKind, CaseLetter};
pub use days::Days;
pub use finding::Subject;
pub use ground::Ground;
pub use half::Half;
pub use ids::*;
pub use language::Language;
pub use lineage::{Lineage, Merger};
pub use outcome::{Kind, Outcome};
pub use period::{Backstop, Period};
pub use phone::Phone;
pub use programme::{DrawAt, Pools};
pub use question::{Instrument, Question, QuestionCode};
pub use said::{Said, Trouble};
pub use sha::Sha256;
pub use signal::{PlaceSignal, SignalKind};
pub use signature::{MACHINE, forms, same_person, signature};
pub use time::Timestamp;
pub use verdict::{FindingOrigin, FindingState, FlagState, Strength, VerdictCode};
pub use viewer::{AccountRole, AccountState, Scope, Viewer};
pub use window::{Window, WindowId};
