//! `[programme.backstop]`: a number of visits that each place must have had by the end of a period.

use super::reader::Section;
use crate::model::{Backstop, Period};
use crate::said;

impl Backstop {
    /// `None` where the section is absent, or in trouble.
    pub fn read(mut section: Section<'_>) -> Option<Backstop> {
        if section.is_empty() {
            return None;
        }
        let choices: Vec<(&str, Period)> = Period::ALL.into_iter().map(|period| (period.code(), period)).collect();
        let period = section.choice("period", &choices).unwrap_or(Period::Year);
        let visits = section.number("visits", 1..=12, 1);
        let most = match period {
            Period::Year => 120,
            Period::HalfYear => 60,
            Period::Quarter => 30,
        };
        let workdays = section.number("workdays", 1..=most, 20);
        if visits > workdays {
            section.trouble(
                "workdays",
                said!(
                    "{visits} visits do not fit into {workdays} workdays, one a day: allow more workdays",
                    "{workdays}个工作日排不下{visits}次走访（每天至多一次）：请增加workdays"
                ),
            );
        }
        section.finish();
        Some(Backstop { visits, period, workdays })
    }
}
