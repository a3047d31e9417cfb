//! A channel's settings, and its sessions.

use crate::helix::{Maybe, One, check, endpoint};
use crate::id::{GuestStarSessionId, GuestStarSlotId, Login, UserId};
use crate::wire::{null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Gets how a host has set up Guest Star.
#[derive(Clone, Debug, Serialize)]
pub struct GetChannelGuestStarSettings {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
}

endpoint!(GetChannelGuestStarSettings = "get-channel-guest-star-settings": get "/guest_star/channel_settings"
    => One<GuestStarSettings>, user(moderator_id),
    scopes: any(ChannelReadGuestStar, ChannelManageGuestStar, ModeratorReadGuestStar, ModeratorManageGuestStar));

impl GetChannelGuestStarSettings {
    /// The settings of a host.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        GetChannelGuestStarSettings { broadcaster_id: broadcaster.into(), moderator_id: moderator.into() }
    }
}

/// How a host has set up Guest Star.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GuestStarSettings {
    /// Whether moderators may put a guest on air.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_moderator_send_live_enabled: bool,
    /// How many guests a session may have, 1 to 6.
    pub slot_count: u32,
    /// Whether browser sources play sound.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_browser_source_audio_enabled: bool,
    /// How guests are laid out. Twitch's reference also calls it `layout`.
    #[serde(alias = "layout")]
    pub group_layout: GuestStarLayout,
    /// Opens the browser sources for viewing; whoever has it sees the session. Kept out of `Debug`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub browser_source_token: String,
}

impl fmt::Debug for GuestStarSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuestStarSettings")
            .field("is_moderator_send_live_enabled", &self.is_moderator_send_live_enabled)
            .field("slot_count", &self.slot_count)
            .field("is_browser_source_audio_enabled", &self.is_browser_source_audio_enabled)
            .field("group_layout", &self.group_layout)
            .finish_non_exhaustive()
    }
}

open_enum! {
    /// How guests are laid out in a browser source.
    pub enum GuestStarLayout {
        /// All of one size.
        Tiled = "TILED_LAYOUT",
        /// All of one size, but for a shared screen, which is larger.
        Screenshare = "SCREENSHARE_LAYOUT",
        /// Side by side.
        Horizontal = "HORIZONTAL_LAYOUT",
        /// One above the other.
        Vertical = "VERTICAL_LAYOUT",
    }
}

/// Changes how a host has set up Guest Star.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateChannelGuestStarSettings {
    /// The host.
    pub broadcaster_id: UserId,
    /// What changes.
    #[serde(skip)]
    pub change: GuestStarSettingsChange,
}

endpoint!(UpdateChannelGuestStarSettings = "update-channel-guest-star-settings":
    put "/guest_star/channel_settings" => (), user(broadcaster_id), scopes: any(ChannelManageGuestStar),
    body: json(change), check: |r| check::range_if("slot_count", r.change.slot_count, 1, 6));

impl UpdateChannelGuestStarSettings {
    /// Changes the settings of a host.
    pub fn new(broadcaster: impl Into<UserId>, change: GuestStarSettingsChange) -> Self {
        UpdateChannelGuestStarSettings { broadcaster_id: broadcaster.into(), change }
    }
}

/// What changes about a host's settings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GuestStarSettingsChange {
    /// Whether moderators may put a guest on air.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_moderator_send_live_enabled: Option<bool>,
    /// How many guests a session may have, 1 to 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot_count: Option<u32>,
    /// Whether browser sources play sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_browser_source_audio_enabled: Option<bool>,
    /// How guests are laid out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_layout: Option<GuestStarLayout>,
    /// True takes the present token from all browser sources and makes a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regenerate_browser_sources: Option<bool>,
}

/// Gets a host's session, if one goes on.
#[derive(Clone, Debug, Serialize)]
pub struct GetGuestStarSession {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
}

