//! What an office enters by hand: findings, complaints, its word that a file is complete; and a long list of accounts.

use super::county::county;
use super::site::PASSWORD;
use spotcheck::model::AccountRole::{Administrator, Dispatcher};
use spotcheck::model::{AccountRole, Language};
use spotcheck::store::NewAccount;
use spotcheck::work::findings_told;

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_and_a_complaint_are_entered_and_stand_in_their_lists() {
    let (site, _) = county().await;
    let mut desk = site.signed_in("desk", Dispatcher).await;
    let leaks =
        [("on", "team"), ("subject", " T1 "), ("good", ""), ("text", "the roof leaks"), ("owner", "Wang Jianguo")];
    let got = desk.post("/findings/open", &leaks);
    assert!(got.status == 303 && got.to.starts_with("/findings/R-"), "{} {}", got.status, got.body);
    assert!(desk.get(&got.to).body.contains("the roof leaks"));
    let entry = findings_told::show(&site.ctx, got.to.trim_start_matches("/findings/")).await.unwrap().unwrap();
    assert_eq!((entry.finding.opened_by.as_str(), entry.finding.owner.as_str()), ("desk", "Wang Jianguo"));
    assert!(desk.get("/findings").body.contains("the roof leaks"));
    let good = [("on", "office"), ("subject", "yunling"), ("good", "1"), ("text", "a clean yard")];
    let noted = desk.post("/findings/open", &good);
    assert!(desk.get(&noted.to).body.contains("a clean yard"), "{}", noted.body);
    let wrong = desk.post("/findings/open", &[("on", "team"), ("subject", "T999"), ("text", "<i>x")]);
    assert!(
        wrong.status == 422 && wrong.body.contains("T999") && wrong.body.contains("&#60;i&#62;x"),
        "{}",
        wrong.body
    );
    let heard = [("inspector", "I1"), ("from", "a farmer"), ("text", "He never came.")];
    let got = desk.post("/flags/complaint", &heard);
    assert!(got.status == 303 && got.to.starts_with("/cases/C-"), "{} {}", got.status, got.body);
    assert!(desk.get(&got.to).body.contains("He never came."));
    let id = got.to.trim_start_matches("/cases/").to_owned();
    assert!(desk.get("/flags").body.contains(&id));
    assert_eq!(desk.post("/flags/complaint", &[("inspector", "I999"), ("text", "x")]).status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_entered_on_what_another_office_has() {
    let (site, _) = county().await;
    site.account("beside", Dispatcher, Some("beside")).await;
    let mut beside = site.browser();
    assert_eq!(beside.sign_in("beside", PASSWORD).status, 303);
    let counted = async || {
        let mut tx = site.ctx.store.read().await.unwrap();
        (tx.findings(&Default::default()).await.unwrap().len(), tx.complaints(None).await.unwrap().len())
    };
    let before = counted().await;
    for (on, subject) in [("team", "T1"), ("office", "yunling"), ("team", "T999")] {
        let got = beside.post("/findings/open", &[("on", on), ("subject", subject), ("text", "x")]);
        assert_eq!(got.status, 422, "{on} {subject}");
        assert!(got.body.contains("among what you see"), "one answer, whether it is there or not: {}", got.body);
    }
    assert_eq!(beside.post("/flags/complaint", &[("inspector", "I1"), ("text", "x")]).status, 422);
    assert_eq!(counted().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_few_rows_is_complete_once_a_person_says_so() {
    let (site, things) = county().await;
    let mut tx = site.ctx.store.begin().await.unwrap();
    let with_source = tx.batches().await.unwrap().into_iter().find(|batch| batch.source.is_some()).unwrap();
    tx.set_complete(&with_source.id, false).await.unwrap();
    tx.commit().await.unwrap();
    let (page, path) = (format!("/imports/{}", with_source.id), format!("/imports/{}/complete", with_source.id));
    let mut desk = site.signed_in("desk", Dispatcher).await;
    let mut auditor = site.signed_in("audit", AccountRole::Auditor).await;
    assert!(desk.get(&page).body.contains(&path) && !auditor.get(&page).body.contains(&path));
    assert_eq!(auditor.post(&path, &[("reason", "x")]).status, 403);
    assert_eq!(desk.post(&path, &[("reason", " ")]).status, 422);
    let got = desk.post(&path, &[("reason", "the clock was away for repair")]);
    assert_eq!((got.status, got.to.as_str()), (303, page.as_str()), "{}", got.body);
    let body = desk.get(&page).body;
    assert!(body.contains("the clock was away for repair") && !body.contains(&path), "{body}");
    assert!(!things.batch.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_accounts_are_a_page_at_a_time() {
    let (site, _) = county().await;
    let mut tx = site.ctx.store.begin().await.unwrap();
    let office = "beside".parse().unwrap();
    for n in 0..260 {
        let (id, language) = (format!("u{n:03}"), Language::En);
        let role = AccountRole::Viewer;
        let new = NewAccount { id: &id, name: &id, role, office: Some(&office), language, at: site.ctx.now() };
        assert!(tx.add_account(&new).await.unwrap());
    }
    tx.commit().await.unwrap();
    let mut admin = site.signed_in("zadmin", Administrator).await;
    let mut seen = 0;
    let mut next = "/setup/users".to_owned();
    loop {
        let body = admin.get(&next).body;
        assert!(body.len() < 100_000, "{next}: {} bytes", body.len());
        seen += (0..260).filter(|n| body.contains(&format!("New one-time address for u{n:03}"))).count();
        let Some((before, _)) = body.split_once("Next page") else { break };
        let link = before.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap();
        next = link.replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!(seen, 260);
    site.account("padmin", Administrator, Some("yunling")).await;
    let mut own = site.browser();
    assert_eq!(own.sign_in("padmin", PASSWORD).status, 303);
    assert!(!own.get("/setup/users").body.contains("u000"), "of another office");
}
