//! The layouts that files are known by: the shipped ones, and those of the office's folder.

use super::{Content, Done};
use crate::config::{Config, OfficeSource};
use crate::evidence::rows::source_kinds;
use crate::files;
use crate::model::Trouble;
use crate::said;
use crate::table::mapping::{Layout, Mapping, read, reading, recognise, shipped};
use crate::table::read::{Row, read_rows};
use std::ops::ControlFlow;
use std::path::Path;

/// Every mapping, by name.
///
/// # Errors
/// The folder cannot be read, or a file in it is no mapping.
pub fn of(config: &Config) -> Done<Vec<Mapping>> {
    match &config.imports.mappings {
        None => Ok(shipped()),
        Some(folder) => Ok(reading::with_own(shipped(), own(folder)?)),
    }
}

fn own(folder: &Path) -> Result<Vec<Mapping>, Trouble> {
    let entries = std::fs::read_dir(folder);
    let entries = entries.map_err(|e| files::unreadable(folder, &e).in_field("imports.mappings"))?;
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let mut own: Vec<Mapping> = Vec::new();
    for path in files {
        let text = files::read_text(&path, files::SETTINGS)?;
        let mapping = read::mapping(&path.display().to_string(), &text)?;
        if own.iter().any(|other| other.name == mapping.name) {
            let name = &mapping.name;
            return Err(Trouble::new(said!(
                "another file of the folder has the name “{name}”: choose another",
                "文件夹中已有名为“{name}”的对照表：请另取名称"
            ))
            .in_field("name")
            .in_file(path.display().to_string()));
        }
        own.push(mapping);
    }
    Ok(own)
}

/// The first rows of a file: what its layout is known by.
///
/// # Errors
/// The file cannot be read.
pub fn first_rows(file: &str, content: &Content) -> Result<Vec<Row>, Trouble> {
    let mut early = Vec::new();
    let mut input = content.open().map_err(|e| super::records::not_read(file, &e))?;
    read_rows(file, &mut *input, &mut |row| {
        early.push(row.clone());
        if early.len() < recognise::ENOUGH { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(early)
}

/// The one source of some that a file of this layout can be from: the only one of the kind that the layout brings,
/// else the only one that fits at all.
pub fn source_of<'s>(sources: &[&'s OfficeSource], layout: Layout<'_>) -> Option<&'s OfficeSource> {
    let only = |fits: &dyn Fn(&OfficeSource) -> bool| {
        let mut found = sources.iter().filter(|source| fits(source));
        found.next().filter(|_| found.next().is_none()).copied()
    };
    let brings = match layout {
        Layout::House(_) => None,
        Layout::Mapped(mapping) => Some(mapping.brings),
    };
    let kinds = source_kinds(layout.makes());
    only(&|source| Some(source.source.kind) == brings).or_else(|| only(&|source| kinds.contains(&source.source.kind)))
}
