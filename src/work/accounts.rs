//! Accounts of the console: made by a person who may, begun by whoever holds the one-time address.

use super::{Context, Done, audit, passwords, signed};
use crate::config::Config;
use crate::model::password::{plain, weakness};
use crate::model::time::HOUR;
use crate::model::{AccountRole, Language, OfficeId, Scope, Sha256, Timestamp, Trouble};
use crate::said;
use crate::store::{self, AccountRow, Tx};
use std::collections::BTreeSet;

/// How long a one-time address may be used.
const ONE_TIME: i64 = 24 * HOUR;
/// Characters of an account's name.
const LONGEST: usize = 40;

/// An account to be made.
pub struct NewAccount<'a> {
    /// What the person types to sign in.
    pub id: &'a str,
    /// As decisions and entries name the person.
    pub name: &'a str,
    pub role: AccountRole,
    pub office: Option<&'a OfficeId>,
    pub language: Option<Language>,
}

/// What a person is given to begin with.
pub struct Begun {
    pub account: String,
    /// Of the address that sets the password; shown once, stored nowhere.
    pub secret: String,
    pub ends: Timestamp,
}

/// As accounts are compared: widths and capitals do not matter.
pub fn folded(id: &str) -> String {
    plain(id.trim()).to_lowercase()
}

/// Makes an account without a password.
///
/// # Errors
/// A name that is none, one that is taken, or an office that is not in the configuration.
pub async fn add(ctx: &Context, new: &NewAccount<'_>, by: &audit::Line<'_>) -> Done<Begun> {
    let id = folded(new.id);
    let fits = (2..=LONGEST).contains(&id.chars().count())
        && id.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c))
        && id.chars().any(char::is_alphabetic);
    if !fits {
        let said = said!(
            "the name to sign in with has 2 to {LONGEST} letters and digits, no blanks: such as wangmin",
            "登录名应为2至{LONGEST}个字母、汉字或数字，不含空格，如wangmin"
        );
        return Err(Trouble::new(said).into());
    }
    let name = signed::signed(new.name, "name")?;
    let office = new.office.map(|office| ctx.office(office)).transpose()?;
    let language = new.language.or(office.map(|office| office.language));
    let language = language.or(ctx.config.offices.first().map(|office| office.language)).unwrap_or(Language::ZhHans);
    let mut tx = ctx.store.begin().await?;
    let row = store::NewAccount { id: &id, name: &name, role: new.role, office: new.office, language, at: ctx.now() };
    if !tx.add_account(&row).await? {
        let said = said!(
            "there is an account “{id}” already: choose another name, or give that one a new address",
            "已有账户“{id}”：请另取登录名，或为原账户重新生成一次性地址"
        );
        return Err(Trouble::new(said).into());
    }
    let begun =
        begin(ctx, &mut tx, &id, &audit::Line { action: "account_add", detail: new.role.as_str(), ..*by }).await?;
    tx.commit().await?;
    Ok(begun)
}

/// A new one-time address; password and second factor are gone, and whoever is signed in is so no more.
/// Brings back an account that was disabled. `None`: there is no such account.
pub async fn reset(ctx: &Context, id: &str, by: &audit::Line<'_>) -> Done<Option<Begun>> {
    let id = folded(id);
    let mut tx = ctx.store.begin().await?;
    if tx.account(&id).await?.is_none() {
        return Ok(None);
    }
    tx.set_active(&id, true).await?;
    tx.set_password(&id, None).await?;
    tx.begin_second(&id, 0).await?;
    tx.end_sessions(&id).await?;
    let begun = begin(ctx, &mut tx, &id, &audit::Line { action: "account_reset", ..*by }).await?;
    tx.commit().await?;
    Ok(Some(begun))
}

