//! Accounts and tokens: an administrator makes and ends them, within what the own account sees.

use super::super::answer::Answer;
use super::super::call::Call;
use super::super::plain::{Told, render};
use super::page;
use crate::console::pages::shell::Tab;
use crate::model::{AccountRole, OfficeId, Said, SourceId, Trouble};
use crate::said;
use crate::work::accounts::{self, Begun, NewAccount};
use crate::work::{Done, owner, tokens};

const HERE: &str = "/setup/users";

fn not_yours() -> Trouble {
    Trouble::new(said!(
        "your account sees a part of the offices only: choose one of these",
        "您的账户只能看到部分单位：请从中选择"
    ))
}

pub async fn add(call: &Call<'_>) -> Done<Answer> {
    let (viewer, form) = (&call.signed()?.viewer, call.form);
    let role = AccountRole::parse(form.get("role"));
    let role = role.ok_or_else(|| Trouble::new(said!("choose a role", "请选择角色")))?;
    let office = form.filled("office").map(OfficeId::parse).transpose().map_err(Trouble::new)?;
    if !owner::may_give(&viewer.scope, office.as_ref()) {
        return Err(not_yours().into());
    }
    let id = form.get("account");
    let name = form.filled("name").unwrap_or(id);
    let language = form.get("language").parse().ok();
    let new = NewAccount { id, name, role, office: office.as_ref(), language };
    once(call, &accounts::add(call.ctx, &new, &call.line()).await?)
}

/// The one-time address, shown now and never again.
fn once(call: &Call<'_>, begun: &Begun) -> Done<Answer> {
    let (language, account) = (call.language, &begun.account);
    let title = said!("One-time address for {account}", "{account}的一次性地址");
    let said = said!(
        "For that person alone: whoever opens it sets the password. It works once, within 24 hours, and is shown only now.",
        "只交给本人：打开此地址的人即可设定口令。24小时内有效，只能用一次，此后不再显示。"
    );
    let address = format!("{}/first/{}", call.console.public(), begun.secret);
    shown_once(call, &title, said.in_language(language), &address)
}

fn shown_once(call: &Call<'_>, title: &Said, said: &str, secret: &str) -> Done<Answer> {
    let link = Some((HERE.to_owned(), call.language.pick("Back to the accounts", "返回账户列表").to_owned()));
    page(call, Tab::Setup, title, &render(&Told { said, secret: Some(secret), link }))
}

/// The account that a form names, where it is one that this administrator may give and take.
async fn chosen(call: &Call<'_>) -> Done<Option<String>> {
    let scope = &call.signed()?.viewer.scope;
    let id = accounts::folded(call.form.get("account"));
    let account = call.ctx.store.read().await?.account(&id).await?;
    Ok(account.filter(|account| owner::may_give(scope, account.office.as_ref())).map(|account| account.id))
}

pub async fn disable(call: &Call<'_>) -> Done<Answer> {
    let Some(id) = chosen(call).await? else { return Ok(Answer::Missing) };
    if id == call.signed()?.account.id {
        return Err(Trouble::new(said!(
            "this is your own account: somebody else has to disable it",
            "这是您本人的账户：须由他人停用"
        ))
        .into());
    }
    accounts::disable(call.ctx, &id, &call.line()).await?;
    Ok(Answer::done(HERE, said!("{id} is disabled", "{id}已停用")))
}

pub async fn reset(call: &Call<'_>) -> Done<Answer> {
    let Some(id) = chosen(call).await? else { return Ok(Answer::Missing) };
    match accounts::reset(call.ctx, &id, &call.line()).await? {
        Some(begun) => once(call, &begun),
        None => Ok(Answer::Missing),
    }
}

pub async fn add_token(call: &Call<'_>) -> Done<Answer> {
    let scope = &call.signed()?.viewer.scope;
    let source = SourceId::parse(call.form.get("source")).map_err(Trouble::new)?;
    let of = call.ctx.config.sources.iter().find(|one| one.source.id == source).map(|one| &one.office);
    if !of.is_some_and(|office| owner::may_give(scope, Some(office))) {
        return Err(not_yours().into());
    }
    let (row, secret) = tokens::create(call.ctx, &source, call.form.get("name"), &call.line()).await?;
    let name = row.name;
    let title = said!("Token for {name}", "{name}的令牌");
    let said = said!(
        "It hands in records of the source {source} and nothing else. It is shown only now.",
        "只能提交来源{source}的记录；此后不再显示。"
    );
    shown_once(call, &title, said.in_language(call.language), &secret)
}

pub async fn end_token(call: &Call<'_>) -> Done<Answer> {
    let (scope, id) = (&call.signed()?.viewer.scope, call.form.get("token"));
    let tokens = tokens::list(call.ctx).await?;
    let seen = tokens.iter().any(|token| token.id == id && owner::may_give(scope, Some(&token.office)));
    if !seen {
        return Ok(Answer::Missing);
    }
    let said = match tokens::end(call.ctx, id, &call.line()).await? {
        true => said!("the token is ended", "令牌已作废"),
        false => said!("the token was ended before", "令牌此前已作废"),
    };
    Ok(Answer::done(HERE, said))
}
