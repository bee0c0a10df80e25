//! Keys of one and of several custodians, and what makes a programme go on with new ones (DRAW 3).

use super::house::{EVE, House, Setting, office, on_both, window};
use spotcheck::draw::{Chain, ChainKey, Terms, Why};
use spotcheck::model::sha;
use spotcheck::work::{generation, keys};
use std::path::Path;

pub async fn terms(house: &House) -> Vec<Terms> {
    let mut tx = house.ctx.store.read().await.unwrap();
    generation::all(&mut tx, &"posts".parse().unwrap(), &office()).await.unwrap()
}

fn end_of(file: &Path) -> [u8; 32] {
    let text = std::fs::read_to_string(file).unwrap();
    sha::from_hex(text.lines().nth(1).unwrap()).unwrap().try_into().unwrap()
}

pub const TWO: &str = "[[programme.custodian]]\nname = \"office\"\n\
                   [[programme.custodian]]\nname = \"discipline\"\ndir = \"elsewhere\"\n";

#[tokio::test]
async fn two_custodians_make_one_key_in_their_published_order() {
    on_both(Setting { programme: TWO, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
        let sealed = terms(&house).await.remove(0);
        assert_eq!(sealed.custodians, ["office", "discipline"]);
        let files = ["keys/posts@yunling@office.chain", "elsewhere/posts@yunling@discipline.chain"];
        let chains: Vec<Chain> = files.iter().map(|f| Chain::from_end(end_of(&house.path(f)))).collect();
        assert_eq!(sealed.anchors, chains.iter().map(Chain::anchor).collect::<Vec<_>>());
        let am = window("2026-03-03", "am");
        let mut tx = house.ctx.store.read().await.unwrap();
        let (seal, draw) = (tx.seal(&am).await.unwrap().unwrap(), tx.draw(&am).await.unwrap().unwrap());
        drop(tx);
        let links: Vec<ChainKey> = chains.iter().map(|chain| chain.key(seal.chain_index).unwrap()).collect();
        let shown: Vec<String> = links.iter().map(|link| sha::to_hex(link.reveal())).collect();
        assert_eq!(draw.links, shown.join(" "));
        let beacon = house.ctx.store.read().await.unwrap().beacon(&am).await.unwrap().unwrap().beacon;
        let joint = ChainKey::joint(&links).unwrap();
        let seed = spotcheck::draw::Seed::new(&joint, &am.to_string(), &seal.root, &beacon).unwrap();
        assert_eq!(draw.seed, sha::to_hex(seed.reveal()));
    })
    .await;
}

#[tokio::test]
async fn without_the_chain_of_one_custodian_nothing_is_drawn_and_nothing_is_lost() {
    let house = House::new(Setting { programme: TWO, ..Setting::default() }).await;
    house.at(EVE).await;
    let away = house.path("away");
    let chain = house.path("elsewhere/posts@yunling@discipline.chain");
    let house = house.changed(|_| std::fs::rename(&chain, &away).unwrap()).await;
    house.ctx.clock.set(super::house::time("2026-03-03 07:30"));
    let turn = spotcheck::work::turn::turn(&house.ctx, true).await;
    assert_eq!(turn.drawn, 0);
    assert!(turn.failures.iter().any(|(step, _)| *step == "draw"), "{:?}", turn.failures);
    let house = house.changed(|_| std::fs::rename(&away, &chain).unwrap()).await;
    assert_eq!(house.at("2026-03-03 08:00").await.drawn, 1);
}

