//! What is logged, through `tracing` and under the target `twitchwire`: every order and input at `trace`, requests and events at `debug`, what happens to
//! sessions, subscriptions and tokens at `info`, what the application should look at at `warn` and `error`.
//!
//! Each request, connection and subscription has a span of its own. Nothing that is logged holds a secret, a body or a
//! URL's query: orders and inputs print none.

use http::Request;
use tracing::{Level, Span, debug_span, info_span};
use twitchwire::auth::TokenNotice;
use twitchwire::eventsub::SubscriptionState;
use twitchwire::{HttpId, Input, Notice, Output, SessionNotice, SocketId};

/// What filters name.
const TARGET: &str = "twitchwire";

/// The span of an HTTP exchange, from before its connection until its answer is taken in.
pub fn request<B>(id: HttpId, request: &Request<B>) -> Span {
    debug_span!(target: TARGET, "request", ?id, method = %request.method(), path = request.uri().path())
}

/// The span of a connection, from before it is opened until its end is taken in.
pub fn shard(id: SocketId) -> Span {
    info_span!(target: TARGET, "shard", shard = id.shard, attempt = id.attempt)
}

pub(crate) fn input(input: &Input) {
    match input {
        Input::Response(_, response) => {
            tracing::debug!(target: TARGET, status = response.status().as_u16(), "answered")
        }
        Input::Failed(_, failure) => {
            tracing::debug!(target: TARGET, sent = ?failure.sent, cause = %failure.cause, "failed")
        }
        input => tracing::trace!(target: TARGET, ?input),
    }
}

pub(crate) fn order(order: &Output) {
    tracing::trace!(target: TARGET, ?order);
}

pub(crate) fn notice(notice: &Notice) {
    let _inside = match notice {
        Notice::Subscription(wish, _) => info_span!(target: TARGET, "subscription", ?wish).entered(),
        _ => Span::none().entered(),
    };
    match level(notice) {
        // Its words are for the user's eyes.
        _ if matches!(notice, Notice::Prompt(..)) => {
            tracing::info!(target: TARGET, "a login waits for the user")
        }
        Level::ERROR => tracing::error!(target: TARGET, "{notice}"),
        Level::WARN => tracing::warn!(target: TARGET, "{notice}"),
        Level::INFO => tracing::info!(target: TARGET, "{notice}"),
        _ => tracing::debug!(target: TARGET, "{notice}"),
    }
}

pub(crate) fn failure(error: &dyn std::error::Error) {
    tracing::error!(target: TARGET, "a handler failed: {error}");
}

pub(crate) fn recording(error: &std::io::Error) {
    tracing::error!(target: TARGET, "the recording ends here: {error}");
}

fn level(notice: &Notice) -> Level {
    match notice {
        Notice::Notification(_) => Level::DEBUG,
        Notice::Gap(_) | Notice::Unreadable { .. } | Notice::UnknownMessage { .. } | Notice::Revoked(_) => {
            Level::WARN
        }
        Notice::Subscription(_, state) => match state {
            SubscriptionState::Enabled { .. } | SubscriptionState::Interrupted => Level::INFO,
            _ => Level::WARN,
        },
        Notice::Session(SessionNotice::NotOpened { .. } | SessionNotice::Lost { .. }) => Level::WARN,
        Notice::Token(token) => match token {
            TokenNotice::Validated(_) | TokenNotice::Refreshed(_) | TokenNotice::Removed(_) => Level::INFO,
            TokenNotice::RefreshDelayed { .. } => Level::WARN,
            _ => Level::ERROR,
        },
        _ => Level::INFO,
    }
}
