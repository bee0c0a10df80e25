//! Rows of another layout → rows of a house template.

use super::recognise::{Head, keys_of, place_of, title_key};
use super::{Mapping, Rule, key};
use crate::model::Trouble;
use crate::said;
use crate::table::fields::{quote, said_in};
use crate::table::header::Columns;
use crate::table::read::Row;
use crate::table::span::{End, edge, span};
use crate::table::when::{Local, local};
use chrono::{NaiveDate, NaiveDateTime};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A row of a house template, made from a row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeRow {
    /// Which of the mapping's rules made it.
    pub rule: usize,
    pub row: Row,
    pub numbers: Vec<String>,
    pub name: Option<String>,
    /// What could not be made of the row.
    pub faults: Vec<Trouble>,
}

/// A mapping at work on one file.
#[derive(Debug)]
pub struct Maker<'m> {
    pub mapping: &'m Mapping,
    /// For each rule the columns of the rows that it makes.
    pub columns: Vec<Columns>,
    places: BTreeMap<String, usize>,
    ignore: Vec<(usize, &'m str)>,
    /// Whether the column that must vary says the same in every row.
    is_mute: bool,
}

impl<'m> Maker<'m> {
    /// # Errors
    /// A column that the mapping uses stands twice in the header.
    pub fn new(mapping: &'m Mapping, head: &Head) -> Result<Maker<'m>, Trouble> {
        let titles = if mapping.headerless.is_empty() { &head.cells } else { &mapping.headerless };
        let keys = keys_of(titles);
        let used = mapping.records.iter().flat_map(|rule| rule.columns.values().flatten());
        let ignored = mapping.ignore.iter().map(|(title, _)| title);
        let mut places = BTreeMap::new();
        for title in used.chain(ignored).chain(&mapping.varies) {
            let Some(place) = place_of(&keys, title) else { continue };
            if keys.iter().filter(|key| **key == title_key(title)).count() > 1 {
                let title = quote(title);
                return Err(Trouble::new(said!(
                    "the column “{title}” stands there twice: delete one of them",
                    "“{title}”这一栏出现两次：请删去其中一个"
                ))
                .at_row(head.row));
            }
            places.insert(title.clone(), place);
        }
        let ignore = mapping.ignore.iter();
        let ignore = ignore.filter_map(|(title, text)| Some((*places.get(title)?, text.as_str()))).collect();
        let template = mapping.makes.template();
        let columns = mapping.records.iter().map(|rule| {
            let name = |key: &str| match rule.title_of(key, &places) {
                Some(title) => title.to_owned(),
                None => String::new(),
            };
            Columns::made(template, head.row, template.columns.iter().map(|column| name(column.key)).collect())
        });
        Ok(Maker { mapping, columns: columns.collect(), places, ignore, is_mute: false })
    }

    /// Looks through the file for the column that must vary. `rows` calls back with each row.
    pub fn look_through(&mut self, rows: impl FnOnce(&mut dyn FnMut(&Row))) {
        let Some(place) = self.mapping.varies.as_ref().and_then(|title| self.places.get(title)).copied() else {
            return;
        };
        let mut seen: Option<String> = None;
        let mut varies = false;
        rows(&mut |row| {
            let Some(text) = row.cells.get(place).and_then(|cell| said_in(cell)) else { return };
            match &seen {
                None => seen = Some(text.into_owned()),
                Some(first) => varies |= *first != *text,
            }
        });
        self.is_mute = !varies;
    }

    /// Everything that a row makes; nothing where it is to be passed over.
    pub fn make(&self, row: &Row) -> Vec<MadeRow> {
        let mut made = Vec::new();
        if self.ignores(row) {
            return made;
        }
        let mut given: Vec<NaiveDateTime> = Vec::new();
        for (index, rule) in self.mapping.records.iter().enumerate() {
            Making { maker: self, rule, index, row, faults: Vec::new() }.run(&mut given, &mut made);
        }
        made
    }

    fn ignores(&self, row: &Row) -> bool {
        let holds = |(place, text): &(usize, &str)| row.cells.get(*place).is_some_and(|cell| cell.contains(text));
        self.ignore.iter().any(holds)
    }
}

impl Rule {
    /// The column that a key comes from, of those that the file has.
    fn title_of<'r>(&'r self, key: &str, places: &BTreeMap<String, usize>) -> Option<&'r String> {
        let names: &[&str] = match key {
            "official" => &[key::NAME, key::NUMBER],
            "from" | "to" => &[key, key::SPAN],
            "approved_at" | "cancelled_at" => &[key, key::FINISHED],
            _ => &[key],
        };
        names.iter().filter_map(|name| self.columns.get(*name)).flatten().find(|title| places.contains_key(*title))
    }
}

