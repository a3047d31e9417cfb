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

const NULL_LIST: &str = "null where there are none, as seen on the wire";
const NO_LIST: &str = "the schema lacks the list that the example has";

const NO_CONDUIT: &str = "the schema does not know the transport of conduits";

/// Operations whose own refusals the world never has reason for.
pub(crate) const NEVER_REFUSED: &[(&str, &str)] = &[
    ("get-conduits", "it has no parameters that could be wrong"),
    ("get-extension-secrets", "it has no parameters that could be wrong"),
];

/// Operations that are not here yet, by category.
pub(crate) const MISSING: &[(&str, &str)] = &[];
