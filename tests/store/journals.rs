//! Outcomes, mails, verdicts and flags.

use super::on_both;
use spotcheck::model::{FlagState, Outcome, Said, Sha256, Strength, Timestamp, VerdictCode};
use spotcheck::store::{Arrival, FlagRow, Ids, Look, NewOutcome, NewVerdict, Reading, VerdictRow};
use std::collections::BTreeSet;

fn outcome(outcome: Outcome, received: i64) -> NewOutcome {
    NewOutcome {
        assignment: "K7Q2M".parse().unwrap(),
        line: "V1".into(),
        person: "V1.1".into(),
        official: Some("P0001".parse().unwrap()),
        outcome,
        stated: None,
        remark: "门锁着".into(),
        by: "code".into(),
        mail: None,
        received: Timestamp(received),
    }
}

#[tokio::test]
async fn the_last_outcome_counts_and_the_first_stays() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        tx.add_outcomes(&[outcome(Outcome::Busy, 5), outcome(Outcome::Absent, 10)]).await.unwrap();
        tx.add_outcomes(&[outcome(Outcome::Present, 20)]).await.unwrap();
        let current = tx.outcomes_of(&"K7Q2M".parse().unwrap()).await.unwrap();
        assert_eq!(current.iter().map(|o| (o.seq, o.outcome)).collect::<Vec<_>>(), vec![(3, Outcome::Present)]);
        assert_eq!(tx.due_outcomes().await.unwrap(), current);
        tx.mark_judged(&current).await.unwrap();
        assert!(tx.due_outcomes().await.unwrap().is_empty());
        tx.look_again(&"K7Q2M".parse().unwrap(), "V1").await.unwrap();
        assert_eq!(tx.due_outcomes().await.unwrap().len(), 1, "to be looked at again");
    })
    .await;
}

#[tokio::test]
async fn a_mark_that_comes_while_somebody_judges_outlives_the_judging() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        tx.add_outcomes(&[outcome(Outcome::Absent, 10)]).await.unwrap();
        tx.commit().await.unwrap();
        let mut judging = store.begin().await.unwrap();
        judging.one_judges().await.unwrap();
        let due = judging.due_outcomes().await.unwrap();
        let marking = async {
            let mut tx = store.begin().await.unwrap();
            tx.look_again(&"K7Q2M".parse().unwrap(), "V1").await.unwrap();
            tx.commit().await.unwrap();
        };
        let judged = async {
            // Time enough for a mark that waits for nobody.
            for _ in 0..50 {
                store.read().await.unwrap().batches().await.unwrap();
            }
            judging.mark_judged(&due).await.unwrap();
            judging.commit().await.unwrap();
        };
        tokio::join!(marking, judged);
        let again = store.read().await.unwrap().due_outcomes().await.unwrap();
        assert_eq!(again.len(), 1, "what was marked meanwhile is to be judged again");
    })
    .await;
}

