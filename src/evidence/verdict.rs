//! The table of EVIDENCE 4: the first row that matches at an instant; the weakest over the moment.

use super::case::Case;
use super::coverage::{Standing, covers, standing, waited_for};
use super::duty::{OnDuty, on_duty};
use super::known::View;
use super::moment::{Moment, speaks_of_presence};
use super::paper::{self, Says};
use super::punch::{self, Cover};
use crate::model::record::SourceKind;
use crate::model::{Kind, Outcome, Said, Strength, Timestamp, VerdictCode};
use crate::words::verdicts::{self, NoVerdict, When};
use std::collections::BTreeSet;

/// What a case comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// `None`: nothing to say, with the reason in the sentence.
    pub verdict: Option<VerdictCode>,
    pub strength: Strength,
    /// The time of the observation is not known well enough: within it the records say different
    /// things, and the weaker verdict was taken.
    pub timing_unclear: bool,
    /// Indexes into the case's records that decided, in order.
    pub rows: Vec<usize>,
    /// The verdict in one sentence, with its evidence.
    pub sentence: Said,
}

/// What one instant comes to, or several with the same verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    verdict: VerdictCode,
    strength: Strength,
    rows: BTreeSet<usize>,
    /// What was waited for or is overdue.
    sources: BTreeSet<SourceKind>,
}

impl Found {
    fn new(verdict: VerdictCode, strength: Strength) -> Found {
        Found { verdict, strength, rows: BTreeSet::new(), sources: BTreeSet::new() }
    }

    fn by(mut self, rows: impl IntoIterator<Item = usize>) -> Found {
        self.rows.extend(rows);
        self
    }

    fn for_lack_of(mut self, sources: impl IntoIterator<Item = SourceKind>) -> Found {
        self.sources.extend(sources);
        self
    }

    /// The weaker first; of equals the upper row of the table.
    fn rank(&self) -> (Strength, VerdictCode) {
        (self.strength, self.verdict)
    }
}

/// The verdict on one official and one observation (EVIDENCE 4). Pure and total.
pub fn judge(case: &Case) -> Judgement {
    match moment_to_judge(case) {
        Err(why) => Judgement {
            verdict: None,
            strength: Strength::None,
            timing_unclear: false,
            rows: Vec::new(),
            sentence: verdicts::no_verdict(why),
        },
        Ok(Judged::Call(verdict, strength, outcome)) => {
            told(case, outcome, None, &Found::new(verdict, strength), false)
        }
        Ok(Judged::Visit(outcome, moment)) => {
            let view = View::new(case);
            let instants = moment.instants(&view);
            let all: Vec<Found> = instants.into_iter().map(|at| at_instant(&view, outcome, at)).collect();
            let weakest = all.iter().map(Found::rank).min().unwrap_or((Strength::None, VerdictCode::Present));
            let timing_unclear = all.iter().any(|found| found.rank() != weakest);
            let (strength, verdict) = weakest;
            let mut found = Found::new(verdict, strength);
            for same in all.into_iter().filter(|other| other.rank() == weakest) {
                found = found.by(same.rows).for_lack_of(same.sources);
            }
            told(case, outcome, Some(moment), &found, timing_unclear)
        }
    }
}

enum Judged {
    Call(VerdictCode, Strength, Outcome),
    Visit(Outcome, Moment),
}

fn moment_to_judge(case: &Case) -> Result<Judged, NoVerdict> {
    let observation = &case.observation;
    let (Some(kind), Some(outcome)) = (observation.kind, observation.outcome) else {
        return Err(NoVerdict::NothingReported);
    };
    let moment = Moment::of(observation, case.judged_at);
    if let Err(why @ (NoVerdict::OutsideWindow | NoVerdict::AfterReceipt)) = moment {
        return Err(why);
    }
    match (kind, outcome) {
        (Kind::Visit, outcome) if speaks_of_presence(outcome) => Ok(Judged::Visit(outcome, moment?)),
        (Kind::Visit, _) => Err(NoVerdict::NothingObserved),
        (Kind::Call, Outcome::NoAnswer | Outcome::Busy | Outcome::Unreachable) if observation.attempts_used_up => {
            Ok(Judged::Call(VerdictCode::Unreachable, Strength::Low, outcome))
        }
        (Kind::Call, Outcome::NoAnswer | Outcome::Busy | Outcome::Unreachable) => Err(NoVerdict::AttemptsOpen),
        (Kind::Call, Outcome::WrongNumber) => Ok(Judged::Call(VerdictCode::ContactWrong, Strength::Info, outcome)),
        (Kind::Call, outcome) if speaks_of_presence(outcome) => Err(NoVerdict::OnlyHeardByPhone),
        (Kind::Call, _) => Err(NoVerdict::NothingObserved),
    }
}

