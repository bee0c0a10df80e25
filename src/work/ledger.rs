//! One round of sending by one way, and the ledger of it.
//!
//! Senders are tasks, one for each connection (`carry.rs`). Everything durable about their letters passes
//! through [`Round::run`]: marks before the final dot, ends, and the claim of the next letters are gathered
//! from all of them and committed together, then each is answered. So a commit is shared by all who wait for
//! one, and a kill leaves at most one letter in doubt for each open connection.
//!
//! Where the server allows it, the envelope of the next letter goes out with a letter's content: then the
//! end of the one and the mark of the next come together and share a commit.
//!
//! Where more letters wait than a claim takes, and the server takes them, they are claimed and marked at once:
//! no connection stands still for a mark then, and a kill leaves in doubt what was claimed and not ended, two
//! dozen for each connection. Where doubtful letters wait for a person, that is not done.

use super::carry::{Carrier, Entry, Job, Waiting};
use super::dispatch::{After, Dispatched, end_of};
use super::ways::Way;
use super::{Context, Done, Failure};
use crate::clock::Stopwatch;
use crate::config::OnAmbiguous;
use crate::letter::{Address, MessageId};
use crate::mail::{Envelope, Reason, Refusal, Sent};
use crate::model::time::MINUTE;
use crate::model::{OfficeId, Timestamp};
use crate::store::{BounceRow, Claimed, Hold, Ids, LetterEnd, StoreError, Tx};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// A claim holds this long: a letter that was begun in time is done with by then, whatever the server does.
const CLAIM: i64 = 30 * MINUTE;
/// A letter that was not begun so long after its claim is given back.
const BEGIN_WITHIN: i64 = 5 * MINUTE;
/// Letters in hand for each connection, and so few of them that more are claimed.
const IN_HAND: usize = 24;
const LOW: usize = 16;
/// How long ends wait for others and for marks that share their commit: each commit makes a mail server on the same disk
/// wait for it as well.
const ENDS_WAIT: Duration = Duration::from_millis(10);
/// Entries that one commit takes at most.
const ENTRIES: usize = 1024;

pub(super) struct Round<'c> {
    ctx: &'c Context,
    way: &'c Way,
    was_failing: bool,
    /// Another way is open: what this one puts off need not wait.
    another: bool,
    in_hand: usize,
    /// Letters in hand that no quota counts yet.
    uncounted: i64,
    senders: usize,
    /// A letter was taken.
    works: bool,
    /// The last claim found all that it had room for.
    more: bool,
    /// Why nothing more is claimed.
    after: Option<After>,
}

