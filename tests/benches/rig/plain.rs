//! A chat message as somebody would decode it who writes the loop by hand: owned structs and plain serde.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(crate) struct Frame {
    pub(crate) metadata: Metadata,
    pub(crate) payload: Payload,
}

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) message_id: String,
    pub(crate) message_type: String,
    pub(crate) message_timestamp: String,
    pub(crate) subscription_type: String,
    pub(crate) subscription_version: String,
}

#[derive(Deserialize)]
pub(crate) struct Payload {
    pub(crate) subscription: Subscription,
    pub(crate) event: Chat,
}

#[derive(Deserialize)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) r#type: String,
    pub(crate) version: String,
    pub(crate) condition: BTreeMap<String, String>,
    pub(crate) transport: Transport,
    pub(crate) created_at: String,
    pub(crate) cost: u32,
}

#[derive(Deserialize)]
pub(crate) struct Transport {
    pub(crate) method: String,
    pub(crate) session_id: String,
}

#[derive(Deserialize)]
pub(crate) struct Chat {
    pub(crate) broadcaster_user_id: String,
    pub(crate) broadcaster_user_login: String,
    pub(crate) broadcaster_user_name: String,
    pub(crate) source_broadcaster_user_id: Option<String>,
    pub(crate) source_broadcaster_user_login: Option<String>,
    pub(crate) source_broadcaster_user_name: Option<String>,
    pub(crate) chatter_user_id: String,
    pub(crate) chatter_user_login: String,
    pub(crate) chatter_user_name: String,
    pub(crate) message_id: String,
    pub(crate) source_message_id: Option<String>,
    pub(crate) is_source_only: Option<bool>,
    pub(crate) message: Text,
    pub(crate) color: String,
    pub(crate) badges: Vec<Badge>,
    pub(crate) source_badges: Option<Vec<Badge>>,
    pub(crate) message_type: String,
    pub(crate) cheer: Option<Cheer>,
    pub(crate) reply: Option<BTreeMap<String, String>>,
    pub(crate) channel_points_custom_reward_id: Option<String>,
    pub(crate) channel_points_animation_id: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) fragments: Vec<Fragment>,
}

#[derive(Deserialize)]
pub(crate) struct Fragment {
    pub(crate) r#type: String,
    pub(crate) text: String,
    pub(crate) cheermote: Option<Cheermote>,
    pub(crate) emote: Option<Emote>,
    pub(crate) mention: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
pub(crate) struct Cheermote {
    pub(crate) prefix: String,
    pub(crate) bits: u32,
    pub(crate) tier: u32,
}

#[derive(Deserialize)]
pub(crate) struct Emote {
    pub(crate) id: String,
    pub(crate) emote_set_id: String,
    pub(crate) owner_id: String,
    pub(crate) format: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Badge {
    pub(crate) set_id: String,
    pub(crate) id: String,
    pub(crate) info: String,
}

#[derive(Deserialize)]
pub(crate) struct Cheer {
    pub(crate) bits: u32,
}