async fn begin(ctx: &Context, tx: &mut Tx, id: &str, by: &audit::Line<'_>) -> Done<Begun> {
    let number = audit::append(tx, ctx.now(), &audit::Line { subject: id, ..*by }).await?;
    let (secret, hash) = passwords::secret(ctx, "one-time", &number.to_string())?;
    let ends = ctx.now().plus(ONE_TIME);
    tx.add_one_time(&hash, id, ends).await?;
    Ok(Begun { account: id.to_owned(), secret, ends })
}

/// Ends an account: nobody signs in with it, and whoever is signed in is so no more. `false`: there is none.
pub async fn disable(ctx: &Context, id: &str, by: &audit::Line<'_>) -> Done<bool> {
    let id = folded(id);
    let mut tx = ctx.store.begin().await?;
    if tx.account(&id).await?.is_none() {
        return Ok(false);
    }
    tx.set_active(&id, false).await?;
    tx.drop_one_time(&id).await?;
    tx.end_sessions(&id).await?;
    audit::append(&mut tx, ctx.now(), &audit::Line { action: "account_disable", subject: &id, ..*by }).await?;
    tx.commit().await?;
    Ok(true)
}

pub async fn set_language(ctx: &Context, id: &str, language: Language) -> Done<()> {
    let mut tx = ctx.store.begin().await?;
    tx.set_language(id, language).await?;
    Ok(tx.commit().await?)
}

pub async fn list(ctx: &Context) -> Done<Vec<AccountRow>> {
    Ok(ctx.store.read().await?.accounts().await?)
}

/// Whose one-time secret it is, while it may be used.
pub async fn of_one_time(ctx: &Context, secret: &str) -> Done<Option<AccountRow>> {
    let mut tx = ctx.store.read().await?;
    match tx.one_time(&Sha256::of(secret.as_bytes()), ctx.now()).await? {
        Some(id) => Ok(tx.account(&id).await?.filter(|account| account.active)),
        None => Ok(None),
    }
}

/// Sets the first password; `false` where the secret was used or its time is over.
///
/// # Errors
/// A password that somebody would guess.
pub async fn begin_with(ctx: &Context, secret: &str, password: &str, address: &str) -> Done<bool> {
    let Some(account) = of_one_time(ctx, secret).await? else { return Ok(false) };
    refuse_weak(ctx, &account, password)?;
    let stored = passwords::hash(ctx, &account.id, password).await?;
    let mut tx = ctx.store.begin().await?;
    if !tx.use_one_time(&Sha256::of(secret.as_bytes()), ctx.now()).await? {
        return Ok(false);
    }
    tx.set_password(&account.id, Some(&stored)).await?;
    tx.end_sessions(&account.id).await?;
    let line = audit::Line { account: &account.id, address, action: "password_set", ..audit::Line::default() };
    audit::append(&mut tx, ctx.now(), &line).await?;
    tx.commit().await?;
    Ok(true)
}

/// # Errors
/// Somebody who knows the person would guess it.
pub(super) fn refuse_weak(ctx: &Context, account: &AccountRow, password: &str) -> Result<(), Trouble> {
    let offices = ctx.config.offices.iter();
    let known = offices.flat_map(|o| [o.name.own.as_str(), o.name.latin.as_str(), o.id.as_str()]);
    let known = known.chain([account.id.as_str(), account.name.as_str()]);
    weakness(password, known).map_or(Ok(()), |weak| Err(Trouble::new(weak)))
}

/// What an account of an office sees: that office and all below it.
pub fn scope(config: &Config, office: Option<&OfficeId>) -> Scope {
    let Some(office) = office else { return Scope::All };
    let mut seen = BTreeSet::from([office.clone()]);
    loop {
        let below = |o: &&crate::config::Office| o.parent.as_ref().is_some_and(|parent| seen.contains(parent));
        let more: Vec<OfficeId> =
            config.offices.iter().filter(below).map(|o| o.id.clone()).filter(|id| !seen.contains(id)).collect();
        if more.is_empty() {
            return Scope::Offices(seen);
        }
        seen.extend(more);
    }
}
