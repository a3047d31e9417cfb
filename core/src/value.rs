//! Small values that Helix and EventSub share.

use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

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

/// A picture that Twitch scales: its address holds the places `{width}` and `{height}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImageTemplate(String);

impl ImageTemplate {
    /// The address as Twitch writes it, with its places.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of the picture in a size in pixels.
    pub fn sized(&self, width: u32, height: u32) -> String {
        let (width, height) = (width.to_string(), height.to_string());
        let widths = self.0.replace("%{width}", &width).replace("{width}", &width);
        widths.replace("%{height}", &height).replace("{height}", &height)
    }
}

impl From<&str> for ImageTemplate {
    fn from(template: &str) -> Self {
        ImageTemplate(template.into())
    }
}

/// A picture in three sizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Images {
    /// The address of the small one.
    #[serde(default, deserialize_with = "null_as_default")]
    pub url_1x: String,
    /// The address of the medium one, twice the size.
    #[serde(default, deserialize_with = "null_as_default")]
    pub url_2x: String,
    /// The address of the large one, four times the size.
    #[serde(default, deserialize_with = "null_as_default")]
    pub url_4x: String,
}

/// A sum of money.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Amount {
    /// The sum in the currency's smallest unit, such as cents.
    #[serde(default, deserialize_with = "null_as_default")]
    pub value: i64,
    /// How many digits of it stand behind the point.
    #[serde(default, alias = "decimal_place", deserialize_with = "null_as_default")]
    pub decimal_places: u32,
    /// The currency in three letters (ISO 4217), such as `EUR`; empty where nothing was set.
    #[serde(default, deserialize_with = "null_as_default")]
    pub currency: CompactString,
}

impl fmt::Display for Amount {
    /// As people write it: `5.50 EUR`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.decimal_places as usize;
        let digits =
            format!("{:0>width$}", self.value.unsigned_abs(), width = places.saturating_add(1).min(32));
        let (whole, part) = digits.split_at(digits.len().saturating_sub(places));
        let sign = if self.value < 0 { "-" } else { "" };
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{part} {}", self.currency)
    }
}

/// A span of time that a report covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DateRange {
    /// Its start; none where it is not bounded.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub started_at: Option<Timestamp>,
    /// Its end; none where it is not bounded.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub ended_at: Option<Timestamp>,
}

open_enum! {
    /// What viewers should know of a stream before they watch it: a content classification label.
    pub enum ContentLabel {
        /// Politics and sensitive social issues.
        DebatedSocialIssuesAndPolitics = "DebatedSocialIssuesAndPolitics",
        /// Drugs, intoxication, excessive tobacco use.
        DrugsIntoxication = "DrugsIntoxication",
        /// Gambling.
        Gambling = "Gambling",
        /// A game rated for grown-ups. Twitch sets it by the category, nobody else can.
        MatureGame = "MatureGame",
        /// Much profanity or vulgarity.
        ProfanityVulgarity = "ProfanityVulgarity",
        /// Sexual themes.
        SexualThemes = "SexualThemes",
        /// Violence, gore, or what else disturbs.
        ViolentGraphic = "ViolentGraphic",
    }
}

open_enum! {
    /// What kind of Hype Train.
    pub enum HypeTrainKind {
        /// An ordinary one.
        Regular = "regular",
        /// A treasure train.
        Treasure = "treasure",
        /// A golden Kappa train.
        GoldenKappa = "golden_kappa",
    }
}

open_enum! {
    /// How somebody contributed to a Hype Train.
    pub enum ContributionKind {
        /// With Bits.
        Bits = "bits",
        /// With a subscription or a gift of some.
        Subscription = "subscription",
        /// In another way.
        Other = "other",
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

    #[test]
    fn a_picture_is_had_in_any_size() {
        let live = ImageTemplate::from("https://pic.example/ada-{width}x{height}.jpg");
        assert_eq!(live.sized(320, 180), "https://pic.example/ada-320x180.jpg");
        let video = ImageTemplate::from("https://pic.example/ada-%{width}x%{height}.jpg");
        assert_eq!(video.sized(320, 180), "https://pic.example/ada-320x180.jpg");
        assert_eq!(
            ImageTemplate::from("https://pic.example/ada.jpg").sized(1, 1),
            "https://pic.example/ada.jpg"
        );
    }

    #[test]
    fn money_reads_as_people_write_it() {
        let text = |value, decimal_places, currency: &str| {
            Amount { value, decimal_places, currency: currency.into() }.to_string()
        };
        assert_eq!(text(550, 2, "EUR"), "5.50 EUR");
        assert_eq!(text(5, 2, "EUR"), "0.05 EUR");
        assert_eq!(text(-550, 2, "EUR"), "-5.50 EUR");
        assert_eq!(text(550, 0, "JPY"), "550 JPY");
        assert_eq!(text(i64::MIN, 0, "JPY"), "-9223372036854775808 JPY");
        assert!(
            text(1, u32::MAX, "XTS").ends_with("1 XTS"),
            "a number of places that makes no sense does no harm"
        );
    }
}
