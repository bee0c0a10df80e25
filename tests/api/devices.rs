//! ZKTeco devices that push.

use super::Open;
use super::office::{CONFIG, Office};
use spotcheck::console::api::Door;

async fn open() -> Open {
    let config = CONFIG.replacen("id = \"punches\"", "id = \"punches\"\ndevices = [\"CKJ1\", \"CKJ2\"]", 1);
    assert_ne!(config, CONFIG);
    Open::new(Door::Devices, Office::with(&config, &[]).await).await
}

fn push(serial: &str, stamp: u32) -> String {
    format!("/iclock/cdata?SN={serial}&table=ATTLOG&Stamp={stamp}")
}

#[tokio::test]
async fn a_day_is_whole_once_every_device_was_there_on_the_next_and_quiet() {
    let open = open().await;
    open.at("2026-03-31 18:10");
    let begun = open.get("/iclock/cdata?SN=CKJ1&options=all&pushver=2.4.1").await;
    assert_eq!(begun.status, 200);
    assert!(begun.body.contains("ATTLOGStamp=None\n") && begun.body.contains("TimeZone=8\n"), "{}", begun.body);
    let said = open
        .post(&push("CKJ1", 71), &[], "1001\t2026-03-31 08:31:05\t0\t1\t0\t0\n1001\t2026-03-31 18:01:00\t1\t1\n")
        .await;
    assert_eq!((said.status, said.body.as_str()), (200, "OK: 2"));
    assert_eq!(open.post(&push("CKJ2", 9), &[], "1002\t2026-03-31 08:40:00\t0\t15\t\t0\t0\n").await.body, "OK: 1");
    assert_eq!(open.get("/iclock/getrequest?SN=CKJ1").await.body, "OK");
    assert!(open.covering().await.is_empty(), "the day is not over, and nobody knows of the days before");

    open.at("2026-04-01 07:00");
    open.get("/iclock/getrequest?SN=CKJ1").await;
    assert!(open.covering().await.is_empty(), "the other device was not heard yet");
    let late = open.post(&push("CKJ2", 10), &[], "1002\t2026-03-31 18:05:00\t0\t15\n").await;
    assert_eq!(late.body, "OK: 1");
    open.get("/iclock/getrequest?SN=CKJ1").await;
    assert!(open.covering().await.is_empty(), "it still sends of yesterday");
    open.at("2026-04-01 07:31");
    open.get("/iclock/getrequest?SN=CKJ2").await;
    assert_eq!(open.covering().await, ["2026-03-31..2026-03-31"]);
    open.at("2026-04-01 09:00");
    open.get("/iclock/getrequest?SN=CKJ2").await;
    assert_eq!(open.covering().await.len(), 1, "once");
    assert_eq!((open.punches("O1").await, open.punches("O2").await), (2, 2));
    let begun = open.get("/iclock/cdata?SN=CKJ1&options=all").await;
    assert!(begun.body.contains("ATTLOGStamp=71\n"), "it goes on from there: {}", begun.body);
}

#[tokio::test]
async fn only_known_devices_are_heard_and_nothing_but_punches_is_kept() {
    let open = open().await;
    for path in [push("CKJ9", 1), "/iclock/cdata?table=ATTLOG".to_owned()] {
        assert_eq!(open.post(&path, &[], "1001\t2026-03-31 08:31:05\t0\t1\n").await.status, 403, "{path}");
    }
    assert_eq!(open.get("/iclock/getrequest?SN=CKJ9").await.status, 403);
    let people = "/iclock/cdata?SN=CKJ1&table=OPERLOG&Stamp=5";
    assert_eq!(open.post(people, &[], "USER PIN=1001\tName=Zhang\n").await.body, "OK: 0");
    let broken = open.post(&push("CKJ1", 2), &[], "garbage\n1001\tnever\t0\n1001\t2026-03-31 08:31:05\t0\t1\n").await;
    assert_eq!((broken.status, broken.body.as_str()), (200, "OK: 3"), "else it sends the same for ever");
    assert_eq!(open.punches("O1").await, 1);
    assert_eq!(open.post(&push("CKJ1", 2), &[], vec![0xff; 1 << 16]).await.status, 200);
}
