//! The end of a client.

use super::{follows, users};
use crate::adapter::Adapter;
use crate::stage::{Stage, notice};
use twitchwire::eventsub::topic::channel::ChannelFollow;
use twitchwire::helix::api::GetUsers;
use twitchwire::{As, CallError, Notice, WishError};

pub(crate) fn closing_twice_does_no_harm_and_ends_everything<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    A::close(&twitch);
    A::close(&twitch);
    notice::<A, ()>(&mut notices, "the end", |notice| matches!(notice, Notice::Closed).then_some(()));
    assert!(A::notice(&mut notices).is_none());
    assert_eq!(A::event::<ChannelFollow>(&mut events), None);
    assert_eq!(stage.subscriptions(), 0);
    stage.until("the socket is closed", |world| world.open_sockets().count() == 0);
    let answer = A::call(&twitch, As::Default, &GetUsers::own());
    assert_eq!(answer, Err(CallError::Cancelled));
    let refused = A::subscribe(&twitch, follows(&stage)).map(|_| ());
    assert_eq!(refused, Err(WishError::Refused(CallError::Cancelled)));
    A::close(&twitch);
    stage.end();
}

pub(crate) fn dropping_the_last_handle_closes_the_sockets<A: Adapter>() {
    let stage = Stage::new();
    let (twitch, mut notices) = stage.start::<A>();
    let mut events = A::subscribe(&twitch, follows(&stage)).unwrap();
    let other = twitch.clone();
    drop(twitch);
    stage.follow("brook");
    assert_eq!(users::<A>(&mut events, 1), ["brook"]);
    drop(other);
    stage.until("the socket is closed", |world| world.open_sockets().count() == 0);
    assert_eq!(A::event::<ChannelFollow>(&mut events), None);
    while A::notice(&mut notices).is_some() {}
    stage.end();
}
