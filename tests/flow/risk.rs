//! What moves a place's chance, what a rule's number adds at the end of a period, and how it is explained
//! (DRAW 1).

use super::house::{EVE, House, Setting, office, on_both, time, window};
use spotcheck::model::{Backstop, FlagState, Kind, Period, PlaceId, Said};
use spotcheck::store::{FlagRow, LineRow};
use spotcheck::table::TemplateKind;
use spotcheck::work::backstop::{Asked, announced_on, counts, said};
use spotcheck::work::explain::{self, Explained};
use spotcheck::work::explain_window;
use spotcheck::work::signals::signals_of;
use std::collections::BTreeSet;

const TUESDAY: &str = "2026-03-03";

fn three() -> Setting {
    Setting { teams: 3, ..Setting::default() }
}

fn place(id: &str) -> PlaceId {
    id.parse().unwrap()
}

/// Tuesday morning is drawn: one visit, since one inspector has room for one.
async fn drawn(house: &House) -> LineRow {
    house.at(EVE).await;
    house.at("2026-03-03 07:30").await;
    let lines = house.ctx.store.read().await.unwrap().lines_of_window(&window(TUESDAY, "am")).await.unwrap();
    lines.into_iter().find(|line| line.kind == Kind::Visit).unwrap()
}

/// `T1: complaints 1 …` of every place that has a signal on Wednesday.
async fn signals(house: &House, since: &str) -> Vec<String> {
    let mut tx = house.ctx.store.read().await.unwrap();
    let office = house.ctx.office(&office()).unwrap();
    let (day, since) = ("2026-03-04".parse().unwrap(), since.parse().unwrap());
    let found = signals_of(&mut tx, &"posts".parse().unwrap(), office, day, since).await.unwrap();
    let shown = found.iter().map(|(place, s)| {
        let remote = u32::from(s.remote);
        format!("{place} {}{}{}{remote}{}", s.confirmed_flags, s.complaints, s.patterns, s.make_up)
    });
    shown.collect()
}

