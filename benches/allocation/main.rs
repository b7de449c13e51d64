//! How long an allocation takes and how much memory: a round that can be allocated, and one that cannot.
//!
//! `cargo bench -p rules --bench allocation`

use rules::allocation::{Problem, Unsolved, solve};
use rules::ids::{ApplicationId, PersonId};
use std::time::Instant;
use uuid::Uuid;

const PROPOSALS: u128 = 2_000;
const ASSESSORS: u128 = 300;

fn main() {
    for (name, cap) in [("enough places", 25), ("just enough places", 20), ("too few places", 19)] {
        let begun = Instant::now();
        let problem = round(cap);
        let made = begun.elapsed();
        let solved = solve(&problem);
        let took = begun.elapsed();
        let outcome = match solved {
            Ok(plan) => format!("{} pairs, cost {:?}", plan.pairs.len(), plan.cost),
            Err(Unsolved::Impossible(obstacle)) => {
                let (needs, caps) = (obstacle.needs.len(), obstacle.caps.len());
                format!("short of {}: {needs} needs and {caps} limits in the way", obstacle.short_of)
            }
            Err(other) => format!("{other:?}"),
        };
        println!("{name}: {took:?} (of which the problem {made:?}): {outcome}; peak {}", peak());
    }
}

/// Each proposal needs three assessors and is about one or two fields out of twenty; each assessor knows three; one pair in a hundred is a
/// conflict.
fn round(cap: u32) -> Problem {
    let field = |number: u128| format!("field {}", number % 20);
    let mut problem = Problem::default();
    for number in 1..=PROPOSALS {
        let id = ApplicationId(Uuid::from_u128(number));
        problem.wanted.insert(id, 3);
        problem.subjects.insert(id, [field(number), field(number * 7 / 3)].into());
    }
    for number in 1..=ASSESSORS {
        let id = PersonId(Uuid::from_u128(number));
        problem.caps.insert(id, cap);
        problem.expertise.insert(id, [field(number), field(number * 3 + 1), field(number * number)].into());
    }
    let all = (1..=PROPOSALS).flat_map(|of| (1..=ASSESSORS).map(move |by| (of, by)));
    let conflicts = all.filter(|(of, by)| (of * 31 + by * 17) % 100 == 0);
    problem.conflicts =
        conflicts.map(|(of, by)| (ApplicationId(Uuid::from_u128(of)), PersonId(Uuid::from_u128(by)))).collect();
    problem
}

/// The most memory that the process has had, as Linux tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|peak| peak.trim().to_owned()).unwrap_or_default()
}
