//! What proves a sender beside the mail server's own word (REPLIES 2): signatures that are verified here, and
//! the head's trust in a relay.

use super::opened::{Opened, Person};
use super::signed::{self, signed};
use super::{Context, Done, case_mail, sent};
use crate::config;
use crate::mail::Signed;
use crate::model::time::{DAY, HOUR, MINUTE};
use crate::model::{Timestamp, Trouble};
use crate::reply::{self, Authentication, KeyFound, Policy};
use crate::said;
use crate::store::{Ids, InboxRow, TrustRow, Tx};

/// REPLIES 2.
const TRUST_DAYS: i64 = 90;
/// A mail whose sender's key cannot be looked up waits so long, then it is read without.
const PATIENCE: i64 = 2 * DAY;
/// Looked up again after so long, later and later.
const SOONEST: i64 = MINUTE;
const LATEST: i64 = HOUR;

/// What was found out about a mail's signatures before it is read.
pub enum Look {
    /// Nothing to find out, or known since an earlier reading.
    Known,
    Found(Signed),
    /// Nobody could be asked: later.
    Later(Timestamp),
}

/// Verifies a mail's signatures where that could prove its sender. No transaction is open meanwhile.
///
/// Nobody without a key can have a name server asked. `asking`: whether one answered so far in this look at
/// the mailbox; where none does, the mails that follow wait at once.
pub(super) async fn look(ctx: &Context, mail: &Opened<'_>, asking: &mut bool) -> Done<Look> {
    let row = &mail.row;
    let (Some(dkim), None, false) = (&ctx.dkim, &row.dkim, row.authenticated != 0) else { return Ok(Look::Known) };
    if ctx.config.intake.authentication == config::Authentication::Off {
        return Ok(Look::Known);
    }
    let Some(person) = mail.person().filter(|person| person.mail.headers.has("dkim-signature")) else {
        return Ok(Look::Known);
    };
    let Some(from) = &person.from else { return Ok(Look::Known) };
    if reply::is_proven(&person.mail, from, &Authentication::pinned(ctx.config.intake.authserv_id.clone())) {
        return Ok(Look::Known);
    }
    let may_count = super::file_mail::is_sender(ctx, from)
        || is_inspectors_own(ctx, person, from).await?
        || case_mail::is_partys_own(ctx, person, from).await?
        || super::away_mail::is_inspectors_own(ctx, person, row).await?;
    if !may_count {
        return Ok(Look::Known);
    }
    let waited = ctx.now().0 - row.received_at;
    let later = || Ok(Look::Later(ctx.now().plus(waited.clamp(SOONEST, LATEST))));
    if !*asking && waited < PATIENCE {
        return later();
    }
    let signed = dkim.signers(person.mail.raw).await;
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let aligned = |domains: &[String]| domains.iter().any(|d| reply::is_aligned(d, domain));
    if aligned(&signed.by) || !aligned(&signed.unsettled) || waited >= PATIENCE {
        return Ok(Look::Found(signed));
    }
    tracing::warn!(mail = row.id, "the key of a mail's signer cannot be looked up; the mail waits");
    *asking = false;
    later()
}

/// Whether a mail carries the key of an assignment and comes from an address of its inspector.
async fn is_inspectors_own(ctx: &Context, person: &Person<'_>, from: &String) -> Done<bool> {
    let KeyFound::One(carried) = &person.key else { return Ok(false) };
    let known = sent::known(ctx, &mut ctx.store.read().await?, &carried.assignment).await?;
    Ok(known.is_some_and(|k| k.reply.matches(&carried.key) && k.inspector.addresses.contains(from)))
}

