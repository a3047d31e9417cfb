//! Charity campaigns.

use http::Method;
use serde_json::{Value, json};

use super::page;
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;

impl World {
    pub(super) fn charity_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/charity/campaigns") => self.get_campaign(ask, who),
            (&Method::GET, "/charity/donations") => self.get_donations(ask, who),
            _ => return None,
        })
    }

    fn get_campaign(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:charity"])?;
        self.is_in_programme(broadcaster)?;
        let data: Vec<Value> = self.campaign_json(broadcaster).into_iter().collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    fn get_donations(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &["channel:read:charity"])?;
        self.is_in_programme(broadcaster)?;
        let all = self.donations_json(broadcaster);
        let (slice, pagination) = page(&all, ask, 100)?;
        Ok(Answer::ok(json!({"data": slice, "pagination": pagination})))
    }
}
