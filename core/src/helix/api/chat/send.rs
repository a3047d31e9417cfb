//! What is sent to a chat room: messages, announcements, shoutouts.

use crate::helix::check::{self, Checked};
use crate::helix::{Invalid, One, Rule, endpoint};
use crate::id::{ChatMessageId, UserId};
use crate::wire::{empty_as_none, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Sends a message to a chat room. Text that begins with `/` or `.` is taken as a command.
///
/// With the app token, the sender must have granted `user:write:chat` and `user:bot`, and must moderate the channel
/// unless the broadcaster has granted `channel:bot`.
#[derive(Clone, Debug, Serialize)]
pub struct SendChatMessage {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who sends.
    pub sender_id: UserId,
    /// The text, 1 to 500 characters.
    pub message: String,
    /// The message that is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_parent_message_id: Option<ChatMessageId>,
    /// In a shared chat, whether only this channel sees it. For the app token alone, where Twitch's default is yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_source_only: Option<bool>,
    /// Whether to pin it for 20 minutes, which wants `moderator:manage:chat_messages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<bool>,
}

endpoint!(SendChatMessage = "send-chat-message": post "/chat/messages" => One<SentChatMessage>, any(sender_id),
    scopes: any(UserWriteChat), app: all(any(UserWriteChat), any(UserBot)), optional: (ModeratorManageChatMessages),
    body: whole, check: |r| check::length("message", &r.message, 1, 500));

impl SendChatMessage {
    /// A message to a channel's chat.
    pub fn new(
        broadcaster: impl Into<UserId>,
        sender: impl Into<UserId>,
        message: impl Into<String>,
    ) -> Self {
        SendChatMessage {
            broadcaster_id: broadcaster.into(),
            sender_id: sender.into(),
            message: message.into(),
            reply_parent_message_id: None,
            for_source_only: None,
            pin: None,
        }
    }

    /// As an answer to a message.
    #[must_use]
    pub fn reply_to(mut self, message: impl Into<ChatMessageId>) -> Self {
        self.reply_parent_message_id = Some(message.into());
        self
    }

    /// In a shared chat, for this channel alone or for all. With the app token only.
    #[must_use]
    pub fn for_source_only(mut self, yes: bool) -> Self {
        self.for_source_only = Some(yes);
        self
    }

    /// Pins it for 20 minutes.
    #[must_use]
    pub fn pinned(mut self) -> Self {
        self.pin = Some(true);
        self
    }
}

/// What became of a message. Twitch answers 200 also for one that it dropped: see [`is_sent`](Self::is_sent).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentChatMessage {
    /// The message's id; none where it was dropped.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub message_id: Option<ChatMessageId>,
    /// Whether it was sent.
    pub is_sent: bool,
    /// Why it was dropped.
    #[serde(default)]
    pub drop_reason: Option<DropReason>,
}

/// Why a message was dropped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DropReason {
    /// Twitch's code, such as `msg_duplicate`.
    pub code: CompactString,
    /// Twitch's words.
    pub message: String,
}

/// Sends an announcement to a chat room, at most one in two seconds.
#[derive(Clone, Debug, Serialize)]
pub struct SendChatAnnouncement {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Who announces: a moderator of the channel, or the broadcaster; none for the application itself.
    pub moderator_id: Option<UserId>,
    /// What is announced.
    #[serde(skip)]
    pub announcement: Announcement,
}

endpoint!(SendChatAnnouncement = "send-chat-announcement": post "/chat/announcements" => (), any(moderator_id),
    scopes: any(ModeratorManageAnnouncements), limits: [1 in 2 by (broadcaster_id, moderator_id)], body: json(announcement),
    check: |r| check::length("message", &r.announcement.message, 1, 500).and(r.source()));

impl SendChatAnnouncement {
    /// An announcement by a moderator.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        message: impl Into<String>,
    ) -> Self {
        SendChatAnnouncement { moderator_id: Some(moderator.into()), ..Self::by_app(broadcaster, message) }
    }

    /// An announcement by the application, with the app token.
    pub fn by_app(broadcaster: impl Into<UserId>, message: impl Into<String>) -> Self {
        SendChatAnnouncement {
            broadcaster_id: broadcaster.into(),
            moderator_id: None,
            announcement: Announcement { message: message.into(), color: None, for_source_only: None },
        }
    }

    /// In this colour.
    #[must_use]
    pub fn color(mut self, color: AnnouncementColor) -> Self {
        self.announcement.color = Some(color);
        self
    }

    /// In a shared chat, for this channel alone or for all. Only for the application.
    #[must_use]
    pub fn for_source_only(mut self, yes: bool) -> Self {
        self.announcement.for_source_only = Some(yes);
        self
    }

    fn source(&self) -> Checked {
        if self.moderator_id.is_some() && self.announcement.for_source_only.is_some() {
            return Err(Invalid::new("for_source_only", Rule::Other("is only for announcements by the app")));
        }
        Ok(())
    }
}

