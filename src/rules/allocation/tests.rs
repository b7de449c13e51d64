use super::{Fault, Obstacle, Pair, Problem, Unsolved, solve};
use crate::ids::{ApplicationId, PersonId};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, proptest};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub(super) fn proposal(number: u128) -> ApplicationId {
    ApplicationId(Uuid::from_u128(number))
}

pub(super) fn assessor(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

pub(super) fn pair(of: u128, by: u128) -> Pair {
    (proposal(of), assessor(by))
}

/// Two proposals that need two each, three assessors who read two each; the third must not read the first.
fn problem() -> Problem {
    Problem {
        wanted: [1, 2].map(|number| (proposal(number), 2)).into(),
        caps: [1, 2, 3].map(|number| (assessor(number), 2)).into(),
        conflicts: [pair(1, 3)].into(),
        held: [pair(2, 3)].into(),
        ..Problem::default()
    }
}

#[test]
fn a_plan_is_held_to_each_rule_by_itself() {
    let good = [(1, 1), (1, 2), (2, 1), (2, 3)];
    let capped = Problem { caps: [(assessor(1), 1), (assessor(2), 2), (assessor(3), 2)].into(), ..problem() };
    for (problem, plan, faults) in [
        (problem(), good, vec![]),
        (
            problem(),
            [(1, 1), (1, 3), (2, 1), (2, 3)],
            vec![Fault::Conflict { proposal: proposal(1), assessor: assessor(3) }],
        ),
        (
            problem(),
            [(1, 1), (1, 2), (2, 1), (2, 2)],
            vec![Fault::HeldLeftOut { proposal: proposal(2), assessor: assessor(3) }],
        ),
        (
            problem(),
            [(1, 1), (1, 2), (2, 4), (2, 3)],
            vec![Fault::UnknownAssessor { proposal: proposal(2), assessor: assessor(4) }],
        ),
        (
            problem(),
            [(1, 1), (1, 2), (3, 1), (2, 3)],
            vec![
                Fault::UnknownProposal { proposal: proposal(3) },
                Fault::WrongNumber { proposal: proposal(2), wanted: 2, given: 1 },
            ],
        ),
        (capped, good, vec![Fault::OverCap { assessor: assessor(1), cap: 1, given: 2 }]),
    ] {
        let plan = plan.map(|(of, by)| pair(of, by)).into();
        assert_eq!(problem.faults(&plan), faults, "{plan:?}");
    }
}

#[test]
fn what_was_given_to_somebody_who_has_withdrawn_is_told_before_any_plan_is_sought() {
    let mut problem = problem();
    assert_eq!(problem.faults_of_held(), []);
    problem.caps.remove(&assessor(3));
    let fault = Fault::UnknownAssessor { proposal: proposal(2), assessor: assessor(3) };
    assert_eq!(problem.faults_of_held(), [fault]);
}

/// Every set made of some of the items.
fn subsets<T: Copy + Ord>(items: &[T]) -> Vec<BTreeSet<T>> {
    let mut sets = vec![BTreeSet::new()];
    for item in items {
        let with = sets.clone().into_iter().map(|mut set| {
            set.insert(*item);
            set
        });
        sets.extend(with.collect::<Vec<_>>());
    }
    sets
}

/// Up to three proposals and three assessors, who read up to two others and know up to two words; what is held breaks no rule.
fn any_problem() -> impl Strategy<Value = Problem> {
    let pairs = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3)];
    let numbers = || proptest::array::uniform3(0..4_u32);
    let kinds = proptest::array::uniform9(0..6_u8);
    (any::<bool>(), numbers(), numbers(), numbers(), numbers(), numbers(), kinds)
        .prop_map(move |(all, wanted, caps, elsewhere, about, knows, kinds)| {
            let mut problem = Problem::default();
            let proposals = (1..=if all { 3 } else { 2 }).zip(wanted.into_iter().zip(about));
            for (number, (wanted, about)) in proposals {
                problem.wanted.insert(proposal(number), wanted);
                problem.subjects.insert(proposal(number), words(about));
            }
            for (number, ((cap, elsewhere), knows)) in (1..=3).zip(caps.into_iter().zip(elsewhere).zip(knows)) {
                // Some of what they may read is read elsewhere already.
                problem.caps.insert(assessor(number), cap + elsewhere / 2);
                problem.elsewhere.insert(assessor(number), elsewhere / 2);
                problem.expertise.insert(assessor(number), words(knows));
            }
            for ((of, by), kind) in pairs.into_iter().zip(kinds).filter(|((of, _), _)| all || *of < 3) {
                if kind < 2 {
                    problem.conflicts.insert(pair(of, by));
                } else if kind == 2 {
                    problem.held.insert(pair(of, by));
                }
            }
            problem
        })
        .prop_filter("what is held breaks a rule", |problem| problem.faults_of_held().is_empty())
}

fn words(bits: u32) -> BTreeSet<String> {
    (0..2).filter(|bit| bits >> bit & 1 == 1).map(|bit| format!("word {bit}")).collect()
}

