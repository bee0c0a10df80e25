//! What a frame asks of the register is what the whole register says, place by place.

use super::on_both;
use chrono::NaiveDate;
use spotcheck::config::PlaceKind;
use spotcheck::model::register::{
    Contact, Exclusion, Inspector, Name, Official, Posting, Recusal, RecusalScope, Role, Team, Village,
};
use spotcheck::model::{Language, Phone, PlaceId};
use spotcheck::plan::Snapshot;
use spotcheck::plan::snapshot::Lists;
use spotcheck::store::{Ids, Store};
use std::collections::BTreeSet;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 3).unwrap()
}

/// Every third row has ended, every fifth has not begun; the others hold on the day.
fn span(n: usize) -> Posting {
    let on = |d| NaiveDate::from_ymd_opt(2026, 3, d);
    match n % 15 {
        0 | 5 | 10 => Posting { from: on(4), to: None },
        3 | 6 | 9 | 12 => Posting { from: None, to: on(2) },
        1 => Posting { from: on(3), to: on(3) },
        _ => Posting::default(),
    }
}

fn phone(n: usize) -> Option<Phone> {
    n.is_multiple_of(3).then(|| Phone { dial: format!("+86138{n:08}"), extension: None, shown: format!("138 {n:08}") })
}

/// Villages in two counties with teams, people and everything that may keep them out.
fn lists() -> Lists {
    let village = |n: usize| Village {
        id: format!("9901{:02}001{n:03}", n % 2 + 1).parse().unwrap(),
        region: format!("9901{:02}001", n % 2 + 1),
        name: Name::new(format!("村{n}"), format!("Village {n}")),
        active: if n == 7 { span(3) } else { Posting::default() },
    };
    let villages: Vec<Village> = (0..40).map(village).collect();
    let teams: Vec<Team> = (0..60)
        .map(|n| Team {
            id: format!("T{n:02}").parse().unwrap(),
            village: villages[n * 7 % 40].id.clone(),
            name: Name::new(format!("队{n}"), ""),
            sending_unit: format!("单位{}", n % 9),
            posting: if n % 4 == 0 { span(n) } else { Posting::default() },
        })
        .collect();
    let officials = (0..90)
        .map(|n| Official {
            id: format!("P{n:02}").parse().unwrap(),
            team: teams[n * 11 % 60].id.clone(),
            name: Name::new(format!("人{n}"), ""),
            role: if n % 2 == 0 { Role::Lead } else { Role::Member },
            phone: phone(n),
            sending_unit: format!("单位{}", n % 7),
            email: None,
            device_number: None,
            posting: span(n),
        })
        .collect();
    let contacts = (0..30)
        .map(|n| Contact {
            id: format!("K{n:02}").parse().unwrap(),
            village: villages[n].id.clone(),
            role: Role::Cadre,
            name: Name::new(format!("干{n}"), ""),
            phone: phone(n * 2),
            do_not_call: n % 5 == 0,
            active: span(n + 1),
        })
        .collect();
    let inspectors = (0..6)
        .map(|n| Inspector {
            id: format!("i{n}").parse().unwrap(),
            office: if n % 2 == 0 { "yunling" } else { "qinghe" }.parse().unwrap(),
            name: Name::new(format!("检{n}"), ""),
            addresses: if n == 4 { Vec::new() } else { vec![format!("i{n}@field.example")] },
            phone: None,
            language: Language::ZhHans,
            visits_a_window: 2,
            calls_a_window: 8,
            home_county: (n == 1).then(|| "990101".to_owned()),
            active: if n == 5 { span(3) } else { Posting::default() },
        })
        .collect();
    let scopes = (0..12).flat_map(|n| {
        [
            RecusalScope::Official(format!("P{:02}", n * 5).parse().unwrap()),
            RecusalScope::Team(format!("T{:02}", n * 4).parse().unwrap()),
            RecusalScope::Village(villages[n * 3].id.clone()),
            RecusalScope::SendingUnit(format!("单位{n}")),
            RecusalScope::Region(format!("9901{:02}", n + 1)),
        ]
    });
    let recusals = scopes
        .enumerate()
        .map(|(n, scope)| Recusal {
            inspector: format!("i{}", n * 3 / 5 % 5).parse().unwrap(),
            scope,
            reason: "亲属".into(),
            span: span(n),
        })
        .collect();
    let exclusions = [PlaceId::from(villages[2].id.clone()), "T05".parse().unwrap(), "T10".parse().unwrap()]
        .into_iter()
        .zip([1, 2, 3])
        .map(|(place, n)| Exclusion { place, reason: "塌方".into(), span: span(n) })
        .collect();
    Lists {
        regions: Vec::new(),
        villages,
        teams,
        officials,
        contacts,
        inspectors,
        recusals,
        exclusions,
        ..Lists::default()
    }
}

