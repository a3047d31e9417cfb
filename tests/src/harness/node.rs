//! One client in the harness: what it was told, and what it wants.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use twitchwire::auth::provider::Provider;
use twitchwire::auth::store::MemoryStore;
use twitchwire::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire::eventsub::topic::chat::ChannelChatMessage;
use twitchwire::eventsub::topic::stream::{StreamOffline, StreamOnline};
use twitchwire::eventsub::{Blocked, ConduitNotice, Gap, GapScope, SubscriptionState, Via};
use twitchwire::{CallId, Client, Config, Notice, Reply, Time, Want, WishId};

/// A client, its store, and everything it said.
pub struct Node {
    /// How it is set up.
    pub config: Config,
    /// Where its tokens are.
    pub store: MemoryStore,
    /// Who is asked for tokens that the client does not hold.
    pub provider: Option<Box<dyn Provider>>,
    /// The client.
    pub client: Client,
    /// The replies to its calls; a new process counts anew.
    pub replies: Vec<(CallId, Reply)>,
    /// What happened to each of its processes, as [`twitchwire::record`] writes it; for [`replay`](twitchwire::record::replay).
    pub recordings: Vec<Vec<String>>,
    /// What it told about tokens and links, in words.
    pub news: Vec<String>,
    /// How far its wall clock is ahead of the world's.
    pub(super) ahead: Duration,
    /// Whether a socket of this process has gone silent, or its machine slept.
    pub(super) may_hear_nothing: bool,
    /// How many sockets it has tried to open.
    pub(super) dials: usize,
    /// Counts its processes.
    pub(super) life: u32,
    pub(super) wishes: BTreeMap<WishId, Wish>,
    /// The ids of messages that this process delivered.
    pub(super) delivered: BTreeSet<String>,
    /// The ids of messages that its former processes delivered.
    pub(super) delivered_before: BTreeSet<String>,
    /// What any of its processes may have missed on the conduit.
    pub(super) conduit_gaps: Vec<(u32, Gap)>,
    /// When the first of its processes had all its shards enabled.
    pub(super) complete: Option<Time>,
}

/// What a client wants to hear, in the world's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Follows of a channel, as this user.
    Follow(String, String),
    /// Raids of a channel.
    Raid(String),
    /// Chat in a channel, as this user.
    Chat(String, String),
    /// The start of a channel's streams.
    Online(String),
    /// Their end.
    Offline(String),
    /// The start of a channel's streams, over the conduit.
    OnlineByConduit(String),
}

/// What a wish has gone through in all processes.
#[derive(Default)]
pub(super) struct Past {
    /// Since when it is known to be held.
    held_since: Option<Time>,
    /// What was told that it may have missed, and by which process.
    gaps: Vec<(u32, Gap)>,
}

/// A wish and how it fared.
pub(super) struct Wish {
    pub(super) wanted: Wanted,
    /// Since when it is known to be held.
    pub(super) held_since: Option<Time>,
    pub(super) blocked: Option<Blocked>,
    pub(super) refused: bool,
    /// What it was told that it may have missed, and by which process.
    pub(super) gaps: Vec<(u32, Gap)>,
}

impl Wanted {
    pub(super) fn subscribe(&self, client: &mut Client, now: Time) -> WishId {
        match self {
            Wanted::Follow(channel, who) => {
                client.subscribe(now, &ChannelFollow::new(channel.as_str(), who.as_str()), Via::WebSocket)
            }
            Wanted::Raid(channel) => {
                client.subscribe(now, &ChannelRaid::to(channel.as_str()), Via::WebSocket)
            }
            Wanted::Chat(channel, who) => client.subscribe(
                now,
                &ChannelChatMessage::new(channel.as_str(), who.as_str()),
                Via::WebSocket,
            ),
            Wanted::Online(channel) => {
                client.subscribe(now, &StreamOnline::new(channel.as_str()), Via::WebSocket)
            }
            Wanted::Offline(channel) => {
                client.subscribe(now, &StreamOffline::new(channel.as_str()), Via::WebSocket)
            }
            Wanted::OnlineByConduit(channel) => {
                client.subscribe(now, &StreamOnline::new(channel.as_str()), Via::Conduit)
            }
        }
    }

    /// The same in the client's words.
    pub fn want(&self) -> Want {
        let via = Via::WebSocket;
        let want = match self {
            Wanted::Follow(channel, who) => {
                Want::new(&ChannelFollow::new(channel.as_str(), who.as_str()), via)
            }
            Wanted::Raid(channel) => Want::new(&ChannelRaid::to(channel.as_str()), via),
            Wanted::Chat(channel, who) => {
                Want::new(&ChannelChatMessage::new(channel.as_str(), who.as_str()), via)
            }
            Wanted::Online(channel) => Want::new(&StreamOnline::new(channel.as_str()), via),
            Wanted::Offline(channel) => Want::new(&StreamOffline::new(channel.as_str()), via),
            Wanted::OnlineByConduit(channel) => Want::new(&StreamOnline::new(channel.as_str()), Via::Conduit),
        };
        want.unwrap_or_else(|why| panic!("{self:?} cannot be wanted: {why}"))
    }

