//! DKIM signatures of letters (RFC 6376, RFC 8463): made when a letter is composed, so that its bytes
//! are final before the first attempt and the same letter signs to the same bytes.

use crate::model::{Said, Timestamp};
use crate::said;
use mail_auth::common::crypto::{DkimKey, Ed25519Key, RsaKey, SigningKey};
use mail_auth::common::headers::{HeaderStream, Writable, Writer};
use mail_auth::dkim::canonicalize::CanonicalHeaders;
use mail_auth::dkim::{Canonicalization, DkimSigner, Done, Signature};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use std::fmt;

/// Twice what may not be added to: a second From would be shown by some programs.
const SIGNED: [&str; 15] = [
    "From",
    "From",
    "To",
    "To",
    "Subject",
    "Subject",
    "Date",
    "Reply-To",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

pub struct Signer {
    key: DkimSigner<DkimKey, Done>,
    public: Vec<u8>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    /// `pem` holds a private key, RSA or Ed25519.
    ///
    /// # Errors
    /// It holds no such key.
    pub fn new(pem: &[u8], domain: &str, selector: &str) -> Result<Signer, Said> {
        let none = || {
            said!(
                "no key for signatures is in this file: expected a private key in PEM, RSA of 1024 bits or more or Ed25519",
                "文件中没有可用的签名密钥：应为PEM格式的私钥，RSA（至少1024位）或Ed25519"
            )
        };
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| none())?;
        let ed25519 = match &der {
            PrivateKeyDer::Pkcs8(der) => Ed25519Key::from_pkcs8_maybe_unchecked_der(der.secret_pkcs8_der()).ok(),
            _ => None,
        };
        let (public, key) = match ed25519 {
            Some(key) => (key.public_key(), DkimKey::Ed25519(key)),
            None => {
                let key = RsaKey::from_key_der(der).map_err(|_| none())?;
                (subject_public_key_info(&key.public_key()), DkimKey::Rsa(key))
            }
        };
        let key = DkimSigner::from_key(key)
            .domain(domain)
            .selector(selector)
            .headers(SIGNED)
            .header_canonicalization(Canonicalization::Relaxed)
            .body_canonicalization(Canonicalization::Relaxed);
        Ok(Signer { key, public })
    }

    /// The letter with its signature on top.
    ///
    /// The library signs with the system's time; letters have a time of their own.
    pub fn sign(&self, letter: &[u8], at: Timestamp) -> Result<Vec<u8>, mail_auth::Error> {
        let DkimSigner { key, template, .. } = &self.key;
        let (_, headers, signed, body) = template.canonicalize(Fields(letter));
        let mut signature = template.clone();
        signature.bh = key.hash(body).as_ref().to_vec();
        signature.t = u64::try_from(at.unix_seconds()).unwrap_or_default();
        signature.h = signed;
        signature.b = key.sign(Signed { headers, signature: &signature })?;
        let mut bytes = Vec::with_capacity(letter.len() + 1024);
        signature.write(&mut bytes, true);
        bytes.extend_from_slice(letter);
        Ok(bytes)
    }

    /// Name and content of the TXT record to be published.
    pub fn record(&self) -> (String, String) {
        let template = &self.key.template;
        let kind = if matches!(self.key.key, DkimKey::Ed25519(_)) { "ed25519" } else { "rsa" };
        let name = format!("{}._domainkey.{}", template.s, template.d);
        (name, format!("v=DKIM1; k={kind}; p={}", base64(&self.public)))
    }
}

/// The header fields of a letter of ours, folded ones whole, and then its body.
struct Fields<'a>(&'a [u8]);

impl<'a> HeaderStream<'a> for Fields<'a> {
    fn next_header(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let goes_on = |at: usize| matches!(self.0.get(at + 2), Some(b' ' | b'\t'));
        let end = self.0.windows(2).enumerate().find(|(at, two)| *two == b"\r\n" && !goes_on(*at))?.0;
        let colon = self.0.get(..end)?.iter().position(|byte| *byte == b':')?;
        let (field, rest) = self.0.split_at(end + 2);
        self.0 = rest;
        Some((field.get(..colon)?, field.get(colon + 1..)?))
    }

    fn body(&mut self) -> &'a [u8] {
        self.0.strip_prefix(b"\r\n").unwrap_or(self.0)
    }
}

/// What is signed: the headers, and the signature's own without its value.
struct Signed<'a> {
    headers: CanonicalHeaders<'a>,
    signature: &'a Signature,
}

impl Writable for Signed<'_> {
    fn write(self, writer: &mut impl Writer) {
        self.headers.write(writer);
        self.signature.write(writer, false);
    }
}

/// An RSA key in the frame that DNS records have it in.
fn subject_public_key_info(key: &[u8]) -> Vec<u8> {
    // SEQUENCE { OID rsaEncryption, NULL }
    const RSA: [u8; 15] = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = der(0x03, &[&[0], key].concat());
    der(0x30, &[&RSA[..], &bits].concat())
}

/// Tag, length, content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut bytes = vec![tag];
    if content.len() >= 0x80 {
        bytes.push(0x80 | u8::try_from(length.len()).unwrap_or_default());
    }
    bytes.extend(length);
    bytes.extend(content);
    bytes
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().enumerate().fold(0u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        for digit in 0..4 {
            let index = usize::try_from(bits >> (18 - 6 * digit) & 63).unwrap_or_default();
            text.push(if digit > three.len() { '=' } else { DIGITS.get(index).copied().map_or('=', char::from) });
        }
    }
    text
}
