//! Ten thousand damaged mails: nothing falls, nothing is recorded of a mail that nobody wrote.

use super::cases::{Case, all};
use super::world::{LEXICON, WORLD};
use spotcheck::model::Timestamp;
use spotcheck::reply::{Authentication, Disposition, Earlier, Intake, Reading, bounced, envelope, read};

/// As many for each of the four tests below, so that they share the processors.
const EACH: usize = 2_500;

/// Steps of a fixed sequence: the same mails on every machine.
struct Steps(u64);

impl Steps {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(below.max(1)).unwrap()).unwrap()
    }

    /// One to four changes from a place on.
    fn damage(&mut self, mail: &mut Vec<u8>, from: usize, other: &[u8]) {
        const MARKS: &[&[u8]] = &[
            b"=>",
            b"\r\n\r\n",
            b"\r\n> ",
            b"C1 ",
            b"V1",
            "在".as_bytes(),
            "不".as_bytes(),
            b"<",
            b"--B",
            b"\0",
            b"=?",
            &[0xff, 0xfe],
        ];
        for _ in 0..=self.next(4) {
            let at = from + self.next(mail.len() - from);
            match self.next(6) {
                0 => mail[at] = u8::try_from(self.next(256)).unwrap(),
                1 => mail[at] ^= 1 << self.next(8),
                2 => {
                    let end = (at + 1 + self.next(40)).min(mail.len());
                    mail.drain(at..end);
                }
                3 => {
                    let mark = MARKS[self.next(MARKS.len())];
                    mail.splice(at..at, mark.iter().copied());
                }
                4 => {
                    let end = (at + 1 + self.next(60)).min(mail.len());
                    let copy = mail[at..end].to_vec();
                    mail.splice(at..at, copy);
                }
                _ => {
                    let start = self.next(other.len());
                    let end = (start + self.next(80)).min(other.len());
                    mail.splice(at..at, other[start..end].iter().copied());
                }
            }
            if mail.len() <= from {
                mail.push(b'x');
            }
        }
    }
}

fn is_ignorable(case: &Case) -> bool {
    matches!(case.reason.as_str(), "own" | "bounce" | "read_receipt" | "auto_reply")
}

/// What the mail says to a reader that believes every sender, so that damage reaches the grammar.
fn reading(raw: &[u8]) -> Option<Reading> {
    let mail = envelope(raw).ok()?;
    let mut authentication = Authentication::pinned(Some("mx.inspect.example".to_owned()));
    authentication.local_submission = true;
    let received = mail.received().unwrap_or(Timestamp::parse("2026-03-12T17:45:00+08:00").unwrap());
    let intake = Intake { received, vouched: true, authentication };
    bounced(&mail);
    Some(read(&mail, &WORLD.sent, &Earlier::default(), &intake, &LEXICON))
}

fn hold(reading: &Reading, raw: &[u8]) {
    let shown = || String::from_utf8_lossy(raw).into_owned();
    for result in &reading.results {
        let line = WORLD.sent.lines.iter().find(|l| l.code.as_str() == result.line);
        assert!(line.is_some_and(|l| l.kind.fits(result.outcome)), "{}", shown());
        assert!(WORLD.sent.persons.iter().any(|p| p.code == result.person), "{}", shown());
        assert!(result.remark.as_ref().is_none_or(|r| r.chars().count() <= 500), "{}", shown());
    }
    assert!(reading.results.len() <= WORLD.sent.persons.len() && reading.problems.len() <= 100, "{}", shown());
    assert!(reading.disposition != Disposition::Ignored || reading.results.is_empty(), "{}", shown());
}

fn damaged_mails(part: u64) {
    let mails = all().into_iter().map(|case| (case.raw(), is_ignorable(&case)));
    // The long ones are damaged in the letter that they quote, mostly.
    let mails: Vec<(Vec<u8>, bool)> = mails.filter(|(raw, _)| raw.len() < 1_200).collect();
    let mut steps = Steps(part);
    let (mut refused, mut recorded) = (0, 0);
    for _ in 0..EACH {
        let (mail, ignorable) = &mails[steps.next(mails.len())];
        let (other, _) = &mails[steps.next(mails.len())];
        let mut raw = mail.clone();
        // The head of a mail that nobody wrote stays whole: it is what tells.
        let head = raw.windows(4).position(|w| w == b"\r\n\r\n").map_or(0, |at| at + 4);
        let from = if *ignorable { head.min(raw.len() - 1) } else { 0 };
        steps.damage(&mut raw, from, other);
        match reading(&raw) {
            None => refused += 1,
            Some(reading) => {
                hold(&reading, &raw);
                recorded += usize::from(!reading.results.is_empty());
                assert!(!ignorable || reading.results.is_empty(), "{}", String::from_utf8_lossy(&raw));
            }
        }
    }
    println!("damaged mails, part {part}: {EACH}, {refused} over the caps, {recorded} with something recorded");
    assert!(recorded > EACH / 4, "damage that leaves nothing tests nothing");
}

#[test]
fn damaged_mails_1() {
    damaged_mails(1);
}

#[test]
fn damaged_mails_2() {
    damaged_mails(2);
}

#[test]
fn damaged_mails_3() {
    damaged_mails(3);
}

#[test]
fn damaged_mails_4() {
    damaged_mails(4);
}
