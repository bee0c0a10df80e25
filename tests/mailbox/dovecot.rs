//! A Dovecot in a folder of its own: users `desk` and `zhaoxin`, password `t`, mails as files.

use super::raw::Raw;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

pub const PASSWORD: &str = "t";

/// Who the server runs as: the package's own user where we are root.
#[derive(Debug, Clone)]
pub struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

fn said(command: &str, args: &[&str]) -> String {
    let output = Command::new(command).args(args).output().unwrap_or_else(|e| panic!("{command}: {e}"));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Account {
    pub fn for_servers(package: &str) -> Account {
        let me = said("id", &["-un"]);
        let name = if me == "root" { package.to_owned() } else { me };
        let number = |what| said("id", &[what, &name]).parse().unwrap_or_else(|_| panic!("no user {name}"));
        Account { uid: number("-u"), gid: number("-g"), name }
    }

    pub fn is_root() -> bool {
        said("id", &["-u"]) == "0"
    }

    fn group(&self) -> String {
        said("id", &["-gn", &self.name])
    }

    /// Gives a file or folder to the server.
    pub fn owns(&self, path: &Path) {
        if Account::is_root() {
            chown(path, Some(self.uid), Some(self.gid)).unwrap();
        }
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub struct Dovecot {
    child: Child,
    folder: TempDir,
    account: Account,
    /// Plain, for this machine, and with STARTTLS.
    pub port: u16,
    /// TLS from the first byte.
    pub tls_port: u16,
    number: AtomicU32,
}

impl Dovecot {
    /// Starts it and waits until it answers. `more` is added to its configuration.
    pub async fn start(more: &str) -> Dovecot {
        let binary = ["/usr/sbin/dovecot", "/usr/bin/dovecot"].into_iter().find(|path| Path::new(path).exists());
        let binary = binary.expect("Debian's dovecot-imapd is missing: tests/run installs it");
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let account = Account::for_servers("dovecot");
        certificate(folder.path());
        let (port, tls_port) = (free_port(), free_port());
        let config = folder.path().join("dovecot.conf");
        fs::write(&config, config_text(folder.path(), &account, port, tls_port, more)).unwrap();
        let log = fs::File::create(folder.path().join("start.log")).unwrap();
        let child = Command::new(binary)
            .args(["-F", "-c"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Dovecot { child, folder, account, port, tls_port, number: AtomicU32::new(0) };
        for user in ["desk", "zhaoxin"] {
            server.make_folder(user, "INBOX");
        }
        for _ in 0..600 {
            if Raw::try_login(port, "desk").await.is_some() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = |name: &str| fs::read_to_string(server.folder.path().join(name)).unwrap_or_default();
        panic!("Dovecot does not answer:\n{}\n{}", log("start.log"), log("log"));
    }

    /// Whose the mails are.
    pub fn account(&self) -> Account {
        self.account.clone()
    }

    /// The authority that vouches for its certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Where the mails of a folder are, as Maildir++ has it.
    pub fn mails(&self, user: &str, folder: &str) -> PathBuf {
        let root = self.folder.path().join("mail").join(user);
        if folder == "INBOX" { root } else { root.join(format!(".{folder}")) }
    }

    pub fn make_folder(&self, user: &str, folder: &str) {
        let root = self.mails(user, folder);
        for part in ["", "cur", "new", "tmp"] {
            fs::create_dir_all(root.join(part)).unwrap();
            self.account.owns(&root.join(part));
        }
        for above in [self.folder.path().join("mail"), self.mails(user, "INBOX")] {
            self.account.owns(&above);
        }
    }

    /// Puts a mail into a folder, as a delivery agent does.
    pub fn deliver(&self, user: &str, folder: &str, mail: &[u8]) {
        let number = self.number.fetch_add(1, Ordering::SeqCst);
        let root = self.mails(user, folder);
        let half = root.join(format!("tmp/{number}.test"));
        fs::write(&half, mail).unwrap();
        self.account.owns(&half);
        fs::rename(half, root.join(format!("new/{}.M{number:06}.test", 1_772_000_000 + number))).unwrap();
    }

    /// How many mails there are in a folder, and how many of them are marked as read.
    pub fn counts(&self, user: &str, folder: &str) -> (usize, usize) {
        let names = |part: &str| -> Vec<String> {
            let listing = fs::read_dir(self.mails(user, folder).join(part)).unwrap();
            listing.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let all: Vec<String> = [names("cur"), names("new")].concat();
        let seen = all.iter().filter(|name| name.split(":2,").nth(1).is_some_and(|flags| flags.contains('S'))).count();
        (all.len(), seen)
    }

    /// Whole mails of a folder, oldest first.
    pub fn whole(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        let root = self.mails(user, folder);
        let mut files: Vec<PathBuf> = ["cur", "new"]
            .iter()
            .flat_map(|part| fs::read_dir(root.join(part)).unwrap())
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort_by_key(|path| path.file_name().map(std::ffi::OsStr::to_owned));
        files.iter().map(|path| fs::read(path).unwrap()).collect()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // The master ends its children: SIGTERM, not SIGKILL.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn config_text(folder: &Path, account: &Account, port: u16, tls_port: u16, more: &str) -> String {
    let (at, user, group) = (folder.display(), &account.name, account.group());
    // Without root nobody can change roots or users: everything runs as who started it.
    let rootless = if Account::is_root() {
        String::new()
    } else {
        let plain: String =
            ["anvil", "imap-login", "stats"].iter().map(|s| format!("service {s} {{\n  chroot =\n}}\n")).collect();
        format!(
            "default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n{plain}"
        )
    };
    format!(
        "base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\nprotocols = imap\nlisten = 127.0.0.1\n\
         ssl = yes\nssl_cert = <{at}/server.pem\nssl_key = <{at}/server.key\ndisable_plaintext_auth = no\n\
         mail_location = maildir:{at}/mail/%u\nmail_uid = {user}\nmail_gid = {group}\nfirst_valid_uid = 1\n\
         maildir_very_dirty_syncs = no\nmail_max_userip_connections = 100\n\
         service imap-login {{\n  inet_listener imap {{\n    port = {port}\n  }}\n  \
         inet_listener imaps {{\n    port = {tls_port}\n    ssl = yes\n  }}\n}}\n\
         passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}\n\
         userdb {{\n  driver = static\n  args = uid={user} gid={group} home={at}/mail/%u\n}}\n{rootless}{more}\n"
    )
}

/// An authority of the test's own, and a certificate for localhost under it.
fn certificate(folder: &Path) {
    fs::write(folder.join("ext"), "subjectAltName = DNS:localhost,IP:127.0.0.1\nbasicConstraints = CA:FALSE\n")
        .unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    for step in [
        format!("req -x509 {key} -days 30 -subj /CN=Authority -keyout ca.key -out ca.pem"),
        format!("req {key} -subj /CN=localhost -keyout server.key -out server.csr"),
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out server.pem"
            .to_owned(),
    ] {
        let done = Command::new("openssl").args(step.split(' ')).current_dir(folder).output().unwrap();
        assert!(done.status.success(), "openssl {step}: {}", String::from_utf8_lossy(&done.stderr));
    }
}
