//! A lottery as the source of beacons, for offices that have neither network nor second office.
//!
//! Lottery, form of the result and, window by window, the number of the draw are fixed in the seals, so
//! that whoever types the result chooses nothing.

use crate::model::{Said, Timestamp};
use crate::said;
use serde::{Deserialize, Serialize};

/// A beacon with less could be tried out beforehand.
pub const LEAST_BITS: u32 = 40;
/// Between the digest and the draw of the lottery, in milliseconds.
pub const AFTER_DIGEST: i64 = 30 * crate::model::time::MINUTE;
/// Longest pattern, result and draw number.
const LONGEST: usize = 64;

/// The lottery that a programme's seal names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lottery {
    /// Its name, for people.
    pub lottery: String,
    /// The form of a result: 9 stands for any digit, everything else for itself.
    pub pattern: String,
    /// How many bits a result is worth: the number of possible results as a power of 2, rounded down.
    /// Digits can promise more than there is: six balls of 33 and one of 16 are 14 digits and 24 bits.
    pub bits: u32,
}

/// A coming draw of the lottery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotteryDraw {
    pub at: Timestamp,
    pub number: String,
}

/// Whether a text can be the number of a draw.
pub fn is_number(text: &str) -> bool {
    is_plain(text, "._-")
}

/// Whether a text can be a result or a pattern.
pub fn is_result(text: &str) -> bool {
    is_plain(text, "._-,+/")
}

fn is_plain(text: &str, marks: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
}

impl Lottery {
    /// Whether a beacon of this lottery is worth its name.
    pub fn sound(&self) -> Result<(), Said> {
        if !is_result(&self.pattern) {
            let pattern = &self.pattern;
            return Err(said!(
                "“{pattern}” is no pattern of a lottery: write 9 for each digit, and letters or . _ - , + / between them",
                "“{pattern}”不是开奖结果格式：每位数字写9，其间可用字母和 . _ - , + /"
            ));
        }
        let (digits, bits) = (self.pattern.matches('9').count(), self.bits);
        if bits < LEAST_BITS {
            return Err(said!(
                "a result of {bits} bits could be tried out beforehand: take results of at least {LEAST_BITS} bits, of several lotteries where one has less",
                "开奖结果只有{bits}比特，可被事先逐一试算：至少要{LEAST_BITS}比特，一种彩票不够时并用几种"
            ));
        }
        if !holds(digits, bits) {
            return Err(said!(
                "{digits} digits hold less than {bits} bits: correct pattern or bits",
                "{digits}位数字不足{bits}比特：请更正格式或比特数"
            ));
        }
        Ok(())
    }

    /// Whether a result has the form of the pattern, character by character.
    pub fn fits(&self, result: &str) -> bool {
        result.len() == self.pattern.len()
            && self.pattern.bytes().zip(result.bytes()).all(|(form, is)| match form {
                b'9' => is.is_ascii_digit(),
                _ => form == is,
            })
    }

    /// The draw that a window's seal awaits: the last one before the window is drawn, if nobody can know
    /// it before everybody has had time to read the digest.
    pub fn awaited<'d>(
        &self,
        draws: &'d [LotteryDraw],
        digest_at: Timestamp,
        draw_at: Timestamp,
    ) -> Result<&'d LotteryDraw, Said> {
        let open = draws.iter().filter(|d| digest_at.plus(AFTER_DIGEST) <= d.at && d.at < draw_at);
        let lottery = &self.lottery;
        open.max_by_key(|d| d.at).filter(|d| is_number(&d.number)).ok_or_else(|| {
            said!(
                "no draw of {lottery} is listed between {digest_at} with half an hour added and {draw_at}: add the coming draws to the list of programme.manual.draws",
                "在{digest_at}半小时之后、{draw_at}之前没有{lottery}的开奖期次：请在programme.manual.draws所指文件中补上"
            )
        })
    }
}

/// Whether so many digits can be worth so many bits: `10^digits >= 2^bits`.
fn holds(digits: usize, bits: u32) -> bool {
    // 38 digits are the most that fit; no lottery comes near.
    let results = 10u128.pow(digits.min(38) as u32);
    bits < 127 && results >= 1u128 << bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lottery(pattern: &str, bits: u32) -> Lottery {
        Lottery { lottery: "体彩".into(), pattern: pattern.into(), bits }
    }

    #[test]
    fn forty_bits_need_thirteen_digits() {
        assert!(lottery(&"9".repeat(13), 40).sound().is_ok());
        assert!(lottery("99999+99999+999", 43).sound().is_ok());
        for (pattern, bits) in [("999999999999", 40), ("9999999999999", 44), ("99999", 16), ("", 40), ("9 9", 40)] {
            assert!(lottery(pattern, bits).sound().is_err(), "{pattern} {bits}");
        }
        assert!(lottery(&"9".repeat(64), 400).sound().is_err());
    }

    #[test]
    fn the_last_draw_before_the_window_is_awaited_and_none_that_could_be_known() {
        let at = |text: &str| Timestamp::parse(&format!("2026-03-0{text}:00+08:00")).unwrap();
        let draw = |text: &str, number: &str| LotteryDraw { at: at(text), number: number.into() };
        let draws = [draw("2T21:15", "054"), draw("2T20:30", "053"), draw("2T18:59", "052"), draw("3T07:30", "055")];
        let of = |from: &str, until: &str| {
            lottery("9", 1).awaited(&draws, at(from), at(until)).map(|d| d.number.clone()).map_err(|said| said.en)
        };
        assert_eq!(of("2T18:30", "3T07:30").unwrap(), "054", "the draw of that very moment comes too late");
        assert_eq!(of("2T20:00", "2T21:00").unwrap(), "053");
        assert!(of("2T18:30", "2T20:30").unwrap_err().contains("体彩"), "18:59 is not half an hour later");
        assert!(of("3T18:30", "4T07:30").is_err());
    }
}
