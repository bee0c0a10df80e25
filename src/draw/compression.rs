//! SHA-256 and HMAC-SHA256 of short texts by the compression function alone.
//!
//! A draw hashes a short text for every place of the country. What all of them share, a key and the
//! beginning of the text, is hashed or laid out once; a ticket is then exactly two compressions.

use crate::model::Sha256;
use sha2::compress256;
use sha2::digest::generic_array::GenericArray;

const BLOCK: usize = 64;
/// Longest text that ends in its first block: behind it stand one byte of padding and the length.
const FITS_ONE: usize = BLOCK - 9;
/// HMAC's texts begin with a block of the key.
const AFTER_KEY: usize = BLOCK;

type Block = [u8; BLOCK];

/// What SHA-256 knows after some blocks.
#[derive(Clone, Copy)]
pub(super) struct State([u32; 8]);

impl State {
    /// The initial value of FIPS 180-4.
    pub(super) const START: State =
        State([0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19]);

    fn then(mut self, block: Block) -> State {
        compress256(&mut self.0, &[GenericArray::from(block)]);
        self
    }

    /// Adds a text of less than a block, and the end. `before` bytes were hashed already.
    fn end(self, before: usize, rest: &[u8]) -> State {
        let mut last = [0; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        self.end_in(before, last, rest.len())
    }

    /// As [`State::end`] for a text that lies at the start of an otherwise empty block.
    fn end_in(mut self, before: usize, mut block: Block, length: usize) -> State {
        block[length] = 0x80;
        if length > FITS_ONE {
            self = self.then(block);
            block = [0; BLOCK];
        }
        let bits = (before + length) as u64 * 8;
        block[BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());
        self.then(block)
    }

    /// Adds the last text, however long.
    pub(super) fn finish(mut self, mut before: usize, text: &[u8]) -> State {
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        for block in blocks {
            self = self.then(*block);
            before += BLOCK;
        }
        self.end(before, rest)
    }

    pub(super) fn hash(self) -> Sha256 {
        let mut bytes = [0; 32];
        for (place, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(self.0) {
            *place = word.to_be_bytes();
        }
        Sha256(bytes)
    }

    /// The first eight bytes of the hash, big-endian.
    pub(super) fn number(self) -> u64 {
        u64::from(self.0[0]) << 32 | u64::from(self.0[1])
    }
}

/// HMAC-SHA256 under one key, with the key's own blocks hashed.
#[derive(Clone, Copy)]
pub(super) struct Keyed {
    inner: State,
    outer: State,
}

impl Keyed {
    pub(super) fn new(key: &[u8; 32]) -> Keyed {
        let padded = |pad: u8| {
            let mut block = [pad; BLOCK];
            block.iter_mut().zip(key).for_each(|(byte, of_key)| *byte ^= of_key);
            State::START.then(block)
        };
        Keyed { inner: padded(0x36), outer: padded(0x5c) }
    }

    fn around(&self, inner: State) -> State {
        self.outer.end(AFTER_KEY, &inner.hash().0)
    }

    /// For texts that all begin with `head`.
    pub(super) fn beginning_with(self, head: Vec<u8>) -> Beginning {
        let mut block = [0; BLOCK];
        block.iter_mut().zip(&head).for_each(|(byte, of_head)| *byte = *of_head);
        Beginning { key: self, head, block }
    }
}

/// HMAC-SHA256 of texts with one key and one beginning.
#[derive(Clone)]
pub(super) struct Beginning {
    key: Keyed,
    head: Vec<u8>,
    /// The head, or as much of it as a block holds, laid out.
    block: Block,
}

impl Beginning {
    /// Of the text that goes on with `rest`: two compressions where it ends in its first block.
    pub(super) fn of(&self, rest: &[u8]) -> State {
        let length = self.head.len() + rest.len();
        let inner = if length <= FITS_ONE {
            let mut block = self.block;
            block[self.head.len()..length].copy_from_slice(rest);
            self.key.inner.end_in(AFTER_KEY, block, length)
        } else {
            self.key.inner.finish(AFTER_KEY, &[&self.head, rest].concat())
        };
        self.key.around(inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, Mac};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_and_long_texts_hash_as_everywhere(text in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(State::START.finish(0, &text).hash(), Sha256::of(&text));
        }

        #[test]
        fn a_text_in_two_parts_has_the_mac_of_the_whole(
            key in any::<[u8; 32]>(), head in prop::collection::vec(any::<u8>(), 0..130),
            rest in prop::collection::vec(any::<u8>(), 0..130),
        ) {
            let mut plain = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
            plain.update(&head);
            plain.update(&rest);
            let expected: [u8; 32] = plain.finalize().into_bytes().into();
            let found = Keyed::new(&key).beginning_with(head).of(&rest);
            prop_assert_eq!(found.hash(), Sha256(expected));
            prop_assert_eq!(&found.number().to_be_bytes()[..], &expected[..8]);
        }
    }
}
