//! The places that guests take in a session.

use crate::helix::{check, endpoint};
use crate::id::{GuestStarSessionId, GuestStarSlotId, UserId};
use serde::Serialize;

/// Gives a place to a guest who is invited and ready.
#[derive(Clone, Debug, Serialize)]
pub struct AssignGuestStarSlot {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who gives it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// The guest.
    pub guest_id: UserId,
    /// The place, `1` to the number of slots in the host's settings.
    pub slot_id: GuestStarSlotId,
}

endpoint!(AssignGuestStarSlot = "assign-guest-star-slot": post "/guest_star/slot" => (), user(moderator_id),
    scopes: any(ChannelManageGuestStar, ModeratorManageGuestStar));

impl AssignGuestStarSlot {
    /// Gives a guest a place.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        session: impl Into<GuestStarSessionId>,
        guest: impl Into<UserId>,
        slot: impl Into<GuestStarSlotId>,
    ) -> Self {
        AssignGuestStarSlot {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            session_id: session.into(),
            guest_id: guest.into(),
            slot_id: slot.into(),
        }
    }
}

/// Moves a guest to another place; whoever has that place takes the one that becomes free.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateGuestStarSlot {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who moves them: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// The place they have.
    pub source_slot_id: GuestStarSlotId,
    /// The place they get.
    pub destination_slot_id: Option<GuestStarSlotId>,
}

endpoint!(UpdateGuestStarSlot = "update-guest-star-slot": patch "/guest_star/slot" => (), user(moderator_id),
    scopes: any(ChannelManageGuestStar, ModeratorManageGuestStar));

impl UpdateGuestStarSlot {
    /// Moves a guest from one place to another.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        session: impl Into<GuestStarSessionId>,
        from: impl Into<GuestStarSlotId>,
        to: impl Into<GuestStarSlotId>,
    ) -> Self {
        UpdateGuestStarSlot {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            session_id: session.into(),
            source_slot_id: from.into(),
            destination_slot_id: Some(to.into()),
        }
    }
}

/// Takes a guest's place away: they are out of the session at once.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteGuestStarSlot {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who takes it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// The guest.
    pub guest_id: UserId,
    /// Their place.
    pub slot_id: GuestStarSlotId,
    /// Whether they are invited again.
    pub should_reinvite_guest: Option<bool>,
}

endpoint!(DeleteGuestStarSlot = "delete-guest-star-slot": delete "/guest_star/slot" => (), user(moderator_id),
    scopes: any(ChannelManageGuestStar, ModeratorManageGuestStar));

impl DeleteGuestStarSlot {
    /// Takes a guest's place away.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        session: impl Into<GuestStarSessionId>,
        guest: impl Into<UserId>,
        slot: impl Into<GuestStarSlotId>,
    ) -> Self {
        DeleteGuestStarSlot {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            session_id: session.into(),
            guest_id: guest.into(),
            slot_id: slot.into(),
            should_reinvite_guest: None,
        }
    }

    /// Sends them back to the waiting room with a new invite.
    #[must_use]
    pub fn reinvite(mut self) -> Self {
        self.should_reinvite_guest = Some(true);
        self
    }
}

/// Changes what the session sees and hears of a guest. What is not given stays.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateGuestStarSlotSettings {
    /// The host.
    pub broadcaster_id: UserId,
    /// Who changes it: a moderator of the channel, or the broadcaster.
    pub moderator_id: UserId,
    /// The session.
    pub session_id: GuestStarSessionId,
    /// The guest's place.
    pub slot_id: GuestStarSlotId,
    /// Whether they may be heard.
    pub is_audio_enabled: Option<bool>,
    /// Whether they may be seen.
    pub is_video_enabled: Option<bool>,
    /// Whether they are on air.
    pub is_live: Option<bool>,
    /// How loud they are, 0 to 100.
    pub volume: Option<u32>,
}

endpoint!(UpdateGuestStarSlotSettings = "update-guest-star-slot-settings": patch "/guest_star/slot_settings" => (),
    user(moderator_id), scopes: any(ChannelManageGuestStar, ModeratorManageGuestStar),
    check: |r| check::range_if("volume", r.volume, 0, 100));

impl UpdateGuestStarSlotSettings {
    /// Changes nothing yet.
    pub fn new(
        broadcaster: impl Into<UserId>,
        moderator: impl Into<UserId>,
        session: impl Into<GuestStarSessionId>,
        slot: impl Into<GuestStarSlotId>,
    ) -> Self {
        UpdateGuestStarSlotSettings {
            broadcaster_id: broadcaster.into(),
            moderator_id: moderator.into(),
            session_id: session.into(),
            slot_id: slot.into(),
            is_audio_enabled: None,
            is_video_enabled: None,
            is_live: None,
            volume: None,
        }
    }

    /// Lets the guest be heard, or not.
    #[must_use]
    pub fn audio(mut self, on: bool) -> Self {
        self.is_audio_enabled = Some(on);
        self
    }

    /// Lets the guest be seen, or not.
    #[must_use]
    pub fn video(mut self, on: bool) -> Self {
        self.is_video_enabled = Some(on);
        self
    }

    /// Puts the guest on air, or takes them off.
    #[must_use]
    pub fn live(mut self, on: bool) -> Self {
        self.is_live = Some(on);
        self
    }

    /// Makes the guest louder or softer, 0 to 100.
    #[must_use]
    pub fn volume(mut self, volume: u32) -> Self {
        self.volume = Some(volume);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{decode, query, refused};
    use serde_json::Value as Json;

    #[test]
    fn places_are_given_changed_and_taken_away() {
        let assign = AssignGuestStarSlot::new("1001", "1002", "gs1", "1003", "1");
        assert_eq!(
            query(&assign),
            "broadcaster_id=1001&moderator_id=1002&session_id=gs1&guest_id=1003&slot_id=1"
        );
        assert_eq!(assign.owner(), Some(&UserId::new("1002")));
        let update = UpdateGuestStarSlot::new("1001", "1002", "gs1", "1", "2");
        assert_eq!(
            query(&update),
            "broadcaster_id=1001&moderator_id=1002&session_id=gs1&source_slot_id=1&destination_slot_id=2"
        );
        let delete = DeleteGuestStarSlot::new("1001", "1002", "gs1", "1003", "1");
        let out = "broadcaster_id=1001&moderator_id=1002&session_id=gs1&guest_id=1003&slot_id=1";
        assert_eq!(query(&delete), out);
        assert_eq!(query(&delete.reinvite()), format!("{out}&should_reinvite_guest=true"));
        decode::<AssignGuestStarSlot>(Json::Null);
        decode::<UpdateGuestStarSlot>(Json::Null);
        decode::<DeleteGuestStarSlot>(Json::Null);
    }

    #[test]
    fn a_place_is_muted_hidden_aired_and_made_softer() {
        let request = UpdateGuestStarSlotSettings::new("1001", "1002", "gs1", "1");
        let base = "broadcaster_id=1001&moderator_id=1002&session_id=gs1&slot_id=1";
        assert_eq!(query(&request), base);
        let request = request.audio(true).video(false).live(true).volume(100);
        let all = format!("{base}&is_audio_enabled=true&is_video_enabled=false&is_live=true&volume=100");
        assert_eq!(query(&request), all);
        assert_eq!(refused(&request.volume(101)), "`volume` must be 0 to 100, is 101");
        decode::<UpdateGuestStarSlotSettings>(Json::Null);
    }
}