#[tokio::test]
async fn changed_terms_begin_a_generation_with_new_chains_and_leave_sealed_windows_as_they_are() {
    let house = House::new(Setting::default()).await;
    house.at(EVE).await;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap().replace("p_call = 0.0000001", "p_call = 0.00000009");
            std::fs::write(file, text).unwrap();
        })
        .await;
    assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1, "as it was sealed");
    house.at("2026-03-03 17:30").await;
    assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1);
    let all = terms(&house).await;
    assert_eq!(all.iter().map(|t| (t.generation, t.why)).collect::<Vec<_>>(), [(1, Why::Start), (2, Why::Terms)]);
    assert_ne!(all[0].anchors, all[1].anchors);
    let mut tx = house.ctx.store.read().await.unwrap();
    assert_eq!(tx.seal(&window("2026-03-03", "am")).await.unwrap().unwrap().generation, 1);
    assert_eq!(tx.seal(&window("2026-03-04", "am")).await.unwrap().unwrap().generation, 2);
    drop(tx);
    let published = house.log().await.iter().filter(|e| e.contains("\"kind\":\"programme\"")).count();
    assert_eq!(published, 2, "both are public");
    house.at("2026-03-04 17:30").await;
    assert_eq!(terms(&house).await.len(), 2, "nothing changed since");
}

#[tokio::test]
async fn an_exposed_key_is_told_in_public_and_serves_no_new_window() {
    on_both(Setting::default(), |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        house.ctx.clock.set(super::house::time("2026-03-03 12:00"));
        let (programme, office) = ("posts".parse().unwrap(), office());
        let new = keys::expose(&house.ctx, &programme, &office, "laptop stolen", "Wang").await.unwrap();
        assert_eq!((new.generation, new.why), (2, Why::KeyExposed));
        let log = house.log().await;
        let told = log.iter().find(|e| e.contains("key_exposed") && e.contains("from_t")).unwrap();
        assert!(!told.contains("laptop"), "the reason stays in the office: {told}");
        house.at("2026-03-03 17:30").await;
        assert_eq!(house.at("2026-03-04 07:30").await.drawn, 1);
        let seal = house.ctx.store.read().await.unwrap().seal(&window("2026-03-04", "am")).await.unwrap().unwrap();
        assert_eq!(seal.generation, 2);
        let states = keys::states(&house.ctx).await.unwrap();
        assert!(states[0].exposed.is_some() && states[1].exposed.is_none());
        assert!(states.iter().all(|state| state.in_place));
    })
    .await;
}

#[tokio::test]
async fn before_a_chain_ends_its_successor_is_published_and_takes_over() {
    // A chain lasts 2^18 half hours, nearly fifteen years.
    let mut calendar = "date,kind,name,source\n".to_owned();
    for year in [2026, 2040, 2041] {
        for day in 1..=7 {
            calendar.push_str(&format!("{year}-10-0{day},holiday,国庆节,test\n"));
        }
    }
    let house =
        House::new(Setting { calendar: Some(Box::leak(calendar.into_boxed_str())), ..Setting::default() }).await;
    house.at(EVE).await;
    let end = keys::states(&house.ctx).await.unwrap()[0].ends;
    let day = |before: i64| end.minus(before * spotcheck::model::time::DAY);
    // Years in which the machine stood still would each be published as void: a fresh register instead.
    let mut tx = house.ctx.store.begin().await.unwrap();
    let id = format!("posts/yunling/{}/am", day(40).day(super::house::ZONE)).parse().unwrap();
    let resting = spotcheck::model::Window { id, start: day(40), end: day(40) };
    tx.add_void(&resting, "late", day(40)).await.unwrap();
    tx.commit().await.unwrap();
    for (before, published, generations) in [(31, 0, 1), (29, 1, 1), (28, 1, 1), (13, 1, 2)] {
        house.ctx.clock.set(day(before));
        let done = spotcheck::work::seal::seal_due(&house.ctx).await;
        assert!(done.is_ok(), "{before}: {done:?}");
        let told = house.log().await.iter().filter(|e| e.contains("next_anchor")).count();
        assert_eq!((told, terms(&house).await.len()), (published, generations), "{before} days before");
    }
    let all = terms(&house).await;
    assert_eq!(all[1].why, Why::Renewal);
    let told = house.log().await.into_iter().find(|e| e.contains("next_anchor")).unwrap();
    assert!(told.contains(&all[1].anchors[0].hex()), "as it was published");
}
