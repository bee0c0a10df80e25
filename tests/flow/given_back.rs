//! Calls that an inspector gives back: dealt again like visits, or not executed, with the reason.

use super::fallen::{am, staff};
use super::house::{EVE, House, Setting, ZONE, on_both, time};
use super::post::{Read, Reply, reply};
use super::visits::verified;
use spotcheck::model::{InspectorId, Line, PlaceId};
use spotcheck::table::TemplateKind;
use spotcheck::work::explain_window;

/// Three visits and a call, for three inspectors with room for one visit each.
fn four() -> Setting {
    Setting { teams: 4, ..Setting::default() }
}

fn whose(address: &str) -> &'static str {
    match address {
        "zhaoxin@field.example" => "I1",
        "qianjin@field.example" => "I2",
        _ => "I3",
    }
}

async fn released(house: &House) -> Read {
    staff(house, 1).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    house.letters("assignment").await.into_iter().find(|letter| letter.text.contains("C1 CALL")).unwrap()
}

async fn answered(house: &House, moment: &str, letter: &Read, body: &str) -> usize {
    house.ctx.clock.set(time(moment));
    house.deliver(&Reply { from: &letter.to, ..reply(letter, moment, body) }.bytes()).await;
    house.at(moment).await.redealt
}

/// The call's place, who has it, and its final state.
async fn call(house: &House) -> (PlaceId, InspectorId, Option<String>) {
    let mut tx = house.ctx.store.read().await.unwrap();
    let lines = tx.lines_of_window(&am()).await.unwrap();
    let line = lines.into_iter().find(|line| line.kind == spotcheck::model::Kind::Call).unwrap();
    let share = tx.shares_of(&am(), &line.place).await.unwrap().remove(0);
    (line.place, share.inspector, line.state)
}

async fn newest(house: &House, to: &str) -> Read {
    let mut all = house.letters("assignment").await;
    all.retain(|letter| whose(&letter.to) == to);
    all.pop().unwrap()
}

