//! Punches: append-only, by the page. A page is what one batch brought of one day (UTC) and of officials that follow
//! each other: a line a punch, so that a nation's day is two thousand rows and not two million.

use super::bulk::{self, Cell, Counted};
use super::register::Ids;
use super::sql::json_rows;
use super::{Result, StoreError, Tx, parsed};
use crate::model::record::{Direction, Filed, FiledBy, Origin, Punch, Record, What};
use crate::model::time::DAY;
use crate::model::{OfficialId, SourceId, Timestamp};
use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;
use std::ops::Range;

// SQLite needs the types to find a page by its whole key; sorting would move whole pages.
statements! {
    PAGES_NAMED = "SELECT batch, number, first_official, last_official FROM punch_page
        WHERE day BETWEEN $1 AND $2 AND first_official <= $4 AND last_official >= $3 ORDER BY batch, number";
    PAGES_AMONG = "SELECT source, batch, punches FROM punch_page
        WHERE (batch, number) IN (SELECT CAST(value ->> 0 AS TEXT), CAST(value ->> 1 AS INTEGER) FROM json_each($1))",
    postgres = "SELECT source, batch, punches FROM punch_page
        WHERE (batch, number) IN (SELECT j ->> 0, CAST(j ->> 1 AS BIGINT) FROM jsonb_array_elements(CAST($1 AS JSONB)) AS j)";
    PAGES_BROUGHT = "SELECT source, batch, punches FROM punch_page
        WHERE batch IN (SELECT value FROM json_each($1)) AND day BETWEEN $2 AND $3 ORDER BY batch, number",
    postgres = "SELECT source, batch, punches FROM punch_page
        WHERE batch = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND day BETWEEN $2 AND $3 ORDER BY batch, number";
    PAGES_BETWEEN = "SELECT source, batch, punches FROM punch_page WHERE source = $1 AND day BETWEEN $2 AND $3 ORDER BY batch, number";
    PAGES_NEAR = "SELECT source, batch, punches FROM punch_page
        WHERE source = $1 AND day = $2 AND first_official <= $3 AND last_official >= $4";
    LAST_NUMBER = "SELECT COALESCE(MAX(number), 0) FROM punch_page WHERE batch = $1";
}

/// Punches of a page.
const PAGE: usize = 1_000;
/// Pages that are written together.
const TOGETHER: usize = 50;
/// Punches that are held against known ones together.
const COMPARED: usize = 20_000;
/// Text that is gathered before it is written.
const GATHERED: usize = 16 << 20;

/// A record to be kept, with the key under which the same record is known again.
#[derive(Debug, Clone)]
pub struct NewRecord {
    pub key: String,
    pub record: Record,
}

/// Punches of one batch on their way into pages.
#[derive(Debug)]
pub struct Punches {
    source: SourceId,
    batch: String,
    text: String,
    lines: Vec<Line>,
}

/// A punch in the text: what it says, without the row that brought it.
#[derive(Debug, Clone, Copy)]
struct Line {
    day: i64,
    at: i64,
    start: u32,
    /// Where the official's id ends.
    official: u32,
    end: u32,
    row: u64,
}

impl Line {
    fn said<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    fn official<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.official as usize).unwrap_or_default()
    }
}

impl Punches {
    pub fn new(source: &SourceId, batch: &str) -> Punches {
        Punches { source: source.clone(), batch: batch.to_owned(), text: String::new(), lines: Vec::new() }
    }

    /// Takes a punch that stands in this row of the file.
    pub fn add(&mut self, official: &OfficialId, punch: &Punch, filed: Filed, row: u64) {
        let start = self.text.len();
        self.text.push_str(official.as_str());
        let official = self.text.len();
        let in_range = punch.in_range.map_or("", |inside| if inside { "1" } else { "0" });
        let (direction, origin) = (punch.direction.code(), punch.origin.code());
        // Writing to a string never fails.
        let _ = write!(self.text, "\t{}\t{direction}\t{origin}\t{in_range}\t", punch.at.0);
        for c in punch.device.iter().flat_map(|device| device.chars()) {
            self.text.push(if c.is_control() { ' ' } else { c });
        }
        self.text.push('\t');
        if let Some(at) = filed.at {
            let _ = write!(self.text, "{}", at.0);
        }
        self.text.push('\t');
        self.text.push_str(filed.by.code());
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (start, official, end) = (place(start), place(official), place(self.text.len()));
        self.lines.push(Line { day: punch.at.0.div_euclid(DAY), at: punch.at.0, start, official, end, row });
    }

    /// Whether it is time to write.
    pub fn is_full(&self) -> bool {
        self.text.len() >= GATHERED
    }

    /// By day, official and time; the same punch twice is once.
    fn sort(&mut self) {
        let text = &self.text;
        let order = |a: &Line, b: &Line| {
            (a.day, a.official(text), a.at, a.said(text), a.row).cmp(&(
                b.day,
                b.official(text),
                b.at,
                b.said(text),
                b.row,
            ))
        };
        if !self.lines.is_sorted_by(|a, b| order(a, b).is_le()) {
            self.lines.sort_by(order);
        }
        self.lines.dedup_by(|b, a| a.day == b.day && a.said(text) == b.said(text));
    }

