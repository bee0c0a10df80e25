//! A second factor: RFC 6238, set up, asked for, used once.

use super::house::{House, Setting, time};
use super::site::{PASSWORD, Site};
use spotcheck::config::SecondFactor;
use spotcheck::model::AccountRole;
use spotcheck::work::Context;
use spotcheck::work::second_factor::{base32, code};

#[test]
fn codes_are_those_of_the_standard() {
    // RFC 6238, appendix B, SHA-1.
    let secret = b"12345678901234567890";
    for (seconds, expected) in [
        (59_u64, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        assert_eq!(code(secret, seconds / 30, 8), expected, "{seconds}");
    }
    // RFC 4648, section 10, without padding.
    assert_eq!([b"f".as_slice(), b"fooba", b"foobar"].map(base32), ["MY", "MZXW6YTB", "MZXW6YTBOI"]);
}

async fn now(ctx: &Context, account: &str, steps: i64) -> String {
    let account = ctx.store.read().await.unwrap().account(account).await.unwrap().unwrap();
    let step = ctx.now().0 / 30_000 + steps;
    code(&ctx.second_factor(&account).unwrap(), u64::try_from(step).unwrap(), 6)
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_cannot_do_without_where_it_is_required() {
    let site = Site::with(House::new(Setting::default()).await, SecondFactor::Required).await;
    site.account("wangmin", AccountRole::Head, None).await;
    site.account("lihua", AccountRole::Dispatcher, None).await;
    assert_eq!(site.browser().sign_in("lihua", PASSWORD).to, "/", "others can");

    let mut browser = site.browser();
    assert_eq!(browser.sign_in("wangmin", PASSWORD).to, "/login/second");
    let half = browser.cookie.clone();
    assert_eq!(browser.get("/today").to, "/login/second", "not signed in yet");
    assert_eq!(browser.post("/language", &[("language", "en")]).to, "/login/second");
    assert_eq!(browser.post("/login/second", &[("begin", "yes")]).status, 303);
    let page = browser.get("/login/second").body;
    assert!(page.contains("otpauth://totp/Spotcheck:wangmin?secret="), "{page}");
    assert!(page.contains("<svg class=\"qr\" role=\"img\" aria-label=\"The key as a QR code\""), "{page}");
    assert_eq!(browser.post("/login/second", &[("code", "000000")]).status, 401);
    let right = now(&site.ctx, "wangmin", 0).await;
    assert_eq!(browser.post("/login/second", &[("code", &right)]).to, "/");
    assert_ne!(browser.cookie, half, "a new session");
    let later = browser.get("/login/second").body;
    assert!(!later.contains("otpauth") && !later.contains("<svg"), "shown while it is set up, and never again");

    // The same code again, and one of ten minutes ago, count for nothing; the next one does.
    let mut again = site.browser();
    assert_eq!(again.sign_in("wangmin", PASSWORD).to, "/login/second");
    assert_eq!(again.post("/login/second", &[("code", &right)]).status, 401);
    assert_eq!(again.post("/login/second", &[("begin", "yes")]).status, 303);
    let old = now(&site.ctx, "wangmin", -20).await;
    assert_eq!(again.post("/login/second", &[("code", &old)]).status, 401, "and no new one is begun without the old");
    site.ctx.clock.set(time("2026-03-02 10:01"));
    let next = now(&site.ctx, "wangmin", 0).await;
    assert_eq!(again.post("/login/second", &[("code", &format!("{} {}", &next[..3], &next[3..]))]).to, "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_cannot_be_guessed_either() {
    let site = Site::with(House::new(Setting::default()).await, SecondFactor::Required).await;
    site.account("wangmin", AccountRole::Head, None).await;
    let mut browser = site.browser();
    browser.sign_in("wangmin", PASSWORD);
    browser.post("/login/second", &[("begin", "yes")]);
    let tried: Vec<u16> =
        (0..9).map(|n| browser.post("/login/second", &[("code", &format!("00000{n}"))]).status).collect();
    assert!(tried[..5].iter().all(|status| *status == 401) && tried[8] == 429, "{tried:?}");
    // Half a session is over soon.
    site.ctx.clock.set(time("2026-03-02 10:10"));
    assert_eq!(browser.get("/login/second").to, "/login?next=%2Flogin%2Fsecond");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_one_switches_it_on() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut browser = site.signed_in("lihua", AccountRole::Dispatcher).await;
    assert_eq!(browser.get("/login/second").status, 200);
    browser.post("/login/second", &[("begin", "yes")]);
    let right = now(&site.ctx, "lihua", 0).await;
    assert_eq!(browser.post("/login/second", &[("code", &right)]).to, "/");
    assert_eq!(site.browser().sign_in("lihua", PASSWORD).to, "/login/second", "asked for from now on");
}
