//! What came of it, as Markdown. Whole numbers throughout: hundredths and thousandths where fractions are wanted.

use crate::client::Load;
use crate::scenario::Scenario;
use std::time::Duration;

/// The head of the table.
pub(crate) const HEAD: &str = "\
| 32 connections | server | requests/s | of the floor | by CPU | server CPU ms | PostgreSQL CPU ms | client CPU ms | p50 ms | p99 ms | errors | other load |
|---|---|---|---|---|---|---|---|---|---|---|---|";

/// One turn of one server.
#[derive(Clone, Copy, Default)]
pub(crate) struct Measured {
    per_second: u64,
    /// Time on a core for each request, in microseconds: server, PostgreSQL, client.
    core_us: [u64; 3],
    p50_us: u64,
    p99_us: u64,
    errors: u64,
    /// How much of the machine somebody else took, in percent of one core.
    others: u64,
}

pub(crate) fn per(of: u128, many: u128) -> u64 {
    of.checked_div(many).and_then(|one| u64::try_from(one).ok()).unwrap_or(0)
}

impl Measured {
    /// From a load, how long it took, and what server, PostgreSQL, client and others used meanwhile.
    pub(crate) fn of(load: &Load, took: Duration, [server, postgres, client, others]: [Duration; 4]) -> Self {
        let requests = load.took_us.len().try_into().unwrap_or(u128::MAX);
        Self {
            per_second: per(requests.saturating_mul(1_000_000), took.as_micros()),
            core_us: [server, postgres, client].map(|used| per(used.as_micros(), requests)),
            p50_us: load.percentile_us(50),
            p99_us: load.percentile_us(99),
            errors: load.errors,
            others: per(others.as_micros().saturating_mul(100), took.as_micros()),
        }
    }
}

pub(crate) fn median(values: impl Iterator<Item = u64>) -> u64 {
    let mut values = values.collect::<Vec<_>>();
    values.sort_unstable();
    values.get(values.len().checked_div(2).unwrap_or(0)).copied().unwrap_or(0)
}

pub(crate) fn thousandths(value: u64) -> String {
    format!("{}.{:03}", value.checked_div(1000).unwrap_or(0), value.checked_rem(1000).unwrap_or(0))
}

pub(crate) fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value.checked_div(100).unwrap_or(0), value.checked_rem(100).unwrap_or(0))
}

/// The two lines of a scenario, the medians of its turns; the ratio is the median of the ratios of turns that followed each other.
/// The ratio by CPU is that of the time that all three parties take on the cores: what it would be if nothing ever waited.
pub(crate) fn rows(scenario: &Scenario, [floor, ours]: &[Vec<Measured>; 2]) -> String {
    let ratio = median(
        floor
            .iter()
            .zip(ours)
            .map(|(floor, ours)| per(u128::from(ours.per_second).saturating_mul(100), u128::from(floor.per_second))),
    );
    let target = scenario.target.map_or_else(String::new, |target| format!(" (≥ {})", hundredths(target)));
    let all = |turns: &[Measured]| u128::from(median(turns.iter().map(|turn| turn.core_us.iter().sum())));
    let by_core = hundredths(per(all(floor).saturating_mul(100), all(ours)));
    let of_floor = format!("**{}**{target} | {by_core}", hundredths(ratio));
    format!("{}\n{}", row(scenario.name, "floor", " |", floor), row("", "ours", &of_floor, ours))
}

fn row(name: &str, server: &str, of_floor: &str, turns: &[Measured]) -> String {
    let the = |of: &dyn Fn(&Measured) -> u64| median(turns.iter().map(of));
    let core = |place: usize| thousandths(the(&|turn| turn.core_us.get(place).copied().unwrap_or(0)));
    let errors = turns.iter().map(|turn| turn.errors).sum::<u64>();
    format!(
        "| {name} | {server} | {} | {of_floor} | {} | {} | {} | {} | {} | {errors} | {} % |",
        the(&|turn| turn.per_second),
        core(0),
        core(1),
        core(2),
        thousandths(the(&|turn| turn.p50_us)),
        thousandths(the(&|turn| turn.p99_us)),
        the(&|turn| turn.others),
    )
}

/// Memory in kB, the most so far and at that moment.
pub(crate) struct Memory {
    /// Ours before the first request.
    pub(crate) at_rest: (u64, u64),
    /// Floor and ours after the load.
    pub(crate) loaded: [(u64, u64); 2],
    /// Ours after the storm of sign-ins.
    pub(crate) after_storm: (u64, u64),
}

/// The table of memory.
pub(crate) fn memory(memory: &Memory) -> String {
    let [floor, ours] = memory.loaded;
    let lines = [
        ("ours at rest", memory.at_rest),
        ("floor after the load", floor),
        ("ours after the load (< 64)", ours),
        ("ours after the storm of sign-ins (< 150)", memory.after_storm),
    ];
    let megabytes = |kilobytes: u64| kilobytes.div_ceil(1024);
    let lines = lines.map(|(name, (most, now))| format!("| {name} | {} | {} |", megabytes(most), megabytes(now)));
    format!("| memory, MB | most so far | then |\n|---|---|---|\n{}", lines.join("\n"))
}

/// The storm in words.
pub(crate) fn storm(came: &Load, took: Duration) -> String {
    let many = came.took_us.len();
    let seconds = thousandths(u64::try_from(took.as_millis()).unwrap_or(0));
    let [p50, p99] = [50, 99].map(|percent| thousandths(came.percentile_us(percent)));
    format!("The storm: {many} sign-ins in {seconds} s, {} refused or failed, p50 {p50} ms, p99 {p99} ms.", came.errors)
}
