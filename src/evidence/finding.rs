//! The life of a finding (整改台账, EVIDENCE 5): open → rectified → verified → closed; open again where the
//! verification fails; withdrawn with a reason.
//!
//! The machine opens findings. Of gaps in the records it also notes that the evidence has come, or is missing
//! again; it verifies, closes and withdraws nothing. Whoever rectified does not verify. A good practice is noted
//! and has no further life.

use super::flag::Actor;
use crate::model::{FindingOrigin, FindingState, Said, same_person};
use crate::said;
use chrono::NaiveDate;

/// What can be done with a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Rectify,
    Verify,
    Reopen,
    Close,
    Withdraw,
}

impl Step {
    pub const ALL: [Step; 5] = [Step::Rectify, Step::Verify, Step::Reopen, Step::Close, Step::Withdraw];

    pub fn code(self) -> &'static str {
        match self {
            Step::Rectify => "rectify",
            Step::Verify => "verify",
            Step::Reopen => "reopen",
            Step::Close => "close",
            Step::Withdraw => "withdraw",
        }
    }

    /// By its code, or as people call it in either language.
    pub fn parse(text: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| {
            let said = step.said();
            [step.code(), &said.en, &said.zh].contains(&text)
        })
    }

    pub fn said(self) -> Said {
        match self {
            Step::Rectify => said!("rectified", "已整改"),
            Step::Verify => said!("verified", "核实属实"),
            Step::Reopen => said!("not rectified: open again", "核实未整改，重新整改"),
            Step::Close => said!("closed", "销号"),
            Step::Withdraw => said!("withdrawn", "撤销"),
        }
    }
}

/// A finding as far as its next step depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub state: FindingState,
    pub origin: FindingOrigin,
    /// Who said last that it is rectified.
    pub rectified_by: Option<String>,
}

/// One step of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub step: Step,
    pub actor: Actor,
    /// Why, or what shows it.
    pub reason: String,
}

/// The state after a step, or why the step is not allowed.
pub fn after(finding: &Finding, step: &Move) -> Result<FindingState, Said> {
    use FindingState::{Closed, Noted, Open, Rectified, Verified, Withdrawn};
    may(finding, step)?;
    match (finding.state, step.step) {
        (Open, Step::Rectify) => Ok(Rectified),
        (Rectified, Step::Verify) => Ok(Verified),
        (Rectified, Step::Reopen) => Ok(Open),
        (Verified, Step::Close) => Ok(Closed),
        (Open | Rectified | Noted, Step::Withdraw) => Ok(Withdrawn),
        (Open | Rectified | Verified | Closed | Withdrawn | Noted, _) => Err(out_of_turn(finding.state, step.step)),
    }
}

/// Every step has a person and a reason; what the machine may do is little.
fn may(finding: &Finding, step: &Move) -> Result<(), Said> {
    if step.reason.trim().is_empty() {
        return Err(said!("a reason is missing: write one sentence", "缺少说明：请写明一句"));
    }
    let name = match &step.actor {
        Actor::Machine if finding.origin == FindingOrigin::Gap && matches!(step.step, Step::Rectify | Step::Reopen) => {
            return Ok(());
        }
        Actor::Machine => {
            return Err(said!(
                "the machine verifies and closes nothing: a person has to take this step",
                "系统不核实、不销号：这一步须由人办理"
            ));
        }
        Actor::Person(name) if name.trim().is_empty() => {
            return Err(said!("the person is missing: say who takes this step", "缺少办理人：请写明由谁办理"));
        }
        Actor::Person(name) => name,
    };
    if step.step == Step::Verify && finding.rectified_by.as_deref().is_some_and(|by| same_person(by, name)) {
        return Err(said!(
            "{name} said that it is rectified and does not verify it: somebody else has to",
            "{name}是整改人，不得核实：请由他人办理"
        ));
    }
    Ok(())
}

fn out_of_turn(state: FindingState, step: Step) -> Said {
    let (is, wanted, next) = (state_said(state), step.said(), next_step(state));
    Said::new(
        format!("“{}” cannot follow while the finding is “{}”: {}", wanted.en, is.en, next.en),
        format!("“{}”状态下不能“{}”：{}", is.zh, wanted.zh, next.zh),
    )
}

/// How a person calls a state.
pub fn state_said(state: FindingState) -> Said {
    match state {
        FindingState::Open => said!("open", "待整改"),
        FindingState::Rectified => said!("rectified, to be verified", "已整改待核实"),
        FindingState::Verified => said!("verified", "已核实"),
        FindingState::Closed => said!("closed", "已销号"),
        FindingState::Withdrawn => said!("withdrawn", "已撤销"),
        FindingState::Noted => said!("noted", "已记录"),
    }
}

/// What a finding in this state waits for.
pub fn next_step(state: FindingState) -> Said {
    match state {
        FindingState::Open => said!("it is to be rectified first", "请先整改"),
        FindingState::Rectified => said!("it is verified at the next contact", "下一步是在下次检查或通话时核实"),
        FindingState::Verified => said!("it can be closed", "下一步是销号"),
        FindingState::Closed => {
            said!("it is closed; what is found anew is a new finding", "已销号；再次发现须另立一条")
        }
        FindingState::Withdrawn => said!("it was withdrawn", "已撤销"),
        FindingState::Noted => said!("a good practice is only noted", "好做法只作记录"),
    }
}

/// Whether its day has passed and nobody has said that it is rectified.
pub fn is_overdue(state: FindingState, deadline: Option<NaiveDate>, today: NaiveDate) -> bool {
    state == FindingState::Open && deadline.is_some_and(|last| last < today)
}

/// What a checklist says of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Met,
    NotMet,
    /// Not looked at, does not apply: nothing follows.
    NotSeen,
}

/// What a failed answer opens: the code of its question and what is to be rectified, in the office's words.
/// `None` where there is nothing to rectify.
pub fn of_answer(code: &str, question: &str, answer: Answer, note: &str) -> Option<(String, String)> {
    let note = note.trim();
    let text = if note.is_empty() { question.trim().to_owned() } else { format!("{}：{note}", question.trim()) };
    (answer == Answer::NotMet).then(|| (code.to_owned(), text))
}
