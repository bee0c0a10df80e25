//! The auditor: holds a database, the marks beside it and what the mail server took against each other.
//!
//! It asks what a user would notice: every drawn line in one final state, every window drawn once, every
//! letter with the server at least once and in the same bytes, more than once only where that is listed,
//! every mail taken in once. And the state hash, which knows everything else.

use super::sink::Taken;
use spotcheck::demo::county::OFFICE;
use spotcheck::draw::log::{EMPTY, next_head};
use spotcheck::model::{OfficeId, Sha256};
use spotcheck::store::{Store, Tx};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

const FINAL: [&str; 7] = ["answered", "not_done", "attempts_used_up", "no_reply", "not_dispatched", "barred", "void"];

/// What was found; equal where a user would notice no difference.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
pub struct Found {
    pub hash: String,
    pub lines: BTreeMap<String, i64>,
    pub draws: usize,
    pub voids: BTreeMap<String, String>,
    pub letters: usize,
    pub mails: usize,
    /// Sheets of offices, and the state without them: its families, and every other letter by what it says.
    pub sheets: usize,
    pub beside_sheets: BTreeMap<String, String>,
}

impl Found {
    /// The same but for sheets that had to go out before their release: a sheet goes out by its hour, and again with each
    /// release, so one that the system held up for a turn has a sheet of its own.
    pub fn is_with_early_sheets(&self, usual: &Found) -> bool {
        let as_usual = Found { hash: usual.hash.clone(), letters: usual.letters, sheets: usual.sheets, ..self.clone() };
        as_usual == *usual && self.sheets > usual.sheets && self.letters - self.sheets == usual.letters - usual.sheets
    }
}

/// How it came about: differs between runs that are equal.
#[derive(Debug, Default, Clone, Copy)]
pub struct Way {
    pub copies: usize,
    pub listed: usize,
    pub lost: usize,
    pub drawn_again: usize,
    pub unlisted: usize,
    pub early_sheets: usize,
}

#[derive(Debug, Default)]
pub struct Audit {
    pub found: Found,
    pub way: Way,
    pub troubles: Vec<String>,
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Found { lines, draws, voids, letters, mails, hash, .. }, Way { copies, listed, .. }) =
            (&self.found, self.way);
        write!(
            f,
            "{} lines, {draws} draws, {} voids, {letters} letters in {copies} copies, {listed} of them listed, {mails} mails, state {}",
            lines.values().sum::<i64>(),
            voids.len(),
            &hash[..12.min(hash.len())]
        )
    }
}

/// Looks through everything once the house has nothing more to do. `mails`: what was ever delivered to the
/// mailbox, and what is marked there.
pub async fn audit(store: &Store, marks: &Path, taken: &Taken, mails: (usize, usize)) -> Audit {
    let mut audit = Audit::default();
    let mut tx = store.read().await.unwrap();
    let (hash, families) = tx.state_hash().await.unwrap();
    audit.found.hash = hash.hex();
    let others = families.into_iter().filter(|(family, _)| *family != "letter");
    audit.found.beside_sheets = others.map(|(family, hash)| (family.to_owned(), hash.hex())).collect();
    audit.lines(&mut tx).await;
    audit.draws(&mut tx, marks).await;
    audit.letters(&mut tx, taken).await;
    audit.mails(&mut tx, mails).await;
    audit
}

impl Audit {
    fn trouble(&mut self, what: impl Into<String>) {
        self.troubles.push(what.into());
    }

    async fn lines(&mut self, tx: &mut Tx) {
        for (state, _, n) in tx.line_states().await.unwrap() {
            if !FINAL.contains(&state.as_str()) {
                self.trouble(format!("{n} lines are {state}"));
            }
            *self.found.lines.entry(state).or_default() += n;
        }
        let open = tx.count_open_assignments().await.unwrap();
        if open > 0 {
            self.trouble(format!("{open} assignments are open"));
        }
    }

