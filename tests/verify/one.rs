//! One window: a true bundle passes, and what is wrong is named.

use crate::county::{County, Made};
use serde_json::{Value, json};
use spotcheck::draw::bundle::Bundle;
use spotcheck::draw::verify::check;

pub fn texts(bundle: &Value) -> Vec<String> {
    let read: Result<Bundle, _> = serde_json::from_value(bundle.clone());
    match read {
        Ok(bundle) => check(&bundle).findings.iter().map(|f| f.said().en).collect(),
        Err(e) => vec![e.to_string()],
    }
}

#[test]
fn true_bundles_pass_whatever_they_show() {
    for two in [false, true] {
        let mut county = County::new(two);
        for (day, slot) in [("2026-03-02", "am"), ("2026-03-02", "pm"), ("2026-03-03", "am")] {
            let Made { auditor, public } = county.draw(day, slot);
            for bundle in [&auditor, &public] {
                assert_eq!(texts(&json!(bundle)), Vec::<String>::new(), "{two} {day} {slot}");
            }
            let kinds: Vec<&str> = auditor.draw.as_ref().unwrap().drawn.iter().map(|l| l.kind.as_str()).collect();
            assert!(kinds.contains(&"visit") && kinds.contains(&"call"), "{kinds:?}");
            assert_eq!(check(&auditor).bound.unwrap().fingerprint, check(&public).bound.unwrap().fingerprint);
        }
    }
}

#[test]
fn a_public_bundle_hides_what_was_not_drawn_and_every_ground() {
    let Made { auditor, public } = County::new(false).draw("2026-03-02", "am");
    let text = serde_json::to_string(&public).unwrap();
    let drawn: Vec<&str> = auditor.draw.as_ref().unwrap().drawn.iter().map(|line| line.id.as_str()).collect();
    let barred: Vec<&str> =
        auditor.draw.as_ref().unwrap().pools.iter().flat_map(|p| &p.bars).map(|b| b.pair().0.as_str()).collect();
    for place in (0..40).map(|i| format!("组{i:02}")) {
        let known = drawn.contains(&place.as_str()) || barred.contains(&place.as_str());
        assert_eq!(text.contains(&place), known, "{place}");
    }
    assert!(!text.contains("recusal") && !text.contains("home_county"));
}

#[test]
fn a_finding_names_the_line_and_says_what_it_should_be() {
    let bundle = json!(County::new(false).draw("2026-03-02", "am").auditor);
    let p = bundle["draw"]["frame"][4][1].as_u64().unwrap();
    let mut raised = bundle.clone();
    raised["draw"]["frame"][4][1] = json!(p + 1);
    let found = texts(&raised);
    assert!(found.contains(&format!("row 5 (组04): p_visit is {}, but the terms give {p}", p + 1)), "{found:?}");

    let mut earlier = bundle.clone();
    let minute = bundle["draw"]["drawn"][0]["minute"].as_u64().unwrap();
    let id = bundle["draw"]["drawn"][0]["id"].as_str().unwrap();
    earlier["draw"]["drawn"][0]["minute"] = json!(minute + 1);
    assert_eq!(
        texts(&earlier),
        [format!("line 1 of the list ({id}): the minute is “{}”, computed: “{minute}”", minute + 1)]
    );

    let mut dropped = bundle.clone();
    dropped["draw"]["frame"].as_array_mut().unwrap().remove(20);
    assert!(texts(&dropped).iter().any(|f| f.contains("39 rows, but 40 were sealed")));
}

#[test]
fn a_void_record_needs_only_its_entries() {
    let mut county = County::new(false);
    let (window, seal) = county.seal("2026-03-02", "am");
    let void = county.void(&window, "late");
    let record = json!({
        "format": "spotcheck bundle/1", "kind": "void", "window": window, "log": [county.log[0], seal, void],
    });
    assert_eq!(texts(&record), Vec::<String>::new());
    let mut drawn = record.clone();
    drawn["kind"] = json!("public");
    assert!(!texts(&drawn).is_empty());
}

#[test]
fn what_is_dealt_again_follows_and_touches_nobody_else() {
    for two in [false, true] {
        let Made { auditor, public } =
            County::new(two).draw_and_deal_again("2026-03-02", "am", &[&["n1"], &["w1", "n2"]]);
        let evidence = auditor.draw.as_ref().unwrap();
        assert!(evidence.redeals.iter().all(|again| !again.lines.is_empty()));
        for (place, _, inspectors) in &evidence.redeals[0].lines {
            let before = evidence.drawn.iter().find(|line| line.id == *place).unwrap();
            assert!(before.inspectors.iter().any(|who| who.as_str() == "n1"), "{place} had nothing to do with n1");
            assert!(inspectors.iter().all(|who| who.as_str() != "n1"));
        }
        for bundle in [json!(auditor), json!(public)] {
            assert_eq!(texts(&bundle), Vec::<String>::new());
            let mut other = bundle.clone();
            other["draw"]["redeals"][1]["out"] = json!(["w1", "n3"]);
            assert!(!texts(&other).is_empty());
            other = bundle.clone();
            other["draw"]["redeals"].as_array_mut().unwrap().pop();
            assert!(!texts(&other).is_empty());
        }
    }
}

#[test]
fn what_was_reported_before_its_inspector_fell_out_stays_theirs() {
    let mut county = County::new(false);
    county.reported = true;
    let bundle = json!(county.draw_and_deal_again("2026-03-02", "am", &[&["n1"]]).auditor);
    assert_eq!(texts(&bundle), Vec::<String>::new());
    let done = bundle["draw"]["redeals"][0]["done"].as_array().unwrap();
    assert_eq!(done.len(), 1);
    let lines = bundle["draw"]["redeals"][0]["lines"].as_array().unwrap();
    assert!(lines.iter().all(|line| line[0] != done[0]), "{lines:?}");
    for other in [json!([]), json!([done[0], "组39"]), json!(["组39"])] {
        let mut changed = bundle.clone();
        changed["draw"]["redeals"][0]["done"] = other;
        assert!(!texts(&changed).is_empty());
    }
}
