//! Every word that a reply is read by: the outcome tables and the words around them, ready for search.

use super::phrase::{Key, Phrasebook, atoms};
use super::text::Line;
use crate::model::Outcome;
use crate::words::outcomes::{OutcomeWords, ordinary_english};
use serde::Deserialize;
use std::collections::HashSet;

const READING: &str = include_str!("../../config/words/reading.toml");
/// A misspelt word and the word it is taken for have at least so many letters (REPLIES 6).
const SHORTEST_FUZZY: usize = 5;
const LONGEST_FUZZY: usize = 20;
const FURTHEST: usize = 2;
/// What denies in front of a word.
const DENYING: &[&str] = &["un", "no", "in", "dis", "im", "mis"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Outcome(Outcome),
    Negation,
    Correction,
    Rest,
    All,
    Both,
    And,
    Range,
    /// Uncertain or conditional.
    Doubt,
    /// Takes somebody out.
    Exception,
    /// How many, not who.
    Number,
    /// Who of a team.
    Role,
    /// Who is beside a team.
    Bystander,
    /// What somebody else says.
    Hearsay,
    /// What stood before it is over.
    Ended,
    Aside,
    Revoked,
    /// Says nothing of its own.
    Small,
    /// Only looks like an outcome or a negation.
    Neutral,
    Greeting,
    Day(When),
    /// Of a date, behind its number.
    Month,
    /// Of a length of time.
    Unit,
    /// Before a day: up to it.
    Until,
    /// Before a day: from it on up to now.
    Since,
    /// The inspector.
    Inspector,
    /// What an inspector does to find out.
    Act,
    /// Whoever it is about.
    They,
    /// Somebody in the place of the one it is about.
    Others,
    /// Takes back where a pause or another outcome follows.
    Halt,
}

/// Which other day than that of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// By its name: it may be any.
    Named,
    Past,
    Coming,
}

#[derive(Debug, Clone)]
pub struct Lexicon {
    pub book: Phrasebook<Meaning>,
    /// Outcome phrases that must not be the beginning of a longer Chinese word.
    pub strict: HashSet<String>,
    /// What may follow those.
    pub after: HashSet<char>,
    /// Pictures that say nothing against what stands beside them.
    pub signs: HashSet<char>,
    /// Names of time zones behind a time.
    pub zones: HashSet<String>,
    /// Ordinary words that are names too; alone they stand for nobody.
    pub never_names: HashSet<String>,
    sign_offs: HashSet<String>,
    /// Single Latin outcome words of five letters or more.
    long_words: Vec<(String, Outcome)>,
    ordinary: HashSet<&'static str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    negation: Vec<String>,
    correction: Vec<String>,
    rest: Vec<String>,
    all: Vec<String>,
    both: Vec<String>,
    and: Vec<String>,
    range: Vec<String>,
    doubt: Vec<String>,
    exception: Vec<String>,
    number: Vec<String>,
    role: Vec<String>,
    bystander: Vec<String>,
    hearsay: Vec<String>,
    ended: Vec<String>,
    aside: Vec<String>,
    revoked: Vec<String>,
    small: Vec<String>,
    neutral: Vec<String>,
    strict: Vec<String>,
    after: Vec<char>,
    greeting: Vec<String>,
    day: Vec<String>,
    past: Vec<String>,
    coming: Vec<String>,
    month: Vec<String>,
    unit: Vec<String>,
    until: Vec<String>,
    since: Vec<String>,
    inspector: Vec<String>,
    act: Vec<String>,
    they: Vec<String>,
    others: Vec<String>,
    halt: Vec<String>,
    asking: Vec<String>,
    asked: Vec<String>,
    signs: Vec<char>,
    zones: Vec<String>,
    never_names: Vec<String>,
    sign_off: Vec<String>,
}

impl Lexicon {
    /// With the shipped outcome tables.
    pub fn shipped() -> Lexicon {
        Lexicon::with(&OutcomeWords::shipped())
    }

