//! The plots of the report on fairness.

use super::svg::{Anchor, BLUE, DARK, GREY, LIGHT, Svg, step};
use crate::draw::fairness::Day;
use crate::draw::fairness::check::plain;
use crate::model::Language;
use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeMap;

const WIDTH: f64 = 760.0;
const SMALL: f64 = 11.0;
const USUAL: f64 = 13.0;

/// A bar, and what it is held against.
#[derive(Debug, Clone)]
pub struct Bar {
    pub label: String,
    pub count: u64,
    pub observed: f64,
    /// What was to be expected, and how far chance leaves it nearly always.
    pub expected: Option<(f64, f64)>,
}

impl Bar {
    fn highest(&self) -> f64 {
        self.observed.max(self.expected.map_or(0.0, |(expected, spread)| expected + spread))
    }
}

pub struct Bars<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub across: &'a str,
    pub up: &'a str,
    pub bars: &'a [Bar],
    /// Texts of the legend: bar, mark of what was expected.
    pub legend: [&'a str; 2],
}

pub fn bars(plot: &Bars<'_>) -> String {
    let (left, right, top, bottom, height) = (64.0, 12.0, 34.0, 52.0, 300.0);
    let mut svg = Svg::new(plot.id, plot.title, plot.description, (WIDTH, height));
    let most = plot.bars.iter().map(Bar::highest).fold(0.0, f64::max);
    let counts = plot.bars.iter().all(|bar| bar.observed == bar.count as f64);
    let step = step(most * 1.12, 5.0).max(if counts { 1.0 } else { 0.0 });
    let full = (most * 1.12 / step).ceil().max(1.0) * step;
    let floor = height - bottom;
    let y = |value: f64| floor - value / full * (floor - top);
    let mut tick = 0.0;
    while tick <= full + step / 2.0 {
        svg.line((left, y(tick)), (WIDTH - right, y(tick)), LIGHT, 1.0);
        svg.text((left - 6.0, y(tick) + 4.0), SMALL, Anchor::End, DARK, &plain(tick));
        tick += step;
    }
    let slot = (WIDTH - left - right) / plot.bars.len().max(1) as f64;
    // As many labels as fit beside one another.
    let longest = plot.bars.iter().map(|b| b.label.chars().count()).max().unwrap_or(1);
    let every = ((longest as f64 * 7.0 + 8.0) / slot).ceil().max(1.0) as usize;
    let width = (slot * 0.72).min(90.0);
    for (i, bar) in plot.bars.iter().enumerate() {
        let middle = left + slot * (i as f64 + 0.5);
        svg.rect((middle - width / 2.0, y(bar.observed)), (width, floor - y(bar.observed)), BLUE);
        if let Some((expected, spread)) = bar.expected {
            svg.line((middle, y((expected - spread).max(0.0))), (middle, y(expected + spread)), DARK, 1.5);
            svg.line((middle - width / 2.0, y(expected)), (middle + width / 2.0, y(expected)), DARK, 2.5);
        }
        let above = y(bar.highest()) - 4.0;
        svg.text((middle, above), SMALL, Anchor::Middle, DARK, &bar.count.to_string());
        if i % every == 0 {
            svg.text((middle, floor + 16.0), SMALL, Anchor::Middle, DARK, &bar.label);
        }
    }
    svg.line((left, floor), (WIDTH - right, floor), DARK, 1.0);
    svg.text((left + (WIDTH - left - right) / 2.0, height - 10.0), USUAL, Anchor::Middle, DARK, plot.across);
    svg.upright((16.0, top + (floor - top) / 2.0), USUAL, plot.up);
    svg.rect((left, 9.0), (14.0, 12.0), BLUE);
    svg.text((left + 20.0, 19.0), USUAL, Anchor::Start, DARK, plot.legend[0]);
    if plot.bars.iter().all(|bar| bar.expected.is_none()) {
        return svg.finish();
    }
    let second = left + 280.0;
    svg.line((second, 15.0), (second + 16.0, 15.0), DARK, 2.5);
    svg.line((second + 8.0, 8.0), (second + 8.0, 22.0), DARK, 1.5);
    svg.text((second + 24.0, 19.0), USUAL, Anchor::Start, DARK, plot.legend[1]);
    svg.finish()
}

