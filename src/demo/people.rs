//! Simulated inspectors: from a letter to the mails that come back, days later if need be.
//!
//! Whatever goes wrong on the way (typing errors, second thoughts, forwarded secrets, a mailbox that
//! signs nothing), the last word of an inspector is the truth of [`super::truth`].

use super::answers::answers;
use super::client::{Answer, Client, Setting};
use super::county::{County, Inspector};
use super::dice::Dice;
use super::envelope::{self, Sender};
use super::letter::Letter;
use super::rounds;
use super::truth::Oracle;
use super::wording::{self, Finding, Layout, Slip};
use crate::model::time::{HOUR, MINUTE};
use crate::model::{Assignment, Language, Outcome, Timestamp};
use std::collections::BTreeMap;

/// A letter that reached an inspector: the first of an assignment, not a reminder or a receipt.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    /// The bytes as sent.
    pub letter: &'a [u8],
    pub assignment: &'a Assignment,
    /// The name under which the office's mail server signs its verdict on senders.
    pub authserv_id: &'a str,
}

/// What a mail is meant to be, for statistics and tests: the house must find out by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nature {
    Answer,
    /// Lines that were open, or asked back, or rung again.
    Second,
    /// A wrong word taken back.
    Correction,
    OutOfOffice,
    /// The same mail, delivered twice.
    Duplicate,
    /// From the inspector's other mailbox, which nobody can authenticate.
    Unsigned,
    /// By somebody else who has seen the letter.
    Stranger,
    /// In the inspector's name, from elsewhere.
    Forged,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When the office's mailbox has it.
    pub at: Timestamp,
    /// RFC 5322, CRLF.
    pub raw: Vec<u8>,
    pub nature: Nature,
}

/// What happens with one assignment, in shares of 1000. At most one of them befalls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mishap {
    None,
    NoReply,
    OutOfOffice,
    UnsignedFirst,
    InTwoParts,
    WrongFirst,
    Blurred,
    Mistyped,
    Twice,
    Stranger,
    Forged,
}

const MISHAPS: [(Mishap, u64); 10] = [
    (Mishap::NoReply, 25),
    (Mishap::OutOfOffice, 40),
    (Mishap::UnsignedFirst, 30),
    (Mishap::InTwoParts, 80),
    (Mishap::WrongFirst, 70),
    (Mishap::Blurred, 50),
    (Mishap::Mistyped, 70),
    (Mishap::Twice, 40),
    (Mishap::Stranger, 35),
    (Mishap::Forged, 35),
];

#[derive(Debug, Clone)]
pub struct People<'a> {
    pub county: &'a County,
    pub dice: Dice,
    pub oracle: Oracle,
}

/// One inspector with one letter in hand.
struct Desk<'a> {
    people: &'a People<'a>,
    inspector: &'a Inspector,
    posted: Posted<'a>,
    letter: Letter,
    id: String,
}

impl<'a> People<'a> {
    pub fn new(county: &'a County, dice: &Dice) -> People<'a> {
        People { county, dice: dice.clone(), oracle: Oracle::new(dice) }
    }

    /// Every mail that this letter brings about, by time. Empty for one that never answers, for an
    /// inspector of another county, and for bytes that are no letter.
    pub fn mails(&'a self, posted: Posted<'a>) -> Vec<Delivery> {
        let (Some(inspector), Some(letter)) =
            (self.county.inspector(&posted.assignment.inspector), Letter::read(posted.letter))
        else {
            return Vec::new();
        };
        let id = posted.assignment.id.to_string();
        let mut mails = Desk { people: self, inspector, posted, letter, id }.work();
        mails.sort_by(|a, b| (a.at, &a.raw).cmp(&(b.at, &b.raw)));
        mails
    }
}

impl Desk<'_> {
    fn work(&self) -> Vec<Delivery> {
        let (dice, id) = (&self.people.dice, self.id.as_str());
        let assignment = self.posted.assignment;
        let found = rounds::findings(dice, &self.people.oracle, assignment);
        let Some(done) = found.iter().map(|f| f.at).max() else { return Vec::new() };
        let mut sent = done.plus(dice.between("writes after", id, 12, 75) * MINUTE);
        if dice.chance("late", id, 80) {
            sent = assignment.reply_by.max(sent).plus(dice.between("late by", id, 1, 20) * HOUR);
        }
        sent = sent.min(assignment.closes.minus(3 * HOUR)).max(done.plus(MINUTE));
        let mishap = dice.share("mishap", id, &MISHAPS, Mishap::None);
        let mut mails = match mishap {
            Mishap::NoReply => return Vec::new(),
            Mishap::None | Mishap::OutOfOffice => vec![self.answer(sent, Nature::Answer, "a", &found, true)],
            Mishap::UnsignedFirst => vec![
                self.answer(sent, Nature::Unsigned, "u", &found, true),
                self.answer(sent.plus(90 * MINUTE), Nature::Answer, "a", &found, true),
            ],
            Mishap::InTwoParts => self.in_two_parts(sent, &found),
            Mishap::WrongFirst => self.wrong_first(sent, &found),
            Mishap::Blurred => self.slipped(sent, &found, Slip::Blur),
            Mishap::Mistyped => self.slipped(sent, &found, Slip::Typo),
            Mishap::Twice | Mishap::Stranger | Mishap::Forged => self.with_company(sent, &found, mishap),
        };
        if mishap == Mishap::OutOfOffice {
            mails.push(self.out_of_office(assignment.released.plus(2 * MINUTE)));
        }
        mails.extend(self.rung_again(sent, &found));
        mails
    }

