//! How often reading an event, or a page of Helix, asks for memory.

use bytes::Bytes;
use http::StatusCode;
use std::hint::black_box;
use twitchwire::eventsub::Event;
use twitchwire::eventsub::frame::{Message, Reader};
use twitchwire::helix::api::{GetChatters, GetStreams, GetUsers};
use twitchwire::helix::{Answer, Endpoint, Shape};

#[test]
fn a_chat_message_takes_six_allocations_and_its_envelope_none() {
    let bytes = Bytes::from_static(include_bytes!("../fixtures/chat_message_frame.json"));
    let mut reader = Reader::default();
    // The subscription is remembered from now on.
    let _ = reader.read(&bytes);
    let mut envelope = None;
    let for_envelope = allocation_counter::measure(|| envelope = Some(reader.read(&bytes).unwrap().message));
    let Some(Message::Notification { subscription, event }) = envelope else { panic!("not a notification") };
    assert_eq!(for_envelope.count_total, 0);

    // The box, the text, the parts, the first part's text, the emote's formats, the badges.
    let mut read = None;
    let for_event = allocation_counter::measure(|| {
        read = Some(Event::read(&subscription.topic, &subscription.version, &event));
    });
    assert!(matches!(black_box(read), Some(Event::ChannelChatMessage(_))));
    assert_eq!(for_event.count_total, 6);
}

/// How often reading a page of a hundred items asks for memory, the list's own growth left out.
fn allocations<E: Endpoint>(body: Bytes) -> u64 {
    let operation = E::META.operation;
    let answer = Answer { operation, status: StatusCode::OK, headers: Default::default(), body };
    let mut value = None;
    let info = allocation_counter::measure(|| value = Some(E::Output::decode(&answer)));
    assert!(matches!(black_box(value), Some(Ok(_))));
    info.count_total
}

include!("../fixtures/helix_pages.rs");

#[test]
fn a_page_asks_for_memory_only_for_texts_that_are_long_and_for_lists() {
    // The list grows six times, from 4 to 128 places; a cursor is long.
    const PAGE: u64 = 7;
    // The title, the category, the picture, the tags.
    assert_eq!(allocations::<GetStreams>(page(STREAM)), PAGE + 4 * 100);
    // The description and two pictures.
    assert_eq!(allocations::<GetUsers>(page(USER)), PAGE - 1 + 3 * 100);
    assert_eq!(allocations::<GetChatters>(page(CHATTER)), PAGE);
}
