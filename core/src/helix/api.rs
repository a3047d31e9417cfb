//! Every operation of Helix, one file per category of
//! [Twitch's reference](https://dev.twitch.tv/docs/api/reference/).
//!
//! Left out are two reads that Twitch has withdrawn and answers with 410 since July 2023, although its reference still
//! lists them: `GET /tags/streams` and `GET /streams/tags`. A stream's tags are plain words now, in
//! [`FoundChannel::tags`] and wherever else a stream or channel is described.

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod limits;

pub mod ads;
pub mod analytics;
pub mod bits;
pub mod channel_points;
pub mod channels;
pub mod charity;
pub mod chat;
pub mod clips;
pub mod conduits;
pub mod content_labels;
pub mod entitlements;
pub mod eventsub;
pub mod extensions;
pub mod games;
pub mod goals;
pub mod guest_star;
pub mod hype_train;
pub mod moderation;
pub mod polls;
pub mod predictions;
pub mod raids;
pub mod schedule;
pub mod search;
pub mod streams;
pub mod subscriptions;
pub mod teams;
pub mod users;
pub mod videos;
pub mod whispers;

pub use ads::{AdSchedule, AdSnooze, Commercial, GetAdSchedule, SnoozeNextAd, StartCommercial};
pub use analytics::{ExtensionReport, GameReport, GetExtensionAnalytics, GetGameAnalytics, ReportType};
pub use bits::{BitsLeader, BitsLeaderboard, GetBitsLeaderboard, LeaderboardPeriod};
pub use bits::{Cheermote, CheermoteImages, CheermoteTheme, CheermoteTier, CheermoteType, GetCheermotes};
pub use bits::{CustomPowerUp, GetCustomPowerUp};
pub use bits::{ExtensionTransaction, GetExtensionTransactions, ProductCost, ProductData, ProductType};
pub use channel_points::{CreateCustomReward, DeleteCustomReward, GetCustomReward, UpdateCustomReward};
pub use channel_points::{CustomReward, GlobalCooldown, MaxPerStream, MaxPerUserPerStream, RewardSettings};
pub use channel_points::{GetCustomRewardRedemption, UpdateRedemptionStatus};
pub use channel_points::{RedeemedReward, Redemption, RedemptionChange, RedemptionSort, RedemptionStatus};
pub use channels::{ChannelChange, ChannelEditor, ChannelInformation, LabelSwitch, ModifyChannelInformation};
pub use channels::{FollowedBy, FollowedChannel, GetChannelFollowers, GetFollowedChannels};
pub use channels::{GetChannelEditors, GetChannelInformation};
pub use charity::{CharityCampaign, CharityDonation, GetCharityCampaign, GetCharityCampaignDonations};
pub use chat::{Announcement, AnnouncementColor, SendAShoutout, SendChatAnnouncement};
pub use chat::{BadgeSet, BadgeVersion, GetChannelChatBadges, GetGlobalChatBadges};
pub use chat::{ChannelEmote, EmoteScale, EmoteSetEmote, EmoteTemplate, EmoteTheme, EmoteType, Emotes};
pub use chat::{ChatColor, GetUserChatColor, NamedColor, UpdateUserChatColor, UserChatColor};
pub use chat::{ChatSettings, ChatSettingsChange, GetChatSettings, UpdateChatSettings};
pub use chat::{Chatter, GetChatters, GetSharedChatSession, SharedChatParticipant, SharedChatSession};
pub use chat::{DropReason, SendChatMessage, SentChatMessage};
pub use chat::{GetChannelEmotes, GetEmoteSets, GetGlobalEmotes, GetUserEmotes, GlobalEmote, UserEmote};
pub use chat::{GetPinnedChatMessage, PinChatMessage, PinnedChatMessage};
pub use chat::{UnpinChatMessage, UpdatePinnedChatMessage};
pub use clips::{Clip, ClipDownload, CreateClip, CreateClipFromVod, CreatedClip, GetClips, GetClipsDownload};
pub use conduits::{Conduit, ConduitShard, ShardError, ShardStatus, ShardUpdate, UpdatedConduitShards};
pub use conduits::{CreateConduits, DeleteConduit, GetConduits, UpdateConduits};
pub use conduits::{GetConduitShards, UpdateConduitShards};
pub use content_labels::{ContentClassificationLabel, GetContentClassificationLabels};
pub use entitlements::{DropsEntitlement, DropsEntitlementUpdate, DropsUpdateStatus, FulfillmentStatus};
pub use entitlements::{GetDropsEntitlements, UpdateDropsEntitlements};
pub use eventsub::{CreateEventSubSubscription, CreatedSubscription, DeleteEventSubSubscription};
pub use eventsub::{GetEventSubSubscriptions, SubscriptionPage};
pub use extensions::*;
pub use games::{Game, GetGames, GetTopGames};
pub use goals::{GetCreatorGoals, Goal, GoalType};
pub use guest_star::*;
pub use hype_train::{GetHypeTrainStatus, HypeTrain, HypeTrainContribution, HypeTrainContributionType};
pub use hype_train::{HypeTrainParticipant, HypeTrainRecord, HypeTrainStatus, HypeTrainType};
pub use moderation::*;
pub use polls::{CreatePoll, EndPoll, GetPolls, NewPollChoice, Poll, PollChoice, PollStatus};
pub use predictions::{CreatePrediction, EndPrediction, GetPredictions, NewPredictionOutcome, Prediction};
pub use predictions::{PredictionColor, PredictionOutcome, PredictionStatus, TopPredictor};
pub use raids::{CancelRaid, Raid, StartRaid};
pub use schedule::{CreateChannelStreamScheduleSegment, DeleteChannelStreamScheduleSegment};
pub use schedule::{GetChannelICalendar, GetChannelStreamSchedule, NewScheduleSegment, Schedule};
pub use schedule::{ScheduleCategory, SchedulePage, ScheduleSegment, ScheduleSegmentChange};
pub use schedule::{UpdateChannelStreamSchedule, UpdateChannelStreamScheduleSegment, Vacation};
pub use search::{FoundCategory, FoundChannel, SearchCategories, SearchChannels};
pub use streams::{CreateStreamMarker, CreatedMarker, GetStreamMarkers, Marker, UserMarkers, VideoMarkers};
pub use streams::{
    GetFollowedStreams, GetStreamKey, GetStreams, Stream, StreamFilter, StreamKey, StreamType,
};
pub use subscriptions::{BroadcasterSubscription, BroadcasterSubscriptions, GetBroadcasterSubscriptions};
pub use subscriptions::{CheckUserSubscription, UserSubscription};
pub use teams::{ChannelTeam, GetChannelTeams, GetTeams, Team, TeamMember};
pub use users::{ActiveExtensions, ExtensionKind, ExtensionSlot, GetUserActiveExtensions, GetUserExtensions};
pub use users::{BlockContext, BlockReason, BlockUser, BlockedUser, GetUserBlockList, UnblockUser};
pub use users::{BroadcasterType, GetUsers, UpdateUser, User, UserType};
pub use users::{GetAuthorizationByUser, InstalledExtension, UpdateUserExtensions, UserAuthorization};
pub use videos::{DeleteVideos, GetVideos, MutedSegment, Video};
pub use videos::{VideoFilter, VideoPeriod, VideoSort, VideoType};
pub use whispers::{SendWhisper, Whisper};
