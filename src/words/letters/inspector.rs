//! What inspectors read: assignment, reminder, receipt, help (REPLIES 1 and 7).

use crate::model::{Outcome, Said};
use crate::said;

/// The first line: what to do and by when. No place.
pub fn task(day: &Said, counts: &Said, by: &Said) -> Said {
    Said::new(
        format!("{}: {}. Reply by {}.", day.en, counts.en, by.en),
        format!("{}：{}，请于{}前回复。", day.zh, counts.zh, by.zh),
    )
}

pub fn reminder_task(counts: &Said, by: &Said) -> Said {
    Said::new(
        format!("Reminder: {} still open, reply was due {}.", counts.en, by.en),
        format!("提醒：{}尚未回复，应于{}前回复。", counts.zh, by.zh),
    )
}

pub fn only_below() -> Said {
    said!(
        "Only what is listed below is missing; what you sent before is recorded. If your answer is on its way, ignore this.",
        "仅缺以下各项，此前已回复的均已登记。如已回复，请忽略本提醒。"
    )
}

pub fn write_above() -> Said {
    said!("write above this line", "请写在此线以上")
}

/// What a call asks about, e.g. `about 滨河村 team`. `village` in the spelling of each language.
pub fn about_team(village: &Said) -> Said {
    Said::new(format!("about {} team", village.en), format!("核实{}工作队", village.zh))
}

pub fn of_team(village: &Said) -> Said {
    Said::new(format!("{} team", village.en), format!("{}工作队", village.zh))
}

/// The other inspector of a visit.
pub fn together(name: &str) -> Said {
    said!("with {name}", "与{name}同行")
}

pub fn how_to_answer() -> Said {
    said!("HOW TO ANSWER (X codes are examples, never real lines)", "填写方法（X编号只是示例，不是任务行）")
}

/// The same in a letter in both languages (REPLIES 1).
pub const HOW_TO_ANSWER_BOTH: &str = "HOW TO ANSWER / 填写方法 (X codes are examples, never real lines)";

/// Codes with X are never real, so that a quoted example cannot become a result. Parted by ` | `.
pub fn examples() -> Said {
    said!(
        "X1 present | X2 no answer; rang 8 times | X1-X3 present | X4 all present | rest present | correction X2 busy",
        "X1 在岗 | X2 无人接听；响铃8声 | X1-X3 在岗 | X4 都在岗 | 其余在岗 | 更正 X2 占线"
    )
}

/// The examples of a letter in both languages (REPLIES 1).
pub const EXAMPLES_BOTH: &str = "X1 present | X2 no answer; rang 8 times | X1-X3 在岗 | X4 all present | rest present | \
                                 correction X2 busy / 更正 X2 占线";

pub fn results() -> Said {
    said!("Results: ", "可填结果：")
}

/// In the order in which the letter lists them; `partial` is understood but not offered.
pub const OFFERED: [Outcome; 13] = [
    Outcome::Present,
    Outcome::Absent,
    Outcome::OnLeave,
    Outcome::OnDutyElsewhere,
    Outcome::NoAnswer,
    Outcome::Busy,
    Outcome::WrongNumber,
    Outcome::Refused,
    Outcome::Callback,
    Outcome::Unreachable,
    Outcome::Reached,
    Outcome::NotMet,
    Outcome::NotDone,
];

pub fn remarks() -> Said {
    said!("Anything after ; or ， is a remark. Photos may be attached.", "“；”或“，”之后的文字为备注，可附照片。")
}

pub fn call_times(span: &str) -> Said {
    said!("Call times: {span}.", "通话时间：{span}。")
}

/// What is said first on every call.
pub fn opening_words(office: &Said, phone: &str) -> Said {
    Said::new(
        format!(
            "Say first: “I am (your name) of {}. You are free to answer or not. To check that this call is genuine, ring {phone}.”",
            office.en
        ),
        format!("通话开头请说：“我是{}的（姓名）。是否回答由您自愿。如需核实来电，请拨{phone}。”", office.zh),
    )
}

pub fn discretion() -> Said {
    said!("Tell nobody beforehand. Answer from your registered address.", "事先不打招呼、不转发；请用登记的邮箱回复。")
}

pub fn keep_reference() -> Said {
    said!("keep in the reply", "请保留")
}

/// First line of a receipt: what is recorded and what is left to do.
pub fn receipt_summary(recorded: usize, open: usize, problems: usize, by: &Said) -> Said {
    let mut en = format!("{recorded} recorded");
    let mut zh = format!("已登记{recorded}项");
    if problems > 0 {
        en.push_str(&format!(", {problems} not understood"));
        zh.push_str(&format!("，{problems}处未能识别"));
    }
    if open > 0 {
        en.push_str(&format!(", {open} still open. Please answer the open lines by {}.", by.en));
        zh.push_str(&format!("，还缺{open}项，请于{}前补齐。", by.zh));
    } else if problems > 0 {
        en.push_str(". Please look at what was not understood.");
        zh.push_str("，请看下面未能识别的部分。");
    } else {
        en.push_str(". Complete, nothing more to do. Thank you.");
        zh.push_str("，全部完成，无需再回复。谢谢！");
    }
    Said::new(en, zh)
}

