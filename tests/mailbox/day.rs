//! A whole day with real servers on both sides: the letter goes out by SMTP, an inspector answers with a mail
//! program, the reply comes in by IMAP, and the receipt is in the inspector's mailbox.

use super::common::{until, with_mailbox};
use super::dovecot::{Account, Dovecot, free_port};
use super::house::{EVE, House, Setting};
use super::post::{self, Read};
use super::process::{Serving, tick};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

struct Postfix {
    folder: TempDir,
    port: u16,
}

/// Its master process belongs to root; an ordinary user asks sudo for it.
fn as_root(arguments: &[&str]) -> std::process::Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mailbox/postfix.sh");
    let mut command = if Account::is_root() { Command::new("bash") } else { Command::new("sudo") };
    if !Account::is_root() {
        command.args(["-n", "bash"]);
    }
    command.arg(script).args(arguments).stdin(Stdio::null()).output().unwrap()
}

impl Postfix {
    /// Delivers into the mailboxes of that server.
    fn before(dovecot: &Dovecot) -> Postfix {
        let server = Postfix { folder: tempfile::tempdir().unwrap(), port: free_port() };
        std::fs::set_permissions(server.folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let root = dovecot.mails("desk", "INBOX");
        let mail = root.parent().map(Path::display).unwrap().to_string();
        let (port, Account { uid, gid, .. }) = (server.port.to_string(), dovecot.account());
        let done = as_root(&["up", &server.at(), &port, &mail, &uid.to_string(), &gid.to_string()]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        server
    }

    fn at(&self) -> String {
        self.folder.path().display().to_string()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", std::fs::read_to_string(self.folder.path().join("data/log")).unwrap_or_default());
        }
        as_root(&["down", &self.at()]);
    }
}

/// What the inspector's mail program sends: their words above the quoted letter.
fn swaks(server: &Postfix, letter: &Read, words: &str) {
    let quoted: String = letter.text.lines().map(|line| format!("> {line}\n")).collect();
    let body = format!("{words}\n\nOn Tue, 3 Mar 2026 at 07:30, Spotcheck wrote:\n{quoted}");
    let id = format!("<{}>", letter.message_id);
    let done = Command::new("swaks")
        .args(["--server", &format!("127.0.0.1:{}", server.port), "--hide-all"])
        .args(["--from", "zhaoxin@field.example", "--to", "desk@yunling.example"])
        .args(["--h-From", "Zhao Xin <zhaoxin@field.example>", "--h-Subject", &format!("Re: {}", letter.subject)])
        .args(["--add-header", &format!("In-Reply-To: {id}"), "--add-header", &format!("References: {id}")])
        .args(["--add-header", "Content-Type: text/plain; charset=utf-8", "--body", &body])
        .stdin(Stdio::null())
        .output()
        .expect("Debian's swaks is missing: tests/run installs it");
    assert!(
        done.status.success(),
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Letters of a kind in the inspector's mailbox, by a word of their subject.
fn letters(dovecot: &Dovecot, word: &str) -> Vec<Read> {
    let all = dovecot.whole("zhaoxin", "INBOX").into_iter().map(|bytes| post::read(&bytes));
    all.filter(|letter| letter.subject.contains(word)).collect()
}

#[tokio::test]
async fn a_letter_goes_out_is_answered_by_mail_and_the_receipt_comes_back() {
    let dovecot = Dovecot::start("").await;
    let postfix = Postfix::before(&dovecot);
    let (smtp, ca) = (postfix.port, dovecot.authority());
    let house = House::new(Setting { teams: 3, ..Setting::default() }).await;
    let house = house
        .changed(|folder| {
            let config = folder.join("spotcheck.toml");
            let text = std::fs::read_to_string(&config).unwrap();
            let text = text.replace("transport = \"folder\"", "transport = \"smtp\"");
            let server = format!("[mail.smtp]\nhost = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"none\"\n");
            std::fs::write(config, text + &server).unwrap();
        })
        .await;
    let lines = format!("ca_file = \"{}\"\nafter = \"move\"\nmove_to = \"Done\"\n", ca.display());
    let house = with_mailbox(house, dovecot.tls_port, &lines).await;
    house.simulated().await;
    tick(&house, EVE);
    tick(&house, "2026-03-03 07:30");
    until("the letter is in the inspector's mailbox", || async { letters(&dovecot, "[").len() == 1 }).await;
    let letter = letters(&dovecot, "[").remove(0);
    assert_eq!(letter.to, "zhaoxin@field.example");

    swaks(&postfix, &letter, "V1.1 在岗，V1.2 请假\nC1 no answer\nC2 present");
    let serving = Serving::start(&house, "2026-03-03 10:30");
    let id = letter.assignment();
    until("the outcomes are recorded", || async { house.recorded(&id).await.len() == 4 }).await;
    assert_eq!(house.recorded(&id).await, ["C1 no_answer", "C2 present", "V1.1 present", "V1.2 on_leave"]);
    until("the receipt is in the inspector's mailbox", || async { letters(&dovecot, "[").len() == 2 }).await;
    let receipt = letters(&dovecot, "[").into_iter().find(|l| l.message_id != letter.message_id).unwrap();
    assert!(receipt.text.contains("已登记4项"), "{}", receipt.text);

    // While it waits in IDLE: a correction is read at once, and the desk's own sheets are no answers.
    swaks(&postfix, &letter, "更正 C2 absent");
    until("the correction is recorded", || async { house.recorded(&id).await[1] == "C2 absent" }).await;
    until("both replies are moved away", || async { dovecot.counts("desk", "Done").0 == 2 }).await;
    assert_eq!(dovecot.counts("desk", "INBOX").1, 0, "the desk's own sheets stay, unread");
    serving.kill();
    let inbox = house.inbox().await;
    assert!(inbox.contains(&"2 done ok".to_owned()), "{inbox:?}");
    assert!(inbox.iter().all(|row| row.ends_with("done ok")), "{inbox:?}");
    println!("inbox: {inbox:?}");
}
