//! HTML to lines (REPLIES 4): every block, br, tr and li ends a line, cells are joined by a blank,
//! and what is a quote by markup comes out as quoted lines.

use super::entity::entity;

/// One pass over the text; nothing in it is ever looked at twice.
pub fn to_lines(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        page.text(text);
        rest = page.tag(tag);
    }
    page.text(rest);
    page.end_line();
    page.out
}

#[derive(Default)]
struct Page {
    out: String,
    line: String,
    /// Quote depth within blockquotes.
    depth: usize,
    /// How many divs are open, and at which of them a quote by markup began.
    divs: usize,
    quotes: Vec<usize>,
    /// After Outlook's divider everything is the quoted mail.
    rest_is_quote: bool,
    preformatted: usize,
    blank: bool,
    /// An element that nobody sees, or that was struck out, and how many of its name are open within it.
    unseen: Option<(String, usize)>,
    /// Rows of tables that are open, the innermost last.
    rows: Vec<Row>,
    tables: usize,
}

/// A row of a table.
#[derive(Default)]
struct Row {
    /// How many tables were open where it began.
    table: usize,
    /// Where it began in [`Page::out`].
    start: usize,
    /// Cells with something in them that are done.
    cells: usize,
    /// One of them had several lines.
    broken: bool,
    /// Lines of the cell that is open, and whether the last one has begun.
    lines: usize,
    in_line: bool,
}

impl Row {
    fn end_cell(&mut self) {
        self.cells += usize::from(self.lines > 0);
        self.broken |= self.lines > 1;
        (self.lines, self.in_line) = (0, false);
    }
}

/// Tables in tables that are looked at.
const DEEPEST_ROW: usize = 20;

