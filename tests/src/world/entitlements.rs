//! Drops: organisations, their games, and what viewers of those are entitled to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

/// The company behind an app.
pub(super) struct Organization {
    pub(super) id: String,
    /// The user who owns the app.
    pub(super) owner: String,
    pub(super) games: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fulfillment {
    Claimed,
    Fulfilled,
}

impl Fulfillment {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Fulfillment::Claimed => "CLAIMED",
            Fulfillment::Fulfilled => "FULFILLED",
        }
    }
}

/// What a viewer has been given.
pub(super) struct Entitlement {
    pub(super) organization: String,
    pub(super) benefit: String,
    pub(super) user: String,
    pub(super) game: String,
    pub(super) status: Fulfillment,
    pub(super) granted: Timestamp,
    pub(super) updated: Timestamp,
}

#[derive(Default)]
pub(super) struct Entitlements {
    /// By client id.
    pub(super) organizations: BTreeMap<String, Organization>,
    /// By id.
    pub(super) all: BTreeMap<String, Entitlement>,
}

impl World {
    /// Makes an app one of an organisation's, which owns these games (ids of categories).
    pub fn organization(&mut self, client: &str, id: &str, owner: &str, games: &[&str]) {
        let games = games.iter().map(|&game| game.to_owned()).collect();
        let organization = Organization { id: id.to_owned(), owner: owner.to_owned(), games };
        self.entitlements.organizations.insert(client.to_owned(), organization);
    }

    /// Viewers of a game are given a benefit in a campaign of an organisation's: one notification for all of them together,
    /// as Twitch batches them. Returns the entitlements' ids.
    pub fn drop(
        &mut self,
        now: Time,
        organization: &str,
        game: &str,
        campaign: &str,
        benefit: &str,
        to: &[&str],
    ) -> Vec<String> {
        self.advance(now);
        let granted = self.wall(self.now);
        let (mut ids, mut events) = (Vec::new(), Vec::new());
        for viewer in to {
            let id = self.rng.uuid();
            let mut data = self.person(viewer, "user");
            for (name, value) in [
                ("organization_id", organization),
                ("category_id", game),
                ("category_name", self.category(game).unwrap_or_default()),
                ("campaign_id", campaign),
                ("entitlement_id", &id),
                ("benefit_id", benefit),
                ("created_at", &granted.to_string()),
            ] {
                data[name] = json!(value);
            }
            events.push(json!({"id": self.rng.uuid(), "data": data}));
            let entitlement = Entitlement {
                organization: organization.to_owned(),
                benefit: benefit.to_owned(),
                user: (*viewer).to_owned(),
                game: game.to_owned(),
                status: Fulfillment::Claimed,
                granted,
                updated: granted,
            };
            self.entitlements.all.insert(id.clone(), entitlement);
            ids.push(id);
        }
        let about = [("organization_id", organization), ("category_id", game), ("campaign_id", campaign)];
        self.emit_now("drop.entitlement.grant", "1", &about, Value::Array(events));
        ids
    }

    pub(super) fn entitlement_json(&self, id: &str, entitlement: &Entitlement) -> Value {
        json!({
            "id": id,
            "benefit_id": entitlement.benefit,
            "timestamp": entitlement.granted.to_string(),
            "user_id": entitlement.user,
            "game_id": entitlement.game,
            "fulfillment_status": entitlement.status.as_str(),
            "last_updated": entitlement.updated.to_string(),
        })
    }
}
