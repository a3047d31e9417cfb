//! What moderators do, and those whom they moderate or invite.

use http::Method;
use serde_json::{Value, json};

use super::{Form, deed, form, moderate};
use crate::world::{Action, Deed};

pub(super) const FORMS: &[Form] = &[
    form(
        "ban",
        "a moderator bans somebody: for some seconds, or for good",
        &[("moderator", "ada"), ("who", "brook"), ("channel", "ada"), ("seconds", "")],
        |sent| {
            let seconds = if sent.has("seconds") { Some(sent.number("seconds")?) } else { None };
            let (moderator, who) = (sent.user("moderator")?, sent.user("who")?);
            Ok(Action::Ban { moderator, who, channel: sent.user("channel")?, seconds })
        },
    ),
    form(
        "unban",
        "a moderator lifts a ban",
        &[("moderator", "ada"), ("who", "brook"), ("channel", "ada")],
        |sent| {
            let (moderator, who) = (sent.user("moderator")?, sent.user("who")?);
            Ok(Action::Unban { moderator, who, channel: sent.user("channel")? })
        },
    ),
    form(
        "request-unban",
        "somebody asks to be let in again",
        &[("who", "brook"), ("channel", "ada"), ("text", "Sorry")],
        |sent| {
            let text = sent.words("text")?;
            deed(sent, Deed::RequestUnban(text))
        },
    ),
    form(
        "warn",
        "a moderator warns somebody",
        &[("moderator", "ada"), ("who", "brook"), ("channel", "ada"), ("reason", "Caps")],
        |sent| {
            let (who, reason) = (sent.user("who")?, sent.words("reason")?);
            let body = json!({"data": {"user_id": who, "reason": reason}});
            moderate(sent, Method::POST, "/moderation/warnings", "", body)
        },
    ),
    form(
        "acknowledge-warning",
        "somebody acknowledges a warning",
        &[("who", "brook"), ("channel", "ada")],
        |sent| deed(sent, Deed::AcknowledgeWarning),
    )
    .needs("a warning"),
    form(
        "hold",
        "AutoMod holds a message back",
        &[("who", "brook"), ("channel", "ada"), ("text", "Grr"), ("category", "aggression")],
        |sent| {
            let (text, category) = (sent.words("text")?, sent.words("category")?);
            deed(sent, Deed::WriteHeld { text, category })
        },
    ),
    form(
        "judge",
        "a moderator lets a held message through (ALLOW) or not (DENY)",
        &[("moderator", "ada"), ("message", ""), ("verdict", "ALLOW")],
        |sent| {
            let user = sent.user("moderator")?;
            let (message, verdict) = (sent.words("message")?, sent.words("verdict")?);
            let body = json!({"user_id": user, "msg_id": message, "action": verdict});
            let path = "/moderation/automod/message".into();
            Ok(Action::Call { user, method: Method::POST, path, body })
        },
    )
    .needs("a held message, by its id"),
    form("moderator", "somebody becomes a moderator", &[("who", "brook"), ("channel", "ada")], |sent| {
        let query = format!("&user_id={}", sent.user("who")?);
        moderate(sent, Method::POST, "/moderation/moderators", &query, Value::Null)
    }),
    form(
        "unmoderator",
        "somebody is no moderator any more",
        &[("who", "brook"), ("channel", "ada")],
        |sent| {
            let query = format!("&user_id={}", sent.user("who")?);
            moderate(sent, Method::DELETE, "/moderation/moderators", &query, Value::Null)
        },
    )
    .needs("a moderator"),
    form("vip", "somebody becomes a VIP", &[("who", "brook"), ("channel", "ada")], |sent| {
        let query = format!("&user_id={}", sent.user("who")?);
        moderate(sent, Method::POST, "/channels/vips", &query, Value::Null)
    }),
    form("unvip", "somebody is no VIP any more", &[("who", "brook"), ("channel", "ada")], |sent| {
        let query = format!("&user_id={}", sent.user("who")?);
        moderate(sent, Method::DELETE, "/channels/vips", &query, Value::Null)
    })
    .needs("a VIP"),
    form("clear", "a channel's chat is cleared", &[("channel", "ada")], |sent| {
        moderate(sent, Method::DELETE, "/moderation/chat", "", Value::Null)
    }),
    form("shield", "shield mode goes on (yes) or off (no)", &[("channel", "ada"), ("on", "yes")], |sent| {
        let on = sent.one_of("on", &[("yes", true), ("no", false)])?;
        moderate(sent, Method::PUT, "/moderation/shield_mode", "", json!({"is_active": on}))
    }),
    form(
        "announce",
        "a moderator announces something in chat",
        &[("channel", "ada"), ("text", "Welcome")],
        |sent| {
            let body = json!({"message": sent.words("text")?});
            moderate(sent, Method::POST, "/chat/announcements", "", body)
        },
    ),
    form("shoutout", "a channel shouts another out", &[("channel", "ada"), ("to", "brook")], |sent| {
        let (from, to) = (sent.user("channel")?, sent.user("to")?);
        let query = format!("&from_broadcaster_id={from}&to_broadcaster_id={to}");
        moderate(sent, Method::POST, "/chat/shoutouts", &query, Value::Null)
    })
    .needs("the channel's stream, with viewers"),
    form("guest-star", "a Guest Star session starts", &[("channel", "ada")], |sent| {
        moderate(sent, Method::POST, "/guest_star/session", "", Value::Null)
    }),
    form(
        "invite",
        "a guest is invited to a Guest Star session",
        &[("channel", "ada"), ("session", ""), ("guest", "brook")],
        |sent| {
            let guest = sent.user("guest")?;
            let query = format!("&session_id={}&guest_id={guest}", sent.token("session")?);
            moderate(sent, Method::POST, "/guest_star/invites", &query, Value::Null)
        },
    )
    .needs("a Guest Star session, by its id"),
    form("guest-ready", "an invited guest is ready", &[("who", "brook"), ("channel", "ada")], |sent| {
        deed(sent, Deed::GuestReady)
    })
    .needs("an invitation"),
    form("end-guest-star", "a Guest Star session ends", &[("channel", "ada"), ("session", "")], |sent| {
        let query = format!("&session_id={}", sent.token("session")?);
        moderate(sent, Method::DELETE, "/guest_star/session", &query, Value::Null)
    })
    .needs("a Guest Star session, by its id"),
];
