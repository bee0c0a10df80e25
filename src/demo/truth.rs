//! What is true of an official on a day, what a truthful inspector reports of it, and what the
//! house must make of that report (EVIDENCE 4).
//!
//! The truth holds for the whole working day, so that the hour of a visit does not matter.

use super::dice::Dice;
use crate::model::{OfficialId, Outcome, VerdictCode};
use chrono::{Datelike, Days, NaiveDate, Weekday};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// At post, and punched in and out.
    AtPost,
    /// At post, but nobody punched.
    Unpunched,
    /// Away, and nothing is on record.
    AbsentUnexcused,
    /// Away; the leave was refused beforehand.
    LeaveRejected,
    /// On leave, applied for and approved before the day.
    OnLeave,
    /// On leave, applied for and approved before the day; the paper is in the monthly file only.
    LeaveSentLate,
    /// On leave, applied for before the day and approved after it.
    LeaveApprovedAfter,
    /// Away; leave applied for after the fact.
    LeaveFiledAfter,
    /// At the county for business, registered before.
    OnTrip,
    /// At a training, registered before.
    InTraining,
    /// Away, though the device has the punches of a normal day.
    PunchedAndAway,
    /// Away; the punches of the day were entered by hand afterwards.
    PunchEditedAfter,
    /// Away; the morning's punch was entered by hand early that morning.
    PunchEditedBefore,
    /// Away; punched with a telephone, far from the village.
    PunchedFarAway,
    /// Away; somebody says on leave or on duty elsewhere, and no paper ever comes.
    ClaimedOnly,
    /// Nobody could say where the official was.
    NotMet,
    /// At post, although on approved leave.
    LeaveButPresent,
    /// At post; the leave was cancelled before the day.
    LeaveCancelled,
}

impl Truth {
    pub const ALL: [Truth; 18] = [
        Truth::AtPost,
        Truth::Unpunched,
        Truth::AbsentUnexcused,
        Truth::LeaveRejected,
        Truth::OnLeave,
        Truth::LeaveSentLate,
        Truth::LeaveApprovedAfter,
        Truth::LeaveFiledAfter,
        Truth::OnTrip,
        Truth::InTraining,
        Truth::PunchedAndAway,
        Truth::PunchEditedAfter,
        Truth::PunchEditedBefore,
        Truth::PunchedFarAway,
        Truth::ClaimedOnly,
        Truth::NotMet,
        Truth::LeaveButPresent,
        Truth::LeaveCancelled,
    ];

    /// What a truthful inspector can report after a visit; the first is the usual report.
    pub fn reports(self) -> &'static [Outcome] {
        match self {
            Truth::AtPost | Truth::Unpunched | Truth::LeaveButPresent | Truth::LeaveCancelled => &[Outcome::Present],
            Truth::AbsentUnexcused
            | Truth::LeaveRejected
            | Truth::PunchedAndAway
            | Truth::PunchEditedAfter
            | Truth::PunchEditedBefore
            | Truth::PunchedFarAway => &[Outcome::Absent],
            Truth::OnLeave | Truth::LeaveSentLate | Truth::LeaveApprovedAfter | Truth::LeaveFiledAfter => {
                &[Outcome::OnLeave, Outcome::Absent]
            }
            Truth::OnTrip | Truth::InTraining => &[Outcome::OnDutyElsewhere, Outcome::Absent],
            Truth::ClaimedOnly => &[Outcome::OnLeave, Outcome::OnDutyElsewhere],
            Truth::NotMet => &[Outcome::NotMet],
        }
    }

    /// The verdict in the end, once every source has covered the day; the same whether files come
    /// daily or monthly. `None` for a report that is not true, or of which no verdict comes.
    pub fn expected_verdict(self, reported: Outcome) -> Option<VerdictCode> {
        if !self.reports().contains(&reported) {
            return None;
        }
        Some(match self {
            Truth::AtPost | Truth::LeaveCancelled => VerdictCode::Present,
            Truth::Unpunched => VerdictCode::RecordIncomplete,
            Truth::AbsentUnexcused | Truth::LeaveRejected => VerdictCode::Unexcused,
            Truth::OnLeave | Truth::LeaveSentLate => VerdictCode::Excused,
            Truth::LeaveApprovedAfter | Truth::OnTrip | Truth::InTraining => VerdictCode::ExcusedVerify,
            Truth::LeaveFiledAfter => VerdictCode::LatePaperwork,
            Truth::PunchedAndAway => VerdictCode::PunchContradicts,
            Truth::PunchEditedAfter => VerdictCode::RetroactivePunch,
            Truth::PunchEditedBefore | Truth::PunchedFarAway => VerdictCode::WeakPresence,
            Truth::ClaimedOnly => VerdictCode::ClaimedUnproven,
            Truth::NotMet => VerdictCode::Unclear,
            Truth::LeaveButPresent => VerdictCode::LeaveNotCancelled,
        })
    }
}

