//! Assessments: given out, declined for a conflict, scored.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Reason;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::assessments;
use actix_web::web::Path;
use actix_web::{get, post};
use rules::assessment::Assessment;
use rules::calculation::each_once;
use rules::ids::{ApplicationId, AssessmentId, PersonId};
use rules::scoring::{Score, ScoreStep};
use serde::{Deserialize, Serialize};
use serde_json::json;
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
    /// Assigned, conflicted or scored.
    state: &'static str,
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
    #[schema(value_type = Option<Vec<Value>>)]
    steps: Option<Vec<ScoreStep>>,
}

impl From<Assessment> for AssessmentView {
    fn from(assessment: Assessment) -> Self {
        let Assessment { id, application, assessor, state, marks, comment, feedback, score } = assessment;
        Self { id, application, assessor, state: state.code(), marks, comment, feedback, score, steps: None }
    }
}

/// Who is to assess.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Assignment {
    /// A person with the role of an assessor.
    #[schema(value_type = Uuid)]
    assessor: PersonId,
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

/// The assessments of an application; an assessor sees the own one only.
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

/// Give an application to an assessor.
#[utoipa::path(
    tag = "assessments", request_body = Assignment,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Given", body = AssessmentView)),
)]
#[post("/applications/{id}/assessments")]
pub(super) async fn assign(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<Assignment>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let assessment = assessments::assign(tx, &caller.actor, &schemes, *id, body.assessor).await?;
        Answer::created(format!("/api/v1/applications/{id}/assessments"), &AssessmentView::from(assessment))
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
    responses((status = 200, description = "Scored, with the steps", body = Value)),
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
        Answer::ok(&json!({ "assessment": AssessmentView::from(assessment), "score": score }))
    })
    .await
}
