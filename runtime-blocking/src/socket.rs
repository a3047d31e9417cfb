//! One WebSocket: a thread that reads, and a way for others to close it at once.
//!
//! The thread blocks in the kernel without holding a lock, then hands what arrived to the WebSocket machine under
//! the socket's lock. So a close frame, which other threads want to send, never waits for the peer to say something.

use crate::net::{self, Connection, Wire};
use bytes::Bytes;
use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;
use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::HandshakeError;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};
use twitchwire::{Cause, CauseKind, Closed, Input, MAX_FRAME, SecretUrl, SocketId};
use twitchwire_front::{Connector, Route, Stream, Target};

/// How much is read at once. Most of a client's life is waiting, so buffers are small.
const READ: usize = 2048;
/// How much is read at once while there is more than that.
const READ_MORE: usize = 64 << 10;

/// A socket from before its connection to after its end.
#[derive(Default)]
pub(crate) struct Socket {
    aborted: AtomicBool,
    tcp: OnceLock<Arc<TcpStream>>,
    open: Mutex<Option<WebSocket<Box<dyn Stream>>>>,
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

    fn lock(&self) -> MutexGuard<'_, Option<WebSocket<Box<dyn Stream>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects, then reads until the end; `tell` hears everything but the end, in order.
    pub(crate) fn run(
        &self,
        id: SocketId,
        url: &SecretUrl,
        until: Instant,
        route: &Route<dyn Connector>,
        tell: impl FnMut(Vec<Input>),
    ) -> Closed {
        let ended = match self.connect(url, until, route) {
            Ok((wire, open)) => {
                *self.lock() = Some(open);
                self.read(id, &wire, tell)
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
        route: &Route<dyn Connector>,
    ) -> Result<(Wire, WebSocket<Box<dyn Stream>>), Closed> {
        let url = url.expose();
        let to = Target::new(url.scheme(), url.host_str().unwrap_or_default(), url.port());
        let opened = |tcp: &Arc<TcpStream>| {
            let _ = self.tcp.set(tcp.clone());
            match self.aborted.load(Ordering::SeqCst) {
                true => Err(Cause::new(CauseKind::Other, "given up")),
                false => Ok(()),
            }
        };
        let connection = net::connect(route, &to, until, opened);
        let Connection { stream, wire } = connection.map_err(Closed::NotOpened)?;
        let not_opened = |error: io::Error| Closed::NotOpened(net::connect_cause(&error));
        wire.wait_until(until).map_err(not_opened)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_FRAME))
            .max_frame_size(Some(MAX_FRAME));
        let request = url.as_str().into_client_request().map_err(refused)?;
        let open = match tungstenite::client::client_with_config(request, stream, Some(config)) {
            Ok((open, _)) => open,
            Err(HandshakeError::Failure(error)) => return Err(refused(error)),
            Err(HandshakeError::Interrupted(_)) => {
                return Err(Closed::NotOpened(Cause::new(CauseKind::Timeout, "no handshake in time")));
            }
        };
        wire.wait_for_food().map_err(not_opened)?;
        Ok((wire, open))
    }

    fn read(&self, id: SocketId, wire: &Wire, mut tell: impl FnMut(Vec<Input>)) -> Closed {
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
            let busy = match wire.tcp.as_ref().read(arrived) {
                Ok(count) => {
                    wire.feed(&arrived[..count]);
                    count >= READ
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => false,
                Err(error) => return Closed::Lost(net::cause(&error)),
            };
            // There may be more; those who listen have their turn all the same.
            if busy {
                much.resize(READ_MORE, 0);
                thread::yield_now();
            } else {
                much = Vec::new();
            }
        }
    }
}

/// Takes all messages that have arrived; says so if that was the end.
fn take(id: SocketId, open: &mut WebSocket<Box<dyn Stream>>, heard: &mut Vec<Input>) -> Option<Closed> {
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
