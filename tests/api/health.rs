//! Health and metrics.

use super::Open;
use super::office::Office;
use spotcheck::console::api::Door;
use spotcheck::daemon::Daemon;

#[tokio::test]
async fn it_is_ready_while_somebody_leads() {
    let open = Open::new(Door::Health, Office::new().await).await;
    assert_eq!(open.get("/healthz").await.body, "ok\n");
    let before = open.get("/readyz").await;
    assert_eq!((before.status, before.json()["daemon"].as_bool()), (503, Some(false)));
    Daemon::default().tick(&open.ctx).await.unwrap();
    let ready = open.get("/readyz").await;
    assert_eq!((ready.status, ready.json()["database"].as_bool()), (200, Some(true)));
    open.at("2026-04-01 10:05");
    assert_eq!(open.get("/readyz").await.status, 503, "its lead ran out");
}

#[tokio::test]
async fn metrics_count_and_name_nobody() {
    let open = Open::new(Door::Health, Office::new().await).await;
    Daemon::default().tick(&open.ctx).await.unwrap();
    let text = open.get("/metrics").await.body;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("spotcheck_") && value.parse::<i64>().is_ok(), "{line}");
    }
    for wanted in ["spotcheck_lead_seconds ", "spotcheck_draws 0", "spotcheck_calendar_days{office=\""] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    for name in ["滨河村", "张三", "T1"] {
        assert!(!text.contains(name), "{name}");
    }
}
