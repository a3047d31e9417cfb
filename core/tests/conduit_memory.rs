//! How much memory an idle shard takes, room in queues that were once full included.

#[allow(dead_code, reason = "the bench uses the rest")]
#[path = "../benches/rig/mod.rs"]
mod rig;

use rig::Rig;
use std::hint::black_box;

/// What a client with so many shards keeps, in bytes.
fn kept(shards: u32) -> i64 {
    let mut rig = None;
    let took = allocation_counter::measure(|| rig = Some(Rig::new(shards)));
    let sockets = rig.as_ref().map_or(0, |rig| rig.sockets.capacity() * size_of_val(&rig.sockets[0]));
    black_box(&rig);
    took.bytes_current - sockets as i64
}

#[test]
fn an_idle_shard_takes_less_than_four_kibibytes() {
    let each = (kept(3000) - kept(1000)) / 2000;
    assert!((1..4096).contains(&each), "{each} bytes");
}
