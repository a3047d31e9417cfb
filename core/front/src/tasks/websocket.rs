//! [`WebSocket`]: tungstenite over a runtime's connection, for one task.
//!
//! While little comes, the connection is read in small pieces, so that thousands of idle ones take little memory. A piece
//! that was filled means that there is more: from then on it is read in large ones, until a small one would have done, so
//! that a busy one takes few calls into the kernel.

use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::HandshakeError;
use tungstenite::handshake::client::ClientHandshake;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Error, Message};
use twitchwire::MAX_FRAME;

/// The small piece.
const SMALL: usize = 2 << 10;
/// The large piece.
const LARGE: usize = 64 << 10;

pub(super) struct WebSocket<S>(tungstenite::WebSocket<Wire<S>>);

impl<S: hyper::rt::Read + hyper::rt::Write + Unpin> WebSocket<S> {
    /// Opens one over a connection.
    pub(super) async fn open(url: &str, connection: S) -> Result<Self, Error> {
        let handshake =
            ClientHandshake::start(Wire::new(connection), url.into_client_request()?, Some(config()))?;
        let mut handshake = Some(handshake);
        poll_fn(|context| {
            let Some(mut under_way) = handshake.take() else { return Poll::Pending };
            under_way.get_mut().get_mut().waits_in(context);
            match under_way.handshake() {
                Ok((socket, _)) => Poll::Ready(Ok(WebSocket(socket))),
                Err(HandshakeError::Failure(error)) => Poll::Ready(Err(error)),
                Err(HandshakeError::Interrupted(under_way)) => {
                    handshake = Some(under_way);
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// The next message. Pings are answered, and so is a Close, as long as somebody asks for more.
    pub(super) fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Result<Message, Error>> {
        self.0.get_mut().waits_in(context);
        unblocked(self.0.read())
    }

    /// Sends a Close.
    pub(super) async fn close(&mut self) -> Result<(), Error> {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        let mut frame = Some(frame);
        poll_fn(|context| {
            self.0.get_mut().waits_in(context);
            // What could not be written at once is only to be flushed.
            unblocked(match frame.take() {
                Some(frame) => self.0.close(Some(frame)),
                None => self.0.flush(),
            })
        })
        .await
    }
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(SMALL)
        .write_buffer_size(0)
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME))
}

fn unblocked<T>(result: Result<T, Error>) -> Poll<Result<T, Error>> {
    match result {
        Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
        result => Poll::Ready(result),
    }
}

/// A connection as tungstenite wants it: reading and writing fail where a task would have to wait.
struct Wire<S> {
    connection: S,
    /// Whom the connection wakes.
    waker: Waker,
    ahead: Option<Ahead>,
}

/// A large piece that was read, and how much of it is to be taken.
struct Ahead {
    piece: Box<[u8]>,
    from: usize,
    to: usize,
}

impl<S> Wire<S> {
    fn new(connection: S) -> Self {
        Wire { connection, waker: Waker::noop().clone(), ahead: None }
    }

    fn waits_in(&mut self, context: &Context<'_>) {
        self.waker.clone_from(context.waker());
    }
}

fn now<T>(poll: Poll<io::Result<T>>) -> io::Result<T> {
    match poll {
        Poll::Ready(result) => result,
        Poll::Pending => Err(ErrorKind::WouldBlock.into()),
    }
}

fn read<S: hyper::rt::Read + Unpin>(connection: &mut S, waker: &Waker, into: &mut [u8]) -> io::Result<usize> {
    let mut buffer = hyper::rt::ReadBuf::new(into);
    now(Pin::new(connection).poll_read(&mut Context::from_waker(waker), buffer.unfilled()))?;
    Ok(buffer.filled().len())
}

impl<S: hyper::rt::Read + Unpin> Read for Wire<S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Wire { connection, waker, ahead: place } = self;
        let Some(ahead) = place else {
            let count = read(connection, waker, into)?;
            if count == into.len() && count > 0 {
                *place = Some(Ahead { piece: vec![0; LARGE].into(), from: 0, to: 0 });
            }
            return Ok(count);
        };
        if ahead.from == ahead.to {
            match read(connection, waker, &mut ahead.piece) {
                Ok(count) => (ahead.from, ahead.to) = (0, count),
                Err(error) => {
                    if ahead.to <= SMALL {
                        *place = None;
                    }
                    return Err(error);
                }
            }
        }
        let count = into.len().min(ahead.to - ahead.from);
        into[..count].copy_from_slice(&ahead.piece[ahead.from..ahead.from + count]);
        ahead.from += count;
        Ok(count)
    }
}

impl<S: hyper::rt::Write + Unpin> Write for Wire<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut context = Context::from_waker(&self.waker);
        now(Pin::new(&mut self.connection).poll_write(&mut context, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut context = Context::from_waker(&self.waker);
        now(Pin::new(&mut self.connection).poll_flush(&mut context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use tungstenite::protocol::Role;

    /// A connection on which all has arrived that will; it remembers how much it was asked for.
    #[derive(Default)]
    struct Arrived {
        bytes: VecDeque<u8>,
        asked: Vec<usize>,
    }

    impl hyper::rt::Read for Arrived {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            mut into: hyper::rt::ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            self.asked.push(into.remaining());
            if self.bytes.is_empty() {
                return Poll::Pending;
            }
            let count = into.remaining().min(self.bytes.len());
            into.put_slice(&self.bytes.drain(..count).collect::<Vec<_>>());
            Poll::Ready(Ok(()))
        }
    }

    impl hyper::rt::Write for Arrived {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// Text messages of 1000 bytes, each of one letter.
    fn texts(letters: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
        letters.flat_map(|letter| [0x81, 126, 3, 232].into_iter().chain([letter; 1000]))
    }

    /// The first letters of all messages that are there.
    fn letters(socket: &mut WebSocket<Arrived>) -> Vec<u8> {
        let mut letters = Vec::new();
        while let Poll::Ready(message) = socket.poll_message(&mut Context::from_waker(Waker::noop())) {
            let Ok(Message::Text(text)) = message else { panic!("{message:?}") };
            assert_eq!(text.len(), 1000);
            letters.push(text.as_bytes()[0]);
        }
        letters
    }

    #[test]
    fn a_busy_connection_is_read_in_large_pieces_and_an_idle_one_in_small_ones() {
        let alphabet = || (b'a'..=b'z').cycle().take(100);
        let wire = Wire::new(Arrived { bytes: texts(alphabet()).collect(), asked: vec![] });
        let mut socket =
            WebSocket(tungstenite::WebSocket::from_raw_socket(wire, Role::Client, Some(config())));
        assert_eq!(letters(&mut socket), alphabet().collect::<Vec<_>>());
        let wire = socket.0.get_mut();
        assert_eq!(wire.connection.asked, [SMALL, LARGE, LARGE, LARGE]);
        assert!(wire.ahead.is_some(), "more may come at once");

        for asked in [LARGE, SMALL] {
            let wire = socket.0.get_mut();
            wire.connection.asked.clear();
            wire.connection.bytes.extend(texts([b'!'].into_iter()));
            assert_eq!(letters(&mut socket), [b'!']);
            let wire = socket.0.get_ref();
            assert!(wire.connection.asked.iter().all(|most| *most <= asked), "{:?}", wire.connection.asked);
            assert!(wire.ahead.is_none());
        }
    }
}
