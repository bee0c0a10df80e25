//! Rows of a file are read on one processor and understood on another.

use crate::model::Trouble;
use crate::table::read::{Each, Handing, Reading, Row};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::scope;

/// Rows that are handed over together.
const LOT: usize = 1024;
/// Lots that wait to be taken.
const LOTS: usize = 4;

/// Reads ahead on a thread of its own, by a bounded number of rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ahead;

impl Handing for Ahead {
    fn hand(&self, reading: Reading<'_>, each: Each<'_>) -> Result<(), Trouble> {
        let (full, taken) = sync_channel(LOTS);
        let (empty, used) = channel();
        scope(|threads| {
            let read = threads.spawn(move || {
                let mut filling = Filling { lot: Vec::with_capacity(LOT), rows: 0, full, used };
                let read = reading(&mut |row| filling.take(row));
                filling.end();
                read
            });
            let to_the_end = take(taken, &empty, each);
            let read = read.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // What is wrong behind the last row that was wanted is nobody's trouble.
            if to_the_end { read } else { Ok(()) }
        })
    }
}

/// Takes lots until there are no more, and gives them back; the reading stops where they are taken no longer.
fn take(lots: Receiver<Vec<Row>>, empty: &Sender<Vec<Row>>, each: Each<'_>) -> bool {
    for lot in lots {
        if lot.iter().any(|row| each(row).is_break()) {
            return false;
        }
        // Where the reading has ended, nobody wants it back.
        let _ = empty.send(lot);
    }
    true
}

/// A lot on its way.
struct Filling {
    /// Its rows, and behind them such as were taken before: their texts have room for others.
    lot: Vec<Row>,
    rows: usize,
    full: SyncSender<Vec<Row>>,
    used: Receiver<Vec<Row>>,
}

impl Filling {
    fn take(&mut self, row: &Row) -> ControlFlow<()> {
        match self.lot.get_mut(self.rows) {
            Some(old) => {
                old.number = row.number;
                old.cells.clone_from(&row.cells);
                old.damage.clone_from(&row.damage);
            }
            None => self.lot.push(row.clone()),
        }
        self.rows += 1;
        if self.rows == LOT { self.hand_on() } else { ControlFlow::Continue(()) }
    }

    fn hand_on(&mut self) -> ControlFlow<()> {
        let next = self.used.try_recv().unwrap_or_default();
        let mut lot = std::mem::replace(&mut self.lot, next);
        lot.truncate(self.rows);
        self.rows = 0;
        match self.full.send(lot) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    fn end(mut self) {
        // Whether anybody takes the last ones changes nothing any more.
        let _ = self.hand_on();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said;

    fn row(number: u64) -> Row {
        // Longer and shorter ones by turns, so that what is used again shows.
        let cells = (0..number % 5).map(|cell| format!("{number}/{cell}")).collect();
        let damage = number.is_multiple_of(7).then(|| said!("bad {number}", "坏{number}"));
        Row { number, cells, damage }
    }

    fn handed(rows: u64, fails: bool, most: usize) -> (Vec<Row>, u64, Result<(), Trouble>) {
        let (mut taken, mut read) = (Vec::new(), 0);
        let result = Ahead.hand(
            &mut |each| {
                for number in 1..=rows {
                    read = number;
                    if each(&row(number)).is_break() {
                        return Ok(());
                    }
                }
                if fails { Err(Trouble::new(said!("torn", "残缺"))) } else { Ok(()) }
            },
            &mut |row| {
                taken.push(row.clone());
                if taken.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        );
        (taken, read, result)
    }

    #[test]
    fn every_row_comes_once_and_in_order() {
        for rows in [0, 1, LOT as u64 - 1, LOT as u64, LOT as u64 + 1, 20_000] {
            let (taken, _, result) = handed(rows, false, usize::MAX);
            assert!(result.is_ok());
            assert_eq!(taken, (1..=rows).map(row).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_was_read_before_a_trouble_comes_first() {
        let (taken, _, result) = handed(1_000, true, usize::MAX);
        assert_eq!(taken.len(), 1_000);
        assert!(result.is_err());
    }

    #[test]
    fn what_is_wrong_behind_the_last_row_that_is_wanted_is_no_trouble() {
        let (taken, _, result) = handed(10, true, 3);
        assert_eq!(taken.len(), 3);
        assert!(result.is_ok());
    }

    #[test]
    fn the_reading_stops_where_rows_are_taken_no_more() {
        let (taken, read, result) = handed(1_000_000, false, 3);
        assert!(result.is_ok());
        assert_eq!(taken.len(), 3);
        assert!(read < 1_000_000);
    }
}
