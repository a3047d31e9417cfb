//! Channel points: custom rewards and their redemptions.

use http::Method;
use serde_json::{Value, json};

use super::{body, flag, number, page, required, short_text, text, values, word};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::channel_points::{Limit, Redemption, Reward, Status, Terms};
use crate::world::helix::Who;
use crate::world::reading::Ask;

/// The custom rewards that a channel may have.
const REWARDS: usize = 50;
/// The most ids that one request may name, and the most redemptions on a page.
const IDS: usize = 50;
const TITLE: usize = 45;
const PROMPT: usize = 200;

const READ: [&str; 2] = ["channel:read:redemptions", "channel:manage:redemptions"];
const MANAGE: [&str; 1] = ["channel:manage:redemptions"];

impl World {
    pub(super) fn channel_points_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::POST, "/channel_points/custom_rewards") => self.create_reward(ask, who),
            (&Method::GET, "/channel_points/custom_rewards") => self.get_rewards(ask, who),
            (&Method::PATCH, "/channel_points/custom_rewards") => self.update_reward(ask, who),
            (&Method::DELETE, "/channel_points/custom_rewards") => self.delete_reward(ask, who),
            (&Method::GET, "/channel_points/custom_rewards/redemptions") => self.get_redemptions(ask, who),
            (&Method::PATCH, "/channel_points/custom_rewards/redemptions") => {
                self.update_redemptions(ask, who)
            }
            _ => return None,
        })
    }

    fn create_reward(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &MANAGE)?;
        self.is_in_programme(broadcaster)?;
        let body = body(ask)?;
        let start = Terms::new(text(&body, "title")?, number(&body, "cost", 1..=i64::MAX)?);
        let terms = read_terms(start, &body)?;
        self.is_title_free(broadcaster, &terms.title, None)?;
        let count = self.channel_points.rewards.get(broadcaster).map_or(0, |rewards| rewards.len());
        if count >= REWARDS {
            return Err(Answer::refuse(400, "CREATE_CUSTOM_REWARD_TOO_MANY_REWARDS"));
        }
        let id = self.add_reward(broadcaster, Some(&who.client), terms);
        self.one_reward(broadcaster, &id)
    }

    fn get_rewards(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = self.is_broadcaster(ask, who, &READ)?;
        self.is_in_programme(broadcaster)?;
        let ids = values(ask, "id", IDS)?;
        let manageable = word(ask, "only_manageable_rewards", &["true", "false"])? == Some("true");
        let fits = |(id, reward): &(&String, &Reward)| {
            (ids.is_empty() || ids.contains(&id.as_str()))
                && (!manageable || reward.client.as_deref() == Some(who.client.as_str()))
        };
        let rewards = self.channel_points.rewards.get(broadcaster).into_iter().flatten();
        let data: Vec<Value> =
            rewards.filter(fits).map(|(id, reward)| self.reward_json(broadcaster, id, reward)).collect();
        if data.is_empty() && !ids.is_empty() {
            return Err(Answer::refuse(404, "The custom rewards were not found."));
        }
        Ok(Answer::ok(json!({"data": data})))
    }

    fn update_reward(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let (broadcaster, id) = self.own_reward(ask, who, "id", &MANAGE)?;
        let start = self.channel_points.reward(broadcaster, id).map(|reward| reward.terms.clone());
        let start = start.ok_or_else(no_reward)?;
        let terms = read_terms(start, &body(ask)?)?;
        self.is_title_free(broadcaster, &terms.title, Some(id))?;
        self.change_reward(broadcaster, id, terms);
        self.one_reward(broadcaster, id)
    }

    fn delete_reward(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let (broadcaster, id) = self.own_reward(ask, who, "id", &MANAGE)?;
        self.remove_reward(broadcaster, id);
        Ok(Answer::empty(204))
    }

    fn get_redemptions(&self, ask: &Ask, who: &Who) -> Outcome {
        let (broadcaster, id) = self.own_reward(ask, who, "reward_id", &READ)?;
        let status = word(ask, "status", &["CANCELED", "FULFILLED", "UNFULFILLED"])?;
        let newest = word(ask, "sort", &["OLDEST", "NEWEST"])? == Some("NEWEST");
        let ids = values(ask, "id", IDS)?;
        if ids.is_empty() && status.is_none() {
            return Err(Answer::refuse(400, "Missing required parameter \"status\""));
        }
        let fits = |redemption: &&Redemption| match ids.is_empty() {
            true => status.is_none_or(|status| status == redemption.status.as_str()),
            false => ids.contains(&redemption.id.as_str()),
        };
        let all = self.channel_points.reward(broadcaster, id).into_iter().flat_map(|r| &r.redemptions);
        let mut found: Vec<&Redemption> = all.filter(fits).collect();
        if found.is_empty() && !ids.is_empty() {
            return Err(Answer::refuse(404, "The redemptions were not found."));
        }
        if newest {
            found.reverse();
        }
        let (slice, pagination) = page(&found, ask, IDS)?;
        let data: Vec<Value> = slice.iter().map(|r| self.redemption_json(broadcaster, id, r)).collect();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
    }

    fn update_redemptions(&mut self, ask: &Ask, who: &Who) -> Outcome {
        required(ask, "id")?;
        let (broadcaster, reward) = self.own_reward(ask, who, "reward_id", &MANAGE)?;
        let ids = values(ask, "id", IDS)?;
        let status = match text(&body(ask)?, "status")? {
            "FULFILLED" => Status::Fulfilled,
            "CANCELED" => Status::Canceled,
            _ => return Err(Answer::refuse(400, "The value in status is not valid")),
        };
        let waits = |id: &&str| {
            let reward = self.channel_points.reward(broadcaster, reward);
            let found = reward.and_then(|reward| reward.redemptions.iter().find(|r| r.id == **id));
            found.is_some_and(|found| found.status == Status::Unfulfilled)
        };
        let waiting: Vec<&str> = ids.into_iter().filter(waits).collect();
        if waiting.is_empty() {
            return Err(Answer::refuse(404, "The redemptions were not found or are not UNFULFILLED."));
        }
        for id in &waiting {
            self.settle(broadcaster, reward, id, status);
        }
        let settled = self.channel_points.reward(broadcaster, reward).into_iter();
        let settled =
            settled.flat_map(|reward| &reward.redemptions).filter(|r| waiting.contains(&r.id.as_str()));
        let data: Vec<Value> = settled.map(|r| self.redemption_json(broadcaster, reward, r)).collect();
        Ok(Answer::ok(json!({"data": data})))
    }

    /// The broadcaster and the reward in the query, which the calling app must have made.
    fn own_reward<'a>(
        &self,
        ask: &'a Ask,
        who: &Who,
        parameter: &str,
        scopes: &[&str],
    ) -> Result<(&'a str, &'a str), Answer> {
        let broadcaster = self.is_broadcaster(ask, who, scopes)?;
        let id = required(ask, parameter)?;
        self.is_in_programme(broadcaster)?;
        let reward = self.channel_points.reward(broadcaster, id).ok_or_else(no_reward)?;
        if reward.client.as_deref() != Some(who.client.as_str()) {
            let message =
                "The ID in the Client-Id header must match the client ID used to create the custom reward.";
            return Err(Answer::refuse(403, message));
        }
        Ok((broadcaster, id))
    }

    fn is_title_free(&self, broadcaster: &str, title: &str, but: Option<&str>) -> Result<(), Answer> {
        let mut rewards = self.channel_points.rewards.get(broadcaster).into_iter().flatten();
        if rewards.any(|(id, reward)| reward.terms.title == title && Some(id.as_str()) != but) {
            return Err(Answer::refuse(400, "CREATE_CUSTOM_REWARD_DUPLICATE_REWARD"));
        }
        Ok(())
    }

    fn one_reward(&self, broadcaster: &str, id: &str) -> Outcome {
        let reward = self.channel_points.reward(broadcaster, id).ok_or_else(no_reward)?;
        Ok(Answer::ok(json!({"data": [self.reward_json(broadcaster, id, reward)]})))
    }
}

