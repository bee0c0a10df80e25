//! Mails in which an inspector says not to be able to come: days and halves, and everything that is asked back.

use super::common::LEXICON;
use chrono::NaiveDate;
use proptest::prelude::*;
use spotcheck::model::{Half, Language};
use spotcheck::reply::{AwayCause, Doubt, FAR, announced};

/// A Tuesday.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()
}

/// `2026-12-03..2026-12-05 am sick`, or why it is asked back; `-` where it speaks of no absence.
fn told(subject: &str, text: &str) -> String {
    let Some(found) = announced(subject, text, today(), &LEXICON) else { return "-".into() };
    match found.said {
        Ok(absent) => {
            let half = absent.half.map_or(String::new(), |half| format!(" {}", half.code()));
            format!("{}..{}{half} {}", absent.from, absent.to, absent.cause.code())
        }
        Err(doubt) => format!("{doubt:?}"),
    }
}

fn all(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, expected)| (text, expected, told("", text)))
        .filter(|(_, expected, found)| **expected != found.as_str())
        .map(|(text, expected, found)| format!("{text:?}: {found}, not {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn days_and_spans_in_both_languages() {
    all(&[
        ("unavailable 3-5 Dec", "2026-12-03..2026-12-05 unavailable"),
        ("Unavailable 3 to 5 December 2026.", "2026-12-03..2026-12-05 unavailable"),
        ("I am on leave from Dec 3 to Dec 5", "2026-12-03..2026-12-05 leave"),
        ("On leave Dec. 3rd, 2026", "2026-12-03..2026-12-03 leave"),
        ("sick leave 2026-12-03 to 2026-12-05", "2026-12-03..2026-12-05 sick"),
        ("away 30 Dec to 2 Jan", "2026-12-30..2027-01-02 unavailable"),
        ("I'm ill today", "2026-12-01..2026-12-01 sick"),
        ("Dear colleagues,\nI will not be here and am ill today, cannot come tomorrow", "Unclear"),
        ("Hello,\nI am ill today and cannot come.\nBest regards\nZhao Xin", "2026-12-01..2026-12-01 sick"),
        ("I can't come tomorrow", "2026-12-02..2026-12-02 unavailable"),
        ("12月3日至5日请假", "2026-12-03..2026-12-05 leave"),
        ("12月3日-12月5日请假", "2026-12-03..2026-12-05 leave"),
        ("本人12月3日到12月5日休年假", "2026-12-03..2026-12-05 leave"),
        ("因病12月3日至5日请假", "2026-12-03..2026-12-05 sick"),
        ("您好，我12月3号请假一天。", "2026-12-03..2026-12-03 leave"),
        ("2026年12月3日至2026年12月5日 请假３天", "2026-12-03..2026-12-05 leave"),
        ("今天生病，请假", "2026-12-01..2026-12-01 sick"),
        ("明天出差，不能到岗", "2026-12-02..2026-12-02 unavailable"),
        ("12月3日（周四）请假", "2026-12-03..2026-12-03 leave"),
        ("1月4日请假", "2027-01-04..2027-01-04 leave"),
        ("12月3日请假；孩子开家长会", "2026-12-03..2026-12-03 leave"),
    ]);
}

#[test]
fn half_days() {
    all(&[
        ("12月3日上午请假", "2026-12-03..2026-12-03 am leave"),
        ("明天下午请假半天", "2026-12-02..2026-12-02 pm leave"),
        ("unavailable 3 Dec in the afternoon", "2026-12-03..2026-12-03 pm unavailable"),
        ("ill this morning", "2026-12-01..2026-12-01 am sick"),
        ("12月3日上午和下午请假", "Unclear"),
        ("12月3日请假半天", "Unclear"),
        ("12月3日下午至5日请假", "Unclear"),
        ("12月3日全天请假", "2026-12-03..2026-12-03 leave"),
    ]);
}

#[test]
fn whatever_can_be_read_in_two_ways_is_asked_back() {
    all(&[
        ("王建国12月3日请假", "Unclear"),
        ("Wang Jianguo is on leave 3 Dec", "Unclear"),
        ("他12月3日请假", "Unclear"),
        ("12月3日不请假", "Unclear"),
        ("I am not on leave on 3 Dec", "Unclear"),
        ("取消12月3日请假", "Unclear"),
        ("12月3日请假，改为12月4日", "Unclear"),
        ("unavailable 3 Dec or 4 Dec", "Unclear"),
        ("unavailable 3 Dec; unavailable 7 Dec", "Unclear"),
        ("maybe away 3 Dec", "Unclear"),
        ("unavailable 12/3", "Unclear"),
        ("12.3请假", "Unclear"),
        ("5日请假", "NoDay"),
        ("请假", "NoDay"),
        ("I am ill", "NoDay"),
        ("unavailable next week", "Unclear"),
        ("周四请假", "NoDay"),
        ("12月3日（周五）请假", "Unclear"),
        ("12月3日请假三天", "Unclear"),
        ("12月3日至5日请假两天", "Unclear"),
        ("自12月3日起请假", "NoEnd"),
        ("unavailable from 3 Dec onwards", "NoEnd"),
        ("2026年11月3日请假", "Past"),
        ("11月3日请假", "Far"),
        ("unavailable 3 Mar", "Far"),
        ("12月3日至3月5日请假", "Far"),
        ("31 Feb on leave", "NoDay"),
    ]);
}

#[test]
fn what_speaks_of_no_absence_is_read_like_any_other_mail() {
    all(&[
        ("", "-"),
        ("V1.1 请假", "-"),
        ("V2 on leave, the others present", "-"),
        ("Who is my new contact at the desk?", "-"),
        ("请确认12月3日的安排", "-"),
    ]);
    let long = format!("12月3日请假。{}", "情况说明".repeat(200));
    assert_eq!(told("", &long), "-");
}

#[test]
fn the_subject_counts_unless_it_is_of_an_answer() {
    assert_eq!(told("12月3日至5日请假", ""), "2026-12-03..2026-12-05 leave");
    assert_eq!(told("12月3日至5日请假", "本人12月3日至5日请假，特此申请。"), "2026-12-03..2026-12-05 leave");
    assert_eq!(told("12月3日请假", "12月4日请假"), "Unclear");
    assert_eq!(told("Re: on leave 3 Dec", "Noted, thank you."), "-");
}

#[test]
fn what_is_quoted_below_is_somebody_elses() {
    let text = "unavailable 3 Dec\n\nOn Tue, 1 Dec 2026 at 07:30, Desk <desk@x.example> wrote:\n> on leave 9 Dec\n";
    assert_eq!(told("", text), "2026-12-03..2026-12-03 unavailable");
}

#[test]
fn the_answer_is_in_the_language_of_the_mail() {
    let language = |text| announced("", text, today(), &LEXICON).unwrap().language;
    assert_eq!((language("12月3日请假"), language("on leave 3 Dec")), (Language::ZhHans, Language::En));
}

proptest! {
    /// Whatever is taken down lies ahead and is not long; and nothing breaks the reader.
    #[test]
    fn nothing_past_and_nothing_far_is_noted(text in r"([a-zA-Z]{1,6}|[0-9]{1,4}|请假|月|日|至|到|上午|年|-|,| |on leave|Dec|to|ill|today|明天){0,14}") {
        if let Some(Ok(absent)) = announced("", &text, today(), &LEXICON).map(|found| found.said) {
            prop_assert!(absent.from >= today() && absent.to >= absent.from);
            prop_assert!((absent.from - today()).num_days() <= FAR && (absent.to - absent.from).num_days() < FAR);
            prop_assert!(absent.half.is_none() || absent.from == absent.to);
        }
    }

    #[test]
    fn every_span_ahead_is_understood(ahead in 0i64..50, length in 0i64..10, half in 0u8..3) {
        let from = today() + chrono::TimeDelta::days(ahead);
        let to = from + chrono::TimeDelta::days(length);
        let expected = |half: Option<Half>| Ok((from, to, half));
        let said = |text: &str| {
            let said = announced("", text, today(), &LEXICON).unwrap().said;
            said.map(|absent| (absent.from, absent.to, absent.half))
        };
        let days = (from.format("%-d %B").to_string(), to.format("%-d %B").to_string());
        prop_assert_eq!(said(&format!("unavailable {} to {}", days.0, days.1)), expected(None));
        let days = (from.format("%-m月%-d日").to_string(), to.format("%-m月%-d日").to_string());
        prop_assert_eq!(said(&format!("{}至{}请假", days.0, days.1)), expected(None));
        if length == 0 {
            let (text, half) = [("", None), ("上午", Some(Half::Morning)), ("下午", Some(Half::Afternoon))][usize::from(half)];
            prop_assert_eq!(said(&format!("{}{text}请假", days.0)), expected(half));
        }
    }
}

#[test]
fn of_several_causes_the_illness_is_kept() {
    let cause = |text| announced("", text, today(), &LEXICON).unwrap().said.unwrap().cause;
    assert_eq!(cause("12月3日生病，不能到岗，请假"), AwayCause::Sick);
    assert_eq!(announced("", "I am ill", today(), &LEXICON).unwrap().said, Err(Doubt::NoDay));
}
