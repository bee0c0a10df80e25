//! Codes of an authenticator app (RFC 6238: SHA-1, 30 seconds, six digits).

use super::Context;
use crate::model::Timestamp;
use crate::model::time::SECOND;
use crate::store::AccountRow;
use ring::hmac;
use subtle::ConstantTimeEq;

/// Seconds for which a code holds.
const STEP: i64 = 30;
const DIGITS: usize = 6;
/// RFC 4648.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The code of a step, with so many digits.
pub fn code(secret: &[u8], step: u64, digits: usize) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let from = usize::from(bytes.last().copied().unwrap_or_default() & 0xf);
    let four = bytes.get(from..from + 4).and_then(|four| four.first_chunk()).copied().unwrap_or_default();
    let number = u32::from_be_bytes(four) & 0x7fff_ffff;
    let modulus = 10_u64.pow(u32::try_from(digits).unwrap_or(6));
    format!("{:0digits$}", u64::from(number) % modulus)
}

/// The step whose code this is: now's, or one beside it for clocks that differ.
pub fn step_of(secret: &[u8], written: &str, now: Timestamp) -> Option<i64> {
    let written: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    let now = now.0 / SECOND / STEP;
    let is = |step: &i64| {
        let step = u64::try_from(*step).unwrap_or_default();
        bool::from(code(secret, step, DIGITS).as_bytes().ct_eq(written.as_bytes()))
    };
    // All three are compared, so that the time tells nothing.
    let found: Vec<i64> = (now - 1..=now + 1).filter(is).collect();
    found.last().copied()
}

/// As authenticator apps take it when it is typed.
pub fn base32(bytes: &[u8]) -> String {
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| usize::from(byte >> bit & 1)));
    let bits: Vec<usize> = bits.collect();
    let letter = |five: &[usize]| {
        let number = (0..5).fold(0, |number, n| number * 2 + five.get(n).copied().unwrap_or_default());
        char::from(BASE32.get(number).copied().unwrap_or(b'A'))
    };
    bits.chunks(5).map(letter).collect()
}

impl Context {
    /// What an account's codes are made from; `None` before a second factor was begun.
    pub fn second_factor(&self, account: &AccountRow) -> Option<[u8; 20]> {
        let begun = (account.second > 0).then_some(account.second)?;
        self.secrets.of_second_factor(account.second_kid, &account.id, begun)
    }
}
