//! Where the world may differ from the documentation, each with its reason, and what it does not have yet.

/// Operation, part of the difference's words, reason.
type Exceptions = &'static [(&'static str, &'static str, &'static str)];

pub(crate) const DIFFERENCES: Exceptions = &[
    ("create-eventsub-subscription", "transport.", NO_CONDUIT),
    ("get-eventsub-subscriptions", "transport.", NO_CONDUIT),
    ("get-streams", ".data[].tags is null", "null where there are none, as seen on the wire"),
    ("get-bits-leaderboard", ".date_range.", "empty where there is no period, as documented in words"),
    ("create-custom-rewards", ".image", NO_IMAGE),
    ("get-custom-reward", ".image", NO_IMAGE),
    ("update-custom-reward", ".image", NO_IMAGE),
    ("create-prediction", ".top_predictors[]", "nobody has predicted yet"),
    ("create-channel-stream-schedule-segment", ".vacation", NO_VACATION),
    ("update-channel-stream-schedule-segment", ".vacation", NO_VACATION),
    ("get-videos", ".muted_segments[]", "nothing is muted"),
    ("get-hype-train-status", ".current.", HYPE_TRAIN),
    ("get-hype-train-status", ".all_time_high", HYPE_TRAIN),
    ("get-hype-train-status", ".shared_all_time_high", HYPE_TRAIN),
];

const NO_IMAGE: &str = "null where there is none, as documented in words";
const NO_VACATION: &str = "null where there is none, as documented in words";
const HYPE_TRAIN: &str = "the schema has the fields one level off; its own example has them here";
const NO_CONDUIT: &str = "the schema does not know the transport of conduits";

/// Operations whose own refusals the world never has reason for.
pub(crate) const NEVER_REFUSED: &[(&str, &str)] = &[
    ("get-conduits", "it has no parameters that could be wrong"),
    ("get-extension-secrets", "it has no parameters that could be wrong"),
];

/// Operations that are not here yet, by category.
pub(crate) const MISSING: &[(&str, &str)] = &[
    ("Ads", "start-commercial"),
    ("Ads", "get-ad-schedule"),
    ("Ads", "snooze-next-ad"),
    ("CCLs", "get-content-classification-labels"),
    ("Channels", "modify-channel-information"),
    ("Channels", "get-channel-editors"),
    ("Games", "get-top-games"),
    ("Games", "get-games"),
    ("Guest Star", "get-channel-guest-star-settings"),
    ("Guest Star", "update-channel-guest-star-settings"),
    ("Guest Star", "get-guest-star-session"),
    ("Guest Star", "create-guest-star-session"),
    ("Guest Star", "end-guest-star-session"),
    ("Guest Star", "get-guest-star-invites"),
    ("Guest Star", "send-guest-star-invite"),
    ("Guest Star", "delete-guest-star-invite"),
    ("Guest Star", "assign-guest-star-slot"),
    ("Guest Star", "update-guest-star-slot"),
    ("Guest Star", "delete-guest-star-slot"),
    ("Guest Star", "update-guest-star-slot-settings"),
    ("Raids", "start-a-raid"),
    ("Raids", "cancel-a-raid"),
    ("Search", "search-categories"),
    ("Search", "search-channels"),
    ("Streams", "get-stream-key"),
    ("Streams", "get-followed-streams"),
    ("Streams", "create-stream-marker"),
    ("Streams", "get-stream-markers"),
    ("Tags", "get-all-stream-tags"),
    ("Tags", "get-stream-tags"),
    ("Teams", "get-channel-teams"),
    ("Teams", "get-teams"),
    ("Users", "update-user"),
    ("Users", "get-authorization-by-user"),
    ("Users", "get-user-block-list"),
    ("Users", "block-user"),
    ("Users", "unblock-user"),
    ("Users", "get-user-extensions"),
    ("Users", "get-user-active-extensions"),
    ("Users", "update-user-extensions"),
    ("Whispers", "send-whisper"),
];
