//! Many rows at once: multi-row inserts, the fastest shape that both databases share.

use super::{Result, Tx};
use sqlx::{Postgres, QueryBuilder, Sqlite};

/// A value of a bulk row.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Vec<u8>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(Some(text.to_owned()))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(Some(text))
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Cell {
        Cell::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Int(Some(number))
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Cell {
        Cell::Int(number)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Cell {
        Cell::Int(Some(i64::from(flag)))
    }
}

/// What a bulk write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    pub given: u64,
    /// Rows that were inserted or changed.
    pub touched: u64,
}

/// SQLite allows 32,766 parameters in one statement, and speed is flat from here on.
const PARAMETERS: usize = 8_000;
/// A statement of a few rows takes it longer to compile than to run: what is left of a full one is written in parts
/// of these many rows, whose statements are compiled once.
const PARTS: [usize; 4] = [256, 64, 8, 1];
/// PostgreSQL gets a column as one array: what a statement holds in memory is the limit there.
const ROWS: usize = 4_000;

/// Appends the rows as VALUES.
macro_rules! push_rows {
    ($query:ident, $rows:ident) => {
        $query.push_values($rows, |mut row, cells| {
            for cell in cells {
                match cell {
                    Cell::Text(text) => row.push_bind(text.clone()),
                    Cell::Int(number) => row.push_bind(*number),
                    Cell::Bytes(bytes) => row.push_bind(bytes.clone()),
                };
            }
        })
    };
}

/// Writes `rows` with `head` (`INSERT INTO t (a, b) `) and `tail` (` ON CONFLICT …`). A column holds cells
/// of one kind.
pub(super) async fn insert<const N: usize>(
    tx: &mut Tx,
    head: &'static str,
    rows: &[[Cell; N]],
    tail: &'static str,
) -> Result<Counted> {
    let mut counted = Counted { given: rows.len() as u64, touched: 0 };
    match tx {
        Tx::Sqlite(tx) => {
            let full = (PARAMETERS / N).max(1);
            let mut left = rows;
            while let Some((part, rest)) = next_part(left, full) {
                let mut query = QueryBuilder::<Sqlite>::new(head);
                push_rows!(query, part);
                query.push(tail);
                counted.touched += query.build().execute(&mut **tx).await?.rows_affected();
                left = rest;
            }
        }
        Tx::Postgres(tx) => {
            for chunk in rows.chunks(ROWS) {
                counted.touched += by_columns(head, chunk, tail).build().execute(&mut **tx).await?.rows_affected();
            }
        }
    }
    Ok(counted)
}

/// The rows that the next statement writes, and the others.
fn next_part<T>(rows: &[T], full: usize) -> Option<(&[T], &[T])> {
    let fits = |size: &usize| *size <= rows.len();
    rows.split_at_checked(Some(full).into_iter().chain(PARTS).find(fits)?)
}

/// One parameter a column: many times fewer than one a cell, each of which is parsed and typed anew.
fn by_columns<const N: usize>(head: &str, rows: &[[Cell; N]], tail: &str) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(head);
    query.push("SELECT * FROM UNNEST(");
    for column in 0..N {
        if column > 0 {
            query.push(", ");
        }
        let cells = rows.iter().filter_map(|row| row.get(column));
        match rows.first().and_then(|row| row.get(column)) {
            Some(Cell::Text(_)) | None => {
                let texts = cells.map(|cell| if let Cell::Text(text) = cell { text.clone() } else { None });
                query.push_bind(texts.collect::<Vec<_>>()).push("::TEXT[]");
            }
            Some(Cell::Int(_)) => {
                let numbers = cells.map(|cell| if let Cell::Int(number) = cell { *number } else { None });
                query.push_bind(numbers.collect::<Vec<_>>()).push("::BIGINT[]");
            }
            Some(Cell::Bytes(_)) => {
                let all = cells.map(|cell| if let Cell::Bytes(bytes) = cell { Some(bytes.clone()) } else { None });
                query.push_bind(all.collect::<Vec<_>>()).push("::BYTEA[]");
            }
        }
    }
    query.push(")").push(tail);
    query
}

/// Reads the rows that `keys` name: `head` (`SELECT … WHERE (a, b) IN (`), the keys as VALUES, `tail` (`)`).
pub(super) async fn select<R, const N: usize>(
    tx: &mut Tx,
    head: &'static str,
    keys: &[[Cell; N]],
    tail: &'static str,
) -> Result<Vec<R>>
where
    R: Send
        + Unpin
        + for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    let mut found = Vec::new();
    for chunk in keys.chunks((PARAMETERS / N).max(1)) {
        match tx {
            Tx::Sqlite(tx) => {
                let mut query = QueryBuilder::<Sqlite>::new(head);
                push_rows!(query, chunk);
                query.push(tail);
                found.extend(query.build_query_as::<R>().fetch_all(&mut **tx).await?);
            }
            Tx::Postgres(tx) => {
                let mut query = QueryBuilder::<Postgres>::new(head);
                push_rows!(query, chunk);
                query.push(tail);
                found.extend(query.build_query_as::<R>().fetch_all(&mut **tx).await?);
            }
        }
    }
    Ok(found)
}
