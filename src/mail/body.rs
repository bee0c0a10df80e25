//! The body of a letter in the encoding that the mail library would choose for it.
//!
//! The library makes room for the line ends one by one, each time moving all that follows: of a letter's
//! writing that took most of the time.

use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding as Encoding;

/// Columns from which on a line is encoded.
const LONG: usize = 76;

/// Line ends become CRLF.
pub fn body(text: &str) -> Body {
    let lines = with_crlf(text);
    match encoding_of(text.as_bytes()) {
        Encoding::SevenBit => Body::dangerous_pre_encoded(lines.into_bytes(), Encoding::SevenBit),
        encoded => Body::new_with_encoding(lines, encoded).unwrap_or_else(Body::new),
    }
}

fn with_crlf(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 16 + 2);
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(line) if !line.ends_with('\r') => lines.extend([line, "\r\n"]),
            _ => lines.push_str(line),
        }
    }
    lines
}

/// As it is where that can travel; else what takes fewer bytes.
fn encoding_of(text: &[u8]) -> Encoding {
    let mut last = 0;
    let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    let is_long = ends.chain([text.len()]).any(|at| at - std::mem::replace(&mut last, at) >= LONG);
    if text.is_ascii() && !is_long {
        return Encoding::SevenBit;
    }
    let escaped = text.iter().filter(|byte| !matches!(byte, b'\t' | b' '..=b'~')).count();
    if escaped <= text.len() / 3 { Encoding::QuotedPrintable } else { Encoding::Base64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_are_those_of_the_library(text in "([ -~]{0,90}|[在岗滨河 a]{0,40}|\r|\n|\n)*") {
            let (ours, theirs) = (body(&text), Body::new(text));
            prop_assert_eq!(ours.encoding(), theirs.encoding());
            prop_assert_eq!(ours.into_vec(), theirs.into_vec());
        }
    }
}
