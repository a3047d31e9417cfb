//! [`Prepared`]: a request ready to be sent as soon as a token and the rate limit allow.

use super::{Accepts, Endpoint, Invalid, Shape, Window};
use crate::auth::Scopes;
use crate::id::UserId;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::fmt;
use url::Url;

/// A request that is checked and written, and lacks only its token.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: Cow<'static, str>,
    pub(crate) query: String,
    pub(crate) body: Option<Bytes>,
    pub(crate) accepts: Accepts,
    pub(crate) scopes: Scopes,
    pub(crate) owner: Option<UserId>,
    pub(crate) windows: Vec<Window>,
    pub(crate) accepts_status: fn(StatusCode) -> bool,
}

impl Prepared {
    /// Checks a request against Twitch's limits and writes it.
    pub fn new<E: Endpoint>(request: &E) -> Result<Self, Invalid> {
        request.prepare()
    }

    /// What an endpoint is written as: its constant facts, with its query and body.
    pub(crate) fn written<E: Endpoint>(request: &E) -> Result<Self, Invalid> {
        request.check()?;
        Ok(Prepared {
            operation: E::META.operation,
            method: E::META.method.clone(),
            path: Cow::Borrowed(E::META.path),
            query: request.query()?,
            body: request.body()?.map(Bytes::from),
            accepts: E::META.accepts,
            scopes: E::META.scopes,
            owner: request.owner().cloned(),
            windows: request.windows(),
            accepts_status: E::Output::accepts,
        })
    }

    /// Whether an answer with this status is read; any other is a refusal.
    pub fn reads(&self, status: StatusCode) -> bool {
        status.is_success() || (self.accepts_status)(status)
    }

    /// Appends a query parameter; the pager's way to move on.
    pub(crate) fn append(&mut self, name: &str, value: &str) {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(name);
        self.query.push('=');
        self.query.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
    }

    /// Whether the query already has this parameter.
    pub(crate) fn has(&self, name: &str) -> bool {
        url::form_urlencoded::parse(self.query.as_bytes()).any(|(key, _)| key == name)
    }

    /// The HTTP request, authorised with `token` where the operation takes one.
    pub(crate) fn request(
        &self,
        base: &Url,
        client_id: &str,
        token: Option<&SecretString>,
    ) -> Request<Bytes> {
        let mut url = base.as_str().trim_end_matches('/').to_owned();
        url.push_str(&self.path);
        if !self.query.is_empty() {
            url.push('?');
            url.push_str(&self.query);
        }
        let mut request = Request::new(self.body.clone().unwrap_or_default());
        *request.method_mut() = self.method.clone();
        // Base, path and query are all percent-encoded ASCII by now; a failure leaves `/`, which Twitch answers 404.
        *request.uri_mut() = url.parse().unwrap_or_default();
        let headers = request.headers_mut();
        if let Some(token) = token {
            let value = format!("Bearer {}", token.expose_secret());
            if let Ok(mut value) = http::HeaderValue::try_from(value) {
                value.set_sensitive(true);
                headers.insert(header::AUTHORIZATION, value);
            }
            if let Ok(id) = http::HeaderValue::try_from(client_id) {
                headers.insert("client-id", id);
            }
        }
        headers.insert(header::ACCEPT, http::HeaderValue::from_static("application/json"));
        if self.body.is_some() {
            headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        }
        request
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prepared({} {})", self.method, self.path)
    }
}
