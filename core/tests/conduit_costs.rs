//! What a shard costs: memory while it is idle, room in queues that were once full included; and for each input no more
//! among many shards than among few.
#![expect(clippy::print_stdout, reason = "what was measured, besides what is asserted")]

#[allow(dead_code, reason = "the bench uses the rest")]
#[path = "../benches/rig/mod.rs"]
mod rig;

use rig::Rig;
use std::hint::black_box;
use twitchwire::Input;

/// What a client with so many shards keeps, in bytes.
fn kept(shards: u32) -> i64 {
    let mut rig = None;
    let took = allocation_counter::measure(|| rig = Some(Rig::new(shards)));
    let sockets = rig.as_ref().map_or(0, |rig| rig.sockets.capacity() * size_of_val(&rig.sockets[0]));
    black_box(&rig);
    took.bytes_current - sockets as i64
}

/// With 10 shards, what the client has once is shared by few.
#[test]
fn an_idle_shard_takes_less_than_a_kibibyte() {
    let (none, few, many) = (kept(1), kept(11), kept(1001));
    let (few, many) = ((few - none) / 10, (many - none) / 1000);
    println!("bytes of an idle shard: {few} of 10, {many} of 1000");
    assert!((1..1024).contains(&few), "{few} bytes");
    assert!((1..1024).contains(&many), "{many} bytes");
}

/// Allocations are the part of an input's cost that is the same on every machine.
#[test]
fn an_input_allocates_as_much_with_a_thousand_shards_as_with_ten() {
    for inputs in [Rig::keepalives as fn(&mut Rig, usize) -> Vec<Input>, Rig::events] {
        let [few, many] = [10, 1000].map(|shards| {
            let mut rig = Rig::new(shards);
            let inputs = inputs(&mut rig, 1000);
            let (now, mut told) = (rig.now, 0);
            let took = allocation_counter::measure(|| {
                for input in inputs {
                    rig.client.handle(now, input);
                    told += rig.drain();
                }
            });
            println!(
                "{shards} shards: {} allocations, {} bytes, {told} outputs",
                took.count_total, took.bytes_total
            );
            took.count_total
        });
        assert!(few.abs_diff(many) <= few / 50, "{few} allocations with 10 shards, {many} with 1000");
    }
}
