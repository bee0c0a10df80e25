//! County, truth and tally.

use chrono::NaiveDate;
use spotcheck::demo::county::{County, Size};
use spotcheck::demo::dice::Dice;
use spotcheck::demo::sheets;
use spotcheck::demo::tally::{Seen, Tally};
use spotcheck::demo::truth::{Oracle, Truth, accuses, is_weekday};
use spotcheck::model::{Outcome, VerdictCode};
use std::collections::{BTreeMap, HashSet};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn county(seed: &str, teams: u32) -> (Dice, County) {
    let dice = Dice::new(seed.as_bytes());
    let county = County::new(&dice, Size { teams, inspectors: 10 }, day("2026-03-02")).unwrap();
    (dice, county)
}

#[test]
fn the_same_seed_gives_the_same_register_and_another_another() {
    let files = |seed| sheets::register(&county(seed, 30).1);
    assert_eq!(files("a"), files("a"));
    for (a, b) in files("a").iter().zip(files("b")).filter(|(a, _)| ["villages", "officials"].contains(&a.kind)) {
        assert_ne!(a.csv, b.csv);
    }
}

#[test]
fn the_default_county_has_the_size_to_plan_for_and_nobody_twice() {
    let (_, county) = county("size", 300);
    assert_eq!((county.teams.len(), county.villages.len(), county.inspectors.len()), (300, 300, 10));
    let active = county.officials.iter().filter(|o| o.left.is_none()).count();
    assert!((1_040..=1_160).contains(&active), "{active} officials");
    let people = county.officials.iter().map(|o| (&o.name, &o.phone)).chain(
        county
            .contacts
            .iter()
            .map(|c| (&c.name, &c.phone))
            .chain(county.inspectors.iter().map(|i| (&i.name, &i.phone))),
    );
    let (mut names, mut phones) = (HashSet::new(), HashSet::new());
    for (name, phone) in people {
        assert!(names.insert(name.own.clone()), "{} twice", name.own);
        assert!(phones.insert(phone.clone()), "a number twice");
        let number = phonenumber::parse(Some(phonenumber::country::Id::CN), phone).unwrap();
        assert!(phonenumber::is_valid(&number), "{phone} cannot be dialled");
        assert!(name.latin.is_ascii() && name.latin.contains(' '), "{}", name.latin);
    }
    assert_eq!(county.villages.iter().map(|v| &v.name.own).collect::<HashSet<_>>().len(), 300);
    assert_eq!(county.inspectors.iter().map(|i| &i.email).collect::<HashSet<_>>().len(), 10);
    assert_eq!(
        county.recusals.iter().map(|r| r.scope).collect::<Vec<_>>(),
        ["official", "team", "village", "region", "unit"]
    );
}

#[test]
fn the_register_files_follow_their_templates() {
    let (_, county) = county("files", 300);
    let expected: [(&str, &[&str], usize); 7] = [
        ("villages", &["id", "name", "name_latin", "township_code", "township", "township_latin", "from", "to"], 300),
        ("teams", &["id", "village", "name", "name_latin", "sending_unit", "from", "to"], 300),
        (
            "officials",
            &["编号", "队", "姓名", "拼音", "职务", "电话", "派出单位", "考勤号", "起", "止"],
            county.officials.len(),
        ),
        (
            "contacts",
            &["id", "village", "role", "name", "name_latin", "phone", "do_not_call", "from", "to"],
            county.contacts.len(),
        ),
        (
            "inspectors",
            &[
                "id",
                "office",
                "name",
                "name_latin",
                "email",
                "other_emails",
                "phone",
                "language",
                "visits",
                "calls",
                "home_county",
                "from",
                "to",
            ],
            10,
        ),
        ("recusals", &["inspector", "scope", "target", "reason", "from", "to"], 5),
        ("exclusions", &["place", "reason", "from", "to"], 1),
    ];
    let sheets = sheets::register(&county);
    assert_eq!(sheets.len(), expected.len());
    for (sheet, (kind, header, rows)) in sheets.iter().zip(expected) {
        assert_eq!(sheet.kind, kind);
        let mut reader = csv::Reader::from_reader(sheet.csv.as_bytes());
        let halves: Vec<String> =
            reader.headers().unwrap().iter().map(|h| h.split(" / ").next().unwrap().to_owned()).collect();
        assert_eq!(halves, header, "{kind}");
        let ids: HashSet<String> = reader.records().map(|r| r.unwrap().iter().collect::<Vec<_>>().join("|")).collect();
        assert_eq!(ids.len(), rows, "{kind}");
    }
}

