//! A mail to the desk in which an inspector says not to be able to come: "unavailable 3-5 Dec", "12月3日至5日请假".
//!
//! Nothing is taken down that can be read in two ways: a line that says so holds days, words of absence and a few that
//! mean nothing beside them; a name, another date, a "not" in it, and it is asked back. What a reply to a letter says
//! of officials is never an absence of the inspector: a mail that carries a key, or names a code, is none of these.

use super::away_days::{Day, Span, one_span};
use super::away_words::{AwayCause, Does, HAN, LATIN};
use super::free::own_words;
use super::lexicon::Lexicon;
use crate::model::script::is_han;
use crate::model::{Half, Language};
use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

/// An absence as somebody announced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absent {
    pub from: NaiveDate,
    /// Included.
    pub to: NaiveDate,
    /// Of one day.
    pub half: Option<Half>,
    pub cause: AwayCause,
}

/// Why an announcement is asked back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No day, or none that is certain.
    NoDay,
    /// No last day.
    NoEnd,
    /// A day that is over.
    Past,
    /// Begins or lasts more than sixty days from its day on.
    Far,
    /// Something else stands in it.
    Unclear,
}

/// How a mail that speaks of an absence was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    pub said: Result<Absent, Doubt>,
    pub language: Language,
}

/// Days that an absence may begin after today, and last.
pub const FAR: i64 = 60;
/// Whoever writes more than this writes about something else.
const MOST: usize = 600;

/// What a mail without a key says of its writer's absence; `None` where it does not speak of any. `today`: the day on
/// which it came, by the office's clock.
pub fn announced(subject: &str, text: &str, today: NaiveDate, lexicon: &Lexicon) -> Option<Announced> {
    let mut lines = own_words(text, lexicon);
    if !is_answer(subject) {
        lines.insert(0, subject.to_owned());
    }
    let whole = lines.join("\n");
    if whole.chars().count() > MOST {
        return None;
    }
    let clauses: Vec<Vec<Token>> = lines.iter().flat_map(|line| clauses(&atoms(line))).collect();
    let all = || clauses.iter().flatten();
    if all().any(|token| *token == Token::Code) || !all().any(|token| says(*token).is_some()) {
        return None;
    }
    let han = whole.chars().filter(|c| is_han(*c)).count();
    let language = if han * 3 >= whole.chars().filter(char::is_ascii_alphabetic).count() && han > 0 {
        Language::ZhHans
    } else {
        Language::En
    };
    Some(Announced { said: understood(&clauses, today), language })
}

fn is_answer(subject: &str) -> bool {
    let plain: String = subject.nfkc().collect::<String>().trim().to_lowercase();
    ["re:", "fw:", "fwd:", "回复", "答复", "转发"].iter().any(|begin| plain.starts_with(begin))
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    Word(String),
    Number(u32, usize),
    Han(char),
    Mark(char),
    /// `V1`, `C12`.
    Code,
}

fn atoms(line: &str) -> Vec<Atom> {
    let chars: Vec<char> = line.nfkc().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect();
    let mut all = Vec::new();
    let mut at = 0;
    let run = |from: usize, test: fn(char) -> bool| {
        chars.get(from..).unwrap_or_default().iter().take_while(|c| test(**c)).count()
    };
    while let Some(c) = chars.get(at).copied() {
        let digits = run(at, |c| c.is_ascii_digit());
        let letters = run(at, |c| c.is_alphabetic() && !is_han(c) || c == '\'');
        let text = |length: usize| chars.get(at..at + length).unwrap_or_default().iter().collect::<String>();
        if digits > 0 {
            all.push(text(digits).parse().map_or(Atom::Mark('?'), |number| Atom::Number(number, digits)));
            at += digits;
        } else if letters == 1 && matches!(c, 'v' | 'c' | 'x') && run(at + 1, |c| c.is_ascii_digit()) > 0 {
            all.push(Atom::Code);
            at += 1 + run(at + 1, |c| c.is_ascii_digit());
        } else if letters > 0 {
            all.push(Atom::Word(text(letters)));
            at += letters;
        } else {
            if is_han(c) {
                all.push(Atom::Han(c));
            } else if !c.is_whitespace() {
                all.push(Atom::Mark(c));
            }
            at += 1;
        }
    }
    all
}

/// What stands in a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Day(Day),
    Dash,
    /// So many days.
    Count(u32),
    Does(Does),
    Code,
    Unknown,
}

fn says(token: Token) -> Option<AwayCause> {
    match token {
        Token::Does(Does::Says(cause)) => Some(cause),
        _ => None,
    }
}

