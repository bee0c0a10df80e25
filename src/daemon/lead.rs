//! The lead: a lease that its holder renews as long as it lives, and that somebody else takes soon after it died.
//!
//! The lease says who should work; the fence says who may. A daemon that was frozen and wakes up works on
//! until it looks, and none of its transactions is committed (decision 0024).

use crate::clock::Clock;
use crate::model::Timestamp;
use crate::model::time::{DAY, MINUTE, SECOND};
use crate::store::{Lease, Result, Store};
use crate::work::Context;
use std::time::Duration;
use tokio::task::JoinHandle;

/// The lease of whoever leads.
pub const NAME: &str = "daemon";
/// Leases of all daemons that serve, whether they lead or not: how others see them.
pub const SERVING: &str = "serving/";
/// How long a daemon counts as alive without a sign, and how often it gives one.
const ALIVE: i64 = MINUTE;
const SIGN: Duration = Duration::from_secs(20);

/// How fast the lead changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long the lead holds without a sign of life, in milliseconds.
    lease: i64,
    /// Between signs of life.
    beat: Duration,
    /// Between looks of those who stand by.
    pub look: Duration,
}

impl Pace {
    /// Nobody is in a hurry to follow: each sign of life is a write to a disk that may be old.
    pub const ALONE: Pace = Pace { lease: MINUTE, beat: Duration::from_secs(20), look: Duration::from_secs(5) };
    /// One dies, and another leads within three seconds.
    const AMONG_OTHERS: Pace =
        Pace { lease: 2 * SECOND, beat: Duration::from_millis(500), look: Duration::from_millis(250) };

    pub fn of(store: &Store) -> Pace {
        if store.is_shared() { Pace::AMONG_OTHERS } else { Pace::ALONE }
    }
}

/// The lead in hand: renewed for as long as this value lives.
#[derive(Debug)]
pub struct Lead {
    pub lease: Lease,
    beat: JoinHandle<()>,
}

impl Drop for Lead {
    fn drop(&mut self) {
        self.beat.abort();
    }
}

impl Lead {
    pub fn hold(ctx: &Context, pace: Pace, lease: Lease) -> Lead {
        let (store, clock, owner) = (ctx.store.clone(), ctx.clock.clone(), ctx.owner.clone());
        // A task of its own: a draw that fills a processor must not look like a death.
        let beat = tokio::spawn(async move {
            loop {
                tokio::time::sleep(pace.beat).await;
                match take(&store, &clock, &owner, pace).await {
                    Ok(Some(_)) => {}
                    Ok(None) => return,
                    Err(error) => tracing::warn!(%error, "the lead could not be renewed; trying again"),
                }
            }
        });
        Lead { lease, beat }
    }
}

/// Takes or renews the lead; `None` while another daemon leads.
pub async fn take(store: &Store, clock: &Clock, owner: &str, pace: Pace) -> Result<Option<Lease>> {
    let mut tx = store.begin().await?;
    let now = clock.now();
    let lease = tx.take_lease(NAME, owner, now, now.plus(pace.lease)).await?;
    tx.commit().await?;
    Ok(lease)
}

/// Tells others that this daemon is there, for as long as it is.
pub async fn tell_of(ctx: &Context) {
    loop {
        if let Err(error) = sign(ctx, ctx.now()).await {
            tracing::warn!(%error, "other daemons could not be told of this one; trying again");
        }
        tokio::time::sleep(SIGN).await;
    }
}

async fn sign(ctx: &Context, now: Timestamp) -> Result<()> {
    let mut tx = ctx.store.begin().await?;
    tx.take_lease(&format!("{SERVING}{}", ctx.owner), &ctx.owner, now, now.plus(ALIVE)).await?;
    tx.forget_leases(SERVING, now.plus(-DAY)).await?;
    tx.commit().await
}

/// Gives everything back, so that nobody has to wait.
pub async fn give_back(ctx: &Context) -> Result<()> {
    let mut tx = ctx.store.begin().await?;
    tx.release_lease(NAME, &ctx.owner).await?;
    tx.forget_lease(&format!("{SERVING}{}", ctx.owner)).await?;
    tx.commit().await
}