    /// Each draw has one entry in the public log, a link of its own in the mark, and no void beside it.
    async fn draws(&mut self, tx: &mut Tx, marks: &Path) {
        let office: OfficeId = OFFICE.parse().unwrap();
        let (mut head, mut told) = (EMPTY, Vec::new());
        for (number, entry) in (1..).zip(tx.log_entries(&office).await.unwrap()) {
            head = next_head(&head, entry.entry.as_bytes());
            if (entry.seq, entry.head) != (number, head) {
                self.trouble(format!("entry {number} of the log does not follow from the one before"));
            }
            let entry: serde_json::Value = serde_json::from_str(&entry.entry).unwrap();
            if entry["kind"] == "draw" {
                told.push(entry["window"].as_str().unwrap().to_owned());
            }
        }
        self.found.draws = usize::try_from(tx.count_draws().await.unwrap()).unwrap();
        let windows: BTreeSet<&String> = told.iter().collect();
        self.way.drawn_again = told.len() - windows.len();
        if windows.len() != self.found.draws || self.way.drawn_again > 0 {
            self.trouble(format!(
                "{} draws, and {} entries of the log for {} windows",
                self.found.draws,
                told.len(),
                windows.len()
            ));
        }
        for void in tx.voids(&office).await.unwrap() {
            if windows.contains(&void.window) {
                self.trouble(format!("{} is drawn and void", void.window));
            }
            self.found.voids.insert(void.window, void.reason);
        }
        let (mut used, mut links) = (0, BTreeSet::new());
        for file in std::fs::read_dir(marks).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|kind| kind == "mark") {
                let text = std::fs::read_to_string(&file).unwrap();
                for line in text.lines().filter(|line| line.starts_with("used ")) {
                    used += 1;
                    links.insert((file.clone(), line.split(' ').nth(1).unwrap().to_owned()));
                }
            }
        }
        if used != links.len() || used < self.found.draws {
            self.trouble(format!("{} draws, and {used} uses of {} links", self.found.draws, links.len()));
        }
    }

    async fn letters(&mut self, tx: &mut Tx, taken: &Taken) {
        let letters = tx.letters(None, 1_000_000).await.unwrap();
        self.found.letters = letters.len();
        let (sheets, others): (Vec<_>, Vec<_>) = letters.iter().partition(|letter| letter.kind == "sheet");
        self.found.sheets = sheets.len();
        let others = others.into_iter().map(|letter| (letter.message_id.clone(), letter.bytes.clone()));
        self.found.beside_sheets.extend(others);
        let known: BTreeSet<&String> = letters.iter().map(|letter| &letter.message_id).collect();
        for stranger in taken.keys().filter(|id| !known.contains(id)) {
            self.trouble(format!("the server has a letter {stranger} that nobody knows"));
        }
        for letter in &letters {
            let copies = taken.get(&letter.message_id).map_or(&[][..], Vec::as_slice);
            let listed = usize::try_from(letter.ambiguous).unwrap();
            (self.way.copies, self.way.listed) = (self.way.copies + copies.len(), self.way.listed + listed);
            match letter.state.as_str() {
                "acked" if copies.is_empty() => {
                    self.way.lost += 1;
                    self.trouble(format!("a {} was acknowledged and never came", letter.kind));
                }
                "acked" => {}
                // The server took it without a word, as it ended: it is listed, and its next try is still to come.
                "queued" if listed > 0 && !copies.is_empty() => {}
                other => self.trouble(format!("a {} is {other}", letter.kind)),
            }
            if copies.len() > 1 + listed {
                self.way.unlisted += copies.len() - 1 - listed;
                self.trouble(format!("{} copies of a {}, {listed} of them listed", copies.len(), letter.kind));
            }
            if copies.iter().any(|copy| Sha256::of(copy).hex() != letter.bytes) {
                self.trouble(format!("a copy of a {} has other bytes", letter.kind));
            }
        }
    }

    async fn mails(&mut self, tx: &mut Tx, (delivered, seen): (usize, usize)) {
        let counts = tx.inbox_counts().await.unwrap();
        self.found.mails = usize::try_from(counts.iter().map(|(_, _, n)| n).sum::<i64>()).unwrap();
        if seen != delivered {
            self.trouble(format!("{delivered} mails in the mailbox, {seen} of them marked"));
        }
        if counts.iter().any(|(state, ..)| state == "new") {
            self.trouble("mails were not read");
        }
    }
}
