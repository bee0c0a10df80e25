//! A visit or call that an inspector gives back: "hand back V1; car broken", "交回 C2 喉咙失声", "V1 交回，车坏了".
//!
//! It is said of the whole line, as "not done" is, and read as that with its reason as the remark; that somebody else
//! may do it is the difference. Anything else in the line, another code or a question, and it is no such line.

use super::reading::Outcomes;
use super::sent::Sent;
use super::text::Line;
use crate::model::Outcome;
use crate::model::script::is_han;
use std::collections::BTreeSet;

const SAYS: &[&str] =
    &["handing back", "handed back", "hand back", "giving back", "give back", "交回", "退回", "交还", "退还"];
/// What may stand in front.
const BEFORE: &[&str] = &["please", "i have to", "i must", "i need to", "i", "sorry", "请", "我", "本人", "需", "申请"];
/// What may lead to the reason.
const BECAUSE: &[&str] = &["because of", "because", "due to", "as", "因为", "由于", "因"];

/// The line as one that says "not done", and the codes of the visits and calls; `None` where it gives nothing back.
pub fn rewritten(line: &Line, sent: &Sent) -> Option<(Line, Vec<String>)> {
    let mut at = Reader { chars: &line.chars, at: 0 };
    at.skip_marks();
    while at.skip_any(BEFORE) {
        at.skip_marks();
    }
    let mut codes = at.codes(sent);
    at.skip_marks();
    if !at.skip_any(SAYS) {
        return None;
    }
    at.skip_marks();
    let behind = at.codes(sent);
    if codes.is_empty() == behind.is_empty() {
        return None;
    }
    codes.extend(behind);
    at.skip_marks();
    if at.skip_any(BECAUSE) {
        at.skip_marks();
    }
    let rest = line.chars.get(at.at..).unwrap_or_default();
    let names_a_code = rest.windows(2).any(|pair| matches!(pair, ['v' | 'c' | 'x', digit] if digit.is_ascii_digit()));
    if names_a_code || rest.iter().any(|c| matches!(c, '?' | '吗')) {
        return None;
    }
    let reason = line.written(at.at, line.chars.len()).trim();
    let said = if line.chars.iter().any(|c| is_han(*c)) { "未去；" } else { "not done;" };
    Some((Line::new(&format!("{} {said} {reason}", codes.join(", "))), codes))
}

/// Those of these of which the mail says that they are not done, of everybody there and nothing else.
pub fn certain(codes: &BTreeSet<String>, sent: &Sent, results: &[Outcomes]) -> Vec<String> {
    let is_certain = |code: &&String| {
        let line = sent.lines.iter().find(|line| line.code.as_str() == **code);
        let said = || results.iter().filter(|result| result.line == **code);
        line.is_some_and(|line| line.persons.len() == said().count())
            && said().all(|result| result.outcome == Outcome::NotDone)
    };
    codes.iter().filter(is_certain).cloned().collect()
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &[char] {
        self.chars.get(self.at..).unwrap_or_default()
    }

    fn skip_marks(&mut self) {
        let is_mark =
            |c: &&char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '.' | '-' | '=' | '*' | '。' | '、');
        self.at += self.rest().iter().take_while(is_mark).count();
    }

    /// A phrase, of whole words where it is of letters.
    fn skip_any(&mut self, phrases: &[&str]) -> bool {
        let rest = self.rest();
        let fits = |phrase: &&&str| {
            let length = phrase.chars().count();
            let ends = !phrase.is_ascii() || rest.get(length).is_none_or(|c| !c.is_ascii_alphanumeric());
            rest.len() >= length && phrase.chars().zip(rest).all(|(a, b)| a == *b) && ends
        };
        let found = phrases.iter().filter(fits).map(|phrase| phrase.chars().count()).max();
        self.at += found.unwrap_or(0);
        found.is_some()
    }

    /// Codes of lines, parted by marks or "and".
    fn codes(&mut self, sent: &Sent) -> Vec<String> {
        let mut codes = Vec::new();
        loop {
            let before = self.at;
            self.skip_marks();
            if !codes.is_empty() && self.skip_any(&["and", "&", "和", "及"]) {
                self.skip_marks();
            }
            let rest = self.rest();
            let digits = rest.iter().skip(1).take_while(|c| c.is_ascii_digit()).count();
            let code: String = rest.iter().take(digits + 1).collect::<String>().to_uppercase();
            let is_person = matches!(rest.get(digits + 1..digits + 3), Some(['.', digit]) if digit.is_ascii_digit());
            let known = sent.lines.iter().any(|line| line.code.as_str() == code);
            if digits == 0 || is_person || !known {
                self.at = before;
                return codes;
            }
            self.at += digits + 1;
            codes.push(code);
        }
    }
}
