//! What a client says, as JSON: whole where it leaves the process, in words where the words say all.

use super::told::{Text, headers};
use crate::auth::store::StoreOp;
use crate::client::{Notice, Output, What};
use crate::eventsub::SubscriptionState;
use serde_json::{Value, json};

pub(super) fn of(output: &Output) -> Value {
    match output {
        Output::Http { id, request, fresh_connection, answer_by } => json!({ "http": {
            "id": id.0,
            "method": request.method().as_str(),
            "uri": request.uri().to_string(),
            "headers": headers(request.headers()),
            "body": Text::of(request.body()),
            "fresh_connection": fresh_connection,
            "answer_by": format!("{answer_by:?}"),
        }}),
        Output::Connect { id, url, answer_by } => json!({ "connect": {
            "socket": format!("{id:?}"),
            "url": url.expose().as_str(),
            "answer_by": format!("{answer_by:?}"),
        }}),
        Output::Store(id, StoreOp::Swap { user, expected, record }) => json!({ "store": {
            "id": id.0,
            "user": user,
            "expected": expected,
            "record": record,
        }}),
        Output::Reply(id, reply) => json!({ "reply": { "id": id.0, "what": reply_of(&reply.what) } }),
        Output::Notice(notice) => json!({ "notice": notice_of(notice) }),
        Output::Close(_) | Output::Store(_, StoreOp::Load) => Value::from(format!("{output:?}")),
    }
}

fn reply_of(what: &What) -> Value {
    match what {
        What::Answer(Ok(answer)) => json!({
            "operation": answer.operation,
            "status": answer.status.as_u16(),
            "body": Text::of(&answer.body),
        }),
        What::Answer(Err(error)) => json!({ "error": error.to_string() }),
        What::Page(page) => json!({
            "status": page.status().as_u16(),
            "headers": headers(page.headers()),
            "body": Text::of(page.body()),
        }),
        What::Login(result) => Value::from(format!("{result:?}")),
        What::Subscribed(result) => Value::from(format!("{result:?}")),
        What::Revoked(result) => Value::from(format!("{result:?}")),
        What::Ready => Value::from("ready"),
    }
}

fn notice_of(notice: &Notice) -> Value {
    match notice {
        Notice::Notification(event) => json!({
            "id": event.id,
            "subscription": &*event.subscription,
            "wish": event.wish.map(|wish| wish.0),
            "source": format!("{:?}", event.source),
            "event": Text::of(event.raw()),
        }),
        // Errors that were read back have the words of the first, and not its form.
        Notice::Subscription(_, SubscriptionState::Refused { .. }) => Value::from(notice.to_string()),
        _ => Value::from(format!("{notice:?}")),
    }
}