/// Every plan that keeps the rules.
fn plans(problem: &Problem) -> impl Iterator<Item = BTreeSet<Pair>> {
    let pairs = problem.wanted.keys().flat_map(|of| problem.caps.keys().map(|by| (*of, *by)));
    let open: Vec<Pair> = pairs.filter(|pair| problem.may_add(*pair)).collect();
    let plans = subsets(&open).into_iter().map(|added| added.union(&problem.held).copied().collect());
    plans.filter(|plan| problem.faults(plan).is_empty())
}

/// A problem that knows nothing but what an obstacle names; what is held stays.
fn only(problem: &Problem, named: &Obstacle) -> Problem {
    let unlimited = 100;
    let caps = problem.caps.keys().map(|id| (*id, named.caps.get(id).copied().unwrap_or(unlimited)));
    let held = problem.held.iter().filter(|pair| named.needs.contains_key(&pair.0));
    // What is read of proposals that are not named takes the same places.
    let mut elsewhere = problem.elsewhere.clone();
    for (_, by) in problem.held.iter().filter(|pair| !named.needs.contains_key(&pair.0)) {
        *elsewhere.entry(*by).or_default() += 1;
    }
    Problem {
        wanted: named.needs.clone(),
        caps: caps.collect(),
        conflicts: named.conflicts.clone(),
        held: held.copied().collect(),
        elsewhere,
        ..Problem::default()
    }
}

/// An obstacle without one of its parts, in every way.
fn without_one(named: &Obstacle) -> Vec<Obstacle> {
    let mut less = Vec::new();
    for need in named.needs.keys() {
        let mut one = named.clone();
        one.needs.remove(need);
        less.push(one);
    }
    for cap in named.caps.keys() {
        let mut one = named.clone();
        one.caps.remove(cap);
        less.push(one);
    }
    for conflict in &named.conflicts {
        let mut one = named.clone();
        one.conflicts.remove(conflict);
        less.push(one);
    }
    less
}

