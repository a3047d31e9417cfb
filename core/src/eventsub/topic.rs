//! Topics: what can be listened to. A topic's struct is the subscription's condition, what arrives is its event.
//!
//! One file per family below; each topic is a condition struct, one `topic!` line and an event struct. The list at the
//! end of this file makes the [`Event`] enum.

use crate::auth::Scopes;
use crate::id::UserId;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub mod channel;
pub mod chat;
pub mod stream;

/// Something that can be listened to. The struct's fields are the subscription's condition.
pub trait Topic: Serialize {
    /// What arrives.
    type Event: DeserializeOwned;

    /// The topic's constant facts.
    const META: &'static TopicMeta;

    /// The user whose token makes the subscription on a WebSocket; none where any user's will do.
    fn owner(&self) -> Option<&UserId> {
        None
    }
}

/// The constant facts of a topic.
#[derive(Debug)]
pub struct TopicMeta {
    /// The subscription type, such as `channel.follow`.
    pub name: &'static str,
    /// Its version, such as `2` or `beta`.
    pub version: &'static str,
    /// The scopes that the token must carry; with an app token, that the users must have granted.
    pub scopes: Scopes,
    /// What users must have granted besides when the subscription is made with an app token.
    pub app_scopes: Scopes,
    /// Over which transports it can be had.
    pub transports: Transports,
}

impl TopicMeta {
    /// The topic of this name and version, if this version of the library knows it.
    pub fn find(name: &str, version: &str) -> Option<&'static TopicMeta> {
        Event::TOPICS.iter().copied().find(|meta| meta.name == name && meta.version == version)
    }
}

/// Over which transports a topic can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transports {
    /// WebSocket, conduit and webhook.
    All,
    /// Conduit and webhook only.
    ConduitAndWebhook,
    /// Webhook only.
    WebhookOnly,
}

/// States what a topic is, in one line:
///
/// ```text
/// topic!(Topic = "type" "version" => Event, user(field) | any, [scopes: rule,] [app: rule,] [on: webhook | conduit]);
/// ```
///
/// `user(field)` names the condition's user whose token makes the subscription on a WebSocket; with `any`, any will do.
/// `app` are the scopes that users must have granted besides for an app token. A rule is `any(A, B)` or
/// `all(any(A, B), any(C))`.
macro_rules! topic {
    ($name:ident = $type:literal $version:literal => $event:ty, $token:ident $(($owner:ident))?
        $(, scopes: $rule:ident $scopes:tt)?
        $(, app: $app_rule:ident $app_scopes:tt)?
        $(, on: $transports:ident)?
        $(,)?
    ) => {
        #[doc = concat!(
            "`", $type, "` version `", $version, "`",
            $(" with the token of `", stringify!($owner), "`",)?
            $("; scopes: ", stringify!($rule), stringify!($scopes),)?
            $("; granted to the app: ", stringify!($app_rule), stringify!($app_scopes),)?
            ".",
        )]
        impl $crate::eventsub::Topic for $name {
            type Event = $event;

            const META: &'static $crate::eventsub::TopicMeta = &$crate::eventsub::TopicMeta {
                name: $type,
                version: $version,
                scopes: $crate::eventsub::topic!(@scopes $($rule $scopes)?),
                app_scopes: $crate::eventsub::topic!(@scopes $($app_rule $app_scopes)?),
                transports: $crate::eventsub::topic!(@on $($transports)?),
            };

            $(fn owner(&self) -> Option<&$crate::id::UserId> {
                Option::from(&self.$owner)
            })?
        }
    };
    (@scopes) => { $crate::auth::Scopes::NONE };
    (@scopes $rule:ident $scopes:tt) => { $crate::auth::scopes!($rule $scopes) };
    (@on) => { $crate::eventsub::Transports::All };
    (@on conduit) => { $crate::eventsub::Transports::ConduitAndWebhook };
    (@on webhook) => { $crate::eventsub::Transports::WebhookOnly };
}
pub(crate) use topic;

/// Makes the [`Event`] enum, and the way from a topic's name to its type, from the list of all topics.
macro_rules! events {
    ($($topic:ident in $family:ident),* $(,)?) => {
        /// An event of any topic.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            $(
                #[doc = concat!("An event of [`", stringify!($topic), "`](", stringify!($family), "::", stringify!($topic), ").")]
                $topic(Box<<$family::$topic as Topic>::Event>),
            )*
            /// A topic or version that this version of the library does not know, or an event that does not decode.
            Unknown(Box<UnknownEvent>),
        }

        impl Event {
            /// The topics that this version knows.
            pub const TOPICS: &'static [&'static TopicMeta] = &[$(<$family::$topic as Topic>::META),*];

            pub(crate) fn read(topic: &str, version: &str, raw: &bytes::Bytes) -> Self {
                let mut why = None;
                $(
                    if topic == <$family::$topic as Topic>::META.name
                        && version == <$family::$topic as Topic>::META.version
                    {
                        match serde_json::from_slice(raw) {
                            Ok(event) => return Event::$topic(Box::new(event)),
                            Err(error) => why = Some(error.to_string()),
                        }
                    }
                )*
                Event::Unknown(Box::new(UnknownEvent {
                    topic: topic.into(),
                    version: version.into(),
                    raw: raw.clone(),
                    why,
                }))
            }
        }
    };
}

/// An event that could not be given its type.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// The subscription type.
    pub topic: compact_str::CompactString,
    /// Its version.
    pub version: compact_str::CompactString,
    /// The event as Twitch wrote it.
    pub raw: bytes::Bytes,
    /// Why it did not decode; none for a topic that this version does not know.
    pub why: Option<String>,
}

events! {
    ChannelFollow in channel,
    ChannelRaid in channel,
    ChannelChatMessage in chat,
    StreamOnline in stream,
    StreamOffline in stream,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_two_words() {
        assert_eq!(size_of::<Event>(), 2 * size_of::<usize>());
    }

    #[test]
    fn an_event_that_does_not_decode_still_arrives_with_the_reason() {
        let raw = bytes::Bytes::from_static(b"{\"viewers\":\"many\"}");
        let Event::Unknown(unknown) = Event::read("channel.raid", "1", &raw) else { panic!("decoded") };
        assert_eq!(unknown.raw, raw);
        assert!(unknown.why.is_some());
        let Event::Unknown(unknown) = Event::read("moon.phase", "1", &raw) else { panic!("decoded") };
        assert_eq!(unknown.why, None);
    }
}
