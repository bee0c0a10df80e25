//! `[api]`: doors for programs: records that systems and devices send, and how the daemon does.

use super::reader::Section;
use crate::model::Said;
use crate::said;
use std::net::SocketAddr;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Api {
    /// Punches as JSON, by token.
    pub listen: Option<SocketAddr>,
    /// Attendance devices of ZKTeco; they speak no TLS.
    pub devices: Option<SocketAddr>,
    /// Health and metrics, of this machine only.
    pub health: Option<SocketAddr>,
}

impl Api {
    pub(super) fn read(mut section: Section<'_>) -> Api {
        let mut port = |name| section.parsed(name, address);
        let (listen, devices, health) = (port("listen"), port("devices"), port("health"));
        let behind_tls = section.flag("behind_tls", false);
        if listen.is_some_and(|listen: SocketAddr| !listen.ip().is_loopback()) && !behind_tls {
            section.trouble(
                "listen",
                said!(
                    "tokens would cross the network in the clear: listen on 127.0.0.1, or put a reverse proxy with TLS in front and write behind_tls = true",
                    "令牌将以明文经过网络：请只监听127.0.0.1；如须对外，请在前面架设带TLS的反向代理，并写明behind_tls = true"
                ),
            );
        }
        if health.is_some_and(|health: SocketAddr| !health.ip().is_loopback()) {
            section.trouble(
                "health",
                said!("is for this machine only: 127.0.0.1 and a port", "仅供本机使用：应为127.0.0.1加端口"),
            );
        }
        section.finish();
        Api { listen, devices, health }
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, Said> {
    text.parse().map_err(|_| {
        said!("expected an address and a port, such as 127.0.0.1:8080", "此处应为地址和端口，如127.0.0.1:8080")
    })
}

/// A serial number as a device says it.
pub(super) fn serial(text: &str) -> Result<String, Said> {
    let fits = (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    fits.then(|| text.to_owned()).ok_or_else(|| {
        said!(
            "expected the serial number that stands on the device: letters and digits",
            "此处应为考勤机上的序列号：字母和数字"
        )
    })
}
