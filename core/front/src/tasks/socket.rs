//! One WebSocket: opens it, passes its frames on, closes it.

use super::driver::Tasks;
use super::{Runtime, by};
use crate::route::Target;
use bytes::Bytes;
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use futures_util::{SinkExt, StreamExt};
use http::Uri;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Error, Message};
use twitchwire::{Cause, CauseKind, Closed, Input, LINGER, MAX_FRAME, SecretUrl, SocketId, Time};

/// What a socket reads at once. Thousands may be idle; most messages are smaller.
const READ_BUFFER: usize = 4 << 10;
/// How long the answer to the server's Close may take to be written.
const FAREWELL: Duration = Duration::from_secs(1);

/// A socket's whole life. `close` fires when the client wants it closed, or is dropped with the client.
pub(super) async fn run<R: Runtime>(
    tasks: Tasks<R>,
    id: SocketId,
    url: SecretUrl,
    answer_by: Time,
    mut close: oneshot::Receiver<()>,
) {
    let runtime = tasks.runtime();
    // In a box, which an open socket does not carry along.
    let opening = Box::pin(open(&tasks, &url, answer_by));
    let opened = match or(by(runtime, answer_by, opening), &mut close).await {
        Some(Some(opened)) => opened,
        Some(None) => Err(not_opened(CauseKind::Timeout, "no connection in time")),
        None => Err(not_opened(CauseKind::Other, "closed before it was open")),
    };
    let mut socket = match opened {
        Ok(socket) => socket,
        Err(closed) => return tasks.socket_closed(id, closed),
    };
    let closed = match or(read(&tasks, id, &mut socket), &mut close).await {
        Some(closed) => closed,
        None => {
            let farewell = async {
                let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
                match socket.send(Message::Close(Some(frame))).await {
                    Ok(()) => read(&tasks, id, &mut socket).await,
                    Err(error) => lost(&error),
                }
            };
            let cause = Cause::new(CauseKind::Timeout, "no Close in answer to ours");
            by(runtime, runtime.now() + LINGER, farewell).await.unwrap_or(Closed::Lost(cause))
        }
    };
    let said_goodbye = matches!(closed, Closed::Code(..));
    tasks.socket_closed(id, closed);
    if said_goodbye {
        // Writes our part of the closing handshake, if it is still to be written, and waits for the server to hang up.
        let rest = async { while let Some(Ok(_)) = socket.next().await {} };
        let _ = by(runtime, runtime.now() + FAREWELL, rest).await;
    }
}

async fn open<R: Runtime>(tasks: &Tasks<R>, url: &SecretUrl, answer_by: Time) -> Result<R::Socket, Closed> {
    let url = url.expose();
    let unusable = || not_opened(CauseKind::Other, "the URL cannot be used");
    let host = url.host_str().ok_or_else(unusable)?;
    let to = Target::new(url.scheme(), host, url.port());
    let uri: Uri = url.as_str().parse().map_err(|_| unusable())?;
    let stream = tasks.connect(&to, answer_by).await.map_err(Closed::NotOpened)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(MAX_FRAME))
        .max_frame_size(Some(MAX_FRAME));
    tasks.runtime().websocket(uri, stream, config).await.map_err(|error| match error {
        Error::Http(response) => Closed::Refused(response.status()),
        // Its words may hold the URL, whose query may be a secret.
        Error::Url(_) | Error::HttpFormat(_) => unusable(),
        error => Closed::NotOpened(cause(&error)),
    })
}

/// Passes messages on until there are no more, and says why. Pings are answered by the WebSocket library meanwhile.
async fn read<R: Runtime>(tasks: &Tasks<R>, id: SocketId, socket: &mut R::Socket) -> Closed {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => tasks.input(Input::Frame(id, Bytes::from(text))),
            Some(Ok(Message::Close(Some(frame)))) => {
                return Closed::Code(frame.code.into(), frame.reason.to_string());
            }
            // What a Close without a code means by the protocol.
            Some(Ok(Message::Close(None))) => return Closed::Code(1005, String::new()),
            Some(Ok(_)) => tasks.input(Input::Alive(id)),
            Some(Err(error)) => return lost(&error),
            None => return Closed::Lost(Cause::new(CauseKind::Other, "the connection ended")),
        }
    }
}

/// A future's output; none if the client wants the socket closed first.
async fn or<F: Future>(future: F, close: &mut oneshot::Receiver<()>) -> Option<F::Output> {
    match select(close, pin!(future)).await {
        Either::Left(_) => None,
        Either::Right((output, _)) => Some(output),
    }
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
