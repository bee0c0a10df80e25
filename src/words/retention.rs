//! What is deleted when its time is up, and why something is not.

use crate::model::Said;
use crate::model::retention::Part;
use crate::said;
use chrono::NaiveDate;

pub fn part(part: Part) -> Said {
    match part {
        Part::Phones => said!("telephone numbers of those who are gone", "已离任人员的电话号码"),
        Part::Changes => said!("telephone numbers in the register's history", "名册变更记录中的电话号码"),
        Part::Mails => said!("bodies and attachments of mails", "邮件正文和附件"),
        Part::Remarks => said!("remarks on results", "检查结果的备注"),
        Part::Letters => said!("letters sent", "已发出的信件"),
        Part::Assignments => said!("names and numbers in closed assignments", "已截止任务中的姓名和电话"),
        Part::Flags => said!("names and texts of closed flags", "已办结疑点的姓名和文字"),
        Part::Findings => said!("names and texts of closed findings", "已销号问题的姓名和文字"),
    }
}

/// How a group stands, by its code.
pub fn standing(code: &str, cut_off: Option<NaiveDate>, year: i32) -> Said {
    let Some(day) = cut_off else { return said!("kept: the setting is 0", "保留：设置为0") };
    match code {
        "due" => said!("due: before {day}, and the report of {year} is closed", "到期：早于{day}，且{year}年报告已结"),
        "year_open" => said!(
            "not due: before {day}, but the report of {year} is not closed",
            "未到期：早于{day}，但{year}年报告未结"
        ),
        _ => said!("not due: not before {day}", "未到期：不早于{day}"),
    }
}

/// In the digest: of which matter it is.
pub fn heading() -> Said {
    said!("Retention", "到期删除")
}

/// In the digest.
pub fn reminder(due: u64) -> Said {
    said!(
        "{due} items have had their time: see them with `spotcheck retention`, then have them deleted",
        "有{due}项已过保留期：用“spotcheck retention”查看后决定删除"
    )
}
