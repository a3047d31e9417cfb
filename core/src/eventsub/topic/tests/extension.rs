//! Every topic of the family, field by field.

use super::{condition_is, reads_as};
use crate::eventsub::topic::extension::*;
use serde_json::json;

#[test]
fn extension_bits_transaction_create_decodes_to_the_field_and_back() {
    condition_is(
        &ExtensionBitsTransactionCreate::new("app-1"),
        json!({"extension_client_id": "app-1"}),
        None,
    );
    reads_as::<ExtensionBitsTransactionCreate>(ExtensionBitsTransactionCreateEvent {
        extension_client_id: "app-1".into(),
        id: "t-1".into(),
        broadcaster_user_id: "1001".into(),
        broadcaster_user_login: "ada".into(),
        broadcaster_user_name: "Ada".into(),
        user_id: "1002".into(),
        user_login: "brook".into(),
        user_name: "Brook".into(),
        product: ExtensionProduct {
            name: "Confetti".into(),
            bits: 100,
            sku: "confetti-1".into(),
            in_development: false,
        },
    });
}
