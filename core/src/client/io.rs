//! The boundary: [`Input`] is all that can happen to the client, [`Output`] all that it can ask for.
//!
//! Both are owned, so that a driver may queue them across threads. Their `Debug` prints no body, no query, no secret.

use super::{Notice, Reply};
use crate::auth::store::{StoreError, StoreOp, Stored};
use crate::time::Time;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u64);
    )*};
}

counters! {
    /// One HTTP exchange. Never reused.
    HttpId,
    /// One store operation. Never reused.
    StoreId,
    /// One call of the application. Never reused.
    CallId,
    /// What the application wants to hear. It outlives every reconnect; Twitch's subscription id does not.
    WishId,
}

/// One attempt to connect a shard. The id is the route; a stale attempt matches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId {
    /// Which shard.
    pub shard: u32,
    /// Which of its connections, counted from 1.
    pub attempt: u32,
}

/// The longest response body a driver accepts, in bytes; a longer one is [`CauseKind::TooLarge`].
pub const MAX_BODY: usize = 8 << 20;

/// The longest WebSocket message a driver accepts, in bytes; a longer one closes the socket as [`CauseKind::TooLarge`].
pub const MAX_FRAME: usize = 1 << 20;

/// What happened.
pub enum Input {
    /// The wall clock: at start, every minute, and after a long sleep, since monotonic clocks stand still in suspend.
    Wall(jiff::Timestamp),
    /// An HTTP response, whatever its status.
    Response(HttpId, Response<Bytes>),
    /// An HTTP exchange that gave no response.
    Failed(HttpId, Failure),
    /// One text message.
    Frame(SocketId, Bytes),
    /// A ping, pong or binary message: a sign of life.
    Alive(SocketId),
    /// The socket is gone, or never was.
    Closed(SocketId, Closed),
    /// A store operation is done.
    Stored(StoreId, Result<Stored, StoreError>),
    /// The time that [`Client::poll_timeout`](crate::Client::poll_timeout) named has come.
    Timeout,
}

/// Why an HTTP exchange gave no response.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Whether Twitch may have seen the request.
    pub sent: Sent,
    /// What went wrong.
    pub cause: Cause,
}

/// Whether Twitch may have seen a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Certainly not: no byte of it was written.
    No,
    /// Perhaps.
    Unknown,
}

/// What went wrong below the protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {words}")]
pub struct Cause {
    /// Its kind.
    pub kind: CauseKind,
    /// The words of whatever noticed it; never a URL's query, never a secret.
    pub words: String,
}

impl Cause {
    /// Puts a cause together.
    pub fn new(kind: CauseKind, words: impl fmt::Display) -> Self {
        Cause { kind, words: words.to_string() }
    }
}

/// The kinds of [`Cause`], each with its own remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CauseKind {
    /// The host name did not resolve.
    #[error("cannot resolve the host; check the network and DNS")]
    Dns,
    /// The host did not accept a connection.
    #[error("cannot connect; check the network, firewall and proxy")]
    Connect,
    /// TLS failed.
    #[error("TLS failed; check the clock and the trusted certificates")]
    Tls,
    /// Nothing came in time.
    #[error("timed out")]
    Timeout,
    /// More came than the client accepts.
    #[error("the answer is too large")]
    TooLarge,
    /// Anything else.
    #[error("connection failed")]
    Other,
}

/// How a socket ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Closed {
    /// No connection came about.
    NotOpened(Cause),
    /// The server answered the handshake with this status.
    Refused(StatusCode),
    /// The server closed with a code and a reason.
    Code(u16, String),
    /// The connection broke.
    Lost(Cause),
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Closed::NotOpened(cause) => write!(f, "not opened: {cause}"),
            Closed::Refused(status) => write!(f, "refused with status {}", status.as_u16()),
            Closed::Code(code, reason) => write!(f, "closed with {code} {reason}"),
            Closed::Lost(cause) => write!(f, "lost: {cause}"),
        }
    }
}

/// What the client asks of its driver. Exhaustive on purpose: a driver that ignores a variant is a bug.
#[must_use]
pub enum Output {
    /// Send a request; answer with [`Input::Response`] or [`Input::Failed`].
    Http {
        /// Names the exchange.
        id: HttpId,
        /// The request, complete.
        request: Request<Bytes>,
        /// Whether it must not go out on a connection that was used before: a stale one would leave open whether a
        /// single-use token was spent.
        fresh_connection: bool,
        /// When to give up. The client itself gives up then and ignores a later answer.
        answer_by: Time,
    },
    /// Open a WebSocket; answer with frames, or [`Input::Closed`].
    Connect {
        /// Names the socket.
        id: SocketId,
        /// Where to; its query may be a secret.
        url: SecretUrl,
        /// When to give up.
        answer_by: Time,
    },
    /// Close a socket: send a Close frame, pass on what still arrives until the peer's own Close (at most
    /// [`LINGER`]), then answer with [`Input::Closed`]: its code, or [`CauseKind::Timeout`] if it never came.
    Close(SocketId),
    /// Use the token store; answer with [`Input::Stored`].
    Store(StoreId, StoreOp),
    /// A call is done: for who waits for it.
    Reply(super::CallId, Reply),
    /// Something the application may want to know.
    Notice(Notice),
}

/// How long a socket may linger between our Close frame and the peer's.
pub const LINGER: std::time::Duration = std::time::Duration::from_secs(5);

/// A URL whose query may be a secret: printing shows scheme, host and path only.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(pub(crate) Url);

impl SecretUrl {
    /// The whole URL, to connect to.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.host_str().unwrap_or("?");
        write!(f, "{}://{host}{}", self.0.scheme(), self.0.path())
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Wall(at) => write!(f, "Wall({at})"),
            Input::Response(id, response) => {
                write!(f, "Response({id:?}, {}, {} bytes)", response.status().as_u16(), response.body().len())
            }
            Input::Failed(id, failure) => write!(f, "Failed({id:?}, {:?}, {})", failure.sent, failure.cause),
            Input::Frame(id, frame) => write!(f, "Frame({id:?}, {} bytes)", frame.len()),
            Input::Alive(id) => write!(f, "Alive({id:?})"),
            Input::Closed(id, closed) => write!(f, "Closed({id:?}, {closed})"),
            Input::Stored(id, Ok(Stored::Loaded(records))) => {
                write!(f, "Stored({id:?}, {} records)", records.len())
            }
            Input::Stored(id, Ok(Stored::Swapped(revision))) => write!(f, "Stored({id:?}, {revision:?})"),
            Input::Stored(id, Err(error)) => write!(f, "Stored({id:?}, {error})"),
            Input::Timeout => f.write_str("Timeout"),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Output::Http { id, request, answer_by, .. } => {
                write!(f, "Http({id:?}, {} {}, by {answer_by:?})", request.method(), request.uri().path())
            }
            Output::Connect { id, url, answer_by } => write!(f, "Connect({id:?}, {url:?}, by {answer_by:?})"),
            Output::Close(id) => write!(f, "Close({id:?})"),
            Output::Store(id, StoreOp::Load) => write!(f, "Store({id:?}, Load)"),
            Output::Store(id, StoreOp::Swap { user, expected, record }) => {
                let what = if record.is_some() { "put" } else { "remove" };
                write!(f, "Store({id:?}, {what} {user} at {expected:?})")
            }
            Output::Reply(id, reply) => write!(f, "Reply({id:?}, {reply:?})"),
            Output::Notice(notice) => write!(f, "Notice({notice:?})"),
        }
    }
}
