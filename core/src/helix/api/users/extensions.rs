//! Extensions on a user's channel: which are installed, which are active and where.

use crate::helix::{List, Object, endpoint};
use crate::id::{ExtensionId, UserId};
use crate::wire::{empty_as_none, null_as_default, open_enum};
use compact_str::{CompactString, format_compact};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Gets the extensions that the token's user has installed; those that are not active only with `user:edit:broadcast`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetUserExtensions {}

endpoint!(GetUserExtensions = "get-user-extensions": get "/users/extensions/list" => List<InstalledExtension>, user,
    scopes: any(UserReadBroadcast, UserEditBroadcast));

/// An extension that is installed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstalledExtension {
    /// The extension's id.
    pub id: ExtensionId,
    /// Its version.
    pub version: CompactString,
    /// Its name.
    pub name: String,
    /// Whether it is set up and can be activated.
    pub can_activate: bool,
    /// As what it can be activated.
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    pub kinds: Vec<ExtensionKind>,
}

open_enum! {
    /// As what an extension is shown.
    pub enum ExtensionKind {
        /// Over a part of the video.
        Component = "component",
        /// On phones.
        Mobile = "mobile",
        /// Over all of the video.
        Overlay = "overlay",
        /// Below the video.
        Panel = "panel",
    }
}

/// Gets the extensions that are active on a channel. Those in development are told to the user's own token alone.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetUserActiveExtensions {
    /// The channel; none for the token's user.
    pub user_id: Option<UserId>,
}

endpoint!(GetUserActiveExtensions = "get-user-active-extensions": get "/users/extensions" => Object<ActiveExtensions>,
    any(user_id), optional: (UserReadBroadcast, UserEditBroadcast));

impl GetUserActiveExtensions {
    /// The active extensions of the token's user.
    pub fn own() -> Self {
        Self::default()
    }

    /// The active extensions of a channel.
    pub fn of(user: impl Into<UserId>) -> Self {
        GetUserActiveExtensions { user_id: Some(user.into()) }
    }
}

/// Activates extensions on the channel of the token's user, and deactivates others:
/// `UpdateUserExtensions::new().panel(1, ExtensionSlot::with("ext1", "1.0.0")).overlay(1, ExtensionSlot::empty())`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UpdateUserExtensions {
    /// The slots to change.
    #[serde(skip)]
    pub extensions: ActiveExtensions,
}

endpoint!(UpdateUserExtensions = "update-user-extensions": put "/users/extensions" => Object<ActiveExtensions>, user,
    scopes: any(UserEditBroadcast), body: data(extensions));

impl UpdateUserExtensions {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fills or empties a slot for a panel.
    #[must_use]
    pub fn panel(mut self, number: u8, slot: ExtensionSlot) -> Self {
        self.extensions.panel.insert(format_compact!("{number}"), slot);
        self
    }

    /// Fills or empties a slot for an overlay.
    #[must_use]
    pub fn overlay(mut self, number: u8, slot: ExtensionSlot) -> Self {
        self.extensions.overlay.insert(format_compact!("{number}"), slot);
        self
    }

    /// Fills or empties a slot for a component; one that is filled needs [a place](ExtensionSlot::at).
    #[must_use]
    pub fn component(mut self, number: u8, slot: ExtensionSlot) -> Self {
        self.extensions.component.insert(format_compact!("{number}"), slot);
        self
    }
}

/// The slots of a channel, each kind by its number from `1` on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ActiveExtensions {
    /// Below the video.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub panel: BTreeMap<CompactString, ExtensionSlot>,
    /// Over all of the video.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub overlay: BTreeMap<CompactString, ExtensionSlot>,
    /// Over a part of the video.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub component: BTreeMap<CompactString, ExtensionSlot>,
}

