//! The client as a whole: its end.

use super::*;
use crate::auth::store::{MemoryStore, Store};
use crate::eventsub::Via;
use crate::eventsub::topic::channel::ChannelRaid;

/// A client whose store is empty and read, with nothing left to say.
fn ready() -> Client {
    let mut client = Client::new(Time::ZERO, Config::new("client-id"));
    client.handle(Time::ZERO, Input::Wall("2026-03-01T12:00:00Z".parse().unwrap()));
    let store = MemoryStore::new();
    while let Some(output) = client.poll_output() {
        if let Output::Store(id, op) = output {
            client.handle(Time::ZERO, Input::Stored(id, store.run(op)));
        }
    }
    client
}

fn said(client: &mut Client) -> Vec<String> {
    std::iter::from_fn(|| client.poll_output()).map(|output| format!("{output:?}")).collect()
}

#[test]
fn a_closed_client_refuses_what_is_asked_of_it_and_does_nothing_more() {
    let mut client = ready();
    client.close(Time::ZERO);
    assert_eq!(said(&mut client), ["Notice(Closed)"]);
    let login = client.login(Time::ZERO, []);
    let added = client.add_token(Time::ZERO, "token".into(), None);
    let wish = client.subscribe(Time::ZERO, &ChannelRaid::to("1001"), Via::WebSocket);
    assert_eq!(
        said(&mut client),
        [
            format!("Reply({:?}, Reply(the client closed))", login.id()),
            format!("Reply({:?}, Reply(the client closed))", added.id()),
            format!("Notice(Subscription({wish:?}, Refused {{ why: Cancelled }}))"),
        ]
    );
    client.handle(Time::from_origin(Duration::from_secs(7200)), Input::Timeout);
    assert_eq!(said(&mut client), <[&str; 0]>::default());
    assert_eq!(client.poll_timeout(), None);
}

#[test]
fn closing_waits_for_a_token_on_its_way_and_says_so_when_it_does_not_come() {
    let mut client = ready();
    let added = client.add_token(Time::ZERO, "token".into(), None);
    let Some(Output::Http { .. }) = client.poll_output() else { panic!("no validation") };
    client.close(Time::ZERO);
    assert_eq!(said(&mut client), <[&str; 0]>::default());
    let due = client.poll_timeout().unwrap();
    assert_eq!(due, Time::ZERO + CLOSING);
    client.handle(due, Input::Timeout);
    let reply = format!("Reply({:?}, Reply(the client closed))", added.id());
    assert_eq!(said(&mut client), [reply.as_str(), "Notice(Closed)"]);
}
