//! Who is invited to a session.

use crate::helix::{List, endpoint};
use crate::id::{GuestStarSessionId, UserId};
use crate::wire::{null_as_default, open_enum};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lists who is invited to a session and has not joined yet.
#[derive(Clone, Debug, Serialize)]
pub struct GetGuestStarInvites {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who asks: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The session.
    pub session_id: GuestStarSessionId,
}

endpoint!(GetGuestStarInvites = "get-guest-star-invites": get "/guest_star/invites" => List<GuestStarInvite>,
    user(moderator_id),
    scopes: any(ChannelReadGuestStar, ChannelManageGuestStar, ModeratorReadGuestStar, ModeratorManageGuestStar));

impl GetGuestStarInvites {
    /// The invites to a session.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        session: impl Into<GuestStarSessionId>,
    ) -> Self {
        GetGuestStarInvites {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            session_id: session.into(),
        }
    }
}

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GuestStarInvite {
    /// Who.
    pub user_id: UserId,
    /// When.
    pub invited_at: Timestamp,
    /// How far they have come.
    pub status: GuestStarInviteStatus,
    /// Whether their camera is on.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_video_enabled: bool,
    /// Whether their microphone is on.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_audio_enabled: bool,
    /// Whether they have a camera.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_video_available: bool,
    /// Whether they have a microphone.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_audio_available: bool,
}

open_enum! {
    /// How far an invited user has come.
    pub enum GuestStarInviteStatus {
        /// They have not answered yet.
        Invited = "INVITED",
        /// They are in the waiting room and get ready.
        Accepted = "ACCEPTED",
        /// They can be given a place.
        Ready = "READY",
    }
}

/// Invites a user to a session.
#[derive(Clone, Debug, Serialize)]
pub struct SendGuestStarInvite {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who invites: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// The user.
    pub guest_id: UserId,
}

endpoint!(SendGuestStarInvite = "send-guest-star-invite": post "/guest_star/invites" => (), user(moderator_id),
    scopes: any(ChannelManageGuestStar, ModeratorManageGuestStar));

impl SendGuestStarInvite {
    /// Invites a user.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        session: impl Into<GuestStarSessionId>,
        guest: impl Into<UserId>,
    ) -> Self {
        SendGuestStarInvite {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            session_id: session.into(),
            guest_id: guest.into(),
        }
    }
}

/// Takes an invite back.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteGuestStarInvite {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who takes it back: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// The user.
    pub guest_id: UserId,
}

endpoint!(DeleteGuestStarInvite = "delete-guest-star-invite": delete "/guest_star/invites" => (),
    user(moderator_id), scopes: any(ChannelManageGuestStar, ModeratorManageGuestStar));

impl DeleteGuestStarInvite {
    /// Takes a user's invite back.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        session: impl Into<GuestStarSessionId>,
        guest: impl Into<UserId>,
    ) -> Self {
        DeleteGuestStarInvite {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            session_id: session.into(),
            guest_id: guest.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{at, decode, query};
    use serde_json::{Value as Json, json};

    #[test]
    fn invites_tell_how_ready_a_guest_is() {
        let request = GetGuestStarInvites::new("1001", "1002", "gs1");
        assert_eq!(query(&request), "broadcaster_id=1001&moderator_id=1002&session_id=gs1");
        let invites = decode::<GetGuestStarInvites>(json!({"data": [{
            "user_id": "1003", "invited_at": "2026-01-02T10:00:00Z", "status": "READY", "is_audio_enabled": false,
            "is_video_enabled": true, "is_audio_available": true, "is_video_available": false,
        }]}));
        let invite = GuestStarInvite {
            user_id: "1003".into(),
            invited_at: at("10:00:00"),
            status: GuestStarInviteStatus::Ready,
            is_video_enabled: true,
            is_audio_enabled: false,
            is_video_available: false,
            is_audio_available: true,
        };
        assert_eq!(invites, [invite]);
    }

    #[test]
    fn invites_are_sent_and_taken_back_with_the_moderators_token() {
        let expected = "broadcaster_id=1001&moderator_id=1002&session_id=gs1&guest_id=1003";
        let send = SendGuestStarInvite::new("1001", "1002", "gs1", "1003");
        assert_eq!((query(&send).as_str(), send.owner()), (expected, Some(&UserId::new("1002"))));
        let delete = DeleteGuestStarInvite::new("1001", "1002", "gs1", "1003");
        assert_eq!((query(&delete).as_str(), delete.owner()), (expected, Some(&UserId::new("1002"))));
        decode::<SendGuestStarInvite>(Json::Null);
        decode::<DeleteGuestStarInvite>(Json::Null);
    }
}
