//! Waiting for what another task or process does, and for no longer than it may take.

use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Looks until it is so; fails, and says what did not come, once a load that any machine stands would have let it come.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < Duration::from_secs(30), "in 30 seconds it did not come: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
