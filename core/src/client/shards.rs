//! Shards: what their sockets bring goes to them, what they ask for and tell goes to the driver, the plan and the
//! application. A message is passed on once.

use super::conduit::link_of;
use super::{Client, Notice, Output, SessionNotice, SocketId, Timer};
use crate::eventsub::frame::{Frame, Message};
use crate::eventsub::{Drift, Lost, Notification, Opened, Shard, ShardOutput, Source, Subscription};
use crate::time::Time;
use bytes::Bytes;
use compact_str::CompactString;
use serde::Deserialize;

/// How much drift is told at most.
const MOST_DRIFT: usize = 1000;

/// A shard, and the deadline that is set for it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) shard: Shard,
    due: Option<Time>,
}

impl Held {
    pub(super) fn new(shard: Shard) -> Box<Self> {
        Box::new(Held { shard, due: None })
    }
}

impl Client {
    /// A shard's deadline has come.
    pub(super) fn shard_due(&mut self, now: Time, number: u32) {
        if let Some(held) = self.shards.get_mut(&number) {
            held.due = None;
        }
        self.with_shard(now, number, |shard| shard.timeout(now));
    }

    /// Runs a step of one shard's machine and carries out what it asks for.
    pub(super) fn with_shard(&mut self, now: Time, number: u32, step: impl FnOnce(&mut Shard)) {
        let Some(Held { shard, due }) = self.shards.get_mut(&number).map(Box::as_mut) else { return };
        step(shard);
        let (outputs, deadline) = (shard.take_outputs(), shard.poll_timeout());
        // Every message moves the deadline on. It is looked at again when the one that was set comes.
        let set = match (deadline, *due) {
            (Some(at), Some(due)) => at < due,
            (None, None) => false,
            _ => true,
        };
        if set {
            *due = deadline;
            self.timers.set(&Timer::Shard(number), deadline);
        }
        if shard.is_over() {
            self.shards.remove(&number);
        }
        for output in outputs {
            self.shard_says(now, number, output);
        }
    }

    fn shard_says(&mut self, now: Time, shard: u32, output: ShardOutput) {
        if let Some(link) = link_of(shard) {
            return self.conduit_link_says(now, link, output);
        }
        match output {
            ShardOutput::Connect { id, url, answer_by } => {
                self.out.push_back(Output::Connect { id, url, answer_by });
            }
            ShardOutput::Close(id) => self.out.push_back(Output::Close(id)),
            ShardOutput::Ready => self.open(now, shard, true),
            ShardOutput::Opened { session, how } => {
                let heard = self.shards.get(&shard).and_then(|held| held.shard.surely_heard()).flatten();
                self.plan.opened(now, shard, session.clone(), &how, heard);
                match how {
                    Opened::Fresh => self.notice(Notice::Session(SessionNotice::Opened { shard, session })),
                    Opened::Moved => {
                        self.counts.moves += 1;
                        self.notice(Notice::Session(SessionNotice::Moved { shard }));
                    }
                    Opened::MovedLate { last_seen } => {
                        self.counts.moves += 1;
                        self.notice(Notice::Session(SessionNotice::Moved { shard }));
                        self.plan.moved_late(shard, last_seen, self.wall_at(now));
                    }
                }
            }
            ShardOutput::NotOpened { why, retry_at } => {
                self.notice(Notice::Session(SessionNotice::NotOpened { shard, why, retry_at }));
            }
            ShardOutput::Moving => {
                self.plan.moving(now, shard);
                self.notice(Notice::Session(SessionNotice::Moving { shard }));
            }
            ShardOutput::Missed { last_seen } => self.plan.moved_late(shard, last_seen, self.wall_at(now)),
            ShardOutput::Lost(Lost { why, last_seen, .. }) => {
                self.counts.losses += 1;
                self.plan.lost(shard, last_seen, &why.to_string());
                self.notice(Notice::Session(SessionNotice::Lost { shard, why }));
            }
            ShardOutput::Message(socket, frame) => self.message(now, socket, frame),
            ShardOutput::Unreadable { raw, why } => self.notice(Notice::Unreadable { raw, why }),
        }
    }

