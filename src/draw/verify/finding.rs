//! What does not follow, and where it stands.

use crate::model::{PlaceId, Said};
use crate::said;

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
    pub fn said(&self) -> Said {
        let Said { en, zh } = &self.said;
        match &self.at {
            At::Window => self.said.clone(),
            At::Entry(n) => said!("log entry {n}: {en}", "日志第{n}条：{zh}"),
            At::Row(n, id) => said!("row {n} ({id}): {en}", "第{n}行（{id}）：{zh}"),
            At::Line(n, id) => said!("line {n} of the list ({id}): {en}", "抽取结果第{n}行（{id}）：{zh}"),
            At::Pool(name) => said!("pool {name}: {en}", "分组{name}：{zh}"),
        }
    }
}
