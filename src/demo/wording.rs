//! How people put an outcome into words, within the grammar of REPLIES 6.

use super::county::ZONE;
use super::dice::Dice;
use crate::model::{Language, Outcome, Timestamp};
use chrono::Timelike;

/// What is to be said of one person or one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line: `V1`, `C2`.
    pub line: String,
    /// How many persons the line has; 0 for a call.
    pub persons: usize,
    /// From 1; 0 for a call.
    pub person: usize,
    pub own: String,
    pub latin: String,
    pub outcome: Outcome,
    /// Said with the outcome where `says_time`.
    pub at: Timestamp,
    pub says_time: bool,
    /// How the outcome is misspelt or blurred in this mail.
    pub slip: Slip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    None,
    /// A typing error that can mean one thing only.
    Typo,
    /// A word that means nothing: it will be asked back.
    Blur,
}

impl Finding {
    /// `V1.2` or `C1`.
    pub fn code(&self) -> String {
        if self.person == 0 { self.line.clone() } else { format!("{}.{}", self.line, self.person) }
    }

    fn alike(&self, other: &Finding) -> bool {
        self.line == other.line
            && self.outcome == other.outcome
            && self.says_time == other.says_time
            && self.slip == Slip::None
            && other.slip == Slip::None
    }
}

/// How an answer is laid out above the quoted letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A line for each person.
    Lines,
    /// `V1 present, C2 busy` all in one line.
    OneLine,
    /// `V1.1-V1.3 present`, `V1 present`.
    Ranges,
    /// `V1.1, V1.3 present`.
    Lists,
    /// `王建国 在岗`.
    Names,
    /// `V1.2 absent`, then `rest present`.
    Rest,
    /// Ｖ１．２　不在岗, as some input methods have it.
    FullWidth,
}

impl Layout {
    pub const ALL: [Layout; 7] =
        [Layout::Lines, Layout::OneLine, Layout::Ranges, Layout::Lists, Layout::Names, Layout::Rest, Layout::FullWidth];
}

/// The answer as text, LF between its lines. `whole` says that these are all findings of the
/// assignment, which alone allows "the rest" and names. `key` makes the choice of words repeatable.
pub fn answer(dice: &Dice, key: &str, language: Language, layout: Layout, findings: &[Finding], whole: bool) -> String {
    let say = |target: &str, f: &Finding| statement(dice, &format!("{key} {}", f.code()), language, target, f);
    let each = || findings.iter().map(|f| say(&f.code(), f)).collect::<Vec<_>>();
    let lines = match layout {
        Layout::Lines => each(),
        Layout::OneLine => {
            let bare = findings.iter().map(|f| said(dice, &format!("{key} {}", f.code()), language, &f.code(), f));
            vec![bare.collect::<Vec<_>>().join(language.pick(", ", "，"))]
        }
        Layout::Ranges => ranges(findings).iter().map(|(target, f)| say(target, f)).collect(),
        Layout::Lists => lists(findings, language).iter().map(|(target, f)| say(target, f)).collect(),
        Layout::Names => {
            let name = |f: &Finding| if f.person == 0 { f.code() } else { language.pick(&f.latin, &f.own).to_owned() };
            findings.iter().map(|f| say(&name(f), f)).collect()
        }
        Layout::Rest => with_rest(findings, language, whole, &say).unwrap_or_else(each),
        Layout::FullWidth => each().iter().map(|line| full_width(line)).collect(),
    };
    lines.join("\n")
}

/// The outcome alone, as written behind the arrow of a quoted line.
pub fn behind_arrow(dice: &Dice, key: &str, language: Language, finding: &Finding) -> String {
    said(dice, &format!("{key} {}", finding.code()), language, "", finding)
}

fn statement(dice: &Dice, key: &str, language: Language, target: &str, f: &Finding) -> String {
    let line = said(dice, key, language, target, f);
    let remark = match (f.outcome, language) {
        (Outcome::Absent, Language::En) => "; office locked",
        (Outcome::Absent, Language::ZhHans) => "；宿舍锁着门",
        (Outcome::NoAnswer, Language::En) => "; rang 8 times",
        (Outcome::NoAnswer, Language::ZhHans) => "；响了8声",
        _ => return line,
    };
    if f.slip == Slip::None && dice.chance("remark", key, 300) { line + remark } else { line }
}

fn said(dice: &Dice, key: &str, language: Language, target: &str, f: &Finding) -> String {
    let word = match f.slip {
        Slip::None => word(dice, key, language, f.outcome),
        Slip::Typo => typo(f.outcome),
        Slip::Blur => language.pick("tbd", "待核"),
    };
    let joint = match (target.is_empty(), language) {
        (true, _) => "",
        (false, Language::En) => dice.pick("joint", key, &[" ", " ", ": ", " = "]),
        (false, Language::ZhHans) => dice.pick("joint", key, &[" ", " ", "：", ": "]),
    };
    if f.outcome == Outcome::Callback && f.slip == Slip::None && dice.chance("agreed", key, 400) {
        return format!("{target}{joint}{word} {}", language.pick("tomorrow 15:30", "明天 15:30"));
    }
    if !f.says_time {
        return format!("{target}{joint}{word}");
    }
    let time = clock(dice, key, language, f.at);
    if dice.chance("time first", key, 700) {
        format!("{target}{joint}{time} {word}")
    } else {
        format!("{target}{joint}{word} {time}")
    }
}

