//! Extensions.

use serde_json::json;

use super::{Case, case};
use crate::stage::{By, Call, Stage, call};

pub(crate) fn cases() -> Vec<Case> {
    let signed = |line: &str| call(line).by(By::Extension);
    let segment = |rest: &str| signed(&format!("GET /extensions/configurations?extension_id=app1&{rest}"));
    let pubsub = |message: &str, global: bool| {
        signed("POST /extensions/pubsub").body(json!({
            "target": ["broadcast"],
            "broadcaster_id": "@ada",
            "is_global_broadcast": global,
            "message": message,
        }))
    };
    let chat = |text: &str| {
        signed("POST /extensions/chat?broadcaster_id=@ada")
            .body(json!({"text": text, "extension_id": "app1", "extension_version": "1.0.0"}))
    };
    let required = "PUT /extensions/required_configuration";
    let needs =
        json!({"extension_id": "app1", "extension_version": "1.0.0", "required_configuration": "all"});
    let released = "GET /extensions/released";
    vec![
        case("get-extension-configuration-segment", segment("segment=broadcaster&broadcaster_id=@ada"))
            .after(with_a_segment)
            .refused(400, segment("segment=broadcaster"))
            .refused(400, segment("segment=mine"))
            .refused_after(
                429,
                with_a_segment_read_often,
                segment("segment=broadcaster&broadcaster_id=@ada"),
            ),
        case("set-extension-configuration-segment", set_segment(json!("@ada")))
            .after(Stage::extend)
            .refused(400, set_segment(json!(null))),
        case(
            "set-extension-required-configuration",
            signed(&format!("{required}?broadcaster_id=@ada")).body(needs.clone()),
        )
        .after(Stage::extend)
        .refused(400, signed(required).body(needs)),
        case("send-extension-pubsub-message", pubsub("Hello!", false))
            .after(Stage::extend)
            .refused(400, pubsub("Hello!", true))
            .refused(422, pubsub(&"a".repeat(5121), false)),
        case("get-extension-live-channels", call("GET /extensions/live?extension_id=app1").by(By::App))
            .after(Stage::extend)
            .refused(400, call("GET /extensions/live"))
            .refused(404, call("GET /extensions/live?extension_id=x")),
        case("get-extension-secrets", signed("GET /extensions/jwt/secrets")).after(Stage::extend),
        case("create-extension-secret", signed("POST /extensions/jwt/secrets?extension_id=app1&delay=600"))
            .after(Stage::extend)
            .refused(400, signed("POST /extensions/jwt/secrets?extension_id=app1&delay=299")),
        case("send-extension-chat-message", chat("Hello!"))
            .after(Stage::extend)
            .refused(400, chat(&"a".repeat(281))),
        case("get-extensions", signed("GET /extensions?extension_id=app1"))
            .after(Stage::extend)
            .refused(400, signed("GET /extensions"))
            .refused(404, signed("GET /extensions?extension_id=x")),
        case("get-released-extensions", call(format!("{released}?extension_id=app1")).by(By::App))
            .after(Stage::extend)
            .refused(400, call(released))
            .refused(404, call(format!("{released}?extension_id=app1&extension_version=2.0.0"))),
        case("get-extension-bits-products", call("GET /bits/extensions").by(By::App))
            .after(with_a_product)
            .refused_after(400, |_| {}, call("GET /bits/extensions").by(By::App)),
        case("update-extension-bits-product", product(100)).after(Stage::extend).refused(400, product(0)),
    ]
}

fn product(bits: u32) -> Call {
    let cost = json!({"amount": bits, "type": "bits"});
    let expires = "2027-01-01T00:00:00Z";
    let body = json!({"sku": "hat", "cost": cost, "display_name": "A hat", "expiration": expires});
    call("PUT /bits/extensions").by(By::App).body(body)
}

fn set_segment(broadcaster: serde_json::Value) -> Call {
    let body = json!({
        "extension_id": "app1",
        "segment": "broadcaster",
        "broadcaster_id": broadcaster,
        "content": "blue",
        "version": "1",
    });
    call("PUT /extensions/configurations").by(By::Extension).body(body)
}

pub(crate) fn with_a_product(stage: &mut Stage) {
    stage.extend();
    stage.done(&product(100));
}

fn with_a_segment(stage: &mut Stage) {
    stage.extend();
    stage.done(&set_segment(json!("@ada")));
}

fn with_a_segment_read_often(stage: &mut Stage) {
    with_a_segment(stage);
    let line = "GET /extensions/configurations?extension_id=app1&segment=broadcaster&broadcaster_id=@ada";
    for _ in 0..20 {
        stage.done(&call(line).by(By::Extension));
    }
}
