//! Allocations: work out who could read what, and give many proposals out at once.

use super::schemes::Schemes;
use super::{Error, assessments as each, case, schemes};
use crate::store::{Connected, Fault, Moment, Reader, Tx, applications, assessments, assessors, interests, people};
use rules::actor::Actor;
use rules::allocation::{
    ASSESSORS_MAX, Candidate, Obstacle, PROPOSALS_MAX, Plan, Problem, Proposal, Round, Unsolved, bounded, solve,
};
use rules::application::Application;
use rules::assessment::{due_on, wanted};
use rules::assessor::Profile;
use rules::calendar::Day;
use rules::event::Subject;
use rules::ids::{ApplicationId, PersonId, SchemeTextId};
use rules::interest::{Assessing, OnFile};
use rules::permission::Verb;
use rules::refusal::{AllocationRefusal, AssessmentRefusal, LineRefused, Refusal};
use rules::scheme::Scheme;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;

/// What is said of an assessor for one allocation.
#[derive(Clone, Debug)]
pub struct Said {
    /// Who.
    pub assessor: PersonId,
    /// How many proposals they read at most at a time; left out, as many as everybody.
    pub cap: Option<u32>,
    /// The words that say what they know.
    pub expertise: BTreeSet<String>,
}

/// Who is to read, as the officer says.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// These assessors; left out, all whose accounts are open.
    pub assessors: Option<Vec<Said>>,
    /// How many proposals each reads at most where nothing is said of them; left out, the house default.
    pub cap: Option<u32>,
    /// The path of the round whose proposals are read; left out, all of the scheme.
    pub round: Option<String>,
}

/// A round as it was read, with what its people are called.
pub struct Ground {
    /// The round.
    pub round: Round,
    /// What the assessors are called.
    pub names: BTreeMap<PersonId, String>,
    /// Applications that this officer must not give out, and why.
    pub left_out: Vec<(Application, Refusal)>,
}

/// What came of the search.
pub struct Outcome {
    /// The problem that was solved.
    pub problem: Problem,
    /// The plan, or what is in the way of one.
    pub found: Result<Plan, Box<Obstacle>>,
}

/// Reads what an allocation of a scheme depends on. Nothing is locked: what is recorded later is held to what is true then.
///
/// # Errors
/// When the actor gives nothing out, the scheme is unknown, somebody named is no assessor, or it is too much at once.
pub async fn read(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    code: &str,
    (asked, moment): (Asked, Moment),
) -> Result<Ground, Error> {
    actor.may(Verb::AssessmentAssign, Subject::House)?;
    Round::bounded(0, asked.assessors.as_ref().map_or(0, Vec::len))?;
    schemes::must_be_known(reader, code).await?;
    if let Some(round) = &asked.round {
        schemes::must_have_round(reader, schemes, (code, round), moment.today()).await?;
    }
    // One more than is taken tells that there are more.
    let limit = i64::try_from(PROPOSALS_MAX).unwrap_or(i64::MAX).saturating_add(1);
    let all = applications::in_assessment(reader, (code, asked.round.as_deref()), limit).await?;
    let actors = people::assessors_as_actors(reader, ASSESSORS_MAX.saturating_add(1)).await?;
    Round::bounded(all.len(), asked.assessors.as_ref().map_or(actors.len(), Vec::len))?;
    let ids: Vec<_> = all.iter().map(|application| application.id.0).collect();
    let owed = assessments::owed_elsewhere(reader, &ids).await?;
    let known = assessors::page(reader, None, i64::try_from(ASSESSORS_MAX).unwrap_or(i64::MAX)).await?;
    let profiles = known.into_iter().map(|assessor| (assessor.id, assessor.profile)).collect();
    let candidates = candidates(actors, asked, &owed, (&profiles, moment.today()))?;
    let mut given = assessments::of_applications(reader, &ids).await?;
    let mut duties = assessments::duties_of(reader, &ids).await?;
    let (mut texts, mut proposals, mut left_out) = (HashMap::new(), Vec::new(), Vec::new());
    for application in all {
        match actor.may_to_application(Verb::AssessmentAssign, &application, Assessing::No, moment.now) {
            Ok(_) => {}
            // Nothing is said of what is out of sight.
            Err(Refusal::NotFound) => continue,
            Err(refusal) => {
                left_out.push((application, refusal));
                continue;
            }
        }
        let scheme = pinned(reader, schemes, &application, &mut texts).await?;
        let wanted = u32::try_from(wanted(&application, &scheme)).unwrap_or(u32::MAX);
        let existing = given.remove(&application.id).unwrap_or_default();
        let duties = duties.remove(&application.id).unwrap_or_default();
        proposals.push(Proposal { application, wanted, duties, existing });
    }
    let who = candidates.iter().filter_map(|candidate| candidate.actor.person()).collect::<Vec<_>>();
    let cases = proposals.iter().map(|proposal| proposal.application.id).collect::<Vec<_>>();
    let on_file = interests::on_file(reader, &who, &cases).await?;
    let round = Round { proposals, candidates, on_file };
    let candidates = round.candidates.iter().filter_map(|candidate| candidate.actor.person());
    let people: BTreeSet<PersonId> = candidates.chain(round.held().into_keys()).collect();
    let names = people::names(reader, &people).await?;
    Ok(Ground { round, names, left_out })
}

