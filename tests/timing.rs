//! The calendar and the windows that rules make of it.

#![expect(clippy::unwrap_used, reason = "a test may fail this way")]

use chrono::NaiveDate;
use chrono_tz::Tz;
use spotcheck::model::{OfficeId, ProgrammeId, Timestamp, Window};
use spotcheck::timing::{Calendar, CronRule, DayKind, OutsideCalendar, TimingError, WindowRule, next_windows, windows};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn make(rules: &[WindowRule], zone: Tz, calendar: &Calendar, from: &str, to: &str) -> Result<Vec<Window>, TimingError> {
    let programme = ProgrammeId::parse("attendance").unwrap();
    let office = OfficeId::parse("jiangkou").unwrap();
    windows(rules, &programme, &office, zone, calendar, day(from), day(to))
}

fn rule(slot: &str, cron: &str) -> WindowRule {
    WindowRule::parse(slot, cron, 240).unwrap()
}

fn starts(windows: &[Window], zone: Tz) -> Vec<String> {
    windows.iter().map(|w| w.start.local(zone).format("%m-%d %H:%M").to_string()).collect()
}

const SHANGHAI: Tz = Tz::Asia__Shanghai;

#[test]
fn the_shipped_year_is_the_published_one() {
    let calendar = Calendar::shipped();
    assert_eq!(calendar.years().collect::<Vec<_>>(), [2026]);
    assert_eq!(calendar.days_of(2026, DayKind::Holiday).count(), 33);
    let makeup: Vec<NaiveDate> = calendar.days_of(2026, DayKind::Makeup).collect();
    let published = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"];
    assert_eq!(makeup, published.map(day));
    let year = day("2026-01-01").iter_days().take(365);
    assert_eq!(year.filter(|d| calendar.is_workday(*d).unwrap()).count(), 248);
    assert_eq!(calendar.name_of(day("2026-02-17")), Some("春节"));
}

#[test]
fn days_are_what_they_are() {
    let calendar = Calendar::shipped();
    for (text, kind) in [
        ("2026-02-13", DayKind::Workday),
        ("2026-02-14", DayKind::Makeup),
        ("2026-02-15", DayKind::Holiday),
        ("2026-03-07", DayKind::Weekend),
        ("2026-10-08", DayKind::Workday),
    ] {
        assert_eq!(calendar.day_kind(day(text)), Ok(kind), "{text}");
    }
    assert_eq!(calendar.previous_workday(day("2026-02-24")), Ok(day("2026-02-14")));
    assert_eq!(calendar.next_workday(day("2026-02-14")), Ok(day("2026-02-24")));
    assert_eq!(calendar.next_workday(day("2026-02-27")), Ok(day("2026-02-28")));
}

#[test]
fn a_day_that_no_calendar_covers_is_an_error_and_not_a_weekday() {
    let calendar = Calendar::shipped();
    let outside = OutsideCalendar { day: day("2027-01-04") };
    assert_eq!(calendar.day_kind(day("2027-01-04")), Err(outside));
    assert!(outside.said().zh.contains("2027年节假日安排"));
    assert_eq!(calendar.next_workday(day("2026-12-31")).unwrap_err().day, day("2027-01-01"));
    assert_eq!(calendar.previous_workday(day("2026-01-02")).unwrap_err().day, day("2025-12-31"));
    let run = make(&[rule("am", "0 9 * * *")], SHANGHAI, &calendar, "2026-12-31", "2027-01-04");
    assert!(matches!(run, Err(TimingError::Outside(_))));
    assert_eq!(calendar.covered_until(day("2026-03-02")), Some(day("2026-12-31")));
    assert_eq!(calendar.covered_until(day("2027-03-02")), None);
}

#[test]
fn calendars_are_merged_and_overruled() {
    let days = ["01-01", "02-06", "05-01", "06-09", "10-01"].map(|d| format!("2027-{d},holiday,放假,test\n"));
    let next = Calendar::parse("next.csv", &format!("\u{feff}date,kind,name,source\r\n{}", days.concat())).unwrap();
    let both = Calendar::shipped().merge(next.clone()).unwrap();
    assert_eq!(both.covered_until(day("2026-03-02")), Some(day("2027-12-31")));
    assert_eq!(both.next_workday(day("2026-12-31")), Ok(day("2027-01-04")));
    assert_eq!(both.clone().merge(next), Err(2027));
    let mut own = both;
    own.overrule(day("2026-03-03"), DayKind::Holiday, "local festival").unwrap();
    assert_eq!(own.next_workday(day("2026-03-02")), Ok(day("2026-03-04")));
    assert!(own.overrule(day("2028-03-03"), DayKind::Holiday, "").is_err());
}

