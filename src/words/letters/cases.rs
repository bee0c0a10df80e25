//! What an official, a team lead or an inspector reads about a flag or a complaint: the please-explain letter,
//! the decision, the receipt of an answer (EVIDENCE 5).

use crate::model::{FlagState, Period, Said};
use crate::said;
use chrono::NaiveDate;

pub fn explain_tag() -> Said {
    said!("Please explain", "请予说明")
}

pub fn explain_again_tag() -> Said {
    said!("Reminder: please explain", "提醒：请予说明")
}

pub fn decision_tag() -> Said {
    said!("Decision", "认定通知")
}

pub fn appeal_tag() -> Said {
    said!("On the appeal", "申诉决定")
}

/// `Thu 12 Mar 2026`, `2026年3月12日周四`: what may be kept for years names its year.
pub fn day(day: NaiveDate) -> Said {
    let weekday = super::common::day(day).zh.rsplit(' ').next().unwrap_or_default().to_owned();
    let (en, zh) = (day.format("%a %-d %b %Y"), day.format("%Y年%-m月%-d日"));
    said!("{en}", "{zh}{weekday}")
}

/// First what to do and by when; no place, no name.
pub fn explain_by(day: &Said) -> Said {
    Said::new(
        format!("A written explanation is asked for by {}.", day.en),
        format!("请于{}（含当日）前书面说明情况。", day.zh),
    )
}

pub fn explain_was_due(day: &Said) -> Said {
    Said::new(
        format!(
            "The written explanation that was asked for by {} has not come. It may still be given until it is decided.",
            day.en
        ),
        format!("要求在{}（含当日）前提交的书面说明尚未收到；认定之前仍可提交。", day.zh),
    )
}

pub fn explain_within(days: u32) -> Said {
    said!(
        "A written explanation is asked for within {days} working days after the day on which this page was handed over.",
        "请自本通知送达次日起{days}个工作日内书面说明情况。"
    )
}

pub fn addressed(to: &Said) -> Said {
    Said::new(format!("To {}.", to.en), format!("{}：", to.zh))
}

pub fn concerns(who: &Said) -> Said {
    Said::new(
        format!("It concerns {}. Please let that person answer, or answer as team lead.", who.en),
        format!("此事涉及{}。请由其本人说明，或由队长代为说明。", who.zh),
    )
}

pub fn observed_heading() -> Said {
    said!("What was observed", "检查情况")
}

/// `when` with its day; `who` by name.
pub fn observed(when: &Said, village: &Said, who: &Said) -> Said {
    Said::new(
        format!("{}: an unannounced visit to the team of {} did not find {} at the post.", when.en, village.en, who.en),
        format!("{}，督查人员对{}工作队进行不打招呼的走访，{}不在岗。", when.zh, village.zh, who.zh),
    )
}

pub fn record_heading() -> Said {
    said!("What is on record", "记录情况")
}

pub fn on_record(day: &Said, found: &Said) -> Said {
    Said::new(format!("As known on {}: {}", day.en, found.en), format!("截至{}所知：{}", day.zh, found.zh))
}

pub fn question_heading() -> Said {
    said!("What you are asked about", "请说明的事项")
}

pub fn how_heading() -> Said {
    said!("How to answer", "如何说明")
}

/// What an explanation of an absence may bring, and one of anything else.
fn support(absence: bool) -> Said {
    match absence {
        true => said!(
            "Add what supports it: leave, trip, training or meeting papers, photos.",
            "可附请假、出差、培训、会议等凭证或照片。"
        ),
        false => said!("Add what supports it.", "可附有关材料。"),
    }
}

pub fn how_by_mail(office: &Said, absence: bool) -> Said {
    let support = support(absence);
    Said::new(
        format!(
            "Reply to this mail in your own words. {} Leave the Ref line in. Or answer on paper to {}.",
            support.en, office.en
        ),
        format!("请直接回复本邮件，用自己的话说明即可。{}请保留Ref一行。也可将书面说明交{}。", support.zh, office.zh),
    )
}

