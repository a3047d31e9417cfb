//! Emotes. Lists of them come with a template for the addresses of their pictures.

use crate::eventsub::topic::chat::EmoteFormat;
use crate::helix::page::{cursor, pagination};
use crate::helix::{Answer, CallError, Cursor, Paged, Shape, endpoint};
use crate::id::{EmoteId, EmoteSetId, UserId};
use crate::value::{Images, Tier};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Gets the emotes that a channel made for its subscribers, followers and cheerers.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelEmotes {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetChannelEmotes = "get-channel-emotes": get "/chat/emotes" => Emotes<ChannelEmote>, any);

impl GetChannelEmotes {
    /// The emotes of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetChannelEmotes { broadcaster_id: broadcaster.into() }
    }
}

/// Gets the emotes that everybody can use.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetGlobalEmotes {}

endpoint!(GetGlobalEmotes = "get-global-emotes": get "/chat/emotes/global" => Emotes<GlobalEmote>, any);

/// Gets the emotes of sets. Sets that are not found are left out.
#[derive(Clone, Debug, Serialize)]
pub struct GetEmoteSets {
    /// The sets, 1 to 25.
    pub emote_set_id: Vec<EmoteSetId>,
}

endpoint!(GetEmoteSets = "get-emote-sets": get "/chat/emotes/set" => Emotes<EmoteSetEmote>, any,
    list: emote_set_id 1..=25);

impl GetEmoteSets {
    /// The emotes of these sets.
    pub fn new<I: Into<EmoteSetId>>(sets: impl IntoIterator<Item = I>) -> Self {
        GetEmoteSets { emote_set_id: sets.into_iter().map(Into::into).collect() }
    }
}

/// Gets the emotes that a user can use, from all channels.
#[derive(Clone, Debug, Serialize)]
pub struct GetUserEmotes {
    /// The user.
    pub user_id: UserId,
    /// A channel whose emotes for followers are wanted in any case.
    pub broadcaster_id: Option<UserId>,
}

endpoint!(GetUserEmotes = "get-user-emotes": get "/chat/emotes/user" => Emotes<UserEmote>, user(user_id),
    scopes: any(UserReadEmotes));

impl GetUserEmotes {
    /// The emotes that a user can use.
    pub fn new(user: impl Into<UserId>) -> Self {
        GetUserEmotes { user_id: user.into(), broadcaster_id: None }
    }

    /// With a channel's emotes for followers.
    #[must_use]
    pub fn following(mut self, broadcaster: impl Into<UserId>) -> Self {
        self.broadcaster_id = Some(broadcaster.into());
        self
    }
}

/// Emotes, and the template for their pictures. Only the emotes of a user come in pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct Emotes<T> {
    /// The emotes.
    #[serde(default = "Vec::new", deserialize_with = "null_as_default", rename = "data")]
    pub items: Vec<T>,
    /// Makes addresses of pictures.
    pub template: EmoteTemplate,
    /// Leads to the next page.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "pagination")]
    #[serde(deserialize_with = "cursor", serialize_with = "pagination")]
    pub cursor: Option<Cursor>,
}

impl<T: DeserializeOwned> Shape for Emotes<T> {
    type Value = Emotes<T>;

    fn decode(answer: &Answer) -> Result<Emotes<T>, CallError> {
        answer.json()
    }
}

impl<T> Paged for Emotes<T> {
    type Item = T;

    fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    fn count(&self) -> usize {
        self.items.len()
    }

    fn into_items(self) -> Vec<T> {
        self.items
    }
}

/// The address of an emote's picture, with places for the emote, its format, background and size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmoteTemplate(String);

impl EmoteTemplate {
    /// The template as Twitch writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of an emote's picture. An emote says in which formats, backgrounds and sizes it exists.
    pub fn url(
        &self,
        emote: &EmoteId,
        format: &EmoteFormat,
        theme: &EmoteTheme,
        scale: &EmoteScale,
    ) -> String {
        self.0
            .replace("{{format}}", format.as_str())
            .replace("{{theme_mode}}", theme.as_str())
            .replace("{{scale}}", scale.as_str())
            .replace("{{id}}", emote.as_str())
    }
}

/// An emote of a channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelEmote {
    /// The emote's id.
    pub id: EmoteId,
    /// What is written in chat for it.
    pub name: CompactString,
    /// Still pictures for a light background. [`EmoteTemplate::url`] gives all others.
    pub images: Images,
    /// From which tier on subscribers have it; none where it is not for subscribers.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub tier: Option<Tier>,
    /// How it is come by.
    pub emote_type: EmoteType,
    /// The set it belongs to.
    pub emote_set_id: EmoteSetId,
    /// In which formats it exists.
    #[serde(default, deserialize_with = "null_as_default")]
    pub format: Vec<EmoteFormat>,
    /// In which sizes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scale: Vec<EmoteScale>,
    /// For which backgrounds.
    #[serde(default, deserialize_with = "null_as_default")]
    pub theme_mode: Vec<EmoteTheme>,
}

