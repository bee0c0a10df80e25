//! A report before anybody has chosen how to look at it: headings, sentences, tables of typed cells, charts.
//!
//! Terminal, page, workbook and JSON are made from one document and compute nothing, so they cannot
//! contradict each other; a document that was stored is read again as it was. A chart has no figures of its
//! own: it names the columns of the table beside it.

use crate::model::{Days, Language, Said};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub kind: Kind,
    /// Id of the office that it is about.
    pub office: String,
    pub days: Days,
    pub title: Said,
    /// What a reader must know if he reads no further.
    pub lead: Vec<Said>,
    pub sections: Vec<Section>,
    /// How it was computed.
    pub notes: Vec<Said>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Period,
    Patterns,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    pub code: String,
    pub heading: Said,
    pub said: Vec<Said>,
    pub table: Option<Table>,
    pub chart: Option<Chart>,
    /// For reports upward alone; an office sees its own report without it.
    pub upward: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub code: String,
    pub name: Said,
    pub form: Form,
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    Words,
    Count,
    /// A share of 1, shown as a percentage with one decimal.
    Share,
    /// With one decimal.
    Number,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    Count(u64),
    Number(f64),
    Words(Said),
    /// Nothing can be said.
    Nothing,
}

/// Columns are named by their codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "chart", rename_all = "snake_case")]
pub enum Chart {
    /// A bar a row; with what was to be expected and twice its standard deviation, where there is that.
    Bars { label: String, value: String, expected: Option<[String; 2]> },
    /// A point and its range a row.
    Ranges { label: Vec<String>, value: String, low: String, high: String },
}

impl Section {
    pub fn new(code: &str, heading: Said) -> Section {
        Section { code: code.to_owned(), heading, said: Vec::new(), table: None, chart: None, upward: false }
    }

    #[must_use]
    pub fn saying(mut self, said: Said) -> Section {
        self.said.push(said);
        self
    }

    #[must_use]
    pub fn with(mut self, table: Table) -> Section {
        self.table = Some(table);
        self
    }

    #[must_use]
    pub fn drawn(mut self, chart: Chart) -> Section {
        self.chart = Some(chart);
        self
    }

    #[must_use]
    pub fn upward(mut self) -> Section {
        self.upward = true;
        self
    }
}

impl Table {
    pub fn new(columns: &[(&str, Form, Said)]) -> Table {
        let column = |(code, form, name): &(&str, Form, Said)| Column {
            code: (*code).to_owned(),
            name: name.clone(),
            form: *form,
        };
        Table { columns: columns.iter().map(column).collect(), rows: Vec::new() }
    }

    /// The cells of a column, from the first row to the last.
    pub fn column(&self, code: &str) -> Vec<&Cell> {
        let at = self.columns.iter().position(|column| column.code == code);
        at.map_or_else(Vec::new, |at| self.rows.iter().filter_map(|row| row.get(at)).collect())
    }
}

impl Cell {
    pub fn count(n: usize) -> Cell {
        Cell::Count(n as u64)
    }

    /// A number that is none is nothing.
    pub fn number(value: Option<f64>) -> Cell {
        value.filter(|value| value.is_finite()).map_or(Cell::Nothing, Cell::Number)
    }

    /// The same in both languages: names, codes.
    pub fn name(text: &str) -> Cell {
        Cell::Words(Said::new(text, text))
    }

    pub fn value(&self) -> Option<f64> {
        match self {
            Cell::Count(n) => Some(*n as f64),
            Cell::Number(value) => Some(*value),
            Cell::Words(_) | Cell::Nothing => None,
        }
    }

    pub fn shown(&self, form: Form, language: Language) -> String {
        match (self, form) {
            (Cell::Words(said), _) => said.in_language(language).to_owned(),
            (Cell::Nothing, _) => "-".to_owned(),
            (Cell::Count(n), _) => n.to_string(),
            (Cell::Number(share), Form::Share) => format!("{:.1} %", share * 100.0),
            (Cell::Number(value), _) => format!("{value:.1}"),
        }
    }
}

impl Document {
    /// Sections as they are shown to an office, or upward.
    pub fn sections(&self, upward: bool) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(move |section| upward || !section.upward)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said;

    #[test]
    fn a_stored_document_is_read_as_it_was() {
        let mut table =
            Table::new(&[("name", Form::Words, said!("name", "名称")), ("r", Form::Share, said!("rate", "比例"))]);
        table.rows = vec![
            vec![Cell::name("a"), Cell::Number(0.1 + 0.2)],
            vec![Cell::Words(said!("b", "乙")), Cell::Number(1.0)],
            vec![Cell::Nothing, Cell::Nothing],
        ];
        let chart = Chart::Bars { label: "name".into(), value: "r".into(), expected: None };
        let section = Section::new("s", said!("s", "节")).saying(said!("x", "甲")).with(table).drawn(chart).upward();
        let document = Document {
            kind: Kind::Period,
            office: "o".into(),
            days: Days::parse("2026-03").unwrap(),
            title: said!("t", "题"),
            lead: Vec::new(),
            sections: vec![section],
            notes: Vec::new(),
        };
        let text = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&text).unwrap(), document);
        let cells = document.sections[0].table.as_ref().unwrap().column("r");
        let shown: Vec<String> = cells.iter().map(|cell| cell.shown(Form::Share, Language::En)).collect();
        assert_eq!(shown, ["30.0 %", "100.0 %", "-"]);
        assert_eq!(Cell::number(Some(f64::NAN)), Cell::Nothing);
    }
}
