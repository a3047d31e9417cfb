//! Requests as the world reads them: path, parameters, headers, body.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::Value;

/// Names and values in their order, from a query or a form.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn read(text: &[u8]) -> Self {
        Params(form_urlencoded::parse(text).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What becomes of a cursor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursors {
    Good,
    Refused,
    /// The page behind one ends with the same one.
    Repeated,
}

/// One request.
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Params,
    pub(super) body: Bytes,
    pub(super) authorization: Option<String>,
    pub(super) client_id: Option<String>,
    /// Makes each page's cursor another one, and each oddness of pages a matter of chance.
    pub(super) salt: u64,
    pub(super) odd_page: bool,
    pub(super) cursors: Cursors,
}

impl Ask {
    pub(super) fn read(request: &Request<Bytes>) -> Self {
        let header = |name| request.headers().get(name)?.to_str().ok().map(str::to_owned);
        Ask {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: Params::read(request.uri().query().unwrap_or_default().as_bytes()),
            body: request.body().clone(),
            authorization: header("authorization"),
            client_id: header("client-id"),
            salt: 0,
            odd_page: false,
            cursors: Cursors::Good,
        }
    }

    /// The parameters of an OAuth request: Twitch takes them from the form as well as from the query.
    pub(super) fn form(&self) -> Params {
        let mut all = Params::read(&self.body);
        all.0.extend(self.query.0.iter().cloned());
        all
    }

    /// The token behind the given word or behind `Bearer`.
    pub(super) fn token(&self, word: &str) -> Option<&str> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        (scheme.eq_ignore_ascii_case(word) || scheme.eq_ignore_ascii_case("bearer")).then_some(token)
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Path and query of a URL with or without scheme and host.
pub(super) fn path_and_query(url: &str) -> (String, Params) {
    let rest =
        url.split_once("://").map_or(url, |(_, rest)| rest.find(['/', '?']).map_or("", |at| &rest[at..]));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (path.to_owned(), Params::read(query.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_with_and_without_a_host() {
        for url in ["wss://eventsub.example:443/ws?challenge=a%20b&id=1", "/ws?challenge=a%20b&id=1"] {
            let (path, query) = path_and_query(url);
            assert_eq!(path, "/ws");
            assert_eq!(query.get("challenge"), Some("a b"));
        }
    }
}
