//! Preflight: what is missing for a request or a subscription, before anything is sent.
//!
//! ```
//! use twitchwire::auth::{Scope, preflight::{self, Over, Shown}};
//! use twitchwire::eventsub::topic::chat::ChannelChatMessage;
//!
//! let chat = ChannelChatMessage::new("1001", "2002");
//! let granted = [Scope::UserReadChat, Scope::UserBot];
//! let lacks = preflight::topic(&chat, Shown::App { granted: &granted }, Over::Conduit);
//! assert_eq!(lacks[0].to_string(), "needs channel:bot from the broadcaster, or the user to be a moderator there");
//! ```

use super::{AnyOf, Scope, Scopes};
use crate::eventsub::{Topic, Transports};
use crate::helix::{Accepts, Endpoint};
use crate::id::UserId;
use std::fmt;

/// The token that is to be used.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// A user's.
    User {
        /// Whose.
        user: &'a UserId,
        /// What they allowed.
        scopes: &'a [Scope],
    },
    /// The application's own. Twitch looks at what the users concerned have allowed the application.
    App {
        /// What they are known to have allowed.
        granted: &'a [Scope],
    },
}

/// How a subscription is to be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// A WebSocket, with a user's token.
    WebSocket,
    /// A webhook, with the app token.
    Webhook,
    /// A conduit, with the app token.
    Conduit,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lack {
    /// Another kind of token.
    Kind(Accepts),
    /// The token of this user.
    User(UserId),
    /// Any of these scopes.
    Scopes(&'static [Scope]),
    /// The topic cannot be had like that.
    Transport(Over),
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lack::Kind(Accepts::User) => f.write_str("needs a user's token"),
            Lack::Kind(Accepts::App) => f.write_str("needs the app token"),
            Lack::Kind(Accepts::Jwt) => f.write_str("needs an extension's token"),
            Lack::Kind(_) => f.write_str("needs another token"),
            Lack::User(user) => write!(f, "needs the token of user {user}"),
            Lack::Scopes(any_of) => {
                write!(f, "needs {}", AnyOf(any_of))?;
                match any_of.first().map(Scope::as_str).and_then(grantor) {
                    Some(who) => write!(f, " from {who}")?,
                    None => f.write_str(" from the user")?,
                }
                if any_of.contains(&Scope::ChannelBot) {
                    f.write_str(", or the user to be a moderator there")?;
                }
                Ok(())
            }
            Lack::Transport(Over::WebSocket) => f.write_str("cannot be had over a WebSocket"),
            Lack::Transport(Over::Webhook) => f.write_str("cannot be had over a webhook"),
            Lack::Transport(Over::Conduit) => f.write_str("cannot be had over a conduit"),
        }
    }
}

/// Who can grant a scope, where its name tells.
fn grantor(scope: &str) -> Option<&'static str> {
    Some(match scope.split(':').next()? {
        "channel" | "bits" => "the broadcaster",
        "moderator" | "moderation" => "a moderator of the channel",
        "editor" => "an editor of the channel",
        _ => return None,
    })
}

/// What is missing for a call. Whether the user may do what the call asks for, a moderator in a channel say, is not known here.
pub fn operation<E: Endpoint>(_request: &E, token: Shown<'_>) -> Vec<Lack> {
    let meta = E::META;
    match (meta.accepts, token) {
        (Accepts::Nothing, _) => vec![],
        (Accepts::Jwt, _) | (Accepts::App, Shown::User { .. }) | (Accepts::User, Shown::App { .. }) => {
            vec![Lack::Kind(meta.accepts)]
        }
        (_, Shown::User { scopes, .. }) => without(meta.scopes, scopes).collect(),
        (_, Shown::App { granted }) => without(meta.app_scopes, granted).collect(),
    }
}

