//! One WebSocket: a thread that reads, and a way for others to close it at once.
//!
//! The thread blocks in the kernel without holding a lock, then hands what arrived to the WebSocket machine under
//! the socket's lock. So a close frame, which other threads want to send, never waits for the peer to say something.

use crate::net;
use bytes::Bytes;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::HandshakeError;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};
use twitchwire::{Cause, CauseKind, Closed, Input, MAX_FRAME, SecretUrl, SocketId};

/// How much is read at once. Most of a client's life is waiting, so buffers are small.
const READ: usize = 2048;
/// How much is read at once while there is more.
const READ_MORE: usize = 32 << 10;
/// How long writing a pong or a close frame may take.
const WRITE: Duration = Duration::from_secs(5);

/// A socket from before its connection to after its end.
#[derive(Default)]
pub(crate) struct Socket {
    aborted: AtomicBool,
    tcp: OnceLock<Arc<TcpStream>>,
    open: Mutex<Option<WebSocket<Stream>>>,
}

impl Socket {
    /// Sends a close frame, or gives the connection up that is not open yet.
    pub(crate) fn close(&self) {
        match &mut *self.lock() {
            // What fails here fails for the reading thread too, which tells.
            Some(open) => drop(open.close(None)),
            None => self.cut(),
        }
    }

    /// Ends the connection as it is.
    pub(crate) fn cut(&self) {
        self.aborted.store(true, Ordering::SeqCst);
        if let Some(tcp) = self.tcp.get() {
            // Fails if the peer was faster.
            let _ = tcp.shutdown(Shutdown::Both);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<WebSocket<Stream>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects, then reads until the end; `tell` hears everything but the end, in order.
    pub(crate) fn run(
        &self,
        id: SocketId,
        url: &SecretUrl,
        until: Instant,
        tls: &Arc<ClientConfig>,
        tell: impl FnMut(Vec<Input>),
    ) -> Closed {
        let ended = match self.connect(url, until, tls) {
            Ok((tcp, open)) => {
                *self.lock() = Some(open);
                self.read(id, &tcp, tell)
            }
            Err(closed) => closed,
        };
        self.cut();
        ended
    }

    fn connect(
        &self,
        url: &SecretUrl,
        until: Instant,
        tls: &Arc<ClientConfig>,
    ) -> Result<(Arc<TcpStream>, WebSocket<Stream>), Closed> {
        let url = url.expose();
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let port = url.port_or_known_default().unwrap_or(443);
        let tcp = Arc::new(net::dial(host, port, until).map_err(Closed::NotOpened)?);
        let _ = self.tcp.set(tcp.clone());
        if self.aborted.load(Ordering::SeqCst) {
            return Err(Closed::NotOpened(Cause::new(CauseKind::Other, "given up")));
        }
        let not_opened = |error: io::Error| Closed::NotOpened(net::connect_cause(&error));
        tcp.set_nodelay(true).map_err(not_opened)?;
        tcp.set_write_timeout(Some(WRITE)).map_err(not_opened)?;
        let mut wire = Wire { tcp: tcp.clone(), arrived: VecDeque::new(), ended: false, until: Some(until) };
        let stream = if url.scheme() == "wss" {
            let tls_failed = |words: String| Closed::NotOpened(Cause::new(CauseKind::Tls, words));
            let name =
                ServerName::try_from(host.to_owned()).map_err(|error| tls_failed(error.to_string()))?;
            let mut tls = ClientConnection::new(tls.clone(), name).map_err(|e| tls_failed(e.to_string()))?;
            while tls.is_handshaking() {
                tls.complete_io(&mut wire).map_err(not_opened)?;
            }
            Stream::Encrypted(Box::new(StreamOwned::new(tls, wire)))
        } else {
            Stream::Plain(wire)
        };
        let config = WebSocketConfig::default()
            .read_buffer_size(READ)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_FRAME))
            .max_frame_size(Some(MAX_FRAME));
        let request = url.as_str().into_client_request().map_err(refused)?;
        let mut open = match tungstenite::client::client_with_config(request, stream, Some(config)) {
            Ok((open, _)) => open,
            Err(HandshakeError::Failure(error)) => return Err(refused(error)),
            Err(HandshakeError::Interrupted(_)) => {
                return Err(Closed::NotOpened(Cause::new(CauseKind::Timeout, "no handshake in time")));
            }
        };
        open.get_mut().wire().until = None;
        tcp.set_read_timeout(None).map_err(not_opened)?;
        Ok((tcp, open))
    }

