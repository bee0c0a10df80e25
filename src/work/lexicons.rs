//! The words that replies are read by: the shipped ones, and those of an office.

use super::Done;
use crate::config::{Config, Office};
use crate::files;
use crate::model::Trouble;
use crate::reply::Lexicon;
use crate::words::outcomes::OutcomeWords;
use std::path::Path;
use std::sync::LazyLock;

static SHIPPED: LazyLock<Lexicon> = LazyLock::new(Lexicon::shipped);

/// One office's words, or the shipped ones.
pub enum Words {
    Shipped,
    Own(Box<Lexicon>),
}

impl Words {
    pub fn lexicon(&self) -> &Lexicon {
        match self {
            Words::Shipped => &SHIPPED,
            Words::Own(own) => own,
        }
    }
}

/// # Errors
/// A file that is not there or is no word table, or a word that would mean two things.
pub fn of_office(office: &Office) -> Done<Words> {
    if office.words.is_empty() { Ok(Words::Shipped) } else { Ok(Words::Own(Box::new(with(&office.words)?))) }
}

/// The shipped words and those of some files.
pub fn with<P: AsRef<Path>>(files: &[P]) -> Result<Lexicon, Trouble> {
    let mut words = OutcomeWords::shipped();
    for path in files {
        let name = path.as_ref().display().to_string();
        let text = files::read_text(path.as_ref(), files::SETTINGS).map_err(|trouble| trouble.in_field("words"))?;
        words = words.and_also(&name, &text)?;
    }
    Ok(Lexicon::with(&words))
}

/// Every trouble with the words of every office.
pub fn troubles(config: &Config) -> Vec<Trouble> {
    config.offices.iter().filter_map(|office| of_office(office).err()).map(super::Failure::trouble).collect()
}
