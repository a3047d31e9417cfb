//! What has no form of its own, and what goes wrong.

use super::{Form, form};
use crate::world::{Action, Faults};

/// How a subscription can end by Twitch's will.
const STATUSES: [&str; 6] = [
    "authorization_revoked",
    "moderator_removed",
    "user_removed",
    "chat_user_banned",
    "version_removed",
    "beta_maintenance",
];

pub(super) const FORMS: &[Form] = &[
    form(
        "helix",
        "a user calls Helix, as if everything were allowed them; in path and body stand ids",
        &[("user", "ada"), ("method", "PATCH"), ("path", "/chat/settings?broadcaster_id=…"), ("body", "{}")],
        |sent| {
            let method =
                sent.words("method")?.parse().map_err(|_| sent.wrong("method", "no method of HTTP"))?;
            let path = sent.words("path")?;
            if !path.starts_with('/') {
                return Err(sent.wrong("path", "it begins with a slash"));
            }
            Ok(Action::Call { user: sent.user("user")?, method, path, body: sent.json("body")? })
        },
    ),
    form(
        "emit",
        "an event of any type, for all subscriptions whose condition agrees",
        &[
            ("type", "stream.online"),
            ("version", "1"),
            ("about", "{\"broadcaster_user_id\":\"1001\"}"),
            ("event", "{}"),
        ],
        |sent| {
            let about = sent.json("about")?;
            let about = about.as_object().into_iter().flatten();
            let about = about.map(|(part, value)| {
                (part.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            });
            Ok(Action::Emit {
                about: about.collect(),
                kind: sent.words("type")?,
                version: sent.words("version")?,
                event: sent.json("event")?,
            })
        },
    ),
    form("reconnect", "sessions are asked to reconnect", &[("which", "")], |sent| {
        Ok(Action::Reconnect(sent.which()?))
    }),
    form("drop", "sockets drop without a close frame", &[("which", "")], |sent| {
        Ok(Action::DropSockets(sent.which()?))
    }),
    form(
        "close",
        "sockets are closed with a code",
        &[("which", ""), ("code", "4000"), ("reason", "internal server error")],
        |sent| {
            let code: u16 = sent.number("code")?;
            if !(1000..5000).contains(&code) {
                return Err(sent.wrong("code", "from 1000 to 4999"));
            }
            Ok(Action::CloseSockets(sent.which()?, code, sent.get("reason").to_owned()))
        },
    ),
    form("silence", "sockets fall silent, and stay open", &[("which", "")], |sent| {
        Ok(Action::SilenceSockets(sent.which()?))
    }),
    form("restart", "the server restarts: all sessions are forgotten", &[("seconds", "3")], |sent| {
        Ok(Action::Restart(sent.seconds("seconds")?))
    }),
    form(
        "end-subscription",
        "Twitch ends a subscription",
        &[("id", ""), ("status", "user_removed")],
        |sent| {
            let status = sent.one_of("status", &STATUSES.map(|status| (status, status)))?;
            Ok(Action::RevokeSubscription { id: sent.words("id")?, status })
        },
    )
    .needs("an enabled subscription, by its id"),
    form("repeat", "each session's latest event comes once more", &[], |_| Ok(Action::RepeatLatest)),
    form("expire", "a user's access tokens expire", &[("user", "ada")], |sent| {
        Ok(Action::Expire(sent.user("user")?))
    }),
    form("revoke", "a user disconnects an app", &[("client", "sim-client"), ("user", "ada")], |sent| {
        Ok(Action::Revoke { client: sent.words("client")?, user: sent.user("user")? })
    }),
    form(
        "faults",
        "everything goes wrong at this rate, from 0 to 1; 0: nothing",
        &[("rate", "0.05")],
        |sent| {
            let rate: f64 = sent.number("rate")?;
            if !(0.0..=1.0).contains(&rate) {
                return Err(sent.wrong("rate", "from 0 to 1"));
            }
            Ok(Action::Faults(Faults::all(rate)))
        },
    ),
];
