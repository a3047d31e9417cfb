//! What can be set about a world: Twitch's limits and delays ([`Settings`]), and how badly it behaves ([`Faults`]).

use std::time::Duration;

/// The limits, lifetimes and delays of a world; the defaults are Twitch's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Scheme and host in front of `/ws` in the reconnect URLs that the world hands out.
    pub reconnect_base: String,
    /// How long a user access token lives.
    pub user_token_life: Duration,
    /// How long an app access token lives.
    pub app_token_life: Duration,
    /// How long the single-use refresh token of a public client lives.
    pub refresh_token_life: Duration,
    /// Whether a confidential client also gets a new refresh token with each refresh; the old one stays valid.
    pub new_refresh_token_each_time: bool,
    /// The seconds between two polls that a device code asks for.
    pub device_interval: u64,
    /// Who approves every device code by itself, and how long after it was asked for.
    pub approve_devices: Option<(String, Duration)>,
    /// Who approves at `/oauth2/authorize`; without anyone the request is denied.
    pub approve_authorize: Option<String>,
    /// How long an authorisation code can be exchanged.
    pub code_life: Duration,
    /// The points of one rate-limit bucket.
    pub points: u32,
    /// How long after its first use a bucket is full again, rounded up to a whole second of the wall clock.
    pub refill: Duration,
    /// How long after a 429 further calls are excused as having been under way already.
    pub in_flight: Duration,
    /// How many refreshes without need are let pass, for a harness that restarts clients from an old store.
    pub spare_refreshes: usize,
    /// How long after the upgrade a socket is welcomed.
    pub welcome_after: Duration,
    /// How long a welcomed socket may stay without a subscription before close code 4003.
    pub use_within: Duration,
    /// The longest silence, in seconds, that a client may ask for; less than the shortest of 10, and every socket has
    /// this one.
    pub longest_keepalive: u64,
    /// How often a socket is pinged.
    pub ping_every: Duration,
    /// How long a pong may take before close code 4002.
    pub pong_within: Duration,
    /// How long a client may take to move to a reconnect URL before close code 4004.
    pub reconnect_within: Duration,
    /// Whether a socket on a reconnect URL is welcomed with a new session id (Twitch keeps the old one).
    pub new_session_id: bool,
    /// Whether a 409 names the subscription that exists.
    pub conflict_names_twin: bool,
    /// How long the subscriptions of a dead connection count against the limits.
    pub dead_count_for: Duration,
    /// Whether a subscription that is disabled can be deleted.
    pub delete_dead: bool,
    /// How long disabled subscriptions stay listed.
    pub dead_listed_for: Duration,
    /// The sockets with subscriptions that one user may have with one client id.
    pub sockets_per_user: usize,
    /// The enabled subscriptions that one socket may carry.
    pub subscriptions_per_socket: usize,
    /// The subscriptions with the same type and condition that one client may have.
    pub same_condition: usize,
    /// The cost that one user's WebSocket subscriptions may reach.
    pub max_cost: u64,
    /// The cost that an app's webhook and conduit subscriptions may reach.
    pub app_max_cost: u64,
    /// The entries on one page of EventSub's lists, and the most that `first` gives elsewhere.
    pub page: usize,
    /// How long a conduit lives with all its shards disabled.
    pub conduit_life: Duration,
    /// How many notifications in a row a webhook's callback may fail to take, each in four attempts, before it is given up.
    pub webhook_failures: usize,
}

impl Default for Settings {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        Settings {
            reconnect_base: "wss://eventsub.wss.twitch.tv".into(),
            user_token_life: Duration::from_secs(4 * HOUR),
            app_token_life: Duration::from_secs(60 * 24 * HOUR),
            refresh_token_life: Duration::from_secs(30 * 24 * HOUR),
            new_refresh_token_each_time: false,
            device_interval: 5,
            approve_devices: None,
            approve_authorize: None,
            code_life: Duration::from_secs(600),
            points: 800,
            refill: Duration::from_secs(60),
            in_flight: Duration::from_secs(5),
            spare_refreshes: 0,
            welcome_after: Duration::ZERO,
            use_within: Duration::from_secs(10),
            longest_keepalive: 600,
            ping_every: Duration::from_secs(30),
            pong_within: Duration::from_secs(10),
            reconnect_within: Duration::from_secs(30),
            new_session_id: false,
            conflict_names_twin: true,
            dead_count_for: Duration::from_secs(60),
            delete_dead: true,
            dead_listed_for: Duration::from_secs(HOUR),
            sockets_per_user: 3,
            subscriptions_per_socket: 300,
            same_condition: 3,
            max_cost: 10,
            app_max_cost: 10_000,
            page: 100,
            conduit_life: Duration::from_secs(72 * HOUR),
            webhook_failures: 3,
        }
    }
}

