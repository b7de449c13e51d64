//! Allocations: a plan that nothing is done by, and the bulk by which one is recorded.

use super::actor::Signed;
use super::answer::Answer;
use super::body::Body;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::allocations::{self, Asked, Ground, Line, Outcome, Said};
use actix_web::post;
use actix_web::web::Path;
use rules::allocation::{Obstacle, Pair, Plan};
use rules::ids::{ApplicationId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use utoipa::ToSchema;

/// How long a caller waits until it is their turn, before they are told to come back.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// Who is to assess.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanAsked {
    /// These assessors; left out, all whose accounts are open.
    assessors: Option<Vec<AssessorAsked>>,
    /// How many proposals each assessor has at most at a time where nothing is said of them; left out, 30.
    cap: Option<u32>,
    /// The path of a round, or a cut-off, of the scheme: only what belongs to it is allocated.
    #[schema(example = "round.2")]
    round: Option<String>,
}

/// An assessor, for this plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssessorAsked {
    /// A person with the role of an assessor.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// How many proposals they have at most at a time, those that they have already included.
    cap: Option<u32>,
    /// What they know, in the words with which applicants answer the questions about a project, such as `life_and_health`.
    #[serde(default)]
    expertise: BTreeSet<String>,
}

/// A plan, or what is in the way of one.
#[derive(Serialize, ToSchema)]
pub(super) struct PlanView {
    /// `planned` or `impossible`.
    outcome: &'static str,
    /// Who is to be given what, beside what was given before: the lines of a bulk.
    assignments: Vec<AssignmentView>,
    /// What each assessor would have.
    assessors: Vec<LoadView>,
    /// Applications that the caller must not give out.
    left_out: Vec<LeftOutView>,
    /// What is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    obstacle: Option<ObstacleView>,
}

/// An application and who is to assess it.
#[derive(Serialize, ToSchema)]
pub(super) struct AssignmentView {
    /// Which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// The version that the plan relies on.
    version: i32,
    /// By whom.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// What the project is about and they know.
    matched: Vec<String>,
}

/// What an assessor would have.
#[derive(Serialize, ToSchema)]
pub(super) struct LoadView {
    /// Who.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// As people write it.
    name: String,
    /// How many they have at most at a time.
    cap: u32,
    /// How many they have that are not of this scheme.
    elsewhere: u32,
    /// How many of this scheme they have already.
    held: u64,
    /// How many they would be given.
    given: u64,
}

/// An application that the caller must not give out.
#[derive(Serialize, ToSchema)]
pub(super) struct LeftOutView {
    /// Which.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// The code of the refusal.
    code: &'static str,
    /// Why.
    reason: String,
}

/// Needs, limits and conflicts that cannot all hold; without any one of them the others could.
#[derive(Serialize, ToSchema)]
pub(super) struct ObstacleView {
    /// What it comes to, in words.
    text: String,
    /// How many assessors these applications need, those who have them already included.
    needs: Vec<NeedView>,
    /// How many these assessors have at most.
    caps: Vec<CapView>,
    /// Who must not read what.
    conflicts: Vec<BarView>,
    /// How many readings these applications miss.
    missing: u64,
    /// How many of those the assessors can take on.
    places: u64,
    /// How many readings of all applications cannot be had within the limits.
    short_of: u64,
}

/// What an application needs.
#[derive(Serialize, ToSchema)]
pub(super) struct NeedView {
    /// Which.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// How many assessors.
    assessors: u32,
}

/// What an assessor has at most.
#[derive(Serialize, ToSchema)]
pub(super) struct CapView {
    /// Who.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// As people write it.
    name: String,
    /// How many they have at most at a time.
    cap: u32,
}

/// Who must not read what.
#[derive(Serialize, ToSchema)]
pub(super) struct BarView {
    /// Which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// Who.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// As people write it.
    name: String,
    /// The code of the refusal.
    code: &'static str,
    /// Why.
    reason: String,
}

/// Work out which assessors could read the applications of a scheme that are in assessment.
///
/// Nothing is recorded: send `assignments` to `/allocations` for that. Every application gets as many assessors as its scheme wants, nobody
/// more than their limit, and nobody what they must not read. Of all such plans it is one with the best expertise (up to three words
/// in common count), and of those one with the most even load (the least sum of squares), which is proved. Where there is none, a set of
/// constraints that is in the way is named, of which none could be left out.
#[utoipa::path(
    tag = "assessments", request_body = PlanAsked,
    params(("code" = String, Path, description = "The code of the scheme", example = "NIAS")),
    responses(
        (status = 200, description = "A plan, or what is in the way of one", body = PlanView),
        (status = 503, description = "Another plan is being worked out"),
    ),
)]
#[post("/schemes/{code}/allocation-plans")]
pub(super) async fn work_out(
    door: Door,
    Signed(caller, (code, Body(asked))): Signed<(Path<String>, Body<PlanAsked>)>,
) -> Result<Answer, Problem> {
    let busy = || Problem::unavailable("Others are having allocations worked out at this moment: try again shortly.");
    let turn = timeout(TURN_TIMEOUT, Arc::clone(&door.allocations).acquire_owned()).await;
    let turn = turn.map_err(|_waited| busy())?.map_err(|_closed| busy())?;
    let ground = {
        // The connection goes back before the work begins.
        let mut reader = door.reader().await?;
        allocations::read(&mut reader, &caller.actor, &door.schemes, &code, (asked.into(), door.moment)).await?
    };
    let (ground, outcome) = allocations::work_out(ground, turn).await?;
    Answer::ok(&view(&ground, &outcome))
}

