//! The papers of leave, trips and trainings, each as its source knew it when a file was written.

use super::attendance::{Arrival, Attendance, Feed, days_before};
use super::county::Official;
use super::records::{self, Row, moment, written};
use super::truth::Truth;
use crate::model::Timestamp;
use crate::model::time::{DAY, HOUR, MINUTE};
use chrono::NaiveDate;

struct Paper {
    kind: &'static str,
    label: &'static str,
    from: NaiveDate,
    to: NaiveDate,
    filed: Timestamp,
    /// A paper that is neither approved nor cancelled nor rejected is pending.
    approved: Option<Timestamp>,
    cancelled: Option<Timestamp>,
    rejected: bool,
}

pub(super) fn rows(attendance: &Attendance<'_>, arrival: &Arrival) -> Vec<Row> {
    let mut rows = Vec::new();
    for official in records::active(attendance) {
        let mut last = None;
        for day in arrival.from.iter_days().take_while(|d| *d <= arrival.to) {
            let truth = attendance.oracle.of(&official.id, day);
            let sent = truth != Truth::LeaveSentLate || arrival.has_late_papers;
            if feed_of(truth) != Some(arrival.feed) || !sent {
                continue;
            }
            let Some((from, to)) = span(attendance, official, truth, day) else { continue };
            // A paper of several days stands once in a file.
            if last.replace(from) != Some(from) {
                rows.push(row(official, &paper(attendance, official, truth, from, to), arrival.at));
            }
        }
    }
    rows
}

fn feed_of(truth: Truth) -> Option<Feed> {
    match truth {
        Truth::OnLeave
        | Truth::LeaveSentLate
        | Truth::LeaveButPresent
        | Truth::LeaveRejected
        | Truth::LeaveCancelled
        | Truth::LeaveApprovedAfter
        | Truth::LeaveFiledAfter => Some(Feed::Leave),
        Truth::OnTrip => Some(Feed::Trips),
        Truth::InTraining => Some(Feed::Training),
        _ => None,
    }
}

fn span(
    attendance: &Attendance<'_>,
    official: &Official,
    truth: Truth,
    day: NaiveDate,
) -> Option<(NaiveDate, NaiveDate)> {
    match truth {
        Truth::OnLeave | Truth::OnTrip | Truth::InTraining => {
            attendance.oracle.episode(&official.id, day).map(|e| (e.from, e.to))
        }
        _ => (attendance.is_workday)(day).then_some((day, day)),
    }
}

fn paper(attendance: &Attendance<'_>, official: &Official, truth: Truth, from: NaiveDate, to: NaiveDate) -> Paper {
    let dice = &attendance.dice;
    let key = format!("{} {from}", official.id);
    let eve = days_before(from, dice.between("days before", &key, 1, 4));
    let filed = moment(eve, dice.between("filed", &key, 9 * 60, 16 * 60));
    let decided = filed.plus(dice.between("decided", &key, 10, 180) * MINUTE);
    let (kind, label) = match truth {
        Truth::OnTrip => ("trip", "县里开会办事"),
        Truth::InTraining => ("training", "乡村振兴培训班"),
        _ => ("leave", dice.pick("label", &key, &["事假", "年休假", "探亲假"])),
    };
    let plain = Paper { kind, label, from, to, filed, approved: Some(decided), cancelled: None, rejected: false };
    match truth {
        Truth::LeaveRejected => Paper { approved: None, rejected: true, ..plain },
        Truth::LeaveCancelled => {
            let cancelled = decided.plus(HOUR).plus(dice.between("cancelled", &key, 0, 59) * MINUTE);
            Paper { cancelled: Some(cancelled), ..plain }
        }
        Truth::LeaveApprovedAfter => {
            Paper { approved: Some(moment(to, 34 * 60 + dice.between("approved", &key, 0, 300))), ..plain }
        }
        Truth::LeaveFiledAfter => {
            let filed = moment(to, dice.between("filed after", &key, 19 * 60 + 30, 60 * 60));
            Paper { filed, approved: Some(filed.plus(30 * MINUTE)), ..plain }
        }
        _ => plain,
    }
}

fn row(official: &Official, paper: &Paper, known_at: Timestamp) -> Row {
    let known = |at: Option<Timestamp>| at.filter(|t| *t <= known_at);
    let (approved, cancelled) = (known(paper.approved), known(paper.cancelled));
    let status = match (paper.rejected, cancelled, approved) {
        (true, _, _) => "rejected",
        (_, Some(_), _) => "cancelled",
        (_, None, Some(_)) => "approved",
        (_, None, None) => "pending",
    };
    // Leave is written in days; trips and trainings with their hours.
    let (from, to) = if paper.kind == "leave" {
        (paper.from.format("%Y-%m-%d").to_string(), paper.to.format("%Y-%m-%d").to_string())
    } else {
        (written(moment(paper.from, 6 * 60)), written(moment(paper.to, 0).plus(DAY - 2 * HOUR)))
    };
    Row {
        filed: paper.filed,
        official: official.id.to_string(),
        cells: vec![
            paper.kind.to_owned(),
            paper.label.to_owned(),
            from,
            to,
            status.to_owned(),
            written(paper.filed),
            "machine".to_owned(),
            approved.map(written).unwrap_or_default(),
            cancelled.map(written).unwrap_or_default(),
            "no".to_owned(),
        ],
    }
}
