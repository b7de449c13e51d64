//! Assessments: ask an assessor, who accepts or declines; declare a conflict, score, and take back what is not scored.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::{Connected, Reader, Tx, applications, assessments, assessors, interests, people};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::Application;
use rules::assessment::{Assessment, AssessmentState, Candidate, assign as give};
use rules::blind::assessments_read_by;
use rules::calendar::Day;
use rules::ids::{ApplicationId, AssessmentId, PersonId};
use rules::interest::OnFile;
use rules::permission::{Permit, Verb};
use rules::refusal::{AssessmentRefusal, Refusal};
use rules::scoring::{Marks, Score};
use uuid::Uuid;

/// The assessments of a case, each with the steps of its score once it has one: all for staff, an assessor's own for the assessor, and
/// the others' with it where the scheme says so and the own is scored.
///
/// # Errors
/// When the case is out of sight or its assessments are not the actor's business.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    (application, now): (ApplicationId, DateTime<Utc>),
) -> Result<Vec<(Assessment, Option<Score>)>, Error> {
    let application = applications::find(reader, application).await?.ok_or(Refusal::NotFound)?;
    case::permit(reader, actor, Verb::AssessmentRead, &application, now).await?;
    let all = assessments::of_application(reader, application.id).await?;
    let Some(submission) = &application.submission else { return Ok(Vec::new()) };
    let scheme = schemes.pinned(reader, submission.scheme_text).await?;
    let all = assessments_read_by(actor, &application, &scheme, all);
    let explained = |assessment: Assessment| {
        let scored = assessment.state == AssessmentState::Scored;
        let score = scored.then(|| rules::scoring::score(&scheme, &application, &assessment.marks)).transpose()?;
        Ok((assessment, score))
    };
    all.into_iter().map(explained).collect()
}

/// The assessments of a case that the actor reads: none before it is submitted.
pub(super) async fn read_by(
    reader: &mut Reader,
    actor: &Actor,
    schemes: &Schemes,
    application: &Application,
) -> Result<Vec<Assessment>, Error> {
    let Some(submission) = &application.submission else { return Ok(Vec::new()) };
    let scheme = schemes.pinned(reader, submission.scheme_text).await?;
    let all = assessments::of_application(reader, application.id).await?;
    Ok(assessments_read_by(actor, application, &scheme, all))
}

/// An officer asks an assessor whether they take a proposal, until a day or so many days from now.
///
/// # Errors
/// When the actor may not, the person is no assessor, or the rules refuse it.
pub async fn assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    application: ApplicationId,
    (assessor, due): (PersonId, Option<Day>),
) -> Result<Assessment, Error> {
    let case = case::lock(tx, actor, Verb::AssessmentAssign, application).await?;
    // What the assessor declares at this moment, and what others give them, comes before or after it.
    people::hold(tx, assessor).await?;
    let known = people::actor(tx, assessor).await?;
    let on_file = interests::on_file(tx, &[assessor], &[application]).await?;
    give_out(tx, schemes, case, (assessor, due, None), (known.as_ref(), &on_file)).await
}

/// The same for a case that is locked and an assessor who is held, with who they are and what is on file of both, and where the officer
/// says how many the assessor has at most at a time.
pub(super) async fn give_out(
    tx: &mut Tx<'_>,
    schemes: &Schemes,
    (application, permit): (Application, Permit),
    (assessor, due, cap): (PersonId, Option<Day>, Option<u32>),
    (known, on_file): (Option<&Actor>, &OnFile),
) -> Result<Assessment, Error> {
    let known = known.ok_or(Refusal::Assessment(AssessmentRefusal::AssessorNotOne))?;
    let described = assessors::find(tx, assessor).await?.ok_or(Refusal::Assessment(AssessmentRefusal::AssessorNotOne));
    let scheme = schemes.pinned_by(tx, &application).await?;
    let duties = assessments::duties(tx, application.id).await?;
    let existing = assessments::of_application(tx, application.id).await?;
    // Whoever acts for the applicant is told that, whatever else they are not.
    let (profile, at_work) = match (described, known.is_beside_applicant_of(&application)) {
        (Ok(described), _) => (described.profile, described.at_work),
        (Err(_), true) => return Err(Refusal::Assessment(AssessmentRefusal::AssessorOfApplicant).into()),
        (Err(refusal), false) => return Err(refusal.into()),
    };
    let candidate = Candidate {
        id: AssessmentId(Uuid::now_v7()),
        assessor: known,
        profile: &profile,
        at_work,
        on_file,
        cap,
        due,
        today: tx.today()?,
    };
    let (change, assessment) = give(&permit, &application, &scheme, &candidate, &duties, &existing)?;
    tx.record(&change).await?;
    Ok(assessment)
}