/// An application to be given to an assessor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LineAsked {
    /// Which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The version of it that was relied on: with another one, nothing is done.
    version: Option<i32>,
    /// To whom.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
}

/// Many applications to be given out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Bulk {
    /// At most 6 000.
    #[schema(min_items = 1, max_items = 6000)]
    assignments: Vec<LineAsked>,
    /// The path of a round, or a cut-off, to which all of them must belong.
    #[schema(example = "round.2")]
    round: Option<String>,
    /// How many proposals each assessor has at most at a time; left out, 30, and never more than they take. What a plan was asked with must
    /// be said again here where it was more.
    cap: Option<u32>,
}

/// What a bulk has done.
#[derive(Serialize, ToSchema)]
pub(super) struct BulkDone {
    /// How many applications were given to somebody.
    assigned: usize,
}

/// Give many applications to assessors at once: all or nothing. `errors` points at each line that cannot be done.
#[utoipa::path(
    tag = "assessments", request_body = Bulk,
    params(("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done")),
    responses((status = 200, description = "All of them given", body = BulkDone)),
)]
#[post("/allocations")]
pub(super) async fn assign_all(
    door: Door,
    Signed(caller, Keyed { body, once }): Signed<Keyed<Bulk>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    let line = |LineAsked { application, version, assessor }| Line { application, version, assessor };
    let Bulk { assignments, round, cap } = body;
    let bulk = allocations::Bulk { lines: assignments.into_iter().map(line).collect(), round, cap };
    door.write_once(caller.person, once, async move |tx| {
        let assigned = allocations::assign(tx, &caller.actor, &schemes, &bulk).await?;
        Answer::ok(&BulkDone { assigned })
    })
    .await
}

impl From<PlanAsked> for Asked {
    fn from(asked: PlanAsked) -> Self {
        let said = |AssessorAsked { assessor, cap, expertise }| Said { assessor, cap, expertise };
        let assessors = asked.assessors.map(|assessors| assessors.into_iter().map(said).collect());
        Self { assessors, cap: asked.cap, round: asked.round }
    }
}

fn view(ground: &Ground, outcome: &Outcome) -> PlanView {
    let left_out = ground.left_out.iter().map(|(application, refusal)| LeftOutView {
        application: application.id,
        reference: application.reference.clone(),
        code: refusal.code(),
        reason: refusal.to_string(),
    });
    let (assignments, obstacle) = match &outcome.found {
        Ok(plan) => (assignments(ground, outcome, plan), None),
        Err(obstacle) => (Vec::new(), Some(obstacle_view(ground, obstacle))),
    };
    PlanView {
        outcome: if obstacle.is_none() { "planned" } else { "impossible" },
        assessors: loads(ground, &assignments),
        assignments,
        left_out: left_out.collect(),
        obstacle,
    }
}

fn assignments(ground: &Ground, outcome: &Outcome, plan: &Plan) -> Vec<AssignmentView> {
    let applications: BTreeMap<_, _> =
        ground.round.proposals.iter().map(|proposal| (proposal.application.id, &proposal.application)).collect();
    let new = plan.pairs.difference(&outcome.problem.held);
    let line = |&(application, assessor): &Pair| {
        let is = applications.get(&application)?;
        let matched = outcome.problem.matched((application, assessor)).into_iter().map(str::to_owned).collect();
        let (reference, version) = (is.reference.clone(), is.version);
        Some(AssignmentView { application, reference, version, assessor, matched })
    };
    new.filter_map(line).collect()
}

fn loads(ground: &Ground, assignments: &[AssignmentView]) -> Vec<LoadView> {
    let mut given = BTreeMap::<PersonId, u64>::new();
    for assignment in assignments {
        let count = given.entry(assignment.assessor).or_default();
        *count = count.saturating_add(1);
    }
    let held = ground.round.held();
    let load = |candidate: &rules::allocation::Candidate| {
        let assessor = candidate.actor.person()?;
        Some(LoadView {
            assessor,
            name: name(ground, assessor),
            cap: candidate.cap,
            elsewhere: candidate.elsewhere,
            held: held.get(&assessor).copied().unwrap_or_default(),
            given: given.get(&assessor).copied().unwrap_or_default(),
        })
    };
    ground.round.candidates.iter().filter_map(load).collect()
}

fn name(ground: &Ground, person: PersonId) -> String {
    ground.names.get(&person).cloned().unwrap_or_default()
}

fn obstacle_view(ground: &Ground, obstacle: &Obstacle) -> ObstacleView {
    let references: BTreeMap<_, _> = ground
        .round
        .proposals
        .iter()
        .map(|proposal| (proposal.application.id, proposal.application.reference.as_str()))
        .collect();
    let reference = |application: ApplicationId| references.get(&application).copied().unwrap_or_default().to_owned();
    let need = |(&application, &assessors): (&ApplicationId, &u32)| NeedView {
        application,
        reference: reference(application),
        assessors,
    };
    let cap = |(&assessor, &cap): (&PersonId, &u32)| CapView { assessor, name: name(ground, assessor), cap };
    let conflict = |&(application, assessor): &Pair| {
        let refusal = ground.round.bar((application, assessor))?;
        let (name, reference) = (name(ground, assessor), reference(application));
        let reason = refusal.of_assessor(&name);
        Some(BarView { application, reference, assessor, name, code: refusal.code(), reason })
    };
    ObstacleView {
        text: obstacle.to_string(),
        needs: obstacle.needs.iter().map(need).collect(),
        caps: obstacle.caps.iter().map(cap).collect(),
        conflicts: obstacle.conflicts.iter().filter_map(conflict).collect(),
        missing: obstacle.missing,
        places: obstacle.places,
        short_of: obstacle.short_of,
    }
}
