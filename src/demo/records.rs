//! Attendance and leave files: the traces that the truth leaves at its sources.
//!
//! Every trace carries the moment at which it was entered, and a file holds what had been entered
//! when it was written. Observations are expected from 09:00 to 17:00: punches lie more than an
//! hour outside, what is filed "before" lies before, what is filed "after" lies after.

use super::attendance::{Arrival, Attendance, Feed};
use super::county::{Official, ZONE};
use super::papers;
use super::sheets;
use super::truth::Truth;
use crate::model::Timestamp;
use crate::model::time::{MINUTE, SECOND};
use chrono::{NaiveDate, NaiveTime};

/// A row with its entry time: it is in every file that is written later.
pub(super) struct Row {
    pub filed: Timestamp,
    pub official: String,
    pub cells: Vec<String>,
}

/// The whole file. Devices: UTF-8 with BOM, bilingual header; leave: GB18030, Chinese header; the
/// others: UTF-8, English header.
pub fn file(attendance: &Attendance<'_>, arrival: &Arrival) -> Vec<u8> {
    let feed = arrival.feed;
    let mut text = sheets::line(header(feed));
    let mut rows = match feed {
        Feed::Devices | Feed::Telephones => punches(attendance, arrival),
        Feed::Leave | Feed::Trips | Feed::Training => papers::rows(attendance, arrival),
    };
    rows.retain(|row| row.filed <= arrival.at);
    for row in &rows {
        let cells: Vec<&str> =
            std::iter::once(row.official.as_str()).chain(row.cells.iter().map(String::as_str)).collect();
        text.push_str(&sheets::line(&cells));
    }
    if arrival.bad_rows > 0 {
        text.push_str("YL-O99999,leave,事假,2026-03-02,2026-03-02,approved,2026-02-27 09:00:00,machine,,,no\n");
        text.push_str("YL-O00001,leave,事假,2026-13-45,2026-13-45,approved,2026-02-27 09:00:00,machine,,,no\n");
    }
    match feed {
        Feed::Devices => [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
        Feed::Leave => encoding_rs::GB18030.encode(&text).0.into_owned(),
        Feed::Telephones | Feed::Trips | Feed::Training => text.into_bytes(),
    }
}

fn header(feed: Feed) -> &'static [&'static str] {
    match feed {
        Feed::Devices => &[
            "official / 人员",
            "time / 时间",
            "direction / 方向",
            "origin / 来源",
            "in_range / 在范围内",
            "device / 设备",
            "filed / 填报时间",
            "filed_by / 填报方式",
        ],
        Feed::Telephones => &["official", "time", "direction", "origin", "in_range", "device", "filed", "filed_by"],
        Feed::Leave => {
            &["人员", "种类", "名目", "起", "止", "状态", "填报时间", "填报方式", "批准时间", "取消时间", "病假"]
        }
        Feed::Trips | Feed::Training => &[
            "official",
            "kind",
            "label",
            "from",
            "to",
            "status",
            "filed",
            "filed_by",
            "approved_at",
            "cancelled_at",
            "sick",
        ],
    }
}

pub(super) fn moment(day: NaiveDate, minutes: i64) -> Timestamp {
    Timestamp::from_local(day.and_time(NaiveTime::MIN), ZONE).plus(minutes * MINUTE)
}

pub(super) fn written(at: Timestamp) -> String {
    at.local(ZONE).format("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn active<'a>(attendance: &'a Attendance<'_>) -> impl Iterator<Item = &'a Official> {
    attendance.county.officials.iter().filter(|o| o.left.is_none())
}

fn punches(attendance: &Attendance<'_>, arrival: &Arrival) -> Vec<Row> {
    let mut rows = Vec::new();
    let devices = arrival.feed == Feed::Devices;
    let days = arrival.from.iter_days().take_while(|d| *d <= arrival.to).filter(|d| (attendance.is_workday)(*d));
    for day in days {
        for official in active(attendance) {
            let Some(team) = attendance.county.teams.get(official.team) else { continue };
            if team.has_device == devices {
                let township = attendance.county.villages.get(team.village).map_or("", |v| &v.township_code);
                day_of_punches(attendance, official, day, township, &mut rows);
            }
        }
    }
    rows
}

fn day_of_punches(
    attendance: &Attendance<'_>,
    official: &Official,
    day: NaiveDate,
    township: &str,
    rows: &mut Vec<Row>,
) {
    let dice = &attendance.dice;
    let key = format!("{} {day}", official.id);
    let arrives =
        moment(day, dice.between("in", &key, 7 * 60 + 5, 7 * 60 + 50)).plus(dice.between("s", &key, 0, 59) * SECOND);
    let leaves = moment(day, dice.between("out", &key, 18 * 60 + 10, 18 * 60 + 55))
        .plus(dice.between("t", &key, 0, 59) * SECOND);
    let own = if official.device_number.is_some() { "device" } else { "phone" };
    // Entered by hand from the first to the second evening after.
    let by_hand = moment(day, 24 * 60 + dice.between("entered", &key, 9 * 60, 41 * 60));
    let (inward, outward) = match attendance.oracle.of(&official.id, day) {
        Truth::AtPost | Truth::LeaveButPresent | Truth::LeaveCancelled | Truth::PunchedAndAway => {
            ((own, "yes", arrives.plus(4 * SECOND)), (own, "yes", leaves.plus(4 * SECOND)))
        }
        Truth::PunchedFarAway => (("phone", "no", arrives.plus(4 * SECOND)), ("phone", "no", leaves.plus(4 * SECOND))),
        Truth::PunchEditedBefore => (("edited", "", arrives.plus(12 * MINUTE)), (own, "yes", leaves.plus(4 * SECOND))),
        Truth::PunchEditedAfter => {
            let origin = if dice.chance("correction", &key, 500) { "correction" } else { "edited" };
            ((origin, "", by_hand), (origin, "", by_hand.plus(MINUTE)))
        }
        Truth::Unpunched
        | Truth::AbsentUnexcused
        | Truth::LeaveRejected
        | Truth::OnLeave
        | Truth::LeaveSentLate
        | Truth::LeaveApprovedAfter
        | Truth::LeaveFiledAfter
        | Truth::OnTrip
        | Truth::InTraining
        | Truth::ClaimedOnly
        | Truth::NotMet => return,
    };
    for (at, way, (origin, in_range, filed)) in [(arrives, "in", inward), (leaves, "out", outward)] {
        let device =
            if origin == "device" { format!("YL-D{}", township.get(6..).unwrap_or("")) } else { String::new() };
        rows.push(Row {
            filed,
            official: official.device_number.clone().unwrap_or_else(|| official.id.to_string()),
            cells: vec![
                written(at),
                way.to_owned(),
                origin.to_owned(),
                in_range.to_owned(),
                device,
                written(filed),
                "machine".to_owned(),
            ],
        });
    }
}
