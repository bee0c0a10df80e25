//! What is said to a mail server, and what is taken from its answers.

use super::failure::{ImapFailure, Kind, Step};
use super::folder::{quoted_name, read_name, uid_set};
use super::wire::{Duplex, Wire, at_once, connect, encrypt, guarded};
use crate::clock::Stopwatch;
use crate::config::{Imap, Security};
use crate::fault;
use async_imap::Client;
use async_imap::imap_proto::{AttributeValue, Capability, MailboxDatum, NameAttribute, Response, ResponseCode, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// How long a server may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For each step; fetching gets more, by the size of what is asked for.
    pub step: Duration,
    /// For waiting in IDLE before it is renewed: half-dead connections are found by it.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { step: Duration::from_secs(30), idle: Duration::from_secs(5 * 60) }
    }
}

/// Slower than this, in bytes a second, a server counts as hung.
const SLOWEST: u64 = 32 * 1024;

/// What a server can do, of what matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abilities {
    pub idle: bool,
    pub moves: bool,
    /// Single mails can be expunged.
    pub uidplus: bool,
}

/// A folder as it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selected {
    /// 0 where the server does not say: then UIDs hold for this connection only.
    pub validity: u32,
    pub read_only: bool,
}

/// What became of the mails that were asked for.
#[derive(Debug, Default)]
pub struct Fetched {
    pub mails: BTreeMap<u32, Vec<u8>>,
    /// Answered, but without their bytes.
    pub bare: BTreeSet<u32>,
    /// The first thing that went wrong; the mails above are whole all the same.
    pub broken: Option<ImapFailure>,
}

/// A mailbox, logged in to.
#[derive(Debug)]
pub struct Session {
    inner: async_imap::Session<Wire>,
    patience: Patience,
    pub abilities: Abilities,
    /// The server told of mail since the last search.
    pub news: bool,
}

impl Session {
    /// Connects, encrypts, logs in, says who we are and asks what the server can do.
    pub async fn open(settings: &Imap, password: &str, patience: Patience) -> Result<Session, ImapFailure> {
        let socket = connect(settings, patience.step).await?;
        let client = if at_once(settings) {
            let mut client = Client::new(encrypt(settings, socket, patience.step).await?);
            greeted(&mut client, patience).await?;
            client
        } else {
            let mut client = Client::new(socket);
            greeted(&mut client, patience).await?;
            if settings.security == Security::StartTls {
                let asked = client.run_command_and_check_ok("STARTTLS", None);
                let failed = |e: async_imap::error::Error| ImapFailure::of(Step::Tls, &e);
                in_time(Step::Tls, patience.step, asked).await?.map_err(failed)?;
                // What the server sent ahead of the encryption is dropped with the client.
                Client::new(encrypt(settings, client.into_inner(), patience.step).await?)
            } else {
                Client::new(guarded(client.into_inner()))
            }
        };
        let logged_in = in_time(Step::Login, patience.step, client.login(&settings.login.user, password)).await?;
        let inner = logged_in.map_err(|(e, _)| ImapFailure::of(Step::Login, &e))?;
        let mut session = Session { inner, patience, abilities: Abilities::default(), news: false };
        // 163, 126 and yeah.net open no folder to a client that has not said who it is (RFC 2971).
        let version = env!("CARGO_PKG_VERSION");
        let id = format!("ID (\"name\" \"spotcheck\" \"version\" \"{version}\" \"vendor\" \"spotcheck\")");
        session.maybe(Step::Login, &id).await?;
        session.ask_abilities().await?;
        Ok(session)
    }

