//! Visits and calls that an inspector gives back.

use super::common::{mail, reading, short};

/// What is recorded, then what was given back.
fn told(body: &str) -> String {
    let found = reading(&mail(body));
    format!("{} | {}", short(&found), found.handed_back.join(" "))
}

fn all(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(body, expected)| {
            let found = told(body);
            (found != *expected).then(|| format!("{body:?}\n  expected {expected}\n  found    {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_given_back_is_not_done_and_says_why() {
    let first = "V1.1=not_done(car broken) V1.2=not_done(car broken) | V1";
    all(&[
        ("hand back V1; car broken", first),
        ("Hand back V1: car broken", first),
        ("V1 handed back, because of car broken", first),
        ("V1: hand back - car broken", first),
        ("Please hand back V1\n", "V1.1=not_done V1.2=not_done | V1"),
        ("交回 V1 车坏了", "V1.1=not_done(车坏了) V1.2=not_done(车坏了) | V1"),
        ("V1 交回，因车坏了", "V1.1=not_done(车坏了) V1.2=not_done(车坏了) | V1"),
        ("交回V2：路不通", "V2.1=not_done(路不通) | V2"),
        ("交回V1、V2，车坏了", "V1.1=not_done(车坏了) V1.2=not_done(车坏了) V2.1=not_done(车坏了) | V1 V2"),
        ("hand back C1; telephone broken", "C1=not_done(telephone broken) | C1"),
        ("交回C1和C2，喉咙失声", "C1=not_done(喉咙失声) C2=not_done(喉咙失声) | C1 C2"),
        ("C2 交回\nV2 present", "V2.1=present C2=not_done | C2"),
        ("hand back V2, C1; ill", "V2.1=not_done(ill) C1=not_done(ill) | C1 V2"),
        ("hand back V1 and V2; ill", "V1.1=not_done(ill) V1.2=not_done(ill) V2.1=not_done(ill) | V1 V2"),
        (
            "V2 present\nhand back V1; car broken",
            "V1.1=not_done(car broken) V1.2=not_done(car broken) V2.1=present | V1",
        ),
    ]);
}

#[test]
fn what_is_no_such_line_gives_nothing_back() {
    for body in [
        "V1 not done; car broken",
        "V1 present; will hand back the key",
        "hand back C9; no telephone",
        "C1 no answer; handed back the receiver",
        "hand back V1.1; car broken",
        "hand back V9; car broken",
        "should I hand back V1?",
        "hand back V1, V2 present",
        "hand back the key",
    ] {
        assert!(told(body).ends_with("| "), "{body:?}: {}", told(body));
    }
}

#[test]
fn a_line_of_which_anything_else_is_said_is_not_given_back() {
    for body in ["hand back V1; car broken\nV1.1 present", "V1 present\nhand back V1; car broken"] {
        assert!(told(body).ends_with("| "), "{body:?}: {}", told(body));
    }
}

#[test]
fn the_dry_run_tells_it_and_is_silent_where_there_is_none() {
    let json = reading(&mail("hand back V1; car broken")).to_json();
    assert!(json.contains("\"handed_back\":[\"V1\"]"), "{json}");
    assert!(!reading(&mail("V1 not done")).to_json().contains("handed_back"));
}
