//! How a chat room is set up: who may write, how often, and what.

use crate::helix::check::{self, Checked};
use crate::helix::{Invalid, One, Rule, endpoint};
use crate::id::UserId;
use serde::{Deserialize, Serialize};

/// Gets how a chat room is set up. The delay before messages appear is told to moderators alone.
#[derive(Clone, Debug, Serialize)]
pub struct GetChatSettings {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who asks, for the delay: a moderator of the channel, or the broadcaster.
    pub moderator_id: Option<UserId>,
}

endpoint!(GetChatSettings = "get-chat-settings": get "/chat/settings" => One<ChatSettings>, any(moderator_id),
    optional: (ModeratorReadChatSettings));

impl GetChatSettings {
    /// The settings that everybody can see.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChatSettings { broadcaster_id: broadcaster.into(), moderator_id: None }
    }

    /// All settings, as a moderator sees them.
    #[must_use]
    pub fn as_moderator(mut self, moderator: impl Into<UserId>) -> Self {
        self.moderator_id = Some(moderator.into());
        self
    }
}

/// How a chat room is set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChatSettings {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Whether messages must be emotes.
    pub emote_mode: bool,
    /// Whether only followers may write.
    pub follower_mode: bool,
    /// For how many minutes they must have followed; none where that mode is off.
    #[serde(default)]
    pub follower_mode_duration: Option<u64>,
    /// Who asked; told to moderators alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moderator_id: Option<UserId>,
    /// Whether messages appear with a delay; told to moderators alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_moderator_chat_delay: Option<bool>,
    /// After how many seconds they appear; none where there is no delay, or for others than moderators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_moderator_chat_delay_duration: Option<u64>,
    /// Whether users must wait between messages.
    pub slow_mode: bool,
    /// For how many seconds; none where that mode is off.
    #[serde(default)]
    pub slow_mode_wait_time: Option<u64>,
    /// Whether only subscribers may write.
    pub subscriber_mode: bool,
    /// Whether a message must differ from those before it.
    pub unique_chat_mode: bool,
}

/// Changes how a chat room is set up: `UpdateChatSettings::new(channel, me).slow_mode(10)`.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateChatSettings {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who changes it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// What to change, at least one thing.
    #[serde(skip)]
    pub settings: ChatSettingsChange,
}

endpoint!(UpdateChatSettings = "update-chat-settings": patch "/chat/settings" => One<ChatSettings>, user(moderator_id),
    scopes: any(ModeratorManageChatSettings), body: json(settings), check: |r| r.settings.check());

/// What to change in a chat room; what is left out stays as it is. Made by the methods of [`UpdateChatSettings`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChatSettingsChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    emote_mode: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    follower_mode: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    follower_mode_duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    non_moderator_chat_delay: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    non_moderator_chat_delay_duration: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slow_mode: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slow_mode_wait_time: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscriber_mode: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unique_chat_mode: Option<bool>,
}

impl UpdateChatSettings {
    /// Changes nothing yet.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        UpdateChatSettings {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            settings: ChatSettingsChange::default(),
        }
    }

    /// Whether messages must be emotes.
    #[must_use]
    pub fn emote_mode(mut self, on: bool) -> Self {
        self.settings.emote_mode = Some(on);
        self
    }

    /// Lets only those write who have followed for 0 to 129 600 minutes (three months); none lets everybody.
    #[must_use]
    pub fn follower_mode(mut self, minutes: impl Into<Option<u32>>) -> Self {
        self.settings.follower_mode_duration = minutes.into();
        self.settings.follower_mode = Some(self.settings.follower_mode_duration.is_some());
        self
    }

    /// Lets messages appear after 2, 4 or 6 seconds, so that moderators can act before; none at once.
    #[must_use]
    pub fn chat_delay(mut self, seconds: impl Into<Option<u8>>) -> Self {
        self.settings.non_moderator_chat_delay_duration = seconds.into();
        self.settings.non_moderator_chat_delay =
            Some(self.settings.non_moderator_chat_delay_duration.is_some());
        self
    }

    /// Lets users wait 3 to 120 seconds between messages; none not at all.
    #[must_use]
    pub fn slow_mode(mut self, seconds: impl Into<Option<u16>>) -> Self {
        self.settings.slow_mode_wait_time = seconds.into();
        self.settings.slow_mode = Some(self.settings.slow_mode_wait_time.is_some());
        self
    }

    /// Whether only subscribers may write.
    #[must_use]
    pub fn subscriber_mode(mut self, on: bool) -> Self {
        self.settings.subscriber_mode = Some(on);
        self
    }

    /// Whether a message must differ from those before it.
    #[must_use]
    pub fn unique_chat_mode(mut self, on: bool) -> Self {
        self.settings.unique_chat_mode = Some(on);
        self
    }
}

