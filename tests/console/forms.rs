//! Forms are taken from the console's own pages only.

use super::house::{House, Setting};
use super::site::{ADDRESS, Site};
use spotcheck::model::{AccountRole, Language};

async fn language(site: &Site) -> Language {
    site.ctx.store.read().await.unwrap().account("wangmin").await.unwrap().unwrap().language
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_elsewhere_does_nothing() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut browser = site.signed_in("wangmin", AccountRole::Head).await;
    let token = browser.csrf.clone();
    let mut other = site.signed_in("lihua", AccountRole::Head).await;
    let of_another = other.csrf.clone();
    let chinese = ("language", "zh-Hans");
    let own = [("origin", ADDRESS), ("sec-fetch-site", "same-origin")];
    for (why, fields, headers) in [
        ("no token", vec![chinese], own.to_vec()),
        ("a wrong token", vec![chinese, ("csrf", "0123456789abcdef")], own.to_vec()),
        ("the token of another session", vec![chinese, ("csrf", &of_another)], own.to_vec()),
        ("another origin", vec![chinese, ("csrf", &token)], vec![("origin", "https://evil.example")]),
        ("no origin that it tells", vec![chinese, ("csrf", &token)], vec![("origin", "null")]),
        ("the same host without TLS", vec![chinese, ("csrf", &token)], vec![("origin", "http://console.example")]),
        ("a page beside", vec![chinese, ("csrf", &token)], vec![("sec-fetch-site", "same-site")]),
        ("a page elsewhere", vec![chinese, ("csrf", &token)], vec![("sec-fetch-site", "cross-site")]),
    ] {
        let got = browser.post_as("/language", &fields, &headers);
        assert_eq!((got.status, language(&site).await), (403, Language::En), "{why}");
    }
    let got = browser.post_as("/language", &[chinese, ("csrf", &token)], &own);
    assert_eq!((got.status, language(&site).await), (303, Language::ZhHans));
    // An old browser that tells nothing has the token, at least.
    let got = browser.post_as("/language", &[("language", "en"), ("csrf", &token)], &[]);
    assert_eq!((got.status, language(&site).await), (303, Language::En));
    assert_eq!(other.get("/login/second").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_from_a_foreign_page_is_refused_too() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut browser = site.browser();
    let fields = [("account", "wangmin"), ("password", "whatever it may be")];
    assert_eq!(browser.post_as("/login", &fields, &[("origin", "https://evil.example")]).status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_no_form_is_refused() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut browser = site.signed_in("wangmin", AccountRole::Head).await;
    let own = [("origin", ADDRESS)];
    let large = format!("language=en&csrf={}&filler={}", browser.csrf, "x".repeat(70_000));
    let form = "application/x-www-form-urlencoded";
    assert_eq!(browser.post_bytes("/language", form, large.into_bytes(), &own).status, 413);
    assert_eq!(browser.post_bytes("/language", "application/json", b"{}".to_vec(), &own).status, 415);
    assert_eq!(browser.post_bytes("/language", "multipart/form-data; boundary=b", b"--b--".to_vec(), &own).status, 415);
    let many: String = (0..600).map(|n| format!("f{n}=x&")).collect();
    assert_eq!(browser.post_bytes("/language", form, many.into_bytes(), &own).status, 413);
}
