//! Topics about a channel as a whole: its description, follows, raids, ad breaks.

use super::quoted::quoted;
use crate::eventsub::topic;
use crate::id::{CategoryId, Login, UserId};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A channel's title, language, category or content labels change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelUpdate = "channel.update" "2" => ChannelUpdateEvent, any);

impl ChannelUpdate {
    /// Changes of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelUpdate { broadcaster_user_id: broadcaster.into() }
    }
}

/// What a channel says about itself now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelUpdateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The stream's title.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// The stream's language, as an ISO 639-1 code or `other`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub language: CompactString,
    /// The category.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub category_id: Option<CategoryId>,
    /// Its name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub category_name: CompactString,
    /// The labels that warn of the stream's content.
    #[serde(default, deserialize_with = "null_as_default")]
    pub content_classification_labels: Vec<CompactString>,
}

/// Somebody follows the broadcaster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelFollow {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelFollow = "channel.follow" "2" => ChannelFollowEvent, user(moderator_user_id),
    scopes: any(ModeratorReadFollowers));

impl ChannelFollow {
    /// Follows of a channel, as a moderator may see them.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelFollow { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// Somebody follows the broadcaster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelFollowEvent {
    /// Who follows.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// When.
    pub followed_at: Timestamp,
}

/// A broadcaster raids another's channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelRaid {
    #[serde(skip_serializing_if = "Option::is_none")]
    from_broadcaster_user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_broadcaster_user_id: Option<UserId>,
}

impl ChannelRaid {
    /// Raids that this broadcaster starts.
    pub fn from(broadcaster: impl Into<UserId>) -> Self {
        ChannelRaid { from_broadcaster_user_id: Some(broadcaster.into()), to_broadcaster_user_id: None }
    }

    /// Raids that this broadcaster receives.
    pub fn to(broadcaster: impl Into<UserId>) -> Self {
        ChannelRaid { from_broadcaster_user_id: None, to_broadcaster_user_id: Some(broadcaster.into()) }
    }
}

topic!(ChannelRaid = "channel.raid" "1" => ChannelRaidEvent, any);

/// A broadcaster raids another's channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelRaidEvent {
    /// Who raids.
    pub from_broadcaster_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub from_broadcaster_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub from_broadcaster_user_name: CompactString,
    /// Who is raided.
    pub to_broadcaster_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub to_broadcaster_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub to_broadcaster_user_name: CompactString,
    /// How many viewers come along.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewers: u64,
}

/// A break for ads begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelAdBreakBegin {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelAdBreakBegin = "channel.ad_break.begin" "1" => ChannelAdBreakBeginEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadAds));

impl ChannelAdBreakBegin {
    /// Ad breaks of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelAdBreakBegin { broadcaster_user_id: broadcaster.into() }
    }
}

/// A break for ads begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelAdBreakBeginEvent {
    /// How long it lasts, in seconds.
    #[serde(default, deserialize_with = "quoted")]
    pub duration_seconds: u64,
    /// When it began. Viewers may see it later.
    pub started_at: Timestamp,
    /// Whether the Ads Manager planned it.
    #[serde(default, deserialize_with = "quoted")]
    pub is_automatic: bool,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who asked for it; the broadcaster where it is automatic.
    pub requester_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub requester_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub requester_user_name: CompactString,
}

/// The broadcaster gives a shoutout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelShoutoutCreate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelShoutoutCreate = "channel.shoutout.create" "1" => ChannelShoutoutCreateEvent, user(moderator_user_id),
    scopes: any(ModeratorReadShoutouts, ModeratorManageShoutouts));

impl ChannelShoutoutCreate {
    /// Shoutouts that a channel gives.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelShoutoutCreate { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// The broadcaster gave a shoutout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelShoutoutCreateEvent {
    /// The channel that gives it.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The channel that receives it.
    pub to_broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub to_broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub to_broadcaster_user_name: CompactString,
    /// Who sent it.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// How many watched the giving channel.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_count: u64,
    /// When it was sent.
    pub started_at: Timestamp,
    /// From when the next shoutout to any channel may be sent.
    pub cooldown_ends_at: Timestamp,
    /// From when the next shoutout to the same channel may be sent.
    pub target_cooldown_ends_at: Timestamp,
}

/// The broadcaster receives a shoutout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelShoutoutReceive {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelShoutoutReceive = "channel.shoutout.receive" "1" => ChannelShoutoutReceiveEvent, user(moderator_user_id),
    scopes: any(ModeratorReadShoutouts, ModeratorManageShoutouts));

impl ChannelShoutoutReceive {
    /// Shoutouts that a channel receives.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelShoutoutReceive {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// The broadcaster received a shoutout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelShoutoutReceiveEvent {
    /// The channel that receives it.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The channel that gives it.
    pub from_broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub from_broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub from_broadcaster_user_name: CompactString,
    /// How many watched the giving channel.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_count: u64,
    /// When it was sent.
    pub started_at: Timestamp,
}
