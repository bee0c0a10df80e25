//! Claims, leases and the states of a letter.

use super::on_both;
use spotcheck::model::{OfficeId, Timestamp};
use spotcheck::store::{Claimed, Hold, LetterEnd, NewLetter, Packed, Store};
use std::collections::BTreeMap;

fn letter(number: usize) -> NewLetter {
    NewLetter {
        message_id: format!("<{number:05}@inspect.example>"),
        kind: if number.is_multiple_of(3) { "digest" } else { "assignment" }.into(),
        office: OfficeId::parse("yunling").unwrap(),
        assignment: None,
        inspector: None,
        sender: "desk@inspect.example".into(),
        recipients: vec!["zhaoxin@field.example".into()],
        bytes: Packed::new(b"bytes").unwrap(),
        priority: if number.is_multiple_of(3) { 9 } else { 1 },
        created: Timestamp(1000),
    }
}

fn held(letter: &Claimed) -> (String, i64) {
    (letter.message_id.clone(), letter.fence)
}

fn end(letter: &Claimed, state: &'static str) -> LetterEnd {
    let (message_id, fence) = held(letter);
    LetterEnd { message_id, fence, state, done: Some(Timestamp(3600)), next_try: None, untried: false, trouble: None }
}

async fn queue(store: &Store, count: usize) {
    let mut tx = store.begin().await.unwrap();
    let letters: Vec<_> = (0..count).map(letter).collect();
    assert_eq!(tx.queue_letters(&letters).await.unwrap(), count as u64);
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_claimers_get_every_letter_once() {
    on_both(|store| async move {
        const LETTERS: usize = 400;
        queue(&store, LETTERS).await;
        let claimers = (0..8).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let owner = format!("daemon {number}");
                let mut mine = Vec::new();
                loop {
                    let mut tx = store.begin().await.unwrap();
                    let claimed = tx
                        .claim_letters(Hold::Claimed, &owner, (Timestamp(2000), Timestamp(9000)), 7, i64::MAX)
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                    if claimed.is_empty() {
                        return mine;
                    }
                    mine.extend(claimed);
                }
            })
        });
        let mut handed_out = BTreeMap::new();
        for claimer in claimers.collect::<Vec<_>>() {
            for claimed in claimer.await.unwrap() {
                *handed_out.entry(claimed.message_id).or_insert(0) += 1;
                assert_eq!((claimed.fence, claimed.attempts), (1, 1));
            }
        }
        // Where all letters are locked by others, a claimer may see none and stop early; nothing is lost by it.
        let mut tx = store.begin().await.unwrap();
        for claimed in
            tx.claim_letters(Hold::Claimed, "last", (Timestamp(2000), Timestamp(9000)), 1000, i64::MAX).await.unwrap()
        {
            *handed_out.entry(claimed.message_id).or_insert(0) += 1;
        }
        tx.commit().await.unwrap();
        assert_eq!(handed_out.len(), LETTERS, "{}", store.backend());
        assert!(handed_out.values().all(|n| *n == 1), "{}", store.backend());
    })
    .await;
}

#[tokio::test]
async fn assignments_go_before_digests_and_not_before_their_time() {
    on_both(|store| async move {
        queue(&store, 6).await;
        let mut tx = store.begin().await.unwrap();
        assert!(
            tx.claim_letters(Hold::Claimed, "d", (Timestamp(999), Timestamp(9000)), 10, i64::MAX)
                .await
                .unwrap()
                .is_empty(),
            "not yet due"
        );
        let kinds: Vec<String> = tx
            .claim_letters(Hold::Claimed, "d", (Timestamp(1000), Timestamp(9000)), 4, i64::MAX)
            .await
            .unwrap()
            .into_iter()
            .map(|c| c.kind)
            .collect();
        assert_eq!(kinds, ["assignment"; 4]);
    })
    .await;
}

