//! OAuth scopes, and rules over sets of them.
//!
//! An operation or topic states its rule as [`Scopes`] in a constant; the client holds it against a token's scopes
//! before anything is sent.

use crate::wire::open_enum;
use std::fmt;

open_enum! {
    /// What a user has allowed the application to do ([Twitch's list](https://dev.twitch.tv/docs/authentication/scopes/)).
    pub enum Scope {
        /// `analytics:read:extensions`
        AnalyticsReadExtensions = "analytics:read:extensions",
        /// `analytics:read:games`
        AnalyticsReadGames = "analytics:read:games",
        /// `bits:read`
        BitsRead = "bits:read",
        /// `channel:bot`
        ChannelBot = "channel:bot",
        /// `channel:manage:ads`
        ChannelManageAds = "channel:manage:ads",
        /// `channel:read:ads`
        ChannelReadAds = "channel:read:ads",
        /// `channel:manage:broadcast`
        ChannelManageBroadcast = "channel:manage:broadcast",
        /// `channel:read:charity`
        ChannelReadCharity = "channel:read:charity",
        /// `channel:manage:clips`
        ChannelManageClips = "channel:manage:clips",
        /// `channel:edit:commercial`
        ChannelEditCommercial = "channel:edit:commercial",
        /// `channel:read:editors`
        ChannelReadEditors = "channel:read:editors",
        /// `channel:manage:extensions`
        ChannelManageExtensions = "channel:manage:extensions",
        /// `channel:read:goals`
        ChannelReadGoals = "channel:read:goals",
        /// `channel:read:guest_star`
        ChannelReadGuestStar = "channel:read:guest_star",
        /// `channel:manage:guest_star`
        ChannelManageGuestStar = "channel:manage:guest_star",
        /// `channel:read:hype_train`
        ChannelReadHypeTrain = "channel:read:hype_train",
        /// `channel:manage:moderators`
        ChannelManageModerators = "channel:manage:moderators",
        /// `channel:read:polls`
        ChannelReadPolls = "channel:read:polls",
        /// `channel:manage:polls`
        ChannelManagePolls = "channel:manage:polls",
        /// `channel:read:predictions`
        ChannelReadPredictions = "channel:read:predictions",
        /// `channel:manage:predictions`
        ChannelManagePredictions = "channel:manage:predictions",
        /// `channel:manage:raids`
        ChannelManageRaids = "channel:manage:raids",
        /// `channel:read:redemptions`
        ChannelReadRedemptions = "channel:read:redemptions",
        /// `channel:manage:redemptions`
        ChannelManageRedemptions = "channel:manage:redemptions",
        /// `channel:manage:schedule`
        ChannelManageSchedule = "channel:manage:schedule",
        /// `channel:read:stream_key`
        ChannelReadStreamKey = "channel:read:stream_key",
        /// `channel:read:subscriptions`
        ChannelReadSubscriptions = "channel:read:subscriptions",
        /// `channel:manage:videos`
        ChannelManageVideos = "channel:manage:videos",
        /// `channel:read:vips`
        ChannelReadVips = "channel:read:vips",
        /// `channel:manage:vips`
        ChannelManageVips = "channel:manage:vips",
        /// `channel:moderate`
        ChannelModerate = "channel:moderate",
        /// `clips:edit`
        ClipsEdit = "clips:edit",
        /// `editor:manage:clips`
        EditorManageClips = "editor:manage:clips",
        /// `moderation:read`
        ModerationRead = "moderation:read",
        /// `moderator:manage:announcements`
        ModeratorManageAnnouncements = "moderator:manage:announcements",
        /// `moderator:manage:automod`
        ModeratorManageAutomod = "moderator:manage:automod",
        /// `moderator:read:automod_settings`
        ModeratorReadAutomodSettings = "moderator:read:automod_settings",
        /// `moderator:manage:automod_settings`
        ModeratorManageAutomodSettings = "moderator:manage:automod_settings",
        /// `moderator:read:banned_users`
        ModeratorReadBannedUsers = "moderator:read:banned_users",
        /// `moderator:manage:banned_users`
        ModeratorManageBannedUsers = "moderator:manage:banned_users",
        /// `moderator:read:blocked_terms`
        ModeratorReadBlockedTerms = "moderator:read:blocked_terms",
        /// `moderator:read:chat_messages`
        ModeratorReadChatMessages = "moderator:read:chat_messages",
        /// `moderator:manage:blocked_terms`
        ModeratorManageBlockedTerms = "moderator:manage:blocked_terms",
        /// `moderator:manage:chat_messages`
        ModeratorManageChatMessages = "moderator:manage:chat_messages",
        /// `moderator:read:chat_settings`
        ModeratorReadChatSettings = "moderator:read:chat_settings",
        /// `moderator:manage:chat_settings`
        ModeratorManageChatSettings = "moderator:manage:chat_settings",
        /// `moderator:read:chatters`
        ModeratorReadChatters = "moderator:read:chatters",
        /// `moderator:read:followers`
        ModeratorReadFollowers = "moderator:read:followers",
        /// `moderator:read:guest_star`
        ModeratorReadGuestStar = "moderator:read:guest_star",
        /// `moderator:manage:guest_star`
        ModeratorManageGuestStar = "moderator:manage:guest_star",
        /// `moderator:read:moderators`
        ModeratorReadModerators = "moderator:read:moderators",
        /// `moderator:read:shield_mode`
        ModeratorReadShieldMode = "moderator:read:shield_mode",
        /// `moderator:manage:shield_mode`
        ModeratorManageShieldMode = "moderator:manage:shield_mode",
        /// `moderator:read:shoutouts`
        ModeratorReadShoutouts = "moderator:read:shoutouts",
        /// `moderator:manage:shoutouts`
        ModeratorManageShoutouts = "moderator:manage:shoutouts",
        /// `moderator:read:suspicious_users`
        ModeratorReadSuspiciousUsers = "moderator:read:suspicious_users",
        /// `moderator:manage:suspicious_users`
        ModeratorManageSuspiciousUsers = "moderator:manage:suspicious_users",
        /// `moderator:read:unban_requests`
        ModeratorReadUnbanRequests = "moderator:read:unban_requests",
        /// `moderator:manage:unban_requests`
        ModeratorManageUnbanRequests = "moderator:manage:unban_requests",
        /// `moderator:read:vips`
        ModeratorReadVips = "moderator:read:vips",
        /// `moderator:read:warnings`
        ModeratorReadWarnings = "moderator:read:warnings",
        /// `moderator:manage:warnings`
        ModeratorManageWarnings = "moderator:manage:warnings",
        /// `user:bot`
        UserBot = "user:bot",
        /// `user:edit`
        UserEdit = "user:edit",
        /// `user:edit:broadcast`
        UserEditBroadcast = "user:edit:broadcast",
        /// `user:read:blocked_users`
        UserReadBlockedUsers = "user:read:blocked_users",
        /// `user:manage:blocked_users`
        UserManageBlockedUsers = "user:manage:blocked_users",
        /// `user:read:broadcast`
        UserReadBroadcast = "user:read:broadcast",
        /// `user:read:chat`
        UserReadChat = "user:read:chat",
        /// `user:manage:chat_color`
        UserManageChatColor = "user:manage:chat_color",
        /// `user:read:email`
        UserReadEmail = "user:read:email",
        /// `user:read:emotes`
        UserReadEmotes = "user:read:emotes",
        /// `user:read:follows`
        UserReadFollows = "user:read:follows",
        /// `user:read:moderated_channels`
        UserReadModeratedChannels = "user:read:moderated_channels",
        /// `user:read:subscriptions`
        UserReadSubscriptions = "user:read:subscriptions",
        /// `user:read:whispers`
        UserReadWhispers = "user:read:whispers",
        /// `user:manage:whispers`
        UserManageWhispers = "user:manage:whispers",
        /// `user:write:chat`
        UserWriteChat = "user:write:chat",
        /// `chat:edit`
        ChatEdit = "chat:edit",
        /// `chat:read`
        ChatRead = "chat:read",
        /// `whispers:read`
        WhispersRead = "whispers:read",
    }
}

