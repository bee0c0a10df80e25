//! What is to be rectified moves on; who rectified does not verify.

use super::super::answer::Answer;
use super::super::call::Call;
use super::day;
use crate::evidence::finding::{Step, state_said};
use crate::model::{AccountRole, OfficeId, OfficialId, Said, Subject, TeamId, Trouble, VillageId};
use crate::said;
use crate::work::findings::{self, Doing, GOOD_PRACTICE, NewFinding};
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

/// Something that a person found, on a place, a person or an office in sight.
pub async fn open(call: &Call<'_>) -> Done<Answer> {
    let (viewer, form) = (&call.signed()?.viewer, call.form);
    let id = form.get("subject").trim();
    let unknown = || {
        Trouble::new(said!(
            "there is nothing of the id “{id}” among what you see: take it from the register (Set-up finds names)",
            "在您可见的范围内没有编号“{id}”：请用登记册中的编号（可在“设置”中按名称查找）"
        ))
    };
    let mut office: Option<OfficeId> = None;
    let subject = match form.get("on") {
        "village" => VillageId::parse(id).map(Subject::Village),
        "team" => TeamId::parse(id).map(Subject::Team),
        "official" => OfficialId::parse(id).map(Subject::Official),
        "office" => OfficeId::parse(id).map(|id| {
            office = Some(id);
            Subject::Office
        }),
        _ => return Err(Trouble::new(said!("choose on whom or what", "请选择对象类型")).into()),
    };
    let subject = subject.map_err(|_| unknown())?;
    let home = match &office {
        Some(office) => call.ctx.config.office(office).map(|office| office.id.clone()),
        None => findings::home(call.ctx, &subject).await?,
    };
    if !home.is_some_and(|home| viewer.scope.sees(&home)) {
        return Err(unknown().into());
    }
    let code = if form.filled("good").is_some() { GOOD_PRACTICE } else { "other" };
    let (text, owner, deadline) = (form.get("text"), form.get("owner"), day(call, "deadline")?);
    let new = NewFinding { subject, office, code, text, owner, deadline, by: &viewer.name };
    let row = findings::open(call.ctx, &new).await?;
    let id = row.id;
    Ok(Answer::done(format!("/findings/{id}"), said!("{id}: entered", "{id}：已登记")))
}