    /// The place of a known punch among the sorted lines.
    fn find(&self, within: Range<usize>, known: &PageLine<'_>) -> Option<usize> {
        let lines = self.lines.get(within.clone())?;
        let key = |line: &Line| (line.official(&self.text), line.at, line.said(&self.text));
        let found = lines.binary_search_by(|line| key(line).cmp(&(known.official, known.at, known.said)));
        found.ok().map(|at| at + within.start)
    }
}

/// A line of a page.
struct PageLine<'p> {
    said: &'p str,
    official: &'p str,
    at: i64,
    row: &'p str,
}

/// A line that can be read; another would be damage, which [`damaged`] tells.
fn page_line(line: &str) -> Option<PageLine<'_>> {
    let (said, row) = line.rsplit_once('\t')?;
    let (official, rest) = said.split_once('\t')?;
    let at = rest.split('\t').next()?.parse().ok()?;
    Some(PageLine { said, official, at, row })
}

fn lines_of(punches: &str) -> impl Iterator<Item = Option<PageLine<'_>>> {
    punches.split_terminator('\n').map(page_line)
}

type Page = (String, String, String);

fn damaged(batch: &str) -> StoreError {
    StoreError::Inconsistent {
        table: "punch_page",
        column: "punches",
        id: batch.to_owned(),
        found: "a line that is none".to_owned(),
    }
}

pub(super) fn word<T>(
    table: &'static str,
    column: &'static str,
    id: &str,
    text: &str,
    parse: impl Fn(&str) -> std::result::Result<T, crate::model::Said>,
) -> Result<T> {
    parse(text).map_err(|_| StoreError::Inconsistent { table, column, id: id.to_owned(), found: text.to_owned() })
}

pub(super) fn row_number(row: i64) -> u64 {
    u64::try_from(row).unwrap_or(0)
}

fn record_of(line: &PageLine<'_>, source: &SourceId, batch: &str) -> Result<Record> {
    let fields: Vec<&str> = line.said.split('\t').collect();
    let [official, at, direction, origin, in_range, device, filed_at, filed_by] = fields[..] else {
        return Err(damaged(batch));
    };
    let time = |text: &str| text.parse().map(Timestamp).map_err(|_| damaged(batch));
    let filed_at = if filed_at.is_empty() { None } else { Some(time(filed_at)?) };
    Ok(Record {
        official: parsed("punch_page", "official", batch, official)?,
        source: source.clone(),
        filed: Filed { at: filed_at, by: word("punch_page", "filed_by", batch, filed_by, FiledBy::parse)? },
        what: What::Punch(Punch {
            at: time(at)?,
            direction: word("punch_page", "direction", batch, direction, Direction::parse)?,
            origin: word("punch_page", "origin", batch, origin, Origin::parse)?,
            in_range: match in_range {
                "1" => Some(true),
                "0" => Some(false),
                _ => None,
            },
            device: (!device.is_empty()).then(|| device.to_owned()),
        }),
        first_batch: batch.to_owned(),
        last_batch: batch.to_owned(),
        row: line.row.parse().map_err(|_| damaged(batch))?,
    })
}