/// Stands in the cells of a row whose fault was told: it makes no record, and nothing more is to be found wrong.
const TOLD: &str = "2000-01-01 00:00:00";

struct Making<'a, 'm> {
    maker: &'a Maker<'m>,
    rule: &'a Rule,
    index: usize,
    row: &'a Row,
    faults: Vec<Trouble>,
}

impl Making<'_, '_> {
    fn run(mut self, given: &mut Vec<NaiveDateTime>, made: &mut Vec<MadeRow>) {
        let base = self.base();
        let mut cells: BTreeMap<&str, String> = BTreeMap::new();
        for column in self.maker.mapping.makes.template().columns {
            if let Some(text) = self.value(column.key) {
                cells.insert(column.key, text);
            }
        }
        self.spans(base, &mut cells);
        self.finished(&mut cells);
        let has_time = self.maker.mapping.makes.template().column("time").is_some();
        let times = if has_time { self.times(base, given, &mut cells) } else { vec![None] };
        if times.is_empty() {
            return;
        }
        let numbers: Vec<String> = self.all(key::NUMBER);
        let names = self.several(key::NAME);
        let people: Vec<Option<String>> =
            if names.is_empty() { vec![None] } else { names.into_iter().map(Some).collect() };
        for name in people {
            for time in &times {
                if let Some(time) = time {
                    cells.insert("time", time.clone());
                }
                cells.insert("official", name.clone().or_else(|| numbers.first().cloned()).unwrap_or_default());
                let columns = self.maker.mapping.makes.template().columns;
                let cells = columns.iter().map(|column| cells.get(column.key).cloned().unwrap_or_default()).collect();
                made.push(MadeRow {
                    rule: self.index,
                    row: Row { number: self.row.number, cells, damage: None },
                    numbers: numbers.clone(),
                    name: name.clone(),
                    faults: self.faults.clone(),
                });
            }
        }
    }

