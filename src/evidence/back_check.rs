//! What somebody else found of a finished visit, held against it (EVIDENCE 8).
//!
//! Only what lasts is compared: that the inspector was there on the day, and that register and log know of it. Another
//! hour is no difference. A difference is no error: the inspector answers first, then a person decides.

use crate::model::Said;
use crate::said;

/// Something that does not fit a reported visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// Nobody knows of an inspector on that day.
    NobodyCame,
    /// Register and work log are kept, and know nothing of the visit.
    NotEntered,
}

impl Difference {
    pub const ALL: [Difference; 2] = [Difference::NobodyCame, Difference::NotEntered];

    pub fn code(self) -> &'static str {
        match self {
            Difference::NobodyCame => "nobody_came",
            Difference::NotEntered => "not_entered",
        }
    }

    pub fn said(self) -> Said {
        match self {
            Difference::NobodyCame => {
                said!(
                    "who was asked there says that no inspector came on that day",
                    "当地被询问人称当日没有督查人员来过"
                )
            }
            Difference::NotEntered => said!(
                "register and work log of that day hold nothing of the visit",
                "当日登记簿、工作日志没有该次走访的记载"
            ),
        }
    }

    /// From the codes that a case keeps, apart by blanks.
    pub fn read(codes: &str) -> Vec<Difference> {
        Difference::ALL.into_iter().filter(|one| codes.split(' ').any(|code| code == one.code())).collect()
    }
}

/// What a back-check amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    Agrees,
    Differs(Vec<Difference>),
    /// It was asked, and nobody could tell.
    Unclear,
}

impl Compared {
    pub fn code(&self) -> &'static str {
        match self {
            Compared::Agrees => "agrees",
            Compared::Differs(_) => "differs",
            Compared::Unclear => "unclear",
        }
    }
}

/// `answer` gives what was answered to a question of the shipped instrument, by its code. `None`: not all that is
/// compared was answered yet.
pub fn compared<'a>(answer: impl Fn(&str) -> Option<&'a str>) -> Option<Compared> {
    let (came, entered) = (answer("Q1")?, answer("Q3")?);
    let differences: Vec<Difference> =
        [(came == "no").then_some(Difference::NobodyCame), (entered == "b").then_some(Difference::NotEntered)]
            .into_iter()
            .flatten()
            .collect();
    Some(match (differences.is_empty(), came) {
        (false, _) => Compared::Differs(differences),
        (true, "yes") => Compared::Agrees,
        (true, _) => Compared::Unclear,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_is_compared_and_nothing_else() {
        let of = |answers: &[(&str, &str)]| {
            compared(|code| answers.iter().find(|(of, _)| *of == code).map(|(_, value)| *value))
        };
        assert_eq!(of(&[("Q1", "yes"), ("Q2", "23"), ("Q3", "a")]), Some(Compared::Agrees), "whatever the hour");
        assert_eq!(of(&[("Q1", "yes"), ("Q3", "c")]), Some(Compared::Agrees), "no register is kept there");
        assert_eq!(of(&[("Q1", "yes"), ("Q3", "b")]), Some(Compared::Differs(vec![Difference::NotEntered])));
        assert_eq!(of(&[("Q1", "no"), ("Q3", "b")]), Some(Compared::Differs(Difference::ALL.to_vec())));
        assert_eq!(of(&[("Q1", "not_seen"), ("Q3", "c")]), Some(Compared::Unclear));
        assert_eq!(of(&[("Q1", "no")]), None, "not all was answered");
        assert_eq!(Difference::read("not_entered nobody_came"), Difference::ALL);
        assert_eq!(Difference::read("spotcheck"), []);
    }
}
