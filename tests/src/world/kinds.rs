//! The subscription types that the world knows: their conditions, and whose permission each needs.

/// One subscription type in one version.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// The parts that its condition must have.
    pub(super) needs: &'static [&'static str],
    /// The parts that its condition may have; Twitch answers with `""` where they are left out.
    pub(super) may: &'static [&'static str],
    /// The part of the condition that names the user whose permission it takes.
    pub(super) by: &'static str,
    /// Any scope of each set; no sets: nobody's permission.
    pub(super) scopes: &'static [&'static [&'static str]],
}

/// Types that Twitch has withdrawn in this version.
pub(super) const WITHDRAWN: [(&str, &str); 5] = [
    ("channel.follow", "1"),
    ("channel.update", "1"),
    ("channel.hype_train.begin", "1"),
    ("channel.hype_train.progress", "1"),
    ("channel.hype_train.end", "1"),
];

pub(super) fn kind(name: &str, version: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name && kind.version == version)
}

type Words = &'static [&'static str];

const B: &str = "broadcaster_user_id";
const M: &str = "moderator_user_id";
const U: &str = "user_id";
const ON_B: Words = &[B];
const ON_BM: Words = &[B, M];
const ON_BU: Words = &[B, U];

/// Nobody's permission.
const fn open(name: &'static str, needs: Words) -> Kind {
    Kind { name, version: "1", needs, may: &[], by: "", scopes: &[] }
}

/// The broadcaster's permission.
const fn owner(name: &'static str, scopes: &'static [Words]) -> Kind {
    Kind { name, version: "1", needs: ON_B, may: &[], by: B, scopes }
}

/// A moderator's permission.
const fn moderator(name: &'static str, scopes: &'static [Words]) -> Kind {
    Kind { name, version: "1", needs: ON_BM, may: &[], by: M, scopes }
}

/// The reading user's permission.
const fn reader(name: &'static str) -> Kind {
    Kind { name, version: "1", needs: ON_BU, may: &[], by: U, scopes: &[&["user:read:chat"]] }
}

/// The broadcaster's permission, for all rewards or one.
const fn reward(name: &'static str) -> Kind {
    Kind { name, version: "1", needs: ON_B, may: &["reward_id"], by: B, scopes: REDEMPTIONS }
}

const fn version(version: &'static str, kind: Kind) -> Kind {
    Kind { version, ..kind }
}

const AUTOMOD: &[Words] = &[&["moderator:manage:automod"]];
const BITS: &[Words] = &[&["bits:read"]];
const SUBSCRIPTIONS: &[Words] = &[&["channel:read:subscriptions"]];
const REDEMPTIONS: &[Words] = &[&["channel:read:redemptions", "channel:manage:redemptions"]];
const POLLS: &[Words] = &[&["channel:read:polls", "channel:manage:polls"]];
const PREDICTIONS: &[Words] = &[&["channel:read:predictions", "channel:manage:predictions"]];
const GOALS: &[Words] = &[&["channel:read:goals"]];
const HYPE_TRAIN: &[Words] = &[&["channel:read:hype_train"]];
const CHARITY: &[Words] = &[&["channel:read:charity"]];
const VIPS: &[Words] = &[&["channel:read:vips", "channel:manage:vips"]];
const SHIELD: &[Words] = &[&["moderator:read:shield_mode", "moderator:manage:shield_mode"]];
const SHOUTOUTS: &[Words] = &[&["moderator:read:shoutouts", "moderator:manage:shoutouts"]];
const SUSPICIOUS: &[Words] = &[&["moderator:read:suspicious_users"]];
const UNBANS: &[Words] = &[&["moderator:read:unban_requests", "moderator:manage:unban_requests"]];
const WARNINGS: &[Words] = &[&["moderator:read:warnings", "moderator:manage:warnings"]];
const GUEST_STAR: &[Words] = &[&[
    "channel:read:guest_star",
    "channel:manage:guest_star",
    "moderator:read:guest_star",
    "moderator:manage:guest_star",
]];
const MODERATE: &[Words] = &[
    &["moderator:read:blocked_terms", "moderator:manage:blocked_terms"],
    &["moderator:read:chat_settings", "moderator:manage:chat_settings"],
    &["moderator:read:unban_requests", "moderator:manage:unban_requests"],
    &["moderator:read:banned_users", "moderator:manage:banned_users"],
    &["moderator:read:chat_messages", "moderator:manage:chat_messages"],
    &["moderator:read:moderators"],
    &["moderator:read:vips"],
];

