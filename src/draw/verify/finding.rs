//! What does not follow, and where it stands.

use crate::model::{Language, PlaceId, Said};

/// Where in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    Window,
    /// Entry of the log, counted from 1.
    Entry(usize),
    /// Row of the frame, counted from 1.
    Row(usize, PlaceId),
    /// Line of the list, counted from 1.
    Line(usize, PlaceId),
    Pool(String),
}

/// One thing that does not follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub at: At,
    pub said: Said,
}

impl Finding {
    pub fn new(at: At, said: Said) -> Finding {
        Finding { at, said }
    }

    /// The whole sentence, e.g. `row 17 (V0017): …`.
    pub fn text(&self, language: Language) -> String {
        let what = self.said.in_language(language);
        match (&self.at, language) {
            (At::Window, _) => what.to_owned(),
            (At::Entry(n), Language::En) => format!("log entry {n}: {what}"),
            (At::Entry(n), Language::ZhHans) => format!("日志第{n}条：{what}"),
            (At::Row(n, id), Language::En) => format!("row {n} ({id}): {what}"),
            (At::Row(n, id), Language::ZhHans) => format!("第{n}行（{id}）：{what}"),
            (At::Line(n, id), Language::En) => format!("line {n} of the list ({id}): {what}"),
            (At::Line(n, id), Language::ZhHans) => format!("抽取结果第{n}行（{id}）：{what}"),
            (At::Pool(name), Language::En) => format!("pool {name}: {what}"),
            (At::Pool(name), Language::ZhHans) => format!("分组{name}：{what}"),
        }
    }
}
