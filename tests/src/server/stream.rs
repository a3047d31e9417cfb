//! What the server's connections are made of: a [`Wire`], or TLS over one.

use std::io::{self, Read, Write};
use std::sync::atomic::AtomicBool;

#[cfg(feature = "tls")]
use super::tls::Identity;
use super::wire::Wire;

/// How the server speaks.
pub(super) enum Protocol {
    Plain,
    #[cfg(feature = "tls")]
    Tls(Identity),
}

impl Protocol {
    /// The schemes of its URLs, for HTTP and for WebSockets.
    pub(super) const fn schemes(&self) -> [&'static str; 2] {
        match self {
            Protocol::Plain => ["http", "ws"],
            #[cfg(feature = "tls")]
            Protocol::Tls(_) => ["https", "wss"],
        }
    }

    /// Makes a new connection ready for requests.
    #[cfg_attr(not(feature = "tls"), expect(unused_variables, reason = "only a handshake can be stopped"))]
    pub(super) fn accept(&self, wire: Wire, stop: &AtomicBool) -> io::Result<Stream> {
        Ok(match self {
            Protocol::Plain => Stream::Plain(wire),
            #[cfg(feature = "tls")]
            Protocol::Tls(identity) => Stream::Tls(Box::new(identity.accept(wire, stop)?)),
        })
    }
}

pub(super) enum Stream {
    Plain(Wire),
    #[cfg(feature = "tls")]
    Tls(Box<rustls::StreamOwned<rustls::ServerConnection, Wire>>),
}

impl Stream {
    /// Breaks the connection off below TLS, as a network does.
    pub(super) fn shutdown(&self) -> io::Result<()> {
        match self {
            Stream::Plain(wire) => wire.shutdown(),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.sock.shutdown(),
        }
    }

    /// Says that nothing more comes.
    pub(super) fn end(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(_) => Ok(()),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => {
                tls.conn.send_close_notify();
                tls.flush()
            }
        }
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(wire) => wire.read(into),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(wire) => wire.write(bytes),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(wire) => wire.flush(),
            #[cfg(feature = "tls")]
            Stream::Tls(tls) => tls.flush(),
        }
    }
}
