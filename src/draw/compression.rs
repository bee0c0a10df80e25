//! SHA-256 and HMAC-SHA256 of short texts by the compression function alone.
//!
//! A draw hashes a short text for every place of the country. What all of them share, a key and the
//! beginning of the text, is hashed or laid out once; a ticket is then exactly two compressions.
//! Texts that do not wait for each other are laid out first and compressed one after the other: the
//! processor then begins one compression while the one before still waits for its own results.

use crate::model::Sha256;
use sha2::compress256;
use sha2::digest::generic_array::GenericArray;

const BLOCK: usize = 64;
/// Longest text that ends in its first block: behind it stand one byte of padding and the length.
const FITS_ONE: usize = BLOCK - 9;
/// HMAC's texts begin with a block of the key.
const AFTER_KEY: usize = BLOCK;
/// Texts that are laid out together: more of them gain nothing.
pub(super) const TOGETHER: usize = 8;

pub(super) type Block = [u8; BLOCK];

/// What SHA-256 knows after some blocks.
#[derive(Clone, Copy)]
pub(super) struct State([u32; 8]);

impl State {
    /// The initial value of FIPS 180-4.
    pub(super) const START: State =
        State([0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19]);

    /// SHA-256 of 32 bytes: one compression.
    pub(super) fn hash_of_32(text: &[u8; 32]) -> Sha256 {
        let mut block = [0; BLOCK];
        block[..32].copy_from_slice(text);
        block[32] = 0x80;
        // 256 bits.
        block[BLOCK - 2] = 1;
        let mut state = State::START;
        state.add(&block);
        state.hash()
    }

    fn add(&mut self, block: &Block) {
        compress256(&mut self.0, std::slice::from_ref(GenericArray::from_slice(block)));
    }

    /// Adds the last text but for the block in which it ends, which is laid out in `last`, until now
    /// empty. `before` bytes were hashed already.
    fn add_until_last(&mut self, before: usize, text: &[u8], last: &mut Block) {
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        blocks.iter().for_each(|block| self.add(block));
        last[..rest.len()].copy_from_slice(rest);
        if rest.len() > FITS_ONE {
            last[rest.len()] = 0x80;
            self.add(last);
            *last = [0; BLOCK];
            close(last, None, before + text.len());
        } else {
            close(last, Some(rest.len()), before + text.len());
        }
    }

    /// Adds the last text, however long.
    pub(super) fn finish(mut self, before: usize, text: &[u8]) -> State {
        let mut last = [0; BLOCK];
        self.add_until_last(before, text, &mut last);
        self.add(&last);
        self
    }

    pub(super) fn hash(self) -> Sha256 {
        let mut hash = Sha256([0; 32]);
        self.hash_into(&mut hash.0);
        hash
    }

    pub(super) fn hash_into(self, place: &mut [u8; 32]) {
        for (place, word) in place.as_chunks_mut::<4>().0.iter_mut().zip(self.0) {
            *place = word.to_be_bytes();
        }
    }

    /// The first eight bytes of the hash, big-endian.
    pub(super) fn number(self) -> u64 {
        u64::from(self.0[0]) << 32 | u64::from(self.0[1])
    }
}

/// Ends the last block of a text of so many bytes; where the text itself ends in it, the padding begins.
fn close(block: &mut Block, end: Option<usize>, length: usize) {
    if let Some(end) = end {
        block[end] = 0x80;
    }
    block[BLOCK - 8..].copy_from_slice(&(length as u64 * 8).to_be_bytes());
}

/// Adds a block to each of the states.
fn add_each(states: &mut [State], blocks: &[Block]) {
    states.iter_mut().zip(blocks).for_each(|(state, block)| state.add(block));
}

/// The hash of each item's text, which `write` appends to an empty one.
pub(super) fn hash_each<T>(items: &[T], mut write: impl FnMut(&T, &mut Vec<u8>)) -> Vec<Sha256> {
    let mut hashes = Vec::with_capacity(items.len());
    let mut text = Vec::new();
    for some in items.chunks(TOGETHER) {
        let (mut states, mut lasts) = ([State::START; TOGETHER], [[0; BLOCK]; TOGETHER]);
        for (item, (state, last)) in some.iter().zip(states.iter_mut().zip(&mut lasts)) {
            text.clear();
            write(item, &mut text);
            state.add_until_last(0, &text, last);
        }
        let states = &mut states[..some.len()];
        add_each(states, &lasts);
        hashes.extend(states.iter().map(|state| state.hash()));
    }
    hashes
}