#[tokio::test]
async fn registered_signals_speak_of_a_village_and_its_team_while_they_last() {
    on_both(three(), |house| async move {
        let imported = house
            .import(
                TemplateKind::Signals,
                "place,kind,reason,from,to\nV1,投诉,来信,2026-03-01,2026-06-30\nV1,投诉,来电,2026-03-02,2026-06-30\n\
                 T2,偏远,山路,2026-01-01,2027-12-31\nT3,异常,同秒打卡,2026-01-01,2026-03-03\nT9,异常,x,2026-01-01,2026-03-30\n",
            )
            .await;
        assert_eq!((imported.new, imported.rejected), (4, 1), "{imported:?}");
        assert_eq!(signals(&house, "2025-03-01").await, ["T1 01000", "T2 00010", "V1 01000", "V2 00010"]);
        let again = house.import(TemplateKind::Signals, "place,kind,reason,from,to\nT2,偏远,山路,2026-01-01,2026-03-03\n").await;
        assert_eq!((again.changed, again.gone), (1, 3), "{again:?}");
        assert_eq!(signals(&house, "2025-03-01").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn only_confirmed_flags_and_visits_that_nobody_made_count() {
    on_both(three(), |house| async move {
        let line = drawn(&house).await;
        let (team, village) = (line.place.to_string(), line.place.as_str().replace('T', "V"));
        let flag = |id: &str, person: &str, state: FlagState| FlagRow {
            id: id.to_owned(),
            office: office(),
            official: format!("O{}1", &line.place.as_str()[1..]).parse().unwrap(),
            assignment: line.assignment.as_deref().unwrap().parse().unwrap(),
            line: line.code.clone().unwrap(),
            person: person.to_owned(),
            opened: time("2026-03-03 12:00"),
            state,
        };
        let mut tx = house.ctx.store.begin().await.unwrap();
        tx.add_flags(&[
            flag("F1", "V1.1", FlagState::Open),
            flag("F2", "V1.2", FlagState::Confirmed),
            flag("F3", "V1.3", FlagState::Upheld),
        ])
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(signals(&house, "2026-03-03").await, [format!("{team} 20000"), format!("{village} 20000")]);
        assert_eq!(signals(&house, "2026-03-04").await, Vec::<String>::new(), "too long ago");
        // Nobody answers: the visit was not made.
        house.at("2026-03-20 12:00").await;
        assert_eq!(signals(&house, "2026-03-03").await, [format!("{team} 20001"), format!("{village} 20000")]);
        // A later visit that was made takes it away.
        let mut tx = house.ctx.store.begin().await.unwrap();
        tx.mark_executed(&[(&"posts".parse().unwrap(), &office(), &line.place, line.eligible + 1)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(signals(&house, "2026-03-03").await[0], format!("{team} 20000"));
    })
    .await;
}

#[tokio::test]
async fn the_last_windows_of_a_period_are_for_places_that_lack_visits() {
    on_both(three(), |house| async move {
        let visited = drawn(&house).await.place;
        let rule = |workdays| Backstop { visits: 1, period: Period::Quarter, workdays };
        let (programme, office) = (&house.ctx.config.programmes[0], house.ctx.office(&office()).unwrap());
        let eligible: Vec<PlaceId> = ["T1", "T2", "T3"].map(place).to_vec();
        let mut tx = house.ctx.store.read().await.unwrap();
        let mut on = async |day: &str, workdays: u32, spare: usize| {
            let asked = Asked { day: day.parse().unwrap(), eligible: &eligible, spare };
            announced_on(&house.ctx, &mut tx, programme, office, &rule(workdays), &asked).await.unwrap()
        };
        assert_eq!(on("2026-03-04", 20, 9).await[&window("2026-03-04", "am")].len(), 1);
        assert!(on("2026-03-04", 19, 9).await.is_empty(), "20 workdays are left");
        let last = on("2026-03-31", 5, 9).await;
        let announced: BTreeSet<PlaceId> = last[&window("2026-03-31", "am")].iter().cloned().collect();
        let lacking: BTreeSet<PlaceId> = eligible.iter().filter(|p| **p != visited).cloned().collect();
        assert_eq!(announced, lacking);
        assert_eq!(on("2026-03-30", 5, 9).await[&window("2026-03-30", "am")].len(), 1, "two places, two days");
        assert_eq!(on("2026-03-31", 5, 1).await[&window("2026-03-31", "am")].len(), 1, "no room for more");
        let mut tx = house.ctx.store.read().await.unwrap();
        let counted =
            counts(&mut tx, &rule(5), &programme.id, &office.id, "2026-03-31".parse().unwrap()).await.unwrap();
        let text = said(&rule(5), counted[&visited]);
        assert_eq!(text.en, "1 random, 0 announced of 1 visits that the rule demands in this quarter (1 under way)");
        assert_eq!(text.zh, "本季度随机走访1次、事先通知走访0次，规定1次（1次进行中）");
    })
    .await;
}

fn text(explained: &Explained, of: fn(&Said) -> &str) -> String {
    explained.page.iter().map(of).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_place_is_explained_before_its_seal_after_it_and_over_all_programmes() {
    on_both(three(), |house| async move {
        house.import(TemplateKind::Exclusions, "place,reason,from,to\nV2,汛期,2026-03-03,2026-03-05\n").await;
        let before = explain::day(&house.ctx, &place("T1"), None).await.unwrap();
        assert_eq!((&before.json["day"], &before.json["windows"][0]["sealed"]), (&TUESDAY.into(), &false.into()));
        assert!(text(&before, |s| &s.en).contains("as it would be sealed now"), "{:?}", before.page);
        house.at(EVE).await;
        let after = explain::day(&house.ctx, &place("T1"), None).await.unwrap();
        assert_eq!(after.json["windows"][0]["sealed"], true);
        assert_eq!(after.json["windows"][0]["p_visit"], before.json["windows"][0]["p_visit"]);
        assert!(after.json["visit"].as_f64().unwrap() > 0.99);
        let excluded = explain::day(&house.ctx, &place("T2"), Some(TUESDAY.parse().unwrap())).await.unwrap();
        assert_eq!(
            (&excluded.json["windows"][0]["reason"], &excluded.json["visit"]),
            (&"excluded".into(), &0.0.into())
        );
        let zh = text(&excluded, |s| &s.zh);
        assert!(zh.contains("V2自2026-03-03至2026-03-05暂停检查：汛期"), "{zh}");
        let wrong = explain::day(&house.ctx, &place("V1"), None).await.unwrap_err();
        assert!(wrong.to_string().contains("V1"), "{wrong}");
    })
    .await;
}

#[tokio::test]
async fn a_window_shows_no_ticket_before_its_draw_and_every_why_after() {
    on_both(three(), |house| async move {
        house.at(EVE).await;
        let id = window(TUESDAY, "am");
        let inspector = "I1".parse().unwrap();
        let before = explain_window::window(&house.ctx, &place("T1"), &id, Some(&inspector)).await.unwrap();
        assert_eq!(before.json["state"], "sealed");
        assert!(before.json.get("ticket").is_none() && before.json.get("line").is_none(), "{}", before.json);
        let visit = drawn(&house).await;
        let shown = explain_window::window(&house.ctx, &visit.place, &id, None).await.unwrap();
        assert_eq!(shown.json["ticket"], visit.ticket);
        assert_eq!(
            (&shown.json["line"]["kind"], &shown.json["inspectors"][0]["why"]),
            (&"visit".into(), &"goes".into())
        );
        let en = text(&shown, |s| &s.en);
        assert!(en.contains(": a visit") && en.contains("I1 goes there: on duty with room for 1"), "{en}");
        let other = ["T1", "T2", "T3"].map(place).into_iter().find(|p| *p != visit.place).unwrap();
        let shown = explain_window::window(&house.ctx, &other, &id, Some(&"I9".parse().unwrap())).await.unwrap();
        assert_eq!((&shown.json["line"]["kind"], &shown.json["line"]["origin"]), (&"call".into(), &"overflow".into()));
        assert_eq!(shown.json["inspectors"][1]["why"], "not_on_duty");
        let wrong = explain_window::window(&house.ctx, &place("T9"), &id, None).await.unwrap_err();
        assert!(wrong.to_string().contains("T9"), "{wrong}");
    })
    .await;
}
