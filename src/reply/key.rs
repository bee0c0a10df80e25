//! Where a mail carries its key (REPLIES 2): recipient tag, In-Reply-To and References, `Ref` line.

use super::mail::Mail;
use super::text::Text;
use crate::model::key::ReplyKey;
use crate::model::{AssignmentId, CaseId};

/// What the carriers of a mail say.
#[derive(Debug, Clone)]
pub enum KeyFound {
    /// No carrier has a key; the Subject may name the assignment.
    None {
        subject: Option<AssignmentId>,
    },
    One(CarriedKey),
    /// Two carriers name different keys: for the quarantine.
    Contradiction,
}

#[derive(Debug, Clone)]
pub struct CarriedKey {
    pub assignment: AssignmentId,
    pub key: ReplyKey,
}

/// Looks at every carrier. The text is needed for the `Ref` line.
pub fn carried_key(mail: &Mail<'_>, text: &Text) -> KeyFound {
    let all = in_recipients(mail).into_iter().chain(in_letters(mail, text)).filter_map(|raw| raw.assignment());
    let mut carried = all.collect::<Vec<_>>().into_iter();
    let Some(first) = carried.next() else {
        return KeyFound::None { subject: in_subject(mail) };
    };
    if carried.all(|other| other.assignment == first.assignment && other.key.matches(&first.key)) {
        KeyFound::One(first)
    } else {
        KeyFound::Contradiction
    }
}

/// Every different key of a letter about a case that a mail carries; more than one is for the quarantine.
pub fn carried_cases(mail: &Mail<'_>, text: &Text) -> Vec<(CaseId, ReplyKey)> {
    let mut found: Vec<(CaseId, ReplyKey)> = Vec::new();
    for raw in in_letters(mail, text) {
        let Some((case, key)) = raw.case() else { continue };
        if !found.iter().any(|(known, of)| *known == case && of.matches(&key)) {
            found.push((case, key));
        }
    }
    found
}

/// An id and a key, as some carrier has them.
struct Raw {
    id: String,
    key: String,
}

impl Raw {
    fn new(id: &str, key: &str) -> Raw {
        Raw { id: id.to_ascii_uppercase(), key: key.to_owned() }
    }

    fn assignment(&self) -> Option<CarriedKey> {
        Some(CarriedKey { assignment: AssignmentId::parse(&self.id).ok()?, key: ReplyKey::parse(&self.key)? })
    }

    fn case(&self) -> Option<(CaseId, ReplyKey)> {
        Some((CaseId::parse(&self.id).ok()?, ReplyKey::parse(&self.key)?))
    }
}

/// What refers to a letter of ours: the thread, and `Ref` lines.
fn in_letters(mail: &Mail<'_>, text: &Text) -> Vec<Raw> {
    let mut all = in_threading(mail);
    if let Text::Found(text) = text {
        in_reference_lines(text, &mut all);
    }
    all
}

/// `r+<id>.<key>@…`.
fn in_recipients(mail: &Mail<'_>) -> Vec<Raw> {
    tagged(mail, "r+")
}

/// `b+<id>.<key>@…`: the envelope sender of a letter, to which its bounces go.
pub fn bounce_tag(mail: &Mail<'_>) -> Option<CarriedKey> {
    tagged(mail, "b+").into_iter().find_map(|raw| raw.assignment())
}

fn tagged(mail: &Mail<'_>, tag: &str) -> Vec<Raw> {
    ["to", "cc", "delivered-to", "x-original-to", "envelope-to"]
        .into_iter()
        .flat_map(|name| mail.headers.addresses(name))
        .filter_map(|address| {
            let (local, _) = address.split_once('@')?;
            let (id, key) = local.strip_prefix(tag)?.split_once('.')?;
            Some(Raw::new(id, key))
        })
        .collect()
}

/// `<id.seq.key@…>`: our own Message-ID, coming back.
fn in_threading(mail: &Mail<'_>) -> Vec<Raw> {
    let fields: Vec<String> =
        ["in-reply-to", "references"].into_iter().flat_map(|name| mail.headers.all(name)).collect();
    let ids = fields.iter().flat_map(|value| value.split('<').skip(1)).filter_map(|id| id.split(['>', '@']).next());
    ids.filter_map(|id| {
        let mut pieces = id.trim().split('.');
        let (of, number, key) = (pieces.next()?, pieces.next()?, pieces.next()?);
        let ours = pieces.next().is_none() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        ours.then(|| Raw::new(of, key))
    })
    .collect()
}

