//! Topics about Guest Star sessions, which Twitch has in beta.

use crate::eventsub::topic;
use crate::id::{GuestStarSessionId, GuestStarSlotId, Login, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A session begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelGuestStarSessionBegin {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelGuestStarSessionBegin = "channel.guest_star_session.begin" "beta" => ChannelGuestStarSessionBeginEvent, user(moderator_user_id),
    scopes: any(ChannelReadGuestStar, ChannelManageGuestStar, ModeratorReadGuestStar, ModeratorManageGuestStar));

impl ChannelGuestStarSessionBegin {
    /// Beginnings of a channel's sessions.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelGuestStarSessionBegin {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// A session begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelGuestStarSessionBeginEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who began it; older messages do not tell.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_name: Option<CompactString>,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// When it began.
    pub started_at: Timestamp,
}

/// A session ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelGuestStarSessionEnd {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelGuestStarSessionEnd = "channel.guest_star_session.end" "beta" => ChannelGuestStarSessionEndEvent, user(moderator_user_id),
    scopes: any(ChannelReadGuestStar, ChannelManageGuestStar, ModeratorReadGuestStar, ModeratorManageGuestStar));

impl ChannelGuestStarSessionEnd {
    /// Ends of a channel's sessions.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelGuestStarSessionEnd {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// A session ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelGuestStarSessionEndEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who ended it; older messages do not tell.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_name: Option<CompactString>,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The channel that hosted it.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub host_user_id: Option<UserId>,
    /// Its login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub host_user_login: Option<Login>,
    /// Its display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub host_user_name: Option<CompactString>,
}

open_enum! {
    /// Where a guest stands.
    pub enum GuestState {
        /// In the queue of the invited.
        Invited = "invited",
        /// The invitation is accepted, and the guest sets up.
        Accepted = "accepted",
        /// Ready for a slot.
        Ready = "ready",
        /// In a slot, not seen yet.
        Backstage = "backstage",
        /// Seen.
        Live = "live",
        /// Removed from the call or the queue.
        Removed = "removed",
    }
}

/// A guest or a slot changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelGuestStarGuestUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelGuestStarGuestUpdate = "channel.guest_star_guest.update" "beta" => ChannelGuestStarGuestUpdateEvent, user(moderator_user_id),
    scopes: any(ChannelReadGuestStar, ChannelManageGuestStar, ModeratorReadGuestStar, ModeratorManageGuestStar));

impl ChannelGuestStarGuestUpdate {
    /// Changes of a channel's guests.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelGuestStarGuestUpdate {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// A guest or a slot changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelGuestStarGuestUpdateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// Who changed it; none if it was the guest.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_user_name: Option<CompactString>,
    /// The guest; none where the slot is empty now.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub guest_user_id: Option<UserId>,
    /// Their login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub guest_user_login: Option<Login>,
    /// Their display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub guest_user_name: Option<CompactString>,
    /// The slot; none where the guest has none.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub slot_id: Option<GuestStarSlotId>,
    /// Where the guest stands now; none where the slot is empty now.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub state: Option<GuestState>,
    /// The channel that hosts the session.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub host_user_id: Option<UserId>,
    /// Its login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub host_user_login: Option<Login>,
    /// Its display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub host_user_name: Option<CompactString>,
    /// Whether the host lets the slot be seen; none without a slot.
    #[serde(default)]
    pub host_video_enabled: Option<bool>,
    /// Whether the host lets the slot be heard; none without a slot.
    #[serde(default)]
    pub host_audio_enabled: Option<bool>,
    /// How loud the slot is, 0 to 100; none without a slot.
    #[serde(default)]
    pub host_volume: Option<u32>,
}

open_enum! {
    /// How the guests are laid out in a browser source.
    pub enum GuestStarLayout {
        /// All of one size.
        Tiled = "tiled",
        /// All of one size, a shared screen larger.
        Screenshare = "screenshare",
        /// In a row at the top.
        HorizontalTop = "horizontal_top",
        /// In a row at the bottom.
        HorizontalBottom = "horizontal_bottom",
        /// In a column on the left.
        VerticalLeft = "vertical_left",
        /// In a column on the right.
        VerticalRight = "vertical_right",
    }
}

/// A channel's settings for its sessions change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelGuestStarSettingsUpdate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelGuestStarSettingsUpdate = "channel.guest_star_settings.update" "beta" => ChannelGuestStarSettingsUpdateEvent, user(moderator_user_id),
    scopes: any(ChannelReadGuestStar, ChannelManageGuestStar, ModeratorReadGuestStar, ModeratorManageGuestStar));

impl ChannelGuestStarSettingsUpdate {
    /// Changes of a channel's settings.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelGuestStarSettingsUpdate {
            broadcaster_user_id: broadcaster.into(),
            moderator_user_id: moderator.into(),
        }
    }
}

/// A channel's settings for its sessions change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelGuestStarSettingsUpdateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Whether moderators may put a guest live.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_moderator_send_live_enabled: bool,
    /// How many slots a call has.
    #[serde(default, deserialize_with = "null_as_default")]
    pub slot_count: u32,
    /// Whether browser sources play the sound.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_browser_source_audio_enabled: bool,
    /// How the guests are laid out.
    #[serde(default, deserialize_with = "null_as_default")]
    pub group_layout: GuestStarLayout,
}
