//! [`ReadBack`]: after a [`Gap`](super::Gap), what Helix still knows of the time that was missed.

use super::Topic;
use super::topic::automod::{AutomodSettingsUpdate, AutomodTermsUpdate};
use super::topic::channel::{ChannelAdBreakBegin, ChannelFollow, ChannelUpdate};
use super::topic::channel_points::{
    ChannelPointsCustomRewardAdd, ChannelPointsCustomRewardRedemptionAdd,
    ChannelPointsCustomRewardRedemptionUpdate, ChannelPointsCustomRewardRemove,
    ChannelPointsCustomRewardUpdate,
};
use super::topic::charity::{
    ChannelCharityCampaignDonate, ChannelCharityCampaignProgress, ChannelCharityCampaignStart,
    ChannelCharityCampaignStop,
};
use super::topic::chat::ChannelChatSettingsUpdate;
use super::topic::goal::{ChannelGoalBegin, ChannelGoalEnd, ChannelGoalProgress};
use super::topic::guest_star::ChannelGuestStarSettingsUpdate;
use super::topic::hype_train::{ChannelHypeTrainBegin, ChannelHypeTrainEnd, ChannelHypeTrainProgress};
use super::topic::moderation::{ChannelBan, ChannelShieldModeBegin, ChannelShieldModeEnd, ChannelUnban};
use super::topic::poll::{ChannelPollBegin, ChannelPollEnd, ChannelPollProgress};
use super::topic::prediction::{
    ChannelPredictionBegin, ChannelPredictionEnd, ChannelPredictionLock, ChannelPredictionProgress,
};
use super::topic::roles::{ChannelModeratorAdd, ChannelModeratorRemove, ChannelVipAdd, ChannelVipRemove};
use super::topic::shared_chat::{ChannelSharedChatBegin, ChannelSharedChatEnd, ChannelSharedChatUpdate};
use super::topic::stream::{StreamOffline, StreamOnline};
use super::topic::subscriptions::{ChannelSubscribe, ChannelSubscriptionEnd};
use super::topic::user::UserUpdate;
use crate::helix::Endpoint;
use crate::helix::api::*;

/// A topic of which Helix knows the present state, or the latest events.
///
/// ```
/// use twitchwire::eventsub::ReadBack;
/// use twitchwire::eventsub::topic::channel::ChannelFollow;
///
/// // After a gap: the newest followers come first.
/// let follows = ChannelFollow::new("1001", "1001");
/// let request = follows.read_back().unwrap();
/// assert_eq!(request.broadcaster_id.as_str(), "1001");
/// ```
pub trait ReadBack: Topic {
    /// The operation that tells.
    type Request: Endpoint;

    /// The request to send; none where the topic's condition is too wide for one request.
    fn read_back(&self) -> Option<Self::Request>;
}

/// States how topics are read back: `Topic, Topic => Request: |topic| request`.
macro_rules! read_back {
    ($($($topic:ident),+ => $request:ident: |$this:ident| $make:expr;)*) => {$($(
        impl ReadBack for $topic {
            type Request = $request;

            fn read_back(&self) -> Option<$request> {
                let $this = self;
                $make.into()
            }
        }
    )+)*};
}

