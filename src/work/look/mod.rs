//! What the pages of the console show: facts of an office, read at one moment and within somebody's sight.
//!
//! Nothing here changes anything, and nothing is told of what is not drawn or not released. Lists come a page at a
//! time, so that none grows with what is over.

pub mod case;
pub mod coverage;
pub mod draws;
pub mod findings;
pub mod flags;
pub mod imports;
pub mod quarantine;
pub mod record;
pub mod reports;
pub mod setup;
pub mod today;
pub mod users;

use super::Context;
use crate::config::Office;
use crate::model::viewer::Scope;
use crate::store::Ids;

/// Rows of a page.
pub const PAGE: i64 = 50;
/// Rows of a workbook.
pub const BOOK: i64 = 20_000;

/// The offices that somebody sees, in the order of the configuration.
pub fn in_sight<'a>(ctx: &'a Context, scope: &Scope) -> Vec<&'a Office> {
    ctx.config.offices.iter().filter(|office| scope.sees(&office.id)).collect()
}

/// The same as a statement takes it; none: all there are. What belongs to no office is seen by who sees all.
pub(in crate::work) fn offices(ctx: &Context, scope: &Scope) -> Option<Ids> {
    let seen = in_sight(ctx, scope);
    (seen.len() < ctx.config.offices.len()).then(|| Ids::new(seen.iter().map(|office| office.id.as_str())))
}

/// The office that somebody asks for, or the first one in sight that no other in sight is above. `None`: there is none
/// that this person sees.
pub fn chosen<'a>(ctx: &'a Context, scope: &Scope, asked: Option<&str>) -> Option<&'a Office> {
    let seen = in_sight(ctx, scope);
    match asked.filter(|asked| !asked.is_empty()) {
        Some(asked) => seen.into_iter().find(|office| office.id.as_str() == asked),
        None => {
            let below = |office: &&Office| office.parent.as_ref().is_some_and(|parent| scope.sees(parent));
            let top = seen.iter().find(|office| !below(office)).copied();
            top.or_else(|| seen.first().copied())
        }
    }
}