    fn read(&self, id: SocketId, mut tcp: &TcpStream, mut tell: impl FnMut(Vec<Input>)) -> Closed {
        let (mut little, mut much) = ([0; READ], Vec::new());
        loop {
            let mut heard = Vec::new();
            let ended = match self.lock().as_mut() {
                Some(open) => take(id, open, &mut heard),
                None => Some(lost(CauseKind::Other, "given up")),
            };
            if !heard.is_empty() {
                tell(heard);
            }
            if let Some(ended) = ended {
                return ended;
            }
            let arrived = if much.is_empty() { &mut little[..] } else { &mut much[..] };
            let read = tcp.read(arrived);
            let filled = matches!(read, Ok(count) if count == arrived.len());
            if let Some(open) = self.lock().as_mut() {
                let wire = open.get_mut().wire();
                match read {
                    Ok(0) => wire.ended = true,
                    Ok(count) => wire.arrived.extend(&arrived[..count]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Closed::Lost(net::cause(&error)),
                }
                wire.arrived.shrink_to(READ);
            }
            // A buffer that was filled means that there is more; those who listen have their turn all the same.
            if filled {
                much.resize(READ_MORE, 0);
                thread::yield_now();
            } else {
                much = Vec::new();
            }
        }
    }
}

/// Takes all messages that have arrived; says so if that was the end.
fn take(id: SocketId, open: &mut WebSocket<Stream>, heard: &mut Vec<Input>) -> Option<Closed> {
    loop {
        match open.read() {
            Ok(Message::Text(text)) => heard.push(Input::Frame(id, Bytes::from(text))),
            Ok(Message::Close(frame)) => {
                // The answer to it; the peer may be gone already.
                let _ = open.flush();
                return Some(match frame {
                    Some(frame) => Closed::Code(frame.code.into(), frame.reason.as_str().to_owned()),
                    None => Closed::Code(1005, String::new()),
                });
            }
            Ok(_) => heard.push(Input::Alive(id)),
            Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => return None,
            Err(tungstenite::Error::Io(error)) => return Some(Closed::Lost(net::cause(&error))),
            Err(tungstenite::Error::Capacity(error)) => {
                return Some(lost(CauseKind::TooLarge, &error.to_string()));
            }
            Err(error) => return Some(lost(CauseKind::Other, &error.to_string())),
        }
    }
}

fn lost(kind: CauseKind, words: &str) -> Closed {
    Closed::Lost(Cause::new(kind, words))
}

/// Why a WebSocket handshake came to nothing.
fn refused(error: tungstenite::Error) -> Closed {
    match error {
        tungstenite::Error::Http(response) => Closed::Refused(response.status()),
        tungstenite::Error::Io(error) => Closed::NotOpened(net::connect_cause(&error)),
        // Its words might hold the URL.
        tungstenite::Error::Url(_) => {
            Closed::NotOpened(Cause::new(CauseKind::Other, "the URL cannot be used"))
        }
        other => Closed::NotOpened(Cause::new(CauseKind::Other, other)),
    }
}

enum Stream {
    Plain(Wire),
    Encrypted(Box<StreamOwned<ClientConnection, Wire>>),
}

impl Stream {
    fn wire(&mut self) -> &mut Wire {
        match self {
            Stream::Plain(wire) => wire,
            Stream::Encrypted(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(wire) => wire.read(into),
            Stream::Encrypted(stream) => stream.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(wire) => wire.write(bytes),
            Stream::Encrypted(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(wire) => wire.flush(),
            Stream::Encrypted(stream) => stream.flush(),
        }
    }
}

/// The TCP connection as TLS and WebSocket see it: what has arrived can be read, and writing goes out at once.
struct Wire {
    tcp: Arc<TcpStream>,
    arrived: VecDeque<u8>,
    ended: bool,
    /// During the handshakes reading waits, until then.
    until: Option<Instant>,
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(until) = self.until {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.tcp.set_read_timeout(Some(left))?;
            return self.tcp.as_ref().read(into).map_err(|error| match error.kind() {
                io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
                _ => error,
            });
        }
        match self.arrived.read(into)? {
            0 if !self.ended && !into.is_empty() => Err(io::ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
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
