//! What to record when late records change the verdict of a flag (EVIDENCE 1 and 5).
//!
//! A verdict is never overwritten: the new one stands beside the old in the history. The state of
//! a flag is moved by people, so no re-judgement moves it, not even one that leaves nothing of it.
//! A flag that nobody has decided stays listed with the new verdict and its strength. A flag that
//! was decided keeps the verdict it was decided on, and a suggestion goes to a person.

use super::Judgement;
use crate::model::{FlagState, Said, Strength, VerdictCode};
use crate::said;

/// The verdict on which a flag stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub verdict: Option<VerdictCode>,
    pub strength: Strength,
}

/// What the caller writes down. In every case the new judgement joins the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejudged {
    /// Same verdict and strength; rows and sentence may be new.
    Same,
    /// The flag takes the new verdict and strength, its state stays; the note joins the history.
    Takes(Standing, Said),
    /// The flag keeps verdict and state; the note is a suggestion to the person who answers for it.
    Suggests(Said),
}

pub fn rejudged(state: FlagState, old: Standing, new: &Judgement) -> Rejudged {
    let new = Standing { verdict: new.verdict, strength: new.strength };
    if new == old {
        return Rejudged::Same;
    }
    let change = change(old, new);
    let (en, zh) = (change.en, change.zh);
    match state {
        FlagState::Open | FlagState::Asked | FlagState::Explained if new.strength.opens_flag() => {
            Rejudged::Takes(new, said!("Judged anew: {en}.", "重新判定：{zh}。"))
        }
        FlagState::Open | FlagState::Asked | FlagState::Explained => Rejudged::Takes(
            new,
            said!(
                "Judged anew: {en}; this alone would open no flag, a person may dismiss it.",
                "重新判定：{zh}；仅凭此结果不会列为疑点，可由人员决定不予认定。"
            ),
        ),
        FlagState::Confirmed | FlagState::Appealed | FlagState::Upheld if !new.strength.opens_flag() => {
            Rejudged::Suggests(said!(
                "Withdrawn by new evidence: {en}; a person has to look at the decision again.",
                "新证据不再支持该疑点：{zh}；请重新审查原认定。"
            ))
        }
        FlagState::Confirmed
        | FlagState::Dismissed
        | FlagState::Appealed
        | FlagState::Upheld
        | FlagState::Overturned => Rejudged::Suggests(said!(
            "New evidence after the decision: {en}; a person may look at it again.",
            "认定之后出现新证据：{zh}；可由人员再次审查。"
        )),
    }
}

fn change(old: Standing, new: Standing) -> Said {
    let code = |standing: Standing| standing.verdict.map_or("-", VerdictCode::code);
    let (was, is) = (code(old), code(new));
    let (was_strong, is_strong) = (old.strength, new.strength);
    said!("{was} ({was_strong}) became {is} ({is_strong})", "由{was}（{was_strong}）变为{is}（{is_strong}）")
}
