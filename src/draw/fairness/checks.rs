//! From what was kept to checks, in the order in which a reader wants them.

use super::check::{Check, Verdict};
use super::said;
use super::scores::ALARM;
use super::tails::normal_two_sided;
use super::tally::{self, ChiSquare, ENOUGH, Tally, chi_square, chi_square_two_sided, total};
use super::watch::Kept;
use crate::model::Said;
use chrono::Weekday;

/// The entropy score of a round is 0.77, of the usual band 0.97.
const LEAST_ENTROPY: f64 = 0.9;
/// More voids than this are for a person to look at.
const MOST_VOIDS: f64 = 0.05;
const LEAST_EXECUTED: f64 = 0.8;
/// Fewer cases than this say nothing about a share.
const FEW: u64 = 20;

pub(super) fn all(kept: &Kept<'_>) -> Vec<Check> {
    let mut checks = vec![bound(kept), overall(kept), entropy(kept), reliability(kept), weekday(kept)];
    checks.extend(slot(kept));
    checks.extend(counts(kept));
    checks.push(gaps(kept));
    checks.extend(kept.scores.iter().map(|(predictor, score)| {
        let judged = score.judged();
        let alarm = judged.evidence >= ALARM;
        let verdict = match judged.has_enough() {
            _ if alarm => Verdict::Look,
            true => Verdict::of(judged.p),
            false => Verdict::TooFew,
        };
        check(
            format!("z_{}", predictor.code),
            predictor.name.clone(),
            (score.cases, said::place_windows()),
            vec![
                ("z", judged.z),
                ("p", judged.p),
                ("v", judged.v),
                ("visits", score.hits as f64),
                ("evidence", judged.evidence),
            ],
            verdict,
            said::score(verdict, &judged, score.hits),
        )
    }));
    checks.extend([voids(kept), void_tickets(kept), eligible(kept), downgrades(kept), executed(kept), lines(kept)]);
    checks
}

