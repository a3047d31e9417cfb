//! What people do, as data: steps of a [`Script`](super::Script), and what the server's control page makes of its forms.
//!
//! A [`Deed`] is a viewer's in somebody's channel, a [`Show`] a broadcaster's in their own. What neither has is done by Helix,
//! as moderators and their tools do it: [`World::call`].

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use twitchwire::Time;

use super::helix::Who;
use super::reading::Ask;
use super::{GoalKind, Programme, Tier, World};

/// What a viewer does in a channel.
///
/// ```
/// # use std::time::Duration;
/// # use twitchwire::Time;
/// # use twitchwire_sim::World;
/// use twitchwire_sim::world::{Deed, Show};
///
/// # let mut world = World::new(7, "2026-03-01T12:00:00Z".parse()?);
/// let choices = vec!["Yes".to_owned(), "No".to_owned()];
/// world.at(Time::ZERO).user("ada").shows(Show::Poll("Tea?".to_owned(), choices, Duration::from_secs(60)));
/// world.at(Time::ZERO).user("brook").does("ada", Deed::Vote("Yes".to_owned()));
/// let kinds: Vec<&str> = world.happenings().iter().map(|happening| happening.kind.as_str()).collect();
/// assert_eq!(kinds, ["channel.poll.begin", "channel.poll.progress"]);
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// [`World::cheer`]: so many bits, with a message.
    Cheer(u32, String),
    /// [`World::subscribe`].
    Subscribe(Tier),
    /// [`World::resubscribe`], with a message.
    Resubscribe(String),
    /// [`World::gift`], to these viewers.
    Gift(Vec<String>, Tier),
    /// [`World::unsubscribe`].
    Unsubscribe,
    /// [`World::redeem`].
    Redeem {
        /// The reward, by id or title.
        reward: String,
        /// What the viewer writes, where that is asked for.
        input: String,
    },
    /// [`World::unlock_emote`], by its name.
    UnlockEmote(String),
    /// [`World::redeem_power_up`], by its id or title.
    RedeemPowerUp(String),
    /// [`World::vote`], for the choice of this id or title.
    Vote(String),
    /// [`World::predict`]: the outcome of this id or title, and points.
    Predict(String, u32),
    /// [`World::donate`], in cents.
    Donate(u64),
    /// [`World::hype_train`]: a contribution of so many bits.
    HypeTrain(u32),
    /// [`World::clip`], with this title.
    Clip(String),
    /// [`World::hold`].
    WriteHeld {
        /// What the viewer writes.
        text: String,
        /// What AutoMod takes it for.
        category: String,
    },
    /// [`World::request_unban`], with these words.
    RequestUnban(String),
    /// [`World::acknowledge_warning`].
    AcknowledgeWarning,
    /// [`World::guest_ready`].
    GuestReady,
    /// [`World::buy`].
    Buy {
        /// The extension's client id.
        extension: String,
        /// Which of its products.
        sku: String,
    },
}

/// What a broadcaster does in their own channel.
#[derive(Clone, Debug, PartialEq)]
pub enum Show {
    /// Starts a poll between these choices.
    Poll(String, Vec<String>, Duration),
    /// Ends the poll that runs, and shows it.
    EndPoll,
    /// Starts a prediction of one of these outcomes, open for so long.
    Prediction(String, Vec<String>, Duration),
    /// Ends the prediction that runs: with the outcome of this title, or without any.
    EndPrediction(Option<String>),
    /// [`World::reward`], with its cost.
    Reward(String, u32),
    /// [`World::power_up`], with its price in bits.
    PowerUp(String, u32),
    /// [`World::charity`], with its target in cents.
    Charity(String, u64),
    /// [`World::stop_charity`].
    StopCharity,
    /// [`World::goal`], with its target and description.
    Goal(GoalKind, u64, String),
    /// Ends the goal of this description.
    EndGoal(String),
    /// [`World::plan_ad`]: after this time, for so many seconds.
    PlanAd(Duration, u32),
    /// [`World::share_chat`], with these channels.
    ShareChat(Vec<String>),
    /// [`World::join_shared_chat`] of this host.
    JoinSharedChat(String),
    /// [`World::end_shared_chat`].
    EndSharedChat,
    /// [`World::upload`]: a video of this title and length.
    Upload(String, Duration),
    /// [`World::programme`].
    Join(Programme),
    /// Makes an app an extension of theirs ([`World::extension`]), and installs it.
    Extension(String),
}

