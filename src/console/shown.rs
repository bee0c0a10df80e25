//! What a page is asked, and what it answers: all that the server and the pages know of each other.

use crate::model::{Said, Viewer};
use crate::work::Context;
use std::collections::BTreeMap;

/// A request for a page, by somebody who may see it.
pub struct Asked<'a> {
    pub ctx: &'a Context,
    pub viewer: &'a Viewer,
    /// What the address names, where it names one thing.
    pub id: Option<&'a str>,
    pub query: &'a BTreeMap<String, String>,
    /// Goes into every form.
    pub csrf: &'a str,
    /// How the last action of this session ended.
    pub notice: Option<Said>,
}

pub enum Shown {
    Page(Page),
    File {
        name: String,
        media: &'static str,
        bytes: Vec<u8>,
    },
    /// There is none, or none that this viewer sees.
    Missing,
}

pub struct Page {
    pub html: String,
    /// Whether a list of targets was seen: that goes into the audit log.
    pub targets: bool,
}