/// A score's row.
pub struct Row {
    pub name: String,
    pub z: f64,
    /// Beside the bar, e.g. how many visits.
    pub note: String,
    /// Too few cases: drawn hollow.
    pub hollow: bool,
}

pub struct Scores<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub across: &'a str,
    /// Beyond this either way a person has a look.
    pub bound: f64,
    pub bound_label: &'a str,
    pub rows: &'a [Row],
}

pub fn scores(plot: &Scores<'_>) -> String {
    let (left, right, top, each) = (236.0, 178.0, 30.0, 30.0);
    let floor = top + each * plot.rows.len() as f64;
    let mut svg = Svg::new(plot.id, plot.title, plot.description, (WIDTH, floor + 48.0));
    let furthest = plot.rows.iter().map(|r| r.z.abs()).fold(plot.bound + 0.7, f64::max);
    let x = |z: f64| left + (z + furthest) / (2.0 * furthest) * (WIDTH - left - right);
    svg.rect((x(-plot.bound), top), (x(plot.bound) - x(-plot.bound), floor - top), LIGHT);
    svg.dashes((x(-plot.bound), top), (x(-plot.bound), floor), DARK);
    svg.dashes((x(plot.bound), top), (x(plot.bound), floor), DARK);
    svg.line((x(0.0), top), (x(0.0), floor), DARK, 1.0);
    svg.text((x(0.0), top - 10.0), SMALL, Anchor::Middle, GREY, plot.bound_label);
    let step = step(furthest, 4.0).max(1.0);
    let reach = (furthest / step).floor() as i32;
    for tick in -reach..=reach {
        let z = f64::from(tick) * step;
        svg.text((x(z), floor + 16.0), SMALL, Anchor::Middle, DARK, &plain(z));
    }
    for (i, row) in plot.rows.iter().enumerate() {
        let middle = top + each * (i as f64 + 0.5);
        svg.text((left - 8.0, middle + 4.0), USUAL, Anchor::End, DARK, &row.name);
        let (from, to) = (x(row.z.min(0.0)), x(row.z.max(0.0)));
        let size = ((to - from).max(1.5), each * 0.5);
        if row.hollow {
            svg.frame((from, middle - each / 4.0), size, "#ffffff", GREY);
        } else {
            svg.rect((from, middle - each / 4.0), size, BLUE);
        }
        svg.text((WIDTH - right + 8.0, middle + 4.0), SMALL, Anchor::Start, DARK, &row.note);
    }
    svg.text((x(0.0), floor + 38.0), USUAL, Anchor::Middle, DARK, plot.across);
    svg.finish()
}

pub struct Calendar<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub language: Language,
    pub days: &'a BTreeMap<NaiveDate, Day>,
    /// Legend: visits drawn on a day, void.
    pub legend: [&'a str; 2],
}

/// From none to many; each step is darker in grey too.
const SHADES: [&str; 5] = ["#ffffff", "#cfdcee", "#9bb8de", "#5f8cc6", "#1f4a86"];
const WEEKS: i64 = 53;

/// The limits of the shades: none, then four steps up to the greatest count.
fn limits(days: &BTreeMap<NaiveDate, Day>) -> [u64; 5] {
    let most = days.values().map(|day| day.visits.hits).max().unwrap_or(0).max(4);
    [0, most.div_ceil(4), most.div_ceil(2), (3 * most).div_ceil(4), most]
}