/// Parted where marks part them.
fn clauses(atoms: &[Atom]) -> Vec<Vec<Token>> {
    let mut all = vec![Vec::new()];
    let mut at = 0;
    while at < atoms.len() {
        let (token, next) = token_at(atoms, at);
        let before = all.last().and_then(|clause: &Vec<Token>| clause.last().copied());
        let parts = match atoms.get(at) {
            Some(Atom::Mark(',')) => !(matches!(before, Some(Token::Day(_))) && is_year(atoms.get(at + 1))),
            Some(Atom::Mark('.')) if matches!(before, Some(Token::Day(Day::Month(_)))) => {
                at = next;
                continue;
            }
            Some(Atom::Mark(mark)) => is_parting(*mark),
            _ => false,
        };
        match (parts, atoms.get(at)) {
            (true, _) => all.push(Vec::new()),
            (false, Some(Atom::Mark(','))) => {}
            (false, _) if token == Token::Does(Does::Fills) => {}
            (false, _) => all.last_mut().into_iter().for_each(|clause| clause.push(token)),
        }
        at = next;
    }
    all
}

fn is_year(atom: Option<&Atom>) -> bool {
    matches!(atom, Some(Atom::Number(_, 4)))
}

fn is_parting(mark: char) -> bool {
    matches!(mark, '.' | ';' | ':' | '!' | '?' | '(' | ')' | '[' | ']' | '。' | '、' | '"' | '“' | '”' | '*' | '•')
}

fn token_at(atoms: &[Atom], at: usize) -> (Token, usize) {
    if let Some((day, next)) = day_at(atoms, at) {
        return (day, next);
    }
    match atoms.get(at) {
        Some(Atom::Code) => (Token::Code, at + 1),
        Some(Atom::Mark('-' | '–' | '—' | '~')) => (Token::Dash, at + 1),
        Some(Atom::Word(_) | Atom::Han(_)) => phrase_at(atoms, at),
        _ => (Token::Unknown, at + 1),
    }
}

/// The longest phrase that begins here.
fn phrase_at(atoms: &[Atom], at: usize) -> (Token, usize) {
    let rest = atoms.get(at..).unwrap_or_default();
    let latin = LATIN.iter().filter_map(|(phrase, does)| {
        let words: Vec<&str> = phrase.split(' ').collect();
        let same = |(word, atom): (&&str, &Atom)| matches!(atom, Atom::Word(written) if written == word);
        (words.len() <= rest.len() && words.iter().zip(rest).all(same)).then_some((words.len(), *does))
    });
    let han = HAN.iter().filter_map(|(phrase, does)| {
        let length = phrase.chars().count();
        let same = |(c, atom): (char, &Atom)| *atom == Atom::Han(c);
        (length <= rest.len() && phrase.chars().zip(rest).all(same)).then_some((length, *does))
    });
    let Some((length, does)) = latin.chain(han).max_by_key(|(length, _)| *length) else {
        return (Token::Unknown, at + 1);
    };
    let token = match does {
        Does::Month(month) => Token::Day(Day::Month(month)),
        Does::Today => Token::Day(Day::After(0)),
        Does::Tomorrow => Token::Day(Day::After(1)),
        Does::AfterTomorrow => Token::Day(Day::After(2)),
        does => Token::Does(does),
    };
    (token, at + length)
}

/// Days and numbers: `2026-12-03`, `12月3日`, `3日`, `3`, `3天`.
fn day_at(atoms: &[Atom], at: usize) -> Option<(Token, usize)> {
    let number = |i: usize| match atoms.get(i) {
        Some(Atom::Number(number, digits)) => Some((*number, *digits)),
        _ => None,
    };
    let han = |i: usize, of: &[char]| matches!(atoms.get(i), Some(Atom::Han(c)) if of.contains(c));
    let mark = |i: usize| match atoms.get(i) {
        Some(Atom::Mark(c)) => Some(*c),
        _ => None,
    };
    let written = "一二三四五六七八九十".chars().zip(1u32..).chain([('两', 2)]);
    if han(at + 1, &['天']) {
        let count = written.clone().find(|(c, _)| han(at, &[*c])).map(|(_, n)| n).or(number(at).map(|(n, _)| n));
        return count.map(|count| (Token::Count(count), at + 2));
    }
    let (first, digits) = number(at)?;
    if matches!(atoms.get(at + 1), Some(Atom::Word(word)) if word == "day" || word == "days") {
        return Some((Token::Count(first), at + 2));
    }
    if digits == 4 {
        let divided = mark(at + 1).filter(|c| matches!(c, '-' | '/' | '.')).filter(|c| mark(at + 3) == Some(*c));
        let chinese = han(at + 1, &['年']) && han(at + 3, &['月']);
        if (divided.is_some() || chinese)
            && let (Some((month, _)), Some((day, _))) = (number(at + 2), number(at + 4))
        {
            let next = at + 5 + usize::from(han(at + 5, &['日', '号']));
            return Some((Token::Day(Day::Full(first, month, day)), next));
        }
    }
    if han(at + 1, &['月'])
        && let Some((day, _)) = number(at + 2)
    {
        return Some((Token::Day(Day::OfMonth(first, day)), at + 3 + usize::from(han(at + 3, &['日', '号']))));
    }
    // "12.3", "12/3": which is the month?
    if mark(at + 1).is_some_and(|c| matches!(c, '/' | '.')) && number(at + 2).is_some() {
        return Some((Token::Unknown, at + 3));
    }
    Some((Token::Day(Day::Number(first)), at + 1 + usize::from(han(at + 1, &['日', '号']))))
}

