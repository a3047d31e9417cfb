//! What a store's answers mean for a user's tokens: a mark that is in, a swap that was lost, tokens that are written down.

use super::{LOOK_EVERY, Phase, Unsaved, User};
use crate::auth::keeper::{Shared, TokenNotice};
use crate::auth::store::{Revision, StoreError, Stored};
use crate::auth::token::{Mark, TokenRecord};
use crate::time::Time;
use jiff::Timestamp;
use std::time::Duration;

impl User {
    pub(in crate::auth::keeper) fn stored(
        &mut self,
        shared: &mut Shared,
        now: Time,
        wall: Timestamp,
        op: u64,
        result: Result<Stored, StoreError>,
    ) {
        match &self.phase {
            Phase::Marking { op: ours, .. } if *ours == op => self.marked(shared, now, wall, result),
            Phase::Looking { op: ours } if *ours == op => self.looked(shared, now, wall, result),
            Phase::Saving { op: ours, .. } if *ours == op => self.saved(shared, now, result),
            _ if self.unsaved.as_ref().is_some_and(|unsaved| unsaved.op == Some(op)) => {
                self.unsaved_stored(shared, now, wall, result);
            }
            _ => {}
        }
    }

    /// The store has the user's tokens as they are, or newer ones that follow: none wait to be written any more.
    fn written(&mut self, revision: Revision) {
        self.revision = Some(revision);
        self.unsaved = None;
    }

    fn marked(
        &mut self,
        shared: &mut Shared,
        now: Time,
        wall: Timestamp,
        result: Result<Stored, StoreError>,
    ) {
        let (since, first_try) = match self.phase {
            Phase::Marking { since, first_try, .. } => (since, first_try),
            _ => return,
        };
        match result {
            Ok(Stored::Swapped(revision)) => {
                self.written(revision);
                self.record.refreshing = Some(Mark { by: shared.name.clone(), since });
                self.send_refresh(shared, now);
            }
            Err(StoreError::Conflict(winner)) => self.adopt(shared, now, wall, winner),
            Ok(Stored::Loaded(_)) | Err(StoreError::Failed(_)) => {
                if let Err(error) = result {
                    self.trouble = Some(error.to_string());
                    shared.notice(TokenNotice::StoreFailed(error.to_string()));
                }
                let patience_ends = first_try + shared.times.save_patience;
                if self.record.single_use() {
                    self.phase = Phase::MarkAgain { at: self.backoff.next(now), first_try };
                } else if now < patience_ends {
                    let at = self.backoff.next(now).min(patience_ends);
                    self.phase = Phase::MarkAgain { at, first_try };
                } else {
                    // A reusable refresh token does no harm unmarked; a single-use one waits for its store.
                    self.send_refresh(shared, now);
                }
            }
        }
    }

    fn looked(
        &mut self,
        shared: &mut Shared,
        now: Time,
        wall: Timestamp,
        result: Result<Stored, StoreError>,
    ) {
        match result {
            Err(StoreError::Conflict(Some(found)))
                if self.spent.is_some() && found.0.same_tokens(&self.record) =>
            {
                self.revision = Some(found.1);
                self.phase = Phase::Parked { look_at: now + LOOK_EVERY };
            }
            Err(StoreError::Conflict(found)) => self.adopt(shared, now, wall, found),
            _ if self.spent.is_some() => self.phase = Phase::Parked { look_at: now + LOOK_EVERY },
            _ => self.phase = Phase::Waiting { look_at: self.backoff.next(now) },
        }
    }

    /// Takes over what another process wrote.
    fn adopt(
        &mut self,
        shared: &mut Shared,
        now: Time,
        wall: Timestamp,
        winner: Option<Box<(TokenRecord, Revision)>>,
    ) {
        let Some(winner) = winner else {
            self.phase = Phase::Removed;
            return;
        };
        let (record, revision) = *winner;
        let same = record.same_tokens(&self.record);
        self.written(revision);
        let mark = record.refreshing.clone();
        self.record = record;
        if !same {
            self.generation += 1;
            self.access_ok = false;
            self.spent = None;
        }
        match mark {
            Some(mark) => self.respect(shared, now, wall, &mark),
            None if same => {
                // The other one gave up; it is our turn.
                self.phase = Phase::Good { validate_at: now };
                self.renew(shared, now, wall);
            }
            None => self.validate(shared, now),
        }
    }

    /// A mark is in the store: waits for its holder, or decides what a dead holder leaves.
    pub(super) fn respect(&mut self, shared: &mut Shared, now: Time, wall: Timestamp, mark: &Mark) {
        let age = Duration::try_from(wall.duration_since(mark.since)).unwrap_or_default();
        if age < shared.mark_lasts() {
            let rest = shared.mark_lasts() - age;
            let look_at = now + rest.min(Duration::from_secs(2)).max(Duration::from_millis(100));
            self.phase = Phase::Waiting { look_at };
        } else if self.record.single_use() {
            self.park(
                shared,
                now,
                "a process sent the refresh token and did not live to see the answer".into(),
            );
            // The access token may still be good.
            if !self.access_ok {
                self.validate(shared, now);
            }
        } else {
            self.mark(shared, wall, now);
        }
    }

    fn saved(&mut self, shared: &mut Shared, now: Time, result: Result<Stored, StoreError>) {
        let Phase::Saving { next, use_at, .. } = self.take_phase() else { return };
        match result {
            Ok(Stored::Swapped(revision)) => {
                self.written(revision);
                self.install(shared, now, *next);
            }
            // Ours are the newest tokens there are: Twitch has just made them.
            Err(StoreError::Conflict(winner)) => {
                self.revision = winner.map(|winner| winner.1);
                self.save(shared, *next, use_at);
            }
            Ok(Stored::Loaded(_)) | Err(StoreError::Failed(_)) => {
                if let Err(error) = result {
                    shared.notice(TokenNotice::StoreFailed(error.to_string()));
                }
                self.phase = Phase::SaveAgain { at: self.backoff.next(now), next, use_at };
            }
        }
    }

    fn unsaved_stored(
        &mut self,
        shared: &mut Shared,
        now: Time,
        wall: Timestamp,
        result: Result<Stored, StoreError>,
    ) {
        self.unsaved = None;
        match result {
            Ok(Stored::Swapped(revision)) => self.written(revision),
            Err(StoreError::Conflict(winner)) => {
                let better = winner.as_ref().is_some_and(|winner| !winner.0.same_tokens(&self.record));
                let stuck = matches!(
                    self.phase,
                    Phase::Dead { .. } | Phase::Parked { .. } | Phase::Misconfigured { .. }
                );
                if better && stuck {
                    // Another process found a way out.
                    return self.adopt(shared, now, wall, winner);
                }
                self.revision = winner.map(|winner| winner.1);
                self.unsaved = Some(Unsaved { op: None, again_at: self.backoff.next(now) });
            }
            Ok(Stored::Loaded(_)) | Err(StoreError::Failed(_)) => {
                self.unsaved = Some(Unsaved { op: None, again_at: self.backoff.next(now) });
            }
        }
    }
}
