//! A line as tokens: codes, names, outcomes, times, negations, separators and words.

use super::lexicon::{Lexicon, Meaning, When};
use super::names::Named;
use super::phrase::{Atom, Key, Phrasebook, atoms};
use super::text::Line;
use super::times::{Clock, time_at};
use crate::model::Outcome;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Upper case, whether or not there is such a line.
    Code(String),
    Name(Named),
    Outcome(Outcome),
    /// Chinese that can be cut into outcome words in two ways: 没接通, 不在村.
    Torn,
    /// Which clock time, where it is plain.
    Time(Option<Clock>),
    Negation,
    Correction,
    Rest,
    All,
    /// All of two.
    Both,
    And,
    Range,
    Doubt,
    Exception,
    Number,
    Role,
    Bystander,
    Hearsay,
    Ended,
    /// What follows is not meant: an example, a draft, another day's.
    Aside,
    /// What was said before is taken back.
    Revoked,
    Small,
    Neutral,
    Greeting,
    Day(When),
    Month,
    Unit,
    Until,
    Since,
    Inspector,
    Act,
    They,
    Others,
    Halt,
    /// `,` and `、`.
    Comma,
    Semicolon,
    /// `.`, `。`, `!`, and the `|` of the letter's own examples.
    Stop,
    /// `:`, `=` and `=>`.
    Colon,
    Dash,
    /// Any other mark.
    Mark(char),
    /// A word of no table.
    Word(Key),
}

#[derive(Debug, Clone)]
pub struct Token {
    pub kind: Kind,
    /// Characters of the line, `start..end`.
    pub start: usize,
    pub end: usize,
}

pub fn tokens(line: &Line, lexicon: &Lexicon, names: &Phrasebook<Named>) -> Vec<Token> {
    let atoms = atoms(&line.chars);
    let mut all: Vec<Token> = Vec::with_capacity(atoms.len());
    let mut at = 0;
    while let Some(atom) = atoms.get(at) {
        let (kind, end) = next(&atoms, at, lexicon, names, &all);
        let last = atoms.get(end - 1).map_or(atom.end, |last| last.end);
        all.push(Token { kind, start: atom.start, end: last });
        at = end;
    }
    all
}

/// The token that begins at an atom, and the atom after it.
fn next(atoms: &[Atom], at: usize, lexicon: &Lexicon, names: &Phrasebook<Named>, before: &[Token]) -> (Kind, usize) {
    if let Some((clock, end)) = time_at(atoms, at, before, &lexicon.zones) {
        return (Kind::Time(clock), end);
    }
    let word = lexicon.book.longest(atoms, at);
    if asks_by_denial(atoms, at) && word.is_none_or(|(end, _)| end < at + 3) {
        return (Kind::Torn, at + 3);
    }
    if let Some((end, named)) = names.longest_that(atoms, at, |named| lexicon.may_name(&named.name))
        && word.is_none_or(|(word_end, _)| word_end < end)
    {
        return match cut_by(atoms, at, end, lexicon) {
            Some(further) => (Kind::Torn, further),
            None => (Kind::Name(named.clone()), end),
        };
    }
    match word {
        Some((end, Meaning::Outcome(outcome))) => outcome_at(atoms, at, end, *outcome, lexicon),
        Some((end, meaning)) => (plain_kind(*meaning), end),
        None => atoms.get(at).map_or((Kind::Torn, at + 1), |atom| mark_or_word(atoms, atom, at, lexicon)),
    }
}

fn is_empty_box(atoms: &[Atom], at: usize, open: char) -> bool {
    let close = match open {
        '[' => ']',
        '(' => ')',
        '_' => '_',
        _ => return false,
    };
    atoms.get(at + 1).is_some_and(|atom| atom.key == Key::Mark(close))
}

/// "≠ present", "!present", "!= present", "<> present".
fn is_unequal(atoms: &[Atom], at: usize, mark: char) -> bool {
    let next = atoms.get(at + 1).filter(|atom| !atom.gap).map(|atom| &atom.key);
    let begins = at == 0 || atoms.get(at).is_some_and(|atom| atom.gap);
    match mark {
        '≠' | '¬' | '≢' | '≉' => true,
        '<' => next == Some(&Key::Mark('>')),
        '!' => next == Some(&Key::Mark('=')) || begins && matches!(next, Some(Key::Word(_) | Key::Han(_))),
        _ => false,
    }
}

fn struck(atoms: &[Atom], at: usize) -> bool {
    let glued = |i: usize| atoms.get(i).filter(|atom| !atom.gap).map(|atom| &atom.key);
    glued(at + 1) == Some(&Key::Mark('~')) && !matches!(glued(at + 2), None | Some(Key::Mark(_)))
}

/// 在不在, 接没接: a question.
fn asks_by_denial(atoms: &[Atom], at: usize) -> bool {
    match atoms.get(at..at + 3) {
        Some([Atom { key: one @ Key::Han(_), .. }, Atom { key: Key::Han('不' | '没' | '沒'), .. }, other]) => {
            *one == other.key
        }
        _ => false,
    }
}

