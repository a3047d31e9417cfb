//! Every operation of Helix, one file per category of
//! [Twitch's reference](https://dev.twitch.tv/docs/api/reference/).

#[cfg(test)]
pub(crate) mod fixture;

pub mod ads;
pub mod analytics;
pub mod bits;
pub mod channel_points;
pub mod channels;
pub mod charity;
pub mod content_labels;
pub mod eventsub;
pub mod moderation;
pub mod users;

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
pub use channels::{FollowedBy, GetChannelFollowers};
pub use charity::{CharityCampaign, CharityDonation, GetCharityCampaign, GetCharityCampaignDonations};
pub use content_labels::{ContentClassificationLabel, GetContentClassificationLabels};
pub use eventsub::{CreateEventSubSubscription, CreatedSubscription, DeleteEventSubSubscription};
pub use eventsub::{GetEventSubSubscriptions, SubscriptionPage};
pub use moderation::{Ban, BanUser, Banned};
pub use users::{BroadcasterType, GetUsers, User, UserType};
