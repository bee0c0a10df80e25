//! Places as points, told apart by shape and shade.

use super::words::named;
use crate::console::svg::{Anchor, BLUE, DARK, LIGHT, Svg};
use crate::model::Language;
use crate::work::look::coverage::Point;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 460.0;
const EDGE: f64 = 24.0;
/// Days after which a place counts as not visited for long.
const LONG: i64 = 120;
/// Names are written as long as they do not hide each other.
const NAMES: usize = 24;

/// Longitude is shortened as the parallel is; no ground is drawn.
pub fn map(points: &[Point], language: Language) -> String {
    let degrees: Vec<(f64, f64)> = points.iter().map(|point| point.position.degrees()).collect();
    let middle = degrees.iter().map(|(_, latitude)| latitude).sum::<f64>() / degrees.len().max(1) as f64;
    let narrow = middle.to_radians().cos().max(0.01);
    let flat: Vec<(f64, f64)> = degrees.iter().map(|(longitude, latitude)| (longitude * narrow, *latitude)).collect();
    let bound = |of: fn(&(f64, f64)) -> f64, pick: fn(f64, f64) -> f64| flat.iter().map(of).reduce(pick).unwrap_or(0.0);
    let (west, east) = (bound(|p| p.0, f64::min), bound(|p| p.0, f64::max));
    let (south, north) = (bound(|p| p.1, f64::min), bound(|p| p.1, f64::max));
    let room = (HEIGHT - 3.0 * EDGE).min(WIDTH - 2.0 * EDGE);
    let scale = room / (east - west).max(north - south).max(1e-6);
    let title = language.pick("Where the places lie", "地点分布");
    let described = language.pick("The table below has every point.", "各点见下表。");
    let mut svg = Svg::new("map", title, described, (WIDTH, HEIGHT));
    svg.frame((1.0, 1.0), (WIDTH - 2.0, HEIGHT - 2.0), "#fff", LIGHT);
    for (point, (x, y)) in points.iter().zip(&flat) {
        let at = (WIDTH / 2.0 + (x - (west + east) / 2.0) * scale, EDGE + (north - y) * scale);
        mark(&mut svg, at, point.ever, point.waited);
        if points.len() <= NAMES {
            let name = named(&point.name);
            svg.text((at.0 + 9.0, at.1 + 4.0), 11.0, Anchor::Start, DARK, name.in_language(language));
        }
    }
    let legend = [
        (true, 0, language.pick("visited within 120 days", "120天内走访过")),
        (true, LONG + 1, language.pick("longer ago", "更早")),
        (false, 0, language.pick("not yet", "尚未走访")),
    ];
    for (number, (ever, waited, text)) in legend.into_iter().enumerate() {
        let at = (EDGE + 230.0 * number as f64, HEIGHT - 18.0);
        mark(&mut svg, at, ever, waited);
        svg.text((at.0 + 12.0, at.1 + 4.0), 13.0, Anchor::Start, DARK, text);
    }
    svg.finish()
}

fn mark(svg: &mut Svg, (x, y): (f64, f64), ever: bool, waited: i64) {
    match (ever, waited > LONG) {
        (true, false) => svg.rect((x - 4.5, y - 4.5), (9.0, 9.0), BLUE),
        (true, true) => svg.frame((x - 4.5, y - 4.5), (9.0, 9.0), "#fff", BLUE),
        (false, _) => {
            svg.line((x - 5.0, y - 5.0), (x + 5.0, y + 5.0), DARK, 2.0);
            svg.line((x - 5.0, y + 5.0), (x + 5.0, y - 5.0), DARK, 2.0);
        }
    }
}
