//! The life of a flag (EVIDENCE 5): open → asked → explained | confirmed | dismissed → appealed →
//! upheld | overturned.
//!
//! The machine opens flags, asks, and files the answers that come by mail. It decides nothing. A
//! complaint against an inspector is a case with the same life.

use crate::model::{FlagState, Said};
use crate::said;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What can be done with a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Ask,
    Explain,
    Confirm,
    Dismiss,
    Appeal,
    Uphold,
    Overturn,
}

impl Step {
    pub const ALL: [Step; 7] =
        [Step::Ask, Step::Explain, Step::Confirm, Step::Dismiss, Step::Appeal, Step::Uphold, Step::Overturn];

    pub fn code(self) -> &'static str {
        match self {
            Step::Ask => "ask",
            Step::Explain => "explain",
            Step::Confirm => "confirm",
            Step::Dismiss => "dismiss",
            Step::Appeal => "appeal",
            Step::Uphold => "uphold",
            Step::Overturn => "overturn",
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
        matches!(self, Step::Confirm | Step::Dismiss | Step::Uphold | Step::Overturn)
    }

    pub fn said(self) -> Said {
        match self {
            Step::Ask => said!("ask for an explanation", "要求说明"),
            Step::Explain => said!("file an explanation", "登记说明"),
            Step::Confirm => said!("confirm", "认定属实"),
            Step::Dismiss => said!("dismiss", "不予认定"),
            Step::Appeal => said!("appeal", "申诉"),
            Step::Uphold => said!("uphold", "维持原认定"),
            Step::Overturn => said!("overturn", "撤销原认定"),
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
    /// Who may not touch this flag: the official it speaks of, and everybody with a recusal.
    pub recused: BTreeSet<String>,
    /// Last day for the explanation, once it was asked for; from [`super::Workdays::nth_after`].
    pub answer_by: Option<NaiveDate>,
    /// Who confirmed or dismissed it.
    pub decided_by: Option<String>,
}

/// The state after a step, or why the step is not allowed.
pub fn after(flag: &Flag, step: &Move) -> Result<FlagState, Said> {
    may(flag, step)?;
    use FlagState::{Appealed, Asked, Confirmed, Dismissed, Explained, Open, Overturned, Upheld};
    match (flag.state, step.step) {
        (Open, Step::Ask) => Ok(Asked),
        (Asked, Step::Explain) => Ok(Explained),
        // Who was asked keeps the time that was promised.
        (Asked, Step::Confirm) if flag.answer_by.is_none_or(|last| step.day <= last) => Err(too_early(flag.answer_by)),
        (Asked | Explained, Step::Confirm) => Ok(Confirmed),
        (Asked | Explained, Step::Dismiss) => Ok(Dismissed),
        (Confirmed | Dismissed, Step::Appeal) => Ok(Appealed),
        (Appealed, Step::Uphold) => Ok(Upheld),
        (Appealed, Step::Overturn) => Ok(Overturned),
        (Open | Asked | Explained | Confirmed | Dismissed | Appealed | Upheld | Overturned, _) => {
            Err(out_of_turn(flag.state, step.step))
        }
    }
}

/// Every step needs a reason. A decision, or an appeal, is a person's; neither the observer, nor
/// who is recused, nor on appeal who decided before, may decide.
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
    if (step.step.is_decision() || step.step == Step::Ask) && flag.recused.contains(name) {
        return Err(said!(
            "{name} is recused from this flag: somebody else has to take this step",
            "{name}须回避此事：请由他人办理"
        ));
    }
    if step.step.is_decision() && flag.observers.contains(name) {
        return Err(said!(
            "{name} made the observation and does not decide on it: somebody else has to",
            "{name}是检查人，不得参与认定：请由他人办理"
        ));
    }
    if matches!(step.step, Step::Uphold | Step::Overturn) && flag.decided_by.as_ref() == Some(name) {
        return Err(said!(
            "{name} took the decision and does not decide the appeal against it: somebody else has to",
            "{name}作出了原认定，不得复核申诉：请由他人办理"
        ));
    }
    Ok(())
}

fn too_early(answer_by: Option<NaiveDate>) -> Said {
    match answer_by {
        Some(day) => said!(
            "the explanation may still come until {day}: confirm it after that day, or once it is filed",
            "说明期限至{day}：请在期满之后或收到说明之后再作认定"
        ),
        None => said!(
            "no day was set for the explanation: set one, or file the explanation first",
            "未设定说明期限：请先设定期限或登记说明"
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
        format!("“{}” cannot follow while the flag is “{}”: {}", wanted.en, is.en, next.en),
        format!("“{}”状态下不能“{}”：{}", is.zh, wanted.zh, next.zh),
    )
}

/// What a flag in this state waits for.
pub fn next_step(state: FlagState) -> Said {
    match state {
        FlagState::Open => said!("ask for an explanation first", "请先要求说明"),
        FlagState::Asked => said!("an explanation or a decision comes next", "下一步是登记说明或作出认定"),
        FlagState::Explained => said!("a decision comes next", "下一步是作出认定"),
        FlagState::Confirmed | FlagState::Dismissed => said!("only an appeal can follow", "此后只能申诉"),
        FlagState::Appealed => said!("the decision on the appeal comes next", "下一步是对申诉作出决定"),
        FlagState::Upheld | FlagState::Overturned => said!("it is closed", "此事已办结"),
    }
}