fn check(
    code: impl Into<String>,
    name: Said,
    (cases, unit): (u64, Said),
    figures: Vec<(&'static str, f64)>,
    verdict: Verdict,
    said: Said,
) -> Check {
    Check { code: code.into(), name, cases, unit, figures, verdict, said }
}

fn bound(kept: &Kept<'_>) -> Check {
    let b = kept.bound;
    let verdict = match (b.cases, b.above) {
        (0, _) => Verdict::TooFew,
        (_, 0) => Verdict::Fine,
        _ => Verdict::Look,
    };
    let figures =
        vec![("max_p", b.greatest), ("hi", b.promised), ("above", b.above as f64), ("max_p_a_day", b.of_a_day)];
    check("bound", said::bound_name(), (b.cases, said::place_windows()), figures, verdict, said::bound(verdict, b))
}

fn overall(kept: &Kept<'_>) -> Check {
    let all = total(&kept.by_chance);
    let (z, p) = (all.z(), normal_two_sided(all.z()));
    let verdict = if all.variance < ENOUGH { Verdict::TooFew } else { Verdict::of(p) };
    let figures = vec![("visits", all.hits as f64), ("expected", all.expected), ("z", z), ("p", p)];
    check(
        "number",
        said::number_name(),
        (all.cases, said::place_windows()),
        figures,
        verdict,
        said::number(verdict, &all, p),
    )
}

fn entropy(kept: &Kept<'_>) -> Check {
    let score = kept.entropy.score();
    let verdict = match kept.entropy.cases {
        0 => Verdict::TooFew,
        _ if score < LEAST_ENTROPY => Verdict::Look,
        _ => Verdict::Fine,
    };
    let cases = (kept.entropy.cases, said::place_windows());
    check("entropy", said::entropy_name(), cases, vec![("score", score)], verdict, said::entropy(verdict, score))
}

fn of_groups(chi: Option<ChiSquare>) -> (Verdict, Vec<(&'static str, f64)>) {
    match chi {
        None => (Verdict::TooFew, Vec::new()),
        Some(c) => (Verdict::of(c.p), vec![("chi_square", c.x), ("groups", c.degrees as f64), ("p", c.p)]),
    }
}

fn grouped(code: &str, name: Said, groups: &[Tally], what: &Said) -> Check {
    let chi = chi_square(groups);
    let (verdict, figures) = of_groups(chi);
    let cases = (total(groups).cases, said::place_windows());
    check(code, name, cases, figures, verdict, said::groups(verdict, chi, what))
}

fn reliability(kept: &Kept<'_>) -> Check {
    grouped("reliability", said::reliability_name(), &kept.by_chance, &said::levels())
}

fn weekday(kept: &Kept<'_>) -> Check {
    let groups: Vec<Tally> = kept.by_weekday.iter().map(|(_, tally): &(Weekday, Tally)| *tally).collect();
    grouped("weekday", said::weekday_name(), &groups, &said::weekdays())
}

fn slot(kept: &Kept<'_>) -> Option<Check> {
    let groups: Vec<Tally> = kept.by_slot.values().copied().collect();
    (groups.len() > 1).then(|| grouped("slot", said::slot_name(), &groups, &said::slots()))
}

/// Not asked of a programme that demands a number: there it is the rule.
fn counts(kept: &Kept<'_>) -> Option<Check> {
    if !kept.is_independent {
        return None;
    }
    let days = kept.days.tallies();
    let chi = chi_square_two_sided(&days);
    let (verdict, mut figures) = of_groups(chi);
    if let Some(c) = chi {
        figures.push(("dispersion", c.x / c.degrees as f64));
    }
    let cases = (days.len() as u64, said::days());
    Some(check("days", said::days_name(), cases, figures, verdict, said::dispersion(verdict, chi)))
}

fn gaps(kept: &Kept<'_>) -> Check {
    let cases = (kept.gaps.closed + kept.gaps.open, said::gaps_unit());
    let Some(judged) = kept.gaps.judged() else {
        return check("gaps", said::gaps_name(), cases, Vec::new(), Verdict::TooFew, said::too_few());
    };
    let least = judged.ks_p.min(judged.chi_p).min(judged.lag_p);
    // Three looks at the same gaps.
    let verdict = Verdict::of(3.0 * least);
    let figures = vec![
        ("closed", judged.closed as f64),
        ("open", judged.open as f64),
        ("ks_p", judged.ks_p),
        ("chi_square_p", judged.chi_p),
        ("lag_1", judged.lag),
        ("lag_1_p", judged.lag_p),
    ];
    check("gaps", said::gaps_name(), cases, figures, verdict, said::gaps(verdict, &judged))
}

fn voids(kept: &Kept<'_>) -> Check {
    let v = kept.voids;
    let all = kept.drawn + v.windows;
    let rate = v.windows as f64 / (all as f64).max(1.0);
    let verdict = match all {
        _ if rate > MOST_VOIDS && all >= FEW => Verdict::Look,
        0 => Verdict::TooFew,
        _ => Verdict::Fine,
    };
    let figures = vec![("voids", v.windows as f64), ("rate", rate)];
    check("voids", said::voids_name(), (all, said::windows()), figures, verdict, said::voids(verdict, v, rate))
}

fn void_tickets(kept: &Kept<'_>) -> Check {
    let t = &kept.voids.tickets;
    let (z, p) = (t.z(), normal_two_sided(t.z()));
    let verdict = if t.variance < ENOUGH { Verdict::TooFew } else { Verdict::of(p) };
    let figures = vec![("visits", t.hits as f64), ("expected", t.expected), ("z", z), ("p", p)];
    let cases = (t.cases, said::place_windows());
    check("void_tickets", said::void_tickets_name(), cases, figures, verdict, said::void_tickets(verdict, t))
}

fn eligible(kept: &Kept<'_>) -> Check {
    let (frames, eligible, few) = kept.places.eligible();
    let share = eligible as f64 / (frames as f64).max(1.0);
    let verdict = match frames {
        0 => Verdict::TooFew,
        _ if few > 0 && kept.drawn < FEW => Verdict::TooFew,
        _ if few > 0 => Verdict::Look,
        _ => Verdict::Fine,
    };
    let figures = vec![("share", share), ("places", kept.places.count() as f64), ("places_under_half", few as f64)];
    let cases = (frames, said::place_windows());
    check("eligible", said::eligible_name(), cases, figures, verdict, said::eligible(verdict, share, few))
}

fn downgrades(kept: &Kept<'_>) -> Check {
    let (hits, downgraded, p) = kept.places.downgrades();
    let verdict = if hits < FEW { Verdict::TooFew } else { Verdict::of(p) };
    let rate = downgraded as f64 / (hits as f64).max(1.0);
    let figures = vec![("downgraded", downgraded as f64), ("rate", rate), ("p", p)];
    let cases = (hits, said::visits());
    check("downgrades", said::downgrades_name(), cases, figures, verdict, said::downgrades(verdict, downgraded, hits))
}

fn executed(kept: &Kept<'_>) -> Check {
    let l = kept.lines;
    let closed = l.executed + l.not_executed;
    let share = l.executed as f64 / (closed as f64).max(1.0);
    let verdict = match closed {
        few if few < FEW => Verdict::TooFew,
        _ if share < LEAST_EXECUTED => Verdict::Look,
        _ => Verdict::Fine,
    };
    let figures = vec![("executed", l.executed as f64), ("share", share)];
    let cases = (closed, said::visits());
    check("executed", said::executed_name(), cases, figures, verdict, said::executed(verdict, l.executed, closed))
}

fn lines(kept: &Kept<'_>) -> Check {
    let l = kept.lines;
    let cases = tally::total(&kept.by_chance).cases;
    let verdict = match cases {
        0 => Verdict::TooFew,
        _ if l.unexplained > 0 => Verdict::Look,
        _ => Verdict::Fine,
    };
    let figures = vec![("listed", l.listed as f64), ("unexplained", l.unexplained as f64)];
    check(
        "lists",
        said::lists_name(),
        (cases, said::place_windows()),
        figures,
        verdict,
        said::lists(verdict, l.unexplained),
    )
}
