//! `kill -9` between every two durable steps of receiving: each outcome is recorded once.

use super::common::{answer, released, until, with_mailbox};
use super::dovecot::Dovecot;
use super::house::{House, Setting, on_both};
use super::process::Serving;
use super::proxy::{Point, Proxy};
use std::collections::BTreeMap;

/// Teams of two people, each answered for by a mail of its own.
const TEAMS: usize = 12;

/// Mails that wait in the mailbox when a process begins, and what is done to it.
const POINTS: [(&str, Point); 6] = [
    ("nothing is fetched", Point::Said("BODY.PEEK")),
    ("half a mail is fetched", Point::Answered("BODY.PEEK", 700)),
    ("some mails are fetched", Point::Answered("BODY.PEEK", 9000)),
    ("stored, not marked", Point::Said("UID STORE")),
    ("marked, and the server's word is lost", Point::Answered("UID STORE", 1)),
    ("read or about to be", Point::Said("IDLE")),
];

/// How many versions of its outcome each person has in the journal: a mail that counts twice leaves two.
async fn outcomes(house: &House, assignment: &str) -> BTreeMap<String, i64> {
    let rows = house.ctx.store.read().await.unwrap().outcomes_of(&assignment.parse().unwrap()).await.unwrap();
    rows.into_iter().map(|row| (row.person, row.seq)).collect()
}

#[tokio::test]
async fn killed_at_every_step_each_outcome_counts_once() {
    on_both(Setting { teams: TEAMS, capacity: TEAMS, ..Setting::default() }, |house| async move {
        let server = Dovecot::start("").await;
        let proxy = Proxy::before(server.port).await;
        let house = with_mailbox(house, proxy.port, "security = \"none\"").await;
        house.simulated().await;
        let letter = released(&house).await;
        let mut persons: Vec<String> = (1..=TEAMS).flat_map(|n| [format!("V{n}.1"), format!("V{n}.2")]).collect();
        let share = persons.len() / POINTS.len();
        for (number, (what, point)) in POINTS.into_iter().enumerate() {
            for person in persons.drain(..share) {
                server.deliver("desk", "INBOX", &answer(&letter, &person, &format!("{person} present")));
            }
            proxy.hold_at(point).await;
            // Later than the lease of the one killed before.
            let serving = Serving::start(&house, &format!("2026-03-03 10:{:02}", 10 + 2 * number));
            proxy.reached().await;
            serving.kill();
            let counted = outcomes(&house, &letter.assignment()).await;
            println!("killed when {what}: {} of {} outcomes are recorded", counted.len(), (number + 1) * share);
        }
        let serving = Serving::start(&house, "2026-03-03 10:40");
        until("all is recorded", || async { outcomes(&house, &letter.assignment()).await.len() == 2 * TEAMS }).await;
        until("all is marked", || async { server.counts("desk", "INBOX") == (2 * TEAMS, 2 * TEAMS) }).await;
        serving.kill();
        let counted = outcomes(&house, &letter.assignment()).await;
        println!("in the end, on {}: outcomes per line {counted:?}", house.ctx.store.backend());
        assert!(counted.values().all(|versions| *versions == 1), "{counted:?}");
        assert_eq!(house.inbox().await, [format!("{} done ok", 2 * TEAMS)]);
    })
    .await;
}