/// `Ref K7Q2M-9F3T-X8W2-HC5D-7QKM` or `Ref F-8K2M4Q7T-9F3T-…`, in whatever case and at whatever quote depth.
fn in_reference_lines(text: &str, found: &mut Vec<Raw>) {
    for line in text.split(['\n', '\r']) {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '|' | '＞'));
        if !line.get(..3).is_some_and(|label| label.eq_ignore_ascii_case("ref")) {
            continue;
        }
        let words: Vec<&str> = line
            .split(|c: char| c.is_whitespace() || matches!(c, ':' | '：'))
            .filter(|word| !word.is_empty())
            .take(2)
            .collect();
        if let [label, reference] = words[..]
            && label.eq_ignore_ascii_case("ref")
            && let reference = reference.replace(is_dash, "-")
            && let Some((id, key)) = id_and_key(&reference)
        {
            found.push(Raw::new(id, key.trim_end_matches(|c: char| !c.is_ascii_alphanumeric())));
            if found.len() > 100 {
                return;
            }
        }
    }
}

/// The id of a case has a hyphen of its own, behind one letter.
fn id_and_key(reference: &str) -> Option<(&str, &str)> {
    let (first, rest) = reference.split_once('-')?;
    match (first.len(), rest.find('-')) {
        (1, Some(second)) => Some((reference.get(..second + 2)?, rest.get(second + 1..)?)),
        (1, None) => None,
        _ => Some((first, rest)),
    }
}

/// What programs that correct while one types make of a hyphen.
fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}')
}

/// `[K7Q2M]` in the Subject: the id alone.
fn in_subject(mail: &Mail<'_>) -> Option<AssignmentId> {
    let subject = mail.headers.text("subject")?;
    subject.split('[').skip(1).find_map(|rest| AssignmentId::parse(rest.split(']').next()?.trim()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::mail::envelope;
    use crate::reply::text::text_of;

    const KEY: &str = "9f3tx8w2hc5d7qkm";

    fn found(mail: &str) -> String {
        let mail = envelope(mail.as_bytes()).unwrap();
        match carried_key(&mail, text_of(&mail)) {
            KeyFound::None { subject } => format!("none {}", subject.map(|id| id.to_string()).unwrap_or_default()),
            KeyFound::One(carried) => format!("{} {}", carried.assignment, carried.key.reveal()),
            KeyFound::Contradiction => "contradiction".to_owned(),
        }
    }

    #[test]
    fn every_carrier_is_found_and_they_must_agree() {
        let one = format!("K7Q2M {KEY}");
        for field in ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"] {
            assert_eq!(found(&format!("{field}: Desk <R+K7Q2M.{KEY}@inspect.example>\n\nx")), one, "{field}");
        }
        let threaded = format!("References: <a@b>\n <k7q2m.1.{KEY}@inspect.example> <k7q2m.22.{KEY}@inspect.example>");
        assert_eq!(found(&format!("{threaded}\n\nx")), one);
        assert_eq!(found("Subject: x\n\nhello\n> Ref K7Q2M-9F3T-X8W2-HC5D-7QKM (keep in the reply / 请保留)"), one);
        assert_eq!(found("Subject: Re: [EXT] [K7Q2M]\n\nhello"), "none K7Q2M");
        assert_eq!(found("Subject: hello\n\nV1 present"), "none ");
        assert_eq!(found(&format!("Subject: [EXTRA] Re: [K7Q2M]\n{threaded}\n\nx")), one);
        assert_eq!(found(&format!("{threaded}\n\nRef K7Q2M-9F3T-X8W2-HC5D-7QKN")), "contradiction");
        assert_eq!(found(&format!("To: b+k7q2m.{KEY}@inspect.example\n\nx")), "none ", "a bounce key is no reply key");
    }

    #[test]
    fn letters_about_a_case_are_found_and_are_no_assignments() {
        let cases = |mail: &str| -> Vec<String> {
            let mail = envelope(mail.as_bytes()).unwrap();
            let found = carried_cases(&mail, text_of(&mail));
            found.iter().map(|(case, key)| format!("{case} {}", key.reveal())).collect()
        };
        let one = [format!("F-8K2M4Q7T {KEY}")];
        let threaded = format!("References: <a@b> <f-8k2m4q7t.1.{KEY}@inspect.example>");
        let quoted = "hello\n> Ref F-8K2M4Q7T-9F3T-X8W2-HC5D-7QKM";
        assert_eq!(cases(&format!("{threaded}\n\nx")), one);
        assert_eq!(cases(&format!("{threaded}\n\n{quoted}")), one, "the same key twice");
        assert_eq!(cases(&format!("Subject: x\n\n{}", quoted.replace('-', "\u{2011}"))), one);
        assert_eq!(cases("Subject: x\n\nRef C-8K2M4Q7T-9F3T-X8W2-HC5D-7QKM").len(), 1);
        assert_eq!(cases(&format!("{threaded}\n\nRef F-8K2M4Q7T-9F3T-X8W2-HC5D-7QKN")).len(), 2);
        assert_eq!(found(&format!("{threaded}\n\n{quoted}")), "none ");
        assert!(
            cases("Subject: x\n\nRef F-\nRef F-8K2M4Q7T\nRef F-8K2M4Q7T-\nRef K7Q2M-9F3T-X8W2-HC5D-7QKM").is_empty()
        );
    }
}
