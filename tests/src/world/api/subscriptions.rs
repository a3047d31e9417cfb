//! Subscriptions of viewers to channels.

use http::Method;
use serde_json::{Value, json};

use super::{page_both, required, values};
use crate::world::World;
use crate::world::answer::{Answer, Outcome};
use crate::world::helix::Who;
use crate::world::reading::Ask;
use crate::world::subscribers::{Paid, Subscriber};

/// The most ids that one request may name, and the most subscribers on a page.
const IDS: usize = 100;

impl World {
    pub(super) fn subscriptions_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::GET, "/subscriptions") => self.get_subscribers(ask, who),
            (&Method::GET, "/subscriptions/user") => self.check_subscription(ask, who),
            _ => return None,
        })
    }

    fn get_subscribers(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        self.has_consent(who, broadcaster, "broadcaster_id", "channel:read:subscriptions")?;
        let ids = values(ask, "user_id", IDS)?;
        let all = self.subscribers.of(broadcaster);
        let found: Vec<&Subscriber> =
            all.iter().filter(|s| ids.is_empty() || ids.contains(&s.user.as_str())).collect();
        let (slice, pagination) = page_both(&found, ask, IDS)?;
        let data: Vec<Value> = slice
            .iter()
            .map(|subscriber| {
                let mut said = self.subscription_shape(broadcaster, subscriber);
                self.add_person(&mut said, &subscriber.user, "user");
                said["plan_name"] =
                    json!(format!("Channel Subscription ({})", self.people.login(broadcaster)));
                said
            })
            .collect();
        let points: u64 = all.iter().map(|subscriber| subscriber.tier.points()).sum();
        Ok(Answer::ok(json!({"data": data, "pagination": pagination, "points": points, "total": all.len()})))
    }

    fn check_subscription(&self, ask: &Ask, who: &Who) -> Outcome {
        let broadcaster = required(ask, "broadcaster_id")?;
        let user = required(ask, "user_id")?;
        self.has_consent(who, user, "user_id", "user:read:subscriptions")?;
        let found = self.subscribers.find(broadcaster, user);
        let message = format!("{user} has no subscription to {broadcaster}");
        let found = found.ok_or_else(|| Answer::refuse(404, &message))?;
        let mut said = self.subscription_shape(broadcaster, found);
        if found.paid == Paid::BySubscriber
            && let Some(said) = said.as_object_mut()
        {
            said.retain(|name, _| !name.starts_with("gifter_"));
        }
        Ok(Answer::ok(json!({"data": [said]})))
    }

    /// The caller is this user, or an app that they have allowed this.
    fn has_consent(&self, who: &Who, user: &str, parameter: &str, scope: &str) -> Result<(), Answer> {
        if who.user.is_some() {
            who.user_is(user, parameter)?;
            return who.scope(&[scope]);
        }
        match self.tokens.allowed(&who.client, user) {
            Some(scopes) if scopes.contains(scope) => Ok(()),
            _ => Err(Answer::refuse(401, &format!("Missing scope: {scope}"))),
        }
    }

    fn subscription_shape(&self, broadcaster: &str, subscriber: &Subscriber) -> Value {
        let mut said = self.person(broadcaster, "broadcaster");
        match &subscriber.paid {
            Paid::ByGifter(Some(gifter)) => self.add_person(&mut said, gifter, "gifter"),
            Paid::ByGifter(None) => {
                said["gifter_id"] = json!("274598607");
                said["gifter_login"] = json!("ananonymousgifter");
                said["gifter_name"] = json!("AnAnonymousGifter");
            }
            Paid::BySubscriber => {
                for part in ["id", "login", "name"] {
                    said[format!("gifter_{part}")] = json!("");
                }
            }
        }
        said["is_gift"] = json!(subscriber.paid != Paid::BySubscriber);
        said["tier"] = json!(subscriber.tier.as_str());
        said
    }
}
