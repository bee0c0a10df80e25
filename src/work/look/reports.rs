//! Reports of periods: those that are closed, and one of them.

use super::offices;
use crate::config::Office;
use crate::model::viewer::Scope;
use crate::model::{Days, OfficeId};
use crate::store::ReportLook;
use crate::work::period_report::{self, Shown};
use crate::work::{Context, Done};
use std::fmt;
use std::str::FromStr;

/// Closed reports of a page.
const MOST: i64 = 60;

pub async fn reports(ctx: &Context, scope: &Scope) -> Done<Vec<ReportLook>> {
    Ok(ctx.store.read().await?.look_reports(offices(ctx, scope).as_ref(), MOST).await?)
}

/// Which report: of an office, a period, and the how manieth; without a number the last one, or a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportId {
    pub office: OfficeId,
    pub days: Days,
    pub number: Option<i64>,
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.office, self.days)?;
        self.number.map_or(Ok(()), |number| write!(f, "~{number}"))
    }
}

impl FromStr for ReportId {
    type Err = ();

    fn from_str(text: &str) -> Result<ReportId, ()> {
        let mut parts = text.split('~');
        let (Some(office), Some(days), number, None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(());
        };
        Ok(ReportId {
            office: office.parse().map_err(|_| ())?,
            days: Days::parse(days).map_err(|_| ())?,
            number: number.map(str::parse).transpose().map_err(|_| ())?,
        })
    }
}

/// `None`: there is none of this number, or none in sight.
pub async fn report<'a>(ctx: &'a Context, scope: &Scope, id: &ReportId) -> Done<Option<(Shown, &'a Office)>> {
    let Some(office) = ctx.config.office(&id.office).filter(|office| scope.sees(&office.id)) else { return Ok(None) };
    if let Some(number) = id.number {
        let rows = ctx.store.read().await?.period_reports(&office.id, id.days).await?;
        if !rows.iter().any(|row| row.number == number) {
            return Ok(None);
        }
    }
    Ok(Some((period_report::show(ctx, &office.id, id.days, id.number).await?, office)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_an_address() {
        for text in ["yunling~2026-03", "yunling~2026-03-02..2026-03-20~2"] {
            assert_eq!(text.parse::<ReportId>().unwrap().to_string(), text);
        }
        for wrong in ["yunling", "yunling~x", "yunling~2026~a", "yunling~2026~1~2"] {
            assert!(wrong.parse::<ReportId>().is_err(), "{wrong}");
        }
    }
}
