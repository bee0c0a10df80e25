//! Words of the record of one official or team.

use crate::model::{Kind, Said};
use crate::said;
use chrono::NaiveDate;

pub fn title(of_official: bool) -> Said {
    match of_official {
        true => said!("record of an official", "个人在岗检查记录"),
        false => said!("record of a team", "工作队在岗检查记录"),
    }
}

pub fn period(from: NaiveDate, to: NaiveDate) -> Said {
    said!("{from} to {to}", "{from}至{to}")
}

pub fn checks() -> Said {
    said!("Checks", "检查")
}

pub fn check(kind: Kind) -> Said {
    match kind {
        Kind::Visit => said!("visit", "走访"),
        Kind::Call => said!("call to the official", "电话询问本人"),
    }
}

/// Somebody was asked by telephone.
pub fn inquiry() -> Said {
    said!("telephone inquiry", "电话了解")
}

/// What came of a check, by its code.
pub fn result(code: &str) -> Said {
    match code {
        "present" => said!("present", "在岗"),
        "excused" => said!("excused", "请假或因公外出"),
        "pending" => said!("being clarified", "核实中"),
        "cleared" => said!("looked into, not held against anybody", "经核实不予认定"),
        "confirmed" => said!("confirmed", "经认定"),
        _ => said!("nothing established", "未得出结果"),
    }
}

pub fn findings() -> Said {
    said!("To rectify", "整改问题")
}

pub fn rectified() -> Said {
    said!("rectified", "已整改")
}

pub fn practice() -> Said {
    said!("good practice", "好做法")
}

pub fn practice_heading() -> Said {
    said!("Good practice", "好做法")
}

pub fn figure() -> Said {
    said!("Figures", "汇总")
}

pub fn no_ranking() -> Said {
    said!(
        "This record compares nobody with anybody. Checks are drawn by lot: their number says nothing of the person.",
        "本记录不作排名和比较。检查对象由抽签产生，检查次数不说明任何问题。"
    )
}

pub fn sheet_columns() -> [Said; 5] {
    [said!("Part", "部分"), said!("Day", "日期"), said!("Who", "对象"), said!("What", "事项"), said!("Result", "结果")]
}
