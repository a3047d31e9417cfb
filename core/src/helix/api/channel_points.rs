//! [Channel Points](https://dev.twitch.tv/docs/api/reference/#create-custom-rewards): custom rewards and their
//! redemptions. An application may change only the rewards that it made, and sees only their redemptions.

use crate::helix::check::{self, Checked};
use crate::helix::{Invalid, List, One, OrNone, Page, Rule, endpoint};
use crate::id::{Login, RedemptionId, RewardId, UserId};
use crate::value::{Color, Images};
use crate::wire::{empty_as_none, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Makes a custom reward. A channel has at most 50.
#[derive(Clone, Debug, Serialize)]
pub struct CreateCustomReward {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The reward. Title and cost must be there.
    #[serde(skip)]
    pub reward: RewardSettings,
}

endpoint!(CreateCustomReward = "create-custom-rewards": post "/channel_points/custom_rewards" => One<CustomReward>,
    user(broadcaster_id), scopes: any(ChannelManageRedemptions), body: json(reward),
    check: |r| r.reward.complete().and(r.reward.check()));

impl CreateCustomReward {
    /// A reward on a channel: `CreateCustomReward::new(me, RewardSettings::named("Stretch", 500))`.
    pub fn new(broadcaster: impl Into<UserId>, reward: RewardSettings) -> Self {
        CreateCustomReward { broadcaster_id: broadcaster.into(), reward }
    }
}

/// Changes a custom reward; what the settings leave out stays as it is.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateCustomReward {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The reward.
    pub id: RewardId,
    /// What to change.
    #[serde(skip)]
    pub reward: RewardSettings,
}

endpoint!(UpdateCustomReward = "update-custom-reward": patch "/channel_points/custom_rewards" => One<CustomReward>,
    user(broadcaster_id), scopes: any(ChannelManageRedemptions), body: json(reward), check: |r| r.reward.check());

impl UpdateCustomReward {
    /// Changes a reward: `UpdateCustomReward::new(me, id, RewardSettings::default().paused(true))`.
    pub fn new(broadcaster: impl Into<UserId>, id: impl Into<RewardId>, reward: RewardSettings) -> Self {
        UpdateCustomReward { broadcaster_id: broadcaster.into(), id: id.into(), reward }
    }
}

/// What a custom reward is like. For a new reward, what is left out has Twitch's default: enabled, and no limits.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RewardSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background_color: Option<Color>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_user_input_required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_max_per_stream_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_per_stream: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_max_per_user_per_stream_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_per_user_per_stream: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_global_cooldown_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    global_cooldown_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_paused: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    should_redemptions_skip_request_queue: Option<bool>,
}

impl RewardSettings {
    /// A title of 1 to 45 characters that no other reward of the channel has, and a cost of at least 1 point.
    pub fn named(title: impl Into<String>, cost: u64) -> Self {
        RewardSettings::default().title(title).cost(cost)
    }

    /// The title, 1 to 45 characters.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The cost in channel points, at least 1.
    #[must_use]
    pub fn cost(mut self, points: u64) -> Self {
        self.cost = Some(points);
        self
    }

    /// What viewers are asked, at most 200 characters.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// The background's colour.
    #[must_use]
    pub fn background_color(mut self, color: Color) -> Self {
        self.background_color = Some(color);
        self
    }

    /// Whether viewers can see the reward.
    #[must_use]
    pub fn enabled(mut self, yes: bool) -> Self {
        self.is_enabled = Some(yes);
        self
    }

    /// Whether viewers have to write something.
    #[must_use]
    pub fn user_input_required(mut self, yes: bool) -> Self {
        self.is_user_input_required = Some(yes);
        self
    }

    /// How often it can be redeemed in a stream, at least 1; none for no limit.
    #[must_use]
    pub fn max_per_stream(mut self, times: impl Into<Option<u32>>) -> Self {
        self.max_per_stream = times.into();
        self.is_max_per_stream_enabled = Some(self.max_per_stream.is_some());
        self
    }

