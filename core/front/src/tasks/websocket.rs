//! [`WebSocket`]: tungstenite over a runtime's connection, for one task.
//!
//! All that has arrived is read at once, into a large piece that lives for that moment only. The library takes what came in
//! small pieces, and what it has not taken yet is kept in as much memory as it needs: a busy connection takes few calls into
//! the kernel, and thousands of idle ones take little memory.

use bytes::Bytes;
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tungstenite::client::IntoClientRequest;
use tungstenite::handshake::HandshakeError;
use tungstenite::handshake::client::ClientHandshake;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Error, Message};
use twitchwire::MAX_FRAME;

/// What is read at once, at most. It has to have room on the stack of any thread.
const LARGE: usize = 32 << 10;
/// What the library takes at once, and what it keeps for an idle connection.
const SMALL: usize = 1 << 10;

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
                // This one keeps the 4 KiB that the handshake was read into, and nothing in them.
                Ok((socket, _)) => Poll::Ready(Ok(WebSocket::over(socket.into_inner()))),
                Err(HandshakeError::Failure(error)) => Poll::Ready(Err(error)),
                Err(HandshakeError::Interrupted(under_way)) => {
                    handshake = Some(under_way);
                    Poll::Pending
                }
            }
        })
        .await
    }

    fn over(wire: Wire<S>) -> Self {
        WebSocket(tungstenite::WebSocket::from_raw_socket(wire, Role::Client, Some(config())))
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
    /// What was read and is still to be taken.
    ahead: Bytes,
    what: What,
}

/// What is read.
#[derive(Clone, Copy, PartialEq)]
enum What {
    /// The answer to the handshake, up to the empty line that ends it. What follows is not taken with it.
    Answer {
        line_is_empty: bool,
    },
    Frames,
}

impl<S> Wire<S> {
    fn new(connection: S) -> Self {
        Wire {
            connection,
            waker: Waker::noop().clone(),
            ahead: Bytes::new(),
            what: What::Answer { line_is_empty: false },
        }
    }

    fn waits_in(&mut self, context: &Context<'_>) {
        self.waker.clone_from(context.waker());
    }

    /// Gives what may be taken at once of these bytes; how many that are.
    fn give(&mut self, bytes: &[u8], into: &mut [u8]) -> usize {
        let mut count = into.len().min(bytes.len());
        if let What::Answer { .. } = self.what {
            count = self.of_answer(&bytes[..count]);
        }
        into[..count].copy_from_slice(&bytes[..count]);
        count
    }

    /// How many of these bytes belong to the answer.
    fn of_answer(&mut self, bytes: &[u8]) -> usize {
        for (at, byte) in bytes.iter().enumerate() {
            match (byte, self.what) {
                (b'\n', What::Answer { line_is_empty: true }) => {
                    self.what = What::Frames;
                    return at + 1;
                }
                (b'\r', _) => {}
                (byte, _) => self.what = What::Answer { line_is_empty: *byte == b'\n' },
            }
        }
        bytes.len()
    }
}

fn now<T>(poll: Poll<io::Result<T>>) -> io::Result<T> {
    match poll {
        Poll::Ready(result) => result,
        Poll::Pending => Err(ErrorKind::WouldBlock.into()),
    }
}

impl<S: hyper::rt::Read + Unpin> Read for Wire<S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ahead = std::mem::take(&mut self.ahead);
        if !ahead.is_empty() {
            let count = self.give(&ahead, into);
            // An empty rest would hold on to the memory.
            if count < ahead.len() {
                self.ahead = ahead.slice(count..);
            }
            return Ok(count);
        }
        let mut piece = [MaybeUninit::uninit(); LARGE];
        let mut piece = hyper::rt::ReadBuf::uninit(&mut piece);
        let mut context = Context::from_waker(&self.waker);
        now(Pin::new(&mut self.connection).poll_read(&mut context, piece.unfilled()))?;
        let piece = piece.filled();
        let count = self.give(piece, into);
        self.ahead = Bytes::copy_from_slice(&piece[count..]);
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
    fn all_that_has_arrived_is_read_at_once_and_an_idle_connection_keeps_nothing_of_it() {
        let alphabet = || (b'a'..=b'z').cycle().take(100);
        let wire = Wire::new(Arrived { bytes: texts(alphabet()).collect(), asked: vec![] });
        let mut socket = WebSocket::over(Wire { what: What::Frames, ..wire });
        assert_eq!(letters(&mut socket), alphabet().collect::<Vec<_>>());
        let wire = socket.0.get_ref();
        // 100 messages in 100 400 bytes, and a look for more.
        assert_eq!(wire.connection.asked, [LARGE; 5]);
        assert!(wire.ahead.is_empty());
    }

    #[test]
    fn what_follows_the_answer_to_the_handshake_is_not_taken_with_it() {
        let answer = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n";
        let arrived: VecDeque<u8> = answer.iter().copied().chain(texts([b'!'].into_iter())).collect();
        for at_once in [1, 2, 3, 1000, 4096] {
            let mut wire = Wire::new(Arrived { bytes: arrived.clone(), asked: vec![] });
            let mut taken = Vec::new();
            while wire.what != What::Frames {
                let mut into = vec![0; at_once];
                let count = wire.read(&mut into).unwrap();
                taken.extend_from_slice(&into[..count]);
            }
            assert_eq!(taken, answer, "{at_once}");
            assert_eq!(letters(&mut WebSocket::over(wire)), [b'!'], "{at_once}");
        }
    }
}
