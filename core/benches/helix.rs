//! How fast pages of Helix are read, against what serde_json needs to skip the same bytes, and to read them as a `Value`.
//!
//! The floor is `IgnoredAny`: the body is checked to be JSON and nothing is kept of it.

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::StatusCode;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::hint::black_box;
use twitchwire::helix::api::{GetChatters, GetStreams, GetUsers};
use twitchwire::helix::{Answer, Endpoint, Shape};

include!("../fixtures/helix_pages.rs");

fn compare<E: Endpoint>(c: &mut Criterion, name: &str, body: Bytes) {
    let operation = E::META.operation;
    let answer = Answer { operation, status: StatusCode::OK, headers: Default::default(), body };
    assert!(E::Output::decode(&answer).is_ok());
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(answer.body.len() as u64));
    group.bench_function("floor", |b| {
        b.iter(|| serde_json::from_slice::<IgnoredAny>(black_box(&answer.body)))
    });
    group.bench_function("typed", |b| b.iter(|| E::Output::decode(black_box(&answer))));
    group.bench_function("value", |b| b.iter(|| serde_json::from_slice::<Value>(black_box(&answer.body))));
    group.finish();
}

fn benches(c: &mut Criterion) {
    compare::<GetStreams>(c, "get streams", page(STREAM));
    compare::<GetUsers>(c, "get users", page(USER));
    compare::<GetChatters>(c, "get chatters", page(CHATTER));
}

criterion_group!(all, benches);
criterion_main!(all);
