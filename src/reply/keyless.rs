//! A mail's text as a page may show it: without the keys of letters that it quotes.

use regex::Regex;
use std::sync::LazyLock;

/// A key as letters write it, in four groups or as the tag of an address.
static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?-u:\b)[0-9a-hjkmnp-tv-z]{4}(?:-[0-9a-hjkmnp-tv-z]{4}){3}(?-u:\b)|\.[0-9a-hjkmnp-tv-z]{16}(?-u:\b)|(?-u:\b)[0-9a-hjkmnp-tv-z]{16}(?-u:\b)",
    )
    .ok()
});

/// What stands in the place of a key.
const HIDDEN: &str = "****";

/// A text with every key taken out, and whatever looks like one.
pub fn without_keys(text: &str) -> String {
    match KEY.as_ref() {
        Some(key) => key.replace_all(text, HIDDEN).into_owned(),
        None => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_hidden_and_words_are_not() {
        let text = "Ref K7Q2M-9F3T-X8W2-HC5D-7QKM\nr+K7Q2M.9f3tx8w2hc5d7qkm@desk.example V1 在岗 10:20 2026-03-12";
        let shown = without_keys(text);
        assert_eq!(shown, "Ref K7Q2M-****\nr+K7Q2M****@desk.example V1 在岗 10:20 2026-03-12");
    }
}
