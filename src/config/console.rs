//! `[console]`: pages for people at a desk.

use super::reader::Section;
use crate::model::Said;
use crate::said;
use std::net::SocketAddr;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    pub listen: SocketAddr,
    /// What browsers call it, without a path: `https://spotcheck.yunling.example`.
    pub address: Option<String>,
    pub idle_minutes: u32,
    pub absolute_hours: u32,
    pub second_factor: SecondFactor,
}

/// Whether a code is asked for beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    Off,
    /// Of those who switched it on.
    Optional,
    /// Heads and administrators cannot do without.
    Required,
}

impl Console {
    pub(super) fn read(mut section: Section<'_>) -> Option<Console> {
        let listen = section.parsed("listen", listen);
        let address = section.parsed("address", address);
        let idle_minutes = section.number("idle_minutes", 5..=240, 30);
        let absolute_hours = section.number("absolute_hours", 1..=24, 12);
        let second_factor = section
            .choice(
                "second_factor",
                &[
                    ("off", SecondFactor::Off),
                    ("optional", SecondFactor::Optional),
                    ("required", SecondFactor::Required),
                ],
            )
            .unwrap_or(SecondFactor::Optional);
        let secure = address.as_deref().is_some_and(|address| address.starts_with("https://"));
        if listen.is_some_and(|listen| !listen.ip().is_loopback()) && !secure {
            section.trouble(
                "listen",
                said!(
                    "passwords would cross the network in the clear: listen on 127.0.0.1, or put a reverse proxy with TLS in front and write its address = \"https://…\"",
                    "口令将以明文经过网络：请只监听127.0.0.1；如须对外，请在前面架设带TLS的反向代理，并写明address = \"https://…\""
                ),
            );
        }
        section.finish();
        Some(Console { listen: listen?, address, idle_minutes, absolute_hours, second_factor })
    }

    /// Browsers reach it by TLS only.
    pub fn secure(&self) -> bool {
        self.address.as_deref().is_some_and(|address| address.starts_with("https://"))
    }

    /// What a person types to get here.
    pub fn public(&self) -> String {
        self.address.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

fn listen(text: &str) -> Result<SocketAddr, Said> {
    text.parse().map_err(|_| {
        said!("expected an address and a port, such as 127.0.0.1:8080", "此处应为地址和端口，如127.0.0.1:8080")
    })
}

fn address(text: &str) -> Result<String, Said> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
    let fits = host.is_some_and(|host| !host.is_empty() && host.len() <= 253 && host.chars().all(plain));
    fits.then(|| text.to_owned()).ok_or_else(|| {
        said!(
            "expected what browsers type, in lower case and without a path: https://spotcheck.yunling.example",
            "此处应为浏览器中输入的地址，用小写字母，不带路径：https://spotcheck.yunling.example"
        )
    })
}
