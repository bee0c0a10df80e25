//! The daemon: a lease, a turn, a wait; for ever, until it is told to stop.
//!
//! [`Daemon::tick`] is one step and returns what it did; [`serve`] is the loop around it. A clock that
//! jumps against the monotonic one stops the drawing and whatever follows from a deadline, and alerts the
//! head (DESIGN 6.7): the rest of the work goes on. Mail servers are watched beside the turns, by a
//! task of its own, while the daemon leads: it stores what comes in and wakes the loop, and no slow server holds up a turn.

mod alert;
pub mod lead;
mod service;

use crate::clock::Stopwatch;
use crate::model::Timestamp;
use crate::model::time::{MINUTE, SECOND};
use crate::store;
use crate::work::dispatch::Rescued;
use crate::work::turn::{Turn, turn};
use crate::work::{Context, Done, backup, dispatch, health, mailbox_watch};
use alert::Away;
use lead::{Lead, Pace};
use service::Manager;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// Between turns.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a turn may send letters: a slow mail server must not hold up draws.
pub const SENDING: i64 = 30 * SECOND;
/// Between looks whether a backup is due.
const BETWEEN_BACKUPS: Duration = Duration::from_secs(60);
/// How long a turn in hand may take to its end once the daemon is told to stop.
const GRACE: Duration = Duration::from_secs(3);
/// A jump of the wall clock against the monotonic one that nothing harmless explains.
const JUMP: i64 = 10 * MINUTE;

/// What a tick did.
#[derive(Debug)]
pub enum Outcome {
    /// Another daemon leads.
    Standby,
    Turn(Turn),
}

/// A daemon's own memory between ticks.
pub struct Daemon {
    /// Wall clock and stopwatch at the last look.
    last: Option<(Timestamp, Stopwatch)>,
    pub drawing: bool,
    pace: Pace,
    lead: Option<Lead>,
    /// All letters were taken from whoever led before.
    rescued: bool,
}

impl Default for Daemon {
    fn default() -> Daemon {
        Daemon { last: None, drawing: true, pace: Pace::ALONE, lead: None, rescued: false }
    }
}

impl Daemon {
    /// One step: take the lead, look at the clock, do what is due.
    pub async fn tick(&mut self, ctx: &Context) -> Done<Outcome> {
        let now = ctx.now();
        let Some(lease) = lead::take(&ctx.store, &ctx.clock, &ctx.owner, self.pace).await? else {
            self.lead = None;
            // After a long pause another daemon may lead by now: it can draw only with these.
            ctx.let_go().await;
            return Ok(Outcome::Standby);
        };
        let takes_over = self.lead.as_ref().is_none_or(|held| held.lease != lease);
        if takes_over {
            self.lead = Some(Lead::hold(ctx, self.pace, lease));
            self.rescued = false;
        }
        store::leading(lead::NAME, lease, async {
            let Rescued { lost, whole } = dispatch::rescue(ctx, !self.rescued).await?;
            self.rescued = whole;
            if lost > 0 {
                tracing::warn!(lost, "letters whose end nobody knows are sent again with the same bytes");
            }
            self.watch_clock(ctx, now).await?;
            Ok(Outcome::Turn(turn(ctx, self.drawing).await))
        })
        .await
    }

    async fn watch_clock(&mut self, ctx: &Context, now: Timestamp) -> Done<()> {
        if let Some((before, stopwatch)) = self.last {
            let jump = (now.0 - before.0) - stopwatch.milliseconds();
            if jump.abs() > JUMP && self.drawing {
                self.drawing = false;
                tracing::error!(
                    seconds = jump / SECOND,
                    "the clock jumped: nothing is drawn until the daemon is started again"
                );
                health::note_clock(ctx, Some(jump / MINUTE)).await?;
            }
        } else {
            // A daemon that was started again trusts the clock.
            health::note_clock(ctx, None).await?;
        }
        self.last = Some((now, Stopwatch::start()));
        Ok(())
    }
}

