//! Files as offices have them, and files that mean harm, through the one way in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod headers;
mod text;
mod workbooks;

use spotcheck::model::Trouble;
use spotcheck::table::{Row, read_rows};
use std::io::Write;
use std::ops::ControlFlow;

fn rows(bytes: &[u8]) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    read_rows("f", &mut &*bytes, &mut |row| {
        rows.push(row.clone());
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// `number: cell|cell`, with `!` before a damaged row.
fn shown(bytes: &[u8]) -> Vec<String> {
    let line = |row: &Row| {
        let mark = if row.damage.is_some() { "!" } else { "" };
        format!("{mark}{}: {}", row.number, row.cells.join("|"))
    };
    rows(bytes).unwrap().iter().map(line).collect()
}

fn refused(bytes: &[u8]) -> String {
    let trouble = rows(bytes).map(|rows| rows.len()).unwrap_err();
    assert_eq!(trouble.file.as_deref(), Some("f"));
    assert!(!trouble.said.zh.is_empty());
    trouble.said.en
}

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
