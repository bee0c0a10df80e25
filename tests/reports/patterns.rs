//! Patterns in attendance: how often an honest county is troubled, who of those that cheat is seen, and the page.

use super::stream::Stream;
use spotcheck::console::report::{View, page, text};
use spotcheck::evidence::pattern::{Habit, habits};
use spotcheck::measure::patterns::{Asked, Counted, Facts, Named, Pattern, document, same_second, stand_out};
use spotcheck::model::record::{Direction, Filed, FiledBy, Origin, Punch, Record, What};
use spotcheck::model::time::{DAY, MINUTE, SECOND};
use spotcheck::model::{Days, Language, OfficialId, Said, Timestamp};
use spotcheck::work::patterns::{Question, ask};
use std::collections::BTreeMap;

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
const OFFICIALS: usize = 120;
const WORKDAYS: i64 = 22;
const COUNTIES: u64 = 200;

fn official(n: usize) -> OfficialId {
    format!("O{n:04}").parse().unwrap()
}

fn midnight(day: i64) -> Timestamp {
    Timestamp::parse("2026-03-02T00:00:00+08:00").unwrap().plus(day * DAY)
}

fn record(who: usize, at: Timestamp, origin: Origin, in_range: Option<bool>, device: String) -> Record {
    let direction = Direction::None;
    Record {
        official: official(who),
        source: "punches".parse().unwrap(),
        first_batch: "b".to_owned(),
        last_batch: "b".to_owned(),
        row: 1,
        filed: Filed { at: None, by: FiledBy::Unknown },
        what: What::Punch(Punch { at, direction, origin, in_range, device: Some(device) }),
    }
}

/// What an official does of what honest people do not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cheat {
    None,
    /// A program punches in and out, at the same second.
    Program,
    /// A program does so on a share of the days.
    ProgramAtTimes,
    /// A colleague's telephone.
    Colleague,
    /// Out of range.
    Far,
    /// Corrected by hand.
    Corrected,
}

const CHEATS: [(Cheat, Pattern); 5] = [
    (Cheat::Program, Pattern::SameSecond),
    (Cheat::ProgramAtTimes, Pattern::SameSecond),
    (Cheat::Colleague, Pattern::Borrowed),
    (Cheat::Far, Pattern::Far),
    (Cheat::Corrected, Pattern::Corrected),
];

/// A month of a county: people of whom some forget more often than others, go on trips, lend a telephone now and
/// then. Every third has a telephone, the others the township's device. `cheat` says who does more than that, on a
/// `share` of the days.
fn month(stream: &mut Stream, seconds: bool, share: f64, cheat: impl Fn(usize) -> Cheat) -> Vec<Record> {
    let mut records = Vec::new();
    for who in 0..OFFICIALS {
        let (forgets, strays) = (0.15 * stream.unit().powi(4), 0.2 * stream.unit().powi(4));
        let trip = if stream.unit() < 0.2 { (stream.unit() * WORKDAYS as f64) as i64 } else { -9 };
        let (telephone, own_second) = (who.is_multiple_of(3), (stream.unit() * 60.0) as i64);
        for day in 0..WORKDAYS {
            let often = stream.unit();
            let corrected = stream.unit() < forgets || cheat(who) == Cheat::Corrected && often < share;
            let far =
                stream.unit() < strays || (trip..trip + 3).contains(&day) || cheat(who) == Cheat::Far && often < share;
            let lent = stream.unit() < 0.01 || cheat(who) == Cheat::Colleague && often < share;
            let whose = if lent { (who + 3) % OFFICIALS } else { who };
            for hour in [7, 18] {
                let (minute, second) = ((stream.unit() * 50.0) as i64, (stream.unit() * 60.0) as i64);
                let program = cheat(who) == Cheat::Program || cheat(who) == Cheat::ProgramAtTimes && often < share;
                let (minute, second) = match (seconds, program) {
                    (true, true) => (3, own_second),
                    (true, false) => (minute, second),
                    (false, _) => (minute, 0),
                };
                let at = midnight(day).plus((hour * 60 + minute) * MINUTE + second * SECOND);
                let (origin, device) = match (corrected && hour == 7, telephone) {
                    (true, _) => (Origin::Correction, String::new()),
                    (false, true) => (Origin::Phone, format!("P{whose}")),
                    (false, false) => (Origin::Device, format!("D{}", who / 10)),
                };
                records.push(record(who, at, origin, telephone.then_some(!far), device));
            }
        }
    }
    records
}

