//! What came back of a finished visit, held against it: a difference is a case, and its inspector is asked at once.

use super::super::ask::ask_now;
use super::super::cases::Held;
use super::super::windows::damaged;
use super::super::{Context, Done};
use crate::evidence::back_check::{Compared, Difference, compared};
use crate::model::{AssignmentId, CaseId, CaseKind, FlagState, MACHINE};
use crate::store::{BackCheckRow, ComplaintRow, Tx};

/// Looks at the back-checks of an assignment to which answers were recorded.
pub async fn compare(ctx: &Context, tx: &mut Tx, assignment: &AssignmentId) -> Done<()> {
    let rows = tx.back_checks_of(assignment).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let answers = tx.answers_of(assignment).await?;
    for row in rows {
        let Some(code) = row.code.clone() else { continue };
        let found = compared(|question| answers.get(&format!("{code}.{question}")).map(String::as_str));
        let Some(found) = found.filter(|found| row.result.as_deref() != Some(found.code())) else { continue };
        let case = match &found {
            Compared::Differs(differences) if row.case.is_none() => Some(open(ctx, tx, &row, differences).await?),
            _ => None,
        };
        let of_line = (assignment, code.as_str());
        tx.set_back_check_result(of_line, found.code(), ctx.now(), case.as_ref()).await?;
        if let Some(case) = case {
            ask(ctx, tx, &case, &found).await?;
        }
    }
    Ok(())
}

async fn open(ctx: &Context, tx: &mut Tx, row: &BackCheckRow, differences: &[Difference]) -> Done<CaseId> {
    let codes: Vec<&str> = differences.iter().map(|one| one.code()).collect();
    let bytes = ctx.entropy.bytes("back-check", &format!("{}\n{}", row.window, row.unit))?;
    let case = ComplaintRow {
        id: CaseId::new(CaseKind::BackCheck, &bytes),
        office: row.office.clone(),
        inspector: row.inspector.clone(),
        said: codes.join(" "),
        heard_from: String::new(),
        opened_by: MACHINE.to_owned(),
        opened: ctx.now(),
        state: FlagState::Open,
    };
    tx.add_complaint(&case).await?;
    tx.add_flag_step(case.id.as_str(), "open", MACHINE, ctx.now(), &case.said, FlagState::Open).await?;
    Ok(case.id)
}

/// It counts for nothing before the inspector has seen it and could answer.
async fn ask(ctx: &Context, tx: &mut Tx, case: &CaseId, found: &Compared) -> Done<()> {
    let held = Held::lock(tx, case).await?.ok_or_else(|| damaged("case"))?;
    ask_now(ctx, tx, &held, found.code()).await
}
