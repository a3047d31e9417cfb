//! A subscription as Twitch describes it: in notifications, in answers of Helix, in revocations.

use crate::helix::{Invalid, Rule, check};
use crate::id::{ConduitId, SessionId, SubscriptionId};
use crate::wire::{open_enum, time};
use compact_str::CompactString;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use smallvec::SmallVec;
use std::fmt;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// Twitch's id. It changes whenever the subscription is made again.
    pub id: SubscriptionId,
    /// Whether it delivers, or why not.
    pub status: SubscriptionStatus,
    /// The type, such as `channel.follow`.
    #[serde(rename = "type")]
    pub topic: CompactString,
    /// The type's version, such as `2` or `beta`.
    pub version: CompactString,
    /// What it costs against the client's `max_total_cost`.
    #[serde(default)]
    pub cost: u32,
    /// What it listens to.
    pub condition: Condition,
    /// Where it delivers to.
    pub transport: Transport,
    /// When it was made.
    #[serde(deserialize_with = "time")]
    pub created_at: Timestamp,
}

impl Subscription {
    /// The WebSocket session that an enabled subscription delivers to.
    pub fn live_session(&self) -> Option<&SessionId> {
        match &self.transport {
            Transport::WebSocket { session_id, .. } if self.status == SubscriptionStatus::Enabled => {
                Some(session_id)
            }
            _ => None,
        }
    }
}

/// What a subscription listens to: names and values, in order of their names, empty values left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition(SmallVec<[(CompactString, CompactString); 2]>);

impl Condition {
    /// Reads a topic's fields as a condition.
    pub fn of(topic: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::from_value(serde_json::to_value(topic)?)
    }

