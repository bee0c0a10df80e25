//! What the pages of the console read, on both databases: a page at a time, and of the offices in sight alone.

use super::on_both;
use spotcheck::config::PlaceKind;
use spotcheck::model::register::{Name, Official, Posting, Role, Team, Village};
use spotcheck::model::{
    FindingOrigin, FindingState, FlagState, OfficeId, Outcome, Said, Strength, Subject, Timestamp, VerdictCode,
    WindowId,
};
use spotcheck::store::{
    BatchRow, FindingLook, FindingRow, FlagFilter, FlagRow, Ids, NewVerdict, Store, Tx, VerdictRow,
};

fn office(id: &str) -> OfficeId {
    id.parse().unwrap()
}

fn finding(id: &str, of: &str, deadline: &str) -> FindingRow {
    FindingRow {
        id: id.into(),
        office: office(of),
        subject: Subject::Office,
        team: None,
        village: None,
        code: "other".into(),
        origin: FindingOrigin::Person,
        text: id.into(),
        line: None,
        owner: String::new(),
        deadline: (!deadline.is_empty()).then(|| deadline.parse().unwrap()),
        opened: Timestamp(1),
        opened_by: "刘芳".into(),
        state: FindingState::Open,
    }
}

fn batch(id: &str, of: Option<&str>, seen: i64) -> BatchRow {
    BatchRow {
        id: id.into(),
        office: of.map(str::to_owned),
        kind: "attendance".into(),
        source: of.map(|of| format!("punches-{of}")),
        file_name: format!("{id}.csv"),
        file_sha: id.into(),
        seen_at: seen,
        covers_from: Some("2026-03-02".into()),
        covers_to: Some(format!("2026-03-{:02}", 2 + seen)),
        complete: 1,
        rows_read: 1,
        rows_new: 1,
        rows_known: 0,
        rows_rejected: 0,
        layout: None,
    }
}

#[tokio::test]
async fn findings_come_by_their_deadline_a_page_at_a_time() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        for (id, of, deadline) in
            [("R-1", "a", "2026-03-09"), ("R-2", "b", "2026-03-03"), ("R-3", "a", ""), ("R-4", "a", "2026-03-09")]
        {
            assert!(tx.add_finding(&finding(id, of, deadline), "").await.unwrap());
        }
        let mut look = FindingLook {
            offices: Some(Ids::new(["a"])),
            states: vec![FindingState::Open],
            overdue_on: None,
            after: None,
            most: 2,
        };
        let ids = |rows: Vec<FindingRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.look_findings(&look).await.unwrap()), ["R-1", "R-4"]);
        look.after = Some(("2026-03-09".into(), "R-4".into()));
        assert_eq!(ids(tx.look_findings(&look).await.unwrap()), ["R-3"]);
        look = FindingLook { offices: None, overdue_on: Some("2026-03-05".parse().unwrap()), after: None, ..look };
        assert_eq!(ids(tx.look_findings(&look).await.unwrap()), ["R-2"]);
        let own = tx.count_waiting_findings(Some(&Ids::new(["b"]))).await.unwrap();
        assert_eq!(own, [(FindingState::Open, 1)]);
    })
    .await;
}

/// Which flags a list of all states shows, and how many of them wait.
async fn listed(tx: &mut Tx) -> (Vec<String>, i64) {
    let filter = FlagFilter {
        offices: None,
        states: FlagState::ALL.to_vec(),
        verdict: None,
        region: None,
        until: Timestamp(i64::MAX),
        after: None,
        most: 5,
    };
    let rows = tx.look_flags(&filter).await.unwrap().into_iter().map(|row| row.id).collect();
    (rows, tx.count_waiting_flags(Some(&Ids::new(["a"]))).await.unwrap().iter().map(|count| count.number).sum())
}

#[tokio::test]
async fn a_flag_is_listed_while_its_last_verdict_bears_it() {
    on_both(|store| async move {
        let flag = |id: &str, person: &str, opened| FlagRow {
            id: id.into(),
            office: office("a"),
            official: "P1".parse().unwrap(),
            assignment: "K7Q2M".parse().unwrap(),
            line: "V1".into(),
            person: person.into(),
            opened: Timestamp(opened),
            state: if opened > 5 { FlagState::Asked } else { FlagState::Open },
        };
        let verdict = |seq, person: &str, strength| VerdictRow {
            seq,
            judgement: NewVerdict {
                assignment: "K7Q2M".parse().unwrap(),
                line: "V1".into(),
                person: person.into(),
                official: None,
                outcome: Outcome::Absent,
                verdict: Some(VerdictCode::Unexcused),
                strength,
                timing_unclear: false,
                evidence: "[]".into(),
                sentence: Said::new("absent", "不在岗"),
                judged: Timestamp(seq),
            },
        };
        let mut tx = store.begin().await.unwrap();
        // As the judge writes them: the flag first. And the other way about.
        tx.add_flags(&[flag("F-2", "V1.2", 3), flag("F-3", "V1.3", 9)]).await.unwrap();
        let first = [verdict(1, "V1.1", Strength::High), verdict(1, "V1.2", Strength::Medium)];
        tx.add_verdicts(&first).await.unwrap();
        tx.add_flags(&[flag("F-1", "V1.1", 7)]).await.unwrap();
        assert_eq!(listed(&mut tx).await, (vec!["F-2".into(), "F-1".into()], 2), "nothing was said of F-3");
        tx.add_verdicts(&[verdict(2, "V1.1", Strength::Low), verdict(1, "V1.3", Strength::Highest)]).await.unwrap();
        assert_eq!(listed(&mut tx).await, (vec!["F-2".into(), "F-3".into()], 2), "a paper came for F-1");
        tx.add_verdicts(&[verdict(3, "V1.1", Strength::High)]).await.unwrap();
        assert_eq!(listed(&mut tx).await, (vec!["F-2".into(), "F-1".into(), "F-3".into()], 3));
    })
    .await;
}

