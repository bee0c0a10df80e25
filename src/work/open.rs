//! What is still open of an assignment, as letters and dry runs name it (REPLIES 8).

use crate::model::{Assignment, Kind};
use crate::store::OutcomeRow;
use std::collections::BTreeSet;

/// A line of which nothing is recorded; else the codes of its people without an outcome.
pub fn open(assignment: &Assignment, outcomes: &[OutcomeRow]) -> Vec<String> {
    let recorded: BTreeSet<(&str, &str)> = outcomes.iter().map(|o| (o.line.as_str(), o.person.as_str())).collect();
    let mut open = Vec::new();
    for line in &assignment.lines {
        let code = line.code.as_str();
        if line.kind == Kind::Call || line.officials.is_empty() {
            if !recorded.contains(&(code, code)) {
                open.push(code.to_owned());
            }
            continue;
        }
        let people: Vec<String> = (1..=line.officials.len()).map(|n| line.person_code(n)).collect();
        let missing: Vec<String> = people.iter().filter(|p| !recorded.contains(&(code, p.as_str()))).cloned().collect();
        if missing.len() == people.len() {
            open.push(code.to_owned());
        } else {
            open.extend(missing);
        }
    }
    open
}
