//! Signing in to the console, and what a browser shows afterwards.
//!
//! Whoever guesses is delayed by account and address together, and by address; whoever signed in from an address
//! before is never held up there, so that nobody can lock a person out. An account that is none takes as long and
//! is answered as a wrong password is.

use super::accounts::{folded, refuse_weak, scope};
use super::audit::{self, Line};
use super::second_factor::step_of;
use super::{Context, Done, passwords};
use crate::config::{Console, SecondFactor};
use crate::model::time::{DAY, HOUR, MINUTE, SECOND};
use crate::model::{AccountRole, Said, Sha256, Timestamp, Viewer};
use crate::store::{AccountRow, SignIns, Tx};
use std::net::{IpAddr, Ipv6Addr};

/// Failures that cost nothing.
const FREE: i64 = 5;
const FIRST_DELAY: i64 = 15 * SECOND;
const LONGEST_DELAY: i64 = 15 * MINUTE;
/// Failures from one address, whatever the account, within the longest delay.
const OF_AN_ADDRESS: i64 = 30;
const ADDRESS_DELAY: i64 = MINUTE;
/// So long an address is known.
const KNOWN: i64 = 90 * DAY;
/// How long a right password waits for its code.
const FOR_THE_CODE: i64 = 10 * MINUTE;
/// Seen again is written so seldom.
const SEEN: i64 = MINUTE;
const UPLOADS: i64 = DAY;

/// How an attempt ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The secret of a new session.
    In(String),
    /// The password was right; its session awaits a code.
    Second(String),
    Wrong,
    /// Not looked at: try again later.
    Wait,
}

/// Somebody whose browser showed a session's secret.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Of the session's secret.
    pub hash: Sha256,
    pub account: AccountRow,
    pub viewer: Viewer,
    /// False while a code is awaited.
    pub signed_in: bool,
    /// What every form of this session carries.
    pub csrf: String,
    pub notice: Option<Said>,
    /// It was long enough ago that it was last seen: [`seen`] is due.
    pub to_note: bool,
}

fn second_needed(console: &Console, account: &AccountRow) -> bool {
    match console.second_factor {
        SecondFactor::Off => false,
        SecondFactor::Optional => account.second_on,
        SecondFactor::Required => {
            account.second_on || matches!(account.role, AccountRole::Head | AccountRole::Administrator)
        }
    }
}

/// Addresses that one line of one household can take at will count as one.
fn counted(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(long)) => Ipv6Addr::from_bits(long.to_bits() >> 64 << 64).to_string(),
        Ok(short) => short.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// What is kept of who tries: people type passwords where names belong.
fn kept(account: &str) -> String {
    Sha256::of(account.as_bytes()).hex().get(..32).unwrap_or_default().to_owned()
}

fn delayed(tries: &SignIns, now: Timestamp) -> bool {
    let over = tries.failed - FREE;
    let delay = u32::try_from(over).ok().and_then(|over| FIRST_DELAY.checked_shl(over.min(20)));
    delay.is_some_and(|delay| now.0 < tries.failed_at + delay.min(LONGEST_DELAY))
}

async fn address_delayed(tx: &mut Tx, address: &str, now: Timestamp) -> Done<bool> {
    let (failed, last) = tx.failed_from(address, now.plus(-LONGEST_DELAY)).await?;
    Ok(failed >= OF_AN_ADDRESS && now.0 < last.0 + ADDRESS_DELAY)
}

