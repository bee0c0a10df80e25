//! A drawing as text: the few shapes that plots are made of.

use std::fmt::Write;

/// Dark, middle and light are told apart in grey too.
pub const DARK: &str = "#1a1a1a";
pub const BLUE: &str = "#3f6fb0";
pub const LIGHT: &str = "#d9dfe8";
pub const GREY: &str = "#6b6b6b";

pub struct Svg {
    id: String,
    title: String,
    description: String,
    width: f64,
    height: f64,
    body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    /// The description says in words what the drawing shows.
    pub fn new(id: &str, title: &str, description: &str, (width, height): (f64, f64)) -> Svg {
        let (title, description) = (escaped(title), escaped(description));
        Svg { id: id.to_owned(), title, description, width, height, body: String::new() }
    }

    // Writing to a String cannot fail.

    pub fn rect(&mut self, (x, y): (f64, f64), (w, h): (f64, f64), fill: &str) {
        let _ = write!(self.body, r#"<rect x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}" fill="{fill}"/>"#);
    }

    pub fn frame(&mut self, (x, y): (f64, f64), (w, h): (f64, f64), fill: &str, stroke: &str) {
        let _ = write!(
            self.body,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}" fill="{fill}" stroke="{stroke}"/>"#
        );
    }

    pub fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str, width: f64) {
        let _ = write!(
            self.body,
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{stroke}" stroke-width="{width}"/>"#
        );
    }

    pub fn dashes(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str) {
        let _ = write!(
            self.body,
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{stroke}" stroke-dasharray="4 3"/>"#
        );
    }

    pub fn text(&mut self, (x, y): (f64, f64), size: f64, anchor: Anchor, fill: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        let _ = write!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{text}</text>"#
        );
    }

    /// Along the vertical axis.
    pub fn upright(&mut self, (x, y): (f64, f64), size: f64, text: &str) {
        let text = escaped(text);
        let _ = write!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" text-anchor="middle" fill="{DARK}" transform="rotate(-90 {x:.1} {y:.1})">{text}</text>"#
        );
    }

    pub fn finish(self) -> String {
        let Svg { id, title, description, width, height, body } = self;
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" role="img" aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>{body}</svg>"#
        )
    }
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Steps of 1, 2 or 5 times a power of ten: at most `count` of them up to `most`.
pub fn step(most: f64, count: f64) -> f64 {
    let rough = (most / count).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0].iter().map(|m| m * power).find(|step| *step >= rough).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!([7.0, 30.0, 99.0, 410.0].map(|most| step(most, 5.0)), [2.0, 10.0, 20.0, 100.0]);
        assert!((step(0.043, 5.0) - 0.01).abs() < 1e-12);
    }

    #[test]
    fn text_cannot_become_markup() {
        let mut svg = Svg::new("a", "<b>", "d", (10.0, 10.0));
        svg.text((0.0, 0.0), 12.0, Anchor::Start, DARK, "1 < 2 & \"3\"");
        let out = svg.finish();
        assert!(out.contains("&lt;b&gt;") && out.contains("1 &lt; 2 &amp; &quot;3&quot;"));
    }
}