#[tokio::test]
async fn a_mail_is_stored_once_and_read_once() {
    on_both(|store| async move {
        let arrival = |bytes: &[u8]| Arrival::new(bytes, "maildir", false, Timestamp(5)).unwrap();
        let id = Sha256::of(b"mail").hex();
        let reading = Reading {
            state: "done".into(),
            disposition: "accepted".into(),
            reason: "ok".into(),
            assignment: Some("K7Q2M".into()),
            inspector: Some("i1".into()),
            message_id: Some("<1@field.example>".into()),
            content_sha: Some("c".into()),
            text_sha: Some("t".into()),
            recorded: true,
        };
        let mut tx = store.begin().await.unwrap();
        let twice = [arrival(b"mail"), arrival(b"mail")];
        assert_eq!(tx.take_in(&twice).await.unwrap(), 1, "the same bytes are one mail");
        assert_eq!(tx.take_in(&twice).await.unwrap(), 0);
        let contents = Ids::new(["c", "d"]);
        assert!(tx.known_contents(&contents).await.unwrap().is_empty());
        tx.finish_mails(&[(&id, reading.clone())], Timestamp(6)).await.unwrap();
        assert!(tx.finish_mails(&[(&id, reading.clone())], Timestamp(7)).await.is_err(), "read is read");
        assert_eq!(tx.known_contents(&contents).await.unwrap(), BTreeSet::from(["c".to_owned()]));
        let known = ("K7Q2M".parse().unwrap(), Some("<1@field.example>".to_owned()), Some("t".to_owned()));
        assert_eq!(tx.recorded_mails(&Ids::new(["K7Q2M"])).await.unwrap(), vec![known]);
        assert!(tx.new_mails(10, Timestamp(i64::MAX), &Ids::new([])).await.unwrap().is_empty());
        tx.commit().await.unwrap();

        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.take_in(&[arrival(b"mail"), arrival(b"copy")]).await.unwrap(), 1);
        let twice = tx.finish_mails(&[(&Sha256::of(b"copy").hex(), reading)], Timestamp(8)).await;
        assert!(twice.is_err_and(|e| e.is_duplicate()), "the same content is recorded once, whoever races");
    })
    .await;
}

#[tokio::test]
async fn mails_of_one_moment_are_read_in_the_order_in_which_they_came() {
    on_both(|store| async move {
        let arrivals: Vec<Arrival> = (0..300)
            .map(|n| Arrival::new(format!("mail {n}").as_bytes(), "imap", false, Timestamp(5)).unwrap())
            .collect();
        let mut tx = store.begin().await.unwrap();
        for lot in arrivals.chunks(100) {
            tx.take_in(lot).await.unwrap();
        }
        let rows = tx.new_mails(300, Timestamp(9), &Ids::new([])).await.unwrap();
        let expected: Vec<String> = (0..300).map(|n| Sha256::of(format!("mail {n}").as_bytes()).hex()).collect();
        assert_eq!(rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), expected);
        let ids: Vec<&str> = expected.iter().map(String::as_str).collect();
        let besides = tx.new_mails(2, Timestamp(9), &Ids::new([ids[0], ids[2]])).await.unwrap();
        assert_eq!(besides.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), [ids[1], ids[3]]);
        let all = tx.first_blobs(&ids, 1 << 20).await.unwrap();
        assert_eq!((all.len(), all[299].as_deref()), (300, Some(&b"mail 299"[..])));
        assert_eq!(tx.first_blobs(&ids, 30).await.unwrap().len(), 2, "so many as fit, when packed too");
        assert_eq!(tx.first_blobs(&ids, 0).await.unwrap().len(), 1, "but the first always");
        tx.put_blob(&[0; 1 << 20]).await.unwrap();
        let large = Sha256::of(&[0; 1 << 20]).hex();
        let missing = Sha256::of(b"missing").hex();
        let blobs = tx.first_blobs(&[&missing, &large, ids[0]], 1 << 16).await.unwrap();
        assert_eq!(blobs.iter().map(|b| b.as_ref().map(Vec::len)).collect::<Vec<_>>(), [None, Some(1 << 20)]);
    })
    .await;
}

