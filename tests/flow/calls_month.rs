//! A month of a county with its calls, held against the journal by somebody who counts alone.

use super::house::ZONE;
use chrono::{NaiveTime, Timelike};
use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::demo::place::Run;
use spotcheck::demo::run::run;
use spotcheck::entropy::Entropy;
use spotcheck::measure::aapor::Disposition;
use spotcheck::model::{Line, Timestamp};
use spotcheck::timing::Calendar;
use spotcheck::work::Context;
use spotcheck::work::absence::absence;
use spotcheck::work::period::Period;
use sqlx::Row;
use sqlx::sqlite::SqlitePool;
use std::collections::BTreeMap;

/// A try: its line, when it was given out, and its last outcome with the times received and stated.
type Rung = (Line, i64, Option<(String, i64, Option<i64>)>);

/// One drawn call: its final state, its origin, and each try.
#[derive(Debug, Default)]
struct Call {
    state: String,
    origin: String,
    tries: Vec<Rung>,
}

async fn calls(pool: &SqlitePool) -> BTreeMap<(String, String), Call> {
    let text = "SELECT l.id, l.place, l.state, l.origin, 1 AS number, l.assignment, l.code, l.detail, a.released_at FROM line l LEFT JOIN assignment a ON a.id = l.assignment WHERE l.kind = 'call'
        UNION ALL SELECT t.id, t.place, '', '', t.number, t.assignment, t.code, t.detail, a.released_at FROM call_try t JOIN assignment a ON a.id = t.assignment ORDER BY 1, 2, 5";
    let mut all: BTreeMap<_, Call> = BTreeMap::new();
    for row in sqlx::query(text).fetch_all(pool).await.unwrap() {
        let call = all.entry((row.get("id"), row.get("place"))).or_default();
        if row.get::<i64, _>("number") == 1 {
            (call.state, call.origin) = (row.get("state"), row.get("origin"));
        }
        let Some(detail) = row.get::<Option<String>, _>("detail") else { continue };
        let said = sqlx::query(
            "SELECT outcome, received_at, stated_at FROM outcome WHERE assignment = $1 AND line = $2 ORDER BY seq DESC LIMIT 1",
        )
        .bind(row.get::<String, _>("assignment"))
        .bind(row.get::<String, _>("code"))
        .fetch_optional(pool)
        .await
        .unwrap();
        let said = said.map(|said| (said.get("outcome"), said.get("received_at"), said.get("stated_at")));
        call.tries.push((serde_json::from_str(&detail).unwrap(), row.get("released_at"), said));
    }
    all
}