    /// How often one viewer can redeem it in a stream, at least 1; none for no limit.
    #[must_use]
    pub fn max_per_user_per_stream(mut self, times: impl Into<Option<u32>>) -> Self {
        self.max_per_user_per_stream = times.into();
        self.is_max_per_user_per_stream_enabled = Some(self.max_per_user_per_stream.is_some());
        self
    }

    /// For how many seconds it rests after each redemption, 1 to 604 800 (a week); Twitch's site shows it from 60 on.
    /// None for no rest.
    #[must_use]
    pub fn cooldown(mut self, seconds: impl Into<Option<u32>>) -> Self {
        self.global_cooldown_seconds = seconds.into();
        self.is_global_cooldown_enabled = Some(self.global_cooldown_seconds.is_some());
        self
    }

    /// Whether it is paused: seen, but not to be redeemed. Only for a reward that is there already.
    #[must_use]
    pub fn paused(mut self, yes: bool) -> Self {
        self.is_paused = Some(yes);
        self
    }

    /// Whether redemptions count as fulfilled at once.
    #[must_use]
    pub fn skip_queue(mut self, yes: bool) -> Self {
        self.should_redemptions_skip_request_queue = Some(yes);
        self
    }

    fn complete(&self) -> Checked {
        let missing = |field| Err(Invalid::new(field, Rule::Other("must be given for a new reward")));
        match (&self.title, self.cost) {
            (None, _) => missing("title"),
            (_, None) => missing("cost"),
            _ => Ok(()),
        }
    }

    fn check(&self) -> Checked {
        let at_least_1 = |field, number: Option<u32>| check::range_if(field, number, 1, i64::from(u32::MAX));
        if let Some(title) = &self.title {
            check::length("title", title, 1, 45)?;
        }
        if self.cost == Some(0) {
            return Err(Invalid::new("cost", Rule::Other("must be at least 1")));
        }
        check::length("prompt", self.prompt.as_deref().unwrap_or_default(), 0, 200)?;
        at_least_1("max_per_stream", self.max_per_stream)?;
        at_least_1("max_per_user_per_stream", self.max_per_user_per_stream)?;
        check::range_if("global_cooldown_seconds", self.global_cooldown_seconds, 1, 604_800)
    }
}

/// Deletes a custom reward. Redemptions that still wait count as fulfilled.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteCustomReward {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The reward.
    pub id: RewardId,
}

endpoint!(DeleteCustomReward = "delete-custom-reward": delete "/channel_points/custom_rewards" => (),
    user(broadcaster_id), scopes: any(ChannelManageRedemptions));

impl DeleteCustomReward {
    /// Deletes a reward of a channel.
    pub fn new(broadcaster: impl Into<UserId>, id: impl Into<RewardId>) -> Self {
        DeleteCustomReward { broadcaster_id: broadcaster.into(), id: id.into() }
    }
}

/// Gets a channel's custom rewards.
#[derive(Clone, Debug, Serialize)]
pub struct GetCustomReward {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these. At most 50.
    pub id: Vec<RewardId>,
    /// Only those that this application made.
    pub only_manageable_rewards: Option<bool>,
}

endpoint!(GetCustomReward = "get-custom-reward": get "/channel_points/custom_rewards" => OrNone<List<CustomReward>>,
    user(broadcaster_id), scopes: any(ChannelReadRedemptions, ChannelManageRedemptions), list: id 0..=50);

impl GetCustomReward {
    /// All rewards of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetCustomReward { broadcaster_id: broadcaster.into(), id: vec![], only_manageable_rewards: None }
    }

    /// Only these rewards.
    #[must_use]
    pub fn only<I: Into<RewardId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.id = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Only those that this application made.
    #[must_use]
    pub fn manageable(mut self) -> Self {
        self.only_manageable_rewards = Some(true);
        self
    }
}

