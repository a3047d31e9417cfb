//! One WebSocket: opens it, passes its frames on, closes it.

use crate::driver::Shared;
use crate::net::Io;
use bytes::Bytes;
use futures_core::Stream;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use twitchwire::{Cause, CauseKind, Closed, Input, LINGER, MAX_FRAME, SecretUrl, SocketId};

type Socket = WebSocketStream<Box<dyn Io>>;

/// What a socket reads at once. Thousands may be idle; most messages are smaller.
const READ_BUFFER: usize = 4 << 10;
/// How long the answer to the server's Close may take to be written.
const FAREWELL: Duration = Duration::from_secs(1);

/// A socket's whole life. `close` fires when the client wants it closed, or is dropped with the client.
pub(crate) async fn run(
    shared: Arc<Shared>,
    id: SocketId,
    url: SecretUrl,
    answer_by: Instant,
    mut close: oneshot::Receiver<()>,
) {
    // In a box, which an open socket does not carry along.
    let opening = Box::pin(open(&shared, &url));
    let opened = match or(timeout_at(answer_by, opening), &mut close).await {
        Some(Ok(opened)) => opened,
        Some(Err(_)) => Err(not_opened(CauseKind::Timeout, "no connection in time")),
        None => Err(not_opened(CauseKind::Other, "closed before it was open")),
    };
    let mut socket = match opened {
        Ok(socket) => socket,
        Err(closed) => return shared.socket_closed(id, closed),
    };
    let closed = match or(read(&shared, id, &mut socket), &mut close).await {
        Some(closed) => closed,
        None => {
            let farewell = async {
                let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
                match socket.close(Some(frame)).await {
                    Ok(()) => read(&shared, id, &mut socket).await,
                    Err(error) => lost(&error),
                }
            };
            let cause = Cause::new(CauseKind::Timeout, "no Close in answer to ours");
            timeout(LINGER, farewell).await.unwrap_or(Closed::Lost(cause))
        }
    };
    let said_goodbye = matches!(closed, Closed::Code(..));
    shared.socket_closed(id, closed);
    if said_goodbye {
        // Writes our part of the closing handshake, if it is still to be written, and waits for the server to hang up.
        let _ = timeout(FAREWELL, async { while let Some(Ok(_)) = next(&mut socket).await {} }).await;
    }
}

async fn open(shared: &Shared, url: &SecretUrl) -> Result<Socket, Closed> {
    let url = url.expose();
    let secure = url.scheme() == "wss";
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err(not_opened(CauseKind::Other, "the URL has no usable host"));
    };
    let stream = shared.net.connect(host, port, secure).await.map_err(Closed::NotOpened)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME));
    match client_async_with_config(url.as_str(), stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(Closed::Refused(response.status())),
        // Its words may hold the URL, whose query may be a secret.
        Err(Error::Url(_) | Error::HttpFormat(_)) => {
            Err(not_opened(CauseKind::Other, "the URL cannot be used"))
        }
        Err(error) => Err(Closed::NotOpened(cause(&error))),
    }
}

/// Passes messages on until there are no more, and says why.
async fn read(shared: &Arc<Shared>, id: SocketId, socket: &mut Socket) -> Closed {
    loop {
        match next(socket).await {
            Some(Ok(Message::Text(text))) => shared.input(Input::Frame(id, Bytes::from(text))),
            Some(Ok(Message::Close(Some(frame)))) => {
                return Closed::Code(frame.code.into(), frame.reason.to_string());
            }
            // What a Close without a code means by the protocol.
            Some(Ok(Message::Close(None))) => return Closed::Code(1005, String::new()),
            Some(Ok(_)) => shared.input(Input::Alive(id)),
            Some(Err(error)) => return lost(&error),
            None => return Closed::Lost(Cause::new(CauseKind::Other, "the connection ended")),
        }
    }
}

/// The next message. Pings are answered by the WebSocket library as it reads on.
async fn next(socket: &mut Socket) -> Option<Result<Message, Error>> {
    poll_fn(|context| Pin::new(&mut *socket).poll_next(context)).await
}

/// A future's output; none if the client wants the socket closed first.
async fn or<F: Future>(future: F, close: &mut oneshot::Receiver<()>) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| {
        if Pin::new(&mut *close).poll(context).is_ready() {
            return Poll::Ready(None);
        }
        future.as_mut().poll(context).map(Some)
    })
    .await
}

fn not_opened(kind: CauseKind, words: &str) -> Closed {
    Closed::NotOpened(Cause::new(kind, words))
}

fn lost(error: &Error) -> Closed {
    Closed::Lost(cause(error))
}

fn cause(error: &Error) -> Cause {
    let kind = match error {
        Error::Capacity(_) => CauseKind::TooLarge,
        _ => CauseKind::Other,
    };
    Cause::new(kind, error)
}
