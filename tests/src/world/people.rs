//! Users and their channels: who follows, chats, moderates, is live.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::World;

/// What Twitch pays broadcasters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Programme {
    /// Affiliates.
    Affiliate,
    /// Partners.
    Partner,
}

/// A user and their channel.
pub(super) struct User {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) created: Timestamp,
    pub(super) programme: Option<Programme>,
    pub(super) title: String,
    pub(super) game: (String, String),
    pub(super) language: String,
    /// The stream's id and start.
    pub(super) live: Option<(String, Timestamp)>,
    /// Newest first.
    pub(super) followers: Vec<(String, Timestamp)>,
    pub(super) moderators: BTreeSet<String>,
    pub(super) chatters: BTreeSet<String>,
}

#[derive(Default)]
pub(super) struct People {
    pub(super) users: BTreeMap<String, User>,
    logins: BTreeMap<String, String>,
}

impl People {
    pub(super) fn login(&self, id: &str) -> &str {
        self.users.get(id).map_or("", |user| &user.login)
    }

    pub(super) fn name(&self, id: &str) -> &str {
        self.users.get(id).map_or("", |user| &user.name)
    }

    pub(super) fn id(&self, login: &str) -> Option<&str> {
        self.logins.get(login).map(String::as_str)
    }

    pub(super) fn programme(&self, id: &str) -> Option<Programme> {
        self.users.get(id)?.programme
    }

    /// Whether this user moderates that channel, or owns it.
    pub(super) fn moderates(&self, user: &str, channel: &str) -> bool {
        user == channel || self.users.get(channel).is_some_and(|c| c.moderators.contains(user))
    }
}

/// Some of Twitch's categories: id and name.
pub(super) const CATEGORIES: [(&str, &str); 3] =
    [("33214", "Fortnite"), ("509658", "Just Chatting"), ("1469308723", "Software and Game Development")];

impl World {
    /// The name of a category.
    pub(super) fn category(&self, id: &str) -> Option<&'static str> {
        CATEGORIES.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
    }

    /// The id of the user with this login, made on first mention.
    pub fn user(&mut self, login: &str) -> String {
        if let Some(id) = self.people.id(login) {
            return id.to_owned();
        }
        let id = (1001 + self.people.users.len()).to_string();
        let mut letters = login.chars();
        let name = letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str());
        let user = User {
            login: login.to_owned(),
            name: name.unwrap_or_default(),
            created: self.epoch - SignedDuration::from_hours(24 * 400),
            programme: None,
            title: format!("{login} is here"),
            game: ("509658".into(), "Just Chatting".into()),
            language: "en".into(),
            live: None,
            followers: Vec::new(),
            moderators: BTreeSet::new(),
            chatters: BTreeSet::new(),
        };
        self.people.users.insert(id.clone(), user);
        self.people.logins.insert(login.to_owned(), id.clone());
        id
    }

    /// All users: id and login.
    pub fn users(&self) -> impl Iterator<Item = (&str, &str)> {
        self.people.users.iter().map(|(id, user)| (id.as_str(), user.login.as_str()))
    }

    /// Gives a channel so many followers from before the beginning, without any event.
    pub fn followers(&mut self, channel: &str, count: usize) {
        for n in 0..count {
            let fan = self.user(&format!("fan{}", n + 1));
            let when = self.epoch - SignedDuration::from_mins(n as i64 + 1);
            if let Some(channel) = self.people.users.get_mut(channel) {
                channel.followers.push((fan, when));
            }
        }
    }

    /// Makes a channel an affiliate's or a partner's, without any event. Rewards, charity campaigns and broadcasts that do
    /// not recur are for them alone.
    pub fn programme(&mut self, channel: &str, programme: Programme) {
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.programme = Some(programme);
        }
    }

    /// Makes a user a moderator of a channel, without any event.
    pub fn moderator(&mut self, channel: &str, user: &str) {
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.moderators.insert(user.to_owned());
        }
    }
}
