//! How often reading an event asks for memory.

use bytes::Bytes;
use std::hint::black_box;
use twitchwire::eventsub::Event;
use twitchwire::eventsub::frame::{self, Message};

#[test]
fn a_chat_message_takes_six_allocations_and_its_envelope_none() {
    let bytes = Bytes::from_static(include_bytes!("../fixtures/chat_message_frame.json"));
    let mut envelope = None;
    let for_envelope = allocation_counter::measure(|| envelope = Some(frame::read(&bytes).unwrap().message));
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
