//! What stands in a line before its first target and says nothing, and the examples of the letter.

use super::token::{Kind, Token};

/// X codes are examples: a line of them alone says nothing. Without an outcome behind it, it is no code
/// but a count: "no answer x3".
pub fn examples(all: &mut [Token]) -> bool {
    let is_code =
        |token: &Token, example: bool| matches!(&token.kind, Kind::Code(code) if code.starts_with('X') == example);
    let leads = all.get(lead(all).0).is_some_and(|token| is_code(token, true));
    let says = |next: &Token| matches!(next.kind, Kind::Outcome(_) | Kind::All | Kind::Dash | Kind::Colon);
    let told = all.windows(2).any(|pair| matches!(pair, [code, next] if is_code(code, true) && says(next)));
    if leads || told {
        return !all.iter().any(|token| is_code(token, false));
    }
    for token in all.iter_mut().filter(|token| is_code(token, true)) {
        token.kind = Kind::Number;
    }
    false
}

pub fn beside_a_day(all: &[Token], at: usize) -> bool {
    let is_day = |i: Option<usize>| i.and_then(|i| all.get(i)).is_some_and(|t| matches!(t.kind, Kind::Day(_)));
    is_day(at.checked_sub(1)) || is_day(Some(at + 1))
}

/// What the lead leaves out must not leave out that the inspector speaks of nobody else: "我请假了".
pub fn before_inspector(all: &[Token], start: usize) -> usize {
    all.iter().take(start).position(|token| token.kind == Kind::Inspector).unwrap_or(start)
}

/// Bullets, numbering, a greeting and a correction word before the first target.
pub fn lead(all: &[Token]) -> (usize, bool) {
    let kind = |i: usize| all.get(i).map(|t| &t.kind);
    let (mut at, mut correction) = (0, false);
    loop {
        match kind(at) {
            Some(
                Kind::Mark('*' | '•' | '·' | '#' | '[' | ']' | '(' | ')' | '"' | '“' | '”') | Kind::Dash | Kind::Colon,
            ) => at += 1,
            Some(small) if small.is_small() => at += 1,
            Some(Kind::Comma | Kind::Stop) if at > 0 => at += 1,
            Some(Kind::Number) if matches!(kind(at + 1), Some(Kind::Stop | Kind::Comma | Kind::Mark(')'))) => at += 2,
            Some(Kind::Correction) => {
                correction = true;
                at += 1;
            }
            Some(Kind::Greeting) => {
                // A greeting reaches to the next comma or stop, if that is near.
                let end = (at + 1..at + 6).find(|i| matches!(kind(*i), Some(Kind::Comma | Kind::Stop | Kind::Colon)));
                match end.filter(|end| {
                    (at + 1..*end).all(|i| kind(i).is_some_and(|k| k.is_small() || matches!(k, Kind::Word(_))))
                }) {
                    Some(end) => at = end + 1,
                    None => return (at, correction),
                }
            }
            _ => return (at, correction),
        }
    }
}
