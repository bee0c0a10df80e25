//! Bytes of spreadsheets and CSV files → rows of text, and rows back to files.
//!
//! What a file is, its bytes say, never its name ([`read_rows`]). CSV is streamed in bounded memory
//! whatever its length; UTF-8, UTF-16 and GB18030 are told apart by `charset`. An xlsx is unpacked,
//! measured and packed again (`package`) before calamine sees it, so that nothing unmeasured is
//! ever read; ods and xls have small readers of their own for the same reason. A row that cannot
//! be read carries its damage and stops no other row; a file that cannot be read is one
//! [`Trouble`](crate::model::Trouble).
//!
//! [`template`] holds the register's own file templates as data, [`header`] finds their columns in
//! a file, [`fields`] reads one row by column, [`when`] reads dates and times, [`mod@write`] writes CSV
//! and xlsx, [`form`] tables that people fill in. This room knows rows, not people: meaning is added in `registry/` and `evidence/`.

pub mod choice;
pub mod fields;
pub mod form;
pub mod header;
pub mod mapping;
pub mod pdf;
pub mod read;
pub mod reject;
pub mod span;
pub mod template;
pub mod when;
pub mod workbook;
pub mod write;

mod cfb;
mod charset;
mod delimited;
mod gather;
mod guess;
mod ods;
mod package;
mod sheet_text;
mod xls;
mod xls_strings;
mod xlsx;
mod xml;

pub use fields::Fields;
pub use header::{Columns, read_table};
pub use read::{Row, read_rows};
pub use reject::Reject;
pub use template::{Template, TemplateKind};
