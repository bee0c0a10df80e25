//! Certificates of an authority that exists for one test, made by openssl.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Which certificate a server shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shows {
    /// Of `localhost`, by the office's authority.
    Right,
    OtherName,
    Expired,
    /// Of `localhost`, by an authority that nobody knows.
    Stranger,
}

pub struct Certificates {
    folder: PathBuf,
}

fn openssl(folder: &Path, line: &str) {
    let done = Command::new("openssl")
        .args(line.split(' '))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("openssl is missing: install the Debian package openssl");
    assert!(done.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&done.stderr));
}

impl Certificates {
    pub fn make(folder: &Path) -> Certificates {
        for authority in ["office", "stranger"] {
            openssl(
                folder,
                &format!(
                    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN={authority} \
                     -keyout {authority}.key -out {authority}.pem"
                ),
            );
        }
        let of = |name: &str, host: &str| {
            openssl(
                folder,
                &format!(
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={host} \
                     -addext subjectAltName=DNS:{host} -keyout {name}.key -out {name}.csr"
                ),
            );
        };
        for (name, host) in
            [("right", "localhost"), ("other", "elsewhere.example"), ("expired", "localhost"), ("unknown", "localhost")]
        {
            of(name, host);
        }
        std::fs::create_dir(folder.join("new")).unwrap();
        std::fs::write(folder.join("index.txt"), "").unwrap();
        std::fs::write(
            folder.join("ca.conf"),
            "[ca]\ndefault_ca = one\n[one]\ndir = .\ndatabase = index.txt\nnew_certs_dir = new\nrand_serial = yes\n\
             default_md = sha256\npolicy = any\ncopy_extensions = copy\nunique_subject = no\n[any]\ncommonName = supplied\n",
        )
        .unwrap();
        let sign = |name: &str, authority: &str, span: &str| {
            openssl(
                folder,
                &format!(
                    "ca -batch -notext -config ca.conf -cert {authority}.pem -keyfile {authority}.key {span} \
                     -in {name}.csr -out {name}.pem"
                ),
            );
        };
        sign("right", "office", "-days 30");
        sign("other", "office", "-days 30");
        sign("expired", "office", "-startdate 20200101000000Z -enddate 20200201000000Z");
        sign("unknown", "stranger", "-days 30");
        Certificates { folder: folder.to_owned() }
    }

    /// What the office trusts.
    pub fn authority(&self) -> PathBuf {
        self.folder.join("office.pem")
    }

    /// Certificate and key of a server.
    pub fn of(&self, shows: Shows) -> (PathBuf, PathBuf) {
        let name = match shows {
            Shows::Right => "right",
            Shows::OtherName => "other",
            Shows::Expired => "expired",
            Shows::Stranger => "unknown",
        };
        (self.folder.join(format!("{name}.pem")), self.folder.join(format!("{name}.key")))
    }
}
