//! Reads a section of the tree field by field, and collects every trouble on the way.

use super::tree::{At, Entry, Node, Table};
use crate::model::{Said, Trouble};
use crate::said;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// How alike a wrong word and a right one must be before the right one is suggested.
const ALIKE: f64 = 0.75;

/// All that is wrong with one configuration.
pub struct Troubles {
    pub file: String,
    pub list: RefCell<Vec<Trouble>>,
}

impl Troubles {
    pub fn add(&self, at: &At, field: Option<String>, said: Said) {
        let mut trouble = Trouble::new(said);
        trouble = match at {
            At::Line(line) => trouble.in_file(&self.file).at_row(*line),
            At::Environment(name) => trouble.in_file(name),
        };
        trouble.field = field;
        self.list.borrow_mut().push(trouble);
    }
}

/// Where the fields of a section were written, for what only a look at the whole can find wrong.
pub struct Places {
    path: String,
    header: At,
    fields: BTreeMap<String, At>,
}

impl Places {
    pub fn trouble(&self, troubles: &Troubles, key: &str, said: Said) {
        let at = self.fields.get(key).unwrap_or(&self.header);
        troubles.add(at, Some(self.below(key)), said);
    }

    fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// A section as read. Its id is kept even where the rest is in trouble, so that one fault is told once.
pub struct Placed<Id, T> {
    pub id: Option<Id>,
    pub item: Option<T>,
    pub places: Places,
}

/// One section. Every field is asked for once; [`Section::finish`] tells of those nobody asked for.
pub struct Section<'t> {
    pub troubles: &'t Troubles,
    places: Places,
    fields: Table,
    known: Vec<&'static str>,
}

