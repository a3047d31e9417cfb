//! Every operation of Helix, one file per category of
//! [Twitch's reference](https://dev.twitch.tv/docs/api/reference/).

#[cfg(test)]
pub(crate) mod fixture;

pub mod ads;
pub mod channels;
pub mod eventsub;
pub mod moderation;
pub mod users;

pub use ads::{AdSchedule, AdSnooze, Commercial, GetAdSchedule, SnoozeNextAd, StartCommercial};
pub use channels::{FollowedBy, GetChannelFollowers};
pub use eventsub::{CreateEventSubSubscription, CreatedSubscription, DeleteEventSubSubscription};
pub use eventsub::{GetEventSubSubscriptions, SubscriptionPage};
pub use moderation::{Ban, BanUser, Banned};
pub use users::{BroadcasterType, GetUsers, User, UserType};
