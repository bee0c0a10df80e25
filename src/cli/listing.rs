//! Lists on a terminal: a row of heads, columns that stand below each other. The last column may be as
//! long as it likes.

use super::Terminal;
use crate::letter::columns::columns;
use crate::model::Said;

/// Prints nothing where there are no rows.
pub(super) fn print<const N: usize>(heads: [Said; N], rows: &[[String; N]], terminal: &mut Terminal<'_>) {
    if rows.is_empty() {
        return;
    }
    let heads = heads.map(|said| said.in_language(terminal.language).to_owned());
    for line in aligned(&heads, rows) {
        terminal.say(line);
    }
}

fn aligned<const N: usize>(heads: &[String; N], rows: &[[String; N]]) -> Vec<String> {
    let mut widths = [0; N];
    for row in std::iter::once(heads).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = columns(cell).max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - columns(cell))));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    std::iter::once(heads).chain(rows).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_columns_and_nothing_trails() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let lines = aligned(&row("编号", "State"), &[row("abcdef", ""), row("王", "new")]);
        assert_eq!(lines, ["编号    State", "abcdef", "王      new"]);
    }
}
