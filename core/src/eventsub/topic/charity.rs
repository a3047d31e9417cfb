//! Topics about charity campaigns.

use crate::eventsub::topic;
use crate::id::{CampaignId, DonationId, Login, UserId};
use crate::value::Amount;
use crate::wire::null_as_default;
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody gives to the charity campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelCharityCampaignDonate {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelCharityCampaignDonate = "channel.charity_campaign.donate" "1" => ChannelCharityCampaignDonateEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadCharity));

impl ChannelCharityCampaignDonate {
    /// Donations to a channel's campaign.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelCharityCampaignDonate { broadcaster_user_id: broadcaster.into() }
    }
}

/// Somebody gives to the charity campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelCharityCampaignDonateEvent {
    /// The donation.
    pub id: DonationId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who gave.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// The charity.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_name: String,
    /// What it does.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_description: String,
    /// Its picture: a PNG of 100 by 100 pixels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_logo: String,
    /// Its website.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_website: String,
    /// What they gave.
    #[serde(default, deserialize_with = "null_as_default")]
    pub amount: Amount,
}

/// A charity campaign starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelCharityCampaignStart {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelCharityCampaignStart = "channel.charity_campaign.start" "1" => ChannelCharityCampaignStartEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadCharity));

impl ChannelCharityCampaignStart {
    /// Starts of a channel's campaigns.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelCharityCampaignStart { broadcaster_user_id: broadcaster.into() }
    }
}

/// A charity campaign starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelCharityCampaignStartEvent {
    /// The campaign.
    pub id: CampaignId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_name: CompactString,
    /// The charity.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_name: String,
    /// What it does.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_description: String,
    /// Its picture: a PNG of 100 by 100 pixels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_logo: String,
    /// Its website.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_website: String,
    /// What was given so far.
    #[serde(default, deserialize_with = "null_as_default")]
    pub current_amount: Amount,
    /// What is hoped for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_amount: Amount,
    /// When it started.
    pub started_at: Timestamp,
}

/// A charity campaign makes progress, or its aim changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelCharityCampaignProgress {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelCharityCampaignProgress = "channel.charity_campaign.progress" "1" => ChannelCharityCampaignProgressEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadCharity));

impl ChannelCharityCampaignProgress {
    /// Progress of a channel's campaigns.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelCharityCampaignProgress { broadcaster_user_id: broadcaster.into() }
    }
}

/// A charity campaign makes progress, or its aim changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelCharityCampaignProgressEvent {
    /// The campaign.
    pub id: CampaignId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_name: CompactString,
    /// The charity.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_name: String,
    /// What it does.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_description: String,
    /// Its picture: a PNG of 100 by 100 pixels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_logo: String,
    /// Its website.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_website: String,
    /// What was given so far.
    #[serde(default, deserialize_with = "null_as_default")]
    pub current_amount: Amount,
    /// What is hoped for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_amount: Amount,
}

/// A charity campaign stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelCharityCampaignStop {
    /// The channel.
    pub broadcaster_user_id: UserId,
}

topic!(ChannelCharityCampaignStop = "channel.charity_campaign.stop" "1" => ChannelCharityCampaignStopEvent, user(broadcaster_user_id),
    scopes: any(ChannelReadCharity));

impl ChannelCharityCampaignStop {
    /// Stops of a channel's campaigns.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        ChannelCharityCampaignStop { broadcaster_user_id: broadcaster.into() }
    }
}

/// A charity campaign stops.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChannelCharityCampaignStopEvent {
    /// The campaign.
    pub id: CampaignId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_name: CompactString,
    /// The charity.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_name: String,
    /// What it does.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_description: String,
    /// Its picture: a PNG of 100 by 100 pixels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_logo: String,
    /// Its website.
    #[serde(default, deserialize_with = "null_as_default")]
    pub charity_website: String,
    /// What was given so far.
    #[serde(default, deserialize_with = "null_as_default")]
    pub current_amount: Amount,
    /// What is hoped for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub target_amount: Amount,
    /// When it stopped.
    pub stopped_at: Timestamp,
}
