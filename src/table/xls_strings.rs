//! Strings of xls records: one or two bytes a character, and continued over several records.

use super::package::too_much;
use super::xml::broken;
use crate::model::Said;

const MOST_STRINGS: u32 = 2_000_000;

/// The data of a record and of those that continue it.
pub(super) struct Pieces<'a> {
    pieces: Vec<&'a [u8]>,
    piece: usize,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(pieces: Vec<&'a [u8]>) -> Pieces<'a> {
        Pieces { pieces, piece: 0, at: 0 }
    }

    fn byte(&mut self) -> Result<u8, Said> {
        loop {
            let piece = self.pieces.get(self.piece).ok_or_else(broken)?;
            if let Some(byte) = piece.get(self.at) {
                self.at += 1;
                return Ok(*byte);
            }
            self.piece += 1;
            self.at = 0;
        }
    }

    fn u16(&mut self) -> Result<u16, Said> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Result<u32, Said> {
        Ok(u32::from_le_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, count: u64) -> Result<(), Said> {
        let mut left = count;
        while left > 0 {
            let piece = self.pieces.get(self.piece).ok_or_else(broken)?;
            let here = (piece.len() - self.at.min(piece.len())) as u64;
            if left <= here {
                self.at += usize::try_from(left).unwrap_or(usize::MAX);
                return Ok(());
            }
            left -= here;
            self.piece += 1;
            self.at = 0;
        }
        Ok(())
    }

    /// A string with its 16-bit length, its flags, and formatting that is skipped.
    pub(super) fn string(&mut self) -> Result<String, Said> {
        let length = self.u16()?;
        self.string_of(length)
    }

    fn string_of(&mut self, length: u16) -> Result<String, Said> {
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.u16()? } else { 0 };
        let extra = if flags & 4 != 0 { self.u32()? } else { 0 };
        let mut wide = flags & 1 != 0;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < usize::from(length) {
            // Where characters go on in the next record, it says anew how wide they are.
            if self.pieces.get(self.piece).is_some_and(|piece| self.at >= piece.len()) {
                wide = self.byte()? & 1 != 0;
            }
            units.push(if wide { self.u16()? } else { u16::from(self.byte()?) });
        }
        self.skip(4 * u64::from(runs) + u64::from(extra))?;
        Ok(String::from_utf16_lossy(&units))
    }

    /// All strings of the table that cells point into.
    pub(super) fn table(&mut self) -> Result<Vec<String>, Said> {
        self.u32()?;
        let count = self.u32()?;
        if count > MOST_STRINGS {
            return Err(too_much());
        }
        let mut strings = Vec::new();
        for _ in 0..count {
            strings.push(self.string()?);
        }
        Ok(strings)
    }
}
