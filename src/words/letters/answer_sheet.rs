//! What stands on the sheet that an inspector fills in.

use crate::model::Said;
use crate::said;

pub fn how_to() -> Said {
    said!(
        "Choose or write an answer in each row and reply with this file attached, or print it. Time such as 10:20.",
        "逐行选填结果，回复邮件时附上本表；也可打印使用。时刻如10:20。"
    )
}

pub fn visits() -> Said {
    said!("Visit sheet", "走访单")
}

pub fn calls() -> Said {
    said!("Call sheet", "电话单")
}

/// On the sheet that is printed.
pub fn on_paper() -> Said {
    said!(
        "To be written on and typed in later, or handed to the desk. It holds names and numbers: do not leave it anywhere.",
        "手写填报，之后回复邮件或交督查办代填。表中有姓名和电话，请妥善保管。"
    )
}
