//! The text of a configuration as a tree that knows where everything stands, with the environment laid over it.

use super::reader::Troubles;
use crate::model::Trouble;
use crate::said;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// Overrides begin with this; a double underscore goes one level down: `SPOTCHECK__MAIL__SMTP__HOST`.
pub const ENVIRONMENT_PREFIX: &str = "SPOTCHECK__";

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// Line of the file, counted from 1.
    Line(u64),
    /// Name of an environment variable.
    Environment(String),
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub at: At,
    pub node: Node,
}

pub type Table = BTreeMap<String, Entry>;

#[derive(Debug, Clone)]
pub enum Node {
    Table(Table),
    List(Vec<Entry>),
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    /// A date, a flag, or a number beyond any that a setting takes.
    Other,
    /// Text from the environment: the setting that it meets decides what it is.
    Given(String),
}

/// Reads TOML. Text that is not TOML is one trouble for each place where reading failed.
pub fn read(text: &str, troubles: &Troubles) -> Table {
    let (root, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::of(text);
    for error in errors {
        let at = lines.at(error.span().map_or(0, |span| span.start));
        let why = error.message();
        troubles.add(
            &at,
            None,
            said!(
                "this is not TOML ({why}): write `name = value`, with text in \"quotes\"",
                "此处不符合TOML格式（{why}）：请写成“名称 = 值”，文字放在英文双引号内"
            ),
        );
    }
    table(root.get_ref(), &lines)
}

/// Where the lines of a text end. Thousands of offices make tens of thousands of settings.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at).collect())
    }

    fn at(&self, offset: usize) -> At {
        let before = self.0.partition_point(|end| *end < offset);
        At::Line(u64::try_from(before).unwrap_or(u64::MAX - 1) + 1)
    }
}

fn table(from: &DeTable<'_>, lines: &Lines) -> Table {
    let entry = |value: &toml::Spanned<DeValue<'_>>, start: usize| Entry {
        at: lines.at(start),
        node: node(value.get_ref(), lines),
    };
    from.iter().map(|(key, value)| (key.get_ref().to_string(), entry(value, key.span().start))).collect()
}

fn node(value: &DeValue<'_>, lines: &Lines) -> Node {
    match value {
        DeValue::String(words) => Node::Text(words.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Node::Other, Node::Integer)
        }
        DeValue::Float(number) => number.as_str().parse().map_or(Node::Other, Node::Float),
        DeValue::Boolean(yes) => Node::Bool(*yes),
        DeValue::Datetime(_) => Node::Other,
        DeValue::Array(items) => Node::List(
            items
                .iter()
                .map(|item| Entry { at: lines.at(item.span().start), node: node(item.get_ref(), lines) })
                .collect(),
        ),
        DeValue::Table(inner) => Node::Table(table(inner, lines)),
    }
}

/// Lays overrides over the tree. In a list of tables (`[[office]]`) the level after its name is the
/// `id` of those meant: `SPOTCHECK__OFFICE__YUNLING__DESK`, in any case, with `_` for dot and hyphen.
pub fn override_with(root: &mut Table, environment: &[(String, String)], troubles: &Troubles) {
    for (name, value) in environment {
        let Some(path) = name.strip_prefix(ENVIRONMENT_PREFIX) else { continue };
        let steps: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
        let entry = Entry { at: At::Environment(name.clone()), node: Node::Given(value.clone()) };
        if steps.iter().any(String::is_empty) || !set(root, &steps, &entry) {
            troubles.list.borrow_mut().push(
                Trouble::new(said!(
                    "this variable fits no setting: {ENVIRONMENT_PREFIX}SECTION__NAME, or {ENVIRONMENT_PREFIX}OFFICE__ID__NAME \
                     for an office of the file",
                    "此环境变量不对应任何设置：应为{ENVIRONMENT_PREFIX}节名__设置名，单位的设置为{ENVIRONMENT_PREFIX}OFFICE__编号__设置名"
                ))
                .in_file(name),
            );
        }
    }
}

fn set(table: &mut Table, steps: &[String], entry: &Entry) -> bool {
    let Some((step, rest)) = steps.split_first() else { return false };
    if rest.is_empty() {
        table.insert(step.clone(), entry.clone());
        return true;
    }
    let below =
        table.entry(step.clone()).or_insert_with(|| Entry { at: entry.at.clone(), node: Node::Table(Table::new()) });
    match &mut below.node {
        Node::Table(inner) => set(inner, rest, entry),
        Node::List(items) => set_in_list(items, rest, entry),
        _ => false,
    }
}

fn set_in_list(items: &mut [Entry], steps: &[String], entry: &Entry) -> bool {
    let Some((id, rest)) = steps.split_first() else { return false };
    let mut found = false;
    for item in items {
        let Node::Table(inner) = &mut item.node else { continue };
        let own = inner.get("id").or_else(|| inner.get("slot")).map(|e| &e.node);
        if matches!(own, Some(Node::Text(own)) if as_in_environment(own) == *id) {
            found |= set(inner, rest, entry);
        }
    }
    found
}

fn as_in_environment(id: &str) -> String {
    id.to_ascii_lowercase().replace(['-', '.'], "_")
}