/// Tries a password. `before`: the secret of a session that the browser showed; it ends.
pub async fn sign_in(
    ctx: &Context,
    console: &Console,
    (account, password): (&str, &str),
    address: &str,
    before: Option<&str>,
) -> Done<Attempt> {
    let (id, now, from) = (folded(account), ctx.now(), counted(address));
    let mut tx = ctx.store.read().await?;
    let tries = tx.sign_ins(&kept(&id), &from).await?;
    let known = tries.succeeded_at.is_some_and(|at| now.0 - at < KNOWN);
    if !known && (delayed(&tries, now) || address_delayed(&mut tx, &from, now).await?) {
        return Ok(Attempt::Wait);
    }
    let found = tx.account(&id).await?.filter(|account| account.active);
    drop(tx);
    let stored = found.as_ref().and_then(|account| account.password.as_deref());
    let right = passwords::is(stored, password).await;
    let mut tx = ctx.store.begin().await?;
    // Somebody may have disabled it meanwhile.
    let still = tx.account(&id).await?.filter(|account| account.active && found.as_ref() == Some(account));
    let Some(account) = still.filter(|_| right) else {
        tx.sign_in_failed(&kept(&id), &from, now).await?;
        let account = found.as_ref().map_or("", |account| account.id.as_str());
        audit::append(&mut tx, now, &Line { account, address, action: "sign_in_failed", ..Line::default() }).await?;
        tx.commit().await?;
        return Ok(Attempt::Wrong);
    };
    clear(&mut tx, console, now).await?;
    if let Some(before) = before {
        tx.end_session(&Sha256::of(before.as_bytes())).await?;
    }
    let second = second_needed(console, &account);
    let action = if second { "password_right" } else { "sign_in" };
    let secret = new_session(ctx, &mut tx, &account.id, (address, action), !second).await?;
    tx.commit().await?;
    Ok(if second { Attempt::Second(secret) } else { Attempt::In(secret) })
}

async fn new_session(
    ctx: &Context,
    tx: &mut Tx,
    account: &str,
    (address, action): (&str, &str),
    signed_in: bool,
) -> Done<String> {
    let now = ctx.now();
    let number = audit::append(tx, now, &Line { account, address, action, ..Line::default() }).await?;
    let (secret, hash) = passwords::secret(ctx, "session", &number.to_string())?;
    tx.add_session(&hash, account, signed_in, now).await?;
    if signed_in {
        tx.sign_in_succeeded(&kept(account), &counted(address), now).await?;
    }
    Ok(secret)
}

/// What nobody needs any more.
async fn clear(tx: &mut Tx, console: &Console, now: Timestamp) -> Done<()> {
    let (absolute, idle) = limits(console);
    tx.end_old_sessions(now.plus(-absolute), now.plus(-idle - SEEN)).await?;
    tx.forget_sign_ins(now.plus(-DAY), now.plus(-KNOWN)).await?;
    tx.drop_old_uploads(now.plus(-UPLOADS)).await?;
    Ok(())
}

fn limits(console: &Console) -> (i64, i64) {
    (i64::from(console.absolute_hours) * HOUR, i64::from(console.idle_minutes) * MINUTE)
}

/// Whose session a secret is, by its hash, while it lasts. `noted`: when it was last seen, where that is still to be
/// written.
pub async fn session(
    ctx: &Context,
    console: &Console,
    secret: &str,
    noted: impl FnOnce(&Sha256) -> Option<Timestamp>,
) -> Done<Option<Signed>> {
    let (hash, now) = (Sha256::of(secret.as_bytes()), ctx.now());
    let noted = noted(&hash);
    let mut tx = ctx.store.read().await?;
    let Some(session) = tx.session(&hash).await? else { return Ok(None) };
    let account = tx.account(&session.account).await?.filter(|account| account.active);
    drop(tx);
    let (absolute, idle) = limits(console);
    let absolute = if session.signed_in { absolute } else { FOR_THE_CODE };
    let seen_at = noted.map_or(session.seen_at, |noted| noted.max(session.seen_at));
    let lasts = now.0 - session.began_at.0 < absolute && now.0 - seen_at.0 < idle;
    let Some(account) = account.filter(|_| lasts) else {
        let mut tx = ctx.store.begin().await?;
        tx.end_session(&hash).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let viewer = Viewer {
        account: account.id.clone(),
        name: account.name.clone(),
        role: account.role,
        scope: scope(&ctx.config, account.office.as_ref()),
        language: account.language,
    };
    let csrf = Sha256::of(format!("form\n{secret}").as_bytes()).hex();
    let (signed_in, notice, to_note) = (session.signed_in, session.notice, now.0 - seen_at.0 >= SEEN);
    Ok(Some(Signed { hash, account, viewer, signed_in, csrf, notice, to_note }))
}

/// Writes that a session was in use.
pub async fn seen(ctx: &Context, session: &Sha256, at: Timestamp) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    tx.session_seen(session, at).await?;
    Ok(tx.commit().await?)
}

