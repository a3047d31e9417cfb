//! The tokens that an extension's back end signs for itself (HS256), and sends as [`As::Jwt`](crate::As::Jwt).
//!
//! Nothing here knows the time: the caller says until when a token is good.

use super::{Invalid, Rule};
use crate::id::UserId;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use compact_str::{CompactString, format_compact};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::Sha256;

/// What an extension's token says ([Twitch's schema](https://dev.twitch.tv/docs/extensions/reference/#jwt-schema)).
///
/// ```
/// # use twitchwire::helix::ExtensionClaims;
/// # fn main() -> Result<(), twitchwire::helix::Invalid> {
/// # let (now, secret) = (jiff::Timestamp::UNIX_EPOCH, "c2VjcmV0".to_owned().into());
/// let token = ExtensionClaims::new("1001", now + jiff::SignedDuration::from_mins(3)).sign(&secret)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExtensionClaims {
    exp: i64,
    user_id: UserId,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_id: Option<CompactString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pubsub_perms: Option<PubSubPerms>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct PubSubPerms {
    send: Vec<CompactString>,
}

impl ExtensionClaims {
    /// A token of the extension's owner, good until `expires`: enough for all calls but messages.
    pub fn new(owner: impl Into<UserId>, expires: Timestamp) -> Self {
        ExtensionClaims {
            exp: expires.as_second(),
            user_id: owner.into(),
            role: "external",
            channel_id: None,
            pubsub_perms: None,
        }
    }

    /// Names a channel, which sending to its chat wants.
    #[must_use]
    pub fn channel(mut self, channel: impl Into<UserId>) -> Self {
        self.channel_id = Some(channel.into().as_str().into());
        self
    }

    /// Allows messages to all viewers of a channel.
    #[must_use]
    pub fn broadcast(self, channel: impl Into<UserId>) -> Self {
        self.channel(channel).send("broadcast".into())
    }

    /// Allows messages to one viewer of a channel.
    #[must_use]
    pub fn whisper(self, channel: impl Into<UserId>, viewer: impl Into<UserId>) -> Self {
        let viewer: UserId = viewer.into();
        self.channel(channel).send(format_compact!("whisper-{viewer}"))
    }

    /// Allows messages to all channels where the extension is active.
    #[must_use]
    pub fn global(self) -> Self {
        self.channel("all").send("global".into())
    }

    fn send(mut self, to: CompactString) -> Self {
        self.pubsub_perms.get_or_insert(PubSubPerms { send: vec![] }).send.push(to);
        self
    }

    /// Signs the token with the extension's secret, which is base64 as Twitch's console shows it.
    pub fn sign(&self, secret: &SecretString) -> Result<SecretString, Invalid> {
        let bad = Invalid::new("secret", Rule::Other("must be base64, as Twitch's console shows it"));
        let Ok(key) = STANDARD.decode(secret.expose_secret()) else { return Err(bad) };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return Err(bad) };
        let claims = serde_json::to_vec(self).map_err(Invalid::unwritable)?;
        let mut token = URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        mac.update(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(mac.finalize().into_bytes(), &mut token);
        Ok(token.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        "2026-01-02T10:00:00Z".parse().unwrap()
    }

    fn claims(claims: &ExtensionClaims) -> String {
        serde_json::to_string(claims).unwrap()
    }

    #[test]
    fn a_token_is_signed_with_the_decoded_secret() {
        let token = ExtensionClaims::new("1001", at()).sign(&"c2VjcmV0".to_owned().into()).unwrap();
        assert_eq!(
            token.expose_secret(),
            concat!(
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3NjczNDgwMDAsInVzZXJfaWQiOiI",
                "xMDAxIiwicm9sZSI6ImV4dGVybmFsIn0.VrvOjws5Axqri3vtgx0za1can8Qf0y5530KG33OKcQ8"
            )
        );
        assert!(!format!("{token:?}").contains("eyJ"));
    }

    #[test]
    fn a_secret_that_is_not_base64_is_refused_and_not_repeated() {
        let refused = ExtensionClaims::new("1001", at()).sign(&"not base64!".to_owned().into()).unwrap_err();
        assert_eq!(refused.to_string(), "`secret` must be base64, as Twitch's console shows it");
    }

    #[test]
    fn messages_name_their_channel_and_whom_they_reach() {
        let owner = ExtensionClaims::new("1001", at());
        assert_eq!(claims(&owner), r#"{"exp":1767348000,"user_id":"1001","role":"external"}"#);
        let start = r#"{"exp":1767348000,"user_id":"1001","role":"external","channel_id":"#;
        assert_eq!(claims(&owner.clone().channel("1002")), format!(r#"{start}"1002"}}"#));
        assert_eq!(
            claims(&owner.clone().broadcast("1002")),
            format!(r#"{start}"1002","pubsub_perms":{{"send":["broadcast"]}}}}"#)
        );
        assert_eq!(
            claims(&owner.clone().whisper("1002", "1003")),
            format!(r#"{start}"1002","pubsub_perms":{{"send":["whisper-1003"]}}}}"#)
        );
        assert_eq!(
            claims(&owner.global()),
            format!(r#"{start}"all","pubsub_perms":{{"send":["global"]}}}}"#)
        );
    }
}
