//! Encryption on sockets of our own, and why it did not come about.

use crate::mail::smtp::failure::{Failure, lost};
use crate::mail::transport::Stage;
use crate::model::Said;
use crate::said;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Trusts what the system trusts, and the certificates of `own` (PEM): an office's own authority.
///
/// # Errors
/// `own` holds no certificate, or neither of them trusts anybody.
pub fn trusting(own: Option<&[u8]>) -> Result<Arc<ClientConfig>, Said> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = own {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let (added, _) = roots.add_parsable_certificates(certificates.unwrap_or_default());
        if added == 0 {
            return Err(said!(
                "no certificate is in this file: expected PEM, which begins with -----BEGIN CERTIFICATE-----",
                "文件中没有证书：应为PEM格式，以-----BEGIN CERTIFICATE-----开头"
            ));
        }
    }
    if roots.is_empty() {
        return Err(said!(
            "this machine knows no authority that vouches for mail servers: install the package ca-certificates, or name your own with ca_file",
            "本机没有任何受信任的证书机构：请安装ca-certificates软件包，或用ca_file指定本单位的证书"
        ));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(|e| said!("no encryption on this machine: {e}", "本机无法加密：{e}"))?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

/// The handshake, with the certificate held against `host`.
pub async fn handshake(
    config: &Arc<ClientConfig>,
    host: &str,
    socket: TcpStream,
) -> Result<TlsStream<TcpStream>, Failure> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| lost(Stage::Connect, "no such host"))?;
    let connected = TlsConnector::from(config.clone()).connect(name, socket).await;
    connected.map_err(|error| lost(Stage::Connect, why_unencrypted(&error)))
}

/// In the words of codes: `certificate expired`, `connection lost`.
pub fn why_unencrypted(error: &io::Error) -> &'static str {
    let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        return "connection lost";
    };
    let rustls::Error::InvalidCertificate(error) = error else { return "encryption failed" };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "certificate expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "certificate not yet valid",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "certificate of another name"
        }
        _ => "certificate not trusted",
    }
}