#[test]
fn a_region_has_days_of_its_own_and_the_smaller_one_decides() {
    let text = "date,kind,name,source,region\n2026-04-08,holiday,四月八,test,52\n2026-10-02,workday,,test,5206\n\
                2026-04-08,workday,,test,520601\n2026-10-10,holiday,,test,5206\n";
    let calendar = Calendar::parse("local.csv", text).unwrap();
    assert_eq!(calendar.covered_until(day("2026-03-02")), None, "rows of regions cover no year");
    let calendar = calendar.or_shipped();
    let worked = |region: &str, date: &str| calendar.of(region).is_workday(day(date)).unwrap();
    assert!(worked("", "2026-04-08") && worked("53", "2026-04-08") && worked("520601003", "2026-04-08"));
    assert!(!worked("52", "2026-04-08") && !worked("5206", "2026-04-08") && !worked("520602101", "2026-04-08"));
    assert!(worked("5206", "2026-10-02") && !worked("52", "2026-10-02"), "a national holiday that is worked");
    assert!(worked("52", "2026-10-10") && !worked("520601", "2026-10-10"), "a make-up day that is not");
    assert!(calendar.differs_below("52") && !calendar.differs_below("520601"));
    assert_eq!(calendar.resting_below("", day("2026-04-08")).len(), 2, "52 and 5206");
    let mut own = calendar;
    own.overrule(day("2026-04-08"), DayKind::Holiday, "storm").unwrap();
    assert!(!own.is_workday(day("2026-04-08")).unwrap());
    assert_eq!(own.of("520601").is_workday(day("2026-04-08")), Ok(true), "what the region says stands");
    let twice = format!("{text}2026-04-08,holiday,,test,52\n");
    assert_eq!(Calendar::parse("local.csv", &twice).unwrap_err().row, Some(6));
}

#[test]
fn bad_calendars_name_row_and_field() {
    let head = "date,kind,name,source\n";
    let cases = [
        ("2026-02-30,holiday,x,y\n", Some(2), Some("date")),
        ("2026-02-17,feast,x,y\n", Some(2), Some("kind")),
        ("2026-02-17,holiday,x,y\n2026/2/17,holiday,x,y\n", Some(3), Some("date")),
        ("2026-02-17,makeup,x,y\n", Some(2), Some("kind")),
        ("2026-02-17,holiday,x\n", Some(2), None),
        ("2026-02-17,holiday,x,y\n2026-02-14,makeup,x,y\n", Some(3), Some("date")),
    ];
    for (text, row, field) in cases {
        let trouble = Calendar::parse("c.csv", &format!("{head}{text}")).unwrap_err();
        assert_eq!((trouble.row, trouble.field.as_deref()), (row, field), "{text}: {trouble}");
        assert_eq!(trouble.file.as_deref(), Some("c.csv"));
    }
    let trouble = Calendar::parse("c.csv", "day,kind\n").unwrap_err();
    assert_eq!((trouble.row, trouble.field.as_deref()), (Some(1), Some("date")));
}

#[test]
fn rules_that_mean_two_things_are_refused() {
    for bad in [
        "0 9 * * 1",
        "0 9 * * 1-5",
        "0 9 * * Mon-5",
        "0 9 13 * Fri",
        "0 0 9 * * Mon",
        "0 9 * *",
        "@daily",
        "0 24 * * *",
        "60 9 * * *",
        "0 9 * * Fri-Mon",
        "0 9 * * Foo",
        "",
    ] {
        assert!(bad.parse::<CronRule>().is_err(), "{bad}");
    }
    let numbers = "0 9 * * 1-5".parse::<CronRule>().unwrap_err();
    assert!(numbers.en.contains("Mon-Fri") && numbers.zh.contains("Mon-Fri"));
    for bad in ["0 9,14 * * *", "*/10 9 * * *"] {
        assert!(bad.parse::<CronRule>().is_ok(), "{bad} is no rule for windows, but a rule");
        assert!(WindowRule::parse("am", bad, 240).is_err(), "{bad}");
    }
    assert!(WindowRule::parse("am", "0 9 * * *", 0).is_err());
    assert!(WindowRule::parse("a m", "0 9 * * *", 240).is_err());
    let weekdays: CronRule = "0 9 * * Mon-Fri".parse().unwrap();
    assert!(weekdays.on(day("2026-03-06")).is_some() && weekdays.on(day("2026-03-07")).is_none());
    assert!("0 9 * * Mon".parse::<CronRule>().unwrap().on(day("2026-03-02")).is_some(), "a Monday");
}