impl Look {
    /// Keeps what was found out; `false` where the mail is left for later.
    pub async fn settle(self, tx: &mut Tx, row: &mut InboxRow) -> Done<bool> {
        match self {
            Look::Known => {}
            Look::Found(signed) => {
                let domains = signed.by.join(" ");
                tx.settle_signatures(&row.id, &domains).await?;
                row.dkim = Some(domains);
            }
            Look::Later(at) => {
                tx.look_later(&row.id, at).await?;
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Everything that may prove the sender of a mail. `trusts`: addresses, their relays, until when. `accepted`: a
/// person vouches.
pub(super) fn authentication(
    ctx: &Context,
    trusts: &[(String, String, Timestamp)],
    row: &InboxRow,
    person: &Person<'_>,
    accepted: bool,
) -> Authentication {
    let holds = |(address, _, ends): &&(String, String, Timestamp)| {
        Some(address) == person.from.as_ref() && *ends > Timestamp(row.received_at)
    };
    let trusted_relays = trusts.iter().filter(holds).map(|(_, relay, _)| relay.clone()).collect();
    Authentication {
        policy: match ctx.config.intake.authentication {
            config::Authentication::Require => Policy::Require,
            config::Authentication::Flag => Policy::Flag,
            config::Authentication::Off => Policy::Off,
        },
        authserv_id: ctx.config.intake.authserv_id.clone(),
        local_submission: row.authenticated != 0 || accepted,
        dkim_verified: row
            .dkim
            .iter()
            .flat_map(|d| d.split(' '))
            .filter(|d| !d.is_empty())
            .map(str::to_owned)
            .collect(),
        trusted_relays,
    }
}

/// Who decides about a sender, and why.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    pub address: &'a str,
    /// A host name or an address.
    pub relay: &'a str,
    pub by: &'a str,
    pub reason: &'a str,
}

/// Trusts mail of a registered address that comes from a relay, for 90 days. Returns when that ends.
///
/// # Errors
/// Nobody registered has this address, or the relay is no host.
pub async fn trust(ctx: &Context, decision: Decision<'_>) -> Done<Timestamp> {
    let address = decision.address.trim().to_lowercase();
    let relay = decision.relay.trim().trim_end_matches('.').to_lowercase();
    let mut tx = ctx.store.begin().await?;
    let known = super::file_mail::is_sender(ctx, &address)
        || !tx.inspectors_at(&address).await?.is_empty()
        || !tx.officials_at(&Ids::new([address.as_str()])).await?.is_empty();
    if !known {
        return Err(Trouble::new(said!(
            "no inspector and no official has this address, and no source names it in `senders`: import it with them, or add it there",
            "没有检查员、队员或来源使用此邮箱：请先在名册中登记，或写入来源的senders"
        ))
        .in_field("ADDRESS")
        .into());
    }
    let relay = relay.parse::<std::net::IpAddr>().map_or(relay, |address| address.to_string());
    let is_name = relay.contains('.') && relay.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    if !is_name && relay.parse::<std::net::IpAddr>().is_err() {
        return Err(Trouble::new(said!(
            "expected the host that hands such mail to your server, by name or address, as the topmost “Received: from … (HOST [ADDRESS])” of such a mail shows it",
            "此处应为把该邮箱的邮件交给本方服务器的主机名或地址，见此类邮件最上面的“Received: from …（主机 [地址]）”"
        ))
        .in_field("--relay")
        .into());
    }
    let ends = ctx.now().plus(TRUST_DAYS * DAY);
    let (by, reason) = (&signed(decision.by, "--by")?, &signed::reason(decision.reason, "--reason")?);
    let decision = Decision { by, reason, ..decision };
    tx.decide_trust(&row(&address, &relay, "trust", decision, ctx.now(), Some(ends.0))).await?;
    tx.commit().await?;
    Ok(ends)
}

/// Ends a trust before its time; `false` where there is none.
pub async fn revoke(ctx: &Context, decision: Decision<'_>) -> Done<bool> {
    let address = decision.address.trim().to_lowercase();
    let relay = decision.relay.trim().trim_end_matches('.').to_lowercase();
    let mut tx = ctx.store.begin().await?;
    let trusted = tx.relays_of(&Ids::new([address.as_str()])).await?;
    if !trusted.iter().any(|(_, of, ends)| *of == relay && *ends > ctx.now()) {
        return Ok(false);
    }
    let (by, reason) = (&signed(decision.by, "--by")?, &signed::reason(decision.reason, "--reason")?);
    let decision = Decision { by, reason, ..decision };
    tx.decide_trust(&row(&address, &relay, "revoke", decision, ctx.now(), None)).await?;
    tx.commit().await?;
    Ok(true)
}

fn row(
    address: &str,
    relay: &str,
    what: &str,
    decision: Decision<'_>,
    at: Timestamp,
    ends_at: Option<i64>,
) -> TrustRow {
    TrustRow {
        address: address.to_owned(),
        relay: relay.to_owned(),
        decision: what.to_owned(),
        actor: decision.by.to_owned(),
        reason: decision.reason.to_owned(),
        at: at.0,
        ends_at,
    }
}

/// The decisions that stand, ended and revoked ones too.
pub async fn trusts(ctx: &Context) -> Done<Vec<TrustRow>> {
    Ok(ctx.store.read().await?.trusts().await?)
}