/// The assessors with what is known of them. What a request says adds to the expertise of a profile, and lowers its limit; whoever has
/// no time is given nothing.
fn candidates(
    actors: Vec<Actor>,
    asked: Asked,
    owed: &BTreeMap<PersonId, u32>,
    (profiles, today): (&BTreeMap<PersonId, Profile>, Day),
) -> Result<Vec<Candidate>, Refusal> {
    let everybody = asked.cap;
    let candidate = |actor: Actor, said: Option<Said>| {
        let elsewhere = actor.person().and_then(|person| owed.get(&person)).copied().unwrap_or_default();
        let (cap, mut expertise) = said.map_or((None, BTreeSet::new()), |said| (said.cap, said.expertise));
        let profile = actor.person().and_then(|person| profiles.get(&person));
        expertise.extend(profile.into_iter().flat_map(|profile| profile.expertise.iter().cloned()));
        // Whoever has no time before what is given out today is due is given nothing.
        let days = (today, due_on(None, today));
        let cap = profile.map_or(0, |profile| profile.cap(cap.or(everybody), days).unwrap_or(0));
        Candidate { actor, cap, elsewhere, expertise }
    };
    let Some(named) = asked.assessors else {
        return Ok(actors.into_iter().map(|actor| candidate(actor, None)).collect());
    };
    let mut actors: BTreeMap<_, _> = actors.into_iter().filter_map(|actor| Some((actor.person()?, actor))).collect();
    let named = named.into_iter().map(|said| {
        // Taken out, so that whoever is named twice is not found again.
        let actor = actors.remove(&said.assessor).ok_or(Refusal::Assessment(AssessmentRefusal::AssessorNotOne))?;
        Ok(candidate(actor, Some(said)))
    });
    named.collect()
}

async fn pinned(
    reader: &mut impl Connected,
    schemes: &Schemes,
    application: &Application,
    texts: &mut HashMap<Option<SchemeTextId>, Arc<Scheme>>,
) -> Result<Arc<Scheme>, Error> {
    let text = application.submission.as_ref().map(|submission| submission.scheme_text);
    if let Some(scheme) = texts.get(&text) {
        return Ok(Arc::clone(scheme));
    }
    let scheme = schemes.pinned_by(reader, application).await?;
    texts.insert(text, Arc::clone(&scheme));
    Ok(scheme)
}

/// Works a plan out, on a thread of its own and without a connection. The turn is given back when that is done, whether or not
/// somebody still waits for it.
///
/// # Errors
/// When the search fails.
pub async fn work_out(ground: Ground, turn: OwnedSemaphorePermit) -> Result<(Ground, Outcome), Error> {
    let failed = |reason: String| Error::Fault(Fault::Corrupt(format!("allocation: {reason}")));
    let done = spawn_blocking(move || {
        let problem = ground.round.problem();
        let solved = solve(&problem);
        drop(turn);
        (ground, problem, solved)
    });
    let (ground, problem, solved) = done.await.map_err(|error| failed(error.to_string()))?;
    let found = match solved {
        Ok(plan) => Ok(plan),
        Err(Unsolved::Impossible(obstacle)) => Err(obstacle),
        Err(Unsolved::Held(faults)) => return Err(failed(format!("{faults:?}"))),
        Err(Unsolved::Failed(reason)) => return Err(failed(reason)),
    };
    Ok((ground, Outcome { problem, found }))
}

