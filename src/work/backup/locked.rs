//! The form of a backup: a header that everybody can read, and pieces that only the key opens.
//!
//! ```text
//! spotcheck backup/1 LF
//! {"schema":…,"created_at":…,"database":…,"salt":…,"key":…,…} LF      at most 1 MiB of JSON
//! piece: length (4 bytes, big-endian), ciphertext with its tag         0 or more, 1 MiB of text each at most
//! last piece: {"bytes":…,"sha256":…}                                   of the text before compression
//! ```
//!
//! Each piece is ChaCha20-Poly1305 (RFC 8439) under `HMAC-SHA256(key, "spotcheck backup/1" LF salt)`, bound to the
//! SHA-256 of everything up to the end of the header. Its nonce is one byte that is 1 in the last piece and
//! 0 before, three zero bytes, and the number of the piece (8 bytes, big-endian, from 0): no piece can be
//! changed, moved, left out or come from another backup, and a file that was cut off shows it. The pieces
//! together are one gzip stream.

use super::key::BackupKey;
use crate::model::sha::{from_hex, to_hex};
use crate::model::{Sha256, Trouble};
use crate::said;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use sha2::Digest;
use std::io::{self, BufRead, Read, Write};

const MAGIC: &str = "spotcheck backup/1";
const LARGEST_HEADER: u64 = 1 << 20;
const PIECE: usize = 1 << 20;
const TAG: usize = 16;

/// What can be told of a backup without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the program that wrote it.
    pub program: String,
    pub schema: i64,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Rows a table.
    pub rows: Vec<(String, i64)>,
    /// Number and head of each office's public log.
    pub heads: Vec<(String, i64, String)>,
    /// 32 bytes in hex, new for every backup.
    pub salt: String,
    /// Which key it was locked with: nothing that helps to find it.
    pub key: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Total {
    bytes: u64,
    sha256: String,
}

struct Lock {
    key: LessSafeKey,
    header: [u8; 32],
    number: u64,
}

impl Lock {
    fn new(key: &BackupKey, header: &Header, written: &[u8]) -> io::Result<Lock> {
        let key = key.of(MAGIC, &header.salt);
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| damaged())?;
        Ok(Lock { key: LessSafeKey::new(key), header: Sha256::of(written).0, number: 0 })
    }

    fn nonce(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[0] = u8::from(last);
        nonce[4..].copy_from_slice(&self.number.to_be_bytes());
        self.number += 1;
        Nonce::assume_unique_for_key(nonce)
    }
}

/// Writes a whole backup.
pub fn write(out: &mut impl Write, key: &BackupKey, header: &Header, content: &mut impl Read) -> io::Result<()> {
    let written = format!("{MAGIC}\n{}\n", serde_json::to_string(header)?);
    out.write_all(written.as_bytes())?;
    let lock = Lock::new(key, header, written.as_bytes())?;
    let pieces = Pieces { out, lock, held: Vec::with_capacity(PIECE + TAG) };
    let mut packed = GzEncoder::new(pieces, Compression::fast());
    let (mut hash, mut bytes, mut buffer) = (sha2::Sha256::new(), 0_u64, vec![0; 256 << 10]);
    loop {
        let n = content.read(&mut buffer)?;
        let Some(read) = buffer.get(..n).filter(|read| !read.is_empty()) else { break };
        hash.update(read);
        bytes += read.len() as u64;
        packed.write_all(read)?;
    }
    let mut pieces = packed.finish()?;
    pieces.flush()?;
    let total = Total { bytes, sha256: to_hex(&<[u8; 32]>::from(hash.finalize())) };
    pieces.held = serde_json::to_vec(&total)?;
    pieces.seal(true)
}

struct Pieces<'o, W> {
    out: &'o mut W,
    lock: Lock,
    held: Vec<u8>,
}

impl<W: Write> Pieces<'_, W> {
    fn seal(&mut self, last: bool) -> io::Result<()> {
        let nonce = self.lock.nonce(last);
        let bound = Aad::from(self.lock.header);
        self.lock.key.seal_in_place_append_tag(nonce, bound, &mut self.held).map_err(|_| damaged())?;
        let length = u32::try_from(self.held.len()).map_err(|_| damaged())?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(&self.held)?;
        self.held.clear();
        Ok(())
    }
}

