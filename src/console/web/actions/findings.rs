//! What is to be rectified moves on; who rectified does not verify.

use super::super::answer::Answer;
use super::super::call::Call;
use crate::evidence::finding::{Step, state_said};
use crate::model::{AccountRole, Said, Trouble};
use crate::said;
use crate::work::findings::{self, Doing};
use crate::work::{Done, owner};

pub async fn step(call: &Call<'_>) -> Done<Answer> {
    let (viewer, id) = (&call.signed()?.viewer, call.id());
    if !owner::sees_finding(call.ctx, &viewer.scope, id).await? {
        return Ok(Answer::Missing);
    }
    let word = call.form.filled("step").or(call.form.filled("action")).unwrap_or_default();
    let step = Step::parse(word).ok_or_else(|| Trouble::new(said!("choose a step", "请选择步骤")))?;
    // The desk enters what is reported as done; whether it is, and what becomes of it, the head says.
    if viewer.role != AccountRole::Head && step != Step::Rectify {
        return Ok(Answer::Forbidden);
    }
    let file = call.form.files.first().map(|(_, name, bytes)| (name.as_str(), bytes.clone()));
    let doing = Doing { finding: id, step, by: &viewer.name, reason: call.form.get("reason"), file };
    let Some(state) = findings::step(call.ctx, &doing).await? else { return Ok(Answer::Missing) };
    let state = state_said(state);
    Ok(Answer::done(format!("/findings/{id}"), Said::new(format!("{id}: {}", state.en), format!("{id}：{}", state.zh))))
}
