//! Several programmes at once, two inspectors, visits of a whole morning, announced visits (DRAW 1, 3, 6).

use super::house::{EVE, House, Setting, ZONE, office, on_both, time, window};
use super::post::reply;
use spotcheck::model::{Kind, PlaceId, ProgrammeId};
use spotcheck::store::LineRow;
use spotcheck::table::TemplateKind;

/// The given programme's window, then a second programme, whose window is the one that follows.
const TWO_PROGRAMMES: &str = "[[programme.window]]\nslot = \"am\"\nrule = \"0 9 * * Mon-Fri\"\nlength_minutes = 180\n\
    [[programme]]\nid = \"joint\"\noffice = \"yunling\"\nname = \"联合检查\"\nname_latin = \"Joint\"\n\
    lo = 0.9999999\nhi = 0.9999999\nm = 1\np_call = 0.0000001\n";

const SECOND_INSPECTOR: &str = "id,name,name_latin,email,language,visits,calls\n\
    I1,赵新,Zhao Xin,zhaoxin@field.example,en,1,20\nI2,钱宁,Qian Ning,qianning@field.example,en,1,20\n";

async fn lines(house: &House, programme: &str) -> Vec<LineRow> {
    let id = format!("{programme}/yunling/2026-03-03/am").parse().unwrap();
    house.ctx.store.read().await.unwrap().lines_of_window(&id).await.unwrap()
}

async fn age(house: &House, programme: &str) -> u32 {
    let programme: ProgrammeId = programme.parse().unwrap();
    let mut tx = house.ctx.store.read().await.unwrap();
    let sealed = tx.count_seals(&programme, &office()).await.unwrap();
    tx.hazard_of(&programme, &office(), &PlaceId::parse("T1").unwrap()).await.unwrap().unwrap().age(sealed)
}

#[tokio::test]
async fn a_place_that_two_programmes_draw_is_visited_once_for_both() {
    on_both(Setting { capacity: 2, programme: TWO_PROGRAMMES, ..Setting::default() }, |house| async move {
        house.at(EVE).await;
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 2);
        let letter = house.letter("assignment").await;
        assert!(letter.text.contains("V1 VISIT") && !letter.text.contains("V2"), "one visit: {}", letter.text);
        let (joint, posts) = (lines(&house, "joint").await.remove(0), lines(&house, "posts").await.remove(0));
        let (carrying, carried) = if joint.assignment.is_some() { (joint, posts) } else { (posts, joint) };
        assert_eq!((carrying.kind, carried.kind), (Kind::Visit, Kind::Visit));
        assert!(carrying.assignment.is_some() && carried.assignment.is_none());
        let before = (age(&house, "posts").await, age(&house, "joint").await);
        house.ctx.clock.set(time("2026-03-03 10:30"));
        house.deliver(&reply(&letter, "a", "V1.1 present\nV1.2 present").bytes()).await;
        house.at("2026-03-03 10:30").await;
        assert_eq!((age(&house, "posts").await, age(&house, "joint").await), (0, 0), "before: {before:?}");
        // What they share is fixed at the seal, so neither counts on the whole of one inspector.
        let mut slots = 0;
        for programme in ["posts", "joint"] {
            let id = format!("{programme}/yunling/2026-03-03/am").parse().unwrap();
            let mut tx = house.ctx.store.read().await.unwrap();
            let seal = tx.seal(&id).await.unwrap().unwrap();
            let duty = tx.blob(&seal.duty).await.unwrap().unwrap();
            let duty: spotcheck::plan::SealedDuty = serde_json::from_slice(&duty).unwrap();
            slots += duty.pools.iter().flat_map(|pool| &pool.visits).map(|(_, n)| n).sum::<u32>();
        }
        assert_eq!(slots, 2);
    })
    .await;
}