#[tokio::test]
async fn every_call_of_a_month_ends_once_within_hours_and_caps_and_the_rates_are_those_of_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let month = Run {
        seed: "calls".into(),
        start: "2026-03-02".parse().unwrap(),
        days: 20,
        cadence: "daily".into(),
        teams: 100,
        step: 30,
        mishaps: false,
        language: "zh-Hans".into(),
        database: None,
        finished: false,
    };
    let report = run(&dir, &month, &[], &mut |_, _| {}).await.unwrap();
    let known = ["answered", "not_done", "attempts_used_up", "no_reply", "not_dispatched", "barred", "void"];
    assert!(report.lines.keys().all(|state| known.contains(&state.as_str())), "{:?}", report.lines);
    assert_eq!(report.lines.values().sum::<i64>() as u64, report.visits + report.calls);
    assert!(report.lines["attempts_used_up"] > 0, "{:?}", report.lines);

    let file = dir.join("spotcheck.db");
    let pool = SqlitePool::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let calls = calls(&pool).await;
    assert_eq!(calls.len() as u64, report.calls);
    let again: usize = calls.values().map(|call| call.tries.len().saturating_sub(1)).sum();
    assert!(again > 10, "{again} tries came back");

    let calendar = Calendar::shipped();
    let clock = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    let hours = [("08:30", "12:00"), ("14:30", "18:00")].map(|(from, to)| (clock(from), clock(to)));
    let quarter = |at: Timestamp| {
        let minute = at.local(ZONE).time().num_seconds_from_midnight() / 60;
        [615, 870, 975].iter().filter(|end| minute >= **end).count()
    };
    let (mut counted, mut most): (BTreeMap<&str, u64>, usize) = (BTreeMap::new(), 0);
    for (id, call) in &calls {
        let temporary = |outcome: &str| ["no_answer", "busy", "unreachable", "callback"].contains(&outcome);
        most = most.max(call.tries.len());
        for (line, ..) in &call.tries {
            let (from, to) = (line.from.local(ZONE), line.to.local(ZONE));
            assert!(calendar.is_workday(from.date()).unwrap() && from.date() == to.date(), "{id:?}");
            let inside = hours.iter().any(|(first, last)| *first <= from.time() && to.time() <= *last);
            assert!(inside, "{id:?}: rung {from} to {to}");
        }
        for pair in call.tries.windows(2) {
            let [(before, _, Some((outcome, received, stated))), (after, released, _)] = pair else {
                panic!("{id:?} waits for nobody")
            };
            let at = stated.map_or_else(|| Timestamp(*received).min(before.to), Timestamp);
            // A word that came after the next try had gone out settles nothing any more.
            if !temporary(outcome) || received > released {
                continue;
            }
            let least = match outcome.as_str() {
                "no_answer" => 180,
                "busy" => 30,
                _ => 20,
            };
            assert!(after.from.0 - at.0 >= least * 60_000, "{id:?} {outcome}: {at} {}", after.from);
            let agreed = after.to.0 - after.from.0 <= 30 * 60_000;
            assert!(
                outcome == "callback" && agreed || quarter(after.from) != quarter(at),
                "{id:?} {outcome}: the same slot"
            );
        }
        let said: Vec<&str> =
            call.tries.iter().filter_map(|(_, _, said)| said.as_ref()).map(|(o, ..)| o.as_str()).collect();
        if call.state == "attempts_used_up" {
            assert!(
                said.len() > 1 && said.iter().all(|o| temporary(o) || *o == "wrong_number" || *o == "not_done"),
                "{id:?} {said:?}"
            );
        }
        let any = |words: &[&str]| said.iter().any(|o| words.contains(o));
        let class = match said.iter().rev().find(|o| **o != "not_done") {
            None => continue,
            _ if any(&["present", "absent", "on_leave", "on_duty_elsewhere", "reached"]) => "I",
            _ if any(&["partial"]) => "P",
            _ if any(&["refused"]) => "R",
            Some(&"wrong_number") => "UO",
            Some(_) => "NC",
        };
        if call.origin == "ticket" {
            *counted.entry(class).or_default() += 1;
        }
    }
    assert!((2..=6).contains(&most), "{most} tries of one call");
    pool.close().await;

    let config = Config::load(&dir.join("spotcheck.toml"), &[]).unwrap();
    let end = Timestamp::parse("2026-08-01T12:00:00+08:00").unwrap();
    let ctx = Context::open(config, Clock::simulated(end), Entropy::seeded(b"calls")).await.unwrap();
    let found = absence(&ctx, &Period::default()).await.unwrap();
    let ended = &found.programmes[0].calls.ended;
    for disposition in Disposition::ALL {
        assert_eq!(
            ended.get(disposition),
            counted.get(disposition.code()).copied().unwrap_or(0),
            "{}",
            disposition.code()
        );
    }
    let [i, p, r, nc, uo] = ["I", "P", "R", "NC", "UO"].map(|code| counted.get(code).copied().unwrap_or(0) as f64);
    let rates: BTreeMap<_, _> = ended.rates().by_name().collect();
    let rr2 = rates["RR2"].unwrap();
    assert!((rr2 - (i + p) / (i + p + r + nc + uo)).abs() < 1e-12, "{rr2}");
    ctx.store.close().await;
}