impl ChatSettingsChange {
    fn check(&self) -> Checked {
        if *self == ChatSettingsChange::default() {
            return Err(Invalid::new("request", Rule::Other("changes nothing")));
        }
        if !matches!(self.non_moderator_chat_delay_duration, None | Some(2 | 4 | 6)) {
            return Err(Invalid::new("non_moderator_chat_delay_duration", Rule::Other("must be 2, 4 or 6")));
        }
        check::range_if("follower_mode_duration", self.follower_mode_duration, 0, 129_600)?;
        check::range_if("slow_mode_wait_time", self.slow_mode_wait_time, 3, 120)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{body, decode, query, refused};
    use serde_json::json;

    #[test]
    fn the_delay_is_told_to_moderators_alone() {
        let request = GetChatSettings::new("1001");
        assert_eq!(query(&request), "broadcaster_id=1001");
        assert_eq!(request.owner(), None);
        let request = request.as_moderator("1002");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(request.owner(), Some(&UserId::new("1002")));
        let mut wire = json!({
            "broadcaster_id": "1001", "emote_mode": false, "follower_mode": true, "follower_mode_duration": 0,
            "moderator_id": "1002", "non_moderator_chat_delay": true, "non_moderator_chat_delay_duration": 4,
            "slow_mode": false, "slow_mode_wait_time": null, "subscriber_mode": false, "unique_chat_mode": true,
        });
        let mut settings = ChatSettings {
            broadcaster_id: "1001".into(),
            emote_mode: false,
            follower_mode: true,
            follower_mode_duration: Some(0),
            moderator_id: Some("1002".into()),
            non_moderator_chat_delay: Some(true),
            non_moderator_chat_delay_duration: Some(4),
            slow_mode: false,
            slow_mode_wait_time: None,
            subscriber_mode: false,
            unique_chat_mode: true,
        };
        assert_eq!(decode::<GetChatSettings>(json!({"data": [wire]})), settings);
        assert_eq!(decode::<UpdateChatSettings>(json!({"data": [wire]})), settings);
        assert_eq!(serde_json::to_value(&settings).unwrap(), wire);
        for field in ["moderator_id", "non_moderator_chat_delay", "non_moderator_chat_delay_duration"] {
            wire.as_object_mut().unwrap().remove(field);
        }
        settings.moderator_id = None;
        settings.non_moderator_chat_delay = None;
        settings.non_moderator_chat_delay_duration = None;
        assert_eq!(decode::<GetChatSettings>(json!({"data": [wire]})), settings);
    }

    #[test]
    fn a_mode_is_sent_with_its_value_or_switched_off_without() {
        let change = || UpdateChatSettings::new("1001", "1002");
        assert_eq!(query(&change().emote_mode(true)), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(
            body(
                &change()
                    .emote_mode(true)
                    .follower_mode(10)
                    .chat_delay(2)
                    .slow_mode(30)
                    .subscriber_mode(false)
                    .unique_chat_mode(true)
            ),
            json!({
                "emote_mode": true, "follower_mode": true, "follower_mode_duration": 10,
                "non_moderator_chat_delay": true, "non_moderator_chat_delay_duration": 2, "slow_mode": true,
                "slow_mode_wait_time": 30, "subscriber_mode": false, "unique_chat_mode": true,
            })
        );
        assert_eq!(
            body(&change().follower_mode(None).chat_delay(None).slow_mode(None)),
            json!({"follower_mode": false, "non_moderator_chat_delay": false, "slow_mode": false})
        );
    }

    #[test]
    fn a_setting_outside_twitchs_limits_is_not_sent() {
        let change = || UpdateChatSettings::new("1001", "1002");
        assert_eq!(refused(&change()), "`request` changes nothing");
        assert_eq!(refused(&change().chat_delay(3)), "`non_moderator_chat_delay_duration` must be 2, 4 or 6");
        assert_eq!(
            refused(&change().follower_mode(129_601)),
            "`follower_mode_duration` must be 0 to 129600, is 129601"
        );
        assert_eq!(refused(&change().slow_mode(2)), "`slow_mode_wait_time` must be 3 to 120, is 2");
    }
}
