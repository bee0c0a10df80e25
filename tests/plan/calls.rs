//! Calls that come back: thousands of histories on the pure planner.

use chrono::{NaiveDate, NaiveTime};
use proptest::prelude::*;
use spotcheck::measure::aapor::Disposition;
use spotcheck::model::time::{DAY, MINUTE};
use spotcheck::model::{Outcome, Timestamp};
use spotcheck::plan::calls::{Circumstances, End, Hours, Next, Reported, Rule, Try, Whom, next};

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

fn clock(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn rule() -> Rule {
    let stretches = [("08:30", "12:00"), ("14:30", "18:00")].map(|(from, to)| (clock(from), clock(to)));
    Rule { hours: Hours::new(stretches, ZONE), attempts: 6, refused_days: 0, people: 1 }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{}:00+08:00", text.replace(' ', "T"))).unwrap()
}

fn workday(day: NaiveDate) -> bool {
    use chrono::Datelike;
    // A holiday on a Thursday.
    day.weekday().number_from_monday() < 6 && day != NaiveDate::from_ymd_opt(2026, 3, 5).unwrap()
}

fn made(outcome: Outcome, when: &str) -> Try {
    let at = at(when);
    let reported = Reported { outcome, at, agreed: None, for_office: false, given_back: false };
    Try { from: at, to: at.plus(60 * MINUTE), villager: false, reported: Some(reported) }
}

fn after(rule: &Rule, tries: &[Try], now: &str) -> Next {
    let now = Circumstances { now: at(now), until: at("2026-03-17 00:00"), others: true, is_workday: &workday };
    next(rule, tries, &now)
}

fn span(next: Next) -> String {
    match next {
        Next::Try { from, to, whom } => {
            let to = to.local(ZONE).format("%H:%M");
            format!("{}-{to} {whom:?}", from.local(ZONE).format("%d %H:%M"))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn each_outcome_comes_back_by_its_table_in_another_slot() {
    use Outcome::{Busy, Callback, NoAnswer, NotDone, Present, Refused, Unreachable, WrongNumber};
    // Slots: 08:30, 10:15, 14:30, 16:15.
    for (outcome, when, expected) in [
        (NoAnswer, "2026-03-03 09:00", "03 14:30-16:15 Same"),
        (NoAnswer, "2026-03-03 13:40", "03 16:40-18:00 Same"),
        (NoAnswer, "2026-03-03 17:00", "04 08:30-10:15 Same"),
        (Busy, "2026-03-03 09:00", "03 10:15-12:00 Same"),
        (Busy, "2026-03-03 11:50", "03 14:30-16:15 Same"),
        // The holiday and the weekend are left out; the last slot of a day is not the first of the next.
        (Busy, "2026-03-04 17:50", "06 08:30-10:15 Same"),
        (Unreachable, "2026-03-06 17:50", "09 08:30-10:15 Same"),
        (Unreachable, "2026-03-03 09:00", "03 10:15-12:00 Same"),
        (Callback, "2026-03-03 09:00", "03 10:15-12:00 Same"),
        (WrongNumber, "2026-03-03 09:00", "03 09:00-10:15 Another"),
        (Refused, "2026-03-03 09:00", "Ended(Answered)"),
        (Present, "2026-03-03 09:00", "Ended(Answered)"),
        (NotDone, "2026-03-03 09:00", "Ended(NotDone)"),
    ] {
        assert_eq!(span(after(&rule(), &[made(outcome, when)], when)), expected, "{outcome} {when}");
    }
}

#[test]
fn an_appointment_is_kept_unless_it_falls_into_the_lunch_break() {
    let agreed = |when: &str, now: &str| {
        let mut one = made(Outcome::Callback, "2026-03-03 09:00");
        one.reported.as_mut().unwrap().agreed = Some(at(when));
        span(after(&rule(), &[one], now))
    };
    assert_eq!(agreed("2026-03-03 15:30", "2026-03-03 10:00"), "03 15:30-16:00 Same");
    assert_eq!(agreed("2026-03-03 09:30", "2026-03-03 09:10"), "03 09:30-10:00 Same", "the same slot, as agreed");
    assert_eq!(agreed("2026-03-03 12:40", "2026-03-03 10:00"), "03 14:30-16:15 Same");
    assert_eq!(agreed("2026-03-05 15:30", "2026-03-03 10:00"), "06 08:30-10:15 Same", "a holiday");
    assert_eq!(agreed("2026-03-03 15:30", "2026-03-03 17:00"), "03 17:00-18:00 Same", "the reply came late");
}

#[test]
fn no_answer_counts_after_two_tries_apart_and_never_after_one() {
    let (one, two) = (made(Outcome::NoAnswer, "2026-03-16 16:00"), made(Outcome::NoAnswer, "2026-03-16 16:15"));
    let open = Try { reported: None, ..one };
    let late = "2026-03-17 09:00";
    assert_eq!(after(&rule(), &[one], late), Next::Ended(End::NoReply));
    assert_eq!(after(&rule(), &[one, two], late), Next::Ended(End::NoReply), "a quarter of an hour apart");
    let apart = made(Outcome::Busy, "2026-03-16 16:20");
    assert_eq!(after(&rule(), &[one, apart], late), Next::Ended(End::AttemptsUsedUp));
    assert_eq!(after(&rule(), &[one, open], "2026-03-16 17:00"), Next::Waits);
    assert_eq!(
        after(&Rule { attempts: 2, ..rule() }, &[one, apart], "2026-03-16 16:30"),
        Next::Ended(End::AttemptsUsedUp)
    );
}

#[test]
fn a_second_refusal_or_the_inspectors_word_is_for_the_office() {
    let again = Rule { refused_days: 7, ..rule() };
    let first = made(Outcome::Refused, "2026-03-03 09:00");
    assert_eq!(span(after(&again, &[first], "2026-03-03 09:30")), "10 10:15-12:00 Same");
    let second = made(Outcome::Refused, "2026-03-10 10:30");
    assert_eq!(after(&again, &[first, second], "2026-03-10 11:00"), Next::Office);
    assert_eq!(
        after(&again, &[first, made(Outcome::Reached, "2026-03-10 10:30")], "2026-03-10 11:00"),
        Next::Ended(End::Answered)
    );
    let villager = Try { villager: true, ..first };
    assert_eq!(
        after(&again, &[villager], "2026-03-03 09:30"),
        Next::Ended(End::Answered),
        "a villager is not asked again"
    );
    let mut handed = made(Outcome::NoAnswer, "2026-03-03 09:00");
    handed.reported.as_mut().unwrap().for_office = true;
    assert_eq!(after(&rule(), &[handed], "2026-03-03 09:30"), Next::Office);
}

/// What an inspector reports here where queXS would have this outcome.
enum Here {
    /// The same outcome, and not before queXS would try again.
    Is(Outcome, Option<Disposition>),
    /// This outcome, which comes back by a rule of its own (EVIDENCE 6).
    ByOwnRule(Outcome, Option<Disposition>, &'static str),
    /// The person names another moment: the outcome is a call agreed for then.
    Agreed,
    /// The inspector hands the call over; its disposition is that of its tries.
    Office,
    /// No outcome, but how tries end.
    End(End),
    /// There is no such outcome here, because …
    None(&'static str),
}
use Here::{Agreed, ByOwnRule, Is};

/// The outcomes of queXS (`outcome` in quexs.sql): code, minutes to the next try (0: none of its own), and what it is here.
const QUEXS: [(&str, i64, Here); 28] = [
    ("1.1 complete", 0, Is(Outcome::Reached, Some(Disposition::Complete))),
    ("2.111a soft refusal, respondent", 10_080, Is(Outcome::Refused, Some(Disposition::Refusal))),
    ("2.111b hard refusal, respondent", 10_080, Is(Outcome::Refused, Some(Disposition::Refusal))),
    ("2.112a soft refusal, somebody else", 10_080, Is(Outcome::Refused, Some(Disposition::Refusal))),
    ("2.112b hard refusal, somebody else", 10_080, Is(Outcome::Refused, Some(Disposition::Refusal))),
    (
        "2.112c broken appointment",
        10_080,
        ByOwnRule(
            Outcome::NoAnswer,
            Some(Disposition::NonContact),
            "who is not there at the agreed time did not answer",
        ),
    ),
    ("2.12 definite appointment", 0, Is(Outcome::Callback, Some(Disposition::NonContact))),
    ("2.13 loose appointment", 0, Is(Outcome::Callback, Some(Disposition::NonContact))),
    ("2.20 non-contact", 180, Is(Outcome::NoAnswer, Some(Disposition::NonContact))),
    ("2.221 answering machine, household known", 180, Is(Outcome::NoAnswer, Some(Disposition::NonContact))),
    ("2.222 answering machine, left a message", 180, Is(Outcome::NoAnswer, Some(Disposition::NonContact))),
    ("2.30 most attempts reached, eligible", 0, Here::End(End::AttemptsUsedUp)),
    ("2.34 referred to the supervisor", 0, Here::Office),
    ("2.35a accidental hang-up", 0, Is(Outcome::Partial, Some(Disposition::Partial))),
    ("2.36 away for a week", 10_080, Agreed),
    ("3.11 not attempted", 0, Is(Outcome::NotDone, None)),
    ("3.12 busy", 30, Is(Outcome::Busy, Some(Disposition::NonContact))),
    ("3.13 no answer", 180, Is(Outcome::NoAnswer, Some(Disposition::NonContact))),
    (
        "3.16 technical problem",
        180,
        ByOwnRule(
            Outcome::Unreachable,
            Some(Disposition::NonContact),
            "a phone that is off or out of reach is tried in the next slot",
        ),
    ),
    ("3.90 most attempts reached", 0, Here::End(End::AttemptsUsedUp)),
    ("3.91 unknown", 0, Here::None("what can be read in two ways is not recorded but asked back")),
    ("4.20 fax or modem", 0, Is(Outcome::WrongNumber, Some(Disposition::UnknownOther))),
    ("4.31 number changed", 0, Is(Outcome::WrongNumber, Some(Disposition::UnknownOther))),
    ("4.32 disconnected", 0, Is(Outcome::WrongNumber, Some(Disposition::UnknownOther))),
    ("4.51 other office or business", 0, Is(Outcome::WrongNumber, Some(Disposition::UnknownOther))),
    ("4.70 nobody eligible", 0, Here::None("a person of the register is rung, not whoever lives somewhere")),
    ("4.80 quota filled", 0, Here::None("there are no quotas: the ticket alone decides")),
    (
        "5.x recoded by hand",
        0,
        Here::None("what is entered later is a new row of the journal, under the same outcomes"),
    ),
];

#[test]
fn the_outcomes_of_quexs_have_their_dispositions_and_minutes() {
    let rule = Rule { refused_days: 7, ..rule() };
    let (when, began) = ("2026-03-03 09:00", at("2026-03-03 09:00"));
    let waits = |one: Try| match after(&rule, &[one], when) {
        Next::Try { from, .. } => Some((from.0 - began.0) / MINUTE),
        _ => None,
    };
    for (code, minutes, here) in QUEXS {
        match here {
            Is(outcome, disposition) => {
                assert_eq!(Disposition::of(outcome), disposition, "{code}");
                match waits(made(outcome, when)) {
                    Some(waited) => assert!(waited >= minutes, "{code}"),
                    None => assert_eq!(minutes, 0, "{code} comes back"),
                }
            }
            ByOwnRule(outcome, disposition, because) => {
                assert_eq!(Disposition::of(outcome), disposition, "{code}: {because}");
                let other = waits(made(outcome, when)).unwrap();
                assert!(other > 0 && other < minutes, "{code} comes back, and earlier: {because}");
            }
            Agreed => {
                let mut one = made(Outcome::Callback, when);
                one.reported.as_mut().unwrap().agreed = Some(began.plus(minutes * MINUTE));
                assert_eq!(Disposition::of(Outcome::Callback), Some(Disposition::NonContact), "{code}");
                assert!(waits(one).unwrap() >= minutes, "{code}");
            }
            Here::Office => {
                let mut one = made(Outcome::Callback, when);
                one.reported.as_mut().unwrap().for_office = true;
                assert_eq!(after(&rule, &[one], when), Next::Office, "{code}");
            }
            Here::End(end) => {
                let days = ["03 09:00", "03 15:00", "04 09:00", "04 15:00", "06 09:00", "06 15:00"];
                let tries = days.map(|day| made(Outcome::NoAnswer, &format!("2026-03-{day}")));
                assert_eq!(after(&rule, &tries, "2026-03-06 15:30"), Next::Ended(end), "{code}");
                assert_eq!(Disposition::of_call(&[Outcome::NoAnswer; 6]), Some(Disposition::NonContact), "{code}");
                assert!(
                    matches!(after(&rule, &tries[..5], "2026-03-06 10:00"), Next::Try { .. }),
                    "{code}: not before"
                );
            }
            Here::None(because) => assert!(minutes == 0 && !because.is_empty(), "{code}"),
        }
    }
}

prop_compose! {
    fn hours()(first in 360u32..600, lengths in prop::collection::vec((30u32..240, 15u32..150), 1..4)) -> Hours {
        let at = |minute: u32| NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
        let mut from = first;
        let mut all = Vec::new();
        for (length, rest) in lengths {
            let to = from + length;
            if to >= 24 * 60 {
                break;
            }
            all.push((at(from), at(to)));
            from = to + rest;
        }
        Hours::new(all, ZONE)
    }
}

/// What somebody who rings reports: an outcome, minutes after the beginning of the span, minutes to an appointment.
fn word() -> impl Strategy<Value = (Outcome, i64, Option<i64>, i64)> {
    let outcomes = Outcome::ALL.into_iter().filter(|o| *o != Outcome::NotMet).collect::<Vec<_>>();
    let temporary = vec![Outcome::NoAnswer, Outcome::Busy, Outcome::Unreachable, Outcome::Callback];
    let outcome = prop_oneof![1 => prop::sample::select(outcomes), 4 => prop::sample::select(temporary)];
    (outcome, 0i64..300, prop::option::of(30i64..6000), 0i64..4000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn every_history_keeps_hours_spacing_and_caps_and_ends(
        hours in hours(), attempts in 2u32..=6, refused_days in prop::sample::select(vec![0u32, 7]),
        start in 0i64..(20 * 24 * 60), words in prop::collection::vec(word(), 8), others in any::<bool>(), villager in any::<bool>(),
        people in 1u32..=3,
    ) {
        let rule = Rule { hours, attempts, refused_days, people };
        let first = at("2026-03-02 00:00").plus(start * MINUTE);
        let until = first.plus(14 * DAY);
        let mut tries = vec![Try { from: first, to: first.plus(120 * MINUTE), villager, reported: None }];
        let mut end = None;
        for (outcome, minute, agreed, late) in words {
            let last = tries.last_mut().unwrap();
            let when = last.from.plus(minute * MINUTE).min(last.to);
            let agreed = agreed.filter(|_| outcome == Outcome::Callback).map(|minutes| when.plus(minutes * MINUTE));
            let waiting = Circumstances { now: when, until, others, is_workday: &workday };
            prop_assert_eq!(next(&rule, &tries, &waiting), Next::Waits, "nothing follows before anything is said");
            let last = tries.last_mut().unwrap();
            last.reported = Some(Reported { outcome, at: when, agreed, for_office: false, given_back: false });
            let now = Circumstances { now: when.plus(late * MINUTE), until, others, is_workday: &workday };
            match next(&rule, &tries, &now) {
                Next::Try { from, to, whom } => {
                    prop_assert!(from >= now.now && from >= when && to <= until && from.plus(10 * MINUTE) <= to);
                    let day = from.day(ZONE);
                    prop_assert!(workday(day), "{day} is no workday");
                    let slot = rule.hours.slots(day).find(|slot| slot.from <= from && to <= slot.to);
                    prop_assert!(slot.is_some(), "outside hours or in a break");
                    prop_assert!(tries.len() < attempts as usize);
                    if whom == Whom::Another {
                        prop_assert!(others && (outcome == Outcome::WrongNumber || people > 1 && !outcome.is_temporary()));
                    } else if outcome.is_temporary() {
                        let kept = agreed.is_some();
                        let least = match outcome {
                            Outcome::NoAnswer => 180,
                            Outcome::Busy => 30,
                            _ => 20,
                        };
                        prop_assert!(from.0 - when.0 >= least * MINUTE);
                        let before = rule.hours.part_at(when);
                        prop_assert!(kept || rule.hours.parts() == 1 || slot.unwrap().part != before, "the slot of the last try");
                        prop_assert!(agreed.is_none_or(|agreed| from >= agreed), "before the appointment");
                    }
                    tries.push(Try { from, to, villager, reported: None });
                }
                Next::Ended(how) => {
                    end = Some(how);
                    break;
                }
                Next::Office => {
                    prop_assert!(outcome == Outcome::Refused && !villager && refused_days > 0);
                    end = Some(End::Answered);
                    break;
                }
                Next::Waits => prop_assert!(false, "waits for nobody"),
            }
        }
        let end = end.unwrap();
        let said: Vec<Reported> = tries.iter().filter_map(|one| one.reported).collect();
        if end == End::AttemptsUsedUp {
            prop_assert!(said.iter().all(|one| one.outcome != Outcome::Reached && one.outcome != Outcome::Refused));
            let vain: Vec<i64> = said.iter().filter(|one| one.outcome.is_temporary()).map(|one| one.at.0).collect();
            prop_assert!(vain.last().unwrap() - vain.first().unwrap() >= 20 * MINUTE, "two tries apart");
        }
        if end == End::NotDone {
            prop_assert!(said.iter().all(|one| one.outcome == Outcome::NotDone));
        }
    }
}
