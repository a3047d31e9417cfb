//! [Moderation](https://dev.twitch.tv/docs/api/reference/#check-automod-status): bans and unban requests, AutoMod, what
//! may be said in chat, who moderates, and how a channel protects itself.

mod automod;
mod bans;
mod chat;
mod protection;
mod roles;

pub use automod::UpdateAutoModSettings;
pub use automod::{AutoModAction, AutoModLevels, AutoModMessage, AutoModSettings, AutoModVerdict};
pub use automod::{CheckAutoModStatus, GetAutoModSettings, ManageHeldAutoModMessage, NewAutoModSettings};
pub use bans::{Ban, BanUser, Banned, BannedUser, GetBannedUsers, GetUnbanRequests, ResolveUnbanRequest};
pub use bans::{UnbanRequest, UnbanRequestStatus, UnbanUser};
pub use chat::RemoveBlockedTerm;
pub use chat::{AddBlockedTerm, BlockedTerm, DeleteChatMessages, GetBlockedTerms, NewBlockedTerm};
pub use protection::{AddSuspiciousStatus, GetShieldModeStatus, RemoveSuspiciousStatus, ShieldModeStatus};
pub use protection::{NewShieldMode, NewWarning, Suspect, WarnChatUser, Warning};
pub use protection::{SuspiciousStatus, SuspiciousUser, SuspiciousUserType, UpdateShieldModeStatus};
pub use roles::{AddChannelModerator, AddChannelVip, GetModeratedChannels, GetModerators, GetVips};
pub use roles::{ModeratedChannel, Moderator, RemoveChannelModerator, RemoveChannelVip, Vip};
