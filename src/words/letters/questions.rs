//! What stands around the questions of an instrument in letters and receipts.

use crate::model::Said;
use crate::said;

pub fn how_to_answer() -> Said {
    said!(
        "Questions (Q): yes | no | not seen, a number, a letter, a date such as 2026-03-12; * is required",
        "问题（Q）：是 | 否 | 未查看，或填数字、选项字母、日期（如2026-03-12）；*为必答"
    )
}

/// The same in a letter in both languages.
pub const HOW_TO_ANSWER_BOTH: &str = "Questions 问题 (Q): yes 是 | no 否 | not seen 未查看; number 数字, letter 选项字母, \
                                      date 日期 2026-03-12; * required 必答";

/// Codes with X are never real.
pub fn examples() -> Said {
    said!("X1.Q1-Q9 yes, Q4 no; reason | X1 rest yes", "X1.Q1-Q9 是，Q4 否；原因 | X1 其余 是")
}

pub const EXAMPLES_BOTH: &str = "X1.Q1-Q9 yes, Q4 no; reason | X1.Q1-Q9 是，Q4 否；原因 | X1 rest yes / X1 其余 是";

pub fn a_date() -> Said {
    said!("date", "日期")
}

pub fn a_text() -> Said {
    said!("text", "文字")
}

pub fn asked_if(other: &str, value: &Said) -> Said {
    Said::new(format!("if {other} {}", value.en), format!("{other}{}时答", value.zh))
}

/// Why an answer was not recorded, by the code of the trouble.
pub fn why(code: &str) -> Said {
    match code {
        "conflict" => said!(
            "two answers, or one that does not fit the others; write one, or begin with “correction”",
            "有两个答案，或与其他答案矛盾；请只写一个，或以“更正”开头"
        ),
        "unknown_line" => said!("there is no such question in this assignment", "本任务中没有这一题"),
        "unknown_outcome" => {
            said!(
                "no answer in it that the question takes; write the code and the answer only",
                "没有可用的答案；请只写题号和答案"
            )
        }
        "wrong_kind" => said!("this answer does not fit the question", "答案与题型或范围不符"),
        _ => {
            said!("can be read in more than one way; write the code and one answer", "含义不明确；请只写题号和一个答案")
        }
    }
}