/// One line of a bulk.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is to be read.
    pub application: ApplicationId,
    /// The version of it that the plan relied on, where there was one.
    pub version: Option<i32>,
    /// By whom.
    pub assessor: PersonId,
}

/// Many proposals to be given out.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// Each with its assessor.
    pub lines: Vec<Line>,
    /// The path of the round to which they must all belong; left out, any.
    pub round: Option<String>,
    /// How many proposals each assessor has at most at a time; left out, the house default.
    pub cap: Option<u32>,
}

/// An officer gives many proposals out at once: all or nothing. Each line is what giving one by hand is. Before the first one, all
/// applications are locked in the order of their ids, and then all assessors in the order of theirs, so that two bulks never wait for
/// each other in a circle.
///
/// # Errors
/// When the actor gives nothing out, there are no lines or too many, an application has changed since the version named or is of another
/// round than the bulk, or a line cannot be done: then all that cannot are told.
pub async fn assign(tx: &mut Tx<'_>, actor: &Actor, schemes: &Schemes, bulk: &Bulk) -> Result<usize, Error> {
    let lines = &bulk.lines;
    actor.may(Verb::AssessmentAssign, Subject::House)?;
    bounded(&lines.iter().map(|line| (line.application, line.assessor)).collect::<Vec<_>>())?;
    let cases = lines.iter().map(|line| line.application).collect::<BTreeSet<_>>();
    applications::lock_all(tx, &cases).await?;
    let people = lines.iter().map(|line| line.assessor).collect::<BTreeSet<_>>();
    people::hold_all(tx, &people).await?;
    let held = Held::read(tx, &people, &cases).await?;
    let mut in_order: Vec<_> = lines.iter().enumerate().collect();
    in_order.sort_by_key(|(place, line)| (line.application, *place));
    let mut refused = Vec::new();
    for (place, line) in in_order {
        match assign_one(tx, actor, schemes, (place, line, bulk), &held).await {
            Ok(()) => {}
            // Said of the bulk as a whole.
            Err(Error::Refused(refusal)) if is_of_the_round(&refusal) => return Err(refusal.into()),
            Err(Error::Refused(refusal)) => refused.push(LineRefused { line: place, refusal }),
            Err(error) => return Err(error),
        }
    }
    if refused.is_empty() {
        return Ok(lines.len());
    }
    refused.sort_by_key(|refused| refused.line);
    Err(Refusal::from(AllocationRefusal::LinesRefused { lines: refused }).into())
}

const fn is_of_the_round(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Round(_) | Refusal::Allocation(AllocationRefusal::OtherRound { .. }))
}

/// What is known of all lines of a bulk once their cases are locked and their assessors held: no line of it changes any of this.
struct Held {
    assessors: HashMap<PersonId, Actor>,
    on_file: OnFile,
}

impl Held {
    async fn read(
        tx: &mut Tx<'_>,
        people: &BTreeSet<PersonId>,
        cases: &BTreeSet<ApplicationId>,
    ) -> Result<Self, Error> {
        let mut assessors = HashMap::new();
        for person in people {
            assessors.extend(people::actor(tx, *person).await?.map(|actor| (*person, actor)));
        }
        let (people, cases) = (people.iter().copied().collect::<Vec<_>>(), cases.iter().copied().collect::<Vec<_>>());
        let on_file = interests::on_file(tx, &people, &cases).await?;
        Ok(Self { assessors, on_file })
    }
}

async fn assign_one(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    (place, line, bulk): (usize, &Line, &Bulk),
    held: &Held,
) -> Result<(), Error> {
    let verb = Verb::AssessmentAssign;
    let (application, permit) = match line.version {
        Some(version) => case::lock_version(tx, actor, verb, line.application, version).await?,
        None => case::lock(tx, actor, verb, line.application).await?,
    };
    let round = bulk.round.as_deref();
    if let Some(round) = round.filter(|round| application.round() != Some(*round)) {
        let today = tx.moment.today();
        schemes::must_have_round(tx, schemes, (&application.scheme, round), today).await?;
        let other = AllocationRefusal::OtherRound { line: place, round: round.to_owned() };
        return Err(Refusal::from(other).into());
    }
    let known = (held.assessors.get(&line.assessor), &held.on_file);
    each::give_out(tx, schemes, (application, permit), (line.assessor, None, bulk.cap), known).await.map(drop)
}