fn told(case: &Case, outcome: Outcome, moment: Option<Moment>, found: &Found, timing_unclear: bool) -> Judgement {
    let evidence = verdicts::Evidence {
        verdict: found.verdict,
        outcome,
        when: match moment {
            None => When::Unknown,
            Some(moment) if moment.is_stated() => When::At(moment.from),
            Some(moment) => When::Between(moment.from, moment.to),
        },
        zone: case.zone,
        records: found.rows.iter().filter_map(|index| case.records.get(*index)).collect(),
        sources: found.sources.iter().copied().collect(),
        duty_rule: case.duty.rule,
        leave_source: case.has_leave_source(),
        timing_unclear,
    };
    Judgement {
        verdict: Some(found.verdict),
        strength: found.strength,
        timing_unclear,
        rows: found.rows.iter().copied().collect(),
        sentence: verdicts::sentence(&evidence),
    }
}

fn at_instant(view: &View<'_>, outcome: Outcome, moment: Timestamp) -> Found {
    if outcome == Outcome::Present { seen_present(view, moment) } else { not_seen(view, outcome, moment) }
}

/// Absent, not met, or claimed: the rows down to `unclear`, in order.
fn not_seen(view: &View<'_>, outcome: Outcome, moment: Timestamp) -> Found {
    let duty = on_duty(view, moment);
    if duty == OnDuty::NotDue {
        return Found::new(VerdictCode::NotDue, Strength::None);
    }
    let papers: Vec<(usize, Says)> = view.papers.iter().map(|p| (p.index, paper::says(view, p, moment))).collect();
    let that = |says: Says| papers.iter().filter(move |(_, s)| *s == says).map(|(index, _)| *index);
    if that(Says::Excuses).next().is_some() {
        return Found::new(VerdictCode::Excused, Strength::None).by(that(Says::Excuses));
    }
    if that(Says::Verify).next().is_some() {
        return Found::new(VerdictCode::ExcusedVerify, Strength::Low).by(that(Says::Verify));
    }
    let sources = |at: Standing| waited_for(view).filter(move |s| standing(view, s, moment) == at).map(|s| s.kind);
    if sources(Standing::Pending).next().is_some() {
        return Found::new(VerdictCode::Waiting, Strength::None).for_lack_of(sources(Standing::Pending));
    }
    if outcome == Outcome::NotMet {
        return Found::new(VerdictCode::Unclear, Strength::Low);
    }
    if duty == OnDuty::Unknown {
        return Found::new(VerdictCode::DataMissing, Strength::Info).for_lack_of(sources(Standing::Overdue));
    }
    if let Some(found) = contradicted(view, outcome, moment, that(Says::Late).collect()) {
        return found;
    }
    if sources(Standing::Overdue).next().is_some() {
        return Found::new(VerdictCode::DataMissing, Strength::Info).for_lack_of(sources(Standing::Overdue));
    }
    match (outcome.is_claimed(), view.case.has_leave_source()) {
        (true, _) => Found::new(VerdictCode::ClaimedUnproven, Strength::Medium),
        (false, true) => Found::new(VerdictCode::Unexcused, Strength::High),
        (false, false) => Found::new(VerdictCode::Unexcused, Strength::Medium),
    }
}

/// Something on record that speaks against the observation or came too late for it.
fn contradicted(view: &View<'_>, outcome: Outcome, moment: Timestamp, late: Vec<usize>) -> Option<Found> {
    let punches = punch::covers(view, outcome, moment);
    let rows = |which: fn(&Cover) -> bool| -> Vec<usize> {
        punches.iter().filter(|cover| which(cover)).flat_map(|cover| cover.rows.iter().copied()).collect()
    };
    let rows_of = [
        (VerdictCode::RetroactivePunch, Strength::Highest, rows(|c| c.retroactive)),
        (VerdictCode::LatePaperwork, Strength::High, late),
        (VerdictCode::PunchContradicts, Strength::Highest, rows(|c| c.on_site && !c.is_pair())),
        (VerdictCode::PunchContradicts, Strength::High, rows(|c| c.on_site)),
        (VerdictCode::WeakPresence, Strength::High, rows(|c| c.weak_presence)),
    ];
    let first = rows_of.into_iter().find(|(.., rows)| !rows.is_empty());
    first.map(|(verdict, strength, rows)| Found::new(verdict, strength).by(rows))
}

fn seen_present(view: &View<'_>, moment: Timestamp) -> Found {
    let leave: Vec<usize> = view.papers.iter().filter(|p| paper::on_leave(view, p, moment)).map(|p| p.index).collect();
    if !leave.is_empty() {
        return Found::new(VerdictCode::LeaveNotCancelled, Strength::Low).by(leave);
    }
    let no_punch = punch::covers(view, Outcome::Present, moment).is_empty();
    let covered = view.sources(SourceKind::Punch).any(|source| covers(view, source, moment));
    if no_punch && covered && on_duty(view, moment) == OnDuty::Due {
        return Found::new(VerdictCode::RecordIncomplete, Strength::Info);
    }
    Found::new(VerdictCode::Present, Strength::None)
}
