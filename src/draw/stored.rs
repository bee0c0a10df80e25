//! The frame's one form in storage: deflated lines, each with its fields between tabs.
//!
//! ```text
//! frame/1 TAB number of rows TAB number of pools [TAB salt of the window]
//! pool                                                   a line a pool, the empty one left out
//! id TAB p_visit TAB p_call TAB reason TAB salt TAB age TAB risk TAB eligible TAB number of the pool
//! ```
//! Reason and salt are empty where there is none; where the window has a salt, those of its rows follow from
//! it and are left out. Rows stand in the byte order of their ids.

use super::digits::{push_hex, push_number};
use super::frame::Pools;
use super::row::{Detail, Row};
use super::{Chance, Frame, Reason, Salt, Salts};
use crate::model::{OfficeId, PlaceId, Said};
use crate::said;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::io::{BufRead, BufReader, Read, Write};
use std::str::FromStr;

const VERSION: &str = "frame/1";
/// More than the frame of every village of the country has, unpacked: guards against a small file that
/// unpacks without end.
const LARGEST: u64 = 400 << 20;
/// Longer than any line can be.
const LONGEST_LINE: u64 = 250;
/// Bytes handed to the packer at a time.
const PORTION: usize = 1 << 16;

impl Frame {
    pub fn encode(&self) -> Vec<u8> {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        let head = format!("{VERSION}\t{}\t{}", self.rows().len(), self.pools().names().len() - 1);
        let mut text = head.into_bytes();
        if let Some(salts) = self.salts() {
            text.push(b'\t');
            salts.push_to(&mut text);
        }
        text.push(b'\n');
        for pool in &self.pools().names()[1..] {
            text.extend_from_slice(pool.as_bytes());
            text.push(b'\n');
        }
        let mut packed = Ok(());
        for row in self.rows() {
            push_row(&mut text, row, row.salt.as_ref().filter(|_| self.salts().is_none()));
            if text.len() >= PORTION {
                packed = packed.and_then(|()| packer.write_all(&text));
                text.clear();
            }
        }
        let packed = packed.and_then(|()| packer.write_all(&text)).and_then(|()| packer.finish());
        packed.unwrap_or_else(|_| unreachable!("a vector takes all that is written"))
    }

    /// Reads what [`Frame::encode`] wrote; everything is checked again.
    pub fn decode(bytes: &[u8]) -> Result<Frame, Said> {
        let mut lines =
            Lines { from: BufReader::new(DeflateDecoder::new(bytes).take(LARGEST)), number: 0, line: Vec::new() };
        let (rows, pools, salts) = lines.read_frame().ok_or_else(|| damaged(lines.number))?;
        match salts {
            Some(salts) => Frame::salted(rows, pools, salts),
            None => Frame::with_pools(rows, pools),
        }
        .map_err(|e| e.said())
    }
}

fn damaged(line: u64) -> Said {
    said!(
        "the stored frame is damaged at line {line}: restore it from a backup",
        "保存的抽样框第{line}行已损坏：请从备份恢复"
    )
}

fn push_row(text: &mut Vec<u8>, row: &Row, salt: Option<&Salt>) {
    let Detail { age, risk, eligible, pool } = row.detail;
    text.extend_from_slice(row.id.as_str().as_bytes());
    for number in [row.visit.get(), row.call.get()] {
        text.push(b'\t');
        push_number(text, number);
    }
    text.push(b'\t');
    text.extend_from_slice(row.reason.map_or("", Reason::code).as_bytes());
    text.push(b'\t');
    if let Some(salt) = salt {
        push_hex(text, salt.reveal());
    }
    for number in [i64::from(age), i64::from(risk), eligible, i64::from(pool)] {
        text.extend_from_slice(if number < 0 { b"\t-" } else { b"\t" });
        push_number(text, number.unsigned_abs());
    }
    text.push(b'\n');
}

/// Lines of what is unpacked, never held in memory together.
struct Lines<R> {
    from: R,
    /// Of the last line read, from 1.
    number: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Option<&str> {
        self.number += 1;
        self.line.clear();
        self.from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.line).ok()?;
        std::str::from_utf8(self.line.strip_suffix(b"\n")?).ok()
    }

    fn read_frame(&mut self) -> Option<(Vec<Row>, Pools, Option<Salts>)> {
        let head = self.next()?;
        let (head, salts) = match head.match_indices('\t').nth(2) {
            Some((end, _)) => (head.get(..end)?, Some(Salts::from_hex(head.get(end + 1..)?)?)),
            None => (head, None),
        };
        let [VERSION, rows, pools] = fields(head)? else { return None };
        let (count, pools_named) = (number::<u64>(rows)?, number::<u16>(pools)?);
        let mut pools = Pools::default();
        for expected in 1..=pools_named {
            let office = OfficeId::parse(self.next()?).ok()?;
            if pools.number_of(&office).ok()? != expected {
                return None;
            }
        }
        let mut rows = Vec::new();
        for _ in 0..count {
            let row = row(self.next()?)?;
            if row.salt.is_some() && salts.is_some() {
                return None;
            }
            rows.push(row);
        }
        let at_its_end = self.next().is_none() && self.line.is_empty();
        at_its_end.then_some((rows, pools, salts))
    }
}

/// The fields of a line that has as many as are wanted.
fn fields<const N: usize>(line: &str) -> Option<[&str; N]> {
    let mut fields = line.split('\t');
    let mut found = [""; N];
    for field in &mut found {
        *field = fields.next()?;
    }
    fields.next().is_none().then_some(found)
}

/// Neither signs nor zeros before it.
fn number<T: FromStr>(text: &str) -> Option<T> {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    if canonical { text.parse().ok() } else { None }
}

fn row(line: &str) -> Option<Row> {
    let [id, visit, call, reason, salt, age, risk, eligible, pool] = fields(line)?;
    let chance = |text| number(text).and_then(Chance::new);
    let reason = if reason.is_empty() { None } else { Some(Reason::from_code(reason)?) };
    let salt = if salt.is_empty() { None } else { Some(Salt::from_hex(salt)?) };
    let detail = Detail { age: number(age)?, risk: number(risk)?, eligible: number(eligible)?, pool: number(pool)? };
    Some(Row { id: PlaceId::parse(id).ok()?, visit: chance(visit)?, call: chance(call)?, reason, salt, detail })
}
