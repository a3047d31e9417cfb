//! [`Route`]: how connections to hosts come about. Over TCP, through a proxy if there is one, with TLS by rustls; or as the
//! application does it.
//!
//! The builder gathers the wishes ([`Tls`], [`Proxy`], a connector of the application's own) and makes one route of them
//! when the client starts. HTTP and WebSockets take it alike.

use crate::proxy::Proxy;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use twitchwire::{Cause, CauseKind, StartError};

/// How connections come about. `C` is what a connector of the application's own is to this driver.
pub struct Route<C: ?Sized> {
    /// By what way.
    pub way: Way<C>,
    /// How long a connection may take until it can be used: name, TCP, proxy, TLS.
    pub within: Duration,
}

/// By what way a host is reached.
pub enum Way<C: ?Sized> {
    /// Over TCP.
    Usual {
        /// TLS for HTTP and for WebSockets.
        tls: Arc<ClientConfig>,
        /// Through whom, if not straight.
        proxy: Option<Proxy>,
    },
    /// As the application does it.
    Own(Arc<C>),
}

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The host's name or address, an IPv6 address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether what is spoken there is TLS.
    pub secure: bool,
}

impl Target {
    /// Where a URL leads with this scheme, host and port; `https` and `wss` are secure.
    pub fn new(scheme: &str, host: &str, port: Option<u16>) -> Self {
        let secure = matches!(scheme, "https" | "wss");
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Target { host, port: port.unwrap_or(if secure { 443 } else { 80 }), secure }
    }

    /// The host as TLS names it.
    pub fn server_name(&self) -> Result<ServerName<'static>, Cause> {
        ServerName::try_from(self.host.clone()).map_err(|error| Cause::new(CauseKind::Tls, error))
    }
}

/// As a URL has it: an IPv6 address in brackets, and always the port.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Whom TLS trusts.
pub(crate) enum Tls {
    /// The usual authorities, and these, in DER.
    Usual(Vec<Vec<u8>>),
    /// What the application's own configuration says.
    Own(Arc<ClientConfig>),
}

impl Tls {
    /// The one configuration of a client. Nothing process-wide is read or set.
    pub(crate) fn config(self) -> Result<Arc<ClientConfig>, StartError> {
        let extra = match self {
            Tls::Own(config) => return Ok(config),
            Tls::Usual(extra) => extra,
        };
        let Some(provider) = provider() else {
            let words =
                "no TLS: enable the feature `ring` or `aws-lc`, or give a configuration or a connector";
            return Err(StartError::Driver(words.into()));
        };
        let configure = || {
            let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            // Systems hold certificates that nothing can read; those are left out.
            #[cfg(feature = "platform-roots")]
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            for root in &extra {
                roots.add(CertificateDer::from(root.as_slice()))?;
            }
            let config = ClientConfig::builder_with_provider(Arc::new(provider))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots)
                .with_no_client_auth();
            Ok(Arc::new(config))
        };
        configure()
            .map_err(|error: rustls::Error| StartError::Driver(format!("TLS cannot be set up: {error}")))
    }
}

/// What does the cryptography: aws-lc where somebody asked for it, else ring.
#[cfg(feature = "aws-lc")]
fn provider() -> Option<CryptoProvider> {
    Some(rustls::crypto::aws_lc_rs::default_provider())
}

#[cfg(all(feature = "ring", not(feature = "aws-lc")))]
fn provider() -> Option<CryptoProvider> {
    Some(rustls::crypto::ring::default_provider())
}

#[cfg(not(any(feature = "ring", feature = "aws-lc")))]
fn provider() -> Option<CryptoProvider> {
    None
}
