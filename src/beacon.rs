//! Fetches a round of a public network of randomness. The one place beside the mail that uses the network.
//!
//! Servers are asked in order until one gives the round; whether it is genuine decides who calls, since a
//! signature proves itself wherever it comes from. A network that is down changes nothing about which
//! round is awaited: the same one is asked for again later.

use crate::model::Said;
use crate::said;
use serde::Deserialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// A round takes a few hundred bytes; a server that sends more than this is not read on.
const LARGEST: u64 = 16 << 10;
/// How long one server may take for everything.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A round as a server gives it. Nothing is proved yet.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Round {
    pub round: u64,
    pub randomness: String,
    pub signature: String,
}

impl fmt::Debug for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Round({}, …)", self.round)
    }
}

/// What became of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    Here(Round),
    /// A server answers and has no such round yet.
    NotYet,
    /// No server gave an answer of use: what was wrong with each, in their order.
    Down(Vec<Fault>),
}

/// What was wrong with one server. Holds nothing of what the server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Unreachable,
    TooSlow,
    Status(u16),
    /// No JSON with round, randomness and signature, or too much of it.
    Unreadable,
    /// Another round, or one whose signature does not hold.
    NotGenuine,
}

impl Fault {
    pub fn said(self) -> Said {
        match self {
            Fault::Unreachable => said!("cannot be reached", "无法连接"),
            Fault::TooSlow => said!("does not answer in time", "响应超时"),
            Fault::Status(code) => said!("answers with status {code}", "返回状态码{code}"),
            Fault::Unreadable => said!("gives an answer that is no round of drand", "返回的内容不是drand轮次"),
            Fault::NotGenuine => said!("gives a round that is not genuine", "返回的轮次不真实"),
        }
    }
}

/// Servers of one network.
#[derive(Debug, Clone)]
pub struct Servers {
    /// Such as `https://api.drand.sh`, in the order in which they are asked.
    pub urls: Vec<String>,
    pub patience: Duration,
}

impl Servers {
    /// Asks for a round of the network with this chain hash. Blocks for as long as the servers take.
    pub fn fetch(&self, chain: &str, round: u64, is_genuine: impl Fn(&Round) -> bool) -> Fetched {
        let (tls, mut not_yet) = (trusting_the_system(), false);
        let mut faults = Vec::new();
        for url in &self.urls {
            match self.ask(url, &tls, chain, round) {
                Ok(Some(given)) if given.round == round && is_genuine(&given) => return Fetched::Here(given),
                Ok(Some(_)) => faults.push(Fault::NotGenuine),
                Ok(None) => not_yet = true,
                Err(fault) => faults.push(fault),
            }
        }
        if not_yet { Fetched::NotYet } else { Fetched::Down(faults) }
    }

    fn ask(&self, url: &str, tls: &TlsConfig, chain: &str, round: u64) -> Result<Option<Round>, Fault> {
        let asked = format!("{url}/{chain}/public/{round}");
        let mut answer = self.agent(url, tls.clone()).get(asked).call().map_err(fault)?;
        match answer.status().as_u16() {
            200 => {}
            404 | 425 => return Ok(None),
            code => return Err(Fault::Status(code)),
        }
        let bytes = answer.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(fault)?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| Fault::Unreadable)
    }

    fn agent(&self, url: &str, tls: TlsConfig) -> Agent {
        let mut config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(self.patience))
            .http_status_as_error(false)
            .max_redirects(3)
            .user_agent("spotcheck");
        // Proxies come from the environment; none leads to this machine itself.
        if is_of_this_machine(url) {
            config = config.proxy(None);
        }
        config.build().new_agent()
    }
}

fn is_of_this_machine(url: &str) -> bool {
    ["://127.", "://localhost:", "://localhost/", "://[::1]"].iter().any(|host| url.contains(host))
}

/// The certificates that this machine trusts, so that an office's own authority counts as elsewhere.
fn trusting_the_system() -> TlsConfig {
    let found = rustls_native_certs::load_native_certs().certs;
    let roots = found.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    TlsConfig::builder()
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

fn fault(error: ureq::Error) -> Fault {
    match error {
        ureq::Error::Timeout(_) => Fault::TooSlow,
        ureq::Error::StatusCode(code) => Fault::Status(code),
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            Fault::Unreadable
        }
        _ => Fault::Unreachable,
    }
}