/// An emote that everybody can use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GlobalEmote {
    /// The emote's id.
    pub id: EmoteId,
    /// What is written in chat for it.
    pub name: CompactString,
    /// Still pictures for a light background. [`EmoteTemplate::url`] gives all others.
    pub images: Images,
    /// In which formats it exists.
    #[serde(default, deserialize_with = "null_as_default")]
    pub format: Vec<EmoteFormat>,
    /// In which sizes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scale: Vec<EmoteScale>,
    /// For which backgrounds.
    #[serde(default, deserialize_with = "null_as_default")]
    pub theme_mode: Vec<EmoteTheme>,
}

/// An emote of a set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmoteSetEmote {
    /// The emote's id.
    pub id: EmoteId,
    /// What is written in chat for it.
    pub name: CompactString,
    /// Still pictures for a light background. [`EmoteTemplate::url`] gives all others.
    pub images: Images,
    /// How it is come by.
    pub emote_type: EmoteType,
    /// The set it belongs to.
    pub emote_set_id: EmoteSetId,
    /// The broadcaster it belongs to.
    pub owner_id: UserId,
    /// In which formats it exists.
    #[serde(default, deserialize_with = "null_as_default")]
    pub format: Vec<EmoteFormat>,
    /// In which sizes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scale: Vec<EmoteScale>,
    /// For which backgrounds.
    #[serde(default, deserialize_with = "null_as_default")]
    pub theme_mode: Vec<EmoteTheme>,
}

/// An emote that a user can use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserEmote {
    /// The emote's id.
    pub id: EmoteId,
    /// What is written in chat for it.
    pub name: CompactString,
    /// How it is come by.
    pub emote_type: EmoteType,
    /// The set it belongs to; none for some.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub emote_set_id: Option<EmoteSetId>,
    /// The broadcaster it belongs to; none for Twitch's own.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub owner_id: Option<UserId>,
    /// In which formats it exists.
    #[serde(default, deserialize_with = "null_as_default")]
    pub format: Vec<EmoteFormat>,
    /// In which sizes.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scale: Vec<EmoteScale>,
    /// For which backgrounds.
    #[serde(default, deserialize_with = "null_as_default")]
    pub theme_mode: Vec<EmoteTheme>,
}

open_enum! {
    /// How an emote is come by.
    pub enum EmoteType {
        /// Twitch does not say.
        None = "none",
        /// With Bits.
        BitsTier = "bitstier",
        /// By following.
        Follower = "follower",
        /// By subscribing.
        Subscriptions = "subscriptions",
        /// With channel points.
        ChannelPoints = "channelpoints",
        /// As a reward of an event.
        Rewards = "rewards",
        /// In a Hype Train.
        HypeTrain = "hypetrain",
        /// With Prime Gaming.
        Prime = "prime",
        /// With Turbo.
        Turbo = "turbo",
        /// Smileys.
        Smilies = "smilies",
        /// By everybody.
        Globals = "globals",
        /// At the Overwatch League of 2019.
        Owl2019 = "owl2019",
        /// By turning two-factor authentication on.
        TwoFactor = "twofactor",
        /// For a limited time.
        LimitedTime = "limitedtime",
    }
}

open_enum! {
    /// An emote's size.
    pub enum EmoteScale {
        /// 28 pixels square.
        Small = "1.0",
        /// 56 pixels square.
        Medium = "2.0",
        /// 112 pixels square.
        Large = "3.0",
    }
}