pub fn calendar(plot: &Calendar<'_>) -> String {
    let (Some(first), Some(last)) = (plot.days.keys().next(), plot.days.keys().next_back()) else {
        return String::new();
    };
    let monday = *first - Days::new(u64::from(first.weekday().num_days_from_monday()));
    let rows = plot.days.keys().map(|d| d.weekday().num_days_from_monday()).max().unwrap_or(4).max(4) + 1;
    let (left, cell) = (40.0, 13.4);
    let block = f64::from(rows) * cell + 34.0;
    let blocks = (*last - monday).num_days() / 7 / WEEKS + 1;
    let height = blocks as f64 * block + 34.0;
    let mut svg = Svg::new(plot.id, plot.title, plot.description, (WIDTH, height));
    let names = plot.language.pick("Mon Tue Wed Thu Fri Sat Sun", "周一 周二 周三 周四 周五 周六 周日");
    for b in 0..blocks {
        for (row, name) in names.split(' ').take(rows as usize).enumerate() {
            let y = b as f64 * block + 26.0 + row as f64 * cell + 10.0;
            svg.text((left - 5.0, y), 10.0, Anchor::End, DARK, name);
        }
    }
    let limits = limits(plot.days);
    let (mut month, mut year, mut named) = (None, None, (-1, 0.0));
    for (day, found) in plot.days {
        let week = (*day - monday).num_days() / 7;
        let (b, column) = (week / WEEKS, week % WEEKS);
        let top = b as f64 * block + 26.0;
        let x = left + column as f64 * cell;
        let y = top + f64::from(day.weekday().num_days_from_monday()) * cell;
        if month != Some((day.year(), day.month())) {
            month = Some((day.year(), day.month()));
            let name = month_name(*day, year != Some(day.year()), plot.language);
            // A name goes where it touches neither the one before nor the edge.
            let end = x + wide(&name);
            if (b > named.0 || x >= named.1) && end < WIDTH {
                (named, year) = ((b, end), Some(day.year()));
                svg.text((x, top - 6.0), 10.0, Anchor::Start, DARK, &name);
            }
        }
        let hits = found.visits.hits;
        let shade = limits.iter().position(|limit| hits <= *limit).unwrap_or(4);
        svg.frame((x, y), (cell - 2.0, cell - 2.0), SHADES.get(shade).unwrap_or(&DARK), "#9a9a9a");
        if found.voids > 0 {
            svg.line((x, y), (x + cell - 2.0, y + cell - 2.0), DARK, 1.5);
            svg.line((x, y + cell - 2.0), (x + cell - 2.0, y), DARK, 1.5);
        }
    }
    legend(&mut svg, plot, limits, height - 16.0);
    svg.finish()
}

/// Room that a small text takes, with a gap behind it.
fn wide(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 6.0 } else { 10.5 }).sum::<f64>() + 6.0
}

fn month_name(day: NaiveDate, with_year: bool, language: Language) -> String {
    let (year, month) = (day.year(), day.month());
    match (language, with_year) {
        (Language::En, true) => day.format("%b %Y").to_string(),
        (Language::En, false) => day.format("%b").to_string(),
        (Language::ZhHans, true) => format!("{year}年{month}月"),
        (Language::ZhHans, false) => format!("{month}月"),
    }
}

fn legend(svg: &mut Svg, plot: &Calendar<'_>, limits: [u64; 5], y: f64) {
    let mut x = 8.0;
    svg.text((x, y), SMALL, Anchor::Start, DARK, plot.legend[0]);
    x += wide(plot.legend[0]) * 1.1 + 4.0;
    let mut from = 0;
    for (limit, shade) in limits.iter().zip(SHADES) {
        svg.frame((x, y - 10.0), (11.0, 11.0), shade, "#9a9a9a");
        let days = plot.days.values().filter(|d| (from..=*limit).contains(&d.visits.hits)).count();
        let range = if from == *limit { limit.to_string() } else { format!("{from}–{limit}") };
        let text = match plot.language {
            Language::En => format!("{range} ({days}\u{2009}d)"),
            Language::ZhHans => format!("{range}（{days}天）"),
        };
        svg.text((x + 16.0, y), SMALL, Anchor::Start, DARK, &text);
        x += 16.0 + wide(&text) * 1.1;
        from = limit + 1;
    }
    svg.frame((x, y - 10.0), (11.0, 11.0), "#ffffff", "#9a9a9a");
    svg.line((x, y - 10.0), (x + 11.0, y + 1.0), DARK, 1.5);
    svg.line((x, y + 1.0), (x + 11.0, y - 10.0), DARK, 1.5);
    svg.text((x + 16.0, y), SMALL, Anchor::Start, DARK, plot.legend[1]);
}
