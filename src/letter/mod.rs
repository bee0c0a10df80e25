//! Every outgoing mail as a function of plain data: a [`Letter`] of subject, text and perhaps HTML.
//!
//! Letters to inspectors ([`assignment()`], [`reminder()`], [`receipt()`], [`help()`]) are answered, so they
//! are one text/plain part of fixed layout (REPLIES 1): two lines of instruction, a marker, the
//! lines with ` =>` last, how to answer, `Ref`. Letters to offices ([`sheet()`], [`digest()`],
//! [`void_notice()`], [`alert()`], [`files()`]) and changes of an assignment ([`change()`]) are not, so they carry text and HTML, both made from one [`page`].
//!
//! Letters about a flag or a complaint ([`case`]) are answered in anybody's own words: plain text, or a page to print.
//!
//! [`answer_sheet`] is an assignment as a table that can be filled in and sent back.
//!
//! What stands on a lock screen betrays nothing: subjects hold a tag, an id, a date and counts; the
//! first line says what to do and by when. Headers are types that cannot hold a line break
//! ([`header`]); [`addressing`] says which addresses a letter carries.

pub mod addressing;
pub mod answer_sheet;
pub mod assignment;
pub mod away;
pub mod calendar;
pub mod calls_back;
pub mod case;
pub mod change;
pub mod columns;
pub mod digest;
pub mod files;
pub mod header;
pub mod kind;
pub mod ledger;
mod lines;
pub mod notice;
pub mod page;
pub mod person;
mod phone_free;
mod questions;
pub mod receipt;
pub mod report;
pub mod sheet;
mod travel;

pub use addressing::{Addressing, Route};
pub use assignment::{AnswerLine, AssignmentInput, AssignmentLetter, assignment, reminder, work_day};
pub use away::{AwayInput, AwayTold, away};
pub use calendar::CalendarEntry;
pub use calls_back::CallsBack;
pub use case::{CaseInput, CasePaper, Decided, FiledInput, Matter, RungTold, Until, decision, explain, filed};
pub use change::{ChangeInput, change};
pub use digest::{Coverage, DigestInput, Progress, SealedWindow, Todo, digest};
pub use files::{FileTold, FilesInput, files};
pub use header::{Address, Auto, HeaderText, Host, MessageId};
pub use kind::{Languages, Letter, LetterKind};
pub use ledger::{LedgerLine, LedgerStep};
pub use notice::{AlertInput, VoidInput, VoidWindow, alert, void_notice};
pub use page::plain;
pub use person::{CheckTold, PersonCheck, PersonFinding, PersonRecord};
pub use phone_free::phone_free;
pub use receipt::{HelpInput, HelpReason, Problem, ReceiptInput, Recorded, RecordedAnswer, help, receipt};
pub use report::{ReportInput, report};
pub use sheet::{SheetInput, SheetShare, sheet};
