//! What stands on the sheet that an inspector fills in.

use crate::model::Said;
use crate::said;

pub fn how_to() -> Said {
    said!(
        "Choose or write an answer in each row and reply with this file attached, or print it. Time such as 10:20.",
        "逐行选填结果，回复邮件时附上本表；也可打印使用。时刻如10:20。"
    )
}
