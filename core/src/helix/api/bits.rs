//! [Bits](https://dev.twitch.tv/docs/api/reference/#get-bits-leaderboard): who cheered most, cheermotes, custom
//! power-ups, and what extensions sold.

use super::channel_points::{GlobalCooldown, MaxPerStream, MaxPerUserPerStream};
use crate::helix::{Json, List, Page, check, endpoint};
use crate::id::{ExtensionId, Login, PowerUpId, TransactionId, UserId};
use crate::value::{Color, DateRange, Images};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Gets who cheered the most Bits in the channel of the token's user.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetBitsLeaderboard {
    /// How many places, 1 to 100; Twitch's default is 10.
    pub count: Option<u16>,
    period: Option<LeaderboardPeriod>,
    started_at: Option<Timestamp>,
    /// The place of this user, with those around it if `count` is more than 1.
    pub user_id: Option<UserId>,
}

endpoint!(GetBitsLeaderboard = "get-bits-leaderboard": get "/bits/leaderboard" => Json<BitsLeaderboard>, user,
    scopes: any(BitsRead), check: |r| check::range_if("count", r.count, 1, 100));

impl GetBitsLeaderboard {
    /// The leaderboard of all times.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many places, 1 to 100; Twitch's default is 10.
    #[must_use]
    pub fn places(mut self, count: u16) -> Self {
        self.count = Some(count);
        self
    }

    /// The leaderboard of the day, week, month or year that a time falls into, by the clocks of the US Pacific coast.
    #[must_use]
    pub fn over(mut self, period: LeaderboardPeriod, time: Timestamp) -> Self {
        (self.period, self.started_at) = (Some(period), Some(time));
        self
    }
}

open_enum! {
    /// Over what time a leaderboard counts.
    pub enum LeaderboardPeriod {
        /// A day.
        Day = "day",
        /// A week, from Monday.
        Week = "week",
        /// A month.
        Month = "month",
        /// A year.
        Year = "year",
        /// All times.
        All = "all",
    }
}

/// Who cheered the most Bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BitsLeaderboard {
    /// The places, the highest first.
    #[serde(default, deserialize_with = "null_as_default", rename = "data")]
    pub leaders: Vec<BitsLeader>,
    /// The time that was counted; without bounds where none was asked for.
    #[serde(default)]
    pub date_range: DateRange,
    /// How many places there are here.
    #[serde(default)]
    pub total: u64,
}

/// A place on the leaderboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BitsLeader {
    /// Who.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// Their place, from 1.
    pub rank: u64,
    /// How many Bits they cheered.
    pub score: u64,
}

/// Gets the cheermotes that can be used everywhere, and a channel's own.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetCheermotes {
    /// The channel whose own are wanted as well.
    pub broadcaster_id: Option<UserId>,
}

endpoint!(GetCheermotes = "get-cheermotes": get "/bits/cheermotes" => List<Cheermote>, any);

impl GetCheermotes {
    /// The cheermotes that can be used everywhere.
    pub fn global() -> Self {
        Self::default()
    }

    /// The same and a channel's own.
    pub fn of(broadcaster: impl Into<UserId>) -> Self {
        GetCheermotes { broadcaster_id: Some(broadcaster.into()) }
    }
}

/// A cheermote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cheermote {
    /// What is written before the number of Bits.
    pub prefix: CompactString,
    /// Its looks, by the number of Bits.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tiers: Vec<CheermoteTier>,
    /// Where it comes from.
    #[serde(rename = "type")]
    pub kind: CheermoteType,
    /// Its place on the Bits card; unique only within a type.
    pub order: i64,
    /// When it was last changed.
    pub last_updated: Timestamp,
    /// Whether charity campaigns match what is cheered with it.
    pub is_charitable: bool,
}

open_enum! {
    /// Where a cheermote comes from.
    pub enum CheermoteType {
        /// From Twitch, on the Bits card.
        GlobalFirstParty = "global_first_party",
        /// From Twitch, not on the Bits card.
        GlobalThirdParty = "global_third_party",
        /// From a broadcaster.
        ChannelCustom = "channel_custom",
        /// For Twitch's own use.
        DisplayOnly = "display_only",
        /// From a sponsor.
        Sponsored = "sponsored",
    }
}

/// How a cheermote looks from some number of Bits on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheermoteTier {
    /// From how many Bits on.
    pub min_bits: u64,
    /// The tier's name, which is that number.
    pub id: CompactString,
    /// The tier's colour.
    pub color: Color,
    /// Its pictures.
    pub images: CheermoteImages,
    /// Whether users can cheer so much.
    pub can_cheer: bool,
    /// Whether the Bits card shows the tier.
    pub show_in_bits_card: bool,
}

