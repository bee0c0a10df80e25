//! Dispositions and rates of EVIDENCE 6.

use spotcheck::measure::aapor::{Counts, Disposition};
use spotcheck::model::Outcome;

fn counts(lines: [u64; 8]) -> Counts {
    let mut counts = Counts::default();
    for (disposition, lines) in Disposition::ALL.into_iter().zip(lines) {
        counts.add(disposition, lines);
    }
    counts
}

fn shown(counts: &Counts) -> String {
    let shown = |rate: Option<f64>| rate.map_or("-".to_owned(), |rate| format!("{rate:.3}"));
    counts.rates().by_name().map(|(name, rate)| format!("{name} {}", shown(rate))).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_vectors() {
    assert_eq!(
        shown(&counts([4, 2, 1, 1, 1, 1, 1, 1])),
        "RR1 0.364 RR2 0.545 RR3 0.370 RR4 0.556 RR5 0.444 RR6 0.667 COOP1 0.500 COOP2 0.750 COOP3 0.571 COOP4 0.857 \
         REF1 0.091 REF2 0.093 REF3 0.111 CON1 0.727 CON2 0.741 CON3 0.889"
    );
    for (name, rate) in counts([100, 0, 0, 20, 0, 0, 0, 0]).rates().by_name() {
        let expected = match &name[..2] {
            "RR" if name.starts_with("RR") => 100.0 / 120.0,
            "CO" if name.starts_with("CON") => 100.0 / 120.0,
            "CO" => 1.0,
            _ => 0.0,
        };
        assert_eq!(rate, Some(expected), "{name}");
    }
}

#[test]
fn a_rate_without_a_denominator_is_no_rate() {
    assert!(counts([0; 8]).rates().by_name().all(|(_, rate)| rate.is_none()));
    // Nobody is known to be eligible or not: e is undefined, so is every rate that rests on it.
    assert_eq!(
        shown(&counts([0, 0, 0, 0, 0, 2, 3, 0])),
        "RR1 0.000 RR2 0.000 RR3 - RR4 - RR5 - RR6 - COOP1 - COOP2 - COOP3 - COOP4 - \
         REF1 0.000 REF2 - REF3 - CON1 0.000 CON2 - CON3 -"
    );
    // Whoever is known is not eligible: e is 0.
    let rates = counts([0, 0, 0, 0, 0, 2, 3, 4]).rates();
    assert_eq!((rates.rr[0], rates.rr[2]), (Some(0.0), None));
    // Non-contacts only: nobody to cooperate or to refuse.
    let rates = counts([0, 0, 0, 3, 0, 0, 0, 0]).rates();
    assert_eq!((rates.rr[0], rates.coop, rates.con[2]), (Some(0.0), [None; 4], Some(0.0)));
}

#[test]
fn the_greatest_counts_stay_rates() {
    let most = counts([u64::MAX; 8]).rates();
    assert!(most.by_name().all(|(_, rate)| rate.is_some_and(|rate| (0.0..=1.0).contains(&rate))));
}

#[test]
fn dispositions_of_all_outcomes() {
    let table = [
        ("present", Some("I")),
        ("absent", Some("I")),
        ("on_leave", Some("I")),
        ("on_duty_elsewhere", Some("I")),
        ("reached", Some("I")),
        ("partial", Some("P")),
        ("refused", Some("R")),
        ("no_answer", Some("NC")),
        ("busy", Some("NC")),
        ("unreachable", Some("NC")),
        ("callback", Some("NC")),
        ("wrong_number", Some("UO")),
        ("not_done", None),
        ("not_met", None),
    ];
    assert_eq!(table.len(), Outcome::ALL.len());
    for (outcome, code) in table {
        let outcome: Outcome = outcome.parse().unwrap();
        assert_eq!(Disposition::of(outcome).map(Disposition::code), code, "{outcome}");
    }
    assert_eq!(Disposition::NO_CONTACT.code(), "UO");
    let month: Counts = Outcome::ALL.into_iter().filter_map(Disposition::of).collect();
    assert_eq!(month, counts([5, 1, 1, 4, 0, 0, 1, 0]));
    assert_eq!(Disposition::ALL.map(|d| month.get(d)), [5, 1, 1, 4, 0, 0, 1, 0]);
}
