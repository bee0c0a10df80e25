//! What is said about calls that come back.

use crate::model::Said;
use crate::said;

/// Remarks by which an inspector hands a call to the office; the whole remark must be one of them.
const FOR_OFFICE: [&str; 8] = [
    "supervisor",
    "to supervisor",
    "refer to supervisor",
    "for the office",
    "转主管",
    "请主管处理",
    "转办公室",
    "请办公室处理",
];

/// Whether a remark hands the call to the office, and says nothing else.
pub fn for_office(remark: &str) -> bool {
    let remark = remark.trim().trim_end_matches(['.', '。', '!', '！']).to_lowercase();
    FOR_OFFICE.contains(&remark.as_str())
}

/// The state of a call that is not over.
pub fn task_state(code: &str) -> Said {
    match code {
        "out" => said!("with the inspector", "检查员处理中"),
        "due" => said!("to be tried again", "待再次拨打"),
        "office" => said!("for the office", "待办公室处理"),
        "look" => said!("just reported", "刚刚回报"),
        _ => said!("over", "已结束"),
    }
}

/// `try 2` in the line of a letter.
pub fn attempt(number: u32) -> Said {
    said!("try {number}", "第{number}次拨打")
}

/// Calls of today and those that come back, for the sheet and the digest.
pub fn counts(due: usize, back: usize, late: usize, callbacks: usize) -> Said {
    let open = due.saturating_sub(back);
    said!(
        "Calls: {due} due, {back} in, {open} open, {late} late, {callbacks} to be tried again",
        "电话：应打{due}，已回{back}，未回{open}，逾期{late}，待再拨{callbacks}"
    )
}

/// What the office has to do about a call that was handed to it.
pub fn office_decides(assignment: &str, code: &str) -> Said {
    said!(
        "call {code} was handed to the office: decide whether to ring, then enter what came of it: spotcheck record {assignment} {code} OUTCOME",
        "电话{code}已转办公室：请决定是否再拨，并登记结果：spotcheck record {assignment} {code} 结果"
    )
}

/// What several people said of one place does not agree. No verdict follows from it.
pub fn answers_differ() -> Said {
    said!(
        "the people who were asked say different things about who was at post: a reason to visit, and nothing more",
        "被询问的几个人对是否在岗说法不一：可作为前往走访的理由，不作其他依据"
    )
}

pub fn heading() -> Said {
    said!("Calls that come back", "待再次拨打的电话")
}

pub fn when(day: &Said, span: &str) -> Said {
    Said::new(format!("{}, {span}", day.en), format!("{} {span}", day.zh))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_remark_that_says_nothing_else_hands_a_call_over() {
        assert!(for_office("Supervisor.") && for_office("转主管"));
        assert!(!for_office("the supervisor answered") && !for_office(""));
    }
}
