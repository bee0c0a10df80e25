//! The register and the records come back as they went in.

use super::on_both;
use chrono::NaiveDate;
use spotcheck::model::record::{Direction, Filed, FiledBy, Origin, Paper, PaperKind, PaperStatus, Punch, Record, What};
use spotcheck::model::register::{
    Contact, Inspector, Name, Official, Posting, Recusal, RecusalScope, Region, Role, Team, Village,
};
use spotcheck::model::{Language, Phone, Timestamp};
use spotcheck::store::{Ids, NewRecord, Punches};

fn posting() -> Posting {
    Posting { from: NaiveDate::from_ymd_opt(2026, 1, 1), to: None }
}

fn phone() -> Option<Phone> {
    Some(Phone { dial: "+8613800138000".into(), extension: Some("12".into()), shown: "138 0013 8000 ext 12".into() })
}

#[tokio::test]
async fn a_register_comes_back_as_it_went_in_and_twice_is_once() {
    on_both(|store| async move {
        let region = Region {
            code: "990101001".into(),
            name: Name::new("青山镇", "Qingshan"),
            level: 4,
            parent: Some("990101".into()),
        };
        let village = Village {
            id: "990101001201".parse().unwrap(),
            region: region.code.clone(),
            name: Name::new("滨河村", "Binhe"),
            active: posting(),
        };
        let team = Team {
            id: "T001".parse().unwrap(),
            village: village.id.clone(),
            name: Name::new("滨河村工作队", ""),
            sending_unit: "县水务局".into(),
            posting: posting(),
        };
        let official = Official {
            id: "P0001".parse().unwrap(),
            team: team.id.clone(),
            name: Name::new("王建国", "Wang Jianguo"),
            role: Role::Lead,
            phone: phone(),
            sending_unit: "县水务局".into(),
            email: None,
            device_number: Some("7".into()),
            posting: posting(),
        };
        let contact = Contact {
            id: "K1".parse().unwrap(),
            village: village.id.clone(),
            role: Role::Villager,
            name: Name::new("李娜", "Li Na"),
            phone: phone(),
            do_not_call: true,
            active: posting(),
        };
        let inspector = Inspector {
            id: "i1".parse().unwrap(),
            office: "yunling".parse().unwrap(),
            name: Name::new("赵新", "Zhao Xin"),
            addresses: vec!["zhaoxin@field.example".into(), "zhaoxin@163.example".into()],
            phone: None,
            language: Language::ZhHans,
            visits_a_window: 2,
            calls_a_window: 8,
            home_county: None,
            active: Posting::default(),
        };
        let recusal = Recusal {
            inspector: inspector.id.clone(),
            scope: RecusalScope::Team(team.id.clone()),
            reason: "亲属".into(),
            span: Posting::default(),
        };
        for round in 0..2 {
            let mut tx = store.begin().await.unwrap();
            let counted = tx.put_regions(std::slice::from_ref(&region)).await.unwrap();
            assert_eq!(counted.touched, u64::from(round == 0));
            let counted = tx.put_villages(std::slice::from_ref(&village)).await.unwrap();
            assert_eq!(counted.touched, u64::from(round == 0), "an unchanged village is not written again");
            tx.put_teams(std::slice::from_ref(&team)).await.unwrap();
            tx.put_officials(std::slice::from_ref(&official)).await.unwrap();
            tx.put_contacts(std::slice::from_ref(&contact)).await.unwrap();
            tx.put_inspectors(std::slice::from_ref(&inspector)).await.unwrap();
            tx.put_recusals(std::slice::from_ref(&recusal)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.regions().await.unwrap(), vec![region]);
        assert_eq!(tx.villages().await.unwrap(), vec![village.clone()]);
        assert_eq!(tx.villages_in("990101").await.unwrap(), vec![village]);
        assert!(tx.villages_in("990102").await.unwrap().is_empty());
        assert_eq!(tx.teams().await.unwrap(), vec![team]);
        assert_eq!(tx.officials().await.unwrap(), vec![official]);
        assert_eq!(tx.contacts().await.unwrap(), vec![contact]);
        assert_eq!(tx.inspectors().await.unwrap(), vec![inspector]);
        assert_eq!(tx.recusals().await.unwrap(), vec![recusal]);
    })
    .await;
}

fn record(batch: &str, what: What) -> Record {
    Record {
        official: "P0001".parse().unwrap(),
        source: "punches".parse().unwrap(),
        first_batch: batch.into(),
        last_batch: batch.into(),
        row: 2,
        filed: Filed { at: Some(Timestamp(50)), by: FiledBy::Machine },
        what,
    }
}

#[tokio::test]
async fn ten_thousand_punches_are_kept_once() {
    on_both(|store| async move {
        let punches: Vec<Record> = (0..10_000)
            .map(|n| {
                let what = What::Punch(Punch {
                    at: Timestamp(n * 1000),
                    direction: Direction::In,
                    origin: Origin::Device,
                    in_range: (n % 2 == 0).then_some(true),
                    device: None,
                });
                record("b1", what)
            })
            .collect();
        let mut tx = store.begin().await.unwrap();
        let mut add = async |batch: &str, records: &[Record]| {
            let mut punches = Punches::new(&"punches".parse().unwrap(), batch);
            for record in records.iter().rev() {
                let What::Punch(punch) = &record.what else { unreachable!() };
                punches.add(&record.official, punch, record.filed, record.row);
            }
            tx.add_punches(&mut punches).await.unwrap().touched
        };
        assert_eq!(add("b1", &punches).await, 10_000);
        assert_eq!(add("b2", &punches).await, 0);
        let mut edited = punches[7].clone();
        edited.first_batch = "b3".into();
        edited.last_batch = "b3".into();
        if let What::Punch(punch) = &mut edited.what {
            punch.origin = Origin::Edited;
        }
        assert_eq!(add("b3", &[edited.clone(), punches[7].clone(), edited.clone()]).await, 1, "beside the first one");
        let official = ["P0001"].into();
        let found = tx.punches_of(&official, Timestamp(5_000_000), Timestamp(5_002_000)).await.unwrap();
        assert_eq!(found, punches[5000..=5002]);
        let both = tx.punches_of(&official, Timestamp(7_000), Timestamp(7_000)).await.unwrap();
        assert_eq!(both, [punches[7].clone(), edited]);
        let all = tx.punches_between(&"punches".parse().unwrap(), Timestamp(0), Timestamp(i64::MAX)).await.unwrap();
        assert_eq!(all.len(), 10_001);
        assert!(
            tx.punches_between(&"others".parse().unwrap(), Timestamp(0), Timestamp(i64::MAX)).await.unwrap().is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_paper_that_changed_is_a_new_version_and_the_old_one_stays() {
    on_both(|store| async move {
        let paper = |status| Paper {
            kind: PaperKind::Leave,
            from: Timestamp(0),
            to: Timestamp(100),
            status: Some(status),
            approved_at: None,
            cancelled_at: None,
            sick: false,
            label: "年休假".into(),
        };
        let pending = NewRecord { key: "k".into(), record: record("b1", What::Paper(paper(PaperStatus::Pending))) };
        let approved = NewRecord { key: "k".into(), record: record("b2", What::Paper(paper(PaperStatus::Approved))) };
        let mut tx = store.begin().await.unwrap();
        let mut touched = async |papers: &[NewRecord]| tx.add_papers(papers).await.unwrap().touched;
        assert_eq!(touched(std::slice::from_ref(&pending)).await, 1);
        assert_eq!(touched(std::slice::from_ref(&pending)).await, 0, "the same again is no version");
        let other = NewRecord { key: "l".into(), ..pending.clone() };
        let both = [approved.clone(), other.clone(), other.clone()];
        assert_eq!(touched(&both).await, 2, "known, changed and new ones side by side");
        let mut later = approved.clone();
        later.record.first_batch = "b3".into();
        later.record.last_batch = "b3".into();
        assert_eq!(touched(&[later]).await, 0);
        let versions = tx.papers_of(&Ids::new(["P0001"])).await.unwrap();
        let mut seen_last = approved.record;
        seen_last.last_batch = "b3".into();
        let expected = [("k", pending.record), ("k", seen_last), ("l", other.record)];
        assert_eq!(versions, expected.map(|(key, record)| (key.to_owned(), record)));
    })
    .await;
}
