//! What Twitch knows of an extension, and which live channels use it.

use crate::helix::{Maybe, One, Page, endpoint};
use crate::id::{CategoryId, ExtensionId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lists the live channels that have an extension. The list lags some minutes behind.
#[derive(Clone, Debug, Serialize)]
pub struct GetExtensionLiveChannels {
    /// The extension.
    pub extension_id: ExtensionId,
    /// How many a page.
    pub first: Option<u16>,
}

endpoint!(GetExtensionLiveChannels = "get-extension-live-channels": get "/extensions/live"
    => Page<ExtensionLiveChannel>, any);

impl GetExtensionLiveChannels {
    /// The channels of an extension.
    pub fn new(extension: impl Into<ExtensionId>) -> Self {
        GetExtensionLiveChannels { extension_id: extension.into(), first: None }
    }
}

/// A live channel that has an extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionLiveChannel {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The broadcaster's display name.
    pub broadcaster_name: CompactString,
    /// The category's name; none if none is set.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_name: Option<CompactString>,
    /// The category's id; none if none is set.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub game_id: Option<CategoryId>,
    /// The stream's title; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
}

/// Gets an extension of one's own, released or not: a version, or the latest that was released.
#[derive(Clone, Debug, Serialize)]
pub struct GetExtensions {
    /// The extension.
    pub extension_id: ExtensionId,
    /// Its version.
    pub extension_version: Option<CompactString>,
}

endpoint!(GetExtensions = "get-extensions": get "/extensions" => Maybe<Extension>, jwt);

impl GetExtensions {
    /// The latest version that was released; none if none was.
    pub fn new(extension: impl Into<ExtensionId>) -> Self {
        GetExtensions { extension_id: extension.into(), extension_version: None }
    }

    /// This version.
    #[must_use]
    pub fn version(mut self, version: impl Into<CompactString>) -> Self {
        self.extension_version = Some(version.into());
        self
    }
}

/// Gets a released extension.
#[derive(Clone, Debug, Serialize)]
pub struct GetReleasedExtensions {
    /// The extension.
    pub extension_id: ExtensionId,
    /// Its version.
    pub extension_version: Option<CompactString>,
}

endpoint!(GetReleasedExtensions = "get-released-extensions": get "/extensions/released" => One<Extension>, any);

impl GetReleasedExtensions {
    /// The latest version.
    pub fn new(extension: impl Into<ExtensionId>) -> Self {
        GetReleasedExtensions { extension_id: extension.into(), extension_version: None }
    }

    /// This version.
    #[must_use]
    pub fn version(mut self, version: impl Into<CompactString>) -> Self {
        self.extension_version = Some(version.into());
        self
    }
}

/// An extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Extension {
    /// The user or organisation that owns it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub author_name: CompactString,
    /// Whether it does something for Bits.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits_enabled: bool,
    /// Whether everyone may install it. While in test, only those on a list may.
    #[serde(default, deserialize_with = "null_as_default")]
    pub can_install: bool,
    /// Where its configuration is kept.
    pub configuration_location: ConfigurationLocation,
    /// What it does, at length.
    #[serde(default, deserialize_with = "null_as_default")]
    pub description: String,
    /// Its terms of service; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub eula_tos_url: String,
    /// Whether it may write to chat.
    #[serde(default, deserialize_with = "null_as_default")]
    pub has_chat_support: bool,
    /// Its icon.
    #[serde(default, deserialize_with = "null_as_default")]
    pub icon_url: String,
    /// Its icon by size, such as `24x24`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub icon_urls: BTreeMap<CompactString, String>,
    /// The extension's id.
    pub id: ExtensionId,
    /// Its name.
    pub name: CompactString,
    /// Its privacy policy; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub privacy_policy_url: String,
    /// Whether it asks viewers for their identity.
    #[serde(default, deserialize_with = "null_as_default")]
    pub request_identity_link: bool,
    /// Pictures of it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub screenshot_urls: Vec<String>,
    /// Where it stands between making and release.
    pub state: ExtensionState,
    /// Whether it may see who subscribes.
    pub subscriptions_support_level: SubscriptionsSupport,
    /// What it does, in short, for broadcasters.
    #[serde(default, deserialize_with = "null_as_default")]
    pub summary: String,
    /// Whom to write to for help.
    #[serde(default, deserialize_with = "null_as_default")]
    pub support_email: String,
    /// Its version.
    #[serde(default, deserialize_with = "null_as_default")]
    pub version: CompactString,
    /// What it does, in short, for viewers.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_summary: String,
    /// How it is shown.
    #[serde(default, deserialize_with = "null_as_default")]
    pub views: ExtensionViews,
    /// Where its configuration may link to.
    #[serde(default, deserialize_with = "null_as_default")]
    pub allowlisted_config_urls: Vec<String>,
    /// Where its panel may link to.
    #[serde(default, deserialize_with = "null_as_default")]
    pub allowlisted_panel_urls: Vec<String>,
}

