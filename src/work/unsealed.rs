//! Windows as they would be sealed now: for those who ask before the evening does.

use super::explain::signals_for;
use super::frames::Frames;
use super::places::{frame_input, sharers};
use super::seal::{overlapping, turn};
use super::windows::{of_day, policy};
use super::{Context, Done, generation};
use crate::config::{Office, Programme};
use crate::draw::{Frame, Policy, RiskRule, Seed, Signals, Terms};
use crate::model::{PlaceId, Trouble, Window};
use crate::plan::PoolDuty;
use crate::store::Tx;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The windows of a programme on a day that is not sealed.
pub(super) struct Unsealed {
    pub policy: Policy,
    pub risk: RiskRule,
    pub signals: BTreeMap<PlaceId, Signals>,
    pub windows: Vec<(Window, Frame)>,
    pub pools: Vec<PoolDuty>,
}

/// `newest`: the terms in force, where the programme was sealed already.
///
/// A place that was never sealed gets its age at the first seal, by a key that is not touched here.
pub(super) async fn unsealed(
    ctx: &Context,
    tx: &mut Tx,
    programme: &Programme,
    office: &Office,
    (newest, day): (Option<&Terms>, NaiveDate),
) -> Done<Unsealed> {
    let (policy, risk) = match newest {
        Some(terms) => (terms.policy().map_err(Trouble::new)?, terms.risk),
        None => (policy(programme)?, generation::risk_rule(programme)),
    };
    let mut input = frame_input(tx, ctx, programme, office, day).await?;
    let overlapping = overlapping(ctx, programme, day)?;
    if !overlapping.is_empty() {
        input = input.shared(&sharers(&ctx.config, programme, &overlapping), &programme.id, turn(day));
    }
    let signals = signals_for(ctx, tx, programme, office, &risk, day).await?;
    let hazard = tx.hazard(&programme.id, &office.id).await?;
    let sealed = tx.count_seals(&programme.id, &office.id).await?;
    let no_start = Seed::from_bytes([0; 32]);
    let mut frames = Frames::new(&input, &policy, (&risk, &signals), (hazard, sealed), &no_start);
    let mut windows = Vec::new();
    for window in of_day(ctx, programme, office, day)? {
        windows.push((window, frames.next(None).map_err(Trouble::new)?));
    }
    drop(frames);
    Ok(Unsealed { policy, risk, windows, pools: input.pools, signals })
}
