//! Bytes as the database keeps them: compressed, under the SHA-256 of what they were.

use super::Result;
use super::bulk::Cell;
use crate::model::Sha256;
use flate2::bufread::ZlibDecoder;
use flate2::{Compress, Compression, FlushCompress};
use std::cell::RefCell;
use std::io::Read;

thread_local! {
    // Setting up a packer costs more than packing a letter.
    static PACKER: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), true));
}

/// Bytes ready to be stored. Packing takes time and no database, so it can be done on all processors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    sha: Sha256,
    packed: Vec<u8>,
}

impl Packed {
    /// # Errors
    /// There is no memory for packing.
    pub fn new(bytes: &[u8]) -> Result<Packed> {
        let packed = PACKER.with_borrow_mut(|packer| {
            packer.reset();
            run(packer, bytes)
        })?;
        Ok(Packed { sha: Sha256::of(bytes), packed })
    }

    /// Of bytes that are packed already in a way of their own: packing them again would only take time.
    pub(super) fn as_it_is(bytes: &[u8]) -> Result<Packed> {
        Ok(Packed { sha: Sha256::of(bytes), packed: run(&mut Compress::new(Compression::none(), true), bytes)? })
    }

    /// Of the bytes as they were.
    pub fn sha(&self) -> Sha256 {
        self.sha
    }

    /// Its row among the blobs.
    pub(super) fn cells(&self) -> [Cell; 2] {
        [self.sha.hex().into(), Cell::Bytes(self.packed.clone())]
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.packed
    }
}

fn run(packer: &mut Compress, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::with_capacity(bytes.len() / 2 + 64);
    loop {
        let taken = usize::try_from(packer.total_in()).unwrap_or(bytes.len());
        let rest = bytes.get(taken..).unwrap_or_default();
        let status = packer.compress_vec(rest, &mut packed, FlushCompress::Finish);
        match status.map_err(|e| sqlx::Error::Io(std::io::Error::other(e)))? {
            flate2::Status::StreamEnd => return Ok(packed),
            flate2::Status::Ok | flate2::Status::BufError => packed.reserve(packed.capacity().max(64)),
        }
    }
}

/// One for many blobs: setting one up costs more than unpacking a letter.
pub(super) struct Unpacker<'a>(ZlibDecoder<&'a [u8]>);

impl<'a> Unpacker<'a> {
    pub fn new() -> Unpacker<'a> {
        Unpacker(ZlibDecoder::new(&[]))
    }

    pub fn unpack(&mut self, packed: &'a [u8]) -> Result<Vec<u8>> {
        self.0.reset(packed);
        let mut bytes = Vec::with_capacity(packed.len().saturating_mul(3));
        self.0.read_to_end(&mut bytes).map_err(sqlx::Error::Io)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_size_come_back() {
        let noise = |n: usize| (0..n).map(|at| Sha256::of(&at.to_be_bytes()).0[0]).collect::<Vec<u8>>();
        for bytes in [vec![], vec![7], vec![0; 3_000_000], noise(1), noise(63), noise(200_000)] {
            let packed = Packed::new(&bytes).unwrap();
            assert_eq!(packed.sha(), Sha256::of(&bytes));
            let as_it_is = Packed::as_it_is(&bytes).unwrap();
            let mut unpacker = Unpacker::new();
            assert_eq!(unpacker.unpack(&packed.packed).unwrap(), bytes);
            assert_eq!(unpacker.unpack(&as_it_is.packed).unwrap(), bytes);
        }
    }
}
