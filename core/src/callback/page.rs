//! Pages: plain, escaped HTML that says what happened, with headers that let a browser do nothing else with it.

use super::set;
use crate::auth::{Identity, TokenError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};

/// Hands the fragment, which a browser keeps to itself, over to the server, and takes it out of the address bar.
const HAND_OVER: &str = "const f=document.forms[0];f.fragment.value=location.hash.slice(1);\
    history.replaceState(null,'',location.pathname);if(f.fragment.value)f.submit()";

/// A page with a title and a sentence.
pub(crate) fn plain(status: StatusCode, title: &str, text: &str) -> Response<Bytes> {
    page(status, title, &format!("<p>{}</p>", escape(text)), "")
}

/// The page that reads the fragment of an implicit authorisation.
pub(crate) fn fragment() -> Response<Bytes> {
    let body = format!(
        "<p>If nothing happens here, Twitch sent no answer, or scripts are switched off.</p>\
         <form method=\"post\"><input type=\"hidden\" name=\"fragment\"></form><script>{HAND_OVER}</script>"
    );
    let hash = STANDARD.encode(Sha256::digest(HAND_OVER));
    page(StatusCode::OK, "One moment", &body, &format!("; script-src 'sha256-{hash}'; form-action 'self'"))
}

/// The page at the end of an authorisation.
pub(crate) fn outcome(result: &Result<Identity, TokenError>) -> Response<Bytes> {
    let error = match result {
        Ok(Identity { login, user, .. }) => {
            let text =
                format!("{login} (user {user}) has authorised this application. You can close this page.");
            return plain(StatusCode::OK, "Authorised", &text);
        }
        Err(error) => error,
    };
    let status = match error {
        TokenError::Denied(_) => StatusCode::FORBIDDEN,
        TokenError::Misconfigured(_) | TokenError::NoStateKey => StatusCode::INTERNAL_SERVER_ERROR,
        TokenError::Unreachable(_) | TokenError::CodeSpent(_) => StatusCode::BAD_GATEWAY,
        TokenError::Replaced => StatusCode::CONFLICT,
        TokenError::Closed | TokenError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    plain(status, "Not authorised", &error.to_string())
}

fn page(status: StatusCode, title: &str, body: &str, allowed: &str) -> Response<Bytes> {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1>{body}</body></html>\n"
    );
    let mut response = Response::new(Bytes::from(html));
    *response.status_mut() = status;
    let policy = format!("default-src 'none'; base-uri 'none'; frame-ancestors 'none'{allowed}");
    set(&mut response, header::CONTENT_SECURITY_POLICY, &policy);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            char => escaped.push(char),
        }
    }
    escaped
}
