//! What of an assignment every mail is held against, made once: the letter without its blanks, the names that may
//! stand for a code, the words of each line's place.

use super::letter::{Letter, begins_with_code};
use super::names::{Named, names};
use super::phrase::{Key, Phrasebook, atoms};
use super::sent::Sent;
use super::text::Line;
use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub struct Prepared {
    /// `None` where the letter's text is not known.
    pub letter: Option<Letter>,
    /// Whether a name can be told from other words is asked where it is met.
    pub names: Phrasebook<Named>,
    /// For each line the words of the letter that name its place.
    pub places: HashMap<usize, HashSet<Key>>,
}

impl Prepared {
    pub fn of(sent: &Sent) -> Prepared {
        let lines: Option<Vec<(&str, Line)>> =
            sent.text.as_deref().map(|text| text.lines().map(|written| (written, Line::new(written))).collect());
        Prepared {
            letter: lines.as_deref().map(|lines| Letter::new(sent, lines)),
            names: names(sent),
            places: places(sent, lines.as_deref().unwrap_or_default()),
        }
    }
}

fn places(sent: &Sent, lines: &[(&str, Line)]) -> HashMap<usize, HashSet<Key>> {
    let mut places: HashMap<usize, HashSet<Key>> = HashMap::new();
    for (_, line) in lines.iter().filter(|(_, line)| begins_with_code(line)) {
        let keys = atoms(&line.chars);
        // `V1.Q1` begins with a line's code too, and says nothing of its place.
        let asks = matches!(keys.get(1..3), Some([dot, q]) if dot.key == Key::Mark('.') && !q.gap && !dot.gap);
        if let Some(Key::Code(code)) = keys.first().map(|atom| &atom.key)
            && !asks
            && let Some(line) = sent.lines.iter().position(|line| line.code.as_str() == code)
        {
            let words = keys.iter().map(|a| a.key.clone()).filter(|k| matches!(k, Key::Word(_) | Key::Han(_)));
            places.entry(line).or_default().extend(words);
        }
    }
    places
}
