//! Where the world may differ from the documentation, each with its reason.

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
    ("get-hype-train-status", ".current.", HYPE_TRAIN),
    ("get-hype-train-status", ".all_time_high", HYPE_TRAIN),
    ("get-hype-train-status", ".shared_all_time_high", HYPE_TRAIN),
];

const NULL_LIST: &str = "null where there are none, as seen on the wire";
const NO_LIST: &str = "the schema lacks the list that the example has";
const NO_IMAGE: &str = "null where there is none, as documented in words";
const HYPE_TRAIN: &str = "the schema has the fields one level off; its own example has them here";
const NO_CONDUIT: &str = "the schema does not know the transport of conduits";

/// Operations whose own refusals the world never has reason for.
pub(crate) const NEVER_REFUSED: &[(&str, &str)] = &[
    ("get-conduits", "it has no parameters that could be wrong"),
    ("get-extension-secrets", "it has no parameters that could be wrong"),
];

/// How events differ from the documented examples: the beginning of the difference's words, reason.
pub(crate) const EVENTS: &[(&str, &str)] = &[
    ("automod.message.hold 1 lacks fragments", "beside the text only in the example"),
    ("automod.message.update 1 lacks fragments", "beside the text only in the example"),
    ("automod.settings.update 1 ", "the example wraps the event in a list, which the table does not have"),
    ("channel.bits.use 1 adds custom_power_up", NEWER),
    ("channel.chat.message 1 adds channel_points_animation_id", "in the table of fields"),
    ("channel.chat.notification 1 adds is_source_only", NEWER),
    ("channel.guest_star_guest.update beta adds host_user_", "in the table of fields"),
    ("channel.guest_star_session.end beta adds host_user_", "in the table of fields"),
    ("channel.moderate 1 adds source_broadcaster_user_", "in the table of fields"),
    ("stream.offline 1 adds id", NEWER),
];

const NEWER: &str = "newer than the examples";
