//! A page of an office mail, rendered twice: as text and as HTML of the same content.
//!
//! Both come from one structure, so nothing can stand in the HTML alone. HTML is one column with
//! inline styles, tables with caption and header cells, no images, scripts or links.

use super::columns::{GLUE, WIDTH, columns, flat, wrap};
use super::{HeaderText, Languages};
use crate::model::{Language, Said};
use askama::Template;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// First what to do and by when; no place.
    pub lead: Vec<Said>,
    pub sections: Vec<Section>,
    pub foot: Vec<Said>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub heading: Said,
    pub paragraphs: Vec<Said>,
    pub table: Option<Table>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub caption: Said,
    pub columns: Vec<Said>,
    /// The first cell of a row is its header.
    pub rows: Vec<Vec<Said>>,
}

/// A text that is the same in both languages: codes, names, times.
pub fn plain(text: &str) -> Said {
    Said::new(text, text)
}

/// Text (lines under 78 columns) and HTML. `Err` only where a template fails to render.
pub fn render(page: &Page, subject: &HeaderText, languages: Languages) -> (String, Option<String>) {
    let view = View {
        lang: match languages {
            Languages::Both => Language::En.tag(),
            Languages::One(language) => language.tag(),
        },
        title: subject.as_str(),
        lead: spoken_all(languages, &page.lead),
        sections: page.sections.iter().map(|section| SectionView::of(languages, section)).collect(),
        foot: spoken_all(languages, &page.foot),
    };
    (text(page, languages), view.render().ok())
}

/// A page to print: the same content without tables, under a title and a head, with lines to fill in by hand.
/// `None` only where a template fails to render.
pub(super) fn print(
    page: &Page,
    title: &HeaderText,
    head: &Said,
    blanks: &[Said],
    languages: Languages,
) -> Option<String> {
    let view = PrintView {
        lang: match languages {
            Languages::Both => Language::En.tag(),
            Languages::One(language) => language.tag(),
        },
        title: title.as_str(),
        head: distinct(languages, head),
        lead: spoken_all(languages, &page.lead),
        sections: page.sections.iter().map(|section| SectionView::of(languages, section)).collect(),
        foot: spoken_all(languages, &page.foot),
        blanks: spoken_all(languages, blanks),
    };
    view.render().ok()
}

fn text(page: &Page, languages: Languages) -> String {
    let mut out = paragraphs(languages, &page.lead);
    for section in &page.sections {
        out.push(String::new());
        out.extend(wrap(&languages.inline(&section.heading), 0, 3));
        out.extend(paragraphs(languages, &section.paragraphs));
        if let Some(table) = &section.table {
            if table.caption != section.heading {
                out.extend(wrap(&languages.inline(&table.caption), 0, 3));
            }
            out.extend(row(languages, &table.columns));
            out.extend(table.rows.iter().flat_map(|cells| row(languages, cells)));
        }
    }
    if !page.foot.is_empty() {
        out.push("--".to_owned());
        out.extend(paragraphs(languages, &page.foot));
    }
    out.join("\n") + "\n"
}

fn paragraphs(languages: Languages, texts: &[Said]) -> Vec<String> {
    texts.iter().flat_map(|said| distinct(languages, said)).flat_map(|(_, text)| wrap(&text, 0, 0)).collect()
}

fn row(languages: Languages, cells: &[Said]) -> Vec<String> {
    let glue = GLUE.to_string();
    let cells = cells.iter().map(|cell| match languages.inline(cell) {
        empty if empty.is_empty() => "-".to_owned(),
        // A short cell moves to the next line as a whole.
        short if columns(&short) <= WIDTH - 6 - 2 => short.replace(' ', &glue),
        long => long,
    });
    wrap(&cells.collect::<Vec<_>>().join(&format!("{glue}| ")), 3, 6)
}

/// A text with its language; once where both are the same.
fn distinct(languages: Languages, said: &Said) -> Vec<(&'static str, String)> {
    let mut texts: Vec<_> = languages.list().into_iter().map(|l| (l.tag(), flat(said.in_language(l)))).collect();
    texts.dedup_by(|a, b| a.1 == b.1);
    texts
}

fn spoken_all(languages: Languages, texts: &[Said]) -> Vec<Spoken> {
    texts.iter().map(|said| distinct(languages, said)).collect()
}

type Spoken = Vec<(&'static str, String)>;

/// How a cell may break on a narrow phone: a time or a number not at all, a hash anywhere, the rest
/// between words.
fn whole(cell: &Spoken) -> &'static str {
    const SHORT: usize = 12;
    const LONG_WORD: usize = 20;
    let has_long_word = || {
        cell.iter()
            .flat_map(|(_, text)| text.split(' '))
            .any(|word| word.chars().filter(char::is_ascii).count() > LONG_WORD)
    };
    match cell.iter().map(|(_, text)| columns(text)).sum::<usize>() <= SHORT {
        true => ";white-space:nowrap",
        false if has_long_word() => ";word-break:break-word",
        false => "",
    }
}

#[derive(Template)]
#[template(path = "page.html")]
struct View<'a> {
    lang: &'static str,
    title: &'a str,
    lead: Vec<Spoken>,
    sections: Vec<SectionView>,
    foot: Vec<Spoken>,
}

#[derive(Template)]
#[template(path = "print.html")]
struct PrintView<'a> {
    lang: &'static str,
    title: &'a str,
    head: Spoken,
    lead: Vec<Spoken>,
    sections: Vec<SectionView>,
    foot: Vec<Spoken>,
    blanks: Vec<Spoken>,
}

struct SectionView {
    heading: Spoken,
    paragraphs: Vec<Spoken>,
    table: Option<TableView>,
}

struct TableView {
    caption: Spoken,
    columns: Vec<Spoken>,
    rows: Vec<Vec<Spoken>>,
}

impl SectionView {
    /// Whether the heading is said by the caption alone.
    fn heads_its_table(&self) -> bool {
        self.paragraphs.is_empty() && self.table.as_ref().is_some_and(|table| table.caption == self.heading)
    }

    fn of(languages: Languages, section: &Section) -> SectionView {
        SectionView {
            heading: distinct(languages, &section.heading),
            paragraphs: spoken_all(languages, &section.paragraphs),
            table: section.table.as_ref().map(|table| TableView {
                caption: distinct(languages, &table.caption),
                columns: spoken_all(languages, &table.columns),
                rows: table.rows.iter().map(|cells| spoken_all(languages, cells)).collect(),
            }),
        }
    }
}