read_back! {
    ChannelFollow => GetChannelFollowers: |topic| GetChannelFollowers::new(&topic.broadcaster_user_id);
    ChannelUpdate => GetChannelInformation: |topic| GetChannelInformation::new([&topic.broadcaster_user_id]);
    ChannelAdBreakBegin => GetAdSchedule: |topic| GetAdSchedule::new(&topic.broadcaster_user_id);
    StreamOnline, StreamOffline => GetStreams: |topic| GetStreams::by_user([&topic.broadcaster_user_id]);
    UserUpdate => GetUsers: |topic| GetUsers::by_id([&topic.user_id]);
    ChannelSubscribe, ChannelSubscriptionEnd => GetBroadcasterSubscriptions:
        |topic| GetBroadcasterSubscriptions::new(&topic.broadcaster_user_id);
    ChannelPointsCustomRewardAdd, ChannelPointsCustomRewardUpdate, ChannelPointsCustomRewardRemove
        => GetCustomReward: |topic| GetCustomReward::new(&topic.broadcaster_user_id);
    ChannelPointsCustomRewardRedemptionAdd => GetCustomRewardRedemption:
        |topic| redemptions(&topic.broadcaster_user_id, topic.reward_id.as_ref(), RedemptionStatus::Unfulfilled);
    ChannelPointsCustomRewardRedemptionUpdate => GetCustomRewardRedemption:
        |topic| redemptions(&topic.broadcaster_user_id, topic.reward_id.as_ref(), RedemptionStatus::Fulfilled);
    ChannelChatSettingsUpdate => GetChatSettings: |topic| GetChatSettings::new(&topic.broadcaster_user_id);
    ChannelSharedChatBegin, ChannelSharedChatUpdate, ChannelSharedChatEnd => GetSharedChatSession:
        |topic| GetSharedChatSession::new(&topic.broadcaster_user_id);
    ChannelBan, ChannelUnban => GetBannedUsers: |topic| GetBannedUsers::new(&topic.broadcaster_user_id);
    ChannelModeratorAdd, ChannelModeratorRemove => GetModerators:
        |topic| GetModerators::new(&topic.broadcaster_user_id);
    ChannelVipAdd, ChannelVipRemove => GetVips: |topic| GetVips::new(&topic.broadcaster_user_id);
    ChannelShieldModeBegin, ChannelShieldModeEnd => GetShieldModeStatus:
        |topic| GetShieldModeStatus::new(&topic.broadcaster_user_id, &topic.moderator_user_id);
    AutomodSettingsUpdate => GetAutoModSettings:
        |topic| GetAutoModSettings::new(&topic.broadcaster_user_id, &topic.moderator_user_id);
    AutomodTermsUpdate => GetBlockedTerms:
        |topic| GetBlockedTerms::new(&topic.broadcaster_user_id, &topic.moderator_user_id);
    ChannelGuestStarSettingsUpdate => GetChannelGuestStarSettings:
        |topic| GetChannelGuestStarSettings::new(&topic.broadcaster_user_id, &topic.moderator_user_id);
    ChannelPollBegin, ChannelPollProgress, ChannelPollEnd => GetPolls:
        |topic| GetPolls::new(&topic.broadcaster_user_id);
    ChannelPredictionBegin, ChannelPredictionProgress, ChannelPredictionLock, ChannelPredictionEnd
        => GetPredictions: |topic| GetPredictions::new(&topic.broadcaster_user_id);
    ChannelGoalBegin, ChannelGoalProgress, ChannelGoalEnd => GetCreatorGoals:
        |topic| GetCreatorGoals::new(&topic.broadcaster_user_id);
    ChannelHypeTrainBegin, ChannelHypeTrainProgress, ChannelHypeTrainEnd => GetHypeTrainStatus:
        |topic| GetHypeTrainStatus::new(&topic.broadcaster_user_id);
    ChannelCharityCampaignStart, ChannelCharityCampaignProgress, ChannelCharityCampaignStop
        => GetCharityCampaign: |topic| GetCharityCampaign::new(&topic.broadcaster_user_id);
    ChannelCharityCampaignDonate => GetCharityCampaignDonations:
        |topic| GetCharityCampaignDonations::new(&topic.broadcaster_user_id);
}

/// Helix lists redemptions of one reward only.
fn redemptions(
    broadcaster: &crate::id::UserId,
    reward: Option<&crate::id::RewardId>,
    status: RedemptionStatus,
) -> Option<GetCustomRewardRedemption> {
    Some(GetCustomRewardRedemption::with_status(broadcaster, reward?, status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Prepared;

    #[test]
    fn redemptions_are_read_back_reward_by_reward() {
        let mut topic = ChannelPointsCustomRewardRedemptionAdd::new("1001");
        assert!(topic.read_back().is_none());
        topic.reward_id = Some("reward".into());
        let request = topic.read_back().expect("one reward");
        assert_eq!(request.status, Some(RedemptionStatus::Unfulfilled));
        assert!(Prepared::new(&request).is_ok());
    }

    #[test]
    fn a_streams_start_and_end_are_read_back_as_the_stream() {
        let request = StreamOffline::new("1001").read_back().expect("a request");
        assert_eq!(request.user_id[0].as_str(), "1001");
        assert!(Prepared::new(&request).is_ok());
    }
}
