//! Numbers as digits, for texts of which a frame has hundreds of thousands: formatting takes longer
//! than hashing does.

/// The digits of 00 to 99: two at a time halve the divisions.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + number as u8 / 10, b'0' + number as u8 % 10];
        number += 1;
    }
    pairs
};

pub(super) fn push_number(text: &mut Vec<u8>, mut number: u64) {
    let mut digits = [[b'0'; 2]; 10];
    let mut first = digits.len();
    for (place, pair) in digits.iter_mut().enumerate().rev() {
        *pair = PAIRS[(number % 100) as usize];
        first = place;
        number /= 100;
        if number == 0 {
            break;
        }
    }
    let digits = digits[first..].as_flattened();
    let alone = digits.len() > 1 && digits[0] == b'0';
    text.extend_from_slice(&digits[usize::from(alone)..]);
}

pub(super) fn push_hex(text: &mut Vec<u8>, bytes: &[u8; 16]) {
    let mut digits = [0; 32];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [byte >> 4, byte & 15].map(|half| if half < 10 { b'0' + half } else { b'a' - 10 + half });
    }
    text.extend_from_slice(&digits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn digits_are_those_of_formatting(number in prop_oneof![any::<u64>(), 0u64..1000], bytes in any::<[u8; 16]>()) {
            let mut text = vec![b'x'];
            push_number(&mut text, number);
            push_hex(&mut text, &bytes);
            let formatted = format!("x{number}{}", crate::model::sha::to_hex(&bytes));
            prop_assert_eq!(text, formatted.into_bytes());
        }
    }
}