    /// A field's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Condition;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Condition, A::Error> {
                let mut fields = SmallVec::new();
                while let Some((name, ConditionValue(value))) = map.next_entry()? {
                    if !value.is_empty() {
                        fields.push((name, value));
                    }
                }
                fields.sort_unstable();
                Ok(Condition(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A string or nothing; some of Twitch's examples have ids as numbers.
struct ConditionValue(CompactString);

impl<'de> Deserialize<'de> for ConditionValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = ConditionValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, value: &str) -> Result<ConditionValue, E> {
                Ok(ConditionValue(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<ConditionValue, E> {
                Ok(ConditionValue(compact_str::format_compact!("{value}")))
            }

            fn visit_unit<E>(self) -> Result<ConditionValue, E> {
                Ok(ConditionValue(CompactString::const_new("")))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

/// Where a subscription delivers to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "TransportFields")]
#[non_exhaustive]
pub enum Transport {
    /// A WebSocket session.
    WebSocket {
        /// The session.
        session_id: SessionId,
        /// When the session began.
        connected_at: Option<Timestamp>,
        /// When the session ended.
        disconnected_at: Option<Timestamp>,
    },
    /// A conduit.
    Conduit {
        /// The conduit.
        conduit_id: ConduitId,
    },
    /// A callback over HTTPS.
    Webhook {
        /// Where to.
        callback: String,
    },
    /// A callback over HTTPS on port 443, with the secret that signs what comes there: how Twitch is told of one.
    NewWebhook {
        /// Where to.
        callback: String,
        /// The secret.
        secret: WebhookSecret,
    },
    /// A method that this version does not know.
    Unknown {
        /// The method.
        method: CompactString,
    },
}

impl Transport {
    /// A WebSocket session, as Twitch is told of one.
    pub fn session(session: impl Into<SessionId>) -> Self {
        Transport::WebSocket { session_id: session.into(), connected_at: None, disconnected_at: None }
    }

    /// The method as Twitch writes it, such as `websocket`.
    pub fn method(&self) -> &str {
        match self {
            Transport::WebSocket { .. } => "websocket",
            Transport::Conduit { .. } => "conduit",
            Transport::Webhook { .. } | Transport::NewWebhook { .. } => "webhook",
            Transport::Unknown { method } => method,
        }
    }
}

impl Serialize for Transport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("method", self.method())?;
        match self {
            Transport::WebSocket { session_id, connected_at, disconnected_at } => {
                map.serialize_entry("session_id", session_id)?;
                for (name, at) in [("connected_at", connected_at), ("disconnected_at", disconnected_at)] {
                    if let Some(at) = at {
                        map.serialize_entry(name, at)?;
                    }
                }
            }
            Transport::Conduit { conduit_id } => map.serialize_entry("conduit_id", conduit_id)?,
            Transport::Webhook { callback } => map.serialize_entry("callback", callback)?,
            Transport::NewWebhook { callback, secret } => {
                map.serialize_entry("callback", callback)?;
                map.serialize_entry("secret", secret.expose())?;
            }
            Transport::Unknown { .. } => {}
        }
        map.end()
    }
}

/// The secret that signs what comes to a webhook: 10 to 100 ASCII characters. Its `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct WebhookSecret(SecretString);

impl WebhookSecret {
    /// A secret, held against Twitch's limits. It should be long and random: whoever knows it can speak as Twitch.
    pub fn new(secret: impl Into<SecretString>) -> Result<Self, Invalid> {
        let secret = secret.into();
        check::length("secret", secret.expose_secret(), 10, 100)?;
        match secret.expose_secret().is_ascii() {
            true => Ok(WebhookSecret(secret)),
            false => Err(Invalid::new("secret", Rule::Other("must be ASCII"))),
        }
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for WebhookSecret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

/// A transport's fields as they come: a union read from its tag would be copied into a buffer first.
#[derive(Deserialize)]
struct TransportFields {
    method: CompactString,
    session_id: Option<SessionId>,
    connected_at: Option<Timestamp>,
    disconnected_at: Option<Timestamp>,
    conduit_id: Option<ConduitId>,
    callback: Option<String>,
}

impl TryFrom<TransportFields> for Transport {
    type Error = &'static str;

    fn try_from(fields: TransportFields) -> Result<Self, &'static str> {
        let TransportFields { method, session_id, connected_at, disconnected_at, conduit_id, callback } =
            fields;
        Ok(match method.as_str() {
            "websocket" => {
                let session_id = session_id.ok_or("missing field `session_id`")?;
                Transport::WebSocket { session_id, connected_at, disconnected_at }
            }
            "conduit" => Transport::Conduit { conduit_id: conduit_id.ok_or("missing field `conduit_id`")? },
            "webhook" => Transport::Webhook { callback: callback.ok_or("missing field `callback`")? },
            _ => Transport::Unknown { method },
        })
    }
}

open_enum! {
    /// Whether a subscription delivers, or why not
    /// ([Twitch's list](https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions)).
    pub enum SubscriptionStatus {
        /// It delivers.
        Enabled = "enabled",
        /// The webhook's callback has not answered the challenge yet.
        WebhookCallbackVerificationPending = "webhook_callback_verification_pending",
        /// The webhook's callback failed the challenge.
        WebhookCallbackVerificationFailed = "webhook_callback_verification_failed",
        /// The webhook failed too often.
        NotificationFailuresExceeded = "notification_failures_exceeded",
        /// The user withdrew the authorisation.
        AuthorizationRevoked = "authorization_revoked",
        /// The moderator of the condition is none any more.
        ModeratorRemoved = "moderator_removed",
        /// A user of the condition no longer exists.
        UserRemoved = "user_removed",
        /// The chatting user was banned from the channel.
        ChatUserBanned = "chat_user_banned",
        /// The type's version is no longer supported.
        VersionRemoved = "version_removed",
        /// The beta type is under maintenance.
        BetaMaintenance = "beta_maintenance",
        /// The conduit is gone.
        ConduitDeleted = "conduit_deleted",
        /// The client closed the socket.
        WebsocketDisconnected = "websocket_disconnected",
        /// The client did not answer a ping.
        WebsocketFailedPingPong = "websocket_failed_ping_pong",
        /// The client sent something.
        WebsocketReceivedInboundTraffic = "websocket_received_inbound_traffic",
        /// The client did not subscribe in time.
        WebsocketConnectionUnused = "websocket_connection_unused",
        /// Twitch failed.
        WebsocketInternalError = "websocket_internal_error",
        /// Twitch timed out writing to the client.
        WebsocketNetworkTimeout = "websocket_network_timeout",
        /// The network failed.
        WebsocketNetworkError = "websocket_network_error",
        /// The client did not follow a reconnect request.
        WebsocketFailedToReconnect = "websocket_failed_to_reconnect",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_forgets_order_and_empty_values() {
        let one: Condition = serde_json::from_str(r#"{"b":"2","a":"1","c":"","d":null}"#).unwrap();
        let two: Condition = serde_json::from_str(r#"{"a":"1","b":"2"}"#).unwrap();
        assert_eq!(one, two);
        assert_eq!(one.get("b"), Some("2"));
        assert_eq!(serde_json::to_string(&one).unwrap(), r#"{"a":"1","b":"2"}"#);
    }

    #[test]
    fn an_id_in_a_condition_may_be_a_number() {
        let condition: Condition = serde_json::from_str(r#"{"reward_id":12}"#).unwrap();
        assert_eq!(condition.get("reward_id"), Some("12"));
    }

    #[test]
    fn a_transport_that_twitch_adds_later_keeps_its_name() {
        let transport: Transport = serde_json::from_str(r#"{"method":"pigeon","loft":7}"#).unwrap();
        assert_eq!(transport, Transport::Unknown { method: "pigeon".into() });
        assert_eq!(serde_json::to_string(&transport).unwrap(), r#"{"method":"pigeon"}"#);
    }

    #[test]
    fn a_transport_is_written_as_it_came() {
        for wire in [
            r#"{"method":"websocket","session_id":"s1"}"#,
            r#"{"method":"websocket","session_id":"s1","connected_at":"2026-01-01T00:00:00Z"}"#,
            r#"{"method":"conduit","conduit_id":"c1"}"#,
            r#"{"method":"webhook","callback":"https://app.example/hook"}"#,
        ] {
            let transport: Transport = serde_json::from_str(wire).unwrap();
            assert_eq!(serde_json::to_string(&transport).unwrap(), wire);
        }
    }

    #[test]
    fn a_webhooks_secret_is_told_to_twitch_and_to_nobody_else() {
        let secret = WebhookSecret::new("0123456789").unwrap();
        let new = Transport::NewWebhook { callback: "https://app.example/hook".into(), secret };
        assert!(!format!("{new:?}").contains("0123456789"));
        let wire = serde_json::to_string(&new).unwrap();
        assert_eq!(
            wire,
            r#"{"method":"webhook","callback":"https://app.example/hook","secret":"0123456789"}"#
        );
        let told = Transport::Webhook { callback: "https://app.example/hook".into() };
        assert_eq!(serde_json::from_str::<Transport>(&wire).unwrap(), told);
    }

    #[test]
    fn a_webhooks_secret_has_10_to_100_ascii_characters() {
        let words = |secret: String| WebhookSecret::new(secret).map_err(|why| why.to_string()).map(drop);
        assert_eq!(words("x".repeat(10)), Ok(()));
        assert_eq!(words("x".repeat(100)), Ok(()));
        assert_eq!(words("x".repeat(9)), Err("`secret` wants 10 to 100 characters, has 9".into()));
        assert_eq!(words("x".repeat(101)), Err("`secret` wants 10 to 100 characters, has 101".into()));
        assert_eq!(words("ü".repeat(10)), Err("`secret` must be ASCII".into()));
    }
}
