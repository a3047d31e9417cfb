//! The client.
mod io;
pub use io::*;

/// Something the application may want to know.
#[derive(Debug)]
pub struct Notice;
/// A reply.
#[derive(Debug)]
pub struct Reply;
