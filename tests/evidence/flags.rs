//! The life of a flag (EVIDENCE 5).

use crate::support::{absent, paper, visit};
use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::json;
use spotcheck::evidence::Workdays;
use spotcheck::evidence::flag::{Actor, Flag, Move, Step, after};
use spotcheck::evidence::rejudge::{Rejudged, Standing, rejudged};
use spotcheck::model::{FlagState, Strength, VerdictCode};

fn flag(state: FlagState) -> Flag {
    Flag {
        state,
        observers: ["周检查员".to_owned()].into(),
        recused: ["李回避".to_owned()].into(),
        concerned: ["被检查人".to_owned()].into(),
        answer_by: "2026-03-19".parse().ok(),
        appeal_by: "2026-03-19".parse().ok(),
        decided_by: ["孙主任".to_owned(), "Sun".to_owned()].into(),
        applied: false,
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
        (Asked, Step::Hand, Asked),
        (Confirmed, Step::Hand, Confirmed),
        (Dismissed, Step::Hand, Dismissed),
        (Upheld, Step::Hand, Upheld),
        (Overturned, Step::Hand, Overturned),
        (Asked, Step::Explain, Explained),
        (Asked, Step::Confirm, Confirmed),
        (Asked, Step::Dismiss, Dismissed),
        (Explained, Step::Confirm, Confirmed),
        (Explained, Step::Dismiss, Dismissed),
        (Confirmed, Step::Appeal, Appealed),
        (Dismissed, Step::Appeal, Appealed),
        (Appealed, Step::Uphold, Upheld),
        (Appealed, Step::Overturn, Overturned),
        (Confirmed, Step::Apply, Confirmed),
        (Upheld, Step::Apply, Upheld),
    ];
    for state in FlagState::ALL {
        for step in Step::ALL {
            let expected = allowed.iter().find(|a| (a.0, a.1) == (*state, step)).map(|a| a.2);
            // An appeal has to come in time, and what follows waits for that time to end.
            let day = if step == Step::Appeal { "2026-03-19" } else { "2026-03-20" }.parse().unwrap();
            let step_made = Move { day, ..by("钱组长", step) };
            assert_eq!(after(&flag(*state), &step_made).ok(), expected, "{state} {step:?}");
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

/// Who may take which step, whatever the state: every pairing.
#[test]
fn who_may() {
    use Step::*;
    let steps: [(FlagState, Step); 9] = [
        (FlagState::Open, Ask),
        (FlagState::Asked, Hand),
        (FlagState::Asked, Explain),
        (FlagState::Explained, Confirm),
        (FlagState::Explained, Dismiss),
        (FlagState::Confirmed, Appeal),
        (FlagState::Appealed, Uphold),
        (FlagState::Appealed, Overturn),
        (FlagState::Upheld, Apply),
    ];
    assert_eq!(steps.map(|(_, step)| step), Step::ALL, "every step is looked at");
    let refused: [(&str, &[Step]); 6] = [
        // Whoever observed asks and hands over, and decides nothing.
        ("周检查员", &[Confirm, Dismiss, Uphold, Overturn, Apply]),
        // Whoever is recused has nothing to do with it.
        ("李回避", &Step::ALL),
        // Whom it concerns explains and appeals.
        ("被检查人", &[Ask, Hand, Confirm, Dismiss, Uphold, Overturn, Apply]),
        // Whoever decided does not decide the appeal, however the name is spelt.
        ("孙主任", &[Uphold, Overturn]),
        ("Sun", &[Uphold, Overturn]),
        ("钱组长", &[]),
    ];
    for (name, refused) in refused {
        for (state, step) in steps {
            let day = if step == Appeal { "2026-03-19" } else { "2026-03-20" }.parse().unwrap();
            let done = after(&flag(state), &Move { day, ..by(name, step) });
            assert_eq!(done.is_err(), refused.contains(&step), "{name} {step:?}: {done:?}");
            if let Err(said) = done {
                assert!(said.en.contains(name) && said.zh.contains(name), "{said:?}");
            }
        }
    }
    for (state, step) in steps {
        assert!(after(&flag(state), &by(" ", step)).is_err(), "nobody is no person: {step:?}");
    }
}

#[test]
fn an_appeal_has_its_time_and_nothing_is_applied_within_it() {
    let on = |day: &str, step| Move { day: day.parse().unwrap(), ..by("钱组长", step) };
    let confirmed = flag(FlagState::Confirmed);
    assert_eq!(after(&confirmed, &on("2026-03-19", Step::Appeal)), Ok(FlagState::Appealed));
    let late = after(&confirmed, &on("2026-03-20", Step::Appeal)).unwrap_err();
    assert!(late.en.contains("ended on 2026-03-19") && late.zh.contains("2026-03-19"), "{late:?}");
    assert!(after(&confirmed, &on("2026-03-19", Step::Apply)).unwrap_err().en.contains("until 2026-03-19"));
    assert_eq!(after(&confirmed, &on("2026-03-20", Step::Apply)), Ok(FlagState::Confirmed));
    // Nobody has the letter yet: no time runs.
    let unknown = Flag { appeal_by: None, ..flag(FlagState::Confirmed) };
    assert_eq!(after(&unknown, &on("2027-01-01", Step::Appeal)), Ok(FlagState::Appealed));
    assert!(after(&unknown, &on("2027-01-01", Step::Apply)).unwrap_err().en.contains("handed over"));
    let applied = Flag { applied: true, ..flag(FlagState::Upheld) };
    assert!(after(&applied, &on("2026-03-20", Step::Apply)).unwrap_err().en.contains("already"));
}

proptest! {
    /// However steps are strung together: without a person no flag is ever confirmed or upheld, nor decided at all.
    #[test]
    fn no_way_without_a_person_leads_to_a_decision(
        steps in prop::collection::vec((0usize..9, 0u64..200, prop::bool::ANY), 0..40),
    ) {
        let mut now = Flag { answer_by: None, appeal_by: None, ..flag(FlagState::Open) };
        for (step, day, deadline) in steps {
            let day: NaiveDate = "2026-03-01".parse::<NaiveDate>().unwrap() + chrono::Days::new(day);
            if deadline {
                now.answer_by = Some(day);
                now.appeal_by = Some(day);
            }
            let step = Move { step: Step::ALL[step], actor: Actor::Machine, day, reason: "late".to_owned() };
            if let Ok(state) = after(&now, &step) {
                now.state = state;
            }
            prop_assert!(matches!(now.state, FlagState::Open | FlagState::Asked | FlagState::Explained), "{}", now.state);
        }
    }

    /// And however people act: whoever observed, is recused or concerned takes no decision, and whoever decided does
    /// not decide the appeal.
    #[test]
    fn every_decision_is_somebody_elses(
        steps in prop::collection::vec((0usize..9, 0usize..5, 0u64..60), 0..60),
    ) {
        let people = ["周检查员", "李回避", "被检查人", "孙主任", "钱组长"];
        let mut now = Flag { decided_by: Default::default(), ..flag(FlagState::Open) };
        for (step, who, day) in steps {
            let (step, name) = (Step::ALL[step], people[who]);
            let day = "2026-03-01".parse::<NaiveDate>().unwrap() + chrono::Days::new(day);
            let Ok(state) = after(&now, &Move { day, ..by(name, step) }) else { continue };
            if matches!(step, Step::Confirm | Step::Dismiss | Step::Uphold | Step::Overturn | Step::Apply) {
                prop_assert!(who >= 3, "{} {:?}", name, step);
            }
            match step {
                Step::Confirm | Step::Dismiss => {
                    now.decided_by.insert(name.to_owned());
                }
                Step::Uphold | Step::Overturn => prop_assert!(!now.decided_by.contains(name)),
                Step::Apply => now.applied = true,
                _ => {}
            }
            now.state = state;
        }
    }
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