pub fn how_on_paper(office: &Said, absence: bool) -> Said {
    let support = support(absence);
    Said::new(
        format!(
            "Answer on paper to {}, in your own words. {} Write the Ref line on your answer.",
            office.en, support.en
        ),
        format!("请将书面说明交{}，用自己的话说明即可。{}请在说明上注明Ref一行。", office.zh, support.zh),
    )
}

pub fn not_decided() -> Said {
    said!(
        "Nothing is decided yet. A person decides on what you write and on the records, and nobody who made the visit. Where no answer comes in time, it is decided on the records alone.",
        "此事尚未认定。将由专人根据您的说明和有关记录作出认定，检查人员不参与认定。逾期未说明的，仅依据现有记录认定。"
    )
}

pub fn complaint_not_decided() -> Said {
    said!(
        "Nothing is decided yet. A person other than you decides, on what you write and on what else is found. Where no answer comes in time, it is decided without it.",
        "此事尚未认定。将由他人根据您的说明和查明的情况作出认定。逾期未说明的，不再等候。"
    )
}

pub fn differs_heading() -> Said {
    said!("What differs", "不一致之处")
}

/// The visit as it was reported, and that somebody else looked.
pub fn looked_again(day: &Said, village: &Said) -> Said {
    Said::new(
        format!(
            "On {} you visited {}, as you reported. The visit was drawn by lot for a back-check; another inspector asked there later. At which hour you came makes no difference. This differs:",
            day.en, village.en
        ),
        format!(
            "您报告于{}走访{}。该次走访经抽签复查，由另一名检查员事后核实；到访时间先后不算差错。以下情况不一致：",
            day.zh, village.zh
        ),
    )
}

pub fn back_check_not_decided() -> Said {
    said!(
        "Nothing is decided yet, and nothing counts before you could answer. The head decides, on what you write and on what else is found; whoever asked there does not. Where no answer comes in time, it is decided without it.",
        "此事尚未认定，在您有机会说明之前不作任何计算。将由负责人根据您的说明和查明的情况认定，复查人员不参与。逾期未说明的，不再等候。"
    )
}

pub fn about_visit(day: &Said, village: &Said) -> Said {
    Said::new(
        format!("It concerns your visit of {} to {}.", day.en, village.en),
        format!("涉及您{}对{}的走访。", day.zh, village.zh),
    )
}

/// What was decided, in a sentence.
pub fn decided(state: FlagState, day: &Said) -> Said {
    let (en, zh) = match state {
        FlagState::Confirmed => ("it was confirmed", "认定属实"),
        FlagState::Dismissed => ("it was dismissed: nothing is held against you", "不予认定，不作任何处理"),
        FlagState::Upheld => ("the appeal was decided: the decision stands", "申诉不成立，维持原认定"),
        FlagState::Overturned => (
            "the appeal was decided: the decision is overturned, and nothing is held against you",
            "申诉成立，撤销原认定，不作任何处理",
        ),
        FlagState::Open | FlagState::Asked | FlagState::Explained | FlagState::Appealed => ("it is open", "尚未认定"),
    };
    Said::new(format!("On {} {en}.", day.en), format!("{}{zh}。", day.zh))
}

pub fn decision_heading() -> Said {
    said!("The decision", "认定")
}

pub fn about(when: &Said, village: &Said, who: &Said) -> Said {
    Said::new(
        format!("It concerns {}: {}, team of {}, not found at the post.", who.en, when.en, village.en),
        format!("涉及{}：{}，{}工作队，不在岗。", who.zh, when.zh, village.zh),
    )
}

pub fn about_complaint(who: &Said) -> Said {
    Said::new(format!("It concerns a complaint about {}.", who.en), format!("涉及对{}的投诉。", who.zh))
}

pub fn reason_heading() -> Said {
    said!("The reason", "理由")
}

pub fn follows_heading() -> Said {
    said!("What follows", "后续处理")
}

