//! [`DeviceFlow`]: a token from a user who enters a code on another device.
//!
//! Ask for a code, show it, poll at the interval that Twitch names until the user is done. The client runs the flow
//! in [`Client::login`](crate::Client::login).

use super::FlowStep;
use crate::auth::wire::{self, Credentials, DeviceCode, Said, Tokens};
use crate::auth::{Scope, TokenError};
use crate::client::Failure;
use crate::time::Time;
use bytes::Bytes;
use http::{Request, Response};
use std::fmt;
use std::time::Duration;
use url::Url;

/// What to show the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Where to go.
    pub verification_uri: String,
    /// What to enter there.
    pub user_code: String,
    /// For how long.
    pub expires_in: Duration,
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "open {} and enter the code {}", self.verification_uri, self.user_code)
    }
}

/// A login under way.
#[derive(Debug)]
pub struct DeviceFlow {
    oauth: Url,
    credentials: Credentials,
    scopes: Vec<Scope>,
    state: State,
}

#[derive(Debug)]
enum State {
    Asking,
    Waiting { code: Poll, poll_at: Time },
    Polling { code: Poll },
    Over,
}

#[derive(Debug)]
struct Poll {
    code: DeviceCode,
    interval: Duration,
    ends: Time,
}

/// Twitch's interval where the answer names none, and what `slow_down` adds.
const INTERVAL: Duration = Duration::from_secs(5);

impl DeviceFlow {
    /// Starts a login for these scopes; the request asks for the code.
    pub fn start(oauth: Url, credentials: Credentials, scopes: Vec<Scope>) -> (Self, Request<Bytes>) {
        let request = wire::device(&oauth, &credentials.client_id, &scopes);
        (DeviceFlow { oauth, credentials, scopes, state: State::Asking }, request)
    }

    /// The request that was to be sent is over.
    pub fn answered(&mut self, now: Time, result: Result<Response<Bytes>, Failure>) -> FlowStep {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Asking => self.asked(now, result),
            State::Polling { code } => self.polled(now, code, result),
            other => {
                self.state = other;
                FlowStep::Wait
            }
        }
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Time) -> FlowStep {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Waiting { code, .. } if now >= code.ends => FlowStep::Failed(TokenError::CodeExpired),
            State::Waiting { code, poll_at } if now >= poll_at => {
                let request =
                    wire::device_token(&self.oauth, &self.credentials, &code.code.device_code, &self.scopes);
                self.state = State::Polling { code };
                FlowStep::Send(request)
            }
            other => {
                self.state = other;
                FlowStep::Wait
            }
        }
    }

    /// When [`DeviceFlow::timeout`] wants to be called.
    pub fn deadline(&self) -> Option<Time> {
        match &self.state {
            State::Waiting { poll_at, code } => Some(*poll_at.min(&code.ends)),
            _ => None,
        }
    }

    fn asked(&mut self, now: Time, result: Result<Response<Bytes>, Failure>) -> FlowStep {
        match result.as_ref().map(wire::read::<DeviceCode>) {
            Ok(Said::Yes(code)) => {
                let expires_in = Duration::from_secs(code.expires_in.min(86_400));
                let prompt = Prompt {
                    verification_uri: code.verification_uri.clone(),
                    user_code: code.user_code.clone(),
                    expires_in,
                };
                let interval = code.interval.map_or(INTERVAL, |s| Duration::from_secs(s.clamp(1, 60)));
                let code = Poll { code, interval, ends: now + expires_in };
                self.wait(now, code);
                FlowStep::Prompt(prompt)
            }
            Ok(Said::No(denial) | Said::Unclear(denial)) => {
                FlowStep::Failed(if denial.is_about_the_client() {
                    TokenError::Misconfigured(denial.to_string())
                } else {
                    TokenError::Denied(denial.to_string())
                })
            }
            Err(failure) => FlowStep::Failed(TokenError::Unreachable(failure.cause.to_string())),
        }
    }

    fn polled(&mut self, now: Time, mut code: Poll, result: Result<Response<Bytes>, Failure>) -> FlowStep {
        match result.as_ref().map(wire::read::<Tokens>) {
            Ok(Said::Yes(tokens)) => return FlowStep::Done(tokens),
            Ok(Said::No(denial)) => match denial.message.as_str() {
                "authorization_pending" => {}
                "slow_down" => code.interval += INTERVAL,
                _ if denial.is_about_the_client() => {
                    return FlowStep::Failed(TokenError::Misconfigured(denial.to_string()));
                }
                "invalid device code" | "expired_token" => return FlowStep::Failed(TokenError::CodeExpired),
                _ => return FlowStep::Failed(TokenError::Denied(denial.to_string())),
            },
            // A passing failure: the code is still good.
            Ok(Said::Unclear(_)) | Err(_) => {}
        }
        self.wait(now, code);
        FlowStep::Wait
    }

    fn wait(&mut self, now: Time, code: Poll) {
        let poll_at = now + code.interval;
        self.state = State::Waiting { code, poll_at };
    }
}
