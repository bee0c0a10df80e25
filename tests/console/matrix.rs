//! Every route × every role × the own office and another: who gets what.

use super::county::{Things, county};
use super::site::{Browser, PASSWORD, Site};
use spotcheck::console::web::{Method, ROUTES, Who};
use spotcheck::model::AccountRole::{self, Administrator, Auditor, Dispatcher, Head, Viewer};

/// What whoever may come in gets: of the own office, of another.
enum Expected {
    /// Not held against a role: tested where sessions are.
    Open,
    These(&'static [AccountRole], u16, u16),
}
use Expected::{Open, These};

const ALL: &[AccountRole] = &AccountRole::ALL;
const READERS: &[AccountRole] = &[Viewer, Dispatcher, Head, Auditor];
const CASES: &[AccountRole] = &[Dispatcher, Head, Auditor];
const DESK: &[AccountRole] = &[Dispatcher, Head];
const SETUP: &[AccountRole] = &[Head, Auditor, Administrator];
const ADMINISTRATORS: &[AccountRole] = &[Administrator];

/// 303: done, and shown where; 422: come in, and something is to be put right.
const EXPECTED: &[(&str, &str, Expected)] = &[
    ("GET", "/console.css", Open),
    ("GET", "/login", Open),
    ("POST", "/login", Open),
    ("GET", "/login/second", Open),
    ("POST", "/login/second", Open),
    ("POST", "/logout", Open),
    ("GET", "/first/{secret}", Open),
    ("POST", "/first/{secret}", Open),
    ("GET", "/", These(ALL, 303, 303)),
    ("POST", "/language", These(ALL, 303, 303)),
    ("GET", "/account", These(ALL, 200, 200)),
    ("POST", "/account/password", These(ALL, 422, 422)),
    ("GET", "/today", These(READERS, 200, 200)),
    ("GET", "/today/print", These(DESK, 200, 200)),
    ("POST", "/today/resend", These(DESK, 303, 404)),
    ("POST", "/today/remind", These(DESK, 303, 404)),
    ("GET", "/coverage", These(READERS, 200, 200)),
    ("GET", "/flags", These(READERS, 200, 200)),
    ("POST", "/flags/remind", These(DESK, 303, 404)),
    ("POST", "/flags/complaint", These(DESK, 422, 422)),
    ("GET", "/cases/{id}", These(CASES, 200, 404)),
    ("POST", "/cases/{id}/decide", These(DESK, 422, 404)),
    ("GET", "/draws", These(READERS, 200, 200)),
    ("GET", "/draws/{window}", These(READERS, 200, 404)),
    // Not before the keys are published.
    ("GET", "/draws/{window}/bundle", These(READERS, 404, 404)),
    ("GET", "/quarantine", These(CASES, 200, 200)),
    ("GET", "/quarantine/{id}", These(CASES, 200, 404)),
    ("POST", "/quarantine/{id}/accept", These(DESK, 422, 404)),
    ("POST", "/quarantine/{id}/discard", These(DESK, 303, 404)),
    ("GET", "/imports", These(CASES, 200, 200)),
    ("GET", "/imports/{id}", These(CASES, 200, 404)),
    ("GET", "/imports/{id}/rejects", These(DESK, 404, 404)),
    ("POST", "/imports/preview", These(DESK, 422, 422)),
    ("POST", "/imports/{id}/confirm", These(DESK, 303, 303)),
    ("POST", "/imports/{id}/complete", These(DESK, 422, 404)),
    ("GET", "/reports", These(READERS, 200, 200)),
    ("GET", "/reports/{id}", These(READERS, 200, 404)),
    ("GET", "/findings", These(CASES, 200, 200)),
    ("GET", "/findings/{id}", These(CASES, 200, 404)),
    ("POST", "/findings/{id}/step", These(DESK, 422, 404)),
    ("POST", "/findings/open", These(DESK, 422, 422)),
    ("GET", "/record", These(DESK, 200, 200)),
    ("POST", "/record", These(DESK, 422, 404)),
    ("GET", "/setup", These(SETUP, 200, 200)),
    ("GET", "/setup/users", These(ADMINISTRATORS, 200, 200)),
    ("POST", "/setup/users/add", These(ADMINISTRATORS, 422, 422)),
    ("POST", "/setup/users/disable", These(ADMINISTRATORS, 303, 404)),
    ("POST", "/setup/users/reset", These(ADMINISTRATORS, 200, 404)),
    ("POST", "/setup/tokens/add", These(ADMINISTRATORS, 200, 422)),
    ("POST", "/setup/tokens/end", These(ADMINISTRATORS, 404, 404)),
    ("GET", "/setup/audit", These(SETUP, 200, 200)),
];

/// One of each thing that a path may name.
fn concrete(path: &str, things: &Things) -> String {
    let id = match path {
        _ if path.starts_with("/cases") => things.flag.to_string(),
        _ if path.starts_with("/quarantine") => things.mail.clone(),
        "/imports/{id}" | "/imports/{id}/complete" => things.batch.clone(),
        _ if path.starts_with("/imports") => "0123456789abcdef".to_owned(),
        _ if path.starts_with("/findings") => things.finding.clone(),
        _ if path.starts_with("/reports") => "yunling~2026-03".to_owned(),
        _ => String::new(),
    };
    path.replace("{id}", &id).replace("{window}", "posts~yunling~2026-03-03~am")
}

fn fields(things: &Things) -> Vec<(&'static str, String)> {
    [
        ("language", "en"),
        ("assignment", things.assignment.as_str()),
        ("case", things.flag.as_str()),
        ("action", ""),
        ("reason", ""),
        ("code", "V9"),
        ("outcome", "present"),
        ("said_by", "Zhao Xin"),
        ("role", "chief"),
        ("account", "begun"),
        ("source", "punches"),
        ("name", "the clock at the gate"),
        ("token", "none"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

async fn browsers(site: &Site, office: &str) -> Vec<(AccountRole, Browser)> {
    let mut all = Vec::new();
    for role in AccountRole::ALL {
        let id = format!("{role}-{office}");
        site.account(&id, role, Some(office)).await;
        let mut browser = site.browser();
        assert_eq!(browser.sign_in(&id, PASSWORD).status, 303);
        all.push((role, browser));
    }
    all
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
    }
}

#[test]
fn every_route_has_an_expectation_and_no_other() {
    let routes: Vec<_> = ROUTES.iter().map(|route| (method(route.method), route.path)).collect();
    let mut expected: Vec<_> = EXPECTED.iter().map(|(method, path, _)| (*method, *path)).collect();
    for route in &routes {
        assert!(expected.contains(route), "nobody says who may: {route:?}");
    }
    expected.retain(|one| !routes.contains(one));
    assert_eq!(expected, [("", ""); 0], "no such route");
    for route in ROUTES {
        let of = |one: &&(&str, &str, Expected)| (one.0, one.1) == (method(route.method), route.path);
        let (_, _, expected) = EXPECTED.iter().find(of).unwrap();
        match (route.who, expected) {
            (Who::Anybody | Who::Half, Open) => {}
            (Who::These(roles), These(same, ..)) => assert_eq!(roles, *same, "{}", route.path),
            _ => panic!("{} is open, or ought to be", route.path),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_and_role_of_the_own_office_and_another() {
    let (site, things) = county().await;
    site.begun("begun", Viewer, Some("yunling")).await;
    let mut own = browsers(&site, "yunling").await;
    let mut other = browsers(&site, "beside").await;
    let mut nobody = site.browser();
    let mut wrong = Vec::new();
    for (method, pattern, expected) in EXPECTED {
        let These(roles, status, elsewhere) = expected else { continue };
        let path = concrete(pattern, &things);
        let mut fields = fields(&things);
        if path.ends_with("/accept") {
            fields.retain(|(name, _)| *name != "assignment");
            fields.push(("assignment", "no such".to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let ask = |browser: &mut Browser| match *method {
            "GET" => browser.get(&path),
            _ => browser.post(&path, &fields),
        };
        let got = ask(&mut nobody);
        if got.status != 303 || !got.to.starts_with("/login") {
            wrong.push(format!("{method} {pattern} by nobody: {} {}", got.status, got.to));
        }
        for (browsers, whose, meant) in [(&mut own, "own", status), (&mut other, "other", elsewhere)] {
            for (role, browser) in browsers {
                let meant = if roles.contains(role) { *meant } else { 403 };
                let got = ask(browser);
                if got.status != meant {
                    wrong.push(format!("{method} {pattern} by {role} of {whose}: {}, not {meant}", got.status));
                }
                if meant == 403 || meant == 404 {
                    for secret in ["滨河", "Binhe", "刘敏", "Liu Min", "Zhao Xin", "signboard"] {
                        assert!(!got.body.contains(secret), "{method} {pattern} by {role}: {secret}");
                    }
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0], "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_office_is_on_any_page_of_another() {
    let (site, things) = county().await;
    for (role, mut browser) in browsers(&site, "beside").await {
        for route in ROUTES.iter().filter(|route| route.method == Method::Get) {
            let body = browser.get(&concrete(route.path, &things)).body;
            for secret in [
                "滨河",
                "Binhe",
                "刘敏",
                "Liu Min",
                "王建国",
                "signboard",
                things.flag.as_str(),
                things.complaint.as_str(),
            ] {
                assert!(!body.contains(secret), "{} shows {secret} to {role}", route.path);
            }
        }
    }
}