/// Whether a verdict is strong enough to open a flag on a person (EVIDENCE 4: medium or more).
pub fn accuses(verdict: VerdictCode) -> bool {
    matches!(
        verdict,
        VerdictCode::RetroactivePunch
            | VerdictCode::LatePaperwork
            | VerdictCode::PunchContradicts
            | VerdictCode::WeakPresence
            | VerdictCode::ClaimedUnproven
            | VerdictCode::Unexcused
    )
}

// Shares of 1000 official-days. A county that behaved so badly would be in the news; twenty days of
// ten inspectors must show every kind of contradiction.
const DAYS: [(Truth, u64); 14] = [
    (Truth::AbsentUnexcused, 40),
    (Truth::PunchedAndAway, 30),
    (Truth::LeaveFiledAfter, 25),
    (Truth::PunchEditedAfter, 20),
    (Truth::ClaimedOnly, 20),
    (Truth::PunchedFarAway, 13),
    (Truth::PunchEditedBefore, 12),
    (Truth::LeaveRejected, 5),
    (Truth::Unpunched, 20),
    (Truth::LeaveSentLate, 15),
    (Truth::NotMet, 15),
    (Truth::LeaveButPresent, 10),
    (Truth::LeaveCancelled, 8),
    (Truth::LeaveApprovedAfter, 7),
];

// Shares of 1000 official-weeks in which one paper covers one to three days.
const WEEKS: [(Truth, u64); 3] = [(Truth::OnLeave, 110), (Truth::OnTrip, 60), (Truth::InTraining, 30)];

/// A paper of the quiet kind that covers some days of one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Episode {
    /// [`Truth::OnLeave`], [`Truth::OnTrip`] or [`Truth::InTraining`].
    pub truth: Truth,
    pub from: NaiveDate,
    /// Inclusive, at latest the week's Friday.
    pub to: NaiveDate,
}

/// Who knows the truth of every official and day.
#[derive(Debug, Clone)]
pub struct Oracle(Dice);

impl Oracle {
    pub fn new(dice: &Dice) -> Oracle {
        Oracle(dice.clone())
    }

    /// The episode of the week of `day`, if the official has one.
    pub fn episode(&self, official: &OfficialId, day: NaiveDate) -> Option<Episode> {
        let monday = day.week(Weekday::Mon).first_day();
        let key = format!("{official} {monday}");
        let truth = self.0.share("episode", &key, &WEEKS, Truth::AtPost);
        if truth == Truth::AtPost {
            return None;
        }
        let first = self.0.below("episode first", &key, 5);
        let last = (first + self.0.below("episode length", &key, 3)).min(4);
        let on = |n: u64| monday.checked_add_days(Days::new(n));
        Some(Episode { truth, from: on(first)?, to: on(last)? })
    }

    /// What is true of an official on a working day.
    pub fn of(&self, official: &OfficialId, day: NaiveDate) -> Truth {
        match self.episode(official, day) {
            Some(episode) if episode.from <= day && day <= episode.to => episode.truth,
            _ => self.0.share("truth", &format!("{official} {day}"), &DAYS, Truth::AtPost),
        }
    }

    /// What an inspector who visits on that day sees and is told.
    pub fn seen(&self, official: &OfficialId, day: NaiveDate) -> Outcome {
        let reports = self.of(official, day).reports();
        let usual = self.0.chance("usual report", &format!("{official} {day}"), 650);
        reports.get(usize::from(!usual)).or(reports.first()).copied().unwrap_or(Outcome::NotMet)
    }
}

/// Monday to Friday: what the demo works on where no calendar says otherwise.
pub fn is_weekday(day: NaiveDate) -> bool {
    day.weekday().num_days_from_monday() < 5
}
