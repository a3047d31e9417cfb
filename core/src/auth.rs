//! Tokens: scopes, records, the store they are kept in, the OAuth requests, and the [`Keeper`] that holds them all.
//!
//! [`wire`] writes requests to Twitch's OAuth service and reads its answers; [`Keeper`] decides when to send them;
//! [`store`] is what survives the process; [`flow`] obtains tokens that nobody has yet, [`provider`] those that somebody
//! else has; [`preflight`] says what a token lacks for a request.

pub mod flow;
mod keeper;
pub mod preflight;
pub mod provider;
mod scope;
pub mod store;
mod token;
pub mod wire;

pub use keeper::{Identity, Keeper, KeeperOutput, KeeperTimes, TokenNotice, Usable};
pub(crate) use scope::{AnyOf, scopes};
pub use scope::{Scope, Scopes};
pub use token::{Account, Mark, Refresh, TokenError, TokenRecord};
