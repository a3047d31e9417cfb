//! Charity campaigns and the donations to them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use twitchwire::Time;

use super::World;
use super::notice::Notice;

struct Donation {
    id: String,
    user: String,
    cents: u64,
}

/// A campaign; its amounts are in cents of a US dollar.
struct Campaign {
    id: String,
    charity: String,
    raised: u64,
    target: u64,
    /// Newest first.
    donations: Vec<Donation>,
}

/// The campaign that each broadcaster runs.
#[derive(Default)]
pub(super) struct Charity(BTreeMap<String, Campaign>);

fn dollars(cents: u64) -> Value {
    json!({"value": cents, "decimal_places": 2, "currency": "USD"})
}

fn charity_json(said: &mut Value, charity: &str) {
    said["charity_name"] = json!(charity);
    said["charity_description"] = json!(format!("What {charity} is for"));
    said["charity_logo"] = json!("https://static.example/charity.png");
    said["charity_website"] = json!("https://charity.example");
}

impl World {
    /// A broadcaster begins to collect for a charity, up to so many cents (0: without a target); returns the campaign's id.
    pub fn charity(&mut self, now: Time, channel: &str, charity: &str, target: u64) -> String {
        self.advance(now);
        let id = self.rng.uuid();
        let campaign = Campaign {
            id: id.clone(),
            charity: charity.to_owned(),
            raised: 0,
            target,
            donations: Vec::new(),
        };
        let mut event = self.campaign_shape(channel, &campaign);
        event["started_at"] = json!(self.wall(self.now).to_string());
        self.charity.0.insert(channel.to_owned(), campaign);
        self.emit_now("channel.charity_campaign.start", "1", &[("broadcaster_user_id", channel)], event);
        id
    }

    /// A viewer donates so many cents to a channel's campaign, if it has one.
    pub fn donate(&mut self, now: Time, who: &str, channel: &str, cents: u64) {
        self.advance(now);
        let id = self.rng.uuid();
        let Some(campaign) = self.charity.0.get_mut(channel) else { return };
        campaign.raised += cents;
        campaign.donations.insert(0, Donation { id: id.clone(), user: who.to_owned(), cents });
        let Some(campaign) = self.charity.0.get(channel) else { return };
        let charity = campaign.charity.clone();
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        charity_json(&mut event, &charity);
        event["id"] = json!(id);
        event["campaign_id"] = json!(campaign.id);
        event["amount"] = dollars(cents);
        let progress = self.campaign_shape(channel, campaign);
        let about = [("broadcaster_user_id", channel)];
        self.emit_now("channel.charity_campaign.donate", "1", &about, event);
        self.emit_now("channel.charity_campaign.progress", "1", &about, progress);
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        let words = format!("{}: donated USD {amount} to support {charity}", self.people.name(who));
        let part = json!({
            "charity_name": charity,
            "amount": {"value": cents, "decimal_place": 2, "currency": "USD"},
        });
        self.tell_room(
            channel,
            Notice { who: Some(who), system_message: words, text: "" },
            "charity_donation",
            part,
        );
    }

    /// A broadcaster ends a campaign.
    pub fn stop_charity(&mut self, now: Time, channel: &str) {
        self.advance(now);
        let Some(campaign) = self.charity.0.remove(channel) else { return };
        let mut event = self.campaign_shape(channel, &campaign);
        event["stopped_at"] = json!(self.wall(self.now).to_string());
        self.emit_now("channel.charity_campaign.stop", "1", &[("broadcaster_user_id", channel)], event);
    }

    fn campaign_shape(&self, channel: &str, campaign: &Campaign) -> Value {
        let mut said = self.person(channel, "broadcaster");
        charity_json(&mut said, &campaign.charity);
        said["id"] = json!(campaign.id);
        said["current_amount"] = dollars(campaign.raised);
        said["target_amount"] = dollars(campaign.target);
        // A campaign without a target has been seen to have no currency for it either.
        if campaign.target == 0 {
            said["target_amount"]["currency"] = json!("");
        }
        said
    }

    /// A channel's campaign as Helix has it.
    pub(super) fn campaign_json(&self, channel: &str) -> Option<Value> {
        self.charity.0.get(channel).map(|campaign| self.campaign_shape(channel, campaign))
    }

    /// The donations to a channel's campaign, newest first.
    pub(super) fn donations_json(&self, channel: &str) -> Vec<Value> {
        let Some(campaign) = self.charity.0.get(channel) else { return Vec::new() };
        let donation = |donation: &Donation| {
            let mut said = self.person(&donation.user, "user");
            said["id"] = json!(donation.id);
            said["campaign_id"] = json!(campaign.id);
            said["amount"] = dollars(donation.cents);
            said
        };
        campaign.donations.iter().map(donation).collect()
    }
}
