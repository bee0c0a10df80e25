//! What is sealed and not drawn is on no page, whoever looks; nor is a key of a letter, ever.

use super::house::{EVE, House, SEED, Setting, window};
use super::site::Site;
use spotcheck::console::web::{Method, ROUTES};
use spotcheck::draw::Chain;
use spotcheck::entropy::derived;
use spotcheck::model::AccountRole;
use spotcheck::model::sha::{from_hex, to_hex};

const EVERY: &str = "lo = 0.3\nhi = 0.3\nm = 1\np_call = 0.2\n";

/// Every page that there is, as all roles see it.
async fn pages(site: &Site, name: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for role in AccountRole::ALL {
        let mut browser = site.signed_in(&format!("{role}{name}"), role).await;
        let more =
            ["/today?day=2026-03-03", "/today/print?day=2026-03-03", "/draws?day=2026-03-03", "/record?key=K7Q2M"];
        let gets = ROUTES.iter().filter(|route| route.method == Method::Get).map(|route| route.path);
        for path in gets.chain(more) {
            let path = path.replace("{window}", "posts~yunling~2026-03-03~am").replace("{id}", "yunling~2026-03");
            for path in [path.clone(), format!("{path}{}verify=1", if path.contains('?') { "&" } else { "?" })] {
                let got = browser.get(&path);
                assert_ne!(got.status, 500, "{path} as {role}: {}", got.body);
                all.push((format!("{path} as {role}"), got.body));
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_coming_draw_is_on_any_page() {
    let house = House::new(Setting { teams: 40, capacity: 5, ..Setting::default() }).await;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap();
            let sure = "lo = 0.9999999\nhi = 0.9999999\nm = 1\np_call = 0.0000001\n";
            assert!(text.contains(sure));
            std::fs::write(file, text.replace(sure, EVERY)).unwrap();
        })
        .await;
    house.at(EVE).await;
    let id = window("2026-03-03", "am");
    let seal = house.ctx.store.read().await.unwrap().seal(&id).await.unwrap().expect("sealed, not drawn");
    let text = std::fs::read_to_string(house.path("keys").join("posts@yunling.chain")).unwrap();
    let end: [u8; 32] = from_hex(text.split_whitespace().last().unwrap()).unwrap().try_into().unwrap();
    let link = Chain::from_end(end).key(seal.chain_index).unwrap();
    let random = derived(SEED.as_bytes(), "beacon", &id.to_string());
    let secrets = [to_hex(&random), to_hex(link.reveal()), to_hex(&end)];
    let site = Site::of(house).await;
    let names = ["滨河村", "Binhe", "王建国", "Wang Jianguo", "刘敏", "Liu Min"];
    for (page, body) in pages(&site, "-a").await {
        for secret in &secrets {
            assert!(!body.to_lowercase().contains(secret), "a secret is on {page}");
        }
        // The register may be seen; but nobody is told of a day that was not drawn.
        if page.starts_with("/today") || page.starts_with("/draws") || page.starts_with("/record") {
            for name in names {
                assert!(!body.contains(name), "{name} is on {page}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_the_key_of_a_letter() {
    let house = House::new(Setting { teams: 3, capacity: 3, ..Setting::default() }).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let letter = house.letter("assignment").await;
    let key = letter.message_id.split('.').nth(2).unwrap().split('@').next().unwrap().to_owned();
    assert!(key.len() > 10, "{key}");
    let site = Site::of(house).await;
    let mut told = false;
    for (page, body) in pages(&site, "-b").await {
        assert!(!body.to_lowercase().contains(&key.to_lowercase()), "the key is on {page}");
        assert!(!body.contains("13800130001") && !body.contains("138 0013 0001"), "a telephone number is on {page}");
        told |= page.starts_with("/today?day") && body.contains("Binhe");
    }
    assert!(told, "what was released is told");
}
