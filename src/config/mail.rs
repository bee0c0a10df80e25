//! `[mail]`, `[mail.smtp]` and `[intake]`: how letters leave and replies come in.

use super::reader::Section;
use super::secret::SecretFile;
use super::{shapes, storage};
use crate::model::Said;
use crate::said;
use std::net::{IpAddr, SocketAddr};
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    pub maildir: Option<PathBuf>,
    pub authentication: Authentication,
    pub authserv_id: Option<String>,
    /// Who is asked for the keys of signed mails; `None`: signatures are not verified here.
    pub dns: Option<Dns>,
}

/// Who is asked for the keys of signed mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dns {
    /// Whoever the system asks.
    System,
    At(SocketAddr),
}

/// What happens to a reply whose sender is not authenticated (REPLIES 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// It waits in quarantine.
    Require,
    /// It counts, marked.
    Flag,
    Off,
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
        let below = section.section("smtp");
        let smtp = if by_smtp || !below.is_empty() { Smtp::read(below) } else { None };
        section.finish();
        let transport = if by_smtp { Transport::Smtp(smtp?) } else { Transport::Folder(folder) };
        Some(Mail { transport, from: from?, send_as, host: host?, addressing })
    }
}

fn domain(address: &str) -> String {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain).to_owned()
}

impl Smtp {
    fn read(mut section: Section<'_>) -> Option<Smtp> {
        let host = section.required("host", shapes::host);
        let words = [("implicit", Security::Implicit), ("starttls", Security::StartTls), ("none", Security::None)];
        let security = section.choice("security", &words).unwrap_or(Security::Implicit);
        let usual = match security {
            Security::Implicit => 465,
            Security::StartTls => 587,
            Security::None => 25,
        };
        let port = section.number("port", 1..=65535, usual);
        let user = section.parsed("user", shapes::line);
        let password = section.parsed("password_file", SecretFile::parse);
        if security == Security::None && host.as_deref().is_some_and(|host| !shapes::is_loopback(host)) {
            section.trouble(
                "security",
                said!(
                    "“none” is for this machine itself only (localhost): write implicit or starttls",
                    "“none”只能用于本机（localhost）：请写implicit或starttls"
                ),
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
        Some(Smtp { host: host?, port: u16::try_from(port).ok()?, security, login })
    }
}

impl Intake {
    pub(super) fn read(mut section: Section<'_>) -> Intake {
        let maildir = section.parsed("maildir", storage::path);
        let authserv_id = section.parsed("authserv_id", shapes::line);
        let words =
            [("require", Authentication::Require), ("flag", Authentication::Flag), ("off", Authentication::Off)];
        let usual = if authserv_id.is_some() { Authentication::Require } else { Authentication::Flag };
        let authentication = section.choice("authentication", &words).unwrap_or(usual);
        let dns = section.parsed("dns", resolver).unwrap_or(Some(Dns::System));
        if authentication == Authentication::Require && authserv_id.is_none() && dns.is_none() {
            section.trouble(
                "authserv_id",
                said!(
                    "“require” needs a way to verify senders: set authserv_id to the first word after \
                     “Authentication-Results:” in a mail that your mailbox received, or remove dns = \"none\" so that signatures are verified here",
                    "“require”需要能核实发件人：请把authserv_id设为本邮箱所收邮件中“Authentication-Results:”之后的第一个词，\
                     或删去dns = \"none\"由本机核验签名"
                ),
            );
        }
        section.finish();
        Intake { maildir, authentication, authserv_id, dns }
    }
}

fn resolver(text: &str) -> Result<Option<Dns>, Said> {
    let server = |text: &str| {
        let with_port: Result<SocketAddr, _> = text.parse();
        with_port.or_else(|_| text.parse::<IpAddr>().map(|address| SocketAddr::from((address, 53))))
    };
    match text {
        "system" => Ok(Some(Dns::System)),
        "none" => Ok(None),
        other => server(other).map(|server| Some(Dns::At(server))).map_err(|_| {
            said!(
                "expected system, none, or a name server such as 127.0.0.1:5353",
                "此处应为system、none，或域名服务器地址，如127.0.0.1:5353"
            )
        }),
    }
}
