//! The life of a flag (EVIDENCE 5): open → asked → explained | confirmed | dismissed → appealed →
//! upheld | overturned.
//!
//! The machine opens flags, asks, and files the answers that come by mail. It decides nothing. A
//! complaint against an inspector is a case with the same life.

use crate::model::{FlagState, Said, same_person};
use crate::said;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What can be done with a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Ask,
    /// A letter that could not be mailed was handed over on paper.
    Hand,
    Explain,
    Confirm,
    Dismiss,
    Appeal,
    Uphold,
    Overturn,
    /// What the ladder of consequences foresees was applied.
    Apply,
}

impl Step {
    pub const ALL: [Step; 9] = [
        Step::Ask,
        Step::Hand,
        Step::Explain,
        Step::Confirm,
        Step::Dismiss,
        Step::Appeal,
        Step::Uphold,
        Step::Overturn,
        Step::Apply,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Step::Ask => "ask",
            Step::Hand => "hand",
            Step::Explain => "explain",
            Step::Confirm => "confirm",
            Step::Dismiss => "dismiss",
            Step::Appeal => "appeal",
            Step::Uphold => "uphold",
            Step::Overturn => "overturn",
            Step::Apply => "apply",
        }
    }

    /// By its code, or as people call it in either language.
    pub fn parse(text: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| {
            let said = step.said();
            [step.code(), &said.en, &said.zh].contains(&text)
        })
    }

    fn is_decision(self) -> bool {
        matches!(self, Step::Confirm | Step::Dismiss | Step::Uphold | Step::Overturn | Step::Apply)
    }

    pub fn said(self) -> Said {
        match self {
            Step::Ask => said!("ask for an explanation", "要求说明"),
            Step::Hand => said!("hand the letter over", "送达"),
            Step::Explain => said!("file an explanation", "登记说明"),
            Step::Confirm => said!("confirm", "认定属实"),
            Step::Dismiss => said!("dismiss", "不予认定"),
            Step::Appeal => said!("appeal", "申诉"),
            Step::Uphold => said!("uphold", "维持原认定"),
            Step::Overturn => said!("overturn", "撤销原认定"),
            Step::Apply => said!("apply the consequence", "落实处理"),
        }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Machine,
    /// A person by the one name that the office knows them by.
    Person(String),
}

/// One step of a flag: every one has a person, a day and a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub step: Step,
    pub actor: Actor,
    /// In the office's zone.
    pub day: NaiveDate,
    pub reason: String,
}

/// A flag as far as its next step depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    pub state: FlagState,
    /// Who made the observation.
    pub observers: BTreeSet<String>,
    /// Who has nothing to do with this flag: everybody with a recusal.
    pub recused: BTreeSet<String>,
    /// Whom it speaks of: they explain and appeal, and take no other step.
    pub concerned: BTreeSet<String>,
    /// Last day for the explanation, once it was asked for; from [`super::deadline`].
    pub answer_by: Option<NaiveDate>,
    /// Last day for an appeal, once the decision has reached whom it concerns.
    pub appeal_by: Option<NaiveDate>,
    /// Who confirmed or dismissed it, in every spelling of the name.
    pub decided_by: BTreeSet<String>,
    /// Whether a consequence was applied.
    pub applied: bool,
}

/// The state after a step, or why the step is not allowed.
pub fn after(flag: &Flag, step: &Move) -> Result<FlagState, Said> {
    may(flag, step)?;
    use FlagState::{Appealed, Asked, Confirmed, Dismissed, Explained, Open, Overturned, Upheld};
    match (flag.state, step.step) {
        (Open, Step::Ask) => Ok(Asked),
        (Asked | Confirmed | Dismissed | Upheld | Overturned, Step::Hand) => Ok(flag.state),
        (Asked, Step::Explain) => Ok(Explained),
        // Who was asked keeps the time that was promised.
        (Asked, Step::Confirm) if flag.answer_by.is_none_or(|last| step.day <= last) => Err(too_early(flag.answer_by)),
        (Asked | Explained, Step::Confirm) => Ok(Confirmed),
        (Asked | Explained, Step::Dismiss) => Ok(Dismissed),
        (Confirmed | Dismissed, Step::Appeal) => match flag.appeal_by {
            Some(last) if step.day > last => Err(too_late(last)),
            _ => Ok(Appealed),
        },
        (Appealed, Step::Uphold) => Ok(Upheld),
        (Appealed, Step::Overturn) => Ok(Overturned),
        (Confirmed | Upheld, Step::Apply) if flag.applied => {
            Err(said!("a consequence was applied already", "处理已经落实，不能重复"))
        }
        // Nothing is carried out that an appeal may still undo.
        (Confirmed, Step::Apply) if flag.appeal_by.is_none_or(|last| step.day <= last) => {
            Err(still_open_to_appeal(flag.appeal_by))
        }
        (Confirmed | Upheld, Step::Apply) => Ok(flag.state),
        (Open | Asked | Explained | Confirmed | Dismissed | Appealed | Upheld | Overturned, _) => {
            Err(out_of_turn(flag.state, step.step))
        }
    }
}

