//! How people call the codes that lists and counts are kept by: of mails, letters, lines and verdicts.

use crate::model::{Said, VerdictCode};
use crate::said;

/// A code of the store with both its names; one that has none stands for itself.
fn named(code: &str, names: &[(&str, &str, &str)]) -> Said {
    names
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or_else(|| Said::new(code, code), |(_, en, zh)| Said::new(*en, *zh))
}

/// Where a mail that came in stands.
pub fn mail_state(code: &str) -> Said {
    named(
        code,
        &[
            ("new", "not read yet", "待读取"),
            ("done", "done", "已处理"),
            ("quarantine", "waits for a person", "待人工处理"),
            ("discarded", "discarded", "已丢弃"),
        ],
    )
}

/// Why a mail was read as it was (REPLIES 8).
pub fn mail_reason(code: &str) -> Said {
    named(
        code,
        &[
            ("ok", "recorded", "已登记"),
            ("own", "own letter", "本系统的信"),
            ("bounce", "bounce", "退信"),
            ("delayed", "a letter of ours is delayed", "本系统的信延迟送达"),
            ("over_caps", "larger or deeper than is read", "过大或嵌套过深"),
            ("too_large", "larger than 20 MiB", "超过20MiB"),
            ("lost", "its bytes are missing", "原文缺失"),
            ("failure", "could not be dealt with", "处理失败"),
            ("read_receipt", "read receipt", "已读回执"),
            ("auto_reply", "automatic reply", "自动回复"),
            ("duplicate", "the same mail again", "重复邮件"),
            ("beacon", "a second office's link, entered", "第二单位的链环，已录入"),
            ("files", "files of records, imported", "考勤请假文件，已导入"),
            ("answer", "answer to a letter about a flag, filed", "对疑点通知的回复，已登记"),
            ("away", "an inspector's absence, noted", "检查员请假，已登记"),
            ("away_unclear", "perhaps an inspector's absence; asked back", "疑似检查员请假，已回信询问"),
            ("no_files", "files of records, none imported; answered", "考勤请假文件，均未导入，已回信说明"),
            ("no_key", "belongs to no assignment", "未对应任何任务"),
            ("bad_key", "its key does not match", "凭证不符"),
            ("closed", "assignment closed", "任务已截止"),
            ("wrong_sender", "not from a registered address", "不是登记的邮箱"),
            ("unauthenticated", "sender not proven", "发件人未能核实"),
            ("no_text", "no text", "没有文字"),
            ("charset", "characters cannot be read", "文字编码无法识别"),
            ("too_long", "longer than anybody writes", "文字过长"),
            ("unreadable", "the mail server does not hand it over", "邮件服务器无法提供该邮件"),
            ("discarded", "discarded", "已丢弃"),
        ],
    )
}

/// A kind of letter, as lists name it.
pub fn letter_kind(code: &str) -> Said {
    named(
        code,
        &[
            ("assignment", "assignment", "任务"),
            ("alert", "alert", "告警"),
            ("void", "void notice", "作废通知"),
            ("change", "change of an assignment", "任务变更通知"),
            ("receipt", "receipt", "回执"),
            ("help", "help", "填写说明"),
            ("reminder", "reminder", "提醒"),
            ("explain", "please-explain letter", "说明通知"),
            ("decision", "decision letter", "认定通知"),
            ("sheet", "sheet", "安排表"),
            ("digest", "digest", "日报"),
            ("report", "report of a period", "期间报告"),
        ],
    )
}

/// How a trust in a sender stands.
pub fn trust_state(code: &str) -> Said {
    named(
        code,
        &[("trusted", "trusted until", "信任至"), ("ended", "ended", "已到期"), ("revoked", "revoked", "已取消")],
    )
}

/// Where a letter stands on its way out.
pub fn letter_state(code: &str) -> Said {
    named(
        code,
        &[
            ("queued", "queued", "待发送"),
            ("claimed", "being sent", "发送中"),
            ("data_sent", "being sent", "发送中"),
            ("acked", "sent", "已发送"),
            ("refused", "refused", "被拒收"),
            ("ambiguous", "perhaps sent", "是否送达不明"),
            ("held", "held back", "已暂缓"),
            ("expired", "too late, not sent", "已过期未发"),
        ],
    )
}

/// How a line ended (DESIGN 7).
pub fn line_state(code: &str) -> Said {
    named(
        code,
        &[
            ("answered", "answered", "已回复"),
            ("not_done", "not done", "未去"),
            ("attempts_used_up", "attempts used up", "拨打次数已用完"),
            ("no_reply", "no reply", "未回复"),
            ("not_dispatched", "not dispatched", "未派出"),
            ("blackout", "not executed: weather or season", "因天气或季节未执行"),
            ("barred", "barred", "均须回避"),
            ("void", "void", "作废"),
            ("open", "open", "未完成"),
        ],
    )
}

/// How a place came to be drawn (DRAW 2).
pub fn origin(code: &str) -> Said {
    named(
        code,
        &[
            ("ticket", "by its ticket", "按签号抽中"),
            ("overflow", "visits were full", "走访名额已满，改为电话"),
            ("exact", "to fill the number", "为补足规定数量"),
            ("announced", "announced beforehand", "事先通知"),
        ],
    )
}

/// A verdict in a word or two; its sentence says the rest.
pub fn verdict(code: VerdictCode) -> Said {
    match code {
        VerdictCode::NotDue => said!("not due", "无需在岗"),
        VerdictCode::Excused => said!("excused", "有据不在岗"),
        VerdictCode::ExcusedVerify => said!("excused, to be verified", "有据不在岗，待核实"),
        VerdictCode::Waiting => said!("waiting for records", "等待记录"),
        VerdictCode::RetroactivePunch => said!("punch added afterwards", "事后补卡"),
        VerdictCode::LatePaperwork => said!("leave filed afterwards", "事后补假"),
        VerdictCode::PunchContradicts => said!("punch contradicts", "打卡与实查不符"),
        VerdictCode::WeakPresence => said!("weak punch only", "仅有弱证明打卡"),
        VerdictCode::ClaimedUnproven => said!("reason claimed, not on record", "所称事由无记录"),
        VerdictCode::Unexcused => said!("absent without a record", "无记录不在岗"),
        VerdictCode::DataMissing => said!("records missing", "缺少记录"),
        VerdictCode::Unclear => said!("unclear", "不明"),
        VerdictCode::LeaveNotCancelled => said!("leave not cancelled", "未销假"),
        VerdictCode::RecordIncomplete => said!("record incomplete", "记录不全"),
        VerdictCode::Present => said!("present", "在岗"),
        VerdictCode::Unreachable => said!("not reached", "未联系上"),
        VerdictCode::ContactWrong => said!("contact is wrong", "联系方式有误"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_a_name_is_still_shown() {
        assert_eq!(mail_state("done").zh, "已处理");
        assert_eq!(mail_state("some_new_state"), Said::new("some_new_state", "some_new_state"));
    }
}
