//! Topics about an extension.

use crate::eventsub::topic;
use crate::id::{ExtensionId, Login, TransactionId, UserId};
use crate::wire::null_as_default;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// What was bought in an extension.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionProduct {
    /// Its name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: CompactString,
    /// Its price in Bits; 0 while it is in development.
    #[serde(default, deserialize_with = "null_as_default")]
    pub bits: u64,
    /// Its id in the extension.
    #[serde(default, deserialize_with = "null_as_default")]
    pub sku: CompactString,
    /// Whether it is in development.
    #[serde(default, deserialize_with = "null_as_default")]
    pub in_development: bool,
}

/// Somebody buys something in an extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExtensionBitsTransactionCreate {
    /// The extension.
    pub extension_client_id: ExtensionId,
}

impl ExtensionBitsTransactionCreate {
    /// Transactions in an extension, which must be the one that asks.
    pub fn new(extension_client_id: impl Into<ExtensionId>) -> Self {
        ExtensionBitsTransactionCreate { extension_client_id: extension_client_id.into() }
    }
}

topic!(ExtensionBitsTransactionCreate = "extension.bits_transaction.create" "1" => ExtensionBitsTransactionCreateEvent, any,
    on: conduit);

/// Somebody buys something in an extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionBitsTransactionCreateEvent {
    /// The extension.
    pub extension_client_id: ExtensionId,
    /// The transaction.
    pub id: TransactionId,
    /// The channel.
    pub broadcaster_user_id: UserId,
    /// Its login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_login: Login,
    /// Its display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub broadcaster_user_name: CompactString,
    /// Who buys.
    pub user_id: UserId,
    /// Their login.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_login: Login,
    /// Their display name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_name: CompactString,
    /// What they buy.
    #[serde(default, deserialize_with = "null_as_default")]
    pub product: ExtensionProduct,
}
