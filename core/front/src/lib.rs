//! What twitchwire's drivers share: the handle that applications hold, and what stands between it and a runtime.
//!
//! Applications use `twitchwire-tokio`, `twitchwire-async-std` or `twitchwire-blocking`, which name these types for their
//! runtime. This crate is for those who bring another one.
//!
//! A [`Driver`] keeps the machine and the desk ([`Machine`]) behind a lock and carries out what the machine asks for. All
//! that a [`Client`] does goes through [`Driver::with`]; answers come back over the desk. Who waits there is a thread
//! ([`Threads`]: calls block, lists are iterators) or a task ([`tasks`]: calls are futures, lists are streams). For tasks
//! the driver is here too, and a runtime has to give no more than [`tasks::Runtime`] asks for: time, tasks, connections.
//!
//! | I want to … | look at |
//! | --- | --- |
//! | bring a runtime with futures | [`tasks::Runtime`], [`tasks::Tasks`] |
//! | bring another driver for threads | [`Driver`], [`Threads`], [`Machine`] |
//! | know how hosts are to be reached | [`Route`], [`Target`], [`Tunnel`] |
//! | see all that applications can do | [`Builder`], [`Client`], [`Events`], [`Notices`], [`Pages`] |
//! | keep tokens | [`FileStore`], [`Unsaved`], [`twitchwire::auth::store`] |
//! | log as the drivers do | [`trace`] |

mod builder;
mod client;
mod driver;
mod file;
mod listen;
mod pages;
mod proxy;
mod recording;
mod route;
#[cfg(feature = "tasks")]
pub mod tasks;
mod threads;
pub mod trace;
mod unsaved;

pub use builder::{Builder, Setup};
pub use client::Client;
pub use driver::{Done, Driver, Errand, Machine, Order};
pub use file::FileStore;
pub use listen::{Events, Handling, Notices};
pub use pages::{ByPage, Pages};
pub use proxy::{Hop, Proxy, ProxyError, Tunnel};
pub use recording::Recording;
pub use route::{Route, Target, Way};
pub use rustls;
pub use threads::{Connector, Stream, Threads};
pub use unsaved::Unsaved;