    fn in_two_parts(&self, sent: Timestamp, found: &[Finding]) -> Vec<Delivery> {
        let cut = found.partition_point(|f| f.person > 0);
        let cut = if cut == 0 || cut == found.len() { found.len() / 2 } else { cut };
        let (first, second) = found.split_at(cut);
        let Some(seen) = first.iter().map(|f| f.at).max() else {
            return vec![self.answer(sent, Nature::Answer, "a", found, true)];
        };
        let early = seen.plus(15 * MINUTE).min(sent.minus(MINUTE)).max(seen.plus(MINUTE));
        vec![
            self.answer(early, Nature::Answer, "a", first, false),
            self.answer(sent.max(early.plus(MINUTE)), Nature::Second, "b", second, false),
        ]
    }

    fn wrong_first(&self, sent: Timestamp, found: &[Finding]) -> Vec<Delivery> {
        let mut wrong = found.to_vec();
        let flipped = wrong.iter_mut().find_map(|f| {
            let other = match f.outcome {
                Outcome::Present if f.person > 0 => Outcome::Absent,
                Outcome::Absent => Outcome::Present,
                Outcome::Busy => Outcome::NoAnswer,
                Outcome::Reached => Outcome::Busy,
                _ => return None,
            };
            let truth = f.clone();
            f.outcome = other;
            Some(truth)
        });
        let mut mails = vec![self.answer(sent, Nature::Answer, "a", &wrong, true)];
        mails.extend(flipped.map(|truth| {
            let said = wording::answer(&self.people.dice, &self.id, self.language(), Layout::Lines, &[truth], false);
            let text = format!("{} {said}", self.language().pick("correction", "更正"));
            self.mail(sent.plus(40 * MINUTE), Nature::Correction, "k", &Answer::Above(text))
        }));
        mails
    }

    /// A typing error is understood at once; what was blurred is asked back and then said clearly.
    fn slipped(&self, sent: Timestamp, found: &[Finding], slip: Slip) -> Vec<Delivery> {
        let mut written = found.to_vec();
        let slipped = written.iter_mut().find(|f| slip == Slip::Blur || wording::can_be_mistyped(f.outcome));
        let clear = slipped.map(|f| {
            let clear = f.clone();
            f.slip = slip;
            clear
        });
        let mut mails = vec![self.answer(sent, Nature::Answer, "a", &written, true)];
        if slip == Slip::Blur {
            mails.extend(clear.map(|f| self.answer(sent.plus(70 * MINUTE), Nature::Second, "b", &[f], false)));
        }
        mails
    }

    fn with_company(&self, sent: Timestamp, found: &[Finding], mishap: Mishap) -> Vec<Delivery> {
        let honest = self.answer(sent, Nature::Answer, "a", found, true);
        let rosy: Vec<Finding> = found
            .iter()
            .map(|f| Finding { outcome: if f.person > 0 { Outcome::Present } else { f.outcome }, ..f.clone() })
            .collect();
        let extra = match mishap {
            Mishap::Twice => {
                let raw = envelope::delivered_again(&honest.raw, self.posted.authserv_id, sent.plus(3 * MINUTE));
                Delivery { at: sent.plus(3 * MINUTE), raw, nature: Nature::Duplicate }
            }
            Mishap::Stranger => self.answer(sent.minus(5 * MINUTE), Nature::Stranger, "x", &rosy, true),
            // The forger knows the Message-ID to come: nothing may be shadowed by it.
            _ => self.answer(sent.minus(5 * MINUTE), Nature::Forged, "a", &rosy, true),
        };
        vec![honest, extra]
    }

