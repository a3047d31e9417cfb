//! Bodies of Helix, read by operations of every shape, and as the answer that a client gets for a call.

use bytes::Bytes;
use std::fmt::Debug;
use twitchwire::auth::store::{MemoryStore, Store};
use twitchwire::helix::api::*;
use twitchwire::helix::{Answer, CallError, Endpoint, Paged, Pager, Shape, Value};
use twitchwire::{As, Client, Config, Input, Output, Time, jiff};

/// An operation of each shape, and of each kind of value that is read in more than one form.
const READERS: &[fn(Answer)] = &[
    read::<GetUsers>,
    read::<CreatePoll>,
    read::<GetTeams>,
    read::<GetUserActiveExtensions>,
    read::<GetBitsLeaderboard>,
    read::<GetCheermotes>,
    read::<GetChannelEmotes>,
    read::<GetHypeTrainStatus>,
    read::<GetReleasedExtensions>,
    read::<UpdateConduitShards>,
    read::<GetChannelICalendar>,
    read::<SnoozeNextAd>,
    read::<CancelRaid>,
    |answer| drop(walk(&GetStreams::all(), answer)),
    |answer| drop(walk(&GetChannelStreamSchedule::new("1"), answer)),
    |answer| drop(walk(&GetEventSubSubscriptions::all(), answer)),
    |answer| drop(walk(&GetExtensionLiveChannels::new("1"), answer)),
    |answer| {
        for video in walk(&GetVideos::by_user("1"), answer).unwrap_or_default() {
            video.seconds();
            video.thumbnail_url.sized(0, u32::MAX);
        }
    },
    |answer| {
        for donation in walk(&GetCharityCampaignDonations::new("1"), answer).unwrap_or_default() {
            let _ = donation.amount.to_string();
        }
    },
    |answer| {
        for user in GetUserChatColor::decode(answer).unwrap_or_default() {
            let _ = user.color.and_then(|color| color.rgb());
        }
    },
];

trait Decode: Endpoint {
    fn decode(answer: Answer) -> Result<Value<Self>, CallError> {
        Self::Output::decode(&answer)
    }
}

impl<E: Endpoint> Decode for E {}

fn read<E: Endpoint>(answer: Answer)
where
    Value<E>: Debug,
{
    match E::decode(answer) {
        Ok(value) => drop(format!("{value:?}")),
        Err(error) => drop(error.to_string()),
    }
}

/// One page of a walk. A second page that is the same ends it, or has no cursor to lead anywhere.
fn walk<E: Endpoint>(request: &E, answer: Answer) -> Result<Vec<<Value<E> as Paged>::Item>, CallError>
where
    Value<E>: Paged,
{
    let mut pager = Pager::new(request).expect("a walk");
    let items = pager.accept_items(Ok(answer.clone()))?;
    if pager.next().is_some() {
        pager.accept(Ok(answer))?;
        assert!(pager.is_done());
    }
    Ok(items)
}

/// Any bytes as an answer of Helix: the first byte picks who reads it, the second the status. No panic, and a client that
/// gets it ends the call or sends it again, within its limits.
pub fn helix(data: &[u8]) {
    let Some(([pick, status], body)) = data.split_first_chunk() else { return };
    let status = [200, 204, 400, 401, 404, 429, 500, 503][usize::from(*status) % 8];
    let status = http::StatusCode::from_u16(status).expect("a status");
    let body = Bytes::copy_from_slice(body);
    let answer = Answer { operation: "fuzz", status, headers: Default::default(), body: body.clone() };
    READERS[usize::from(*pick) % READERS.len()](answer);

    let mut client = Client::new(Time::ZERO, Config::new("client-id"));
    client.handle(Time::ZERO, Input::Wall(jiff::Timestamp::UNIX_EPOCH));
    let call = client.call(Time::ZERO, &GetExtensions::new("x"), As::Jwt("jwt".to_owned().into()));
    let (store, mut now, mut sent) = (MemoryStore::new(), Time::ZERO, 0);
    loop {
        match client.poll_output() {
            Some(Output::Store(id, op)) => client.handle(now, Input::Stored(id, store.run(op))),
            Some(Output::Http { id, .. }) => {
                sent += 1;
                assert!(sent < 10, "sent again and again");
                let mut response = http::Response::new(body.clone());
                *response.status_mut() = status;
                client.handle(now, Input::Response(id, response));
            }
            Some(Output::Reply(_, reply)) => {
                assert_eq!(
                    call.finish(reply).is_ok(),
                    status.is_success()
                        && GetExtensions::decode(Answer {
                            operation: "fuzz",
                            status,
                            headers: Default::default(),
                            body,
                        })
                        .is_ok()
                );
                return;
            }
            Some(_) => {}
            None => {
                now = client.poll_timeout().expect("the call is not over");
                client.handle(now, Input::Timeout);
            }
        }
    }
}
