//! `/helix`, endpoint by endpoint: one file for each category of Twitch's reference, each with its own table of methods and
//! paths. What several of them need is here: parameters, pages, who moderates.

use std::ops::RangeInclusive;

use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::World;
use super::answer::{Answer, Outcome};
use super::helix::Who;
use super::people::User;
use super::reading::{Ask, Cursors};

mod ads;
mod analytics;
mod bits;
mod channel_points;
mod channels;
mod charity;
mod chat;
mod clips;
mod content_labels;
mod entitlements;
mod extensions;
mod games;
mod goals;
mod guest_star;
mod hype_train;
mod moderation;
mod polls;
mod predictions;
mod raids;
mod schedule;
mod search;
mod streams;
mod subscriptions;
mod teams;
mod users;
mod videos;
mod whispers;

impl World {
    pub(super) fn endpoint(&mut self, ask: &Ask, who: &Who) -> Outcome {
        let path = ask.path.strip_prefix("/helix").unwrap_or_default();
        let categories = [
            World::ads_api,
            World::analytics_api,
            World::bits_api,
            World::channel_points_api,
            World::channels_api,
            World::charity_api,
            World::chat_api,
            World::clips_api,
            World::content_labels_api,
            World::entitlements_api,
            World::eventsub_api,
            World::extensions_api,
            World::games_api,
            World::goals_api,
            World::guest_star_api,
            World::hype_train_api,
            World::moderation_api,
            World::polls_api,
            World::predictions_api,
            World::raids_api,
            World::schedule_api,
            World::search_api,
            World::streams_api,
            World::subscriptions_api,
            World::teams_api,
            World::users_api,
            World::videos_api,
            World::whispers_api,
        ];
        let answer = categories.iter().find_map(|category| category(self, ask, who, path));
        answer.unwrap_or_else(|| Err(Answer::refuse(404, "")))
    }

    /// What takes no OAuth token: the calendar, and what extensions sign for themselves.
    pub(super) fn open_endpoint(&mut self, ask: &Ask) -> Option<Outcome> {
        match (&ask.method, ask.path.strip_prefix("/helix").unwrap_or_default()) {
            (&Method::GET, "/schedule/icalendar") => Some(self.get_calendar(ask)),
            (_, path) => self.extension_jwt_api(ask, path),
        }
    }

    fn eventsub_api(&mut self, ask: &Ask, who: &Who, path: &str) -> Option<Outcome> {
        Some(match (&ask.method, path) {
            (&Method::POST, "/eventsub/subscriptions") => self.create_subscription(ask, who),
            (&Method::GET, "/eventsub/subscriptions") => self.get_subscriptions(ask, who),
            (&Method::DELETE, "/eventsub/subscriptions") => self.delete_subscription(ask, who),
            (&Method::POST, "/eventsub/conduits") => self.create_conduit(ask, who),
            (&Method::GET, "/eventsub/conduits") => self.get_conduits(who),
            (&Method::PATCH, "/eventsub/conduits") => self.update_conduit(ask, who),
            (&Method::DELETE, "/eventsub/conduits") => self.delete_conduit(ask, who),
            (&Method::GET, "/eventsub/conduits/shards") => self.get_shards(ask, who),
            (&Method::PATCH, "/eventsub/conduits/shards") => self.update_shards(ask, who),
            _ => return None,
        })
    }