/// `number` counts from 1.
pub fn rung(number: usize, period: Period) -> Said {
    let (period, nth) = (period.said(), ordinal(number));
    Said::new(
        format!("This is the {nth} absence without excuse of this {}.", period.en),
        format!("这是本{}内第{number}次无故不在岗。", period.zh),
    )
}

/// `1st`, `2nd`, `11th`.
pub fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

pub fn foreseen(consequence: &Said) -> Said {
    Said::new(
        format!(
            "The rules foresee: {}. People apply it, and not before the time for an appeal has ended.",
            consequence.en
        ),
        format!("依规定：{}。由人员落实，且不早于申诉期限届满。", consequence.zh),
    )
}

pub fn appeal_heading() -> Said {
    said!("How to appeal", "如何申诉")
}

pub fn appeal_by(day: &Said) -> Said {
    Said::new(format!("An appeal can be made until {}.", day.en), format!("可于{}（含当日）前提出申诉。", day.zh))
}

pub fn appeal_within(days: u32) -> Said {
    said!(
        "An appeal can be made within {days} working days after the day on which this page was handed over.",
        "可自本通知送达次日起{days}个工作日内提出申诉。"
    )
}

pub fn appeal_by_mail(office: &Said) -> Said {
    Said::new(
        format!(
            "A reply to this mail is the appeal: say why, add what supports it, leave the Ref line in. Or appeal on paper to {}. Somebody else than who decided decides the appeal.",
            office.en
        ),
        format!(
            "直接回复本邮件即为申诉：请写明理由，可附材料，并保留Ref一行。也可将书面申诉交{}。申诉由原认定人以外的人员决定。",
            office.zh
        ),
    )
}

pub fn appeal_on_paper(office: &Said) -> Said {
    Said::new(
        format!(
            "Appeal on paper to {}: say why, add copies of what supports it, write the Ref line on it. Somebody else than who decided decides the appeal.",
            office.en
        ),
        format!("请将书面申诉交{}：写明理由，可附材料复印件，并注明Ref一行。申诉由原认定人以外的人员决定。", office.zh),
    )
}

pub fn handed_over() -> [Said; 3] {
    [said!("Handed over on", "送达日期"), said!("by", "送达人"), said!("Received (signature)", "签收人（签名）")]
}

/// How an answer that came by mail was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Explained,
    /// A second mail.
    Added,
    Appealed,
    /// It came after the decision.
    Late,
    /// An appeal after its time.
    TooLate,
    /// Nothing was in it.
    Empty,
}

pub fn taken(taken: Taken) -> Said {
    match taken {
        Taken::Explained => {
            said!("Your explanation was filed. A person will read it.", "您的说明已登记，将由专人审阅。")
        }
        Taken::Added => {
            said!("This was added to what you sent before. A person will read it.", "已补充登记，将由专人一并审阅。")
        }
        Taken::Appealed => said!(
            "Your appeal was filed. Somebody else than who decided will decide it.",
            "您的申诉已登记，将由原认定人以外的人员决定。"
        ),
        Taken::Late => said!(
            "It came after the decision. It was kept and the office was told; the decision stands unless you appeal in time.",
            "来信时已作出认定。来信已留存并告知督查办；如需改变认定，请在期限内申诉。"
        ),
        Taken::TooLate => said!(
            "The time for an appeal has ended. Your mail was kept and the office was told; no appeal was filed.",
            "申诉期限已届满。来信已留存并告知督查办，未作为申诉受理。"
        ),
        Taken::Empty => said!(
            "Your mail held neither text nor files, and nothing was filed. Please write your answer above the quoted letter, or attach it.",
            "来信没有文字，也没有附件，未登记任何内容。请在引用的原信上方写明，或以附件发送。"
        ),
    }
}

pub fn kept(files: usize) -> Said {
    said!("Files kept: {files}.", "已留存附件{files}个。")
}

pub fn add_more() -> Said {
    said!("To add something, reply again and leave the Ref line in.", "如需补充，请再次回复并保留Ref一行。")
}
