//! What holds of every case, however odd.

use proptest::prelude::*;
use spotcheck::evidence::{Case, Duty, Observation, Workdays, judge};
use spotcheck::model::record::{
    Batch, Cadence, Direction, DutyRule, Filed, FiledBy, Origin, Paper, PaperKind, PaperStatus, Punch, Record, Source,
    SourceKind, What,
};
use spotcheck::model::time::MINUTE;
use spotcheck::model::{Kind, OfficialId, Outcome, SourceId, Timestamp, VerdictCode};
use std::collections::BTreeSet;

/// Minutes after 2026-03-10 00:00 in Shanghai; the window is on the 12th, from minute 3420 on.
fn minute(number: i64) -> Timestamp {
    Timestamp(Timestamp::parse("2026-03-10T00:00:00+08:00").unwrap().0 + number * MINUTE)
}

const SOURCES: [(&str, SourceKind); 4] = [
    ("punches", SourceKind::Punch),
    ("leave", SourceKind::Leave),
    ("trips", SourceKind::Trip),
    ("rota", SourceKind::Rota),
];

fn source_id(number: usize) -> SourceId {
    SourceId::parse(SOURCES[number].0).unwrap()
}

fn any_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

/// Mostly near the observation, with seconds, on the minute, and far away.
fn instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        3 => (3300i64..3700).prop_map(minute),
        2 => (3400i64 * 60..3620 * 60).prop_map(|s| minute(0).plus(s * 1000)),
        1 => (0i64..9000).prop_map(minute),
    ]
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let one = (0usize..4, instant(), 8u32..13, 8u32..16, prop::bool::weighted(0.85));
    prop::collection::vec(one, 0..10).prop_map(|all| {
        let number = |(i, (source, seen, from, to, complete)): (usize, (usize, Timestamp, u32, u32, bool))| Batch {
            id: format!("b{i}"),
            source: source_id(source),
            seen,
            covers_from: chrono::NaiveDate::from_ymd_opt(2026, 3, from).unwrap(),
            covers_to: chrono::NaiveDate::from_ymd_opt(2026, 3, to).unwrap(),
            complete,
        };
        // One batch a source that covers for sure, so that not every case is waiting.
        let sure = (0..4).map(|source| Batch {
            id: format!("sure{source}"),
            source: source_id(source),
            seen: minute(6000),
            covers_from: chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap(),
            covers_to: chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap(),
            complete: true,
        });
        all.into_iter().enumerate().map(number).chain(sure).collect()
    })
}

