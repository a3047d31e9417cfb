//! Answers: a status with JSON, with HTML, with other text or with nothing.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

/// What a request is answered with, before headers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Empty,
    Json(Value),
    Html(&'static str),
    /// Text of this content type.
    Text(&'static str, String),
    /// A redirect to this place.
    Location(String),
}

/// Both sides are answers: `?` leaves with a refusal.
pub(super) type Outcome = Result<Answer, Answer>;

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Answer::json(200, body)
    }

    pub(super) fn json(status: u16, body: Value) -> Self {
        Answer { status, body: Body::Json(body) }
    }

    pub(super) fn text(content_type: &'static str, text: String) -> Self {
        Answer { status: 200, body: Body::Text(content_type, text) }
    }

    pub(super) fn empty(status: u16) -> Self {
        Answer { status, body: Body::Empty }
    }

    pub(super) fn redirect(to: String) -> Self {
        Answer { status: 302, body: Body::Location(to) }
    }

    /// An error in Helix's shape.
    pub(super) fn refuse(status: u16, message: &str) -> Self {
        let error =
            StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
        Answer::json(status, json!({"error": error, "status": status, "message": message}))
    }

    /// An error in the shape of `/token` and its kin, which has no `error`.
    pub(super) fn refuse_oauth(status: u16, message: &str) -> Self {
        Answer::json(status, json!({"status": status, "message": message}))
    }

    /// What a broken proxy in front of Twitch says.
    pub(super) fn broken(status: u16) -> Self {
        Answer { status, body: Body::Html("<html><body><h1>Something is wrong</h1></body></html>") }
    }

    /// Why not, in Twitch's words, where this is a refusal.
    pub(super) fn refusal(&self) -> Option<String> {
        let said = match &self.body {
            Body::Json(body) => body["message"].as_str().filter(|message| !message.is_empty()),
            _ => None,
        };
        let said = said.map_or_else(|| self.status.to_string(), str::to_owned);
        (self.status >= 400).then_some(said)
    }

    /// With null in place of an empty list and of a `pagination` that says nothing.
    pub(super) fn with_nulls(mut self) -> Self {
        if let Body::Json(body) = &mut self.body {
            empty_to_null(body);
            if body["pagination"] == json!({}) {
                body["pagination"] = Value::Null;
            }
        }
        self
    }

    /// Without `data` and `pagination` that say nothing.
    pub(super) fn without_empty(mut self) -> Self {
        if let Body::Json(Value::Object(body)) = &mut self.body {
            body.retain(|name, value| match name.as_str() {
                "data" => *value != json!([]),
                "pagination" => *value != json!({}),
                _ => true,
            });
        }
        self
    }

    pub(super) fn into_response(
        self,
        wall: Timestamp,
        headers: Vec<(&'static str, String)>,
    ) -> Response<Bytes> {
        let (kind, location, bytes) = match self.body {
            Body::Empty => (None, None, Bytes::new()),
            Body::Json(value) => (Some("application/json; charset=utf-8"), None, value.to_string().into()),
            Body::Html(text) => (Some("text/html"), None, Bytes::from_static(text.as_bytes())),
            Body::Text(kind, text) => (Some(kind), None, text.into()),
            Body::Location(to) => (None, Some(to), Bytes::new()),
        };
        let mut response = Response::new(bytes);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let date = wall.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let always =
            [("content-type", kind.map(str::to_owned)), ("location", location), ("date", Some(date))];
        let always = always.into_iter().filter_map(|(name, value)| Some((name, value?)));
        for (name, value) in always.chain(headers) {
            // Values are the world's own and plain; one that HTTP cannot carry is left out.
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// Each empty list becomes null.
pub(super) fn empty_to_null(said: &mut Value) {
    match said {
        Value::Array(items) if items.is_empty() => *said = Value::Null,
        Value::Array(items) => items.iter_mut().for_each(empty_to_null),
        Value::Object(members) => members.values_mut().for_each(empty_to_null),
        _ => {}
    }
}