/// Something a broadcaster offers for channel points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomReward {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login. Twitch gives it, but some of its examples do not.
    #[serde(default)]
    pub broadcaster_login: Option<Login>,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// The reward's id.
    pub id: RewardId,
    /// Its title.
    pub title: String,
    /// What viewers are asked; empty where nothing.
    #[serde(default)]
    pub prompt: String,
    /// What it costs, in channel points.
    pub cost: u64,
    /// The broadcaster's own pictures; none where they set none.
    #[serde(default)]
    pub image: Option<Images>,
    /// Twitch's pictures.
    pub default_image: Images,
    /// The background's colour.
    pub background_color: Color,
    /// Whether viewers can see it.
    pub is_enabled: bool,
    /// Whether viewers have to write something.
    pub is_user_input_required: bool,
    /// How often it can be redeemed in a stream.
    pub max_per_stream_setting: MaxPerStream,
    /// How often one viewer can redeem it in a stream.
    pub max_per_user_per_stream_setting: MaxPerUserPerStream,
    /// How long it rests after each redemption.
    pub global_cooldown_setting: GlobalCooldown,
    /// Whether it is paused.
    pub is_paused: bool,
    /// Whether it can be redeemed at the moment.
    pub is_in_stock: bool,
    /// Whether redemptions count as fulfilled at once.
    pub should_redemptions_skip_request_queue: bool,
    /// How often it was redeemed in this stream; none where the channel is not live or does not count.
    #[serde(default)]
    pub redemptions_redeemed_current_stream: Option<u64>,
    /// Until when it rests; none where it does not.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub cooldown_expires_at: Option<Timestamp>,
}

/// How often something can be had in a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MaxPerStream {
    /// Whether there is a limit.
    pub is_enabled: bool,
    /// The limit; 0 where there is none.
    pub max_per_stream: u64,
}

/// How often one viewer can have something in a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MaxPerUserPerStream {
    /// Whether there is a limit.
    pub is_enabled: bool,
    /// The limit; 0 where there is none.
    pub max_per_user_per_stream: u64,
}

/// How long something rests each time it was had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GlobalCooldown {
    /// Whether it rests.
    pub is_enabled: bool,
    /// For how many seconds; 0 where it does not.
    pub global_cooldown_seconds: u64,
}

/// Gets the redemptions of a custom reward: those with a status, or some by their ids.
#[derive(Clone, Debug, Serialize)]
pub struct GetCustomRewardRedemption {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The reward.
    pub reward_id: RewardId,
    /// Only with this status. Twitch forgets those that are done after a few days.
    pub status: Option<RedemptionStatus>,
    /// Only these. At most 50.
    pub id: Vec<RedemptionId>,
    /// In which order; Twitch's default is the oldest first.
    pub sort: Option<RedemptionSort>,
    /// How many a page, 1 to 50; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetCustomRewardRedemption = "get-custom-reward-redemption": get "/channel_points/custom_rewards/redemptions"
    => OrNone<Page<Redemption>>, user(broadcaster_id), scopes: any(ChannelReadRedemptions, ChannelManageRedemptions),
    page: 50, list: id 0..=50, check: |r| r.narrowed());

impl GetCustomRewardRedemption {
    /// The redemptions of a reward with this status.
    pub fn with_status(
        broadcaster: impl Into<UserId>,
        reward: impl Into<RewardId>,
        status: RedemptionStatus,
    ) -> Self {
        GetCustomRewardRedemption {
            broadcaster_id: broadcaster.into(),
            reward_id: reward.into(),
            status: Some(status),
            id: vec![],
            sort: None,
            first: None,
        }
    }

    /// Redemptions of a reward by their ids.
    pub fn by_id<I: Into<RedemptionId>>(
        broadcaster: impl Into<UserId>,
        reward: impl Into<RewardId>,
        ids: impl IntoIterator<Item = I>,
    ) -> Self {
        GetCustomRewardRedemption {
            broadcaster_id: broadcaster.into(),
            reward_id: reward.into(),
            status: None,
            id: ids.into_iter().map(Into::into).collect(),
            sort: None,
            first: None,
        }
    }