#[test]
fn every_truth_has_its_verdict() {
    use Outcome::{Absent, NotMet, OnDutyElsewhere, OnLeave, Present};
    use VerdictCode as V;
    let table: [(Truth, &[Outcome], V); 18] = [
        (Truth::AtPost, &[Present], V::Present),
        (Truth::Unpunched, &[Present], V::RecordIncomplete),
        (Truth::AbsentUnexcused, &[Absent], V::Unexcused),
        (Truth::LeaveRejected, &[Absent], V::Unexcused),
        (Truth::OnLeave, &[OnLeave, Absent], V::Excused),
        (Truth::LeaveSentLate, &[OnLeave, Absent], V::Excused),
        (Truth::LeaveApprovedAfter, &[OnLeave, Absent], V::ExcusedVerify),
        (Truth::LeaveFiledAfter, &[OnLeave, Absent], V::LatePaperwork),
        (Truth::OnTrip, &[OnDutyElsewhere, Absent], V::ExcusedVerify),
        (Truth::InTraining, &[OnDutyElsewhere, Absent], V::ExcusedVerify),
        (Truth::PunchedAndAway, &[Absent], V::PunchContradicts),
        (Truth::PunchEditedAfter, &[Absent], V::RetroactivePunch),
        (Truth::PunchEditedBefore, &[Absent], V::WeakPresence),
        (Truth::PunchedFarAway, &[Absent], V::WeakPresence),
        (Truth::ClaimedOnly, &[OnLeave, OnDutyElsewhere], V::ClaimedUnproven),
        (Truth::NotMet, &[NotMet], V::Unclear),
        (Truth::LeaveButPresent, &[Present], V::LeaveNotCancelled),
        (Truth::LeaveCancelled, &[Present], V::Present),
    ];
    assert_eq!(table.len(), Truth::ALL.len());
    for (truth, reports, verdict) in table {
        assert_eq!(truth.reports(), reports, "{truth:?}");
        for outcome in Outcome::ALL {
            let expected = reports.contains(&outcome).then_some(verdict);
            assert_eq!(truth.expected_verdict(outcome), expected, "{truth:?} reported as {outcome}");
        }
    }
}

#[test]
fn a_few_weeks_hold_every_truth_in_its_measure() {
    let (dice, county) = county("measure", 60);
    let oracle = Oracle::new(&dice);
    let mut seen: BTreeMap<Truth, u32> = BTreeMap::new();
    let mut accused = 0;
    let days = day("2026-03-02").iter_days().take(28).filter(|d| is_weekday(*d));
    for d in days {
        for official in &county.officials {
            let truth = oracle.of(&official.id, d);
            let report = oracle.seen(&official.id, d);
            assert!(truth.reports().contains(&report), "{truth:?} seen as {report}");
            *seen.entry(truth).or_default() += 1;
            accused += u32::from(truth.expected_verdict(report).is_some_and(accuses));
        }
    }
    let all: u32 = seen.values().sum();
    assert!(Truth::ALL.iter().all(|t| seen.contains_key(t)), "{seen:?}");
    assert!((all * 13 / 100..all * 20 / 100).contains(&accused), "{accused} of {all}");
    assert!(seen[&Truth::AtPost] > all * 60 / 100, "{seen:?}");
}

#[test]
fn an_episode_is_true_on_all_of_its_days_and_ends_with_the_week() {
    let (dice, county) = county("episodes", 20);
    let oracle = Oracle::new(&dice);
    let mut longer = 0;
    for official in &county.officials {
        for monday in day("2026-03-02").iter_days().step_by(7).take(4) {
            let Some(episode) = oracle.episode(&official.id, monday) else { continue };
            assert!(monday <= episode.from && episode.from <= episode.to && is_weekday(episode.to));
            let days = episode.from.iter_days().take_while(|d| *d <= episode.to);
            assert!(days.clone().all(|d| oracle.of(&official.id, d) == episode.truth));
            longer += usize::from(days.count() > 1);
        }
    }
    assert!(longer > 10);
}

#[test]
fn the_tally_counts_what_was_planted_and_reported() {
    let seen = |truth, reported, verdict| Seen { truth, reported, verdict };
    let tally = Tally::of([
        // Found; missed; found for the wrong reason, which is also a false flag.
        seen(Truth::PunchedAndAway, Some(Outcome::Absent), Some(VerdictCode::PunchContradicts)),
        seen(Truth::LeaveFiledAfter, Some(Outcome::OnLeave), None),
        seen(Truth::LeaveFiledAfter, Some(Outcome::OnLeave), Some(VerdictCode::ClaimedUnproven)),
        // Never reported: not planted.
        seen(Truth::AbsentUnexcused, None, None),
        seen(Truth::AbsentUnexcused, Some(Outcome::NotDone), None),
        // Innocent, and accused.
        seen(Truth::LeaveSentLate, Some(Outcome::Absent), Some(VerdictCode::Unexcused)),
        seen(Truth::AtPost, Some(Outcome::Absent), Some(VerdictCode::PunchContradicts)),
        // No flag, rightly.
        seen(Truth::OnLeave, Some(Outcome::Absent), Some(VerdictCode::Excused)),
        seen(Truth::AtPost, Some(Outcome::Present), Some(VerdictCode::Present)),
    ]);
    assert_eq!((tally.planted, tally.found, tally.missed, tally.false_flags), (3, 1, 2, 3));
    let late = tally.by_verdict[&VerdictCode::LatePaperwork];
    assert_eq!((late.expected, late.agreed, late.unexpected), (2, 0, 0));
    let punches = tally.by_verdict[&VerdictCode::PunchContradicts];
    assert_eq!((punches.expected, punches.agreed, punches.unexpected), (1, 1, 1));
}