const KINDS: &[Kind] = &[
    moderator("automod.message.hold", AUTOMOD),
    version("2", moderator("automod.message.hold", AUTOMOD)),
    moderator("automod.message.update", AUTOMOD),
    version("2", moderator("automod.message.update", AUTOMOD)),
    moderator("automod.settings.update", &[&["moderator:read:automod_settings"]]),
    moderator("automod.terms.update", AUTOMOD),
    owner("channel.bits.use", BITS),
    version("2", open("channel.update", ON_B)),
    version("2", moderator("channel.follow", &[&["moderator:read:followers"]])),
    owner("channel.ad_break.begin", &[&["channel:read:ads"]]),
    reader("channel.chat.clear"),
    reader("channel.chat.clear_user_messages"),
    reader("channel.chat.message"),
    reader("channel.chat.message_delete"),
    reader("channel.chat.notification"),
    reader("channel.chat_settings.update"),
    reader("channel.chat.user_message_hold"),
    reader("channel.chat.user_message_update"),
    open("channel.shared_chat.begin", ON_B),
    open("channel.shared_chat.update", ON_B),
    open("channel.shared_chat.end", ON_B),
    owner("channel.subscribe", SUBSCRIPTIONS),
    owner("channel.subscription.end", SUBSCRIPTIONS),
    owner("channel.subscription.gift", SUBSCRIPTIONS),
    owner("channel.subscription.message", SUBSCRIPTIONS),
    owner("channel.cheer", BITS),
    Kind { may: &["from_broadcaster_user_id", "to_broadcaster_user_id"], ..open("channel.raid", &[]) },
    owner("channel.ban", &[&["channel:moderate"]]),
    owner("channel.unban", &[&["channel:moderate"]]),
    moderator("channel.unban_request.create", UNBANS),
    moderator("channel.unban_request.resolve", UNBANS),
    moderator("channel.moderate", MODERATE),
    version("2", moderator("channel.moderate", MODERATE)),
    owner("channel.moderator.add", &[&["moderation:read"]]),
    owner("channel.moderator.remove", &[&["moderation:read"]]),
    version("beta", moderator("channel.guest_star_session.begin", GUEST_STAR)),
    version("beta", moderator("channel.guest_star_session.end", GUEST_STAR)),
    version("beta", moderator("channel.guest_star_guest.update", GUEST_STAR)),
    version("beta", moderator("channel.guest_star_settings.update", GUEST_STAR)),
    owner("channel.channel_points_automatic_reward_redemption.add", REDEMPTIONS),
    version("2", owner("channel.channel_points_automatic_reward_redemption.add", REDEMPTIONS)),
    owner("channel.channel_points_custom_reward.add", REDEMPTIONS),
    reward("channel.channel_points_custom_reward.update"),
    reward("channel.channel_points_custom_reward.remove"),
    reward("channel.channel_points_custom_reward_redemption.add"),
    reward("channel.channel_points_custom_reward_redemption.update"),
    Kind { may: &["reward_id"], ..owner("channel.custom_power_up_redemption.add", BITS) },
    owner("channel.poll.begin", POLLS),
    owner("channel.poll.progress", POLLS),
    owner("channel.poll.end", POLLS),
    owner("channel.prediction.begin", PREDICTIONS),
    owner("channel.prediction.progress", PREDICTIONS),
    owner("channel.prediction.lock", PREDICTIONS),
    owner("channel.prediction.end", PREDICTIONS),
    moderator("channel.suspicious_user.message", SUSPICIOUS),
    moderator("channel.suspicious_user.update", SUSPICIOUS),
    owner("channel.vip.add", VIPS),
    owner("channel.vip.remove", VIPS),
    moderator("channel.warning.acknowledge", WARNINGS),
    moderator("channel.warning.send", WARNINGS),
    owner("channel.charity_campaign.donate", CHARITY),
    owner("channel.charity_campaign.start", CHARITY),
    owner("channel.charity_campaign.progress", CHARITY),
    owner("channel.charity_campaign.stop", CHARITY),
    Kind { may: &["conduit_id"], ..open("conduit.shard.disabled", &["client_id"]) },
    Kind { may: &["category_id", "campaign_id"], ..open("drop.entitlement.grant", &["organization_id"]) },
    open("extension.bits_transaction.create", &["extension_client_id"]),
    owner("channel.goal.begin", GOALS),
    owner("channel.goal.progress", GOALS),
    owner("channel.goal.end", GOALS),
    version("2", owner("channel.hype_train.begin", HYPE_TRAIN)),
    version("2", owner("channel.hype_train.progress", HYPE_TRAIN)),
    version("2", owner("channel.hype_train.end", HYPE_TRAIN)),
    moderator("channel.shield_mode.begin", SHIELD),
    moderator("channel.shield_mode.end", SHIELD),
    moderator("channel.shoutout.create", SHOUTOUTS),
    moderator("channel.shoutout.receive", SHOUTOUTS),
    open("stream.online", ON_B),
    open("stream.offline", ON_B),
    open("user.authorization.grant", &["client_id"]),
    open("user.authorization.revoke", &["client_id"]),
    open("user.update", &[U]),
    Kind {
        by: U,
        scopes: &[&["user:read:whispers", "user:manage:whispers"]],
        ..open("user.whisper.message", &[U])
    },
];
