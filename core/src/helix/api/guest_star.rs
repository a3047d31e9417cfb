//! [Guest Star](https://dev.twitch.tv/docs/api/reference/#get-channel-guest-star-settings), in beta: a
//! channel's settings and sessions, who is invited, and the places that guests take.

mod invites;
mod sessions;
mod slots;

pub use invites::SendGuestStarInvite;
pub use invites::{DeleteGuestStarInvite, GetGuestStarInvites, GuestStarInvite, GuestStarInviteStatus};
pub use sessions::{CreateGuestStarSession, EndGuestStarSession, GetChannelGuestStarSettings};
pub use sessions::{GetGuestStarSession, GuestStarGuest, GuestStarLayout, GuestStarMedia, GuestStarSession};
pub use sessions::{GuestStarSettings, GuestStarSettingsChange, UpdateChannelGuestStarSettings};
pub use slots::{AssignGuestStarSlot, DeleteGuestStarSlot, UpdateGuestStarSlot, UpdateGuestStarSlotSettings};
