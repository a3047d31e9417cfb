//! What broadcasters do, and who gives drops away.

use super::{Form, form, show};
use crate::world::{Action, GoalKind, Programme, Show};

pub(super) const FORMS: &[Form] = &[
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
        "power-up",
        "a broadcaster offers a power-up",
        &[("channel", "ada"), ("title", "Confetti"), ("bits", "200")],
        |sent| {
            let (title, bits) = (sent.words("title")?, sent.number("bits")?);
            show(sent, Show::PowerUp(title, bits))
        },
    ),
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
    form("end-poll", "a broadcaster ends a poll", &[("channel", "ada")], |sent| show(sent, Show::EndPoll))
        .needs("a running poll"),
    form(
        "charity",
        "a charity campaign starts",
        &[("channel", "ada"), ("charity", "Lighthouse"), ("cents", "50000")],
        |sent| {
            let (charity, target) = (sent.words("charity")?, sent.number("cents")?);
            show(sent, Show::Charity(charity, target))
        },
    ),
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
];