open_enum! {
    /// Where an extension's configuration is kept.
    pub enum ConfigurationLocation {
        /// At Twitch.
        Hosted = "hosted",
        /// In the extension's back end.
        Custom = "custom",
        /// It has none.
        None = "none",
    }
}

open_enum! {
    /// Where an extension stands between making and release.
    pub enum ExtensionState {
        /// Twitch has approved it.
        Approved = "Approved",
        /// Its files are uploaded.
        AssetsUploaded = "AssetsUploaded",
        /// It is gone.
        Deleted = "Deleted",
        /// It is out of use.
        Deprecated = "Deprecated",
        /// Twitch looks at it.
        InReview = "InReview",
        /// It is in test.
        InTest = "InTest",
        /// Its developer has something to do.
        PendingAction = "PendingAction",
        /// Twitch has turned it down.
        Rejected = "Rejected",
        /// It is released.
        Released = "Released",
    }
}

open_enum! {
    /// Whether an extension may see who subscribes.
    pub enum SubscriptionsSupport {
        /// It may not.
        None = "none",
        /// It may.
        Optional = "optional",
    }
}

/// How an extension is shown; none where it is not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionViews {
    /// On mobile devices.
    pub mobile: Option<MobileView>,
    /// As a panel below the video.
    pub panel: Option<PanelView>,
    /// Over the whole video.
    pub video_overlay: Option<VideoOverlayView>,
    /// As a part of the video.
    pub component: Option<ComponentView>,
    /// To broadcasters while they configure it.
    pub config: Option<ConfigView>,
}

/// How an extension is shown on mobile devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MobileView {
    /// The page that is shown.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_url: String,
}

/// How an extension is shown as a panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PanelView {
    /// The page that is shown.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_url: String,
    /// The panel's height in pixels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub height: u32,
    /// Whether it may link to other sites.
    #[serde(default, deserialize_with = "null_as_default")]
    pub can_link_external_content: bool,
}

/// How an extension is shown over the video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VideoOverlayView {
    /// The page that is shown.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_url: String,
    /// Whether it may link to other sites.
    #[serde(default, deserialize_with = "null_as_default")]
    pub can_link_external_content: bool,
}

/// How an extension is shown as a part of the video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComponentView {
    /// The page that is shown.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_url: String,
    /// Not in Twitch's reference, but on the wire.
    #[serde(default, deserialize_with = "null_as_default")]
    pub aspect_width: u32,
    /// Not in Twitch's reference, but on the wire.
    #[serde(default, deserialize_with = "null_as_default")]
    pub aspect_height: u32,
    /// The width in the ratio of width to height.
    #[serde(default, deserialize_with = "null_as_default")]
    pub aspect_ratio_x: u32,
    /// The height in the ratio of width to height.
    #[serde(default, deserialize_with = "null_as_default")]
    pub aspect_ratio_y: u32,
    /// Whether the page is zoomed rather than laid out anew.
    #[serde(default, deserialize_with = "null_as_default")]
    pub autoscale: bool,
    /// The width in pixels that zooming starts from.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scale_pixels: u32,
    /// The height, as a share of the most that is allowed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_height: u32,
    /// Not in Twitch's reference, but on the wire.
    #[serde(default, deserialize_with = "null_as_default")]
    pub size: u32,
    /// Not in Twitch's reference, but on the wire.
    #[serde(default, deserialize_with = "null_as_default")]
    pub zoom: bool,
    /// Not in Twitch's reference, but on the wire.
    #[serde(default, deserialize_with = "null_as_default")]
    pub zoom_pixels: u32,
    /// Whether it may link to other sites.
    #[serde(default, deserialize_with = "null_as_default")]
    pub can_link_external_content: bool,
}

