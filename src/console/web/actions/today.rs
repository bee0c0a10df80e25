//! From the list of today: a letter that hangs is sent again; an inspector is reminded.

use super::super::answer::Answer;
use super::super::call::Call;
use super::{assignment, here};
use crate::said;
use crate::work::{Done, outbox, owner, remind};

pub async fn resend(call: &Call<'_>) -> Done<Answer> {
    let Some(id) = assignment(call.form.get("assignment")) else { return Ok(Answer::Missing) };
    if !owner::sees_assignment(call.ctx, &call.signed()?.viewer.scope, &id).await? {
        return Ok(Answer::Missing);
    }
    let letter = call.ctx.store.read().await?.assignment(&id).await?.map(|row| row.message_id);
    let done = match letter {
        Some(letter) => outbox::set_letter(call.ctx, &letter, false).await?,
        None => false,
    };
    Ok(Answer::done(
        here(call, "/today"),
        if done {
            said!("{id}: the letter goes out again with the next turn", "{id}：信件将很快重新发出")
        } else {
            said!("{id}: the letter is not one that hangs; nothing was done", "{id}：该信件并未滞留，未作处理")
        },
    ))
}

pub async fn remind(call: &Call<'_>) -> Done<Answer> {
    let Some(id) = assignment(call.form.get("assignment")) else { return Ok(Answer::Missing) };
    if !owner::sees_assignment(call.ctx, &call.signed()?.viewer.scope, &id).await? {
        return Ok(Answer::Missing);
    }
    Ok(Answer::done(
        here(call, "/today"),
        if remind::remind_now(call.ctx, &id).await? {
            said!("{id}: a reminder goes out", "{id}：提醒邮件即将发出")
        } else {
            said!("{id}: nothing to be reminded of, or done before", "{id}：没有需要提醒的内容，或已提醒过")
        },
    ))
}
