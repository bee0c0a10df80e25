//! One connection's letters, one after another, and what the ledger is told of them.

use super::ledger::concerns_all;
use crate::clock::Clock;
use crate::letter::MessageId;
use crate::mail::{Ahead, Envelope, Parcel, Sent, Transport};
use crate::model::Timestamp;
use crate::store::Claimed;
use chrono::NaiveDate;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, oneshot};

/// A letter in hand.
pub(super) struct Job {
    pub letter: Claimed,
    pub message_id: MessageId,
    pub day: NaiveDate,
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
    pub begin_by: Timestamp,
    /// Its mark was stored with its claim.
    pub marked: bool,
}

/// What the ledger is told.
pub(super) enum Entry {
    /// The final dot comes next; the answer is whether the letter is still ours.
    DataSent {
        message_id: String,
        fence: i64,
        kept: oneshot::Sender<bool>,
    },
    Ended {
        letter: Claimed,
        sent: Sent,
        marked: bool,
    },
    /// Not begun in time.
    GivenBack {
        letter: Claimed,
        marked: bool,
    },
    /// Somebody else has it now.
    Lost,
}

pub(super) type Waiting = Arc<Mutex<mpsc::UnboundedReceiver<Job>>>;

/// One sender.
pub(super) struct Carrier {
    pub transport: Arc<Transport>,
    pub waiting: Waiting,
    /// For a letter that another sender may take.
    pub back: mpsc::WeakUnboundedSender<Job>,
    pub ledger: mpsc::UnboundedSender<Entry>,
    pub clock: Clock,
}

impl Carrier {
    /// A letter after another, until there are no more, or the way is closed to it.
    pub async fn run(self) {
        let (mut next, mut ahead) = (None, None);
        loop {
            let job = match next.take() {
                Some(job) => Some(job),
                // Whoever waits for letters waits in line for the channel.
                None => self.waiting.lock().await.recv().await,
            };
            let Some(job) = job else { return };
            let entry = if self.clock.now() > job.begin_by {
                ahead = None;
                Entry::GivenBack { letter: job.letter, marked: job.marked }
            } else {
                let follows = || {
                    next = self.waiting.try_lock().ok().and_then(|mut waiting| waiting.try_recv().ok());
                    next.as_ref().map(|next: &Job| next.envelope.clone())
                };
                let (entry, went) = self.send(job, ahead.take(), follows).await;
                ahead = went;
                entry
            };
            let ends = matches!(&entry, Entry::Ended { sent, .. } if concerns_all(sent).is_some());
            if ends && let (Some(job), Some(back)) = (next.take(), self.back.upgrade()) {
                // Before the ledger hears that this sender ends: another may take it.
                let _ = back.send(job);
            }
            if self.ledger.send(entry).is_err() || ends {
                return;
            }
        }
    }

    async fn send(
        &self,
        job: Job,
        ahead: Option<Ahead>,
        follows: impl FnOnce() -> Option<Envelope>,
    ) -> (Entry, Option<Ahead>) {
        let Job { letter, message_id, day, envelope, bytes, mut marked, .. } = job;
        let parcel = Parcel { message_id: &message_id, day, envelope: &envelope, bytes: &bytes };
        let sent = self.transport.send(parcel, ahead, follows, async || {
            if marked {
                return Ok(());
            }
            let (kept, answer) = oneshot::channel();
            let entry = Entry::DataSent { message_id: letter.message_id.clone(), fence: letter.fence, kept };
            // No answer: the commit did not go through, so the dot must not go out.
            marked = self.ledger.send(entry).is_ok() && answer.await.unwrap_or(false);
            if marked { Ok(()) } else { Err(()) }
        });
        match sent.await {
            Ok((sent, ahead)) => (Entry::Ended { letter, sent, marked }, ahead),
            Err(()) => (Entry::Lost, None),
        }
    }
}
