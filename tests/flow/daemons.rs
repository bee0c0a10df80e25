//! Several daemons on one database, killed where it hurts most: one draw, one beacon, the same list (DESIGN 6).

use super::drand::{Answer, Network, RANDOMNESS};
use super::house::{EVE, House, Setting, on_both, time, window};
use super::process::{Running, at};
use spotcheck::daemon::{Daemon, Outcome};
use spotcheck::model::WindowId;
use spotcheck::work::Context;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::time::Duration;

const DRAW: &str = "2026-03-03 07:30";

fn am() -> WindowId {
    window("2026-03-03", "am")
}

fn three_teams() -> Setting {
    Setting { teams: 3, ..Setting::default() }
}

/// What is drawn where nothing goes wrong.
async fn undisturbed(setting: Setting) -> (String, Vec<String>) {
    let house = House::new(setting).await;
    house.at(EVE).await;
    assert_eq!(house.at(DRAW).await.drawn, 1);
    house.list(&am()).await.unwrap()
}

async fn beacon(house: &House) -> Option<String> {
    house.ctx.store.read().await.unwrap().beacon(&am()).await.unwrap().map(|row| row.beacon)
}

/// Nothing of the draw exists yet.
async fn nothing_is_drawn(house: &House) {
    assert_eq!(house.list(&am()).await, None);
    assert!(house.lines(&am()).await.is_empty());
    assert!(house.letters("assignment").await.is_empty());
    assert!(!house.log().await.iter().any(|entry| entry.contains("\"kind\":\"draw\"")));
}

/// One list, the right one, one use of the chain's link, one entry, one letter; and that is the end of it.
async fn drawn_once(house: &House, expected: &(String, Vec<String>)) {
    assert!(at(house, "2026-03-03 07:50").drew(0));
    assert_eq!(house.list(&am()).await.as_ref(), Some(expected));
    assert_eq!(house.letters("assignment").await.len(), 1);
    assert_eq!(house.log().await.iter().filter(|entry| entry.contains("\"kind\":\"draw\"")).count(), 1);
    assert!(house.voids().await.is_empty());
    house.log_is_whole().await;
    let mark = std::fs::read_to_string(house.path("keys/posts@yunling.mark")).unwrap();
    assert_eq!(mark.lines().filter(|line| line.starts_with("used ")).count(), 1, "{mark}");
    let letters = house.ctx.store.read().await.unwrap().letters(None, 100).await.unwrap();
    assert!(letters.iter().all(|letter| letter.state == "acked" && letter.attempts == 1), "{letters:?}");
}

#[tokio::test]
async fn killed_between_seal_and_beacon_another_goes_on() {
    let network = Network::that(Answer::Round);
    let setting = Setting { programme: network.lines(time(DRAW)), ..three_teams() };
    let expected = undisturbed(setting.clone()).await;
    let case = async |house: House| {
        house.simulated().await;
        network.now(Answer::Silence);
        network.asked();
        assert!(at(&house, EVE).drew(0));
        let first = Running::start(&house, DRAW);
        network.is_asked();
        assert!(at(&house, DRAW).stood_by(), "one leads");
        // Its lease has run out, and still the chain's lock is with the one that lives.
        let locked_out = at(&house, "2026-03-03 07:32");
        assert_eq!(locked_out.code, Some(1));
        assert!(locked_out.beside.contains("another process holds this file"), "{locked_out:?}");
        assert_eq!(beacon(&house).await, None);
        nothing_is_drawn(&house).await;
        first.kill();
        network.now(Answer::Round);
        let second = at(&house, "2026-03-03 07:34");
        assert!(second.drew(1), "{second:?}");
        assert!(beacon(&house).await.unwrap().ends_with(RANDOMNESS));
        drawn_once(&house, &expected).await;
    };
    on_both(setting, case).await;
}

#[tokio::test]
async fn one_that_was_slow_and_was_overtaken_writes_nothing_and_the_next_one_draws() {
    let network = Network::that(Answer::Round);
    let setting = Setting { programme: network.lines(time(DRAW)), ..three_teams() };
    let expected = undisturbed(setting.clone()).await;
    let house = House::new(setting).await;
    house.simulated().await;
    assert!(at(&house, EVE).drew(0));
    network.now(Answer::Silence);
    network.asked();
    let slow = Running::start(&house, DRAW);
    network.is_asked();
    assert_eq!(at(&house, "2026-03-03 07:32").code, Some(1), "no chain for another daemon");
    nothing_is_drawn(&house).await;
    network.now(Answer::Round);
    let slow = slow.ended();
    assert!(slow.code == Some(1) && slow.beside.contains("another daemon leads by now"), "{slow:?}");
    nothing_is_drawn(&house).await;
    let next = at(&house, "2026-03-03 07:34");
    assert!(next.drew(1), "{next:?}");
    drawn_once(&house, &expected).await;
}