    fn out_of_office(&self, at: Timestamp) -> Delivery {
        let language = self.language();
        let text = language.pick("I am out of office until the afternoon.", "您好，我外出办事，下午回复。");
        let subject = format!("{}{}", language.pick("Automatic reply: ", "自动回复: "), self.letter.subject);
        Delivery {
            at,
            raw: envelope::auto_reply(&self.sender(Nature::OutOfOffice), at, &subject, text),
            nature: Nature::OutOfOffice,
        }
    }

    /// Some ring again in the afternoon whom they did not reach, and say so.
    fn rung_again(&self, sent: Timestamp, found: &[Finding]) -> Option<Delivery> {
        let dice = &self.people.dice;
        let key = |f: &Finding| format!("{} {}", self.id, f.code());
        let mut again: Vec<Finding> = found
            .iter()
            .filter(|f| f.person == 0 && f.outcome.is_temporary() && dice.chance("rings again", &key(f), 350))
            .cloned()
            .collect();
        let at = sent.plus(150 * MINUTE);
        if again.is_empty() || at >= self.posted.assignment.closes {
            return None;
        }
        for f in &mut again {
            f.outcome = if dice.chance("reached at last", &key(f), 700) { Outcome::Reached } else { Outcome::NoAnswer };
            f.says_time = false;
        }
        Some(self.answer(at, Nature::Second, "r", &again, false))
    }

    fn language(&self) -> Language {
        self.inspector.language
    }

    fn sender(&self, nature: Nature) -> Sender<'_> {
        Sender {
            inspector: self.inspector,
            letter: &self.letter,
            id: &self.id,
            nature,
            authserv_id: self.posted.authserv_id,
            threaded: nature == Nature::OutOfOffice
                || self.inspector.client != Client::Outlook
                || !self.people.dice.chance("unthreaded", &self.id, 300),
            photo: nature == Nature::Answer && self.people.dice.chance("photo", &self.id, 80),
        }
    }

    fn answer(&self, at: Timestamp, nature: Nature, tag: &str, found: &[Finding], whole: bool) -> Delivery {
        let (dice, client, language) = (&self.people.dice, self.inspector.client, self.language());
        let key = format!("{} {tag}", self.id);
        let answers = answers(dice, language, self.posted.assignment, found);
        let by_code = || -> BTreeMap<String, String> {
            let findings = found.iter().map(|f| (f.code(), wording::behind_arrow(dice, &key, language, f)));
            findings.chain(answers.by_code()).collect()
        };
        let answer = match dice.below("place", &key, 10) {
            0..=3 if client.quotes_lines() && client != Client::Gmail => Answer::BehindArrows(by_code()),
            4..=5 if client.quotes_lines() => Answer::BelowLines(by_code()),
            _ => {
                let mut lines = vec![self.above(&key, found, whole)];
                lines.extend(answers.written());
                Answer::Above(lines.join("\n"))
            }
        };
        self.mail(at, nature, tag, &answer)
    }

    fn above(&self, key: &str, found: &[Finding], whole: bool) -> String {
        let (dice, language) = (&self.people.dice, self.language());
        let layout = dice.pick("layout", key, &Layout::ALL);
        let text = wording::answer(dice, key, language, layout, found, whole);
        if dice.chance("greeting", key, 300) {
            format!("{}\n{text}", language.pick("Good day, results of today:", "您好，今天的结果："))
        } else {
            text
        }
    }

    fn mail(&self, at: Timestamp, nature: Nature, tag: &str, answer: &Answer) -> Delivery {
        let boundary = format!("=_{}_{tag}", self.id);
        let to = format!("{} <{}>", self.inspector.name.own, self.inspector.email);
        let setting = Setting {
            letter: &self.letter,
            letter_sent: self.posted.assignment.released,
            to: &to,
            language: self.language(),
            boundary: &boundary,
        };
        let body = self.inspector.client.body(&setting, answer);
        Delivery { at, raw: envelope::reply(&self.sender(nature), at, tag, body), nature }
    }
}
