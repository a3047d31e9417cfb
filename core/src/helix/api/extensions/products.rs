//! What an extension sells for Bits.

use crate::helix::api::ProductCost;
use crate::helix::{Invalid, List, Rule, check, endpoint};
use crate::wire::{empty_as_none, null_as_default};
use compact_str::CompactString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lists what an extension sells, by SKU. The app token's client id names the extension.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GetExtensionBitsProducts {
    /// Whether to list disabled and expired products too.
    pub should_include_all: Option<bool>,
}

endpoint!(GetExtensionBitsProducts = "get-extension-bits-products": get "/bits/extensions"
    => List<ExtensionBitsProduct>, app);

impl GetExtensionBitsProducts {
    /// What can be bought.
    pub fn new() -> Self {
        Self::default()
    }

    /// Disabled and expired products too.
    pub fn all() -> Self {
        GetExtensionBitsProducts { should_include_all: Some(true) }
    }
}

/// Adds a product, or changes the one with the same SKU. The app token's client id names the extension.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateExtensionBitsProduct {
    /// The product's SKU: at most 255 letters, digits, `-`, `_` and `.`.
    pub sku: CompactString,
    /// What it costs.
    pub cost: BitsCost,
    /// Its name, in at most 255 characters.
    pub display_name: String,
    /// Whether it is in development and cannot be bought for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_development: Option<bool>,
    /// Until when it is sold; a time in the past disables it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration: Option<Timestamp>,
    /// Whether all instances of the extension on a channel hear of a purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_broadcast: Option<bool>,
}

endpoint!(UpdateExtensionBitsProduct = "update-extension-bits-product": put "/bits/extensions"
    => List<ExtensionBitsProduct>, app, body: whole, check: |r| r.limits());

impl UpdateExtensionBitsProduct {
    /// A product for 1 to 10 000 Bits.
    pub fn new(sku: impl Into<CompactString>, name: impl Into<String>, bits: u32) -> Self {
        UpdateExtensionBitsProduct {
            sku: sku.into(),
            cost: BitsCost { amount: bits, kind: "bits" },
            display_name: name.into(),
            in_development: None,
            expiration: None,
            is_broadcast: None,
        }
    }

    /// Keeps it from being bought for good.
    #[must_use]
    pub fn in_development(mut self) -> Self {
        self.in_development = Some(true);
        self
    }

    /// Sells it until then.
    #[must_use]
    pub fn until(mut self, expiration: Timestamp) -> Self {
        self.expiration = Some(expiration);
        self
    }

    /// Lets all instances of the extension on a channel hear of a purchase.
    #[must_use]
    pub fn broadcast(mut self) -> Self {
        self.is_broadcast = Some(true);
        self
    }

    fn limits(&self) -> Result<(), Invalid> {
        check::length("sku", &self.sku, 1, 255)?;
        if !self.sku.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
            return Err(Invalid::new("sku", Rule::Other("may have letters, digits, `-`, `_` and `.` only")));
        }
        check::range("cost.amount", self.cost.amount, 1, 10_000)?;
        check::length("display_name", &self.display_name, 1, 255)
    }
}

/// A price in Bits.
#[derive(Clone, Debug, Serialize)]
pub struct BitsCost {
    /// How many, 1 to 10 000.
    pub amount: u32,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// Something that an extension sells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExtensionBitsProduct {
    /// The product's SKU.
    pub sku: CompactString,
    /// What it costs.
    pub cost: ProductCost,
    /// Whether it is in development and cannot be bought for good.
    #[serde(default, deserialize_with = "null_as_default")]
    pub in_development: bool,
    /// Its name.
    pub display_name: String,
    /// Until when it is sold; none for no end.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub expiration: Option<Timestamp>,
    /// Whether all instances of the extension on a channel hear of a purchase.
    #[serde(default, deserialize_with = "null_as_default")]
    pub is_broadcast: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helix::api::fixture::{at, body, decode, query, refused};
    use crate::helix::{Accepts, Endpoint};
    use serde_json::{Value as Json, json};

    fn wire() -> Json {
        json!({"data": [{
            "sku": "hat", "cost": {"amount": 100, "type": "bits"}, "in_development": true, "display_name": "A hat",
            "expiration": "2026-01-02T10:00:00Z", "is_broadcast": true,
        }]})
    }

    fn hat() -> ExtensionBitsProduct {
        ExtensionBitsProduct {
            sku: "hat".into(),
            cost: serde_json::from_value(json!({"amount": 100, "type": "bits"})).unwrap(),
            in_development: true,
            display_name: "A hat".into(),
            expiration: Some(at("10:00:00")),
            is_broadcast: true,
        }
    }

    #[test]
    fn products_are_listed_with_the_app_token() {
        assert_eq!(GetExtensionBitsProducts::META.accepts, Accepts::App);
        assert_eq!(query(&GetExtensionBitsProducts::new()), "");
        assert_eq!(query(&GetExtensionBitsProducts::all()), "should_include_all=true");
        assert_eq!(decode::<GetExtensionBitsProducts>(wire()), [hat()]);
    }

    #[test]
    fn a_product_is_all_body() {
        let request = UpdateExtensionBitsProduct::new("hat", "A hat", 100);
        assert_eq!(query(&request), "");
        let plain = json!({"sku": "hat", "cost": {"amount": 100, "type": "bits"}, "display_name": "A hat"});
        assert_eq!(body(&request), plain);
        let full = json!({"sku": "hat", "cost": {"amount": 100, "type": "bits"}, "display_name": "A hat",
            "in_development": true, "expiration": "2026-01-02T10:00:00Z", "is_broadcast": true});
        assert_eq!(body(&request.in_development().until(at("10:00:00")).broadcast()), full);
        assert_eq!(decode::<UpdateExtensionBitsProduct>(wire()), [hat()]);
    }

    #[test]
    fn a_products_limits_are_checked_before_sending() {
        let of = |sku: &str, name: &str, bits| refused(&UpdateExtensionBitsProduct::new(sku, name, bits));
        assert_eq!(of("", "A hat", 1), "`sku` wants 1 to 255 characters, has 0");
        assert_eq!(of("a hat", "A hat", 1), "`sku` may have letters, digits, `-`, `_` and `.` only");
        assert_eq!(of("hat", "A hat", 0), "`cost.amount` must be 1 to 10000, is 0");
        assert_eq!(of("hat", "A hat", 10_001), "`cost.amount` must be 1 to 10000, is 10001");
        assert_eq!(of("hat", &"h".repeat(256), 1), "`display_name` wants 1 to 255 characters, has 256");
    }
}
