//! Mails in anybody's own words: they are filed as they are, and only whether anything was written is asked.

use super::lexicon::Lexicon;
use super::marks::{Mark, mark};
use super::text::{Line, lines};
use std::collections::VecDeque;
use std::rc::Rc;

/// Lines that are looked at; whoever writes more has written something.
const MOST: usize = 20_000;

/// Whether a person wrote anything beside what they quote and how they sign.
pub fn says_anything(text: &str, lexicon: &Lexicon) -> bool {
    let mut found = false;
    own(text, lexicon, |_| {
        found = true;
        false
    });
    found
}

/// The lines that a person wrote beside what they quote and how they sign.
pub fn own_words(text: &str, lexicon: &Lexicon) -> Vec<String> {
    let mut found = Vec::new();
    own(text, lexicon, |line| {
        found.push(line.original.clone());
        true
    });
    found
}

/// Hands over each line of the person's own, as long as `go_on` says so.
fn own(text: &str, lexicon: &Lexicon, mut go_on: impl FnMut(&Line) -> bool) {
    let mut rest = lines(text).take(MOST);
    let mut ahead: VecDeque<Rc<Line>> = VecDeque::new();
    // What follows an attribution is somebody else's, until marked quotes end and the person goes on below them.
    let (mut theirs, mut quoted) = (false, false);
    while let Some(line) = ahead.pop_front().or_else(|| rest.next().map(|line| Rc::new(Line::new(line)))) {
        if line.depth > 0 {
            quoted = true;
            continue;
        }
        if line.blank {
            continue;
        }
        let found = mark(&line, lexicon, |n| {
            while ahead.len() <= n {
                ahead.push_back(Rc::new(Line::new(rest.next()?)));
            }
            ahead.get(n).cloned()
        });
        match found {
            Mark::QuoteFollows => (theirs, quoted) = (true, false),
            // Below a signature stands nothing more of the person's; below a mere “thank you” there may.
            Mark::Stop if line.plain() == "--" => (theirs, quoted) = (true, false),
            Mark::Stop => {}
            Mark::None if theirs && !quoted => {}
            Mark::None if go_on(&line) => {}
            Mark::None => return,
        }
    }
}

/// Longest name of a file, in characters.
const LONGEST_NAME: usize = 80;

/// The name of a file that came from outside, fit to be a file's name anywhere: no folder, no control, nothing that
/// hides its ending or begins like an option. `number` names one that has none.
pub fn clean_file_name(name: Option<&str>, number: usize) -> String {
    let last = name.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let fit: String = last
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '(' | ')') { c } else { '_' })
        .collect();
    let fit = fit.trim_matches(|c: char| matches!(c, '.' | '_' | '-')).to_owned();
    if fit.is_empty() {
        return format!("file-{number}");
    }
    let long = fit.chars().count().saturating_sub(LONGEST_NAME);
    // What is cut off is cut off in front: the ending tells what it is.
    fit.chars().skip(long).collect::<String>().trim_start_matches(['.', '-', '_']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn says(text: &str) -> bool {
        says_anything(text, &Lexicon::shipped())
    }

    #[test]
    fn a_quote_and_a_signature_are_nothing() {
        let quote = "On Tue, 3 Mar 2026 at 07:30, Desk <desk@x.example> wrote:\n> Please explain\n> Ref F-8K2M4Q7T";
        assert!(!says(""));
        assert!(!says("\n \u{200b}\n"));
        assert!(!says(quote));
        assert!(!says(&format!("发自我的iPhone\n\n{quote}")));
        assert!(!says("-----Original Message-----\nFrom: desk\nPlease explain"));
        assert!(says(&format!("I was at the clinic.\n{quote}")));
        assert!(says(&format!("{quote}\n\n当时在医院。")), "below the quote");
        assert!(says("当时在医院。"));
        assert!(!says("--\nWang Jianguo\n138 0013 8000"));
        assert!(says("谢谢\n当时在医院。"), "thanks first");
    }

    #[test]
    fn names_of_files_hide_nothing() {
        for (name, expected) in [
            (Some("../../etc/passwd"), "passwd"),
            (Some("C:\\a\\请假条 3月.jpg"), "请假条_3月.jpg"),
            (Some("-rf"), "rf"),
            (Some(".bashrc"), "bashrc"),
            (Some("gpj.\u{202e}exe.doc"), "gpj._exe.doc"),
            (Some("a\u{0}b\nc.pdf"), "abc.pdf"),
            (Some("..."), "file-3"),
            (None, "file-3"),
        ] {
            assert_eq!(clean_file_name(name, 3), expected, "{name:?}");
        }
        assert!(clean_file_name(Some(&format!("{}.pdf", "x".repeat(500))), 1).ends_with("x.pdf"));
    }

    proptest! {
        #[test]
        fn every_name_stays_in_its_folder(name in any::<String>(), number in 1usize..99) {
            let clean = clean_file_name(Some(&name), number);
            prop_assert!(!clean.is_empty() && clean.chars().count() <= LONGEST_NAME);
            prop_assert!(!clean.starts_with(['.', '-']) && !clean.contains(['/', '\\', '\0', '\n', ':']));
        }
    }
}