proptest! {
    #[test]
    fn a_plan_keeps_the_rules_and_none_is_better_and_where_there_is_none_what_is_named_is_in_the_way(
        problem in any_problem()
    ) {
        let best = plans(&problem).map(|plan| problem.cost(&plan)).min();
        match solve(&problem) {
            Ok(plan) => {
                prop_assert_eq!(problem.faults(&plan.pairs), vec![]);
                prop_assert_eq!(plan.cost, problem.cost(&plan.pairs));
                prop_assert_eq!(Some(plan.cost), best);
            }
            Err(Unsolved::Impossible(named)) => {
                prop_assert_eq!(best, None);
                prop_assert!(named.caps.iter().all(|(id, cap)| problem.caps.get(id) == Some(cap)));
                prop_assert!(named.needs.iter().all(|(id, need)| problem.wanted[id] >= *need));
                prop_assert!(named.conflicts.is_subset(&problem.conflicts));
                prop_assert_eq!(problem.missing_and_places(&named), (named.missing, named.places));
                prop_assert_eq!(named.missing, named.places + 1);
                prop_assert_eq!(plans(&only(&problem, &named)).next(), None, "what is named is not in the way");
                for less in without_one(&named) {
                    prop_assert!(plans(&only(&problem, &less)).next().is_some(), "{:?} is enough", less);
                }
                prop_assert_eq!(Some(named.short_of), least_missing(&problem));
            }
            Err(other) => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn a_plan_that_is_recorded_in_part_goes_on_to_one_that_is_as_good(problem in any_problem().prop_flat_map(|problem| {
        let plan = solve(&problem).map(|plan| plan.pairs).unwrap_or_default();
        let count = plan.len();
        (Just(problem), Just(plan), 0..=count)
    })) {
        let (problem, plan, recorded) = problem;
        if let Ok(whole) = solve(&problem) {
            let mut begun = problem.clone();
            begun.held.extend(plan.into_iter().take(recorded));
            prop_assert_eq!(solve(&begun).map(|plan| plan.cost), Ok(whole.cost));
        }
    }
}

/// By how much the needs must be lowered until there is a plan.
fn least_missing(problem: &Problem) -> Option<u64> {
    let mut least = None;
    for first in 0..4 {
        for second in 0..4 {
            for third in 0..4 {
                let mut eased = problem.clone();
                let mut lowered = 0;
                let holders = super::counted(problem.held.iter().map(|pair| pair.0));
                for (wanted, by) in eased.wanted.iter_mut().zip([first, second, third]) {
                    let floor = u32::try_from(super::of(&holders, *wanted.0)).unwrap();
                    let less = wanted.1.saturating_sub(by).max(floor);
                    lowered += u64::from(*wanted.1 - less);
                    *wanted.1 = less;
                }
                if least.is_none_or(|least| lowered < least) && plans(&eased).next().is_some() {
                    least = Some(lowered);
                }
            }
        }
    }
    least
}

/// Proposals and assessors as numbers: how many each needs, how many each reads, and who must not read what.
pub(super) fn numbered<const P: usize, const A: usize>(
    wanted: [u32; P],
    caps: [u32; A],
    conflicts: &[(u128, u128)],
) -> Problem {
    Problem {
        wanted: (1..).zip(wanted).map(|(number, wanted)| (proposal(number), wanted)).collect(),
        caps: (1..).zip(caps).map(|(number, cap)| (assessor(number), cap)).collect(),
        conflicts: conflicts.iter().map(|(of, by)| pair(*of, *by)).collect(),
        ..Problem::default()
    }
}

/// An obstacle in numbers: what is needed of what, who reads how many, and who must not read what.
pub(super) type Named = (Vec<(u128, u32)>, Vec<(u128, u32)>, Vec<(u128, u128)>);

pub(super) fn named(problem: &Problem) -> Named {
    let Err(Unsolved::Impossible(obstacle)) = solve(problem) else { panic!("there is a plan for {problem:?}") };
    let needs = obstacle.needs.iter().map(|(id, need)| (id.0.as_u128(), *need)).collect();
    let caps = obstacle.caps.iter().map(|(id, cap)| (id.0.as_u128(), *cap)).collect();
    (needs, caps, obstacle.conflicts.iter().map(|(of, by)| (of.0.as_u128(), by.0.as_u128())).collect())
}

#[test]
fn what_is_in_the_way_is_named_and_nothing_else() {
    for (problem, expected) in [
        // Nobody is there.
        (numbered([1], [], &[]), (vec![(1, 1)], vec![], vec![])),
        // Three are wanted of two.
        (numbered([1, 3], [9, 9], &[]), (vec![(2, 3)], vec![], vec![])),
        // Two of three must not read it; the third has nothing to do with it.
        (numbered([1, 2], [9, 9, 9], &[(2, 1), (2, 3)]), (vec![(2, 2)], vec![], vec![(2, 1), (2, 3)])),
        // The limits are too low, and one proposal less would do.
        (numbered([1, 1, 1], [1, 1], &[]), (vec![(1, 1), (2, 1), (3, 1)], vec![(1, 1), (2, 1)], vec![])),
        // Somebody without a place left has conflicts as well: the limit is enough to say.
        (numbered([1], [0], &[(1, 1)]), (vec![(1, 1)], vec![(1, 0)], vec![])),
        // A small thing in the way is named before a great one.
        (
            numbered([1, 1, 1, 1, 2], [1, 1, 9], &[(1, 3), (2, 3), (3, 3), (4, 3), (5, 1), (5, 2)]),
            (vec![(5, 2)], vec![], vec![(5, 1), (5, 2)]),
        ),
    ] {
        assert_eq!(named(&problem), expected, "{problem:?}");
    }
}

/// A round of a year: proposals of one or two fields out of twenty, assessors who know three, one conflict in a hundred.
fn round(proposals: u128, assessors: u128, each: u32, cap: u32) -> Problem {
    let field = |number: u128| format!("field {}", number % 20);
    let mut problem = Problem::default();
    for number in 1..=proposals {
        problem.wanted.insert(proposal(number), each);
        problem.subjects.insert(proposal(number), [field(number), field(number * 7 / 3)].into());
    }
    for number in 1..=assessors {
        problem.caps.insert(assessor(number), cap);
        problem
            .expertise
            .insert(assessor(number), [field(number), field(number * 3 + 1), field(number * number)].into());
    }
    let all = (1..=proposals).flat_map(|of| (1..=assessors).map(move |by| (of, by)));
    problem.conflicts = all.filter(|(of, by)| (of * 31 + by * 17) % 100 == 0).map(|(of, by)| pair(of, by)).collect();
    problem
}

#[test]
fn a_round_of_some_size_is_allocated_evenly_and_always_alike() {
    let problem = round(200, 30, 3, 25);
    let plan = solve(&problem).unwrap();
    assert_eq!(problem.faults(&plan.pairs), []);
    assert_eq!(solve(&problem), Ok(plan.clone()));
    let loads: BTreeMap<_, _> = super::counted(plan.pairs.iter().map(|pair| pair.1));
    assert_eq!(loads.values().sum::<u64>(), 600);
    // Without words, nothing but evenness is left.
    let plain = Problem { subjects: BTreeMap::new(), ..problem };
    let plan = solve(&plain).unwrap();
    let loads: BTreeSet<u64> = super::counted(plan.pairs.iter().map(|pair| pair.1)).into_values().collect();
    assert_eq!(loads, [20].into());
}

#[test]
fn a_round_with_too_few_places_names_as_few_proposals_as_are_too_many_for_them() {
    let problem = round(200, 30, 3, 19);
    let Err(Unsolved::Impossible(obstacle)) = solve(&problem) else { panic!("570 places are enough for 600 readings") };
    assert_eq!((obstacle.short_of, obstacle.missing, obstacle.places), (30, 571, 570));
    assert_eq!((obstacle.needs.len(), obstacle.caps.len(), obstacle.conflicts.len()), (191, 30, 0));
}
