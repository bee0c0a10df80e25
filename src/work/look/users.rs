//! Accounts and tokens that somebody may give and take, a page at a time.

use super::PAGE;
use crate::model::Timestamp;
use crate::model::viewer::Scope;
use crate::store::{AccountRow, Ids, TokenRow};
use crate::work::{Context, Done};
use std::collections::BTreeSet;

pub struct Users {
    pub accounts: Vec<AccountRow>,
    /// The first one of the next page.
    pub next: Option<String>,
    pub tokens: Vec<TokenRow>,
    pub more_tokens: bool,
}

/// Nobody hands out more than they see: who sees some offices gives accounts of these.
fn given_by(scope: &Scope) -> Option<Ids> {
    match scope {
        Scope::All => None,
        Scope::Offices(offices) => Some(Ids::new(offices.iter().map(|office| office.as_str()))),
    }
}

/// Accounts from a name on; tokens after the last one of the page before.
pub async fn users(ctx: &Context, scope: &Scope, from: &str, after: Option<(Timestamp, &str)>) -> Done<Users> {
    let offices = given_by(scope);
    let mut tx = ctx.store.read().await?;
    let mut accounts = tx.accounts_from(offices.as_ref(), from, PAGE + 1).await?;
    let mut tokens = tx.tokens_after(offices.as_ref(), after, PAGE + 1).await?;
    let page = usize::try_from(PAGE).unwrap_or(0);
    let next = accounts.get(page).map(|account| account.id.clone());
    let more_tokens = tokens.len() > page;
    accounts.truncate(page);
    tokens.truncate(page);
    Ok(Users { accounts, next, tokens, more_tokens })
}

/// Which of some accounts are among those that somebody may give and take.
pub async fn seen_among(ctx: &Context, scope: &Scope, accounts: &Ids) -> Done<BTreeSet<String>> {
    let found = ctx.store.read().await?.accounts_among(given_by(scope).as_ref(), accounts).await?;
    Ok(found.into_iter().map(|account| account.id).collect())
}
