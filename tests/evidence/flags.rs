//! The life of a flag (EVIDENCE 5).

use crate::support::{absent, paper, visit};
use serde_json::json;
use spotcheck::evidence::Workdays;
use spotcheck::evidence::flag::{Actor, Flag, Move, Step, after};
use spotcheck::evidence::rejudge::{Rejudged, Standing, rejudged};
use spotcheck::model::{FlagState, Strength, VerdictCode};

fn flag(state: FlagState) -> Flag {
    Flag {
        state,
        observers: ["周检查员".to_owned()].into(),
        recused: ["李回避".to_owned(), "被检查人".to_owned()].into(),
        answer_by: "2026-03-19".parse().ok(),
        decided_by: Some("孙主任".to_owned()),
    }
}

fn by(name: &str, step: Step) -> Move {
    let day = "2026-03-20".parse().unwrap();
    Move { step, actor: Actor::Person(name.to_owned()), day, reason: "see the file".to_owned() }
}

#[test]
fn only_these_steps_exist() {
    use FlagState::*;
    let allowed = [
        (Open, Step::Ask, Asked),
        (Asked, Step::Explain, Explained),
        (Asked, Step::Confirm, Confirmed),
        (Asked, Step::Dismiss, Dismissed),
        (Explained, Step::Confirm, Confirmed),
        (Explained, Step::Dismiss, Dismissed),
        (Confirmed, Step::Appeal, Appealed),
        (Dismissed, Step::Appeal, Appealed),
        (Appealed, Step::Uphold, Upheld),
        (Appealed, Step::Overturn, Overturned),
    ];
    for state in FlagState::ALL {
        for step in Step::ALL {
            let expected = allowed.iter().find(|a| (a.0, a.1) == (*state, step)).map(|a| a.2);
            assert_eq!(after(&flag(*state), &by("钱组长", step)).ok(), expected, "{state} {step:?}");
        }
    }
}

#[test]
fn the_machine_decides_nothing() {
    for state in FlagState::ALL {
        for step in Step::ALL {
            let step = Move { actor: Actor::Machine, ..by("", step) };
            let reached = after(&flag(*state), &step);
            assert!(matches!(reached, Err(_) | Ok(FlagState::Asked | FlagState::Explained)), "{state} {step:?}");
        }
    }
    let ask = Move { actor: Actor::Machine, ..by("", Step::Ask) };
    assert_eq!(after(&flag(FlagState::Open), &ask), Ok(FlagState::Asked));
}

#[test]
fn who_may() {
    let may = |name: &str, state, step| after(&flag(state), &by(name, step)).is_ok();
    assert!(!may("周检查员", FlagState::Explained, Step::Confirm), "the observer does not decide");
    assert!(!may("周检查员", FlagState::Explained, Step::Dismiss));
    assert!(!may("周检查员", FlagState::Appealed, Step::Uphold), "nor on appeal");
    assert!(may("周检查员", FlagState::Open, Step::Ask), "but may ask");
    assert!(!may("孙主任", FlagState::Appealed, Step::Uphold), "who decided does not decide the appeal");
    assert!(!may("孙主任", FlagState::Appealed, Step::Overturn));
    assert!(may("孙主任", FlagState::Explained, Step::Confirm));
    for (state, step) in
        [(FlagState::Open, Step::Ask), (FlagState::Asked, Step::Dismiss), (FlagState::Appealed, Step::Overturn)]
    {
        assert!(!may("李回避", state, step), "recusals hold: {step:?}");
    }
    assert!(may("被检查人", FlagState::Asked, Step::Explain), "who is concerned explains");
    assert!(may("被检查人", FlagState::Confirmed, Step::Appeal), "and appeals");
    assert!(!may(" ", FlagState::Explained, Step::Confirm), "nobody is no person");
}

#[test]
fn every_step_has_a_reason() {
    for step in Step::ALL {
        let silent = Move { reason: " ".to_owned(), ..by("钱组长", step) };
        for state in FlagState::ALL {
            assert!(after(&flag(*state), &silent).is_err());
        }
    }
}

#[test]
fn nothing_is_confirmed_before_the_deadline() {
    let asked = Workdays::default().nth_after("2026-03-12".parse().unwrap(), 5);
    assert_eq!(asked, "2026-03-19".parse().ok(), "five working days");
    let on = |day: &str, step| Move { day: day.parse().unwrap(), ..by("钱组长", step) };
    let flag_asked = flag(FlagState::Asked);
    let said = after(&flag_asked, &on("2026-03-19", Step::Confirm)).unwrap_err();
    assert!(said.en.contains("2026-03-19") && said.zh.contains("2026-03-19"), "{said:?}");
    assert!(after(&flag_asked, &on("2026-03-20", Step::Confirm)).is_ok());
    assert!(after(&flag_asked, &on("2026-03-13", Step::Dismiss)).is_ok(), "dismissing can be done at any time");
    assert!(after(&flag(FlagState::Explained), &on("2026-03-13", Step::Confirm)).is_ok(), "the answer is there");
    let no_day = Flag { answer_by: None, ..flag_asked };
    assert!(after(&no_day, &on("2026-03-20", Step::Confirm)).is_err());
}

const UNEXCUSED: Standing = Standing { verdict: Some(VerdictCode::Unexcused), strength: Strength::High };

#[test]
fn a_new_verdict_moves_no_flag() {
    let excused = absent().record(paper("leave", "12 00:00", "12 23:59", "10 08:00")).judgement();
    for state in [FlagState::Open, FlagState::Asked, FlagState::Explained] {
        let Rejudged::Takes(standing, note) = rejudged(state, UNEXCUSED, &excused) else { panic!("{state}") };
        assert_eq!(standing, Standing { verdict: Some(VerdictCode::Excused), strength: Strength::None });
        assert!(note.en.contains("unexcused (high) became excused (none)") && note.en.contains("may dismiss"));
    }
    for state in [FlagState::Confirmed, FlagState::Appealed, FlagState::Upheld] {
        let Rejudged::Suggests(note) = rejudged(state, UNEXCUSED, &excused) else { panic!("{state}") };
        assert!(note.en.starts_with("Withdrawn by new evidence") && note.zh.contains("重新审查"), "{note:?}");
    }
    for state in [FlagState::Dismissed, FlagState::Overturned] {
        let Rejudged::Suggests(note) = rejudged(state, UNEXCUSED, &excused) else { panic!("{state}") };
        assert!(note.en.starts_with("New evidence after the decision"), "{note:?}");
    }
    for state in FlagState::ALL {
        assert_eq!(rejudged(*state, UNEXCUSED, &absent().judgement()), Rejudged::Same);
    }
}

#[test]
fn a_stronger_verdict_is_noted_too() {
    let late = absent().record(paper("leave", "12 00:00", "12 23:59", "12 15:00")).judgement();
    let Rejudged::Takes(standing, note) = rejudged(FlagState::Asked, UNEXCUSED, &late) else { panic!() };
    assert_eq!(standing.verdict, Some(VerdictCode::LatePaperwork));
    assert!(!note.en.contains("dismiss"));
    let nothing = visit("absent").with("/observation/outcome", json!("not_done")).judgement();
    let Rejudged::Takes(standing, _) = rejudged(FlagState::Open, UNEXCUSED, &nothing) else { panic!() };
    assert_eq!(standing, Standing { verdict: None, strength: Strength::None }, "a corrected outcome");
}
