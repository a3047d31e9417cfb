//! A chat bot: commands, replies, a cooldown, a little moderation.
//!
//! `!hello` greets, `!dice` throws, and who advertises followers for sale gets a timeout. Without `TWITCH_CLIENT_ID` it plays in
//! a simulated channel for a few seconds, otherwise in the logged-in user's own until Ctrl-C.
#![expect(clippy::print_stdout, reason = "an example prints")]

#[path = "../../tests/examples/common/mod.rs"]
mod common;

use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, Instant};
use twitchwire_sim::scene;
use twitchwire_tokio as driver;
use twitchwire_tokio::auth::Scope;
use twitchwire_tokio::eventsub::topic::chat::{ChannelChatMessage, ChannelChatMessageEvent};
use twitchwire_tokio::helix::api::{BanUser, SendChatMessage};
use twitchwire_tokio::{CallError, Client};

/// How long a command rests before it answers again.
const COOLDOWN: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (builder, simulation) = common::builder(scene::chat)?;
    let scopes = [Scope::UserReadChat, Scope::UserWriteChat, Scope::ModeratorManageBannedUsers];
    let (twitch, _) = builder.scopes(scopes).login(|prompt| println!("To log in, {prompt}.")).start().await?;
    let me = twitch.me()?;
    let mut messages = twitch.subscribe(ChannelChatMessage::new(&me, &me)).await?;
    let mut rests = HashMap::new();
    let end = async {
        match &simulation {
            Some(_) => tokio::time::sleep(scene::CHAT).await,
            None => drop(tokio::signal::ctrl_c().await),
        }
    };
    tokio::pin!(end);
    loop {
        let message = tokio::select! {
            message = messages.next() => message,
            () = &mut end => break,
        };
        match message {
            Some(Ok(message)) => {
                println!("{}: {}", message.chatter_user_name, message.message.text);
                // One message that cannot be answered is no reason to stop.
                if let Err(error) = answer(&twitch, &message, &mut rests).await {
                    println!("! {error}");
                }
            }
            Some(Err(error)) => println!("! {error}"),
            None => break,
        }
    }
    twitch.close().await;
    Ok(())
}

async fn answer(
    twitch: &Client,
    message: &ChannelChatMessageEvent,
    rests: &mut HashMap<String, Instant>,
) -> Result<(), CallError> {
    let (channel, me) = (&message.broadcaster_user_id, twitch.me()?);
    if message.chatter_user_id == me {
        return Ok(());
    }
    if message.message.text.contains("buy followers") && !message.is_moderator() {
        let timeout = BanUser::new(channel, &me, &message.chatter_user_id).for_seconds(600);
        twitch.call(&timeout.because("advertising")).await?;
        println!("* {} has a timeout", message.chatter_user_name);
        return Ok(());
    }
    let Some(command) = message.command("!") else { return Ok(()) };
    let last = rests.get(command.name).copied();
    if last.is_some_and(|last| last.elapsed() < COOLDOWN) {
        return Ok(());
    }
    let answer = match command.name {
        "hello" => format!("Hello, {}!", message.chatter_user_name),
        "dice" => format!(
            "You threw a {}.",
            message.message_id.as_str().bytes().map(u32::from).sum::<u32>() % 6 + 1
        ),
        _ => return Ok(()),
    };
    rests.insert(command.name.to_owned(), Instant::now());
    let sent = twitch.call(&SendChatMessage::new(channel, &me, answer).reply_to(&message.message_id)).await?;
    if let Some(why) = sent.drop_reason {
        println!("! not sent: {}", why.message);
    }
    Ok(())
}
