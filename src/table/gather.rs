//! Loose cells of a workbook → rows, within the limits of a row and of a whole file.

use super::package::too_much;
use super::read::{Each, LONGEST_ROW, MOST_COLUMNS, Row, too_long_row, too_many_columns};
use crate::model::Said;
use std::ops::ControlFlow;

/// Most text that all cells of a workbook may add up to: one long string can be shared by millions.
const MOST_TEXT: usize = 1 << 30;

#[derive(Default)]
pub(super) struct Gather {
    row: Row,
    bytes: usize,
    all: usize,
    /// Whether any row was handed on.
    pub(super) any: bool,
}

impl Gather {
    /// Takes a cell of row `number` (from 1) and `column` (from 0); hands on the row before it.
    pub(super) fn cell(
        &mut self,
        number: u64,
        column: usize,
        text: &str,
        each: Each<'_>,
    ) -> Result<ControlFlow<()>, Said> {
        if text.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        if column >= MOST_COLUMNS {
            return Err(too_many_columns());
        }
        if number != self.row.number {
            if self.flush(each).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.row.number = number;
        }
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes > LONGEST_ROW {
            self.row.damage.get_or_insert_with(too_long_row);
            return Ok(ControlFlow::Continue(()));
        }
        self.all += text.len();
        if self.all > MOST_TEXT {
            return Err(too_much());
        }
        if self.row.cells.len() <= column {
            self.row.cells.resize(column + 1, String::new());
        }
        if let Some(place) = self.row.cells.get_mut(column) {
            text.clone_into(place);
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Hands on the last row.
    pub(super) fn flush(&mut self, each: Each<'_>) -> ControlFlow<()> {
        let row = std::mem::take(&mut self.row);
        self.bytes = 0;
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        self.any = true;
        each(&row)
    }
}
