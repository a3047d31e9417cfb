//! A client that hears chat from a world full of faults, and the judge who compares what was said with what was heard.
//!
//! The client says [`Word`]s, over a pipe or a channel. Each chat message carries its number. A message that was said
//! must be heard once, or lie in a gap of which the client told, or be one of those that a slow listener was told to
//! have lost; whatever is left is lost.

use super::adapter::Adapter;
use super::process;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};
use twitchwire::eventsub::topic::chat::ChannelChatMessage;
use twitchwire::{Endpoints, EventError, Heard, Notice};
use twitchwire_blocking::front::{Client, Notices};
use twitchwire_sim::world::{Faults, Which};
use twitchwire_sim::{Server, World, scene};

/// What a client says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Word {
    /// It is subscribed.
    Ready,
    /// The chat message of this number came.
    Heard(u64),
    /// Something may be missing, from when to when.
    Gap(Option<Timestamp>, Option<Timestamp>),
    /// So many were not taken in time.
    Lagged(u64),
    /// Something came that cannot be what was said.
    Wrong(String),
    /// What it takes at present.
    Lives(Life),
    /// It has closed, and this is left of it.
    Closed(Life),
}

/// What a process takes, where the system tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Life {
    /// Memory in use, in KiB.
    pub(crate) memory: Option<u64>,
    pub(crate) threads: Option<u64>,
    pub(crate) tasks: Option<usize>,
}

impl Life {
    pub(crate) fn of<A: Adapter>() -> Self {
        Life { memory: process::memory(), threads: process::threads(), tasks: A::tasks() }
    }
}

/// After how many messages a client says what it takes.
const LIVES: u64 = 5000;

/// Who reads, where, and how its client is told to close.
pub(crate) struct Stage {
    pub(crate) endpoints: Endpoints,
    pub(crate) ada: String,
    pub(crate) token: String,
    pub(crate) refresh: String,
}

/// Plays the client until `closing` returns.
pub(crate) fn listen<A: Adapter>(stage: Stage, closing: impl FnOnce(), say: impl Fn(Word) + Sync) {
    let builder = Client::builder(scene::CLIENT_ID).secret(scene::CLIENT_SECRET).endpoints(stage.endpoints);
    let (client, mut notices) =
        A::begin(builder.token(stage.token, Some(&stage.refresh))).expect("the client starts");
    let me = client.me().expect("a user");
    thread::scope(|scope| {
        let say = &say;
        let listening = scope.spawn(move || hear::<A>(&mut notices, say));
        A::subscribe(&client, ChannelChatMessage::new(stage.ada, me)).expect("Twitch agrees");
        say(Word::Ready);
        closing();
        A::close(&client);
        listening.join().expect("the listener ends");
    });
    drop(client);
    // Tasks end when their runtime has time for it.
    let until = Instant::now() + PATIENCE;
    while A::tasks().is_some_and(|tasks| tasks > 0) && Instant::now() < until {
        thread::yield_now();
    }
    say(Word::Closed(Life::of::<A>()));
}

fn hear<A: Adapter>(notices: &mut Notices<A>, say: impl Fn(Word)) {
    let mut heard_so_far = 0;
    while let Some(heard) = A::next(notices) {
        match heard.event::<ChannelChatMessage>() {
            Some(Ok(event)) => {
                say(match event.message.text.parse() {
                    Ok(number) => Word::Heard(number),
                    Err(_) => Word::Wrong(event.message.text),
                });
                heard_so_far += 1;
                if heard_so_far % LIVES == 0 {
                    say(Word::Lives(Life::of::<A>()));
                }
                continue;
            }
            Some(Err(EventError::Lagged(missed))) => say(Word::Lagged(missed)),
            // The world invents events of its own.
            Some(Err(_)) | None => {}
        }
        if let Heard::Notice(notice) = heard
            && let Notice::Gap(gap) = &*notice
        {
            say(Word::Gap(gap.from, gap.to));
        }
    }
}

/// What becomes of a message that was said and not heard yet.
struct Unheard {
    when: Timestamp,
    in_gap: bool,
}

/// Compares what was said with what was heard.
#[derive(Default)]
pub(crate) struct Judge {
    unheard: BTreeMap<u64, Unheard>,
    said: u64,
    heard: u64,
    lagged: u64,
    gaps: u64,
    faults: Vec<String>,
    lives: Vec<Life>,
    left: Option<Life>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// How many messages were said.
    pub(crate) said: u64,
    /// How many were heard, each once.
    pub(crate) heard: u64,
    /// How many were not heard and lie in a gap.
    pub(crate) in_gaps: u64,
    /// How many a slow listener was told to have lost.
    pub(crate) lagged: u64,
    /// How many gaps were told of.
    pub(crate) gaps: u64,
    /// How many are missing without a word.
    pub(crate) lost: u64,
    /// What came twice, or was never said.
    pub(crate) faults: Vec<String>,
    /// What the client took on the way.
    pub(crate) lives: Vec<Life>,
    /// What was left of it.
    pub(crate) left: Option<Life>,
}

impl Judge {
    fn says(&mut self, when: Timestamp) -> u64 {
        self.said += 1;
        self.unheard.insert(self.said, Unheard { when, in_gap: false });
        self.said
    }