    /// The newest first.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        self.sort = Some(RedemptionSort::Newest);
        self
    }

    fn narrowed(&self) -> Checked {
        if self.status.is_none() && self.id.is_empty() {
            return Err(Invalid::new("status", Rule::Other("must be given where no `id` is")));
        }
        Ok(())
    }
}

/// Fulfils redemptions that wait, or cancels them and gives the points back.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateRedemptionStatus {
    /// The channel.
    pub broadcaster_id: UserId,
    /// The reward.
    pub reward_id: RewardId,
    /// Which redemptions, 1 to 50.
    pub id: Vec<RedemptionId>,
    /// What becomes of them.
    #[serde(skip)]
    pub change: RedemptionChange,
}

endpoint!(UpdateRedemptionStatus = "update-redemption-status": patch "/channel_points/custom_rewards/redemptions"
    => List<Redemption>, user(broadcaster_id), scopes: any(ChannelManageRedemptions),
    list: id 1..=50, body: json(change));

impl UpdateRedemptionStatus {
    /// Fulfils redemptions.
    pub fn fulfill<I: Into<RedemptionId>>(
        broadcaster: impl Into<UserId>,
        reward: impl Into<RewardId>,
        ids: impl IntoIterator<Item = I>,
    ) -> Self {
        UpdateRedemptionStatus {
            broadcaster_id: broadcaster.into(),
            reward_id: reward.into(),
            id: ids.into_iter().map(Into::into).collect(),
            change: RedemptionChange { status: RedemptionStatus::Fulfilled },
        }
    }

    /// Cancels redemptions; the viewers get their points back.
    pub fn cancel<I: Into<RedemptionId>>(
        broadcaster: impl Into<UserId>,
        reward: impl Into<RewardId>,
        ids: impl IntoIterator<Item = I>,
    ) -> Self {
        let change = RedemptionChange { status: RedemptionStatus::Canceled };
        UpdateRedemptionStatus { change, ..Self::fulfill(broadcaster, reward, ids) }
    }
}

/// What becomes of a redemption.
#[derive(Clone, Debug, Serialize)]
pub struct RedemptionChange {
    /// Fulfilled or canceled.
    pub status: RedemptionStatus,
}

open_enum! {
    /// What became of a redemption.
    pub enum RedemptionStatus {
        /// It waits.
        Unfulfilled = "UNFULFILLED",
        /// It was fulfilled.
        Fulfilled = "FULFILLED",
        /// It was canceled and the points given back.
        Canceled = "CANCELED",
    }
}

open_enum! {
    /// In which order redemptions come.
    pub enum RedemptionSort {
        /// The oldest first.
        Oldest = "OLDEST",
        /// The newest first.
        Newest = "NEWEST",
    }
}

/// A redemption of a custom reward.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Redemption {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    pub broadcaster_login: Login,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// The redemption's id.
    pub id: RedemptionId,
    /// Who redeemed.
    pub user_id: UserId,
    /// Their login. Twitch gives it, but some of its examples do not.
    #[serde(default)]
    pub user_login: Option<Login>,
    /// Their display name.
    pub user_name: CompactString,
    /// The reward.
    pub reward: RedeemedReward,
    /// What they wrote; empty where nothing was asked.
    #[serde(default)]
    pub user_input: String,
    /// What became of it.
    pub status: RedemptionStatus,
    /// When.
    pub redeemed_at: Timestamp,
}

/// The reward that was redeemed, as it was then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RedeemedReward {
    /// Its id.
    pub id: RewardId,
    /// Its title.
    pub title: String,
    /// What viewers were asked.
    #[serde(default)]
    pub prompt: String,
    /// What it cost.
    pub cost: u64,
}

#[cfg(test)]
mod tests;
