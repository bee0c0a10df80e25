//! Gaps in what an office imports (EVIDENCE 5): no work log for days, no meeting in a month, no training in a
//! quarter, no health check in a year, no insurance today, an allowance not paid for a month.
//!
//! Nothing is concluded from what may still come. A gap is asked for over a [`Stretch`] that lies wholly in the days
//! that the source's complete batches cover, and only of teams and officials who were on post all through it.

use super::Workdays;
use crate::model::record::SourceKind;
use crate::model::register::Posting;
use crate::model::{OfficialId, Subject, TeamId};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// What may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gap {
    WorkLog,
    Meeting,
    Training,
    HealthCheck,
    Insurance,
    Allowance,
}

impl Gap {
    pub const ALL: [Gap; 6] =
        [Gap::WorkLog, Gap::Meeting, Gap::Training, Gap::HealthCheck, Gap::Insurance, Gap::Allowance];

    /// The code of the finding that it opens.
    pub fn code(self) -> &'static str {
        match self {
            Gap::WorkLog => "no_work_log",
            Gap::Meeting => "no_meeting",
            Gap::Training => "no_training",
            Gap::HealthCheck => "no_health_check",
            Gap::Insurance => "no_insurance",
            Gap::Allowance => "allowance_unpaid",
        }
    }

    /// The kind of source that would bring it, which is also the kind of its records.
    pub fn source(self) -> SourceKind {
        match self {
            Gap::WorkLog => SourceKind::WorkLog,
            Gap::Meeting => SourceKind::Meeting,
            Gap::Training => SourceKind::Training,
            Gap::HealthCheck => SourceKind::HealthCheck,
            Gap::Insurance => SourceKind::Insurance,
            Gap::Allowance => SourceKind::Allowance,
        }
    }

    /// One of its members is enough for a team; everything else is each official's own.
    pub fn is_of_team(self) -> bool {
        matches!(self, Gap::WorkLog | Gap::Meeting | Gap::Training)
    }
}

/// The days in which a record must lie, at least in part; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Only who was on post since then, and still is at the end, is asked.
    pub posted_since: NaiveDate,
}

/// The newest stretch for which a gap can be judged: days that are over or, for what runs for a while, today.
/// `covered`: spans of complete batches of the source. `None` where they do not reach.
pub fn stretch(
    gap: Gap,
    covered: &[(NaiveDate, NaiveDate)],
    today: NaiveDate,
    workdays: &Workdays,
    work_log_days: u32,
) -> Option<Stretch> {
    let reached = covered.iter().map(|(_, last)| *last).max()?.min(today);
    let whole = |from: NaiveDate, to: NaiveDate| {
        from.iter_days()
            .take_while(|day| *day <= to)
            .filter(|day| workdays.is_workday(*day))
            .all(|day| covered.iter().any(|(first, last)| *first <= day && day <= *last))
    };
    match gap {
        Gap::WorkLog => {
            let from = nth_before(workdays, reached, work_log_days)?;
            whole(from, reached).then_some(Stretch { from, to: reached, posted_since: from })
        }
        Gap::Meeting | Gap::Allowance => last_period(reached, 1, &whole),
        Gap::Training => last_period(reached, 3, &whole),
        Gap::HealthCheck => last_period(reached, 12, &whole),
        Gap::Insurance => {
            // Who came a month ago is still being entered.
            let posted_since = today.checked_sub_months(Months::new(1))?;
            let is_covered = covered.iter().any(|(first, last)| *first <= today && today <= *last);
            is_covered.then_some(Stretch { from: today, to: today, posted_since })
        }
    }
}

/// The first of so many workdays that end with `day`.
fn nth_before(workdays: &Workdays, day: NaiveDate, number: u32) -> Option<NaiveDate> {
    let mut at = day;
    let mut left = number;
    loop {
        left -= u32::from(workdays.is_workday(at));
        if left == 0 {
            return Some(at);
        }
        at = at.pred_opt()?;
    }
}

/// Periods that are looked at, the newest first.
const LOOKED_BACK: u32 = 12;

/// The newest month, quarter or year, that is over by the end of `reached` and wholly covered.
fn last_period(reached: NaiveDate, months: u32, whole: &dyn Fn(NaiveDate, NaiveDate) -> bool) -> Option<Stretch> {
    let first_month = (reached.month0() / months) * months + 1;
    let this = NaiveDate::from_ymd_opt(reached.year(), first_month, 1)?;
    (0..LOOKED_BACK / months + 1).find_map(|back| {
        let from = this.checked_sub_months(Months::new(back * months))?;
        let to = from.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?;
        (to <= reached && whole(from, to)).then_some(Stretch { from, to, posted_since: from })
    })
}

/// An official, in which team, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub official: OfficialId,
    pub team: TeamId,
    pub posting: Posting,
}

/// A record that would fill the gap: whose, from when to when.
pub type Held = (OfficialId, NaiveDate, NaiveDate);

/// Whether something is missing, for everybody and every team that can be asked.
pub fn missing(gap: Gap, stretch: &Stretch, posts: &[Post], held: &[Held]) -> BTreeMap<Subject, bool> {
    let touches = |(_, from, to): &&Held| *from <= stretch.to && stretch.from <= *to;
    let there: BTreeSet<&OfficialId> = held.iter().filter(touches).map(|(official, ..)| official).collect();
    let asked = |post: &&Post| post.posting.holds_on(stretch.posted_since) && post.posting.holds_on(stretch.to);
    let mut found = BTreeMap::new();
    for post in posts.iter().filter(asked) {
        let subject =
            if gap.is_of_team() { Subject::Team(post.team.clone()) } else { Subject::Official(post.official.clone()) };
        found.entry(subject).or_insert_with(|| !there.contains(&post.official));
    }
    if gap.is_of_team() {
        // A log by somebody who has left since is the team's log all the same.
        for post in posts.iter().filter(|post| there.contains(&post.official)) {
            if let Some(is_missing) = found.get_mut(&Subject::Team(post.team.clone())) {
                *is_missing = false;
            }
        }
    }
    found
}
