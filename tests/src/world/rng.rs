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
        let Uuid(a, b) = self;
        let (time, middle, version) = (a >> 32, (a >> 16) & 0xffff, 0x4000 | (a & 0xfff));
        let (variant, node) = (0x8000 | ((b >> 48) & 0x3fff), b & 0xffff_ffff_ffff);
        write!(f, "{time:08x}-{middle:04x}-{version:04x}-{variant:04x}-{node:012x}")
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
    fn a_rate_of_zero_never_happens_and_of_one_always() {
        let mut rng = Rng::new(1);
        assert!((0..1000).all(|_| !rng.chance(0.0)));
        assert!((0..1000).all(|_| rng.chance(1.0)));
    }
}
