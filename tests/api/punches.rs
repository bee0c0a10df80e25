//! `POST /api/v1/punches`.

use super::Open;
use super::office::Office;
use serde_json::{Value, json};
use spotcheck::console::api::Door;
use spotcheck::model::register::Official;
use spotcheck::work::audit::Line;
use spotcheck::work::tokens;
use std::sync::Arc;

const PATH: &str = "/api/v1/punches";

async fn open() -> (Open, String) {
    let open = Open::new(Door::Punches, Office::new().await).await;
    let by = Line { account: "admin", ..Line::default() };
    let (_, secret) = tokens::create(&open.ctx, &"punches".parse().unwrap(), "attendance system", &by).await.unwrap();
    let bearer = format!("Bearer {secret}");
    (open, bearer)
}

#[tokio::test]
async fn rows_are_taken_or_rejected_one_by_one_and_a_day_becomes_whole() {
    let (open, bearer) = open().await;
    let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", "night-1")];
    let body = json!({
        "punches": [
            {"official": "O1", "time": "2026-03-31T08:31:05+08:00", "direction": "in", "origin": "device"},
            {"official": "nobody", "time": "2026-03-31 08:31"},
            {"official": 1002, "time": "yesterday"},
            {"official": 1002, "time": "2026-03-31T00:40:00Z", "colour": "red"},
            {"official": 1002, "time": "2026-03-31T00:40:00Z"}
        ],
        "covers": {"from": "2026-03-31", "to": "2026-03-31"}
    });
    let first = open.post(PATH, &headers, body.to_string()).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let said = first.json();
    assert_eq!(
        (&said["accepted"], &said["rejected"], &said["covers"]["complete"]),
        (&json!(2), &json!(3), &json!(true))
    );
    let states: Vec<&str> =
        said["results"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["accepted", "rejected", "rejected", "rejected", "accepted"]);
    let reason = |at: usize| said["results"][at]["reason"].clone();
    assert!(reason(1)["zh"].as_str().is_some_and(|text| !text.is_empty()));
    assert!(reason(3)["field"].as_str().is_some_and(|field| field.contains("colour")), "{}", reason(3));
    assert_eq!((open.punches("O1").await, open.punches("O2").await), (1, 1));
    assert_eq!(open.covering().await, ["2026-03-31..2026-03-31"]);

    let again = open.post(PATH, &headers, body.to_string()).await;
    assert_eq!(
        (again.status, again.json()),
        (200, said),
        "the answer was lost on the way, and the same request came again"
    );
    let other = open
        .post(PATH, &headers, json!({"punches": [{"official": "O1", "time": "2026-03-31 18:00"}]}).to_string())
        .await;
    assert_eq!(other.status, 409, "{}", other.body);
    assert_eq!(open.punches("O1").await, 1, "nothing of a refused request is taken");
}

#[tokio::test]
async fn nobody_without_a_token_that_holds() {
    let (open, bearer) = open().await;
    let body = json!({"punches": [{"official": "O1", "time": "2026-03-31 18:00"}]}).to_string();
    for headers in [vec![], vec![("Authorization", "Bearer wrong")], vec![("Authorization", "Basic YTpi")]] {
        let said = open.post(PATH, &headers, body.clone()).await;
        assert_eq!((said.status, said.authenticate.as_deref()), (401, Some("Bearer")), "{headers:?}");
        assert!(!said.body.contains("O1"));
    }
    let id = tokens::list(&open.ctx).await.unwrap()[0].id.clone();
    assert!(tokens::end(&open.ctx, &id, &Line { account: "admin", ..Line::default() }).await.unwrap());
    let ended = open.post(PATH, &[("Authorization", bearer.as_str())], body).await;
    assert_eq!((ended.status, open.punches("O1").await), (401, 0));
}

#[tokio::test]
async fn a_token_is_for_punches() {
    let (open, _) = open().await;
    let by = Line { account: "admin", ..Line::default() };
    let refused =
        tokens::create(&open.ctx, &"leave".parse().unwrap(), "leave system", &by).await.unwrap_err().trouble();
    assert!(refused.said.en.contains("“leave”") && refused.said.zh.contains("“leave”"), "{refused:?}");
    assert_eq!(tokens::list(&open.ctx).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_no_request_is_told_and_changes_nothing() {
    let (open, bearer) = open().await;
    let headers = [("Authorization", bearer.as_str())];
    let many: Vec<Value> = (0..1001).map(|_| json!({"official": "O1", "time": "2026-03-31 18:00"})).collect();
    for (body, status) in [
        ("[".to_owned(), 400),
        ("{}".to_owned(), 400),
        (json!({"punches": many}).to_string(), 400),
        (json!({"punches": [], "covers": {"from": "2026-04-01", "to": "2026-04-01"}}).to_string(), 422),
        ("x".repeat((1 << 20) + 1), 413),
    ] {
        let said = open.post(PATH, &headers, body).await;
        assert_eq!(said.status, status, "{:.200}", said.body);
        if status != 413 {
            let error = &said.json()["error"];
            assert!(error["en"].is_string() && error["zh"].is_string(), "{}", said.body);
        }
    }
    assert_eq!(open.punches("O1").await, 0);
    assert_eq!(open.get(PATH).await.status, 405);
    assert_eq!(open.get("/api/v1/openapi.json").await.json()["openapi"], "3.1.0");
}

#[tokio::test]
async fn the_register_is_read_once_a_version_and_a_change_is_seen_by_the_next_request() {
    let (open, bearer) = open().await;
    let headers = [("Authorization", bearer.as_str())];
    let body = |time: &str| json!({"punches": [{"official": "O9", "time": time}]}).to_string();
    assert_eq!(open.post(PATH, &headers, body("2026-03-31 08:00")).await.json()["rejected"], 1);
    let day = "2026-04-01".parse().unwrap();
    let before = open.ctx.registers.everybody(&open.ctx, day).await.unwrap();
    let again = open.ctx.registers.everybody(&open.ctx, day).await.unwrap();
    assert!(Arc::ptr_eq(&before, &again), "nothing changed");
    let one = open.ctx.store.read().await.unwrap().officials().await.unwrap().remove(0);
    let mut tx = open.ctx.store.begin().await.unwrap();
    let new = Official { id: "O9".parse().unwrap(), device_number: None, ..one.clone() };
    tx.put_officials(std::slice::from_ref(&new)).await.unwrap();
    drop(tx);
    let said = open.post(PATH, &headers, body("2026-03-31 12:00")).await.json();
    assert_eq!(said["rejected"], 1, "that import was given up");
    let mut tx = open.ctx.store.begin().await.unwrap();
    tx.put_officials(&[new]).await.unwrap();
    tx.commit().await.unwrap();
    let said = open.post(PATH, &headers, body("2026-03-31 18:00")).await.json();
    assert_eq!((&said["accepted"], open.punches("O9").await), (&json!(1), 1), "{said}");
    let region = "";
    let mut tx = open.ctx.store.read().await.unwrap();
    let counts = open.ctx.registers.counts(&mut tx, region).await.unwrap();
    assert_eq!(counts, tx.count_in(region).await.unwrap());
    drop(tx);
    let mut tx = open.ctx.store.begin().await.unwrap();
    tx.put_officials(&[Official { id: "O10".parse().unwrap(), device_number: None, ..one }]).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = open.ctx.store.read().await.unwrap();
    let after = open.ctx.registers.counts(&mut tx, region).await.unwrap();
    assert_eq!((after.officials, after.teams), (counts.officials + 1, counts.teams));
}
