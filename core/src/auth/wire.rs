//! The OAuth service on the wire: requests as `http::Request`, answers as what they say.

use super::Scope;
use crate::client::Failure;
use crate::id::{Login, UserId};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::time::Duration;
use url::Url;

/// The application, as it presents itself.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The client id.
    pub client_id: String,
    /// The client secret; none for a public client.
    pub client_secret: Option<SecretString>,
}

impl Credentials {
    fn form<'a>(&'a self, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut form = vec![("client_id", self.client_id.as_str())];
        if let Some(secret) = &self.client_secret {
            form.push(("client_secret", secret.expose_secret()));
        }
        form.extend_from_slice(fields);
        form
    }
}

/// Asks for an app token.
pub fn client_credentials(oauth: &Url, credentials: &Credentials) -> Request<Bytes> {
    post(oauth, "/token", &credentials.form(&[("grant_type", "client_credentials")]))
}

/// Asks for new tokens against a refresh token.
pub fn refresh(oauth: &Url, credentials: &Credentials, refresh_token: &SecretString) -> Request<Bytes> {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
    post(oauth, "/token", &credentials.form(&fields))
}

/// Asks for tokens against the code that an authorisation brought.
pub fn authorization_code(
    oauth: &Url,
    credentials: &Credentials,
    code: &SecretString,
    redirect: &str,
) -> Request<Bytes> {
    let fields =
        [("grant_type", "authorization_code"), ("code", code.expose_secret()), ("redirect_uri", redirect)];
    post(oauth, "/token", &credentials.form(&fields))
}

/// Asks for a code that a user enters on another device.
pub fn device(oauth: &Url, client_id: &str, scopes: &[Scope]) -> Request<Bytes> {
    post(oauth, "/device", &[("client_id", client_id), ("scopes", &spaced(scopes))])
}

/// Asks whether the user has entered the device's code.
pub fn device_token(
    oauth: &Url,
    credentials: &Credentials,
    code: &SecretString,
    scopes: &[Scope],
) -> Request<Bytes> {
    let scopes = spaced(scopes);
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", code.expose_secret()),
        ("scopes", &scopes),
    ];
    post(oauth, "/token", &credentials.form(&fields))
}

/// Withdraws an access token.
pub fn revoke(oauth: &Url, client_id: &str, token: &SecretString) -> Request<Bytes> {
    post(oauth, "/revoke", &[("client_id", client_id), ("token", token.expose_secret())])
}

/// Asks what an access token is worth.
pub fn validate(oauth: &Url, token: &SecretString) -> Request<Bytes> {
    let mut request = request(oauth, "/validate", Method::GET, Bytes::new());
    // A token with a character that no header may carry is sent as none, and refused by Twitch.
    if let Ok(mut value) = HeaderValue::try_from(format!("OAuth {}", token.expose_secret())) {
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    request
}

fn post(oauth: &Url, path: &str, form: &[(&str, &str)]) -> Request<Bytes> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = request(oauth, path, Method::POST, body.into());
    request
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    request
}

fn request(oauth: &Url, path: &str, method: Method, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() =
        format!("{}{path}", oauth.as_str().trim_end_matches('/')).parse().unwrap_or_default();
    request
}

fn spaced(scopes: &[Scope]) -> String {
    scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ")
}

/// New tokens.
#[derive(Debug, Deserialize)]
pub struct Tokens {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token; an app token has none.
    #[serde(default)]
    pub refresh_token: Option<SecretString>,
    /// For how many seconds the access token lasts; none or 0 where Twitch does not tell.
    #[serde(default)]
    pub expires_in: Option<u64>,
    /// What the user allowed.
    #[serde(default, deserialize_with = "scopes")]
    pub scope: Vec<Scope>,
}

/// What an access token is worth.
#[derive(Debug, Deserialize)]
pub struct Validation {
    /// The application it was given to.
    pub client_id: String,
    /// Whose it is; none for an app token.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// Their login.
    #[serde(default)]
    pub login: Option<Login>,
    /// What the user allowed.
    #[serde(default, deserialize_with = "scopes")]
    pub scopes: Vec<Scope>,
    /// For how many seconds it lasts; none or 0 where Twitch does not tell.
    #[serde(default)]
    pub expires_in: Option<u64>,
}

/// A device's code, to be entered by the user.
#[derive(Debug, Deserialize)]
pub struct DeviceCode {
    /// What the device polls with.
    pub device_code: SecretString,
    /// For how many seconds the code can be entered.
    pub expires_in: u64,
    /// How many seconds to wait between polls.
    #[serde(default)]
    pub interval: Option<u64>,
    /// What the user enters.
    pub user_code: String,
    /// Where.
    pub verification_uri: String,
}

/// An expiry in seconds as a duration; 0 means that Twitch did not tell.
pub(crate) fn lifetime(expires_in: Option<u64>) -> Option<Duration> {
    expires_in.filter(|seconds| *seconds > 0).map(Duration::from_secs)
}

/// A refusal of the OAuth service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The status.
    pub status: StatusCode,
    /// Twitch's words; empty where the answer was not Twitch's JSON.
    pub message: String,
}

impl Denial {
    /// Whether Twitch speaks of the application, not of a user.
    pub fn is_about_the_client(&self) -> bool {
        let message = self.message.to_ascii_lowercase();
        message.contains("invalid client")
            || message.contains("client secret")
            || message.contains("missing client")
    }