/// How badly the world behaves: the share of cases, from 0 to 1, in which each thing goes wrong.
///
/// The world's own seed decides which cases. What happens on the way (delay, reordering, loss) is not here: that is the
/// harness's business ([`Network`](crate::harness::Network)).
///
/// # What plays what
///
/// Each oddity of Twitch that is known, and the fault of this list, the [setting](Settings), the [action](super::Action) or the
/// method of [`World`](super::World) that plays it. What is *always* so is not to be switched off.
///
/// | sockets | |
/// | --- | --- |
/// | a client that sends a frame is closed with 4001 | always |
/// | a socket that is not used is closed with 4003 | `use_within` |
/// | a missing pong is closed with 4002 | `ping_every`, `pong_within` |
/// | a keepalive comes just as the interval ends; its length is clamped | always, `longest_keepalive` |
/// | a socket is refused, or never welcomed, or welcomed late | `refuse_socket`, `no_welcome`, `welcome_after` |
/// | a requested reconnect; the old socket goes on for a while | `Reconnect`, `reconnect_within` |
/// | the session has another id after it | `new_session_id` |
/// | a message comes on both sockets | `both_sockets` |
/// | a subscription is left behind | `left_behind` |
/// | close codes 4000 to 4007, and others | `CloseSockets` |
/// | a connection that breaks, with events or without | `drop_after_event`, `DropSockets` |
/// | a connection that falls silent | `SilenceSockets` |
/// | the server restarts | `Restart` |
/// | a message comes twice | `duplicate`, `RepeatLatest` |
/// | another message id for the same event, by an orphaned subscription | always, while a dead session is not noticed: `ping_every` |
/// | timestamps with fewer digits | `short_stamps` |
/// | topics that no socket carries | always |
/// | types, fields and values that nobody knows, and no message at all | `unknown_message`, `unknown_event`, `novelty`, `malformed` |
/// | `recovery_url`, versions that are words | always |
///
/// | subscriptions and conduits | |
/// | --- | --- |
/// | limits, costs, and the four kinds of 429 | `sockets_per_user`, `subscriptions_per_socket`, `same_condition`, `max_cost`, `app_max_cost`, `points` |
/// | 409 with and without the twin's id | `conflict_names_twin` |
/// | 403, 410, 400 for a lost session or another's, 500 for an id that is no number | always |
/// | dead subscriptions count, are listed, can be deleted | `dead_count_for`, `dead_listed_for`, `delete_dead` |
/// | Twitch ends a subscription | `Revoke`, `RevokeSubscription` |
/// | some shards of a PATCH are refused | `shard_refused` |
/// | a shard's end is not told | `shard_notice_lost` |
/// | one retry on one other shard, high shards stay listed | always, `dead_count_for` |
/// | a conduit that is dead for long is deleted, or by somebody | `conduit_life`, `World::delete_conduit_now` |
/// | a callback that does not answer | `webhook_failures`, `World::answered` |
///
/// | tokens | |
/// | --- | --- |
/// | they expire, early or at once | `user_token_life`, `app_token_life`, `Expire`, `World::expire_app` |
/// | a refresh token works once, lives 30 days, and revokes everything if it is spent twice | always, for a public client; `refresh_token_life` |
/// | a refresh brings another refresh token | `new_refresh_token_each_time` |
/// | `/token` fails, before or after its work | `token_5xx`, `token_done_5xx` |
/// | `scope` as text, null or absent; no `expires_in` | `odd_tokens` |
/// | a device that waits for its user | `approve_devices`, `device_interval` |
///
/// | Helix | |
/// | --- | --- |
/// | 5xx with HTML or nothing, before or after the work | `helix_5xx`, `helix_done_5xx`, `bare_5xx` |
/// | 429, of a full bucket or for no reason | `points`, `refill`, `helix_429` |
/// | 401 for a token that is valid | `helix_401` |
/// | an answer ends in its middle | `cut_short` |
/// | an empty page, or a cursor behind the last one | `odd_page` |
/// | cursors that repeat or are refused | `cursor_repeats`, `cursor_refused` |
/// | null for an empty list or pagination, or nothing at all | `nulls`, `absent` |
/// | withdrawn operations, irregular shapes, `""` and null for none | always |
/// | messages that are dropped | chat's settings, bans and blocked terms, by `Call` |
///
/// | events | |
/// | --- | --- |
/// | null for an empty list | `nulls` |
/// | numbers and flags as text | `quoted` |
/// | a charity without a target, and so without a currency | `Show::Charity` with a target of 0 |
/// | the odd parts of a suspicious user's message | always |
/// | AutoMod's category `invalid` | `Deed::WriteHeld` |
/// | any other shape | `Emit` |
#[derive(Clone, Debug, PartialEq)]
pub struct Faults {
    /// A Helix call is refused with a 5xx and an HTML body; nothing was done.
    pub helix_5xx: f64,
    /// A Helix call is done, but answered with a 5xx.
    pub helix_done_5xx: f64,
    /// A Helix call is refused with 429, and its bucket stays empty for some seconds.
    pub helix_429: f64,
    /// A Helix call with a valid token is answered with 401.
    pub helix_401: f64,
    /// A page of a list is empty though more follows, or has a cursor though nothing follows.
    pub odd_page: f64,
    /// `/token` answers 500; nothing was done.
    pub token_5xx: f64,
    /// `/token` does its work, then answers 500.
    pub token_done_5xx: f64,
    /// A WebSocket upgrade is refused with 503.
    pub refuse_socket: f64,
    /// A socket is accepted and never welcomed.
    pub no_welcome: f64,
    /// A notification is sent again some seconds later, with the same message id.
    pub duplicate: f64,
    /// During a handover a notification goes to both sockets.
    pub both_sockets: f64,
    /// A frame that is no valid message comes before a message.
    pub malformed: f64,
    /// A message of a type that nobody has seen comes before a message.
    pub unknown_message: f64,
    /// A notification of a subscription type that nobody has seen comes before a message.
    pub unknown_event: f64,
    /// An event has fields and enum values that nobody has seen.
    pub novelty: f64,
    /// A socket drops without a close frame just after a notification was written to it.
    pub drop_after_event: f64,
    /// A subscription does not come along when its session moves, and nobody says so.
    pub left_behind: f64,
    /// A shard assignment is refused for that one shard.
    pub shard_refused: f64,
    /// The body of an answer ends in its middle; what was asked for is done.
    pub cut_short: f64,
    /// A cursor that Twitch gave is refused with 400.
    pub cursor_refused: f64,
    /// A page behind a cursor ends with the same cursor, for ever.
    pub cursor_repeats: f64,
    /// Empty lists in Helix and in events, and an empty `pagination`, come as null.
    pub nulls: f64,
    /// Nobody hears that a shard was disabled.
    pub shard_notice_lost: f64,
    /// An empty `data` and an empty `pagination` are left out of Helix's answers.
    pub absent: f64,
    /// A 5xx has no body.
    pub bare_5xx: f64,
    /// The timestamp of a message has fewer than nine fractional digits, or none.
    pub short_stamps: f64,
    /// `/token` says `scope` as one string, as null or not at all; `/validate` leaves `expires_in` out.
    pub odd_tokens: f64,
    /// Numbers and flags of an ad break come as strings.
    pub quoted: f64,
}

impl Faults {
    /// A world that behaves.
    pub const NONE: Faults = Faults::all(0.0);

    /// Everything goes wrong at this rate.
    pub const fn all(rate: f64) -> Self {
        Faults {
            helix_5xx: rate,
            helix_done_5xx: rate,
            helix_429: rate,
            helix_401: rate,
            odd_page: rate,
            token_5xx: rate,
            token_done_5xx: rate,
            refuse_socket: rate,
            no_welcome: rate,
            duplicate: rate,
            both_sockets: rate,
            malformed: rate,
            unknown_message: rate,
            unknown_event: rate,
            novelty: rate,
            drop_after_event: rate,
            left_behind: rate,
            shard_refused: rate,
            cut_short: rate,
            cursor_refused: rate,
            cursor_repeats: rate,
            nulls: rate,
            shard_notice_lost: rate,
            absent: rate,
            bare_5xx: rate,
            short_stamps: rate,
            odd_tokens: rate,
            quoted: rate,
        }
    }
}

impl Default for Faults {
    fn default() -> Self {
        Faults::NONE
    }
}
