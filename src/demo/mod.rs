//! A fictional county, played through the house's own use cases.
//!
//! The world is a pure function of the seed: the county and its people ([`county`]), what is
//! true of each official on each day ([`truth`]), the files that tell of it, truly or not
//! ([`attendance`]), the inspectors who see it and write about it ([`people`], [`answers`]), and the comparison
//! of what the house found with what was true ([`tally`]). No part remembers anything, so a run that
//! was broken off goes on where it was. [`mishaps`] is what goes wrong in a year, if anything does. [`run`] is the engine with its effects, [`place`] its folder,
//! [`report`] what it tells at the end.

pub mod answers;
pub mod attendance;
pub mod client;
pub mod county;
pub mod dice;
pub mod envelope;
pub mod letter;
pub mod mails;
pub mod mime;
pub mod mishaps;
pub mod names;
pub mod papers;
pub mod people;
pub mod place;
pub mod records;
pub mod report;
pub mod rounds;
pub mod run;
pub mod sheets;
pub mod tally;
pub mod truth;
pub mod wording;
