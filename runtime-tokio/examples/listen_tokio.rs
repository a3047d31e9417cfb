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
use std::time::Duration;
use twitchwire_sim::scene;
use twitchwire_tokio as driver;
use twitchwire_tokio::auth::Scope;
use twitchwire_tokio::auth::TokenNotice;
use twitchwire_tokio::eventsub::Event;
use twitchwire_tokio::eventsub::topic::channel::{ChannelFollow, ChannelRaid};
use twitchwire_tokio::eventsub::topic::chat::ChannelChatMessage;
use twitchwire_tokio::eventsub::topic::stream::{StreamOffline, StreamOnline};
use twitchwire_tokio::helix::api::{GetChannelFollowers, GetUsers};
use twitchwire_tokio::{Heard, Notice, Notices, SessionNotice};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (builder, simulation) = common::builder(scene::listen)?;
    let (twitch, notices) = builder
        .scopes([Scope::UserReadChat, Scope::ModeratorReadFollowers])
        .login(|prompt| println!("To log in, {prompt}."))
        .start()
        .await?;
    let printer = tokio::spawn(print(notices));

    let me = twitch.me()?;
    for user in twitch.as_user(&me).call(&GetUsers::own()).await? {
        println!("You are {} ({}).", user.display_name, user.id);
    }
    if simulation.is_some() || env::var("TWITCH_CLIENT_SECRET").is_ok() {
        let users = twitch.as_app().call(&GetUsers::by_id([&me])).await?;
        println!("The app's own token finds {} user.", users.len());
    }
    let mut followers = 0;
    let mut pages = twitch.pages(&GetChannelFollowers::new(&me));
    while let Some(follower) = pages.next().await {
        follower?;
        followers += 1;
        if let Some(total) = pages.total() {
            print!("\r{followers} of {total} followers are listed.");
        }
    }
    println!();

    // The printer hears them all, in the order in which they come.
    twitch.subscribe(ChannelChatMessage::new(&me, &me)).await?.detach();
    twitch.subscribe(ChannelFollow::new(&me, &me)).await?.detach();
    twitch.subscribe(ChannelRaid::to(&me)).await?.detach();
    twitch.subscribe(StreamOnline::new(&me)).await?.detach();
    twitch.subscribe(StreamOffline::new(&me)).await?.detach();
    println!("Listening.");

    if simulation.is_some() {
        // With the stream the scene ends.
        twitch.wait_for::<StreamOffline>(|_| true, Duration::from_secs(20)).await?;
    } else {
        tokio::signal::ctrl_c().await?;
    }
    twitch.close().await;
    printer.await?;

    let counts = twitch.counts();
    println!(
        "Events: {}, duplicates dropped: {}, gaps: {}, reconnects: {} as asked and {} after a loss, refreshes: {}.",
        counts.events, counts.duplicates, counts.gaps, counts.moves, counts.losses, counts.refreshes
    );
    Ok(())
}

async fn print(mut notices: Notices) {
    while let Some(heard) = notices.next().await {
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
