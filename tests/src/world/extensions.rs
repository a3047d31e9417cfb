//! Extensions: their secrets and settings, where they are active, what they sell, and who buys it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use twitchwire::Time;

use super::World;

/// The version that every extension has released.
pub(super) const VERSION: &str = "1.0.0";
/// How long a secret is good: a hundred years.
const SECRET_LIFE: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A secret, in base64.
pub(super) struct Secret {
    pub(super) content: String,
    pub(super) active: Timestamp,
    pub(super) expires: Timestamp,
}

/// What a segment of the configuration holds.
#[derive(Clone, Default)]
pub(super) struct Segment {
    pub(super) content: String,
    pub(super) version: String,
}

/// What an extension sells for bits.
#[derive(Clone)]
pub(super) struct Product {
    pub(super) name: String,
    pub(super) bits: i64,
    pub(super) in_development: bool,
    pub(super) expires: Option<Timestamp>,
    pub(super) broadcast: bool,
}

/// One purchase.
pub(super) struct Bought {
    pub(super) id: String,
    at: Timestamp,
    user: String,
    channel: String,
    sku: String,
    product: Product,
}

/// An extension, known by its client id.
pub(super) struct Extension {
    pub(super) owner: String,
    /// Oldest first.
    pub(super) secrets: Vec<Secret>,
    /// Where it is active.
    pub(super) channels: BTreeSet<String>,
    /// By segment and broadcaster; the global one is nobody's.
    pub(super) segments: BTreeMap<(String, String), Segment>,
    /// By SKU.
    pub(super) products: BTreeMap<String, Product>,
    /// Newest first.
    pub(super) transactions: Vec<Bought>,
}

/// All extensions by client id.
#[derive(Default)]
pub(super) struct Extensions(BTreeMap<String, Extension>);

impl Extensions {
    pub(super) fn get(&self, id: &str) -> Option<&Extension> {
        self.0.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Extension> {
        self.0.get_mut(id)
    }

    /// The ids of what this user owns.
    pub(super) fn owned_by(&self, user: &str) -> Vec<&str> {
        let mine = self.0.iter().filter(|(_, extension)| extension.owner == user);
        mine.map(|(id, _)| id.as_str()).collect()
    }

    /// The ids of what a broadcaster has installed.
    pub(super) fn installed_by(&self, user: &str) -> impl Iterator<Item = &str> {
        let installed = self.0.iter().filter(move |(_, extension)| extension.channels.contains(user));
        installed.map(|(id, _)| id.as_str())
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(|extension| &extension.secrets).map(|secret| secret.content.as_str())
    }
}

impl World {
    /// Makes an app an extension of this owner's; returns the secret, in base64, that its back end signs tokens with.
    pub fn extension(&mut self, client: &str, owner: &str) -> String {
        let extension = Extension {
            owner: owner.to_owned(),
            secrets: Vec::new(),
            channels: BTreeSet::new(),
            segments: BTreeMap::new(),
            products: BTreeMap::new(),
            transactions: Vec::new(),
        };
        self.extensions.0.insert(client.to_owned(), extension);
        self.add_secret(client, Duration::ZERO)
    }

    /// A broadcaster installs and activates an extension, without any event.
    pub fn install(&mut self, extension: &str, channel: &str) {
        if let Some(extension) = self.extensions.get_mut(extension) {
            extension.channels.insert(channel.to_owned());
        }
    }

    /// A viewer buys an extension's product in a channel; returns the transaction's id, none without such a product.
    pub fn buy(&mut self, now: Time, who: &str, channel: &str, extension: &str, sku: &str) -> Option<String> {
        self.advance(now);
        let at = self.wall(self.now);
        let product = self.extensions.get(extension)?.products.get(sku)?.clone();
        if product.expires.is_some_and(|expires| expires <= at) {
            return None;
        }
        let id = self.rng.uuid();
        let mut event = self.person(who, "user");
        self.add_person(&mut event, channel, "broadcaster_user");
        event["id"] = json!(id);
        event["extension_client_id"] = json!(extension);
        event["product"] = json!({
            "name": product.name,
            "sku": sku,
            "bits": product.bits,
            "in_development": product.in_development,
        });
        let bought = Bought {
            id: id.clone(),
            at,
            user: who.to_owned(),
            channel: channel.to_owned(),
            sku: sku.to_owned(),
            product,
        };
        self.extensions.get_mut(extension)?.transactions.insert(0, bought);
        let about = [("extension_client_id", extension)];
        self.emit_now("extension.bits_transaction.create", "1", &about, event);
        Some(id)
    }

    /// A new secret, which takes the place of the others after this delay.
    pub(super) fn add_secret(&mut self, extension: &str, delay: Duration) -> String {
        let content = self.rng.secret(32);
        let active = self.wall(self.now) + delay;
        if let Some(extension) = self.extensions.get_mut(extension) {
            for secret in &mut extension.secrets {
                secret.expires = secret.expires.min(active);
            }
            let secret = Secret { content: content.clone(), active, expires: active + SECRET_LIFE };
            extension.secrets.push(secret);
        }
        content
    }

    pub(super) fn transaction_json(&self, extension: &str, bought: &Bought) -> Value {
        let mut said = self.person(&bought.user, "user");
        self.add_person(&mut said, &bought.channel, "broadcaster");
        said["id"] = json!(bought.id);
        said["timestamp"] = json!(bought.at.to_string());
        said["product_type"] = json!("BITS_IN_EXTENSION");
        said["product_data"] = json!({
            "domain": format!("twitch.ext.{extension}"),
            "sku": bought.sku,
            "cost": {"amount": bought.product.bits, "type": "bits"},
            "inDevelopment": bought.product.in_development,
            "displayName": bought.product.name,
            "expiration": "",
            "broadcast": bought.product.broadcast,
        });
        said
    }

    /// An extension as Helix describes it.
    pub(super) fn extension_json(&self, id: &str, extension: &Extension) -> Value {
        let page = |name: &str| format!("https://{id}.example/{name}.html");
        json!({
            "author_name": self.people.name(&extension.owner),
            "bits_enabled": !extension.products.is_empty(),
            "can_install": true,
            "configuration_location": "hosted",
            "description": "An extension of the simulation",
            "eula_tos_url": "",
            "has_chat_support": true,
            "icon_url": "https://static.example/icon-100x100.png",
            "icon_urls": {
                "100x100": "https://static.example/icon-100x100.png",
                "24x24": "https://static.example/icon-24x24.png",
                "300x200": "https://static.example/icon-300x200.png",
            },
            "id": id,
            "name": format!("Extension {id}"),
            "privacy_policy_url": "",
            "request_identity_link": false,
            "screenshot_urls": ["https://static.example/screenshot.png"],
            "state": "Released",
            "subscriptions_support_level": "none",
            "summary": "Simulated",
            "support_email": "support@mail.example",
            "version": VERSION,
            "viewer_summary": "Simulated",
            "views": {
                "mobile": {"viewer_url": page("mobile")},
                "panel": {
                    "viewer_url": page("panel"),
                    "height": 300,
                    "can_link_external_content": false,
                },
                "video_overlay": {"viewer_url": page("overlay"), "can_link_external_content": false},
                "component": {
                    "viewer_url": page("component"),
                    "aspect_ratio_x": 16000,
                    "aspect_ratio_y": 9000,
                    "autoscale": true,
                    "scale_pixels": 1024,
                    "target_height": 7500,
                    "can_link_external_content": false,
                },
                "config": {"viewer_url": page("config"), "can_link_external_content": false},
            },
            "allowlisted_config_urls": [],
            "allowlisted_panel_urls": [],
        })
    }
}
