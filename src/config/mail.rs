//! `[mail]`, `[mail.smtp]`, `[mail.second]` and `[mail.dkim]`: how letters leave.

use super::reader::Section;
use super::secret::SecretFile;
use super::{shapes, storage};
use crate::said;
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub transport: Transport,
    /// The one address that letters come from and replies go to.
    pub from: String,
    /// The name beside that address.
    pub send_as: String,
    /// Right side of every Message-ID.
    pub host: String,
    pub addressing: Addressing,
    /// Where letters go while the first server takes none.
    pub second: Option<Smtp>,
    pub on_ambiguous: OnAmbiguous,
    pub dkim: Option<Dkim>,
}

/// What becomes of a letter of which nobody knows whether it was taken over (DESIGN 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnAmbiguous {
    /// It is sent again with the same bytes.
    Resend,
    /// It waits for a person.
    Hold,
}

/// Letters carry a signature of their domain (RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dkim {
    pub domain: String,
    pub selector: String,
    /// PEM: RSA or Ed25519.
    pub key_file: SecretFile,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// Every letter becomes a file in this folder; nothing is sent.
    Folder(PathBuf),
    Smtp(Smtp),
}

/// How the key of an assignment travels (REPLIES 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// In Message-ID and `Ref` only; one mailbox is all.
    Single,
    /// Also in `r+ID.KEY@` and `b+ID.KEY@`, where the mail server allows such addresses.
    Tagged,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<Login>,
    /// Certificates of an authority that the system does not know.
    pub ca_file: Option<PathBuf>,
    /// Side by side, at most.
    pub connections: u32,
    pub letters_a_connection: u32,
    /// Letters that this server takes at most.
    pub per_minute: Option<u32>,
    pub per_day: Option<u32>,
    /// So many of `per_day` are for assignments and what changes them.
    pub per_day_for_assignments: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Implicit,
    StartTls,
    /// Plain text, to this machine itself only.
    None,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: SecretFile,
}

impl Mail {
    pub(super) fn read(mut section: Section<'_>) -> Option<Mail> {
        let by_smtp = section.choice("transport", &[("folder", false), ("smtp", true)]).unwrap_or(false);
        let folder = section.parsed("folder", storage::path).unwrap_or_else(|| PathBuf::from("letters"));
        let from = section.required("from", shapes::address);
        let send_as = section.parsed("send_as", shapes::line).unwrap_or_else(|| "Spotcheck".to_owned());
        let host = section.parsed("host", shapes::host).or_else(|| Some(domain(from.as_ref()?)));
        let addressing = section
            .choice("addressing", &[("single", Addressing::Single), ("tagged", Addressing::Tagged)])
            .unwrap_or(Addressing::Single);
        let words = [("resend", OnAmbiguous::Resend), ("hold", OnAmbiguous::Hold)];
        let on_ambiguous = section.choice("on_ambiguous", &words).unwrap_or(OnAmbiguous::Resend);
        let below = section.section("smtp");
        let smtp = if by_smtp || !below.is_empty() { Smtp::read(below) } else { None };
        let below = section.section("second");
        let second = if below.is_empty() { None } else { Smtp::read(below) };
        let below = section.section("dkim");
        let dkim = if below.is_empty() { None } else { Dkim::read(below, from.as_deref()) };
        section.finish();
        let transport = if by_smtp { Transport::Smtp(smtp?) } else { Transport::Folder(folder) };
        let second = second.filter(|_| by_smtp);
        Some(Mail { transport, from: from?, send_as, host: host?, addressing, second, on_ambiguous, dkim })
    }
}

fn domain(address: &str) -> String {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain).to_owned()
}

impl Security {
    /// Plain text never leaves this machine, to a mail server or to a mailbox.
    pub(super) fn read(section: &mut Section<'_>, host: Option<&str>) -> Security {
        let words = [("implicit", Security::Implicit), ("starttls", Security::StartTls), ("none", Security::None)];
        let security = section.choice("security", &words).unwrap_or(Security::Implicit);
        if security == Security::None && host.is_some_and(|host| !shapes::is_loopback(host)) {
            section.trouble(
                "security",
                said!(
                    "“none” is for this machine itself only (localhost): write implicit or starttls",
                    "“none”只能用于本机（localhost）：请写implicit或starttls"
                ),
            );
        }
        security
    }
}

impl Smtp {
    fn read(mut section: Section<'_>) -> Option<Smtp> {
        let host = section.required("host", shapes::host);
        let security = Security::read(&mut section, host.as_deref());
        let usual = match security {
            Security::Implicit => 465,
            Security::StartTls => 587,
            Security::None => 25,
        };
        let port = section.number("port", 1..=65535, usual);
        let user = section.parsed("user", shapes::line);
        let password = section.parsed("password_file", SecretFile::parse);
        let ca_file = section.parsed("ca_file", storage::path);
        let connections = section.number("connections", 1..=64, 4);
        let letters_a_connection = section.number("letters_a_connection", 1..=100_000, 100);
        let per_minute = section.maybe_number("per_minute", 1..=1_000_000);
        let per_day = section.maybe_number("per_day", 1..=100_000_000);
        let for_assignments = section.number("per_day_for_assignments", 0..=100_000_000, 0);
        if for_assignments > per_day.unwrap_or(u32::MAX) {
            section.trouble(
                "per_day_for_assignments",
                said!("this is a part of per_day: lower it", "此数包含在per_day之内：请调低"),
            );
        }
        let login = match (user, password) {
            (Some(user), Some(password)) => Some(Login { user, password }),
            (None, None) => None,
            (Some(_), None) => {
                section.trouble(
                    "password_file",
                    said!(
                        "a user needs a password: name the file that holds it",
                        "有用户名就要有密码：请写明存放密码的文件"
                    ),
                );
                None
            }
            (None, Some(_)) => {
                section.trouble(
                    "user",
                    said!("a password needs a user: add `user = …`", "有密码就要有用户名：请补上“user = …”"),
                );
                None
            }
        };
        section.finish();
        Some(Smtp {
            host: host?,
            port: u16::try_from(port).ok()?,
            security,
            login,
            ca_file,
            connections,
            letters_a_connection,
            per_minute,
            per_day,
            per_day_for_assignments: for_assignments,
        })
    }
}

impl Dkim {
    fn read(mut section: Section<'_>, from: Option<&str>) -> Option<Dkim> {
        let of_sender = from.map(domain);
        let domain = section.parsed("domain", shapes::host).or_else(|| of_sender.clone());
        let selector = section.required("selector", shapes::host);
        let key_file = section.required("key_file", SecretFile::parse);
        if let (Some(sender), Some(domain)) = (&of_sender, &domain)
            && sender != domain
            && !sender.ends_with(&format!(".{domain}"))
        {
            section.trouble(
                "domain",
                said!(
                    "the signature must be of the domain of `from`, {sender}, or of one above it: others count for nothing",
                    "签名域名应为from的域名{sender}或其上级：其他域名的签名无效"
                ),
            );
        }
        section.finish();
        Some(Dkim { domain: domain?, selector: selector?, key_file: key_file? })
    }
}
