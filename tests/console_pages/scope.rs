//! An office sees nothing of another.

use super::world::{EVENING, ROLES, addresses, county, show, viewer};
use spotcheck::console::shown::Shown;
use spotcheck::model::Language;

#[tokio::test]
async fn nothing_of_one_office_is_seen_by_another() {
    let ctx = county(EVENING).await;
    let mut tx = ctx.store.read().await.unwrap();
    let mut theirs: Vec<String> = tx.flags(None).await.unwrap().into_iter().map(|flag| flag.id).collect();
    theirs.extend(tx.complaints(None).await.unwrap().into_iter().map(|one| one.id.to_string()));
    theirs.extend(tx.findings(&Default::default()).await.unwrap().into_iter().map(|one| one.id));
    theirs.extend(tx.batches().await.unwrap().into_iter().flat_map(|one| [one.id, one.file_name]));
    theirs.extend(tx.villages().await.unwrap().into_iter().map(|one| one.name.own));
    theirs.extend(tx.officials().await.unwrap().into_iter().map(|one| one.name.own));
    theirs.extend(tx.inspectors().await.unwrap().into_iter().map(|one| one.name.own));
    theirs.extend(tx.mails(None, 1000).await.unwrap().into_iter().map(|one| one.id));
    theirs.push("yunling".into());
    drop(tx);
    assert!(theirs.len() > 300);
    for (name, address) in addresses(&ctx).await {
        for role in ROLES {
            let other = viewer(role, "linjiang", Language::ZhHans);
            match show(&ctx, &other, &address).await {
                // What names one thing names one of theirs.
                Shown::Page(page) => {
                    let one_thing = address.trim_start_matches('/').contains('/') && name != "today_print";
                    assert!(!one_thing, "{name} is a page for {role} of another office");
                    let seen = theirs.iter().find(|one| one.as_str() != "刘芳" && page.html.contains(one.as_str()));
                    assert_eq!(seen, None, "{name} {role}");
                }
                Shown::File { name, .. } => panic!("{name} for {role} of another office"),
                Shown::Missing => {}
            }
            let asked = format!("{address}{}office=yunling", if address.contains('?') { '&' } else { '?' });
            if let Shown::Page(page) = show(&ctx, &other, &asked).await {
                let seen = theirs.iter().find(|one| one.as_str() != "刘芳" && page.html.contains(one.as_str()));
                assert!(seen.is_none_or(|one| one == "yunling"), "{name} {role}: {seen:?}");
            }
        }
    }
}

#[tokio::test]
async fn who_sees_all_offices_chooses_one() {
    let ctx = county(EVENING).await;
    for language in super::world::LANGUAGES {
        let viewer = viewer(spotcheck::model::AccountRole::Head, "", language);
        for address in ["/today", "/coverage", "/draws", "/reports", "/setup"] {
            let page = super::world::page(&ctx, &viewer, &format!("{address}?office=linjiang")).await;
            let chosen = page.html.contains("<option value=\"linjiang\" selected>");
            assert!(chosen && page.html.contains("<option value=\"yunling\">"), "{address}");
        }
    }
}