impl Page {
    fn text(&mut self, raw: &str) {
        if self.unseen.is_some() {
            return;
        }
        if self.preformatted == 0 && raw.bytes().all(|b| b.is_ascii_whitespace()) {
            self.blank |= !raw.is_empty();
            return;
        }
        let mut chars = raw.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '&' => {
                    let (decoded, length) = entity(raw.get(at..).unwrap_or_default());
                    if length > 1 {
                        chars.nth(length - 2);
                    }
                    self.word(decoded);
                }
                '\n' if self.preformatted > 0 => self.end_line(),
                c if c.is_ascii_whitespace() => self.blank = true,
                c => self.word(c),
            }
        }
    }

    fn word(&mut self, c: char) {
        if std::mem::take(&mut self.blank) && !self.line.is_empty() {
            self.line.push(' ');
        }
        self.line.push(c);
        if !c.is_whitespace() {
            for row in self.rows.iter_mut().filter(|row| !row.in_line) {
                (row.lines, row.in_line) = (row.lines + 1, true);
            }
        }
    }

    /// Ends the rows of the table that is open. Its cells become one line, also where blocks stand in them; of a
    /// cell with several lines beside another one nobody can tell which belongs to which, and a slash says so.
    fn end_rows(&mut self) {
        while let Some(row) = self.rows.pop_if(|row| row.table >= self.tables) {
            self.end_row(row);
        }
    }

    fn end_row(&mut self, mut row: Row) {
        row.end_cell();
        let lines = self.out.get(row.start..).unwrap_or_default();
        if row.cells > 1 && !lines.starts_with('>') {
            let one = lines.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(if row.broken {
                " / "
            } else {
                " "
            });
            self.out.truncate(row.start);
            self.out.push_str(&one);
            self.out.push('\n');
        }
    }

    fn end_line(&mut self) {
        self.blank = false;
        self.rows.iter_mut().for_each(|row| row.in_line = false);
        if self.line.trim().is_empty() {
            self.line.clear();
            return;
        }
        let depth = self.depth + self.quotes.len() + usize::from(self.rest_is_quote);
        self.out.extend(std::iter::repeat_n('>', depth.min(50)));
        if depth > 0 {
            self.out.push(' ');
        }
        self.out.push_str(&self.line);
        self.out.push('\n');
        if depth > 0 {
            // Nothing was broken here because a line grew too long.
            self.out.push('\n');
        }
        self.line.clear();
    }

    /// Takes one tag, comment or declaration from the front and returns what follows it.
    fn tag<'a>(&mut self, from: &'a str) -> &'a str {
        if let Some(comment) = from.strip_prefix("<!--") {
            return comment.find("-->").map_or("", |end| comment.get(end + 3..).unwrap_or_default());
        }
        let inner = from.get(1..).unwrap_or_default();
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            self.word('<');
            return inner;
        }
        let Some(end) = tag_end(inner) else { return "" };
        let (tag, after) = inner.split_at(end);
        let after = after.get(1..).unwrap_or_default();
        let (closing, tag) = match tag.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, tag),
        };
        let name_end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_end);
        let name = name.to_ascii_lowercase();
        if !closing && matches!(name.as_str(), "style" | "script" | "head" | "title" | "template") {
            return skip_element(after, &name);
        }
        if !self.is_unseen(&name, closing, attributes) {
            self.element(&name, closing, attributes);
        }
        after
    }

    /// Whether a tag belongs to an element of which nothing is taken: who wrote the mail did not see it, or
    /// struck it out.
    fn is_unseen(&mut self, name: &str, closing: bool, attributes: &str) -> bool {
        match &mut self.unseen {
            Some((of, open)) => {
                if *of == name {
                    *open = if closing { open.saturating_sub(1) } else { *open + 1 };
                }
                if *open == 0 {
                    self.unseen = None;
                    // What stands behind it is a word of its own.
                    self.blank = true;
                }
                true
            }
            None if closing || VOID.contains(&name) => false,
            None => {
                let hides = matches!(name, "s" | "del" | "strike" | "noscript" | "iframe") || hides(attributes);
                if hides {
                    self.unseen = Some((name.to_owned(), 1));
                }
                hides
            }
        }
    }

    fn element(&mut self, name: &str, closing: bool, attributes: &str) {
        match name {
            "td" | "th" => {
                self.blank = true;
                if let Some(row) = self.rows.last_mut() {
                    row.end_cell();
                }
            }
            "table" => {
                self.end_line();
                if closing {
                    self.end_rows();
                }
                self.tables = if closing { self.tables.saturating_sub(1) } else { self.tables + 1 };
            }
            "tr" => {
                self.end_line();
                self.end_rows();
                if !closing && self.rows.len() < DEEPEST_ROW {
                    self.rows.push(Row { table: self.tables, start: self.out.len(), ..Row::default() });
                }
            }
            "blockquote" => {
                self.end_line();
                self.depth = if closing { self.depth.saturating_sub(1) } else { self.depth + 1 };
            }
            "pre" => {
                self.end_line();
                self.preformatted = if closing { self.preformatted.saturating_sub(1) } else { self.preformatted + 1 };
            }
            _ if BLOCKS.contains(&name) => self.end_line(),
            _ => {}
        }
        if name == "div" && closing {
            self.divs = self.divs.saturating_sub(1);
            while self.quotes.last().is_some_and(|began| *began >= self.divs) {
                self.quotes.pop();
            }
        }
        if !closing && matches!(name, "div" | "hr") && attributes.len() < 2000 {
            let attributes = attributes.to_ascii_lowercase();
            let marked = |marks: &[&str]| marks.iter().any(|mark| attributes.contains(mark));
            self.rest_is_quote |= marked(REST_IS_QUOTE);
            if name == "div" && marked(QUOTES) && self.quotes.len() < 50 {
                self.quotes.push(self.divs);
            }
        }
        self.divs += usize::from(name == "div" && !closing);
    }
}

/// Ids of Outlook's dividers, with whatever it puts before them.
const REST_IS_QUOTE: &[&str] = &["divrplyfwdmsg", "appendonsend"];

/// Ids and classes of elements that are quotes, or the line above one, in any language. Not Gmail's own
/// `gmail_quote`: answers between quoted lines stand in it, and its quotes are blockquotes anyway.
const QUOTES: &[&str] = &[
    "gmail_attr",
    "moz-cite-prefix",
    "isreplycontent",
    "yahoo_quoted",
    "protonmail_quote",
    "zmail_extra",
    "olk_src_body_section",
    "ms-outlook-mobile-reference-message",
];

