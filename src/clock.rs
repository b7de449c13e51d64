//! The one place where the time is read. Two clocks: the system's, and the business clock, which development may move.

use crate::store::Moment;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Both clocks: the business clock is the system's plus an offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Both clocks at this moment. Read once for each request.
    #[must_use]
    pub fn moment(&self) -> Moment {
        #[expect(clippy::disallowed_methods, reason = "this is the one place")]
        // No finer than the database keeps: what is told first is what is told ever after.
        let recorded_at = Utc::now().trunc_subsecs(6);
        let offset = TimeDelta::milliseconds(self.offset_ms.load(Ordering::Relaxed));
        Moment { now: recorded_at.checked_add_signed(offset).unwrap_or(recorded_at), recorded_at }
    }

    /// Moves the business clock. Whether that is allowed is the settings' business.
    pub fn set(&self, now: DateTime<Utc>) {
        let offset = now.signed_duration_since(self.moment().recorded_at);
        self.offset_ms.store(offset.num_milliseconds(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_business_clock_moves_and_the_system_clock_does_not() {
        let clock = Clock::default();
        let moment = clock.moment();
        assert_eq!(moment.now, moment.recorded_at);
        clock.set("2019-04-01T01:00:00Z".parse().unwrap());
        let moment = clock.moment();
        assert_eq!(moment.today().to_string(), "2019-04-01");
        assert!(moment.recorded_at.timestamp() > 1_700_000_000);
    }
}
