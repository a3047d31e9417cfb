//! Subscriptions and conduits.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let subscribe = |kind: &str, version: &str| {
        let body = json!({
            "type": kind,
            "version": version,
            "condition": {"broadcaster_user_id": "@ada"},
            "transport": {"method": "conduit", "conduit_id": "@conduit"},
        });
        call("POST /eventsub/subscriptions").by(By::App).body(body)
    };
    let by_no_moderator = json!({
        "type": "channel.follow",
        "version": "2",
        "condition": {"broadcaster_user_id": "@ada", "moderator_user_id": "@cleo"},
        "transport": {"method": "conduit", "conduit_id": "@conduit"},
    });
    let conduits = |method: &str| call(format!("{method} /eventsub/conduits")).by(By::App);
    let shards = "/eventsub/conduits/shards";
    vec![
        case("create-eventsub-subscription", subscribe("stream.online", "1"))
            .after(with_conduit)
            .refused(400, subscribe("stream.nothing", "1"))
            .refused_after(409, with_subscription, subscribe("stream.online", "1"))
            .refused(403, subscribe("channel.follow", "2").body(by_no_moderator)),
        case("get-eventsub-subscriptions", call("GET /eventsub/subscriptions").by(By::App))
            .after(with_subscription)
            .refused(400, call("GET /eventsub/subscriptions?type=stream.online&status=enabled").by(By::App)),
        case(
            "delete-eventsub-subscription",
            call("DELETE /eventsub/subscriptions?id=@subscription").by(By::App),
        )
        .after(with_subscription)
        .refused(400, call("DELETE /eventsub/subscriptions").by(By::App))
        .refused(404, call("DELETE /eventsub/subscriptions?id=x").by(By::App)),
        case("create-conduits", conduits("POST").body(json!({"shard_count": 2})))
            .refused(400, conduits("POST").body(json!({"shard_count": 0})))
            .refused_after(429, with_conduits, conduits("POST").body(json!({"shard_count": 2}))),
        case("get-conduits", conduits("GET")).after(with_conduit),
        case("update-conduits", conduits("PATCH").body(json!({"id": "@conduit", "shard_count": 3})))
            .after(with_conduit)
            .refused(400, conduits("PATCH").body(json!({"id": "@conduit", "shard_count": 0})))
            .refused(404, conduits("PATCH").body(json!({"id": "x", "shard_count": 3}))),
        case("delete-conduit", call("DELETE /eventsub/conduits?id=@conduit").by(By::App))
            .after(with_conduit)
            .refused(400, conduits("DELETE"))
            .refused(404, call("DELETE /eventsub/conduits?id=x").by(By::App)),
        case("get-conduit-shards", call(format!("GET {shards}?conduit_id=@conduit")).by(By::App))
            .after(|stage| {
                with_conduit(stage);
                stage.done(&assign("@conduit"));
            })
            .refused(400, call(format!("GET {shards}")).by(By::App))
            .refused(404, call(format!("GET {shards}?conduit_id=x")).by(By::App)),
        case("update-conduit-shards", assign("@conduit"))
            .after(with_conduit)
            .refused(404, assign("x"))
            .refused(400, call(format!("PATCH {shards}")).by(By::App).body(json!({}))),
    ]
}

/// Gives a conduit one shard that it has, and one that it does not have.
fn assign(id: &str) -> Call {
    let transport = json!({"method": "webhook", "callback": "https://bot.example", "secret": "0123456789"});
    let shards = json!([{"id": "0", "transport": transport}, {"id": "7", "transport": transport}]);
    let body = json!({"conduit_id": id, "shards": shards});
    call("PATCH /eventsub/conduits/shards").by(By::App).body(body)
}

pub(crate) fn with_conduit(stage: &mut Stage) {
    let body = json!({"shard_count": 1});
    let made = stage.done(&call("POST /eventsub/conduits").by(By::App).body(body));
    stage.keep("conduit", made["data"][0]["id"].as_str().unwrap());
}

fn with_conduits(stage: &mut Stage) {
    for _ in 0..5 {
        with_conduit(stage);
    }
}

fn with_subscription(stage: &mut Stage) {
    with_conduit(stage);
    let body = json!({
        "type": "stream.online",
        "version": "1",
        "condition": {"broadcaster_user_id": "@ada"},
        "transport": {"method": "conduit", "conduit_id": "@conduit"},
    });
    let made = stage.done(&call("POST /eventsub/subscriptions").by(By::App).body(body));
    stage.keep("subscription", made["data"][0]["id"].as_str().unwrap());
}
