//! Where the world may differ from the documentation, each with its reason, and what it does not have yet.

/// Operation, part of the difference's words, reason.
type Exceptions = &'static [(&'static str, &'static str, &'static str)];

pub(crate) const DIFFERENCES: Exceptions = &[
    ("create-eventsub-subscription", "transport.", NO_CONDUIT),
    ("get-eventsub-subscriptions", "transport.", NO_CONDUIT),
    ("get-streams", ".data[].tags is null", NULL_LIST),
    ("get-followed-streams", ".data[].tags is null", NULL_LIST),
    ("get-channel-teams", "is null", "null where there is no picture, as seen on the wire"),
    ("get-teams", "is null", "null where there is no picture, as seen on the wire"),
    ("search-channels", ".data[].started_at is \"\"", "empty where nobody is live, as described"),
    ("get-channel-guest-star-settings", "is missing", NO_LIST),
    ("get-channel-guest-star-settings", ".data is not documented", NO_LIST),
];

const NULL_LIST: &str = "null where there are none, as seen on the wire";
const NO_LIST: &str = "the schema lacks the list that the example has";

const NO_CONDUIT: &str = "the schema does not know the transport of conduits";

/// Operations whose own refusals the world never has reason for.
pub(crate) const NEVER_REFUSED: &[(&str, &str)] =
    &[("get-conduits", "it has no parameters that could be wrong")];

/// Operations that are not here yet, by category.
pub(crate) const MISSING: &[(&str, &str)] = &[
    ("Analytics", "get-extension-analytics"),
    ("Analytics", "get-game-analytics"),
    ("Bits", "get-bits-leaderboard"),
    ("Bits", "get-cheermotes"),
    ("Bits", "get-extension-transactions"),
    ("Bits", "get-custom-power-up"),
    ("Channel Points", "create-custom-rewards"),
    ("Channel Points", "delete-custom-reward"),
    ("Channel Points", "get-custom-reward"),
    ("Channel Points", "update-custom-reward"),
    ("Channel Points", "get-custom-reward-redemption"),
    ("Channel Points", "update-redemption-status"),
    ("Charity", "get-charity-campaign"),
    ("Charity", "get-charity-campaign-donations"),
    ("Clips", "create-clip"),
    ("Clips", "get-clips"),
    ("Clips", "create-clip-from-vod"),
    ("Clips", "get-clips-download"),
    ("Entitlements", "get-drops-entitlements"),
    ("Entitlements", "update-drops-entitlements"),
    ("Extensions", "get-extension-configuration-segment"),
    ("Extensions", "set-extension-configuration-segment"),
    ("Extensions", "set-extension-required-configuration"),
    ("Extensions", "send-extension-pubsub-message"),
    ("Extensions", "get-extension-live-channels"),
    ("Extensions", "get-extension-secrets"),
    ("Extensions", "create-extension-secret"),
    ("Extensions", "send-extension-chat-message"),
    ("Extensions", "get-extensions"),
    ("Extensions", "get-released-extensions"),
    ("Extensions", "get-extension-bits-products"),
    ("Extensions", "update-extension-bits-product"),
    ("Goals", "get-creator-goals"),
    ("Hype Train", "get-hype-train-status"),
    ("Polls", "get-polls"),
    ("Polls", "create-poll"),
    ("Polls", "end-poll"),
    ("Predictions", "get-predictions"),
    ("Predictions", "create-prediction"),
    ("Predictions", "end-prediction"),
    ("Schedule", "get-channel-stream-schedule"),
    ("Schedule", "get-channel-icalendar"),
    ("Schedule", "update-channel-stream-schedule"),
    ("Schedule", "create-channel-stream-schedule-segment"),
    ("Schedule", "update-channel-stream-schedule-segment"),
    ("Schedule", "delete-channel-stream-schedule-segment"),
    ("Subscriptions", "get-broadcaster-subscriptions"),
    ("Subscriptions", "check-user-subscription"),
    ("Videos", "get-videos"),
    ("Videos", "delete-videos"),
];