#[tokio::test]
async fn two_inspectors_go_together_know_of_each_other_and_either_answers() {
    let setting = Setting { programme: "inspectors_a_visit = 2\n", ..Setting::default() };
    on_both(setting, |house| async move {
        house.import(TemplateKind::Inspectors, SECOND_INSPECTOR).await;
        house.at(EVE).await;
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 1);
        let letters = house.letters("assignment").await;
        assert_eq!(letters.len(), 2, "each has a letter");
        let of = |to: &str| letters.iter().find(|letter| letter.to.starts_with(to)).unwrap();
        // Lines of letters are folded.
        let flat = |to: &str| of(to).text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat("zhaoxin").contains("Qian Ning"), "{}", flat("zhaoxin"));
        assert!(flat("qianning").contains("Zhao Xin"), "{}", flat("qianning"));
        house.ctx.clock.set(time("2026-03-03 10:30"));
        house.deliver(&reply(of("zhaoxin"), "a", "V1.1 present\nV1.2 present").bytes()).await;
        house.at("2026-03-03 10:30").await;
        assert_eq!(age(&house, "posts").await, 0);
    })
    .await;
}

#[tokio::test]
async fn with_one_inspector_on_duty_a_visit_of_two_becomes_a_call_and_is_recorded() {
    let house = House::new(Setting { programme: "inspectors_a_visit = 2\n", ..Setting::default() }).await;
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let line = lines(&house, "posts").await.remove(0);
    assert_eq!((line.kind, line.origin.as_str()), (Kind::Call, "overflow"));
}

#[tokio::test]
async fn the_windows_of_a_day_can_be_drawn_together_with_one_letter() {
    let setting = Setting { afternoon: true, teams: 2, programme: "draw_at = \"morning\"\n", ..Setting::default() };
    on_both(setting, |house| async move {
        house.at(EVE).await;
        assert_eq!(house.at("2026-03-03 07:30").await.drawn, 2);
        let letter = house.letter("assignment").await;
        assert!(letter.text.contains("V1 VISIT") && letter.text.contains("V2 VISIT"), "{}", letter.text);
        for slot in ["am", "pm"] {
            let seal = house.ctx.store.read().await.unwrap().seal(&window("2026-03-03", slot)).await.unwrap().unwrap();
            assert_eq!(seal.draw_at, time("2026-03-03 07:30"));
        }
    })
    .await;
}

/// Hardly anything is drawn, so that the rule's number is left to announced visits.
const RULE: &str = "[programme.backstop]\nvisits = 1\nperiod = \"quarter\"\nworkdays = 30\n";

#[tokio::test]
async fn what_chance_has_not_brought_is_announced_told_beforehand_and_kept_apart() {
    let house = House::new(Setting { teams: 2, programme: RULE, ..Setting::default() }).await;
    let house = house
        .changed(|folder| {
            let file = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(file, text.replace("= 0.9999999\n", "= 0.000000001\n")).unwrap();
        })
        .await;
    house.at(EVE).await;
    house.at("2026-03-02 18:30").await;
    let day = time("2026-03-03 07:30").day(ZONE);
    let mut announced = Vec::new();
    for next in day.iter_days().take(21) {
        house.at(&format!("{next} 07:30")).await;
        let id = window(&next.to_string(), "am");
        announced.extend(house.ctx.store.read().await.unwrap().lines_of_window(&id).await.unwrap());
        if !announced.is_empty() {
            break;
        }
        house.at(&format!("{next} 17:30")).await;
        house.at(&format!("{next} 18:30")).await;
    }
    let told = house.letters("digest").await;
    let told: Vec<_> = told.iter().filter(|digest| digest.text.contains("Announced visits")).collect();
    assert!(!told.is_empty() && told[0].text.contains("Binhe"), "the evening before: {told:?}");
    let line = &announced[0];
    assert_eq!((line.kind, line.origin.as_str()), (Kind::Visit, "announced"));
    let letter = house.letters("assignment").await.remove(0);
    let age_of = async || {
        let programme: ProgrammeId = "posts".parse().unwrap();
        let mut tx = house.ctx.store.read().await.unwrap();
        let sealed = tx.count_seals(&programme, &office()).await.unwrap();
        tx.hazard_of(&programme, &office(), &line.place).await.unwrap().unwrap().age(sealed)
    };
    house.at(&format!("{} 17:30", line.window.day)).await;
    let before = age_of().await;
    house.deliver(&reply(&letter, "a", "V1.1 present\nV1.2 present").bytes()).await;
    house.at(&format!("{} 18:00", line.window.day)).await;
    assert_eq!(house.recorded(&letter.assignment()).await, ["V1.1 present", "V1.2 present"]);
    assert_eq!(age_of().await, before, "an announced visit starts no count again");
}
