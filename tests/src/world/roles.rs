//! Who has a say in a channel besides its owner: moderators, VIPs, editors.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::World;

/// One channel's VIPs and editors; its moderators are with its user.
#[derive(Default)]
struct Trusted {
    vips: BTreeSet<String>,
    editors: BTreeMap<String, Timestamp>,
}

#[derive(Default)]
pub(super) struct Roles(BTreeMap<String, Trusted>);

impl Roles {
    pub(super) fn vips(&self, channel: &str) -> impl Iterator<Item = &String> {
        self.0.get(channel).into_iter().flat_map(|trusted| &trusted.vips)
    }

    pub(super) fn is_vip(&self, user: &str, channel: &str) -> bool {
        self.0.get(channel).is_some_and(|trusted| trusted.vips.contains(user))
    }

    /// A channel's editors, and since when.
    pub(super) fn editors(&self, channel: &str) -> impl Iterator<Item = (&String, &Timestamp)> {
        self.0.get(channel).into_iter().flat_map(|trusted| &trusted.editors)
    }

    /// Whether this user edits that channel, or owns it.
    pub(super) fn edits(&self, user: &str, channel: &str) -> bool {
        user == channel || self.editors(channel).any(|(editor, _)| editor == user)
    }
}

impl World {
    /// Makes a user a VIP of a channel, without any event.
    pub fn vip(&mut self, channel: &str, user: &str) {
        self.roles.0.entry(channel.to_owned()).or_default().vips.insert(user.to_owned());
    }

    /// Makes a user an editor of a channel, without any event.
    pub fn editor(&mut self, channel: &str, user: &str) {
        let now = self.wall(self.now);
        self.roles.0.entry(channel.to_owned()).or_default().editors.insert(user.to_owned(), now);
    }

    pub(super) fn add_moderator(&mut self, channel: &str, user: &str) {
        self.moderator(channel, user);
        self.tell_of_role(channel, user, "channel.moderator.add", "mod");
    }

    pub(super) fn remove_moderator(&mut self, channel: &str, user: &str) {
        if let Some(channel) = self.people.users.get_mut(channel) {
            channel.moderators.remove(user);
        }
        self.tell_of_role(channel, user, "channel.moderator.remove", "unmod");
    }

    pub(super) fn add_vip(&mut self, channel: &str, user: &str) {
        self.vip(channel, user);
        self.tell_of_role(channel, user, "channel.vip.add", "vip");
    }

    pub(super) fn remove_vip(&mut self, channel: &str, user: &str) {
        if let Some(trusted) = self.roles.0.get_mut(channel) {
            trusted.vips.remove(user);
        }
        self.tell_of_role(channel, user, "channel.vip.remove", "unvip");
    }

    fn tell_of_role(&mut self, channel: &str, user: &str, kind: &str, action: &str) {
        let mut event = self.person(user, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        self.emit_now(kind, "1", &[("broadcaster_user_id", channel)], event);
        self.moderated(channel, channel, action, (action, self.person(user, "user")));
    }
}
