//! Keys that tie a reply to its assignment (REPLIES 2), and Crockford base32.

use super::{AssignmentId, CaseId, CaseLetter, InspectorId, Timestamp};
use hmac::{Hmac, Mac};
use subtle::ConstantTimeEq;

/// Lower case, without i l o u.
pub const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The first `5 * length` bits as Crockford base32, lower case.
pub fn base32(bytes: &[u8], length: usize) -> String {
    let bit = |i: usize| bytes.get(i / 8).map_or(0, |b| (b >> (7 - i % 8)) & 1);
    (0..length)
        .map(|i| (0..5).fold(0u8, |value, j| value << 1 | bit(5 * i + j)))
        .map(|value| char::from(CROCKFORD[usize::from(value)]))
        .collect()
}

/// What a key is for: the reply itself, or a bounce of the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    Reply,
    Bounce,
}

/// 16 characters, lower case: 80 bits of an HMAC. Never logged.
#[derive(Clone)]
pub struct ReplyKey(String);

impl ReplyKey {
    /// `secret` is the key of generation kid; `closes` is when the assignment closes.
    pub fn make(
        secret: &[u8],
        used_for: KeyUse,
        assignment: &AssignmentId,
        inspector: &InspectorId,
        closes: Timestamp,
    ) -> ReplyKey {
        let label = match used_for {
            KeyUse::Reply => "reply/1",
            KeyUse::Bounce => "bounce/1",
        };
        ReplyKey::of(secret, &format!("{label}\n{assignment}\n{inspector}\n{}", closes.unix_seconds()))
    }

    /// The key of a letter of a case; `written` is when it was.
    pub fn of_case(secret: &[u8], case: &CaseId, letter: CaseLetter, written: Timestamp) -> ReplyKey {
        ReplyKey::of(secret, &format!("case/1\n{}\n{case}\n{}", letter.code(), written.unix_seconds()))
    }

    fn of(secret: &[u8], text: &str) -> ReplyKey {
        let mut mac = <Hmac<sha2::Sha256> as Mac>::new_from_slice(secret)
            .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        mac.update(text.as_bytes());
        ReplyKey(base32(&mac.finalize().into_bytes(), 16))
    }

    /// Reads a key as a person or a mail program hands it back: case and hyphens do not matter.
    pub fn parse(text: &str) -> Option<ReplyKey> {
        let plain: String = text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect();
        (plain.len() == 16 && plain.bytes().all(|b| CROCKFORD.contains(&b))).then_some(ReplyKey(plain))
    }

    /// In constant time.
    pub fn matches(&self, other: &ReplyKey) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }

    /// The secret text itself: for letters and headers only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `K7Q2M-9F3T-X8W2-HC5D-7QKM`, the `Ref` line's content; of an assignment or a case.
    pub fn reference(&self, of: &dyn std::fmt::Display) -> String {
        let key = self.0.to_ascii_uppercase();
        format!("{of}-{}-{}-{}-{}", &key[..4], &key[4..8], &key[8..12], &key[12..])
    }
}

impl std::fmt::Debug for ReplyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplyKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_takes_five_bits_at_a_time() {
        assert_eq!(base32(&[0xff, 0x00, 0xf0], 4), "zw0f");
        assert_eq!(base32(&[0; 10], 16), "0000000000000000");
    }

    #[test]
    fn a_key_depends_on_everything_it_is_made_of() {
        let id = |t: &str| AssignmentId::parse(t).unwrap();
        let who = |t: &str| InspectorId::parse(t).unwrap();
        let key = |s: &[u8], u, a, i, t| ReplyKey::make(s, u, &id(a), &who(i), Timestamp(t));
        let plain = key(b"k", KeyUse::Reply, "K7Q2M", "i1", 1000);
        assert!(plain.matches(&key(b"k", KeyUse::Reply, "K7Q2M", "i1", 1999)), "seconds, not milliseconds");
        for other in [
            key(b"K", KeyUse::Reply, "K7Q2M", "i1", 1000),
            key(b"k", KeyUse::Bounce, "K7Q2M", "i1", 1000),
            key(b"k", KeyUse::Reply, "K7Q2N", "i1", 1000),
            key(b"k", KeyUse::Reply, "K7Q2M", "i2", 1000),
            key(b"k", KeyUse::Reply, "K7Q2M", "i1", 2000),
        ] {
            assert!(!plain.matches(&other));
        }
        let written = plain.reference(&id("K7Q2M"));
        assert!(ReplyKey::parse(&written[6..]).unwrap().matches(&plain));
    }
}
