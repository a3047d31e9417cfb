//! What the measuring programs share: the adapters behind one trait, clients in processes of their own, and the soak.

pub(crate) mod adapter;
pub(crate) mod conduit;
pub(crate) mod flood;
pub(crate) mod plain;
pub(crate) mod process;
pub(crate) mod soak;