fn understood(clauses: &[Vec<Token>], today: NaiveDate) -> Result<Absent, Doubt> {
    let (mut spans, mut cause, mut halves, mut weekdays, mut counts) =
        (Vec::new(), None, Vec::new(), Vec::new(), Vec::new());
    let mut half_a_day = false;
    for clause in clauses {
        let has_day = clause.iter().any(|token| matches!(token, Token::Day(_)));
        let has_says = clause.iter().any(|token| says(*token).is_some());
        let has = |does: Does| clause.contains(&Token::Does(does));
        if has(Does::Because) && !has_day || has(Does::Greets) && !has_day && !has_says {
            continue;
        }
        let is_part = |token: &Token| {
            matches!(
                token,
                Token::Count(_)
                    | Token::Does(
                        Does::Morning
                            | Does::Afternoon
                            | Does::AllDay
                            | Does::HalfADay
                            | Does::ThisMorning
                            | Does::ThisAfternoon
                            | Does::Weekday(_)
                    )
            )
        };
        if !has_day && !has_says && !clause.iter().any(is_part) {
            if has(Does::Denies) {
                return Err(Doubt::Unclear);
            }
            continue;
        }
        let mut days = Vec::new();
        for token in clause {
            match token {
                Token::Day(day) => days.push(Some(*day)),
                Token::Dash | Token::Does(Does::Reaches) => days.push(None),
                Token::Count(count) => counts.push(*count),
                Token::Does(does) => match does {
                    Does::Says(one) => cause = Some(cause.map_or(*one, |before: AwayCause| before.min(*one))),
                    Does::Morning => halves.push(Half::Morning),
                    Does::Afternoon => halves.push(Half::Afternoon),
                    Does::ThisMorning | Does::ThisAfternoon => {
                        days.push(Some(Day::After(0)));
                        halves.push(if *does == Does::ThisMorning { Half::Morning } else { Half::Afternoon });
                    }
                    Does::Weekday(day) => weekdays.push(*day),
                    Does::HalfADay => half_a_day = true,
                    Does::Opens => {}
                    Does::Fills | Does::AllDay | Does::Because | Does::Greets => {}
                    _ => return Err(Doubt::Unclear),
                },
                Token::Code | Token::Unknown => return Err(Doubt::Unclear),
            }
        }
        if !days.is_empty() {
            let span = one_span(&days, today)?;
            if has(Does::Opens) && span.to.is_none() {
                return Err(Doubt::NoEnd);
            }
            spans.push(span);
        }
    }
    let Some(Span { from, to }) = spans.first().copied() else { return Err(Doubt::NoDay) };
    let Some(cause) = cause.filter(|_| spans.iter().all(|span| *span == Span { from, to })) else {
        return Err(Doubt::Unclear);
    };
    let to = to.unwrap_or(from);
    halves.sort_unstable();
    halves.dedup();
    let days = (to - from).num_days() + 1;
    let half = match (halves.as_slice(), days) {
        ([], _) if half_a_day => return Err(Doubt::Unclear),
        ([], _) => None,
        ([half], 1) => Some(*half),
        ([_, _], 1) => None,
        _ => return Err(Doubt::Unclear),
    };
    if weekdays.iter().any(|day| ![from, to].iter().any(|d| d.weekday().num_days_from_monday() == *day))
        || counts.iter().any(|count| i64::from(*count) != days || half.is_some())
    {
        return Err(Doubt::Unclear);
    }
    if from < today || to < from {
        return Err(Doubt::Past);
    }
    if (from - today).num_days() > FAR || days > FAR {
        return Err(Doubt::Far);
    }
    Ok(Absent { from, to, half, cause })
}
