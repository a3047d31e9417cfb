//! Authorisations in a browser: where a user is sent, what becomes of what they come back with, and the pages around it.

use super::call::What;
use super::{CallId, Client, Life, Login, Owner, Reply};
use crate::auth::TokenError;
use crate::auth::flow::{Authorize, Browser, CodeFlow, Flow, Redirected, ResponseType};
use crate::callback::{self, Asked, page};
use crate::record::{Back, Told};
use crate::time::Time;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use secrecy::SecretString;
use url::Url;

/// A visit to the callback page under way.
#[must_use = "the reply is read with Visit::finish"]
#[derive(Debug)]
pub struct Visit {
    id: CallId,
}

/// How many logins may be under way before visitors are told to come again.
const CROWD: usize = 256;

impl Visit {
    /// Names the visit in [`Output::Reply`](super::Output::Reply).
    pub fn id(&self) -> CallId {
        self.id
    }

    /// Reads the reply: what to answer the visitor.
    pub fn finish(self, reply: Reply) -> Response<Bytes> {
        match reply.what {
            What::Page(response) if reply.id == self.id => *response,
            What::Login(result) if reply.id == self.id => page::outcome(&result),
            _ => page::outcome(&Err(TokenError::Closed)),
        }
    }
}

impl Client {
    /// Where to send a user who is to authorise the application. They come back to
    /// [`Callback::redirect_url`](crate::Callback::redirect_url) within ten minutes, once: give what they bring to
    /// [`Client::redirected`], or let [`Client::visit`] do that. Whoever has the URL may use it.
    ///
    /// Fails without [`Config::state_key`](super::Config::state_key).
    pub fn authorize_url(&mut self, now: Time, asked: &Authorize) -> Result<Url, TokenError> {
        self.record(now, || Told::Authorize {
            scopes: asked.scopes.clone(),
            force_verify: asked.force_verify,
            implicit: asked.response_type == ResponseType::Token,
        });
        self.authorize(now, asked, Browser::Any).map(|(url, _)| url)
    }

    fn authorize(
        &mut self,
        now: Time,
        asked: &Authorize,
        browser: Browser,
    ) -> Result<(Url, String), TokenError> {
        let state = self.states.as_mut().ok_or(TokenError::NoStateKey)?.issue(now, browser);
        if let Some(tape) = &mut self.tape {
            tape.learn(&state);
        }
        let (oauth, redirect) = (&self.config.endpoints.oauth, self.config.callback.redirect_url());
        Ok((asked.url(oauth, &self.config.client_id, &redirect, &state), state))
    }

    /// Takes what a user came back with: checks its state, exchanges a code, proves the tokens and writes them down; the
    /// reply tells whose they are.
    pub fn redirected(&mut self, now: Time, back: Redirected) -> Login {
        self.record(now, || Told::Redirected(Back::of(&back)));
        let id = CallId(self.next_id());
        self.come_back(now, id, back, None);
        self.settle(now);
        Login { id }
    }

    fn come_back(&mut self, now: Time, id: CallId, back: Redirected, cookie: Option<&str>) {
        if let Err(error) = self.try_come_back(now, id, back, cookie) {
            self.reply(id, What::Login(Err(error)));
        }
    }

    fn try_come_back(
        &mut self,
        now: Time,
        id: CallId,
        back: Redirected,
        cookie: Option<&str>,
    ) -> Result<(), TokenError> {
        if self.life != Life::Running {
            return Err(TokenError::Closed);
        }
        let states = self.states.as_mut().ok_or(TokenError::NoStateKey)?;
        let (Redirected::Code { state, .. }
        | Redirected::Token { state, .. }
        | Redirected::Denied { state, .. }) = &back;
        states.take(now, state, cookie)?;
        match back {
            Redirected::Code { code, .. } => self.exchange_code(now, id, code),
            Redirected::Token { access, .. } => self.add(now, id, access, None),
            Redirected::Denied { error, description, .. } => {
                let words: String = format!("{error}: {description}").chars().take(500).collect();
                return Err(TokenError::Denied(words));
            }
        }
        Ok(())
    }

    fn exchange_code(&mut self, now: Time, id: CallId, code: SecretString) {
        let (flow, request) = CodeFlow::start(
            self.config.endpoints.oauth.clone(),
            self.credentials(),
            code,
            self.config.callback.redirect_url(),
            self.jitter.fork(),
        );
        self.logins.insert(id, Flow::Code(flow));
        self.exchange(now, Owner::Login(id), request, true, now + self.config.answer_timeout);
    }

    /// Answers a visitor of the [callback page](crate::callback). The reply comes when what the visit led to is known.
    pub fn visit(&mut self, now: Time, request: Request<Bytes>) -> Visit {
        self.record_visit(now, &request, Told::Visit);
        let id = CallId(self.next_id());
        if let Some(response) = self.visited(now, id, &request) {
            self.reply(id, What::Page(Box::new(response)));
        }
        self.settle(now);
        Visit { id }
    }

    /// The response, if it is there at once.
    fn visited(&mut self, now: Time, id: CallId, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        Some(match callback::read(&self.config.callback, request) {
            Asked::Page(page) => page,
            Asked::EventSub => self.receive_webhook(now, request),
            Asked::Authorize { scopes, force_verify } => {
                // Without a secret no code can be exchanged.
                let has_secret = self.config.client_secret.is_some();
                let response_type = if has_secret { ResponseType::Code } else { ResponseType::Token };
                let asked = Authorize { scopes, force_verify, response_type };
                match self.authorize(now, &asked, Browser::Same) {
                    Ok((url, state)) => callback::redirect(&self.config.callback, &url, &state),
                    Err(error) => page::outcome(&Err(error)),
                }
            }
            Asked::Redirected { .. } if self.logins.len() + self.adding.len() >= CROWD => page::plain(
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many visitors",
                "Many users are logging in just now. Come again in a minute.",
            ),
            Asked::Redirected { back, cookie } => {
                self.come_back(now, id, back, cookie.as_deref());
                return None;
            }
        })
    }
}
