//! Rounds from the tests of a matcher of conference papers (openreview-matcher, `test_solvers_minmax.py`): its numbers of papers,
//! reviewers, demands, limits and conflicts. Where it prefers a low cost, words in common are preferred here.

use super::tests::{assessor, named, numbered, pair};
use super::{Pair, Problem, counted, solve};
use std::collections::{BTreeMap, BTreeSet};

/// The problem, in which assessors know what these proposals are about.
fn knowing(mut problem: Problem, who: &[(u128, &[u128])]) -> Problem {
    let about = |number: u128| format!("subject {number}");
    problem.subjects = problem.wanted.keys().map(|id| (*id, [about(id.0.as_u128())].into())).collect();
    problem.expertise = who.iter().map(|(by, of)| (assessor(*by), of.iter().map(|of| about(*of)).collect())).collect();
    problem
}

/// `test_solver_minmax_finds_lowest_cost_soln`: three papers that need 1, 1 and 2 reviews, four reviewers of at most two each.
#[test]
fn each_proposal_goes_to_those_who_know_it_best() {
    let known: [(u128, &[u128]); 4] = [(1, &[1]), (2, &[2]), (3, &[3]), (4, &[3])];
    let problem = knowing(numbered([1, 1, 2], [2; 4], &[]), &known);
    let expected: BTreeSet<Pair> = [pair(1, 1), pair(2, 2), pair(3, 3), pair(3, 4)].into();
    assert_eq!(solve(&problem).unwrap().pairs, expected);
}

/// `test_solver_minmax_find_lowest_cost_and_respect_constraints`: five papers, two reviews each, four reviewers of at most three; the
/// most tempting pairs are those that must not be.
#[test]
fn what_somebody_knows_best_and_must_not_read_goes_to_others() {
    let conflicts = [(1, 2), (4, 2), (4, 3), (5, 3), (2, 4), (3, 4)];
    let known: [(u128, &[u128]); 4] = [(1, &[1, 4, 5]), (2, &[1, 2, 3, 4]), (3, &[2, 3, 4, 5]), (4, &[1, 2, 3, 4, 5])];
    let problem = knowing(numbered([2; 5], [3; 4], &conflicts), &known);
    let expected: [[Pair; 2]; 5] =
        [(1, [1, 4]), (2, [2, 3]), (3, [2, 3]), (4, [1, 4]), (5, [1, 4])].map(|(of, by)| by.map(|by| pair(of, by)));
    assert_eq!(solve(&problem).unwrap().pairs, expected.into_iter().flatten().collect());
}

/// `test_solver_minmax_respects_constraints`: the same round, where nobody is preferred and conflicts are all there is.
#[test]
fn conflicts_are_kept_where_nobody_is_preferred() {
    let conflicts = [(3, 2), (4, 2), (3, 3), (4, 3), (1, 4), (2, 4)];
    let problem = numbered([2; 5], [3; 4], &conflicts);
    assert_eq!(problem.faults(&solve(&problem).unwrap().pairs), []);
}

/// `test_solver4_minmax` and `test_solver_minmax_respects_one_minimum`: six papers of two reviews for six reviewers, who read two each;
/// and three papers of three for four, of whom nobody knows what the last one is for, and who is given work all the same.
#[test]
fn the_load_is_even_whoever_is_preferred() {
    let loads = |problem: &Problem| {
        let plan = solve(problem).unwrap();
        let loads: BTreeMap<_, u64> = counted(plan.pairs.iter().map(|pair| pair.1));
        loads.into_values().collect::<Vec<_>>()
    };
    assert_eq!(loads(&numbered([2; 6], [3; 6], &[])), [2; 6]);
    let mut loads = loads(&numbered([3; 3], [3; 4], &[]));
    loads.sort_unstable();
    assert_eq!(loads, [2, 2, 2, 3]);
}

/// `test_solver_minmax_impossible_constraints`: twenty papers of three reviews, five reviewers who must read none of them. There it is
/// said that there is no plan; here, that one proposal could not even be given once, and who must not read it.
#[test]
fn a_round_that_nobody_may_read_is_told_by_one_proposal_and_all_who_must_not_read_it() {
    let all = (1..=20).flat_map(|of| (1..=5).map(move |by| (of, by))).collect::<Vec<_>>();
    let (needs, caps, conflicts) = named(&numbered([3; 20], [20; 5], &all));
    assert_eq!((needs, caps), (vec![(1, 1)], vec![]));
    assert_eq!(conflicts, [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5)]);
}
