//! The simulated Twitch as one state machine under virtual time.
//!
//! What comes in: [`World::request`] (answered at once), [`World::open`], [`World::said`] and [`World::gone`] for sockets,
//! [`World::answered`] for what was posted to webhooks, [`World::handle_timeout`], and the story methods that make things
//! happen (`chat`, `raid`, `reconnect`, `expire` …).
//! What comes out: frames and posts through [`World::poll_output`], the next deadline through [`World::poll_timeout`], and three
//! records for a test to judge by: [`World::happenings`], [`World::events`] and [`World::violations`].
//!
//! The world reads the protocol on its own and shares no code with the client that it tests.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use twitchwire::Time;

mod ads;
mod answer;
mod api;
mod automod;
mod bits;
mod channel_points;
mod charity;
mod clips;
mod conduits;
mod cue;
mod deeds;
mod delivery;
mod entitlements;
mod extensions;
mod goals;
mod guest_star;
mod helix;
mod hype_trains;
mod jwt;
mod kinds;
mod ledger;
mod limits;
mod markers;
mod moderation;
mod notice;
mod oauth;
mod outage;
mod people;
mod polls;
mod predictions;
mod profiles;
mod raids;
mod reading;
mod rng;
mod roles;
mod room;
mod schedules;
mod script;
mod settings;
mod sockets;
mod story;
mod subscribers;
mod subscriptions;
mod tokens;
mod videos;
mod webhooks;
mod whispers;

pub use cue::{Actor, Cue};
pub use deeds::{Deed, Show};
pub use goals::GoalKind;
pub use ledger::{Happening, Refreshed, Route, Rule, Sent, Violation};
pub use people::Programme;
pub use script::{Action, Script, Start};
pub use settings::{Faults, Settings};
pub use sockets::Which;
pub use subscribers::Tier;
pub use webhooks::{Post, PostId};

use answer::Answer;
use reading::{Ask, Cursors};

/// One socket that a client opened; the caller chooses the number and never reuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// What the server sends on a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A text frame.
    Text(Bytes),
    /// A ping, to be answered by [`Said::Pong`] in time.
    Ping,
    /// A close frame; the server says nothing more on this socket and forgets it.
    Close(u16, String),
}

/// What a client sends on a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A text frame, which no client of EventSub may send.
    Text,
    /// A binary frame, which no client may send either.
    Binary,
    /// A ping, which no client may send either.
    Ping,
    /// A pong.
    Pong,
    /// A close frame.
    Close,
}

/// What the world wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorldOutput {
    /// Send this on the socket.
    Socket(PeerId, Heard),
    /// Drop the socket's TCP connection without a close frame.
    Cut(PeerId),
    /// Leave the socket's TCP connection open, and say and hear nothing on it any more.
    Silence(PeerId),
    /// Send this to a webhook's callback, and bring the answer to [`World::answered`].
    Webhook(Post),
}

/// When to …
#[derive(Debug)]
enum Timer {
    /// … welcome a socket.
    Welcome(PeerId),
    /// … close a socket that carries no subscription.
    Unused(PeerId),
    /// … see whether a socket was silent long enough for a keepalive.
    Keepalive(PeerId),
    /// … ping a socket.
    Ping(PeerId),
    /// … close a socket whose pong is missing.
    Pong(PeerId),
    /// … see whether a client that closed its old socket first has gone away altogether.
    Hasty(PeerId),
    /// … end a handover.
    Grace(u64),
    /// … take a dead subscription off the limits.
    StopCounting(u64),
    /// … take a dead subscription off the lists.
    Forget(u64),
    /// … send a notification once more.
    Resend { sent: usize, session: u64, frame: Bytes },
    /// … post a message to a callback once more.
    Post(Box<webhooks::Message>),
    /// … take a callback's silence for an answer.
    PostUnanswered(PostId),
    /// … drop a socket that has just been written to.
    Drop(PeerId),
    /// … delete a conduit if all its shards are still disabled.
    ConduitDies(String),
    /// … begin a planned ad break.
    AdBreak(String),
    /// … let a channel's raid happen.
    Raid(String),
    /// … end a poll.
    PollEnds { channel: String, poll: String },
    /// … lock a prediction.
    PredictionLocks { channel: String, prediction: String },
    /// … end a hype train, if its time is up.
    HypeTrainEnds { channel: String },
    /// … take a step of a script.
    Script(Box<Action>),
}

