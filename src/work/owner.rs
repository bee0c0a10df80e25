//! Which office a thing belongs to: who may act on it is who sees that office.

use super::cases::Held;
use super::{Context, Done};
use crate::model::{AssignmentId, CaseId, InspectorId, OfficeId, Scope};
use crate::store::Ids;

/// Whether somebody sees a case; not where there is none.
pub async fn sees_case(ctx: &Context, scope: &Scope, id: &CaseId) -> Done<bool> {
    let held = Held::load(&mut ctx.store.read().await?, id).await?;
    Ok(held.is_some_and(|held| scope.sees(held.office())))
}

pub async fn sees_finding(ctx: &Context, scope: &Scope, id: &str) -> Done<bool> {
    let finding = ctx.store.read().await?.finding(id).await?;
    Ok(finding.is_some_and(|finding| scope.sees(&finding.office)))
}

pub async fn sees_inspector(ctx: &Context, scope: &Scope, id: &InspectorId) -> Done<bool> {
    let found = ctx.store.read().await?.inspectors_among(&Ids::new([id.as_str()])).await?;
    Ok(found.first().is_some_and(|inspector| scope.sees(&inspector.office)))
}

pub async fn sees_assignment(ctx: &Context, scope: &Scope, id: &AssignmentId) -> Done<bool> {
    let assignment = ctx.store.read().await?.assignment(id).await?;
    Ok(assignment.is_some_and(|assignment| scope.sees(&assignment.office)))
}

/// Whether no office of the configuration is hidden from somebody.
pub fn sees_all(ctx: &Context, scope: &Scope) -> bool {
    ctx.config.offices.iter().all(|office| scope.sees(&office.id))
}

/// Whether an account of this office is one that somebody may give and take: nobody hands out more than they see.
pub fn may_give(scope: &Scope, office: Option<&OfficeId>) -> bool {
    match (scope, office) {
        (Scope::All, _) => true,
        (Scope::Offices(_), Some(office)) => scope.sees(office),
        (Scope::Offices(_), None) => false,
    }
}
