//! What waits for somebody: the acts that the policy allows them and that a case is ready for. What belongs to an organisation
//! that they act for waits for somebody else.

use super::Error;
use super::schemes::Schemes;
use crate::store::{Reader, applications, assessments, claims};
use rules::actor::{Actor, Role};
use rules::application::{Application, State};
use rules::assessment::wanted;
use rules::batch::BatchState;
use rules::claim::ClaimState;
use rules::ids::{ApplicationId, BatchId};
use rules::permission::Verb;

/// How many of each kind are shown: whoever has more than that waiting needs no longer list.
const LIMIT: i64 = 100;

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What is to be done.
    pub act: Verb,
    /// The reference of the case or batch.
    pub reference: String,
    /// On what.
    pub on: WorkOn,
}

/// On what something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkOn {
    /// A case.
    Application(ApplicationId),
    /// A batch.
    Batch(BatchId),
}

/// What waits for the actor, oldest first, in the order of the case.
///
/// # Errors
/// When the database fails.
pub async fn waiting_for(reader: &mut Reader, actor: &Actor, schemes: &Schemes) -> Result<Vec<Work>, Error> {
    let mut work = Vec::new();
    for (role, state, act) in [
        (Role::Officer, State::Submitted, Verb::ApplicationScreen),
        (Role::Approver, State::Recommended, Verb::ApplicationApprove),
        (Role::Officer, State::Approved, Verb::AwardOffer),
    ] {
        if actor.is(role) {
            let waiting = applications::in_state(reader, state, &actor.organisations, LIMIT).await?;
            work.extend(waiting.iter().map(|application| on_case(act, application)));
        }
    }
    in_assessment(reader, actor, schemes, &mut work).await?;
    own_assessments(reader, actor, &mut work).await?;
    money(reader, actor, &mut work).await?;
    Ok(work)
}

fn on_case(act: Verb, application: &Application) -> Work {
    Work { act, reference: application.reference.clone(), on: WorkOn::Application(application.id) }
}

/// Proposals that still want an assessor wait for an officer, those that are scored wait for the committee.
async fn in_assessment(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    work: &mut Vec<Work>,
) -> Result<(), Error> {
    if !actor.is(Role::Officer) && !actor.is(Role::Committee) {
        return Ok(());
    }
    let waiting = applications::in_state(reader, State::InAssessment, &actor.organisations, LIMIT).await?;
    let ids = waiting.iter().map(|application| application.id).collect::<Vec<_>>();
    let progress = assessments::progress(reader, &ids).await?;
    for application in &waiting {
        let scheme = schemes.pinned_by(reader, application).await?;
        let wanted = wanted(application, &scheme);
        let (at_work, scored) = progress.get(&application.id).copied().unwrap_or_default();
        if actor.is(Role::Officer) && at_work < wanted {
            work.push(on_case(Verb::AssessmentAssign, application));
        }
        if actor.is(Role::Committee) && scored >= wanted {
            work.push(on_case(Verb::ApplicationRecommend, application));
        }
    }
    Ok(())
}

async fn own_assessments(reader: &mut Reader, actor: &Actor, work: &mut Vec<Work>) -> Result<(), Error> {
    let Some(person) = actor.person().filter(|_| actor.is(Role::Assessor)) else { return Ok(()) };
    let open = assessments::open_of(reader, person, LIMIT).await?;
    let ids = open.iter().map(|assessment| assessment.application).collect::<Vec<_>>();
    for (id, reference) in applications::references(reader, &ids).await? {
        work.push(Work { act: Verb::AssessmentScore, reference, on: WorkOn::Application(id) });
    }
    Ok(())
}

async fn money(reader: &mut Reader, actor: &Actor, work: &mut Vec<Work>) -> Result<(), Error> {
    for (role, state, act) in [
        (Role::Officer, ClaimState::Submitted, Verb::ClaimCertify),
        (Role::FinancePreparer, ClaimState::Certified, Verb::BatchPrepare),
    ] {
        if actor.is(role) {
            let waiting = claims::in_state(reader, state, &actor.organisations, LIMIT).await?;
            let ids = waiting.iter().map(|claim| claim.application).collect::<Vec<_>>();
            let references = applications::references(reader, &ids).await?;
            work.extend(references.into_iter().map(|(id, reference)| Work {
                act,
                reference,
                on: WorkOn::Application(id),
            }));
        }
    }
    if actor.is(Role::FinanceReleaser) {
        let own = &actor.organisations;
        let prepared = claims::batches_in_state(reader, BatchState::Prepared, own, None, LIMIT).await?;
        let release = |batch: rules::batch::Batch| Work {
            act: Verb::BatchRelease,
            reference: batch.reference,
            on: WorkOn::Batch(batch.id),
        };
        work.extend(prepared.into_iter().map(release));
    }
    Ok(())
}