/// The simulated Twitch.
pub struct World {
    /// Limits, lifetimes and delays.
    pub settings: Settings,
    /// How badly it behaves.
    pub faults: Faults,
    epoch: Timestamp,
    now: Time,
    rng: rng::Rng,
    outputs: VecDeque<WorldOutput>,
    timers: BTreeMap<(Time, u64), Timer>,
    armed: u64,
    people: people::People,
    tokens: tokens::Tokens,
    outage: outage::Outage,
    buckets: BTreeMap<String, helix::Bucket>,
    sockets: sockets::Sockets,
    subscriptions: subscriptions::Subscriptions,
    conduits: conduits::Conduits,
    ads: ads::AdSchedule,
    guest_star: guest_star::GuestStar,
    markers: markers::Markers,
    profiles: profiles::Profiles,
    raids: raids::Raids,
    whispers: whispers::Whispers,
    windows: limits::Windows,
    rooms: room::Rooms,
    moderation: moderation::Moderation,
    roles: roles::Roles,
    channel_points: channel_points::ChannelPoints,
    polls: polls::Polls,
    predictions: predictions::Predictions,
    bits: bits::Bits,
    charity: charity::Charity,
    clips: clips::Clips,
    entitlements: entitlements::Entitlements,
    extensions: extensions::Extensions,
    goals: goals::Goals,
    hype_trains: hype_trains::HypeTrains,
    schedules: schedules::Schedules,
    subscribers: subscribers::Subscribers,
    videos: videos::Videos,
    webhooks: webhooks::Webhooks,
    pending_scripts: Vec<Vec<(Duration, Action)>>,
    ledger: ledger::Ledger,
}

impl World {
    /// A world without apps and users, whose wall clock shows `epoch` at [`Time::ZERO`].
    pub fn new(seed: u64, epoch: Timestamp) -> Self {
        World {
            settings: Settings::default(),
            faults: Faults::NONE,
            epoch,
            now: Time::ZERO,
            rng: rng::Rng::new(seed),
            outputs: VecDeque::new(),
            timers: BTreeMap::new(),
            armed: 0,
            people: people::People::default(),
            tokens: tokens::Tokens::default(),
            outage: outage::Outage::NONE,
            buckets: BTreeMap::new(),
            sockets: sockets::Sockets::default(),
            subscriptions: subscriptions::Subscriptions::default(),
            conduits: conduits::Conduits::default(),
            ads: ads::AdSchedule::default(),
            guest_star: guest_star::GuestStar::default(),
            markers: markers::Markers::default(),
            profiles: profiles::Profiles::default(),
            raids: raids::Raids::default(),
            whispers: whispers::Whispers::default(),
            windows: limits::Windows::default(),
            rooms: room::Rooms::default(),
            moderation: moderation::Moderation::default(),
            roles: roles::Roles::default(),
            channel_points: channel_points::ChannelPoints::default(),
            polls: polls::Polls::default(),
            predictions: predictions::Predictions::default(),
            bits: bits::Bits::default(),
            charity: charity::Charity::default(),
            clips: clips::Clips::default(),
            entitlements: entitlements::Entitlements::default(),
            extensions: extensions::Extensions::default(),
            goals: goals::Goals::default(),
            hype_trains: hype_trains::HypeTrains::default(),
            schedules: schedules::Schedules::default(),
            subscribers: subscribers::Subscribers::default(),
            videos: videos::Videos::default(),
            webhooks: webhooks::Webhooks::default(),
            pending_scripts: Vec::new(),
            ledger: ledger::Ledger::default(),
        }
    }

    /// What the world's wall clock shows at this time.
    pub fn wall(&self, now: Time) -> Timestamp {
        self.epoch.checked_add(now.since_origin()).unwrap_or(Timestamp::MAX)
    }

