//! Entitlements.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::{body, page, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::entitlements::{Entitlement, Fulfillment, Organization};
use crate::world::helix::Who;
use crate::world::reading::Ask;

/// The most ids that one request may name.
const IDS: usize = 100;

impl World {
    pub(super) fn entitlements_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/entitlements/drops") => self.get_entitlements(ask, who),
            (&Method::PATCH, "/entitlements/drops") => self.update_entitlements(ask, who),
            _ => return None,
        })
    }

    fn get_entitlements(&self, ask: &Ask, who: &Who) -> Outcome {
        let organization = self.organization_of(who)?;
        let ids = values(ask, "id", IDS)?;
        let status = word(ask, "fulfillment_status", &["CLAIMED", "FULFILLED"])?;
        let game = ask.query.get("game_id");
        if game.is_some_and(|game| !organization.games.contains(game)) {
            return Err(Answer::refuse(403, "The organization does not own the game."));
        }
        let user = match (&who.user, ask.query.get("user_id")) {
            (None, asked) => asked,
            (Some(me), None) => Some(me.as_str()),
            (Some(_), Some(_)) => {
                return Err(Answer::refuse(400, "user_id may not be set with a user access token"));
            }
        };
        let foreign = |id: &&str| {
            self.entitlements.all.get(*id).is_some_and(|found| found.organization != organization.id)
        };
        if ids.iter().any(foreign) {
            return Err(Answer::refuse(403, "The organization does not own the entitlement."));
        }
        let fits = |(id, entitlement): &(&String, &Entitlement)| {
            entitlement.organization == organization.id
                && (ids.is_empty() || ids.contains(&id.as_str()))
                && status.is_none_or(|status| status == entitlement.status.as_str())
                && game.is_none_or(|game| game == entitlement.game)
                && user.is_none_or(|user| user == entitlement.user)
        };
        let found: Vec<Value> = self
            .entitlements
            .all
            .iter()
            .filter(fits)
            .map(|(id, entitlement)| self.entitlement_json(id, entitlement))
            .collect();
        let (slice, pagination) = page(&found, ask, 1000)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }

    fn update_entitlements(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let organization = self.organization_of(who)?.id.clone();
        let body = body(ask)?;
        let ids = body["entitlement_ids"].as_array().map_or(&[][..], Vec::as_slice);
        if ids.len() > IDS {
            return Err(Answer::refuse(400, "The number of entitlement_ids exceeds 100"));
        }
        let status = match body["fulfillment_status"].as_str() {
            Some("CLAIMED") => Fulfillment::Claimed,
            Some("FULFILLED") => Fulfillment::Fulfilled,
            _ => return Err(Answer::refuse(400, "The value in fulfillment_status is not valid")),
        };
        let now = self.wall(self.now);
        let mut outcomes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for id in ids {
            let id = id.as_str().unwrap_or_default();
            let outcome = match self.entitlements.all.get_mut(id) {
                None if is_uuid(id) => "NOT_FOUND",
                None => "INVALID_ID",
                Some(found) => {
                    let mine = who.user.as_ref().is_none_or(|me| *me == found.user);
                    if mine && found.organization == organization {
                        found.status = status;
                        found.updated = now;
                        "SUCCESS"
                    } else {
                        "UNAUTHORIZED"
                    }
                }
            };
            outcomes.entry(outcome).or_default().push(id);
        }
        let data: Vec<Value> =
            outcomes.iter().map(|(status, ids)| json!({"status": status, "ids": ids})).collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn organization_of(&self, who: &Who) -> Result<&Organization, Answer> {
        let none = || Answer::refuse(400, "The client is not associated with a known organization.");
        self.entitlements.organizations.get(&who.client).ok_or_else(none)
    }
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}
