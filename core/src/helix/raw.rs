//! [`Raw`]: any operation of Helix as a value, for those that this version does not know.

use super::{Accepts, Endpoint, Invalid, Meta, Prepared, Rule, Shape};
use crate::auth::Scopes;
use crate::id::UserId;
use http::Method;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// Any operation, with the caller's own types: it takes the same tokens and keeps to the same limits as all others, and
/// fails with the same errors. `S` is the shape of its answer; [`Answer`](super::Answer) leaves it unread.
///
/// What is sent again and again is better an [`Endpoint`] of its own, which any struct that serialises to its query
/// can implement.
///
/// ```
/// use serde::Deserialize;
/// use twitchwire::helix::{List, Prepared, Raw};
///
/// #[derive(Deserialize)]
/// struct Lantern {
///     id: String,
/// }
///
/// let lanterns = Raw::<List<Lantern>>::get("/chat/lanterns").param("broadcaster_id", "1001").user("1001");
/// # Prepared::new(&lanterns).unwrap();
/// ```
pub struct Raw<S> {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    accepts: Accepts,
    scopes: Scopes,
    owner: Option<UserId>,
    shape: PhantomData<fn() -> S>,
}

impl<S: Shape> Raw<S> {
    /// A request to a path below Helix's base address, such as `/users`. It takes [any](Accepts::Any) token.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Raw {
            method,
            path: path.into(),
            query: vec![],
            body: None,
            accepts: Accepts::Any,
            scopes: Scopes::NONE,
            owner: None,
            shape: PhantomData,
        }
    }

    /// Reads. Only a read is sent again where an answer was lost.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// Adds a parameter to the query; more than once for a list.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sends this as the JSON body.
    pub fn body(mut self, body: &impl Serialize) -> Result<Self, Invalid> {
        self.body = Some(serde_json::to_vec(body).map_err(Invalid::unwritable)?);
        Ok(self)
    }

    /// Which tokens Twitch accepts.
    #[must_use]
    pub fn accepts(mut self, accepts: Accepts) -> Self {
        self.accepts = accepts;
        self
    }

    /// Takes this user's token.
    #[must_use]
    pub fn user(mut self, user: impl Into<UserId>) -> Self {
        self.owner = Some(user.into());
        self.accepts(Accepts::User)
    }

    /// The scopes without which a user's token is not even tried.
    #[must_use]
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        self.scopes = scopes;
        self
    }

    /// A path leads nowhere but to Helix, whoever wrote it: plain words between single slashes.
    fn stays(&self) -> Result<(), Invalid> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let word = |word: &str| !word.is_empty() && !word.starts_with('.') && word.chars().all(plain);
        match self.path.strip_prefix('/') {
            Some(words) if words.split('/').all(word) => Ok(()),
            _ => Err(Invalid::new("path", Rule::Other("must be words between slashes, such as /chat/color"))),
        }
    }
}

/// Its query.
impl<S> Serialize for Raw<S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        self.query.serialize(serializer)
    }
}

impl<S: Shape> Endpoint for Raw<S> {
    type Output = S;

    /// What errors call it. The rest is each request's own.
    const META: &'static Meta = &Meta {
        operation: "raw",
        method: Method::GET,
        path: "",
        accepts: Accepts::Any,
        scopes: Scopes::NONE,
        app_scopes: Scopes::NONE,
        optional: &[],
        page: None,
        both_ways: false,
    };

    fn owner(&self) -> Option<&UserId> {
        self.owner.as_ref()
    }

    fn body(&self) -> Result<Option<Vec<u8>>, Invalid> {
        Ok(self.body.clone())
    }

    fn check(&self) -> Result<(), Invalid> {
        if self.method == Method::CONNECT {
            return Err(Invalid::new("method", Rule::Other("does not go with a path")));
        }
        self.stays()
    }

    fn prepare(&self) -> Result<Prepared, Invalid> {
        let mut prepared = Prepared::written(self)?;
        prepared.method = self.method.clone();
        prepared.path = Cow::Owned(self.path.clone());
        prepared.accepts = self.accepts;
        prepared.scopes = self.scopes;
        Ok(prepared)
    }
}

