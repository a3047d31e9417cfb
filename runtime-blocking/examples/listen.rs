//! Listens to a channel: chat, follows, raids, the stream's start and end.
//!
//! Without further ado it listens to a simulated Twitch for some ten seconds. With `TWITCH_CLIENT_ID` in the environment
//! it listens to Twitch until Ctrl-C; `TWITCH_CLIENT_SECRET` is optional, tokens are kept in `TWITCH_TOKEN_FILE`
//! (`tokens.json`).
#![expect(clippy::print_stdout, reason = "an example prints")]

#[path = "../../tests/examples/common/mod.rs"]
mod common;

use std::env;
use std::error::Error;
use std::sync::mpsc;
use std::time::Duration;
use twitchwire_blocking as driver;
use twitchwire_blocking::auth::Scope;
use twitchwire_blocking::auth::TokenNotice;
use twitchwire_blocking::eventsub::Event;
use twitchwire_blocking::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire_blocking::eventsub::topic::chat::ChannelChatMessage;
use twitchwire_blocking::eventsub::topic::stream::{StreamOffline, StreamOnline};
use twitchwire_blocking::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire_blocking::{Heard, Notice, Notices, SessionNotice};
use twitchwire_sim::scene;

fn main() -> Result<(), Box<dyn Error>> {
    let (builder, simulation) = common::builder(scene::listen)?;
    let (twitch, notices) = builder
        .scopes([Scope::UserReadChat, Scope::ModeratorReadFollowers])
        .login(|prompt| println!("To log in, {prompt}."))
        .start()?;
    let printer = std::thread::spawn(move || print(notices));

    let me = twitch.me()?;
    for user in twitch.as_user(&me).call(&GetUsers::own())? {
        println!("You are {} ({}).", user.display_name, user.id);
    }
    if simulation.is_some() || env::var("TWITCH_CLIENT_SECRET").is_ok() {
        let users = twitch.as_app().call(&GetUsers::by_id([&me]))?;
        println!("The app's own token finds {} user.", users.len());
    }
    let mut followers = 0;
    let mut pages = twitch.pages(&GetChannelFollowers::new(&me));
    while let Some(follower) = pages.next() {
        follower?;
        followers += 1;
        if let Some(total) = pages.total() {
            print!("\r{followers} of {total} followers are listed.");
        }
    }
    println!();

    // The printer hears them all, in the order in which they come.
    twitch.subscribe(ChannelChatMessage::new(&me, &me))?.detach();
    twitch.subscribe(ChannelFollow::new(&me, &me))?.detach();
    twitch.subscribe(ChannelRaid::to(&me))?.detach();
    twitch.subscribe(StreamOnline::new(&me))?.detach();
    twitch.subscribe(StreamOffline::new(&me))?.detach();
    println!("Listening.");

    if simulation.is_some() {
        // With the stream the scene ends.
        twitch.wait_for::<StreamOffline>(|_| true, Duration::from_secs(20))?;
    } else {
        let (interrupt, interrupted) = mpsc::channel();
        ctrlc::set_handler(move || {
            // Nobody waits for a second one.
            let _ = interrupt.send(());
        })?;
        interrupted.recv()?;
    }
    twitch.close();
    printer.join().map_err(|_| "the printer panicked")?;

    let counts = twitch.counts();
    println!(
        "Events: {}, duplicates dropped: {}, gaps: {}, reconnects: {} as asked and {} after a loss, refreshes: {}.",
        counts.events, counts.duplicates, counts.gaps, counts.moves, counts.losses, counts.refreshes
    );
    Ok(())
}

fn print(notices: Notices) {
    for heard in notices {
        match heard {
            Heard::Lagged(count) => println!("! {count} notices were dropped"),
            Heard::Notice(notice) => match &*notice {
                Notice::Notification(notification) => println!("{}", line(&notification.event())),
                Notice::Gap(_)
                | Notice::Session(
                    SessionNotice::Opened { .. } | SessionNotice::Moved { .. } | SessionNotice::Lost { .. },
                )
                | Notice::Token(TokenNotice::Refreshed(_))
                | Notice::Closed => println!("* {notice}"),
                _ => {}
            },
        }
    }
}

fn line(event: &Event) -> String {
    match event {
        Event::ChannelChatMessage(said) => format!("{}: {}", said.chatter_user_name, said.message.text),
        Event::ChannelFollow(follow) => format!("{} follows", follow.user_name),
        Event::ChannelRaid(raid) => {
            format!("{} raids with {} viewers", raid.from_broadcaster_user_name, raid.viewers)
        }
        Event::StreamOnline(stream) => format!("{} is live", stream.broadcaster_user_name),
        Event::StreamOffline(stream) => format!("{} is offline", stream.broadcaster_user_name),
        other => format!("{other:?}"),
    }
}
