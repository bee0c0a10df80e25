//! What a service manager is told: ready, alive, stopping (sd_notify).

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

pub const READY: &str = "READY=1\nSTATUS=the first turn is done\n";
pub const ALIVE: &str = "WATCHDOG=1\n";
pub const STOPPING: &str = "STOPPING=1\n";

/// Where a service manager listens, if one started this process.
#[derive(Debug)]
pub struct Manager(Option<(UnixDatagram, SocketAddr)>);

impl Manager {
    pub fn of_this_process() -> Manager {
        let address = std::env::var("NOTIFY_SOCKET").ok().and_then(|name| match name.strip_prefix('@') {
            Some(name) => SocketAddr::from_abstract_name(name).ok(),
            None => SocketAddr::from_pathname(name).ok(),
        });
        Manager(address.and_then(|address| Some((UnixDatagram::unbound().ok()?, address))))
    }

    /// A manager that does not listen is no trouble of ours.
    pub fn told(&self, state: &str) {
        if let Manager(Some((socket, address))) = self {
            let _ = socket.send_to_addr(state.as_bytes(), address);
        }
    }
}