impl<'c> Round<'c> {
    pub fn new(ctx: &'c Context, way: &'c Way, was_failing: bool, another: bool) -> Round<'c> {
        let senders = way.width;
        let (works, more) = (false, false);
        Round { ctx, way, was_failing, another, in_hand: 0, uncounted: 0, senders, works, more, after: None }
    }

    pub async fn run(mut self, done: &mut Dispatched) -> Done<After> {
        let (hand_out, waiting) = mpsc::unbounded_channel();
        let waiting: Waiting = Arc::new(Mutex::new(waiting));
        let (tell, mut told) = mpsc::unbounded_channel();
        // Whatever ends this function ends its tasks too.
        let mut senders = JoinSet::new();
        for _ in 0..self.way.width {
            let carrier = Carrier {
                transport: self.way.transport.clone(),
                waiting: waiting.clone(),
                back: hand_out.downgrade(),
                ledger: tell.clone(),
                clock: self.ctx.clock.clone(),
            };
            senders.spawn(carrier.run());
        }
        drop(tell);
        let (mut entries, begun) = (Vec::new(), Stopwatch::start());
        loop {
            let over = self.ctx.sends_for.is_some_and(|span| begun.milliseconds() > span);
            if self.after.is_none() && (over || self.ctx.stopping.load(Ordering::SeqCst)) {
                self.after = Some(After::Later);
            }
            let claim = self.after.is_none() && self.in_hand <= LOW * self.way.width;
            if self.in_hand == 0 && !claim {
                break;
            }
            if claim {
                while let Ok(entry) = told.try_recv() {
                    entries.push(entry);
                }
            } else {
                if told.recv_many(&mut entries, ENTRIES).await == 0 {
                    // No sender is left to tell of what is in hand: those claims run out.
                    break;
                }
                // An end keeps nobody waiting, and its sender is about to ask for the next mark.
                let more =
                    async { while self.may_wait(&entries) && told.recv_many(&mut entries, ENTRIES).await > 0 {} };
                let _ = timeout(ENDS_WAIT, more).await;
            }
            for job in self.keep(std::mem::take(&mut entries), claim, done).await? {
                // The senders hold the other end until they have heard of every letter.
                let _ = hand_out.send(job);
            }
            if self.senders == 0 {
                let mut waiting = waiting.lock().await;
                while let Ok(job) = waiting.try_recv() {
                    entries.push(Entry::GivenBack { letter: job.letter, marked: job.marked });
                }
                if !entries.is_empty() {
                    self.keep(std::mem::take(&mut entries), false, done).await?;
                }
            }
        }
        drop(hand_out);
        while senders.join_next().await.is_some() {}
        Ok(self.after.unwrap_or(After::NothingDue))
    }

    /// Whether nobody waits for a commit of these, and no letters are wanting once they are in it.
    fn may_wait(&self, entries: &[Entry]) -> bool {
        let asked = entries.iter().any(|entry| matches!(entry, Entry::DataSent { .. }));
        let wanting = self.after.is_none() && self.in_hand <= LOW * self.way.width + entries.len();
        !asked && !wanting && entries.len() < self.in_hand
    }

    /// Commits the entries, and a claim of more letters where that is wanted; then answers.
    async fn keep(&mut self, entries: Vec<Entry>, claim: bool, done: &mut Dispatched) -> Done<Vec<Job>> {
        let now = self.ctx.now();
        let (mut marks, mut asked, mut ends, mut ambiguous, mut bounces) = (vec![], vec![], vec![], vec![], vec![]);
        let mut unused = 0;
        for entry in entries {
            match entry {
                Entry::DataSent { message_id, fence, kept } => {
                    asked.push((message_id.clone(), kept));
                    marks.push((message_id, fence));
                    continue;
                }
                Entry::Ended { letter, sent, marked } => {
                    self.uncounted -= i64::from(!marked);
                    // No quota counts what the server was never told of.
                    unused += i64::from(marked && matches!(sent, Sent::Unreached(_)));
                    self.note(&sent);
                    done.count(&sent);
                    self.works |= matches!(sent, Sent::Acked { .. });
                    if let Sent::Ambiguous(_) = sent {
                        ambiguous.push((letter.message_id.clone(), letter.attempts));
                    }
                    let mut end = end_of(&letter, &sent, now, self.ctx.config.mail.on_ambiguous);
                    if self.another && concerns_all(&sent).is_some() {
                        end.next_try = Some(now);
                    }
                    ends.push(end);
                    if let Sent::Acked { refused } | Sent::Refused(refused) = sent {
                        bounces.extend(bounced(&letter, refused, now));
                    }
                }
                Entry::GivenBack { letter, marked } => {
                    self.uncounted -= i64::from(!marked);
                    unused += i64::from(marked);
                    ends.push(given_back(letter));
                }
                Entry::Lost => self.uncounted -= 1,
            }
            self.in_hand -= 1;
        }
        let (mut tx, ours, known) = written(self.ctx, &marks, &ends, claim).await?;
        let counted = i64::try_from(ours.len()).unwrap_or(0);
        if counted != unused && self.way.caps != Default::default() {
            tx.relay_carried(self.way.name, now, counted - unused).await?;
        }
        self.uncounted -= counted;
        if known.len() < ends.len() {
            tracing::warn!(
                letters = ends.len() - known.len(),
                "another daemon took letters over that were in hand here"
            );
        }
        for (message_id, attempt) in &ambiguous {
            tx.note_ambiguous(message_id, *attempt, now).await?;
        }
        for bounce in &bounces {
            tx.add_bounce(bounce).await?;
        }
        if self.works && std::mem::take(&mut self.was_failing) {
            tx.relay_works(self.way.name).await?;
            tracing::info!(way = self.way.name, "this way takes letters again");
        }
        let jobs = if claim { self.claim(&mut tx, now).await? } else { Vec::new() };
        tx.commit().await?;
        for (message_id, kept) in asked {
            // A sender that is gone needs no answer.
            let _ = kept.send(ours.contains(&message_id));
        }
        Ok(jobs)
    }

    /// A sender that met what concerns all letters ends; where none is left, the way has failed.
    fn note(&mut self, sent: &Sent) {
        if let Some(reason) = concerns_all(sent) {
            self.senders -= 1;
            if self.senders == 0 {
                self.after = Some(After::Failed(reason.clone()));
            } else if matches!(self.after, Some(After::NothingDue)) {
                // Its letter may be due again, for those that are left.
                self.after = None;
            }
        }
    }

    async fn claim(&mut self, tx: &mut Tx, now: Timestamp) -> Done<Vec<Job>> {
        let allowance = self.way.allowance(tx, now, self.uncounted).await?;
        let room = i64::try_from((IN_HAND * self.way.width).saturating_sub(self.in_hand)).unwrap_or(0);
        let limit = room.min(allowance.letters);
        let used_up = if allowance.day_is_over { After::DayIsOver } else { After::Later };
        if limit == 0 {
            self.after = Some(used_up);
            return Ok(Vec::new());
        }
        // Where a doubtful end costs a person's look, none is risked for speed.
        let marked = self.works && self.more && self.ctx.config.mail.on_ambiguous == OnAmbiguous::Resend;
        let hold = if marked { Hold::Marked } else { Hold::Claimed };
        let claimed = tx.claim_letters(hold, &self.ctx.owner, (now, now.plus(CLAIM)), limit, allowance.lowest).await?;
        let found = i64::try_from(claimed.len()).unwrap_or(0);
        self.more = found == room;
        if found < limit {
            self.after = Some(if allowance.lowest == i64::MAX { After::NothingDue } else { used_up });
        }
        let mut blobs = tx.blobs(&Ids::new(claimed.iter().map(|letter| letter.bytes.as_str()))).await?;
        let (mut jobs, mut broken) = (Vec::new(), Vec::new());
        for letter in claimed {
            // Two letters may well have the same bytes.
            let bytes = blobs.get_mut(&letter.bytes).map(|bytes| bytes.clone());
            match (bytes, MessageId::parse(&letter.message_id)) {
                (Some(bytes), Some(message_id)) => jobs.push(self.job(letter, message_id, bytes, now, marked)),
                _ => broken.push(LetterEnd {
                    state: "refused",
                    done: Some(now),
                    trouble: Some("the letter's bytes are missing".to_owned()),
                    ..given_back(letter)
                }),
            }
        }
        tx.end_letters(&broken).await?;
        self.in_hand += jobs.len();
        let number = i64::try_from(jobs.len()).unwrap_or(0);
        if !marked {
            self.uncounted += number;
        } else if self.way.caps != Default::default() {
            tx.relay_carried(self.way.name, now, number).await?;
        }
        Ok(jobs)
    }

    fn job(&self, letter: Claimed, message_id: MessageId, bytes: Vec<u8>, now: Timestamp, marked: bool) -> Job {
        let office = letter.office.parse::<OfficeId>().ok().and_then(|id| self.ctx.config.office(&id));
        let envelope = Envelope {
            from: Address::parse(&letter.sender).ok(),
            to: letter.recipients.iter().filter_map(|address| Address::parse(address).ok()).collect(),
        };
        let day = letter.created.day(office.map_or(chrono_tz::Tz::UTC, |office| office.zone));
        Job { day, message_id, envelope, bytes, begin_by: now.plus(BEGIN_WITHIN), marked, letter }
    }
}

