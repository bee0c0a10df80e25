//! The way from visit to visit, as inspector and office read it.

use super::Languages;
use super::columns::{GLUE, wrap};
use crate::model::{Assignment, Line, Said};
use crate::words::letters::travel;
use chrono_tz::Tz;

/// The same in the lines of a letter that is answered: none of them begins with a code.
pub fn lines(assignment: &Assignment, zone: Tz, languages: Languages) -> Vec<String> {
    let texts =
        told(assignment, zone, travel::tell_the_desk).iter().flat_map(|said| languages.each(said)).collect::<Vec<_>>();
    texts.iter().flat_map(|text| wrap(&text.replace(" V", &format!("{GLUE}V")), 0, 3)).collect()
}

/// Nothing where no way is known; then the whole way, and what cannot be reached within its span.
pub fn way(assignment: &Assignment, zone: Tz) -> Vec<Said> {
    told(assignment, zone, Said::clone)
}

/// `late`: what is said of a visit that is too far.
fn told(assignment: &Assignment, zone: Tz, late: impl Fn(&Said) -> Said) -> Vec<Said> {
    let stops: Vec<Said> = assignment.lines.iter().filter_map(|line| stop(line, zone)).collect();
    if stops.is_empty() {
        return Vec::new();
    }
    let mut all = vec![travel::way(&stops)];
    for line in &assignment.lines {
        let Some(leg) = line.travel.as_ref().filter(|leg| leg.late) else { continue };
        let from = leg.from.as_ref().map(|code| code.as_str());
        let said = travel::late(line.code.as_str(), from, minutes(leg.seconds), &leg.arrival.clock(zone));
        all.push(late(&said));
    }
    all
}

fn stop(line: &Line, zone: Tz) -> Option<Said> {
    let leg = line.travel.as_ref()?;
    let kilometres = leg.metres.map(|metres| (metres + 500) / 1000);
    Some(travel::stop(line.code.as_str(), &leg.arrival.clock(zone), minutes(leg.seconds), kilometres))
}

fn minutes(seconds: i64) -> i64 {
    (seconds + 59) / 60
}
