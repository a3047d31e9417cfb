//! [`fixes`]: what is wanted, what Twitch holds and what is open, compared as whole sets.
//!
//! A [`Plan`](super::Plan) works off what changes and never looks at everything. This function does nothing but look at
//! everything. A plan uses it on what Twitch lists; tests hold a plan at rest against it.

use super::{MAX_PER_SESSION, MAX_SESSIONS, Subject};
use crate::eventsub::subscription::Subscription;
use crate::id::{SessionId, SubscriptionId, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// What would bring what is held to what is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fix<'a> {
    /// A user's subscriptions need one more session.
    Open(&'a UserId),
    /// No subscription of a session is wanted.
    Close(&'a SessionId),
    /// Wanted and not held.
    Post(&'a UserId, &'a Subject),
    /// Held and not wanted, or held twice; the first counts.
    Delete(&'a UserId, &'a SubscriptionId),
}

/// What it takes until each user holds what is wanted, on open sessions, and nothing else. Subscriptions on sessions
/// that are not in `links` are somebody else's.
pub fn fixes<'a>(
    wanted: impl IntoIterator<Item = (&'a UserId, &'a Subject)>,
    held: impl IntoIterator<Item = (&'a UserId, &'a Subscription)>,
    links: impl IntoIterator<Item = (&'a UserId, &'a SessionId)>,
) -> Vec<Fix<'a>> {
    let wanted: BTreeSet<(&UserId, &Subject)> = wanted.into_iter().collect();
    // How many subscriptions that count each session has.
    let mut links: BTreeMap<(&UserId, &SessionId), usize> =
        links.into_iter().map(|(user, session)| ((user, session), 0)).collect();
    let mut met: BTreeSet<(&UserId, Subject)> = BTreeSet::new();
    let mut fixes = Vec::new();
    for (user, subscription) in held {
        let Some(session) = subscription.live_session() else { continue };
        let Some(count) = links.get_mut(&(user, session)) else { continue };
        let subject = Subject::of(subscription);
        if wanted.contains(&(user, &subject)) && met.insert((user, subject)) {
            *count += 1;
        } else {
            fixes.push(Fix::Delete(user, &subscription.id));
        }
    }
    let mut unmet: BTreeMap<&UserId, usize> = BTreeMap::new();
    for (user, subject) in wanted {
        if !met.contains(&(user, subject.clone())) {
            *unmet.entry(user).or_default() += 1;
            fixes.push(Fix::Post(user, subject));
        }
    }
    let mut open: BTreeMap<&UserId, usize> = BTreeMap::new();
    for ((user, session), count) in links {
        let unmet = unmet.entry(user).or_default();
        if count == 0 && *unmet == 0 {
            fixes.push(Fix::Close(session));
            continue;
        }
        *unmet = unmet.saturating_sub(MAX_PER_SESSION.saturating_sub(count));
        *open.entry(user).or_default() += 1;
    }
    for (user, unmet) in unmet {
        let may = MAX_SESSIONS.saturating_sub(open.get(user).copied().unwrap_or(0));
        for _ in 0..unmet.div_ceil(MAX_PER_SESSION).min(may) {
            fixes.push(Fix::Open(user));
        }
    }
    fixes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(n: u32) -> Subject {
        Subject {
            topic: "channel.raid".into(),
            version: "1".into(),
            condition: serde_json::from_value(serde_json::json!({"to_broadcaster_user_id": n.to_string()}))
                .unwrap(),
        }
    }

    fn held(id: &str, n: u32, session: &str, status: &str) -> Subscription {
        serde_json::from_value(serde_json::json!({
            "id": id, "status": status, "type": "channel.raid", "version": "1", "cost": 0,
            "condition": {"to_broadcaster_user_id": n.to_string()}, "created_at": "2026-03-01T12:00:00Z",
            "transport": {"method": "websocket", "session_id": session},
        }))
        .unwrap()
    }

    #[test]
    fn what_is_missing_is_asked_for_and_what_nobody_wants_or_is_held_twice_is_deleted() {
        let user: UserId = "7".into();
        let (ours, wanted) = (SessionId::from("ours"), [subject(1), subject(2)]);
        let held = [
            held("a", 1, "ours", "enabled"),
            held("b", 1, "ours", "enabled"),
            held("c", 3, "ours", "enabled"),
            held("d", 2, "theirs", "enabled"),
            held("e", 2, "ours", "websocket_disconnected"),
        ];
        let fixes = fixes(
            wanted.iter().map(|subject| (&user, subject)),
            held.iter().map(|held| (&user, held)),
            [(&user, &ours)],
        );
        let b = Fix::Delete(&user, &held[1].id);
        let c = Fix::Delete(&user, &held[2].id);
        assert_eq!(fixes, [b, c, Fix::Post(&user, &wanted[1])]);
    }

    #[test]
    fn a_session_without_a_wish_is_closed_and_wishes_without_room_open_up_to_three() {
        let (one, two): (UserId, UserId) = ("1".into(), "2".into());
        let idle = SessionId::from("idle");
        let many: Vec<Subject> = (0..1000).map(subject).collect();
        let fixes = fixes(many.iter().map(|subject| (&two, subject)), [], [(&one, &idle)]);
        let links: Vec<_> = fixes.iter().filter(|fix| !matches!(fix, Fix::Post(..))).collect();
        let open = Fix::Open(&two);
        assert_eq!(links, [&Fix::Close(&idle), &open, &open, &open]);
    }

    #[test]
    fn what_is_wanted_and_held_on_an_open_session_needs_nothing() {
        let user: UserId = "7".into();
        let (ours, wanted) = (SessionId::from("ours"), subject(1));
        let held = held("a", 1, "ours", "enabled");
        assert_eq!(fixes([(&user, &wanted)], [(&user, &held)], [(&user, &ours)]), []);
    }
}