    /// Whether Twitch says that an access token is dead.
    pub fn is_a_dead_token(&self) -> bool {
        self.message.eq_ignore_ascii_case("invalid token")
    }

    /// Whether Twitch says that a refresh token is dead.
    pub fn is_a_dead_refresh_token(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED || self.message.eq_ignore_ascii_case("invalid refresh token")
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = if self.message.is_empty() { "no reason given" } else { &self.message };
        write!(f, "{} {words}", self.status.as_u16())
    }
}

/// What an answer of the OAuth service says.
#[derive(Debug)]
pub enum Said<T> {
    /// Yes.
    Yes(T),
    /// No.
    No(Denial),
    /// Nothing definite: a 5xx, a 429, or a body that does not have the documented form.
    Unclear(Denial),
}

/// Why an answer says nothing definite.
pub(crate) fn unclear<T>(said: &Result<Said<T>, &Failure>) -> Option<String> {
    match said {
        Ok(Said::Yes(_)) => None,
        Ok(Said::No(denial) | Said::Unclear(denial)) => Some(denial.to_string()),
        Err(failure) => Some(failure.cause.to_string()),
    }
}

/// Reads an answer.
pub fn read<T: for<'de> Deserialize<'de>>(response: &Response<Bytes>) -> Said<T> {
    let status = response.status();
    if status.is_success() {
        return match serde_json::from_slice(response.body()) {
            Ok(said) => Said::Yes(said),
            // The error's words may quote the body, which holds secrets.
            Err(_) => Said::Unclear(Denial { status, message: "the answer cannot be read".into() }),
        };
    }
    refused(response)
}

/// Reads the answer to a revocation, which has no body.
pub fn read_revoked(response: &Response<Bytes>) -> Said<()> {
    if response.status().is_success() { Said::Yes(()) } else { refused(response) }
}

fn refused<T>(response: &Response<Bytes>) -> Said<T> {
    #[derive(Deserialize, Default)]
    struct Words {
        #[serde(default)]
        message: String,
    }
    let status = response.status();
    let Words { message } = serde_json::from_slice(response.body()).unwrap_or_default();
    let denial = Denial { status, message };
    if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
        Said::No(denial)
    } else {
        Said::Unclear(denial)
    }
}

/// Reads scopes as Twitch writes them: a list, a string with spaces, null; absent is `serde(default)`.
fn scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Scope>, D::Error> {
    struct Scopes;
    impl<'de> Visitor<'de> for Scopes {
        type Value = Vec<Scope>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of scopes, a string of them, or null")
        }

        fn visit_str<E>(self, scopes: &str) -> Result<Vec<Scope>, E> {
            Ok(scopes.split_whitespace().map(Scope::from).collect())
        }

        fn visit_unit<E>(self) -> Result<Vec<Scope>, E> {
            Ok(vec![])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Scope>, A::Error> {
            let mut scopes = vec![];
            while let Some(scope) = list.next_element::<Scope>()? {
                if !scope.as_str().is_empty() {
                    scopes.push(scope);
                }
            }
            Ok(scopes)
        }
    }
    deserializer.deserialize_any(Scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response<Bytes> {
        Response::builder().status(status).body(body.to_owned().into()).unwrap()
    }

    #[test]
    fn scopes_come_in_four_forms() {
        for (scope, count) in [
            (r#","scope":["bits:read"]"#, 1),
            (r#","scope":"bits:read user:bot""#, 2),
            (r#","scope":null"#, 0),
            ("", 0),
        ] {
            let body = format!(r#"{{"access_token":"a","expires_in":0{scope}}}"#);
            let Said::Yes(tokens) = read::<Tokens>(&answer(200, &body)) else { panic!("{body}") };
            assert_eq!(tokens.scope.len(), count, "{body}");
            assert_eq!(lifetime(tokens.expires_in), None);
        }
    }

    #[test]
    fn a_refusal_keeps_twitchs_words_and_html_has_none() {
        let Said::No(denial) =
            read::<Tokens>(&answer(400, r#"{"status":400,"message":"Invalid refresh token"}"#))
        else {
            panic!("not a refusal")
        };
        assert!(denial.is_a_dead_refresh_token() && !denial.is_about_the_client());
        let Said::Unclear(denial) = read::<Tokens>(&answer(503, "<html>")) else { panic!("clear") };
        assert_eq!(denial.to_string(), "503 no reason given");
        let Said::No(denial) =
            read::<Tokens>(&answer(403, r#"{"status":403,"message":"invalid client secret"}"#))
        else {
            panic!("not a refusal")
        };
        assert!(denial.is_about_the_client());
    }

    #[test]
    fn a_refresh_is_a_form_that_names_no_secret_in_its_url() {
        let credentials = Credentials { client_id: "id".into(), client_secret: Some("s+1".into()) };
        let request = refresh(&"https://id.example/oauth2".parse().unwrap(), &credentials, &"r&1".into());
        assert_eq!(request.uri(), "https://id.example/oauth2/token");
        assert_eq!(
            &request.body()[..],
            b"client_id=id&client_secret=s%2B1&grant_type=refresh_token&refresh_token=r%261"
        );
    }
}
