//! What one input costs with 10, 1000 and 20 000 shards: the same within a factor of two.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use twitchwire::Input;

#[allow(clippy::panic, reason = "a rig that fails should say so")]
mod rig;

use rig::Rig;

/// Inputs of one measurement.
const INPUTS: usize = 1000;

fn benches(c: &mut Criterion) {
    for (name, make) in [
        ("keepalive", Rig::keepalives as fn(&mut Rig, usize) -> Vec<Input>),
        ("event", Rig::events as fn(&mut Rig, usize) -> Vec<Input>),
    ] {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(INPUTS as u64));
        for shards in [10, 1000, 20_000] {
            let rig = std::cell::RefCell::new(Rig::new(shards));
            group.bench_function(shards.to_string(), |b| {
                b.iter_batched(
                    || make(&mut rig.borrow_mut(), INPUTS),
                    |inputs| {
                        let mut rig = rig.borrow_mut();
                        let now = rig.now;
                        for input in inputs {
                            rig.client.handle(now, input);
                        }
                        rig.drain()
                    },
                    BatchSize::LargeInput,
                );
            });
        }
        group.finish();
    }
}

criterion_group!(all, benches);
criterion_main!(all);
