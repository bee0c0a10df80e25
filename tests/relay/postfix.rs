//! A real mail server: Postfix with encryption and login, and what stands in the mailbox afterwards.

use crate::certificates::{Certificates, Shows};
use crate::office::Office;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, ResolverCache, Txt};
use mail_parser::MessageParser;
use spotcheck::letter::LetterKind;
use spotcheck::work::check::Weight;
use spotcheck::work::check_mail::try_ways;
use spotcheck::work::{dispatch, ways};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

pub struct Postfix {
    folder: TempDir,
    pub submission: u16,
    pub smtps: u16,
    certificates: Certificates,
}

/// A mail server's master process belongs to root; an ordinary user asks sudo for it.
fn as_root(arguments: &[&str]) -> std::process::Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/relay/postfix.sh");
    let root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = if root { Command::new("bash") } else { Command::new("sudo") };
    if !root {
        command.args(["-n", "bash"]);
    }
    command.arg(script).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Postfix {
    pub fn start() -> Postfix {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let keys = folder.path().join("keys");
        std::fs::create_dir(&keys).unwrap();
        let certificates = Certificates::make(&keys);
        std::fs::write(keys.join("password"), "s3cret\n").unwrap();
        std::fs::write(keys.join("wrong"), "wr0ng\n").unwrap();
        let [submission, smtps, plain] = [(); 3].map(|()| free_port());
        let (certificate, key) = certificates.of(Shows::Right);
        let uid = std::fs::metadata("/proc/self").unwrap().uid();
        // Postfix delivers to nobody as root.
        let owner = if uid == 0 { "nobody".to_owned() } else { uid.to_string() };
        let ports = [submission, smtps, plain].map(|port| port.to_string());
        let dir = folder.path().display().to_string();
        let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
        let done = as_root(&["up", &dir, &ports[0], &ports[1], &ports[2], &owner, &certificate, &key]);
        let server = Postfix { folder, submission, smtps, certificates };
        assert!(
            done.status.success(),
            "{}{}",
            String::from_utf8_lossy(&done.stderr),
            String::from_utf8_lossy(&done.stdout)
        );
        server
    }

    fn settings(&self, security: &str, port: u16, password: &str) -> String {
        let keys = self.folder.path().join("keys");
        format!(
            "transport = \"smtp\"\n[mail.smtp]\nhost = \"localhost\"\nport = {port}\nsecurity = \"{security}\"\n\
             ca_file = \"{}\"\nuser = \"desk\"\npassword_file = \"{}\"\n",
            self.certificates.authority().display(),
            keys.join(password).display()
        )
    }

    /// Waits until so many mails stand in the mailbox.
    async fn mailbox(&self, number: usize) -> Vec<Vec<u8>> {
        let new = self.folder.path().join("box/new");
        let files = || -> Vec<PathBuf> {
            std::fs::read_dir(&new).map_or_else(|_| Vec::new(), |found| found.map(|f| f.unwrap().path()).collect())
        };
        let arrived = async {
            while files().len() < number {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(60), arrived).await.is_err() {
            panic!("{}", std::fs::read_to_string(self.folder.path().join("data/log")).unwrap_or_default());
        }
        files().iter().map(|file| std::fs::read(file).unwrap()).collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        as_root(&["down", &self.folder.path().display().to_string()]);
    }
}

/// A mail without what servers put before it, its line ends as they travelled.
fn as_sent(delivered: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(delivered.to_vec()).unwrap().replace('\n', "\r\n");
    let begins = ["DKIM-Signature:", "Date:", "From:", "Message-ID:", "MIME-Version:"];
    let mut at = 0;
    for line in text.split_inclusive("\r\n") {
        if begins.iter().any(|header| line.starts_with(header)) {
            break;
        }
        at += line.len();
    }
    text.as_bytes()[at..].to_vec()
}

#[tokio::test]
async fn letters_reach_a_mailbox_by_both_encryptions_and_both_addressings() {
    let postfix = Postfix::start();
    let mut expected = 0;
    for (security, port) in [("starttls", postfix.submission), ("implicit", postfix.smtps)] {
        for addressing in ["single", "tagged"] {
            let mail = format!("addressing = \"{addressing}\"\n{}", postfix.settings(security, port, "password"));
            let office = Office::new(&mail).await;
            let first = expected;
            let ids = office.queue(LetterKind::Assignment, first..first + 5).await;
            assert_eq!(
                dispatch::dispatch(&office.ctx).await.unwrap().acked,
                5,
                "{:?}",
                ways::failing(&office.ctx).await
            );
            expected += 5;
            let arrived = postfix.mailbox(expected).await;
            for id in &ids {
                let sent = office.bytes(id).await;
                let copy = arrived.iter().find(|mail| as_sent(mail) == sent);
                let text = String::from_utf8(copy.expect("arrived to the byte").clone()).unwrap();
                assert!(
                    text.contains("with ESMTPSA") || text.contains("with UTF8SMTPSA"),
                    "encrypted and logged in: {text}"
                );
                let read = MessageParser::default().parse(text.as_bytes()).unwrap();
                let return_path = read.return_path().clone();
                let from = return_path.as_text().unwrap_or_default().to_owned();
                let reply_to = read.reply_to().unwrap().first().unwrap().address().unwrap().to_owned();
                if addressing == "single" {
                    assert_eq!((from.as_str(), reply_to.as_str()), ("desk@yunling.example", "desk@yunling.example"));
                } else {
                    assert!(from.starts_with("b+1") && from.ends_with("@yunling.example"), "{from}");
                    assert!(reply_to.starts_with("r+1") && reply_to.ends_with("@yunling.example"), "{reply_to}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_letters_wait() {
    let postfix = Postfix::start();
    let office = Office::new(&postfix.settings("starttls", postfix.submission, "wrong")).await;
    office.queue(LetterKind::Assignment, 0..3).await;
    assert_eq!(dispatch::dispatch(&office.ctx).await.unwrap().acked, 0);
    let trouble = ways::failing(&office.ctx).await.unwrap().remove(0).trouble;
    assert!(trouble.starts_with("login: 535"), "{trouble}");
    assert!(office.letters(None).await.iter().all(|row| (row.state.as_str(), row.attempts) == ("queued", 0)));
}

#[tokio::test]
async fn check_online_sends_a_test_letter_to_the_desk_and_says_what_happened() {
    let postfix = Postfix::start();
    let (right, wrong) = (
        Office::new(&postfix.settings("implicit", postfix.smtps, "password")).await,
        Office::new(&postfix.settings("implicit", postfix.smtps, "wrong")).await,
    );
    let found = try_ways(&right.ctx.config, &right.ctx.clock).await;
    assert_eq!(found.iter().map(|one| one.weight).collect::<Vec<_>>(), [Weight::Well], "{found:?}");
    let arrived = postfix.mailbox(1).await;
    let mail = MessageParser::default().parse(&arrived[0]).unwrap();
    assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("desk@yunling.example"));
    assert!(mail.body_text(0).unwrap().contains("mail.smtp"));
    let found = try_ways(&wrong.ctx.config, &wrong.ctx.clock).await;
    assert_eq!(found[0].weight, Weight::Broken);
    let said = &found[0].trouble.said;
    assert!(
        said.en.contains("password_file") && said.zh.contains("password_file") && !said.en.contains("wr0ng"),
        "{said:?}"
    );
}

/// The DNS of one record.
struct OneRecord(Mutex<HashMap<Box<str>, Txt>>);

impl ResolverCache<Box<str>, Txt> for OneRecord {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.lock().unwrap().get(name).cloned()
    }

    fn remove<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.lock().unwrap().remove(name)
    }

    fn insert(&self, name: Box<str>, record: Txt, _: std::time::Instant) {
        self.0.lock().unwrap().insert(name, record);
    }
}

/// Whether a signature holds against the record that is to be published.
async fn verified(mail: &[u8], (name, content): (String, String)) -> Vec<DkimResult> {
    let key = DomainKey::parse(content.as_bytes()).unwrap();
    let dns = OneRecord(Mutex::new(HashMap::from([(format!("{name}.").into(), Txt::DomainKey(key.into()))])));
    let resolver = MessageAuthenticator::new_system_conf().unwrap();
    let message = AuthenticatedMessage::parse(mail).unwrap();
    let parameters = mail_auth::Parameters::new(&message).with_txt_cache(&dns);
    resolver.verify_dkim(parameters).await.into_iter().map(|output| output.result().clone()).collect()
}

#[tokio::test]
async fn signatures_hold_after_the_journey_and_not_after_a_change() {
    let postfix = Postfix::start();
    for (kind, options) in [("rsa", "-pkeyopt rsa_keygen_bits:2048"), ("ed25519", "")] {
        let keys = tempfile::tempdir().unwrap();
        let key = keys.path().join("dkim.pem");
        let mut make = Command::new("openssl");
        make.args(["genpkey", "-algorithm", kind]).args(options.split_whitespace()).arg("-out").arg(&key);
        assert!(make.output().unwrap().status.success());
        let mail = format!(
            "{}[mail.dkim]\nselector = \"s1\"\nkey_file = \"{}\"\n",
            postfix.settings("implicit", postfix.smtps, "password"),
            key.display()
        );
        std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
        let office = Office::new(&mail).await;
        let number = if kind == "rsa" { 0 } else { 1 };
        let id = office.queue(LetterKind::Assignment, number..number + 1).await.remove(0);
        dispatch::dispatch(&office.ctx).await.unwrap();
        let arrived = postfix.mailbox(number + 1).await;
        let sent = office.bytes(&id).await;
        let delivered = arrived.iter().find(|mail| as_sent(mail) == sent).expect("arrived to the byte");
        let record = office.ctx.signer.as_ref().unwrap().record();
        assert_eq!(record.0, "s1._domainkey.yunling.example");
        let wire = String::from_utf8(delivered.clone()).unwrap().replace('\n', "\r\n");
        assert_eq!(verified(wire.as_bytes(), record.clone()).await, [DkimResult::Pass], "{kind}");
        let changed = wire.replace("VISIT", "visit");
        assert_ne!(verified(changed.as_bytes(), record.clone()).await, [DkimResult::Pass], "{kind}");
        let second_from = wire.replacen("From: ", "From: other@field.example\r\nFrom: ", 1);
        assert_ne!(verified(second_from.as_bytes(), record).await, [DkimResult::Pass], "{kind}");

        std::fs::set_permissions(&key, PermissionsExt::from_mode(0o640)).unwrap();
        let trouble = spotcheck::work::context::signer(&office.ctx.config).unwrap_err().trouble();
        assert!(trouble.said.en.contains("600") && trouble.said.zh.contains("600"), "{trouble:?}");
    }
}
