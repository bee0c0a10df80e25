//! `[intake]` and `[intake.imap]`: how replies come in.

use super::mail::{Login, Security};
use super::reader::{Placed, Section};
use super::secret::SecretFile;
use super::{shapes, storage};
use crate::model::Said;
use crate::said;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    pub maildir: Option<PathBuf>,
    pub imap: Vec<Imap>,
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

/// A mailbox on a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imap {
    /// What logs and findings call it: its address is nobody's business there.
    pub id: String,
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Login,
    pub folders: Vec<String>,
    pub after: After,
    /// Whether the server is asked to tell of new mail at once, where it can.
    pub idle: bool,
    pub poll_seconds: u32,
    /// Certificates of an authority that the system does not know.
    pub ca_file: Option<PathBuf>,
}

/// What becomes of a mail in its mailbox once it is stored here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// It is marked as read.
    Seen,
    /// It goes to this folder.
    MoveTo(String),
}

impl Intake {
    pub(super) fn read(mut section: Section<'_>) -> Option<Intake> {
        let maildir = section.parsed("maildir", storage::path);
        let mailboxes: Vec<_> = section.one_or_several("imap").into_iter().map(Imap::read).collect();
        let mut ids = BTreeSet::new();
        for (id, places) in mailboxes.iter().filter_map(|m| Some((m.id.as_ref()?, &m.places))) {
            if !ids.insert(id) {
                let said = said!(
                    "another mailbox is called “{id}”: give each an id of its own",
                    "已有信箱名为“{id}”：请为每个信箱另取id"
                );
                places.trouble(section.troubles, "id", said);
            }
        }
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
        let imap: Option<Vec<Imap>> = mailboxes.into_iter().map(|mailbox| mailbox.item).collect();
        Some(Intake { maildir, imap: imap?, authentication, authserv_id, dns })
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

impl Imap {
    fn read(mut section: Section<'_>) -> Placed<String, Imap> {
        let id = section.parsed("id", shapes::line).unwrap_or_else(|| "desk".to_owned());
        let host = section.required("host", shapes::host);
        let security = Security::read(&mut section, host.as_deref());
        let usual = if security == Security::Implicit { 993 } else { 143 };
        let port = u16::try_from(section.number("port", 1..=65535, usual));
        let user = section.required("user", shapes::line);
        let password = section.required("password_file", SecretFile::parse);
        let folders = section.list("folders", folder).unwrap_or_else(|| vec!["INBOX".to_owned()]);
        if folders.is_empty() || folders.iter().collect::<BTreeSet<_>>().len() < folders.len() {
            let said = said!("name at least one folder, and each once", "至少写一个文件夹，且每个只写一次");
            section.trouble("folders", said);
        }
        let moves = section.choice("after", &[("seen", false), ("move", true)]).unwrap_or(false);
        let move_to = section.parsed("move_to", folder);
        let after = after(&section, moves, move_to, &folders);
        let idle = section.flag("idle", true);
        let poll_seconds = section.number("poll_seconds", 10..=3600, 60);
        let ca_file = section.parsed("ca_file", storage::path);
        if ca_file.is_some() && security == Security::None {
            let said =
                said!("without TLS nobody shows a certificate: remove this line", "不用TLS就没有证书：请删去此行");
            section.trouble("ca_file", said);
        }
        let places = section.finish();
        let item = (|| {
            let login = Login { user: user?, password: password? };
            let port = port.ok()?;
            let id = id.clone();
            Some(Imap { id, host: host?, port, security, login, folders, after: after?, idle, poll_seconds, ca_file })
        })();
        Placed { id: Some(id), item, places }
    }
}

fn after(section: &Section<'_>, moves: bool, move_to: Option<String>, folders: &[String]) -> Option<After> {
    match (moves, move_to) {
        (false, None) => Some(After::Seen),
        (true, Some(target)) if folders.contains(&target) => {
            let said = said!(
                "mails would be moved to where they are looked for: choose a folder that is not among folders",
                "邮件会被移到正在读取的文件夹：请选folders以外的文件夹"
            );
            section.trouble("move_to", said);
            None
        }
        (true, Some(target)) => Some(After::MoveTo(target)),
        (true, None) => {
            let said = said!(
                "“move” needs a folder: add `move_to = …`; it is made when missing",
                "“move”需要目标文件夹：请补上“move_to = …”，没有会自动建立"
            );
            section.trouble("after", said);
            None
        }
        (false, Some(_)) => {
            let said = said!(
                "mails are moved only with after = \"move\": write that, or remove this line",
                "只有after = \"move\"才移动邮件：请改写，或删去此行"
            );
            section.trouble("move_to", said);
            None
        }
    }
}

/// A folder's name as people read it.
fn folder(text: &str) -> Result<String, Said> {
    // INBOX is the one name that is the same in any case (RFC 3501, 5.1).
    shapes::line(text).map(|name| if name.eq_ignore_ascii_case("INBOX") { "INBOX".to_owned() } else { name })
}
