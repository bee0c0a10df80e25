//! Dates, counts and outcomes as letters say them.

use crate::model::{Kind, Outcome, Said, Timestamp};
use crate::said;
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

/// `Thu 12 Mar`, `3月12日 周四`.
pub fn day(day: NaiveDate) -> Said {
    let number = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
    let weekday = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"].get(number).copied().unwrap_or("");
    Said::new(day.format("%a %-d %b").to_string(), format!("{}月{}日 {weekday}", day.month(), day.day()))
}

/// `12 Mar`, `3月12日`.
pub fn short_day(day: NaiveDate) -> Said {
    Said::new(day.format("%-d %b").to_string(), format!("{}月{}日", day.month(), day.day()))
}

/// `18:00` on the day itself, else `Fri 13 Mar 18:00`.
pub fn deadline(at: Timestamp, seen_from: NaiveDate, zone: Tz) -> Said {
    let clock = at.clock(zone);
    if at.day(zone) == seen_from {
        return said!("{clock}", "{clock}");
    }
    let day = day(at.day(zone));
    Said::new(format!("{} {clock}", day.en), format!("{} {clock}", day.zh))
}

/// `09:00-11:30`.
pub fn span(from: Timestamp, to: Timestamp, zone: Tz) -> String {
    format!("{}-{}", from.clock(zone), to.clock(zone))
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `1 visit, 2 calls`, `走访1处 电话2个`; what is nought is left out.
pub fn counts(visits: usize, calls: usize) -> Said {
    let mut en = Vec::new();
    let mut zh = Vec::new();
    if visits > 0 || calls == 0 {
        en.push(plural(visits, "visit", "visits"));
        zh.push(format!("走访{visits}处"));
    }
    if calls > 0 {
        en.push(plural(calls, "call", "calls"));
        zh.push(format!("电话{calls}个"));
    }
    Said::new(en.join(", "), zh.join("、"))
}

/// The same for a subject in both languages at once: `visits 走访1 calls 电话2`.
pub fn counts_both(visits: usize, calls: usize) -> String {
    let mut parts = Vec::new();
    if visits > 0 || calls == 0 {
        parts.push(format!("visits 走访{visits}"));
    }
    if calls > 0 {
        parts.push(format!("calls 电话{calls}"));
    }
    parts.join(" ")
}

/// VISIT and CALL.
pub fn kind(kind: Kind) -> Said {
    match kind {
        Kind::Visit => said!("VISIT", "走访"),
        Kind::Call => said!("CALL", "电话"),
    }
}

/// The word that heads each row of the table of REPLIES 6.
pub fn outcome(outcome: Outcome) -> Said {
    match outcome {
        Outcome::Present => said!("present", "在岗"),
        Outcome::Absent => said!("absent", "不在岗"),
        Outcome::OnLeave => said!("on leave", "请假"),
        Outcome::OnDutyElsewhere => said!("elsewhere", "外勤"),
        Outcome::NoAnswer => said!("no answer", "无人接听"),
        Outcome::Busy => said!("busy", "占线"),
        Outcome::WrongNumber => said!("wrong number", "空号"),
        Outcome::Refused => said!("refused", "拒绝"),
        Outcome::Callback => said!("callback", "回电"),
        Outcome::Unreachable => said!("unreachable", "关机"),
        Outcome::NotMet => said!("not met", "未见到"),
        Outcome::Reached => said!("reached", "接通"),
        Outcome::Partial => said!("partial", "未答完"),
        Outcome::NotDone => said!("not done", "未去"),
    }
}