endpoint!(GetGuestStarSession = "get-guest-star-session": get "/guest_star/session" => Maybe<GuestStarSession>,
    user(moderator_id),
    scopes: any(ChannelReadGuestStar, ChannelManageGuestStar, ModeratorReadGuestStar, ModeratorManageGuestStar));

impl GetGuestStarSession {
    /// The session of a host.
    pub fn new(broadcaster: impl Into<UserId>, moderator: impl Into<UserId>) -> Self {
        GetGuestStarSession { broadcaster_id: broadcaster.into(), moderator_id: moderator.into() }
    }
}

/// Begins a session. The host must have the call open, or it ends by itself.
#[derive(Clone, Debug, Serialize)]
pub struct CreateGuestStarSession {
    /// The host.
    pub broadcaster_id: UserId,
}

endpoint!(CreateGuestStarSession = "create-guest-star-session": post "/guest_star/session"
    => One<GuestStarSession>, user(broadcaster_id), scopes: any(ChannelManageGuestStar));

impl CreateGuestStarSession {
    /// Begins a host's session.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        CreateGuestStarSession { broadcaster_id: broadcaster.into() }
    }
}

/// Ends a session.
#[derive(Clone, Debug, Serialize)]
pub struct EndGuestStarSession {
    /// The host.
    pub broadcaster_id: UserId,
    /// The session.
    pub session_id: GuestStarSessionId,
}

endpoint!(EndGuestStarSession = "end-guest-star-session": delete "/guest_star/session" => One<GuestStarSession>,
    user(broadcaster_id), scopes: any(ChannelManageGuestStar));

impl EndGuestStarSession {
    /// Ends a host's session.
    pub fn new(broadcaster: impl Into<UserId>, session: impl Into<GuestStarSessionId>) -> Self {
        EndGuestStarSession { broadcaster_id: broadcaster.into(), session_id: session.into() }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GuestStarSession {
    /// The session's id.
    pub id: GuestStarSessionId,
    /// Who takes part, the host included.
    #[serde(default, deserialize_with = "null_as_default")]
    pub guests: Vec<GuestStarGuest>,
}

/// Somebody who takes part in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GuestStarGuest {
    /// Their place. Twitch's reference also calls it `id`.
    #[serde(alias = "id")]
    pub slot_id: GuestStarSlotId,
    /// Whether they are on air.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_live: bool,
    /// Who.
    pub user_id: UserId,
    /// Their display name.
    pub user_display_name: CompactString,
    /// Their login.
    pub user_login: Login,
    /// How loud the host hears them, 0 to 100.
    pub volume: u32,
    /// When they took their place.
    pub assigned_at: Timestamp,
    /// Their sound.
    #[serde(default, deserialize_with = "null_as_default")]
    pub audio_settings: GuestStarMedia,
    /// Their picture.
    #[serde(default, deserialize_with = "null_as_default")]
    pub video_settings: GuestStarMedia,
}

/// A guest's sound or picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GuestStarMedia {
    /// Whether the host allows it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_host_enabled: bool,
    /// Whether the guest allows it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_guest_enabled: bool,
    /// Whether the guest has a device for it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_available: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{at, body, decode, decode_odd, query, refused};
    use serde_json::{Value as Json, json};

    #[test]
    fn settings_come_under_either_name_and_hide_their_token() {
        let request = GetChannelGuestStarSettings::new("1001", "1002");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(request.owner(), Some(&UserId::new("1002")));
        let reads = [decode::<GetChannelGuestStarSettings>, decode_odd::<GetChannelGuestStarSettings>];
        for (name, decode) in ["group_layout", "layout"].into_iter().zip(reads) {
            let settings = decode(json!({"data": [{
                "is_moderator_send_live_enabled": true, "slot_count": 4, "is_browser_source_audio_enabled": true,
                name: "SCREENSHARE_LAYOUT", "browser_source_token": "hush",
            }]}));
            let expected = GuestStarSettings {
                is_moderator_send_live_enabled: true,
                slot_count: 4,
                is_browser_source_audio_enabled: true,
                group_layout: GuestStarLayout::Screenshare,
                browser_source_token: "hush".into(),
            };
            assert_eq!(settings, expected);
            assert!(!format!("{settings:?}").contains("hush"));
        }
    }

