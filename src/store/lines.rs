//! Many short rows as the lines of one text: a row handed over by itself costs more than reading it does.

use super::{Result, StoreError};

/// Reads what `string_agg(a || '\t' || b …, '\n')` gave: `None` where there was no row. No column holds a
/// control character.
pub(super) fn read<const N: usize, T>(
    text: Option<(Option<String>,)>,
    row: impl Fn([&str; N]) -> Result<T>,
) -> Result<Vec<T>> {
    let Some((Some(text),)) = text else { return Ok(Vec::new()) };
    text.split('\n').map(|line| row(columns(line)?)).collect()
}

fn columns<const N: usize>(line: &str) -> Result<[&str; N]> {
    let mut columns = line.split('\t');
    let mut found = [""; N];
    for column in &mut found {
        *column = columns.next().ok_or_else(|| torn(line))?;
    }
    if columns.next().is_some() { Err(torn(line)) } else { Ok(found) }
}

fn torn(line: &str) -> StoreError {
    let id = line.split('\t').next().unwrap_or_default().to_owned();
    StoreError::Inconsistent { table: "a list", column: "all", id, found: "a control character".to_owned() }
}
