//! What offices and the head read: sheet, digest, void notice, alert.

use crate::model::Said;
use crate::said;

macro_rules! fixed {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $zh:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name() -> Said {
            said!($en, $zh)
        }
    )*};
}

fixed! {
    sheet_tag: "Sheet", "督查安排";
    digest_tag: "Daily", "督查日报";
    void_tag: "Void", "时段作废";
    alert_tag: "Alert", "督查告警";
    report_tag: "Report", "督查报告";
    report_attached: "The whole report is attached: a page to read and print, and a workbook.",
        "完整报告见附件：一份可阅读、打印的网页，一份表格。";
    sheet_nothing: "Nothing released yet today; nothing to do.", "今天尚无任务下发，无需处理。";
    sheet_alive: "The machine is running. Another sheet follows at each release. No sheet by 08:00 means the machine is down.",
        "系统运行正常，每次下发任务后另发安排表。若08:00前未收到安排表，说明系统已停机。";
    sheet_secret: "For the office only. Do not forward and do not announce. Numbers are masked.",
        "仅供本单位掌握，不打招呼、不转发。电话号码已部分隐去。";
    verify_heading: "To verify at these places", "请顺便核实的整改";
    verify_how: "Ask the inspectors to look at these as well, and enter what they say: spotcheck findings step ID verify (or reopen).",
        "请检查员一并查看，并按其反馈登记：spotcheck findings step 编号 verify（未整改的用reopen）。";
    column_line: "Line", "编号";
    column_when: "When", "时间";
    column_where: "Where", "地点";
    column_who: "Who", "对象";
    column_item: "Item", "事项";
    column_what: "What to do", "处理要求";
    column_done: "Done", "已完成";
    column_due: "Due", "应完成";
    column_kind: "Kind", "类型";
    column_outcome: "Result", "结果";
    column_number: "Number", "数量";
    not_made_heading: "Visits that were not made", "未执行的走访";
    outcomes_heading: "Reported today", "今日查实情况";
    column_window: "Window", "时段";
    column_places: "Places", "地点数";
    column_root: "Seal", "封存校验码";
    column_place: "Place", "地点";
    column_reason: "Reason", "原因";
    todo_heading: "To do first", "需要您处理";
    todo_none: "Nothing to do.", "无待办事项。";
    done_heading: "Done today", "今日完成";
    coverage_heading: "Coverage", "覆盖情况";
    tomorrow_heading: "Next workday", "下一工作日";
    tomorrow_none: "No window is sealed yet.", "尚无已封存的时段。";
    tomorrow_secret: "Nobody knows yet which places will be drawn, not even the machine. The seals fix the lists of places and their chances, so that nobody can change them unseen.",
        "抽查哪些地点，目前任何人（包括系统）都不知道。封存校验码固定了地点名单及抽中概率，任何改动都会被发现。";
    sealed_caption: "Sealed windows", "已封存的时段";
    taken_out_heading: "Taken out by a person", "人工移出";
    announced_heading: "Announced visits: please tell these teams", "规定次数的补足走访：请通知以下工作队";
    log_heading: "Public log", "公开日志";
    visits: "Visits", "走访";
    calls: "Calls", "电话";
    void_nothing: "Nothing was drawn and nothing will be drawn later. There is nothing to do; letters you already hold stay valid.",
        "该时段未抽取，今后也不会补抽。无需处理；此前收到的任务仍然有效。";
    void_reason: "Reason", "原因";
    voids_heading: "Void windows", "作废的时段";
    masked_note: "Numbers are masked. Names of places drawn for later are never in this mail.",
        "电话号码已部分隐去；本邮件不含今后抽中的地点。";
}

pub fn sheet_task(counts: &Said, day: &Said) -> Said {
    Said::new(
        format!("{} released for {}. For your information, nothing to answer.", counts.en, day.en),
        format!("{}：已下发{}。供您掌握，无需回复。", day.zh, counts.zh),
    )
}

pub fn as_of(office: &Said, clock: &str) -> Said {
    Said::new(format!("{}, as of {clock}", office.en), format!("{}，截至{clock}", office.zh))
}

pub fn reply_by(by: &Said) -> Said {
    Said::new(format!("reply by {}", by.en), format!("{}前回复", by.zh))
}

pub fn digest_summary(due: usize, answered: usize, todo: usize) -> Said {
    said!("{due} due, {answered} in, {todo} to do", "应查{due} 已回{answered} 待办{todo}")
}

pub fn digest_summary_both(due: usize, answered: usize, todo: usize) -> String {
    format!("due 应查{due} in 已回{answered} todo 待办{todo}")
}

/// The first line: `3 things to do, please by tomorrow evening.`
pub fn digest_task(todo: usize) -> Said {
    match todo {
        0 => said!("Nothing to do today.", "今天无待办事项。"),
        1 => said!("1 thing to do, please by tomorrow evening.", "有1项需要您处理，请于明天下班前完成。"),
        n => said!("{n} things to do, please by tomorrow evening.", "有{n}项需要您处理，请于明天下班前完成。"),
    }
}

pub fn coverage(checked: usize, total: usize, days: u32) -> Said {
    let percent = (checked * 100 + total / 2).checked_div(total).unwrap_or(0);
    said!(
        "{checked} of {total} places ({percent} %) checked in the last {days} days",
        "近{days}天已查{checked}/{total}个地点（{percent}%）"
    )
}

pub fn longest_unchecked(place: &str, days: u32) -> Said {
    said!("longest without a check: {place}, {days} days", "最久未查：{place}，{days}天")
}

pub fn log_head(entry: u64, hash: &str) -> Said {
    said!("entry {entry}: {hash}", "第{entry}条：{hash}")
}

pub fn voids_task(count: usize) -> Said {
    Said::new(format!("{count} windows are void. Nothing to do."), format!("{count}个时段作废，无需处理。"))
}

pub fn voids_left_out(count: usize) -> Said {
    Said::new(
        format!("The last ones are listed; {count} earlier ones are in the public log."),
        format!("以下仅列最近的时段；另有{count}个更早的时段见公开日志。"),
    )
}

pub fn void_task(day: &Said, span: &str) -> Said {
    Said::new(
        format!("The window of {}, {span} is void. Nothing to do.", day.en),
        format!("{} {span}的时段作废，无需处理。", day.zh),
    )
}
