//! What is in the way of a plan: a set of needs, limits and conflicts that cannot all hold, and of which none can be left out.

use super::solve::{Grid, failed, options};
use super::{Pair, Problem, Unsolved, counted, of};
use crate::ids::{ApplicationId, PersonId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// From so many proposals that miss somebody, the smallest set is sought.
const STARTS_MAX: usize = 100;

/// Needs, limits and conflicts that cannot all hold together, however the rest may be; without any one of them the others could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// How many assessors these proposals need, those who have them already included. It may be less than what is wanted, where
    /// less than that is impossible already.
    pub needs: BTreeMap<ApplicationId, u32>,
    /// How many these assessors read at most.
    pub caps: BTreeMap<PersonId, u32>,
    /// Who must not read what.
    pub conflicts: BTreeSet<Pair>,
    /// How many readings those proposals miss.
    pub missing: u64,
    /// How many of these the assessors can take on: one less.
    pub places: u64,
    /// How many readings of all proposals cannot be had, whatever is done within the limits.
    pub short_of: u64,
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { needs, missing, places, short_of, .. } = self;
        let miss = if needs.len() == 1 { "misses" } else { "miss" };
        let readings = if *missing == 1 { "reading" } else { "readings" };
        let are_missing = if *short_of == 1 { "reading is missing" } else { "readings are missing" };
        write!(
            formatter,
            "{} of the applications {miss} {missing} {readings}, and the assessors can take on {places} of these: bring in another \
             assessor, raise one of these limits, or let somebody else judge one of these conflicts. In all, {short_of} {are_missing}.",
            needs.len()
        )
    }
}

impl Problem {
    /// How many readings the needs of an obstacle miss, and how many the assessors can take on under its limits and conflicts alone:
    /// each assessor as many as their limit leaves, and each proposal once. Where more is missing there is no plan, by counting.
    #[must_use]
    pub fn missing_and_places(&self, obstacle: &Obstacle) -> (u64, u64) {
        let readers = counted(self.held.iter().map(|pair| pair.0));
        let missing = obstacle.needs.iter().map(|(id, need)| u64::from(*need).saturating_sub(of(&readers, *id)));
        let loads = self.loads();
        let places = self.caps.keys().map(|assessor| {
            let may = |id: &&ApplicationId| {
                let pair = (**id, *assessor);
                !self.held.contains(&pair) && !obstacle.conflicts.contains(&pair)
            };
            let may_read = u64::try_from(obstacle.needs.keys().filter(may).count()).unwrap_or(u64::MAX);
            let cap = obstacle.caps.get(assessor).map(|cap| u64::from(*cap).saturating_sub(of(&loads, *assessor)));
            may_read.min(cap.unwrap_or(u64::MAX))
        });
        (missing.fold(0, u64::saturating_add), places.fold(0, u64::saturating_add))
    }
}

/// Names what is in the way of a plan for a problem that has none.
///
/// One flow serves as many readings as can be, and first those of the proposals that the fewest may read. A proposal that misses somebody
/// after that, with those from which a reader could be had for it by passing readings on, and with the assessors who would pass
/// them on, is short by exactly one; and each part of it is not, since what was served was served.
pub(super) fn name(problem: &Problem, grid: &Grid) -> Result<Unsolved, Unsolved> {
    let order = in_order(grid);
    let served = Served::of(grid, &order)?;
    let starts = order.iter().enumerate().filter(|(_, place)| served.misses(grid, **place)).take(STARTS_MAX);
    let mut least: Option<(usize, BTreeSet<usize>)> = None;
    for (rank, start) in starts {
        let among: BTreeSet<usize> = order.iter().take(rank).copied().collect();
        let most = least.as_ref().map_or(usize::MAX, |(_, reached)| reached.len());
        if let Some(reached) = served.reached(grid, *start, &among, most) {
            least = Some((*start, reached));
        }
    }
    let (start, reached) = least.ok_or_else(|| failed("nothing is in the way, and there is no plan"))?;
    let obstacle = obstacle(problem, grid, &served, (start, &reached));
    let (missing, places) = problem.missing_and_places(&obstacle);
    if missing > places {
        Ok(Unsolved::Impossible(Box::new(Obstacle { missing, places, ..obstacle })))
    } else {
        Err(failed("what is named is not in the way"))
    }
}

/// The proposals by how many more may read them than they miss, the tightest first.
fn in_order(grid: &Grid) -> Vec<usize> {
    let slack = |(place, (open, missing)): (usize, (&Vec<usize>, &i64))| {
        let takers = open.iter().filter(|assessor| grid.left.get(**assessor).is_some_and(|left| *left > 0)).count();
        (i64::try_from(takers).unwrap_or(i64::MAX).saturating_sub(*missing), place)
    };
    let mut order: Vec<_> = grid.open.iter().zip(&grid.missing).enumerate().map(slack).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, place)| place).collect()
}