/// Logs what a tick did, and when the lead changes hands.
fn tell(done: Done<Outcome>, leads: &watch::Sender<Option<bool>>) {
    if let Ok(outcome) = &done {
        let now_leads = matches!(outcome, Outcome::Turn(_));
        if leads.send_replace(Some(now_leads)) != Some(now_leads) {
            tracing::info!("{}", if now_leads { "leading" } else { "standing by: another daemon leads" });
        }
    }
    match done {
        Ok(Outcome::Turn(turn)) => {
            if let Some(done) = turn.said() {
                tracing::info!("{}", done.en);
            }
        }
        Ok(Outcome::Standby) => {}
        Err(failure) => {
            tracing::error!(%failure, said = failure.said().en, "a tick did not go through; trying again");
        }
    }
}

/// Watches the mailboxes for as long as this daemon leads.
async fn watch_mailboxes(ctx: Arc<Context>, wake: Arc<Notify>, mut leads: watch::Receiver<Option<bool>>) {
    while leads.wait_for(|leads| *leads == Some(true)).await.is_ok() {
        // Breaking off at any point loses nothing: what is not stored is fetched again.
        tokio::select! {
            () = mailbox_watch::watch(&ctx, &wake) => {}
            _ = leads.wait_for(|leads| *leads != Some(true)) => {}
        }
    }
}

/// Makes the nightly backups for as long as this daemon leads: a nation's takes minutes, and a draw cannot wait.
async fn make_backups(ctx: &Context, mut leads: watch::Receiver<Option<bool>>) {
    while leads.wait_for(|leads| *leads == Some(true)).await.is_ok() {
        match backup::due(ctx).await {
            Ok(true) => tracing::info!("backup made"),
            Ok(false) => {}
            Err(failure) => tracing::error!(%failure, "no backup was made; it is tried again in an hour"),
        }
        tokio::time::sleep(BETWEEN_BACKUPS).await;
    }
}

/// Runs until SIGTERM or Ctrl-C.
pub async fn serve(ctx: &Arc<Context>) -> Done<()> {
    let failed = |e| crate::work::Failure::File("the stop signal could not be listened to", e);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let told = async || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tracing::info!(owner = ctx.owner, database = ctx.store.backend(), "serving");
    let (leads, led) = watch::channel(None);
    let wake = Arc::new(Notify::new());
    ctx.mailboxes.watched.store(true, Ordering::SeqCst);
    ctx.serving.store(true, Ordering::SeqCst);
    // A task of its own: a turn that reckons for seconds keeps no mail server waiting, and mail comes in meanwhile.
    let mut watching = JoinSet::new();
    watching.spawn(watch_mailboxes(Arc::clone(ctx), Arc::clone(&wake), led.clone()));
    tokio::select! {
        () = turns(ctx, &wake, &leads, told) => {}
        () = make_backups(ctx, led) => {}
        () = lead::tell_of(ctx) => {}
        ended = watching.join_next() => if let Some(Err(panic)) = ended {
            std::panic::resume_unwind(panic.into_panic());
        }
    }
    watching.shutdown().await;
    ctx.let_go().await;
    lead::give_back(ctx).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Turn after turn until `told` ends. A turn in hand is finished first, unless it hangs: then it is
/// broken off, which is no worse than a power cut (DESIGN 6.7).
async fn turns(ctx: &Context, wake: &Notify, leads: &watch::Sender<Option<bool>>, mut told: impl AsyncFnMut()) {
    let pace = Pace::of(&ctx.store);
    let (mut daemon, mut away) = (Daemon { pace, ..Daemon::default() }, Away::default());
    let (manager, mut ready) = (Manager::of_this_process(), false);
    loop {
        let mut tick = pin!(daemon.tick(ctx));
        let done = tokio::select! {
            done = &mut tick => done,
            () = told() => {
                ctx.stopping.store(true, Ordering::SeqCst);
                manager.told(service::STOPPING);
                match tokio::time::timeout(GRACE, tick).await {
                    Ok(done) => tell(done, leads),
                    Err(_) => tracing::warn!("the turn in hand hung and was broken off; the next start goes on there"),
                }
                return;
            }
        };
        // Also a tick that failed is a sign of life: a database that is away is no reason to be started again.
        manager.told(if std::mem::replace(&mut ready, true) { service::ALIVE } else { service::READY });
        away.heed(ctx, &done).await;
        let stands_by = matches!(done, Ok(Outcome::Standby));
        tell(done, leads);
        let pause = if stands_by { pace.look } else { PAUSE };
        tokio::select! {
            () = told() => {
                manager.told(service::STOPPING);
                return;
            }
            () = wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
