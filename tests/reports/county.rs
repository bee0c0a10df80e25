//! What two offices of a province found in a quarter, made up so that every part of a report has something to say.

use spotcheck::measure::aapor::{Counts, Disposition};
use spotcheck::measure::absence::{Calls, Programme, Visits};
use spotcheck::measure::back_checks::{Found, Visit, by_inspector};
use spotcheck::measure::document::Document;
use spotcheck::measure::estimate::bounds;
use spotcheck::measure::period::{Coverage, Facts, Fairness, Findings, Gap, Inspector, Part, Unvisited, document};
use spotcheck::measure::questions::{self, Asked, Heard, Pool};
use spotcheck::measure::signs::{Sign, SignKind};
use spotcheck::measure::taken::{Line, Taken};
use spotcheck::measure::units::{Inclusion, Share, Stratum};
use spotcheck::model::question::Value;
use spotcheck::model::{Days, Kind, Said};
use spotcheck::words::instruments::{SHIPPED, read};
use std::collections::BTreeMap;

/// An office's visits: how many were made, in how many of them everybody was absent, how many were not made.
pub struct Seen {
    pub office: &'static str,
    pub made: usize,
    pub absent: usize,
    pub lost: usize,
}

pub fn programme(offices: &[Seen]) -> Programme {
    let taken = |every: usize| {
        let mut lines = Vec::new();
        for found in offices {
            for visit in 0..found.made + found.lost {
                let absent = visit < found.absent && visit % every == 0;
                let y = if absent { Share::EVERYBODY } else { Share::NOBODY };
                let p = Inclusion::new(if visit % 2 == 0 { 0.008 } else { 0.04 }).unwrap();
                let stratum = Stratum::parse(found.office).unwrap();
                lines.push(Line { stratum, p, y: (visit < found.made).then_some(y) });
            }
        }
        bounds(&[Taken::Hits { kept: lines, cut: Vec::new() }], None).unwrap()
    };
    let (made, lost) = (offices.iter().map(|f| f.made).sum(), offices.iter().map(|f| f.lost).sum::<usize>());
    let visits = Visits {
        drawn: made + lost,
        executed: made,
        lost,
        open: 0,
        moved: 1,
        announced: 2,
        ended: BTreeMap::from([("answered".into(), made as u64), ("no_reply".into(), lost as u64)]),
        waiting: 1,
        gross: taken(1),
        unexcused: taken(3),
    };
    let mut ended = Counts::default();
    for (disposition, lines) in [(Disposition::Complete, 60), (Disposition::NonContact, 20), (Disposition::Refusal, 2)]
    {
        ended.add(disposition, lines);
    }
    let states = BTreeMap::from([("answered".into(), 62), ("attempts_used_up".into(), 20)]);
    let calls = Calls { drawn: 82, states, ended };
    Programme { id: "posts".into(), name: "在岗检查".into(), windows: 120, voids: 1, visits, calls }
}

