//! Connections: name, TCP, TLS. HTTP and WebSocket share them and the TLS settings.

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use twitchwire::{Cause, CauseKind};

/// A connection, with TLS or without.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Opens connections.
pub(crate) struct Net {
    tls: TlsConnector,
}

/// How long one address of several is tried before the next.
const ONE_ADDRESS: Duration = Duration::from_secs(3);

impl Net {
    /// Trusts the usual authorities and these certificates besides.
    pub(crate) fn new(extra_roots: &[Vec<u8>]) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for root in extra_roots {
            roots.add(CertificateDer::from(root.as_slice()))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Net { tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Connects to a host, named as in a URL.
    pub(crate) async fn connect(&self, host: &str, port: u16, secure: bool) -> Result<Box<dyn Io>, Cause> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let stream = tcp(host, port).await?;
        // Requests are small and written whole; without this the last part of one may wait for an acknowledgement.
        stream.set_nodelay(true).map_err(|error| Cause::new(CauseKind::Connect, error))?;
        if !secure {
            return Ok(Box::new(stream));
        }
        let name =
            ServerName::try_from(host.to_owned()).map_err(|error| Cause::new(CauseKind::Tls, error))?;
        let stream =
            self.tls.connect(name, stream).await.map_err(|error| Cause::new(CauseKind::Tls, error))?;
        Ok(Box::new(stream))
    }
}

async fn tcp(host: &str, port: u16) -> Result<TcpStream, Cause> {
    let addresses: Vec<_> =
        lookup_host((host, port)).await.map_err(|error| Cause::new(CauseKind::Dns, error))?.collect();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for (index, address) in addresses.iter().enumerate() {
        let connect = TcpStream::connect(address);
        let connected = if index + 1 < addresses.len() {
            timeout(ONE_ADDRESS, connect).await.unwrap_or_else(|elapsed| Err(elapsed.into()))
        } else {
            connect.await
        };
        match connected {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(Cause::new(CauseKind::Connect, last))
}