open_enum! {
    /// The background that an emote is drawn for.
    pub enum EmoteTheme {
        /// Dark.
        Dark = "dark",
        /// Light.
        Light = "light",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{decode, query, refused};
    use serde_json::{Value as Json, json};

    const TEMPLATE: &str = "https://pic.example/{{id}}/{{format}}/{{theme_mode}}/{{scale}}";

    fn images() -> Json {
        json!({"url_1x": "https://pic.example/1", "url_2x": "https://pic.example/2", "url_4x": "https://pic.example/4"})
    }

    #[test]
    fn a_channels_emote_has_a_tier_only_for_subscribers() {
        assert_eq!(query(&GetChannelEmotes::new("1001")), "broadcaster_id=1001");
        let wire = json!({
            "id": "e1", "name": "adaHi", "images": images(), "tier": "2000", "emote_type": "subscriptions",
            "emote_set_id": "s1", "format": ["static", "animated"], "scale": ["1.0", "3.0"], "theme_mode": ["light"],
        });
        let mut follower = wire.clone();
        follower["tier"] = "".into();
        follower["emote_type"] = "follower".into();
        let emotes = decode::<GetChannelEmotes>(json!({"data": [wire, follower], "template": TEMPLATE}));
        assert_eq!(
            emotes.items[0],
            ChannelEmote {
                id: "e1".into(),
                name: "adaHi".into(),
                images: serde_json::from_value(images()).unwrap(),
                tier: Some(Tier::Two),
                emote_type: EmoteType::Subscriptions,
                emote_set_id: "s1".into(),
                format: vec![EmoteFormat::Static, EmoteFormat::Animated],
                scale: vec![EmoteScale::Small, EmoteScale::Large],
                theme_mode: vec![EmoteTheme::Light],
            }
        );
        assert_eq!((&emotes.items[1].tier, &emotes.items[1].emote_type), (&None, &EmoteType::Follower));
        assert_eq!(serde_json::to_value(&emotes.items[0]).unwrap(), wire);
    }

    #[test]
    fn a_picture_is_had_from_the_template() {
        assert_eq!(query(&GetGlobalEmotes {}), "");
        let wire = json!({
            "data": [{
                "id": "e1", "name": "Hi", "images": images(), "format": ["static"], "scale": ["2.0"],
                "theme_mode": ["dark"],
            }],
            "template": TEMPLATE,
        });
        let emotes = decode::<GetGlobalEmotes>(wire.clone());
        let emote = GlobalEmote {
            id: "e1".into(),
            name: "Hi".into(),
            images: serde_json::from_value(images()).unwrap(),
            format: vec![EmoteFormat::Static],
            scale: vec![EmoteScale::Medium],
            theme_mode: vec![EmoteTheme::Dark],
        };
        assert_eq!(emotes.items, std::slice::from_ref(&emote));
        assert_eq!(emotes.template.as_str(), TEMPLATE);
        assert_eq!(serde_json::to_value(&emotes).unwrap(), wire);
        assert_eq!(
            emotes.template.url(&emote.id, &emote.format[0], &emote.theme_mode[0], &emote.scale[0]),
            "https://pic.example/e1/static/dark/2.0"
        );
    }

    #[test]
    fn an_emote_of_a_set_names_its_owner() {
        assert_eq!(query(&GetEmoteSets::new(["s1", "s2"])), "emote_set_id=s1&emote_set_id=s2");
        let nothing: [&str; 0] = [];
        assert_eq!(refused(&GetEmoteSets::new(nothing)), "`emote_set_id` wants 1 to 25 values, has 0");
        assert_eq!(refused(&GetEmoteSets::new(["s"; 26])), "`emote_set_id` wants 1 to 25 values, has 26");
        let wire = json!({
            "id": "e1", "name": "adaHi", "images": images(), "emote_type": "bitstier", "emote_set_id": "s1",
            "owner_id": "1001", "format": ["static"], "scale": ["1.0"], "theme_mode": ["light"],
        });
        let emotes = decode::<GetEmoteSets>(json!({"data": [wire], "template": TEMPLATE}));
        assert_eq!(
            emotes.items,
            [EmoteSetEmote {
                id: "e1".into(),
                name: "adaHi".into(),
                images: serde_json::from_value(images()).unwrap(),
                emote_type: EmoteType::BitsTier,
                emote_set_id: "s1".into(),
                owner_id: "1001".into(),
                format: vec![EmoteFormat::Static],
                scale: vec![EmoteScale::Small],
                theme_mode: vec![EmoteTheme::Light],
            }]
        );
        assert_eq!(serde_json::to_value(&emotes.items[0]).unwrap(), wire);
    }

    #[test]
    fn a_users_emotes_come_in_pages_and_some_in_no_set() {
        assert_eq!(query(&GetUserEmotes::new("1002").following("1001")), "user_id=1002&broadcaster_id=1001");
        let wire = json!({
            "data": [{
                "id": "e1", "name": "Hi", "emote_type": "hypetrain", "emote_set_id": "", "owner_id": "1001",
                "format": ["static"], "scale": ["1.0"], "theme_mode": ["light"],
            }],
            "template": TEMPLATE, "pagination": {"cursor": "next"},
        });
        let emotes = decode::<GetUserEmotes>(wire);
        assert_eq!(emotes.cursor(), Some(&Cursor::new("next")));
        assert_eq!(emotes.count(), 1);
        assert_eq!(
            emotes.into_items(),
            [UserEmote {
                id: "e1".into(),
                name: "Hi".into(),
                emote_type: EmoteType::HypeTrain,
                emote_set_id: None,
                owner_id: Some("1001".into()),
                format: vec![EmoteFormat::Static],
                scale: vec![EmoteScale::Small],
                theme_mode: vec![EmoteTheme::Light],
            }]
        );
    }
}
