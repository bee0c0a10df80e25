//! The parts of a verdict's sentence: observations, times, records, sources.

use super::verdicts::When;
use crate::model::record::{Direction, Filed, FiledBy, NoteKind, Origin, Paper, PaperKind, PaperStatus, Punch};
use crate::model::record::{Record, SourceKind, What};
use crate::model::{Outcome, Said, Timestamp};
use crate::said;
use chrono_tz::Tz;

/// So many records are described, the rest is counted.
const DESCRIBED: usize = 3;

/// `On 2026-03-12 at 10:20 the official was found absent`.
pub fn observed(outcome: Outcome, when: When, zone: Tz) -> Said {
    let what = match outcome {
        Outcome::Present => said!("the official was found present", "本人在岗"),
        Outcome::Absent => said!("the official was found absent", "本人不在岗"),
        Outcome::OnLeave => said!("the official was absent, said to be on leave", "本人不在岗，据称请假"),
        Outcome::OnDutyElsewhere => {
            said!("the official was absent, said to be on duty elsewhere", "本人不在岗，据称在别处执行公务")
        }
        Outcome::NotMet => said!("the official was not met", "未见到本人"),
        Outcome::NoAnswer => said!("nobody answered the call", "电话无人接听"),
        Outcome::Busy => said!("the line was busy", "电话占线"),
        Outcome::Unreachable => said!("the phone could not be reached", "电话无法接通"),
        Outcome::WrongNumber => said!("the number belongs to somebody else", "所登记的号码有误"),
        Outcome::Refused => said!("an answer was refused", "对方拒绝回答"),
        Outcome::Callback => said!("a call back was agreed", "约定稍后回电"),
        Outcome::Reached => said!("the call was answered", "电话已接通"),
        Outcome::Partial => said!("the call was answered in part", "电话仅完成一部分"),
        Outcome::NotDone => said!("the check was not done", "检查未进行"),
    };
    let (en, zh) = (what.en, what.zh);
    match when {
        When::At(at) => {
            let at = at.local(zone);
            let (en_at, zh_at) = (at.format("On %Y-%m-%d at %H:%M"), at.format("%Y年%-m月%-d日%H:%M"));
            said!("{en_at} {en}", "{zh_at}，{zh}")
        }
        When::Between(from, to) => {
            let (from, to) = (time(from, zone), time(to, zone));
            let (en_from, en_to, zh_from, zh_to) = (from.en, to.en, from.zh, to.zh);
            said!("Between {en_from} and {en_to} {en}", "{zh_from}至{zh_to}之间，{zh}")
        }
        When::Unknown => {
            let mut letters = en.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            Said::new(format!("{first}{}", letters.as_str()), zh)
        }
    }
}

pub fn source(kind: SourceKind) -> Said {
    match kind {
        SourceKind::Punch => said!("attendance", "考勤打卡"),
        SourceKind::Leave => said!("leave", "请假"),
        SourceKind::Trip => said!("trips", "出差"),
        SourceKind::Training => said!("training", "培训"),
        SourceKind::Meeting => said!("meetings", "会议"),
        SourceKind::Errand => said!("errands", "外出办事"),
        SourceKind::Rota => said!("rota", "排班"),
        SourceKind::WorkLog => said!("work logs", "工作日志"),
        SourceKind::HealthCheck => said!("health checks", "体检"),
        SourceKind::Insurance => said!("insurance", "保险"),
        SourceKind::Allowance => said!("allowances", "补助"),
    }
}

fn source_of(kind: NoteKind) -> Said {
    let source_kind = SourceKind::ALL.iter().find(|source| source.note() == Some(kind));
    source_kind.map_or_else(|| Said::new(kind.code(), kind.code()), |kind| source(*kind))
}

pub fn records(records: &[&Record], zone: Tz) -> Said {
    let mut parts: Vec<Said> = records.iter().take(DESCRIBED).map(|record| one(record, zone)).collect();
    let more = records.len().saturating_sub(DESCRIBED);
    if more > 0 {
        parts.push(said!("{more} more", "另有{more}条"));
    }
    join(&parts)
}

/// Commas in one language, enumeration commas in the other.
pub fn join(parts: &[Said]) -> Said {
    let all = |text: fn(&Said) -> &str, comma: &str| parts.iter().map(text).collect::<Vec<_>>().join(comma);
    Said::new(all(|part| &part.en, ", "), all(|part| &part.zh, "、"))
}

