//! The first records of a file as they were understood, for people and for programs.

use crate::evidence::rows::{FiledRow, times};
use crate::model::record::{Filed, What};
use crate::model::{Language, Timestamp};
use chrono_tz::Tz;
use serde_json::{Value, json};

/// One line a record: row, official, what, when, and when it was filed.
pub fn shown(rows: &[FiledRow], zone: Tz, language: Language) -> Vec<String> {
    rows.iter().map(|row| line(row, row.official.as_str(), zone, language)).collect()
}

/// The same with the official as the file has it.
pub fn line(row: &FiledRow, who: &str, zone: Tz, language: Language) -> String {
    let at = |t: Timestamp| t.local(zone).format("%Y-%m-%d %H:%M:%S").to_string();
    let (from, to) = times(&row.what);
    let when = if from == to { at(from) } else { format!("{} – {}", at(from), at(to)) };
    let mut said = vec![kind(&row.what).to_owned(), when];
    said.extend(details(&row.what).into_iter().map(|(name, text)| format!("{name} {text}")));
    match row.filed {
        Filed { at: Some(filed), by } => said.push(match language {
            Language::En => format!("filed {} ({})", at(filed), by.code()),
            Language::ZhHans => format!("填报 {}（{}）", at(filed), by.code()),
        }),
        Filed { at: None, .. } => said.push(language.pick("filing time unknown", "填报时间不明").to_owned()),
    }
    let row = row.row;
    match language {
        Language::En => format!("  row {row}: {who}: {}", said.join(", ")),
        Language::ZhHans => format!("  第{row}行：{who}：{}", said.join("，")),
    }
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Punch(_) => "punch",
        What::Paper(paper) => paper.kind.code(),
        What::Rota { .. } => "rota",
        What::Note(note) => note.kind.code(),
    }
}

fn details(what: &What) -> Vec<(&'static str, String)> {
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    match what {
        What::Punch(p) => {
            let mut said = vec![("direction", p.direction.code().to_owned()), ("origin", p.origin.code().to_owned())];
            said.extend(p.in_range.map(|inside| ("in_range", yes(inside).to_owned())));
            said.extend(p.device.clone().map(|device| ("device", device)));
            said
        }
        What::Paper(p) => {
            let mut said = vec![("label", p.label.clone())];
            said.retain(|(_, label)| !label.is_empty());
            said.extend(p.status.map(|status| ("status", status.code().to_owned())));
            said
        }
        What::Note(note) if !note.label.is_empty() => vec![("label", note.label.clone())],
        What::Rota { .. } | What::Note(_) => Vec::new(),
    }
}

pub fn json(rows: &[FiledRow], zone: Tz) -> Vec<Value> {
    rows.iter().map(|row| record(row, row.official.as_str(), zone)).collect()
}

pub fn record(row: &FiledRow, who: &str, zone: Tz) -> Value {
    let (from, to) = times(&row.what);
    let mut value = json!({
        "row": row.row, "official": who, "kind": kind(&row.what), "from": from.rfc3339(zone), "to": to.rfc3339(zone),
        "filed": row.filed.at.map(|at| at.rfc3339(zone)), "filed_by": row.filed.by.code(),
    });
    if let Some(object) = value.as_object_mut() {
        object.extend(details(&row.what).into_iter().map(|(name, text)| (name.to_owned(), Value::String(text))));
    }
    value
}
