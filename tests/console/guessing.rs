//! Whoever guesses is slowed down; whom it is aimed at is not locked out.

use super::house::{House, Setting, time};
use super::site::{DESK, PASSWORD, Site};
use spotcheck::model::AccountRole;

#[tokio::test(flavor = "multi_thread")]
async fn an_attacker_is_limited_and_the_real_user_is_not_locked_out() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut known = site.signed_in("wangmin", AccountRole::Head).await;
    let mut attacker = site.browser_at("203.0.113.9");
    let tried: Vec<u16> =
        (0..12).map(|n| attacker.sign_in("wangmin", &format!("guess number {n} of many")).status).collect();
    let looked_at = tried.iter().filter(|status| **status == 401).count();
    assert!((5..=6).contains(&looked_at) && tried.last() == Some(&429), "{tried:?}");
    assert_eq!(attacker.sign_in("wangmin", PASSWORD).status, 429, "even a right guess is not looked at");

    // The person, at the desk as always, and at home where nobody knows her yet.
    assert_eq!(known.sign_in("wangmin", PASSWORD).status, 303);
    assert_eq!(site.browser_at("198.51.100.7").sign_in("wangmin", PASSWORD).status, 303);

    // The more failures, the longer the wait; it ends.
    site.ctx.clock.set(time("2026-03-02 10:20"));
    assert_eq!(attacker.sign_in("wangmin", "guess number 20 of many").status, 401);
    assert_eq!(attacker.sign_in("wangmin", "guess number 21 of many").status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_guesses_at_the_persons_own_desk_does_not_keep_her_out() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut known = site.signed_in("wangmin", AccountRole::Head).await;
    let mut colleague = site.browser_at(DESK);
    for n in 0..9 {
        assert_eq!(colleague.sign_in("wangmin", &format!("guess number {n} of many")).status, 401);
    }
    assert_eq!(known.sign_in("wangmin", PASSWORD).status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_try_all_accounts() {
    let site = Site::of(House::new(Setting::default()).await).await;
    site.account("wangmin", AccountRole::Head, None).await;
    let mut attacker = site.browser_at("203.0.113.9");
    let tried: Vec<u16> =
        (0..40).map(|n| attacker.sign_in(&format!("user{n}"), "spring lambs on ice").status).collect();
    assert_eq!(tried.iter().filter(|status| **status == 401).count(), 30, "{tried:?}");
    assert_eq!(site.browser_at("198.51.100.7").sign_in("wangmin", PASSWORD).status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_which_accounts_there_are() {
    let site = Site::of(House::new(Setting::default()).await).await;
    site.account("wangmin", AccountRole::Head, None).await;
    site.begun("begun", AccountRole::Head, None).await;
    let answers = ["wangmin", "begun", "nobody", "WANGMIN ", "../../etc/passwd"].map(|account| {
        let got = site.browser_at("203.0.113.9").sign_in(account, "spring lambs on ice");
        (got.status, got.body)
    });
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 401), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_addresses_of_one_line_are_one() {
    let site = Site::of(House::new(Setting::default()).await).await;
    site.account("wangmin", AccountRole::Head, None).await;
    let tried: Vec<u16> = (0..9)
        .map(|n| site.browser_at(&format!("2001:db8:7::{n:x}")).sign_in("wangmin", "spring lambs on ice").status)
        .collect();
    assert!(tried[..5].iter().all(|status| *status == 401) && tried[8] == 429, "{tried:?}");
    assert_eq!(site.browser_at("2001:db8:8::1").sign_in("wangmin", PASSWORD).status, 303, "another line");
}