/// Marks and ends, in a transaction that is to be committed. Whoever else holds the letters is waited for, and that is
/// told: what a server has taken must not come into doubt for it.
async fn written(ctx: &Context, marks: &[(String, i64)], ends: &[LetterEnd], claim: bool) -> Done<Written> {
    loop {
        match try_to_write(ctx, marks, ends, claim).await {
            Err(e) if e.is_held_up() && !ctx.stopping.load(Ordering::SeqCst) => {
                let failure = Failure::from(e);
                tracing::error!(%failure, said = failure.said().en, "letters in hand wait, and are kept as they are");
            }
            done => return Ok(done?),
        }
    }
}

/// A transaction, and which marks and ends it took.
type Written = (Tx, BTreeSet<String>, BTreeSet<String>);

async fn try_to_write(
    ctx: &Context,
    marks: &[(String, i64)],
    ends: &[LetterEnd],
    claim: bool,
) -> Result<Written, StoreError> {
    let mut tx = ctx.store.begin().await?;
    if claim {
        // A lock that keeps a claim waiting is met here, before anything is decided.
        tx.any_letter_due(ctx.now(), 0).await?;
    }
    let ours = tx.mark_data_sent(marks).await?;
    let known = tx.end_letters(ends).await?;
    Ok((tx, ours, known))
}

pub(super) fn concerns_all(sent: &Sent) -> Option<&Reason> {
    match sent {
        Sent::Unreached(reason) => Some(reason),
        Sent::Retry(reason) if reason.concerns_all() => Some(reason),
        _ => None,
    }
}

/// Queued as it was.
fn given_back(letter: Claimed) -> LetterEnd {
    let (message_id, fence) = (letter.message_id, letter.fence);
    LetterEnd { message_id, fence, state: "queued", done: None, next_try: None, untried: true, trouble: None }
}

fn bounced(letter: &Claimed, refused: Vec<Refusal>, now: Timestamp) -> impl Iterator<Item = BounceRow> {
    refused.into_iter().enumerate().map(move |(number, refusal)| BounceRow {
        mail: format!("{}#{number}", letter.message_id),
        message_id: Some(letter.message_id.clone()),
        address: Some(refusal.recipient.to_string()),
        reason: refusal.reason.to_string(),
        at: now.0,
    })
}
