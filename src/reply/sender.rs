//! Whether the inspector wrote it (REPLIES 2): a registered address, and proof that it is no forgery.

use super::authentication::{Verdict, authentication_results};
use super::mail::Mail;
use super::received::relay;

/// What to do with a mail whose sender is not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// It goes to the quarantine.
    Require,
    /// It is taken, and the desk sees that it was not proven.
    Flag,
    /// Nobody asks.
    Off,
}

/// What is known beside the mail itself.
#[derive(Debug, Clone)]
pub struct Authentication {
    pub policy: Policy,
    /// The name our own mail server signs its Authentication-Results with.
    pub authserv_id: Option<String>,
    /// Intake was a submission by somebody who had logged in.
    pub local_submission: bool,
    /// Domains whose DKIM signature the program has verified itself, in lower case.
    pub dkim_verified: Vec<String>,
    /// Hosts from which the head trusts mail of this sender, whose provider signs nothing.
    pub trusted_relays: Vec<String>,
}

impl Authentication {
    /// `require` with an authserv-id, `flag` without (REPLIES 2).
    pub fn pinned(authserv_id: Option<String>) -> Authentication {
        let policy = if authserv_id.is_some() { Policy::Require } else { Policy::Flag };
        Authentication {
            policy,
            authserv_id,
            local_submission: false,
            dkim_verified: Vec::new(),
            trusted_relays: Vec::new(),
        }
    }
}

/// The one address of the one From field, in lower case; `None` where there are none or several.
pub fn from_address(mail: &Mail<'_>) -> Option<String> {
    let mut addresses = mail.headers.addresses("from");
    let one = addresses.pop()?;
    (addresses.is_empty() && mail.headers.all("from").count() == 1).then_some(one)
}

/// Whether the From address is proven by DMARC, by an aligned DKIM signature or by the way it came in.
pub fn is_proven(mail: &Mail<'_>, from: &str, authentication: &Authentication) -> bool {
    if authentication.local_submission {
        return true;
    }
    let Some((_, domain)) = from.rsplit_once('@') else { return false };
    if authentication.dkim_verified.iter().any(|d| is_aligned(d, domain)) {
        return true;
    }
    if !authentication.trusted_relays.is_empty()
        && let Some(relay) = mail.headers.first("received").and_then(|topmost| relay(&topmost))
        && authentication.trusted_relays.iter().any(|host| relay.is(host))
    {
        return true;
    }
    let Some(pinned) = &authentication.authserv_id else { return false };
    let topmost = mail.headers.all("authentication-results").map(|value| authentication_results(&value));
    let Some(results) = topmost.into_iter().find(|r| r.authserv_id == *pinned) else { return false };
    results.methods.iter().any(|method| proves(method, domain))
}

fn proves(method: &Verdict, domain: &str) -> bool {
    if method.result != "pass" {
        return false;
    }
    let names_from = |name: &str| method.property(name).map(|value| value.rsplit('@').next().unwrap_or_default());
    match method.method.as_str() {
        // Where the server says whose From it judged, it must be the From that we read.
        "dmarc" => names_from("header.from").is_none_or(|judged| judged == domain),
        "dkim" => names_from("header.d").or_else(|| names_from("header.i")).is_some_and(|d| is_aligned(d, domain)),
        _ => false,
    }
}

/// The same domain, or one above or below it within one organisation: relaxed alignment without a list of all
/// public suffixes, so that sister domains are not taken for each other.
pub fn is_aligned(signer: &str, from: &str) -> bool {
    let below =
        |long: &str, short: &str| !is_public(short) && long.strip_suffix(short).is_some_and(|rest| rest.ends_with('.'));
    !signer.is_empty() && signer == from || below(from, signer) || below(signer, from)
}

/// Domains below which organisations that have nothing to do with each other are registered.
fn is_public(domain: &str) -> bool {
    match domain.split_once('.') {
        None => true,
        Some((second, "cn")) => second.len() == 2 || ["com", "gov", "org", "net", "edu", "mil"].contains(&second),
        Some((second, top)) => {
            top.len() == 2 && ["com", "co", "gov", "gob", "org", "net", "edu", "ac"].contains(&second)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::mail::envelope;

    const FROM: &str = "From: 赵新 <ZhaoXin@field.example>\n";

    fn proven(headers: &str) -> bool {
        let text = format!("{headers}{FROM}\nx");
        let mail = envelope(text.as_bytes()).unwrap();
        is_proven(&mail, &from_address(&mail).unwrap(), &Authentication::pinned(Some("mx.inspect.example".into())))
    }

    #[test]
    fn proof_is_dmarc_or_aligned_dkim_of_our_own_server() {
        let cases = [
            ("mx.inspect.example; dmarc=pass header.from=field.example", true),
            ("mx.inspect.example 1; spf=fail; dkim=pass (2048) header.d=Field.example header.s=k", true),
            ("mx.inspect.example; dkim=pass header.i=@mail.field.example", true),
            ("mx.inspect.example; dmarc=pass (p=none dis=none)", true),
            (
                "mx.inspect.example; dmarc=fail (dmarc=pass; dkim=pass header.d=field.example) header.from=field.example",
                false,
            ),
            ("mx.inspect.example; dmarc=fail reason=\"x; dmarc=pass\"", false),
            ("mx.inspect.example; dmarc=pass header.from=evil.example", false),
            ("mx.inspect.example; dkim=pass header.d=evil.example", false),
            ("mx.inspect.example; dkim=pass header.d=notfield.example", false),
            ("mx.inspect.example; dkim=pass header.d=example", false),
            ("mx.inspect.example; spf=pass smtp.mailfrom=field.example", false),
            ("mx.evil.example; dmarc=pass header.from=field.example", false),
            ("mx.inspect.example.evil.example; dmarc=pass", false),
            ("mx.inspect.example; none", false),
        ];
        for (value, expected) in cases {
            assert_eq!(proven(&format!("Authentication-Results: {value}\n")), expected, "{value}");
        }
        assert!(!proven(""));
    }

    #[test]
    fn only_the_topmost_results_of_our_server_count() {
        let fail = "Authentication-Results: mx.inspect.example; dmarc=fail\n";
        let pass = "Authentication-Results: mx.inspect.example; dmarc=pass\n";
        let other = "Authentication-Results: relay.example; dmarc=fail\n";
        assert!(!proven(&format!("{fail}{pass}")));
        assert!(proven(&format!("{pass}{fail}")));
        assert!(proven(&format!("{other}{pass}")));
    }

    #[test]
    fn from_must_be_one_address() {
        let from = |text: &str| from_address(&envelope(format!("{text}\n\nx").as_bytes()).unwrap());
        assert_eq!(from("From: \"zhaoxin@field.example\" <evil@x.example>").as_deref(), Some("evil@x.example"));
        assert_eq!(from("From: a@x.example, b@x.example"), None);
        assert_eq!(from("From: a@x.example\nFrom: b@x.example"), None);
        assert_eq!(from("To: a@x.example"), None);
    }
}
