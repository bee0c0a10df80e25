//! A PostgreSQL that dies: it comes back as it was, or a copy takes over that had not heard of everything.

use super::house::{EVE, House, Setting, time, window};
use super::post;
use super::servers::{Server, Servers};
use super::several::Team;
use spotcheck::daemon::{Daemon, Outcome};
use spotcheck::model::WindowId;
use spotcheck::store::LetterRow;
use spotcheck::work::health;
use spotcheck::work::turn::Turn;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;

/// Letters that are on their way when a server dies.
const LETTERS: usize = 600;
const SET_BACK: &str = "the database was set back";

/// A house beside a server and its copy.
struct Day {
    servers: Servers,
    primary: Server,
    copy: Server,
    house: House,
}

impl Day {
    async fn new() -> Day {
        let servers = Servers::new();
        let primary = servers.primary().await;
        let copy = servers.copy_of(&primary).await;
        let setting =
            Setting { database: Some(servers.url()), teams: 4, capacity: 2, afternoon: true, ..Setting::default() };
        Day { house: House::new(setting).await, servers, primary, copy }
    }

    async fn at(&self, moment: &str) -> Turn {
        self.house.ctx.clock.set(time(moment));
        // One that is started at that moment takes the clock for right.
        match Daemon::default().tick(&self.house.ctx).await.unwrap() {
            Outcome::Turn(turn) => {
                assert!(turn.failures.is_empty(), "{moment}: {:?}", turn.failures);
                turn
            }
            Outcome::Standby => panic!("nobody else leads"),
        }
    }

    /// The folder for letters can be written, or not.
    fn letters_leave(&self, leave: bool) {
        let (letters, aside) = (self.house.path("letters"), self.house.path("aside"));
        if leave {
            std::fs::remove_file(&letters).unwrap();
            std::fs::rename(aside, letters).unwrap();
        } else {
            std::fs::rename(&letters, aside).unwrap();
            std::fs::write(letters, "in the way").unwrap();
        }
    }

    async fn letters(&self) -> BTreeMap<String, LetterRow> {
        let rows = self.house.ctx.store.read().await.unwrap().letters(None, 100_000).await.unwrap();
        rows.into_iter().map(|row| (row.message_id.clone(), row)).collect()
    }

    async fn answers_everything(&self, mail: &str) {
        for (n, letter) in self.house.letters("assignment").await.iter().enumerate() {
            self.house.deliver(&post::reply(letter, &format!("{mail}{n}"), "rest present").bytes()).await;
        }
    }

    async fn drawn(&self) -> BTreeMap<WindowId, String> {
        let mut tx = self.house.ctx.store.read().await.unwrap();
        let mut drawn = BTreeMap::new();
        for (day, slot) in [("03", "am"), ("03", "pm"), ("04", "am"), ("04", "pm"), ("05", "am")] {
            let id = window(&format!("2026-03-{day}"), slot);
            if let Some(draw) = tx.draw(&id).await.unwrap() {
                drawn.insert(id, draw.list_mac);
            }
        }
        drawn
    }

