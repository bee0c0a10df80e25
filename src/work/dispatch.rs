//! Sends what is queued: claim, mark before the final dot, finish (DESIGN 6.3).

use super::{Context, Done, Failure};
use crate::letter::{Address, MessageId};
use crate::mail::{Envelope, Parcel, Sent};
use crate::model::time::{HOUR, MINUTE};
use crate::model::{OfficeId, Sha256, Timestamp};
use crate::store::{BounceRow, Claimed};

/// How many letters one look sends at most.
const BATCH: i64 = 50;
/// A claim holds this long: no single letter takes longer.
const CLAIM: i64 = 15 * MINUTE;
/// Waits between attempts; the last one repeats. After days of refusals for now, people have heard of it.
const WAITS: [i64; 6] = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR];

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dispatched {
    pub acked: usize,
    pub refused: usize,
    pub again: usize,
    pub ambiguous: usize,
}

/// After a start: letters that this daemon had in its hands when it was killed. Those whose final dot
/// may have gone out are ambiguous, listed, and queued again with the same bytes.
pub async fn rescue(ctx: &Context) -> Done<usize> {
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    let lost = tx.rescue_letters(now, &ctx.owner).await?;
    for (message_id, attempt, fence) in &lost {
        tx.note_ambiguous(message_id, *attempt, now).await?;
        tx.try_letter_again(message_id, *fence, now, "ambiguous").await?;
    }
    tx.commit().await?;
    Ok(lost.len())
}

/// Sends until nothing is due.
pub async fn dispatch(ctx: &Context) -> Done<Dispatched> {
    let mut done = Dispatched::default();
    loop {
        let now = ctx.now();
        let mut tx = ctx.store.begin().await?;
        let claimed = tx.claim_letters(&ctx.owner, now, now.plus(CLAIM), BATCH).await?;
        tx.commit().await?;
        if claimed.is_empty() {
            break;
        }
        for letter in claimed {
            send(ctx, &letter, &mut done).await?;
        }
    }
    ctx.transport.finish().await;
    Ok(done)
}

async fn send(ctx: &Context, letter: &Claimed, done: &mut Dispatched) -> Done<()> {
    let now = ctx.now();
    let mut tx = ctx.store.read().await?;
    let row = tx.letter(&letter.message_id).await?;
    let bytes = match letter.bytes.parse::<Sha256>() {
        Ok(sha) => tx.blob(&sha).await?,
        Err(_) => None,
    };
    drop(tx);
    let (Some(row), Some(bytes), Some(message_id)) = (row, bytes, MessageId::parse(&letter.message_id)) else {
        return finish(ctx, letter, "refused", now, Some("the letter's bytes are missing")).await;
    };
    let to: Vec<Address> = letter.recipients.iter().filter_map(|r| Address::parse(r).ok()).collect();
    let envelope = Envelope { from: Address::parse(&letter.sender).ok(), to };
    let zone = row
        .office
        .parse::<OfficeId>()
        .ok()
        .and_then(|id| ctx.config.office(&id))
        .map_or(chrono_tz::Tz::UTC, |o| o.zone);
    let parcel = Parcel {
        message_id: &message_id,
        day: Timestamp(row.created_at).day(zone),
        envelope: &envelope,
        bytes: &bytes,
    };
    let sent = ctx
        .transport
        .send(parcel, async || {
            let mut tx = ctx.store.begin().await?;
            let mine = tx.mark_data_sent(&letter.message_id, letter.fence).await?;
            tx.commit().await?;
            if mine { Ok(()) } else { Err(Lost::Claim) }
        })
        .await;
    let now = ctx.now();
    match sent {
        Err(Lost::Claim) => {}
        Err(Lost::Store(e)) => return Err(e.into()),
        Ok(Sent::Acked { refused }) => {
            done.acked += 1;
            note_refusals(ctx, letter, &refused).await?;
            finish(ctx, letter, "acked", now, None).await?;
        }
        Ok(Sent::Refused(refused)) => {
            done.refused += 1;
            let why = refused.first().map(|r| r.reason.to_string()).unwrap_or_default();
            note_refusals(ctx, letter, &refused).await?;
            finish(ctx, letter, "refused", now, Some(&why)).await?;
        }
        Ok(Sent::Retry(reason)) => {
            done.again += 1;
            again(ctx, letter, &reason.to_string()).await?;
        }
        Ok(Sent::Ambiguous(reason)) => {
            done.ambiguous += 1;
            let mut tx = ctx.store.begin().await?;
            tx.note_ambiguous(&letter.message_id, letter.attempts, now).await?;
            tx.try_letter_again(&letter.message_id, letter.fence, now.plus(wait(letter.attempts)), &reason.to_string())
                .await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Why the final dot was not sent.
enum Lost {
    /// Somebody else has the letter now.
    Claim,
    Store(crate::store::StoreError),
}

impl From<crate::store::StoreError> for Lost {
    fn from(e: crate::store::StoreError) -> Lost {
        Lost::Store(e)
    }
}

async fn finish(ctx: &Context, letter: &Claimed, state: &str, at: Timestamp, trouble: Option<&str>) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    tx.finish_letter(&letter.message_id, letter.fence, state, at, trouble).await?;
    Ok(tx.commit().await?)
}

async fn again(ctx: &Context, letter: &Claimed, trouble: &str) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    tx.try_letter_again(&letter.message_id, letter.fence, ctx.now().plus(wait(letter.attempts)), trouble).await?;
    Ok(tx.commit().await?)
}

fn wait(attempts: i64) -> i64 {
    let index = usize::try_from(attempts - 1).unwrap_or(0).min(WAITS.len() - 1);
    WAITS.get(index).copied().unwrap_or(HOUR)
}

async fn note_refusals(ctx: &Context, letter: &Claimed, refused: &[crate::mail::Refusal]) -> Result<(), Failure> {
    if refused.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.store.begin().await?;
    for (number, refusal) in refused.iter().enumerate() {
        let row = BounceRow {
            mail: format!("{}#{number}", letter.message_id),
            message_id: Some(letter.message_id.clone()),
            address: Some(refusal.recipient.to_string()),
            reason: refusal.reason.to_string(),
            at: ctx.now().0,
        };
        tx.add_bounce(&row).await?;
    }
    Ok(tx.commit().await?)
}
