//! What went wrong before the final dot, and whether for good.

use crate::letter::Address;
use crate::mail::transport::{Envelope, Reason, Refusal, Sent, Stage};
use lettre::transport::smtp::Error;
use std::io::ErrorKind;

#[derive(Debug)]
pub struct Failure {
    pub reason: Reason,
    pub permanent: bool,
    /// The connection is of no more use.
    pub broken: bool,
}

pub fn lost(stage: Stage, detail: &str) -> Failure {
    Failure { reason: Reason { stage, detail: detail.to_owned() }, permanent: false, broken: true }
}

pub fn timed_out(stage: Stage) -> Failure {
    lost(stage, "timed out")
}

pub fn no_socket(error: &std::io::Error) -> Failure {
    let detail = match error.kind() {
        ErrorKind::TimedOut => "timed out",
        ErrorKind::ConnectionRefused => "connection refused",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => "no way to the host",
        _ => "connection lost",
    };
    lost(Stage::Connect, detail)
}

/// Keeps the codes of an answer and none of its words.
pub fn failure(stage: Stage, error: &Error) -> Failure {
    let Some(code) = error.status().map(u16::from) else {
        return lost(stage, if error.is_timeout() { "timed out" } else { "connection lost" });
    };
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    by_code(stage, code, &words)
}

pub fn by_code(stage: Stage, code: u16, words: &str) -> Failure {
    let enhanced = words.split_whitespace().next().filter(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3 && parts.iter().all(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    });
    let detail = enhanced.map_or_else(|| code.to_string(), |enhanced| format!("{code} {enhanced}"));
    // 421: the server is closing the connection. A missing or wrong login is no fault of the letter.
    let about_login = matches!(code, 530 | 534 | 535 | 538);
    Failure {
        reason: Reason { stage, detail },
        permanent: (500..600).contains(&code) && !about_login,
        broken: code == 421 || about_login,
    }
}

/// What a failure means for a letter.
pub fn all_or_retry(envelope: &Envelope, failure: Failure) -> Sent {
    if !failure.permanent {
        return Sent::Retry(failure.reason);
    }
    let refusal = |recipient: &Address| Refusal { recipient: recipient.clone(), reason: failure.reason.clone() };
    Sent::Refused(envelope.to.iter().map(refusal).collect())
}
