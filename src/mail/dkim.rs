//! Whose DKIM signature a mail carries, looked up and verified here (REPLIES 2).

use crate::model::Said;
use crate::said;
use mail_auth::dkim::Signature;
use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ProtocolConfig, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::net::NetError;
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Who is asked for the keys of signers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolver {
    /// Whoever the system asks.
    System,
    At(SocketAddr),
}

/// What the signatures of a mail are worth.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signed {
    /// Domains whose signature over the whole body and the sender holds, in lower case, sorted.
    pub by: Vec<String>,
    /// Domains whose key could not be looked up now.
    pub unsettled: Vec<String>,
}

pub struct Dkim(MessageAuthenticator);

/// For one question to one server, and for all questions about one mail.
const PATIENCE: Duration = Duration::from_secs(4);
const DEADLINE: Duration = Duration::from_secs(20);
/// Mails with more signatures than this are nobody's: each costs a hash of the body and a question.
const MOST_SIGNATURES: usize = 10;

/// Name servers are asked in the clear. By itself the library wants the system's authorities all the same, and a fresh
/// machine has none.
fn nobody_trusted() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

impl Dkim {
    /// # Errors
    /// The system does not say whom it asks.
    pub fn new(resolver: Resolver) -> Result<Dkim, Said> {
        let (config, mut options) = match resolver {
            Resolver::System => read_system_conf().map_err(|e| {
                said!(
                    "the system's name servers cannot be read ({e}): write `dns = \"ADDRESS:53\"` into [intake]",
                    "无法读取系统的域名服务器（{e}）：请在[intake]中写明dns = \"地址:53\""
                )
            })?,
            Resolver::At(server) => {
                let mut connections =
                    [ConnectionConfig::new(ProtocolConfig::Udp), ConnectionConfig::new(ProtocolConfig::Tcp)];
                connections.iter_mut().for_each(|connection| connection.port = server.port());
                let name_server = NameServerConfig::new(server.ip(), true, connections.to_vec());
                (ResolverConfig::from_parts(None, Vec::new(), vec![name_server]), ResolverOpts::default())
            }
        };
        options.timeout = PATIENCE;
        options.attempts = 2;
        let resolver =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).with_options(options);
        let resolver = nobody_trusted().map_err(NetError::from).and_then(|tls| resolver.with_tls_config(tls).build());
        resolver.map(|resolver| Dkim(MessageAuthenticator(resolver))).map_err(|e| {
            said!(
                "name servers cannot be asked ({e}): correct `dns` in [intake]",
                "无法使用域名服务器（{e}）：请更正[intake]中的dns"
            )
        })
    }

    /// Looks up the keys that a mail's signatures name, and verifies them.
    pub async fn signers(&self, raw: &[u8]) -> Signed {
        let Some(mail) = AuthenticatedMessage::parse(raw) else { return Signed::default() };
        if mail.dkim_headers.is_empty() || mail.dkim_headers.len() > MOST_SIGNATURES {
            return Signed::default();
        }
        let mut signed = Signed::default();
        match tokio::time::timeout(DEADLINE, self.0.verify_dkim(&mail)).await {
            Ok(outputs) => {
                for output in &outputs {
                    let Some(signature) = output.signature() else { continue };
                    match output.result() {
                        DkimResult::Pass if covers(signature) => signed.by.push(signature.d.to_lowercase()),
                        DkimResult::TempError(_) => signed.unsettled.push(signature.d.to_lowercase()),
                        _ => {}
                    }
                }
            }
            Err(_) => signed.unsettled.extend(mail.dkim_headers.iter().map(|h| h.header.d.to_lowercase())),
        }
        for domains in [&mut signed.by, &mut signed.unsettled] {
            domains.sort_unstable();
            domains.dedup();
        }
        signed
    }
}

/// Over the whole body and the sender's address: what stands beyond a length, anybody may have added.
fn covers(signature: &Signature) -> bool {
    signature.l == 0 && signature.h.iter().any(|field| field.eq_ignore_ascii_case("from"))
}