fn one(record: &Record, zone: Tz) -> Said {
    match &record.what {
        What::Punch(what) => punch(what, &record.filed, zone),
        What::Paper(what) => paper(what, &record.filed, zone),
        What::Note(note) => source_of(note.kind),
        What::Rota { from, to } => {
            let (from, to) = (time(*from, zone), time(*to, zone));
            Said::new(format!("rota {} to {}", from.en, to.en), format!("排班（{}至{}）", from.zh, to.zh))
        }
    }
}

fn punch(punch: &Punch, filed: &Filed, zone: Tz) -> Said {
    let at = time(punch.at, zone);
    let direction = match punch.direction {
        Direction::In => said!("punch in", "上班打卡"),
        Direction::Out => said!("punch out", "下班打卡"),
        Direction::None => said!("punch", "打卡"),
    };
    let origin = match (punch.origin, punch.in_range) {
        (Origin::Device, Some(false)) => said!("device, out of range", "考勤机，不在范围内"),
        (Origin::Device, _) => said!("device", "考勤机"),
        (Origin::Phone, Some(true)) => said!("phone, in range", "手机，在范围内"),
        (Origin::Phone, Some(false)) => said!("phone, out of range", "手机，不在范围内"),
        (Origin::Phone, None) => said!("phone, range unknown", "手机，位置不明"),
        (Origin::Edited, _) => said!("edited by a manager", "管理员改卡"),
        (Origin::Correction, _) => said!("correction", "补卡"),
    };
    let entered = match (punch.origin, filed.at) {
        (Origin::Edited | Origin::Correction, Some(at)) => {
            let at = time(at, zone);
            Said::new(format!(", entered {}", at.en), format!("，{}录入", at.zh))
        }
        _ => said!("", ""),
    };
    Said::new(
        format!("{} {} ({}{})", direction.en, at.en, origin.en, entered.en),
        format!("{}{}（{}{}）", at.zh, direction.zh, origin.zh, entered.zh),
    )
}

fn paper(paper: &Paper, filed: &Filed, zone: Tz) -> Said {
    let kind = match paper.kind {
        PaperKind::Leave => said!("leave", "请假"),
        PaperKind::Trip => said!("trip", "出差"),
        PaperKind::Training => said!("training", "培训"),
        PaperKind::Meeting => said!("meeting", "会议"),
        PaperKind::Errand => said!("errand", "外出办事"),
    };
    let (from, to) = (time(paper.from, zone), time(paper.to, zone));
    let filed = match (filed.at, filed.by) {
        (Some(at), FiledBy::Machine) => {
            let at = time(at, zone);
            Said::new(format!("filed {}", at.en), format!("{}填报", at.zh))
        }
        (Some(at), FiledBy::Written) => {
            let day = at.local(zone);
            let (en, zh) = (day.format("%Y-%m-%d"), day.format("%Y年%-m月%-d日"));
            said!("dated {en} by hand", "手写日期{zh}")
        }
        (None, _) | (_, FiledBy::Unknown) => said!("filing time unknown", "填报时间不明"),
    };
    let status = match (paper.status, paper.cancelled_at) {
        (Some(PaperStatus::Cancelled), None) => said!(", cancelled", "，已取消"),
        (_, Some(at)) => {
            let at = time(at, zone);
            Said::new(format!(", cancelled {}", at.en), format!("，{}取消", at.zh))
        }
        (Some(PaperStatus::Pending), None) => said!(", pending", "，待批准"),
        (Some(PaperStatus::Rejected), None) => said!(", rejected", "，未批准"),
        (Some(PaperStatus::Approved) | None, None) => match paper.approved_at {
            Some(at) => {
                let at = time(at, zone);
                Said::new(format!(", approved {}", at.en), format!("，{}批准", at.zh))
            }
            None => said!("", ""),
        },
    };
    Said::new(
        format!("{} from {} to {} ({}{})", kind.en, from.en, to.en, filed.en, status.en),
        format!("{}{}至{}（{}{}）", kind.zh, from.zh, to.zh, filed.zh, status.zh),
    )
}

/// `2026-03-12 10:20` and `2026年3月12日10:20`.
fn time(at: Timestamp, zone: Tz) -> Said {
    let at = at.local(zone);
    Said::new(at.format("%Y-%m-%d %H:%M").to_string(), at.format("%Y年%-m月%-d日%H:%M").to_string())
}
