//! The forms of the control page: for each its fields, and how the [`Action`] is made of what was filled in.

use http::Method;
use serde_json::{Value, json};

use super::sent::{Refusal, Sent};
use crate::world::{Action, Deed, Faults, GoalKind, Programme, Show, Tier};

/// One form.
pub(super) struct Form {
    pub(super) action: &'static str,
    pub(super) does: &'static str,
    /// What has to be there before; empty: nothing.
    pub(super) needs: &'static str,
    /// Names, with what stands in them at first.
    pub(super) fields: Fields,
    pub(super) make: Make,
}

type Fields = &'static [(&'static str, &'static str)];
type Make = fn(&mut Sent<'_>) -> Result<Action, Refusal>;

const fn form(action: &'static str, does: &'static str, fields: Fields, make: Make) -> Form {
    Form { action, does, needs: "", fields, make }
}

impl Form {
    const fn needs(self, needs: &'static str) -> Form {
        Form { needs, ..self }
    }
}

/// A viewer's, in a channel.
fn deed(sent: &mut Sent<'_>, deed: Deed) -> Result<Action, Refusal> {
    Ok(Action::Deed { who: sent.user("who")?, channel: sent.user("channel")?, deed })
}

/// A broadcaster's, in their own channel.
fn show(sent: &mut Sent<'_>, show: Show) -> Result<Action, Refusal> {
    Ok(Action::Show { channel: sent.user("channel")?, show })
}

/// A call of Helix by the broadcaster, or by a moderator; `query` comes behind what names the channel and them.
fn moderate(
    sent: &mut Sent<'_>,
    method: Method,
    path: &str,
    query: &str,
    body: Value,
) -> Result<Action, Refusal> {
    let channel = sent.user("channel")?;
    let user = if sent.has("moderator") { sent.user("moderator")? } else { channel.clone() };
    let path = format!("{path}?broadcaster_id={channel}&moderator_id={user}{query}");
    Ok(Action::Call { user, method, path, body })
}

pub(super) const FORMS: &[Form] = &[
    form(
        "chat",
        "somebody writes in a channel's chat",
        &[("who", "brook"), ("channel", "ada"), ("text", "Hello!")],
        |sent| {
            let text = sent.words("text")?;
            Ok(Action::Chat { who: sent.user("who")?, channel: sent.user("channel")?, text })
        },
    ),
    form("follow", "somebody follows a channel", &[("who", "brook"), ("channel", "ada")], |sent| {
        Ok(Action::Follow { who: sent.user("who")?, channel: sent.user("channel")? })
    }),
    form("raid", "one channel raids another", &[("from", "dan"), ("to", "ada"), ("viewers", "42")], |sent| {
        let viewers = sent.number("viewers")?;
        Ok(Action::Raid { from: sent.user("from")?, to: sent.user("to")?, viewers })
    }),
    form("online", "a channel's stream starts", &[("channel", "ada")], |sent| {
        Ok(Action::Online(sent.user("channel")?))
    }),
    form("offline", "a channel's stream ends", &[("channel", "ada")], |sent| {
        Ok(Action::Offline(sent.user("channel")?))
    }),
    form("title", "a channel gets another title", &[("channel", "ada"), ("title", "New here")], |sent| {
        Ok(Action::Update { channel: sent.user("channel")?, title: sent.words("title")? })
    }),
    form(
        "whisper",
        "somebody whispers to somebody",
        &[("from", "brook"), ("to", "ada"), ("text", "Psst")],
        |sent| {
            let text = sent.words("text")?;
            Ok(Action::Whisper { from: sent.user("from")?, to: sent.user("to")?, text })
        },
    ),
    // Subscriptions and bits.
    form(
        "subscribe",
        "a viewer subscribes, at tier 1, 2 or 3",
        &[("who", "brook"), ("channel", "ada"), ("tier", "1")],
        |sent| {
            let tier = tier(sent)?;
            deed(sent, Deed::Subscribe(tier))
        },
    ),
    form(
        "resubscribe",
        "a viewer tells of another month",
        &[("who", "brook"), ("channel", "ada"), ("text", "Again!")],
        |sent| {
            let text = sent.words("text")?;
            deed(sent, Deed::Resubscribe(text))
        },
    ),
    form(
        "gift",
        "somebody gives subscriptions to viewers",
        &[("who", "brook"), ("channel", "ada"), ("to", "cleo, dan"), ("tier", "1")],
        |sent| {
            let (to, tier) = (sent.users("to")?, tier(sent)?);
            deed(sent, Deed::Gift(to, tier))
        },
    ),
    form("unsubscribe", "a subscription runs out", &[("who", "brook"), ("channel", "ada")], |sent| {
        deed(sent, Deed::Unsubscribe)
    })
    .needs("a subscription of the viewer's"),
    form(
        "cheer",
        "a viewer cheers bits",
        &[("who", "brook"), ("channel", "ada"), ("bits", "100"), ("text", "Cheer100 well done")],
        |sent| {
            let (bits, text) = (sent.number("bits")?, sent.words("text")?);
            deed(sent, Deed::Cheer(bits, text))
        },
    ),
    form(
        "hype-train",
        "a hype train starts, or goes on",
        &[("who", "brook"), ("channel", "ada"), ("bits", "1000")],
        |sent| {
            let bits = sent.number("bits")?;
            deed(sent, Deed::HypeTrain(bits))
        },
    ),
    form(
        "power-up",
        "a broadcaster offers a power-up",
        &[("channel", "ada"), ("title", "Confetti"), ("bits", "200")],
        |sent| {
            let (title, bits) = (sent.words("title")?, sent.number("bits")?);
            show(sent, Show::PowerUp(title, bits))
        },
    ),
    form(
        "redeem-power-up",
        "a viewer buys a power-up, by title or id",
        &[("who", "brook"), ("channel", "ada"), ("power-up", "Confetti")],
        |sent| {
            let power_up = sent.words("power-up")?;
            deed(sent, Deed::RedeemPowerUp(power_up))
        },
    )
    .needs("the power-up"),
    // Channel points.
    form(
        "reward",
        "a broadcaster makes a reward",
        &[("channel", "ada"), ("title", "Hydrate"), ("cost", "100")],
        |sent| {
            let (title, cost) = (sent.words("title")?, sent.number("cost")?);
            show(sent, Show::Reward(title, cost))
        },
    ),
    form(
        "redeem",
        "a viewer redeems a reward, by title or id",
        &[("who", "brook"), ("channel", "ada"), ("reward", "Hydrate"), ("input", "")],
        |sent| {
            let (reward, input) = (sent.words("reward")?, sent.get("input").to_owned());
            deed(sent, Deed::Redeem(reward, input))
        },
    )
    .needs("the reward, enabled and in stock"),
    form(
        "unlock-emote",
        "a viewer unlocks an emote",
        &[("who", "brook"), ("channel", "ada"), ("emote", "adaWave")],
        |sent| {
            let emote = sent.words("emote")?;
            deed(sent, Deed::UnlockEmote(emote))
        },
    ),
    form(
        "prediction",
        "a broadcaster starts a prediction",
        &[("channel", "ada"), ("title", "Who wins?"), ("outcomes", "Ada, Brook"), ("seconds", "120")],
        |sent| {
            let (title, outcomes) = (sent.words("title")?, sent.list("outcomes")?);
            let window = sent.seconds("seconds")?;
            show(sent, Show::Prediction(title, outcomes, window))
        },
    ),
    form(
        "predict",
        "a viewer puts points on an outcome",
        &[("who", "brook"), ("channel", "ada"), ("outcome", "Ada"), ("points", "500")],
        |sent| {
            let (outcome, points) = (sent.words("outcome")?, sent.number("points")?);
            deed(sent, Deed::Predict(outcome, points))
        },
    )
    .needs("an open prediction with this outcome"),
    form(
        "end-prediction",
        "a prediction ends: with the outcome that won, or with none",
        &[("channel", "ada"), ("winner", "Ada")],
        |sent| {
            let winner = sent.has("winner").then(|| sent.get("winner").to_owned());
            show(sent, Show::EndPrediction(winner))
        },
    )
    .needs("a prediction that runs, with this outcome"),
    form(
        "poll",
        "a broadcaster starts a poll",
        &[("channel", "ada"), ("title", "Tea?"), ("choices", "Yes, No"), ("seconds", "60")],
        |sent| {
            let (title, choices) = (sent.words("title")?, sent.list("choices")?);
            let duration = sent.seconds("seconds")?;
            show(sent, Show::Poll(title, choices, duration))
        },
    ),
    form(
        "vote",
        "a viewer votes in a poll",
        &[("who", "brook"), ("channel", "ada"), ("choice", "Yes")],
        |sent| {
            let choice = sent.words("choice")?;
            deed(sent, Deed::Vote(choice))
        },
    )
    .needs("a running poll with this choice, and no vote of the viewer's"),
    form("end-poll", "a broadcaster ends a poll", &[("channel", "ada")], |sent| show(sent, Show::EndPoll))
        .needs("a running poll"),
    // Charity, goals, ads.
    form(
        "charity",
        "a charity campaign starts",
        &[("channel", "ada"), ("charity", "Lighthouse"), ("cents", "50000")],
        |sent| {
            let (charity, target) = (sent.words("charity")?, sent.number("cents")?);
            show(sent, Show::Charity(charity, target))
        },
    ),
    form(
        "donate",
        "a viewer donates to a campaign",
        &[("who", "brook"), ("channel", "ada"), ("cents", "500")],
        |sent| {
            let cents = sent.number("cents")?;
            deed(sent, Deed::Donate(cents))
        },
    )
    .needs("a charity campaign"),
    form("stop-charity", "a charity campaign ends", &[("channel", "ada")], |sent| {
        show(sent, Show::StopCharity)
    })
    .needs("a charity campaign"),
    form(
        "goal",
        "a broadcaster sets a goal of followers, points, subscriptions or new-subscriptions",
        &[("channel", "ada"), ("kind", "followers"), ("target", "100"), ("description", "A hundred")],
        |sent| {
            let kind = sent.one_of(
                "kind",
                &[
                    ("followers", GoalKind::Followers),
                    ("points", GoalKind::SubscriptionPoints),
                    ("subscriptions", GoalKind::Subscriptions),
                    ("new-subscriptions", GoalKind::NewSubscriptions),
                ],
            )?;
            let (target, description) = (sent.number("target")?, sent.words("description")?);
            show(sent, Show::Goal(kind, target, description))
        },
    ),
    form(
        "end-goal",
        "a goal ends, by description or id",
        &[("channel", "ada"), ("goal", "A hundred")],
        |sent| {
            let goal = sent.words("goal")?;
            show(sent, Show::EndGoal(goal))
        },
    )
    .needs("the goal"),
    form(
        "ad",
        "an ad break is planned, to begin after some seconds",
        &[("channel", "ada"), ("after", "0"), ("seconds", "60")],
        |sent| {
            let (after, seconds) = (sent.seconds("after")?, sent.number("seconds")?);
            show(sent, Show::PlanAd(after, seconds))
        },
    ),
    // Moderation.
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
            deed(sent, Deed::WriteHeld(text, category))
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
    // Several channels.
    form("share-chat", "channels share their chat", &[("channel", "ada"), ("with", "brook")], |sent| {
        let with = sent.users("with")?;
        show(sent, Show::ShareChat(with))
    }),
    form(
        "join-shared-chat",
        "a channel joins a shared chat",
        &[("channel", "cleo"), ("host", "ada")],
        |sent| {
            let host = sent.user("host")?;
            show(sent, Show::JoinSharedChat(host))
        },
    )
    .needs("a shared chat of the host's"),
    form("end-shared-chat", "the host of a shared chat ends it", &[("channel", "ada")], |sent| {
        show(sent, Show::EndSharedChat)
    })
    .needs("a shared chat of the channel's"),
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
    // Videos, extensions, drops.
    form(
        "clip",
        "a viewer makes a clip",
        &[("who", "brook"), ("channel", "ada"), ("title", "That jump")],
        |sent| {
            let title = sent.words("title")?;
            deed(sent, Deed::Clip(title))
        },
    ),
    form(
        "upload",
        "a broadcaster uploads a video",
        &[("channel", "ada"), ("title", "Best of"), ("seconds", "600")],
        |sent| {
            let (title, length) = (sent.words("title")?, sent.seconds("seconds")?);
            show(sent, Show::Upload(title, length))
        },
    ),
    form(
        "programme",
        "a channel becomes an affiliate's or a partner's",
        &[("channel", "ada"), ("programme", "affiliate")],
        |sent| {
            let known = [("affiliate", Programme::Affiliate), ("partner", Programme::Partner)];
            let programme = sent.one_of("programme", &known)?;
            show(sent, Show::Join(programme))
        },
    ),
    form(
        "extension",
        "an app becomes an extension of a broadcaster's, installed in their channel",
        &[("channel", "ada"), ("client", "sim-client")],
        |sent| {
            let client = sent.words("client")?;
            show(sent, Show::Extension(client))
        },
    ),
    form(
        "buy",
        "a viewer buys a product of an extension",
        &[("who", "brook"), ("channel", "ada"), ("extension", "sim-client"), ("sku", "confetti")],
        |sent| {
            let (extension, sku) = (sent.words("extension")?, sent.words("sku")?);
            deed(sent, Deed::Buy(extension, sku))
        },
    )
    .needs("the product, made by its app with PUT /bits/extensions"),
    form(
        "grant-drop",
        "viewers are given a drop",
        &[
            ("organization", "9001"),
            ("game", "33214"),
            ("campaign", "c1"),
            ("benefit", "b1"),
            ("to", "brook, cleo"),
        ],
        |sent| {
            Ok(Action::Drop {
                organization: sent.words("organization")?,
                game: sent.words("game")?,
                campaign: sent.words("campaign")?,
                benefit: sent.words("benefit")?,
                to: sent.users("to")?,
            })
        },
    ),
    // Whatever else.
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
    // What goes wrong.
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

fn tier(sent: &Sent<'_>) -> Result<Tier, Refusal> {
    sent.one_of("tier", &[("1", Tier::One), ("2", Tier::Two), ("3", Tier::Three)])
}
