//! What a password must be: long, and not what somebody who knows the person would try first.
//!
//! No rule about kinds of characters: they make passwords that are hard to remember and easy to guess. What
//! everybody tries is taken out, and enough must be left.

use super::Said;
use crate::said;
use unicode_normalization::UnicodeNormalization;

/// Fewest characters.
pub const SHORTEST: usize = 15;
const LONGEST: usize = 200;
/// What must be left when everything that others would guess is taken out.
const LEFT: usize = 8;
/// Fewest different characters.
const DIFFERENT: usize = 6;

const WORDS: [&str; 30] = [
    "password",
    "passphrase",
    "passwort",
    "passwd",
    "spotcheck",
    "administrator",
    "admin",
    "welcome",
    "letmein",
    "iloveyou",
    "woaini",
    "mima",
    "dumima",
    "kouling",
    "huanying",
    "zhongguo",
    "china",
    "duchaban",
    "ducha",
    "choucha",
    "xiangcun",
    "monkey",
    "dragon",
    "master",
    "secret",
    "abc",
    "密码",
    "口令",
    "督查",
    "抽检",
];
/// Rows of keys, and orders that everybody knows; each counts backwards too.
const ROWS: [&str; 6] =
    ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"];
/// Shortest part of a row that is taken for one.
const OF_A_ROW: usize = 3;

/// As it is compared and stored: widths and compositions that a keyboard chooses do not matter.
pub fn plain(password: &str) -> String {
    password.nfkc().collect()
}

/// Why it will not do; `None` where it will. `known`: what anybody knows of its owner, such as names.
pub fn weakness<'a>(password: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Said> {
    let plain = plain(password);
    let length = plain.chars().count();
    if length < SHORTEST {
        return Some(said!(
            "it has {length} characters and needs at least {SHORTEST}: several words in a row are easy to remember",
            "共{length}个字符，至少应有{SHORTEST}个：可用几个词连成一句，便于记忆"
        ));
    }
    if length > LONGEST {
        return Some(said!("at most {LONGEST} characters fit", "最多{LONGEST}个字符"));
    }
    let folded: Vec<char> = plain.chars().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect();
    if repeats(&folded) {
        return Some(said!(
            "it is one piece again and again: write something longer that does not repeat",
            "由同一段内容重复而成：请换用不重复的内容"
        ));
    }
    let known = known.into_iter().map(plain_letters).filter(|name| name.len() > 1);
    let words = WORDS.iter().map(|word| word.chars().collect()).chain(known);
    let mut left = folded;
    for word in words.collect::<Vec<Vec<char>>>() {
        left = without(left, &word);
    }
    left = without_years(left);
    for row in ROWS {
        let row: Vec<char> = row.chars().collect();
        left = without_rows(left, &row);
        left = without_rows(left, &row.into_iter().rev().collect::<Vec<_>>());
    }
    let different = left.iter().collect::<std::collections::BTreeSet<_>>().len();
    if left.len() < LEFT || different < DIFFERENT {
        return Some(said!(
            "without common words, names of person and office, years and rows of keys too little is left of it: add words that nobody would guess",
            "除去常用词、本人和单位名称、年份、键盘连续键之后所剩过少：请加上他人猜不到的词"
        ));
    }
    None
}

fn plain_letters(name: &str) -> Vec<char> {
    plain(name).chars().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect()
}

/// Figures that stand for letters.
fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}

fn repeats(text: &[char]) -> bool {
    (1..=text.len() / 2).any(|unit| text.iter().enumerate().all(|(n, c)| text.get(n % unit) == Some(c)))
}

fn without(text: Vec<char>, word: &[char]) -> Vec<char> {
    let same = |piece: &[char]| piece.iter().zip(word).all(|(a, b)| a == b || letter(*a) == letter(*b));
    taken_out(text, |rest| rest.get(..word.len()).filter(|piece| same(piece)).map(<[char]>::len))
}

fn without_years(text: Vec<char>) -> Vec<char> {
    taken_out(text, |rest| match rest {
        [a, b, c, d, ..] if matches!((a, b), ('1', '9') | ('2', '0')) && c.is_ascii_digit() && d.is_ascii_digit() => {
            Some(4)
        }
        _ => None,
    })
}

fn without_rows(text: Vec<char>, row: &[char]) -> Vec<char> {
    taken_out(text, |rest| {
        let first = rest.first()?;
        let from = row.iter().position(|c| c == first)?;
        let length = rest.iter().zip(row.get(from..)?).take_while(|(a, b)| a == b).count();
        (length >= OF_A_ROW).then_some(length)
    })
}

/// What is left where `length` finds nothing.
fn taken_out(text: Vec<char>, length: impl Fn(&[char]) -> Option<usize>) -> Vec<char> {
    let (mut left, mut rest) = (Vec::new(), text.as_slice());
    while let [first, tail @ ..] = rest {
        match length(rest).filter(|length| *length > 0) {
            Some(length) => rest = rest.get(length..).unwrap_or_default(),
            None => {
                left.push(*first);
                rest = tail;
            }
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["wangmin", "王敏", "Yunling County Inspection Office"];

    #[test]
    fn what_everybody_tries_is_refused() {
        for weak in [
            "short",
            "fourteen chars",
            "aaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "Password20262026",
            "P@ssw0rd12345678",
            "qwertyuiopasdfghjkl",
            "1qaz2wsx3edc4rfv",
            "wangmin2026wangmin!",
            "yunling county inspection office 1",
            "王敏王敏王敏王敏王敏王敏王敏王",
            "spotcheckspotcheck1",
            "98765432109876543",
        ] {
            assert!(weakness(weak, KNOWN).is_some(), "{weak}");
        }
    }

    #[test]
    fn a_sentence_will_do_whatever_its_script() {
        for good in [
            "correct horse battery staple",
            "kettle-ferry-lantern-oats",
            "雨后石阶上三只灰猫慢慢数着瓦片",
            "Tj8#kq2mVz91pLw4x",
            "Zx9 moss on the ninth bridge",
        ] {
            assert_eq!(weakness(good, KNOWN), None, "{good}");
        }
    }

    #[test]
    fn what_a_keyboard_chooses_does_not_matter() {
        assert_eq!(plain("ＡＢＣ é"), plain("ABC e\u{301}"));
    }
}
