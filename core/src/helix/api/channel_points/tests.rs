use super::*;
use crate::helix::api::fixture::{answer, at, body, decode, query, refused};
use http::StatusCode;
use serde_json::{Value as Json, json};

fn reward_on_the_wire() -> Json {
    json!({
        "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada", "id": "r1",
        "title": "Stretch", "prompt": "Which way?", "cost": 500, "image": null,
        "default_image": {
            "url_1x": "https://pic.example/1", "url_2x": "https://pic.example/2", "url_4x": "https://pic.example/4",
        },
        "background_color": "#00E5CB", "is_enabled": true, "is_user_input_required": false,
        "max_per_stream_setting": {"is_enabled": true, "max_per_stream": 5},
        "max_per_user_per_stream_setting": {"is_enabled": false, "max_per_user_per_stream": 0},
        "global_cooldown_setting": {"is_enabled": true, "global_cooldown_seconds": 60},
        "is_paused": false, "is_in_stock": true, "should_redemptions_skip_request_queue": false,
        "redemptions_redeemed_current_stream": null, "cooldown_expires_at": null,
    })
}

fn reward() -> CustomReward {
    CustomReward {
        broadcaster_id: "1001".into(),
        broadcaster_login: Some("ada".into()),
        broadcaster_name: "Ada".into(),
        id: "r1".into(),
        title: "Stretch".into(),
        prompt: "Which way?".into(),
        cost: 500,
        image: None,
        default_image: serde_json::from_value(reward_on_the_wire()["default_image"].clone()).unwrap(),
        background_color: "#00E5CB".into(),
        is_enabled: true,
        is_user_input_required: false,
        max_per_stream_setting: MaxPerStream { is_enabled: true, max_per_stream: 5 },
        max_per_user_per_stream_setting: MaxPerUserPerStream {
            is_enabled: false,
            max_per_user_per_stream: 0,
        },
        global_cooldown_setting: GlobalCooldown { is_enabled: true, global_cooldown_seconds: 60 },
        is_paused: false,
        is_in_stock: true,
        should_redemptions_skip_request_queue: false,
        redemptions_redeemed_current_stream: None,
        cooldown_expires_at: None,
    }
}

#[test]
fn a_new_reward_needs_a_title_and_a_cost() {
    let request = CreateCustomReward::new("1001", RewardSettings::named("Stretch", 500));
    assert_eq!(query(&request), "broadcaster_id=1001");
    assert_eq!(body(&request), json!({"title": "Stretch", "cost": 500}));
    assert_eq!(
        refused(&CreateCustomReward::new("1001", RewardSettings::default().cost(500))),
        "`title` must be given for a new reward"
    );
    assert_eq!(
        refused(&CreateCustomReward::new("1001", RewardSettings::default().title("Stretch"))),
        "`cost` must be given for a new reward"
    );
    assert_eq!(decode::<CreateCustomReward>(json!({"data": [reward_on_the_wire()]})), reward());
    assert_eq!(serde_json::to_value(reward()).unwrap(), reward_on_the_wire());
}

#[test]
fn a_change_sends_what_it_changes_and_a_limit_with_its_switch() {
    let settings = RewardSettings::default()
        .prompt("Which way?")
        .background_color(Color::from_rgb(0, 229, 203))
        .enabled(true)
        .user_input_required(true)
        .max_per_stream(5)
        .max_per_user_per_stream(None)
        .cooldown(60)
        .paused(true)
        .skip_queue(false);
    let request = UpdateCustomReward::new("1001", "r1", settings);
    assert_eq!(query(&request), "broadcaster_id=1001&id=r1");
    assert_eq!(
        body(&request),
        json!({
            "prompt": "Which way?", "background_color": "#00E5CB", "is_enabled": true,
            "is_user_input_required": true, "is_max_per_stream_enabled": true, "max_per_stream": 5,
            "is_max_per_user_per_stream_enabled": false, "is_global_cooldown_enabled": true,
            "global_cooldown_seconds": 60, "is_paused": true, "should_redemptions_skip_request_queue": false,
        })
    );
    assert_eq!(decode::<UpdateCustomReward>(json!({"data": [reward_on_the_wire()]})), reward());
}

#[test]
fn a_reward_outside_twitchs_limits_is_not_sent() {
    let refused = |settings| refused(&UpdateCustomReward::new("1001", "r1", settings));
    let settings = RewardSettings::default;
    assert_eq!(refused(settings().title("")), "`title` wants 1 to 45 characters, has 0");
    assert_eq!(refused(settings().title("é".repeat(46))), "`title` wants 1 to 45 characters, has 46");
    assert_eq!(refused(settings().cost(0)), "`cost` must be at least 1");
    assert_eq!(refused(settings().prompt("x".repeat(201))), "`prompt` wants 0 to 200 characters, has 201");
    assert_eq!(refused(settings().max_per_stream(0)), "`max_per_stream` must be 1 to 4294967295, is 0");
    assert_eq!(
        refused(settings().max_per_user_per_stream(0)),
        "`max_per_user_per_stream` must be 1 to 4294967295, is 0"
    );
    assert_eq!(
        refused(settings().cooldown(604_801)),
        "`global_cooldown_seconds` must be 1 to 604800, is 604801"
    );
}