    /// The server is gone for good, and the address leads to its copy.
    async fn fail_over(&mut self) {
        self.primary.dies();
        self.copy.takes_over().await;
        self.servers.lead_to(&self.copy);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_takes_over_that_missed_half_a_day() {
    let mut day = Day::new().await;
    day.at(EVE).await;
    assert_eq!(day.at("2026-03-03 07:30").await.drawn, 1);
    // The letters of these answers wait: the copy knows them as unsent.
    day.answers_everything("known").await;
    day.letters_leave(false);
    day.house.ctx.clock.set(time("2026-03-03 10:00"));
    Daemon::default().tick(&day.house.ctx).await.unwrap();
    day.primary.is_known_to(&day.copy).await;
    day.copy.hears_no_more().await;
    let known = day.letters().await;
    let waiting: Vec<&String> = known.values().filter(|row| row.state == "queued").map(|row| &row.message_id).collect();
    assert!(!waiting.is_empty());
    let kept = (day.drawn().await, day.house.log().await.len());

    // What nobody will remember.
    day.letters_leave(true);
    assert_eq!(day.at("2026-03-03 12:30").await.drawn, 1);
    assert!(day.letters().await.values().all(|row| row.state == "acked"));
    day.answers_everything("lost").await;
    day.at("2026-03-03 15:00").await;
    day.at("2026-03-03 17:30").await;
    assert_eq!(day.at("2026-03-04 07:30").await.drawn, 1);
    let lost = day.drawn().await;
    let outcomes = day.house.ctx.store.read().await.unwrap().state_hash().await.unwrap();
    day.fail_over().await;

    let first = day.at("2026-03-04 08:00").await;
    assert_eq!((first.drawn, first.void), (0, 2), "the day before and this morning; the afternoon is sealed again");
    assert_ne!(day.house.ctx.store.read().await.unwrap().state_hash().await.unwrap(), outcomes);
    let voids = ["03/pm", "04/am"].map(|slot| format!("posts/yunling/2026-03-{slot} lost_in_restore"));
    let mut told = day.house.voids().await;
    told.sort();
    assert_eq!(told, voids);
    let mut tx = day.house.ctx.store.read().await.unwrap();
    for id in lost.keys().filter(|id| !kept.0.contains_key(id)) {
        assert!(tx.draw(id).await.unwrap().is_none() && tx.beacon(id).await.unwrap().is_none(), "{id}");
    }
    drop(tx);
    let log = day.house.log().await;
    assert!(log[kept.1].contains("\"kind\":\"restored\""), "the log says so before anything else: {}", log[kept.1]);
    assert_eq!(log.iter().filter(|entry| entry.contains("\"kind\":\"restored\"")).count(), 1);
    day.house.log_is_whole().await;

    let now = day.letters().await;
    for row in known.values() {
        let after = &now[&row.message_id];
        let listed = i64::from(row.state == "queued");
        assert_eq!(
            (after.state.as_str(), after.ambiguous, &after.bytes),
            ("acked", listed, &row.bytes),
            "{}",
            row.kind
        );
        assert!(listed == 1 || after.done_at == row.done_at, "a {} that was acknowledged left again", row.kind);
    }
    assert!(now.values().filter(|row| row.kind == "void").count() >= 2, "desk and head are told of the windows");
    let alerts = day.house.letters("alert").await;
    let said = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told: Vec<String> = alerts.iter().map(|letter| said(&letter.text)).collect();
    let told =
        told.iter().find(|text| text.contains("The database may have lost")).unwrap_or_else(|| panic!("{told:?}"));
    assert!(told.contains(&format!("{} letters may have left before", waiting.len())), "{told}");
    println!("told: “{told}”");

    // What the operator is told to do: mails that came since go back into the inbox, and count once.
    for mail in std::fs::read_dir(day.house.path("mailbox/cur")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = mail.file_name().unwrap().to_str().unwrap().split(':').next().unwrap().to_owned();
        std::fs::rename(&mail, day.house.path("mailbox/new").join(name)).unwrap();
    }
    day.at("2026-03-04 08:30").await;
    assert_eq!(day.at("2026-03-04 12:30").await.drawn, 1, "it draws on");
    day.at("2026-03-04 17:30").await;
    assert_eq!(day.at("2026-03-05 07:30").await.drawn, 1);
    day.at("2026-03-05 08:30").await;
    let causes = health::look(&day.house.ctx).await.unwrap();
    assert!(causes.iter().all(|cause| cause.code != "set-back"), "it is told for a day");
    println!(
        "failover with a lost tail: {} windows lost and published, 0 drawn again; {} of {} letters listed and sent again",
        voids.len(),
        waiting.len(),
        known.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_in_the_middle_of_its_letters_goes_on_with_the_copy() {
    let servers = Servers::new();
    let mut primary = servers.primary().await;
    let mut team = Team::on(servers.url(), LETTERS).await;
    let copy = servers.copy_of(&primary).await;
    team.start().await;
    team.sends(100).await;
    copy.hears_no_more().await;
    team.sends(200).await;
    primary.dies();
    copy.takes_over().await;
    servers.lead_to(&copy);
    team.db = PgConnection::connect(&team.url).await.unwrap();
    let wait = team.sends(1).await;
    let (copies, listed) = team.ends_well().await;
    assert!(team.daemons[0].says(SET_BACK));
    assert!(copies >= LETTERS + 200 && listed >= 200, "{copies} copies, {listed} listed: some were forgotten");
    println!(
        "failover while sending: next letter after {wait:?}; {LETTERS} letters, 0 lost, {copies} copies, {listed} listed, 0 unlisted"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_as_it_was_costs_nothing() {
    let servers = Servers::new();
    let mut primary = servers.primary().await;
    let mut team = Team::on(servers.url(), LETTERS).await;
    team.start().await;
    team.sends(100).await;
    primary.dies();
    let _primary = primary.comes_back().await;
    team.db = PgConnection::connect(&team.url).await.unwrap();
    let wait = team.sends(1).await;
    let (copies, listed) = team.ends_well().await;
    assert!(!team.daemons[0].says(SET_BACK), "nothing was forgotten");
    // What was marked when the server died, and no more.
    assert!(listed < LETTERS / 2, "{listed} are listed");
    println!(
        "server killed and started again: next letter after {wait:?}; {LETTERS} letters, 0 lost, {copies} copies, {listed} listed, 0 unlisted"
    );
}
