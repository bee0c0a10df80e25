//! The report as people read it, in both languages.

use crate::world::{Band, World, leak, workdays};
use regex::Regex;
use spotcheck::console::fairness::page;
use spotcheck::draw::fairness::{Came, Report, Standing};
use spotcheck::model::{Language, Said};

const LANGUAGES: [(&str, Language); 2] = [("en", Language::En), ("zh", Language::ZhHans)];

/// Half a year with a few voids, some visits not made, and attendance without a leak.
pub fn report() -> Report {
    let mut band = Band::new(150, 0.012, 0.04, 60);
    let world = World { places: 150, days: 130, seed: 21 };
    let run = world.watch(&mut band, vec![leak()], |day, window, dice| {
        for unit in window.units.iter_mut().filter(|unit| unit.hit) {
            unit.came = match dice.below(20) {
                0 => Came::NotExecuted,
                1 => Came::Downgraded,
                _ => Came::Executed,
            };
        }
        window.scores = vec![window.units.iter().map(|_| Some(f64::from(u8::from(dice.share() < 0.8)))).collect()];
        if day == 40 || day == 77 {
            window.standing = Standing::Void { reason: "not_sealed".into(), tickets_known: false };
            window.units.clear();
        }
    });
    let days: Vec<_> = workdays().take(world.days).collect();
    Report { from: days[0], to: *days.last().unwrap(), programmes: vec![run] }
}

#[test]
fn the_text_in_both_languages() {
    let lines = report().page();
    let text = |of: fn(&Said) -> &str| lines.iter().map(of).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("fairness_en", text(|said| &said.en));
    insta::assert_snapshot!("fairness_zh", text(|said| &said.zh));
}

/// The page without its drawings' coordinates: what stands in it, in which order.
fn outline(html: &str) -> String {
    let shapes = Regex::new(r"<(rect|line|path)[^>]*/>").unwrap();
    let style = Regex::new(r"(?s)<style>.*</style>").unwrap();
    let text = Regex::new("<text[^>]*>").unwrap();
    let plain = text.replace_all(&shapes.replace_all(&style.replace(html, "<style/>"), ""), "<text>").into_owned();
    plain.replace("</text><text>", " | ")
}

#[test]
fn the_page_in_both_languages() {
    for (tag, language) in LANGUAGES {
        let html = page(&report(), language).unwrap();
        insta::assert_snapshot!(format!("fairness_page_{tag}"), outline(&html));
    }
}

#[test]
fn the_page_needs_nothing_from_outside_and_says_its_plots_in_words() {
    for (_, language) in LANGUAGES {
        let html = page(&report(), language).unwrap();
        for absent in ["<script", "<img", "href=", "src=", "url(", "@import", "onload", "style=\""] {
            assert!(!html.contains(absent), "{absent}");
        }
        let (plots, titles, descriptions) =
            (html.matches("<svg ").count(), html.matches("<title id=").count(), html.matches("<desc id=").count());
        assert_eq!((plots, titles, descriptions), (4, 4, 4));
        assert!(!html.contains("NaN") && !html.contains("inf"), "a figure that is no number");
        assert_eq!(html.matches("<figcaption>").count(), 4);
    }
    assert!(page(&report(), Language::ZhHans).unwrap().contains("任何人猜中某地当天被查的概率不超过4%"));
}

#[test]
fn a_period_without_a_draw_is_a_page_too() {
    let days: Vec<_> = workdays().take(2).collect();
    let report = Report { from: days[0], to: days[1], programmes: Vec::new() };
    let html = page(&report, Language::En).unwrap();
    assert!(html.contains("No window was drawn") && !html.contains("<svg"));
}

#[test]
fn json_says_the_same_as_the_text() {
    let report = report();
    let json = report.json();
    assert_eq!(json["needs_a_look"], false);
    assert!((json["best_guess_a_day"].as_f64().unwrap() - 0.04).abs() < 1e-6);
    let checks = json["programmes"][0]["checks"].as_array().unwrap();
    assert_eq!(checks.len(), report.programmes[0].checks.len());
    for check in checks {
        assert!(check["cases"].is_u64() && check["en"].is_string() && check["zh"].is_string());
        assert!(["fine", "look", "too_few"].contains(&check["verdict"].as_str().unwrap()));
    }
}