    fn cell(&self, title: &str) -> Option<Cow<'_, str>> {
        said_in(self.row.cells.get(*self.maker.places.get(title)?)?)
    }

    /// What a key's cell means: by the words of its column, of the key, or as it stands.
    fn value(&self, key: &str) -> Option<String> {
        if let Some(fixed) = self.rule.fixed.get(key) {
            return Some(fixed.clone());
        }
        self.rule.columns.get(key)?.iter().find_map(|title| {
            let mapping = self.maker.mapping;
            let cell =
                if self.maker.is_mute && mapping.varies.as_ref() == Some(title) { None } else { self.cell(title) };
            let words = mapping.words.get(&format!("{key}:{title}")).or_else(|| mapping.words.get(key));
            let holds = |text: &str| match (&cell, text) {
                (_, "") | (Some(_), "*") => true,
                (Some(cell), text) => cell.contains(text),
                (None, _) => false,
            };
            match words.and_then(|words| words.iter().find(|(text, _)| holds(text))) {
                Some((_, meaning)) => Some(meaning.clone()).filter(|meaning| !meaning.is_empty()),
                None => cell.map(Cow::into_owned),
            }
        })
    }

    /// Every column of a key that says something.
    fn all(&self, key: &str) -> Vec<String> {
        let titles = self.rule.columns.get(key).into_iter().flatten();
        titles.filter_map(|title| self.cell(title).map(Cow::into_owned)).collect()
    }

    /// What a key's cell says, taken apart where it may hold several.
    fn several(&self, key: &str) -> Vec<String> {
        let Some(text) = self.value(key) else { return Vec::new() };
        if !self.rule.split.iter().any(|split| split == key) {
            return vec![text];
        }
        let parts = text.split(|c: char| "、,，;；\n".contains(c)).map(str::trim).filter(|part| !part.is_empty());
        parts.flat_map(|part| if key == key::NAME { names_in(part) } else { vec![part.to_owned()] }).collect()
    }

    /// The day that times of the row stand on.
    fn base(&mut self) -> Option<NaiveDate> {
        let text = self.value(key::DAY)?;
        match local(&text, None) {
            Some(Local::Day(day)) => Some(day),
            Some(Local::At(at)) => Some(at.date()),
            None => {
                let text = quote(&text);
                self.fault(
                    key::DAY,
                    said!("“{text}” is not a date: write 2026-03-02", "“{text}”不是日期：请写成2026-03-02"),
                );
                None
            }
        }
    }

    fn fault(&mut self, key: &str, said: crate::model::Said) {
        let title = self.rule.title_of(key, &self.maker.places).cloned().unwrap_or_else(|| key.to_owned());
        self.faults.push(Trouble::new(said).at_row(self.row.number).in_field(title));
    }

    /// The times of a punch; empty where there is none and none is needed.
    fn times(
        &mut self,
        base: Option<NaiveDate>,
        given: &mut Vec<NaiveDateTime>,
        cells: &mut BTreeMap<&str, String>,
    ) -> Vec<Option<String>> {
        cells.remove("time");
        let texts = self.several("time");
        if texts.is_empty() {
            return if self.rule.optional { Vec::new() } else { vec![None] };
        }
        let mut times = Vec::new();
        for text in texts {
            let Some(Local::At(mut at)) = local(&text, base) else {
                // As it stands, so that whoever reads the template says what is wrong with it.
                times.push(Some(if self.faults.is_empty() { text } else { TOLD.to_owned() }));
                continue;
            };
            let time_alone = !text.contains(['-', '/', '年', '月']);
            if self.rule.next_day
                && time_alone
                && given.last().is_some_and(|last| at < *last)
                && let Some(next) = at.date().succ_opt()
            {
                at = next.and_time(at.time());
            }
            if self.rule.unless_given && given.contains(&at) {
                continue;
            }
            given.push(at);
            times.push(Some(at.format("%Y-%m-%d %H:%M:%S").to_string()));
        }
        times
    }

    /// From and to: in one cell or in two, whole days, half days, or times on the row's day.
    fn spans(&mut self, base: Option<NaiveDate>, cells: &mut BTreeMap<&str, String>) {
        if let Some(text) = self.value(key::SPAN) {
            match span(&text) {
                Some((from, to)) => {
                    cells.insert("from", written(from));
                    cells.insert("to", written(to));
                }
                None => {
                    let text = quote(&text);
                    self.fault(
                        key::SPAN,
                        said!(
                            "“{text}” is not a span: write 2026-03-02至2026-03-05",
                            "“{text}”不是起止日期：请写成2026-03-02至2026-03-05"
                        ),
                    );
                    cells.insert("from", TOLD.to_owned());
                    cells.insert("to", TOLD.to_owned());
                }
            }
            return;
        }
        for (key, end) in [("from", End::From), ("to", End::To)] {
            if let Some(cell) = cells.get_mut(key)
                && let Some(read) = edge(cell, base, end)
            {
                *cell = written(read);
            }
        }
    }

    /// When an application ended is its approval or its cancellation, by its status.
    fn finished(&self, cells: &mut BTreeMap<&str, String>) {
        let Some(at) = self.value(key::FINISHED) else { return };
        match cells.get("status").map(String::as_str) {
            Some("approved") => cells.entry("approved_at").or_insert(at),
            Some("cancelled") => cells.entry("cancelled_at").or_insert(at),
            _ => return,
        };
    }
}

/// `张三 李四` are two people, `张 三` and `Wang Wu` are one.
fn names_in(part: &str) -> Vec<String> {
    let words: Vec<&str> = part.split_whitespace().collect();
    let is_name = |word: &&str| word.chars().count() > 1 && word.chars().all(|c| !c.is_ascii());
    if words.iter().all(is_name) { words.into_iter().map(str::to_owned).collect() } else { vec![part.to_owned()] }
}

fn written(read: Local) -> String {
    match read {
        Local::At(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        Local::Day(day) => day.to_string(),
    }
}
