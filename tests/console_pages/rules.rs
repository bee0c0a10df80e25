//! What holds on every page, whoever looks: its form, its size, and what never stands on it.

use super::world::{EVENING, LANGUAGES, MORNING, NOON, ROLES, addresses, context, copy, county, folder, show, viewer};
use regex::Regex;
use spotcheck::console::shown::Shown;
use spotcheck::model::{AccountRole, FlagState, Language, Strength};
use spotcheck::store::{FlagFilter, Ids};
use std::collections::BTreeSet;

/// Bytes of a page at most.
const LARGEST: usize = 100_000;

fn all<'h>(pattern: &str, html: &'h str) -> Vec<&'h str> {
    let found = Regex::new(pattern).unwrap();
    found.captures_iter(html).map(|captures| captures.get(1).unwrap().as_str()).collect()
}

#[tokio::test]
async fn every_page_is_well_formed_and_small() {
    let ctx = county(EVENING).await;
    for (name, address) in addresses(&ctx).await {
        for language in LANGUAGES {
            for role in ROLES {
                let viewer = viewer(role, "yunling", language);
                let Shown::Page(page) = show(&ctx, &viewer, &address).await else { continue };
                let html = &page.html;
                let here = format!("{name} {language} {role}");
                assert!(html.len() < LARGEST, "{here}: {} bytes", html.len());
                assert!(html.contains(&format!("<html lang=\"{language}\">")), "{here}");
                assert_eq!(html.matches("<h1>").count(), 1, "{here}");
                for banned in ["<script", " style=", "<style", " onclick", "javascript:", "http://", "https://"] {
                    let quoted = html.replace("&lt;script&gt;", "").replace("http://www.w3.org/2000/svg", "");
                    assert!(!quoted.contains(banned), "{here}: {banned}");
                }
                let ids = all(r#" id="([^"]+)""#, html);
                let unique: BTreeSet<&str> = ids.iter().copied().collect();
                assert_eq!(ids.len(), unique.len(), "{here}: an id stands twice");
                for named in all(r#"(?:for|aria-labelledby|aria-describedby)="([^" ]+)""#, html) {
                    assert!(unique.contains(named), "{here}: nothing is called {named}");
                }
                for field in all(r#"<(?:input|select|textarea) id="([^"]+)""#, html) {
                    assert!(html.contains(&format!("<label for=\"{field}\"")), "{here}: {field} has no label");
                }
                let forms = html.matches("method=\"post\"").count();
                assert_eq!(forms, html.matches("name=\"csrf\" value=\"csrf-token\"").count(), "{here}");
                let tables = html.matches("<table").count();
                assert_eq!(tables, html.matches("<caption").count(), "{here}: a table without a caption");
            }
        }
    }
}

/// Who sees hundreds of offices gets pages that are as small.
#[tokio::test]
async fn pages_over_hundreds_of_offices_are_small_too() {
    let dir = tempfile::tempdir().unwrap();
    copy(&folder(EVENING), dir.path());
    let config = dir.path().join("spotcheck.toml");
    let mut text = std::fs::read_to_string(&config).unwrap();
    for n in 0..400 {
        let region = format!("98{n:04}");
        text.push_str(&format!(
            "[[office]]\nid = \"c{n}\"\nname = \"第{n}号县级督查办公室\"\nname_latin = \"Supervision Office of County {n}\"\n\
             zone = \"Asia/Shanghai\"\nregion = \"{region}\"\ndesk = \"desk@c{n}.example\"\nhead = \"head@c{n}.example\"\n\
             [[source]]\nid = \"punches-{n}\"\noffice = \"c{n}\"\nkind = \"punch\"\ncadence = \"daily\"\n"
        ));
    }
    std::fs::write(&config, text).unwrap();
    let ctx = context(dir.path(), EVENING).await;
    for (name, address) in addresses(&ctx).await {
        for role in ROLES {
            let viewer = viewer(role, "", Language::En);
            if let Shown::Page(page) = show(&ctx, &viewer, &address).await {
                assert!(page.html.len() < LARGEST, "{name} {role}: {} bytes", page.html.len());
            }
        }
    }
}

/// What a page tells of flags is what their last verdicts say, after weeks of work.
#[tokio::test]
async fn flags_hold_as_their_last_verdicts_say() {
    let ctx = county(EVENING).await;
    let mut tx = ctx.store.read().await.unwrap();
    let mut meant = Vec::new();
    for flag in tx.flags(None).await.unwrap() {
        let verdict = tx.last_verdict(&flag.assignment, &flag.line, &flag.person).await.unwrap();
        if verdict.is_some_and(|verdict| verdict.judgement.strength >= Strength::Medium) {
            meant.push(flag.id);
        }
    }
    assert!(meant.len() > 3, "{meant:?}");
    // All there are; those of a region; those of offices in a region.
    let offices = Some(Ids::new(ctx.config.offices.iter().map(|office| office.id.as_str())));
    let region = ctx.config.offices.first().map(|office| office.region.clone());
    for (offices, region) in [(None, None), (None, region.clone()), (offices, region)] {
        let states = FlagState::ALL.to_vec();
        let filter = FlagFilter { offices, states, verdict: None, region, until: ctx.now(), after: None, most: 10_000 };
        let found: Vec<String> = tx.look_flags(&filter).await.unwrap().into_iter().map(|flag| flag.id).collect();
        assert_eq!(found, meant, "{:?}", filter.region);
    }
}

/// Telephone numbers only masked, no key of a letter, no villager.
#[tokio::test]
async fn no_page_tells_a_number_a_key_or_a_villager() {
    let ctx = county(EVENING).await;
    let mut tx = ctx.store.read().await.unwrap();
    let contacts = tx.contacts().await.unwrap();
    let villagers: Vec<String> = contacts
        .iter()
        .filter(|contact| contact.role == spotcheck::model::register::Role::Villager)
        .flat_map(|contact| [contact.name.own.clone(), contact.name.latin.clone()])
        .collect();
    drop(tx);
    assert!(!villagers.is_empty());
    let key = Regex::new(r"(?i)\b[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}\b").unwrap();
    let hash = Regex::new("[0-9a-f]{64}").unwrap();
    let phone = Regex::new(r"\b1[3-9][0-9]{9}\b|1[3-9][0-9] [0-9]{4} [0-9]{4}").unwrap();
    for (name, address) in addresses(&ctx).await {
        for role in ROLES {
            let viewer = viewer(role, "yunling", Language::ZhHans);
            let Shown::Page(page) = show(&ctx, &viewer, &address).await else { continue };
            let html = &page.html;
            // Hashes are no numbers.
            let plain = hash.replace_all(html, "").into_owned();
            let found = phone.find(&plain).map(|found| found.as_str().to_owned());
            assert_eq!(found, None, "{name} {role}");
            assert!(!key.is_match(html), "{name} {role}");
            if name != "complaint" {
                let told = villagers.iter().find(|villager| !villager.is_empty() && html.contains(villager.as_str()));
                assert_eq!(told, None, "{name} {role}");
            }
        }
    }
}

/// Who may not know today's targets finds none of their places on any page; and before the draw nobody finds a line.
#[tokio::test]
async fn targets_are_seen_by_the_desk_alone_and_never_before_the_draw() {
    let office = "yunling".parse().unwrap();
    let day = "2026-03-24".parse().unwrap();
    for when in [MORNING, NOON] {
        let ctx = county(when).await;
        let mut tx = ctx.store.read().await.unwrap();
        let windows = tx.look_windows(&office, day, day).await.unwrap();
        assert!(!windows.is_empty());
        let mut given = Vec::new();
        for window in &windows {
            let lines = tx.lines_of_window(&window.id).await.unwrap();
            given.extend(lines.into_iter().filter_map(|line| line.assignment));
        }
        drop(tx);
        assert_eq!(given.is_empty(), when == MORNING, "{when}");
        let today = ["/today", "/draws", "/coverage", "/flags"].map(str::to_owned);
        let of_day = windows.iter().map(|window| format!("/draws/{}", window.id.to_string().replace('/', "~")));
        for address in today.into_iter().chain(of_day) {
            for role in ROLES {
                let viewer = viewer(role, "yunling", Language::En);
                let Shown::Page(page) = show(&ctx, &viewer, &address).await else { continue };
                let seen = given.iter().any(|id| page.html.contains(id.as_str()));
                let desk = matches!(role, AccountRole::Dispatcher | AccountRole::Head);
                assert!(!seen || desk, "{when} {address} {role}");
                assert_eq!(page.targets, seen, "{when} {address} {role}: told to the audit log");
            }
        }
    }
}

#[tokio::test]
async fn every_table_is_a_workbook_at_the_same_address() {
    let ctx = county(EVENING).await;
    let viewer = viewer(AccountRole::Head, "yunling", Language::ZhHans);
    let mut books = 0;
    for (name, address) in addresses(&ctx).await {
        let Shown::Page(page) = show(&ctx, &viewer, &address).await else { panic!("{name}") };
        for link in all(r#"href="([^"]*as=xlsx[^"]*table=[^"]*)""#, &page.html) {
            let link = link.replace("&#38;", "&").replace("&amp;", "&");
            let Shown::File { bytes, media, .. } = show(&ctx, &viewer, &link).await else { panic!("{name}: {link}") };
            assert!(bytes.starts_with(b"PK") && media.contains("spreadsheet"), "{name}: {link}");
            books += 1;
        }
    }
    assert!(books > 20, "{books} workbooks");
}
