//! The audit log: who did what, and a changed line that shows.

use super::house::{House, Setting};
use super::site::{DESK, PASSWORD, Site};
use spotcheck::model::AccountRole;
use spotcheck::store::Tx;
use spotcheck::work::Context;
use spotcheck::work::audit::{Chain, Entry, newest, verify};

async fn actions(ctx: &Context) -> Vec<String> {
    let told =
        |entry: &Entry| [&entry.account, &entry.action, &entry.subject, &entry.detail].map(String::as_str).join("|");
    let mut all: Vec<String> = newest(ctx, None, 100).await.unwrap().iter().map(told).collect();
    all.reverse();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_who_signed_in_failed_and_was_refused() {
    let site = Site::of(House::new(Setting::default()).await).await;
    site.account("viewer", AccountRole::Viewer, None).await;
    let mut browser = site.browser();
    browser.sign_in("viewer", "a wrong guess, or two");
    browser.sign_in("hunter2 typed into the wrong field", "x");
    browser.sign_in("viewer", PASSWORD);
    browser.get("/setup");
    browser.post("/record", &[("assignment", "K7Q2M")]);
    browser.post_as("/language", &[], &[]);
    browser.post("/language", &[("language", "zh-Hans")]);
    browser.post("/logout", &[]);
    let expected = [
        "|account_add|viewer|viewer",
        "viewer|password_set||",
        "viewer|sign_in_failed||",
        "|sign_in_failed||",
        "viewer|sign_in||",
        "viewer|refused|/setup|role",
        "viewer|refused|/record|role",
        "viewer|refused|/language|form",
        "viewer|/language||done",
        "viewer|sign_out||",
    ];
    assert_eq!(actions(&site.ctx).await, expected);
    let lines = newest(&site.ctx, None, 100).await.unwrap();
    assert!(lines.iter().filter(|line| line.account == "viewer").all(|line| line.address == DESK));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_changed_taken_out_or_added_shows() {
    for (change, broken) in [
        ("UPDATE audit SET entry = REPLACE(entry, 'viewer', 'somebody') WHERE seq = 2", 2),
        ("UPDATE audit SET at = at + 1 WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("INSERT INTO audit SELECT 4, at, entry, head FROM audit WHERE seq = 3", 4),
    ] {
        let site = Site::of(House::new(Setting::default()).await).await;
        site.account("viewer", AccountRole::Viewer, None).await;
        site.browser().sign_in("viewer", PASSWORD);
        let mut seen = 0;
        let whole = verify(&site.ctx, |_| seen += 1).await.unwrap();
        assert!(matches!(whole, Chain::Whole { lines: 3, .. }) && seen == 3, "{whole:?}");
        // Somebody with the file of the database at hand takes the triggers away first.
        let Tx::Sqlite(mut tx) = site.ctx.store.begin().await.unwrap() else { panic!() };
        for sql in ["DROP TRIGGER audit_keeps", "DROP TRIGGER audit_stays", change] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(verify(&site.ctx, |_| ()).await.unwrap(), Chain::Broken { seq: broken }, "{change}");
    }
}
