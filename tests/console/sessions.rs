//! The one-time address, sessions from their beginning to their end.

use super::house::{House, Setting, time};
use super::site::{COOKIE, PASSWORD, Site};
use spotcheck::model::{AccountRole, Sha256};
use spotcheck::work::{accounts, audit};

async fn site() -> Site {
    Site::of(House::new(Setting::default()).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_one_time_address_sets_a_password_once() {
    let site = site().await;
    let secret = site.begun("wangmin", AccountRole::Head, None).await;
    let (mut browser, path) = (site.browser(), format!("/first/{secret}"));
    assert!(browser.get(&path).body.contains("wangmin"));
    let weak = [("password", "Password20262026"), ("again", "Password20262026")];
    let got = browser.post(&path, &weak);
    assert_eq!(got.status, 422, "a weak one is refused with its reason: {}", got.body);
    let other = browser.post(&path, &[("password", PASSWORD), ("again", "six quiet lanterns, no moth!")]);
    assert!(other.status == 422 && other.body.contains("not the same"), "{}", other.body);
    assert!(!other.body.contains("lanterns"), "no page repeats a password");
    let both = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(browser.post(&path, &both).status, 200);
    assert_eq!(browser.post(&path, &both).status, 404, "used twice");
    assert_eq!(browser.get(&path).status, 404);
    assert_eq!(browser.sign_in("wangmin", PASSWORD).status, 303);

    let late = site.begun("late", AccountRole::Viewer, None).await;
    site.ctx.clock.set(time("2026-03-03 10:01"));
    assert_eq!(browser.get(&format!("/first/{late}")).status, 404, "a day is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_opens_anything_stands_in_the_database() {
    let site = site().await;
    let secret = site.begun("wangmin", AccountRole::Head, None).await;
    accounts::begin_with(&site.ctx, &secret, PASSWORD, "").await.unwrap();
    let mut browser = site.browser();
    browser.sign_in("wangmin", PASSWORD);
    let session = browser.cookie.clone().unwrap();
    assert_eq!((secret.len(), session.len()), (64, 64), "256 bits");
    let mut tx = site.ctx.store.begin().await.unwrap();
    let account = tx.account("wangmin").await.unwrap().unwrap();
    assert!(account.password.unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(tx.session(&Sha256::of(session.as_bytes())).await.unwrap().is_some());
    let spotcheck::store::Tx::Sqlite(tx) = &mut tx else { panic!() };
    let all: Vec<(String,)> = sqlx::query_as(
        "SELECT hash || account FROM session UNION ALL SELECT hash || account FROM one_time
         UNION ALL SELECT entry FROM audit UNION ALL SELECT account || address FROM sign_in",
    )
    .fetch_all(&mut **tx)
    .await
    .unwrap();
    for (row,) in all {
        assert!(!row.contains(&session) && !row.contains(&secret) && !row.contains(PASSWORD), "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_anew_with_signing_in_and_ends_on_the_server() {
    let site = site().await;
    site.account("wangmin", AccountRole::Head, None).await;
    let mut browser = site.browser();
    // Somebody put a session of their own choice into this browser.
    browser.cookie = Some("a".repeat(64));
    assert_eq!(browser.get("/today").to, "/login?next=%2Ftoday");
    let got = browser.sign_in("wangmin", PASSWORD);
    let cookie = got.header("set-cookie");
    for part in [&format!("{COOKIE}="), "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let first = browser.cookie.clone().unwrap();
    assert_ne!(first, "a".repeat(64));
    // Signing in again in the same browser ends the session before.
    browser.sign_in("wangmin", PASSWORD);
    let second = browser.cookie.clone().unwrap();
    assert_ne!(first, second);
    browser.cookie = Some(first);
    assert_eq!(browser.get("/login/second").status, 303, "the first one is over");
    browser.cookie = Some(second.clone());
    assert_eq!(browser.get("/login/second").status, 200);
    let got = browser.post("/logout", &[]);
    assert!(got.status == 303 && browser.cookie.is_none(), "{got:?}");
    browser.cookie = Some(second);
    assert_eq!(browser.get("/login/second").status, 303, "over on the server, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_when_nobody_is_there_and_when_the_day_is_over() {
    let site = site().await;
    let mut browser = site.signed_in("wangmin", AccountRole::Head).await;
    let mut alive = |moment: &str| {
        site.ctx.clock.set(time(moment));
        browser.get("/login/second").status == 200
    };
    assert!(alive("2026-03-02 10:29"));
    assert!(alive("2026-03-02 10:58"), "seen at 10:29");
    assert!(!alive("2026-03-02 11:28"), "half an hour without a sign");

    site.ctx.clock.set(time("2026-03-02 10:00"));
    assert_eq!(browser.sign_in("wangmin", PASSWORD).status, 303);
    let mut minutes = 0;
    let lasted = loop {
        minutes += 20;
        site.ctx.clock.set(time("2026-03-02 10:00").plus(minutes * 60_000));
        if browser.get("/login/second").status != 200 {
            break minutes;
        }
    };
    assert_eq!(lasted, 12 * 60, "whatever is done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_out_at_once() {
    let site = site().await;
    let mut browser = site.signed_in("wangmin", AccountRole::Head).await;
    assert!(accounts::disable(&site.ctx, "wangmin", &audit::Line::default()).await.unwrap());
    assert_eq!(browser.get("/login/second").status, 303);
    assert_eq!(browser.sign_in("wangmin", PASSWORD).status, 401);
    // Brought back with a new address: the old password is gone.
    let begun = accounts::reset(&site.ctx, "wangmin", &audit::Line::default()).await.unwrap().unwrap();
    assert_eq!(browser.sign_in("wangmin", PASSWORD).status, 401);
    assert_eq!(browser.get(&format!("/first/{}", begun.secret)).status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_knows_the_password_changes_it_and_other_sessions_end() {
    let site = site().await;
    let mut browser = site.signed_in("wangmin", AccountRole::Head).await;
    let mut elsewhere = site.browser();
    elsewhere.sign_in("wangmin", PASSWORD);
    let new = "nine slow kites above the weir";
    let change = |old, password, again| [("old", old), ("password", password), ("again", again)];
    for (fields, told) in [
        (change("another one entirely", new, new), "another one"),
        (change(PASSWORD, new, "nine slow kites above"), "not the same"),
        (change(PASSWORD, "Password20262026", "Password20262026"), "too little is left"),
    ] {
        let got = browser.post("/account/password", &fields);
        assert!(got.status == 422 && got.body.contains(told), "{told}: {}", got.body);
    }
    assert_eq!(browser.post("/account/password", &change(PASSWORD, new, new)).status, 303);
    assert_eq!(browser.get("/account").status, 200);
    assert_eq!(elsewhere.get("/account").status, 303, "ended");
    assert_eq!(elsewhere.sign_in("wangmin", PASSWORD).status, 401);
    assert_eq!(elsewhere.sign_in("wangmin", new).status, 303);
}
