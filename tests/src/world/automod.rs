//! AutoMod: its levels, the terms that a channel blocks, and the messages that it holds until a moderator has looked at them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;
use super::moderation::Moderated;
use super::room::Line;

/// What AutoMod looks for, each with a level of its own.
pub(super) const CATEGORIES: [&str; 8] = [
    "disability",
    "aggression",
    "sexuality_sex_or_gender",
    "misogyny",
    "bullying",
    "swearing",
    "race_ethnicity_or_religion",
    "sex_based_terms",
];

/// A word or phrase that may not be written in a channel.
pub(super) struct BlockedTerm {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) moderator: String,
    pub(super) created: Timestamp,
}

/// Why a message is held.
enum Held {
    /// AutoMod takes it for this.
    Category(String),
    /// It has the blocked term of this id in it.
    Term(String),
}

/// A message that waits for a moderator.
struct HeldMessage {
    who: String,
    text: String,
    why: Held,
    at: String,
}

/// How strict AutoMod is: from 0, which lets everything pass, to 4.
pub(super) enum Levels {
    /// The same in everything.
    Overall(i64),
    /// In the order of [`CATEGORIES`].
    Each([i64; CATEGORIES.len()]),
}

impl Default for Levels {
    fn default() -> Self {
        Levels::Overall(0)
    }
}

/// One channel's AutoMod.
#[derive(Default)]
pub(super) struct Automod {
    levels: Levels,
    /// Newest first.
    pub(super) terms: Vec<BlockedTerm>,
    held: BTreeMap<String, HeldMessage>,
}

impl Automod {
    /// The blocked term that is in a text; `*` stands for anything within a word.
    pub(super) fn blocked(&self, text: &str) -> Option<&BlockedTerm> {
        let text = text.to_lowercase();
        self.terms.iter().find(|term| {
            let term = term.text.to_lowercase();
            let (start, end) = (term.starts_with('*'), term.ends_with('*'));
            let word = term.trim_matches('*');
            text.match_indices(word).any(|(at, _)| {
                let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                let (before, behind) = (&text[..at], &text[at + word.len()..]);
                (start || !letter(before.chars().next_back())) && (end || !letter(behind.chars().next()))
            })
        })
    }
}

impl World {
    /// AutoMod holds a message back, since it takes it for `category` (such as `aggression`); returns the message's id. A
    /// moderator lets it through or not, by Helix or by [`World::judge_held`].
    pub fn hold(&mut self, now: Time, who: &str, channel: &str, text: &str, category: &str) -> String {
        self.advance(now);
        self.hold_now(who, channel, text, Held::Category(category.to_owned()))
    }

    /// A moderator lets a held message through, or not; false if no message of that id is held.
    pub fn judge_held(&mut self, now: Time, moderator: &str, message: &str, allow: bool) -> bool {
        self.advance(now);
        match self.channel_that_holds(message) {
            Some(channel) => {
                self.judge(moderator, &channel, message, if allow { "approved" } else { "denied" });
                true
            }
            None => false,
        }
    }

    /// Holds a message if a term in it is blocked: the message's id.
    pub(super) fn hold_if_blocked(&mut self, who: &str, channel: &str, text: &str) -> Option<String> {
        let term = self.moderation.of(channel)?.automod.blocked(text)?.id.clone();
        Some(self.hold_now(who, channel, text, Held::Term(term)))
    }

