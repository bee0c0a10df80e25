//! What every answer carries, whatever it says.

use super::house::{House, Setting};
use super::site::{Got, Site};
use spotcheck::model::AccountRole;

const ALWAYS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("strict-transport-security", "max-age=31536000"),
];

fn secured(got: &Got, what: &str) {
    for (name, value) in ALWAYS {
        assert_eq!(got.header(name), value, "{what}: {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_them() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut nobody = site.browser();
    for (path, status) in [
        ("/login", 200),
        ("/console.css", 200),
        ("/", 303),
        ("/today", 303),
        ("/first/0123", 404),
        ("/nothing/here", 404),
        ("/%ff%fe", 404),
    ] {
        let got = nobody.get(path);
        assert_eq!(got.status, status, "{path}");
        secured(&got, path);
    }
    for path in ["/today", "/nothing"] {
        let got = nobody.post(path, &[]);
        assert_eq!(got.status, 404, "no such form");
        secured(&got, path);
    }
    secured(&nobody.post("/login", &[("account", "x"), ("password", "y")]), "wrong password");
    secured(&nobody.post_as("/login", &[], &[("origin", "https://evil.example")]), "foreign form");
    let mut viewer = site.signed_in("viewer", AccountRole::Viewer).await;
    for path in ["/setup", "/login/second"] {
        secured(&viewer.get(path), path);
    }
    secured(&viewer.post("/language", &[("language", "zh-Hans")]), "form");
    let got = viewer.get("/setup");
    assert!(got.status == 403 && got.body.contains("您的角色"), "in the person's language: {}", got.body);
    assert!(!got.body.contains("<script") && !got.body.contains("style="), "{}", got.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_sent_on_within_the_console_only() {
    let site = Site::of(House::new(Setting::default()).await).await;
    site.account("wangmin", AccountRole::Head, None).await;
    for (next, to) in [
        ("/cases/F-1", "/cases/F-1"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/x\r\nset-cookie: a=b", "/"),
        ("/login", "/"),
    ] {
        let mut browser = site.browser();
        let fields = [("account", "wangmin"), ("password", super::site::PASSWORD), ("next", next)];
        assert_eq!(browser.post("/login", &fields).to, to, "{next:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_the_language_stays_on_the_page() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut browser = site.signed_in("wangmin", AccountRole::Head).await;
    for (page, to) in [
        ("https://console.example/flags?state=open&age=7", "/flags?state=open&age=7"),
        ("https://console.example", "/"),
        ("https://evil.example//evil.example/x", "/"),
        ("", "/"),
    ] {
        let csrf = browser.csrf.clone();
        let headers = [("origin", super::site::ADDRESS), ("referer", page)];
        assert_eq!(browser.post_as("/language", &[("language", "en"), ("csrf", &csrf)], &headers).to, to, "{page}");
    }
}