#[tokio::test]
async fn a_letter_goes_through_its_states_and_a_lost_claim_is_refused() {
    on_both(|store| async move {
        queue(&store, 2).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.queue_letters(&[letter(1)]).await.unwrap(), 0, "the same Message-ID again");
        let first = tx
            .claim_letters(Hold::Claimed, "a", (Timestamp(2000), Timestamp(3000)), 1, i64::MAX)
            .await
            .unwrap()
            .remove(0);
        assert!(tx.rescue_letters(Timestamp(2500), "b").await.unwrap().is_empty(), "the claim still holds");
        assert!(tx.rescue_letters(Timestamp(3000), "b").await.unwrap().is_empty(), "nothing was sent yet");
        let again = tx
            .claim_letters(Hold::Claimed, "b", (Timestamp(3000), Timestamp(4000)), 1, i64::MAX)
            .await
            .unwrap()
            .remove(0);
        assert_eq!((&again.message_id, again.fence), (&first.message_id, 2));
        assert!(tx.mark_data_sent(&[held(&first)]).await.unwrap().is_empty(), "the zombie's fence is old");
        assert!(tx.end_letters(&[end(&first, "acked")]).await.unwrap().is_empty());
        let both = tx.mark_data_sent(&[held(&first), held(&again)]).await.unwrap();
        assert_eq!(Vec::from_iter(both), [again.message_id.as_str()]);
        let lost = tx.rescue_letters(Timestamp(3500), "b").await.unwrap();
        assert_eq!(lost, vec![(again.message_id.clone(), 2, 2)], "killed after the dot: nobody knows");
        tx.note_ambiguous(&again.message_id, 2, Timestamp(3500)).await.unwrap();
        tx.end_letters(&[LetterEnd { next_try: Some(Timestamp(3500)), ..end(&again, "queued") }]).await.unwrap();
        assert_eq!(tx.count_ambiguous().await.unwrap(), 1);
        let third = tx
            .claim_letters(Hold::Claimed, "b", (Timestamp(3500), Timestamp(4000)), 1, i64::MAX)
            .await
            .unwrap()
            .remove(0);
        assert_eq!((&third.message_id, &third.bytes), (&first.message_id, &first.bytes), "the same bytes");
        assert_eq!(tx.end_letters(&[end(&third, "acked")]).await.unwrap().len(), 1);
        let row = tx.letter(&third.message_id).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.done_at, row.attempts, row.ambiguous), ("acked", Some(3600), 3, 1));
        assert!(tx.end_letters(&[end(&third, "refused")]).await.unwrap().is_empty(), "done is done");
        assert_eq!(tx.ambiguous_letters(10).await.unwrap(), [row]);
        let other = tx
            .claim_letters(Hold::Claimed, "b", (Timestamp(3500), Timestamp(4000)), 1, i64::MAX)
            .await
            .unwrap()
            .remove(0);
        tx.end_letters(&[LetterEnd { untried: true, done: None, ..end(&other, "queued") }]).await.unwrap();
        let row = tx.letter(&other.message_id).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.attempts, row.next_try_at), ("queued", 0, 1000), "as it was");
    })
    .await;
}

#[tokio::test]
async fn one_holds_a_lease_and_the_fence_grows_with_every_change() {
    on_both(|store| async move {
        let mut tx = store.begin().await.unwrap();
        let (now, until) = (Timestamp(100), Timestamp(200));
        assert_eq!(tx.take_lease("draw", "a", now, until).await.unwrap().unwrap().fence, 1);
        assert_eq!(tx.take_lease("draw", "b", Timestamp(150), Timestamp(250)).await.unwrap(), None);
        assert_eq!(
            tx.take_lease("draw", "a", Timestamp(150), Timestamp(250)).await.unwrap().unwrap().fence,
            1,
            "renewed"
        );
        assert_eq!(tx.take_lease("draw", "b", Timestamp(250), Timestamp(350)).await.unwrap().unwrap().fence, 2);
        tx.release_lease("draw", "b").await.unwrap();
        assert_eq!(tx.take_lease("draw", "a", Timestamp(251), Timestamp(351)).await.unwrap().unwrap().fence, 3);
    })
    .await;
}
