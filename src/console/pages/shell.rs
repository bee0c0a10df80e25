//! Stand-in until the shell is here.

use crate::console::shown::Asked;
use crate::model::{Language, Said};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Imports,
    Setup,
}

pub struct Inside<'a> {
    pub tab: Option<Tab>,
    pub title: &'a str,
    pub body: &'a str,
    pub foot: &'a str,
}

pub fn page(asked: &Asked<'_>, inside: &Inside<'_>) -> Option<String> {
    outside(inside, None, asked.viewer.language)
}

pub fn outside(inside: &Inside<'_>, _: Option<&Said>, language: Language) -> Option<String> {
    let _ = (inside.tab, inside.foot);
    Some(format!(
        "<!doctype html><html lang=\"{language}\"><body><h1>{}</h1>{}</body></html>",
        inside.title, inside.body
    ))
}
