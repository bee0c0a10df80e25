//! A page while it is written, from its title to its last table. Every table of it is a workbook at the same address.

use super::form::{self, Form};
use super::listing;
use super::parts::{Event, FactsView, Heat, Marks, Tile, TileView, Tiles, Timeline, Todo, TodoItem, TodoView};
use super::shell::{self, Inside, Tab};
use crate::console::report;
use crate::console::shown::{Asked, Page, Shown};
use crate::measure::document::Section;
use crate::model::{Language, Said, Trouble};
use crate::said;
use crate::work::{Done, Failure};
use askama::Template;
use std::fmt::Write;

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub struct Draft<'a> {
    pub asked: &'a Asked<'a>,
    tab: Tab,
    address: String,
    title: String,
    body: String,
    tables: Vec<Section>,
    forms: usize,
    /// Whether the page tells who is to be visited or rung.
    pub targets: bool,
    /// A part that is open, with its own heading.
    section: bool,
    /// The last heading.
    heading: String,
    /// Some part could not be rendered.
    broken: bool,
}

impl<'a> Draft<'a> {
    pub fn new(asked: &'a Asked<'a>, tab: Tab, address: impl Into<String>, title: &Said) -> Draft<'a> {
        Draft {
            title: title.in_language(asked.viewer.language).to_owned(),
            asked,
            tab,
            address: address.into(),
            body: String::new(),
            tables: Vec::new(),
            forms: 0,
            targets: false,
            section: false,
            heading: String::new(),
            broken: false,
        }
    }

    pub fn language(&self) -> Language {
        self.asked.viewer.language
    }

    pub fn say(&self, said: &Said) -> String {
        said.in_language(self.language()).to_owned()
    }

    // Writing to a String cannot fail.

    pub fn heading(&mut self, said: &Said) {
        self.close();
        let _ = writeln!(self.body, "<section><h2>{}</h2>", escaped(said.in_language(self.language())));
        self.section = true;
        self.heading = self.say(said);
    }

    pub(super) fn close(&mut self) {
        if self.section {
            self.body.push_str("</section>\n");
            self.section = false;
        }
    }

    pub fn lead(&mut self, said: &Said) {
        self.paragraph("lead", said);
    }

    pub fn line(&mut self, said: &Said) {
        self.paragraph("", said);
    }

    pub fn warning(&mut self, said: &Said) {
        self.paragraph("warning", said);
    }

    pub fn empty(&mut self, said: &Said) {
        self.paragraph("empty", said);
    }

    fn paragraph(&mut self, class: &str, said: &Said) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let _ = writeln!(self.body, "<p{class}>{}</p>", escaped(said.in_language(self.language())));
    }

    /// Lines as somebody wrote them.
    pub fn quoted(&mut self, text: &str) {
        let _ = writeln!(self.body, "<pre>{}</pre>", escaped(text));
    }

    /// Columns that stand under one another.
    pub fn preformatted(&mut self, text: &str) {
        let _ = writeln!(
            self.body,
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><pre class=\"columns\">{}</pre></div>",
            escaped(&self.say(&said!("Text in columns", "分栏文字"))),
            escaped(text)
        );
    }

    /// Ways to go from here.
    pub fn links(&mut self, links: &[(String, Said)]) {
        self.body.push_str("<p class=\"tools\">");
        for (href, said) in links {
            let _ =
                write!(self.body, "<a href=\"{}\">{}</a> ", escaped(href), escaped(said.in_language(self.language())));
        }
        self.body.push_str("</p>\n");
    }

    pub fn todo(&mut self, todo: &[Todo], empty: &Said) {
        self.close();
        let language = self.language();
        let heading = said!("To do", "待办");
        let view = TodoView {
            heading: format!("{}{}", heading.in_language(language), counted(todo.len(), language)),
            empty: self.say(empty),
            items: todo.iter().map(|one| TodoItem::of(one, language)).collect(),
        };
        self.put(&view);
    }

    pub fn tiles(&mut self, tiles: &[Tile]) {
        let language = self.language();
        self.put(&Tiles { tiles: tiles.iter().map(|tile| TileView::of(tile, language)).collect() });
    }

    pub fn facts(&mut self, facts: &[(Said, Said)]) {
        let facts = facts.iter().map(|(name, value)| (self.say(name), self.say(value))).collect();
        self.put(&FactsView { facts });
    }

    pub fn timeline(&mut self, events: &[Event]) {
        self.put(&Timeline { events });
    }

    /// A table; where it has no row, what that means.
    pub fn table(&mut self, section: Section, marks: &Marks, empty: &Said) {
        let xlsx = self.workbook_of(self.tables.len() + 1);
        let quiet = self.heading == section.heading.in_language(self.language());
        let form = (quiet, self.language());
        let view = listing::View::of(&section, marks, empty, (self.asked.csrf, xlsx), form);
        self.put(&view);
        self.tables.push(section);
    }

    /// A calendar by shades, with the table that its workbook has.
    pub(super) fn heat(&mut self, heat: &Heat, section: Section) {
        self.put(heat);
        let xlsx = self.workbook_of(self.tables.len() + 1);
        self.links(&[(xlsx, plain_excel(&section))]);
        self.tables.push(section);
    }

    pub fn form(&mut self, form: Form) {
        self.forms += 1;
        let level = if self.section { 3 } else { 2 };
        let view = form::View::of(form, (format!("f{}", self.forms), level), self.asked.csrf, self.language());
        self.put(&view);
    }

    /// A drawing, and under it the table that says the same.
    pub fn figure(&mut self, svg: &str, caption: &Said, section: Section) {
        let _ = writeln!(
            self.body,
            "<figure><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{svg}</div><figcaption>{}</figcaption></figure>",
            escaped(section.heading.in_language(self.language())),
            escaped(caption.in_language(self.language()))
        );
        self.fold(&said!("The same as a table", "以表格显示"));
        self.table(section, &Marks { wide: true, ..Marks::default() }, &said!("Nothing yet.", "暂无数据。"));
        self.unfold();
    }

    /// What follows is secondary: shown when asked for, until [`Draft::unfold`].
    pub fn fold(&mut self, summary: &Said) {
        let _ = writeln!(self.body, "<details><summary>{}</summary>", escaped(summary.in_language(self.language())));
    }

    pub fn unfold(&mut self) {
        self.body.push_str("</details>\n");
    }

    /// Markup of this room's own.
    pub(super) fn markup(&mut self, html: &str) {
        self.body.push_str(html);
    }

    fn put(&mut self, view: &impl Template) {
        self.broken |= view.render_into(&mut self.body).is_err();
    }

    fn workbook_of(&self, number: usize) -> String {
        let number = number.to_string();
        let kept = self.asked.query.iter().filter(|(name, _)| !["as", "table"].contains(&name.as_str()));
        let pairs = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        address(&self.address, pairs.chain([("as", "xlsx"), ("table", number.as_str())]))
    }

    /// The page, or the one table of it that was asked for.
    ///
    /// # Errors
    /// A table is longer than a sheet can hold.
    pub fn finish(mut self) -> Done<Shown> {
        self.close();
        if self.asked.query.get("as").is_some_and(|form| form == "xlsx") {
            return self.workbook();
        }
        let now = self.asked.ctx.now();
        let zone = self.asked.ctx.config.offices.first().map_or(chrono_tz::Tz::UTC, |office| office.zone);
        let at = now.in_zone(zone).format("%Y-%m-%d %H:%M").to_string();
        let address = &self.address;
        let foot = self.say(&said!("{address} · {at} ({zone})", "{address} · {at}（{zone}）"));
        let inside = Inside { tab: Some(self.tab), title: &self.title, body: &self.body, foot: &foot };
        let html = shell::page(self.asked, &inside).filter(|_| !self.broken).ok_or_else(unrendered)?;
        Ok(Shown::Page(Page { html, targets: self.targets }))
    }

    fn workbook(self) -> Done<Shown> {
        let wanted = self.asked.query.get("table").and_then(|n| n.parse::<usize>().ok()).unwrap_or(1);
        let Some(section) = wanted.checked_sub(1).and_then(|at| self.tables.get(at)) else { return Ok(Shown::Missing) };
        let bytes = report::one_table(section, self.language()).map_err(Trouble::new)?;
        let Some(bytes) = bytes else { return Ok(Shown::Missing) };
        let name = format!("{}-{}.xlsx", self.tab.address().trim_start_matches('/'), section.code);
        Ok(Shown::File { name, media: XLSX, bytes })
    }
}

fn plain_excel(section: &Section) -> Said {
    let Said { en, zh } = &section.heading;
    said!("Excel · {en}", "Excel · {zh}")
}

fn unrendered() -> Failure {
    Trouble::new(said!("the page could not be made", "页面无法生成")).into()
}

fn counted(n: usize, language: Language) -> String {
    match (n, language) {
        (0, _) => String::new(),
        (n, Language::En) => format!(" ({n})"),
        (n, Language::ZhHans) => format!("（{n}）"),
    }
}

/// An address with what is asked there.
pub fn address<'q>(path: &str, query: impl IntoIterator<Item = (&'q str, &'q str)>) -> String {
    let pairs: Vec<String> =
        query.into_iter().filter(|(_, value)| !value.is_empty()).map(|(k, v)| format!("{k}={}", encoded(v))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// As it stands in an address: all but letters, digits and `-._~` by their bytes.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_whatever_was_asked() {
        assert_eq!(address("/flags", [("state", "open"), ("region", "")]), "/flags?state=open");
        assert_eq!(address("/record", [("key", "a&b=村")]), "/record?key=a%26b%3D%E6%9D%91");
        assert_eq!(escaped("<a title='x'>"), "&lt;a title=&#39;x&#39;&gt;");
    }
}
