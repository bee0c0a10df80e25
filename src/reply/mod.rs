//! The room `reply/`: from the bytes of a mail to answers (REPLIES 2 to 6 and 8). Pure.
//!
//! A mail goes through it as REPLIES 3 orders the checks. [`envelope`] takes the bytes apart within the
//! caps; [`classify`] sorts out what no person wrote; [`carried_key`] says which assignment it belongs
//! to; [`read`] goes through the rest, against the assignment as sent ([`Sent`]) and what earlier mails
//! have left ([`Earlier`]), and ends with a [`Reading`].
//!
//! Within `read`, `text` and the files beside it make lines of the body; `whose` tells the person's lines
//! from ours and from quoted ones; `item` and `group` read what a line says; `gather` holds the lines
//! against each other; `inquiry` reads answers to questions (`question`, `value`), `answered` holds those against each
//! other. `free` is for mails that are filed as they are, `away` for those in
//! which an inspector says not to be able to come. The rule above all: nothing is recorded that can be read in two ways.

// Bytes to lines.
mod charset;
mod entity;
mod flowed;
mod headers;
mod html;
mod mail;
mod mime;
mod photo;
mod rtf;
mod text;
mod tnef;

// Who wrote it, and about what.
mod authentication;
mod bounce;
mod class;
mod key;
mod keyless;
mod received;
mod sender;
mod sent;

// Whose line is it.
mod letter;
mod marks;
mod whose;

// What a line says.
mod agreed;
mod answer_item;
mod group;
mod handback;
mod inquiry;
mod item;
mod lead;
mod lexicon;
mod names;
mod phrase;
mod prepared;
mod question;
mod remark;
mod statement;
mod target;
mod times;
mod token;
mod value;
mod withdrawn;

// What the mail says.
mod answered;
mod away;
mod away_days;
mod away_words;
mod filled;
mod free;
mod gather;
mod reading;
mod understand;

pub use agreed::agreed;
pub use away::{Absent, Announced, Doubt, FAR, announced};
pub use away_words::AwayCause;
pub use bounce::{Bounced, Cause, bounced};
pub use class::{Class, classify};
pub use filled::{Filled, FilledRow};
pub use free::{clean_file_name, says_anything};
pub use key::{CarriedKey, KeyFound, bounce_tag, carried_cases, carried_key};
pub use keyless::without_keys;
pub use lexicon::Lexicon;
pub use mail::{Attachment, Mail, Refusal, envelope, message_id_of};
pub use photo::photo;
pub use reading::{Answer, Answered, By, Disposition, Earlier, Note, Outcomes, Problem, Reading, Reason, Seen, Why};
pub use sender::{Authentication, Policy, from_address, is_aligned, is_proven};
pub use sent::{InspectorFile, LineFile, PersonFile, Sent, SentFile, SentLine, SentPerson};
pub use text::{Text, text_of};
pub use times::Clock;
pub use understand::{Intake, read, read_with, refused, typed};