fn clock(dice: &Dice, key: &str, language: Language, at: Timestamp) -> String {
    let local = at.local(ZONE);
    if language == Language::ZhHans && dice.chance("spoken time", key, 250) {
        let half = if local.hour() < 12 { "上午" } else { "下午" };
        let hour = if local.hour() > 12 { local.hour() - 12 } else { local.hour() };
        return match local.minute() {
            0 => format!("{half}{hour}点"),
            minute => format!("{half}{hour}点{minute}分"),
        };
    }
    at.clock(ZONE)
}

/// Words of the table, none of which begins another.
fn word(dice: &Dice, key: &str, language: Language, outcome: Outcome) -> &'static str {
    let (en, zh): ([&str; 3], [&str; 3]) = match outcome {
        Outcome::Present => (["present", "at post", "on duty"], ["在岗", "到岗", "在位"]),
        Outcome::Absent => (["absent", "not present", "missing"], ["不在岗", "缺岗", "脱岗"]),
        Outcome::OnLeave => (["on leave", "on leave", "sick"], ["请假", "休假", "事假"]),
        Outcome::OnDutyElsewhere => (["elsewhere", "business trip", "on duty elsewhere"], ["外勤", "出差", "公出"]),
        Outcome::NoAnswer => (["no answer", "rang out", "not picked up"], ["无人接听", "没人接", "无人应答"]),
        Outcome::Busy => (["busy", "engaged", "line busy"], ["占线", "忙音", "正在通话"]),
        Outcome::WrongNumber => (["wrong number", "not in service", "no such number"], ["空号", "错号", "号码错误"]),
        Outcome::Refused => (["refused", "declined", "hung up"], ["拒绝", "拒接", "不配合"]),
        Outcome::Callback => (["callback", "call back", "ring again"], ["回电", "稍后回电", "晚点再打"]),
        Outcome::Unreachable => (["unreachable", "switched off", "out of reach"], ["关机", "停机", "无法接通"]),
        Outcome::NotMet => (["not met", "did not see", "nobody knows"], ["未见到", "没见到", "没碰到"]),
        Outcome::Reached => (["reached", "spoke", "answered"], ["接通", "已接", "打通"]),
        Outcome::Partial => (["partial", "broke off", "cut off"], ["未答完", "没说完", "中途挂断"]),
        Outcome::NotDone => (["not done", "could not go", "not visited"], ["未去", "没去", "去不了"]),
    };
    match language {
        Language::En => dice.pick("word", key, &en),
        Language::ZhHans => dice.pick("word", key, &zh),
    }
}

/// One letter away from a long word of this outcome and of no other.
fn typo(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Absent => "absnet",
        Outcome::Reached => "reachd",
        _ => "presnet",
    }
}

/// Whether [`Slip::Typo`] has a misspelling for it.
pub fn can_be_mistyped(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Present | Outcome::Absent | Outcome::Reached)
}

fn ranges(findings: &[Finding]) -> Vec<(String, &Finding)> {
    let runs = findings.chunk_by(|a, b| a.person > 0 && b.person == a.person + 1 && a.alike(b));
    let target = |run: &[Finding]| match run {
        [one] => one.code(),
        [first, .., _] if run.len() == first.persons => first.line.clone(),
        [first, .., last] => format!("{}-{}", first.code(), last.code()),
        [] => String::new(),
    };
    runs.filter_map(|run| run.first().map(|f| (target(run), f))).collect()
}

fn lists(findings: &[Finding], language: Language) -> Vec<(String, &Finding)> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|g| finding.person > 0 && g.iter().all(|f| f.alike(finding))) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    let joined = |g: &[&Finding]| g.iter().map(|f| f.code()).collect::<Vec<_>>().join(language.pick(", ", "、"));
    groups.iter().filter_map(|g| g.first().map(|f| (joined(g), *f))).collect()
}

/// Everything but those at post by code, then the rest; `None` where the rest would be nobody, or
/// more than those at post.
fn with_rest(
    findings: &[Finding],
    language: Language,
    whole: bool,
    say: &dyn Fn(&str, &Finding) -> String,
) -> Option<Vec<String>> {
    let at_post = |f: &&Finding| f.person > 0 && f.outcome == Outcome::Present && f.slip == Slip::None;
    if !whole || findings.iter().filter(at_post).count() < 2 {
        return None;
    }
    let others = findings.iter().filter(|f| !at_post(f)).map(|f| say(&f.code(), f));
    Some(others.chain([language.pick("rest present", "其余均在岗").to_owned()]).collect())
}

fn full_width(line: &str) -> String {
    let wide = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        c => c,
    };
    line.chars().map(wide).collect()
}
