//! The search for a plan: a flow of least cost from the proposals through the assessors, found and proved by the library eo-mcf.

use super::obstacle::{Obstacle, name};
use super::{Fault, Pair, Problem, of};
use crate::ids::{ApplicationId, PersonId};
use eo_mcf::verify::certify_dual_optimality;
use eo_mcf::{ProblemBuilder, Solution, SolveError, SolverOptions};
use std::collections::BTreeSet;

/// Pushes and relabels after which the search gives up; 2 000 proposals and 300 assessors take half a million.
const OPERATIONS_MAX: u64 = 100_000_000;

/// A plan than which there is no better one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who reads what, with what was given before.
    pub pairs: BTreeSet<Pair>,
    /// What [`Problem::cost`] says of it: no plan that satisfies the problem costs less.
    pub cost: (u64, u64),
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsolved {
    /// What was given before breaks a rule by itself.
    Held(Vec<Fault>),
    /// Something is in the way.
    Impossible(Box<Obstacle>),
    /// The search failed, which is a fault of this house.
    Failed(String),
}

/// The plan that satisfies the problem, has the best expertise, and of those the most even load. The same problem always has the same
/// plan.
///
/// Before it is handed out it is held to every rule of the problem, and to the library's proof that no flow is cheaper, which is made
/// from the flow alone.
///
/// # Errors
/// When there is none, with what is in the way.
pub fn solve(problem: &Problem) -> Result<Plan, Unsolved> {
    let faults = problem.faults_of_held();
    if !faults.is_empty() {
        return Err(Unsolved::Held(faults));
    }
    let grid = Grid::of(problem);
    let network = network(problem, &grid)?;
    let flows = match eo_mcf::solve_with(&network, &options()) {
        Ok(solution) => solution,
        Err(SolveError::Infeasible { .. }) => return Err(name(problem, &grid)?),
        Err(error) => return Err(failed(error)),
    };
    certify_dual_optimality(&network, flows.flows()).map_err(failed)?;
    let mut pairs = problem.held.clone();
    pairs.extend(grid.carried(&flows).filter_map(|(place, assessor)| grid.pair(place, assessor)));
    let faults = problem.faults(&pairs);
    if !faults.is_empty() {
        return Err(Unsolved::Failed(format!("the flow is no plan: {faults:?}")));
    }
    let cost = problem.cost(&pairs);
    Ok(Plan { pairs, cost })
}

pub(super) fn options() -> SolverOptions {
    SolverOptions::default().with_max_operations(Some(OPERATIONS_MAX))
}

pub(super) fn failed(error: impl std::fmt::Display) -> Unsolved {
    Unsolved::Failed(error.to_string())
}

/// A problem by places: what is missing, what is left, and who may still be given what.
pub(super) struct Grid {
    proposals: Vec<ApplicationId>,
    assessors: Vec<PersonId>,
    /// How many assessors each proposal still needs.
    pub(super) missing: Vec<i64>,
    /// How many proposals each assessor can still take on.
    pub(super) left: Vec<i64>,
    /// How many each has already.
    loads: Vec<i64>,
    /// For each proposal, the places of the assessors who may be given it.
    pub(super) open: Vec<Vec<usize>>,
}

impl Grid {
    fn of(problem: &Problem) -> Self {
        let readers = super::counted(problem.held.iter().map(|pair| pair.0));
        let had = problem.loads();
        let proposals: Vec<_> = problem.wanted.keys().copied().collect();
        let assessors: Vec<_> = problem.caps.keys().copied().collect();
        let missing =
            problem.wanted.iter().map(|(id, wanted)| i64::from(*wanted).saturating_sub(whole(of(&readers, *id))));
        let loads: Vec<i64> = assessors.iter().map(|id| whole(of(&had, *id))).collect();
        let left = problem.caps.values().zip(&loads).map(|(cap, load)| i64::from(*cap).saturating_sub(*load).max(0));
        let open = proposals.iter().map(|proposal| {
            let may = |(place, assessor): (usize, &PersonId)| problem.may_add((*proposal, *assessor)).then_some(place);
            assessors.iter().enumerate().filter_map(may).collect()
        });
        Self { missing: missing.collect(), left: left.collect(), open: open.collect(), proposals, assessors, loads }
    }

    fn pair(&self, proposal: usize, assessor: usize) -> Option<Pair> {
        Some((self.proposal(proposal)?, *self.assessors.get(assessor)?))
    }

    /// The proposal at a place.
    pub(super) fn proposal(&self, place: usize) -> Option<ApplicationId> {
        self.proposals.get(place).copied()
    }

    /// The places of every pair that may be given, in the order in which their arcs are laid.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let of_proposal = |(place, open): (usize, &'_ Vec<usize>)| {
            open.iter().map(move |assessor| (place, *assessor)).collect::<Vec<_>>()
        };
        self.open.iter().enumerate().flat_map(of_proposal)
    }

    /// The pairs that a flow carries: their arcs are laid first.
    pub(super) fn carried<'a>(&'a self, solution: &'a Solution) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.pairs().zip(solution.flows()).filter(|(_, flow)| **flow > 0).map(|(pair, _)| pair)
    }

    /// The node of an assessor: the proposals come first.
    pub(super) fn node(&self, assessor: usize) -> usize {
        self.proposals.len().saturating_add(assessor)
    }

    /// The node at which everything that was read arrives.
    pub(super) fn sink(&self) -> usize {
        self.node(self.assessors.len())
    }

    /// A network in which every proposal sends what it misses to the sink, with an arc for each pair.
    pub(super) fn begun(&self, cost: impl Fn(usize, usize) -> i64) -> ProblemBuilder {
        let mut builder = eo_mcf::Problem::builder(self.sink().saturating_add(1));
        for (place, missing) in self.missing.iter().enumerate() {
            builder = builder.supply(place, *missing);
        }
        builder =
            builder.supply(self.sink(), self.missing.iter().fold(0, |sum: i64, missing| sum.saturating_sub(*missing)));
        for (place, assessor) in self.pairs() {
            builder = builder.edge(place, self.node(assessor), 1, cost(place, assessor));
        }
        builder
    }
}

/// Expertise is weighed so heavily that no evenness outweighs it. Each further proposal of an assessor costs what it adds to the square
/// of their load, so that of two assessors the one with less comes first.
fn network(problem: &Problem, grid: &Grid) -> Result<eo_mcf::Problem, Unsolved> {
    let most = i64::try_from(grid.proposals.len()).map_err(failed)?;
    let readings = grid.missing.iter().fold(0, |sum: i64, missing| sum.saturating_add(*missing));
    let heaviest = grid.loads.iter().fold(0, |heaviest: i64, load| heaviest.max(*load)).saturating_add(most);
    let weight = added(heaviest).saturating_mul(readings).saturating_add(1);
    let misfit = |place, assessor| {
        let misfit = grid.pair(place, assessor).map_or(0, |pair| problem.misfit(pair));
        whole(misfit).saturating_mul(weight)
    };
    let mut builder = grid.begun(misfit);
    for (assessor, (left, load)) in grid.left.iter().zip(&grid.loads).enumerate() {
        for further in 1..=(*left).min(most) {
            builder = builder.edge(grid.node(assessor), grid.sink(), 1, added(load.saturating_add(further)));
        }
    }
    builder.build().map_err(failed)
}

/// What the square of a load grows by when it becomes this one.
const fn added(load: i64) -> i64 {
    load.saturating_mul(2).saturating_sub(1)
}

fn whole(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}
