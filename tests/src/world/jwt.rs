//! The tokens that extensions sign for themselves: HS256 with one of the extension's secrets.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::Sha256;

/// What a token says.
#[derive(Deserialize)]
pub(super) struct Claims {
    exp: i64,
    pub(super) user_id: Option<String>,
    pub(super) role: String,
    pub(super) channel_id: Option<String>,
    pub(super) pubsub_perms: Option<Permissions>,
}

/// To whom messages may be sent.
#[derive(Deserialize)]
pub(super) struct Permissions {
    #[serde(default)]
    pub(super) send: Vec<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// The claims of a token that one of these secrets signed and that is still good.
pub(super) fn read<'a>(
    token: &str,
    mut secrets: impl Iterator<Item = &'a str>,
    now: Timestamp,
) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let proves = |secret: &str| {
        let mac = STANDARD.decode(secret).ok().and_then(|key| Hmac::<Sha256>::new_from_slice(&key).ok());
        mac.is_some_and(|mac| mac.chain_update(signed).verify_slice(&signature).is_ok())
    };
    if header.alg != "HS256" || !secrets.any(proves) {
        return None;
    }
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    (claims.exp > now.as_second()).then_some(claims)
}
