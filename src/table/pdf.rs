//! Tables on paper: A4 pages with lines to write on, from rows and a font that has their letters.
//!
//! The same rows and font give the same bytes: no date and no chance is in them.

use crate::model::Said;
use crate::said;
use krilla::Document;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};

/// A4, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 34.0;
const TEXT: f32 = 9.0;
const HEADING: f32 = 13.0;
/// From one line to the next.
const LEADING: f32 = 1.35;
const PADDING: f32 = 3.0;
/// A row has room for a hand.
const LEAST_ROW: f32 = 24.0;

/// A font that is embedded as far as its letters are used.
#[derive(Clone)]
pub struct PdfFont(Font);

impl PdfFont {
    /// From the bytes of a file; `index` of a collection. `None`: this is no font.
    pub fn read(bytes: Vec<u8>, index: u32) -> Option<PdfFont> {
        Font::new(bytes.into(), index).map(PdfFont)
    }
}

impl std::fmt::Debug for PdfFont {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PdfFont(…)")
    }
}

/// What is printed.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    /// Of the file, and at the foot of every page; no place, no person.
    pub name: String,
    pub title: Vec<String>,
    /// Each begins on a page of its own.
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, Default)]
pub struct Part {
    pub heading: String,
    /// Above the first row.
    pub lead: Vec<String>,
    pub header: Vec<String>,
    /// Of the columns, in shares of the page.
    pub widths: Vec<f32>,
    pub rows: Vec<Vec<String>>,
    /// Below the last row.
    pub foot: Vec<String>,
}

/// Something on a page; `y` from the top.
enum Ink {
    Text { x: f32, y: f32, size: f32, text: String },
    Line { from: (f32, f32), to: (f32, f32) },
}

struct Setting<'p> {
    paper: &'p Paper,
    pages: Vec<Vec<Ink>>,
    y: f32,
}

/// # Errors
/// The font cannot be embedded.
pub fn paper_pdf(paper: &Paper, font: &PdfFont) -> Result<Vec<u8>, Said> {
    let mut setting = Setting { paper, pages: Vec::new(), y: MARGIN };
    for part in &paper.parts {
        setting.part(part);
    }
    let unusable = |why: String| {
        said!(
            "the sheet could not be made as PDF ({why}): name another font as pdf_font",
            "无法生成PDF表（{why}）：请用pdf_font另指定字体"
        )
    };
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(paper.name.clone()));
    let of = setting.pages.len();
    for (number, page) in (1..).zip(&setting.pages) {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| unusable("A4".to_owned()))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        page.iter().for_each(|ink| draw(&mut surface, ink, font));
        let foot = Ink::Text {
            x: MARGIN,
            y: HEIGHT - MARGIN + 12.0,
            size: TEXT,
            text: format!("{}   {number} / {of}", paper.name),
        };
        draw(&mut surface, &foot, font);
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| unusable(format!("{error:?}")))
}

impl Setting<'_> {
    fn part(&mut self, part: &Part) {
        self.page();
        self.lines(&part.heading, HEADING);
        let paper = self.paper;
        for line in paper.title.iter().chain(&part.lead) {
            self.lines(line, TEXT);
        }
        self.y += 6.0;
        self.row(part, &part.header);
        for row in &part.rows {
            self.row(part, row);
        }
        self.y += 8.0;
        for line in &part.foot {
            self.lines(line, TEXT);
        }
    }

    fn page(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    fn ink(&mut self, ink: Ink) {
        if let Some(page) = self.pages.last_mut() {
            page.push(ink);
        }
    }

    /// A paragraph across the page.
    fn lines(&mut self, text: &str, size: f32) {
        for text in wrapped(text, WIDTH - 2.0 * MARGIN, size) {
            if self.y + size * LEADING > HEIGHT - MARGIN {
                self.page();
            }
            self.y += size * LEADING;
            let y = self.y;
            self.ink(Ink::Text { x: MARGIN, y, size, text });
        }
    }

    /// A row is never cut in two: what has no room begins the next page, under the header.
    fn row(&mut self, part: &Part, cells: &[String]) {
        let columns = columns(&part.widths);
        let of_cell = |at: usize| {
            let cell = cells.get(at).map_or("", String::as_str);
            columns.get(at).map_or_else(Vec::new, |(from, to)| wrapped(cell, to - from - 2.0 * PADDING, TEXT))
        };
        let texts: Vec<Vec<String>> = (0..columns.len()).map(of_cell).collect();
        let most = texts.iter().map(Vec::len).max().unwrap_or(0);
        let height = (most as f32 * TEXT * LEADING + 2.0 * PADDING).max(LEAST_ROW);
        if self.y + height > HEIGHT - MARGIN {
            self.page();
            if cells != part.header.as_slice() {
                self.row(part, &part.header);
            }
        }
        let (top, bottom) = (self.y, self.y + height);
        for ((from, to), lines) in columns.iter().zip(texts) {
            for (number, text) in (1..).zip(lines) {
                let y = top + PADDING + number as f32 * TEXT * LEADING - 2.0;
                self.ink(Ink::Text { x: from + PADDING, y, size: TEXT, text });
            }
            for (a, b) in [((*from, top), (*from, bottom)), ((*to, top), (*to, bottom))] {
                self.ink(Ink::Line { from: a, to: b });
            }
        }
        for y in [top, bottom] {
            self.ink(Ink::Line { from: (MARGIN, y), to: (WIDTH - MARGIN, y) });
        }
        self.y = bottom;
    }
}

