//! Small values that Helix and EventSub share.

use crate::wire::open_enum;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// A colour as Twitch writes it, such as `#FF7F50`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Color(CompactString);

impl Color {
    /// A colour from its parts.
    pub fn from_rgb(red: u8, green: u8, blue: u8) -> Self {
        Color(compact_str::format_compact!("#{red:02X}{green:02X}{blue:02X}"))
    }

    /// The colour as Twitch writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Red, green and blue; none if Twitch's text is not `#RRGGBB`.
    pub fn rgb(&self) -> Option<[u8; 3]> {
        let hex = self.0.strip_prefix('#').filter(|hex| hex.len() == 6)?;
        let part = |range| u8::from_str_radix(hex.get(range)?, 16).ok();
        Some([part(0..2)?, part(2..4)?, part(4..6)?])
    }
}

impl From<&str> for Color {
    fn from(color: &str) -> Self {
        Color(color.into())
    }
}

open_enum! {
    /// A subscription's tier.
    pub enum Tier {
        /// Tier 1, also for Prime.
        One = "1000",
        /// Tier 2.
        Two = "2000",
        /// Tier 3.
        Three = "3000",
    }
}

impl Tier {
    /// The tier as people say it: 1, 2 or 3; none for one that this version does not know.
    pub fn number(&self) -> Option<u8> {
        match self {
            Tier::One => Some(1),
            Tier::Two => Some(2),
            Tier::Three => Some(3),
            Tier::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_parts_if_twitch_wrote_it_well() {
        assert_eq!(Color::from("#FF7F50").rgb(), Some([255, 127, 80]));
        assert_eq!(Color::from_rgb(255, 127, 80).as_str(), "#FF7F50");
        assert_eq!(Color::from("coral").rgb(), None);
        assert_eq!(Color::from("#é7F50").rgb(), None);
    }

    #[test]
    fn a_tier_is_a_number_to_people() {
        assert_eq!(Tier::from("2000").number(), Some(2));
        assert_eq!(Tier::from("9000").number(), None);
    }
}
