//! TLS for the server: an authority of its own, which signs a certificate for this machine's names when the server starts.
//!
//! Nothing of it outlives the server, and nobody trusts it but who is told to.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::is_timeout;
use super::wire::Wire;

/// How long a client may take for its handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The certificate authority of one server. A client that trusts it can speak to that server.
#[derive(Clone, Debug)]
pub struct Authority {
    pem: String,
    der: Vec<u8>,
}

impl Authority {
    /// Its certificate, as files hold it.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its certificate, as `Builder::root_certificate` of the drivers takes it.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

/// What the server proves itself with.
pub(super) struct Identity {
    pub(super) authority: Authority,
    config: Arc<ServerConfig>,
}

impl Identity {
    /// A new one, for `localhost` and the loopback addresses.
    pub(super) fn new() -> io::Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Simulated Twitch");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(io::Error::other)?;

        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
        params.distinguished_name.push(DnType::CommonName, "localhost");
        // Strict clients want to be led to the issuer.
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &issuer).map_err(io::Error::other)?;

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .map_err(io::Error::other)?;
        let authority = Authority { pem: issuer.pem(), der: issuer.der().to_vec() };
        Ok(Identity { authority, config: Arc::new(config) })
    }

    /// Shakes hands. Fails if the client does not want to, or takes too long.
    pub(super) fn accept(
        &self,
        wire: Wire,
        stop: &AtomicBool,
    ) -> io::Result<StreamOwned<ServerConnection, Wire>> {
        self.accept_by(Instant::now() + HANDSHAKE, wire, stop)
    }

    fn accept_by(
        &self,
        until: Instant,
        mut wire: Wire,
        stop: &AtomicBool,
    ) -> io::Result<StreamOwned<ServerConnection, Wire>> {
        let mut session = ServerConnection::new(self.config.clone()).map_err(io::Error::other)?;
        while session.is_handshaking() || session.wants_write() {
            if stop.load(Ordering::Acquire) || Instant::now() >= until {
                return Err(ErrorKind::TimedOut.into());
            }
            if session.wants_write() {
                session.write_tls(&mut wire)?;
                continue;
            }
            match session.read_tls(&mut wire) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {
                    if let Err(error) = session.process_new_packets() {
                        // The client hears why, if it still listens.
                        let _ = session.write_tls(&mut wire);
                        return Err(io::Error::other(error));
                    }
                }
                Err(error) if is_timeout(&error) || error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(StreamOwned::new(session, wire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_client_whose_handshake_takes_too_long_is_left() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let wire = Wire::new(listener.accept().unwrap().0).unwrap();
        // The beginning of a handshake, whose rest never comes.
        client.write_all(&[22, 3, 1, 2, 0]).unwrap();
        let identity = Identity::new().unwrap();
        let until = Instant::now() + Duration::from_millis(1);
        let left = identity.accept_by(until, wire, &AtomicBool::new(false));
        assert_eq!(left.err().map(|error| error.kind()), Some(ErrorKind::TimedOut));
    }
}
