//! What HTTP and WebSocket share below the protocol: connections, through a proxy and with TLS where that is wanted, and
//! the words for what goes wrong.
//!
//! A [`Connection`] has two ends: the [`Stream`] that is spoken on, TLS included, and the [`Wire`] below it. Reading the
//! stream waits for the peer until a deadline ([`Wire::wait_until`]), or, once somebody else reads the TCP connection,
//! takes what they have fed to the wire ([`Wire::feed`]).

use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use twitchwire::{Cause, CauseKind};
use twitchwire_front::{Connector, Route, Stream, Target, Tunnel, Way};

/// How long one address of several is tried before the next.
const ONE_ADDRESS: Duration = Duration::from_secs(3);
/// How long writing may take while somebody else reads.
const WRITE: Duration = Duration::from_secs(5);

/// Room for so much is kept while little arrives.
const KEPT: usize = 2048;

/// A connection that can be spoken on.
pub(crate) struct Connection {
    pub(crate) stream: Box<dyn Stream>,
    pub(crate) wire: Wire,
}

/// Connects to a host. `opened` is shown the TCP connection before anything is said on it.
pub(crate) fn connect(
    route: &Route<dyn Connector>,
    to: &Target,
    until: Instant,
    opened: impl FnOnce(&Arc<TcpStream>) -> Result<(), Cause>,
) -> Result<Connection, Cause> {
    let until = until.min(Instant::now() + route.within);
    let hop = match &route.way {
        Way::Usual { proxy, .. } => proxy.as_ref().and_then(|proxy| proxy.hop(to)),
        Way::Own(_) => None,
    };
    let tcp = match (&route.way, hop) {
        (Way::Own(connector), _) => {
            connector.connect(to, left(until)).map_err(|error| connect_cause(&error))?
        }
        (Way::Usual { .. }, Some(hop)) => dial(&hop.host, hop.port, until)?,
        (Way::Usual { .. }, None) => dial(&to.host, to.port, until)?,
    };
    let tcp = Arc::new(tcp);
    opened(&tcp)?;
    let mut wire = Wire { tcp, reading: Arc::new(Mutex::new(Reading::Waits(until))) };
    let set = wire.tcp.set_nodelay(true).and_then(|()| wire.wait_until(until));
    set.map_err(|error| connect_cause(&error))?;
    if let Some(hop) = hop {
        pass(&mut wire, Tunnel::new(hop, to)).map_err(|error| connect_cause(&error))?;
    }
    let stream: Box<dyn Stream> = match &route.way {
        _ if !to.secure => Box::new(wire.clone()),
        Way::Usual { tls, .. } => encrypt(tls, to, &wire)?,
        Way::Own(connector) => {
            connector.encrypt(to, Box::new(wire.clone())).map_err(|error| tls_cause(&error))?
        }
    };
    Ok(Connection { stream, wire })
}

/// A TCP connection to the first address that accepts one.
fn dial(host: &str, port: u16, until: Instant) -> Result<TcpStream, Cause> {
    let addresses = (host, port)
        .to_socket_addrs()
        .map_err(|error| Cause::new(CauseKind::Dns, format_args!("{host}: {error}")))?
        .collect::<Vec<SocketAddr>>();
    let mut last = None;
    for (index, address) in addresses.iter().enumerate() {
        let most = if index + 1 < addresses.len() { ONE_ADDRESS } else { Duration::MAX };
        let left = left(until).min(most);
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(connect_cause(&error)),
        }
    }
    let none = || Cause::new(CauseKind::Dns, format_args!("{host} has no address"));
    let late = || Cause::new(CauseKind::Timeout, "no connection in time");
    Err(last.unwrap_or_else(|| if addresses.is_empty() { none() } else { late() }))
}

/// Has the proxy at the other end open a tunnel.
fn pass(wire: &mut Wire, mut tunnel: Tunnel) -> io::Result<()> {
    wire.write_all(tunnel.request())?;
    loop {
        let mut byte = [0];
        wire.read_exact(&mut byte)?;
        if let Some(opened) = tunnel.read(byte[0]) {
            return opened;
        }
    }
}

fn encrypt(tls: &Arc<ClientConfig>, to: &Target, wire: &Wire) -> Result<Box<dyn Stream>, Cause> {
    let tls = ClientConnection::new(tls.clone(), to.server_name()?);
    let tls = tls.map_err(|error| Cause::new(CauseKind::Tls, error))?;
    let mut stream = StreamOwned::new(tls, wire.clone());
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).map_err(|error| tls_cause(&error))?;
    }
    Ok(Box::new(stream))
}

/// The TCP connection as TLS and WebSocket see it. Clones are the same one; writing goes out at once.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) tcp: Arc<TcpStream>,
    reading: Arc<Mutex<Reading>>,
}

/// Where what is read comes from.
enum Reading {
    /// The peer, who is waited for until then.
    Waits(Instant),
    /// Somebody who reads the TCP connection.
    Fed { arrived: VecDeque<u8>, ended: bool },
}

impl Wire {
    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on reading and writing take so long at most.
    pub(crate) fn wait_until(&self, until: Instant) -> io::Result<()> {
        *self.reading() = Reading::Waits(until);
        let left = left(until);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.tcp.set_write_timeout(Some(left))
    }

    /// From here on somebody reads the TCP connection, without a limit, and feeds this wire.
    pub(crate) fn wait_for_food(&self) -> io::Result<()> {
        *self.reading() = Reading::Fed { arrived: VecDeque::new(), ended: false };
        self.tcp.set_write_timeout(Some(WRITE))?;
        self.tcp.set_read_timeout(None)
    }

    /// This has arrived; nothing means that the peer has ended.
    pub(crate) fn feed(&self, bytes: &[u8]) {
        if let Reading::Fed { arrived, ended } = &mut *self.reading() {
            // All that came before has been taken; what a rush needed is not kept.
            arrived.shrink_to(KEPT);
            arrived.extend(bytes);
            *ended = bytes.is_empty();
        }
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let until = match &mut *self.reading() {
            Reading::Waits(until) => *until,
            Reading::Fed { arrived, ended } => {
                return match arrived.read(into)? {
                    0 if !*ended && !into.is_empty() => Err(io::ErrorKind::WouldBlock.into()),
                    count => Ok(count),
                };
            }
        };
        let left = left(until);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.tcp.set_read_timeout(Some(left))?;
        self.tcp.as_ref().read(into).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tcp.as_ref().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// What went wrong before there was a connection.
pub(crate) fn connect_cause(error: &io::Error) -> Cause {
    cause_or(CauseKind::Connect, error)
}

/// What went wrong in a TLS handshake.
fn tls_cause(error: &io::Error) -> Cause {
    cause_or(CauseKind::Tls, error)
}

/// What went wrong on a connection.
pub(crate) fn cause(error: &io::Error) -> Cause {
    cause_or(CauseKind::Other, error)
}

fn cause_or(otherwise: CauseKind, error: &io::Error) -> Cause {
    let kind = match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => CauseKind::Timeout,
        _ if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => CauseKind::Tls,
        _ => otherwise,
    };
    Cause::new(kind, error)
}
