//! Helix, Twitch's HTTP API: every operation as a plain struct, the shape of its answer, its token and scopes.
//!
//! A request struct ([`api`]) implements [`Endpoint`] through one `endpoint!` line; [`Prepared`] is what it becomes
//! on the way out; [`Shape`] turns the answer's bytes into a value; [`Pager`] walks pages; [`Split`] cuts lists that are
//! too long for one call; [`Limiter`] keeps the rate; [`CallError`] says what went wrong. [`Raw`] is an operation that
//! this version does not know. [`Client::call`](crate::Client::call) puts them together.

pub mod api;
mod encode;
mod endpoint;
mod error;
mod jwt;
mod limit;
mod output;
mod page;
mod raw;
mod split;

pub use encode::Prepared;
pub use endpoint::{Accepts, Endpoint, Invalid, Meta, Rule};
pub(crate) use endpoint::{check, endpoint};
pub use error::{CallError, Refusal, TooMany};
pub use jwt::ExtensionClaims;
pub use limit::{Bucket, Budget, Limiter, Turn, Window};
pub use output::{Answer, Json, List, Maybe, Object, One, OrNone, Shape, Text, Value};
pub use page::{Cursor, Page, PageEnd, Paged, Pager};
pub use raw::Raw;
pub use split::Split;
pub(crate) use split::split;