/// Who is named, and for what.
fn named(records: &[Record]) -> Vec<(OfficialId, Pattern)> {
    let questions = ask(&habits(records, ZONE), "punches");
    let asked: Vec<Asked> = questions.iter().map(|one| one.asked).collect();
    let out = questions.into_iter().zip(stand_out(&asked)).filter(|(_, q)| q.is_some());
    out.map(|(Question { official, pattern, .. }, _)| (official, pattern)).collect()
}

#[test]
fn honest_counties_are_rarely_troubled() {
    let mut stream = Stream::new(41);
    let (mut troubled, mut names, mut by) = (0, 0, BTreeMap::new());
    for _ in 0..COUNTIES {
        let found = named(&month(&mut stream, true, 0.0, |_| Cheat::None));
        troubled += u64::from(!found.is_empty());
        names += found.len();
        found.iter().for_each(|(_, pattern)| *by.entry(pattern.code()).or_insert(0) += 1);
    }
    let asked = COUNTIES as usize * OFFICIALS;
    println!(
        "{COUNTIES} honest counties of {OFFICIALS}: {troubled} with a name, {names} names of {asked} officials, {by:?}"
    );
    assert!(troubled <= COUNTIES / 10, "a county in twenty may be, and chance in the count: {troubled}");
}

#[test]
fn those_who_cheat_are_seen_and_the_others_left_alone() {
    let mut stream = Stream::new(42);
    let counties = 20;
    // One of each kind; those with telephones are the multiples of three.
    let cheat = |who: usize| if who.is_multiple_of(12) && who / 12 < 5 { CHEATS[who / 12].0 } else { Cheat::None };
    for share in [0.5, 0.9] {
        let (mut seen, mut others) = ([0; 5], 0);
        for _ in 0..counties {
            for (id, pattern) in named(&month(&mut stream, true, share, cheat)) {
                match CHEATS.iter().enumerate().find(|(n, (_, of))| id == official(n * 12) && *of == pattern) {
                    Some((n, _)) => seen[n] += 1,
                    None => others += 1,
                }
            }
        }
        let [program, at_times, colleague, far, corrected] = seen;
        println!(
            "of {counties} each, on {share} of the days: program on all {program}, program {at_times}, colleague {colleague}, far {far}, corrected {corrected}; others named {others}"
        );
        assert!(others <= seen.iter().sum::<usize>() / 10, "{others}");
        // Half of a month's days out of range is more than most do, and what some honest people do on trips.
        let (sure, least) = if share > 0.8 { (5, counties * 8 / 10) } else { (3, counties * 9 / 10) };
        assert!(seen.iter().take(sure).all(|n| *n >= least), "{seen:?}");
    }
}

#[test]
fn a_source_that_knows_no_seconds_troubles_nobody() {
    let mut stream = Stream::new(43);
    let found = named(&month(&mut stream, false, 0.0, |_| Cheat::None));
    assert!(found.iter().all(|(_, pattern)| *pattern != Pattern::SameSecond), "{found:?}");
    let whole_minutes = vec![
        {
            let mut counts = [0; 60];
            counts[0] = 44;
            counts
        };
        30
    ];
    assert!(same_second(&whole_minutes).iter().all(|asked| asked.unwrap().chance == 1.0));
}