/// Begins a second factor in place of what was not yet proved.
pub async fn begin_second(ctx: &Context, signed: &Signed) -> Done<()> {
    if signed.account.second_on {
        return Ok(());
    }
    let mut tx = ctx.store.begin().await?;
    tx.begin_second(&signed.account.id, ctx.secrets.newest()).await?;
    Ok(tx.commit().await?)
}

/// Tries a code: it ends signing in, or proves that a second factor works.
pub async fn second(ctx: &Context, signed: &Signed, code: &str, address: &str) -> Done<Attempt> {
    let (id, now) = (signed.account.id.as_str(), ctx.now());
    let mut tx = ctx.store.begin().await?;
    if delayed(&tx.sign_ins(&kept(id), &counted(address)).await?, now) {
        return Ok(Attempt::Wait);
    }
    let step = ctx.second_factor(&signed.account).and_then(|secret| step_of(&secret, code, now));
    let right = match step {
        Some(step) => tx.use_second(id, step).await?,
        None => false,
    };
    if !right {
        tx.sign_in_failed(&kept(id), &counted(address), now).await?;
        audit::append(&mut tx, now, &Line { account: id, address, action: "code_wrong", ..Line::default() }).await?;
        tx.commit().await?;
        return Ok(Attempt::Wrong);
    }
    let action = if signed.signed_in { "second_factor_on" } else { "sign_in" };
    tx.end_session(&signed.hash).await?;
    let secret = new_session(ctx, &mut tx, id, (address, action), true).await?;
    tx.commit().await?;
    Ok(Attempt::In(secret))
}

/// Puts a new password in place of the one that is known; other sessions of the account end.
///
/// # Errors
/// A new one that somebody would guess.
pub async fn change_password(ctx: &Context, signed: &Signed, (old, new): (&str, &str), address: &str) -> Done<Attempt> {
    let (account, now) = (&signed.account, ctx.now());
    let tries = ctx.store.read().await?.sign_ins(&kept(&account.id), &counted(address)).await?;
    if delayed(&tries, now) {
        return Ok(Attempt::Wait);
    }
    if !passwords::is(account.password.as_deref(), old).await {
        let mut tx = ctx.store.begin().await?;
        tx.sign_in_failed(&kept(&account.id), &counted(address), now).await?;
        tx.commit().await?;
        return Ok(Attempt::Wrong);
    }
    refuse_weak(ctx, account, new)?;
    let stored = passwords::hash(ctx, &account.id, new).await?;
    let mut tx = ctx.store.begin().await?;
    tx.set_password(&account.id, Some(&stored)).await?;
    tx.end_sessions(&account.id).await?;
    let secret = new_session(ctx, &mut tx, &account.id, (address, "password_set"), true).await?;
    tx.commit().await?;
    Ok(Attempt::In(secret))
}

pub async fn sign_out(ctx: &Context, signed: &Signed, address: &str) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    tx.end_session(&signed.hash).await?;
    let line = Line { account: &signed.account.id, address, action: "sign_out", ..Line::default() };
    audit::append(&mut tx, ctx.now(), &line).await?;
    Ok(tx.commit().await?)
}

/// What the next page of this session says.
pub async fn notice(ctx: &Context, signed: &Signed, notice: Option<&Said>) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    match notice {
        Some(notice) => tx.set_notice(&signed.hash, notice).await?,
        None => tx.take_notice(&signed.hash).await?,
    }
    Ok(tx.commit().await?)
}