/// How an extension is shown to broadcasters while they configure it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConfigView {
    /// The page that is shown.
    #[serde(default, deserialize_with = "null_as_default")]
    pub viewer_url: String,
    /// Whether it may link to other sites.
    #[serde(default, deserialize_with = "null_as_default")]
    pub can_link_external_content: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{decode, query};
    use crate::helix::{Accepts, Cursor, Endpoint};
    use serde_json::{Value as Json, json};

    #[test]
    fn live_channels_have_a_bare_string_for_pagination() {
        let request = GetExtensionLiveChannels { first: Some(5), ..GetExtensionLiveChannels::new("ext1") };
        assert_eq!(query(&request), "extension_id=ext1&first=5");
        let page = decode::<GetExtensionLiveChannels>(json!({
            "data": [
                {"broadcaster_id": "1001", "broadcaster_name": "Ada", "game_name": "Chess", "game_id": "77",
                 "title": "e4"},
                {"broadcaster_id": "1002", "broadcaster_name": "Brook", "game_name": "", "game_id": "", "title": ""},
            ],
            "pagination": "next",
        }));
        let ada = ExtensionLiveChannel {
            broadcaster_id: "1001".into(),
            broadcaster_name: "Ada".into(),
            game_name: Some("Chess".into()),
            game_id: Some("77".into()),
            title: "e4".into(),
        };
        let brook = ExtensionLiveChannel {
            broadcaster_id: "1002".into(),
            broadcaster_name: "Brook".into(),
            game_name: None,
            game_id: None,
            title: String::new(),
        };
        assert_eq!(page, Page { items: vec![ada, brook], cursor: Some(Cursor::new("next")), total: None });
        let last = decode::<GetExtensionLiveChannels>(json!({"data": [], "pagination": ""}));
        assert_eq!(last.cursor, None);
    }

    fn wire() -> Json {
        json!({"data": [{
            "author_name": "Ada", "bits_enabled": true, "can_install": false, "configuration_location": "hosted",
            "description": "Shows the board.", "eula_tos_url": "", "has_chat_support": true,
            "icon_url": "https://pic.example/icon", "icon_urls": {"24x24": "https://pic.example/24"}, "id": "ext1",
            "name": "Board", "privacy_policy_url": "", "request_identity_link": true,
            "screenshot_urls": ["https://pic.example/shot"], "state": "InTest",
            "subscriptions_support_level": "optional", "summary": "A board.", "support_email": "help@ext.example",
            "version": "0.1", "viewer_summary": "See the board.",
            "views": {
                "mobile": {"viewer_url": "https://ext.example/m"},
                "panel": {"viewer_url": "https://ext.example/p", "height": 300, "can_link_external_content": false},
                "video_overlay": {"viewer_url": "https://ext.example/o", "can_link_external_content": true},
                "component": {
                    "viewer_url": "https://ext.example/c", "aspect_width": 1, "aspect_height": 2,
                    "aspect_ratio_x": 3, "aspect_ratio_y": 4, "autoscale": true, "scale_pixels": 5,
                    "target_height": 6, "size": 7, "zoom": true, "zoom_pixels": 8, "can_link_external_content": true,
                },
                "config": {"viewer_url": "https://ext.example/k", "can_link_external_content": false},
            },
            "allowlisted_config_urls": ["https://a.example"], "allowlisted_panel_urls": ["https://b.example"],
        }]})
    }

    fn extension() -> Extension {
        Extension {
            author_name: "Ada".into(),
            bits_enabled: true,
            can_install: false,
            configuration_location: ConfigurationLocation::Hosted,
            description: "Shows the board.".into(),
            eula_tos_url: String::new(),
            has_chat_support: true,
            icon_url: "https://pic.example/icon".into(),
            icon_urls: BTreeMap::from([("24x24".into(), "https://pic.example/24".into())]),
            id: "ext1".into(),
            name: "Board".into(),
            privacy_policy_url: String::new(),
            request_identity_link: true,
            screenshot_urls: vec!["https://pic.example/shot".into()],
            state: ExtensionState::InTest,
            subscriptions_support_level: SubscriptionsSupport::Optional,
            summary: "A board.".into(),
            support_email: "help@ext.example".into(),
            version: "0.1".into(),
            viewer_summary: "See the board.".into(),
            views: ExtensionViews {
                mobile: Some(MobileView { viewer_url: "https://ext.example/m".into() }),
                panel: Some(PanelView {
                    viewer_url: "https://ext.example/p".into(),
                    height: 300,
                    can_link_external_content: false,
                }),
                video_overlay: Some(VideoOverlayView {
                    viewer_url: "https://ext.example/o".into(),
                    can_link_external_content: true,
                }),
                component: Some(ComponentView {
                    viewer_url: "https://ext.example/c".into(),
                    aspect_width: 1,
                    aspect_height: 2,
                    aspect_ratio_x: 3,
                    aspect_ratio_y: 4,
                    autoscale: true,
                    scale_pixels: 5,
                    target_height: 6,
                    size: 7,
                    zoom: true,
                    zoom_pixels: 8,
                    can_link_external_content: true,
                }),
                config: Some(ConfigView {
                    viewer_url: "https://ext.example/k".into(),
                    can_link_external_content: false,
                }),
            },
            allowlisted_config_urls: vec!["https://a.example".into()],
            allowlisted_panel_urls: vec!["https://b.example".into()],
        }
    }

    #[test]
    fn an_extension_of_ones_own_may_not_be_released() {
        assert_eq!(GetExtensions::META.accepts, Accepts::Jwt);
        assert_eq!(query(&GetExtensions::new("ext1")), "extension_id=ext1");
        let version = GetExtensions::new("ext1").version("0.1");
        assert_eq!(query(&version), "extension_id=ext1&extension_version=0.1");
        assert_eq!(decode::<GetExtensions>(wire()), Some(extension()));
        assert_eq!(decode::<GetExtensions>(json!({"data": []})), None);
    }

    #[test]
    fn a_released_extension_needs_no_token_of_its_own() {
        assert_eq!(GetReleasedExtensions::META.accepts, Accepts::Any);
        let version = GetReleasedExtensions::new("ext1").version("0.1");
        assert_eq!(query(&version), "extension_id=ext1&extension_version=0.1");
        assert_eq!(decode::<GetReleasedExtensions>(wire()), extension());
    }
}
