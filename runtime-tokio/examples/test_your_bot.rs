//! How to test a bot: a simulated Twitch on a local port, the bot as it is, and a story to play to it.
//!
//! It takes some milliseconds and no account. In a project of its own this is a `#[tokio::test]`.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;
use std::time::Duration;
use twitchwire_sim::world::Which;
use twitchwire_sim::{Server, World};
use twitchwire_tokio::auth::Scope;
use twitchwire_tokio::eventsub::SubscriptionState;
use twitchwire_tokio::eventsub::topic::chat::{ChannelChatMessage, ChannelChatMessageEvent};
use twitchwire_tokio::helix::api::SendChatMessage;
use twitchwire_tokio::{CallError, Client, Endpoints, Filter, Heard, Notice, WishError};

/// The bot: greets whoever says `!hello`.
async fn bot(twitch: Client) -> Result<(), WishError> {
    let me = twitch.me().map_err(WishError::Refused)?;
    let mut messages = twitch.subscribe(ChannelChatMessage::new(&me, &me)).await?;
    while let Some(message) = messages.next().await {
        if let Ok(message) = message
            && let Err(error) = greet(&twitch, &message).await
        {
            println!("! {error}");
        }
    }
    Ok(())
}

async fn greet(twitch: &Client, message: &ChannelChatMessageEvent) -> Result<(), CallError> {
    if message.command("!").is_some_and(|command| command.name == "hello") {
        let hello = format!("Hello, {}!", message.chatter_user_name);
        twitch.call(&SendChatMessage::new(&message.broadcaster_user_id, twitch.me()?, hello)).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // A world: an app, a channel, somebody who chats. The seed makes it the same each time.
    let mut world = World::new(7, "2026-03-01T12:00:00Z".parse()?);
    world.client("my-app", Some("my-secret"));
    let ada = world.user("ada");
    let server = Server::start(world)?;

    // The bot, pointed at it, with a token that nobody had to log in for.
    let scopes = [Scope::UserReadChat, Scope::UserWriteChat];
    let names = scopes.each_ref().map(Scope::as_str);
    let (access, refresh) = server.with(|world, now| world.grant_token(now, "my-app", &ada, &names));
    let endpoints = Endpoints::local(&server.http_url().parse()?, &server.ws_url().parse()?);
    let builder = Client::builder("my-app").secret("my-secret").endpoints(endpoints);
    let (twitch, _) = builder.token(access, Some(&refresh)).scopes(scopes).start().await?;
    let bot = tokio::spawn(bot(twitch.clone()));
    // The test listens too: who subscribes to the same shares the subscription.
    let mut chat = twitch.subscribe(ChannelChatMessage::new(ada.as_str(), ada.as_str())).await?;
    let mut hears = async |text: &str| {
        let heard = async {
            loop {
                match chat.next().await {
                    Some(Ok(message)) if message.message.text == text => return,
                    Some(_) => {}
                    None => panic!("the client ended"),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), heard).await.expect(text);
    };

    // The story, and what is expected of the bot.
    server.with(|world, now| {
        world.at(now).user("brook").says("ada", "!hello");
    });
    hears("Hello, Brook!").await;
    println!("The bot greets.");

    // The same with an expired token and after a lost connection.
    let mut notices = twitch.listen(Filter::Notices);
    server.with(|world, now| {
        world.expire(now, &ada);
        world.drop_sockets(now, &Which::All);
    });
    while let Some(heard) = notices.next().await {
        // Once the wish is held again.
        if matches!(&heard, Heard::Notice(notice) if matches!(&**notice, Notice::Subscription(_, SubscriptionState::Enabled { .. })))
        {
            break;
        }
    }
    server.with(|world, now| {
        world.at(now).user("brook").says("ada", "!hello");
    });
    hears("Hello, Brook!").await;
    println!("It still does after a lost connection and an expired token.");

    twitch.close().await;
    bot.await??;
    // What the simulation saw: no rule of Twitch's was broken.
    server.with(|world, _| assert_eq!(world.violations(), []));
    Ok(())
}