impl<W: Write> Write for Pieces<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.held.len());
        self.held.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        if self.held.len() == PIECE {
            self.seal(false)?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() { Ok(()) } else { self.seal(false) }
    }
}

/// A backup that was opened: its header is read, its content is still to come.
pub struct Locked<R> {
    pub header: Header,
    written: Vec<u8>,
    input: R,
}

impl<R: BufRead> Locked<R> {
    /// # Errors
    /// It is no backup, or of a later form.
    pub fn open(mut input: R) -> Result<Locked<R>, Trouble> {
        let mut written = Vec::new();
        let mut lines = (&mut input).take(LARGEST_HEADER);
        let read = lines.read_until(b'\n', &mut written).and_then(|_| {
            let magic = written.len();
            lines.read_until(b'\n', &mut written).map(|_| magic)
        });
        let magic = read.map_err(|_| no_backup())?;
        if written.get(..magic) != Some(format!("{MAGIC}\n").as_bytes()) {
            return Err(no_backup());
        }
        let header = written.get(magic..).and_then(|line| serde_json::from_slice(line).ok()).ok_or_else(no_backup)?;
        Ok(Locked { header, written, input })
    }

    /// Unlocks everything into `out`; returns the number of bytes and their SHA-256.
    ///
    /// # Errors
    /// Another key, or a file that was changed or cut off; what was written by then does not count.
    pub fn unlock(self, key: &BackupKey, out: &mut impl Write) -> io::Result<(u64, Sha256)> {
        let lock = Lock::new(key, &self.header, &self.written)?;
        let opened = Opened { input: self.input, lock, held: Vec::new(), at: 0, total: None };
        let mut unpacked = GzDecoder::new(opened);
        let (mut hash, mut bytes, mut buffer) = (sha2::Sha256::new(), 0_u64, vec![0; 256 << 10]);
        loop {
            let n = unpacked.read(&mut buffer)?;
            let Some(read) = buffer.get(..n).filter(|read| !read.is_empty()) else { break };
            hash.update(read);
            bytes += read.len() as u64;
            out.write_all(read)?;
        }
        let mut opened = unpacked.into_inner();
        // The stream of the content may end before the pieces do.
        while opened.total.is_none() {
            opened.next()?;
        }
        if opened.input.read(&mut [0])? != 0 {
            return Err(damaged());
        }
        let sha = Sha256(hash.finalize().into());
        let told =
            opened.total.and_then(|total| Some((total.bytes, Sha256(from_hex(&total.sha256)?.try_into().ok()?))));
        if told == Some((bytes, sha)) { Ok((bytes, sha)) } else { Err(damaged()) }
    }
}

struct Opened<R> {
    input: R,
    lock: Lock,
    held: Vec<u8>,
    at: usize,
    total: Option<Total>,
}

impl<R: BufRead> Opened<R> {
    /// The next piece in place of the one before.
    fn next(&mut self) -> io::Result<()> {
        let mut length = [0; 4];
        self.input.read_exact(&mut length).map_err(|_| damaged())?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if !(TAG..=PIECE + TAG).contains(&length) {
            return Err(damaged());
        }
        let mut piece = vec![0; length];
        self.input.read_exact(&mut piece).map_err(|_| damaged())?;
        // Only the last piece has another nonce: where nothing follows, it must be that one.
        let last = self.input.fill_buf()?.is_empty();
        let nonce = self.lock.nonce(last);
        let opened = self.lock.key.open_in_place(nonce, Aad::from(self.lock.header), &mut piece);
        let text = opened.map_err(|_| damaged())?.len();
        piece.truncate(text);
        if last {
            self.total = Some(serde_json::from_slice(&piece).map_err(|_| damaged())?);
            piece.clear();
        }
        (self.held, self.at) = (piece, 0);
        Ok(())
    }
}

impl<R: BufRead> Read for Opened<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.held.len() && self.total.is_none() {
            self.next()?;
        }
        let rest = self.held.get(self.at..).unwrap_or_default();
        let n = rest.len().min(into.len());
        if let (Some(into), Some(rest)) = (into.get_mut(..n), rest.get(..n)) {
            into.copy_from_slice(rest);
        }
        self.at += n;
        Ok(n)
    }
}

fn damaged() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

fn no_backup() -> Trouble {
    Trouble::new(said!(
        "this is no backup of spotcheck: name a file that `spotcheck backup` wrote",
        "这不是本程序的备份：请指定由“spotcheck backup”生成的文件"
    ))
}