/// Where the end of a name can be cut off and read as a denial or an outcome, alone (刘未 在岗 without the blank) or with
/// what follows (李不 and 不在岗): up to where. It can be read in two ways.
fn cut_by(atoms: &[Atom], at: usize, end: usize, lexicon: &Lexicon) -> Option<usize> {
    let apart = match atoms.get(end) {
        None => true,
        Some(Atom { key: Key::Mark(_) | Key::Code(_), .. }) => true,
        Some(atom) => atom.gap && matches!(atom.key, Key::Han(_)),
    };
    (at + 1..end).find_map(|inner| match lexicon.book.longest(atoms, inner) {
        Some((further, meaning)) if further > end || further == end && !apart => {
            let has_force = matches!(
                meaning,
                Meaning::Outcome(_)
                    | Meaning::Negation
                    | Meaning::Doubt
                    | Meaning::Exception
                    | Meaning::Hearsay
                    | Meaning::Ended
                    | Meaning::Revoked
                    | Meaning::Correction
            );
            has_force.then_some(further)
        }
        _ => None,
    })
}

fn plain_kind(meaning: Meaning) -> Kind {
    match meaning {
        Meaning::Outcome(outcome) => Kind::Outcome(outcome),
        Meaning::Negation => Kind::Negation,
        Meaning::Correction => Kind::Correction,
        Meaning::Rest => Kind::Rest,
        Meaning::All => Kind::All,
        Meaning::Both => Kind::Both,
        Meaning::And => Kind::And,
        Meaning::Range => Kind::Range,
        Meaning::Doubt => Kind::Doubt,
        Meaning::Exception => Kind::Exception,
        Meaning::Number => Kind::Number,
        Meaning::Role => Kind::Role,
        Meaning::Bystander => Kind::Bystander,
        Meaning::Hearsay => Kind::Hearsay,
        Meaning::Ended => Kind::Ended,
        Meaning::Aside => Kind::Aside,
        Meaning::Revoked => Kind::Revoked,
        Meaning::Small => Kind::Small,
        Meaning::Neutral => Kind::Neutral,
        Meaning::Greeting => Kind::Greeting,
        Meaning::Day(when) => Kind::Day(when),
        Meaning::Month => Kind::Month,
        Meaning::Unit => Kind::Unit,
        Meaning::Until => Kind::Until,
        Meaning::Since => Kind::Since,
        Meaning::Inspector => Kind::Inspector,
        Meaning::Act => Kind::Act,
        Meaning::They => Kind::They,
        Meaning::Others => Kind::Others,
        Meaning::Halt => Kind::Halt,
    }
}

/// An outcome phrase counts only where it is not the beginning of another Chinese word, and where no
/// other outcome phrase begins within it and reaches beyond it.
fn outcome_at(atoms: &[Atom], at: usize, mut end: usize, outcome: Outcome, lexicon: &Lexicon) -> (Kind, usize) {
    let is_han = |i: usize| matches!(atoms.get(i), Some(Atom { key: Key::Han(_), .. }));
    if !is_han(end - 1) {
        return (Kind::Outcome(outcome), end);
    }
    let mut inner = at + 1;
    while inner < end {
        match lexicon.book.longest(atoms, inner) {
            Some((inner_end, Meaning::Outcome(other))) if inner_end > end => {
                if *other != outcome {
                    return (Kind::Torn, inner_end);
                }
                end = inner_end;
            }
            _ => {}
        }
        inner += 1;
    }
    if !is_strict(atoms, at, end, lexicon) || ends_here(atoms, end, lexicon) {
        return (Kind::Outcome(outcome), end);
    }
    match lexicon.book.longest(atoms.get(..at + 1).unwrap_or_default(), at) {
        Some((_, Meaning::Negation)) => (Kind::Negation, at + 1),
        _ => (atoms.get(at).map_or(Kind::Torn, |atom| Kind::Word(atom.key.clone())), at + 1),
    }
}

fn is_strict(atoms: &[Atom], at: usize, end: usize, lexicon: &Lexicon) -> bool {
    let phrase: String = atoms
        .get(at..end)
        .unwrap_or_default()
        .iter()
        .filter_map(|atom| if let Key::Han(c) = atom.key { Some(c) } else { None })
        .collect();
    lexicon.strict.contains(&phrase)
}

/// Nothing follows that could go on with the word.
fn ends_here(atoms: &[Atom], end: usize, lexicon: &Lexicon) -> bool {
    let Some(atom) = atoms.get(end) else { return true };
    match &atom.key {
        Key::Code(_) => true,
        Key::Mark(c) => matches!(c, ',' | '、' | ';' | '.' | '。' | '!' | '|'),
        Key::Number(_) => time_at(atoms, end, &[], &lexicon.zones).is_some(),
        Key::Han(c) => lexicon.after.contains(c) && !matches!(atoms.get(end + 1).map(|a| &a.key), Some(Key::Han(_))),
        Key::Word(_) => false,
    }
}