/// A cheermote's pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheermoteImages {
    /// For a light background.
    #[serde(default)]
    pub light: CheermoteTheme,
    /// For a dark background.
    #[serde(default)]
    pub dark: CheermoteTheme,
}

/// A cheermote's pictures for one background: their addresses by size (`1`, `1.5`, `2`, `3`, `4`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheermoteTheme {
    /// Moving.
    #[serde(default)]
    pub animated: BTreeMap<CompactString, String>,
    /// Still.
    #[serde(default, rename = "static")]
    pub still: BTreeMap<CompactString, String>,
}

/// Gets what users bought in an extension, newest first. The client must be the extension's own.
#[derive(Clone, Debug, Serialize)]
pub struct GetExtensionTransactions {
    /// The extension.
    pub extension_id: ExtensionId,
    /// Only these. At most 100.
    pub id: Vec<TransactionId>,
    /// How many a page, 1 to 100; Twitch's default is 20.
    pub first: Option<u16>,
}

endpoint!(GetExtensionTransactions = "get-extension-transactions": get "/extensions/transactions"
    => Page<ExtensionTransaction>, app, page: 100, list: id 0..=100);

impl GetExtensionTransactions {
    /// All transactions of an extension.
    pub fn new(extension: impl Into<ExtensionId>) -> Self {
        GetExtensionTransactions { extension_id: extension.into(), id: vec![], first: None }
    }

    /// Only these transactions.
    #[must_use]
    pub fn only<I: Into<TransactionId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.id = ids.into_iter().map(Into::into).collect();
        self
    }
}

/// A purchase in an extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionTransaction {
    /// The transaction's id.
    pub id: TransactionId,
    /// When.
    pub timestamp: Timestamp,
    /// In whose channel.
    pub broadcaster_id: UserId,
    /// Its login.
    pub broadcaster_login: Login,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// Who bought.
    pub user_id: UserId,
    /// Their login.
    pub user_login: Login,
    /// Their display name.
    pub user_name: CompactString,
    /// What kind of transaction.
    pub product_type: ProductType,
    /// What was bought.
    pub product_data: ProductData,
}

open_enum! {
    /// A kind of transaction.
    pub enum ProductType {
        /// A product of an extension, for Bits.
        BitsInExtension = "BITS_IN_EXTENSION",
    }
}

/// What was bought in an extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProductData {
    /// The product's id.
    pub sku: CompactString,
    /// `twitch.ext.` and the extension's id.
    #[serde(default)]
    pub domain: CompactString,
    /// What it cost.
    pub cost: ProductCost,
    /// Whether it is in development and cannot be bought for good.
    #[serde(default, rename = "inDevelopment")]
    pub in_development: bool,
    /// The product's name.
    #[serde(rename = "displayName")]
    pub display_name: String,
    /// Always none so far: what can be bought does not expire.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub expiration: Option<CompactString>,
    /// Whether all instances of the extension were told.
    #[serde(default)]
    pub broadcast: bool,
}

/// What a product costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProductCost {
    /// How many.
    pub amount: u64,
    /// Of what: `bits`.
    #[serde(rename = "type")]
    pub kind: CompactString,
}

/// Gets a channel's custom power-ups.
#[derive(Clone, Debug, Serialize)]
pub struct GetCustomPowerUp {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Only these.
    pub id: Vec<PowerUpId>,
}

endpoint!(GetCustomPowerUp = "get-custom-power-up": get "/bits/custom_power_ups" => List<CustomPowerUp>,
    user(broadcaster_id), scopes: any(BitsRead));

impl GetCustomPowerUp {
    /// All custom power-ups of a channel.
    pub fn new(broadcaster: impl Into<UserId>) -> Self {
        GetCustomPowerUp { broadcaster_id: broadcaster.into(), id: vec![] }
    }

    /// Only these.
    #[must_use]
    pub fn only<I: Into<PowerUpId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.id = ids.into_iter().map(Into::into).collect();
        self
    }
}