impl<S> Clone for Raw<S> {
    fn clone(&self) -> Self {
        Raw {
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            body: self.body.clone(),
            owner: self.owner.clone(),
            ..*self
        }
    }
}

impl<S> fmt::Debug for Raw<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} {})", self.method, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::{Answer, Page, Pager};
    use serde_json::json;

    fn sent<S: Shape>(request: &Raw<S>) -> http::Request<bytes::Bytes> {
        let base = "https://helix.example/helix".parse().unwrap();
        Prepared::new(request).unwrap().request(&base, "client-id", None)
    }

    #[test]
    fn any_method_path_query_and_body_are_sent() {
        let request = sent(&Raw::<Answer>::get("/things"));
        assert_eq!(
            (request.method(), request.uri().to_string().as_str()),
            (&Method::GET, "https://helix.example/helix/things",)
        );
        let request = Raw::<Answer>::new(Method::PATCH, "/chat/lanterns/light_1.2")
            .param("id", "a&b=c/../é")
            .param("id", "")
            .body(&json!({"lit": true}))
            .unwrap();
        let request = sent(&request);
        assert_eq!(request.method(), Method::PATCH);
        assert_eq!(
            request.uri(),
            "https://helix.example/helix/chat/lanterns/light_1.2?id=a%26b%3Dc%2F..%2F%C3%A9&id="
        );
        assert_eq!(&request.body()[..], br#"{"lit":true}"#);
        assert_eq!(request.headers()["content-type"], "application/json");
    }

    #[test]
    fn no_path_leads_out_of_helix() {
        for path in [
            "",
            "/",
            "users",
            "//other.example/users",
            "/users/",
            "/a//b",
            "/../oauth2/token",
            "/a/..",
            "/./a",
            "/a?b=c",
            "/a#b",
            "/%2e%2e/a",
            "/a\\b",
            "@other.example/",
            ".other.example",
            ":80/",
            "/a b",
            "/a\r\nhost: b",
            "/é",
        ] {
            let refused = Prepared::new(&Raw::<Answer>::get(path)).unwrap_err();
            assert_eq!(refused.field, "path", "{path:?}");
        }
        assert_eq!(Prepared::new(&Raw::<Answer>::new(Method::CONNECT, "/a")).unwrap_err().field, "method");
    }

    #[test]
    fn a_raw_request_says_whose_token_it_takes_and_which_scopes() {
        let request =
            Raw::<()>::new(Method::POST, "/a").user("1001").scopes(crate::auth::scopes!(any(BitsRead)));
        let prepared = Prepared::new(&request).unwrap();
        assert_eq!(prepared.accepts, Accepts::User);
        assert_eq!(prepared.owner, Some("1001".into()));
        assert_eq!(prepared.scopes.0, crate::auth::scopes!(any(BitsRead)).0);
        assert_eq!(Prepared::new(&Raw::<()>::get("/a").accepts(Accepts::App)).unwrap().accepts, Accepts::App);
    }

    #[test]
    fn pages_of_a_raw_request_can_be_walked() {
        let mut pager = Pager::new(&Raw::<Page<u8>>::get("/a").param("first", "2")).unwrap();
        let page = json!({"data": [1, 2], "pagination": {"cursor": "next"}}).to_string();
        let answer = Answer {
            operation: "raw",
            status: http::StatusCode::OK,
            headers: Default::default(),
            body: page.into(),
        };
        assert_eq!(pager.accept_items(Ok(answer)).unwrap(), [1, 2]);
        let base = "https://helix.example/helix".parse().unwrap();
        let next = pager.next().unwrap().request(&base, "client-id", None);
        assert_eq!(next.uri(), "https://helix.example/helix/a?first=2&after=next");
    }

    #[test]
    fn a_raw_request_shows_no_query_and_no_body() {
        let request = Raw::<()>::get("/a").param("key", "secret").body(&"secret").unwrap();
        assert_eq!(
            format!("{request:?} {:?}", Prepared::new(&request).unwrap()),
            "Raw(GET /a) Prepared(GET /a)"
        );
    }
}
