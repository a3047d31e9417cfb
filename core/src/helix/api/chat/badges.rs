//! Badges: the pictures before a chatter's name.

use crate::helix::{List, endpoint};
use crate::id::UserId;
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Gets a channel's own badges: for subscribers and for Bits.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelChatBadges {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetChannelChatBadges = "get-channel-chat-badges": get "/chat/badges" => List<BadgeSet>, any);

impl GetChannelChatBadges {
    /// The badges of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChannelChatBadges { broadcaster_id: broadcaster.into() }
    }
}

/// Gets the badges that are shown in every chat room.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetGlobalChatBadges {}

endpoint!(GetGlobalChatBadges = "get-global-chat-badges": get "/chat/badges/global" => List<BadgeSet>, any);

/// A set of badges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BadgeSet {
    /// The set's name, such as `subscriber`.
    pub set_id: CompactString,
    /// Its badges.
    #[serde(default, deserialize_with = "null_as_default")]
    pub versions: Vec<BadgeVersion>,
}

/// A badge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BadgeVersion {
    /// Which of the set: a number of months or Bits, or any word.
    pub id: CompactString,
    /// The address of its small picture, 18 pixels square.
    pub image_url_1x: String,
    /// The address of its medium picture, 36 pixels square.
    pub image_url_2x: String,
    /// The address of its large picture, 72 pixels square.
    pub image_url_4x: String,
    /// Its title.
    pub title: String,
    /// What it stands for.
    pub description: String,
    /// What a click does; none if nothing.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub click_action: Option<CompactString>,
    /// Where a click leads; none if nowhere.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub click_url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{decode, query};
    use serde_json::json;

    #[test]
    fn a_badge_decodes_to_the_field() {
        assert_eq!(query(&GetChannelChatBadges::new("1001")), "broadcaster_id=1001");
        let wire = json!({
            "set_id": "subscriber",
            "versions": [{
                "id": "3", "image_url_1x": "https://pic.example/1", "image_url_2x": "https://pic.example/2",
                "image_url_4x": "https://pic.example/4", "title": "Subscriber", "description": "3 months",
                "click_action": "subscribe_to_channel", "click_url": null,
            }],
        });
        let badges = decode::<GetChannelChatBadges>(json!({"data": [wire]}));
        assert_eq!(
            badges,
            [BadgeSet {
                set_id: "subscriber".into(),
                versions: vec![BadgeVersion {
                    id: "3".into(),
                    image_url_1x: "https://pic.example/1".into(),
                    image_url_2x: "https://pic.example/2".into(),
                    image_url_4x: "https://pic.example/4".into(),
                    title: "Subscriber".into(),
                    description: "3 months".into(),
                    click_action: Some("subscribe_to_channel".into()),
                    click_url: None,
                }],
            }]
        );
        assert_eq!(serde_json::to_value(&badges[0]).unwrap(), wire);
    }

    #[test]
    fn global_badges_have_the_same_form() {
        assert_eq!(query(&GetGlobalChatBadges {}), "");
        let badges = decode::<GetGlobalChatBadges>(json!({"data": [{"set_id": "vip", "versions": [{
            "id": "1", "image_url_1x": "a", "image_url_2x": "b", "image_url_4x": "c", "title": "VIP",
            "description": "VIP", "click_action": "visit_url", "click_url": "https://vip.example",
        }]}]}));
        assert_eq!(badges[0].set_id, "vip");
        assert_eq!(badges[0].versions[0].click_url.as_deref(), Some("https://vip.example"));
    }
}