#[tokio::test]
async fn how_far_a_mailbox_was_looked_through_holds_for_its_uids_only() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        let mut look = Look { mailbox: "desk", folder: "INBOX", validity: 7, uid: 40 };
        assert_eq!(tx.looked("desk", "INBOX", 7).await.unwrap(), None);
        tx.note_look(&look).await.unwrap();
        look.uid = 12;
        tx.note_look(&look).await.unwrap();
        assert_eq!(tx.looked("desk", "INBOX", 7).await.unwrap(), Some(40), "it never goes back");
        look.validity = 8;
        tx.note_look(&look).await.unwrap();
        assert_eq!(tx.looked("desk", "INBOX", 7).await.unwrap(), None);
        assert_eq!(tx.looked("desk", "INBOX", 8).await.unwrap(), Some(12), "the folder was made anew");
        assert_eq!(tx.looked("desk", "Other", 8).await.unwrap(), None);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_flag_moves_only_from_the_state_it_is_in() {
    on_both(|store| async move {
        let flag = FlagRow {
            id: "F-1".into(),
            office: "yunling".parse().unwrap(),
            official: "P0001".parse().unwrap(),
            assignment: "K7Q2M".parse().unwrap(),
            line: "V1".into(),
            person: "V1.1".into(),
            opened: Timestamp(5),
            state: FlagState::Open,
        };
        let verdict = NewVerdict {
            assignment: flag.assignment.clone(),
            line: "V1".into(),
            person: "V1.1".into(),
            official: Some(flag.official.clone()),
            outcome: Outcome::Absent,
            verdict: Some(VerdictCode::Unexcused),
            strength: Strength::High,
            timing_unclear: false,
            evidence: "[]".into(),
            sentence: Said::new("absent", "不在岗"),
            judged: Timestamp(5),
        };
        let mut tx = store.begin().await.unwrap();
        tx.add_verdicts(&[VerdictRow { seq: 1, judgement: verdict.clone() }]).await.unwrap();
        assert_eq!(tx.last_verdict(&flag.assignment, "V1", "V1.1").await.unwrap().unwrap().judgement, verdict);
        tx.add_flags(std::slice::from_ref(&flag)).await.unwrap();
        tx.step_flag(&flag, "dismiss", "刘芳", Timestamp(9), "说明成立", FlagState::Dismissed).await.unwrap();
        assert_eq!(tx.flags(Some(FlagState::Open)).await.unwrap(), vec![]);
        assert_eq!(tx.flag("F-1").await.unwrap().unwrap().state, FlagState::Dismissed);
        assert_eq!(tx.flag_steps("F-1").await.unwrap()[0].reason, "说明成立");
        let stale = tx.step_flag(&flag, "confirm", "x", Timestamp(9), "", FlagState::Confirmed).await;
        assert!(stale.is_err(), "somebody else decided meanwhile");
    })
    .await;
}

#[tokio::test]
async fn the_state_hash_sees_what_counts_and_nothing_else() {
    on_both(|store| async move {
        let hash = async |store: &spotcheck::store::Store| store.read().await.unwrap().state_hash().await.unwrap().0;
        let empty = hash(&store).await;
        let mut tx = store.begin().await.unwrap();
        tx.put_setting("a", "b").await.unwrap();
        tx.take_lease("x", "y", Timestamp(0), Timestamp(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(hash(&store).await, empty);
        let mut tx = store.begin().await.unwrap();
        tx.add_outcomes(&[outcome(Outcome::Absent, 10)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_ne!(hash(&store).await, empty);
    })
    .await;
}

#[tokio::test]
async fn both_databases_hash_the_same_rows_to_the_same_state() {
    let hashes = std::cell::RefCell::new(Vec::new());
    on_both(|store| {
        let hashes = &hashes;
        async move {
            let mut tx = store.begin().await.unwrap();
            for (person, received) in [("V1.2", 7), ("V1.10", 8), ("张", 9)] {
                let o = NewOutcome { person: person.into(), ..outcome(Outcome::OnLeave, received) };
                tx.add_outcomes(&[o]).await.unwrap();
            }
            let id = "p/o/2026-03-02/am".parse().unwrap();
            let window = spotcheck::model::Window { id, start: Timestamp(10), end: Timestamp(20) };
            tx.add_void(&window, "late", Timestamp(1)).await.unwrap();
            tx.commit().await.unwrap();
            let hash = store.read().await.unwrap().state_hash().await.unwrap();
            hashes.borrow_mut().push(hash);
        }
    })
    .await;
    let hashes = hashes.into_inner();
    assert_eq!(hashes[0], hashes[1]);
}