/// What is announced.
#[derive(Clone, Debug, Serialize)]
pub struct Announcement {
    /// The text, 1 to 500 characters.
    pub message: String,
    /// The colour that sets it off; Twitch's default is the channel's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<AnnouncementColor>,
    /// In a shared chat, whether only this channel sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_source_only: Option<bool>,
}

open_enum! {
    /// A colour that sets an announcement off.
    pub enum AnnouncementColor {
        /// The channel's own.
        Primary = "primary",
        /// Blue.
        Blue = "blue",
        /// Green.
        Green = "green",
        /// Orange.
        Orange = "orange",
        /// Purple.
        Purple = "purple",
    }
}

/// Recommends another broadcaster to a channel's viewers: once in two minutes, the same broadcaster once an hour. The
/// channel must be live.
#[derive(Clone, Debug, Serialize)]
pub struct SendAShoutout {
    /// The channel.
    pub from_broadcaster_id: UserId,
    /// Whom it recommends.
    pub to_broadcaster_id: UserId,
    /// Who sends it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
}

endpoint!(SendAShoutout = "send-a-shoutout": post "/chat/shoutouts" => (), user(moderator_id),
    scopes: any(ModeratorManageShoutouts),
    limits: [1 in 120 by (from_broadcaster_id), 1 in 3600 by (from_broadcaster_id, to_broadcaster_id)],
    check: |r| r.others());

impl SendAShoutout {
    /// Recommends one broadcaster in another's channel.
    pub fn new(from: impl Into<UserId>, to: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        SendAShoutout {
            from_broadcaster_id: from.into(),
            to_broadcaster_id: to.into(),
            moderator_id: moderator.into(),
        }
    }

    fn others(&self) -> Checked {
        if self.from_broadcaster_id == self.to_broadcaster_id {
            return Err(Invalid::new("to_broadcaster_id", Rule::Other("must be another broadcaster")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{body, decode, decode_odd, query, refused};
    use serde_json::json;

    #[test]
    fn a_message_is_all_body() {
        let request = SendChatMessage::new("1001", "1002", "hi");
        assert_eq!(query(&request), "");
        assert_eq!(body(&request), json!({"broadcaster_id": "1001", "sender_id": "1002", "message": "hi"}));
        assert_eq!(
            body(&request.reply_to("m1").for_source_only(false).pinned()),
            json!({
                "broadcaster_id": "1001", "sender_id": "1002", "message": "hi", "reply_parent_message_id": "m1",
                "for_source_only": false, "pin": true,
            })
        );
        let refused = |text: String| refused(&SendChatMessage::new("1001", "1002", text));
        assert_eq!(refused(String::new()), "`message` wants 1 to 500 characters, has 0");
        assert_eq!(refused("é".repeat(501)), "`message` wants 1 to 500 characters, has 501");
    }

    #[test]
    fn a_message_that_was_dropped_has_no_id_and_a_reason() {
        let wire = json!({"message_id": "m1", "is_sent": true});
        let sent = decode_odd::<SendChatMessage>(json!({"data": [wire]}));
        assert_eq!(sent, SentChatMessage { message_id: Some("m1".into()), is_sent: true, drop_reason: None });
        let wire = json!({
            "message_id": "", "is_sent": false, "drop_reason": {"code": "msg_new", "message": "Something else."},
        });
        assert_eq!(
            decode::<SendChatMessage>(json!({"data": [wire]})),
            SentChatMessage {
                message_id: None,
                is_sent: false,
                drop_reason: Some(DropReason { code: "msg_new".into(), message: "Something else.".into() }),
            }
        );
    }

    #[test]
    fn an_announcement_is_a_moderators_or_the_apps() {
        let request = SendChatAnnouncement::new("1001", "1002", "hear!").color(AnnouncementColor::Purple);
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(request.owner(), Some(&UserId::new("1002")));
        assert_eq!(body(&request), json!({"message": "hear!", "color": "purple"}));
        assert_eq!(
            refused(&request.for_source_only(true)),
            "`for_source_only` is only for announcements by the app"
        );
        let request = SendChatAnnouncement::by_app("1001", "hear!").for_source_only(true);
        assert_eq!(query(&request), "broadcaster_id=1001");
        assert_eq!(request.owner(), None);
        assert_eq!(body(&request), json!({"message": "hear!", "for_source_only": true}));
        assert_eq!(
            refused(&SendChatAnnouncement::by_app("1001", "x".repeat(501))),
            "`message` wants 1 to 500 characters, has 501"
        );
    }

    #[test]
    fn nobody_shouts_out_to_themselves() {
        assert_eq!(
            query(&SendAShoutout::new("1001", "1003", "1002")),
            "from_broadcaster_id=1001&to_broadcaster_id=1003&moderator_id=1002"
        );
        let wrong = SendAShoutout::new("1001", "1001", "1002");
        assert_eq!(refused(&wrong), "`to_broadcaster_id` must be another broadcaster");
    }
}
