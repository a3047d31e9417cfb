//! [`CodeFlow`]: the code that an authorisation brought, exchanged for tokens.
//!
//! A code works once. It is sent again only if it certainly did not arrive: not sent, or turned away by a 429.

use super::FlowStep;
use crate::auth::TokenError;
use crate::auth::wire::{self, Credentials, Said, Tokens};
use crate::backoff::{Backoff, Jitter};
use crate::client::{Failure, Sent};
use crate::time::Time;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use secrecy::SecretString;
use std::time::Duration;
use url::Url;

/// An exchange under way.
#[derive(Debug)]
pub struct CodeFlow {
    oauth: Url,
    credentials: Credentials,
    code: SecretString,
    redirect: Url,
    backoff: Backoff,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Sent; the answer is awaited.
    Sent,
    /// It did not arrive; when to send it again.
    Again {
        at: Time,
    },
    Over,
}

/// How often a code is sent at most.
const TRIES: u32 = 3;

impl CodeFlow {
    /// Sends the code. `redirect` is the URL that the authorisation named.
    pub fn start(
        oauth: Url,
        credentials: Credentials,
        code: SecretString,
        redirect: Url,
        jitter: Jitter,
    ) -> (Self, Request<Bytes>) {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(4), jitter);
        let flow = CodeFlow { oauth, credentials, code, redirect, backoff, state: State::Sent };
        let request = flow.request();
        (flow, request)
    }

    fn request(&self) -> Request<Bytes> {
        wire::authorization_code(&self.oauth, &self.credentials, &self.code, self.redirect.as_str())
    }

    /// The request that was to be sent is over.
    pub fn answered(&mut self, now: Time, result: Result<Response<Bytes>, Failure>) -> FlowStep {
        if !matches!(self.state, State::Sent) {
            return FlowStep::Wait;
        }
        self.state = State::Over;
        match result.as_ref().map(wire::read::<Tokens>) {
            Ok(Said::Yes(tokens)) => FlowStep::Done(tokens),
            Ok(Said::No(denial)) if denial.is_about_the_client() => {
                FlowStep::Failed(TokenError::Misconfigured(denial.to_string()))
            }
            Ok(Said::No(denial)) => FlowStep::Failed(TokenError::Denied(denial.to_string())),
            Ok(Said::Unclear(denial)) if denial.status == StatusCode::TOO_MANY_REQUESTS => {
                self.again_or(now, denial.to_string())
            }
            Ok(Said::Unclear(denial)) => FlowStep::Failed(TokenError::CodeSpent(denial.to_string())),
            Err(Failure { sent: Sent::No, cause }) => self.again_or(now, cause.to_string()),
            Err(Failure { sent: Sent::Unknown, cause }) => {
                FlowStep::Failed(TokenError::CodeSpent(cause.to_string()))
            }
        }
    }

    fn again_or(&mut self, now: Time, why: String) -> FlowStep {
        if self.backoff.tries() + 1 >= TRIES {
            return FlowStep::Failed(TokenError::Unreachable(why));
        }
        self.state = State::Again { at: self.backoff.next(now) };
        FlowStep::Wait
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Time) -> FlowStep {
        match self.state {
            State::Again { at } if now >= at => {
                self.state = State::Sent;
                FlowStep::Send(self.request())
            }
            _ => FlowStep::Wait,
        }
    }

    /// When [`CodeFlow::timeout`] wants to be called.
    pub fn deadline(&self) -> Option<Time> {
        match self.state {
            State::Again { at } => Some(at),
            State::Sent | State::Over => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Cause, CauseKind};

    fn start() -> CodeFlow {
        let credentials = Credentials { client_id: "id".into(), client_secret: Some("s3cret".into()) };
        let url = |url: &str| url.parse().unwrap();
        let (flow, request) = CodeFlow::start(
            url("https://id.example/oauth2"),
            credentials,
            "c0de".into(),
            url("http://localhost:4343/oauth/callback"),
            Jitter::new(1),
        );
        assert_eq!(
            &request.body()[..],
            b"client_id=id&client_secret=s3cret&grant_type=authorization_code&code=c0de\
              &redirect_uri=http%3A%2F%2Flocalhost%3A4343%2Foauth%2Fcallback"
        );
        flow
    }

    fn answer(status: u16, body: &'static str) -> Result<Response<Bytes>, Failure> {
        Ok(Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap())
    }

    fn failed(sent: Sent) -> Result<Response<Bytes>, Failure> {
        Err(Failure { sent, cause: Cause::new(CauseKind::Other, "broken pipe") })
    }

    #[test]
    fn a_code_that_was_not_sent_is_sent_again_three_times_in_all() {
        let (mut flow, mut now) = (start(), Time::ZERO);
        for _ in 0..2 {
            assert!(matches!(flow.answered(now, failed(Sent::No)), FlowStep::Wait));
            now = flow.deadline().unwrap();
            assert!(matches!(flow.timeout(now), FlowStep::Send(_)));
        }
        let FlowStep::Failed(error) = flow.answered(now, failed(Sent::No)) else { panic!("a fourth try") };
        assert!(matches!(error, TokenError::Unreachable(_)), "{error}");
        assert_eq!(flow.deadline(), None);
    }

    #[test]
    fn a_code_whose_fate_is_unknown_is_never_sent_again() {
        for unknown in [failed(Sent::Unknown), answer(500, "<html>"), answer(200, "{}")] {
            let mut flow = start();
            let FlowStep::Failed(error) = flow.answered(Time::ZERO, unknown) else { panic!("not over") };
            assert!(matches!(error, TokenError::CodeSpent(_)), "{error}");
            assert!(matches!(flow.timeout(Time::from_origin(Duration::from_secs(99))), FlowStep::Wait));
        }
    }

    #[test]
    fn a_refusal_keeps_twitchs_words_and_a_wrong_secret_says_so() {
        let refused = answer(400, r#"{"status":400,"message":"Invalid authorization code"}"#);
        let FlowStep::Failed(error) = start().answered(Time::ZERO, refused) else { panic!("not over") };
        assert_eq!(error, TokenError::Denied("400 Invalid authorization code".into()));
        let refused = answer(403, r#"{"status":403,"message":"invalid client secret"}"#);
        let FlowStep::Failed(error) = start().answered(Time::ZERO, refused) else { panic!("not over") };
        assert_eq!(error, TokenError::Misconfigured("403 invalid client secret".into()));
    }

    #[test]
    fn a_flow_prints_neither_code_nor_secret() {
        let mut flow = start();
        let step = flow.answered(Time::ZERO, answer(200, r#"{"access_token":"t0ken"}"#));
        let printed = format!("{flow:?} {step:?}");
        assert!(!printed.contains("c0de") && !printed.contains("s3cret") && !printed.contains("t0ken"));
    }
}
