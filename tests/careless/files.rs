//! Files of an installation that are missing, damaged, or open to others.

use super::{County, fed, mode_of};
use std::fs;

#[test]
fn an_init_that_fails_can_be_done_again() {
    let county = County { folder: tempfile::tempdir().unwrap() };
    fs::create_dir(county.path("spotcheck.db")).unwrap();
    let ended = county.init();
    assert_eq!(ended.code, Some(2), "{}", ended.text);
    assert!(ended.text.contains("storage.url"), "{}", ended.text);
    fs::remove_dir(county.path("spotcheck.db")).unwrap();
    let ended = county.init();
    assert_eq!(ended.code, Some(0), "{}", ended.text);
    let again = county.init();
    assert_eq!(again.code, Some(2), "a finished one is not done over: {}", again.text);
}

#[test]
fn an_init_with_a_mail_server_says_where_its_password_goes() {
    let county = County { folder: tempfile::tempdir().unwrap() };
    let answers = ["county=云岭县", "office=yunling", "desk=d@y.example", "head=h@y.example", "smtp=smtp.y.example"];
    let ended = county.run(["init"].into_iter().chain(answers.into_iter().flat_map(|answer| ["--answer", answer])));
    assert_eq!(ended.code, Some(0), "{}", ended.text);
    assert!(ended.text.contains("smtp-password"), "{}", ended.text);
    assert!(county.path("spotcheck.toml").exists() && county.path("spotcheck.db").exists());
}

#[test]
fn check_finds_nothing_wrong_with_the_times_that_init_set() {
    let ended = County::new().run(["check"]);
    assert!(ended.text.contains("next windows of pm") && !ended.text.contains("void"), "{}", ended.text);
}

#[test]
fn a_database_that_is_gone_is_not_made_anew() {
    let county = County::new();
    fs::remove_file(county.path("spotcheck.db")).unwrap();
    for arguments in [&["flags", "list"][..], &["check"], &["tick"], &["serve"]] {
        let ended = county.run(arguments.iter().copied());
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.text);
        assert!(ended.text.contains("spotcheck.db") && ended.text.contains("restore"), "{}", ended.text);
    }
    assert!(!county.path("spotcheck.db").exists());
}

#[test]
fn check_tells_each_thing_once() {
    let county = County::new();
    let config = fs::read_to_string(county.path("spotcheck.toml")).unwrap();
    county.write("spotcheck.toml", config.replace("[calendar]", "[calendar]\nfiles = [\"holidays.csv\"]"));
    let ended = county.run(["check"]);
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.text.matches("holidays.csv").count(), 1, "{}", ended.text);
}

#[test]
fn check_names_every_password_that_is_missing_or_open_to_others() {
    let county = County::new();
    let config = fs::read_to_string(county.path("spotcheck.toml")).unwrap();
    let imap = |id: &str| {
        format!(
            "[[intake.imap]]\nid = \"{id}\"\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nuser = \"desk\"\npassword_file = \"{id}-password\"\n"
        )
    };
    county.write("spotcheck.toml", config + "\n" + &imap("first") + &imap("second") + &imap("third"));
    county.write("third-password", "secret");
    fs::set_permissions(county.path("third-password"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let ended = county.run(["check"]);
    assert_eq!(ended.code, Some(2), "{}", ended.text);
    for file in ["first-password", "second-password", "third-password"] {
        assert_eq!(ended.text.matches(file).count(), 1, "{file}: {}", ended.text);
    }
    assert!(ended.text.contains("600") && !ended.text.contains("secret"), "{}", ended.text);
}

#[test]
fn check_tells_of_draws_that_come_before_their_seal() {
    let county = County::new();
    let config = fs::read_to_string(county.path("spotcheck.toml")).unwrap();
    let config = config
        .replace("[[programme]]", "[[programme]]\nlead_minutes = 720")
        .replace("[[office]]", "[[office]]\nseal_at = \"21:00\"\ndigest_at = \"21:30\"");
    county.write("spotcheck.toml", config);
    let ended = county.run(["check"]);
    assert_eq!(ended.code, Some(2), "{}", ended.text);
    assert!(ended.text.contains("lead_minutes") && ended.text.contains("sealed at"), "{}", ended.text);
}

#[test]
fn what_holds_numbers_and_keys_is_its_owners_alone() {
    let county = County::new();
    for file in ["spotcheck.toml", "spotcheck.db", "keys/reply.keys"] {
        assert_eq!(mode_of(&county.path(file)), 0o600, "{file}");
    }
    assert_eq!(mode_of(&county.path("keys")), 0o700);
    let secrets = county.path("keys/reply.keys");
    fs::set_permissions(&secrets, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let ended = county.run(["check"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.text.contains("reply.keys") && ended.text.contains("600"), "{}", ended.text);
}

#[test]
fn a_database_that_is_none_is_told_in_words() {
    let county = County::new();
    for left in ["spotcheck.db-wal", "spotcheck.db-shm"] {
        let _ = fs::remove_file(county.path(left));
    }
    county.write("spotcheck.db", [7; 4096]);
    let ended = county.run(["status"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.text.contains("restore it from its backup"), "{}", ended.text);
    let chinese = county.run(["status", "--lang", "zh"]);
    assert!(chinese.text.contains("请从备份恢复"), "{}", chinese.text);
    let mail = fed(county.command(["receive"]), b"From: a@b.example\r\n\r\nV1\r\n");
    assert_eq!(mail.code, Some(75), "the mail program tries again: {}", mail.text);
}

#[tokio::test]
async fn check_tells_of_a_mark_that_is_gone_or_damaged() {
    let county = County::new().on_a_workday().await;
    assert_eq!(county.tick().code, Some(0));
    let mark = fs::read_dir(county.path("keys")).unwrap().map(|entry| entry.unwrap().path());
    let mark = mark.into_iter().find(|path| path.extension().is_some_and(|kind| kind == "mark")).unwrap();
    fs::write(&mark, "torn").unwrap();
    assert!(county.run(["check"]).text.contains("this line of the mark is damaged"));
    fs::remove_file(&mark).unwrap();
    assert!(county.run(["check"]).text.contains("the chain's mark is missing"));
}

#[tokio::test]
async fn one_bad_file_does_not_stop_the_mailbox() {
    let county = County::new().on_a_workday().await;
    let config = fs::read_to_string(county.path("spotcheck.toml")).unwrap();
    county.write("spotcheck.toml", config.replace("[intake]", "[intake]\nmaildir = \"mailbox\""));
    assert_eq!(county.tick().code, Some(0));
    let mail = |n: u32| format!("From: a{n}@b.example\r\n\r\nV1 present\r\n");
    county.write("mailbox/new/1", mail(1));
    county.write(&format!("mailbox/new/{}", "2".repeat(255)), mail(2));
    county.write("mailbox/new/3", mail(3));
    fs::create_dir(county.path("mailbox/new/4.folder")).unwrap();
    // What already stands in `cur` under the name is a folder, so this one cannot be moved.
    county.write("mailbox/new/0", mail(0));
    fs::create_dir(county.path("mailbox/cur/0:2,S")).unwrap();
    let ended = county.tick();
    assert_eq!(ended.code, Some(1), "a step that did not go through is no success: {}", ended.text);
    assert!(ended.text.contains("mailbox/new/0"), "{}", ended.text);
    assert_eq!(county.run(["inbox", "list", "--json"]).text.lines().count(), 4);
    let waiting = fs::read_dir(county.path("mailbox/new")).unwrap().count();
    assert_eq!(waiting, 2, "the folder, and the one that is stuck");
}