    pub(super) fn message(&mut self, now: Time, socket: SocketId, frame: Frame) {
        if !self.dedup.is_new(now, &frame.id) {
            self.counts.duplicates += 1;
            return;
        }
        let source = link_of(socket.shard).map_or(Source::Socket(socket), |link| Source::Shard(link.shard()));
        self.pass_on(now, source, frame);
    }

    pub(super) fn pass_on(&mut self, now: Time, source: Source, frame: Frame) {
        match frame.message {
            Message::Notification { subscription, event } => {
                if self.config.redemptions_once
                    && let Some(redemption) = redemption(&subscription, &event)
                    && !self.redemptions.is_new(now, &redemption)
                {
                    self.counts.duplicates += 1;
                    return;
                }
                let wish = match &source {
                    Source::Socket(socket) => self.plan.wish_of(&subscription, socket.shard),
                    Source::Shard(shard) => {
                        self.heard_on_conduit(now, *shard, frame.timestamp, &subscription, &event)
                    }
                    // A conduit may deliver to webhooks too.
                    Source::Webhook => {
                        self.conduit.as_ref().and_then(|conduit| conduit.wish_of(&subscription))
                    }
                };
                self.counts.events += 1;
                let notification =
                    Notification::new(frame.id, frame.timestamp, subscription, wish, source, event);
                if let Some(watch) = self.config.watch_drift {
                    self.tell_drift(&notification, watch.look(&notification));
                }
                self.notice(Notice::Notification(notification));
            }
            Message::Revocation(subscription) => match source {
                Source::Shard(_) => {
                    if let Some(conduit) = &mut self.conduit {
                        conduit.revoked(now, &subscription, frame.timestamp);
                    }
                }
                Source::Socket(socket) => {
                    let heard = self.shards.get(&socket.shard).and_then(|held| held.shard.surely_heard());
                    let ended = Some(frame.timestamp);
                    // What a handover under way turns out to have cost is told of those that are still on the shard then.
                    let from = heard.map_or(ended, |heard| heard.min(ended));
                    self.plan.revoked(&subscription, from);
                }
                Source::Webhook => self.notice(Notice::Revoked(*subscription)),
            },
            Message::Unknown { message_type, payload } => {
                self.notice(Notice::UnknownMessage { message_type, payload });
            }
            Message::Welcome(_) | Message::Keepalive | Message::Reconnect(_) => {}
        }
    }

    fn tell_drift(&mut self, notification: &Notification, drift: Vec<Drift>) {
        self.counts.drifts += u64::from(!drift.is_empty());
        for what in drift {
            let Subscription { topic, version, .. } = &*notification.subscription;
            let told = (topic.clone(), version.clone(), what);
            if self.drift.len() < MOST_DRIFT && self.drift.insert(told.clone()) {
                let (topic, version, what) = told;
                self.notice(Notice::Drift { topic, version, what });
            }
        }
    }
}

/// A redemption's topic, version and id.
pub(super) type Redemption = (CompactString, CompactString, CompactString);

/// Topics whose `event.id` names a redemption that happens once.
const REDEMPTIONS: [&str; 3] = [
    "channel.channel_points_custom_reward_redemption.add",
    "channel.channel_points_automatic_reward_redemption.add",
    "channel.custom_power_up_redemption.add",
];

fn redemption(subscription: &Subscription, event: &Bytes) -> Option<Redemption> {
    #[derive(Deserialize)]
    struct Id {
        id: CompactString,
    }
    if !REDEMPTIONS.contains(&subscription.topic.as_str()) {
        return None;
    }
    // Something may be written behind the event.
    let Id { id } = Id::deserialize(&mut serde_json::Deserializer::from_slice(event)).ok()?;
    Some((subscription.topic.clone(), subscription.version.clone(), id))
}