pub fn facts(offices: &[Seen]) -> Facts {
    let gap = |at: u64, visits: u64, expected: f64| Gap {
        from: at * 10 + 1,
        to: at * 10 + 10,
        visits,
        expected,
        spread: expected.sqrt(),
    };
    let look = Said::new("Visits fall on Mondays more often than chance lets them.", "周一的走访多于偶然所致。");
    let part = Part {
        name: Said::new("Presence", "在岗检查"),
        absence: programme(offices),
        coverage: Coverage { places: 300, visits: [180, 90, 25, 5, 0], longest_days: Some(171) },
        fairness: Some(Fairness {
            fine: 17,
            look: 1,
            too_few: 2,
            of_a_day: 0.04,
            to_look_at: vec![(Said::new("Weekdays", "星期"), 18_000, look)],
            gaps: vec![gap(0, 9, 11.25), gap(1, 12, 10.5), gap(2, 7, 8.0), gap(3, 3, 4.5)],
        }),
    };
    let unvisited = |place: &str, name: Said, days, ever| Unvisited {
        programme: Said::new("Presence", "在岗检查"),
        place: place.into(),
        name,
        days,
        ever,
    };
    Facts {
        office: "province".into(),
        name: Said::new("Provincial Office", "省督查办"),
        days: Days::parse("2026-Q1").unwrap(),
        parts: vec![part],
        offices: BTreeMap::from([
            ("east".into(), Said::new("East County", "东县")),
            ("west".into(), Said::new("West County", "西县")),
        ]),
        flags: vec![(Said::new("open", "待处理"), 3), (Said::new("confirmed", "已认定"), 2)],
        findings: vec![Findings {
            kind: Said::new("checklist: Q3 duty roster", "检查清单：值班表上墙"),
            opened: 4,
            closed: 1,
            open: 5,
            overdue: 2,
        }],
        questions: Some(questions()),
        inspectors: inspectors(),
        signs: vec![(Said::new("Sun Li", "孙立"), Sign { kind: SignKind::TooRound, n: 29, of: 31 })],
        waiting_longest: vec![
            unvisited("T017", Said::new("Hewan <team> & Co", "荷湾村工作队"), 171, true),
            unvisited("T120", Said::new("Donggu", "东谷村工作队"), 89, false),
        ],
        states: BTreeMap::from([("answered".into(), Said::new("answered", "已回复"))]),
    }
}

/// Two inspectors: one of whom nothing differed, one with an error and a difference that waits.
fn inspectors() -> Vec<Inspector> {
    let visit = |who: &str, p: f64, found| Visit {
        stratum: Stratum::parse(who).unwrap(),
        p: Inclusion::new(p).unwrap(),
        found,
    };
    let mut visits = vec![visit("I1", 0.15, Found::Agrees); 6];
    visits.extend([
        visit("I2", 0.3, Found::Agrees),
        visit("I2", 0.3, Found::Error),
        visit("I2", 1.0, Found::Undecided),
    ]);
    let names = [Said::new("Zhao Xin", "赵新"), Said::new("Sun Li", "孙立")];
    let checked = by_inspector(&visits).unwrap().into_values();
    names.into_iter().zip(checked).map(|(name, checked)| Inspector { name, checked }).collect()
}

/// A question of visits, and one of calls that too few answered.
fn questions() -> questions::Report {
    let of = |file: usize, kind, heard: Vec<Heard>| {
        let (name, text) = SHIPPED[file];
        let question = read(name, text).unwrap().questions[0].clone();
        let p = Inclusion::new(0.02).unwrap();
        let stratum = Stratum::parse("east").unwrap();
        let lines = heard.into_iter().map(|heard| (p, heard)).collect();
        let pools = vec![Pool { stratum, lines, others: Vec::new(), exactly: false }];
        let (programme, instrument) = ("在岗检查".to_owned(), name.trim_end_matches(".toml").to_owned());
        Asked { programme, instrument, kind, question, pools }
    };
    let said = |yes: usize, no: usize| {
        let answer = |value| Heard::Answer(value);
        [vec![answer(Value::Yes); yes], vec![answer(Value::No); no]].concat()
    };
    let asked = vec![of(0, Kind::Visit, said(40, 6)), of(1, Kind::Call, said(2, 1))];
    questions::report(Days::parse("2026-Q1").unwrap(), asked).unwrap()
}

pub fn county() -> Facts {
    facts(&[Seen { office: "east", made: 58, absent: 12, lost: 3 }])
}

pub fn province() -> Facts {
    let office = |office, made, absent| Seen { office, made, absent, lost: 1 };
    facts(&[
        office("west", 60, 3),
        office("east", 60, 6),
        office("north", 120, 120),
        office("south", 4, 1),
        office("midland", 60, 3),
    ])
}

pub fn report() -> Document {
    document(&county())
}
