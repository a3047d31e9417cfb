//! Chat: what a room's settings ask of those who write in it.
//!
//! Helix does not document its codes for a message that is dropped. These are the names that chat's own notices have for the same.

use std::time::Duration;

use jiff::SignedDuration;

use super::World;

/// The longest message that need not be the only one of its kind.
const SHORT: usize = 9;

impl World {
    /// Why a room's settings let a message not appear, in a code and in words. Moderators are not asked, and VIPs only for emotes
    /// and for something new.
    pub(super) fn room_drops(
        &self,
        sender: &str,
        broadcaster: &str,
        message: &str,
    ) -> Option<(&'static str, String)> {
        let room = self.rooms.of(broadcaster)?;
        let settings = &room.settings;
        if settings.emotes_only && !message.split_whitespace().all(|word| self.is_emote(broadcaster, word)) {
            return Some(("msg_emoteonly", "This room is in emote-only mode.".to_owned()));
        }
        let long = message.chars().count() > SHORT;
        if settings.unique && long && room.messages().any(|before| before.text == message) {
            return Some(("msg_r9k", "This room wants messages that nobody has written before.".to_owned()));
        }
        if self.roles.is_vip(sender, broadcaster) {
            return None;
        }
        if settings.subscribers_only && self.subscribers.find(broadcaster, sender).is_none() {
            return Some(("msg_subsonly", "This room is in subscribers-only mode.".to_owned()));
        }
        if let Some(minutes) = settings.followers_only {
            match self.followed(sender, broadcaster) {
                None => {
                    let words = "This room is in followers-only mode.".to_owned();
                    return Some(("msg_followersonly", words));
                }
                Some(since) if since < SignedDuration::from_mins(minutes) => {
                    let words = format!("This room is for those who have followed for {minutes} minutes.");
                    return Some(("msg_followersonly_followed", words));
                }
                Some(_) => {}
            }
        }
        let seconds = settings.slow?;
        let wait = Duration::from_secs(seconds.unsigned_abs());
        let latest = room.messages().rfind(|before| before.who == sender)?;
        if self.now.since(latest.at) >= wait {
            return None;
        }
        let words = format!("This room is in slow mode: {seconds} seconds between two messages.");
        Some(("msg_slowmode", words))
    }

    /// For how long somebody has followed a channel.
    fn followed(&self, who: &str, channel: &str) -> Option<SignedDuration> {
        let followers = &self.people.users.get(channel)?.followers;
        let (_, since) = followers.iter().find(|(follower, _)| follower == who)?;
        Some(self.wall(self.now).duration_since(*since))
    }
}
