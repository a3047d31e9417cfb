//! Deadlines as moments, which async-std has as durations only.

use async_std::future::timeout;
use std::future::Future;
use std::time::{Duration, Instant};

/// The moment passed first.
pub(crate) struct Elapsed;

/// A future's output, if it comes by then.
pub(crate) async fn timeout_at<F: Future>(by: Instant, future: F) -> Result<F::Output, Elapsed> {
    timeout(left(by), future).await.map_err(|_| Elapsed)
}

fn left(by: Instant) -> Duration {
    by.saturating_duration_since(Instant::now())
}
