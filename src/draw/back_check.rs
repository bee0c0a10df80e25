//! Back-checks: finished visits drawn again, for somebody else to look at (EVIDENCE 8, decision 0017).
//!
//! It is a draw like any other, over another frame: the visits that were finished since the last one. It rides on a
//! window of their programme, is sealed with it, and takes its link and its beacon. Name and root of its own give it a
//! seed of its own, so that neither draw tells anything of the other.

use super::Chance;
use crate::model::{Period, WindowId};
use chrono::{Days, NaiveDate};

/// The form of its bundle, and its version.
pub const FORMAT: &str = "spotcheck back-checks/1";

/// Who began so many days ago or less is looked at more often.
const NEW_DAYS: u64 = 14;
/// In the last days of a quarter, whoever was not looked at in it is looked at for certain.
const LAST_DAYS: i64 = 30;

/// What stands in every hash where the window's own draw has the window.
pub fn name_of(window: &WindowId) -> String {
    format!("{window}/back-check")
}

/// What an inspector's visits weigh on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Plain,
    /// In the first two weeks.
    New,
    /// Not looked at in this quarter, which ends soon.
    Due,
}

impl Standing {
    /// `since`: the first day, where it is known. `checked`: a visit of theirs was drawn again in this quarter.
    pub fn of(day: NaiveDate, since: Option<NaiveDate>, checked: bool) -> Standing {
        let (_, last) = Period::Quarter.around(day);
        let new = since.and_then(|since| since.checked_add_days(Days::new(NEW_DAYS))).is_some_and(|end| day < end);
        match checked {
            false if (last - day).num_days() < LAST_DAYS => Standing::Due,
            _ if new => Standing::New,
            _ => Standing::Plain,
        }
    }

    /// The chance of each finished visit, where the office draws `share` of them.
    pub fn chance(self, share: Chance) -> Chance {
        match self {
            Standing::Plain => share,
            Standing::New => Chance::new(2 * share.get()).unwrap_or(Chance::ONE),
            Standing::Due => Chance::ONE,
        }
    }
}

/// Whether some standing gives this chance.
pub fn is_by_rule(share: Chance, chance: Chance) -> bool {
    [Standing::Plain, Standing::New, Standing::Due].into_iter().any(|standing| standing.chance(share) == chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn who_is_new_is_looked_at_more_often_and_everybody_once_a_quarter() {
        let of = |today: &str, since: Option<&str>, checked| Standing::of(day(today), since.map(day), checked);
        assert_eq!(of("2026-02-10", None, false), Standing::Plain);
        assert_eq!(of("2026-02-10", Some("2026-02-02"), false), Standing::New);
        assert_eq!(of("2026-02-15", Some("2026-02-02"), true), Standing::New);
        assert_eq!(of("2026-02-16", Some("2026-02-02"), true), Standing::Plain);
        assert_eq!(of("2026-03-01", None, false), Standing::Plain);
        assert_eq!(of("2026-03-02", None, false), Standing::Due);
        assert_eq!(of("2026-03-31", None, true), Standing::Plain);
        let share = Chance::new((1 << 32) * 3 / 20).unwrap();
        assert_eq!(Standing::New.chance(share).get(), 2 * share.get());
        assert_eq!(Standing::New.chance(Chance::new(3 << 30).unwrap()), Chance::ONE);
        assert!(is_by_rule(share, Chance::ONE) && !is_by_rule(share, Chance::ZERO));
    }
}