    /// With the tables of an office.
    pub fn with(words: &OutcomeWords) -> Lexicon {
        let reading: Reading =
            toml::from_str(READING).unwrap_or_else(|error| unreachable!("the shipped reading words: {error}"));
        let mut book = Phrasebook::default();
        let mut long_words = Vec::new();
        for (phrase, outcome) in words.phrases() {
            book.add(phrase, Meaning::Outcome(outcome));
            let single = phrase.chars().all(|c| c.is_ascii_lowercase());
            if single && phrase.len() >= SHORTEST_FUZZY {
                long_words.push((phrase.to_owned(), outcome));
            }
        }
        for (phrases, meaning) in [
            (reading.neutral, Meaning::Neutral),
            (reading.correction, Meaning::Correction),
            (reading.rest, Meaning::Rest),
            (reading.doubt, Meaning::Doubt),
            (reading.exception, Meaning::Exception),
            (reading.negation, Meaning::Negation),
            (reading.all, Meaning::All),
            (reading.both, Meaning::Both),
            (reading.and, Meaning::And),
            (reading.range, Meaning::Range),
            (reading.number, Meaning::Number),
            (reading.role, Meaning::Role),
            (reading.bystander, Meaning::Bystander),
            (reading.hearsay, Meaning::Hearsay),
            (reading.ended, Meaning::Ended),
            (reading.aside, Meaning::Aside),
            (reading.revoked, Meaning::Revoked),
            (reading.day, Meaning::Day(When::Named)),
            (reading.past, Meaning::Day(When::Past)),
            (reading.coming, Meaning::Day(When::Coming)),
            (reading.month, Meaning::Month),
            (reading.unit, Meaning::Unit),
            (reading.until, Meaning::Until),
            (reading.since, Meaning::Since),
            (reading.inspector, Meaning::Inspector),
            (reading.act, Meaning::Act),
            (reading.they, Meaning::They),
            (reading.others, Meaning::Others),
            (reading.halt, Meaning::Halt),
            (reading.small, Meaning::Small),
            (reading.greeting, Meaning::Greeting),
        ] {
            for phrase in phrases {
                book.add(&phrase, meaning);
            }
        }
        // "is she present" is a question.
        for asking in &reading.asking {
            for asked in &reading.asked {
                book.add(&format!("{asking} {asked}"), Meaning::Doubt);
            }
        }
        Lexicon {
            book,
            signs: reading.signs.into_iter().collect(),
            zones: reading.zones.into_iter().collect(),
            never_names: reading.never_names.into_iter().collect(),
            strict: reading.strict.into_iter().collect(),
            after: reading.after.into_iter().collect(),
            sign_offs: reading.sign_off.into_iter().collect(),
            long_words,
            ordinary: ordinary_english().collect(),
        }
    }

    /// Whether a name can be told from what is said: not where all of it is words of the tables ("May Not").
    pub fn may_name(&self, name: &str) -> bool {
        let atoms = atoms(&Line::new(name).chars);
        let (mut at, mut ordinary) = (0, 0);
        while let Some(atom) = atoms.get(at) {
            match (self.book.longest(&atoms, at), &atom.key) {
                (Some((end, _)), _) => at = end,
                (None, Key::Word(word)) if self.never_names.contains(word) => (at, ordinary) = (at + 1, ordinary + 1),
                (None, _) => return true,
            }
        }
        ordinary == atoms.len() && ordinary > 1
    }

    /// The outcome that a misspelt Latin word is taken for: within distance 2 (a swap is 1) of words of
    /// one outcome only, and no ordinary word itself.
    pub fn misspelt(&self, word: &str) -> Option<Outcome> {
        let letters = word.chars().count();
        if !(SHORTEST_FUZZY..=LONGEST_FUZZY).contains(&letters) || self.ordinary.contains(word) {
            return None;
        }
        let mut near = self
            .long_words
            .iter()
            .filter(|(other, _)| other.len().abs_diff(letters) <= FURTHEST)
            .filter(|(other, _)| strsim::osa_distance(other, word) <= FURTHEST)
            // "unpresent" denies; "unreachble" does not.
            .filter(|(other, _)| !DENYING.iter().any(|d| word.starts_with(d) && !other.starts_with(d)))
            .map(|(_, outcome)| *outcome);
        let first = near.next()?;
        near.all(|other| other == first).then_some(first)
    }

    /// `Thanks!`, `谢谢。`: ends what a person wrote where it stands alone on its line.
    pub fn is_sign_off(&self, plain_line: &str) -> bool {
        let bare = plain_line.trim_end_matches(|c: char| !c.is_alphanumeric()).trim_start_matches('-').trim();
        self.sign_offs.contains(bare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn misspelt_words_are_taken_only_where_one_outcome_is_near() {
        let lexicon = Lexicon::shipped();
        for (word, expected) in [
            ("presnt", Some(Outcome::Present)),
            ("persent", Some(Outcome::Present)),
            ("absnet", Some(Outcome::Absent)),
            ("refuesd", Some(Outcome::Refused)),
            ("unreacheable", Some(Outcome::Unreachable)),
            ("vaccation", Some(Outcome::OnLeave)),
            ("location", None),
            ("mission", None),
            ("teacher", None),
            ("after", None),
            ("walked", None),
            ("reachable", None),
            ("unpresent", None),
            ("nopresent", None),
            ("busi", None),
            ("xxxxx", None),
        ] {
            assert_eq!(lexicon.misspelt(word), expected, "{word}");
        }
    }

    #[test]
    fn no_word_of_reading_is_an_outcome() {
        let reading: BTreeMap<String, toml::Value> = toml::from_str(READING).unwrap();
        let outcomes: Vec<String> = OutcomeWords::shipped().phrases().map(|(p, _)| p.to_owned()).collect();
        for (list, phrases) in reading.iter().filter(|(name, _)| !["strict", "after", "signs"].contains(&name.as_str()))
        {
            for phrase in phrases.as_array().into_iter().flatten() {
                assert!(!outcomes.iter().any(|o| Some(o.as_str()) == phrase.as_str()), "{list}: {phrase}");
            }
        }
    }

    #[test]
    fn names_that_are_words_stand_for_nobody() {
        let lexicon = Lexicon::shipped();
        for name in ["May Not", "No Present", "在岗", "Will", "Hope", "Will May", "请假"] {
            assert!(!lexicon.may_name(name), "{name}");
        }
        for name in ["李在岗", "Wang Jianguo", "Will Smith", "Wei", "王和平"] {
            assert!(lexicon.may_name(name), "{name}");
        }
    }
}
