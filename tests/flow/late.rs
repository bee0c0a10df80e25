//! Beacons that come late, that people enter, and that never come (DRAW 3).

use super::drand::{Answer, Network};
use super::house::{EVE, House, Setting, on_both, time, window};
use spotcheck::draw::Chain;
use spotcheck::model::WindowId;
use spotcheck::model::sha::to_hex;
use spotcheck::work::beacon::enter;

const DRAW: &str = "2026-03-03 07:30";
const RESULT: &str = "manual:26054:012345+07+12345+678";
const LOTTERY: &str = "beacon = \"manual\"\n[programme.manual]\nlottery = \"七星彩、排列五、3D\"\n\
                       pattern = \"999999+99+99999+999\"\nbits = 50\ndraws = \"draws.csv\"\n";

fn am() -> WindowId {
    window("2026-03-03", "am")
}

fn with(programme: &'static str) -> Setting {
    Setting { teams: 3, programme, ..Setting::default() }
}

/// A lottery that draws every evening.
async fn lottery(house: &House) {
    let days = (2..=12).map(|day| format!("2026-03-{day:02} 21:15,260{}\n", 52 + day));
    std::fs::write(house.path("draws.csv"), format!("at,number\n{}", days.collect::<String>())).unwrap();
}

fn second_office() -> (Chain, &'static str) {
    let chain = Chain::from_end([7; 32]);
    let lines = format!("beacon = \"second\"\n[programme.second]\nanchor = \"{}\"\n", chain.anchor());
    (chain, Box::leak(lines.into_boxed_str()))
}

#[tokio::test]
async fn a_network_that_was_down_for_the_whole_window_gives_the_same_list_afterwards() {
    let network = Network::that(Answer::Round);
    let setting = with(network.lines(time(DRAW)));
    let undisturbed = House::new(setting.clone()).await;
    undisturbed.at(EVE).await;
    assert_eq!(undisturbed.at(DRAW).await.drawn, 1);
    let expected = undisturbed.list(&am()).await.unwrap();
    let asked = network.asked();
    let case = async |house: House| {
        house.at(EVE).await;
        network.now(Answer::Down);
        for moment in [DRAW, "2026-03-03 09:00", "2026-03-03 12:00", "2026-03-03 17:00"] {
            let waits = house.at(moment).await;
            assert_eq!((waits.drawn, waits.void), (0, 0), "{moment}");
        }
        network.now(Answer::Round);
        let late = house.at("2026-03-03 17:05").await;
        assert_eq!((late.drawn, late.void), (1, 0));
        assert_eq!(house.list(&am()).await.unwrap(), expected);
        assert_eq!(network.asked(), asked, "never another round");
        let lines = house.lines(&am()).await;
        assert!(lines.iter().all(|line| line.ends_with(" not_dispatched")), "{lines:?}");
        assert!(house.letters("assignment").await.is_empty());
        assert!(house.log().await.iter().any(|entry| entry.contains("\"kind\":\"draw\",\"late\":true")));
        house.log_is_whole().await;
    };
    on_both(setting.clone(), case).await;
}

#[tokio::test]
async fn a_result_is_entered_in_the_evening_and_drawn_from_in_the_morning() {
    on_both(with(LOTTERY), |house| async move {
        lottery(&house).await;
        assert_eq!(house.at(EVE).await.sealed, 1);
        house.at("2026-03-02 18:30").await;
        house.ctx.clock.set(time("2026-03-02 22:00"));
        enter(&house.ctx, &am(), RESULT, "值班员").await.unwrap();
        for before in ["2026-03-02 22:01", "2026-03-03 07:29"] {
            assert_eq!(house.at(before).await.drawn, 0);
            assert_eq!(house.list(&am()).await, None, "nothing follows from it before the draw");
        }
        assert_eq!(house.at(DRAW).await.drawn, 1);
        let row = house.ctx.store.read().await.unwrap().beacon(&am()).await.unwrap().unwrap();
        assert_eq!((row.beacon.as_str(), row.entered_by.as_deref()), (RESULT, Some("值班员")));
        assert_eq!(house.letters("assignment").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_entered_late_is_drawn_from_while_it_is_useful_and_afterwards() {
    let (chain, lines) = second_office();
    let mut lists = Vec::new();
    for (moment, letters) in [("2026-03-03 08:30", 1), ("2026-03-05 09:00", 0)] {
        let house = House::new(with(lines)).await;
        house.at(EVE).await;
        assert_eq!(house.at(DRAW).await.drawn, 0);
        assert_eq!(house.at("2026-03-03 08:00").await.void, 0, "it waits");
        house.ctx.clock.set(time(moment));
        let seal = house.ctx.store.read().await.unwrap().seal(&am()).await.unwrap().unwrap();
        let link = to_hex(chain.key(seal.chain_index).unwrap().reveal());
        enter(&house.ctx, &am(), &format!("{}{link}", seal.beacon_prefix), "值班员").await.unwrap();
        assert_eq!(house.at(moment).await.drawn, 1);
        assert_eq!(house.letters("assignment").await.len(), letters, "{moment}");
        lists.push(house.list(&am()).await.unwrap());
    }
    assert_eq!(lists[0], lists[1], "whenever it is entered");
}

#[tokio::test]
async fn what_nobody_enters_is_void_a_week_after_the_window() {
    let (_, second) = second_office();
    for lines in [LOTTERY, second] {
        let case = async |house: House| {
            lottery(&house).await;
            house.at(EVE).await;
            house.at(DRAW).await;
            house.at("2026-03-10 12:00").await;
            let lost =
                || async { house.voids().await.into_iter().filter(|void| void.ends_with(" no_beacon")).collect() };
            let none: Vec<String> = lost().await;
            assert_eq!(none, [""; 0], "a week is not over");
            house.at("2026-03-10 12:01").await;
            let all: Vec<String> = lost().await;
            assert_eq!(all, ["posts/yunling/2026-03-03/am no_beacon"]);
            assert!(
                house.letters("void").await.iter().any(|letter| letter.text.contains("did not come within a week"))
            );
            let refused = enter(&house.ctx, &am(), RESULT, "值班员").await.unwrap_err().trouble().said.en;
            assert!(refused.contains("void") || refused.contains("must begin"), "{refused}");
            house.at("2026-03-10 12:05").await;
            assert_eq!(house.list(&am()).await, None);
            house.log_is_whole().await;
        };
        on_both(with(lines), case).await;
    }
}
