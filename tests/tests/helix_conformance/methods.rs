//! What another client offers as a method of its own, written as one call with this library: a line for each.
//!
//! A list of such methods may lie beside the workspace; then no row of it may be missing here.

use super::operations::HOUR;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use twitchwire::eventsub::topic::channel::ChannelFollow;
use twitchwire::eventsub::{SubscriptionStatus, Transport};
use twitchwire::helix::api::*;
use twitchwire::helix::{Endpoint, Paged, Pager, Prepared, Value};

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/requirements/methods.csv");

/// A method: its name, the operation it calls, and whether its pages are walked.
type Row = (&'static str, String, bool);

/// A single call.
fn one<E: Endpoint>(name: &'static str, request: E) -> Row {
    Prepared::new(&request).expect("a request that keeps the limits");
    (name, format!("{} {}", E::META.method, E::META.path), false)
}

/// A walk over pages.
fn pages<E: Endpoint>(name: &'static str, request: E) -> Row
where
    Value<E>: Paged,
{
    assert!(Pager::new(&request).expect("a walk").limit(500).next().is_some());
    (name, format!("{} {}", E::META.method, E::META.path), true)
}

fn subscription(transport: Transport) -> CreateEventSubSubscription {
    CreateEventSubSubscription::new(&ChannelFollow::new("1", "2"), transport).expect("a request")
}

/// Not written as a call, or not as a walk, and why.
const REASONS: &[(&str, &str)] = &[
    ("UserAPI.get_ad_schedule", "listed as paginated; Twitch gives one schedule"),
    ("PaginatedRequest.__aiter__", "a Pager, or an adapter's pages()"),
    ("PaginatedRequest.__await__", "Pager::accept: one page"),
    ("PaginatedRequest.__call__", "Pager::accept_items with Pager::limit"),
    ("PaginatedRequest.before", "Pager::backwards"),
];

#[rustfmt::skip]
fn app() -> Vec<Row> {
    let now = Timestamp::UNIX_EPOCH;
    vec![
        one("add_suspicious_user_status", AddSuspiciousStatus::monitor("1", "2", "3")),
        one("create_clip_from_vod", CreateClipFromVod::new("1", "2", "v", 60, "t").for_seconds(30.0)),
        one("create_conduit", CreateConduits::new(20_000)),
        one("create_eventsub_subscription", subscription(Transport::Conduit { conduit_id: "c".into() })),
        one("delete_conduit", DeleteConduit::new("c")),
        one("delete_eventsub_subscription", DeleteEventSubSubscription::new("s")),
        one("get_channel_chat_badges", GetChannelChatBadges::new("1")),
        one("get_channel_emotes", GetChannelEmotes::new("1")),
        one("get_channel_information", GetChannelInformation::new(["1", "2"])),
        pages("get_channel_stream_schedule", GetChannelStreamSchedule::new("1").only(["s"]).starting(now)),
        one("get_channel_teams", GetChannelTeams::new("1")),
        one("get_chat_settings", GetChatSettings::new("1")),
        one("get_cheermotes", GetCheermotes::of("1")),
        pages("get_clips_by_category_id", GetClips::by_game("1").between(now, now + HOUR).featured(true)),
        pages("get_clips_by_id", GetClips::by_id(["c"]).featured(true)),
        pages("get_clips_by_user_id", GetClips::by_broadcaster("1").between(now, now + HOUR)),
        one("get_clips_downloads", GetClipsDownload::new("1", "2", ["c"])),
        pages("get_conduit_shards", GetConduitShards::new("c").with_status(ShardStatus::Enabled)),
        one("get_conduits", GetConduits {}),
        one("get_content_classification_labels", GetContentClassificationLabels::in_locale("en-US")),
        pages("get_drops_entitlements", GetDropsEntitlements::by_id(["d"]).of_user("1").of_game("2").with_status(FulfillmentStatus::Claimed)),
        one("get_emote_sets", GetEmoteSets::new(["s"])),
        one("get_eventsub_subscription_by_id", GetEventSubSubscriptions::by_id("s")),
        pages("get_eventsub_subscriptions", GetEventSubSubscriptions::all()),
        pages("get_eventsub_subscriptions_by_status", GetEventSubSubscriptions::with_status(SubscriptionStatus::Enabled)),
        pages("get_eventsub_subscriptions_by_type", GetEventSubSubscriptions::of_type("channel.follow")),
        pages("get_eventsub_subscriptions_by_user_id", GetEventSubSubscriptions::of_user("1")),
        one("get_eventsub_subscriptions_summary", GetEventSubSubscriptions::all()),
        one("get_extension_bits_products", GetExtensionBitsProducts::all()),
        one("get_extension_channel_configuration", GetExtensionConfigurationSegment::of_channel("x", "1", [ExtensionSegment::Broadcaster])),
        pages("get_extension_live_channels", GetExtensionLiveChannels::new("x")),
        pages("get_extension_transactions", GetExtensionTransactions::new("x").only(["t"])),
        one("get_games", GetGames::by_name(["n"])),
        one("get_global_chat_badges", GetGlobalChatBadges {}),
        one("get_global_emotes", GetGlobalEmotes {}),
        one("get_shared_chat_session", GetSharedChatSession::new("1")),
        pages("get_streams", GetStreams::by_login(["ada"]).in_languages(["en"])),
        one("get_team_by_id", GetTeams::by_id("t")),
        one("get_team_by_name", GetTeams::by_name("n")),
        pages("get_top_games", GetTopGames { first: None }),
        one("get_user_authorizations", GetAuthorizationByUser::new(["1"])),
        one("get_user_chat_color", GetUserChatColor::new(["1"])),
        one("get_users", GetUsers::by_login(["ada"])),
        pages("get_videos_by_category_id", GetVideos::by_game("1").in_language("en").within(VideoPeriod::All).sorted(VideoSort::Time)),
        pages("get_videos_by_id", GetVideos::by_id(["v"])),
        pages("get_videos_by_user_id", GetVideos::by_user("1").of_type(VideoFilter::All)),
        one("remove_suspicious_user_status", RemoveSuspiciousStatus::new("1", "2", "3")),
        pages("search_categories", SearchCategories::new("q")),
        pages("search_channels", SearchChannels::new("q").live()),
        one("send_chat_message", SendChatMessage::new("1", "2", "hi").reply_to("m").for_source_only(true)),
        one("update_conduit", UpdateConduits::new("c", 20_000)),
        one("update_conduit_shards", UpdateConduitShards::new("c", [ShardUpdate::to_session("0", "s")])),
        one("update_drops_entitlements", UpdateDropsEntitlements::new(["d"], FulfillmentStatus::Fulfilled)),
        one("update_extension_bits_product", UpdateExtensionBitsProduct::new("hat", "A hat", 1).in_development().until(now).broadcast()),
    ]
}

#[rustfmt::skip]
fn user() -> Vec<Row> {
    let now = Timestamp::UNIX_EPOCH;
    vec![
        one("add_blocked_term", AddBlockedTerm::new("1", "2", "term")),
        one("add_channel_moderator", AddChannelModerator::new("1", "2")),
        one("add_channel_vip", AddChannelVip::new("1", "2")),
        one("ban_user", BanUser::new("1", "2", "3").for_seconds(60).because("r")),
        one("block_user", BlockUser::new("1").met_in(BlockContext::Chat).because(BlockReason::Spam)),
        one("cancel_raid", CancelRaid::new("1")),
        one("check_automod_status", CheckAutoModStatus::new("1", [("a", "b")])),
        one("check_user_subscription", CheckUserSubscription::new("1", "2")),
        one("create_channel_stream_schedule_segment", CreateChannelStreamScheduleSegment::weekly("1", now, "UTC", 60).title("t").category("1")),
        one("create_clip", CreateClip::new("1")),
        one("create_eventsub_subscription", subscription(Transport::session("s"))),
        one("create_poll", CreatePoll::new("1", "t", ["a", "b"], 60).channel_points(1)),
        one("create_prediction", CreatePrediction::new("1", "t", ["a", "b"], 60)),
        one("create_stream_marker", CreateStreamMarker::new("1").described("d")),
        one("delete_channel_stream_schedule_segment", DeleteChannelStreamScheduleSegment::new("1", "s")),
        one("delete_chat_messages", DeleteChatMessages::all("1", "2")),
        one("end_poll", EndPoll::show("1", "p")),
        one("end_prediction", EndPrediction::resolve("1", "p", "o")),
        one("get_ad_schedule", GetAdSchedule::new("1")),
        one("get_automod_settings", GetAutoModSettings::new("1", "2")),
        pages("get_banned_users", GetBannedUsers::new("1").only(["2"])),
        one("get_bits_leaderboard", GetBitsLeaderboard::new().over(LeaderboardPeriod::Day, now)),
        pages("get_blocked_terms", GetBlockedTerms::new("1", "2")),
        pages("get_broadcaster_subscriptions", GetBroadcasterSubscriptions::new("1").of(["2"])),
        one("get_channel_editors", GetChannelEditors::new("1")),
        pages("get_channel_followers", GetChannelFollowers::new("1").of("2")),
        one("get_charity_campaign", GetCharityCampaign::new("1")),
        pages("get_charity_campaign_donations", GetCharityCampaignDonations::new("1")),
        pages("get_chatters", GetChatters::new("1", "2")),
        one("get_cheermotes", GetCheermotes::global()),
        pages("get_clips_by_category_id", GetClips::by_game("1")),
        pages("get_clips_by_id", GetClips::by_id(["c"])),
        one("get_content_classification_labels", GetContentClassificationLabels::in_locale("de-DE")),
        one("get_creator_goals", GetCreatorGoals::new("1")),
        one("get_emote_sets", GetEmoteSets::new(["s"])),
        one("get_eventsub_subscription_by_id", GetEventSubSubscriptions::by_id("s")),
        pages("get_eventsub_subscriptions", GetEventSubSubscriptions::all()),
        pages("get_eventsub_subscriptions_by_status", GetEventSubSubscriptions::with_status(SubscriptionStatus::Enabled)),
        pages("get_eventsub_subscriptions_by_type", GetEventSubSubscriptions::of_type("channel.follow")),
        one("get_eventsub_subscriptions_summary", GetEventSubSubscriptions::all()),
        pages("get_extension_analytics", GetExtensionAnalytics::of("x").between(now, now)),
        one("get_extension_channel_configuration", GetExtensionConfigurationSegment::of_channel("x", "1", [ExtensionSegment::Broadcaster])),
        pages("get_extension_live_channels", GetExtensionLiveChannels::new("x")),
        pages("get_followed_channels", GetFollowedChannels::new("1").of("2")),
        pages("get_game_analytics", GetGameAnalytics::of("1").between(now, now)),
        one("get_games", GetGames::by_igdb_id(["1"])),
        one("get_global_chat_badges", GetGlobalChatBadges {}),
        one("get_global_emotes", GetGlobalEmotes {}),
        one("get_hype_train_status", GetHypeTrainStatus::new("1")),
        pages("get_moderators", GetModerators::new("1").only(["2"])),
        pages("get_polls", GetPolls::new("1").only(["p"])),
        pages("get_predictions", GetPredictions::new("1").only(["p"])),
        one("get_shield_mode_status", GetShieldModeStatus::new("1", "2")),
        one("get_stream_key", GetStreamKey::new("1")),
        pages("get_stream_markers", GetStreamMarkers::by_user("1")),
        pages("get_streams", GetStreams::by_game(["1"])),
        one("get_team_by_id", GetTeams::by_id("t")),
        one("get_team_by_name", GetTeams::by_name("n")),
        pages("get_top_games", GetTopGames { first: None }),
        pages("get_unban_requests", GetUnbanRequests::new("1", "2", UnbanRequestStatus::Pending).of("3")),
        one("get_user_active_extensions", GetUserActiveExtensions::of("1")),
        pages("get_user_block_list", GetUserBlockList::new("1")),
        one("get_user_extensions", GetUserExtensions {}),
        one("get_users", GetUsers::own()),
        pages("get_videos_by_category_id", GetVideos::by_game("1")),
        pages("get_videos_by_id", GetVideos::by_id(["v"])),
        pages("get_vips", GetVips::new("1").only(["2"])),
        one("manage_held_automod_messages", ManageHeldAutoModMessage::allow("1", "m")),
        one("modify_channel_information", ModifyChannelInformation::new("1").title("t").tags(["t"])),
        one("remove_blocked_term", RemoveBlockedTerm::new("1", "2", "t")),
        one("remove_channel_moderator", RemoveChannelModerator::new("1", "2")),
        one("remove_channel_vip", RemoveChannelVip::new("1", "2")),
        one("resolve_unban_request", ResolveUnbanRequest::approve("1", "2", "r").because("t")),
        pages("search_categories", SearchCategories::new("q")),
        pages("search_channels", SearchChannels::new("q")),
        one("send_chat_announcement", SendChatAnnouncement::new("1", "2", "hi").color(AnnouncementColor::Primary)),
        one("send_chat_message", SendChatMessage::new("1", "2", "hi")),
        one("send_shoutout", SendAShoutout::new("1", "2", "3")),
        one("snooze_next_ad", SnoozeNextAd::new("1")),
        one("start_commercial", StartCommercial::new("1", 180)),
        one("start_raid", StartRaid::new("1", "2")),
        one("unban_user", UnbanUser::new("1", "2", "3")),
        one("unblock_user", UnblockUser::new("1")),
        one("update_automod_settings", UpdateAutoModSettings::overall("1", "2", 3)),
        one("update_channel_stream_schedule", UpdateChannelStreamSchedule::vacation("1", now, now + HOUR, "UTC")),
        one("update_channel_stream_schedule_segment", UpdateChannelStreamScheduleSegment::cancel("1", "s")),
        one("update_chat_color", UpdateUserChatColor::new("1", NamedColor::Blue)),
        one("update_chat_settings", UpdateChatSettings::new("1", "2").slow_mode(30)),
        one("update_drops_entitlements", UpdateDropsEntitlements::new(["d"], FulfillmentStatus::Claimed)),
        one("update_shield_mode_status", UpdateShieldModeStatus::on("1", "2")),
        one("update_user", UpdateUser::description("d")),
        one("update_user_extensions", UpdateUserExtensions::new().panel(1, ExtensionSlot::with("x", "1"))),
        one("warn_chat_user", WarnChatUser::new("1", "2", "3", "r")),
    ]
}

#[test]
fn every_method_of_the_list_can_be_written_as_one_call() {
    let named = |class: &'static str, rows: Vec<Row>| {
        rows.into_iter().map(move |(name, operation, paged)| (format!("{class}.{name}"), (operation, paged)))
    };
    let here: BTreeMap<String, (String, bool)> =
        named("AppAPI", app()).chain(named("UserAPI", user())).collect();
    let Ok(list) = std::fs::read(LIST) else {
        println!("skipped: the list of methods is not beside this workspace");
        return;
    };
    let excused = |name: &str| REASONS.iter().any(|(row, _)| *row == name);
    let (mut gaps, mut listed) = (vec![], BTreeSet::new());
    for row in csv::Reader::from_reader(&list[..]).deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("a row");
        let name = format!("{}.{}", row["class"], row["method"]);
        match here.get(&name) {
            Some((operation, _)) if *operation != row["endpoint"] => {
                gaps.push(format!("{name}: {operation} here, {} listed", row["endpoint"]));
            }
            Some((_, paged)) if *paged != (row["paginated"] == "paginated") && !excused(&name) => {
                gaps.push(format!("{name}: paged here {paged}, listed {:?}", row["paginated"]));
            }
            None if !excused(&name) => gaps.push(format!("{name} is missing")),
            _ => {}
        }
        listed.insert(name);
    }
    let known: Vec<&str> =
        here.keys().map(String::as_str).chain(REASONS.iter().map(|(row, _)| *row)).collect();
    gaps.extend(
        known.iter().filter(|name| !listed.contains(**name)).map(|name| format!("{name} is not listed")),
    );
    println!("{} methods listed, {} as calls here", listed.len(), here.len());
    assert!(gaps.is_empty(), "{gaps:#?}");
}
