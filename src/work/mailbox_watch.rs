//! Mailboxes, watched: a connection each, beside the turns, so that no server holds up any other work.

use super::mailbox::Mailbox;
use super::{Context, health};
use crate::clock::Stopwatch;
use crate::config::Imap;
use crate::mail::imap::{ImapFailure, Session};
use crate::model::Said;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// After the first failure; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);
/// A server that tells of mail without end is asked this often at most, while none comes.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// Watches every mailbox of the configuration, for ever; `wake` is told whenever something new is stored.
pub async fn watch(ctx: &Context, wake: &Notify) {
    let mut all: Vec<Pin<Box<dyn Future<Output = ()> + Send + '_>>> =
        ctx.config.intake.imap.iter().map(|settings| Box::pin(watch_one(ctx, settings, wake)) as Pin<_>).collect();
    poll_fn(|cx| {
        // None of them ever ends.
        for one in &mut all {
            let _ = one.as_mut().poll(cx);
        }
        Poll::Pending
    })
    .await
}

async fn watch_one(ctx: &Context, settings: &Imap, wake: &Notify) {
    let mut mailbox = Mailbox::new(ctx, settings, Some(wake));
    let id = &settings.id;
    let (mut failures, mut told, mut answers) = (0, false, false);
    loop {
        match mailbox.look().await {
            Ok(taken) => {
                if failures > 0 {
                    tracing::info!(mailbox = id, "the mail server answers again");
                }
                failures = 0;
                if !std::mem::replace(&mut answers, true) {
                    note(ctx, id, None).await;
                }
                if taken.new > 0 || taken.left > 0 {
                    tracing::info!(mailbox = id, new = taken.new, known = taken.known, left = taken.left, "mail in");
                }
                // Told once: it will be so at every look.
                if let Some(refused) = mailbox.refused.take().filter(|_| !std::mem::replace(&mut told, true)) {
                    let trouble = mailbox.trouble(&refused).trouble();
                    tracing::error!(mailbox = id, %trouble, zh = trouble.said.zh, "mail comes in, but");
                }
                mailbox.rest(taken.new > 0).await;
            }
            Err(failure) => {
                let pause = FIRST_PAUSE.saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE);
                failures += 1;
                let trouble = failure.trouble();
                answers = false;
                note(ctx, id, Some(&trouble.said)).await;
                let (seconds, zh) = (pause.as_secs(), &trouble.said.zh);
                tracing::error!(mailbox = id, seconds, %trouble, zh, "no mail came in; tried again after a pause");
                sleep(pause).await;
            }
        }
    }
}

async fn note(ctx: &Context, id: &str, trouble: Option<&Said>) {
    if let Err(failure) = health::note_mailbox(ctx, id, trouble).await {
        tracing::error!(mailbox = id, %failure, "how the mailbox stands could not be kept");
    }
}

impl Mailbox<'_> {
    /// Until the server tells of mail or the time is up. A connection that fails meanwhile is opened anew
    /// by the next look.
    async fn rest(&mut self, busy: bool) {
        let poll = Duration::from_secs(u64::from(self.settings.poll_seconds));
        let Some(mut session) = self.session.take() else { return };
        if !session.abilities.idle || !self.settings.idle {
            self.session = Some(session);
            return sleep(poll).await;
        }
        let started = Stopwatch::start();
        let rested = self.wait(&mut session, poll).await;
        match rested {
            Ok(()) => self.session = Some(session),
            // Half-dead connections are usual, and the next look tells if it is more than that.
            Err(failure) => tracing::debug!(mailbox = self.settings.id, %failure, "waiting for mail ended"),
        }
        let spent = Duration::from_millis(u64::try_from(started.milliseconds()).unwrap_or(0));
        if !busy {
            sleep(SHORTEST_WAIT.saturating_sub(spent)).await;
        }
    }
    async fn wait(&self, session: &mut Session, poll: Duration) -> Result<(), ImapFailure> {
        // What was told of during the look is there already.
        if session.news {
            return Ok(());
        }
        let renewed = self.ctx.mailboxes.patience.idle;
        // IDLE tells of one folder only: the others are polled.
        match self.settings.folders.as_slice() {
            [first, _, ..] => {
                session.select(first).await?;
                session.wait(renewed.min(poll)).await
            }
            _ => session.wait(renewed).await,
        }
    }
}
