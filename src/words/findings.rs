//! How people call findings: gaps in the records, where a finding comes from, the columns of the ledger.

use crate::model::{FindingOrigin, Said};
use crate::said;

/// What is missing, by the code of a gap; another code stands for itself.
pub fn code(code: &str) -> Said {
    match code.split('/').next().unwrap_or(code) {
        "no_work_log" => said!("no work log", "缺工作日志"),
        "no_meeting" => said!("no work meeting", "未开工作例会"),
        "no_training" => said!("no training", "未参加培训"),
        "no_health_check" => said!("no health check", "未体检"),
        "no_insurance" => said!("no insurance", "未办保险"),
        "allowance_unpaid" => said!("allowance unpaid", "补助未发"),
        "no_import" => said!("source without files", "数据来源未导入"),
        "good_practice" => said!("good practice", "好做法"),
        "other" => said!("other", "其他"),
        _ => Said::new(code, code),
    }
}

pub fn origin(origin: FindingOrigin) -> Said {
    match origin {
        FindingOrigin::Checklist => said!("checklist", "检查清单"),
        FindingOrigin::Gap => said!("records", "资料缺漏"),
        FindingOrigin::Person => said!("entered", "人工登记"),
    }
}

/// The machine notes that what was missing has come.
pub fn evidence_arrived() -> Said {
    said!("evidence arrived", "资料已补齐")
}

/// It was there, and is missing again.
pub fn missing_again() -> Said {
    said!("missing again", "再次缺漏")
}

/// What is missing, over which days.
pub fn gap_text(code: &str, from: chrono::NaiveDate, to: chrono::NaiveDate) -> Said {
    let what = self::code(code);
    if from == to {
        return Said::new(format!("{} on {from}", what.en), format!("{from}{}", what.zh));
    }
    Said::new(format!("{} from {from} to {to}", what.en), format!("{from}至{to}{}", what.zh))
}

/// A source that the configuration declares, and that has never brought a file.
pub fn never_imported(source: &str) -> Said {
    said!(
        "the source “{source}” has never brought a file: nothing can be said of gaps in it; import one, or set its cadence to never",
        "来源“{source}”从未导入文件，无法判断缺漏：请导入，或把cadence改为never"
    )
}

/// Stands where a villager was named.
pub fn villager() -> &'static str {
    "村民"
}

/// Whoever acts is the machine.
pub fn machine() -> Said {
    said!("machine", "系统")
}

/// One heading a column, in the order of the ledger.
pub fn ledger_columns() -> [Said; 18] {
    [
        said!("No.", "编号"),
        said!("Township", "乡镇"),
        said!("Village", "村"),
        said!("Team", "工作队"),
        said!("Person", "人员"),
        said!("Matter", "类别"),
        said!("What", "问题"),
        said!("Source", "来源"),
        said!("Opened", "发现日期"),
        said!("By", "发现人"),
        said!("Owner", "责任人"),
        said!("Deadline", "整改期限"),
        said!("State", "状态"),
        said!("Overdue", "逾期"),
        said!("Rectified", "整改日期、整改人"),
        said!("How", "整改情况"),
        said!("Verified", "核实日期、核实人"),
        said!("Closed", "销号日期、销号人"),
    ]
}

pub fn yes() -> Said {
    said!("yes", "是")
}

/// In the digest.
pub fn overdue(who: &str, text: &str, day: chrono::NaiveDate, owner: &str) -> Said {
    let owner_en = if owner.is_empty() { String::new() } else { format!(" (owner: {owner})") };
    let owner_zh = if owner.is_empty() { String::new() } else { format!("（责任人：{owner}）") };
    Said::new(
        format!("{who}: {text}: was to be rectified by {day}{owner_en}"),
        format!("{who}：{text}：应于{day}前整改，已逾期{owner_zh}"),
    )
}
