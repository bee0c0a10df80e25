//! Reading a JSON object field by field: a missing field and `null` are unknown, a wrong one is an
//! error that names it by its path, and so is one that nobody asked for.

use crate::model::{Said, Timestamp, Trouble};
use crate::said;
use chrono::NaiveDate;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub struct Fields<'v> {
    path: String,
    map: &'v Map<String, Value>,
    asked: BTreeSet<&'static str>,
}

impl<'v> Fields<'v> {
    /// `path` is empty for the whole document.
    pub fn of(path: impl Into<String>, value: &'v Value) -> Result<Fields<'v>, Trouble> {
        let path = path.into();
        match value {
            Value::Object(map) => Ok(Fields { path, map, asked: BTreeSet::new() }),
            _ => Err(wrong(&path, said!("expected an object in braces", "此处应为花括号中的对象"))),
        }
    }

    /// `records[0].kind`.
    pub fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub fn trouble(&self, name: &str, said: Said) -> Trouble {
        wrong(&self.path(name), said)
    }

    fn value(&mut self, name: &'static str) -> Option<&'v Value> {
        self.asked.insert(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub fn text(&mut self, name: &'static str) -> Result<Option<&'v str>, Trouble> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.as_str();
        text.map(Some).ok_or_else(|| self.trouble(name, said!("expected text in quotes", "此处应为带引号的文字")))
    }

    /// A text that is parsed into one of our own words.
    pub fn word<T>(&mut self, name: &'static str, parse: fn(&str) -> Result<T, Said>) -> Result<Option<T>, Trouble> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        parse(text).map(Some).map_err(|said| self.trouble(name, said))
    }

    pub fn time(&mut self, name: &'static str) -> Result<Option<Timestamp>, Trouble> {
        self.word(name, |text| {
            Timestamp::parse(text).ok_or_else(|| {
                said!(
                    "expected a time with its offset such as 2026-03-12T10:20:00+08:00",
                    "此处应为带时差的时间，如2026-03-12T10:20:00+08:00"
                )
            })
        })
    }

    pub fn day(&mut self, name: &'static str) -> Result<Option<NaiveDate>, Trouble> {
        self.word(name, day)
    }

    pub fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Trouble> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let flag = value.as_bool();
        flag.map(Some).ok_or_else(|| self.trouble(name, said!("expected true or false", "此处应为true或false")))
    }

    /// A whole number that fits its type.
    pub fn number<T: TryFrom<i64>>(&mut self, name: &'static str) -> Result<Option<T>, Trouble> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = value.as_i64().and_then(|n| T::try_from(n).ok());
        number.map(Some).ok_or_else(|| {
            self.trouble(name, said!("expected a whole number that is not too large", "此处应为大小合适的整数"))
        })
    }

    pub fn object(&mut self, name: &'static str) -> Result<Option<Fields<'v>>, Trouble> {
        let path = self.path(name);
        self.value(name).map(|value| Fields::of(path, value)).transpose()
    }

    /// The items of a list, each with its path; empty where there is none.
    pub fn list(&mut self, name: &'static str) -> Result<Vec<(String, &'v Value)>, Trouble> {
        let path = self.path(name);
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                Ok(items.iter().enumerate().map(|(i, item)| (format!("{path}[{i}]"), item)).collect())
            }
            Some(_) => Err(wrong(&path, said!("expected a list in brackets", "此处应为方括号中的列表"))),
        }
    }

    /// A list of days.
    pub fn days(&mut self, name: &'static str) -> Result<BTreeSet<NaiveDate>, Trouble> {
        let items = self.list(name)?;
        let read = |(path, value): (String, &Value)| {
            day(value.as_str().unwrap_or_default()).map_err(|said| wrong(&path, said))
        };
        items.into_iter().map(read).collect()
    }

    /// A field without which nothing can be said.
    pub fn need<T>(&self, name: &str, value: Option<T>) -> Result<T, Trouble> {
        value.ok_or_else(|| self.trouble(name, said!("is missing: it has to be given", "缺少此项：必须填写")))
    }

    /// Refuses what nobody asked for.
    pub fn finish(self) -> Result<(), Trouble> {
        match self.map.keys().find(|name| !self.asked.contains(name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let known = self.asked.iter().copied().collect::<Vec<_>>().join(", ");
                Err(self
                    .trouble(name, said!("is not known here; known are: {known}", "此处没有这一项；可用的有：{known}")))
            }
        }
    }
}

fn wrong(path: &str, said: Said) -> Trouble {
    let trouble = Trouble::new(said);
    if path.is_empty() { trouble } else { trouble.in_field(path) }
}

fn day(text: &str) -> Result<NaiveDate, Said> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| said!("expected a day such as 2026-03-12", "此处应为日期，如2026-03-12"))
}
