//! What goes back to whoever mailed files of attendance and leave.

use crate::model::Said;
use crate::said;

pub fn tag() -> Said {
    said!("Files", "文件回执")
}

pub fn summary(taken: usize, refused: usize) -> Said {
    match refused {
        0 => said!("{taken} imported. Nothing to do.", "已导入{taken}个文件，无需处理。"),
        _ => said!(
            "{taken} imported, {refused} not imported: please see below what to do, and mail these again.",
            "已导入{taken}个，未导入{refused}个：请按下文处理后重新发送。"
        ),
    }
}

pub fn counts(read: u64, new: u64, known: u64, rejected: u64, silent: u64) -> Said {
    said!(
        "{read} rows read: {new} new records, {known} known before, {rejected} rows rejected, {silent} rows without anything to record.",
        "读入{read}行：新增记录{new}条，已有{known}条，未导入{rejected}行，无可登记内容{silent}行。"
    )
}

pub fn seen_before(read: u64, rejected: u64) -> Said {
    said!(
        "This very file was imported before ({read} rows, {rejected} rejected): nothing was added.",
        "此文件此前已导入（{read}行，其中未导入{rejected}行），未重复计入。"
    )
}

pub fn layout(title: &Said) -> Said {
    Said::new(format!("Read as: {}.", title.en), format!("识别为：{}。", title.zh))
}

pub fn covers(from: &str, to: &str) -> Said {
    said!("Covers {from} to {to}.", "涵盖{from}至{to}。")
}

pub fn not_imported() -> Said {
    said!("Not imported.", "未导入。")
}

pub fn which_source(ids: &str) -> Said {
    said!(
        "the desk receives files of several sources from this address ({ids}) and cannot tell which one this is from: ask the desk to import it",
        "此邮箱登记了多个来源（{ids}），无法判断此文件属于哪一个：请联系督查办导入"
    )
}

pub fn unproven() -> Said {
    said!(
        "the sender was not proven: nothing is concluded from what is missing in the file until the desk confirms it",
        "发件人未能核实：在督查办确认之前，暂不据此文件认定缺勤"
    )
}

pub fn how_to_send() -> Said {
    said!(
        "Send the file as your system exports it, unchanged. Where its layout is not known, ask the desk for a template, or for a mapping of your layout.",
        "请按系统导出的原样发送，不要改动。格式未被识别的，请向督查办索取模板，或请其为贵单位的格式编写对照表。"
    )
}

pub fn rejected_caption(shown: usize, all: u64) -> Said {
    said!("Rejected rows ({shown} of {all})", "未导入的行（共{all}行，列出{shown}行）")
}

pub fn column_row() -> Said {
    said!("Row", "行")
}

pub fn column_reason() -> Said {
    said!("Reason", "原因")
}
