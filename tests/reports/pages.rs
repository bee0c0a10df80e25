//! One document, looked at in every way: golden pages, and no number that is not in the JSON.

use super::county::{county, province, report};
use regex::Regex;
use spotcheck::console::report::{View, book, page, text};
use spotcheck::measure::document::{Cell, Document};
use spotcheck::measure::period::document;
use spotcheck::model::{Language, Said};
use spotcheck::table::read_rows;

const LANGUAGES: [(&str, Language); 2] = [("en", Language::En), ("zh", Language::ZhHans)];

fn status() -> Vec<Said> {
    vec![Said::new("Closed on 2026-04-20 by Li.", "2026-04-20由李关账。")]
}

fn view<'a>(document: &'a Document, status: &'a [Said], upward: bool, language: Language) -> View<'a> {
    View { document, status, upward, language }
}

/// The page without its drawings' coordinates: what stands in it, in which order.
pub fn outline(html: &str) -> String {
    let shapes = Regex::new(r"<(rect|line|path)[^>]*/>").unwrap();
    let style = Regex::new(r"(?s)<style>.*</style>").unwrap();
    let text = Regex::new("<text[^>]*>").unwrap();
    let plain = text.replace_all(&shapes.replace_all(&style.replace(html, "<style/>"), ""), "<text>").into_owned();
    plain.replace("</text><text>", " | ")
}

#[test]
fn text_and_page_in_both_languages() {
    let (document, status) = (report(), status());
    for (tag, language) in LANGUAGES {
        insta::assert_snapshot!(format!("period_{tag}"), text(view(&document, &status, false, language)).join("\n"));
        let html = page(view(&document, &status, true, language)).unwrap();
        insta::assert_snapshot!(format!("period_page_{tag}"), outline(&html));
    }
}

#[test]
fn the_page_needs_nothing_from_outside_and_says_its_charts_in_words() {
    let document = document(&province());
    for (_, language) in LANGUAGES {
        let html = page(view(&document, &[], true, language)).unwrap();
        for absent in ["<script", "<img", "href=", "src=", "url(", "@import", "onload", "style=\"", "NaN", "<team>"] {
            assert!(!html.contains(absent), "{absent}");
        }
        let charts = document.sections.iter().filter(|section| section.chart.is_some()).count();
        assert_eq!((charts, html.matches("<svg ").count(), html.matches("<desc id=").count()), (5, 5, 5));
        assert!(html.contains("size:A4"));
    }
}

/// Every number of the tables, as JSON has it, section by section.
fn numbers(json: &serde_json::Value, upward: bool) -> Vec<f64> {
    let sections = json["sections"].as_array().unwrap().iter();
    let shown = sections.filter(|section| upward || section["upward"] == false);
    let rows = shown.filter_map(|section| section["table"]["rows"].as_array()).flatten();
    rows.flat_map(|row| row.as_array().unwrap()).filter_map(serde_json::Value::as_f64).collect()
}