/// A slot, and the extension that is active there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionSlot {
    /// Whether an extension is.
    pub active: bool,
    /// Which.
    #[serde(default, deserialize_with = "empty_as_none", skip_serializing_if = "Option::is_none")]
    pub id: Option<ExtensionId>,
    /// In which version.
    #[serde(default, deserialize_with = "empty_as_none", skip_serializing_if = "Option::is_none")]
    pub version: Option<CompactString>,
    /// Its name.
    #[serde(default, deserialize_with = "empty_as_none", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For a component, where it is shown from the left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<i64>,
    /// For a component, where it is shown from the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<i64>,
}

impl ExtensionSlot {
    /// A slot with an extension in this version.
    pub fn with(id: impl Into<ExtensionId>, version: impl Into<CompactString>) -> Self {
        ExtensionSlot { active: true, id: Some(id.into()), version: Some(version.into()), ..Self::default() }
    }

    /// A slot without an extension.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Shown at this place over the video.
    #[must_use]
    pub fn at(mut self, x: i64, y: i64) -> Self {
        (self.x, self.y) = (Some(x), Some(y));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{body, decode, query};
    use serde_json::json;

    #[test]
    fn an_installed_extension_decodes_to_the_field() {
        assert_eq!(query(&GetUserExtensions {}), "");
        let wire = json!({
            "id": "ext1", "version": "1.1.8", "name": "Sums", "can_activate": true, "type": ["panel", "hologram"],
        });
        let extensions = decode::<GetUserExtensions>(json!({"data": [wire]}));
        assert_eq!(
            extensions,
            [InstalledExtension {
                id: "ext1".into(),
                version: "1.1.8".into(),
                name: "Sums".into(),
                can_activate: true,
                kinds: vec![ExtensionKind::Panel, ExtensionKind::Unknown("hologram".into())],
            }]
        );
        assert_eq!(serde_json::to_value(&extensions[0]).unwrap(), wire);
    }

    #[test]
    fn active_extensions_come_by_kind_and_slot() {
        assert_eq!(query(&GetUserActiveExtensions::own()), "");
        assert_eq!(query(&GetUserActiveExtensions::of("1001")), "user_id=1001");
        let wire = json!({
            "panel": {"1": {"active": true, "id": "ext1", "version": "1.1.0", "name": "Sums"}, "2": {"active": false}},
            "component": {"1": {"active": true, "id": "ext2", "version": "0.0.1", "name": "Dot", "x": 3, "y": 0}},
        });
        let active = decode::<GetUserActiveExtensions>(json!({"data": wire}));
        let slot = |id: &str, version: &str, name: &str| ExtensionSlot {
            name: Some(name.into()),
            ..ExtensionSlot::with(id, version)
        };
        assert_eq!(
            active,
            ActiveExtensions {
                panel: BTreeMap::from([
                    ("1".into(), slot("ext1", "1.1.0", "Sums")),
                    ("2".into(), ExtensionSlot::empty()),
                ]),
                overlay: BTreeMap::new(),
                component: BTreeMap::from([("1".into(), slot("ext2", "0.0.1", "Dot").at(3, 0))]),
            }
        );
        assert_eq!(serde_json::to_value(&active).unwrap(), wire);
    }

    #[test]
    fn slots_are_filled_and_emptied() {
        let request = UpdateUserExtensions::new()
            .panel(1, ExtensionSlot::with("ext1", "1.1.0"))
            .overlay(1, ExtensionSlot::empty())
            .component(2, ExtensionSlot::with("ext2", "0.0.1").at(3, 0));
        assert_eq!(query(&request), "");
        assert_eq!(
            body(&request),
            json!({"data": {
                "panel": {"1": {"active": true, "id": "ext1", "version": "1.1.0"}},
                "overlay": {"1": {"active": false}},
                "component": {"2": {"active": true, "id": "ext2", "version": "0.0.1", "x": 3, "y": 0}},
            }})
        );
        assert_eq!(decode::<UpdateUserExtensions>(json!({"data": {}})), ActiveExtensions::default());
    }
}
