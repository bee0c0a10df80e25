//! An exported log: one entry a line, each head following from the one before.

use crate::draw::entry::Entry;
use crate::draw::log::{EMPTY, next_head};
use crate::model::{Said, Sha256};
use crate::said;
use serde::Deserialize;
use std::collections::BTreeSet;

/// One line of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    pub seq: u64,
    pub entry: String,
    pub head: Sha256,
}

/// A log as far as it was read.
#[derive(Debug, Default)]
pub struct Log {
    pub file: String,
    /// Before, after and what it says, by number from 1.
    pub entries: Vec<(Sha256, Sha256, Entry)>,
}

impl Log {
    pub fn new(file: &str) -> Log {
        Log { file: file.to_owned(), entries: Vec::new() }
    }

    /// Whether a programme of this log was sealed with this anchor.
    pub fn names(&self, anchor: &Sha256) -> bool {
        let of = |entry: &Entry| matches!(entry, Entry::Programme(terms) if terms.anchors.contains(anchor));
        self.entries.iter().any(|(_, _, entry)| of(entry))
    }

    /// Whether both tell of programmes of one office.
    pub fn shares_an_office_with(&self, other: &Log) -> bool {
        let offices = |log: &Log| -> BTreeSet<String> {
            let named = log.entries.iter().filter_map(|(_, _, entry)| match entry {
                Entry::Programme(terms) => Some(terms.office.clone()),
                _ => None,
            });
            named.collect()
        };
        !offices(self).is_disjoint(&offices(other))
    }

    /// Takes the next line. What is wrong is told, and reading goes on.
    pub fn add(&mut self, line: &LogLine) -> Result<(), Said> {
        let before = self.entries.last().map_or(EMPTY, |(_, head, _)| *head);
        let entry = Entry::read(&line.entry);
        self.entries.push((before, line.head, entry.clone().unwrap_or(Entry::Other)));
        let (number, own) = (line.seq, self.entries.len() as u64);
        if number != own {
            return Err(said!("entry {own} of the log is numbered {number}", "日志第{own}条的编号为{number}"));
        }
        if next_head(&before, line.entry.as_bytes()) != line.head {
            return Err(said!(
                "the log's chain breaks at entry {number}: its head does not follow from the one before",
                "日志链在第{number}条断开：日志头与上一条不衔接"
            ));
        }
        entry.map(|_| ()).map_err(|said| {
            Said::new(format!("entry {number} of the log: {}", said.en), format!("日志第{number}条：{}", said.zh))
        })
    }

    /// Whether the entry of that number has that head.
    pub fn holds(&self, number: u64, head: &Sha256) -> bool {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        index.and_then(|index| self.entries.get(index)).is_some_and(|(_, own, _)| own == head)
    }

    /// The number of the entry between two heads.
    pub fn number_of(&self, before: &Sha256, head: &Sha256) -> Option<usize> {
        self.entries.iter().position(|(b, h, _)| b == before && h == head).map(|index| index + 1)
    }
}