#[test]
fn every_number_of_the_page_is_in_the_json_and_shown_as_it_is() {
    let data = Regex::new(r#"<data value="([^"]+)">([^<]+)</data>"#).unwrap();
    let bare = Regex::new(r#"<td class="number">([^<]+)</td>"#).unwrap();
    for (facts, upward) in [(county(), false), (county(), true), (province(), true)] {
        let document = document(&facts);
        let json: serde_json::Value = serde_json::to_value(&document).unwrap();
        for (_, language) in LANGUAGES {
            let html = page(view(&document, &[], upward, language)).unwrap();
            let found: Vec<(f64, String)> =
                data.captures_iter(&html).map(|c| (c[1].parse().unwrap(), c[2].to_owned())).collect();
            let values: Vec<f64> = found.iter().map(|(value, _)| *value).collect();
            assert_eq!(values, numbers(&json, upward));
            assert!(values.len() > 50, "{}", values.len());
            for (value, shown) in found {
                let as_shares = format!("{:.1} %", value * 100.0);
                let plain = [value.to_string(), format!("{value:.1}"), as_shares];
                assert!(plain.contains(&shown), "{value} is shown as {shown}");
            }
            // Beside the cells of words, no table has a figure that is none of these.
            assert!(bare.captures_iter(&html).all(|c| &c[1] == "-"));
        }
    }
}

#[test]
fn the_workbook_has_a_sheet_a_table_with_the_same_numbers() {
    let document = report();
    let bytes = book(view(&document, &status(), true, Language::ZhHans)).unwrap();
    assert_eq!(bytes, book(view(&document, &status(), true, Language::ZhHans)).unwrap(), "the same bytes each time");
    let file = zip_names(&bytes);
    let tables = document.sections.iter().filter(|s| s.table.as_ref().is_some_and(|t| !t.rows.is_empty())).count();
    assert_eq!(file.iter().filter(|name| name.starts_with("xl/worksheets/sheet")).count(), tables + 1, "{file:?}");
    // The first sheet, as the importer of this house reads it.
    let mut rows = Vec::new();
    let mut keep = |row: &spotcheck::table::Row| {
        rows.push(row.cells.join("|"));
        std::ops::ControlFlow::Continue(())
    };
    read_rows("report.xlsx", &mut bytes.as_slice(), &mut keep).unwrap();
    assert!(rows[0].contains("省督查办：2026-Q1报告") && rows.iter().any(|row| row.contains("不在岗")), "{rows:?}");
}

fn zip_names(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let name = Regex::new(r"xl/worksheets/sheet\d+\.xml").unwrap();
    let mut names: Vec<String> = name.find_iter(&text).map(|m| m.as_str().to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn an_office_sees_two_rates_of_its_calls_and_upward_go_all() {
    let document = report();
    let own = text(view(&document, &[], false, Language::En)).join("\n");
    assert!(own.contains("Reached") && !own.contains("COOP1") && !own.contains("AAPOR)"));
    let upward = text(view(&document, &[], true, Language::En)).join("\n");
    assert_eq!(["RR1", "COOP4", "REF3", "CON3"].map(|rate| upward.matches(rate).count()), [1; 4]);
}

#[test]
fn few_visits_are_told_in_words_and_nothing_found_says_nothing() {
    let of = |made, absent| {
        let mut facts = county();
        let found = super::county::Seen { office: "east", made, absent, lost: 2 };
        facts.parts[0].absence = super::county::programme(&[found]);
        document(&facts)
    };
    let few = text(view(&of(7, 1), &[], false, Language::En)).join("\n");
    assert!(few.contains("only 7 visits. Take the range"), "{few}");
    let none = of(0, 0);
    let told = text(view(&none, &[], false, Language::En)).join("\n");
    assert!(told.contains("nothing can be said of absence"), "{told}");
    let absence = none.sections.iter().find(|s| s.code == "absence").unwrap();
    assert!(absence.table.as_ref().unwrap().column("low").iter().all(|cell| **cell == Cell::Nothing));
    assert!(page(view(&none, &[], true, Language::En)).unwrap().contains("</html>"));
}

#[test]
fn offices_stand_by_name_and_only_what_chance_does_not_explain_is_called_out() {
    let document = document(&province());
    let offices = document.sections.iter().find(|s| s.code == "offices").unwrap().table.as_ref().unwrap();
    let shown = |code: &str| {
        offices
            .column(code)
            .iter()
            .map(|c| c.shown(spotcheck::measure::document::Form::Words, Language::En))
            .collect::<Vec<_>>()
    };
    assert_eq!(shown("office"), ["East County", "West County", "midland", "north", "south"]);
    assert_eq!(shown("beyond"), ["no", "no", "no", "yes", "no"]);
    // By itself the south's one of four visits weighs 42 %.
    let means: Vec<f64> = offices.column("mean").iter().filter_map(|cell| cell.value()).collect();
    assert!(means.len() == 5 && means[4] < 0.3, "{means:?}");
    assert!(!means.is_sorted() && !means.iter().rev().is_sorted(), "{means:?}");
}
