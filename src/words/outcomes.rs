//! The words that an outcome may be written with (REPLIES 6): shipped tables, and an office's own.

use crate::model::{Outcome, Trouble};
use crate::said;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
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
    en: Vec<Spanned<String>>,
    #[serde(default)]
    zh: Vec<Spanned<String>>,
}

impl OutcomeWords {
    /// The tables of `config/words/outcomes.toml`.
    pub fn shipped() -> OutcomeWords {
        let empty = OutcomeWords { meanings: BTreeMap::new() };
        empty
            .and_also("outcomes.toml", SHIPPED)
            .unwrap_or_else(|trouble| unreachable!("the shipped word table: {trouble}"))
    }

    /// Adds an office's own words, in the same form as the shipped file.
    ///
    /// # Errors
    /// The text is no table of outcomes, or a word would mean two things: with the file and the line.
    pub fn and_also(mut self, file_name: &str, toml_text: &str) -> Result<OutcomeWords, Trouble> {
        let at = |byte: usize| u64::try_from(byte).unwrap_or(u64::MAX);
        let tables: BTreeMap<Outcome, Forms> = toml::from_str(toml_text).map_err(|error| {
            let what = error.message().to_owned();
            let trouble = Trouble::new(said!(
                "the word table cannot be read ({what}): expected [present] or another outcome, below it en = [\"…\"] and zh = [\"…\"]",
                "词表无法读取（{what}）：应为[present]等结果，下有en = [\"…\"]与zh = [\"…\"]"
            ))
            .in_file(file_name);
            match error.span() {
                Some(span) => trouble.at_byte(toml_text, at(span.start)),
                None => trouble,
            }
        })?;
        for (outcome, forms) in tables {
            for written in forms.en.iter().chain(&forms.zh) {
                self.add(written.get_ref(), outcome).map_err(|trouble| {
                    trouble.in_file(file_name).at_byte(toml_text, at(written.span().start)).in_field(outcome.code())
                })?;
            }
        }
        Ok(self)
    }

    fn add(&mut self, written: &str, outcome: Outcome) -> Result<(), Trouble> {
        let phrase = plain_form(written);
        if !phrase.chars().any(char::is_alphanumeric) {
            return Err(Trouble::new(said!(
                "“{written}” is no word: remove it from under {outcome}",
                "“{written}”不是词：请从{outcome}下删去"
            )));
        }
        match self.meanings.insert(phrase, outcome) {
            Some(other) if other != outcome => Err(Trouble::new(said!(
                "“{written}” would mean both {other} and {outcome}: keep it under one of them",
                "“{written}”同时表示{other}和{outcome}：请只保留一处"
            ))),
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
    use crate::model::Language;

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
        let own = |text: &str| OutcomeWords::shipped().and_also("own.toml", text);
        let refused = own("# ours\n[busy]\nzh = [\"在岗\"]").unwrap_err();
        assert!(refused.said.en.contains("present") && refused.said.en.contains("busy"), "{refused}");
        assert!(refused.text(Language::ZhHans).starts_with("own.toml 第3行"), "{}", refused.text(Language::ZhHans));
        assert!(own("[busy]\nen = [\"Not  Present\"]").is_err());
        assert!(own("[present]\nen = [\"present\", \"in place\"]").is_ok());
        let unknown = own("[asleep]\nen = [\"zzz\"]").unwrap_err();
        assert!(unknown.text(Language::En).starts_with("own.toml, row 1"), "{unknown}");
        assert!(own("[busy]\nen = [\"--\"]").is_err());
    }

    #[test]
    fn no_ordinary_word_is_an_outcome_word_itself() {
        let words = OutcomeWords::shipped();
        for plain in ordinary_english() {
            assert!(words.phrases().all(|(phrase, _)| phrase != plain), "{plain}");
        }
    }
}
