//! The world's own dice: splitmix64, so that a seed replays on every machine.

use std::fmt;

/// A small seeded generator; good enough to choose faults and make up ids.
#[derive(Clone)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Rng(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which must not be zero.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True at this rate: never at 0, always at 1.
    pub(super) fn chance(&mut self, rate: f64) -> bool {
        // A rate of zero draws nothing, so that switching a fault off leaves the other dice as they fall.
        rate > 0.0 && ((self.next() >> 11) as f64 / (1_u64 << 53) as f64) < rate
    }

    /// So many lower-case letters and digits: what Twitch's tokens look like.
    pub(super) fn token(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(LETTERS[(self.next() % 36) as usize])).collect()
    }

    /// A token whose beginning gives it away where it does not belong: the tests' output is searched for it.
    pub(super) fn secret(&mut self, length: usize) -> String {
        let mut secret = self.token(length);
        secret.replace_range(..6, "s3cret");
        secret
    }

    /// An id in the shape of a random UUID.
    pub(super) fn uuid(&mut self) -> String {
        self.draw_uuid().to_string()
    }

    /// As [`Rng::uuid`], for an id that is seldom written out.
    pub(super) fn draw_uuid(&mut self) -> Uuid {
        Uuid(self.next(), self.next())
    }
}

/// The dice of an id.
pub(super) struct Uuid(u64, u64);

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let high = self.0 & !0xf000 | 0x4000;
        let low = self.1 & (u64::MAX >> 2) | (1 << 63);
        let digits = |half: u64| (0..16).rev().map(move |at| half >> (4 * at) & 0xf);
        let mut digits = digits(high).chain(digits(low));
        let mut text = [b'-'; 36];
        for place in text.iter_mut().enumerate().filter(|(at, _)| ![8, 13, 18, 23].contains(at)) {
            *place.1 = digits.next().map_or(b'0', |digit| b"0123456789abcdef"[digit as usize]);
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_dice() {
        let (mut a, mut b) = (Rng::new(7), Rng::new(7));
        assert_eq!(a.uuid(), b.uuid());
        assert_eq!(a.token(30), b.token(30));
        assert_ne!(a.uuid(), Rng::new(8).uuid());
    }

    #[test]
    fn an_id_says_that_it_is_a_random_one() {
        assert_eq!(Uuid(0, 0).to_string(), "00000000-0000-4000-8000-000000000000");
        assert_eq!(Uuid(u64::MAX, u64::MAX).to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(
            Uuid(0x0123_4567_89ab_cdef, 0x0123_4567_89ab_cdef).to_string(),
            "01234567-89ab-4def-8123-456789abcdef"
        );
    }

    #[test]
    fn a_rate_of_zero_never_happens_and_of_one_always() {
        let mut rng = Rng::new(1);
        assert!((0..1000).all(|_| !rng.chance(0.0)));
        assert!((0..1000).all(|_| rng.chance(1.0)));
    }
}
