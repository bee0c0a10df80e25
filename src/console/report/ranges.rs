//! Shares with their ranges: a point and a whisker a row.

use crate::console::svg::{Anchor, BLUE, DARK, LIGHT, Svg, step};

const WIDTH: f64 = 760.0;
const SMALL: f64 = 11.0;
const USUAL: f64 = 13.0;

/// All between 0 and 1.
pub struct Range {
    pub name: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
    /// Beside the whisker.
    pub note: String,
}

pub struct Ranges<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub across: &'a str,
    pub rows: &'a [Range],
}

pub fn ranges(plot: &Ranges<'_>) -> String {
    let (left, right, top, each) = (292.0, 162.0, 14.0, 28.0);
    let floor = top + each * plot.rows.len() as f64;
    let mut svg = Svg::new(plot.id, plot.title, plot.description, (WIDTH, floor + 46.0));
    let furthest = plot.rows.iter().map(|row| row.high).fold(0.01, f64::max);
    let step = step(furthest, 5.0);
    let full = ((furthest / step).ceil() * step).min(1.0);
    let x = |share: f64| left + share / full * (WIDTH - left - right);
    let mut tick = 0.0;
    while tick <= full + step / 4.0 {
        svg.line((x(tick), top), (x(tick), floor), LIGHT, 1.0);
        svg.text((x(tick), floor + 15.0), SMALL, Anchor::Middle, DARK, &percent(tick));
        tick += step;
    }
    for (i, row) in plot.rows.iter().enumerate() {
        let middle = top + each * (i as f64 + 0.5);
        svg.text((left - 10.0, middle + 4.0), USUAL, Anchor::End, DARK, &fitted(&row.name, left - 14.0));
        svg.line((x(row.low), middle), (x(row.high), middle), DARK, 2.0);
        for end in [row.low, row.high] {
            svg.line((x(end), middle - 5.0), (x(end), middle + 5.0), DARK, 2.0);
        }
        svg.rect((x(row.value) - 4.5, middle - 4.5), (9.0, 9.0), BLUE);
        svg.text((WIDTH - right + 10.0, middle + 4.0), SMALL, Anchor::Start, DARK, &row.note);
    }
    svg.line((left, floor), (WIDTH - right, floor), DARK, 1.0);
    svg.text((left + (WIDTH - left - right) / 2.0, floor + 36.0), USUAL, Anchor::Middle, DARK, plot.across);
    svg.finish()
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let whole = (percent - percent.round()).abs() < 1e-9;
    if whole { format!("{percent:.0} %") } else { format!("{percent:.1} %") }
}

/// As much of a name as there is room for; the table has the whole.
fn fitted(name: &str, room: f64) -> String {
    let wide = |c: char| if c.is_ascii() { 6.6 } else { 13.0 };
    if name.chars().map(wide).sum::<f64>() <= room {
        return name.to_owned();
    }
    let mut left = room - wide('…');
    let fits = |c: &char| {
        left -= wide(*c);
        left >= 0.0
    };
    name.chars().take_while(fits).chain(['…']).collect()
}
