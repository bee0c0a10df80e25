//! Sends what is queued: claim, mark before the final dot, end (DESIGN 6.3).
//!
//! Letters travel side by side, one task a connection; what is to be kept of them goes through one
//! ledger (`ledger.rs`), which commits it for all of them together.

use super::ledger::Round;
use super::ways::Way;
use super::{Context, Done, ways};
use crate::config::OnAmbiguous;
use crate::mail::{Reason, Sent};
use crate::model::time::{DAY, HOUR, MINUTE};
use crate::model::{Sha256, Timestamp};
use crate::store::{Claimed, LetterEnd};

/// Waits between attempts of a letter; the last one repeats. After days of refusals for now, people
/// have heard of it.
const WAITS: [i64; 6] = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR];

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dispatched {
    pub acked: usize,
    pub refused: usize,
    pub again: usize,
    pub ambiguous: usize,
}

impl Dispatched {
    pub(super) fn count(&mut self, sent: &Sent) {
        match sent {
            Sent::Acked { .. } => self.acked += 1,
            Sent::Refused(_) => self.refused += 1,
            Sent::Retry(_) | Sent::Unreached(_) => self.again += 1,
            Sent::Ambiguous(_) => self.ambiguous += 1,
        }
    }
}

/// What a look for letters in the hands of the dead came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rescued {
    /// Letters whose end nobody knows.
    pub lost: usize,
    /// False while a frozen daemon holds some by a transaction that did not end: they are to be looked for again.
    pub whole: bool,
}

/// Letters that a daemon had in its hands when it was killed: this one's own, those whose claim ran out, and all of them
/// for a daemon that has just taken the lead, as whoever led before can neither mark nor end any more. Those whose final
/// dot may have gone out are ambiguous, listed, and queued again with the same bytes or held for a person.
pub async fn rescue(ctx: &Context, takes_over: bool) -> Done<Rescued> {
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    let ran_out_by = if takes_over { Timestamp(i64::MAX) } else { now };
    let lost = tx.rescue_letters(ran_out_by, &ctx.owner).await?;
    let mut ends = Vec::new();
    for (message_id, attempt, fence) in &lost {
        tx.note_ambiguous(message_id, *attempt, now).await?;
        ends.push(LetterEnd {
            message_id: message_id.clone(),
            fence: *fence,
            state: unknown_end(ctx.config.mail.on_ambiguous),
            done: None,
            next_try: Some(now),
            untried: false,
            trouble: Some("ambiguous".to_owned()),
        });
    }
    tx.end_letters(&ends).await?;
    if takes_over {
        tx.recall_letters(now, now.plus(DAY)).await?;
    }
    let whole = tx.still_in_hand(ran_out_by, &ctx.owner).await? == 0;
    tx.commit().await?;
    Ok(Rescued { lost: lost.len(), whole })
}

/// Sends until nothing is due, by the first way that takes letters.
pub async fn dispatch(ctx: &Context) -> Done<Dispatched> {
    let mut done = Dispatched::default();
    for (number, way) in (1..).zip(&ctx.ways) {
        let now = ctx.now();
        let mut tx = ctx.store.read().await?;
        if !tx.any_letter_due(now, i64::MAX).await? {
            break;
        }
        let relays = tx.relays().await?;
        drop(tx);
        if !way.is_open(&relays, now) {
            continue;
        }
        let another = ctx.ways.iter().skip(number).any(|way| way.is_open(&relays, now));
        let was_failing = relays.iter().any(|row| row.name == way.name);
        if let Err(reason) = way.transport.reach().await {
            leave_alone(ctx, way, &reason).await?;
            continue;
        }
        let sent = Round::new(ctx, way, was_failing, another).run(&mut done).await;
        way.transport.finish().await;
        match sent? {
            After::NothingDue | After::Later => break,
            After::DayIsOver => {}
            After::Failed(reason) => leave_alone(ctx, way, &reason).await?,
        }
    }
    Ok(done)
}

/// Why a way stopped.
#[derive(Debug)]
pub(super) enum After {
    NothingDue,
    /// As many as a minute allows, or as a turn has time for.
    Later,
    /// As many as a day allows.
    DayIsOver,
    /// It takes nothing any more.
    Failed(Reason),
}

async fn leave_alone(ctx: &Context, way: &Way, reason: &Reason) -> Done<()> {
    tracing::warn!(way = way.name, %reason, "this way takes no letters; they wait and none is lost");
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    ways::pause(&mut tx, way.name, now, &reason.to_string()).await?;
    tx.forget_carried_before(now.plus(-2 * DAY)).await?;
    Ok(tx.commit().await?)
}

/// What the outbox keeps of an attempt.
pub(super) fn end_of(letter: &Claimed, sent: &Sent, now: Timestamp, on_ambiguous: OnAmbiguous) -> LetterEnd {
    let mut end = LetterEnd {
        message_id: letter.message_id.clone(),
        fence: letter.fence,
        state: "queued",
        done: None,
        next_try: Some(now.plus(wait(letter))),
        untried: false,
        trouble: None,
    };
    match sent {
        Sent::Acked { .. } => (end.state, end.done, end.next_try) = ("acked", Some(now), None),
        Sent::Refused(refused) => {
            (end.state, end.done, end.next_try) = ("refused", Some(now), None);
            end.trouble = refused.first().map(|refusal| refusal.reason.to_string());
        }
        Sent::Retry(reason) => end.trouble = Some(reason.to_string()),
        Sent::Unreached(reason) => {
            (end.next_try, end.untried) = (None, true);
            end.trouble = Some(reason.to_string());
        }
        Sent::Ambiguous(reason) => {
            end.state = unknown_end(on_ambiguous);
            end.trouble = Some(reason.to_string());
        }
    }
    end
}

fn unknown_end(on_ambiguous: OnAmbiguous) -> &'static str {
    match on_ambiguous {
        OnAmbiguous::Resend => "queued",
        OnAmbiguous::Hold => "ambiguous",
    }
}

/// Up to a fifth sooner, by the letter's hash: what was put off together does not come back together.
fn wait(letter: &Claimed) -> i64 {
    let index = usize::try_from(letter.attempts - 1).unwrap_or(0);
    let wait = WAITS.get(index).or(WAITS.last()).copied().unwrap_or(HOUR);
    let hash = Sha256::of(format!("{}/{}", letter.message_id, letter.attempts).as_bytes());
    wait - wait / 5 * i64::from(hash.0[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::LetterKind;

    fn letter(attempts: i64) -> Claimed {
        Claimed {
            message_id: "<k7q2m.1.9f3tx8w2hc5d7qkm@inspect.example>".into(),
            kind: LetterKind::Assignment.code().into(),
            office: "yunling".into(),
            created: Timestamp(0),
            sender: "desk@inspect.example".into(),
            recipients: vec!["zhaoxin@field.example".into()],
            bytes: Sha256::of(b"bytes").hex(),
            fence: 1,
            attempts,
        }
    }

    #[test]
    fn waits_grow_to_four_hours_and_differ_a_little() {
        for (attempts, longest) in [(1, MINUTE), (2, 5 * MINUTE), (6, 4 * HOUR), (60, 4 * HOUR)] {
            let wait = wait(&letter(attempts));
            assert!((longest * 4 / 5..=longest).contains(&wait), "{attempts}: {wait}");
            assert_eq!(wait, super::wait(&letter(attempts)), "and are the same whenever they are computed");
        }
    }
}