/// Scopes that a token must carry: from every group at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(pub &'static [&'static [Scope]]);

impl Scopes {
    /// No scope is needed.
    pub const NONE: Scopes = Scopes(&[]);

    /// The first group of which `held` has no member, if there is one.
    pub fn missing(self, held: &[Scope]) -> Option<&'static [Scope]> {
        self.all_missing(held).next()
    }

    /// The groups of which `held` has no member.
    pub fn all_missing(self, held: &[Scope]) -> impl Iterator<Item = &'static [Scope]> {
        self.0.iter().copied().filter(|group| !group.iter().any(|scope| held.contains(scope)))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (i, group) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(" and ")?;
            }
            write!(f, "{}", AnyOf(group))?;
        }
        Ok(())
    }
}

/// Prints a group as `a or b`.
pub(crate) struct AnyOf<'a>(pub(crate) &'a [Scope]);

impl fmt::Display for AnyOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, scope) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(" or ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

/// Spells a rule: `any(A, B)`, or `all(any(A, B), any(C))`.
macro_rules! scopes {
    (any($($scope:ident),+ $(,)?)) => {
        $crate::auth::Scopes(&[&[$($crate::auth::Scope::$scope),+]])
    };
    (all($(any($($scope:ident),+ $(,)?)),+ $(,)?)) => {
        $crate::auth::Scopes(&[$(&[$($crate::auth::Scope::$scope),+]),+])
    };
}
pub(crate) use scopes;

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Scopes = scopes!(all(any(BitsRead, ClipsEdit), any(UserBot)));

    #[test]
    fn a_rule_wants_one_scope_of_every_group() {
        assert_eq!(RULE.missing(&[Scope::ClipsEdit, Scope::UserBot]), None);
        assert_eq!(RULE.missing(&[Scope::UserBot]), Some(&[Scope::BitsRead, Scope::ClipsEdit][..]));
        assert_eq!(RULE.missing(&[Scope::BitsRead]), Some(&[Scope::UserBot][..]));
        assert_eq!(Scopes::NONE.missing(&[]), None);
    }

    #[test]
    fn a_rule_reads_as_words() {
        assert_eq!(RULE.to_string(), "bits:read or clips:edit and user:bot");
    }

    #[test]
    fn a_scope_that_twitch_adds_later_round_trips() {
        assert_eq!(Scope::from("moon:read").as_str(), "moon:read");
    }
}
