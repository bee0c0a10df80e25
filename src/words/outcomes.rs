//! The words that an outcome may be written with (REPLIES 6): shipped tables, and an office's own.

use crate::model::{Outcome, Trouble};
use crate::said;
use serde::Deserialize;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

const SHIPPED: &str = include_str!("../../config/words/outcomes.toml");
const PLAIN: &str = include_str!("../../config/words/plain-en.txt");

/// Every phrase with its one meaning; NFKC, lower case, single blanks.
#[derive(Debug, Clone)]
pub struct OutcomeWords {
    meanings: BTreeMap<String, Outcome>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Forms {
    #[serde(default)]
    en: Vec<String>,
    #[serde(default)]
    zh: Vec<String>,
}

impl OutcomeWords {
    /// The tables of `config/words/outcomes.toml`.
    pub fn shipped() -> OutcomeWords {
        let empty = OutcomeWords { meanings: BTreeMap::new() };
        empty.and_also(SHIPPED).unwrap_or_else(|trouble| unreachable!("the shipped word table: {trouble}"))
    }

    /// Adds an office's own words, in the same form as the shipped file.
    ///
    /// # Errors
    /// The text is no table of outcomes, or a word would mean two things.
    pub fn and_also(mut self, toml_text: &str) -> Result<OutcomeWords, Trouble> {
        let tables: BTreeMap<Outcome, Forms> = toml::from_str(toml_text).map_err(|error| {
            let what = error.message().to_owned();
            Trouble::new(said!(
                "the word table cannot be read ({what}): expected [outcome] with en = [\"…\"] and zh = [\"…\"]",
                "词表无法读取（{what}）：应为[结果]，下有en = [\"…\"]与zh = [\"…\"]"
            ))
        })?;
        for (outcome, forms) in tables {
            for written in forms.en.iter().chain(&forms.zh) {
                self.add(written, outcome)?;
            }
        }
        Ok(self)
    }

    fn add(&mut self, written: &str, outcome: Outcome) -> Result<(), Trouble> {
        let phrase = plain_form(written);
        if phrase.is_empty() {
            return Err(Trouble::new(said!(
                "an empty word stands under {outcome}: remove it",
                "{outcome}下有空词：请删去"
            ))
            .in_field(outcome.code()));
        }
        match self.meanings.insert(phrase, outcome) {
            Some(other) if other != outcome => Err(Trouble::new(said!(
                "“{written}” would mean both {other} and {outcome}: keep it under one of them",
                "“{written}”同时表示{other}和{outcome}：请只保留一处"
            ))
            .in_field(outcome.code())),
            _ => Ok(()),
        }
    }

    /// Phrases with their outcome, sorted by phrase.
    pub fn phrases(&self) -> impl Iterator<Item = (&str, Outcome)> {
        self.meanings.iter().map(|(phrase, outcome)| (phrase.as_str(), *outcome))
    }
}

/// Ordinary English words that are never taken for a misspelt outcome.
pub fn ordinary_english() -> impl Iterator<Item = &'static str> {
    PLAIN.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn plain_form(written: &str) -> String {
    let normal: String = written.nfkc().collect::<String>().to_lowercase();
    normal.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_words_in_both_languages() {
        let words = OutcomeWords::shipped();
        for outcome in Outcome::ALL {
            let of_this = || words.phrases().filter(move |(_, o)| *o == outcome).map(|(phrase, _)| phrase);
            assert!(of_this().any(|phrase| phrase.is_ascii()), "{outcome} in English");
            assert!(of_this().any(|phrase| !phrase.is_ascii()), "{outcome} in Chinese");
        }
    }

    #[test]
    fn no_word_means_two_things() {
        // Building the shipped table checks it; an office's own file is checked against it.
        let refused = OutcomeWords::shipped().and_also("[busy]\nzh = [\"在岗\"]").unwrap_err();
        assert!(refused.said.en.contains("present") && refused.said.en.contains("busy"), "{refused}");
        assert!(OutcomeWords::shipped().and_also("[busy]\nen = [\"Not  Present\"]").is_err());
        assert!(OutcomeWords::shipped().and_also("[present]\nen = [\"present\", \"in place\"]").is_ok());
        assert!(OutcomeWords::shipped().and_also("[asleep]\nen = [\"zzz\"]").is_err());
    }

    #[test]
    fn no_ordinary_word_is_an_outcome_word_itself() {
        let words = OutcomeWords::shipped();
        for plain in ordinary_english() {
            assert!(words.phrases().all(|(phrase, _)| phrase != plain), "{plain}");
        }
    }
}
