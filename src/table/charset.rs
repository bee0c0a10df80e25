//! Bytes → text: byte order marks first, then valid UTF-8, then GB18030, then what chardetng says.

use super::read::unreadable;
use crate::model::Said;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::io::Read;

/// How much text after the first byte that is not ASCII decides on the charset.
const WINDOW: usize = 64 << 10;
const CHUNK: usize = 64 << 10;

/// A text stream of bounded memory. Bytes that fit nothing come out as U+FFFD.
pub(super) struct Text<'a> {
    input: &'a mut dyn Read,
    raw: Vec<u8>,
    ended: bool,
    /// `None` while everything was ASCII.
    decoder: Option<Decoder>,
    finished: bool,
}

impl<'a> Text<'a> {
    /// `start`: bytes that were taken off the input already.
    pub(super) fn new(start: Vec<u8>, input: &'a mut dyn Read) -> Text<'a> {
        let mut raw = start;
        let decoder = Encoding::for_bom(&raw).map(|(encoding, length)| {
            raw.drain(..length);
            encoding.new_decoder_without_bom_handling()
        });
        Text { input, raw, ended: false, decoder, finished: false }
    }

    /// Appends some more text; false at the end.
    pub(super) fn more(&mut self, text: &mut String) -> Result<bool, Said> {
        if self.finished {
            return Ok(false);
        }
        if self.raw.is_empty() {
            self.fetch()?;
        }
        if self.decoder.is_none() {
            let plain = self.raw.iter().position(|b| !b.is_ascii()).unwrap_or(self.raw.len());
            let rest = self.raw.split_off(plain);
            // ASCII by construction, so nothing is lost.
            text.push_str(&String::from_utf8_lossy(&self.raw));
            self.raw = rest;
            if self.raw.is_empty() {
                self.finished = self.ended;
                return Ok(!self.finished || plain > 0);
            }
            while self.raw.len() < WINDOW && !self.ended {
                self.fetch()?;
            }
            self.decoder = Some(decide(&self.raw, self.ended).new_decoder_without_bom_handling());
        }
        if let Some(decoder) = &mut self.decoder {
            let needed = decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(self.raw.len() * 3 + 16);
            text.reserve(needed);
            let (_, read, _) = decoder.decode_to_string(&self.raw, text, self.ended);
            self.raw.drain(..read);
        }
        self.finished = self.ended && self.raw.is_empty();
        Ok(true)
    }

    fn fetch(&mut self) -> Result<(), Said> {
        let before = self.raw.len();
        let mut chunk = (&mut *self.input).take(CHUNK as u64);
        chunk.read_to_end(&mut self.raw).map_err(|error| unreadable(&error))?;
        self.ended = self.raw.len() == before;
        Ok(())
    }
}

/// The charset of bytes that begin with one that is not ASCII.
fn decide(window: &[u8], is_all: bool) -> &'static Encoding {
    let (good, bad) = utf8_sequences(window, is_all);
    // One broken byte in a UTF-8 file spoils one row; GBK text forms hardly a valid sequence.
    if bad * 3 <= good {
        return UTF_8;
    }
    let mut trial = String::with_capacity(window.len() * 3 + 16);
    let (_, _, errors) = GB18030.new_decoder_without_bom_handling().decode_to_string(window, &mut trial, is_all);
    if !errors {
        return GB18030;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, is_all);
    match detector.guess(Some(b"cn"), Utf8Detection::Deny) {
        // A damaged GBK file is still one; without a byte order mark these two are never right.
        found if found.is_single_byte() || found == UTF_16LE || found == UTF_16BE => damaged_or(found, &trial),
        found if found == encoding_rs::GBK => GB18030,
        found => found,
    }
}

fn damaged_or(found: &'static Encoding, as_gb18030: &str) -> &'static Encoding {
    let han = as_gb18030.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let lost = as_gb18030.chars().filter(|c| *c == '\u{fffd}').count();
    if lost * 10 < han { GB18030 } else { found }
}

/// Counts valid and broken multi-byte sequences.
fn utf8_sequences(bytes: &[u8], is_all: bool) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let cut_at_the_window = chunks.peek().is_none() && !is_all && chunk.invalid().len() < 4;
        if !chunk.invalid().is_empty() && !cut_at_the_window {
            bad += 1;
        }
    }
    (good, bad)
}