/// The assessor takes the proposal.
///
/// # Errors
/// When it is not the actor's own invitation, or it has been answered.
pub async fn accept(tx: &mut Tx<'_>, actor: &Actor, id: AssessmentId) -> Result<Assessment, Error> {
    let (application, permit, assessment) = lock_own(tx, actor, Verb::AssessmentAccept, id).await?;
    let (change, assessment) = assessment.accept(&permit, &application)?;
    tx.record(&change).await?;
    Ok(assessment)
}

/// The assessor does not take it, or cannot go on with it.
///
/// # Errors
/// When it is not the actor's own open assessment, or no reason is given.
pub async fn decline(tx: &mut Tx<'_>, actor: &Actor, id: AssessmentId, reason: &str) -> Result<Assessment, Error> {
    let (application, permit, assessment) = lock_own(tx, actor, Verb::AssessmentDecline, id).await?;
    let (change, assessment) = assessment.decline(&permit, &application, reason)?;
    tx.record(&change).await?;
    Ok(assessment)
}

/// The assessor declares a conflict of interest.
///
/// # Errors
/// When it is not the actor's own open assessment, or no reason is given.
pub async fn declare_conflict(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AssessmentId,
    reason: &str,
) -> Result<Assessment, Error> {
    let (application, permit, assessment) = lock_own(tx, actor, Verb::AssessmentDeclareConflict, id).await?;
    let (change, assessment) = assessment.declare_conflict(&permit, &application, reason)?;
    tx.record(&change).await?;
    Ok(assessment)
}

/// An officer takes an invitation or an unscored assessment back, so that somebody else can be asked.
///
/// # Errors
/// When the actor may not, it is not open any more, or no reason is given.
pub async fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: AssessmentId, reason: &str) -> Result<Assessment, Error> {
    let application = assessments::application_of(tx, id).await?.ok_or(Refusal::NotFound)?;
    let (application, permit) = case::lock(tx, actor, Verb::AssessmentWithdraw, application).await?;
    let all = assessments::of_application(tx, application.id).await?;
    let assessment = all.into_iter().find(|assessment| assessment.id == id).ok_or(Refusal::NotFound)?;
    let (change, assessment) = assessment.withdraw(&permit, &application, reason)?;
    tx.record(&change).await?;
    Ok(assessment)
}

/// The assessor gives marks.
///
/// # Errors
/// When it is not the actor's own accepted assessment, or the marks cannot be taken.
pub async fn score(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    id: AssessmentId,
    marks: Marks,
    texts: (&str, Option<&str>),
) -> Result<(Assessment, Score), Error> {
    let (application, permit, assessment) = lock_own(tx, actor, Verb::AssessmentScore, id).await?;
    let scheme = schemes.pinned_by(tx, &application).await?;
    let (change, assessment, score) = assessment.give_marks(&permit, &application, &scheme, marks, texts)?;
    tx.record(&change).await?;
    Ok((assessment, score))
}

async fn lock_own(
    tx: &mut Tx<'_>,
    actor: &Actor,
    verb: Verb,
    id: AssessmentId,
) -> Result<(Application, Permit, Assessment), Error> {
    let application = assessments::application_of(tx, id).await?.ok_or(Refusal::NotFound)?;
    let application = applications::lock(tx, application).await?.ok_or(Refusal::NotFound)?;
    if let Some(person) = actor.person() {
        // What they declare at this moment comes before or after it.
        people::hold(tx, person).await?;
    }
    let permit = case::permit(tx, actor, verb, &application, tx.moment.now).await?;
    let all = assessments::of_application(tx, application.id).await?;
    let own = all.into_iter().find(|assessment| assessment.id == id && actor.person() == Some(assessment.assessor));
    Ok((application, permit, own.ok_or(Refusal::NotFound)?))
}