/// What is missing for a subscription.
pub fn topic<T: Topic>(what: &T, token: Shown<'_>, over: Over) -> Vec<Lack> {
    let meta = T::META;
    let possible = match over {
        Over::WebSocket => meta.transports == Transports::All,
        Over::Conduit => meta.transports != Transports::WebhookOnly,
        Over::Webhook => true,
    };
    if !possible {
        return vec![Lack::Transport(over)];
    }
    match (token, over) {
        (Shown::User { user, scopes }, Over::WebSocket) => {
            let owner = what.owner().filter(|owner| *owner != user);
            owner.cloned().map(Lack::User).into_iter().chain(without(meta.scopes, scopes)).collect()
        }
        (Shown::App { granted }, Over::Webhook | Over::Conduit) => {
            without(meta.scopes, granted).chain(without(meta.app_scopes, granted)).collect()
        }
        (Shown::App { .. }, Over::WebSocket) => vec![Lack::Kind(Accepts::User)],
        (Shown::User { .. }, Over::Webhook | Over::Conduit) => vec![Lack::Kind(Accepts::App)],
    }
}

/// The groups of a rule of which nothing is held.
fn without(rule: Scopes, held: &[Scope]) -> impl Iterator<Item = Lack> {
    let missing = |group: &&[Scope]| !group.iter().any(|scope| held.contains(scope));
    rule.0.iter().copied().filter(missing).map(Lack::Scopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eventsub::topic::channel::ChannelFollow;
    use crate::eventsub::topic::chat::ChannelChatMessage;
    use crate::eventsub::topic::conduit::ConduitShardDisabled;
    use crate::helix::api::{GetChannelFollowers, GetConduits, GetUsers, SendChatMessage};

    fn words(lacks: Vec<Lack>) -> Vec<String> {
        lacks.iter().map(Lack::to_string).collect()
    }

    fn ada(scopes: &[Scope]) -> (UserId, Vec<Scope>) {
        (UserId::new("1001"), scopes.to_vec())
    }

    #[test]
    fn a_call_lacks_scopes_the_right_user_or_the_right_kind_of_token() {
        let (user, scopes) = ada(&[Scope::BitsRead]);
        let shown = Shown::User { user: &user, scopes: &scopes };
        let none: [&str; 0] = [];
        assert_eq!(words(operation(&GetUsers::by_login(["ada"]), shown)), none);
        assert_eq!(words(operation(&GetConduits::default(), shown)), ["needs the app token"]);
        let message = SendChatMessage::new("1001", "2002", "hello");
        assert_eq!(words(operation(&message, shown)), ["needs user:write:chat from the user"]);
        assert_eq!(
            words(operation(&message, Shown::App { granted: &[Scope::UserWriteChat] })),
            ["needs user:bot from the user"]
        );
        let followers = GetChannelFollowers::new("1001");
        assert_eq!(operation(&followers, Shown::App { granted: &[] }), [Lack::Kind(Accepts::User)]);
    }

    #[test]
    fn a_subscription_lacks_what_its_transport_wants_too() {
        let follow = ChannelFollow::new("1001", "2002");
        let (user, scopes) = ada(&[]);
        let shown = Shown::User { user: &user, scopes: &scopes };
        assert_eq!(
            words(topic(&follow, shown, Over::WebSocket)),
            [
                "needs the token of user 2002",
                "needs moderator:read:followers from a moderator of the channel"
            ]
        );
        assert_eq!(words(topic(&follow, shown, Over::Conduit)), ["needs the app token"]);
        let app = Shown::App { granted: &[Scope::ModeratorReadFollowers] };
        assert_eq!(topic(&follow, app, Over::Conduit), []);
        assert_eq!(words(topic(&follow, app, Over::WebSocket)), ["needs a user's token"]);
        let shards = ConduitShardDisabled::new("a-client-id");
        assert_eq!(words(topic(&shards, shown, Over::WebSocket)), ["cannot be had over a WebSocket"]);
        let chat = ChannelChatMessage::new("1001", "2002");
        assert_eq!(
            words(topic(&chat, Shown::App { granted: &[] }, Over::Webhook)),
            [
                "needs user:read:chat from the user",
                "needs user:bot from the user",
                "needs channel:bot from the broadcaster, or the user to be a moderator there"
            ]
        );
    }
}
