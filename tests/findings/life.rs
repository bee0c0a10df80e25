//! The life of a finding: every sequence of steps that anybody may try.

use proptest::prelude::*;
use spotcheck::evidence::finding::{Answer, Finding, Move, Step, after, is_overdue, of_answer};
use spotcheck::evidence::flag::Actor;
use spotcheck::model::{FindingOrigin, FindingState};

fn person(name: &str) -> Actor {
    Actor::Person(name.to_owned())
}

fn a_move() -> impl Strategy<Value = Move> {
    let actors = prop_oneof![
        2 => Just(Actor::Machine),
        6 => prop::sample::select(vec!["张三", "张三 ", "Li Si", "li  si", "王五", "", " "]).prop_map(person),
    ];
    let reason = prop::sample::select(vec!["看过现场", "done", "", "  "]);
    (prop::sample::select(Step::ALL.to_vec()), actors, reason).prop_map(|(step, actor, reason)| Move {
        step,
        actor,
        reason: reason.to_owned(),
    })
}

fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

proptest! {
    #[test]
    fn whatever_is_tried_the_rules_hold(
        origin in prop::sample::select(FindingOrigin::ALL.to_vec()),
        noted in any::<bool>(),
        moves in prop::collection::vec(a_move(), 0..40),
    ) {
        let state = if noted { FindingState::Noted } else { FindingState::Open };
        let mut finding = Finding { state, origin, rectified_by: None };
        let mut path = vec![finding.state];
        let mut rectified_by: Option<Actor> = None;
        for one in moves {
            let Ok(state) = after(&finding, &one) else { continue };
            prop_assert!(!one.reason.trim().is_empty(), "a step without a reason");
            match &one.actor {
                Actor::Machine => {
                    prop_assert_eq!(origin, FindingOrigin::Gap, "the machine knows of gaps alone");
                    prop_assert!(matches!(state, FindingState::Rectified | FindingState::Open), "the machine ended {:?}", state);
                }
                Actor::Person(name) => prop_assert!(!name.trim().is_empty(), "a step by nobody"),
            }
            if state == FindingState::Verified {
                let (Some(Actor::Person(who)), Actor::Person(now)) = (&rectified_by, &one.actor) else {
                    prop_assert!(matches!(rectified_by, Some(Actor::Machine)), "verified without having been rectified");
                    path.push(state);
                    finding.state = state;
                    continue;
                };
                prop_assert_ne!(plain(who), plain(now), "who rectified verified");
            }
            if one.step == Step::Rectify {
                rectified_by = Some(one.actor.clone());
                finding.rectified_by = Some(match &one.actor {
                    Actor::Machine => "machine".to_owned(),
                    Actor::Person(name) => name.clone(),
                });
            }
            path.push(state);
            finding.state = state;
        }
        for pair in path.windows(2) {
            use FindingState::{Closed, Noted, Open, Rectified, Verified, Withdrawn};
            let allowed = [
                (Open, Rectified), (Rectified, Verified), (Rectified, Open), (Verified, Closed),
                (Open, Withdrawn), (Rectified, Withdrawn), (Noted, Withdrawn),
            ];
            prop_assert!(allowed.contains(&(pair[0], pair[1])), "{:?}", pair);
        }
    }
}

#[test]
fn the_day_itself_is_in_time_and_only_what_is_open_is_overdue() {
    let day = |text: &str| text.parse().unwrap();
    let last = Some(day("2026-03-20"));
    assert!(!is_overdue(FindingState::Open, last, day("2026-03-20")));
    assert!(is_overdue(FindingState::Open, last, day("2026-03-21")));
    assert!(!is_overdue(FindingState::Open, None, day("2026-03-21")));
    for state in FindingState::ALL.iter().filter(|s| **s != FindingState::Open) {
        assert!(!is_overdue(*state, last, day("2027-01-01")), "{state}");
    }
}

#[test]
fn only_a_failed_answer_opens_something_and_keeps_the_note() {
    let asked = |answer, note| of_answer("Q3", "消防器材在位", answer, note);
    assert_eq!(asked(Answer::NotMet, " 缺两个 "), Some(("Q3".to_owned(), "消防器材在位：缺两个".to_owned())));
    assert_eq!(asked(Answer::NotMet, ""), Some(("Q3".to_owned(), "消防器材在位".to_owned())));
    assert_eq!((asked(Answer::Met, "好"), asked(Answer::NotSeen, "没去")), (None, None));
}
