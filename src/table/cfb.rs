//! The container of xls files: sectors, a table of chains, a directory. Only one stream is wanted.
//!
//! Every chain is at most as long as the table it runs in, so that a loop in it ends.

use super::xml::broken;
use crate::model::Said;

const END: u32 = 0xFFFF_FFFA;

/// An opened container.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    entries: Vec<Entry>,
    mini_fat: Vec<u32>,
}

struct Entry {
    name: String,
    start: u32,
    size: usize,
}

impl<'a> Compound<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Compound<'a>, Said> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return Err(broken()),
        };
        let mut compound = Compound { bytes, sector, fat: Vec::new(), entries: Vec::new(), mini_fat: Vec::new() };
        let most = bytes.len() / sector + 1;
        let mut fat_sectors: Vec<u32> = Vec::new();
        for index in 0..109 {
            fat_sectors.push(u32_at(bytes, 76 + 4 * index)?);
        }
        let mut next = u32_at(bytes, 68)?;
        let mut steps = 0;
        while next < END && steps <= most {
            let list = numbers(compound.sector_of(next)?);
            let (link, list) = list.split_last().ok_or_else(broken)?;
            fat_sectors.extend(list);
            next = *link;
            steps += 1;
        }
        for id in fat_sectors.into_iter().filter(|id| *id < END).take(most) {
            let list = numbers(compound.sector_of(id)?);
            compound.fat.extend(list);
        }
        let directory = compound.chain(u32_at(bytes, 48)?, usize::MAX)?;
        compound.entries = directory.chunks_exact(128).filter_map(entry).collect();
        let mini_fat = compound.chain(u32_at(bytes, 60)?, usize::MAX)?;
        compound.mini_fat = numbers(&mini_fat);
        Ok(compound)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream of the directory.
    pub(super) fn stream(&self, name: &str) -> Result<Vec<u8>, Said> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)).ok_or_else(broken)?;
        if entry.size >= 4096 {
            return self.chain(entry.start, entry.size);
        }
        // Short streams lie in sectors of 64 bytes inside the root's own stream.
        let root = self.entries.first().ok_or_else(broken)?;
        let mini = self.chain(root.start, root.size)?;
        let mut stream = Vec::with_capacity(entry.size);
        let mut id = entry.start;
        for _ in 0..=self.mini_fat.len() {
            if id >= END || stream.len() >= entry.size {
                break;
            }
            let at = id as usize * 64;
            stream.extend_from_slice(mini.get(at..at + 64).ok_or_else(broken)?);
            id = *self.mini_fat.get(id as usize).ok_or_else(broken)?;
        }
        stream.truncate(entry.size);
        Ok(stream)
    }

    fn chain(&self, start: u32, size: usize) -> Result<Vec<u8>, Said> {
        let mut stream = Vec::new();
        let mut id = start;
        for _ in 0..=self.fat.len() {
            if id >= END || stream.len() >= size {
                stream.truncate(size);
                return Ok(stream);
            }
            stream.extend_from_slice(self.sector_of(id)?);
            id = *self.fat.get(id as usize).ok_or_else(broken)?;
        }
        Err(broken())
    }

    /// The last sector of a file may be cut short.
    fn sector_of(&self, id: u32) -> Result<&'a [u8], Said> {
        let at = (id as usize + 1).checked_mul(self.sector).ok_or_else(broken)?;
        let end = (at + self.sector).min(self.bytes.len());
        self.bytes.get(at..end).filter(|sector| !sector.is_empty()).ok_or_else(broken)
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64).ok()?).saturating_sub(2).min(64);
    let units = bytes.get(..length)?.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    let name = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
    let size = usize::try_from(u32_at(bytes, 120).ok()?).ok()?;
    Some(Entry { name, start: u32_at(bytes, 116).ok()?, size })
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|four| Some(u32::from_le_bytes(four.try_into().ok()?))).collect()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Said> {
    let two = bytes.get(at..at.saturating_add(2)).and_then(|two| two.try_into().ok());
    two.map(u16::from_le_bytes).ok_or_else(broken)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Said> {
    let four = bytes.get(at..at.saturating_add(4)).and_then(|four| four.try_into().ok());
    four.map(u32::from_le_bytes).ok_or_else(broken)
}

pub(super) fn f64_at(bytes: &[u8], at: usize) -> Result<f64, Said> {
    let eight = bytes.get(at..at.saturating_add(8)).and_then(|eight| eight.try_into().ok());
    eight.map(f64::from_le_bytes).ok_or_else(broken)
}
