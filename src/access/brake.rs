//! Brakes on guessing: how often an address may try, and how long an account waits after wrong passwords in a row.
//!
//! Kept in memory and not in a table: a wrong password must not cost the database a write, and what is lost with a restart is
//! a brake, not a record. Both forget what has come to rest, and hold no more than a bounded number of keys.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many addresses or accounts are remembered.
const KEYS_MAX: usize = 100_000;

/// Rate of one key: a bucket of a minute's tries that fills evenly (the generic cell rate algorithm).
pub struct Rate {
    every: TimeDelta,
    burst: TimeDelta,
    free_at: Mutex<HashMap<IpAddr, DateTime<Utc>>>,
}

impl Rate {
    /// So many tries each minute.
    #[must_use]
    pub fn per_minute(tries: u32) -> Self {
        let minute = TimeDelta::minutes(1);
        let every = minute.checked_div(i32::try_from(tries.max(1)).unwrap_or(i32::MAX)).unwrap_or(minute);
        Self { every, burst: minute, free_at: Mutex::default() }
    }

    /// Takes one try.
    ///
    /// # Errors
    /// When there is none left: how long to wait, in whole seconds, at least one.
    pub fn take(&self, address: IpAddr, now: DateTime<Utc>) -> Result<(), u64> {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        bounded(&mut free_at, |free_at| *free_at > now);
        let key = network(address);
        let from = free_at.get(&key).map_or(now, |free_at| *free_at.max(&now));
        let until = from.checked_add_signed(self.every).unwrap_or(from);
        let ahead = until.signed_duration_since(now);
        if ahead > self.burst {
            return Err(whole_seconds(ahead.checked_sub(&self.burst).unwrap_or(ahead)));
        }
        free_at.insert(key, until);
        Ok(())
    }
}

/// One subscriber of the sixth version has a whole network of addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    in_a_row: u32,
    last: DateTime<Utc>,
}

/// Wrong passwords in a row, by e-mail address, whether or not an account has it: the answer must not tell.
pub struct Failures {
    free: u32,
    wait_max: Duration,
    counts: Mutex<HashMap<String, Count>>,
}

impl Failures {
    /// So many are free; after that the wait doubles from one second up to a longest one.
    #[must_use]
    pub fn new(free: u32, wait_max: Duration) -> Self {
        Self { free, wait_max, counts: Mutex::default() }
    }

    /// Counts a try as wrong until it is shown to be right, so that many at once count as many.
    ///
    /// # Errors
    /// When the account has to wait: how long, in whole seconds, at least one.
    pub fn try_now(&self, email: &str, now: DateTime<Utc>) -> Result<(), u64> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        bounded(&mut counts, |count| count.last.checked_add_signed(TimeDelta::days(1)).is_some_and(|end| end > now));
        let count = counts.entry(email.to_owned()).or_default();
        let wait = self.wait_after(count.in_a_row);
        let left = count.last.checked_add_signed(wait).unwrap_or(count.last).signed_duration_since(now);
        if left > TimeDelta::zero() {
            return Err(whole_seconds(left));
        }
        *count = Count { in_a_row: count.in_a_row.saturating_add(1), last: now };
        Ok(())
    }

    /// Nobody has looked at the password after all: the try does not count.
    pub fn take_back(&self, email: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(email) {
            count.in_a_row = count.in_a_row.saturating_sub(1);
        }
    }

    /// The password was right, or a new one has been chosen.
    pub fn forget(&self, email: &str) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(email);
    }

    fn wait_after(&self, in_a_row: u32) -> TimeDelta {
        let Some(beyond) = in_a_row.checked_sub(self.free) else { return TimeDelta::zero() };
        let doubled = 1_u64.checked_shl(beyond).unwrap_or(u64::MAX).min(self.wait_max.as_secs());
        TimeDelta::seconds(i64::try_from(doubled).unwrap_or(i64::MAX))
    }
}

fn whole_seconds(wait: TimeDelta) -> u64 {
    u64::try_from(wait.num_milliseconds()).unwrap_or(0).div_ceil(1000).max(1)
}

/// Makes room by forgetting what has come to rest, and everything if that is not enough: a flood of made-up keys must not
/// take the memory.
fn bounded<K: Eq + Hash, V>(map: &mut HashMap<K, V>, holds: impl Fn(&V) -> bool) {
    if map.len() >= KEYS_MAX {
        map.retain(|_, value| holds(value));
    }
    if map.len() >= KEYS_MAX {
        map.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn an_address_has_a_minutes_tries_at_once_and_then_an_even_flow() {
        let rate = Rate::per_minute(6);
        let address = "192.0.2.1".parse().unwrap();
        assert!((0..6).all(|_| rate.take(address, at(0)).is_ok()));
        assert_eq!(rate.take(address, at(0)), Err(10));
        assert_eq!(rate.take(address, at(9)), Err(1));
        assert_eq!(rate.take(address, at(10)), Ok(()));
        assert_eq!(rate.take(address, at(10)), Err(10));
        assert_eq!(rate.take("192.0.2.2".parse().unwrap(), at(10)), Ok(()));
    }

    #[test]
    fn all_addresses_of_one_subscriber_share_their_tries() {
        let rate = Rate::per_minute(1);
        assert_eq!(rate.take("2001:db8::1".parse().unwrap(), at(0)), Ok(()));
        assert_eq!(rate.take("2001:db8::2".parse().unwrap(), at(0)), Err(60));
        assert_eq!(rate.take("2001:db8:0:1::1".parse().unwrap(), at(0)), Ok(()));
    }

    #[test]
    fn after_the_free_failures_the_wait_doubles_up_to_the_longest() {
        let failures = Failures::new(2, Duration::from_secs(60));
        let mut now = 0;
        for wait in [0, 0, 1, 2, 4, 8, 16, 32, 60, 60] {
            if wait > 0 {
                assert_eq!(failures.try_now("a@example.hk", at(now)), Err(wait.try_into().unwrap()));
            }
            now += wait;
            assert_eq!(failures.try_now("a@example.hk", at(now)), Ok(()));
        }
        assert_eq!(failures.try_now("b@example.hk", at(now)), Ok(()));
        failures.forget("a@example.hk");
        assert_eq!(failures.try_now("a@example.hk", at(now)), Ok(()));
    }

    #[test]
    fn a_try_that_nobody_looked_at_does_not_count() {
        let failures = Failures::new(1, Duration::from_secs(60));
        for _ in 0..3 {
            assert_eq!(failures.try_now("a@example.hk", at(0)), Ok(()));
            failures.take_back("a@example.hk");
        }
        assert_eq!(failures.try_now("a@example.hk", at(0)), Ok(()));
        assert_eq!(failures.try_now("a@example.hk", at(0)), Err(1));
    }
}
