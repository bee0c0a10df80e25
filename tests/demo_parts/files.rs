//! Attendance and leave files.

use super::world::{county, day};
use chrono::NaiveDate;
use spotcheck::demo::attendance::{Arrival, Attendance, Feed, Rhythm};
use spotcheck::demo::county::ZONE;
use spotcheck::demo::truth::{Truth, is_weekday};
use spotcheck::model::record::Cadence;
use std::collections::{BTreeMap, BTreeSet, HashSet};

fn text(feed: Feed, bytes: &[u8]) -> String {
    match feed {
        Feed::Leave => encoding_rs::GB18030.decode(bytes).0.into_owned(),
        _ => String::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).to_vec()).unwrap(),
    }
}

/// Where both templates have the moment of entry.
const FILED: usize = 6;

/// The rows of a file without its header.
fn rows(attendance: &Attendance<'_>, arrival: &Arrival) -> Vec<Vec<String>> {
    let text = text(arrival.feed, &attendance.file(arrival));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn files_come_on_workdays_after_what_they_cover() {
    let (dice, county) = county("plan", 40);
    let (start, end) = (day("2026-03-02"), day("2026-03-27"));
    for rhythm in [Rhythm::Daily, Rhythm::Monthly, Rhythm::Mixed] {
        let attendance = Attendance::new(&county, &dice, rhythm, &is_weekday);
        let arrivals = attendance.arrivals(start, end);
        assert_eq!(arrivals, attendance.arrivals(start, end));
        assert_eq!(arrivals.iter().map(|a| &a.name).collect::<HashSet<_>>().len(), arrivals.len());
        assert!(arrivals.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(arrivals.iter().all(|a| a.at.day(ZONE) > a.to && is_weekday(a.at.day(ZONE))));
        for source in attendance.sources().unwrap() {
            let covers =
                |d: NaiveDate| arrivals.iter().any(|a| a.feed.id() == source.id.as_str() && a.from <= d && d <= a.to);
            assert!(start.iter_days().take_while(|d| *d <= end).filter(|d| is_weekday(*d)).all(covers));
        }
        assert_eq!(arrivals.iter().map(|a| a.bad_rows).sum::<u32>(), 2);
    }
    let monthly = Attendance::new(&county, &dice, Rhythm::Monthly, &is_weekday);
    let arrivals = monthly.arrivals(start, end);
    assert_eq!(arrivals.len(), 5);
    assert!(arrivals.iter().all(|a| a.at.day(ZONE) == day("2026-04-03") && a.to == day("2026-03-31")));
    assert!(monthly.sources().unwrap().iter().all(|s| s.cadence == Cadence::Monthly && s.grace_days >= 3));
}

#[test]
fn every_file_follows_its_template_and_is_the_same_each_time() {
    let (dice, county) = county("templates", 30);
    let attendance = Attendance::new(&county, &dice, Rhythm::Mixed, &is_weekday);
    for arrival in attendance.arrivals(day("2026-03-02"), day("2026-03-13")) {
        let bytes = attendance.file(&arrival);
        assert_eq!(bytes, attendance.file(&arrival));
        let text = text(arrival.feed, &bytes);
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        match (arrival.feed, arrival.feed.template()) {
            (Feed::Leave, _) => assert_eq!(header[..4], ["人员", "种类", "名目", "起"]),
            (Feed::Devices, _) => assert_eq!(header[1], "time / 时间"),
            (_, "attendance") => assert_eq!(header.len(), 8),
            _ => assert_eq!(header[10], "sick"),
        }
        for row in rows(&attendance, &arrival) {
            assert_eq!(row.len(), header.len());
        }
    }
}

/// Rows by their identity: official, what it speaks of, and when it was entered.
fn march(attendance: &Attendance<'_>, feed: Feed) -> BTreeSet<String> {
    let arrivals = attendance.arrivals(day("2026-03-01"), day("2026-03-31"));
    let mut all = BTreeSet::new();
    for arrival in arrivals.iter().filter(|a| a.feed == feed) {
        for row in rows(attendance, arrival) {
            let (when, key) = match feed {
                Feed::Devices | Feed::Telephones => (&row[1], row.join("|")),
                _ => (&row[3], [&row[0], &row[1], &row[3], &row[4], &row[6]].map(String::as_str).join("|")),
            };
            if when.starts_with("2026-03") {
                all.insert(key);
            }
        }
    }
    all
}

#[test]
fn daily_and_monthly_files_tell_the_same_truth_in_the_end() {
    let (dice, county) = county("rhythm", 40);
    let daily = Attendance::new(&county, &dice, Rhythm::Daily, &is_weekday);
    let monthly = Attendance::new(&county, &dice, Rhythm::Monthly, &is_weekday);
    for feed in Feed::ALL {
        let (a, b) = (march(&daily, feed), march(&monthly, feed));
        assert!(a.len() > 10, "{feed:?}: {}", a.len());
        assert_eq!(a, b, "{feed:?}");
    }
}

#[test]
fn a_file_holds_only_what_was_entered_before_it_came() {
    let (dice, county) = county("known", 40);
    let attendance = Attendance::new(&county, &dice, Rhythm::Daily, &is_weekday);
    for arrival in attendance.arrivals(day("2026-03-02"), day("2026-03-13")) {
        let written = arrival.at.local(ZONE).format("%Y-%m-%d %H:%M:%S").to_string();
        assert!(rows(&attendance, &arrival).iter().all(|row| row[FILED] <= written), "{}", arrival.name);
    }
}

#[test]
fn each_truth_leaves_its_own_traces() {
    let (dice, county) = county("traces", 60);
    let attendance = Attendance::new(&county, &dice, Rhythm::Monthly, &is_weekday);
    let arrivals = attendance.arrivals(day("2026-03-01"), day("2026-03-31"));
    let mut by_official: BTreeMap<String, Vec<(Feed, Vec<String>)>> = BTreeMap::new();
    for arrival in &arrivals {
        for row in rows(&attendance, arrival) {
            by_official.entry(row[0].clone()).or_default().push((arrival.feed, row));
        }
    }
    let none = Vec::new();
    let mut met = HashSet::new();
    for official in county.officials.iter().filter(|o| o.left.is_none()) {
        let id = official.id.to_string();
        let number = official.device_number.clone().unwrap_or_else(|| id.clone());
        for d in day("2026-03-05").iter_days().take(20).filter(|d| is_weekday(*d)) {
            let (day, nine) = (d.to_string(), format!("{d} 09:00:00"));
            let (midnight, evening) = (format!("{d} 00:00:00"), format!("{d} 17:00:00"));
            let punches: Vec<&Vec<String>> = by_official
                .get(&number)
                .unwrap_or(&none)
                .iter()
                .filter(|(feed, row)| feed.template() == "attendance" && row[1].starts_with(&day))
                .map(|(_, row)| row)
                .collect();
            let papers: Vec<&Vec<String>> = by_official
                .get(&id)
                .unwrap_or(&none)
                .iter()
                .filter(|(feed, row)| {
                    feed.template() == "leave" && row[3][..10] <= *day && *day <= row[4][..10] && row[3] != "2026-13-45"
                })
                .map(|(_, row)| row)
                .collect();
            assert!([0, 2].contains(&punches.len()), "{id} {day}");
            let truth = attendance.oracle.of(&official.id, d);
            met.insert(truth);
            let by = |i: usize| punches[i][3].as_str();
            let on_site = |i: usize| ["device", "phone"].contains(&by(i)) && punches[i][4] == "yes";
            match truth {
                Truth::AtPost | Truth::PunchedAndAway | Truth::LeaveCancelled | Truth::LeaveButPresent => {
                    assert!(on_site(0) && on_site(1), "{truth:?}: {punches:?}");
                    assert!(punches[0][1] < format!("{day} 08:00") && punches[1][1] > format!("{day} 18:00"));
                }
                Truth::PunchEditedAfter => {
                    assert!((0..2).all(|i| ["edited", "correction"].contains(&by(i)) && punches[i][FILED] > evening));
                    assert!(punches.iter().all(|p| p[5].is_empty()), "a device would make it a late upload");
                }
                Truth::PunchEditedBefore => assert!(by(0) == "edited" && punches[0][FILED] < nine && on_site(1)),
                Truth::PunchedFarAway => assert!((0..2).all(|i| by(i) == "phone" && punches[i][4] == "no")),
                _ => assert!(punches.is_empty(), "{truth:?}: {punches:?}"),
            }
            let paper = papers.first().map(|p| (p[1].as_str(), p[5].as_str()));
            let (filed, approved) = papers.first().map_or(("", ""), |p| (p[FILED].as_str(), p[8].as_str()));
            let in_time = filed < midnight.as_str() && !filed.is_empty();
            match truth {
                Truth::OnLeave | Truth::LeaveSentLate | Truth::LeaveButPresent => {
                    assert!(paper == Some(("leave", "approved")) && in_time && approved < midnight.as_str());
                }
                Truth::LeaveApprovedAfter => {
                    assert!(paper == Some(("leave", "approved")) && in_time && approved > evening.as_str());
                }
                Truth::LeaveFiledAfter => assert!(paper == Some(("leave", "approved")) && filed > evening.as_str()),
                Truth::LeaveRejected => assert!(paper == Some(("leave", "rejected")) && in_time),
                Truth::LeaveCancelled => {
                    assert!(paper == Some(("leave", "cancelled")) && papers[0][9] < midnight);
                }
                Truth::OnTrip => assert!(paper == Some(("trip", "approved")) && in_time),
                Truth::InTraining => assert!(paper == Some(("training", "approved")) && in_time),
                _ => assert!(papers.is_empty(), "{truth:?}: {papers:?}"),
            }
        }
    }
    assert_eq!(met.len(), Truth::ALL.len());
}

#[test]
fn late_papers_come_with_the_month_only() {
    let (dice, county) = county("late papers", 120);
    let attendance = Attendance::new(&county, &dice, Rhythm::Daily, &is_weekday);
    let arrivals = attendance.arrivals(day("2026-03-02"), day("2026-03-31"));
    let d = day("2026-03-10");
    let late: Vec<String> = county
        .officials
        .iter()
        .filter(|o| o.left.is_none() && attendance.oracle.of(&o.id, d) == Truth::LeaveSentLate)
        .map(|o| o.id.to_string())
        .collect();
    assert!(!late.is_empty());
    for arrival in arrivals.iter().filter(|a| a.feed == Feed::Leave && a.from <= d && d <= a.to) {
        let rows = rows(&attendance, arrival);
        let there = |id: &String| rows.iter().any(|row| row[0] == *id && row[3] == "2026-03-10");
        assert!(late.iter().all(|id| there(id) == arrival.has_late_papers), "{}", arrival.name);
    }
}