    /// Gives a command and hands over all that is answered, its end included.
    async fn run(
        &mut self,
        step: Step,
        command: &str,
        limit: Duration,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<(), ImapFailure> {
        let (inner, news) = (&mut self.inner, &mut self.news);
        let failed = |e: &async_imap::error::Error| ImapFailure::of(step, e);
        in_time(step, limit, async {
            let tag = inner.run_command(command).await.map_err(|e| failed(&e))?;
            loop {
                let data = inner.read_response().await.map_err(|e| failed(&e.into()))?;
                let data = data.ok_or_else(|| ImapFailure::new(step, Kind::Lost))?;
                let response = data.parsed();
                each(response);
                match response {
                    Response::Done { tag: of, status, .. } if *of == tag => {
                        return if *status == Status::Ok { Ok(()) } else { Err(ImapFailure::new(step, Kind::Refused)) };
                    }
                    Response::Data { status: Status::Bye, .. } => return Err(ImapFailure::new(step, Kind::Lost)),
                    Response::MailboxData(MailboxDatum::Exists(_)) => *news = true,
                    _ => {}
                }
            }
        })
        .await?
    }

    /// Gives a command that the server may refuse; whether it did it.
    async fn maybe(&mut self, step: Step, command: &str) -> Result<bool, ImapFailure> {
        match self.run(step, command, self.patience.step, |_| {}).await {
            Ok(()) => Ok(true),
            Err(failure) if !failure.ends_connection() => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    async fn ask_abilities(&mut self) -> Result<(), ImapFailure> {
        let mut can = Abilities::default();
        let note = |response: &Response<'_>| {
            let Response::Capabilities(all) = response else { return };
            for ability in all {
                let Capability::Atom(name) = ability else { continue };
                can.idle |= name.eq_ignore_ascii_case("IDLE");
                can.moves |= name.eq_ignore_ascii_case("MOVE");
                can.uidplus |= name.eq_ignore_ascii_case("UIDPLUS");
            }
        };
        self.run(Step::Capabilities, "CAPABILITY", self.patience.step, note).await?;
        self.abilities = can;
        Ok(())
    }

    pub async fn select(&mut self, folder: &str) -> Result<Selected, ImapFailure> {
        let mut selected = Selected::default();
        let note = |response: &Response<'_>| {
            let (Response::Data { outcome, .. } | Response::Done { outcome, .. }) = response else { return };
            match outcome.code {
                Some(ResponseCode::UidValidity(number)) => selected.validity = number,
                Some(ResponseCode::ReadOnly) => selected.read_only = true,
                _ => {}
            }
        };
        let command = ["SELECT", &quoted_name(folder)].join(" ");
        // How many mails are there is no news.
        let news = self.news;
        let opened = self.run(Step::Select, &command, self.patience.step, note).await;
        self.news = news;
        opened.map(|()| selected)
    }

    /// Names of folders that can be opened.
    pub async fn folders(&mut self) -> Result<Vec<String>, ImapFailure> {
        let mut names = Vec::new();
        let note = |response: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::List(listed)) = response
                && !listed.name_attributes.contains(&NameAttribute::NoSelect)
            {
                names.push(read_name(&listed.name));
            }
        };
        self.run(Step::List, "LIST \"\" \"*\"", self.patience.step, note).await?;
        Ok(names)
    }

    /// Makes a folder unless it is there.
    pub async fn ensure_folder(&mut self, folder: &str) -> Result<(), ImapFailure> {
        let name = quoted_name(folder);
        let mut there = false;
        let note = |response: &Response<'_>| there |= matches!(response, Response::MailboxData(MailboxDatum::List(_)));
        self.run(Step::List, &format!("LIST \"\" {name}"), self.patience.step, note).await?;
        if !there {
            self.run(Step::Create, &format!("CREATE {name}"), self.patience.step, |_| {}).await?;
            self.maybe(Step::Create, &format!("SUBSCRIBE {name}")).await?;
        }
        Ok(())
    }

    /// UIDs in ascending order.
    pub async fn search(&mut self, criteria: &str) -> Result<Vec<u32>, ImapFailure> {
        self.news = false;
        let mut found = BTreeSet::new();
        let note = |response: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.extend(uids.iter().filter(|uid| **uid > 0));
            }
        };
        self.run(Step::Search, &format!("UID SEARCH {criteria}"), self.patience.step, note).await?;
        Ok(found.into_iter().collect())
    }

    /// Sizes of those of the mails that are still there.
    pub async fn sizes(&mut self, uids: &[u32]) -> Result<BTreeMap<u32, u64>, ImapFailure> {
        let mut sizes = BTreeMap::new();
        let note = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return };
            let size = attributes.iter().find_map(|a| match a {
                AttributeValue::Rfc822Size(size) => Some(u64::from(*size)),
                _ => None,
            });
            if let (Some(uid), Some(size)) = (uid_of(attributes), size) {
                sizes.insert(uid, size);
            }
        };
        let command = format!("UID FETCH {} (UID RFC822.SIZE)", uid_set(uids));
        self.run(Step::Fetch, &command, self.patience.step, note).await?;
        Ok(sizes)
    }

    /// The mails themselves, unchanged on the server: of `bytes` in all, as the server said.
    pub async fn fetch(&mut self, uids: &[u32], bytes: u64) -> Fetched {
        let mut fetched = Fetched::default();
        let note = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return };
            let Some(uid) = uid_of(attributes).filter(|uid| uids.contains(uid)) else { return };
            let body = attributes.iter().find_map(|a| match a {
                AttributeValue::BodySection { section: None, data: Some(data), .. } => Some(data.as_ref()),
                _ => None,
            });
            match body {
                Some(body) => {
                    fetched.mails.insert(uid, body.to_vec());
                }
                None => {
                    fetched.bare.insert(uid);
                }
            }
        };
        let limit = self.patience.step + Duration::from_secs(bytes / SLOWEST);
        let command = format!("UID FETCH {} (UID BODY.PEEK[])", uid_set(uids));
        let broken = self.run(Step::Fetch, &command, limit, note).await.err();
        // A flag that changed is told of like a mail without its bytes.
        fetched.bare.retain(|uid| !fetched.mails.contains_key(uid));
        Fetched { broken, ..fetched }
    }

    /// Marks mails as read; `false` where the server does not let us.
    pub async fn mark_seen(&mut self, uids: &[u32]) -> Result<bool, ImapFailure> {
        let done = self.maybe(Step::Flag, &format!("UID STORE {} +FLAGS.SILENT (\\Seen)", uid_set(uids))).await?;
        fault::passed(fault::Step::Settled);
        Ok(done)
    }

    /// Moves mails, by one command or by three; where the server can do neither they are marked as read.
    pub async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<bool, ImapFailure> {
        let (set, name) = (uid_set(uids), quoted_name(folder));
        if self.abilities.moves {
            let done = self.maybe(Step::Move, &format!("UID MOVE {set} {name}")).await?;
            fault::passed(fault::Step::Settled);
            return Ok(done);
        }
        if !self.abilities.uidplus {
            return self.mark_seen(uids).await;
        }
        Ok(self.maybe(Step::Move, &format!("UID COPY {set} {name}")).await?
            && self.maybe(Step::Move, &format!("UID STORE {set} +FLAGS.SILENT (\\Seen \\Deleted)")).await?
            && self.maybe(Step::Move, &format!("UID EXPUNGE {set}")).await?)
    }

    /// Waits until the server tells of mail, at most so long.
    pub async fn wait(&mut self, longest: Duration) -> Result<(), ImapFailure> {
        let (step, limit) = (Step::Idle, self.patience.step);
        let lost = || ImapFailure::new(step, Kind::Lost);
        let failed = |e: async_imap::error::Error| ImapFailure::of(step, &e);
        let inner = &mut self.inner;
        let tag = in_time(step, limit, inner.run_command("IDLE")).await?.map_err(failed)?;
        let (started, mut idles) = (Stopwatch::start(), false);
        loop {
            let spent = Duration::from_millis(u64::try_from(started.milliseconds()).unwrap_or(0));
            let left = if idles { longest } else { limit }.saturating_sub(spent);
            let answer = match timeout(left, inner.read_response()).await {
                Ok(answer) => answer.map_err(|e| failed(e.into()))?.ok_or_else(lost)?,
                Err(_) if idles => break,
                Err(_) => return Err(ImapFailure::new(step, Kind::TimedOut)),
            };
            match answer.parsed() {
                Response::Continue(_) => idles = true,
                Response::Done { tag: of, .. } if *of == tag => return Err(ImapFailure::new(step, Kind::Refused)),
                Response::Data { status: Status::Bye, .. } => return Err(lost()),
                Response::MailboxData(MailboxDatum::Exists(_)) => {
                    self.news = true;
                    if idles {
                        break;
                    }
                }
                _ => {}
            }
            if self.news && idles {
                break;
            }
        }
        let ended = async {
            inner.run_command_untagged("DONE").await.map_err(failed)?;
            loop {
                let answer = inner.read_response().await.map_err(|e| failed(e.into()))?.ok_or_else(lost)?;
                match answer.parsed() {
                    Response::Done { tag: of, .. } if *of == tag => return Ok(()),
                    Response::Data { status: Status::Bye, .. } => return Err(lost()),
                    _ => {}
                }
            }
        };
        in_time(step, limit, ended).await?
    }

    /// Whether there is still somebody at the other end.
    pub async fn answers(&mut self) -> bool {
        self.maybe(Step::Connect, "NOOP").await.is_ok()
    }

    /// Says goodbye. All is done by now: a server that does not answer changes nothing.
    pub async fn leave(mut self) {
        let _ = self.maybe(Step::Connect, "LOGOUT").await;
    }
}

fn uid_of(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|a| match a {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

async fn in_time<T>(step: Step, limit: Duration, work: impl Future<Output = T>) -> Result<T, ImapFailure> {
    timeout(limit, work).await.map_err(|_| ImapFailure::new(step, Kind::TimedOut))
}

/// A server that takes somebody for logged in before any password has somebody between it and us.
async fn greeted<T: Duplex>(client: &mut Client<T>, patience: Patience) -> Result<(), ImapFailure> {
    let failed = |kind| ImapFailure::new(Step::Greeting, kind);
    let greeting = in_time(Step::Greeting, patience.step, client.read_response()).await?;
    let greeting = greeting.map_err(|e| ImapFailure::of(Step::Greeting, &e.into()))?;
    match greeting.ok_or_else(|| failed(Kind::Lost))?.parsed() {
        Response::Data { status: Status::Ok, .. } => Ok(()),
        Response::Data { status: Status::Bye, .. } => Err(failed(Kind::Lost)),
        _ => Err(failed(Kind::Garbled)),
    }
}