    fn hears(&mut self, word: Word) {
        match word {
            Word::Heard(number) => match self.unheard.remove(&number) {
                Some(_) => self.heard += 1,
                None => self.faults.push(format!("{number} came twice")),
            },
            Word::Gap(from, to) => {
                self.gaps += 1;
                // Without an end it is told again when it has one.
                let Some(to) = to else { return };
                for unheard in self.unheard.values_mut() {
                    unheard.in_gap |= from.is_none_or(|from| from <= unheard.when) && unheard.when <= to;
                }
            }
            Word::Lagged(missed) => self.lagged += missed,
            Word::Wrong(text) => self.faults.push(format!("nobody said {text:?}")),
            Word::Lives(life) => self.lives.push(life),
            Word::Closed(life) => self.left = Some(life),
            Word::Ready => {}
        }
    }

    /// Messages of which nothing is known, but that a slow listener may have lost some of them.
    fn missing(&self) -> u64 {
        let unknown = self.unheard.values().filter(|unheard| !unheard.in_gap).count() as u64;
        unknown.saturating_sub(self.lagged)
    }

    fn verdict(self) -> Verdict {
        Verdict {
            said: self.said,
            heard: self.heard,
            in_gaps: self.unheard.values().filter(|unheard| unheard.in_gap).count() as u64,
            lagged: self.lagged,
            gaps: self.gaps,
            lost: self.missing(),
            faults: self.faults,
            lives: self.lives,
            left: self.left,
        }
    }
}

/// How much is said, and how fast.
#[derive(Clone, Copy)]
pub(crate) enum Length {
    /// So many messages, as fast as the client hears them.
    Messages(u64),
    /// So many a second, for so long.
    Rate(u64, Duration),
}

impl Length {
    /// After how many messages the links break, or are asked to move. Links that break too often are opened again later and
    /// later, and little is heard.
    fn breaks(self) -> u64 {
        match self {
            Length::Messages(count) => (count / 6).max(1),
            Length::Rate(rate, long) => (rate * long.as_secs() / 8).clamp(1, 200_000),
        }
    }
}

/// How many messages may be under way where none are counted by the second.
const AHEAD: usize = 200;
/// How long one who is silent is waited for: longer than a client waits at most before it opens a link again.
const PATIENCE: Duration = Duration::from_secs(150);

/// What a world does to its sockets all the time.
fn faults() -> Faults {
    Faults {
        duplicate: 0.01,
        both_sockets: 0.5,
        malformed: 0.001,
        unknown_message: 0.001,
        unknown_event: 0.001,
        novelty: 0.01,
        ..Faults::NONE
    }
}

/// A world in which ada's chat can be read.
pub(crate) fn world() -> (World, String) {
    let mut world = World::new(9, "2026-03-01T12:00:00Z".parse().expect("a timestamp"));
    let ada = scene::quiet(&mut world);
    // Links break so often that Twitch would count too many dead subscriptions.
    world.settings.dead_count_for = Duration::from_secs(1);
    world.settings.dead_listed_for = Duration::from_secs(60);
    (world, ada)
}

/// Where a client that reads ada's chat plays.
pub(crate) fn stage(server: &Server, ada: &str) -> Stage {
    let (http, ws) = (server.http_url(), server.ws_url());
    let (token, refresh) =
        server.with(|world, now| world.grant_token(now, scene::CLIENT_ID, ada, &["user:read:chat"]));
    let endpoints = Endpoints::local(&http.parse().expect("a URL"), &ws.parse().expect("a URL"));
    Stage { endpoints, ada: ada.to_owned(), token, refresh }
}

/// Lets ada's chat be full, with faults, and judges what the client makes of it. `close` tells the client to close.
pub(crate) fn judge(
    server: &Server,
    ada: &str,
    length: Length,
    words: &Receiver<Word>,
    close: impl FnOnce(),
) -> Verdict {
    let mut judge = Judge::default();
    while words.recv_timeout(PATIENCE).expect("the client starts") != Word::Ready {}
    server.with(|world, _| world.faults = faults());
    let began = Instant::now();
    loop {
        words.try_iter().for_each(|word| judge.hears(word));
        let due = match length {
            Length::Messages(count) if judge.said >= count => break,
            Length::Messages(count) => {
                let room = AHEAD.saturating_sub(judge.missing() as usize) as u64;
                room.min(count - judge.said)
            }
            Length::Rate(_, long) if began.elapsed() >= long => break,
            Length::Rate(rate, _) => {
                let due = began.elapsed().as_millis() as u64 * rate / 1000;
                due.saturating_sub(judge.said)
            }
        };
        if due == 0 {
            // Something will be heard, or be due, soon.
            if let Ok(word) = words.recv_timeout(Duration::from_millis(5)) {
                judge.hears(word);
            }
            continue;
        }
        say(server, ada, &mut judge, due, length.breaks());
    }
    // The last word is one that every link hears.
    server.with(|world, _| world.faults = Faults::NONE);
    say(server, ada, &mut judge, 1, u64::MAX / 2);
    while judge.missing() > 0
        && let Ok(word) = words.recv_timeout(PATIENCE)
    {
        judge.hears(word);
    }
    close();
    while judge.left.is_none()
        && let Ok(word) = words.recv_timeout(PATIENCE)
    {
        judge.hears(word);
    }
    judge.verdict()
}

/// Says so much in ada's chat; after each `breaks` messages the links are asked to move or cut off, in turns.
fn say(server: &Server, ada: &str, judge: &mut Judge, count: u64, breaks: u64) {
    server.with(|world, now| {
        for _ in 0..count {
            let number = judge.says(world.wall(now));
            world.chat(now, ada, ada, &number.to_string());
            match (number % breaks, number / breaks % 2) {
                (0, 1) => world.reconnect(now, &Which::All),
                (0, _) => world.drop_sockets(now, &Which::All),
                _ => {}
            }
        }
        world.forget();
    });
}