pub fn recorded() -> Said {
    said!("RECORDED", "已登记")
}

pub fn files_kept(files: usize) -> Said {
    said!("Files received: {files}", "收到附件{files}个")
}

pub fn not_understood() -> Said {
    said!("NOT UNDERSTOOD (nothing recorded of it)", "未能识别（均未登记）")
}

pub fn still_open() -> Said {
    said!("STILL OPEN (press Reply, write at the end of the line)", "尚未回复（直接回复，写在行末）")
}

pub fn replaces(before: &Said) -> Said {
    Said::new(format!("replaces “{}”", before.en), format!("取代原“{}”", before.zh))
}

pub fn remark(text: &str) -> Said {
    said!("remark: {text}", "备注：{text}")
}

pub fn how_to_correct() -> Said {
    said!("Something wrong? Reply, e.g.: correction X2 busy", "如有错误，请回复更正，例如：更正 X2 占线")
}

/// A word that was taken although it was not spelt as in the table.
pub fn taken_as(written: &str, outcome: &Said) -> Said {
    Said::new(format!("“{written}” taken as “{}”", outcome.en), format!("“{written}”按“{}”登记", outcome.zh))
}

/// Why a part of a reply was not recorded, by its code of REPLIES 8.
pub fn why(code: &str) -> Said {
    match code {
        "conflict" => said!(
            "two different results; write one, or begin with “correction”",
            "有两个不同的结果；请只写一个，或以“更正”开头"
        ),
        "unknown_line" => said!("there is no such line in this assignment", "本任务中没有这一行"),
        "unknown_outcome" => said!("no result in it that is listed", "没有写明清单中的结果"),
        "ambiguous_name" => said!("more than one person has this name; write the code", "同名不止一人；请写编号"),
        "wrong_kind" => {
            said!("this result does not fit a visit or a call of this kind", "该结果与走访或电话的类型不符")
        }
        _ => said!("can be read in more than one way; write code and result only", "含义不明确；请只写编号和结果"),
    }
}

pub fn help_not_understood() -> Said {
    said!(
        "Nothing could be recorded from your reply. Please reply again, one line for each code.",
        "您的回复未能登记，请重新回复，每个编号写一行。"
    )
}

pub fn help_no_text() -> Said {
    said!(
        "Your reply held no text, perhaps attachments only. Please reply again with the results as text.",
        "您的回复没有正文（可能只有附件），请重新回复，把结果写在正文里。"
    )
}

pub fn help_charset() -> Said {
    said!(
        "Your reply arrived garbled; the desk will look at it. Better reply again, from another program.",
        "您的回复显示为乱码，调度员会人工查看；建议换一个邮件程序重新回复。"
    )
}

pub fn help_too_long() -> Said {
    said!(
        "Your reply has more than 20,000 lines or a line of more than 100,000 characters, so nothing of it was read. Reply again without the long quote.",
        "您的回复超过2万行，或有一行超过10万字符，因此未被读取。请删去过长的引用后重新回复。"
    )
}

pub fn help_closed() -> Said {
    said!(
        "This assignment is closed, so nothing was recorded. If it matters, please ring the desk.",
        "本任务已关闭，回复未登记。如有需要，请致电调度员。"
    )
}

/// All that a calendar shows of an assignment.
pub fn calendar_entry() -> Said {
    said!("Work today", "工作安排")
}

/// Beside what is recorded of a visit or call that was given back.
pub fn handed_back() -> Said {
    said!(
        "handed back: nothing to do for you, somebody else does it if anybody is free",
        "已交回：您不必再办，如有人可派将改派他人"
    )
}

pub fn change_tag() -> Said {
    said!("Change", "督查变更")
}

/// Lines that are no longer the inspector's.
pub fn withdrawn(assignment: &str, codes: &[&str]) -> Said {
    let (en, zh) = (codes.join(", "), codes.join("、"));
    said!(
        "{en} of your assignment {assignment} are withdrawn: do not go, do not ring, nothing to answer.",
        "您的任务{assignment}的{zh}已撤回：不必前往、不必拨打，也不必回复。"
    )
}

/// Another second inspector of a visit.
pub fn now_with(code: &str, name: &str) -> Said {
    said!("{code}: you go together with {name} from now on.", "{code}：改由{name}与您同行。")
}

pub fn now_alone(code: &str) -> Said {
    said!("{code}: you go alone, nobody is left to come along.", "{code}：无人可替换，由您一人前往。")
}

pub fn rest_stays() -> Said {
    said!("Everything else in your assignment stays as it is.", "任务的其余内容不变。")
}

pub fn change_reason() -> Said {
    said!("Why", "原因")
}

/// In the line of a finished visit that is looked at again.
pub fn back_check(day: &Said) -> Said {
    Said::new(format!("back-check of the visit of {}", day.en), format!("复查{}的走访", day.zh))
}