/// Left and right of each column.
fn columns(widths: &[f32]) -> Vec<(f32, f32)> {
    let all: f32 = widths.iter().sum();
    let mut x = MARGIN;
    let column = |width: &f32| {
        let from = x;
        x += width / all * (WIDTH - 2.0 * MARGIN);
        (from, x)
    };
    widths.iter().map(column).collect()
}

fn draw(surface: &mut Surface<'_>, ink: &Ink, font: &PdfFont) {
    match ink {
        Ink::Text { text, .. } if text.trim().is_empty() => {}
        Ink::Text { x, y, size, text } => {
            surface.set_stroke(None);
            let (at, font) = (Point::from_xy(*x, *y), font.0.clone());
            surface.draw_text(at, font, *size, text, false, TextDirection::LeftToRight);
        }
        Ink::Line { from, to } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            surface.set_stroke(Some(Stroke { width: 0.5, opacity: NormalizedF32::ONE, ..Stroke::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

/// In ems, on the safe side: a line may end early, and is never cut.
fn em(c: char) -> f32 {
    match c {
        'W' | 'M' | 'm' | 'w' | '@' | '%' | '—' | '…' => 1.0,
        'A'..='Z' => 0.72,
        ' ' | 'i' | 'j' | 'l' | 't' | 'f' | '.' | ',' | ':' | ';' | '|' | '(' | ')' | '[' | ']' | '/' => 0.42,
        '\u{0}'..='\u{24f}' => 0.6,
        _ => 1.0,
    }
}

/// May stand at the end or the beginning of a line, whatever is beside it.
fn is_wide(c: char) -> bool {
    c >= '\u{2e80}'
}

/// Broken at blanks, between Chinese characters anywhere, within a word only where it is wider than the line.
fn wrapped(text: &str, width: f32, size: f32) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
    for word in words(text) {
        let wide: f32 = word.chars().map(em).sum::<f32>() * size;
        if used + wide > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0.0;
        }
        for c in word.chars() {
            if c == ' ' && line.is_empty() {
                continue;
            }
            if used + em(c) * size > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(c);
            used += em(c) * size;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Runs of letters with the blank before them; every wide character by itself, closing marks with what they close.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        let closes = "，。；：、）】》！？,.;:)!?".contains(c);
        let joins = |last: &String| {
            let before = last.chars().next_back().unwrap_or(' ');
            closes || (c != ' ' && !is_wide(c) && !is_wide(before))
        };
        match words.last_mut().filter(|last| joins(last)) {
            Some(last) => last.push(c),
            None => words.push(c.to_string()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_before_they_are_cut_and_nothing_is_lost() {
        let text = "V1 VISIT 09:00-11:30 滨河村 Binhe village, 青山镇 Qingshan township; 请于当日核实，并注明时间。";
        let lines = wrapped(text, 100.0, 9.0);
        for line in &lines {
            assert!(line.chars().map(em).sum::<f32>() * 9.0 <= 100.0 + 9.0, "{line}");
            assert!(!line.starts_with('，') && !line.starts_with(' '), "{line}");
        }
        let whole = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
        assert_eq!(whole(&lines.concat()), whole(text));
        assert!(lines.iter().any(|line| line.contains("township")), "no word is broken: {lines:?}");
        assert_eq!(wrapped("", 100.0, 9.0).len(), 0);
        assert_eq!(wrapped(&"x".repeat(60), 100.0, 9.0).concat().len(), 60);
    }

    #[test]
    fn a_row_without_room_begins_the_next_page_under_the_header() {
        let rows: Vec<Vec<String>> = (0..60).map(|n| vec![format!("V{n}"), "滨河村".to_owned()]).collect();
        let paper = Paper {
            name: "Spotcheck K7Q2M".into(),
            title: vec!["x".into()],
            parts: vec![Part {
                heading: "走访单".into(),
                lead: Vec::new(),
                header: vec!["code".into(), "what".into()],
                widths: vec![1.0, 4.0],
                rows,
                foot: Vec::new(),
            }],
        };
        let mut setting = Setting { paper: &paper, pages: Vec::new(), y: MARGIN };
        setting.part(&paper.parts[0]);
        assert!(setting.pages.len() > 1);
        for page in &setting.pages {
            let texts = || {
                page.iter().filter_map(|ink| match ink {
                    Ink::Text { text, y, .. } => Some((text, y)),
                    Ink::Line { .. } => None,
                })
            };
            assert!(texts().any(|(text, _)| text == "code"), "every page has the header");
            assert!(texts().all(|(_, y)| *y <= HEIGHT - MARGIN), "nothing stands below the page");
        }
    }
}
