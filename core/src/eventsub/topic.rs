//! Topics: what can be listened to. A topic's struct is the subscription's condition, what arrives is its event.
//!
//! One file per family below; each topic is a condition struct, one `topic!` line and an event struct. The list at the
//! end of this file makes the [`Event`] enum.

use crate::auth::Scopes;
use crate::id::UserId;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub mod automod;
pub mod bits;
pub mod channel;
pub mod channel_points;
pub mod charity;
pub mod chat;
pub mod conduit;
pub mod drops;
pub mod extension;
pub mod goal;
pub mod guest_star;
pub mod hype_train;
pub mod moderate;
pub mod moderation;
pub mod poll;
pub mod prediction;
pub mod roles;
pub mod shared_chat;
pub mod stream;
pub mod subscriptions;
pub mod suspicious_user;
pub mod user;

mod quoted;
mod tagged;
#[cfg(test)]
mod tests;

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
            " ([reference](https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/)).",
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

            /// Reads an event of this topic and version. What cannot be read is [`Event::Unknown`], with the reason.
            pub fn read(topic: &str, version: &str, raw: &bytes::Bytes) -> Self {
                let mut why = None;
                $(
                    if topic == <$family::$topic as Topic>::META.name
                        && version == <$family::$topic as Topic>::META.version
                    {
                        match $crate::eventsub::decode::decode(raw) {
                            Ok(event) => return Event::$topic(event),
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

        /// As on the wire, without the topic's name.
        impl Serialize for Event {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Event::$topic(event) => event.serialize(serializer),)*
                    Event::Unknown(unknown) => serde_json::from_slice::<&serde_json::value::RawValue>(&unknown.raw)
                        .map_err(serde::ser::Error::custom)?
                        .serialize(serializer),
                }
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
    AutomodMessageHold in automod,
    AutomodMessageHoldV2 in automod,
    AutomodMessageUpdate in automod,
    AutomodMessageUpdateV2 in automod,
    AutomodSettingsUpdate in automod,
    AutomodTermsUpdate in automod,
    ChannelBitsUse in bits,
    ChannelCheer in bits,
    ChannelCustomPowerUpRedemptionAdd in bits,
    ChannelUpdate in channel,
    ChannelFollow in channel,
    ChannelRaid in channel,
    ChannelAdBreakBegin in channel,
    ChannelShoutoutCreate in channel,
    ChannelShoutoutReceive in channel,
    ChannelPointsAutomaticRewardRedemptionAdd in channel_points,
    ChannelPointsAutomaticRewardRedemptionAddV2 in channel_points,
    ChannelPointsCustomRewardAdd in channel_points,
    ChannelPointsCustomRewardUpdate in channel_points,
    ChannelPointsCustomRewardRemove in channel_points,
    ChannelPointsCustomRewardRedemptionAdd in channel_points,
    ChannelPointsCustomRewardRedemptionUpdate in channel_points,
    ChannelCharityCampaignDonate in charity,
    ChannelCharityCampaignStart in charity,
    ChannelCharityCampaignProgress in charity,
    ChannelCharityCampaignStop in charity,
    ChannelChatMessage in chat,
    ChannelChatMessageDelete in chat,
    ChannelChatClear in chat,
    ChannelChatClearUserMessages in chat,
    ChannelChatSettingsUpdate in chat,
    ChannelChatUserMessageHold in chat,
    ChannelChatUserMessageUpdate in chat,
    ChannelChatNotification in chat,
    ConduitShardDisabled in conduit,
    DropEntitlementGrant in drops,
    ExtensionBitsTransactionCreate in extension,
    ChannelGoalBegin in goal,
    ChannelGoalProgress in goal,
    ChannelGoalEnd in goal,
    ChannelGuestStarSessionBegin in guest_star,
    ChannelGuestStarSessionEnd in guest_star,
    ChannelGuestStarGuestUpdate in guest_star,
    ChannelGuestStarSettingsUpdate in guest_star,
    ChannelHypeTrainBegin in hype_train,
    ChannelHypeTrainProgress in hype_train,
    ChannelHypeTrainEnd in hype_train,
    ChannelModerate in moderate,
    ChannelModerateV2 in moderate,
    ChannelBan in moderation,
    ChannelUnban in moderation,
    ChannelUnbanRequestCreate in moderation,
    ChannelUnbanRequestResolve in moderation,
    ChannelWarningAcknowledge in moderation,
    ChannelWarningSend in moderation,
    ChannelShieldModeBegin in moderation,
    ChannelShieldModeEnd in moderation,
    ChannelPollBegin in poll,
    ChannelPollProgress in poll,
    ChannelPollEnd in poll,
    ChannelPredictionBegin in prediction,
    ChannelPredictionProgress in prediction,
    ChannelPredictionLock in prediction,
    ChannelPredictionEnd in prediction,
    ChannelModeratorAdd in roles,
    ChannelModeratorRemove in roles,
    ChannelVipAdd in roles,
    ChannelVipRemove in roles,
    ChannelSharedChatBegin in shared_chat,
    ChannelSharedChatUpdate in shared_chat,
    ChannelSharedChatEnd in shared_chat,
    StreamOnline in stream,
    StreamOffline in stream,
    ChannelSubscribe in subscriptions,
    ChannelSubscriptionEnd in subscriptions,
    ChannelSubscriptionGift in subscriptions,
    ChannelSubscriptionMessage in subscriptions,
    ChannelSuspiciousUserMessage in suspicious_user,
    ChannelSuspiciousUserUpdate in suspicious_user,
    UserAuthorizationGrant in user,
    UserAuthorizationRevoke in user,
    UserUpdate in user,
    UserWhisperMessage in user,
}