#[tokio::test]
async fn the_register_is_searched_in_a_region_and_as_a_whole() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        let village = |id: &str, own: &str, latin: &str| Village {
            id: id.parse().unwrap(),
            region: "520699101".into(),
            name: Name::new(own, latin),
            active: Posting::default(),
        };
        let villages = [village("520699101201", "滨河村", "Binhe village"), village("520699101202", "石门村", "")];
        tx.put_villages(&villages).await.unwrap();
        let team = Team {
            id: "T1".parse().unwrap(),
            village: "520699101201".parse().unwrap(),
            name: Name::new("滨河村工作队", ""),
            sending_unit: "县农业局".into(),
            posting: Posting::default(),
        };
        tx.put_teams(&[team]).await.unwrap();
        let official = Official {
            id: "P1".parse().unwrap(),
            team: "T1".parse().unwrap(),
            name: Name::new("刘敏", "Liu Min"),
            role: Role::Lead,
            phone: None,
            email: None,
            sending_unit: "县农业局".into(),
            device_number: None,
            posting: Posting::default(),
        };
        tx.put_officials(&[official]).await.unwrap();
        for region in ["", "520699"] {
            for (text, places, people) in
                [("滨", 1, 0), ("binhe", 1, 0), ("刘", 0, 1), ("liu m", 0, 1), ("P1", 0, 1), ("敏", 0, 0)]
            {
                let found = tx.find_places(region, text, 5).await.unwrap();
                assert_eq!(found.len(), places, "{text} in {region:?}");
                assert!(found.iter().all(|one| (one.teams, one.officials) == (1, 1)));
                assert_eq!(tx.find_officials(region, text, 5).await.unwrap().len(), people, "{text} in {region:?}");
            }
            assert_eq!(tx.find_places(region, "520699101202", 5).await.unwrap().len(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn imports_come_newest_first_and_of_the_offices_in_sight() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        for row in [batch("1", Some("a"), 1), batch("2", Some("b"), 2), batch("3", None, 3), batch("4", Some("a"), 3)] {
            tx.add_batch(&row).await.unwrap();
        }
        let ids = |rows: Vec<BatchRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.look_imports(None, None, 2).await.unwrap()), ["4", "3"]);
        assert_eq!(ids(tx.look_imports(None, Some((Timestamp(3), "3")), 9).await.unwrap()), ["2", "1"]);
        assert_eq!(ids(tx.look_imports(Some(&Ids::new(["a"])), None, 9).await.unwrap()), ["4", "1"]);
        let covered = tx.covered_until(&Ids::new(["punches-a"])).await.unwrap();
        assert_eq!(covered["punches-a"], (Some("2026-03-05".parse().unwrap()), Some(Timestamp(3))));
    })
    .await;
}

/// Everything else is asked of an empty house: it answers with nothing, and not with an error.
#[tokio::test]
async fn an_empty_house_has_empty_pages() {
    on_both(|store: Store| async move {
        let mut tx: Tx = store.read().await.unwrap();
        let (some, none) = (Some(Ids::new(["a"])), None::<Ids>);
        let window: WindowId = "p/a/2026-03-03/am".parse().unwrap();
        let day = window.day;
        for offices in [&some, &none] {
            let filter = FlagFilter {
                offices: offices.clone(),
                states: FlagState::ALL.to_vec(),
                verdict: None,
                region: Some("52".into()),
                until: Timestamp(i64::MAX),
                after: None,
                most: 5,
            };
            assert!(tx.look_flags(&filter).await.unwrap().is_empty());
            assert!(tx.count_waiting_flags(offices.as_ref()).await.unwrap().is_empty());
            assert!(tx.waiting_complaints(offices.as_ref(), 5).await.unwrap().is_empty());
            assert!(tx.waiting_mails(offices.as_ref(), None, 5).await.unwrap().is_empty());
            assert_eq!(tx.mail_of(offices.as_ref(), "x").await.unwrap(), None);
            assert_eq!(tx.count_waiting_mails(offices.as_ref()).await.unwrap(), (0, None));
            assert!(tx.look_reports(offices.as_ref(), 5).await.unwrap().is_empty());
        }
        assert!(tx.letters_sent(&Ids::new(["x"])).await.unwrap().is_empty());
        assert_eq!(tx.waiting_of(&office("a"), day, Timestamp(0)).await.unwrap(), Default::default());
        assert!(tx.look_windows(&office("a"), day, day).await.unwrap().is_empty());
        assert!(tx.line_counts(&window).await.unwrap().is_empty());
        assert!(tx.some_lines_of_window(&window, "", 5).await.unwrap().is_empty());
        for kind in [PlaceKind::Team, PlaceKind::Village] {
            assert!(tx.named_places(kind, "52", day).await.unwrap().is_empty());
        }
        assert!(tx.regions_in("52", 5).await.unwrap().is_empty());
        assert!(tx.look_visits(&Ids::new(["V1"]), "p/a/2026", "p/a/2027").await.unwrap().is_empty());
        assert!(tx.find_places("52", "滨", 5).await.unwrap().is_empty());
        assert!(tx.find_officials("52", "王", 5).await.unwrap().is_empty());
        assert!(tx.find_inspectors("王", 5).await.unwrap().is_empty());
        assert!(tx.batches_among(&Ids::new(["1"])).await.unwrap().is_empty());
    })
    .await;
}
