//! [Extensions](https://dev.twitch.tv/docs/api/reference/#get-extension-configuration-segment): what an extension keeps
//! and says, what it sells, and what Twitch knows of it. Most calls take a token that the extension's back end signs
//! itself: [`ExtensionClaims`](crate::helix::ExtensionClaims).

mod configuration;
mod listing;
mod messages;
mod products;
mod secrets;

pub use configuration::SetExtensionRequiredConfiguration;
pub use configuration::{ExtensionConfiguration, ExtensionSegment, GetExtensionConfigurationSegment};
pub use configuration::{NewRequiredConfiguration, SetExtensionConfigurationSegment};
pub use listing::{ComponentView, ConfigView, MobileView, PanelView, VideoOverlayView};
pub use listing::{ConfigurationLocation, Extension, ExtensionState, ExtensionViews, SubscriptionsSupport};
pub use listing::{ExtensionLiveChannel, GetExtensionLiveChannels, GetExtensions, GetReleasedExtensions};
pub use messages::{ExtensionChatMessage, SendExtensionChatMessage, SendExtensionPubSubMessage};
pub use products::{BitsCost, ExtensionBitsProduct, GetExtensionBitsProducts, UpdateExtensionBitsProduct};
pub use secrets::{CreateExtensionSecret, ExtensionSecret, ExtensionSecrets, GetExtensionSecrets};

use crate::helix::{Invalid, Rule};

/// What an extension keeps or broadcasts at once is at most 5 KB.
fn five_kilobytes(field: &'static str, text: &str) -> Result<(), Invalid> {
    let (max, got) = (5 * 1024, text.len() as u64);
    if got > max {
        return Err(Invalid::new(field, Rule::Count { unit: "bytes", min: 0, max, got }));
    }
    Ok(())
}