    /// Answers a request by its path, whatever its host. The answer is there at once; delaying or losing it is up to the
    /// caller, who says so with [`World::answer_lost`].
    pub fn request(&mut self, now: Time, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        self.advance(now);
        self.ledger.latest.clear();
        if self.is_down() {
            return Answer::broken(503).into_response(self.wall(self.now), Vec::new());
        }
        let mut ask = Ask::read(request);
        ask.salt = self.rng.below(0x1_0000);
        ask.odd_page = self.rng.chance(self.faults.odd_page);
        if self.rng.chance(self.faults.cursor_refused) {
            ask.cursors = Cursors::Refused;
        } else if self.rng.chance(self.faults.cursor_repeats) {
            ask.cursors = Cursors::Repeated;
        }
        let path = ask.path.clone();
        let (answer, headers) = if path.starts_with("/helix/") {
            self.helix(&ask)
        } else if path.starts_with("/oauth2/") {
            (self.oauth(&ask), Vec::new())
        } else {
            (Answer::refuse(404, ""), Vec::new())
        };
        let mut response = answer.into_response(self.wall(self.now), headers);
        if !response.body().is_empty() && self.rng.chance(self.faults.cut_short) {
            self.answer_lost();
            let half = response.body().len() / 2;
            response.body_mut().truncate(half);
        }
        response
    }

    /// The answer to the latest request never reached the client, so what the client does for not knowing it (refreshing or
    /// subscribing once more) is no violation.
    pub fn answer_lost(&mut self) {
        for noted in std::mem::take(&mut self.ledger.latest) {
            match noted {
                ledger::Noted::Issued(token) => self.tokens.excuse(&token),
                ledger::Noted::Subscribed(number) => self.subscriptions.excuse(number),
                ledger::Noted::Refused(bucket) => self.forget_refusal(&bucket),
            }
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        self.advance(now);
    }

    /// The next thing to be done on a socket, or to be sent to a callback.
    pub fn poll_output(&mut self) -> Option<WorldOutput> {
        self.outputs.pop_front()
    }

    /// When [`World::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.timers.keys().next().map(|(due, _)| *due)
    }

    /// Moves the clock on and fires the timers on the way, each at its own time.
    fn advance(&mut self, now: Time) {
        while let Some(entry) = self.timers.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let ((due, _), timer) = entry.remove_entry();
            self.now = self.now.max(due);
            self.fire(timer);
        }
        self.now = self.now.max(now);
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Welcome(peer) => self.welcome(peer),
            Timer::Unused(peer) => self.close_if_unused(peer),
            Timer::Keepalive(peer) => self.keep_alive(peer),
            Timer::Ping(peer) => self.ping(peer),
            Timer::Pong(peer) => self.close_if_pong_is_missing(peer),
            Timer::Hasty(new) => self.judge_haste(new),
            Timer::Grace(session) => self.end_grace(session),
            Timer::StopCounting(number) => self.subscriptions.stop_counting(number),
            Timer::Forget(number) => self.subscriptions.forget(number),
            Timer::Resend { sent, session, frame } => self.resend(sent, session, frame),
            Timer::Post(message) => self.send_post(*message),
            Timer::PostUnanswered(post) => self.lose_patience(post),
            Timer::Drop(peer) => self.drop_socket(peer),
            Timer::ConduitDies(conduit) => self.delete_conduit_if_dead(&conduit),
            Timer::AdBreak(channel) => self.begin_planned_ad(&channel),
            Timer::Raid(from) => self.go_raiding(&from),
            Timer::PollEnds { channel, poll } => self.complete_poll(&channel, &poll),
            Timer::PredictionLocks { channel, prediction } => self.lock_prediction(&channel, &prediction),
            Timer::HypeTrainEnds { channel } => self.end_hype_train(&channel),
            Timer::Script(action) => {
                // What comes of it is for the test to see.
                let _ = self.act(self.now, *action);
            }
        }
    }

    fn arm(&mut self, after: Duration, timer: Timer) {
        self.armed += 1;
        self.timers.insert((self.now + after, self.armed), timer);
    }

    /// The wall clock for the envelope of a message, which may say it with fewer digits.
    fn message_stamp(&mut self) -> String {
        if self.rng.chance(self.faults.short_stamps) {
            let digits = self.rng.below(9) as usize;
            return format!("{:.digits$}", self.wall(self.now));
        }
        self.stamp()
    }

    /// The wall clock now, in the words of Twitch's timestamps.
    fn stamp(&self) -> String {
        format!("{:.9}", self.wall(self.now))
    }
}