/// A database in which every beacon can be fixed and no draw can be written.
enum Stuck {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Stuck {
    async fn database(house: &House) -> Stuck {
        let url = house.ctx.config.storage.connection().unwrap();
        let url = url.reveal();
        if url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            // Counts for longer than anybody waits.
            let many = (0..24).map(|n| format!("setting s{n}")).collect::<Vec<_>>().join(", ");
            let trigger = format!(
                "CREATE TRIGGER stuck BEFORE INSERT ON draw BEGIN SELECT max(length(s0.value) + length(s23.value)) FROM {many}; END"
            );
            sqlx::query(AssertSqlSafe(trigger)).execute(&mut connection).await.unwrap();
            Stuck::Sqlite(connection)
        } else {
            let mut connection = PgConnection::connect(url).await.unwrap();
            for statement in ["BEGIN", "LOCK TABLE draw IN SHARE ROW EXCLUSIVE MODE"] {
                sqlx::query(statement).execute(&mut connection).await.unwrap();
            }
            Stuck::Postgres(connection)
        }
    }

    /// Whether somebody is at it and cannot go on.
    async fn holds_somebody(&mut self, house: &House) -> bool {
        match self {
            Stuck::Sqlite(_) => beacon(house).await.is_some(),
            Stuck::Postgres(connection) => {
                let waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'draw'::regclass AND NOT granted";
                let (waiting,): (i64,) = sqlx::query_as(waiting).fetch_one(connection).await.unwrap();
                waiting > 0
            }
        }
    }

    async fn lets_go(self) {
        match self {
            Stuck::Sqlite(mut connection) => {
                sqlx::query("DROP TRIGGER stuck").execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Stuck::Postgres(connection) => connection.close().await.unwrap(),
        }
    }
}

/// Looks again and again until it is so.
async fn until(mut so: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), looking).await.expect("it did not come to that");
}

#[tokio::test]
async fn killed_between_beacon_and_plan_another_draws_the_same_list() {
    let expected = undisturbed(three_teams()).await;
    let case = async |house: House| {
        house.simulated().await;
        assert!(at(&house, EVE).drew(0));
        let mut stuck = Stuck::database(&house).await;
        let first = Running::start(&house, DRAW);
        until(async || stuck.holds_somebody(&house).await).await;
        let fixed = beacon(&house).await.unwrap();
        let mark = house.path("keys/posts@yunling.mark");
        until(async || std::fs::read_to_string(&mark).unwrap().contains("used ")).await;
        nothing_is_drawn(&house).await;
        first.kill();
        stuck.lets_go().await;
        nothing_is_drawn(&house).await;
        let second = at(&house, "2026-03-03 07:34");
        assert!(second.drew(1), "{second:?}");
        assert_eq!(beacon(&house).await.unwrap(), fixed, "no second beacon");
        drawn_once(&house, &expected).await;
    };
    on_both(three_teams(), case).await;
}

#[tokio::test]
async fn of_many_that_start_together_one_draws() {
    let expected = undisturbed(three_teams()).await;
    let case = async |house: House| {
        house.simulated().await;
        assert!(at(&house, EVE).drew(0));
        let all: Vec<Running> = (0..4).map(|_| Running::start(&house, DRAW)).collect();
        let ended: Vec<_> = all.into_iter().map(Running::ended).collect();
        assert_eq!(ended.iter().filter(|one| one.drew(1)).count(), 1, "{ended:?}");
        assert!(ended.iter().all(|one| one.drew(1) || one.drew(0) || one.stood_by()), "{ended:?}");
        drawn_once(&house, &expected).await;
    };
    on_both(three_teams(), case).await;
}

#[tokio::test]
async fn a_daemon_that_lost_the_lead_lets_go_of_the_chains() {
    on_both(three_teams(), |house| async move {
        let other = house.other_daemon().await;
        // Each looks at the clock as for the first time: nothing jumped.
        let tick = async |ctx: &Context, moment: &str| {
            ctx.clock.set(time(moment));
            Daemon::default().tick(ctx).await.unwrap()
        };
        assert!(matches!(tick(&house.ctx, EVE).await, Outcome::Turn(turn) if turn.sealed == 1));
        // The first one was held up, as a machine that slept is, and the second took the lead.
        let Outcome::Turn(taken) = tick(&other, "2026-03-02 17:33").await else { panic!() };
        assert!(!taken.failures.is_empty(), "the chain is still with the first");
        assert!(matches!(tick(&house.ctx, "2026-03-02 17:33").await, Outcome::Standby));
        let Outcome::Turn(turn) = tick(&other, DRAW).await else { panic!() };
        assert!(turn.failures.is_empty() && turn.drawn == 1, "{turn:?}");
    })
    .await;
}
