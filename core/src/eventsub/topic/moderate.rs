//! The topic that tells everything moderators do, and its actions.

use super::tagged::tagged;
use crate::eventsub::topic;
use crate::id::{ChatMessageId, Login, UserId};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A moderator does something; warnings are not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelModerate {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelModerate = "channel.moderate" "1" => ChannelModerateEvent, user(moderator_user_id),
scopes: all(
    any(ModeratorReadBlockedTerms, ModeratorManageBlockedTerms),
    any(ModeratorReadChatSettings, ModeratorManageChatSettings),
    any(ModeratorReadUnbanRequests, ModeratorManageUnbanRequests),
    any(ModeratorReadBannedUsers, ModeratorManageBannedUsers),
    any(ModeratorReadChatMessages, ModeratorManageChatMessages),
    any(ModeratorReadModerators),
    any(ModeratorReadVips),
));

impl ChannelModerate {
    /// What moderators do in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelModerate { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

/// A moderator did something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelModerateEvent {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// In a shared chat, the channel where it was done.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_id: Option<UserId>,
    /// Its login.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_login: Option<Login>,
    /// Its display name.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub source_broadcaster_user_name: Option<CompactString>,
    /// Who did it.
    pub moderator_user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub moderator_user_name: CompactString,
    /// What they did.
    #[serde(flatten)]
    pub action: ModerateAction,
}

/// A moderator does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelModerateV2 {
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// A moderator of the channel, or the broadcaster.
    pub moderator_user_id: UserId,
}

topic!(ChannelModerateV2 = "channel.moderate" "2" => ChannelModerateEvent, user(moderator_user_id),
scopes: all(
    any(ModeratorReadBlockedTerms, ModeratorManageBlockedTerms),
    any(ModeratorReadChatSettings, ModeratorManageChatSettings),
    any(ModeratorReadUnbanRequests, ModeratorManageUnbanRequests),
    any(ModeratorReadBannedUsers, ModeratorManageBannedUsers),
    any(ModeratorReadChatMessages, ModeratorManageChatMessages),
    any(ModeratorReadWarnings, ModeratorManageWarnings),
    any(ModeratorReadModerators),
    any(ModeratorReadVips),
));

impl ChannelModerateV2 {
    /// What moderators do in a channel.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        ChannelModerateV2 { broadcaster_user_id: broadcaster.into(), moderator_user_id: moderator.into() }
    }
}

