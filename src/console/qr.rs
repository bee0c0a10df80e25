//! A text as a square of dark and light that telephones read.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around it, without which readers do not find it.
const QUIET: usize = 4;

/// The square as SVG; `label` says what it is. `None`: the text is too long for one.
pub fn square(text: &str, label: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in (QUIET..).zip(colors.chunks(width)) {
        let mut x = QUIET;
        for run in row.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{x} {y}h{0}v1h-{0}z", run.len());
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    let label = super::svg::escaped(label);
    Some(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark modules of a square, as its path draws them.
    fn dark(svg: &str) -> Vec<(usize, usize)> {
        let path = svg.rsplit_once("<path d=\"").unwrap().1.split('"').next().unwrap();
        let mut found = Vec::new();
        for run in path.split('M').skip(1) {
            let (at, rest) = run.split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let long: usize = rest.split('v').next().unwrap().parse().unwrap();
            found.extend((x..x + long).map(|x| (x - QUIET, y - QUIET)));
        }
        found
    }

    #[test]
    fn what_is_drawn_is_what_the_text_makes() {
        let text = "otpauth://totp/Spotcheck:wangmin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Spotcheck";
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let meant = code.to_colors();
        let meant = meant.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
        let meant: Vec<_> = meant.map(|(at, _)| (at % code.width(), at / code.width())).collect();
        assert_eq!(dark(&square(text, "a key").unwrap()), meant);
    }

    #[test]
    fn a_label_is_no_markup_and_a_book_is_no_square() {
        assert!(square("x", "<b>\"").unwrap().contains("aria-label=\"&lt;b&gt;&quot;\""));
        assert!(square(&"x".repeat(5000), "").is_none());
    }
}
