//! A case written in a line, and what it comes to.

use serde_json::{Value, json};
use spotcheck::evidence::{Case, Judgement, dry_run, judge};

/// `12 10:20` in March 2026, or a whole local time; `12 10:20:30` works too. 12 March is a Thursday.
pub fn time(text: &str) -> Value {
    let text = if text.contains('-') { text.to_owned() } else { format!("2026-03-{text}") };
    let seconds = if text.matches(':').count() == 1 { ":00" } else { "" };
    json!(format!("{}{seconds}+08:00", text.replace(' ', "T")))
}

pub fn day(text: &str) -> Value {
    json!(if text.contains('-') { text.to_owned() } else { format!("2026-03-{text}") })
}

/// A case in the form of EVIDENCE 9, built up step by step.
#[derive(Clone)]
pub struct Build(pub Value);

/// A visit on Thursday 12 March: window 09:00-12:00, seen at 10:20, received 13:00, judged on the
/// 14th. Punches (`p1`) and leave (`l1`) were seen on the 13th and cover all of March.
pub fn visit(outcome: &str) -> Build {
    Build(json!({
        "judged_at": time("14 08:00"), "zone": "Asia/Shanghai", "duty_rule": "workdays",
        "observation": {"official": "O1", "kind": "visit", "outcome": outcome, "from": time("12 09:00"),
                        "to": time("12 12:00"), "at": time("12 10:20"), "received": time("12 13:00")},
        "calendar": {"workday": true, "holidays": [], "makeup_workdays": []},
        "sources": [
            {"id": "punches", "kind": "punch", "cadence": "daily", "grace_days": 5, "settle_hours": 0,
             "batches": [batch("p1", "13 08:00", "01", "31")]},
            {"id": "leave", "kind": "leave", "cadence": "daily", "grace_days": 5, "settle_hours": 0,
             "batches": [batch("l1", "13 08:00", "01", "31")]}],
        "records": []
    }))
}

pub fn absent() -> Build {
    visit("absent")
}

pub fn call(outcome: &str) -> Build {
    visit(outcome).with("/observation/kind", json!("call"))
}

pub fn batch(id: &str, seen: &str, from: &str, to: &str) -> Value {
    json!({"id": id, "seen": time(seen), "covers_from": day(from), "covers_to": day(to), "complete": true})
}

pub fn source(id: &str, kind: &str, cadence: &str) -> Value {
    json!({"id": id, "kind": kind, "cadence": cadence, "grace_days": 5, "settle_hours": 0, "batches": []})
}

/// A paper from the leave source, approved and filed by machine.
pub fn paper(kind: &str, from: &str, to: &str, filed: &str) -> Value {
    json!({"source": "leave", "first_batch": "l1", "kind": kind, "from": time(from), "to": time(to),
           "filed": time(filed), "filed_by": "machine", "status": "approved"})
}

/// A raw punch on the wall device.
pub fn punch(at: &str, direction: &str) -> Value {
    json!({"source": "punches", "first_batch": "p1", "last_batch": "p1", "kind": "punch", "at": time(at),
           "direction": direction, "origin": "device", "filed": time(at), "filed_by": "machine"})
}

/// Sets fields of a record: `but(punch(..), json!({"origin": "phone"}))`; null takes one away.
pub fn but(mut record: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

impl Build {
    /// Sets what stands at a JSON pointer; the place before the last name must exist.
    pub fn with(mut self, pointer: &str, value: Value) -> Build {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = self.0.pointer_mut(parent).unwrap_or_else(|| panic!("no {pointer}"));
        match parent {
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
            other => other[name] = value,
        }
        self
    }

    /// The stated time, or none.
    pub fn at(self, at: Option<&str>) -> Build {
        self.with("/observation/at", at.map_or(Value::Null, time))
    }

    pub fn judged(self, at: &str) -> Build {
        self.with("/judged_at", time(at))
    }

    pub fn record(mut self, record: Value) -> Build {
        self.0["records"].as_array_mut().unwrap().push(record);
        self
    }

    pub fn source(mut self, source: Value) -> Build {
        self.0["sources"].as_array_mut().unwrap().push(source);
        self
    }

    /// Adds a batch to source number `source`: 0 punches, 1 leave, then as added.
    pub fn batch(mut self, source: usize, batch: Value) -> Build {
        self.0["sources"][source]["batches"].as_array_mut().unwrap().push(batch);
        self
    }

    /// Replaces the batches of a source.
    pub fn batches(self, source: usize, batches: Vec<Value>) -> Build {
        self.with(&format!("/sources/{source}/batches"), json!(batches))
    }

    pub fn case(&self) -> Case {
        dry_run::read(&self.0.to_string()).unwrap_or_else(|trouble| panic!("{trouble}"))
    }

    pub fn judgement(&self) -> Judgement {
        judge(&self.case())
    }

    /// `unexcused high []`, with ` unclear` where the timing is.
    pub fn told(&self) -> String {
        let judgement = self.judgement();
        let verdict = judgement.verdict.map_or("null", |v| v.code());
        let unclear = if judgement.timing_unclear { " unclear" } else { "" };
        format!("{verdict} {} {:?}{unclear}", judgement.strength, judgement.rows)
    }
}

/// Judges a table of cases and lists every difference at once.
pub fn check(table: Vec<(&str, Build, &str)>) {
    let wrong: Vec<String> = table
        .into_iter()
        .filter_map(|(rule, build, expected)| {
            let told = build.told();
            (told != expected).then(|| format!("{rule}\n    expected {expected}\n    told     {told}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
