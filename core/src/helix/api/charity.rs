//! [Charity](https://dev.twitch.tv/docs/api/reference/#get-charity-campaign): campaigns and donations.

use crate::helix::{Maybe, Page, endpoint};
use crate::id::{CampaignId, DonationId, Login, UserId};
use crate::value::Amount;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Gets the charity campaign that a broadcaster runs at the moment; none if they run none.
#[derive(Clone, Debug, Serialize)]
pub struct GetCharityCampaign {
    /// The channel.
    pub broadcaster_id: UserId,
}

endpoint!(GetCharityCampaign = "get-charity-campaign": get "/charity/campaigns" => Maybe<CharityCampaign>,
    user(broadcaster_id), scopes: any(ChannelReadCharity));

impl GetCharityCampaign {
    /// The campaign of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetCharityCampaign { broadcaster_id: broadcaster.into() }
    }
}

/// A charity campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CharityCampaign {
    /// The campaign's id.
    pub id: CampaignId,
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    pub broadcaster_login: Login,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// The charity.
    pub charity_name: String,
    /// What it does.
    pub charity_description: String,
    /// Its logo, 100 pixels square.
    pub charity_logo: String,
    /// Its website.
    pub charity_website: String,
    /// What was given so far.
    pub current_amount: Amount,
    /// What is hoped for; none where the broadcaster set no goal.
    #[serde(default)]
    pub target_amount: Option<Amount>,
}

/// Gets what was given to the charity campaign that a broadcaster runs at the moment.
#[derive(Clone, Debug, Serialize)]
pub struct GetCharityCampaignDonations {
    /// The channel.
    pub broadcaster_id: UserId,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetCharityCampaignDonations = "get-charity-campaign-donations": get "/charity/donations"
    => Page<CharityDonation>, user(broadcaster_id), scopes: any(ChannelReadCharity), page: 100);

impl GetCharityCampaignDonations {
    /// The donations to a channel's campaign.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetCharityCampaignDonations { broadcaster_id: broadcaster.into(), first: None }
    }
}

/// A donation to a charity campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CharityDonation {
    /// The donation's id, unique over all campaigns.
    pub id: DonationId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Who gave.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// How much.
    pub amount: Amount,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{decode, query};
    use serde_json::json;

    #[test]
    fn a_campaign_may_have_no_goal() {
        let request = GetCharityCampaign::new("1001");
        assert_eq!(query(&request), "broadcaster_id=1001");
        let wire = json!({
            "id": "c1", "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada",
            "charity_name": "Trees", "charity_description": "Plants trees.", "charity_logo": "https://pic.example/t.png",
            "charity_website": "https://trees.example",
            "current_amount": {"value": 8600, "decimal_places": 2, "currency": "EUR"}, "target_amount": null,
        });
        let campaign = decode::<GetCharityCampaign>(json!({"data": [wire]})).unwrap();
        assert_eq!(
            campaign,
            CharityCampaign {
                id: "c1".into(),
                broadcaster_id: "1001".into(),
                broadcaster_login: "ada".into(),
                broadcaster_name: "Ada".into(),
                charity_name: "Trees".into(),
                charity_description: "Plants trees.".into(),
                charity_logo: "https://pic.example/t.png".into(),
                charity_website: "https://trees.example".into(),
                current_amount: Amount { value: 8600, decimal_places: 2, currency: "EUR".into() },
                target_amount: None,
            }
        );
        assert_eq!(serde_json::to_value(&campaign).unwrap(), wire);
        assert_eq!(decode::<GetCharityCampaign>(json!({"data": []})), None);
    }

    #[test]
    fn a_donation_decodes_to_the_field() {
        assert_eq!(query(&GetCharityCampaignDonations::new("1001")), "broadcaster_id=1001");
        let wire = json!({
            "id": "d1", "campaign_id": "c1", "user_id": "1002", "user_login": "brook", "user_name": "Brook",
            "amount": {"value": 500, "decimal_places": 0, "currency": "JPY"},
        });
        let page =
            decode::<GetCharityCampaignDonations>(json!({"data": [wire], "pagination": {"cursor": "next"}}));
        assert_eq!(
            page.items,
            [CharityDonation {
                id: "d1".into(),
                campaign_id: "c1".into(),
                user_id: "1002".into(),
                user_login: "brook".into(),
                user_name: "Brook".into(),
                amount: Amount { value: 500, decimal_places: 0, currency: "JPY".into() },
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }
}
