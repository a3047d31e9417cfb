//! What twitchwire's drivers share: the handle that applications hold, and what stands between it and a runtime.
//!
//! Applications use `twitchwire-tokio`, `twitchwire-async-std` or `twitchwire-blocking`, which name these types for their
//! runtime. This crate is for those who bring another one.
//!
//! A [`Driver`] keeps the machine and the desk ([`Machine`]) behind a lock and carries out what the machine asks for. All
//! that a [`Client`] does goes through [`Driver::with`]; answers come back over the desk. Who waits there is a thread
//! ([`Threads`]: calls block, lists are iterators) or a task ([`tasks`]: calls are futures, lists are streams). For tasks
//! the driver is here too, and a runtime has to give no more than [`tasks::Runtime`] asks for: time, tasks, connections.

mod builder;
mod client;
mod driver;
mod file;
mod listen;
mod pages;
mod recording;
#[cfg(feature = "tasks")]
pub mod tasks;
mod threads;
pub mod trace;

pub use builder::{Builder, Setup};
pub use client::Client;
pub use driver::{Done, Driver, Errand, Machine, Order};
pub use file::FileStore;
pub use listen::{Events, Handling, Notices};
pub use pages::{ByPage, Pages};
pub use recording::Recording;
pub use threads::Threads;