    /// The caller, who must be the moderator they say they are.
    pub(super) fn is_moderator<'a>(
        &self,
        ask: &'a Ask,
        who: &Who,
        broadcaster: &str,
        scopes: &[&str],
    ) -> Result<&'a str, Answer> {
        let moderator = required(ask, "moderator_id")?;
        who.user_is(moderator, "moderator_id")?;
        who.scope(scopes)?;
        self.moderates(moderator, broadcaster).map(|()| moderator)
    }

    fn moderates(&self, moderator: &str, broadcaster: &str) -> Result<(), Answer> {
        if self.people.moderates(moderator, broadcaster) {
            return Ok(());
        }
        Err(Answer::refuse(403, "The user in moderator_id is not one of the broadcaster's moderators."))
    }

    /// The moderator who calls, or who has allowed the app that calls to act for them.
    pub(super) fn is_moderator_or_app<'a>(
        &self,
        ask: &'a Ask,
        who: &Who,
        broadcaster: &str,
        scope: &str,
    ) -> Result<&'a str, Answer> {
        if who.user.is_some() {
            return self.is_moderator(ask, who, broadcaster, &[scope]);
        }
        let moderator = required(ask, "moderator_id")?;
        self.has_allowed(who, moderator, scope)?;
        self.moderates(moderator, broadcaster).map(|()| moderator)
    }

    /// Passes if this user has allowed the app that calls so much.
    pub(super) fn has_allowed(&self, who: &Who, user: &str, scope: &str) -> Result<(), Answer> {
        match self.tokens.allowed(&who.client, user) {
            Some(scopes) if scopes.contains(scope) => Ok(()),
            _ => Err(Answer::refuse(401, &format!("Missing scope: {scope}"))),
        }
    }

    /// The broadcaster in the query, who must be the caller.
    pub(super) fn is_broadcaster<'a>(
        &self,
        ask: &'a Ask,
        who: &Who,
        scopes: &[&str],
    ) -> Result<&'a str, Answer> {
        let broadcaster = required(ask, "broadcaster_id")?;
        who.user_is(broadcaster, "broadcaster_id")?;
        who.scope(scopes)?;
        Ok(broadcaster)
    }

    /// The broadcaster in the body, who must be the caller.
    pub(super) fn is_broadcaster_in<'a>(
        &self,
        body: &'a Value,
        who: &Who,
        scopes: &[&str],
    ) -> Result<&'a str, Answer> {
        let broadcaster = text(body, "broadcaster_id")?;
        who.user_is(broadcaster, "broadcaster_id")?;
        who.scope(scopes)?;
        Ok(broadcaster)
    }

    /// Passes for affiliates and partners.
    pub(super) fn is_in_programme(&self, broadcaster: &str) -> Result<(), Answer> {
        if self.people.programme(broadcaster).is_some() {
            return Ok(());
        }
        Err(Answer::refuse(403, "The broadcaster is not a partner or affiliate."))
    }

    pub(super) fn channel(&self, id: &str) -> Result<&User, Answer> {
        let unknown = || Answer::refuse(400, "The ID in broadcaster_id is not valid.");
        self.people.users.get(id).ok_or_else(unknown)
    }

    /// A user's three names, each behind this prefix.
    pub(super) fn person(&self, id: &str, prefix: &str) -> Value {
        let mut said = json!({});
        said[format!("{prefix}_id")] = json!(id);
        said[format!("{prefix}_login")] = json!(self.people.login(id));
        said[format!("{prefix}_name")] = json!(self.people.name(id));
        said
    }
}

/// A parameter that must be there.
pub(super) fn required<'a>(ask: &'a Ask, name: &str) -> Result<&'a str, Answer> {
    let missing = || Answer::refuse(400, &format!("Missing required parameter \"{name}\""));
    ask.query.get(name).ok_or_else(missing)
}

/// A string in a body that must be there.
pub(super) fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Answer> {
    let missing = || Answer::refuse(400, &format!("Missing required parameter \"{name}\""));
    body[name].as_str().filter(|text| !text.is_empty()).ok_or_else(missing)
}

/// A string in a body that must be there, up to so many characters.
pub(super) fn short_text<'a>(body: &'a Value, name: &str, most: usize) -> Result<&'a str, Answer> {
    let text = text(body, name)?;
    if text.chars().count() > most {
        return Err(Answer::refuse(400, &format!("The {name} is too long; it may have {most} characters")));
    }
    Ok(text)
}

/// A whole number in a body that must be there, within its limits.
pub(super) fn number(body: &Value, name: &str, limits: RangeInclusive<i64>) -> Result<i64, Answer> {
    if body[name].is_null() {
        return Err(Answer::refuse(400, &format!("Missing required parameter \"{name}\"")));
    }
    let outside = || Answer::refuse(400, &format!("The value in {name} is outside the allowed range"));
    body[name].as_i64().filter(|value| limits.contains(value)).ok_or_else(outside)
}

/// A flag in a body or, where it is left out, what stands in its place.
pub(super) fn flag(body: &Value, name: &str, otherwise: bool) -> Result<bool, Answer> {
    match &body[name] {
        Value::Null => Ok(otherwise),
        Value::Bool(flag) => Ok(*flag),
        _ => Err(Answer::refuse(400, &format!("The value in {name} is not valid"))),
    }
}