    fn hold_now(&mut self, who: &str, channel: &str, text: &str, why: Held) -> String {
        let id = self.rng.uuid();
        let held = HeldMessage { who: who.to_owned(), text: text.to_owned(), why, at: self.stamp() };
        self.tell_of_held(channel, &id, &held, None);
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, who, "user");
        event["message_id"] = json!(id);
        event["message"] = plain(text);
        self.emit_now("channel.chat.user_message_hold", "1", &told_to(channel, who), event);
        self.moderation.of_mut(channel).automod.held.insert(id.clone(), held);
        id
    }

    /// The channel in which a message is held.
    pub(super) fn channel_that_holds(&self, message: &str) -> Option<String> {
        let holds = |(_, channel): &(&String, &Moderated)| channel.automod.held.contains_key(message);
        self.moderation.all().find(holds).map(|(channel, _)| channel.clone())
    }

    /// Judges a held message: `approved` or `denied`.
    pub(super) fn judge(&mut self, moderator: &str, channel: &str, message: &str, status: &str) {
        let Some(held) = self.moderation.of_mut(channel).automod.held.remove(message) else { return };
        self.tell_of_held(channel, message, &held, Some((moderator, status)));
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, &held.who, "user");
        event["message_id"] = json!(message);
        event["message"] = plain(&held.text);
        event["status"] = json!(status);
        self.emit_now("channel.chat.user_message_update", "1", &told_to(channel, &held.who), event);
        if status == "approved" {
            self.post(&held.who, channel, message.to_owned(), Line::plain(&held.text));
        }
    }

    /// `automod.message.hold` or, with who judged it and how, `automod.message.update`, both in both versions.
    fn tell_of_held(&mut self, channel: &str, id: &str, held: &HeldMessage, judged: Option<(&str, &str)>) {
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, &held.who, "user");
        let mut kind = "automod.message.hold";
        if let Some((moderator, status)) = judged {
            kind = "automod.message.update";
            self.add_person(&mut event, moderator, "moderator_user");
            event["status"] = json!(status);
        }
        event["message_id"] = json!(id);
        event["message"] = plain(&held.text);
        event["held_at"] = json!(held.at);
        let about = [("broadcaster_user_id", channel)];

        // The first version knows of categories alone.
        if let Held::Category(category) = &held.why {
            let mut first = event.clone();
            first["category"] = json!(category);
            first["level"] = json!(LEVEL);
            self.emit_now(kind, "1", &about, first);
        }
        let boundary = json!({"start_pos": 0, "end_pos": held.text.chars().count().saturating_sub(1)});
        let (reason, automod, term) = match &held.why {
            Held::Category(category) => {
                let found = json!({"category": category, "level": LEVEL, "boundaries": [boundary]});
                ("automod", found, Value::Null)
            }
            Held::Term(term) => {
                let mut found = self.person(channel, "owner_broadcaster_user");
                found["term_id"] = json!(term);
                found["boundary"] = boundary;
                ("blocked_term", Value::Null, json!({"terms_found": [found]}))
            }
        };
        event["reason"] = json!(reason);
        event["automod"] = automod;
        event["blocked_term"] = term;
        self.emit_now(kind, "2", &about, event);
    }

    /// Blocks a term; its id.
    pub(super) fn block_term(&mut self, moderator: &str, channel: &str, text: &str) -> String {
        let id = self.rng.uuid();
        let term = BlockedTerm {
            id: id.clone(),
            text: text.to_owned(),
            moderator: moderator.to_owned(),
            created: self.wall(self.now),
        };
        self.moderation.of_mut(channel).automod.terms.insert(0, term);
        self.tell_of_term(moderator, channel, "add", text);
        id
    }

    /// Takes a term from the blocked ones; nothing happens if there is none of that id.
    pub(super) fn allow_term(&mut self, moderator: &str, channel: &str, id: &str) {
        let terms = &mut self.moderation.of_mut(channel).automod.terms;
        let Some(at) = terms.iter().position(|term| term.id == id) else { return };
        let text = terms.remove(at).text;
        self.tell_of_term(moderator, channel, "remove", &text);
    }

    fn tell_of_term(&mut self, moderator: &str, channel: &str, action: &str, text: &str) {
        let mut event = self.person(channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        event["action"] = json!(format!("{action}_blocked"));
        event["from_automod"] = json!(false);
        event["terms"] = json!([text]);
        self.emit_now("automod.terms.update", "1", &[("broadcaster_user_id", channel)], event);
        let part = json!({"action": action, "list": "blocked", "terms": [text], "from_automod": false});
        self.moderated(channel, moderator, &format!("{action}_blocked_term"), ("automod_terms", part));
    }

    /// The levels as Helix and EventSub name them.
    pub(super) fn automod_levels(&self, channel: &str) -> Value {
        let levels = self.moderation.of(channel).map(|channel| &channel.automod.levels);
        let (overall, levels) = match levels.unwrap_or(&Levels::Overall(0)) {
            Levels::Overall(level) => (Some(*level), [*level; CATEGORIES.len()]),
            Levels::Each(levels) => (None, *levels),
        };
        let mut said = json!({"overall_level": overall});
        for (category, level) in CATEGORIES.iter().zip(levels) {
            said[category] = json!(level);
        }
        said
    }

    pub(super) fn set_automod(&mut self, moderator: &str, channel: &str, levels: Levels) {
        self.moderation.of_mut(channel).automod.levels = levels;
        let mut event = self.automod_levels(channel);
        self.add_person(&mut event, channel, "broadcaster_user");
        self.add_person(&mut event, moderator, "moderator_user");
        self.emit_now("automod.settings.update", "1", &[("broadcaster_user_id", channel)], event);
    }
}

/// How sure AutoMod is.
const LEVEL: u8 = 2;

/// A message of text alone.
fn plain(text: &str) -> Value {
    json!({"text": text, "fragments": [{"type": "text", "text": text, "cheermote": null, "emote": null}]})
}

/// What happens to somebody's message is told to them alone.
fn told_to<'a>(channel: &'a str, who: &'a str) -> [(&'a str, &'a str); 2] {
    [("broadcaster_user_id", channel), ("user_id", who)]
}
