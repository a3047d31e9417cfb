//! `States`: the `state` of an authorisation, which ties the redirect back to who asked for it.
//!
//! A state is a number, when it ends, and whether a browser was told a secret half of it, all signed with a key: nothing is
//! kept for those that nobody comes back with. Those that came back are remembered until they would have ended, so
//! that each works once.

use crate::time::Time;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What states are signed with: 32 bytes from the system's source of randomness, others for each client.
#[derive(Clone)]
pub struct StateKey([u8; 32]);

impl From<[u8; 32]> for StateKey {
    fn from(key: [u8; 32]) -> Self {
        StateKey(key)
    }
}

impl fmt::Debug for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StateKey([REDACTED])")
    }
}

/// Why a redirect is not accepted. Nothing of it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The state was not made here.
    #[error("this authorisation was not started here; start it again")]
    Foreign,
    /// It was started in another browser.
    #[error("this authorisation was started in another browser; start it again here")]
    OtherBrowser,
    /// The user took longer than ten minutes.
    #[error("this authorisation took too long; start it again")]
    Expired,
    /// Somebody came back with it before.
    #[error("this authorisation was used already; start it again")]
    Used,
}

/// For how long a state is good.
pub(crate) const LASTS: Duration = Duration::from_secs(600);
/// How many used states are remembered. Past it the oldest states end early.
const REMEMBERED: usize = 16_384;
const PAYLOAD: usize = 17;
const TAG: usize = 16;

/// Whether a state is good only in the browser that was given its cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Whoever has the link may use it.
    Any,
    /// The one whose cookie is the state itself.
    Same,
}

/// Makes states, and takes each back once.
#[derive(Debug)]
pub(crate) struct States {
    key: StateKey,
    last: u64,
    /// States that came back, by number, and when they would have ended.
    used: BTreeMap<u64, Time>,
    /// States up to this number are over.
    floor: u64,
}

impl States {
    pub(crate) fn new(key: StateKey) -> Self {
        States { key, last: 0, used: BTreeMap::new(), floor: 0 }
    }

    pub(crate) fn issue(&mut self, now: Time, browser: Browser) -> String {
        self.last += 1;
        let ends = u64::try_from((now + LASTS).since_origin().as_millis()).unwrap_or(u64::MAX);
        let mut state = Vec::with_capacity(PAYLOAD + TAG);
        state.extend_from_slice(&self.last.to_be_bytes());
        state.extend_from_slice(&ends.to_be_bytes());
        state.push(u8::from(browser == Browser::Same));
        let tag = self.mac(&state).finalize().into_bytes();
        state.extend_from_slice(&tag[..TAG]);
        URL_SAFE_NO_PAD.encode(state)
    }

    /// Takes a state back; `cookie` is what the browser was told, if it told it again.
    pub(crate) fn take(&mut self, now: Time, state: &str, cookie: Option<&str>) -> Result<(), StateError> {
        let bytes = URL_SAFE_NO_PAD.decode(state).map_err(|_| StateError::Foreign)?;
        let (payload, tag) = bytes.split_at_checked(PAYLOAD).ok_or(StateError::Foreign)?;
        if tag.len() != TAG || self.mac(payload).verify_truncated_left(tag).is_err() {
            return Err(StateError::Foreign);
        }
        let number = |at: usize| {
            payload.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes)
        };
        let (number, ends) = (number(0), Time::from_origin(Duration::from_millis(number(8))));
        if payload.last() == Some(&1) && cookie != Some(state) {
            return Err(StateError::OtherBrowser);
        }
        if now >= ends {
            return Err(StateError::Expired);
        }
        if number <= self.floor || self.used.contains_key(&number) {
            return Err(StateError::Used);
        }
        // Numbers and ends rise together.
        while let Some((&oldest, &ended)) = self.used.first_key_value()
            && (ended <= now || self.used.len() >= REMEMBERED)
        {
            self.floor = oldest;
            self.used.remove(&oldest);
        }
        self.used.insert(number, ends);
        Ok(())
    }

    fn mac(&self, payload: &[u8]) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key.0);
        let mac = mac.unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        mac.chain_update(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::from_origin(Duration::from_secs(seconds))
    }

    fn states() -> States {
        States::new([7; 32].into())
    }

    #[test]
    fn a_state_works_once_and_for_ten_minutes() {
        let mut states = states();
        let state = states.issue(at(0), Browser::Any);
        assert_eq!(states.take(at(599), &state, None), Ok(()));
        assert_eq!(states.take(at(599), &state, None), Err(StateError::Used));
        let state = states.issue(at(0), Browser::Any);
        assert_eq!(states.take(at(600), &state, None), Err(StateError::Expired));
    }

    #[test]
    fn a_state_with_any_byte_changed_or_another_key_is_foreign() {
        let mut states = states();
        let state = states.issue(at(0), Browser::Any);
        let bytes = URL_SAFE_NO_PAD.decode(&state).unwrap();
        for at in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[at] ^= 1;
            let forged = URL_SAFE_NO_PAD.encode(forged);
            assert_eq!(states.take(Time::ZERO, &forged, None), Err(StateError::Foreign));
        }
        for forged in ["", "A", "?", &state[..state.len() - 2], &format!("{state}AA")] {
            assert_eq!(states.take(Time::ZERO, forged, None), Err(StateError::Foreign), "{forged}");
        }
        let mut others = States::new([8; 32].into());
        assert_eq!(others.take(Time::ZERO, &state, None), Err(StateError::Foreign));
    }

    #[test]
    fn a_browsers_state_wants_its_cookie_and_is_not_spent_without_it() {
        let mut states = states();
        let state = states.issue(at(0), Browser::Same);
        assert_eq!(states.take(at(1), &state, None), Err(StateError::OtherBrowser));
        assert_eq!(states.take(at(1), &state, Some("another")), Err(StateError::OtherBrowser));
        assert_eq!(states.take(at(1), &state, Some(&state)), Ok(()));
    }

    #[test]
    fn no_two_states_are_alike_and_a_flood_of_used_ones_is_forgotten_in_order() {
        let mut states = states();
        let first = states.issue(at(0), Browser::Any);
        let mut all = std::collections::BTreeSet::from([first.clone()]);
        for _ in 0..=REMEMBERED {
            let state = states.issue(at(0), Browser::Any);
            assert_eq!(states.take(at(0), &state, None), Ok(()));
            all.insert(state);
        }
        assert_eq!(all.len(), REMEMBERED + 2);
        assert_eq!(states.used.len(), REMEMBERED);
        // Forgetting makes none of them good again.
        assert_eq!(states.take(at(0), &first, None), Err(StateError::Used));
        for state in &all {
            assert_eq!(states.take(at(0), state, None), Err(StateError::Used));
        }
        let late = states.issue(at(700), Browser::Any);
        assert_eq!(states.take(at(700), &late, None), Ok(()));
        assert_eq!(states.used.len(), 1);
    }
}
