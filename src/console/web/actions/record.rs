//! The desk enters what an inspector said.

use super::super::answer::Answer;
use super::super::call::Call;
use super::assignment;
use crate::model::Trouble;
use crate::said;
use crate::work::record::{Entry, outcome_of};
use crate::work::{Done, owner, record};

pub async fn record(call: &Call<'_>) -> Done<Answer> {
    let (viewer, form) = (&call.signed()?.viewer, call.form);
    let id = assignment(form.get("assignment"));
    let id = id.ok_or_else(|| Trouble::new(said!("write the assignment's id", "请填写任务编号")))?;
    if !owner::sees_assignment(call.ctx, &viewer.scope, &id).await? {
        return Ok(Answer::Missing);
    }
    let entry = Entry {
        assignment: &id,
        code: &form.get("code").trim().to_ascii_uppercase(),
        outcome: outcome_of(form.get("outcome"))?,
        at: form.filled("at"),
        remark: form.get("remark"),
        said_by: form.get("said_by"),
        typed_by: &viewer.name,
    };
    let codes = record::record(call.ctx, &entry).await?.join(" ");
    let said = said!("recorded: {codes}; the inspector gets a receipt", "已登记：{codes}；检查员将收到回执");
    Ok(Answer::done(format!("/record?key={id}"), said))
}
