//! Passwords as they are stored: Argon2id, which is slow on purpose, so never on a thread that serves others.

use super::{Context, Done, Failure};
use crate::model::password::plain;
use crate::model::{Trouble, sha::to_hex};
use crate::said;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::OnceLock;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Kibibytes, passes, lanes (OWASP's first choice for a small machine).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// So many at once: each takes memory and a processor.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

fn argon() -> Option<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, passes, lanes, None).ok()?))
}

fn hashed(password: &str, salt: &[u8]) -> Option<String> {
    Some(argon()?.hash_password_with_salt(plain(password).as_bytes(), salt).ok()?.to_string())
}

/// In place of the password of an account that is none: checking it takes as long.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| hashed("nobody", &[0; 16]).unwrap_or_default())
}

/// What is stored of a password.
pub async fn hash(ctx: &Context, account: &str, password: &str) -> Done<String> {
    let salt = ctx.entropy.bytes("salt", &format!("{account}|{}", ctx.now().0))?;
    let password = password.to_owned();
    let made = slowly(move || hashed(&password, salt.get(..16).unwrap_or(&salt))).await;
    made.ok_or_else(|| Failure::Trouble(Trouble::new(said!("the password cannot be stored", "口令无法保存"))))
}

/// Whether it is the one of which this was stored; with nothing stored never, after the same time.
pub async fn is(stored: Option<&str>, password: &str) -> bool {
    let (there, password) = (stored.is_some(), password.to_owned());
    let stored = stored.map(str::to_owned);
    slowly(move || {
        let stored = stored.as_deref().unwrap_or_else(|| nobody());
        argon().is_some_and(|argon| argon.verify_password(plain(&password).as_bytes(), stored).is_ok())
    })
    .await
        && there
}

async fn slowly<T: Send + Default + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = AT_ONCE.acquire().await;
    spawn_blocking(work).await.unwrap_or_default()
}

/// A secret for a person or a program to carry, and what is stored of it.
pub(super) fn secret(ctx: &Context, purpose: &str, natural_key: &str) -> Done<(String, crate::model::Sha256)> {
    let secret = to_hex(&ctx.entropy.bytes(purpose, natural_key)?);
    let hash = crate::model::Sha256::of(secret.as_bytes());
    Ok((secret, hash))
}
