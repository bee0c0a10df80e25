//! What programs show that hand in records: each for one source, made and ended by a person.

use super::audit::{self, Line};
use super::{Context, Done, passwords, signed};
use crate::model::record::SourceKind;
use crate::model::{Sha256, SourceId, Trouble};
use crate::said;
use crate::store::TokenRow;

/// Makes a token; its secret is shown once and stored nowhere.
///
/// # Errors
/// A source that is not in the configuration or brings no punches, or no word of what it is for.
pub async fn create(ctx: &Context, source: &SourceId, name: &str, by: &Line<'_>) -> Done<(TokenRow, String)> {
    let name = signed::reason(name, "name")?;
    let source = ctx.config.sources.iter().find(|one| one.source.id == *source).ok_or_else(|| {
        Trouble::new(said!("there is no source “{source}” in the configuration", "配置中没有来源“{source}”"))
    })?;
    if source.source.kind != SourceKind::Punch {
        let id = &source.source.id;
        return Err(Trouble::new(said!(
            "programs hand in punches, and “{id}” brings something else: choose a source of kind punch",
            "接口只接收打卡记录，而“{id}”是其他来源：请选择kind为punch的来源"
        ))
        .into());
    }
    let mut tx = ctx.store.begin().await?;
    let line = Line { action: "token_add", subject: source.source.id.as_str(), ..*by };
    let number = audit::append(&mut tx, ctx.now(), &line).await?;
    let (secret, hash) = passwords::secret(ctx, "token", &number.to_string())?;
    let row = TokenRow {
        id: hash.hex().get(..12).unwrap_or_default().to_owned(),
        name,
        office: source.office.clone(),
        source: source.source.id.clone(),
        created_by: by.account.to_owned(),
        created_at: ctx.now(),
        ended_at: None,
    };
    tx.add_token(&hash, &row).await?;
    tx.commit().await?;
    Ok((row, secret))
}

/// `false` where there is none that holds.
pub async fn end(ctx: &Context, id: &str, by: &Line<'_>) -> Done<bool> {
    let mut tx = ctx.store.begin().await?;
    let ended = tx.end_token(id, ctx.now()).await?;
    audit::append(&mut tx, ctx.now(), &Line { action: "token_end", subject: id, ..*by }).await?;
    tx.commit().await?;
    Ok(ended)
}

pub async fn list(ctx: &Context) -> Done<Vec<TokenRow>> {
    Ok(ctx.store.read().await?.tokens().await?)
}

/// Whose secret it is, while it holds.
pub async fn of(ctx: &Context, secret: &str) -> Done<Option<TokenRow>> {
    Ok(ctx.store.read().await?.token(&Sha256::of(secret.as_bytes())).await?)
}