/// The value of an exact sum in Python: 60 times the chance of 6 or more of 65 at 1/60.
#[test]
fn chances_are_exact() {
    let mut odd = [1; 60];
    odd[7] = 6;
    let counts: Vec<[u64; 60]> = (0..40).map(|_| [1; 60]).chain([odd]).collect();
    let asked = same_second(&counts)[40].unwrap();
    assert_eq!(asked.counted, Counted { seen: 6, of: 65 });
    assert!((asked.chance - 60.0 * 0.000_763_486_329_972_295_8).abs() < 1e-9, "{}", asked.chance / 60.0);
}

#[test]
fn a_day_counts_once_and_a_telephone_is_whose_days_are_most() {
    let at =
        |day, hour: i64, minute: i64, second: i64| midnight(day).plus((hour * 60 + minute) * MINUTE + second * SECOND);
    let phone = |who, day, hour, device: &str| {
        record(who, at(day, hour, 30, 5), Origin::Phone, Some(who != 1), device.to_owned())
    };
    let records = [
        phone(1, 0, 8, "P1"),
        phone(1, 0, 12, "P1"),
        phone(1, 0, 18, "P1"),
        phone(1, 1, 8, "P1"),
        phone(2, 0, 8, "P1"),
        phone(2, 1, 8, "P2"),
        record(2, at(1, 9, 0, 40), Origin::Edited, None, String::new()),
        record(2, at(1, 10, 0, 40), Origin::Correction, None, String::new()),
    ];
    let found = habits(&records, ZONE);
    let of = |who| -> Habit { found[&official(who)].clone() };
    let seconds = |who: usize| {
        of(who).seconds.iter().enumerate().filter(|(_, n)| **n > 0).map(|(s, n)| (s, *n)).collect::<Vec<_>>()
    };
    assert_eq!(seconds(1), [(5, 3)], "first and last of the one day, the only one of the other");
    assert_eq!(seconds(2), [(5, 2)], "what a person entered is no second");
    let pairs = |habit: Habit| [habit.corrected, habit.far, habit.borrowed].map(|of| (of.seen, of.days));
    assert_eq!(pairs(of(1)), [(0, 2), (2, 2), (0, 2)]);
    assert_eq!(pairs(of(2)), [(1, 2), (0, 2), (1, 2)]);
}

fn facts() -> Facts {
    let one = |pattern, official: &str, seen, of, others, q| Named {
        pattern,
        official: official.into(),
        name: Said::new("Wang Jianguo", "王建国"),
        team: "T007".into(),
        village: Said::new("Hewan", "荷湾村"),
        source: "punch-phone".into(),
        asked: Asked { counted: Counted { seen, of }, others, chance: q / 10.0 },
        false_alarms: q,
    };
    Facts {
        office: "yunling".into(),
        name: Said::new("Yunling County", "云岭县"),
        days: Days::parse("2026-03").unwrap(),
        officials: 120,
        questions: vec![
            (Pattern::SameSecond, 120),
            (Pattern::Borrowed, 0),
            (Pattern::Far, 40),
            (Pattern::Corrected, 120),
        ],
        named: vec![
            one(Pattern::Far, "O0021", 13, 22, 0.041, 0.0004),
            one(Pattern::Far, "O0009", 15, 22, 0.04, 0.0001),
            one(Pattern::SameSecond, "O0021", 44, 44, 0.0167, 1e-9),
        ],
    }
}

#[test]
fn the_page_in_both_languages_accuses_nobody() {
    let document = document(&facts());
    for (tag, language) in [("en", Language::En), ("zh", Language::ZhHans)] {
        let view = View { document: &document, status: &[], upward: true, language };
        insta::assert_snapshot!(format!("patterns_{tag}"), text(view).join("\n"));
        let html = page(view).unwrap();
        insta::assert_snapshot!(format!("patterns_page_{tag}"), super::pages::outline(&html));
    }
}
