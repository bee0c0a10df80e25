//! Who says that they did something: a name as a person types it, in one line, and never the machine's.
//!
//! Whether two such names mean one person decides who may take part in a case (EVIDENCE 5). So everything that
//! changes the look of a name and not the person is folded away, and where only a part can be compared, the
//! part counts: rather one colleague too many kept out than one let in.

use super::script::{is_han, is_invisible};
use super::{Said, typed};
use crate::said;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Who stands in a step that the machine took.
pub const MACHINE: &str = "machine";
const MACHINE_TOO: [&str; 4] = ["系统", "机器", "system", "spotcheck"];

/// Longest name, in characters.
const LONGEST: usize = 60;

/// A name on one line, its blanks made one.
///
/// # Errors
/// Nothing visible, too long, control characters, or the machine's own name.
pub fn signature(text: &str) -> Result<String, Said> {
    let name = typed::line(text, LONGEST)?;
    let plain = squeezed(&name);
    if !plain.chars().any(char::is_alphanumeric) {
        return Err(said!("write who you are", "请写明姓名"));
    }
    if plain == MACHINE || MACHINE_TOO.contains(&plain.as_str()) {
        return Err(said!(
            "a person decides, not the machine: write who you are",
            "须由人决定，不能写系统：请写明姓名"
        ));
    }
    Ok(name)
}

/// Whether two names may mean one person: case, width, blanks, accents, invisible characters, what stands in
/// brackets and the order of the parts of a Latin name do not matter; of a name in both scripts each counts alone.
pub fn same_person(one: &str, other: &str) -> bool {
    let (one, other) = (forms(one), forms(other));
    !one.is_disjoint(&other)
}

/// What is compared of a name: two that share a form may mean one person.
pub fn forms(name: &str) -> BTreeSet<String> {
    let bare = without_brackets(name);
    let folded = folded(&bare);
    // Of words with Han characters those and their figures: 陈玉义 of “YL-I03 陈玉义Z”, 王小1 of 王小1.
    let han: String = folded
        .split_whitespace()
        .filter(|word| word.contains(is_of_a_name))
        .flat_map(str::chars)
        .filter(|c| is_of_a_name(*c) || c.is_numeric())
        .collect();
    let mut forms = BTreeSet::from([squeezed(name), squeezed(&bare)]);
    // An id or an address may stand beside the name.
    forms.extend(name.split_whitespace().map(squeezed).filter(|word| is_address_or_id(word)));
    if han.chars().count() > 1 {
        forms.insert(han);
    } else {
        let mut words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        words.sort_unstable();
        // Jianguo and Jian Guo are one.
        forms.extend([words.join(" "), words.concat()]);
    }
    forms.remove("");
    forms
}

/// Letters and figures together, or many figures: one alone tells people of the same name apart.
fn is_address_or_id(word: &str) -> bool {
    let figures = word.chars().filter(char::is_ascii_digit).count();
    word.contains('@') || figures > 3 || (figures > 0 && word.contains(|c: char| c.is_ascii_alphabetic()))
}

fn squeezed(name: &str) -> String {
    folded(name).chars().filter(|c| !c.is_whitespace()).collect()
}

fn folded(name: &str) -> String {
    let decomposed = name.nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c));
    decomposed.flat_map(char::to_lowercase).collect()
}

fn without_brackets(name: &str) -> String {
    let (mut depth, mut bare) = (0_u32, String::new());
    for c in name.chars() {
        match c {
            '(' | '（' | '[' | '【' | '<' | '〔' => depth += 1,
            ')' | '）' | ']' | '】' | '>' | '〕' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    if bare.trim().is_empty() { name.to_owned() } else { bare }
}

/// A name has its dot between parts as one of its characters.
fn is_of_a_name(c: char) -> bool {
    is_han(c) || c == '·'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_signature_is_a_persons_name_on_one_line() {
        for (typed, kept) in [(" 张 局长\n", "张 局长"), ("Chen\u{a0} Yuyi", "Chen Yuyi"), ("陈\u{200b}玉义", "陈玉义")]
        {
            assert_eq!(signature(typed).unwrap(), kept);
        }
        let long = "王".repeat(61);
        for refused in [
            "",
            " \u{200b}",
            "-",
            "\u{ae2}",
            "machine",
            "Ｍachine",
            "系统",
            "S y s t e m",
            "张\r局长",
            "\u{1b}[2J王",
            &long,
        ] {
            assert!(signature(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn one_person_in_many_spellings() {
        for alike in [
            "陈玉义",
            "陈 玉义",
            "陈玉义 Chen Yuyi",
            "陈玉义（检查员）",
            "陈\u{200b}玉义",
            "陈玉义Z",
            "（督查组）陈玉义",
            "YL-I03 陈玉义",
        ] {
            assert!(same_person(alike, "陈玉义"), "{alike}");
        }
        for alike in
            ["chen yuyi", "Yuyi Chen", "CHEN YU YI", "Chén Yùyì", "Ｃhen Yuyi", "Chen, Yuyi", "Chen Yuyi (office)"]
        {
            assert!(same_person(alike, "Chen Yuyi"), "{alike}");
        }
        assert!(same_person("yl-i03", "YL-I03") && same_person("Chen YL-I03", "YL-I03"));
        assert!(same_person("ChenYuyi03@QQ.example", "chenyuyi03@qq.example"));
        // Two of one sound are told apart by how they are written.
        assert!(!same_person("王维 Wang Wei", "王伟") && !same_person("王维", "Wang Wei"));
        assert!(!same_person("Wang Jianguo 1", "Liu Min 1"), "a figure alone is nobody");
        assert!(!same_person("李娜", "李梅") && !same_person("王小1", "王小2") && !same_person("Li Na", "Li Mei"));
    }

    proptest! {
        #[test]
        fn whoever_signs_is_who_signed(name in "[\\PC]{1,40}") {
            if let Ok(kept) = signature(&name) {
                prop_assert!(same_person(&kept, &name), "{kept:?}");
                prop_assert_eq!(signature(&kept), Ok(kept));
            }
        }
    }
}