/// Something a broadcaster offers for Bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomPowerUp {
    /// The channel.
    pub broadcaster_id: UserId,
    /// Its login.
    pub broadcaster_login: Login,
    /// Its display name.
    pub broadcaster_name: CompactString,
    /// The power-up's id.
    pub id: PowerUpId,
    /// The broadcaster's own pictures; none where they set none.
    #[serde(default)]
    pub image: Option<Images>,
    /// Twitch's pictures.
    pub default_image: Images,
    /// The background's colour.
    pub background_color: Color,
    /// Whether viewers can see it.
    pub is_enabled: bool,
    /// What it costs.
    pub bits: u64,
    /// Its title.
    pub title: String,
    /// What viewers are asked.
    #[serde(default)]
    pub prompt: String,
    /// Whether viewers have to write something.
    pub is_user_input_required: bool,
    /// How often it can be had in a stream.
    pub max_per_stream_setting: MaxPerStream,
    /// How often one viewer can have it in a stream.
    pub max_per_user_per_stream_setting: MaxPerUserPerStream,
    /// How long it rests after each time.
    pub global_cooldown_setting: GlobalCooldown,
    /// Whether it is paused.
    pub is_paused: bool,
    /// Whether it can be had at the moment.
    pub is_in_stock: bool,
    /// How often it was had in this stream; none where the channel is not live or does not count.
    #[serde(default)]
    pub redemptions_redeemed_current_stream: Option<u64>,
    /// Until when it rests; none where it does not.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub cooldown_expires_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::Endpoint;
    use crate::helix::api::fixture::{at, decode, query, refused};
    use serde_json::json;

    #[test]
    fn a_leaderboard_over_a_period_needs_a_time() {
        assert_eq!(query(&GetBitsLeaderboard::new()), "");
        let week = GetBitsLeaderboard::new().places(2).over(LeaderboardPeriod::Week, at("08:00:00"));
        let request = GetBitsLeaderboard { user_id: Some("1002".into()), ..week };
        assert_eq!(query(&request), "count=2&period=week&started_at=2026-01-02T08%3A00%3A00Z&user_id=1002");
        assert_eq!(request.owner(), None, "`user_id` is a filter, not the token's user");
        let wrong = GetBitsLeaderboard::new().places(101);
        assert_eq!(refused(&wrong), "`count` must be 1 to 100, is 101");
    }

    #[test]
    fn a_leaderboard_of_all_times_has_no_bounds() {
        let wire = json!({
            "data": [{"user_id": "1002", "user_login": "brook", "user_name": "Brook", "rank": 1, "score": 12_543}],
            "date_range": {"started_at": "", "ended_at": ""}, "total": 1,
        });
        assert_eq!(
            decode::<GetBitsLeaderboard>(wire),
            BitsLeaderboard {
                leaders: vec![BitsLeader {
                    user_id: "1002".into(),
                    user_login: "brook".into(),
                    user_name: "Brook".into(),
                    rank: 1,
                    score: 12_543,
                }],
                date_range: DateRange::default(),
                total: 1,
            }
        );
        let wire = json!({
            "data": [], "total": 0,
            "date_range": {"started_at": "2026-01-02T08:00:00Z", "ended_at": "2026-01-02T09:00:00Z"},
        });
        let board = decode::<GetBitsLeaderboard>(wire.clone());
        assert_eq!(
            board.date_range,
            DateRange { started_at: Some(at("08:00:00")), ended_at: Some(at("09:00:00")) }
        );
        assert_eq!(serde_json::to_value(&board).unwrap(), wire);
    }

    #[test]
    fn a_cheermote_has_pictures_by_background_motion_and_size() {
        assert_eq!(query(&GetCheermotes::global()), "");
        assert_eq!(query(&GetCheermotes::of("1001")), "broadcaster_id=1001");
        let wire = json!({
            "prefix": "Clap", "type": "channel_custom", "order": 3, "last_updated": "2026-01-02T08:00:00Z",
            "is_charitable": false,
            "tiers": [{
                "min_bits": 100, "id": "100", "color": "#9C3EE8", "can_cheer": true, "show_in_bits_card": false,
                "images": {
                    "light": {"animated": {"1.5": "https://pic.example/la"}, "static": {"1": "https://pic.example/ls"}},
                    "dark": {"animated": {"2": "https://pic.example/da"}, "static": {"4": "https://pic.example/ds"}},
                },
            }],
        });
        let cheermotes = decode::<GetCheermotes>(json!({"data": [wire]}));
        let theme = |animated: (&str, &str), still: (&str, &str)| CheermoteTheme {
            animated: BTreeMap::from([(animated.0.into(), animated.1.into())]),
            still: BTreeMap::from([(still.0.into(), still.1.into())]),
        };
        assert_eq!(
            cheermotes,
            [Cheermote {
                prefix: "Clap".into(),
                tiers: vec![CheermoteTier {
                    min_bits: 100,
                    id: "100".into(),
                    color: "#9C3EE8".into(),
                    images: CheermoteImages {
                        light: theme(("1.5", "https://pic.example/la"), ("1", "https://pic.example/ls")),
                        dark: theme(("2", "https://pic.example/da"), ("4", "https://pic.example/ds")),
                    },
                    can_cheer: true,
                    show_in_bits_card: false,
                }],
                kind: CheermoteType::ChannelCustom,
                order: 3,
                last_updated: at("08:00:00"),
                is_charitable: false,
            }]
        );
        assert_eq!(serde_json::to_value(&cheermotes[0]).unwrap(), wire);
    }

    #[test]
    fn a_transaction_decodes_to_the_field() {
        let request = GetExtensionTransactions::new("ext1").only(["t1", "t2"]);
        assert_eq!(query(&request), "extension_id=ext1&id=t1&id=t2");
        let wrong = GetExtensionTransactions::new("ext1").only((0..101).map(|n| n.to_string()));
        assert_eq!(refused(&wrong), "`id` wants 0 to 100 values, has 101");
        let wire = json!({
            "id": "t1", "timestamp": "2026-01-02T08:00:00.325Z", "broadcaster_id": "1001", "broadcaster_login": "ada",
            "broadcaster_name": "Ada", "user_id": "1002", "user_login": "brook", "user_name": "Brook",
            "product_type": "BITS_IN_EXTENSION",
            "product_data": {
                "sku": "hat", "domain": "twitch.ext.ext1", "cost": {"amount": 100, "type": "bits"},
                "inDevelopment": true, "displayName": "A hat", "expiration": null, "broadcast": true,
            },
        });
        let page = decode::<GetExtensionTransactions>(json!({"data": [wire], "pagination": {}}));
        assert_eq!(
            page.items,
            [ExtensionTransaction {
                id: "t1".into(),
                timestamp: at("08:00:00.325"),
                broadcaster_id: "1001".into(),
                broadcaster_login: "ada".into(),
                broadcaster_name: "Ada".into(),
                user_id: "1002".into(),
                user_login: "brook".into(),
                user_name: "Brook".into(),
                product_type: ProductType::BitsInExtension,
                product_data: ProductData {
                    sku: "hat".into(),
                    domain: "twitch.ext.ext1".into(),
                    cost: ProductCost { amount: 100, kind: "bits".into() },
                    in_development: true,
                    display_name: "A hat".into(),
                    expiration: None,
                    broadcast: true,
                },
            }]
        );
        assert_eq!(serde_json::to_value(&page.items[0]).unwrap(), wire);
    }

    #[test]
    fn a_custom_power_up_decodes_to_the_field() {
        let request = GetCustomPowerUp::new("1001").only(["p1", "p2"]);
        assert_eq!(query(&request), "broadcaster_id=1001&id=p1&id=p2");
        let images = json!({
            "url_1x": "https://pic.example/1", "url_2x": "https://pic.example/2", "url_4x": "https://pic.example/4",
        });
        let wire = json!({
            "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada", "id": "p1", "image": null,
            "default_image": images, "background_color": "#00E5CB", "is_enabled": true, "bits": 50, "title": "Wave",
            "prompt": "To whom?", "is_user_input_required": true,
            "max_per_stream_setting": {"is_enabled": true, "max_per_stream": 5},
            "max_per_user_per_stream_setting": {"is_enabled": false, "max_per_user_per_stream": 0},
            "global_cooldown_setting": {"is_enabled": true, "global_cooldown_seconds": 60},
            "is_paused": false, "is_in_stock": true, "redemptions_redeemed_current_stream": 2,
            "cooldown_expires_at": "2026-01-02T08:00:00Z",
        });
        let power_ups = decode::<GetCustomPowerUp>(json!({"data": [wire]}));
        assert_eq!(
            power_ups,
            [CustomPowerUp {
                broadcaster_id: "1001".into(),
                broadcaster_login: "ada".into(),
                broadcaster_name: "Ada".into(),
                id: "p1".into(),
                image: None,
                default_image: serde_json::from_value(images).unwrap(),
                background_color: "#00E5CB".into(),
                is_enabled: true,
                bits: 50,
                title: "Wave".into(),
                prompt: "To whom?".into(),
                is_user_input_required: true,
                max_per_stream_setting: MaxPerStream { is_enabled: true, max_per_stream: 5 },
                max_per_user_per_stream_setting: MaxPerUserPerStream {
                    is_enabled: false,
                    max_per_user_per_stream: 0
                },
                global_cooldown_setting: GlobalCooldown { is_enabled: true, global_cooldown_seconds: 60 },
                is_paused: false,
                is_in_stock: true,
                redemptions_redeemed_current_stream: Some(2),
                cooldown_expires_at: Some(at("08:00:00")),
            }]
        );
        assert_eq!(serde_json::to_value(&power_ups[0]).unwrap(), wire);
    }
}
