//! Names that may stand for a code (REPLIES 6): a full name in either spelling, or a first name that
//! one person has.

use super::phrase::Phrasebook;
use super::sent::Sent;
use crate::model::script::is_han;

/// Who a name may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Indexes into [`Sent::persons`], ascending.
    pub persons: Vec<usize>,
    /// As it is registered, or the first name of it.
    pub name: String,
}

pub fn names(sent: &Sent) -> Phrasebook<Named> {
    let mut book = Phrasebook::default();
    for first_name in [false, true] {
        for (index, person) in sent.persons.iter().enumerate() {
            let has_own_script = person.name.chars().any(is_han);
            for spelling in std::iter::once(&person.name).chain(&person.also) {
                let written = if first_name {
                    first_names(spelling, has_own_script)
                } else {
                    full_names(spelling, has_own_script)
                };
                for name in written {
                    add(&mut book, &name, index);
                }
            }
        }
    }
    book
}

fn add(book: &mut Phrasebook<Named>, name: &str, person: usize) {
    let new = || Named { persons: vec![person], name: name.to_owned() };
    book.add_or_change(name, new, |named| {
        if !named.persons.contains(&person) {
            named.persons.push(person);
            named.persons.sort_unstable();
        }
    });
}

/// As written; a romanised Chinese name also with the surname last.
fn full_names(spelling: &str, has_own_script: bool) -> Vec<String> {
    let words: Vec<&str> = spelling.split_whitespace().collect();
    let mut all = vec![words.join(" ")];
    if let ([surname, given @ ..], true) = (&words[..], has_own_script && !spelling.chars().any(is_han))
        && !given.is_empty()
    {
        all.push(format!("{} {surname}", given.join(" ")));
    }
    all
}

/// 建国 of 王建国, Jianguo of Wang Jianguo, John of John Smith. One Han character or two letters are
/// too little to tell a name by.
fn first_names(spelling: &str, has_own_script: bool) -> Vec<String> {
    let spelling = spelling.trim();
    if !spelling.is_empty() && spelling.chars().all(is_han) {
        let surname = if COMPOUND.iter().any(|s| spelling.starts_with(s)) { 2 } else { 1 };
        let given: String = spelling.chars().skip(surname).collect();
        return if given.chars().count() >= 2 { vec![given] } else { Vec::new() };
    }
    let words: Vec<&str> = spelling.split_whitespace().collect();
    let given = match (&words[..], has_own_script) {
        ([_, given @ ..], true) => given.join(" "),
        ([first, _, ..], false) => (*first).to_owned(),
        _ => return Vec::new(),
    };
    if given.chars().filter(|c| c.is_alphabetic()).count() >= 3 { vec![given] } else { Vec::new() }
}

const COMPOUND: &[&str] = &[
    "欧阳", "司马", "诸葛", "上官", "司徒", "东方", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙",
    "南宫", "呼延",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name() {
        assert_eq!(full_names("Wang Jianguo", true), ["Wang Jianguo", "Jianguo Wang"]);
        assert_eq!(full_names("John Smith", false), ["John Smith"]);
        assert_eq!(first_names("王建国", true), ["建国"]);
        assert_eq!(first_names("欧阳建国", true), ["建国"]);
        assert_eq!(first_names("Wang Jianguo", true), ["Jianguo"]);
        assert_eq!(first_names("John Smith", false), ["John"]);
        for none in ["刘敏", "Li Na", "欧阳娜"] {
            assert!(first_names(none, true).is_empty(), "{none}");
        }
    }
}
