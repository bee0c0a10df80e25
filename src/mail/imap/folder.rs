//! Names of folders and other strings as servers want them.

use std::fmt::Write;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// A name in modified UTF-7 (RFC 3501, 5.1.3), between quotes.
pub fn quoted_name(name: &str) -> String {
    let mut coded = String::new();
    let mut high = Vec::new();
    for c in name.chars() {
        if c.is_ascii() && !c.is_ascii_control() {
            shift(&mut coded, &mut high);
            coded.push(c);
            if c == '&' {
                coded.push('-');
            }
        } else {
            high.extend(c.encode_utf16(&mut [0; 2]).iter());
        }
    }
    shift(&mut coded, &mut high);
    format!("\"{}\"", coded.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Writes what is gathered of UTF-16, six bits a digit, between `&` and `-`.
fn shift(coded: &mut String, high: &mut Vec<u16>) {
    if high.is_empty() {
        return;
    }
    coded.push('&');
    let (mut bits, mut held) = (0_u32, 0);
    for unit in high.drain(..) {
        bits = (bits << 16) | u32::from(unit);
        held += 16;
        while held >= 6 {
            held -= 6;
            digit(coded, bits >> held);
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        digit(coded, bits << (6 - held));
    }
    coded.push('-');
}

fn digit(coded: &mut String, bits: u32) {
    let digit = DIGITS.get((bits & 0x3f) as usize).copied().unwrap_or(b'A');
    coded.push(char::from(digit));
}

/// A name as a person reads it; what is not coded as it should be stays as it is.
pub fn read_name(coded: &str) -> String {
    let mut name = String::new();
    let mut rest = coded;
    while let Some((plain, after)) = rest.split_once('&') {
        name.push_str(plain);
        let Some((digits, after)) = after.split_once('-') else { return coded.to_owned() };
        rest = after;
        match unshifted(digits) {
            Some(text) if !digits.is_empty() => name.push_str(&text),
            Some(_) => name.push('&'),
            None => return coded.to_owned(),
        }
    }
    name + rest
}

fn unshifted(digits: &str) -> Option<String> {
    let (mut bits, mut held, mut units) = (0_u32, 0, Vec::new());
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|d| *d == digit)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        held += 6;
        if held >= 16 {
            held -= 16;
            units.push(u16::try_from((bits >> held) & 0xffff).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    String::from_utf16(&units).ok()
}

/// `1:3,7`: ascending UIDs in few words.
pub fn uid_set(uids: &[u32]) -> String {
    let mut set = String::new();
    let mut at = 0;
    while let Some(first) = uids.get(at) {
        let mut last = *first;
        at += 1;
        while uids.get(at).is_some_and(|next| Some(*next) == last.checked_add(1)) {
            last += 1;
            at += 1;
        }
        let comma = if set.is_empty() { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = if *first == last { write!(set, "{comma}{first}") } else { write!(set, "{comma}{first}:{last}") };
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_coded_as_the_standard_says() {
        for (name, coded) in [
            ("INBOX", "\"INBOX\""),
            ("a \"b\" \\", "\"a \\\"b\\\" \\\\\""),
            ("Q&A", "\"Q&-A\""),
            // The example of RFC 3501.
            ("~peter/mail/台北/日本語", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""),
            ("已处理", "\"&XfJZBHQG-\""),
            ("😀", "\"&2D3eAA-\""),
        ] {
            assert_eq!(quoted_name(name), coded, "{name}");
            if !name.contains('"') {
                assert_eq!(read_name(coded.trim_matches('"')), name);
            }
        }
        for odd in ["&", "a&b", "&*-", "&2D0-"] {
            assert_eq!(read_name(odd), odd);
        }
    }

    #[test]
    fn sets_are_short() {
        assert_eq!(uid_set(&[1, 2, 3, 7, 9, 10, u32::MAX]), "1:3,7,9:10,4294967295");
        assert_eq!(uid_set(&[]), "");
    }
}
