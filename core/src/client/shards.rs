//! Shards: what their sockets bring goes to them, what they ask for and tell goes to the driver, the plan and the
//! application. A message is passed on once.

use super::{Client, Notice, Output, SessionNotice, SocketId, Timer};
use crate::eventsub::frame::{Frame, Message};
use crate::eventsub::{Notification, Opened, Shard, ShardOutput, Source, Subscription};
use crate::time::Time;

/// How much drift is told at most.
const MOST_DRIFT: usize = 1000;

impl Client {
    /// Runs a step of one shard's machine and carries out what it asks for.
    pub(super) fn with_shard(&mut self, now: Time, number: u32, step: impl FnOnce(&mut Shard)) {
        let Some(shard) = self.shards.get_mut(&number) else { return };
        step(shard);
        while let Some(output) = self.shards.get_mut(&number).and_then(Shard::poll_output) {
            self.shard_says(now, number, output);
        }
        let deadline = self.shards.get(&number).and_then(Shard::poll_timeout);
        if deadline.is_none() {
            // Closed, and nothing of it lingers.
            self.shards.remove(&number);
        }
        self.timers.set(&Timer::Shard(number), deadline);
    }

    fn shard_says(&mut self, now: Time, shard: u32, output: ShardOutput) {
        match output {
            ShardOutput::Connect { id, url, answer_by } => {
                self.out.push_back(Output::Connect { id, url, answer_by });
            }
            ShardOutput::Close(id) => self.out.push_back(Output::Close(id)),
            ShardOutput::Opened { session, how } => {
                self.plan.opened(shard, session.clone(), how != Opened::Fresh);
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
            ShardOutput::Moving => self.notice(Notice::Session(SessionNotice::Moving { shard })),
            ShardOutput::Missed { last_seen } => self.plan.moved_late(shard, last_seen, self.wall_at(now)),
            ShardOutput::Lost { why, last_seen } => {
                self.counts.losses += 1;
                self.plan.lost(shard, last_seen, &why.to_string());
                self.notice(Notice::Session(SessionNotice::Lost { shard, why }));
            }
            ShardOutput::Message(socket, frame) => self.message(now, socket, frame),
            ShardOutput::Unreadable { raw, why } => self.notice(Notice::Unreadable { raw, why }),
        }
    }

    fn message(&mut self, now: Time, socket: SocketId, frame: Frame) {
        if !self.dedup.is_new(now, &frame.id) {
            self.counts.duplicates += 1;
            return;
        }
        self.pass_on(Source::Socket(socket), frame);
    }

    pub(super) fn pass_on(&mut self, source: Source, frame: Frame) {
        match frame.message {
            Message::Notification { subscription, event } => {
                let wish = match source {
                    Source::Socket(socket) => self.plan.wish_of(&subscription, socket.shard),
                    Source::Webhook => None,
                };
                self.counts.events += 1;
                let notification =
                    Notification::new(frame.id, frame.timestamp, subscription, wish, source, event);
                if self.config.watch_drift {
                    self.watch_drift(&notification);
                }
                self.notice(Notice::Notification(notification));
            }
            Message::Revocation(subscription) => match source {
                Source::Socket(_) => self.plan.revoked(&subscription, frame.timestamp),
                Source::Webhook => self.notice(Notice::Revoked(subscription)),
            },
            Message::Unknown { message_type, payload } => {
                self.notice(Notice::UnknownMessage { message_type, payload });
            }
            Message::Welcome(_) | Message::Keepalive | Message::Reconnect(_) => {}
        }
    }

    fn watch_drift(&mut self, notification: &Notification) {
        let drift = notification.drift();
        self.counts.drifts += u64::from(!drift.is_empty());
        for what in drift {
            let Subscription { topic, version, .. } = &notification.subscription;
            let told = (topic.clone(), version.clone(), what);
            if self.drift.len() < MOST_DRIFT && self.drift.insert(told.clone()) {
                let (topic, version, what) = told;
                self.notice(Notice::Drift { topic, version, what });
            }
        }
    }
}