async fn digest(house: &House) -> String {
    house.at("2026-03-03 18:30").await;
    let digest = house.letters("digest").await.pop().unwrap();
    digest.text.replace('|', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_call_that_is_given_back_is_rung_by_somebody_who_is_free_and_not_barred() {
    on_both(four(), |house| async move {
        // Who would get it, where nobody is barred.
        let scout = House::new(four()).await;
        let letter = released(&scout).await;
        assert_eq!(answered(&scout, "2026-03-03 09:10", &letter, "hand back C1; lost my voice").await, 1);
        let (place, next, _) = call(&scout).await;

        staff(&house, 1).await;
        let village = place.as_str().replace('T', "V");
        let bars = format!("inspector,scope,target,reason\n{next},village,{village},kin\n");
        let barred = house.import(TemplateKind::Recusals, &bars).await;
        assert!(barred.rejects.is_empty(), "{:?}", barred.rejects);
        let letter = released(&house).await;
        let giver = whose(&letter.to);
        let (here, before, _) = call(&house).await;
        assert_eq!((&here, before.as_str()), (&place, giver));
        let known = house.letters("assignment").await.len();
        assert_eq!(answered(&house, "2026-03-03 09:10", &letter, "hand back C1; lost my voice").await, 1);
        let (_, after, _) = call(&house).await;
        assert!(after.as_str() != giver && after != next, "{after} after {giver}, {next} barred");
        assert_eq!(house.recorded(&letter.assignment()).await, ["C1 not_done"]);
        assert_eq!(house.letters("assignment").await.len(), known + 1, "one new letter");
        let theirs = newest(&house, after.as_str()).await;
        let code =
            theirs.text.lines().find(|line| line.contains(" CALL ")).unwrap().split(' ').next().unwrap().to_owned();
        // Who gave it back reads a receipt, and nothing of whoever has it now.
        let mut to_giver = house.letters("receipt").await;
        to_giver.retain(|receipt| receipt.to == letter.to);
        assert!(to_giver[0].text.contains("handed back") && to_giver[0].text.contains("lost my voice"), "{to_giver:?}");
        for name in ["Zhao Xin", "Qian Jin", "Sun Li", "孙立"].iter().filter(|_| whose(&letter.to) != after.as_str())
        {
            let own = letter.text.contains(name) || to_giver[0].text.starts_with(name);
            assert!(own || !to_giver[0].text.contains(name), "{name}");
        }
        assert!(house.letters("change").await.is_empty());
        for entry in house.log().await {
            assert!(!entry.contains("voice") && !entry.contains(after.as_str()), "{entry}");
        }
        answered(&house, "2026-03-03 10:00", &theirs, &format!("{code} reached, present")).await;
        let told = digest(&house).await;
        assert!(told.contains("handed back, somebody else has it: lost my voice"), "{told}");
        house.log_is_whole().await;
        verified(&house, 1).await;
        assert_eq!(call(&house).await.2.as_deref(), Some("answered"));
    })
    .await;
}

#[tokio::test]
async fn where_nobody_is_free_a_call_ends_as_not_done_with_its_reason() {
    on_both(Setting { teams: 2, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        let letter = house.letter("assignment").await;
        assert!(letter.text.contains("C1 CALL"), "{letter:?}");
        answered(&house, "2026-03-03 09:10", &letter, "交回 C1 电话坏了").await;
        assert_eq!(call(&house).await.1.as_str(), "I1");
        let told = digest(&house).await;
        assert!(told.contains("handed back, nobody was free: 电话坏了"), "{told}");
        verified(&house, 1).await;
        assert_eq!(call(&house).await.2.as_deref(), Some("not_done"));
    })
    .await;
}

#[tokio::test]
async fn a_further_try_that_is_given_back_is_made_in_its_slot_by_another_one() {
    on_both(four(), |house| async move {
        let letter = released(&house).await;
        let (place, giver, _) = call(&house).await;
        answered(&house, "2026-03-03 09:40", &letter, "C1 busy").await;
        house.at("2026-03-03 09:45").await;
        let second = newest(&house, giver.as_str()).await;
        assert!(second.text.contains("try 2"), "{}", second.text);
        let code = |letter: &Read| {
            let line = letter.text.lines().find(|line| line.contains(" CALL ")).unwrap();
            line.split(' ').next().unwrap().to_owned()
        };
        answered(&house, "2026-03-03 09:50", &second, &format!("hand back {}; lost my voice", code(&second))).await;
        house.at("2026-03-03 09:55").await;
        let tries = house.ctx.store.read().await.unwrap().call_tries([(&am(), &place)]).await.unwrap();
        let tries = tries.values().next().unwrap();
        let spans: Vec<String> = tries
            .iter()
            .map(|one| {
                let line: Line = serde_json::from_str(&one.detail).unwrap();
                format!(
                    "{} {}-{}",
                    one.number,
                    line.from.local(ZONE).format("%H:%M"),
                    line.to.local(ZONE).format("%H:%M")
                )
            })
            .collect();
        assert_eq!(spans[1..], ["2 10:15-12:00", "3 10:15-12:00"]);
        let other = tries[2].inspector.clone();
        assert!(tries[1].inspector == giver && other != giver);
        let third = newest(&house, other.as_str()).await;
        answered(&house, "2026-03-03 11:00", &third, &format!("{} reached, present", code(&third))).await;
        let told = digest(&house).await;
        assert!(told.contains("handed back, somebody else has it: lost my voice"), "{told}");
        let why = explain_window::window(&house.ctx, &place, &am(), None).await.unwrap();
        assert!(why.page.iter().any(|line| line.zh.contains("已交回")), "{:?}", why.page);
        verified(&house, 0).await;
        assert_eq!(call(&house).await.2.as_deref(), Some("answered"));
    })
    .await;
}