/// Every step needs a reason. A decision, or an appeal, is a person's; neither the observer, nor whom it
/// concerns, nor on appeal who decided before, may decide. Who is recused takes no step at all.
fn may(flag: &Flag, step: &Move) -> Result<(), Said> {
    if step.reason.trim().is_empty() {
        return Err(said!("a reason is missing: write one sentence", "缺少理由：请写明一句"));
    }
    let name = match &step.actor {
        Actor::Machine if matches!(step.step, Step::Ask | Step::Explain) => return Ok(()),
        Actor::Machine => {
            return Err(said!(
                "the machine decides nothing: a person has to take this step",
                "系统不作任何认定：这一步须由人办理"
            ));
        }
        Actor::Person(name) if name.trim().is_empty() => {
            return Err(said!("the person is missing: say who takes this step", "缺少办理人：请写明由谁办理"));
        }
        Actor::Person(name) => name,
    };
    let own = matches!(step.step, Step::Explain | Step::Appeal);
    if is_among(&flag.recused, name) || (!own && is_among(&flag.concerned, name)) {
        return Err(said!(
            "{name} is recused from this case: somebody else has to take this step",
            "{name}须回避此事：请由他人办理"
        ));
    }
    if step.step.is_decision() && is_among(&flag.observers, name) {
        return Err(said!(
            "{name} made the observation and does not decide on it: somebody else has to",
            "{name}是检查人，不得参与认定：请由他人办理"
        ));
    }
    if matches!(step.step, Step::Uphold | Step::Overturn) && is_among(&flag.decided_by, name) {
        return Err(said!(
            "{name} took the decision and does not decide the appeal against it: somebody else has to",
            "{name}作出了原认定，不得复核申诉：请由他人办理"
        ));
    }
    Ok(())
}

fn is_among(people: &BTreeSet<String>, name: &str) -> bool {
    people.iter().any(|one| same_person(one, name))
}

fn too_early(answer_by: Option<NaiveDate>) -> Said {
    match answer_by {
        Some(day) => said!(
            "the explanation may still come until {day}: confirm it after that day, or once it is filed",
            "说明期限至{day}：请在期满之后或收到说明之后再作认定"
        ),
        None => said!(
            "the please-explain letter has not been handed over: print it (`print ID`), hand it over and enter the day (`handed ID`)",
            "说明通知尚未送达：请先打印（print 编号）并送达，再登记送达日期（handed 编号）"
        ),
    }
}

fn too_late(last: NaiveDate) -> Said {
    said!("the time for an appeal ended on {last}", "申诉期限已于{last}届满")
}

fn still_open_to_appeal(appeal_by: Option<NaiveDate>) -> Said {
    match appeal_by {
        Some(day) => said!(
            "an appeal may still come until {day}: apply the consequence after that day",
            "申诉期限至{day}：请在期满之后再落实处理"
        ),
        None => said!(
            "the decision letter has not been handed over: hand it over and enter the day (`handed ID`); the time for an appeal runs from then",
            "认定通知尚未送达：请先送达并登记日期（handed 编号），申诉期限自送达起算"
        ),
    }
}

/// How a person calls a state.
pub fn state_said(state: FlagState) -> Said {
    match state {
        FlagState::Open => said!("open", "待处理"),
        FlagState::Asked => said!("asked", "已要求说明"),
        FlagState::Explained => said!("explained", "已说明"),
        FlagState::Confirmed => said!("confirmed", "已认定"),
        FlagState::Dismissed => said!("dismissed", "不予认定"),
        FlagState::Appealed => said!("appealed", "申诉中"),
        FlagState::Upheld => said!("upheld", "维持原认定"),
        FlagState::Overturned => said!("overturned", "已撤销认定"),
    }
}

fn out_of_turn(state: FlagState, step: Step) -> Said {
    let (is, wanted, next) = (state_said(state), step.said(), next_step(state));
    Said::new(
        format!("“{}” cannot follow while it is “{}”: {}", wanted.en, is.en, next.en),
        format!("“{}”状态下不能“{}”：{}", is.zh, wanted.zh, next.zh),
    )
}

/// What a flag in this state waits for.
pub fn next_step(state: FlagState) -> Said {
    match state {
        FlagState::Open => said!("ask for an explanation first", "请先要求说明"),
        FlagState::Asked => said!("an explanation or a decision comes next", "下一步是登记说明或作出认定"),
        FlagState::Explained => said!("a decision comes next", "下一步是作出认定"),
        FlagState::Confirmed | FlagState::Dismissed => {
            said!("only an appeal can change it", "此后只有申诉可以改变认定")
        }
        FlagState::Appealed => said!("the decision on the appeal comes next", "下一步是对申诉作出决定"),
        FlagState::Upheld | FlagState::Overturned => said!("it is closed", "此事已办结"),
    }
}