fn no_reward() -> Answer {
    Answer::refuse(404, "The custom reward was not found.")
}

/// A reward's terms with what the body changes in them.
fn read_terms(start: Terms, body: &Value) -> Result<Terms, Answer> {
    let said = |name: &str| !body[name].is_null();
    let limit = |on: &str, value: &str, start: Limit| -> Result<Limit, Answer> {
        let on = flag(body, on, start.on)?;
        let value = if said(value) || on && start.value == 0 {
            number(body, value, 1..=i64::MAX)?
        } else {
            start.value
        };
        Ok(Limit { on, value })
    };
    let prompt = body["prompt"].as_str().unwrap_or(&start.prompt).to_owned();
    if prompt.chars().count() > PROMPT {
        return Err(Answer::refuse(400, "The prompt is too long; it may have 200 characters"));
    }
    Ok(Terms {
        title: if said("title") { short_text(body, "title", TITLE)?.to_owned() } else { start.title },
        prompt,
        cost: if said("cost") { number(body, "cost", 1..=i64::MAX)? } else { start.cost },
        color: body["background_color"].as_str().unwrap_or(&start.color).to_owned(),
        enabled: flag(body, "is_enabled", start.enabled)?,
        paused: flag(body, "is_paused", start.paused)?,
        wants_input: flag(body, "is_user_input_required", start.wants_input)?,
        per_stream: limit("is_max_per_stream_enabled", "max_per_stream", start.per_stream)?,
        per_user: limit("is_max_per_user_per_stream_enabled", "max_per_user_per_stream", start.per_user)?,
        cooldown: limit("is_global_cooldown_enabled", "global_cooldown_seconds", start.cooldown)?,
        skips_queue: flag(body, "should_redemptions_skip_request_queue", start.skips_queue)?,
    })
}
