//! `ladder_period` and `[[office.ladder]]`: what absences without excuse lead to by the office's rules. Data alone: it
//! is computed and shown, and people apply it.

use super::reader::Section;
use super::shapes;
use crate::model::{Period, Said};
use crate::said;

/// As a regional notice on stationed teams has it: once, twice, three times and more in a year.
fn usual() -> Vec<Said> {
    vec![
        said!("no “excellent” in the year's appraisal", "年度考核不得评为优秀等次"),
        said!("at most “basically competent” in the year's appraisal", "年度考核最高评为基本称职等次"),
        said!("“incompetent” in the year's appraisal", "年度考核评为不称职等次"),
    ]
}

pub(super) fn read(section: &mut Section<'_>) -> (Period, Vec<Said>) {
    let choices: Vec<(&str, Period)> = Period::ALL.into_iter().map(|period| (period.code(), period)).collect();
    let period = section.choice("ladder_period", &choices).unwrap_or(Period::Year);
    let mut ladder = Vec::new();
    for mut rung in section.sections("ladder") {
        let (en, zh) = (rung.required("en", shapes::line), rung.required("zh", shapes::line));
        rung.finish();
        ladder.extend(en.zip(zh).map(|(en, zh)| Said::new(en, zh)));
    }
    (period, if ladder.is_empty() { usual() } else { ladder })
}
