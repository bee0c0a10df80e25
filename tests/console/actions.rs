//! What people do by forms is what the commands do.

use super::county::county;
use super::house::{House, Setting, time};
use super::records::leave;
use super::site::{PASSWORD, Site};
use spotcheck::model::AccountRole::{Administrator, Dispatcher, Head};
use spotcheck::model::FlagState;
use spotcheck::work::audit::newest;
use spotcheck::work::{Context, flags, tokens};

async fn state(ctx: &Context, id: &str) -> FlagState {
    flags::show(ctx, id).await.unwrap().unwrap().standing.flag.state
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_decides_and_the_desk_does_not() {
    let (site, things) = county().await;
    // Nobody explained in time.
    site.ctx.clock.set(time("2026-03-16 09:00"));
    let mut desk = site.signed_in("desk", Dispatcher).await;
    let mut head = site.signed_in("wangmin", Head).await;
    let (id, path) = (things.flag.as_str(), format!("/cases/{}/decide", things.flag));
    let confirm = [("action", "confirm"), ("reason", "not on post, no leave on record")];
    assert_eq!(desk.post(&path, &confirm).status, 403);
    assert_eq!(state(&site.ctx, id).await, FlagState::Asked);
    let empty = head.post(&path, &[("action", "confirm"), ("reason", " ")]);
    assert!(empty.status == 422 && empty.body.contains("must not be empty"), "{}", empty.body);
    let got = head.post(&path, &confirm);
    assert_eq!((got.status, got.to.as_str()), (303, format!("/cases/{id}").as_str()), "{}", got.body);
    let page = head.get(&got.to).body;
    assert!(page.contains("confirmed") && page.contains("no leave on record"), "{page}");
    assert_eq!(state(&site.ctx, id).await, FlagState::Confirmed);
    // What was decided does not come back by reloading, and is told once.
    let again = head.get(&got.to).body;
    assert!(page.contains("role=\"status\"") && !again.contains("role=\"status\""), "{again}");
    let case = flags::show(&site.ctx, id).await.unwrap().unwrap();
    assert_eq!(case.steps.last().unwrap().actor, "wangmin");
    let late = head.post(&path, &[("action", "confirm"), ("reason", "once <b>more</b>")]);
    assert!(late.status == 422 && late.body.contains("once &#60;b&#62;more"), "typed text comes back: {}", late.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_is_filed_with_its_scan_and_a_reminder_goes_out_once() {
    let (site, things) = county().await;
    let mut desk = site.signed_in("desk", Dispatcher).await;
    let remind = [("case", things.flag.as_str())];
    assert_eq!(desk.post("/flags/remind", &remind).to, "/flags");
    assert!(desk.get("/flags").body.contains("reminders: 1"));
    desk.post("/flags/remind", &remind);
    assert!(desk.get("/flags").body.contains("reminded before: 1"));
    let letters = site.ctx.store.read().await.unwrap().letters(None, 1000).await.unwrap();
    assert_eq!(letters.iter().filter(|letter| letter.kind == "explain").count(), 2, "the letter and its reminder");
    let path = format!("/cases/{}/decide", things.flag);
    let fields = [("action", "answer"), ("from", "Liu Min"), ("text", "I was at the clinic.")];
    let got = desk.upload(&path, &fields, ("../clinic.pdf", b"%PDF-1.4"));
    assert_eq!((got.status, state(&site.ctx, things.flag.as_str()).await), (303, FlagState::Explained), "{got:?}");
    let case = flags::show(&site.ctx, things.flag.as_str()).await.unwrap().unwrap();
    assert_eq!(case.dossier.files[0].name, "clinic.pdf");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_before_it_is_imported() {
    let (site, _) = county().await;
    let mut desk = site.signed_in("desk", Dispatcher).await;
    let count = async || site.ctx.store.read().await.unwrap().batches().await.unwrap().len();
    let before = count().await;
    let papers = [
        ("O11", "2026-03-05 08:00", "2026-03-05 18:00", "2026-03-04 09:00"),
        ("O99", "2026-03-05 08:00", "2026-03-05 18:00", "2026-03-04 09:00"),
    ];
    let csv = leave(&papers);
    let fields = [("source", "leave"), ("from", "2026-03-05"), ("to", "2026-03-05")];
    let page = desk.upload("/imports/preview", &fields, ("三月 leave.csv", csv.as_bytes()));
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("三月 leave.csv") && page.body.contains("O99"), "{}", page.body);
    assert_eq!(count().await, before, "nothing is written");
    let confirm = page.body.split("action=\"/imports/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let rejects = desk.get(&format!("/imports/{confirm}/rejects"));
    assert!(rejects.body.contains("O99") && !rejects.body.contains("O11"), "{}", rejects.body);
    assert!(rejects.header("content-disposition").starts_with("attachment"));
    let mut other = site.signed_in("other", Dispatcher).await;
    other.post(&format!("/imports/{confirm}/confirm"), &[]);
    assert_eq!(count().await, before, "another's file");
    let got = desk.post(&format!("/imports/{confirm}/confirm"), &[]);
    assert!(got.status == 303 && got.to.starts_with("/imports/"), "{got:?}");
    assert_eq!(count().await, before + 1);
    assert_eq!(desk.get(&got.to).status, 200);
    desk.post(&format!("/imports/{confirm}/confirm"), &[]);
    assert_eq!(count().await, before + 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_enters_a_result_under_its_own_name() {
    let (site, things) = county().await;
    let mut desk = site.signed_in("desk", Dispatcher).await;
    let fields = [
        ("assignment", things.assignment.as_str()),
        ("code", "V1.1"),
        ("outcome", "absent"),
        ("at", "10:30"),
        ("remark", "the door was locked"),
        ("said_by", "Zhao Xin"),
    ];
    let got = desk.post("/record", &fields);
    assert_eq!((got.status, got.to), (303, format!("/record?key={}", things.assignment)));
    let recorded = site.ctx.store.read().await.unwrap().outcomes_of(&things.assignment).await.unwrap();
    let one = recorded.iter().find(|outcome| outcome.person == "V1.1").unwrap();
    assert!(one.remark.contains("locked") && one.outcome.is_absence(), "{one:?}");
    // Lists of targets that were seen stand in the audit log.
    desk.get(&format!("/record?key={}", things.assignment));
    let lines = newest(&site.ctx, None, 5).await.unwrap();
    let seen = |line: &spotcheck::work::audit::Entry| line.action == "view" && line.subject == "/record";
    assert!(lines.iter().any(|line| seen(line) && line.account == "desk"), "{lines:?}");
    assert!(lines.iter().any(|line| line.action == "/record" && line.detail == "done"), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_accounts_and_tokens_that_are_shown_once() {
    let site = Site::of(House::new(Setting::default()).await).await;
    let mut admin = site.signed_in("admin", Administrator).await;
    let fields = [("account", "LiHua"), ("name", "李华"), ("role", "dispatcher"), ("office", ""), ("language", "en")];
    let page = admin.post("/setup/users/add", &fields).body;
    let path = page.split("https://console.example").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let mut person = site.browser();
    assert_eq!(person.post(&path, &[("password", PASSWORD), ("again", PASSWORD)]).status, 200);
    assert_eq!(person.sign_in("lihua", PASSWORD).status, 303);
    let list = admin.get("/setup/users").body;
    assert!(list.contains("李华") && !list.contains(&path), "{list}");
    assert_eq!(admin.post("/setup/users/disable", &[("account", "admin")]).status, 422, "not the own one");
    assert_eq!(admin.post("/setup/users/disable", &[("account", "lihua")]).status, 303);
    assert_eq!(person.get("/today").status, 303, "out at once");

    let page = admin.post("/setup/tokens/add", &[("source", "punches"), ("name", "gate")]).body;
    let secret = page.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let token = tokens::of(&site.ctx, &secret).await.unwrap().unwrap();
    assert_eq!((token.source.as_str(), token.created_by.as_str()), ("punches", "admin"));
    assert_eq!(admin.post("/setup/tokens/end", &[("token", &token.id)]).status, 303);
    assert_eq!(tokens::of(&site.ctx, &secret).await.unwrap(), None);
}