impl<'t> Section<'t> {
    pub fn new(path: &str, header: At, fields: Table, troubles: &'t Troubles) -> Section<'t> {
        let at = fields.iter().map(|(key, entry)| (key.clone(), entry.at.clone())).collect();
        Section { troubles, places: Places { path: path.to_owned(), header, fields: at }, fields, known: Vec::new() }
    }

    pub fn trouble(&self, key: &str, said: Said) {
        self.places.trouble(self.troubles, key, said);
    }

    fn take(&mut self, key: &'static str) -> Option<Node> {
        self.known.push(key);
        self.fields.remove(key).map(|entry| entry.node)
    }

    fn wrong_type(&self, key: &str, en: &str, zh: &str) {
        self.trouble(key, said!("expected {en}", "此处应为{zh}"));
    }

    /// Text, made into a value by `parse`. `None` where the field is absent or in trouble.
    pub fn parsed<T>(&mut self, key: &'static str, parse: impl FnOnce(&str) -> Result<T, Said>) -> Option<T> {
        let text = match self.take(key)? {
            Node::Text(text) | Node::Given(text) => text,
            _ => {
                self.wrong_type(key, "text in \"quotes\"", "英文双引号内的文字");
                return None;
            }
        };
        parse(&text).map_err(|said| self.trouble(key, said)).ok()
    }

    /// Like [`Section::parsed`], and the field must be there.
    pub fn required<T>(&mut self, key: &'static str, parse: impl FnOnce(&str) -> Result<T, Said>) -> Option<T> {
        if !self.fields.contains_key(key) {
            self.known.push(key);
            self.trouble(key, said!("this setting is missing: add `{key} = …`", "缺少此项设置：请补上“{key} = …”"));
            return None;
        }
        self.parsed(key, parse)
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        self.parsed(key, |text| {
            choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                let known = words.join(", ");
                said!("“{text}” is none of: {known}", "“{text}”不在可选值之内：{known}")
            })
        })
    }

    /// A whole number inside a range; `default` where the field is absent.
    pub fn number(&mut self, key: &'static str, range: RangeInclusive<u32>, default: u32) -> u32 {
        self.maybe_number(key, range).unwrap_or(default)
    }

    pub fn maybe_number(&mut self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let node = self.take(key)?;
        let number = match &node {
            Node::Integer(number) => u32::try_from(*number).ok(),
            Node::Given(text) => u32::from_str(text).ok(),
            _ => None,
        };
        let inside = number.filter(|n| range.contains(n));
        if inside.is_none() {
            let (low, high) = (range.start(), range.end());
            let said = said!("expected a whole number from {low} to {high}", "此处应为{low}至{high}之间的整数");
            self.trouble(key, said);
        }
        inside
    }

    /// A share from 0 to 1.
    pub fn share(&mut self, key: &'static str, default: f64) -> f64 {
        let Some(node) = self.take(key) else { return default };
        let number = match node {
            Node::Float(number) => Some(number),
            Node::Integer(0) => Some(0.0),
            Node::Integer(1) => Some(1.0),
            Node::Given(text) => f64::from_str(&text).ok(),
            _ => None,
        };
        number.filter(|n| (0.0..=1.0).contains(n)).unwrap_or_else(|| {
            self.wrong_type(key, "a number from 0 to 1, such as 0.04", "0到1之间的数，如0.04");
            default
        })
    }

    /// `true` or `false`.
    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let yes = match self.take(key) {
            None => return default,
            Some(Node::Bool(yes)) => Some(yes),
            Some(Node::Given(text)) => text.parse().ok(),
            Some(_) => None,
        };
        yes.unwrap_or_else(|| {
            self.wrong_type(key, "true or false", "true或false");
            default
        })
    }

    /// A list of texts, each made into a value; from the environment, separated by commas.
    pub fn list<T>(&mut self, key: &'static str, parse: impl Fn(&str) -> Result<T, Said>) -> Option<Vec<T>> {
        let texts: Option<Vec<String>> = match self.take(key)? {
            Node::List(items) => items
                .into_iter()
                .map(|item| match item.node {
                    Node::Text(text) => Some(text),
                    _ => None,
                })
                .collect(),
            Node::Given(text) => {
                Some(text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect())
            }
            _ => None,
        };
        let Some(texts) = texts else {
            self.wrong_type(key, "a list of texts: [\"…\", \"…\"]", "文字列表：[\"…\", \"…\"]");
            return None;
        };
        let read: Vec<Option<T>> =
            texts.iter().map(|text| parse(text).map_err(|said| self.trouble(key, said)).ok()).collect();
        read.into_iter().collect()
    }

    /// A section below this one. Absent counts as empty, so that its defaults hold.
    pub fn section(&mut self, key: &'static str) -> Section<'t> {
        let path = self.places.below(key);
        let header = self.places.fields.get(key).unwrap_or(&self.places.header).clone();
        let fields = match self.take(key) {
            None => Table::new(),
            Some(Node::Table(fields)) => fields,
            Some(_) => {
                self.wrong_type(key, &format!("a section: [{path}]"), &format!("一节：[{path}]"));
                Table::new()
            }
        };
        Section::new(&path, header, fields, self.troubles)
    }

    /// All sections of a list: `[[office]]`.
    pub fn sections(&mut self, key: &'static str) -> Vec<Section<'t>> {
        let path = self.places.below(key);
        let items = match self.take(key) {
            None => return Vec::new(),
            Some(Node::List(items)) => items,
            Some(_) => Vec::from([Entry { at: At::Line(1), node: Node::Other }]),
        };
        let mut sections = Vec::new();
        for Entry { at, node } in items {
            match node {
                Node::Table(fields) => sections.push(Section::new(&path, at, fields, self.troubles)),
                _ => self.wrong_type(key, &format!("sections: [[{path}]]"), &format!("若干节：[[{path}]]")),
            }
        }
        sections
    }

    /// One section `[a.b]`, or all of a list `[[a.b]]`.
    pub fn one_or_several(&mut self, key: &'static str) -> Vec<Section<'t>> {
        match self.fields.get(key).map(|entry| &entry.node) {
            Some(Node::Table(_)) => vec![self.section(key)],
            _ => self.sections(key),
        }
    }

    /// Whether anything at all was written here.
    pub fn is_empty(&self) -> bool {
        self.places.fields.is_empty()
    }

    /// Ends the section: what was not asked for is unknown.
    pub fn finish(self) -> Places {
        for (key, entry) in &self.fields {
            let said = match nearest(key, self.known.iter().copied()) {
                Some(known) => {
                    said!("unknown setting; did you mean “{known}”?", "没有此项设置；是否为“{known}”？")
                }
                None => {
                    let known = self.known.join(", ");
                    said!("unknown setting; known here: {known}", "没有此项设置；此处可用：{known}")
                }
            };
            self.troubles.add(&entry.at, Some(self.places.below(key)), said);
        }
        self.places
    }
}

/// The known word that a wrong one most resembles, if any does.
pub fn nearest<'w>(wrong: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let wrong = wrong.to_lowercase();
    known
        .map(|word| (strsim::jaro_winkler(&wrong, &word.to_lowercase()), word))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}
