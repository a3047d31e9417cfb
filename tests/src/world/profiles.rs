//! What users and channels say of themselves, whom they block, which teams they are in, which extensions are active.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::World;

/// What a channel is labelled with: id, name, description.
pub(super) const LABELS: [(&str, &str, &str); 7] = [
    ("DebatedSocialIssuesAndPolitics", "Politics and Sensitive Social Issues", "Debates on social issues."),
    ("DrugsIntoxication", "Drugs, Intoxication, or Excessive Tobacco Use", "Drugs and intoxication."),
    ("Gambling", "Gambling", "Gambling for money."),
    ("MatureGame", "Mature-rated game", "Games that are rated Mature."),
    ("ProfanityVulgarity", "Significant Profanity or Vulgarity", "Profanity for long."),
    ("SexualThemes", "Sexual Themes", "Sexual themes."),
    ("ViolentGraphic", "Violent and Graphic Depictions", "Violence and gore."),
];

/// One user's profile, and what their channel has besides title, game and language.
#[derive(Default)]
pub(super) struct Profile {
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    /// Ids of [`LABELS`], in their order.
    pub(super) labels: Vec<&'static str>,
    pub(super) branded: bool,
    pub(super) delay: i64,
    /// Whom they block, newest first.
    pub(super) blocked: Vec<String>,
    /// The slots of active extensions: by kind (such as `panel`), then by the slot's number.
    pub(super) extensions: BTreeMap<String, BTreeMap<String, Value>>,
}

/// A team of broadcasters.
pub(super) struct Team {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) members: Vec<String>,
    pub(super) created: Timestamp,
}

#[derive(Default)]
pub(super) struct Profiles {
    of: BTreeMap<String, Profile>,
    pub(super) teams: Vec<Team>,
}

impl Profiles {
    pub(super) fn of(&self, user: &str) -> Option<&Profile> {
        self.of.get(user)
    }

    pub(super) fn of_mut(&mut self, user: &str) -> &mut Profile {
        self.of.entry(user.to_owned()).or_default()
    }

    pub(super) fn description(&self, user: &str) -> &str {
        self.of(user).map_or("", |profile| &profile.description)
    }

    pub(super) fn tags(&self, channel: &str) -> &[String] {
        self.of(channel).map_or(&[], |profile| &profile.tags)
    }

    /// Whether one user blocks another.
    pub(super) fn blocks(&self, user: &str, other: &str) -> bool {
        self.of(user).is_some_and(|profile| profile.blocked.iter().any(|blocked| blocked == other))
    }
}

impl World {
    /// Makes a team of these channels, without any event; returns its id.
    pub fn team(&mut self, name: &str, members: &[&str]) -> String {
        let id = (7001 + self.profiles.teams.len()).to_string();
        self.profiles.teams.push(Team {
            id: id.clone(),
            name: name.to_owned(),
            members: members.iter().map(|&member| member.to_owned()).collect(),
            created: self.wall(self.now),
        });
        id
    }

    /// A user changes what they say of themselves.
    pub(super) fn describe(&mut self, user: &str, description: &str) {
        self.profiles.of_mut(user).description = description.to_owned();
        let mut event = self.person(user, "user");
        // Only who may know the address is told; one event for all has none.
        event["email"] = json!("");
        event["email_verified"] = json!(true);
        event["description"] = json!(description);
        self.emit_now("user.update", "1", &[("user_id", user)], event);
    }

    /// A channel is no longer what it was.
    pub(super) fn tell_of_update(&mut self, channel: &str) {
        let mut event = self.person(channel, "broadcaster_user");
        if let Some(user) = self.people.users.get(channel) {
            event["title"] = json!(user.title);
            event["language"] = json!(user.language);
            event["category_id"] = json!(user.game.0);
            event["category_name"] = json!(user.game.1);
        }
        let labels = self.profiles.of(channel).map_or(&[][..], |profile| &profile.labels);
        event["content_classification_labels"] = json!(labels);
        self.emit_now("channel.update", "2", &[("broadcaster_user_id", channel)], event);
    }
}
