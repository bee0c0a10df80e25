//! Somebody else holds a lock for several turns: it is told, nothing is lost or doubled, and then the work goes on.

use super::house::{EVE, House, Setting, time};
use super::rig::program;
use super::several::{Team, until};
use super::support;
use spotcheck::daemon::{Daemon, Outcome};
use spotcheck::store::Store;
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::process::Command;

const LETTERS: usize = 300;

/// Of a frozen daemon: letters that it had in hand, and rows of them that its last transaction holds.
const HELD: usize = 50;
const IN_HAND: &str = "UPDATE letter SET state = CASE WHEN message_id < $2 THEN 'claimed' ELSE 'data_sent' END, fence = fence + 1,
    owner = '1@elsewhere', claimed_until = CAST(extract(epoch FROM now()) AS BIGINT) * 1000 + $1 WHERE state = 'queued'";
const HOLDS: &str = "SELECT message_id FROM letter ORDER BY message_id LIMIT $1 FOR UPDATE";

/// Waits for locks of others only briefly.
fn hurried(url: &str) -> String {
    format!("{url}{}options[lock_timeout]=200ms", if url.contains('?') { '&' } else { '?' })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_that_somebody_holds_wait_and_it_is_said_who_keeps_them() {
    let url = support::postgres_url().await;
    let mut team = Team::on(hurried(&url), LETTERS).await;
    team.start().await;
    team.sends(50).await;
    let mut holder = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE letter IN ACCESS EXCLUSIVE MODE").execute(&mut holder).await.unwrap();
    let held = "another program has been holding a lock in the database";
    until("two turns have met it", async || team.daemons[0].count(held) >= 2).await;
    let status = Command::new(program())
        .args(["status", "--lang", "en", "--config"])
        .arg(team.office.path("spotcheck.toml"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&status.stderr).into_owned();
    assert!(said.contains(held), "{said}");
    println!("status said: “{}”", said.trim());
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    let (copies, listed) = team.ends_well().await;
    assert_eq!((copies, listed), (LETTERS, 0), "nothing came into doubt");
    println!("a held lock over two turns: {LETTERS} letters, 0 lost, {copies} copies, {listed} listed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_that_a_frozen_daemon_holds_are_taken_from_it_as_soon_as_it_lets_go() {
    let url = support::postgres_url().await;
    let mut team = Team::on(hurried(&url), LETTERS).await;
    let middle = "SELECT message_id FROM letter ORDER BY message_id OFFSET 100 LIMIT 1";
    let (middle,): (String,) = sqlx::query_as(middle).fetch_one(&mut team.db).await.unwrap();
    let half_an_hour = 1_800_000_i64;
    sqlx::query(IN_HAND).bind(half_an_hour).bind(middle).execute(&mut team.db).await.unwrap();
    let mut frozen = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("BEGIN").execute(&mut frozen).await.unwrap();
    sqlx::query(HOLDS).bind(i64::try_from(HELD).unwrap()).execute(&mut frozen).await.unwrap();
    team.start().await;
    team.sends(LETTERS - HELD).await;
    until("the others are ended", async || team.in_hand().await == HELD as i64).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut frozen).await.unwrap();
    let (copies, listed) = team.ends_well().await;
    assert_eq!((copies, listed), (LETTERS, LETTERS - 100), "in doubt is what may have been sent");
}

#[tokio::test]
async fn whoever_is_frozen_while_taking_a_lease_keeps_nobody_from_it_and_may_try_again() {
    let url = support::postgres_url().await;
    let (frozen, other) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
    let (now, until) = (time("2026-03-03 07:30"), time("2026-03-03 07:31"));
    let mut held = frozen.begin().await.unwrap();
    assert!(held.take_lease("daemon", "frozen", now, until).await.unwrap().is_some());
    // Waits for the row; the server ends the session that holds it before it gives up.
    let mut tx = other.begin().await.unwrap();
    assert!(tx.take_lease("daemon", "other", now, until).await.unwrap().is_some());
    tx.commit().await.unwrap();
    let failure = held.commit().await.unwrap_err();
    assert!(failure.may_retry(), "{failure:?}");
}

#[tokio::test]
async fn a_file_that_somebody_writes_into_for_long_is_told_and_the_day_ends_the_same() {
    let setting = || Setting { teams: 3, afternoon: true, ..Setting::default() };
    let mut ends = Vec::new();
    for held in [false, true] {
        let house = House::new(setting()).await;
        house.at(EVE).await;
        let tick = async || Daemon::default().tick(&house.ctx).await;
        if held {
            let file = format!("sqlite:{}", house.path("spotcheck.db").display());
            let mut holder = SqliteConnection::connect(&file).await.unwrap();
            sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
            house.ctx.clock.set(time("2026-03-03 07:30"));
            let said = tick().await.unwrap_err().said().en;
            assert!(said.contains("another command or program has been writing into the database"), "{said}");
            assert_eq!(house.ctx.store.read().await.unwrap().count_draws().await.unwrap(), 0, "others can still read");
            println!("said: “{said}”");
            sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
        }
        for moment in ["2026-03-03 07:30", "2026-03-03 12:30", "2026-03-03 18:40"] {
            house.ctx.clock.set(time(moment));
            let Outcome::Turn(turn) = tick().await.unwrap() else { panic!("nobody else leads") };
            assert!(turn.failures.is_empty(), "{:?}", turn.failures);
        }
        assert_eq!(house.ctx.store.read().await.unwrap().count_draws().await.unwrap(), 2);
        let (hash, _) = house.ctx.store.read().await.unwrap().state_hash().await.unwrap();
        ends.push(hash);
    }
    assert_eq!(ends[0], ends[1], "the day ends as if nobody had held it");
}
