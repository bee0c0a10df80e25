//! Pages that stand by themselves: signing in, what went wrong, what is shown once.

use crate::console::pages::shell::{self, Inside};
use crate::model::{Language, Said};
use askama::Template;

/// A page's language and title.
pub struct Plain {
    pub language: Language,
    pub title: String,
}

impl Plain {
    pub fn new(language: Language, title: &Said) -> Plain {
        Plain { language, title: title.in_language(language).to_owned() }
    }
}

#[derive(Template)]
#[template(path = "web/login.html")]
pub struct Login<'a> {
    pub language: Language,
    pub said: Option<&'a str>,
    /// Where somebody wanted to go.
    pub next: &'a str,
}

#[derive(Template)]
#[template(path = "web/second.html")]
pub struct Second<'a> {
    pub language: Language,
    pub said: Option<&'a str>,
    pub csrf: &'a str,
    /// It is on, and nothing is asked now.
    pub on: bool,
    /// A code is asked for.
    pub code: bool,
    /// One can be begun.
    pub begin: bool,
    /// What the app is told, once begun.
    pub secret: Option<String>,
    pub address: String,
    /// The address as a picture.
    pub qr: String,
}

#[derive(Template)]
#[template(path = "web/first.html")]
pub struct First<'a> {
    pub language: Language,
    pub said: Option<&'a str>,
    pub account: &'a str,
    pub secret: &'a str,
    pub shortest: usize,
}

#[derive(Template)]
#[template(path = "web/own.html")]
pub struct Own<'a> {
    pub language: Language,
    pub said: Option<&'a str>,
    pub csrf: &'a str,
    pub account: &'a str,
    pub role: String,
    pub second_on: bool,
    pub shortest: usize,
}

#[derive(Template)]
#[template(path = "web/said.html")]
pub struct Told<'a> {
    pub said: &'a str,
    /// Shown now and never again.
    pub secret: Option<&'a str>,
    pub link: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "web/again.html")]
pub struct Again<'a> {
    pub language: Language,
    pub said: &'a str,
    pub csrf: &'a str,
    /// None: what was sent cannot be sent again from here, as a file cannot.
    pub action: Option<&'a str>,
    pub hidden: Vec<(&'a str, &'a str)>,
    /// Name, label, value.
    pub shown: Vec<(&'a str, String, &'a str)>,
    pub back: &'a str,
}

/// A page whose template fails is one that never was complete: a plain line stands in for it.
pub fn render(page: &impl Template) -> String {
    page.render().unwrap_or_else(|error| failed(&error))
}

pub fn failed(error: &dyn std::fmt::Display) -> String {
    tracing::error!(%error, "a page could not be made");
    "<p>The page could not be made. / 页面无法生成。</p>".to_owned()
}

/// A body within the shell of those who are not signed in.
pub fn around(page: &Plain, body: &str) -> String {
    let inside = Inside { tab: None, title: &page.title, body, foot: "" };
    shell::outside(&inside, None, page.language).unwrap_or_else(|| failed(&"shell"))
}