async fn fill(store: &Store, lists: &Lists) {
    let mut tx = store.begin().await.unwrap();
    tx.put_villages(&lists.villages).await.unwrap();
    tx.put_teams(&lists.teams).await.unwrap();
    tx.put_officials(&lists.officials).await.unwrap();
    tx.put_contacts(&lists.contacts).await.unwrap();
    tx.put_inspectors(&lists.inspectors).await.unwrap();
    tx.put_recusals(&lists.recusals).await.unwrap();
    tx.put_exclusions(&lists.exclusions).await.unwrap();
    tx.commit().await.unwrap();
}

/// Every place of the register, by kind.
fn all(register: &Snapshot, kind: PlaceKind) -> Vec<PlaceId> {
    match kind {
        PlaceKind::Team => register.teams.keys().cloned().map(PlaceId::from).collect(),
        PlaceKind::Village => register.villages.keys().cloned().map(PlaceId::from).collect(),
    }
}

const CASES: [(PlaceKind, &str); 4] =
    [(PlaceKind::Team, ""), (PlaceKind::Team, "990102"), (PlaceKind::Village, ""), (PlaceKind::Village, "990101")];

#[tokio::test]
async fn who_is_where_and_what_is_out_follow_the_register() {
    on_both(|store| async move {
        let lists = lists();
        fill(&store, &lists).await;
        let register = Snapshot::new(lists);
        let mut tx = store.read().await.unwrap();
        for (kind, region) in CASES {
            let inside = |place: &PlaceId| register.village(place).unwrap().region.starts_with(region);
            let mut found = tx.places(kind, region, day()).await.unwrap();
            found.sort_by(|a, b| a.place.cmp(&b.place));
            let places: Vec<PlaceId> = all(&register, kind).into_iter().filter(|p| inside(p)).collect();
            assert_eq!(found.iter().map(|p| p.place.clone()).collect::<Vec<_>>(), places, "{kind:?} {region}");
            let mut kinds = BTreeSet::new();
            for one in found {
                let people = register.officials_at(&one.place, day());
                let open = register.village(&one.place).unwrap().active.holds_on(day());
                let posted = open && !people.is_empty();
                let rung =
                    !register.contacts_at(&one.place, day()).is_empty() || people.iter().any(|o| o.phone.is_some());
                assert_eq!((one.posted, one.reachable), (posted, posted && rung), "{} {region}", one.place);
                assert_eq!(one.region, register.village(&one.place).unwrap().region);
                kinds.insert((one.posted, one.reachable));
            }
            assert_eq!(kinds.len(), 3, "every case occurs");
            let excluded: BTreeSet<PlaceId> =
                tx.excluded(kind, region, day()).await.unwrap().into_iter().map(|e| e.place).collect();
            let expected: BTreeSet<PlaceId> =
                places.into_iter().filter(|p| register.exclusion(p, day()).is_some()).collect();
            assert_eq!(excluded, expected, "{kind:?} {region}");
        }
    })
    .await;
}

fn touches(scope: &RecusalScope, place: &PlaceId, register: &Snapshot) -> bool {
    let (teams, officials) = (register.teams_at(place, day()), register.officials_at(place, day()));
    match scope {
        RecusalScope::Official(id) => officials.iter().any(|o| o.id == *id),
        RecusalScope::Team(id) => teams.iter().any(|t| t.id == *id),
        RecusalScope::Village(id) => register.village(place).is_some_and(|v| v.id == *id),
        RecusalScope::SendingUnit(unit) => {
            teams.iter().any(|t| t.sending_unit == *unit) || officials.iter().any(|o| o.sending_unit == *unit)
        }
        RecusalScope::Region(_) => false,
    }
}

