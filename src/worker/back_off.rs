//! When a notice is tried again: exponentially later, with chance mixed in, so that what failed together does not come back
//! together.

use chrono::TimeDelta;
use std::time::Duration;

/// How often and how far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    /// The pause after the first attempt; it doubles with each further one.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// After so many attempts a notice is given up.
    pub attempts_max: u32,
}

impl BackOff {
    /// The pause after so many attempts: between half of the full pause and all of it, as chance will have it. `None` when it is
    /// time to give up.
    #[must_use]
    pub fn pause(&self, attempts: u32, chance: u32) -> Option<TimeDelta> {
        if attempts >= self.attempts_max {
            return None;
        }
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let full = self.first.saturating_mul(doubled).min(self.longest).as_millis();
        let half = full.checked_div(2).unwrap_or(0);
        let mixed_in = half.saturating_mul(chance.into()).checked_shr(32).unwrap_or(0);
        let pause = i64::try_from(half.saturating_add(mixed_in)).unwrap_or(i64::MAX);
        Some(TimeDelta::try_milliseconds(pause).unwrap_or(TimeDelta::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACK_OFF: BackOff =
        BackOff { first: Duration::from_secs(30), longest: Duration::from_secs(3600), attempts_max: 20 };

    fn pause_s(attempts: u32, chance: u32) -> Option<i64> {
        BACK_OFF.pause(attempts, chance).map(|pause| pause.num_seconds())
    }

    #[test]
    fn the_pause_doubles_until_it_is_the_longest_and_then_ends() {
        let full = (1..=20).map(|attempts| pause_s(attempts, u32::MAX)).collect::<Vec<_>>();
        let expected = [29, 59, 119, 239, 479, 959, 1919, 3599, 3599, 3599].map(Some);
        assert_eq!(full[..10], expected);
        assert_eq!(full[18..], [Some(3599), None]);
    }

    #[test]
    fn chance_takes_away_at_most_one_half() {
        assert_eq!([0, u32::MAX / 2, u32::MAX].map(|chance| pause_s(3, chance)), [Some(60), Some(89), Some(119)]);
    }

    #[test]
    fn no_number_of_attempts_and_no_pause_overflows() {
        let endless = BackOff { first: Duration::MAX, longest: Duration::MAX, attempts_max: u32::MAX };
        assert_eq!(endless.pause(u32::MAX - 1, u32::MAX), Some(TimeDelta::MAX));
        assert!(endless.pause(0, 0).is_some());
    }
}
