//! Flows: how a user's tokens are obtained.
//!
//! | flow | for | starts with | ends with |
//! | --- | --- | --- | --- |
//! | device code | terminals, boxes without a browser | [`DeviceFlow::start`] | tokens |
//! | authorisation code | servers, which hold the client secret | [`Authorize::url`] | [`Redirected::Code`], then [`CodeFlow`] |
//! | implicit | clients without a secret | [`Authorize::url`] | [`Redirected::Token`] |
//!
//! The two in the middle of which a user visits Twitch carry a `state`, so that nobody can slip in an authorisation that
//! was not asked for here; `State` makes and checks it. The client runs all of them: [`Client::login`],
//! [`Client::authorize_url`] with [`Client::redirected`], and, for a browser, [`Client::visit`].
//!
//! [`Client::login`]: crate::Client::login
//! [`Client::authorize_url`]: crate::Client::authorize_url
//! [`Client::redirected`]: crate::Client::redirected
//! [`Client::visit`]: crate::Client::visit

mod authorize;
mod code;
mod device;
mod state;

pub use authorize::{Authorize, Redirected, ResponseType};
pub use code::CodeFlow;
pub use device::{DeviceFlow, Prompt};
pub(crate) use state::{Browser, LASTS, States};
pub use state::{StateError, StateKey};

use super::token::TokenError;
use super::wire::Tokens;
use crate::client::Failure;
use crate::time::Time;
use bytes::Bytes;
use http::{Request, Response};
use std::fmt;

/// What a flow wants next.
pub enum FlowStep {
    /// Send this; answer with `answered`.
    Send(Request<Bytes>),
    /// Show this, and call `timeout` when `deadline` comes.
    Prompt(Prompt),
    /// Nothing before the deadline.
    Wait,
    /// The user is done.
    Done(Tokens),
    /// It is over.
    Failed(TokenError),
}

impl fmt::Debug for FlowStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The body holds secrets.
            FlowStep::Send(request) => write!(f, "Send({} {})", request.method(), request.uri().path()),
            FlowStep::Prompt(prompt) => write!(f, "Prompt({prompt:?})"),
            FlowStep::Wait => f.write_str("Wait"),
            FlowStep::Done(tokens) => write!(f, "Done({tokens:?})"),
            FlowStep::Failed(error) => write!(f, "Failed({error:?})"),
        }
    }
}

/// A flow that takes several exchanges.
#[derive(Debug)]
pub(crate) enum Flow {
    Device(DeviceFlow),
    Code(CodeFlow),
}

impl Flow {
    pub(crate) fn answered(&mut self, now: Time, result: Result<Response<Bytes>, Failure>) -> FlowStep {
        match self {
            Flow::Device(flow) => flow.answered(now, result),
            Flow::Code(flow) => flow.answered(now, result),
        }
    }

    pub(crate) fn timeout(&mut self, now: Time) -> FlowStep {
        match self {
            Flow::Device(flow) => flow.timeout(now),
            Flow::Code(flow) => flow.timeout(now),
        }
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        match self {
            Flow::Device(flow) => flow.deadline(),
            Flow::Code(flow) => flow.deadline(),
        }
    }
}
