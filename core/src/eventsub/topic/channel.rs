//! Topics about a channel as a whole: follows, raids.

use crate::eventsub::topic;
use crate::id::{Login, UserId};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    pub broadcaster_user_login: Login,
    /// Its display name.
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

topic!(ChannelRaid = "channel.raid" "1" => ChannelRaidEvent, any);

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

/// A broadcaster raids another's channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelRaidEvent {
    /// Who raids.
    pub from_broadcaster_user_id: UserId,
    /// Their login.
    pub from_broadcaster_user_login: Login,
    /// Their display name.
    pub from_broadcaster_user_name: CompactString,
    /// Who is raided.
    pub to_broadcaster_user_id: UserId,
    /// Their login.
    pub to_broadcaster_user_login: Login,
    /// Their display name.
    pub to_broadcaster_user_name: CompactString,
    /// How many viewers come along.
    pub viewers: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eventsub::{Condition, Topic};

    #[test]
    fn a_follow_decodes_to_the_field_and_back() {
        let wire = serde_json::json!({
            "user_id": "1002", "user_login": "brook", "user_name": "Brook",
            "broadcaster_user_id": "1001", "broadcaster_user_login": "ada", "broadcaster_user_name": "Ada",
            "followed_at": "2026-03-04T05:06:07.123456789Z",
        });
        let event: ChannelFollowEvent = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(
            event,
            ChannelFollowEvent {
                user_id: "1002".into(),
                user_login: "brook".into(),
                user_name: "Brook".into(),
                broadcaster_user_id: "1001".into(),
                broadcaster_user_login: "ada".into(),
                broadcaster_user_name: "Ada".into(),
                followed_at: "2026-03-04T05:06:07.123456789Z".parse().unwrap(),
            }
        );
        assert_eq!(serde_json::to_value(&event).unwrap(), wire);
    }

    #[test]
    fn a_follow_is_subscribed_to_with_the_moderators_token() {
        let topic = ChannelFollow::new("1001", "1002");
        assert_eq!(topic.owner(), Some(&UserId::new("1002")));
        assert_eq!(ChannelFollow::META.scopes.to_string(), "moderator:read:followers");
    }

    #[test]
    fn a_raid_is_heard_from_one_side() {
        assert_eq!(
            serde_json::to_string(&Condition::of(&ChannelRaid::to("1001")).unwrap()).unwrap(),
            r#"{"to_broadcaster_user_id":"1001"}"#
        );
        assert_eq!(
            serde_json::to_string(&Condition::of(&ChannelRaid::from("1001")).unwrap()).unwrap(),
            r#"{"from_broadcaster_user_id":"1001"}"#
        );
    }

    #[test]
    fn a_raid_decodes_to_the_field() {
        let wire = serde_json::json!({
            "from_broadcaster_user_id": "1001", "from_broadcaster_user_login": "ada",
            "from_broadcaster_user_name": "Ada", "to_broadcaster_user_id": "1002",
            "to_broadcaster_user_login": "brook", "to_broadcaster_user_name": "Brook", "viewers": 42,
        });
        let event: ChannelRaidEvent = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(event.viewers, 42);
        assert_eq!(event.to_broadcaster_user_login, "brook");
        assert_eq!(serde_json::to_value(&event).unwrap(), wire);
    }
}
