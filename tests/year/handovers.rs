//! What is handed over: a text whose hash stands in the log, and no secret. And what is done where keys are lost.

use super::backups::new_key;
use super::house::{EVE, House, Setting, on_both, time};
use spotcheck::model::AccountRole;
use spotcheck::model::Sha256;
use spotcheck::table::TemplateKind;
use spotcheck::work::accounts::{self, NewAccount};
use spotcheck::work::audit::Line;
use spotcheck::work::handover::{Rotation, handover, rotate_accounts};
use spotcheck::work::{backup, keys};
use std::process::Command;

#[tokio::test]
async fn a_handover_says_what_is_open_and_its_hash_is_in_the_log() {
    on_both(Setting { teams: 3, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        new_key(&house);
        std::fs::create_dir(house.path("copies")).unwrap();
        let made = backup::make_now(&house.ctx, &house.path("copies")).await.unwrap();
        house.import(TemplateKind::Exclusions, "place,reason,from,to\nT2,road closed,2026-03-01,2026-03-31\n").await;
        house.import(TemplateKind::Recusals, "inspector,scope,target,reason\nI1,team,T3,brother\n").await;
        house.at("2026-03-10 08:00").await;
        let done = handover(&house.ctx, &super::house::office()).await.unwrap();
        let anchor = keys::states(&house.ctx).await.unwrap()[0].terms.anchors[0].hex();
        let words = done.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let file = made.file.file_name().unwrap().to_string_lossy().into_owned();
        for wanted in [
            "Yunling County Inspection Office",
            "云岭县督查办",
            "T2",
            "road closed",
            "team T3",
            "brother",
            &anchor,
            "2026-12-31",
            &file,
            "never",
            "source/leave",
            "keys renew",
        ] {
            let found = words.contains(wanted) || done.text.replace(['\n', ' '], "").contains(&wanted.replace(' ', ""));
            assert!(found, "{wanted}: {}", done.text);
        }
        assert!(done.html.contains("road closed") && done.html.contains(&anchor));
        for secret in ["reply.keys", "1380013"] {
            assert!(!done.text.contains(secret), "{secret}");
        }
        assert_eq!(done.sha, Sha256::of(done.text.as_bytes()));
        let log = house.log().await;
        let entry = &log[usize::try_from(done.entry).unwrap() - 1];
        assert!(entry.contains("\"kind\":\"handover\"") && entry.contains(&done.sha.hex()), "{entry}");
        assert!(!entry.contains("T2"), "digests only");
        house.log_is_whole().await;
    })
    .await;
}

#[tokio::test]
async fn the_command_writes_both_files_once_and_tells_the_hash() {
    let house = House::new(Setting::default()).await;
    house.at(EVE).await;
    house.simulated().await;
    let command = |more: &[&str]| {
        let out = house.path("taken-over");
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotcheck"));
        command.args(["handover", "--json", "--lang", "en", "--out"]).arg(out).args(more);
        command
            .arg("--config")
            .arg(house.path("spotcheck.toml"))
            .args(["--now", &time("2026-03-02 18:00").to_string()]);
        command.output().unwrap()
    };
    let done = command(&[]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let told: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let text = std::fs::read(house.path("taken-over.txt")).unwrap();
    assert_eq!(told["sha256"], Sha256::of(&text).hex());
    assert!(std::fs::read_to_string(house.path("taken-over.html")).unwrap().contains("<html"));
    let entries = house.log().await.len();
    assert_eq!(command(&[]).status.code(), Some(2), "what is there stays");
    assert_eq!(house.log().await.len(), entries, "and nothing was logged");
    assert!(command(&["--force"]).status.success());
}

#[tokio::test]
async fn accounts_stand_in_it_and_those_of_who_leaves_are_closed() {
    on_both(Setting::default(), |house| async move {
        house.at(EVE).await;
        let by = Line { address: "command line", ..Line::default() };
        let office = super::house::office();
        for (id, name, role) in [("zhoumin", "周敏", AccountRole::Head), ("lina", "李娜", AccountRole::Dispatcher)]
        {
            let new = NewAccount { id, name, role, office: Some(&office), language: None };
            let begun = accounts::add(&house.ctx, &new, &by).await.unwrap();
            assert!(accounts::begin_with(&house.ctx, &begun.secret, "seven blue kettles 7", "").await.unwrap());
        }
        let mut tx = house.ctx.store.begin().await.unwrap();
        tx.sign_in_succeeded("lina", "10.0.0.1", time("2026-03-02 09:12")).await.unwrap();
        tx.commit().await.unwrap();
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let before = flat(&handover(&house.ctx, &office).await.unwrap().text);
        for wanted in ["zhoumin", "周敏", "2026-03-02 09:12", "not lately"] {
            assert!(before.contains(wanted), "{wanted}: {before}");
        }
        let unknown = Rotation { leaves: vec!["nobody".into()], new_passwords: true };
        let trouble = rotate_accounts(&house.ctx, &office, &unknown, &by).await.err().unwrap().trouble();
        assert!(trouble.field.as_deref() == Some("--leaves") && trouble.said.zh.contains("nobody"), "{trouble:?}");
        let states = async || -> Vec<String> {
            let all = accounts::list(&house.ctx).await.unwrap();
            all.iter().map(|one| format!("{} {}", one.id, one.state().code())).collect()
        };
        assert_eq!(states().await, ["lina active", "zhoumin active"], "nothing was done");
        let rotation = Rotation { leaves: vec!["ZhouMin".into()], new_passwords: true };
        let begun = rotate_accounts(&house.ctx, &office, &rotation, &by).await.unwrap();
        assert_eq!(begun.iter().map(|one| one.account.as_str()).collect::<Vec<_>>(), ["lina"]);
        assert_eq!(states().await, ["lina begun", "zhoumin disabled"]);
        let after = handover(&house.ctx, &office).await.unwrap();
        assert!(flat(&after.text).contains("disabled") && !after.text.contains(&begun[0].secret), "{}", after.text);
    })
    .await;
}

#[tokio::test]
async fn where_the_keys_are_lost_a_person_says_so_and_work_goes_on_with_new_ones() {
    on_both(Setting { teams: 2, afternoon: true, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
        let house = house
            .changed(|folder| {
                for end in ["chain", "mark"] {
                    std::fs::remove_file(folder.join(format!("keys/posts@yunling.{end}"))).unwrap();
                }
            })
            .await;
        house.ctx.clock.set(time("2026-03-03 12:00"));
        let by = ("posts".parse().unwrap(), super::house::office());
        let terms = keys::expose(&house.ctx, &by.0, &by.1, "the machine burnt", "Zhou Min").await.unwrap();
        assert_eq!(terms.generation, 2);
        assert_eq!(house.at("2026-03-03 12:30").await.void, 1);
        assert_eq!(house.voids().await, ["posts/yunling/2026-03-03/pm keys_lost"]);
        house.at("2026-03-03 17:30").await;
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1, "the next day is as any other");
        house.log_is_whole().await;
    })
    .await;
}
