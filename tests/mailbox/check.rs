//! `check --online` for mailboxes: what it tells, and that it changes nothing.

use super::common::{mail, with_mailbox, with_plain_mailbox};
use super::dovecot::Dovecot;
use super::house::{House, Setting};
use super::rude::{Habit, Rude};
use spotcheck::work::check::Weight;
use spotcheck::work::check_mailbox::try_mailboxes;

async fn told(house: &House) -> Vec<(Weight, String)> {
    let found = try_mailboxes(&house.ctx.config).await;
    found.into_iter().map(|finding| (finding.weight, finding.trouble.to_string())).collect()
}

#[tokio::test]
async fn it_logs_in_looks_round_and_says_what_will_be_done() {
    let server = Dovecot::start("").await;
    server.make_folder("desk", "&XfJZBHQG-");
    server.deliver("desk", "INBOX", &mail(1));
    let lines = format!("ca_file = \"{}\"\nafter = \"move\"\nmove_to = \"已处理\"\n", server.authority().display());
    let house = with_mailbox(House::new(Setting::default()).await, server.tls_port, &lines).await;
    let found = told(&house).await;
    assert!(found.iter().all(|(weight, _)| *weight == Weight::Well), "{found:?}");
    let all = found.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
    for words in
        ["logged in; 2 folders", "已处理", "IDLE, MOVE, UIDPLUS", "INBOX: 1 unread", "told at once", "go to 已处理"]
    {
        assert!(all.contains(words), "{words} in\n{all}");
    }
    assert_eq!(server.counts("desk", "INBOX"), (1, 0), "nothing is changed");
    std::fs::write(house.path("secret"), "wrong\n").unwrap();
    let found = told(&house).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].0 == Weight::Broken && found[0].1.contains("password_file"), "{found:?}");
}

#[tokio::test]
async fn what_a_server_cannot_do_is_told_beforehand() {
    let server = Rude::start(Habit::Renumbers, vec![mail(1)]).await;
    let house = with_plain_mailbox(server.port, "after = \"move\"\nmove_to = \"Done\"").await;
    let found = told(&house).await;
    let warned: Vec<&str> = found.iter().filter(|(w, _)| *w == Weight::Warning).map(|(_, t)| t.as_str()).collect();
    assert!(warned.len() == 2 && warned[0].contains("no lasting numbers"), "{found:?}");
    assert!(warned[1].contains("cannot move") && warned[1].contains("every 60 s"), "{found:?}");
}
