//! A verdict in one sentence, in both languages, with its evidence (EVIDENCE 4).
//!
//! The sentence travels into flags, letters and exports. It names no person: not who gave the
//! claimed reason, not the label of a leave (EVIDENCE 5).

use super::evidence_phrases::{self as phrases, join};
use crate::model::record::{DutyRule, Record, SourceKind};
use crate::model::{Outcome, Said, Timestamp, VerdictCode};
use crate::said;
use chrono_tz::Tz;

/// When the observation was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    At(Timestamp),
    Between(Timestamp, Timestamp),
    /// Where it does not matter: a call that nobody answered.
    Unknown,
}

/// What a sentence can speak of.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    pub verdict: VerdictCode,
    pub outcome: Outcome,
    pub when: When,
    /// The office's zone, in which every time is shown.
    pub zone: Tz,
    /// The records that decided.
    pub records: Vec<&'a Record>,
    /// The kinds of source that are waited for, or overdue.
    pub sources: Vec<SourceKind>,
    pub duty_rule: Option<DutyRule>,
    /// Whether the office has any leave source.
    pub leave_source: bool,
    pub timing_unclear: bool,
}

/// Why there is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVerdict {
    /// Kind or outcome are not known.
    NothingReported,
    /// Not done, refused, call back, reached, partly answered; or an outcome that this kind of check cannot have.
    NothingObserved,
    /// Heard by phone: from a third person, or the own mobile was answered.
    OnlyHeardByPhone,
    AttemptsOpen,
    NoTime,
    OutsideWindow,
    AfterReceipt,
}

pub fn no_verdict(why: NoVerdict) -> Said {
    match why {
        NoVerdict::NothingReported => {
            said!("No verdict: the kind of check or the outcome is not known.", "不作判定：不清楚检查方式或检查结果。")
        }
        NoVerdict::NothingObserved => {
            said!("No verdict: nobody observed whether the official was there.", "不作判定：未能查明本人是否在岗。")
        }
        NoVerdict::OnlyHeardByPhone => said!(
            "No verdict: what is heard by phone is noted, and can be a reason for a visit.",
            "不作判定：电话中了解到的情况仅作记录，必要时可安排实地检查。"
        ),
        NoVerdict::AttemptsOpen => {
            said!("No verdict yet: the call will be tried again.", "暂不作判定：该电话还将再次拨打。")
        }
        NoVerdict::NoTime => said!(
            "No verdict: the time of the observation is not known; the desk asks for it.",
            "不作判定：不清楚检查时间，由值班人员核实。"
        ),
        NoVerdict::OutsideWindow => said!(
            "No verdict: the stated time lies outside the window; the desk asks what was meant.",
            "不作判定：所报时间不在检查时段之内，由值班人员核实。"
        ),
        NoVerdict::AfterReceipt => said!(
            "No verdict: the stated time is later than the receipt of the reply; the desk asks what was meant.",
            "不作判定：所报时间晚于收到回复的时间，由值班人员核实。"
        ),
    }
}

/// One sentence: what was observed, and what is on record against it or for it.
pub fn sentence(evidence: &Evidence<'_>) -> Said {
    let seen = phrases::observed(evidence.outcome, evidence.when, evidence.zone);
    let found = on_record(evidence);
    let (en, zh) = if evidence.timing_unclear {
        (
            "; within that time the records differ, and this is the weaker reading",
            "；该时段内记录前后不一，按较轻的情形认定",
        )
    } else {
        ("", "")
    };
    Said::new(format!("{}; {}{en}.", seen.en, found.en), format!("{}；{}{zh}。", seen.zh, found.zh))
}

/// The half of a [`sentence`] that says what is on record, for whom it concerns. The other half may tell what
/// somebody said, and so may this one where a claimed reason is spoken of: then it tells the records alone.
pub fn record_half(verdict: Option<VerdictCode>, sentence: &Said) -> Said {
    if verdict == Some(VerdictCode::ClaimedUnproven) {
        return said!(
            "all records have arrived: none of them accounts for that time.",
            "各项记录均已报送：均不能说明该时间的去向。"
        );
    }
    let after = |text: &str, mark: &str| text.split_once(mark).map(|(_, found)| found.to_owned()).unwrap_or_default();
    Said::new(after(&sentence.en, "; "), after(&sentence.zh, "；"))
}