/// Replaces every two neighbours by the hash of `prefix` and both; an odd one at the end stays as it is.
pub(super) fn hash_pairs(prefix: u8, hashes: &mut Vec<Sha256>) {
    const LENGTH: usize = 1 + 32 + 32;
    let mut firsts = [[prefix; BLOCK]; TOGETHER];
    let mut lasts = [[0; BLOCK]; TOGETHER];
    lasts.iter_mut().for_each(|last| close(last, Some(1), LENGTH));
    let pairs = hashes.len() / 2;
    for done in (0..pairs).step_by(TOGETHER) {
        let some = TOGETHER.min(pairs - done);
        let both = hashes[2 * done..2 * (done + some)].as_chunks::<2>().0.iter();
        for ([left, right], (first, last)) in both.zip(firsts.iter_mut().zip(&mut lasts)) {
            first[1..33].copy_from_slice(&left.0);
            first[33..].copy_from_slice(&right.0[..31]);
            last[0] = right.0[31];
        }
        let mut states = [State::START; TOGETHER];
        let states = &mut states[..some];
        add_each(states, &firsts);
        add_each(states, &lasts);
        states.iter().zip(&mut hashes[done..]).for_each(|(state, hash)| state.hash_into(&mut hash.0));
    }
    if !hashes.len().is_multiple_of(2) {
        hashes.swap(pairs, 2 * pairs);
    }
    hashes.truncate(hashes.len().div_ceil(2));
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
            let mut state = State::START;
            state.add(&block);
            state
        };
        Keyed { inner: padded(0x36), outer: padded(0x5c) }
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
        let (mut inner, mut last) = (self.key.inner, self.block);
        self.add_until_last(rest, &mut inner, &mut last);
        inner.add(&last);
        self.key.outer.finish(AFTER_KEY, &inner.hash().0)
    }

    /// As [`Beginning::of`] for many texts, in their order.
    pub(super) fn of_each<'a>(&self, rests: impl IntoIterator<Item = &'a [u8]>, mut found: impl FnMut(State)) {
        let mut rests = rests.into_iter();
        let mut outer = [[0; BLOCK]; TOGETHER];
        outer.iter_mut().for_each(|block| close(block, Some(32), AFTER_KEY + 32));
        loop {
            let (mut states, mut lasts) = ([self.key.inner; TOGETHER], [self.block; TOGETHER]);
            let mut some = 0;
            // The places come first: a text that finds none must not be taken out.
            for ((state, last), rest) in states.iter_mut().zip(&mut lasts).zip(rests.by_ref()) {
                self.add_until_last(rest, state, last);
                some += 1;
            }
            let inner = &mut states[..some];
            add_each(inner, &lasts);
            for (state, block) in inner.iter().zip(&mut outer) {
                block.first_chunk_mut().into_iter().for_each(|place| state.hash_into(place));
            }
            let mut states = [self.key.outer; TOGETHER];
            let states = &mut states[..some];
            add_each(states, &outer);
            states.iter().for_each(|state| found(*state));
            if some < TOGETHER {
                return;
            }
        }
    }

    /// All of the text under the inner key but its last block. `last` holds the head.
    fn add_until_last(&self, rest: &[u8], state: &mut State, last: &mut Block) {
        let length = self.head.len() + rest.len();
        if length <= FITS_ONE {
            last[self.head.len()..length].copy_from_slice(rest);
            close(last, Some(length), AFTER_KEY + length);
        } else {
            *last = [0; BLOCK];
            state.add_until_last(AFTER_KEY, &[&self.head, rest].concat(), last);
        }
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
        fn a_text_of_one_length_hashes_as_everywhere(text in any::<[u8; 32]>()) {
            prop_assert_eq!(State::hash_of_32(&text), Sha256::of(&text));
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

        #[test]
        fn many_texts_hash_as_each_of_them(
            key in any::<[u8; 32]>(), head in "[ -~]{0,70}", texts in prop::collection::vec("[ -~]{0,130}", 0..30),
        ) {
            let alone: Vec<Sha256> = texts.iter().map(|text| Sha256::of(text.as_bytes())).collect();
            prop_assert_eq!(hash_each(&texts, |text, to| to.extend_from_slice(text.as_bytes())), alone);
            let beginning = Keyed::new(&key).beginning_with(head.into_bytes());
            let alone: Vec<Sha256> = texts.iter().map(|text| beginning.of(text.as_bytes()).hash()).collect();
            let mut together = Vec::new();
            beginning.of_each(texts.iter().map(String::as_bytes), |state| together.push(state.hash()));
            prop_assert_eq!(together, alone);
        }
    }
}
