//! What goes back to an inspector who wrote not to be able to come.

use crate::model::{Half, Said};
use crate::said;

pub fn tag() -> Said {
    said!("Your absence", "请假回执")
}

pub fn half(half: Half) -> Said {
    match half {
        Half::Morning => said!("morning", "上午"),
        Half::Afternoon => said!("afternoon", "下午"),
    }
}

pub fn noted(days: &Said) -> Said {
    Said::new(format!("Noted: you are not available on {}.", days.en), format!("已登记：您{}不能到岗。", days.zh))
}

pub fn what_follows() -> Said {
    said!(
        "You get nothing for that time. If you hold lines of it, they go to others; a letter tells you which are withdrawn.",
        "该时段不再向您派任务。手上已有的任务将改派他人，撤回哪些另有信件通知。"
    )
}

pub fn wrong() -> Said {
    said!("If this is wrong, or you are back earlier, tell the desk.", "如有错误或提前返岗，请联系调度员。")
}

pub fn not_noted() -> Said {
    said!(
        "Nothing was noted: your mail seems to say that you cannot come, but it can be read in more than one way.",
        "尚未登记：来信似为请假，但含义不够明确。"
    )
}

/// Why, by its code.
pub fn why(code: &str) -> Said {
    match code {
        "no_day" => said!("Which days? Write day and month.", "请写明月、日。"),
        "no_end" => said!("Until when? Write the last day too.", "请写明到哪一天为止。"),
        "past" => said!("The day named is over.", "所写日期已过。"),
        "far" => said!(
            "That is more than sixty days off or long: ask the desk to enter it.",
            "日期在六十天以后，或超过六十天：请联系调度员登记。"
        ),
        _ => said!(
            "Write one line that says nothing else; a reason may follow after a semicolon.",
            "请只写一行，不写其他内容；原因可写在分号之后。"
        ),
    }
}

pub fn example(example: &Said) -> Said {
    Said::new(format!("For example: {}", example.en), format!("例如：{}", example.zh))
}

pub fn results() -> Said {
    said!("Results of an assignment belong in a reply to its letter.", "检查结果请直接回复任务邮件。")
}
