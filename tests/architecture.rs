//! The invariants of the house (DESIGN 3), read from its source: who may know whom, what is absent where.
//!
//! The sources are read as text: comments are dropped, string literals set apart, paths spelled out.

#![cfg(test)]

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What runs no effect and knows no effect.
const PURE: [&str; 11] =
    ["model", "words", "table", "registry", "timing", "draw", "plan", "letter", "reply", "evidence", "measure"];
/// Modules beside the rooms: for rooms with effects only.
const BESIDE: [&str; 7] = ["config", "clock", "entropy", "custody", "beacon", "fault", "files"];
/// Longest file, in lines, tests inside included.
const LONGEST: usize = 450;

/// The column “may know”. Whoever is missing here is no module of the house.
fn may_know(module: &str) -> Option<BTreeSet<&'static str>> {
    let with = |rooms: &[&'static str]| rooms.iter().copied().collect::<BTreeSet<_>>();
    let effects = |rooms: &[&'static str]| with(&[rooms, &BESIDE].concat());
    Some(match module {
        "model" | "entropy" | "fault" => with(&[]),
        "words" | "table" | "timing" | "draw" | "measure" | "clock" => with(&["model"]),
        "files" => with(&["model", "fault"]),
        "config" => with(&["model", "files"]),
        "beacon" => with(&["model", "clock", "entropy"]),
        // A custodian hands out links of the chain and nothing else, so it derives them.
        "custody" => with(&["model", "draw", "fault", "files"]),
        "registry" => with(&["model", "table"]),
        "plan" => with(&["model", "timing"]),
        "letter" | "reply" => with(&["model", "words"]),
        "evidence" => with(&["model", "words", "table"]),
        "store" => effects(&["model"]),
        // What enters a header is a type of the letter room that cannot hold a line break.
        "mail" => effects(&["model", "letter"]),
        "work" => effects(&[&PURE[..], &["store", "mail"]].concat()),
        "daemon" | "console" | "demo" => effects(&[&PURE[..], &["store", "mail", "work"]].concat()),
        "cli" => effects(&[&PURE[..], &["store", "mail", "work", "daemon", "console", "demo"]].concat()),
        _ => return None,
    })
}

/// A source file, taken apart.
struct Source {
    /// Path below the repository, with slashes.
    name: String,
    text: String,
    /// Every path of the code, braces spelled out: `std::{fs, io}` is `std::fs` and `std::io`.
    paths: Vec<String>,
    strings: Vec<String>,
}

impl Source {
    fn new(name: &str, text: &str) -> Source {
        let (code, strings) = without_comments(text);
        Source { name: name.to_owned(), text: text.to_owned(), paths: paths(&code), strings }
    }

    /// The room or module that this file belongs to: `src/draw/seal.rs` is `draw`, `src/clock.rs` is `clock`.
    fn module(&self) -> Option<&str> {
        let below = self.name.strip_prefix("src/")?;
        Some(below.split('/').next().unwrap_or(below).trim_end_matches(".rs"))
    }

    /// How many modules deep this file is: 1 for the top of a room.
    fn depth(&self) -> usize {
        let below = self.name.trim_start_matches("src/").trim_end_matches("/mod.rs");
        below.split('/').count()
    }
}

/// The code without comments and string contents, and the strings.
fn without_comments(text: &str) -> (String, Vec<String>) {
    let token = Regex::new(concat!(
        r##"(?s)(?P<comment>//[^\n]*)|(?P<open>/\*)|b?r(?P<hashes>#*)"|"##,
        r##"b?"(?P<string>(?:[^"\\]|\\.)*)"|b?'(?:[^'\\\n]|\\[^\n]+?)'"##
    ))
    .unwrap();
    let (mut code, mut strings, mut at) = (String::new(), Vec::new(), 0);
    while let Some(found) = token.captures_at(text, at) {
        let whole = found.get(0).unwrap();
        code.push_str(&text[at..whole.start()]);
        code.push(' ');
        at = whole.end();
        if let Some(string) = found.name("string") {
            strings.push(string.as_str().to_owned());
        } else if let Some(hashes) = found.name("hashes") {
            let close = format!("\"{}", hashes.as_str());
            let length = text[at..].find(&close).unwrap_or(text.len() - at);
            strings.push(text[at..at + length].to_owned());
            at = (at + length + close.len()).min(text.len());
        } else if found.name("open").is_some() {
            at = text[at..].find("*/").map_or(text.len(), |end| at + end + 2);
        }
    }
    code.push_str(&text[at..]);
    (code, strings)
}

/// Every path of some code, with braces spelled out.
fn paths(code: &str) -> Vec<String> {
    let token = Regex::new(r"::|[A-Za-z_][A-Za-z0-9_]*|\S").unwrap();
    let tokens: Vec<&str> = token.find_iter(code).map(|t| t.as_str()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = path(&tokens, at, "", &mut found).max(at + 1);
    }
    found
}

/// Reads one path, or a tree of paths, that begins at `at`; returns where it ends.
fn path(tokens: &[&str], mut at: usize, before: &str, found: &mut Vec<String>) -> usize {
    let mut path = before.to_owned();
    let word = |t: &&&str| t.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    while let Some(name) = tokens.get(at).filter(word) {
        path = if path.is_empty() { (*name).to_owned() } else { format!("{path}::{name}") };
        at += 1;
        if tokens.get(at) != Some(&"::") {
            break;
        }
        at += 1;
        if tokens.get(at) == Some(&"{") {
            at += 1;
            while at < tokens.len() && tokens.get(at) != Some(&"}") {
                at = self::path(tokens, at, &path, found).max(at + 1);
            }
            return at + 1;
        }
    }
    if path != before {
        found.push(path);
    }
    at
}

/// Whether `path` is `wanted` or lies below it, wherever in the path it begins.
fn names(path: &str, wanted: &str) -> bool {
    format!("::{path}::").contains(&format!("::{wanted}::"))
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["src", "tests", "benches"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 30, "only {} sources found below {}", files.len(), root.display());
    files
        .iter()
        .map(|file| {
            let name = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            Source::new(&name, &std::fs::read_to_string(file).unwrap())
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Applies a rule to the whole house and fails with everything it finds.
fn hold(rule: impl Fn(&Source) -> Vec<String>) {
    let broken: Vec<String> =
        sources().iter().flat_map(|s| rule(s).into_iter().map(|b| format!("{}: {b}", s.name))).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// What a rule says of a text that would stand in the house under that name.
fn judged(rule: impl Fn(&Source) -> Vec<String>, name: &str, text: &str) -> Vec<String> {
    rule(&Source::new(name, text))
}

fn arrows(source: &Source) -> Vec<String> {
    let Some(module) = source.module().filter(|m| !["lib", "main"].contains(m)) else { return Vec::new() };
    let Some(allowed) = may_know(module) else {
        return vec![format!("“{module}” is no room of the table: add it with what it may know")];
    };
    let mut broken = Vec::new();
    for path in &source.paths {
        let steps: Vec<&str> = path.split("::").collect();
        if steps.iter().take_while(|s| **s == "super").count() >= source.depth() {
            broken.push(format!("{path} climbs out of its room: write crate::…"));
        }
        if let ["crate", other, ..] = steps[..]
            && other != module
            && other != "said"
            && !allowed.contains(other)
        {
            broken.push(format!("{path}: {module} may not know {other}"));
        }
    }
    broken
}

fn purity(source: &Source) -> Vec<String> {
    const ABSENT: [&str; 11] = [
        "tokio",
        "sqlx",
        "lettre",
        "axum",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "std::time::Instant",
        "std::time::SystemTime",
    ];
    if !source.module().is_some_and(|m| PURE.contains(&m)) {
        return Vec::new();
    }
    let mut broken: Vec<String> = source
        .paths
        .iter()
        .filter(|path| ABSENT.iter().any(|absent| names(path, absent)))
        .map(|path| format!("{path} in a pure room"))
        .collect();
    // A stream of a random number library is no public format: no draw may hang on one (DESIGN 4).
    if source.module().is_some_and(|m| ["draw", "plan"].contains(&m)) {
        broken.extend(source.paths.iter().filter(|p| names(p, "rand")).map(|p| format!("{p} beside the draw")));
    }
    broken
}

fn ambience(source: &Source) -> Vec<String> {
    const AMBIENT: [&str; 10] = [
        "Utc::now",
        "Local::now",
        "SystemTime::now",
        "Instant::now",
        "rand::rng",
        "rand::random",
        "thread_rng",
        "OsRng",
        "SysRng",
        "getrandom",
    ];
    let asks = ["src/clock.rs", "src/entropy.rs"].contains(&source.name.as_str());
    if asks || !source.name.starts_with("src/") {
        return Vec::new();
    }
    let of = |path: &&String| AMBIENT.iter().any(|ambient| names(path, ambient));
    source.paths.iter().filter(of).map(|path| format!("{path}: only clock.rs and entropy.rs ask the system")).collect()
}

fn sql(source: &Source) -> Vec<String> {
    let statement = Regex::new(concat!(
        r"(?s)\bSELECT\b.+\bFROM\b|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b|",
        r"\b(CREATE|DROP|ALTER)\s+(TABLE|INDEX|VIEW|DATABASE|SCHEMA)\b|\bPRAGMA\s+\w+|^\s*(SELECT|COPY)\s"
    ))
    .unwrap();
    if !source.name.starts_with("src/") || source.module() == Some("store") {
        return Vec::new();
    }
    let written = source.strings.iter().filter(|s| statement.is_match(s)).map(|s| format!("SQL outside store/: {s:?}"));
    let used = source.paths.iter().filter(|p| names(p, "sqlx")).map(|p| format!("{p} outside store/"));
    written.chain(used).collect()
}

fn length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines > LONGEST {
        vec![format!("{lines} lines, more than {LONGEST}: split it by what it is about")]
    } else {
        Vec::new()
    }
}

fn story(source: &Source) -> Vec<String> {
    let tells = source.text.starts_with("//! ");
    let owes = source.name.ends_with("/mod.rs") || source.module().is_some() && source.depth() == 1;
    if owes && !tells { vec!["begins without //! docs: tell what this room is for".to_owned()] } else { Vec::new() }
}

#[test]
fn arrows_go_up_the_table_only() {
    hold(arrows);
    for (name, text) in [
        ("src/draw/seal.rs", "use crate::plan::Assignment;"),
        ("src/model/time.rs", "use crate::{model::Said, words};"),
        ("src/letter/mod.rs", "fn f() { crate::store::open() }"),
        ("src/reply/mod.rs", "use crate::clock::Clock;"),
        ("src/work/seal.rs", "use crate::daemon;"),
        ("src/draw/mod.rs", "use super::plan;"),
        ("src/draw/seal.rs", "use super::super::plan::Assignment;"),
        ("src/attic/mod.rs", ""),
    ] {
        assert_eq!(judged(arrows, name, text).len(), 1, "{name}: {text}");
    }
    for (name, text) in [
        ("src/plan/mod.rs", "use crate::{model::{Said, Trouble}, said, timing};"),
        ("src/draw/seal.rs", "use super::Frame; // crate::store::Store keeps it\n"),
        ("src/work/seal.rs", "use crate::{clock::Clock, draw, store::Store};"),
        ("src/cli/serve.rs", "use crate::daemon;"),
    ] {
        assert_eq!(judged(arrows, name, text), Vec::<String>::new(), "{name}: {text}");
    }
}

#[test]
fn pure_rooms_have_no_effects() {
    hold(purity);
    for text in [
        "use std::{fs, io};",
        "use std::net::TcpStream;",
        "async fn f() { tokio::spawn(g()).await }",
        "use sqlx::Row as _;",
        "let t = std::time::Instant::now();",
        "use rand::Rng;",
    ] {
        assert_eq!(judged(purity, "src/draw/x.rs", text).len(), 1, "{text}");
        assert_eq!(judged(purity, "src/mail/x.rs", text), Vec::<String>::new(), "{text}");
    }
    let harmless = "/* std::fs */ const S: &str = \"std::fs\"; const R: &str = r#\"tokio \" tokio\"#; // sqlx\nfn fs<'a>(c: &'a char) -> bool { *c == '\"' }";
    assert_eq!(judged(purity, "src/draw/x.rs", harmless), Vec::<String>::new());
}

#[test]
fn only_two_files_ask_the_system_for_time_and_chance() {
    hold(ambience);
    for text in [
        "let now = chrono::Utc::now();",
        "use chrono::Utc; fn f() { Utc::now() }",
        "SystemTime::now()",
        "rand::rng()",
        "use getrandom::fill;",
    ] {
        assert!(!judged(ambience, "src/daemon/tick.rs", text).is_empty(), "{text}");
        assert_eq!(judged(ambience, "src/clock.rs", text), Vec::<String>::new());
    }
}

#[test]
fn only_the_store_writes_sql() {
    hold(sql);
    for text in [
        "const Q: &str = \"SELECT id FROM window WHERE day = $1\";",
        "f(r\"\nSELECT 1\")",
        "f(\"INSERT OR IGNORE INTO letter VALUES ($1)\")",
        "f(\"UPDATE letter SET state = $1\")",
        "f(\"DELETE FROM letter\")",
        "f(\"CREATE TABLE x (y BIGINT)\")",
        "f(\"PRAGMA journal_mode\")",
        "use sqlx::query;",
    ] {
        assert_eq!(judged(sql, "src/work/x.rs", text).len(), 1, "{text}");
        assert_eq!(judged(sql, "src/store/x.rs", text), Vec::<String>::new(), "{text}");
    }
    let prose = "f(\"select the row and delete it from the file\") // SELECT id FROM window";
    assert_eq!(judged(sql, "src/work/x.rs", prose), Vec::<String>::new());
}

#[test]
fn files_stay_short_and_rooms_tell_their_story() {
    hold(length);
    hold(story);
    assert_eq!(judged(length, "src/draw/x.rs", &"\n".repeat(LONGEST + 1)).len(), 1);
    assert_eq!(judged(length, "tests/x.rs", &"\n".repeat(LONGEST)), Vec::<String>::new());
    for name in ["src/draw/mod.rs", "src/draw/ticket/mod.rs", "src/clock.rs", "tests/support/mod.rs"] {
        assert_eq!(judged(story, name, "use std::fmt;").len(), 1, "{name}");
        assert_eq!(judged(story, name, "//! The draw.\n"), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_double_in_the_lock_file_is_listed_with_its_reason() {
    let read = |name: &str| -> toml::Table {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap().parse().unwrap()
    };
    let text = |entry: &toml::Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let mut versions = BTreeMap::<String, usize>::new();
    for package in read("Cargo.lock")["package"].as_array().unwrap() {
        *versions.entry(text(package, "name")).or_default() += 1;
    }
    let doubles: BTreeSet<String> = versions.into_iter().filter(|(_, n)| *n > 1).map(|(name, _)| name).collect();
    let listed: BTreeSet<String> = read("deny.toml")["bans"]["skip"]
        .as_array()
        .unwrap()
        .iter()
        .inspect(|entry| assert!(!text(entry, "reason").is_empty()))
        .map(|entry| text(entry, "crate").split('@').next().unwrap().to_owned())
        .collect();
    assert_eq!(listed, doubles, "left: deny.toml, right: Cargo.lock");
}