#[test]
fn windows_fall_on_workdays_and_make_up_days_take_part() {
    let calendar = Calendar::shipped();
    let rules = [rule("pm", "30 14 * * Mon-Fri"), rule("am", "0 9 * * Wed"), rule("eve", "0 19 * * Sat")];
    let windows = make(&rules, SHANGHAI, &calendar, "2026-02-11", "2026-02-25").unwrap();
    assert_eq!(
        starts(&windows, SHANGHAI),
        [
            "02-11 09:00",
            "02-11 14:30",
            "02-12 14:30",
            "02-13 14:30",
            "02-14 09:00",
            "02-14 14:30",
            "02-14 19:00",
            "02-24 14:30",
            "02-25 09:00",
            "02-25 14:30"
        ]
    );
    assert_eq!(windows[0].id.to_string(), "attendance/jiangkou/2026-02-11/am");
    assert_eq!(windows[0].length_minutes(), 240);
    let march = make(&rules[2..], SHANGHAI, &calendar, "2026-03-01", "2026-03-31").unwrap();
    assert_eq!(march, [], "a Saturday is no workday");
}

#[test]
fn windows_keep_apart() {
    let calendar = Calendar::shipped();
    let run = |rules: &[WindowRule]| make(rules, SHANGHAI, &calendar, "2026-03-02", "2026-03-06");
    let close = run(&[rule("a", "0 9 * * *"), rule("b", "29 9 * * *")]).unwrap_err();
    assert!(matches!(close, TimingError::TooClose(..)) && close.said().zh.contains("30分钟"));
    assert_eq!(run(&[rule("a", "0 9 * * *"), rule("b", "30 9 * * *")]).unwrap().len(), 10);
    let twice = run(&[rule("a", "0 9 * * Mon-Wed"), rule("a", "0 14 * * Wed-Fri")]).unwrap_err();
    assert!(matches!(twice, TimingError::SlotTwice(id) if id.day == day("2026-03-04")));
    let midnight =
        make(&[rule("a", "45 23 * * Mon"), rule("b", "0 0 * * Tue")], SHANGHAI, &calendar, "2026-03-02", "2026-03-03");
    assert!(matches!(midnight, Err(TimingError::TooClose(..))), "across midnight too");
}

#[test]
fn a_rule_without_events_is_an_error() {
    let calendar = Calendar::shipped();
    for never in ["0 9 30 2 *", "0 9 29 2 *"] {
        let run = make(&[rule("a", never)], SHANGHAI, &calendar, "2026-03-02", "2026-03-02");
        assert!(matches!(run, Err(TimingError::Never { .. })), "{never}");
    }
    assert_eq!(make(&[rule("a", "0 9 1 3 *")], SHANGHAI, &calendar, "2026-03-02", "2026-03-02"), Ok(vec![]));
}

#[test]
fn clock_changes_neither_lose_nor_double_a_window() {
    let zone = Tz::America__New_York;
    let mut calendar = Calendar::shipped();
    for sunday in ["2026-03-08", "2026-11-01"] {
        calendar.overrule(day(sunday), DayKind::Workday, "").unwrap();
    }
    let gap = make(&[rule("n", "30 2 * * *")], zone, &calendar, "2026-03-08", "2026-03-08").unwrap();
    assert_eq!(starts(&gap, zone), ["03-08 03:00"]);
    let fold = make(&[rule("n", "30 1 * * *")], zone, &calendar, "2026-11-01", "2026-11-01").unwrap();
    assert_eq!(fold.len(), 1);
    assert_eq!(fold[0].start.rfc3339(zone), "2026-11-01T01:30:00-04:00");
}

#[test]
fn the_next_windows_of_a_rule_end_with_the_calendar() {
    let (programme, office) = (ProgrammeId::parse("p").unwrap(), OfficeId::parse("o").unwrap());
    let next = |after: &str, n| {
        let after = Timestamp::parse(after).unwrap();
        next_windows(&rule("am", "0 9 * * Mon-Fri"), &programme, &office, SHANGHAI, &Calendar::shipped(), after, n)
    };
    let friday = next("2026-02-27T09:00:00+08:00", 3).unwrap();
    assert_eq!(starts(&friday.windows, SHANGHAI), ["02-28 09:00", "03-02 09:00", "03-03 09:00"]);
    assert_eq!(friday.calendar_ends, None);
    let silvester = next("2026-12-30T12:00:00+08:00", 5).unwrap();
    assert_eq!(starts(&silvester.windows, SHANGHAI), ["12-31 09:00"]);
    assert_eq!(silvester.calendar_ends, Some(OutsideCalendar { day: day("2027-01-01") }));
}