fn mark_or_word(atoms: &[Atom], atom: &Atom, at: usize, lexicon: &Lexicon) -> (Kind, usize) {
    let arrow = matches!(atoms.get(at + 1), Some(Atom { key: Key::Mark('>'), gap: false, .. }));
    let kind = match &atom.key {
        Key::Code(code) => Kind::Code(code.clone()),
        Key::Number(_) => Kind::Number,
        Key::Mark('=' | '-') if arrow => return (Kind::Colon, at + 2),
        // A box or a line that nobody has filled in.
        Key::Mark(open) if is_empty_box(atoms, at, *open) => return (Kind::Doubt, at + 2),
        Key::Mark(mark) if is_unequal(atoms, at, *mark) => return (Kind::Doubt, at + 1),
        // "~~present~~" is struck out; "在岗~~" is a tone.
        Key::Mark('~') if struck(atoms, at) => return (Kind::Doubt, at + 2),
        Key::Mark(c) => match c {
            ',' | '、' => Kind::Comma,
            ';' => Kind::Semicolon,
            '.' | '。' | '!' | '|' => Kind::Stop,
            ':' | '=' | '→' | '⇒' => Kind::Colon,
            '-' | '–' | '—' | '~' | '―' | '−' => Kind::Dash,
            '&' => Kind::And,
            // A character that was lost may have denied what it stands beside; a box or a cross may too.
            '?' | '¿' | '\u{fffd}' | '☐' | '□' | '❌' | '×' | '✗' | '✘' | '✖' | '%' => Kind::Doubt,
            c if is_picture(*c) && !lexicon.signs.contains(c) => Kind::Doubt,
            c => Kind::Mark(*c),
        },
        key => Kind::Word(key.clone()),
    };
    (kind, at + 1)
}

/// A picture or a sign, not the tint of a picture.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{203C}' | '\u{2049}' | '\u{2300}'..='\u{23FF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}'
        | '\u{1F000}'..='\u{1F3FA}' | '\u{1F400}'..='\u{1FAFF}')
}

impl Kind {
    /// Prose that says nothing of its own.
    pub fn is_small(&self) -> bool {
        matches!(self, Kind::Small | Kind::Inspector | Kind::Act | Kind::They | Kind::Halt | Kind::Month | Kind::Unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(text: &str) -> Vec<Kind> {
        let lexicon = Lexicon::shipped();
        let tokens = tokens(&Line::new(text), &lexicon, &Phrasebook::default());
        let matter = |kind: &Kind| matches!(kind, Kind::Outcome(_) | Kind::Torn | Kind::Negation);
        tokens.into_iter().map(|t| t.kind).filter(matter).collect()
    }

    #[test]
    fn a_chinese_word_counts_only_where_it_is_whole() {
        use Outcome::{Absent, NoAnswer, OnDutyElsewhere, Present, Reached, Unreachable};
        let one = |outcome| vec![Kind::Outcome(outcome)];
        for (text, expected) in [
            ("在", one(Present)),
            ("都在的", one(Present)),
            ("在村里。", one(Present)),
            ("在岗位上", one(Present)),
            ("在 10:42", one(Present)),
            ("在家", vec![]),
            ("在县城", vec![]),
            ("在开会", vec![]),
            ("在外", vec![]),
            ("在 县城", vec![]),
            ("现在", vec![]),
            ("在上班", vec![]),
            ("在村委会", vec![]),
            ("不在", one(Absent)),
            ("不在岗位", one(Absent)),
            ("不在家", vec![Kind::Negation]),
            ("不在村", vec![Kind::Torn]),
            ("不在服务区", one(Unreachable)),
            ("在外出差", one(OnDutyElsewhere)),
            ("外出差旅", one(OnDutyElsewhere)),
            ("已接通", one(Reached)),
            ("没接通", vec![Kind::Torn]),
            ("没打通", vec![Kind::Torn]),
            ("没接电话", one(NoAnswer)),
            ("外出务工", vec![]),
        ] {
            assert_eq!(outcomes(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_that_can_be_cut_into_other_words_is_torn() {
        let lexicon = Lexicon::shipped();
        let mut names = Phrasebook::default();
        for name in ["李不", "刘未", "李在岗", "Noel Not"] {
            names.add(name, Named { persons: vec![0], name: name.to_owned() });
        }
        let first = |text: &str| match tokens(&Line::new(text), &lexicon, &names).into_iter().next().unwrap().kind {
            Kind::Name(named) => named.name,
            kind => format!("{kind:?}"),
        };
        for (text, expected) in [
            ("李不在岗", "Torn"),
            ("李不 在岗", "Torn"),
            ("刘未在岗", "Torn"),
            ("刘未：在岗", "刘未"),
            ("刘未", "刘未"),
            ("李在岗", "李在岗"),
            ("Noel Not present", "Torn"),
            ("Noel Not: present", "Noel Not"),
        ] {
            assert_eq!(first(text), expected, "{text}");
        }
    }
}
