//! One WebSocket: opens it, passes its frames on, closes it.

use super::driver::Tasks;
use super::websocket::WebSocket;
use super::{Runtime, by};
use crate::route::Target;
use bytes::Bytes;
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tungstenite::{Error, Message};
use twitchwire::{Cause, CauseKind, Closed, Input, LINGER, SecretUrl, SocketId, Time};

/// How many messages are passed on at once. Then those who listen have their turn; on a runtime of one thread that may be
/// after some sixty turns of this task, and their queues have to hold what comes until then.
const AT_ONCE: usize = 16;
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
                match socket.close().await {
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
        let rest = async { while poll_fn(|context| socket.poll_message(context)).await.is_ok() {} };
        let _ = by(runtime, runtime.now() + FAREWELL, rest).await;
    }
}

async fn open<R: Runtime>(
    tasks: &Tasks<R>,
    url: &SecretUrl,
    answer_by: Time,
) -> Result<WebSocket<R::Http>, Closed> {
    let url = url.expose();
    let unusable = || not_opened(CauseKind::Other, "the URL cannot be used");
    let host = url.host_str().ok_or_else(unusable)?;
    let to = Target::new(url.scheme(), host, url.port());
    let stream = tasks.connect(&to, answer_by).await.map_err(Closed::NotOpened)?;
    WebSocket::open(url.as_str(), tasks.runtime().http(stream)).await.map_err(|error| match error {
        Error::Http(response) => Closed::Refused(response.status()),
        // Its words may hold the URL, whose query may be a secret.
        Error::Url(_) | Error::HttpFormat(_) => unusable(),
        error => Closed::NotOpened(cause(&error)),
    })
}

/// Passes messages on until there are no more, and says why. Pings are answered by the WebSocket library meanwhile.
async fn read<R: Runtime>(tasks: &Tasks<R>, id: SocketId, socket: &mut WebSocket<R::Http>) -> Closed {
    loop {
        let Heard { inputs, ended } = poll_fn(|context| hear(id, socket, context)).await;
        let more = inputs.len() == AT_ONCE;
        tasks.inputs(inputs);
        if let Some(closed) = ended {
            return closed;
        }
        if more {
            give_way().await;
        }
    }
}

/// What a socket had to say at once.
struct Heard {
    inputs: Vec<Input>,
    ended: Option<Closed>,
}

/// Takes the messages that are there, at least one.
fn hear<S>(id: SocketId, socket: &mut WebSocket<S>, context: &mut Context<'_>) -> Poll<Heard>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin,
{
    let mut inputs = Vec::new();
    while inputs.len() < AT_ONCE {
        let ended = match socket.poll_message(context) {
            Poll::Pending if inputs.is_empty() => return Poll::Pending,
            Poll::Pending => break,
            Poll::Ready(Ok(Message::Text(text))) => {
                inputs.push(Input::Frame(id, Bytes::from(text)));
                continue;
            }
            Poll::Ready(Ok(Message::Close(Some(frame)))) => {
                Closed::Code(frame.code.into(), frame.reason.to_string())
            }
            // What a Close without a code means by the protocol.
            Poll::Ready(Ok(Message::Close(None))) => Closed::Code(1005, String::new()),
            Poll::Ready(Ok(_)) => {
                inputs.push(Input::Alive(id));
                continue;
            }
            Poll::Ready(Err(error)) => lost(&error),
        };
        return Poll::Ready(Heard { inputs, ended: Some(ended) });
    }
    Poll::Ready(Heard { inputs, ended: None })
}

/// Lets other tasks run once.
async fn give_way() {
    let mut given = false;
    poll_fn(|context| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
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
