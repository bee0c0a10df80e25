//! The cases of `cases/*.toml`: what somebody wrote, and what of it has to be recorded.

use super::mime::{HEADERS, UTF_8, Wire, mail, multipart, part};
use super::programs::{Piece, program};
use super::world::{WORLD, World, open, reading, short};
use serde::Deserialize;
use spotcheck::reply::{Earlier, Reading};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    pub name: String,
    /// The mail program; without one the mail is the text alone.
    pub program: String,
    /// What is quoted.
    pub original: String,
    /// On top of the quote, or below it where `bottom`.
    pub say: String,
    pub bottom: bool,
    /// Behind the `=>` of these codes.
    pub fill: BTreeMap<String, String>,
    /// On a line of its own below the lines of these codes.
    pub below: BTreeMap<String, String>,
    pub charset: String,
    pub label: Option<String>,
    pub transfer: String,
    pub extra: String,
    /// `[old, new]` in the headers.
    pub headers: Vec<[String; 2]>,
    /// Texts of mails that came before.
    pub earlier: Vec<String>,
    /// In the form of `world::short`.
    pub expect: Vec<String>,
    pub reason: String,
    /// Results that the person meant, where they are more than can be recorded.
    pub meant: Option<usize>,
}

/// The letter that is answered, filled in.
pub fn pieces(
    world: &World,
    original: &str,
    fill: &BTreeMap<String, String>,
    below: &BTreeMap<String, String>,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut code = "";
    for line in world.letters[original].lines() {
        // A long line of the letter is in two pieces, of which the first has the code.
        let first = line.split_whitespace().next().unwrap_or_default();
        if first.starts_with(['V', 'C']) && first.ends_with(|c: char| c.is_ascii_digit()) {
            code = first;
        }
        match fill.get(code).filter(|_| line.ends_with("=>")) {
            Some(answer) => pieces.push(Piece::Quoted(format!("{line} {answer}"))),
            None => pieces.push(Piece::Quoted(line.to_owned())),
        }
        if let Some(answer) = below.get(code).filter(|_| line.ends_with("=>")) {
            pieces.extend(answer.lines().map(|line| Piece::Own(line.to_owned())));
        }
    }
    pieces
}

impl Case {
    fn wire(&self) -> Wire<'_> {
        let charset = if self.charset.is_empty() { "utf-8" } else { &self.charset };
        let transfer = if self.transfer.is_empty() { "8bit" } else { &self.transfer };
        Wire { charset, label: self.label.as_deref().unwrap_or(charset), transfer, extra: &self.extra }
    }

    pub fn raw(&self) -> Vec<u8> {
        self.raw_in(&WORLD)
    }

    /// Quoting the letter of another world.
    pub fn raw_in(&self, world: &World) -> Vec<u8> {
        let mut headers = HEADERS.to_owned();
        for [old, new] in &self.headers {
            assert!(headers.contains(old.as_str()), "{}: no {old} in the headers", self.name);
            headers = headers.replace(old.as_str(), new);
        }
        let id = format!("{:x}", self.name.bytes().fold(7u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b))));
        mail(&headers, &id, &self.body(world))
    }

    fn body(&self, world: &World) -> Vec<u8> {
        if self.program.is_empty() {
            return part("text/plain", &self.say, self.wire());
        }
        let program = program(&self.program);
        let original = if self.original.is_empty() { "assignment" } else { &self.original };
        let mut pieces = pieces(world, original, &self.fill, &self.below);
        let top = if self.bottom { "" } else { &self.say };
        if self.bottom {
            pieces.extend(self.say.lines().map(|line| Piece::Own(line.to_owned())));
        }
        let plain = part("text/plain", &program.plain_text(top, &pieces), self.wire());
        match program.html {
            None => plain,
            Some(html) => {
                let html = part("text/html", &html(top, program.attribution, &pieces), self.wire());
                if program.plain { multipart("alternative", "=_b", &[plain, html]) } else { html }
            }
        }
    }

    /// What the reading has to be, beside its results and problems (REPLIES 8).
    fn expected_way(&self, earlier: &BTreeSet<String>) -> (String, Vec<String>) {
        let reason = if self.reason.is_empty() { "ok" } else { &self.reason };
        let results: Vec<&str> = self.expect.iter().filter(|e| e.contains('=')).map(|e| person(e)).collect();
        let problems = self.expect.len() - results.len();
        let mut recorded = earlier.clone();
        recorded.extend(results.iter().map(|r| (*r).to_owned()));
        let open = open(&recorded);
        let way = match reason {
            "ok" if results.is_empty() => "rejected ok help",
            "ok" if problems == 0 && open.is_empty() => "accepted ok receipt",
            "ok" => "partial ok receipt",
            "own" | "bounce" | "read_receipt" | "auto_reply" | "duplicate" => {
                return (format!("ignored {reason} none"), open);
            }
            "wrong_sender" | "unauthenticated" => return (format!("rejected {reason} none"), open),
            other => return (format!("rejected {other} help"), open),
        };
        (way.to_owned(), open)
    }
}