/// The records of some pages that lie in a span, of officials that are wanted; by source, official and time.
fn records_of(pages: &[Page], wanted: impl Fn(&str) -> bool, from: Timestamp, to: Timestamp) -> Result<Vec<Record>> {
    let mut found = Vec::new();
    for (source, batch, punches) in pages {
        let source: SourceId = parsed("punch_page", "source", batch, source)?;
        // Most lines are of others, and are not looked at any further.
        let of_wanted = |line: &&str| line.split('\t').next().is_none_or(&wanted);
        for line in punches.split_terminator('\n').filter(of_wanted) {
            let line = page_line(line).ok_or_else(|| damaged(batch))?;
            if (from.0..=to.0).contains(&line.at) {
                found.push(((source.clone(), line.official, line.at, line.said), record_of(&line, &source, batch)?));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found.into_iter().map(|(_, record)| record).collect())
}

/// For the state hash: every punch by what it says, with the batch that brought it.
pub(super) fn logical(source: &str, batch: &str, punches: &str) -> Vec<(String, String)> {
    lines_of(punches).flatten().map(|line| (format!("{}|{source}", line.said), batch.to_owned())).collect()
}

impl Tx {
    /// Keeps punches that are not known yet, and begins anew. `touched` counts the new ones.
    pub async fn add_punches(&mut self, punches: &mut Punches) -> Result<Counted> {
        let mut counted = Counted { given: punches.lines.len() as u64, touched: 0 };
        punches.sort();
        let mut number = fetch_optional!(self, (i64,), LAST_NUMBER, punches.batch.as_str()).map_or(0, |(n,)| n);
        let mut pages = Vec::new();
        let mut start = 0;
        while let Some(first) = punches.lines.get(start) {
            let (day, most) = (first.day, (start + COMPARED).min(punches.lines.len()));
            let left = punches.lines.get(start..most).unwrap_or_default();
            let end = start + left.iter().take_while(|line| line.day == day).count();
            let new = self.unknown(punches, start..end).await?;
            counted.touched += new.len() as u64;
            for page in new.chunks(PAGE) {
                number += 1;
                pages.extend(page_of(punches, page, number));
                if pages.len() >= TOGETHER {
                    self.write_pages(&pages).await?;
                    pages.clear();
                }
            }
            start = end;
        }
        self.write_pages(&pages).await?;
        punches.text.clear();
        punches.lines.clear();
        Ok(counted)
    }

    async fn write_pages(&mut self, pages: &[[Cell; 7]]) -> Result<()> {
        let head = "INSERT INTO punch_page (day, source, first_official, batch, number, last_official, punches) ";
        bulk::insert(self, head, pages, "").await?;
        Ok(())
    }

    /// Of sorted lines of one day those that no page has.
    async fn unknown(&mut self, punches: &Punches, within: Range<usize>) -> Result<Vec<Line>> {
        let lines = punches.lines.get(within.clone()).unwrap_or_default();
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok(Vec::new()) };
        let (low, high) = (first.official(&punches.text), last.official(&punches.text));
        let near = fetch_all!(self, Page, PAGES_NEAR, punches.source.as_str(), first.day, high, low);
        let mut known = vec![false; lines.len()];
        for (_, batch, page) in &near {
            for line in lines_of(page) {
                let line = line.ok_or_else(|| damaged(batch))?;
                if let Some(at) = punches.find(within.clone(), &line)
                    && let Some(known) = known.get_mut(at - within.start)
                {
                    *known = true;
                }
            }
        }
        Ok(lines.iter().zip(known).filter(|(_, known)| !known).map(|(line, _)| *line).collect())
    }

    /// Punches of some officials: of each by source and time.
    pub async fn punches_of(
        &mut self,
        officials: &BTreeSet<&str>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Record>> {
        let (Some(low), Some(high)) = (officials.first(), officials.last()) else { return Ok(Vec::new()) };
        let (first, last) = (from.0.div_euclid(DAY), to.0.div_euclid(DAY));
        let named = fetch_all!(self, (String, i64, String, String), PAGES_NAMED, first, last, *low, *high);
        let holding: Vec<(String, i64)> = named
            .into_iter()
            .filter(|(_, _, low, high)| officials.range(low.as_str()..=high.as_str()).next().is_some())
            .map(|(batch, number, ..)| (batch, number))
            .collect();
        let wanted: HashSet<&str> = officials.iter().copied().collect();
        let mut found = Vec::new();
        for some in holding.chunks(TOGETHER) {
            let pages = fetch_all!(self, Page, PAGES_AMONG, json_rows(&some));
            found.extend(records_of(&pages, |id| wanted.contains(id), from, to)?);
        }
        let order = |record: &Record| match &record.what {
            What::Punch(punch) => punch.at,
            What::Paper(_) | What::Rota { .. } | What::Note(_) => Timestamp(0),
        };
        found.sort_by(|a, b| (&a.source, &a.official, order(a)).cmp(&(&b.source, &b.official, order(b))));
        Ok(found)
    }

    /// Everybody's punches in a span that some batches brought: to tell a late upload from a late correction.
    pub async fn punches_brought(&mut self, batches: &Ids, from: Timestamp, to: Timestamp) -> Result<Vec<Record>> {
        let (first, last) = (from.0.div_euclid(DAY), to.0.div_euclid(DAY));
        records_of(&fetch_among!(self, batches, Page, PAGES_BROUGHT, first, last), |_| true, from, to)
    }

    /// Every official's punches of one source in a span.
    pub async fn punches_between(&mut self, source: &SourceId, from: Timestamp, to: Timestamp) -> Result<Vec<Record>> {
        let (first, last) = (from.0.div_euclid(DAY), to.0.div_euclid(DAY));
        let pages = fetch_all!(self, Page, PAGES_BETWEEN, source.as_str(), first, last);
        records_of(&pages, |_| true, from, to)
    }
}

fn page_of(punches: &Punches, lines: &[Line], number: i64) -> Option<[Cell; 7]> {
    let (first, last) = (lines.first()?, lines.last()?);
    let mut text = String::with_capacity(lines.iter().map(|line| (line.end - line.start) as usize + 9).sum());
    for line in lines {
        text.push_str(line.said(&punches.text));
        let _ = writeln!(text, "\t{}", line.row);
    }
    Some([
        first.day.into(),
        punches.source.as_str().into(),
        first.official(&punches.text).into(),
        punches.batch.as_str().into(),
        number.into(),
        last.official(&punches.text).into(),
        text.into(),
    ])
}
