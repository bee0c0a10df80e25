//! Flags and complaints: decide, ask, hand over, file what came on paper; remind of many.

use super::super::answer::Answer;
use super::super::call::Call;
use super::{day, here};
use crate::evidence::flag::{Step, state_said};
use crate::model::{AccountRole, CaseId, InspectorId, Said, Trouble};
use crate::said;
use crate::work::case_answer::{OnPaper, on_paper};
use crate::work::complaints::{self, NewComplaint};
use crate::work::decide::{self, Decision, handed};
use crate::work::{Done, Failure, owner, remind};

pub async fn decide(call: &Call<'_>) -> Done<Answer> {
    let viewer = &call.signed()?.viewer;
    let Ok(case) = call.id().parse::<CaseId>() else { return Ok(Answer::Missing) };
    if !owner::sees_case(call.ctx, &viewer.scope, &case).await? {
        return Ok(Answer::Missing);
    }
    let (by, to) = (viewer.name.as_str(), format!("/cases/{case}"));
    let said = match call.form.get("action") {
        "handed" => {
            let on = day(call, "day")?.ok_or_else(|| Trouble::new(said!("write the day", "请填写日期")))?;
            match handed(call.ctx, &case, by, on).await? {
                None => return Ok(Answer::Missing),
                Some(None) => said!("entered", "已登记"),
                Some(Some(last)) => said!("entered; the answer is awaited until {last}", "已登记；等候答复至{last}"),
            }
        }
        paper @ ("answer" | "appeal") => {
            let files = call.form.files.iter().map(|(_, name, bytes)| (name.clone(), bytes.clone())).collect();
            let (from, text) = (call.form.get("from"), call.form.get("text"));
            let entry = OnPaper { case: &case, appeal: paper == "appeal", by, from, text, files };
            let Some((state, late)) = on_paper(call.ctx, entry).await? else { return Ok(Answer::Missing) };
            if late {
                said!(
                    "it came after the decision: it is kept, and changes nothing by itself",
                    "此件在认定之后提交：已留存，但不改变认定"
                )
            } else {
                filed(&case, &state_said(state))
            }
        }
        other => {
            let step = Step::parse(other).ok_or_else(|| Trouble::new(said!("choose a step", "请选择步骤")))?;
            if viewer.role != AccountRole::Head && step != Step::Ask {
                return Ok(Answer::Forbidden);
            }
            let decision = Decision { case: &case, step, by, reason: call.form.get("reason") };
            match decide::decide(call.ctx, &decision).await? {
                None => return Ok(Answer::Missing),
                Some(state) => filed(&case, &state_said(state)),
            }
        }
    };
    Ok(Answer::done(to, said))
}

fn filed(case: &CaseId, state: &Said) -> Said {
    Said::new(format!("{case}: {}", state.en), format!("{case}：{}", state.zh))
}

/// One, or several that were chosen: each by itself, so that one that cannot be reminded of holds up no other.
pub async fn remind(call: &Call<'_>) -> Done<Answer> {
    let scope = &call.signed()?.viewer.scope;
    let (mut sent, mut before, mut troubles) = (0, 0, Vec::new());
    for id in call.form.all("case") {
        let Ok(case) = id.parse::<CaseId>() else { return Ok(Answer::Missing) };
        if !owner::sees_case(call.ctx, scope, &case).await? {
            return Ok(Answer::Missing);
        }
        match remind::remind_of_case(call.ctx, &case).await {
            Ok(Some(true)) => sent += 1,
            Ok(_) => before += 1,
            Err(Failure::Trouble(trouble)) => troubles.push(trouble.said),
            Err(failure) => return Err(failure),
        }
    }
    let mut said = said!("reminders: {sent}", "已提醒{sent}件");
    if before > 0 {
        said.en.push_str(&format!("; reminded before: {before}"));
        said.zh.push_str(&format!("；此前已提醒{before}件"));
    }
    for trouble in troubles {
        said.en.push_str(&format!("; {}", trouble.en));
        said.zh.push_str(&format!("；{}", trouble.zh));
    }
    Ok(Answer::done(here(call, "/flags"), said))
}

/// A complaint against an inspector of an office in sight.
pub async fn complain(call: &Call<'_>) -> Done<Answer> {
    let (viewer, form) = (&call.signed()?.viewer, call.form);
    let typed = form.get("inspector").trim();
    let unknown = || {
        Trouble::new(said!(
            "there is no inspector “{typed}” in an office that you see: take the id of the inspectors' list",
            "在您可见的单位中没有检查员“{typed}”：请用检查员名册中的编号"
        ))
    };
    let inspector = InspectorId::parse(typed).map_err(|_| unknown())?;
    if !owner::sees_inspector(call.ctx, &viewer.scope, &inspector).await? {
        return Err(unknown().into());
    }
    let (from, text) = (form.get("from"), form.get("text"));
    let new = NewComplaint { inspector: &inspector, by: &viewer.name, from, text };
    let case = complaints::open(call.ctx, &new).await?;
    Ok(Answer::done(format!("/cases/{case}"), said!("{case}: entered", "{case}：已登记")))
}