    /// The world's type, and what a happening of interest is about.
    pub(super) fn matches(&self, kind: &str, about: &BTreeMap<String, String>) -> bool {
        let (wanted, field, channel) = match self {
            Wanted::Follow(channel, _) => ("channel.follow", "broadcaster_user_id", channel),
            Wanted::Raid(channel) => ("channel.raid", "to_broadcaster_user_id", channel),
            Wanted::Chat(channel, _) => ("channel.chat.message", "broadcaster_user_id", channel),
            Wanted::Online(channel) | Wanted::OnlineByConduit(channel) => {
                ("stream.online", "broadcaster_user_id", channel)
            }
            Wanted::Offline(channel) => ("stream.offline", "broadcaster_user_id", channel),
        };
        kind == wanted && about.get(field) == Some(channel)
    }
}

impl Node {
    pub(super) fn new(config: Config, store: MemoryStore) -> Self {
        Node {
            client: Client::new(Time::ZERO, config.clone()),
            config,
            store,
            provider: None,
            replies: Vec::new(),
            recordings: Vec::new(),
            news: Vec::new(),
            ahead: Duration::ZERO,
            may_hear_nothing: false,
            dials: 0,
            life: 1,
            wishes: BTreeMap::new(),
            delivered: BTreeSet::new(),
            delivered_before: BTreeSet::new(),
            conduit_gaps: Vec::new(),
            complete: None,
        }
    }

    pub(super) fn wants(&mut self, id: WishId, wanted: Wanted, past: Past) {
        let Past { held_since, gaps } = past;
        let wish = Wish { wanted, held_since, blocked: None, refused: false, gaps };
        self.wishes.entry(id).or_insert(wish);
    }

    /// Ends the process; what it wanted, and since when it is known to have held it.
    pub(super) fn die(&mut self) -> Vec<(Wanted, Past)> {
        self.life += 1;
        self.may_hear_nothing = false;
        self.replies.clear();
        self.delivered_before.append(&mut self.delivered);
        let wishes = std::mem::take(&mut self.wishes).into_values();
        wishes.map(|wish| (wish.wanted, Past { held_since: wish.held_since, gaps: wish.gaps })).collect()
    }

    /// Writes down for the next process until when this one has listened.
    pub(super) fn write_down(&mut self) {
        self.config.listened_until = self.client.listened_until().or(self.config.listened_until);
    }

    /// Forgets a wish that was withdrawn.
    pub fn forget(&mut self, wish: WishId) {
        self.wishes.remove(&wish);
    }

    /// The wishes of the current process.
    pub fn wishes(&self) -> impl Iterator<Item = (WishId, &Wanted)> {
        self.wishes.iter().map(|(id, wish)| (*id, &wish.wanted))
    }

    /// The wishes that Twitch blocks.
    pub fn blocked(&self) -> Vec<WishId> {
        self.wishes.iter().filter(|(_, wish)| wish.blocked.is_some()).map(|(id, _)| *id).collect()
    }

    /// What this client's processes may have missed on the conduit.
    pub fn conduit_gaps(&self) -> Vec<&Gap> {
        self.conduit_gaps.iter().map(|(_, gap)| gap).collect()
    }

    /// How many sockets its processes have tried to open.
    pub fn dials(&self) -> usize {
        self.dials
    }

    /// How many messages this process delivered.
    pub fn delivered(&self) -> usize {
        self.delivered.len()
    }

    /// Takes a notice; an error is an invariant broken.
    pub(super) fn hear(&mut self, now: Time, notice: Notice) -> Result<(), String> {
        match notice {
            Notice::Notification(notification) => {
                if !self.delivered.insert(notification.id.to_string()) {
                    return Err(format!("message {} was delivered twice", notification.id));
                }
                let known = notification.subscription.topic.starts_with("channel.")
                    || notification.subscription.topic.starts_with("stream.");
                if known && notification.wish.is_none() {
                    self.news.push(format!("{notification:?} is for no wish"));
                }
            }
            Notice::Conduit(ConduitNotice::Complete) => {
                self.complete.get_or_insert(now);
            }
            Notice::Gap(gap) => {
                if matches!(gap.scope, GapScope::Conduit | GapScope::Shard(_)) {
                    self.conduit_gaps.push((self.life, gap.clone()));
                }
                if let GapScope::Wishes(wishes) = &gap.scope {
                    for id in wishes {
                        let Some(wish) = self.wishes.get_mut(id) else { continue };
                        // What had no end before has one now.
                        for (life, open) in wish.gaps.iter_mut().filter(|(_, open)| open.to.is_none()) {
                            if *life < self.life || open.from == gap.from {
                                open.to = gap.to;
                            }
                        }
                        wish.gaps.push((self.life, gap.clone()));
                    }
                }
            }
            Notice::Subscription(id, state) => {
                // The first news can come before `subscribe` returned.
                let Some(wish) = self.wishes.get_mut(&id) else { return Ok(()) };
                wish.blocked = None;
                match state {
                    SubscriptionState::Enabled { .. } => {
                        wish.held_since.get_or_insert(now);
                    }
                    SubscriptionState::Blocked { why } => wish.blocked = Some(why),
                    SubscriptionState::Refused { why } => {
                        wish.refused = true;
                        self.news.push(format!("{id:?} refused: {why}"));
                    }
                    _ => {}
                }
            }
            other => self.news.push(format!("{other:?}")),
        }
        Ok(())
    }
}