/// The values of a repeated parameter, each once; more than so many are refused.
pub(super) fn values<'a>(ask: &'a Ask, name: &'a str, most: usize) -> Result<Vec<&'a str>, Answer> {
    if ask.query.all(name).count() > most {
        return Err(Answer::refuse(400, &format!("The number of {name} parameters exceeds {most}")));
    }
    let mut values: Vec<&str> = Vec::new();
    for value in ask.query.all(name).filter(|value| !value.is_empty()) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

/// One of these words, where the parameter is there.
pub(super) fn word<'a>(ask: &'a Ask, name: &str, words: &[&str]) -> Result<Option<&'a str>, Answer> {
    match ask.query.get(name) {
        Some(said) if !words.contains(&said) => {
            Err(Answer::refuse(400, &format!("The value in {name} is not valid")))
        }
        said => Ok(said),
    }
}

/// A moment, where the parameter is there.
pub(super) fn moment(ask: &Ask, name: &str) -> Result<Option<Timestamp>, Answer> {
    let invalid = |_| Answer::refuse(400, &format!("The value in {name} is not a valid RFC3339 time"));
    ask.query.get(name).map(str::parse).transpose().map_err(invalid)
}

/// The JSON body.
pub(super) fn body(ask: &Ask) -> Result<Value, Answer> {
    ask.json().ok_or_else(|| Answer::refuse(400, "The request body is not valid JSON"))
}

/// One page of a list: its slice, and the cursor behind it if more follows.
pub(super) fn page<'a, T>(all: &'a [T], ask: &Ask, most: usize) -> Result<(&'a [T], Value), Answer> {
    page_of(all, ask, page_size(ask, most)?)
}

/// As [`page`], of a list that can be walked backwards as well: `before` leads to the page in front of the one that its cursor
/// came with.
pub(super) fn page_both<'a, T>(all: &'a [T], ask: &Ask, most: usize) -> Result<(&'a [T], Value), Answer> {
    let Some(cursor) = ask.query.get("before") else { return page(all, ask, most) };
    let size = page_size(ask, most)?;
    let end = place(cursor, ask)?.0.min(all.len());
    let start = end.saturating_sub(size);
    let slice = all.get(start..end).unwrap_or_default();
    let pagination = if slice.is_empty() { json!({}) } else { json!({"cursor": cursor_of(start, end, ask)}) };
    Ok((slice, pagination))
}

fn page_size(ask: &Ask, most: usize) -> Result<usize, Answer> {
    match ask.query.get("first").map(str::parse::<usize>) {
        None => Ok(most.min(20)),
        Some(Ok(first)) if (1..=most).contains(&first) => Ok(first),
        Some(_) => Err(Answer::refuse(400, "The parameter \"first\" was malformed")),
    }
}

fn cursor_of(start: usize, end: usize, ask: &Ask) -> String {
    format!("sim{start:x}-{end:x}.{:04x}", ask.salt)
}

/// Where the page began and ended that a cursor came with.
fn place(cursor: &str, ask: &Ask) -> Result<(usize, usize), Answer> {
    let read = || {
        let (start, end) = cursor.strip_prefix("sim")?.split_once('.')?.0.split_once('-')?;
        Some((usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?))
    };
    let refused = ask.cursors == Cursors::Refused;
    read().filter(|_| !refused).ok_or_else(|| Answer::refuse(400, "Invalid cursor"))
}

/// One page of this size.
pub(super) fn page_of<'a, T>(all: &'a [T], ask: &Ask, size: usize) -> Result<(&'a [T], Value), Answer> {
    let start = match ask.query.get("after") {
        None => 0,
        Some(cursor) => place(cursor, ask)?.1,
    };
    let rest = all.get(start..).unwrap_or_default();
    let empty = ask.odd_page && ask.salt.is_multiple_of(2) && !rest.is_empty();
    let slice = &rest[..if empty { 0 } else { size.min(rest.len()) }];
    let end = start + slice.len();
    let trailing = ask.odd_page && !slice.is_empty();
    let same = ask.query.get("after").filter(|_| ask.cursors == Cursors::Repeated);
    let pagination = if let Some(cursor) = same {
        json!({"cursor": cursor})
    } else if end < all.len() || trailing {
        json!({"cursor": cursor_of(start, end, ask)})
    } else {
        json!({})
    };
    Ok((slice, pagination))
}
