//! Assessments: asked for, accepted or declined, scored, taken back.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::{Nothing, Reason};
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use super::shapes::{ScoreShape, ScoreStepShape};
use crate::actions::assessments;
use actix_web::web::Path;
use actix_web::{get, post};
use rules::assessment::Assessment;
use rules::calculation::each_once;
use rules::calendar::Day;
use rules::ids::{ApplicationId, AssessmentId, PersonId};
use rules::scoring::{Score, ScoreStep};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One assessor's assessment.
#[derive(Serialize, ToSchema)]
pub(super) struct AssessmentView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: AssessmentId,
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// By whom.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// Invited, accepted, scored, declined, conflicted or withdrawn.
    state: &'static str,
    /// The day on which it is wanted at the latest.
    #[schema(value_type = String, format = Date)]
    due: Day,
    /// Whether the assessor is not told who applies.
    blind_to_applicant: bool,
    /// Why it was declined, given up for a conflict, or withdrawn.
    reason: Option<String>,
    /// Marks by criterion; null where it does not apply.
    marks: BTreeMap<String, Option<u32>>,
    /// What the assessor wrote for the agency.
    comment: String,
    /// What the assessor releases for the applicant, who reads it without a name once an officer has made it part of the feedback.
    feedback: Option<String>,
    /// The weighted score in hundredths of a per cent.
    score: Option<u32>,
    /// The steps of the score, where a list shows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<ScoreStepShape>>)]
    steps: Option<Vec<ScoreStep>>,
}

impl From<Assessment> for AssessmentView {
    fn from(assessment: Assessment) -> Self {
        let Assessment { id, application, assessor, due, blind_to_applicant, reason, .. } = assessment;
        let Assessment { state, marks, comment, feedback, score, .. } = assessment;
        let (state, steps) = (state.code(), None);
        Self {
            id,
            application,
            assessor,
            state,
            due,
            blind_to_applicant,
            reason,
            marks,
            comment,
            feedback,
            score,
            steps,
        }
    }
}

/// An assessment that was scored.
#[derive(Serialize, ToSchema)]
pub(super) struct ScoredView {
    /// The assessment.
    assessment: AssessmentView,
    /// The score, with its steps.
    #[schema(value_type = ScoreShape)]
    score: Score,
}

/// Who is to assess.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Assignment {
    /// A person with the role of an assessor.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
    /// The day on which it is wanted at the latest; left out, three weeks from now.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    due: Option<Day>,
}

/// Marks for every criterion, and a comment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Marks {
    /// A whole mark for each criterion of the scheme; null where it does not apply, if the scheme says what that means.
    #[serde(deserialize_with = "each_once")]
    marks: BTreeMap<String, Option<u32>>,
    /// Why, in 1 to 2000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    comment: String,
    /// What you release for the applicant, in 1 to 2000 characters; left out, nothing.
    #[serde(default)]
    feedback: Option<String>,
}

/// The assessments of an application; an assessor sees the own one, and where the scheme says so and it is scored, what the others have
/// scored.
#[utoipa::path(
    tag = "assessments", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "In the order in which they were given", body = Vec<AssessmentView>)),
)]
#[get("/applications/{id}/assessments")]
pub(super) async fn list(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let mut reader = door.reader().await?;
    let all = assessments::list(&mut reader, &caller.actor, &door.schemes, (*id, door.moment.now)).await?;
    let explained = |(assessment, score): (Assessment, Option<Score>)| AssessmentView {
        steps: score.map(|score| score.steps),
        ..AssessmentView::from(assessment)
    };
    Answer::ok(&all.into_iter().map(explained).collect::<Vec<_>>())
}

/// Ask an assessor whether they take an application. Until they accept, they see no more of it than what tells them of a conflict.
#[utoipa::path(
    tag = "assessments", request_body = Assignment,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Asked", body = AssessmentView)),
)]
#[post("/applications/{id}/assessments")]
pub(super) async fn assign(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<Assignment>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let assessment = assessments::assign(tx, &caller.actor, &schemes, *id, (body.assessor, body.due)).await?;
        Answer::created(format!("/api/v1/applications/{id}/assessments"), &AssessmentView::from(assessment))
    })
    .await
}

/// Accept an invitation: now you may read the application.
#[utoipa::path(
    tag = "assessments", request_body = Nothing,
    params(
        ("id" = Uuid, Path, description = "The assessment"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Accepted", body = AssessmentView)),
)]
#[post("/assessments/{id}/acceptance")]
pub(super) async fn accept(
    door: Door,
    Signed(caller, (id, Keyed { once, .. })): Signed<(Path<AssessmentId>, Keyed<Nothing>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let assessment = assessments::accept(tx, &caller.actor, *id).await?;
        Answer::ok(&AssessmentView::from(assessment))
    })
    .await
}

/// Decline an invitation, or give an assessment back: somebody else is asked.
#[utoipa::path(
    tag = "assessments", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The assessment"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Declined", body = AssessmentView)),
)]
#[post("/assessments/{id}/declination")]
pub(super) async fn decline(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<AssessmentId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let assessment = assessments::decline(tx, &caller.actor, *id, &body.reason).await?;
        Answer::ok(&AssessmentView::from(assessment))
    })
    .await
}

/// Take back an invitation or an assessment that is not scored, so that somebody else can be asked.
#[utoipa::path(
    tag = "assessments", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The assessment"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Withdrawn", body = AssessmentView)),
)]
#[post("/assessments/{id}/withdrawal")]
pub(super) async fn withdraw(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<AssessmentId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let assessment = assessments::withdraw(tx, &caller.actor, *id, &body.reason).await?;
        Answer::ok(&AssessmentView::from(assessment))
    })
    .await
}

/// Declare a conflict of interest: you are off the case, and somebody else is needed.
#[utoipa::path(
    tag = "assessments", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The assessment"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Declared", body = AssessmentView)),
)]
#[post("/assessments/{id}/conflict")]
pub(super) async fn declare_conflict(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<AssessmentId>, Keyed<Reason>)>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let assessment = assessments::declare_conflict(tx, &caller.actor, *id, &body.reason).await?;
        Answer::ok(&AssessmentView::from(assessment))
    })
    .await
}

/// Give marks. The score is worked out by the scheme's weights and shown with its steps.
#[utoipa::path(
    tag = "assessments", request_body = Marks,
    params(
        ("id" = Uuid, Path, description = "The assessment"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Scored, with the steps", body = ScoredView)),
)]
#[post("/assessments/{id}/score")]
pub(super) async fn give_marks(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<AssessmentId>, Keyed<Marks>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let (assessment, score) =
            assessments::score(tx, &caller.actor, &schemes, *id, body.marks, (&body.comment, body.feedback.as_deref()))
                .await?;
        Answer::ok(&ScoredView { assessment: assessment.into(), score })
    })
    .await
}
