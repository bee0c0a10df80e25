//! Nothing in a bundle can be changed without being found.

use crate::county::County;
use crate::one::texts;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The places of all leaves of a JSON tree.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(i, item)| leaves(item, &format!("{at}/{i}"), found));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, field)| leaves(field, &format!("{at}/{name}"), found)),
        _ => found.push(at.to_owned()),
    }
}

pub fn all_leaves(bundle: &Value) -> Vec<String> {
    let mut found = Vec::new();
    leaves(bundle, "", &mut found);
    found
}

/// Something else of the same type; `how` chooses among several ways.
pub fn changed(value: &Value, how: usize) -> Value {
    match value {
        Value::Number(n) => {
            let n = n.as_u64().unwrap();
            json!(if how.is_multiple_of(2) { n + 1 } else { n.saturating_sub(1).max(u64::from(n == 0)) })
        }
        Value::String(text) if text.is_empty() => json!("x"),
        Value::String(text) => {
            let mut chars: Vec<char> = text.chars().collect();
            let at = how % chars.len();
            chars[at] = match chars[at] {
                '0'..='8' | 'a'..='e' => char::from_u32(chars[at] as u32 + 1).unwrap(),
                '9' => '0',
                'f' => 'a',
                _ => 'x',
            };
            let other: String = chars.iter().collect();
            json!(if other == *text { format!("{text}x") } else { other })
        }
        Value::Array(_) => json!(["x"]),
        Value::Null => json!(1),
        Value::Bool(b) => json!(!b),
        Value::Object(_) => json!({"x": 1}),
    }
}

#[test]
fn each_leaf_of_a_bundle_counts() {
    let made = County::new(true).draw_and_deal_again("2026-03-02", "am", &[&["n1"]]);
    for bundle in [json!(made.auditor), json!(made.public)] {
        let places = all_leaves(&bundle);
        assert!(places.len() > 150, "{}", places.len());
        let unnoticed: Vec<&String> = places
            .iter()
            .enumerate()
            .filter(|(how, place)| {
                let mut other = bundle.clone();
                let leaf = other.pointer_mut(place).unwrap();
                *leaf = changed(leaf, *how);
                texts(&other).is_empty()
            })
            .map(|(_, place)| place)
            .collect();
        assert!(unnoticed.is_empty(), "not noticed: {unnoticed:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_single_change_is_found(which in any::<prop::sample::Index>(), how in 0usize..64, way in 0usize..5, two: bool) {
        static BUNDLES: LazyLock<[Value; 2]> =
            LazyLock::new(|| [false, true].map(|two| json!(County::new(two).draw("2026-03-02", "am").auditor)));
        let bundle = BUNDLES[usize::from(two)].clone();
        let mut other = bundle.clone();
        let places = all_leaves(&bundle);
        match way {
            // Two neighbours of a list change places; a list loses one.
            0 | 1 => {
                let lists: Vec<String> = lists(&bundle);
                let list = other.pointer_mut(which.get::<String>(&lists)).unwrap().as_array_mut().unwrap();
                let at = how % (list.len() - 1);
                if way == 0 { list.swap(at, at + 1) } else { list.remove(at); }
            }
            _ => {
                let leaf = other.pointer_mut(which.get::<String>(&places)).unwrap();
                *leaf = changed(leaf, how);
            }
        }
        prop_assume!(other != bundle);
        prop_assert!(!texts(&other).is_empty());
    }
}

/// Lists with two members or more.
fn lists(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => {
                if items.len() > 1 {
                    found.push(at.to_owned());
                }
                items.iter().enumerate().for_each(|(i, item)| walk(item, &format!("{at}/{i}"), found));
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(name, field)| walk(field, &format!("{at}/{name}"), found))
            }
            _ => {}
        }
    }
    walk(value, "", &mut found);
    found
}