#[test]
fn rewards_that_are_not_found_are_an_empty_list() {
    let request = GetCustomReward::new("1001").only(["r1", "r2"]).manageable();
    assert_eq!(query(&request), "broadcaster_id=1001&id=r1&id=r2&only_manageable_rewards=true");
    let wrong = GetCustomReward::new("1001").only((0..51).map(|n| n.to_string()));
    assert_eq!(refused(&wrong), "`id` wants 0 to 50 values, has 51");
    assert_eq!(decode::<GetCustomReward>(json!({"data": [reward_on_the_wire()]})), [reward()]);
    let none = answer::<GetCustomReward>(StatusCode::NOT_FOUND, r#"{"status":404}"#.into());
    assert_eq!(none.unwrap(), []);
}

#[test]
fn a_reward_is_deleted_by_its_id() {
    assert_eq!(query(&DeleteCustomReward::new("1001", "r1")), "broadcaster_id=1001&id=r1");
}

fn redemption_on_the_wire() -> Json {
    json!({
        "broadcaster_id": "1001", "broadcaster_login": "ada", "broadcaster_name": "Ada", "id": "d1",
        "user_id": "1002", "user_login": "brook", "user_name": "Brook",
        "reward": {"id": "r1", "title": "Stretch", "prompt": "Which way?", "cost": 500},
        "user_input": "left", "status": "CANCELED", "redeemed_at": "2026-01-02T08:00:00Z",
    })
}

fn redemption() -> Redemption {
    Redemption {
        broadcaster_id: "1001".into(),
        broadcaster_login: "ada".into(),
        broadcaster_name: "Ada".into(),
        id: "d1".into(),
        user_id: "1002".into(),
        user_login: Some("brook".into()),
        user_name: "Brook".into(),
        reward: RedeemedReward {
            id: "r1".into(),
            title: "Stretch".into(),
            prompt: "Which way?".into(),
            cost: 500,
        },
        user_input: "left".into(),
        status: RedemptionStatus::Canceled,
        redeemed_at: at("08:00:00"),
    }
}

#[test]
fn redemptions_are_listed_by_status_or_by_id() {
    let request =
        GetCustomRewardRedemption::with_status("1001", "r1", RedemptionStatus::Canceled).newest_first();
    assert_eq!(query(&request), "broadcaster_id=1001&reward_id=r1&status=CANCELED&sort=NEWEST");
    let request = GetCustomRewardRedemption::by_id("1001", "r1", ["d1", "d2"]);
    assert_eq!(query(&request), "broadcaster_id=1001&reward_id=r1&id=d1&id=d2");
    let nothing: [&str; 0] = [];
    assert_eq!(
        refused(&GetCustomRewardRedemption::by_id("1001", "r1", nothing)),
        "`status` must be given where no `id` is"
    );
    let wrong = GetCustomRewardRedemption { first: Some(51), ..request };
    assert_eq!(refused(&wrong), "`first` must be 1 to 50, is 51");
    let page = decode::<GetCustomRewardRedemption>(
        json!({"data": [redemption_on_the_wire()], "pagination": {"cursor": "next"}}),
    );
    assert_eq!(page.items, [redemption()]);
    assert_eq!(page.cursor.unwrap().as_str(), "next");
    assert_eq!(serde_json::to_value(redemption()).unwrap(), redemption_on_the_wire());
    let none = answer::<GetCustomRewardRedemption>(StatusCode::NOT_FOUND, String::new());
    assert_eq!(none.unwrap(), Page::default());
}

#[test]
fn redemptions_are_fulfilled_or_cancelled_by_id() {
    let request = UpdateRedemptionStatus::fulfill("1001", "r1", ["d1", "d2"]);
    assert_eq!(query(&request), "broadcaster_id=1001&reward_id=r1&id=d1&id=d2");
    assert_eq!(body(&request), json!({"status": "FULFILLED"}));
    let request = UpdateRedemptionStatus::cancel("1001", "r1", ["d1"]);
    assert_eq!(body(&request), json!({"status": "CANCELED"}));
    let nothing: [&str; 0] = [];
    assert_eq!(
        refused(&UpdateRedemptionStatus::cancel("1001", "r1", nothing)),
        "`id` wants 1 to 50 values, has 0"
    );
    assert_eq!(decode::<UpdateRedemptionStatus>(json!({"data": [redemption_on_the_wire()]})), [redemption()]);
}
