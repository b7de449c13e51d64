use super::{Fault, Pair, Problem};
use crate::ids::{ApplicationId, PersonId};
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use std::collections::BTreeSet;
use uuid::Uuid;

fn proposal(number: u128) -> ApplicationId {
    ApplicationId(Uuid::from_u128(number))
}

fn assessor(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn pair(of: u128, by: u128) -> Pair {
    (proposal(of), assessor(by))
}

/// Two proposals that need two each, three assessors who read two each; the third must not read the first.
fn problem() -> Problem {
    Problem {
        wanted: [1, 2].map(|number| (proposal(number), 2)).into(),
        caps: [1, 2, 3].map(|number| (assessor(number), 2)).into(),
        conflicts: [pair(1, 3)].into(),
        held: [pair(2, 3)].into(),
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

/// Up to three proposals and three assessors; what is held breaks no rule.
fn any_problem() -> impl Strategy<Value = Problem> {
    let pairs = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3)];
    let kinds = proptest::array::uniform9(0..6_u8);
    (any::<bool>(), proptest::array::uniform3(0..4_u32), proptest::array::uniform3(0..4_u32), kinds)
        .prop_map(move |(all, wanted, caps, kinds)| {
            let mut problem = Problem::default();
            let proposals = (1..=if all { 3 } else { 2 }).zip(wanted);
            problem.wanted = proposals.map(|(number, wanted)| (proposal(number), wanted)).collect();
            problem.caps = (1..=3).zip(caps).map(|(number, cap)| (assessor(number), cap)).collect();
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

proptest! {
    #[test]
    fn there_is_a_plan_if_and_only_if_no_set_of_proposals_is_short(problem in any_problem()) {
        let open: Vec<Pair> = problem
            .wanted
            .keys()
            .flat_map(|of| problem.caps.keys().map(|by| (*of, *by)))
            .filter(|pair| problem.may_add(*pair))
            .collect();
        let there_is_a_plan = subsets(&open)
            .into_iter()
            .any(|added| problem.faults(&added.union(&problem.held).copied().collect()).is_empty());
        let proposals: Vec<ApplicationId> = problem.wanted.keys().copied().collect();
        let is_short = subsets(&proposals).iter().any(|set| problem.shortage(set).is_some());
        prop_assert_eq!(there_is_a_plan, !is_short);
    }
}