#[tokio::test]
async fn recusals_of_every_scope_bar_what_they_touch() {
    on_both(|store| async move {
        let lists = lists();
        fill(&store, &lists).await;
        let register = Snapshot::new(lists);
        let mut tx = store.read().await.unwrap();
        let recusals = tx.recusals().await.unwrap();
        for (kind, region) in CASES {
            let mut expected = BTreeSet::new();
            for place in all(&register, kind) {
                let inside = register.village(&place).unwrap().region.starts_with(region);
                for recusal in recusals.iter().filter(|r| inside && r.span.holds_on(day())) {
                    if touches(&recusal.scope, &place, &register) {
                        expected.insert((place.clone(), recusal.inspector.clone()));
                    }
                }
            }
            let found: BTreeSet<_> = tx.recused(kind, region, day()).await.unwrap().into_iter().collect();
            assert!(found.len() > 10, "{}", found.len());
            assert_eq!(found, expected, "{kind:?} {region}");
        }
        let regions = tx.recused_regions(day()).await.unwrap();
        let on_day = recusals.iter().filter(|r| r.span.holds_on(day()) && r.scope.kind() == "region");
        let expected: BTreeSet<_> = on_day.map(|r| (r.scope.value().to_owned(), r.inspector.clone())).collect();
        assert!(!expected.is_empty());
        assert_eq!(regions.into_iter().collect::<BTreeSet<_>>(), expected);
    })
    .await;
}

#[tokio::test]
async fn on_duty_is_whom_letters_reach_on_the_day() {
    on_both(|store| async move {
        fill(&store, &lists()).await;
        let mut tx = store.read().await.unwrap();
        let names = |rows: Vec<spotcheck::store::OnDutyRow>| -> Vec<String> {
            rows.into_iter().map(|one| one.inspector.to_string()).collect()
        };
        assert_eq!(names(tx.on_duty(day()).await.unwrap()), ["i0", "i1", "i2", "i3"], "no address, or gone");
        assert_eq!(names(tx.on_duty_of(&"qinghe".parse().unwrap(), day()).await.unwrap()), ["i1", "i3"]);
        assert_eq!(tx.count_in("").await.unwrap().officials, 90);
        let county = tx.count_in("990101").await.unwrap();
        assert_eq!((county.villages, county.teams < 60), (20, true));
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_the_ids_of_their_places() {
    on_both(|store| async move {
        let lists = lists();
        fill(&store, &lists).await;
        let mut tx = store.read().await.unwrap();
        let village = lists.villages[14].id.clone();
        let asked = Ids::new(["T05", village.as_str(), "T05", "no such place"]);
        let teams = tx.teams_of_places(&asked).await.unwrap();
        let expected: Vec<_> =
            lists.teams.iter().filter(|t| t.id.as_str() == "T05" || t.village == village).cloned().collect();
        assert!(teams.len() > 1);
        assert_eq!(teams, expected);
        let ids = Ids::new(teams.iter().map(|t| t.id.as_str()));
        let officials: Vec<_> =
            lists.officials.iter().filter(|o| teams.iter().any(|t| t.id == o.team)).cloned().collect();
        assert_eq!(tx.officials_of_teams(&ids).await.unwrap(), officials);
        assert_eq!(tx.villages_among(&asked).await.unwrap(), [lists.villages[14].clone()]);
        let contacts = tx.contacts_of_villages(&asked).await.unwrap();
        assert_eq!(contacts, [lists.contacts[14].clone()]);
        assert_eq!(tx.officials_among(&Ids::new(["P03"])).await.unwrap(), [lists.officials[3].clone()]);
        assert_eq!(tx.inspectors_among(&Ids::new(["i3"])).await.unwrap(), [lists.inspectors[3].clone()]);
        assert!(tx.inspectors_among(&Ids::new([])).await.unwrap().is_empty());
    })
    .await;
}