fn person(token: &str) -> &str {
    token.split(['=', '@', '!']).next().unwrap_or_default()
}

/// `V1.1=present` of `V1.1@10:42=present(remark)`.
fn record(token: &str) -> Option<String> {
    let (before, after) = token.split_once('=')?;
    Some(format!("{}={}", person(before), after.split('(').next().unwrap_or_default()))
}

#[derive(Default)]
pub struct Tally {
    pub mails: usize,
    pub meant: usize,
    pub right: usize,
    pub wrong: Vec<String>,
    pub differing: Vec<String>,
    pub ways: BTreeMap<String, usize>,
}

impl Tally {
    pub fn judge(&mut self, case: &Case, earlier: &Earlier) -> Reading {
        let read = reading(&case.raw(), earlier);
        let found = short(&read);
        let expected: BTreeSet<String> = case.expect.iter().filter_map(|e| record(e)).collect();
        let recorded: BTreeSet<String> = found.iter().filter_map(|e| record(e)).collect();
        self.mails += 1;
        self.meant += case.meant.unwrap_or(expected.len());
        self.right += recorded.intersection(&expected).count();
        for wrong in recorded.difference(&expected) {
            self.wrong.push(format!("{}: {wrong}", case.name));
        }
        let json: serde_json::Value = serde_json::from_str(&read.to_json()).unwrap();
        let way = ["disposition", "reason", "answer"].map(|field| json[field].as_str().unwrap()).join(" ");
        let (expected_way, open) = case.expected_way(&earlier.recorded.keys().cloned().collect());
        if found != case.expect || way != expected_way || read.open != open {
            self.differing.push(format!(
                "{} [{}]\n    wrote    {:?} {:?}\n    expected {:?} {expected_way} {open:?}\n    found    {found:?} {way} {:?}",
                case.name, case.program, case.say, case.fill, case.expect, read.open
            ));
        }
        *self.ways.entry(way).or_default() += 1;
        read
    }

    pub fn end(&self, what: &str) {
        println!(
            "{what}: {} mails, {} of {} meant results recorded, {} wrong; {:?}",
            self.mails,
            self.right,
            self.meant,
            self.wrong.len(),
            self.ways
        );
        assert!(self.wrong.is_empty(), "WRONG RECORDS:\n{}\n{}", self.wrong.join("\n"), self.differing.join("\n"));
        assert!(self.differing.is_empty(), "{} differ:\n{}", self.differing.len(), self.differing.join("\n"));
    }
}

pub fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/cases");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        cases.extend(file.case);
    }
    cases
}

#[test]
fn every_case_is_read_as_it_should_be() {
    let mut tally = Tally::default();
    let cases = all();
    let names: BTreeSet<&str> = cases.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    for case in &cases {
        let mut earlier = Earlier::default();
        for (number, text) in case.earlier.iter().enumerate() {
            let before = mail(HEADERS, &format!("before{number}"), &part("text/plain", text, UTF_8));
            earlier.absorb(&reading(&before, &earlier));
        }
        tally.judge(case, &earlier);
    }
    tally.end("cases");
}
