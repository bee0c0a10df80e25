//! A database that was set back: it came out of a backup, or a copy took over that had not heard of everything.
//!
//! Two witnesses tell of it, and neither goes back with it. The marks of the chains know a head that the log does not
//! hold (DRAW 3); and a server that was taken over by its copy has another timeline (decision 0026). What was drawn
//! since is in the marks. What was sent since is known to nobody: every letter that is not finished is listed and sent
//! again with its very bytes, or held (DESIGN 6.3).

use super::backup::restore;
use super::custody::{Chains, Forgotten};
use super::void::declare_void;
use super::{Context, Done, Failure, generation};
use crate::config::OnAmbiguous;
use crate::model::Timestamp;
use crate::store::Tx;
use serde_json::{Value, json};

/// Settings: the timeline that this house has worked under, and the last time that it was found set back.
const TIMELINE: &str = "database.timeline";
const SET_BACK: &str = "database.set_back";
/// The last restore whose letters were seen to.
const SEEN: &str = "restored.seen";

/// When the database was last found set back, and how many letters may have left before.
///
/// # Errors
/// The database.
pub async fn known(tx: &mut Tx) -> Done<Option<(Timestamp, u64)>> {
    let value: Option<Value> = tx.setting(SET_BACK).await?.and_then(|text| serde_json::from_str(&text).ok());
    Ok(value.and_then(|value| Some((Timestamp(value["at"].as_i64()?), value["letters"].as_u64()?))))
}

/// The timeline of now is the one that this house works under.
///
/// # Errors
/// The database.
pub(super) async fn keep_timeline(tx: &mut Tx) -> Done<()> {
    let timeline = tx.timeline().await?;
    Ok(tx.put_setting(TIMELINE, &timeline).await?)
}

/// What a look came to.
#[derive(Debug)]
pub struct Noticed {
    pub set_back: bool,
    /// Why a mark could not be asked: its programme can be neither sealed nor drawn until a person has seen to it.
    pub unasked: Option<Failure>,
}

/// Looks whether the database was set back since it was last looked; the log says so before anything else.
///
/// # Errors
/// The database: until this look is through nobody knows which letters may leave.
pub async fn notice(ctx: &Context) -> Done<Noticed> {
    let mut tx = ctx.store.read().await?;
    let timeline = tx.timeline().await?;
    let mut settings = tx.settings([TIMELINE, restore::AT, SEEN]).await?;
    drop(tx);
    let [known, restored, seen] = [TIMELINE, restore::AT, SEEN].map(|key| settings.remove(key));
    let just_restored = restored != seen;
    let (forgotten, unasked) = forgotten(ctx).await?;
    let another = known.as_ref().is_some_and(|known| *known != timeline);
    let set_back = !forgotten.is_empty() || another;
    if !set_back && known.is_some() && !just_restored {
        return Ok(Noticed { set_back, unasked });
    }
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    for Forgotten { chains: Chains { programme, office, .. }, number, head, .. } in &forgotten {
        tracing::error!(%programme, %office, "the database is older than the chain's mark: it was restored from a backup, or a copy took over");
        let entry = json!({"kind": "restored", "programme": programme, "number": number, "head": head.hex()});
        ctx.log(&mut tx, office, &entry).await?;
    }
    void_what_was_released(ctx, &mut tx, &forgotten).await?;
    // `spotcheck restore` has seen to them, and told the person in front of it.
    if set_back && !just_restored {
        let letters = tx.doubt_letters(ctx.config.mail.on_ambiguous == OnAmbiguous::Hold, now).await?;
        tracing::error!(
            letters,
            "the database was set back: letters that may have left are listed (spotcheck outbox list --doubtful); see docs/RUNBOOK.md"
        );
        tx.put_setting(SET_BACK, &json!({"at": now.0, "letters": letters}).to_string()).await?;
    }
    if let Some(restored) = restored.filter(|_| just_restored) {
        tx.put_setting(SEEN, &restored).await?;
    }
    tx.put_setting(TIMELINE, &timeline).await?;
    tx.commit().await?;
    ctx.registers.forget().await;
    for Forgotten { all, .. } in &forgotten {
        for chains in all {
            ctx.keep_head(chains).await?;
        }
    }
    Ok(Noticed { set_back, unasked })
}

/// A state from between a window's beacon and its draw: the list could be drawn the same again, but its letters left under
/// names that nobody knows any more. So it is lost like those whose beacon is forgotten too.
async fn void_what_was_released(ctx: &Context, tx: &mut Tx, forgotten: &[Forgotten]) -> Done<()> {
    for seal in tx.seals_due(ctx.now()).await? {
        let id = &seal.window.id;
        let is_of = |one: &Forgotten| one.chains.programme == id.programme && one.chains.office == id.office;
        let Some(office) = ctx.config.office(&id.office).filter(|_| forgotten.iter().any(is_of)) else { continue };
        let chains = Chains::of(&generation::of(tx, &seal).await?)?;
        if tx.beacon(id).await?.is_some() && ctx.link_was_used(&chains, seal.chain_index).await? {
            declare_void(ctx, tx, office, &seal.window, "lost_in_restore").await?;
        }
    }
    Ok(())
}

/// What the marks of every programme know and the log does not.
async fn forgotten(ctx: &Context) -> Done<(Vec<Forgotten>, Option<Failure>)> {
    let (mut found, mut unasked) = (Vec::new(), None);
    for programme in &ctx.config.programmes {
        let newest = generation::newest(&mut ctx.store.read().await?, &programme.id, &programme.office).await?;
        let chains = newest.as_ref().map_or_else(|| Ok(Chains::planned(programme, 1)), Chains::of)?;
        match ctx.forgotten(programme, chains).await {
            Ok(forgotten) => found.extend(forgotten),
            Err(failure @ Failure::Store(_)) => return Err(failure),
            Err(failure) => unasked = unasked.or(Some(failure)),
        }
    }
    Ok((found, unasked))
}
