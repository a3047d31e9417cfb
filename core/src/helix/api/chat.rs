//! [Chat](https://dev.twitch.tv/docs/api/reference/#get-chatters): who is there, what is sent, how the room is set up,
//! and what can be shown in it.

mod badges;
mod emotes;
mod pins;
mod room;
mod send;
mod settings;

pub use badges::{BadgeSet, BadgeVersion, GetChannelChatBadges, GetGlobalChatBadges};
pub use emotes::{
    ChannelEmote, EmoteScale, EmoteSetEmote, EmoteTemplate, EmoteTheme, EmoteType, Emotes, GlobalEmote,
};
pub use emotes::{GetChannelEmotes, GetEmoteSets, GetGlobalEmotes, GetUserEmotes, UserEmote};
pub use pins::{
    GetPinnedChatMessage, PinChatMessage, PinnedChatMessage, UnpinChatMessage, UpdatePinnedChatMessage,
};
pub use room::{ChatColor, GetUserChatColor, NamedColor, UpdateUserChatColor, UserChatColor};
pub use room::{Chatter, GetChatters, GetSharedChatSession, SharedChatParticipant, SharedChatSession};
pub use send::{Announcement, AnnouncementColor, SendAShoutout, SendChatAnnouncement};
pub use send::{DropReason, SendChatMessage, SentChatMessage};
pub use settings::{ChatSettings, ChatSettingsChange, GetChatSettings, UpdateChatSettings};
