//! Links that a second office sends by mail: they prove themselves, so nobody need vouch for the sender.

use super::beacon::enter;
use super::opened::Opened;
use super::{Context, Done};
use crate::config::BeaconSettings;
use crate::draw::beacon::find;
use crate::reply::{self, Text};
use crate::store::Reading;

/// Enters the links of a mail that sealed windows await, and marks the mail as done; `false` where there is
/// none, so that the mail is read like any other.
pub(super) async fn take(ctx: &Context, opened: &Opened<'_>) -> Done<bool> {
    if !ctx.config.programmes.iter().any(|p| matches!(p.beacon, BeaconSettings::Second { .. })) {
        return Ok(false);
    }
    let Some(Text::Found(said)) = opened.mail().map(reply::text_of) else { return Ok(false) };
    let mut taken = 0;
    for beacon in find::find_in(said) {
        let text = beacon.to_string();
        let prefix = text.rsplit_once(':').map_or("", |(before, _)| before);
        let awaiting = ctx.store.read().await?.window_awaiting(&format!("{prefix}:")).await?;
        let Some(window) = awaiting else { continue };
        match enter(ctx, &window, &text, "mail").await {
            Ok(()) => taken += 1,
            // It was entered before, or comes too early or too late: the mail stays for a person.
            Err(failure) => tracing::warn!(%window, %failure, "a link that came by mail was not entered"),
        }
    }
    if taken == 0 {
        return Ok(false);
    }
    let reading =
        Reading { state: "done".into(), disposition: "ignored".into(), reason: "beacon".into(), ..Reading::default() };
    let mut tx = ctx.store.begin().await?;
    tx.finish_mails(&[(&opened.row.id, reading)], ctx.now()).await?;
    tx.commit().await?;
    Ok(true)
}
