//! Mails that wait for a person: read all the same, or put away.

use super::super::answer::{Answer, encoded};
use super::super::call::Call;
use super::assignment;
use crate::model::{Said, Trouble};
use crate::said;
use crate::words::states::mail_reason;
use crate::work::look::quarantine::mail;
use crate::work::quarantine::{self, Sorted};
use crate::work::{Done, owner};

pub async fn accept(call: &Call<'_>) -> Done<Answer> {
    let viewer = &call.signed()?.viewer;
    let Some((_, mail)) = mail(call.ctx, &viewer.scope, call.id()).await? else { return Ok(Answer::Missing) };
    let named = call.form.filled("assignment");
    let id = named.map(|text| assignment(text).ok_or_else(no_assignment)).transpose()?;
    if let Some(id) = &id
        && !owner::sees_assignment(call.ctx, &viewer.scope, id).await?
    {
        return Err(no_assignment().into());
    }
    let sorted = quarantine::accept(call.ctx, &mail.row.id, &viewer.name, id.as_ref()).await?;
    told(call, sorted)
}

pub async fn discard(call: &Call<'_>) -> Done<Answer> {
    let viewer = &call.signed()?.viewer;
    let Some((_, mail)) = mail(call.ctx, &viewer.scope, call.id()).await? else { return Ok(Answer::Missing) };
    let sorted = quarantine::discard(call.ctx, &mail.row.id, &viewer.name).await?;
    told(call, sorted)
}

fn told(call: &Call<'_>, sorted: Sorted) -> Done<Answer> {
    let here = format!("/quarantine/{}", encoded(call.id()));
    Ok(match sorted {
        Sorted::Done(reason) => Answer::done("/quarantine", mail_reason(&reason)),
        Sorted::StillWaits(reason) => {
            let why = mail_reason(&reason);
            let said = Said::new(format!("nothing was recorded: {}", why.en), format!("未登记任何结果：{}", why.zh));
            Answer::done(here, said)
        }
        Sorted::NoAssignment => return Err(no_assignment().into()),
        Sorted::NotWaiting => Answer::done(here, said!("this mail does not wait any more", "此邮件已不在待核之列")),
        Sorted::Unknown => Answer::Missing,
    })
}

fn no_assignment() -> Trouble {
    Trouble::new(said!(
        "there is no such assignment: its id, five or six letters and digits, stands in the letter's subject in brackets",
        "没有这项任务：编号为任务邮件主题中方括号内的五至六位字母数字"
    ))
}