fn what() -> impl Strategy<Value = (usize, What)> {
    let punch = (instant(), any_of(Direction::ALL), any_of(Origin::ALL), any::<Option<bool>>());
    let paper = (
        (instant(), 0i64..3000, any_of(PaperKind::ALL), prop::option::of(any_of(PaperStatus::ALL))),
        (prop::option::of(instant()), prop::option::weighted(0.2, instant()), any::<bool>(), 1usize..3),
    );
    prop_oneof![
        3 => punch.prop_map(|(at, direction, origin, in_range)| {
            (0, What::Punch(Punch { at, direction, origin, in_range, device: None }))
        }),
        3 => paper.prop_map(|((from, length, kind, status), (approved_at, cancelled_at, sick, source))| {
            let to = from.plus(length * MINUTE);
            let label = String::new();
            (source, What::Paper(Paper { kind, from, to, status, approved_at, cancelled_at, sick, label }))
        }),
        1 => (instant(), 0i64..900).prop_map(|(from, length)| (3, What::Rota { from, to: from.plus(length * MINUTE) })),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let batch = || (0usize..10, any::<bool>()).prop_map(|(n, sure)| if sure { None } else { Some(n) });
    let filed = (prop::option::weighted(0.8, (3300i64..3700).prop_map(minute)), any_of(FiledBy::ALL));
    (what(), batch(), batch(), filed).prop_map(|((source, what), first, last, (at, by))| {
        let name = |n: Option<usize>| n.map_or(format!("sure{source}"), |n| format!("b{n}"));
        Record {
            official: OfficialId::parse("O1").unwrap(),
            source: source_id(source),
            first_batch: name(first),
            last_batch: name(last),
            row: 2,
            filed: Filed { at, by },
            what,
        }
    })
}

fn case() -> impl Strategy<Value = Case> {
    let duty = (prop::option::weighted(0.9, any_of(DutyRule::ALL)), any::<Option<bool>>(), prop::option::of(-1i64..2));
    let observation = (
        any_of(&[Kind::Visit, Kind::Visit, Kind::Visit, Kind::Call]),
        prop_oneof![
            3 => any_of(&[Outcome::Absent, Outcome::OnLeave, Outcome::OnDutyElsewhere, Outcome::NotMet]),
            1 => any_of(&Outcome::ALL),
        ],
        prop::option::of((3420i64..3600).prop_map(minute)),
        any::<bool>(),
    );
    let sources = prop::collection::vec((any_of(Cadence::ALL), 0u32..8, any_of(&[0u32, 0, 24])), 4);
    let judged = prop_oneof![Just(minute(7000)), instant(), (5000i64..40000).prop_map(minute)];
    ((judged, duty, observation), (sources, batches(), prop::collection::vec(record(), 0..9)), any_of(&[0u16, 24]))
        .prop_map(|((judged_at, duty, observed), (sources, batches, records), sick_leave_grace_hours)| Case {
            judged_at,
            zone: chrono_tz::Asia::Shanghai,
            duty: Duty { rule: duty.0, workday: duty.1, allowed_absent_days_left: duty.2 },
            observation: Observation {
                official: OfficialId::parse("O1").unwrap(),
                kind: Some(observed.0),
                outcome: Some(observed.1),
                from: Some(minute(3420)),
                to: Some(minute(3600)),
                at: observed.2,
                received: Some(minute(3640)),
                said_by: None,
                attempts_used_up: observed.3,
            },
            workdays: Workdays::default(),
            sources: sources
                .into_iter()
                .enumerate()
                .map(|(i, (cadence, grace_days, settle_hours))| Source {
                    id: source_id(i),
                    kind: SOURCES[i].1,
                    cadence,
                    grace_days,
                    settle_hours,
                })
                .collect(),
            batches,
            records,
            late_uploads: BTreeSet::new(),
            sick_leave_grace_hours,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_same_case_has_the_same_verdict(case in case()) {
        let judgement = judge(&case);
        prop_assert_eq!(&judgement, &judge(&case.clone()));
        prop_assert!(judgement.rows.iter().all(|row| *row < case.records.len()));
        prop_assert!(judgement.rows.is_sorted());
        prop_assert!(!judgement.sentence.en.is_empty() && !judgement.sentence.zh.is_empty());
    }

    #[test]
    fn what_was_seen_later_changes_nothing(case in case(), batch in batches(), mut records in prop::collection::vec(record(), 1..4)) {
        let before = judge(&case);
        let mut later = case.clone();
        for (i, mut batch) in batch.into_iter().enumerate() {
            batch.id = format!("later{i}");
            batch.seen = case.judged_at.plus(1 + i as i64);
            for record in &mut records {
                if record.source == batch.source {
                    record.first_batch = batch.id.clone();
                    record.last_batch = batch.id.clone();
                }
            }
            later.batches.push(batch);
        }
        later.records.extend(records);
        prop_assert_eq!(judge(&later), before);
    }

    #[test]
    fn only_an_absence_is_waited_for(mut case in case()) {
        case.observation.outcome = Some(Outcome::Present);
        prop_assert_ne!(judge(&case).verdict, Some(VerdictCode::Waiting));
        case.observation.outcome = Some(Outcome::NoAnswer);
        prop_assert_ne!(judge(&case).verdict, Some(VerdictCode::Waiting));
    }

    #[test]
    fn the_order_of_the_records_does_not_matter(case in case(), seed in any::<u64>()) {
        let mut order: Vec<usize> = (0..case.records.len()).collect();
        order.sort_by_key(|i| (*i as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let mut shuffled = case.clone();
        shuffled.records = order.iter().map(|i| case.records[*i].clone()).collect();
        let (plain, other) = (judge(&case), judge(&shuffled));
        prop_assert_eq!((plain.verdict, plain.strength, plain.timing_unclear), (other.verdict, other.strength, other.timing_unclear));
        let back: BTreeSet<usize> = other.rows.iter().map(|row| order[*row]).collect();
        prop_assert_eq!(plain.rows.into_iter().collect::<BTreeSet<_>>(), back);
    }

    #[test]
    fn approved_leave_filed_before_excuses_whatever_else_there_is(mut case in case()) {
        case.judged_at = case.judged_at.max(minute(6000));
        case.observation.kind = Some(Kind::Visit);
        case.observation.outcome = Some(Outcome::Absent);
        case.records.push(Record {
            official: OfficialId::parse("O1").unwrap(),
            source: source_id(1),
            first_batch: "sure1".into(),
            last_batch: "sure1".into(),
            row: 9,
            filed: Filed { at: Some(minute(60)), by: FiledBy::Machine },
            what: What::Paper(Paper {
                kind: PaperKind::Leave, from: minute(0), to: minute(9000), status: Some(PaperStatus::Approved),
                approved_at: None, cancelled_at: None, sick: false, label: String::new(),
            }),
        });
        let verdict = judge(&case).verdict;
        prop_assert!(matches!(verdict, Some(VerdictCode::Excused | VerdictCode::NotDue)), "{:?}", verdict);
    }

    #[test]
    fn an_interval_is_as_weak_as_its_weakest_second(mut case in case(), second in 0i64..=180 * 60) {
        case.observation.at = None;
        let whole = judge(&case);
        case.observation.at = Some(minute(3420).plus(second * 1000));
        let part = judge(&case);
        if let (Some(whole_verdict), Some(part_verdict)) = (whole.verdict, part.verdict) {
            prop_assert!((whole.strength, whole_verdict) <= (part.strength, part_verdict));
            if !whole.timing_unclear {
                prop_assert_eq!((whole.strength, whole_verdict), (part.strength, part_verdict));
            }
        }
    }
}