fn on_record(evidence: &Evidence<'_>) -> Said {
    let records = phrases::records(&evidence.records, evidence.zone);
    let sources = join(&evidence.sources.iter().map(|kind| phrases::source(*kind)).collect::<Vec<_>>());
    let (en, zh) = (records.en, records.zh);
    match evidence.verdict {
        VerdictCode::NotDue => match evidence.duty_rule {
            Some(DutyRule::Rota) => said!("the rota has no duty at that time", "排班表上此时无值班"),
            Some(DutyRule::DaysPerMonth) => {
                said!("the day is within the allowed days of absence", "当日尚在允许离岗的天数之内")
            }
            Some(DutyRule::Workdays) | None => said!("the day is no workday", "当日不是工作日"),
        },
        VerdictCode::Excused => said!("approved leave was filed before: {en}", "事先已办理请假并获批准：{zh}"),
        VerdictCode::ExcusedVerify => {
            said!("a paper covers that time and should be checked: {en}", "有单据涵盖该时间，需核实：{zh}")
        }
        VerdictCode::Waiting => {
            let (en, zh) = (sources.en, sources.zh);
            said!("these records have not arrived for that time yet: {en}", "以下来源尚未报送该时间的记录：{zh}")
        }
        VerdictCode::RetroactivePunch => {
            said!("a punch for that time was added afterwards: {en}", "该时间的打卡记录系事后补入：{zh}")
        }
        VerdictCode::LatePaperwork => {
            said!("the paper for that time was filed only afterwards: {en}", "该时间的单据系事后填报：{zh}")
        }
        VerdictCode::PunchContradicts => {
            said!("yet a punch on site covers that time: {en}", "但有在岗打卡记录涵盖该时间：{zh}")
        }
        VerdictCode::WeakPresence => said!(
            "only a weak punch covers that time (edited, corrected, or not known to be on site): {en}",
            "仅有证明力较弱的打卡记录（改卡、补卡或不能证明在现场）：{zh}"
        ),
        VerdictCode::ClaimedUnproven => said!(
            "all records have arrived and none supports the reason; the paper is to be asked for",
            "各项记录均已报送，无一可证明所称事由，应要求提供凭证"
        ),
        VerdictCode::Unexcused if evidence.leave_source => said!(
            "all records have arrived: no leave, no trip and no punch for that time",
            "各项记录均已报送：该时间无请假、无公出、无打卡"
        ),
        VerdictCode::Unexcused => said!(
            "there is no trip and no punch for that time; this office supplies no leave records, so leave is to be asked for",
            "该时间无公出、无打卡；本单位不提供请假记录，应询问是否请假"
        ),
        VerdictCode::DataMissing if evidence.sources.is_empty() => said!(
            "whether the official was on duty is not known: the office owes the data",
            "不清楚本人当时是否应当在岗：所在单位尚欠数据"
        ),
        VerdictCode::DataMissing => {
            let (en, zh) = (sources.en, sources.zh);
            said!("the office's records are overdue: {en}", "所在单位的记录逾期未报：{zh}")
        }
        VerdictCode::Unclear => {
            said!("nobody could say whether the official was absent", "无法确认本人是否缺岗")
        }
        VerdictCode::LeaveNotCancelled => said!(
            "yet approved leave covers that time: it was not cancelled on return, or somebody else answered: {en}",
            "但该时间有已批准的请假：可能未销假，或由他人冒充：{zh}"
        ),
        VerdictCode::RecordIncomplete => {
            said!(
                "the attendance records have arrived and lack a punch for that time",
                "考勤记录已报送，但该时间无打卡"
            )
        }
        VerdictCode::Present => said!("nothing on record speaks against it", "现有记录无相反情况"),
        VerdictCode::Unreachable => {
            said!("all attempts are used up, which is never an absence", "已用完全部拨打次数，但不得据此认定缺岗")
        }
        VerdictCode::ContactWrong => {
            said!("the number in the register is to be corrected", "登记册中的号码需要更正")
        }
    }
}