impl World {
    /// A user does something by Helix, as if everything were allowed them: a method, a path below `/helix` with its query, and a
    /// body. No rate limit and no fault stands in the way. Fails with Twitch's words.
    pub fn call(
        &mut self,
        now: Time,
        user: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<(), String> {
        self.advance(now);
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = Request::builder().method(method).uri(format!("/helix{path}")).body(body);
        let request = request.map_err(|error| error.to_string())?;
        let (Ok(answer) | Err(answer)) = self.endpoint(&Ask::read(&request), &Who::by_hand(user));
        match answer.refusal() {
            None => Ok(()),
            Some(why) => Err(why),
        }
    }

    pub(super) fn do_deed(&mut self, who: &str, channel: &str, deed: Deed) -> Result<(), String> {
        let (now, before) = (self.now, self.ledger.happenings.len());
        let without_event = matches!(deed, Deed::Clip(_));
        match deed {
            Deed::Cheer(bits, text) => drop(self.cheer(now, who, channel, bits, &text)),
            Deed::Subscribe(tier) => self.subscribe(now, who, channel, tier),
            Deed::Resubscribe(text) => self.resubscribe(now, who, channel, &text),
            Deed::Gift(to, tier) => {
                let to = self.all_named(&to);
                let to: Vec<&str> = to.iter().map(String::as_str).collect();
                self.gift(now, Some(who), channel, &to, tier);
            }
            Deed::Unsubscribe => self.unsubscribe(now, who, channel),
            Deed::Redeem { reward, input } => drop(self.redeem(now, who, channel, &reward, &input)),
            Deed::UnlockEmote(emote) => self.unlock_emote(now, who, channel, &emote),
            Deed::RedeemPowerUp(power_up) => drop(self.redeem_power_up(now, who, channel, &power_up)),
            Deed::Vote(choice) => drop(self.vote(now, who, channel, &choice)),
            Deed::Predict(outcome, points) => drop(self.predict(now, who, channel, &outcome, points)),
            Deed::Donate(cents) => self.donate(now, who, channel, cents),
            Deed::HypeTrain(bits) => drop(self.hype_train(now, channel, who, bits)),
            Deed::Clip(title) => drop(self.clip(now, who, channel, &title)),
            Deed::WriteHeld { text, category } => drop(self.hold(now, who, channel, &text, &category)),
            Deed::RequestUnban(text) => drop(self.request_unban(now, who, channel, &text)),
            Deed::AcknowledgeWarning => self.acknowledge_warning(now, who, channel),
            Deed::GuestReady => self.guest_ready(now, who, channel),
            Deed::Buy { extension, sku } => drop(self.buy(now, who, channel, &extension, &sku)),
        }
        self.came_of_it(without_event, before)
    }

    pub(super) fn put_on(&mut self, channel: &str, show: Show) -> Result<(), String> {
        let (now, before) = (self.now, self.ledger.happenings.len());
        let without_event = matches!(
            show,
            Show::PowerUp(..) | Show::PlanAd(..) | Show::Upload(..) | Show::Join(_) | Show::Extension(_)
        );
        match show {
            Show::Poll(title, choices, duration) => {
                let choices: Vec<Value> = choices.iter().map(|choice| json!({"title": choice})).collect();
                let body = json!({
                    "broadcaster_id": channel,
                    "title": title,
                    "choices": choices,
                    "duration": duration.as_secs(),
                });
                return self.call(now, channel, Method::POST, "/polls", &body);
            }
            Show::EndPoll => self.end_running_poll(channel),
            Show::Prediction(title, outcomes, window) => {
                let outcomes: Vec<Value> = outcomes.iter().map(|outcome| json!({"title": outcome})).collect();
                let body = json!({
                    "broadcaster_id": channel,
                    "title": title,
                    "outcomes": outcomes,
                    "prediction_window": window.as_secs(),
                });
                return self.call(now, channel, Method::POST, "/predictions", &body);
            }
            Show::EndPrediction(winner) => self.end_running_prediction(channel, winner.as_deref()),
            Show::Reward(title, cost) => drop(self.reward(now, channel, &title, cost)),
            Show::PowerUp(title, bits) => drop(self.power_up(channel, &title, bits)),
            Show::Charity(charity, target) => drop(self.charity(now, channel, &charity, target)),
            Show::StopCharity => self.stop_charity(now, channel),
            Show::Goal(kind, target, description) => {
                drop(self.goal(now, channel, kind, target, &description));
            }
            Show::EndGoal(goal) => self.end_goal(now, channel, &goal),
            Show::PlanAd(after, seconds) => self.plan_ad(now, channel, after, seconds),
            Show::ShareChat(others) => {
                let others = self.all_named(&others);
                let channels: Vec<&str> =
                    std::iter::once(channel).chain(others.iter().map(String::as_str)).collect();
                self.share_chat(now, &channels);
            }
            Show::JoinSharedChat(host) => {
                let host = self.named(&host);
                self.join_shared_chat(now, &host, channel);
            }
            Show::EndSharedChat => self.end_shared_chat(now, channel),
            Show::Upload(title, length) => drop(self.upload(now, channel, &title, length)),
            Show::Join(programme) => self.programme(channel, programme),
            Show::Extension(client) => {
                drop(self.extension(&client, channel));
                self.install(&client, channel);
            }
        }
        self.came_of_it(without_event, before)
    }

    /// What makes no event where it makes one at other times did not happen: something that it needs is not there.
    fn came_of_it(&self, without_event: bool, before: usize) -> Result<(), String> {
        match without_event || self.ledger.happenings.len() > before {
            true => Ok(()),
            false => Err("nothing came of it, since something that it needs is not there".to_owned()),
        }
    }

    fn all_named(&mut self, who: &[String]) -> Vec<String> {
        who.iter().map(|who| self.named(who)).collect()
    }
}
