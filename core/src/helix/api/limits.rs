//! Every limit that Twitch documents on what is sent: at its edge a request passes, beyond it is refused by the field's name.

use super::*;
use crate::eventsub::WebhookSecret;
use crate::helix::{Endpoint, Prepared};
use jiff::{SignedDuration, Timestamp};

/// What came of a request, and with which words it should have been refused.
type Case = (Result<(), String>, Option<String>);

fn check<E: Endpoint>(request: E) -> Result<(), String> {
    Prepared::new(&request).map(|_| ()).map_err(|invalid| invalid.to_string())
}

/// Lists of a length within and beyond a limit.
fn lists<E: Endpoint>(
    field: &str,
    (least, most): (usize, usize),
    request: impl Fn(Vec<&'static str>) -> E,
) -> Vec<Case> {
    let words = |got| Some(format!("`{field}` wants {least} to {most} values, has {got}"));
    let mut cases = vec![
        (check(request(vec!["1"; least])), None),
        (check(request(vec!["1"; most])), None),
        (check(request(vec!["1"; most + 1])), words(most + 1)),
    ];
    if least > 0 {
        cases.push((check(request(vec!["1"; least - 1])), words(least - 1)));
    }
    cases
}

/// Texts of a length within and beyond a limit.
fn texts<E: Endpoint>(
    field: &str,
    (least, most): (usize, usize),
    request: impl Fn(String) -> E,
) -> Vec<Case> {
    let words = |got| Some(format!("`{field}` wants {least} to {most} characters, has {got}"));
    let mut cases = vec![
        (check(request("é".repeat(least))), None),
        (check(request("é".repeat(most))), None),
        (check(request("é".repeat(most + 1))), words(most + 1)),
    ];
    if least > 0 {
        cases.push((check(request("é".repeat(least - 1))), words(least - 1)));
    }
    cases
}

/// Numbers within and beyond a range.
fn numbers<E: Endpoint>(field: &str, (least, most): (u32, u32), request: impl Fn(u32) -> E) -> Vec<Case> {
    let words = |got| Some(format!("`{field}` must be {least} to {most}, is {got}"));
    let mut cases = vec![
        (check(request(least)), None),
        (check(request(most)), None),
        (check(request(most + 1)), words(most + 1)),
    ];
    if least > 0 {
        cases.push((check(request(least - 1)), words(least - 1)));
    }
    cases
}

fn all_pass(cases: Vec<Vec<Case>>) {
    for (n, case) in cases.into_iter().enumerate() {
        for (got, expected) in case {
            assert_eq!(got.err(), expected, "line {n}");
        }
    }
}

#[test]
#[rustfmt::skip]
fn no_list_is_longer_than_twitch_takes() {
    all_pass(vec![
        lists("id", (0, 100), |ids| GetExtensionTransactions::new("x").only(ids)),
        lists("id", (0, 50), |ids| GetCustomReward::new("1").only(ids)),
        lists("id", (1, 50), |ids| UpdateRedemptionStatus::fulfill("1", "r", ids)),
        lists("broadcaster_id", (1, 100), GetChannelInformation::new),
        lists("emote_set_id", (1, 25), GetEmoteSets::new),
        lists("user_id", (1, 100), GetUserChatColor::new),
        lists("clip_id", (1, 10), |ids| GetClipsDownload::new("1", "2", ids)),
        lists("id", (0, 100), GetDropsEntitlements::by_id),
        lists("entitlement_ids", (1, 100), |ids| UpdateDropsEntitlements::new(ids, FulfillmentStatus::Claimed)),
        lists("id", (1, 100), GetGames::by_id),
        lists("id", (1, 100), GetGames::by_name),
        lists("data", (1, 100), |ids| CheckAutoModStatus::new("1", ids.into_iter().map(|id| (id, "hi")))),
        lists("user_id", (0, 100), |ids| GetBannedUsers::new("1").only(ids)),
        lists("user_id", (0, 100), |ids| GetModerators::new("1").only(ids)),
        lists("user_id", (0, 100), |ids| GetVips::new("1").only(ids)),
        lists("id", (0, 20), |ids| GetPolls::new("1").only(ids)),
        lists("choices", (2, 5), |choices| CreatePoll::new("1", "t", choices, 60)),
        lists("id", (0, 25), |ids| GetPredictions::new("1").only(ids)),
        lists("outcomes", (2, 10), |outcomes| CreatePrediction::new("1", "t", outcomes, 60)),
        lists("id", (0, 100), |ids| GetChannelStreamSchedule::new("1").only(ids)),
        lists("user_id", (0, 100), GetStreams::by_user),
        lists("user_login", (0, 100), GetStreams::by_login),
        lists("game_id", (0, 100), GetStreams::by_game),
        lists("language", (0, 100), |languages| GetStreams::all().in_languages(languages)),
        lists("user_id", (0, 100), |ids| GetBroadcasterSubscriptions::new("1").of(ids)),
        lists("id", (0, 100), GetUsers::by_id),
        lists("id", (0, 100), GetUsers::by_login),
        lists("user_id", (1, 10), GetAuthorizationByUser::new),
        lists("id", (1, 5), DeleteVideos::new),
        lists("tags", (0, 10), |tags| ModifyChannelInformation::new("1").tags(tags)),
        lists("shards", (1, 20_000), |ids| {
            UpdateConduitShards::new("c", ids.into_iter().map(|id| ShardUpdate::to_session(id, "s")))
        }),
    ]);
    for most in [check(GetVideos::by_id(["v"; 100])), check(GetClips::by_id(["c"; 100])),
        check(GetCustomRewardRedemption::by_id("1", "r", ["i"; 50]))] {
        assert_eq!(most, Ok(()));
    }
    let more = "`id` wants 0 to 100 values, has 101";
    assert_eq!(check(GetVideos::by_id(["v"; 101])).unwrap_err(), more);
    assert_eq!(check(GetClips::by_id(["c"; 101])).unwrap_err(), more);
    let together = GetUsers { id: vec!["1".into(); 60], login: vec!["ada".into(); 41] };
    assert_eq!(check(together).unwrap_err(), more);
    let more = "`id` wants 0 to 50 values, has 51";
    assert_eq!(check(GetCustomRewardRedemption::by_id("1", "r", ["i"; 51])).unwrap_err(), more);
}

#[test]
#[rustfmt::skip]
fn no_text_is_longer_than_twitch_takes() {
    let reward = |title: &str| RewardSettings::named(title, 1);
    let now = Timestamp::UNIX_EPOCH;
    all_pass(vec![
        texts("title", (1, 45), |title| CreateCustomReward::new("1", reward(&title))),
        texts("prompt", (0, 200), |prompt| CreateCustomReward::new("1", reward("t").prompt(prompt))),
        texts("title", (1, 45), |title| UpdateCustomReward::new("1", "r", reward(&title))),
        texts("tags", (1, 25), |tag| ModifyChannelInformation::new("1").tags([tag])),
        texts("message", (1, 500), |message| SendChatMessage::new("1", "2", message)),
        texts("message", (1, 500), |message| SendChatAnnouncement::new("1", "2", message)),
        texts("text", (1, 280), |text| SendExtensionChatMessage::new("1", "x", "1", text)),
        texts("display_name", (1, 255), |name| UpdateExtensionBitsProduct::new("hat", name, 1)),
        texts("reason", (0, 500), |reason| BanUser::new("1", "2", "3").because(reason)),
        texts("resolution_text", (0, 500), |text| ResolveUnbanRequest::deny("1", "2", "r").because(text)),
        texts("text", (2, 500), |text| AddBlockedTerm::new("1", "2", text)),
        texts("reason", (1, 500), |reason| WarnChatUser::new("1", "2", "3", reason)),
        texts("title", (1, 60), |title| CreatePoll::new("1", title, ["a", "b"], 60)),
        texts("choices.title", (1, 25), |choice| CreatePoll::new("1", "t", ["a".to_owned(), choice], 60)),
        texts("title", (1, 45), |title| CreatePrediction::new("1", title, ["a", "b"], 60)),
        texts("outcomes.title", (1, 25), |title| CreatePrediction::new("1", "t", ["a".to_owned(), title], 60)),
        texts("title", (0, 140), |t| CreateChannelStreamScheduleSegment::weekly("1", now, "UTC", 60).title(t)),
        texts("description", (0, 140), |text| CreateStreamMarker::new("1").described(text)),
        texts("description", (0, 300), UpdateUser::description),
        texts("message", (1, 10_000), |message| SendWhisper::new("1", "2", message)),
    ]);
    let sku = |length: usize| check(UpdateExtensionBitsProduct::new("a".repeat(length), "A hat", 1));
    assert_eq!(sku(255), Ok(()));
    assert_eq!(sku(256).unwrap_err(), "`sku` wants 1 to 255 characters, has 256");
}

#[test]
#[rustfmt::skip]
fn no_number_leaves_the_range_that_twitch_takes() {
    let reward = |cost| RewardSettings::named("t", cost);
    let now = Timestamp::UNIX_EPOCH;
    let small = |number: u32| u16::try_from(number).unwrap();
    all_pass(vec![
        numbers("length", (1, 180), |length| StartCommercial::new("1", small(length))),
        numbers("count", (1, 100), |n| GetBitsLeaderboard::new().places(small(n))),
        numbers("global_cooldown_seconds", (1, 604_800), |s| CreateCustomReward::new("1", reward(1).cooldown(s))),
        numbers("delay", (0, 900), |delay| ModifyChannelInformation::new("1").delay(small(delay))),
        numbers("duration_seconds", (30, 1800), |s| PinChatMessage::new("1", "2", "m").for_seconds(small(s))),
        numbers("duration_seconds", (30, 1800), |s| UpdatePinnedChatMessage::new("1", "2", "m").for_seconds(small(s))),
        numbers("follower_mode_duration", (0, 129_600), |m| UpdateChatSettings::new("1", "2").follower_mode(m)),
        numbers("slow_mode_wait_time", (3, 120), |s| UpdateChatSettings::new("1", "2").slow_mode(small(s))),
        numbers("shard_count", (1, 20_000), CreateConduits::new),
        numbers("shard_count", (1, 20_000), |count| UpdateConduits::new("c", count)),
        numbers("cost.amount", (1, 10_000), |bits| UpdateExtensionBitsProduct::new("hat", "A hat", bits)),
        numbers("volume", (0, 100), |volume| UpdateGuestStarSlotSettings::new("1", "2", "s", "1").volume(volume)),
        numbers("overall_level", (0, 4), |level| UpdateAutoModSettings::overall("1", "2", level as u8)),
        numbers("swearing", (0, 4), |level| {
            let levels = AutoModLevels { swearing: level as u8, ..AutoModLevels::default() };
            UpdateAutoModSettings::each("1", "2", levels)
        }),
        numbers("duration", (1, 1_209_600), |s| BanUser::new("1", "2", "3").for_seconds(s)),
        numbers("duration", (15, 1800), |s| CreatePoll::new("1", "t", ["a", "b"], s)),
        numbers("channel_points_per_vote", (1, 1_000_000), |n| CreatePoll::new("1", "t", ["a", "b"], 60).channel_points(n)),
        numbers("prediction_window", (30, 1800), |s| CreatePrediction::new("1", "t", ["a", "b"], s)),
        numbers("duration", (30, 1380), |m| CreateChannelStreamScheduleSegment::weekly("1", now, "UTC", small(m))),
        numbers("first", (1, 1000), |n| GetChatters { first: Some(small(n)), ..GetChatters::new("1", "2") }),
        numbers("first", (1, 20), |n| GetPolls { first: Some(small(n)), ..GetPolls::new("1") }),
        numbers("first", (1, 25), |n| GetPredictions { first: Some(small(n)), ..GetPredictions::new("1") }),
        numbers("first", (1, 50), |n| GetCustomRewardRedemption {
            first: Some(small(n)),
            ..GetCustomRewardRedemption::with_status("1", "r", RedemptionStatus::Canceled)
        }),
    ]);
    for delay in [2, 4, 6] {
        assert_eq!(check(UpdateChatSettings::new("1", "2").chat_delay(delay)), Ok(()));
    }
    assert_eq!(
        check(UpdateChatSettings::new("1", "2").chat_delay(3)).unwrap_err(),
        "`non_moderator_chat_delay_duration` must be 2, 4 or 6"
    );
    assert_eq!(check(CreateCustomReward::new("1", reward(0))).unwrap_err(), "`cost` must be at least 1");
    assert_eq!(check(CreateExtensionSecret::new("x").after_seconds(300)), Ok(()));
    assert_eq!(
        check(CreateExtensionSecret::new("x").after_seconds(299)).unwrap_err(),
        "`delay` must be at least 300"
    );
    for (seconds, passes) in [(5.0, true), (60.0, true), (4.9, false), (60.1, false), (f64::NAN, false)] {
        assert_eq!(check(CreateClip::new("1").for_seconds(seconds)).is_ok(), passes, "{seconds}");
        assert_eq!(
            check(CreateClipFromVod::new("1", "2", "v", 60, "t").for_seconds(seconds)).is_ok(),
            passes,
            "{seconds}"
        );
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let now = Timestamp::UNIX_EPOCH;
    let hour = SignedDuration::from_hours(1);
    for (refused, words) in [
        (check(GetVideos::by_id(["v"]).sorted(VideoSort::Time)), "`id` does not go with a filter"),
        (check(StartRaid::new("1", "1")), "`to_broadcaster_id` must be another broadcaster"),
        (check(SendAShoutout::new("1", "1", "2")), "`to_broadcaster_id` must be another broadcaster"),
        (check(SendWhisper::new("1", "1", "hi")), "`to_user_id` must be another user"),
        (check(ModifyChannelInformation::new("1")), "`request` changes nothing"),
        (check(ModifyChannelInformation::new("1").title("")), "`title` must not be empty"),
        (
            check(ModifyChannelInformation::new("1").tags(["two words"])),
            "`tags` must be words without spaces or special characters",
        ),
        (
            check(ModifyChannelInformation::new("1").tags(["no#hash"])),
            "`tags` must be words without spaces or special characters",
        ),
        (check(UpdateChatSettings::new("1", "2")), "`request` changes nothing"),
        (
            check(SendChatAnnouncement::new("1", "2", "hi").for_source_only(true)),
            "`for_source_only` is only for announcements by the app",
        ),
        (
            check(UpdateChannelStreamSchedule::vacation("1", now + hour, now, "UTC")),
            "`vacation_end_time` must be later than vacation_start_time",
        ),
        (
            check(GetGameAnalytics::all().between(now + hour, now)),
            "`ended_at` must not be before `started_at`",
        ),
        (
            check(GetExtensionAnalytics::all().between(now + hour, now)),
            "`ended_at` must not be before `started_at`",
        ),
        (
            check(UpdateExtensionBitsProduct::new("a hat", "A hat", 1)),
            "`sku` may have letters, digits, `-`, `_` and `.` only",
        ),
        (
            check(GetEventSubSubscriptions {
                user_id: Some("1".into()),
                ..GetEventSubSubscriptions::of_type("channel.follow")
            }),
            r#"`status` must be at most one of ["status", "type", "user_id", "subscription_id", "conduit_id"]"#,
        ),
        (
            check(CreateClipFromVod::new("1", "2", "v", 20, "t")),
            "`vod_offset` must not be less than the duration, as it is where the clip ends",
        ),
    ] {
        assert_eq!(refused.unwrap_err(), words);
    }
    for (secret, passes) in
        [("ten letter", true), ("nine lett", false), (&"x".repeat(101), false), ("ten lettér", false)]
    {
        assert_eq!(WebhookSecret::new(secret).is_ok(), passes, "{secret}");
    }
    // Words in any script are tags.
    assert_eq!(check(ModifyChannelInformation::new("1").tags(["ไทย", "日本語", "Español"])), Ok(()));
}
