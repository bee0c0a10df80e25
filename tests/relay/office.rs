//! A small office with letters to send, and nothing else.

use spotcheck::clock::Clock;
use spotcheck::config::Config;
use spotcheck::entropy::Entropy;
use spotcheck::letter::{Auto, HeaderText, Host, Letter, LetterKind, MessageId};
use spotcheck::mail::{SmtpSettings, SmtpTransport, Tls, Transport};
use spotcheck::model::key::KeyUse;
use spotcheck::model::{AssignmentId, InspectorId, Timestamp};
use spotcheck::store::LetterRow;
use spotcheck::work::context::SIMULATED;
use spotcheck::work::post::{About, Direction};
use spotcheck::work::ways::{Caps, Way};
use spotcheck::work::{Context, Secrets};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A Sunday: nothing but these letters is due.
pub const NOON: &str = "2026-03-01 12:00";

pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(&format!("{}:00+08:00", text.replace(' ', "T"))).unwrap()
}

pub struct Office {
    pub ctx: Context,
    folder: TempDir,
}

impl Office {
    /// `mail` are further lines of `[mail]`, with its sections.
    pub async fn new(mail: &str) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let office = Office { ctx: open(folder.path(), mail).await, folder };
        let mut tx = office.ctx.store.begin().await.unwrap();
        tx.put_setting(SIMULATED, "relay").await.unwrap();
        tx.commit().await.unwrap();
        office
    }

    /// Sends to a server of this machine in clear text.
    pub async fn with_server(port: u16) -> Office {
        Office::new(&smtp(port, "")).await
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Servers that say nothing are left after `patience`.
    pub fn hurry(&mut self, port: u16, patience: Duration) {
        let transport = SmtpTransport::new(settings(port, patience)).unwrap();
        let transport = Arc::new(Transport::Smtp(Box::new(transport)));
        self.ctx.ways = vec![Way { name: "mail.smtp", transport, width: 1, caps: Caps::default() }];
    }

    /// Queues letters about assignments, numbered from `from`; returns their Message-IDs.
    pub async fn queue(&self, kind: LetterKind, numbers: std::ops::Range<usize>) -> Vec<String> {
        let mut written = Vec::new();
        for number in numbers {
            let id = AssignmentId::parse(&assignment(number)).unwrap();
            let inspector = InspectorId::parse("I1").unwrap();
            let key = |used_for| {
                let closes = time("2026-03-15 00:00");
                self.ctx.secrets.key(1, used_for, &id, &inspector, closes).unwrap()
            };
            let (reply, bounce) = (key(KeyUse::Reply), key(KeyUse::Bounce));
            let host = Host::parse("yunling.example").unwrap();
            let seq = kind as u32 + 1;
            let direction = Direction {
                office: &self.ctx.config.offices[0],
                to: &format!("inspector{number}@field.example"),
                message_id: MessageId::assignment(&id, seq, &reply, &host),
                auto: Auto::Generated,
                in_reply_to: None,
                references: Vec::new(),
                about: Some(About { assignment: &id, inspector: &inspector, reply: &reply, bounce: &bounce }),
                null_sender: kind == LetterKind::Receipt,
            };
            let letter = Letter {
                subject: HeaderText::of(&format!("督查 Inspection [{id}]")),
                text: format!("V1 VISIT 滨河村 Binhe village =>\n.\n..\nletter {number}\n"),
                html: None,
                kind,
            };
            written.push(self.ctx.write(&letter, direction).unwrap());
        }
        let mut tx = self.ctx.store.begin().await.unwrap();
        assert_eq!(tx.queue_letters(&written).await.unwrap(), written.len() as u64);
        tx.commit().await.unwrap();
        written.into_iter().map(|letter| letter.message_id).collect()
    }

    pub async fn letter(&self, message_id: &str) -> LetterRow {
        self.ctx.store.read().await.unwrap().letter(message_id).await.unwrap().unwrap()
    }

    pub async fn letters(&self, state: Option<&str>) -> Vec<LetterRow> {
        self.ctx.store.read().await.unwrap().letters(state, 100_000).await.unwrap()
    }

    /// How many letters stand in a state.
    pub async fn count(&self, state: &str) -> usize {
        self.letters(Some(state)).await.len()
    }

    pub async fn bytes(&self, message_id: &str) -> Vec<u8> {
        let sha = self.letter(message_id).await.bytes.parse().unwrap();
        self.ctx.store.read().await.unwrap().blob(&sha).await.unwrap().unwrap()
    }

    pub fn at(&self, text: &str) {
        self.ctx.clock.set(time(text));
    }
}

fn assignment(number: usize) -> String {
    format!("{:05}", 10_000 + number)
}

/// The section of a server on this machine.
pub fn smtp(port: u16, more: &str) -> String {
    format!("transport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n{more}\n")
}

pub fn settings(port: u16, patience: Duration) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        login: None,
        hello: Host::parse("daemon.example").unwrap(),
        patience,
        final_patience: patience,
        connections: 1,
        letters_a_connection: 100,
    }
}

async fn open(folder: &Path, mail: &str) -> Context {
    let text = format!(
        "[mail]\nfrom = \"desk@yunling.example\"\n{mail}\n\
         [[office]]\nid = \"yunling\"\nname = \"云岭县督查办\"\nname_latin = \"Yunling County Inspection Office\"\n\
         zone = \"Asia/Shanghai\"\nlanguage = \"en\"\ndesk = \"desk@yunling.example\"\nhead = \"head@yunling.example\"\n"
    );
    std::fs::write(folder.join("spotcheck.toml"), text).unwrap();
    let config = Config::load(&folder.join("spotcheck.toml"), &[]).unwrap_or_else(|e| panic!("{e:#?}"));
    std::fs::DirBuilder::new().mode(0o700).create(&config.keys.dir).unwrap();
    let entropy = Entropy::seeded(b"relay");
    Secrets::create(&config.keys.dir, &entropy).unwrap();
    Context::open(config, Clock::simulated(time(NOON)), entropy).await.unwrap()
}
