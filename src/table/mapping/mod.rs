//! Layouts of files that offices really have, as data (EVIDENCE 2).
//!
//! A mapping says by which column titles a layout is known, and how one of its rows becomes rows of one of the
//! house's own templates: a day of a month's report is two punches or six, a trip of three people is three papers.
//! What those rows mean is read by whoever reads the template, so a layout adds data and no code.
//!
//! [`read`] makes mappings of TOML; [`recognise`] finds the layout and the header of a file; [`make`] turns rows;
//! [`read_layouts`] goes through a file with all of them.

pub mod make;
pub mod read;
pub mod reading;
pub mod recognise;
mod shipped;

pub use reading::{Made, Open, Who, read_layouts};
pub use recognise::{Layout, RECORDS, Scored, Wanted};
pub use shipped::shipped;

use super::template::TemplateKind;
use crate::model::Said;
use crate::model::record::SourceKind;
use std::collections::BTreeMap;

/// One layout, in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub name: String,
    pub version: u32,
    pub title: Said,
    /// The template whose rows it makes.
    pub makes: TemplateKind,
    /// What kind of source such a file is from.
    pub brings: SourceKind,
    /// Titles of the columns, in order, of a file that has no header; empty where it has one.
    pub headerless: Vec<String>,
    /// Each a title, or several that may stand for each other.
    pub required: Vec<Vec<String>>,
    pub bonus: Vec<Vec<String>>,
    /// Rows to pass over: where this column holds this text.
    pub ignore: Vec<(String, String)>,
    /// A column that says something only where it does not say the same in every row.
    pub varies: Option<String>,
    /// For a key: where its cell holds this text, it means that. The first that fits counts.
    pub words: BTreeMap<String, Vec<(String, String)>>,
    pub records: Vec<Rule>,
}

/// How a row makes one record, or several that differ in one cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rule {
    /// For each key the columns it may come from; the first that says something counts.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Keys that are the same in every record.
    pub fixed: BTreeMap<String, String>,
    /// Keys whose cell may hold several: names, times.
    pub split: Vec<String>,
    /// No record where there is no time.
    pub optional: bool,
    /// No record of a time that the row has given already.
    pub unless_given: bool,
    /// A time before the one that the row gave last is of the next day.
    pub next_day: bool,
}

/// Keys of a rule beside those of its template.
pub mod key {
    /// The official by a number that the register knows.
    pub const NUMBER: &str = "number";
    /// The official by name.
    pub const NAME: &str = "name";
    /// The day that a time alone stands on.
    pub const DAY: &str = "day";
    /// From and to in one cell.
    pub const SPAN: &str = "span";
    /// When an application ended: approved or cancelled, by its status.
    pub const FINISHED: &str = "finished";
    pub const ALL: [&str; 5] = [NUMBER, NAME, DAY, SPAN, FINISHED];
}

impl Mapping {
    /// `dingtalk-raw/1`: what a batch remembers.
    pub fn id(&self) -> String {
        format!("{}/{}", self.name, self.version)
    }
}