/// What can be given when not everything can.
struct Served {
    /// For each assessor, the proposals that they would be given.
    by_assessor: Vec<BTreeSet<usize>>,
    /// How many each proposal would be given.
    counts: BTreeMap<usize, u64>,
}

impl Served {
    /// The readings of earlier proposals weigh more, so that none of them misses what a later one has. All the proposals up to one of
    /// them are then served with as many readings as they could be without the others.
    fn of(grid: &Grid, order: &[usize]) -> Result<Self, Unsolved> {
        let mut builder = grid.begun(|_, _| 0);
        for (assessor, left) in grid.left.iter().enumerate() {
            builder = builder.edge(grid.node(assessor), grid.sink(), *left, 0);
        }
        for (weight, place) in (1..).zip(order.iter().rev()) {
            let missing = grid.missing.get(*place).copied().unwrap_or_default();
            builder = builder.edge(*place, grid.sink(), missing, weight);
        }
        let network = builder.build().map_err(failed)?;
        let solution = eo_mcf::solve_with(&network, &options()).map_err(failed)?;
        let mut by_assessor = vec![BTreeSet::new(); grid.left.len()];
        for (place, assessor) in grid.carried(&solution) {
            if let Some(theirs) = by_assessor.get_mut(assessor) {
                theirs.insert(place);
            }
        }
        let counts = counted(grid.carried(&solution).map(|(place, _)| place));
        Ok(Self { by_assessor, counts })
    }

    fn misses(&self, grid: &Grid, place: usize) -> bool {
        let missing = grid.missing.get(place).and_then(|missing| u64::try_from(*missing).ok());
        missing.is_some_and(|missing| of(&self.counts, place) < missing)
    }

    /// The proposals among which readings could be passed on so that this one is given one more, itself included; `None` where there
    /// are as many as `most`.
    fn reached(&self, grid: &Grid, start: usize, among: &BTreeSet<usize>, most: usize) -> Option<BTreeSet<usize>> {
        let mut proposals = BTreeSet::from([start]);
        let mut waiting = VecDeque::from([start]);
        let mut not_asked: Vec<Option<&BTreeSet<usize>>> = self.by_assessor.iter().map(Some).collect();
        while let Some(place) = waiting.pop_front() {
            for assessor in grid.open.get(place).into_iter().flatten() {
                let Some(asked) = not_asked.get_mut(*assessor) else { continue };
                // Whoever reads it already cannot be given it again.
                if let Some(theirs) = asked.take_if(|theirs| !theirs.contains(&place)) {
                    waiting.extend(theirs.iter().filter(|other| among.contains(other) && proposals.insert(**other)));
                }
            }
            if proposals.len() >= most {
                return None;
            }
        }
        Some(proposals)
    }
}

/// The needs of the proposals reached, with the limits and conflicts that bind them.
fn obstacle(problem: &Problem, grid: &Grid, served: &Served, (start, reached): (usize, &BTreeSet<usize>)) -> Obstacle {
    let readers = counted(problem.held.iter().map(|pair| pair.0));
    let loads = problem.loads();
    let need = |place: &usize| {
        let proposal = grid.proposal(*place)?;
        let need = of(&readers, proposal)
            .saturating_add(of(&served.counts, *place))
            .saturating_add(u64::from(*place == start));
        Some((proposal, u32::try_from(need).unwrap_or(u32::MAX)))
    };
    let needs: BTreeMap<_, _> = reached.iter().filter_map(need).collect();
    let (mut caps, mut conflicts) = (BTreeMap::new(), BTreeSet::new());
    for (&assessor, &cap) in &problem.caps {
        let may_read = needs.keys().filter(|proposal| problem.may_add((**proposal, assessor))).count();
        let theirs: Vec<Pair> = needs
            .keys()
            .map(|proposal| (*proposal, assessor))
            .filter(|pair| problem.conflicts.contains(pair) && !problem.held.contains(pair))
            .collect();
        let left = u64::from(cap).saturating_sub(of(&loads, assessor));
        let may_read = u64::try_from(may_read).unwrap_or(u64::MAX);
        // What does not bind is not named: a limit above what they may read, and conflicts of somebody who has no place left.
        if left < may_read || left == may_read && !theirs.is_empty() {
            caps.insert(assessor, cap);
        } else {
            conflicts.extend(theirs);
        }
    }
    let missed =
        grid.missing.iter().enumerate().map(|(place, missing)| {
            u64::try_from(*missing).unwrap_or_default().saturating_sub(of(&served.counts, place))
        });
    Obstacle { needs, caps, conflicts, missing: 0, places: 0, short_of: missed.fold(0, u64::saturating_add) }
}
