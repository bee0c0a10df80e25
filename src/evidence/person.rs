//! What a person's or a team's record says of one check (EVIDENCE 5): present, excused, confirmed; never a
//! suspicion that nobody decided, never who said it by telephone.

use crate::model::register::Role;
use crate::model::{FlagState, Outcome, VerdictCode};

/// What came of a check, as its record may tell. The later in this list, the more it says: of two inspectors who
/// went together the one who says more counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// Nobody was met, nobody could say, records are still awaited.
    Nothing,
    Present,
    /// Leave, or away on duty.
    Excused,
    /// A flag is open: nothing is decided.
    Pending,
    /// It was looked into and not held against anybody.
    Cleared,
    Confirmed,
}

impl Found {
    pub const ALL: [Found; 6] =
        [Found::Nothing, Found::Present, Found::Excused, Found::Pending, Found::Cleared, Found::Confirmed];

    pub fn code(self) -> &'static str {
        match self {
            Found::Nothing => "nothing",
            Found::Present => "present",
            Found::Excused => "excused",
            Found::Pending => "pending",
            Found::Cleared => "cleared",
            Found::Confirmed => "confirmed",
        }
    }
}

/// What a check found, by its outcome, the verdict that stands, and the state of its flag.
pub fn found(outcome: Outcome, verdict: Option<VerdictCode>, flag: Option<FlagState>) -> Found {
    match (flag, verdict) {
        (Some(FlagState::Confirmed | FlagState::Upheld), _) => Found::Confirmed,
        (Some(FlagState::Dismissed | FlagState::Overturned), _) => Found::Cleared,
        // Later records may have explained what a flag was opened for.
        (_, Some(VerdictCode::NotDue | VerdictCode::Excused | VerdictCode::ExcusedVerify)) => Found::Excused,
        (Some(FlagState::Open | FlagState::Asked | FlagState::Explained | FlagState::Appealed), _) => Found::Pending,
        (None, _) if matches!(outcome, Outcome::Present | Outcome::Reached) => Found::Present,
        (None, _) => Found::Nothing,
    }
}

/// Whether a call to somebody in the village may be told at all, as a “telephone inquiry”: not where only one
/// person could have said it. `reachable`: the roles of those who could have been rung.
pub fn may_tell_call(role: Role, reachable: &[Role]) -> bool {
    let alike = |other: &&Role| role != Role::Villager || **other == Role::Villager;
    reachable.iter().filter(alike).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_decided_is_held_against_anybody() {
        use VerdictCode::{Excused, Present, Unexcused, Waiting};
        for (outcome, verdict, flag, expected) in [
            (Outcome::Present, Some(Present), None, Found::Present),
            (Outcome::Present, None, None, Found::Present),
            (Outcome::Absent, Some(Excused), None, Found::Excused),
            (Outcome::Absent, Some(Waiting), None, Found::Nothing),
            (Outcome::NotMet, None, None, Found::Nothing),
            (Outcome::NoAnswer, None, None, Found::Nothing),
            (Outcome::Absent, Some(Unexcused), Some(FlagState::Open), Found::Pending),
            (Outcome::Absent, Some(Unexcused), Some(FlagState::Appealed), Found::Pending),
            (Outcome::Absent, Some(Unexcused), Some(FlagState::Confirmed), Found::Confirmed),
            (Outcome::Absent, Some(Unexcused), Some(FlagState::Upheld), Found::Confirmed),
            (Outcome::Absent, Some(Unexcused), Some(FlagState::Overturned), Found::Cleared),
            (Outcome::Absent, Some(Excused), Some(FlagState::Open), Found::Excused),
        ] {
            assert_eq!(found(outcome, verdict, flag), expected, "{outcome} {verdict:?} {flag:?}");
        }
    }

    #[test]
    fn a_call_is_told_where_several_could_have_answered() {
        use Role::{Cadre, Office, Villager};
        for (role, reachable, told) in [
            (Villager, &[Villager][..], false),
            (Villager, &[Villager, Cadre, Office], false),
            (Villager, &[Villager, Villager], true),
            (Cadre, &[Cadre], false),
            (Cadre, &[Cadre, Villager], true),
            (Villager, &[], false),
        ] {
            assert_eq!(may_tell_call(role, reachable), told, "{role:?} {reachable:?}");
        }
    }
}