tagged! {
    /// What a moderator did.
    pub enum ModerateAction by "action" {
        /// Banned somebody.
        Ban(BanAction) in "ban" = "ban",
        /// Put somebody in a timeout.
        Timeout(TimeoutAction) in "timeout" = "timeout",
        /// Lifted a ban.
        Unban(ModeratedUser) in "unban" = "unban",
        /// Lifted a timeout.
        Untimeout(ModeratedUser) in "untimeout" = "untimeout",
        /// Cleared the chat.
        Clear = "clear",
        /// Switched emote-only mode on.
        EmoteOnly = "emoteonly",
        /// Switched emote-only mode off.
        EmoteOnlyOff = "emoteonlyoff",
        /// Switched follower mode on.
        Followers(FollowersAction) in "followers" = "followers",
        /// Switched follower mode off.
        FollowersOff = "followersoff",
        /// Switched unique chat on.
        UniqueChat = "uniquechat",
        /// Switched unique chat off.
        UniqueChatOff = "uniquechatoff",
        /// Switched slow mode on.
        Slow(SlowAction) in "slow" = "slow",
        /// Switched slow mode off.
        SlowOff = "slowoff",
        /// Switched subscriber mode on.
        Subscribers = "subscribers",
        /// Switched subscriber mode off.
        SubscribersOff = "subscribersoff",
        /// Started a raid.
        Raid(RaidAction) in "raid" = "raid",
        /// Called a raid off.
        Unraid(ModeratedUser) in "unraid" = "unraid",
        /// Deleted a message.
        Delete(DeleteAction) in "delete" = "delete",
        /// Made somebody a VIP.
        Vip(ModeratedUser) in "vip" = "vip",
        /// Took VIP from somebody.
        Unvip(ModeratedUser) in "unvip" = "unvip",
        /// Made somebody a moderator.
        Mod(ModeratedUser) in "mod" = "mod",
        /// Took moderator from somebody.
        Unmod(ModeratedUser) in "unmod" = "unmod",
        /// Blocked terms.
        AddBlockedTerm(TermsAction) in "automod_terms" = "add_blocked_term",
        /// Permitted terms.
        AddPermittedTerm(TermsAction) in "automod_terms" = "add_permitted_term",
        /// Took terms from the blocked.
        RemoveBlockedTerm(TermsAction) in "automod_terms" = "remove_blocked_term",
        /// Took terms from the permitted.
        RemovePermittedTerm(TermsAction) in "automod_terms" = "remove_permitted_term",
        /// Granted a request to be unbanned.
        ApproveUnbanRequest(UnbanRequestAction) in "unban_request" = "approve_unban_request",
        /// Turned down a request to be unbanned.
        DenyUnbanRequest(UnbanRequestAction) in "unban_request" = "deny_unban_request",
        /// Warned somebody; told by version 2 only.
        Warn(WarnAction) in "warn" = "warn",
        /// Banned somebody in another channel of a shared chat.
        SharedChatBan(BanAction) in "shared_chat_ban" = "shared_chat_ban",
        /// Put somebody in a timeout in another channel of a shared chat.
        SharedChatTimeout(TimeoutAction) in "shared_chat_timeout" = "shared_chat_timeout",
        /// Lifted a ban in another channel of a shared chat.
        SharedChatUnban(ModeratedUser) in "shared_chat_unban" = "shared_chat_unban",
        /// Lifted a timeout in another channel of a shared chat.
        SharedChatUntimeout(ModeratedUser) in "shared_chat_untimeout" = "shared_chat_untimeout",
        /// Deleted a message in another channel of a shared chat.
        SharedChatDelete(DeleteAction) in "shared_chat_delete" = "shared_chat_delete",
    }
}

/// Whom an action is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModeratedUser {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
}

/// A ban.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BanAction {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// Why, if the moderator said so.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub reason: Option<String>,
}

/// A timeout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimeoutAction {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// Why, if the moderator said so.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub reason: Option<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Follower mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FollowersAction {
    /// For how many minutes chatters must have followed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub follow_duration_minutes: u64,
}

/// Slow mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SlowAction {
    /// How many seconds chatters must wait between messages.
    #[serde(default, deserialize_with = "null_as_default")]
    pub wait_time_seconds: u64,
}

/// A raid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RaidAction {
    /// Who is raided.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// How many viewers come along.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_count: u64,
}

/// A deleted message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeleteAction {
    /// Who wrote it.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The message.
    pub message_id: ChatMessageId,
    /// Its text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message_body: String,
}

/// A change of the terms that AutoMod blocks or permits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TermsAction {
    /// `add` or `remove`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub action: CompactString,
    /// `blocked` or `permitted`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub list: CompactString,
    /// The terms.
    #[serde(default, deserialize_with = "null_as_default")]
    pub terms: Vec<String>,
    /// Whether it came of a decision on a held message.
    #[serde(default, deserialize_with = "null_as_default")]
    pub from_automod: bool,
}

/// An answer to a request to be unbanned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnbanRequestAction {
    /// Whether the user is unbanned.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_approved: bool,
    /// Who asked.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// What the moderator wrote.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub moderator_message: Option<String>,
}

/// A warning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WarnAction {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// Why, if the moderator said so.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub reason: Option<String>,
    /// The chat rules that were broken, if the moderator named some.
    #[serde(default)]
    pub chat_rules_cited: Option<Vec<String>>,
}
