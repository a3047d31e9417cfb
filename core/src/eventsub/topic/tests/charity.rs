//! Every topic of the family, field by field.

use super::{at, condition_is, read, reads_as};
use crate::eventsub::topic::charity::*;
use crate::value::Amount;
use serde_json::json;

#[test]
fn channel_charity_campaign_donate_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelCharityCampaignDonate::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelCharityCampaignDonate>(ChannelCharityCampaignDonateEvent {
        id: "d-1".into(),
        campaign_id: "k-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        charity_name: "Trees".into(),
        charity_description: "Plants trees.".into(),
        charity_logo: "https://charity.example/logo.png".into(),
        charity_website: "https://charity.example".into(),
        amount: Amount { value: 1250, decimal_places: 2, currency: "EUR".into() },
    });
}

#[test]
fn channel_charity_campaign_start_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelCharityCampaignStart::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelCharityCampaignStart>(ChannelCharityCampaignStartEvent {
        id: "k-1".into(),
        broadcaster_id: "1001".into(),
        broadcaster_login: "ada".into(),
        broadcaster_name: "Ada".into(),
        charity_name: "Trees".into(),
        charity_description: "Plants trees.".into(),
        charity_logo: "https://charity.example/logo.png".into(),
        charity_website: "https://charity.example".into(),
        current_amount: Amount { value: 26000, decimal_places: 2, currency: "EUR".into() },
        target_amount: Amount { value: 150000, decimal_places: 2, currency: "EUR".into() },
        started_at: at("2026-03-04T05:06:07Z"),
    });
}

#[test]
fn channel_charity_campaign_progress_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelCharityCampaignProgress::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelCharityCampaignProgress>(ChannelCharityCampaignProgressEvent {
        id: "k-1".into(),
        broadcaster_id: "1001".into(),
        broadcaster_login: "ada".into(),
        broadcaster_name: "Ada".into(),
        charity_name: "Trees".into(),
        charity_description: "Plants trees.".into(),
        charity_logo: "https://charity.example/logo.png".into(),
        charity_website: "https://charity.example".into(),
        current_amount: Amount { value: 26000, decimal_places: 2, currency: "EUR".into() },
        target_amount: Amount { value: 150000, decimal_places: 2, currency: "EUR".into() },
    });
}

#[test]
fn channel_charity_campaign_stop_decodes_to_the_field_and_back() {
    condition_is(
        &ChannelCharityCampaignStop::new("1001"),
        json!({"broadcaster_user_id": "1001"}),
        Some("1001"),
    );
    reads_as::<ChannelCharityCampaignStop>(ChannelCharityCampaignStopEvent {
        id: "k-1".into(),
        broadcaster_id: "1001".into(),
        broadcaster_login: "ada".into(),
        broadcaster_name: "Ada".into(),
        charity_name: "Trees".into(),
        charity_description: "Plants trees.".into(),
        charity_logo: "https://charity.example/logo.png".into(),
        charity_website: "https://charity.example".into(),
        current_amount: Amount { value: 26000, decimal_places: 2, currency: "EUR".into() },
        target_amount: Amount { value: 150000, decimal_places: 2, currency: "EUR".into() },
        stopped_at: at("2026-03-05T05:06:07Z"),
    });
}

#[test]
fn a_campaign_may_have_no_aim() {
    let event: ChannelCharityCampaignProgressEvent =
        read("channel.charity_campaign.progress", "1", Some("no aim"));
    assert_eq!(event.target_amount, Amount::default());
}