    #[test]
    fn only_the_settings_that_change_are_sent() {
        let change = GuestStarSettingsChange { slot_count: Some(3), ..Default::default() };
        let request = UpdateChannelGuestStarSettings::new("1001", change);
        assert_eq!(query(&request), "broadcaster_id=1001");
        assert_eq!(body(&request), json!({"slot_count": 3}));
        let full = GuestStarSettingsChange {
            is_moderator_send_live_enabled: Some(false),
            slot_count: Some(6),
            is_browser_source_audio_enabled: Some(true),
            group_layout: Some(GuestStarLayout::Vertical),
            regenerate_browser_sources: Some(true),
        };
        let expected = json!({
            "is_moderator_send_live_enabled": false, "slot_count": 6, "is_browser_source_audio_enabled": true,
            "group_layout": "VERTICAL_LAYOUT", "regenerate_browser_sources": true,
        });
        assert_eq!(body(&UpdateChannelGuestStarSettings::new("1001", full)), expected);
        let change = GuestStarSettingsChange { slot_count: Some(7), ..Default::default() };
        let refusal = refused(&UpdateChannelGuestStarSettings::new("1001", change));
        assert_eq!(refusal, "`slot_count` must be 1 to 6, is 7");
        decode::<UpdateChannelGuestStarSettings>(Json::Null);
    }

    fn wire(slot: &str) -> Json {
        json!({"data": [{"id": "gs1", "guests": [{
            slot: "1", "user_id": "1003", "user_display_name": "Cleo", "user_login": "cleo", "is_live": true,
            "volume": 80, "assigned_at": "2026-01-02T10:00:00Z",
            "audio_settings": {"is_available": true, "is_host_enabled": true, "is_guest_enabled": false},
            "video_settings": {"is_available": false, "is_host_enabled": true, "is_guest_enabled": true},
        }]}]})
    }

    fn session() -> GuestStarSession {
        GuestStarSession {
            id: "gs1".into(),
            guests: vec![GuestStarGuest {
                slot_id: "1".into(),
                is_live: true,
                user_id: "1003".into(),
                user_display_name: "Cleo".into(),
                user_login: "cleo".into(),
                volume: 80,
                assigned_at: at("10:00:00"),
                audio_settings: GuestStarMedia {
                    is_host_enabled: true,
                    is_guest_enabled: false,
                    is_available: true,
                },
                video_settings: GuestStarMedia {
                    is_host_enabled: true,
                    is_guest_enabled: true,
                    is_available: false,
                },
            }],
        }
    }

    #[test]
    fn a_host_has_a_session_or_none() {
        let request = GetGuestStarSession::new("1001", "1002");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002");
        assert_eq!(decode::<GetGuestStarSession>(wire("slot_id")), Some(session()));
        assert_eq!(decode::<GetGuestStarSession>(json!({"data": []})), None);
    }

    #[test]
    fn a_session_begins_and_ends_with_the_hosts_token() {
        let request = CreateGuestStarSession::new("1001");
        assert_eq!(query(&request), "broadcaster_id=1001");
        assert_eq!(decode::<CreateGuestStarSession>(wire("slot_id")), session());
        assert_eq!(decode_odd::<CreateGuestStarSession>(wire("id")), session(), "as Twitch documents it");
        let request = EndGuestStarSession::new("1001", "gs1");
        assert_eq!(query(&request), "broadcaster_id=1001&session_id=gs1");
        assert_eq!(request.owner(), Some(&UserId::new("1001")));
        assert_eq!(decode::<EndGuestStarSession>(wire("slot_id")), session());
    }
}