/// Elements without an end.
const VOID: &[&str] = &["br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source"];

fn hides(attributes: &str) -> bool {
    if attributes.len() > 2000 || attributes.is_empty() {
        return false;
    }
    let bare: String = attributes.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let word = attributes.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("hidden"));
    word || HIDING.iter().any(|style| bare.contains(style))
}

/// Styles of what is not seen or is struck out.
const HIDING: &[&str] = &[
    "display:none",
    "visibility:hidden",
    "line-through",
    "mso-hide:all",
    "font-size:0;",
    "font-size:0px",
    "opacity:0;",
];

const BLOCKS: &[&str] = &[
    "address", "article", "aside", "br", "center", "dd", "details", "dir", "div", "dl", "dt", "fieldset", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "section", "table",
    "tbody", "thead", "tfoot", "tr", "ul", "body", "html", "caption", "option",
];

/// Where the `>` of a tag is, quoted attribute values jumped over.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    let mut previous = '=';
    for (at, c) in tag.char_indices() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') && previous == '=' => quote = Some(c),
            None if c == '>' => return Some(at),
            None => {}
        }
        if !c.is_whitespace() {
            previous = c;
        }
    }
    // An unclosed quote: the first > ends the tag after all.
    tag.find('>')
}

fn skip_element<'a>(after: &'a str, name: &str) -> &'a str {
    let mut rest = after;
    while let Some(at) = rest.find("</") {
        let tail = rest.get(at + 2..).unwrap_or_default();
        if tail.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name)) {
            return tail.find('>').map_or("", |end| tail.get(end + 1..).unwrap_or_default());
        }
        rest = tail;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_or_what_was_struck_out_says_nothing() {
        for unseen in [
            "<div style=\"display: none\">C1 reached<div>C2 busy</div>C3 busy</div>later",
            "<p hidden>C1 reached</p>later",
            "<s>C1 reached</s> later",
            "<span style='text-decoration:line-through'>C1 <b>reached</b></span><br>later",
            "<noscript>C1 reached</noscript>later",
        ] {
            assert_eq!(to_lines(unseen), "later\n", "{unseen}");
        }
        assert_eq!(to_lines("C1 <del>busy</del> reached"), "C1 reached\n");
        assert_eq!(to_lines("<p style=\"font-size:0.9em\">C1 reached</p>"), "C1 reached\n");
    }

    #[test]
    fn cells_and_blocks_never_run_together() {
        assert_eq!(
            to_lines("<table><tr><td>C5</td><td>present</td></tr><tr><td>C6<td>no answer</table>"),
            "C5 present\nC6 no answer\n"
        );
        assert_eq!(
            to_lines("<div>V1 present</div><div>C1 busy<br>C2\n&nbsp;busy</div>"),
            "V1 present\nC1 busy\nC2 \u{a0}busy\n"
        );
        assert_eq!(to_lines("<ul><li>C1 占线<li>C2 <b>无人</b>接听</ul>"), "C1 占线\nC2 无人接听\n");
        assert_eq!(to_lines("a<p>b"), "a\nb\n");
    }

    #[test]
    fn quotes_by_markup_are_quoted_lines() {
        let html = "<p>mine</p><blockquote type=cite>theirs<blockquote>deep</blockquote></blockquote><p>below</p>";
        assert_eq!(to_lines(html), "mine\n> theirs\n\n>> deep\n\nbelow\n");
        let outlook = "<p>mine<hr><div id=\"divRplyFwdMsg\"><b>From:</b> desk<br></div><div>C1 CALL =&gt; busy</div>";
        assert_eq!(to_lines(outlook), "mine\n> From: desk\n\n> C1 CALL => busy\n\n");
    }

    #[test]
    fn what_is_not_text_is_skipped() {
        assert_eq!(
            to_lines(
                "<head><title>x</title></head><style>p{}</style><!-- C1 busy -->V1&#32;present &amp; &unknown; <3"
            ),
            "V1 present & &unknown; <3\n"
        );
        assert_eq!(to_lines("<pre>a\nb</pre><a title=\"1 > 0\">c</a><unclosed"), "a\nb\nc\n");
    }
}
