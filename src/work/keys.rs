//! The keys of the draws, as people look after them: which chains there are, and what to do about a theft.

use super::custody::Chains;
use super::signed::{self, signed};
use super::{Context, Done, generation};
use crate::draw::chain::LENGTH;
use crate::draw::{Terms, Why};
use crate::model::window::SPACING;
use crate::model::{OfficeId, ProgrammeId, Said, Timestamp, Trouble};
use crate::said;
use crate::store::CustodyEventRow;
use serde_json::{Value, json};

/// One generation of a programme's chains.
#[derive(Debug, Clone)]
pub struct KeyState {
    pub terms: Terms,
    /// The last moment that its links reach.
    pub ends: Timestamp,
    /// The link from which on it counts as exposed.
    pub exposed: Option<CustodyEventRow>,
    /// All links up to this one are public.
    pub revealed: Option<u32>,
    /// Chains and marks are where they belong.
    pub in_place: bool,
}

/// Every generation of every configured programme, oldest first.
pub async fn states(ctx: &Context) -> Done<Vec<KeyState>> {
    let mut tx = ctx.store.read().await?;
    let mut states = Vec::new();
    for programme in &ctx.config.programmes {
        let events = tx.custody_events(&programme.id, &programme.office).await?;
        for terms in generation::all(&mut tx, &programme.id, &programme.office).await? {
            let began = terms.sealed_at().unwrap_or(Timestamp(0));
            let number = terms.generation;
            let keepings = ctx.keepings(&Chains::of(&terms)?);
            states.push(KeyState {
                ends: began.plus(i64::from(LENGTH) * SPACING),
                exposed: events.iter().find(|e| e.generation == number && e.kind == "key_exposed").cloned(),
                revealed: tx.last_reveal(&programme.id, &programme.office, number).await?,
                in_place: keepings.iter().all(|keeping| crate::custody::look(keeping).is_ok()),
                terms,
            });
        }
    }
    Ok(states)
}

/// Somebody may have read a key: the windows of this generation are marked from now on, and the
/// programme goes on with new chains. What was sealed already is drawn as it was sealed.
///
/// # Errors
/// The programme was never sealed, or its newest generation was reported before.
pub async fn expose(
    ctx: &Context,
    programme: &ProgrammeId,
    office: &OfficeId,
    reason: &str,
    actor: &str,
) -> Done<Terms> {
    let from = |newest: &Terms| {
        let t = newest.link_of(ctx.now()).map_err(|e| Trouble::new(e.said()))?;
        Ok(json!({
            "kind": "key_exposed", "programme": programme, "generation": newest.generation, "from_t": t,
        }))
    };
    succeed(ctx, (programme, office), (actor, reason), Why::KeyExposed, from).await
}

/// New chains without a theft: custodians change, or files are to move. No window is marked.
///
/// # Errors
/// As [`expose`].
pub async fn renew(
    ctx: &Context,
    programme: &ProgrammeId,
    office: &OfficeId,
    reason: &str,
    actor: &str,
) -> Done<Terms> {
    let entry =
        |newest: &Terms| Ok(json!({"kind": "key_renewed", "programme": programme, "generation": newest.generation}));
    succeed(ctx, (programme, office), (actor, reason), Why::Renewal, entry).await
}

/// Logs by whose word the newest generation ends, and begins the next.
async fn succeed(
    ctx: &Context,
    (programme, office): (&ProgrammeId, &OfficeId),
    (actor, reason): (&str, &str),
    why: Why,
    entry: impl FnOnce(&Terms) -> Done<Value>,
) -> Done<Terms> {
    let (actor, reason) = (signed(actor, "--by")?, signed::reason(reason, "--reason")?);
    let configured =
        ctx.config.programmes.iter().find(|p| p.id == *programme && p.office == *office).ok_or_else(|| {
            Trouble::new(said!(
                "the configuration has no programme “{programme}” of the office “{office}”",
                "配置中没有单位“{office}”的项目“{programme}”"
            ))
        })?;
    let mut tx = ctx.store.begin().await?;
    let newest = generation::newest(&mut tx, programme, office).await?.ok_or_else(|| {
        Trouble::new(said!(
            "the programme “{programme}” was never sealed: there is no key yet",
            "项目“{programme}”尚未封存：还没有密钥"
        ))
    })?;
    if newest.generation > 1 && tx.count_seals_of(programme, office, newest.generation).await? == 0 {
        return Err(Trouble::new(said!(
            "the newest chains of “{programme}” have served no window yet: what was reported before still stands. If they too may have been read, wait for their first seal, then report them",
            "“{programme}”的最新密钥链尚未用于任何时段，此前的登记仍然有效。若新链也可能泄露，请在其首次封存后再登记"
        ))
        .into());
    }
    let entry = entry(&newest)?;
    let event = CustodyEventRow {
        generation: newest.generation,
        kind: entry["kind"].as_str().unwrap_or_default().to_owned(),
        content: entry.to_string(),
        reason,
        actor,
        at: ctx.now(),
    };
    if tx.add_custody_event(programme, office, &event).await? {
        ctx.log(&mut tx, office, &entry).await?;
        tx.commit().await?;
    } else {
        drop(tx);
    }
    let place = ctx.office(office)?;
    generation::begin(ctx, configured, place, newest.generation + 1, why).await
}

impl KeyState {
    pub fn json(&self) -> Value {
        let Terms { programme, office, generation, custodians, anchors, sealed_at, why, .. } = &self.terms;
        json!({
            "programme": programme, "office": office, "generation": generation, "why": why, "custodians": custodians,
            "anchors": anchors, "sealed_at": sealed_at, "ends": self.ends.to_string(), "in_place": self.in_place,
            "exposed_at": self.exposed.as_ref().map(|e| e.at.to_string()), "revealed_t": self.revealed,
        })
    }

    pub fn page(&self, zone: chrono_tz::Tz) -> Vec<Said> {
        let Terms { programme, office, generation, custodians, anchors, why, .. } = &self.terms;
        let began = self.terms.sealed_at().map(|at| at.rfc3339(zone)).unwrap_or_default();
        let (ends, why) = (self.ends.day(zone), why.said());
        let mut page = vec![Said::new(
            format!("{programme}/{office}, generation {generation}: sealed {began} ({}), good until {ends}", why.en),
            format!("{programme}/{office}，第{generation}代：{began}封存（{}），有效至{ends}", why.zh),
        )];
        for (custodian, anchor) in custodians.iter().zip(anchors) {
            page.push(said!("  {custodian}: anchor {anchor}", "  {custodian}：锚值{anchor}"));
        }
        if let Some(t) = self.revealed {
            page.push(said!("  public up to link {t}", "  已公开至第{t}环"));
        }
        if let Some(event) = &self.exposed {
            let (at, by, why) = (event.at.rfc3339(zone), &event.actor, &event.reason);
            page.push(said!("  EXPOSED since {at} ({by}: {why})", "  {at}起视为泄露（{by}：{why}）"));
        }
        if !self.in_place {
            page.push(said!(
                "  a chain or its mark is missing or damaged: bring both back from their own backup",
                "  密钥链或其使用记录缺失或损坏：请从各自的备份恢复"
            ));
        }
        page
    }
}
