//! What a report is asked about: programmes, and days from one to another.

use super::{Context, Done, Failure};
use crate::config::Programme;
use crate::model::{Days, ProgrammeId, Trouble};
use crate::said;
use chrono::NaiveDate;

/// How far back a report looks where nothing else is asked.
const YEAR: chrono::Days = chrono::Days::new(365);

#[derive(Debug, Clone, Default)]
pub struct Period {
    pub programme: Option<ProgrammeId>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Period {
    /// The programme that is named, or all.
    ///
    /// # Errors
    /// It is not configured.
    pub(super) fn programmes<'a>(&self, ctx: &'a Context) -> Done<Vec<&'a Programme>> {
        let named = |one: &&Programme| self.programme.as_ref().is_none_or(|wanted| *wanted == one.id);
        let wanted: Vec<&Programme> = ctx.config.programmes.iter().filter(named).collect();
        match &self.programme {
            Some(missing) if wanted.is_empty() => Err(Failure::from(
                Trouble::new(said!(
                    "there is no programme “{missing}” in the configuration",
                    "配置中没有项目“{missing}”"
                ))
                .in_field("--programme"),
            )),
            _ => Ok(wanted),
        }
    }

    /// First and last day; by default the year up to today.
    ///
    /// # Errors
    /// They are no period.
    pub fn days(&self, ctx: &Context) -> Done<Days> {
        let zone = ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |office| office.zone);
        let to = self.to.unwrap_or_else(|| ctx.now().day(zone));
        let from = self.from.or_else(|| to.checked_sub_days(YEAR)).unwrap_or(to);
        Ok(Days::new(from, to).map_err(|said| Trouble::new(said).in_field("--from, --to"))?)
    }
}
