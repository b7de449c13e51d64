//! Review and appeal: asked for, withdrawn, decided, and read.

use super::actor::Signed;
use super::answer::Answer;
use super::applications::Reason;
use super::idempotency::Keyed;
use super::problem::Problem;
use super::services::Door;
use crate::actions::reviews;
use actix_web::web::Path;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use rules::calendar::Day;
use rules::ids::{ApplicationId, PersonId};
use rules::review::{Next, Review, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request of an application, and what is sent to it once.
type OnReview<T> = (Path<(ApplicationId, i32)>, Keyed<T>);

/// How it is decided.
#[derive(ToSchema)]
#[schema(as = VerdictOnReview, rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a type of the rules to the readers of the API")]
pub(super) enum VerdictShape {
    Dismissed,
    SetAside,
}

/// That a refusal be looked at again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewToRequest {
    /// What is wrong with the decision, in 1 to 2000 characters.
    grounds: String,
}

/// A decision on a request to look again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewDecision {
    /// `dismissed`: the decision stands; `set_aside`: the case is opened again.
    #[schema(value_type = VerdictShape)]
    verdict: Verdict,
    /// Why, in 1 to 2000 characters. The applicant is told.
    reason: String,
}

/// A request to look again at a refusal.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewView {
    /// Of which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// Counted from 1 in the case.
    number: i32,
    /// The scheme's code for the instance.
    step: String,
    /// What was decided: `ineligible` or `unsuccessful`.
    #[schema(value_type = String, example = "unsuccessful")]
    of: &'static str,
    /// The reason that was given for it.
    of_reason: String,
    /// The day on which the applicant was told of it, or of what the instance before has decided.
    #[schema(value_type = String, format = Date)]
    told_on: Day,
    /// The last day on which it could be asked for.
    #[schema(value_type = String, format = Date)]
    last_day: Day,
    /// With which authorities it is decided.
    authorities: Vec<String>,
    /// `requested`, `withdrawn`, `dismissed` or `set_aside`.
    #[schema(value_type = String, example = "requested")]
    state: &'static str,
    /// Who asked.
    #[schema(value_type = Uuid)]
    requested_by: PersonId,
    /// When.
    requested_at: DateTime<Utc>,
    /// What is wrong with the decision.
    grounds: String,
    /// Who decided or withdrew it.
    #[schema(value_type = Option<Uuid>)]
    ended_by: Option<PersonId>,
    /// In whose absence.
    #[schema(value_type = Option<Uuid>)]
    on_behalf_of: Option<PersonId>,
    /// Under which authority.
    authority: Option<String>,
    /// When.
    ended_at: Option<DateTime<Utc>>,
    /// Why.
    ended_because: Option<String>,
}

impl From<Review> for ReviewView {
    fn from(review: Review) -> Self {
        let authorities = review.route.authorities().into_iter().map(str::to_owned).collect();
        let ended = review.ended;
        Self {
            application: review.application,
            number: review.number,
            step: review.step,
            of: review.of.public_code(),
            of_reason: review.of_reason,
            told_on: review.told_on,
            last_day: review.last_day,
            authorities,
            state: review.state.code(),
            requested_by: review.requested_by,
            requested_at: review.requested_at,
            grounds: review.grounds,
            ended_by: ended.as_ref().map(|ended| ended.by),
            on_behalf_of: ended.as_ref().and_then(|ended| ended.on_behalf_of),
            authority: ended.as_ref().and_then(|ended| ended.authority.clone()),
            ended_at: ended.as_ref().map(|ended| ended.at),
            ended_because: ended.map(|ended| ended.reason),
        }
    }
}

/// What the applicant may ask for.
#[derive(Serialize, ToSchema)]
pub(super) struct NextReview {
    /// The scheme's code for the instance.
    step: String,
    /// The day on which the applicant was told of what it is about.
    #[schema(value_type = String, format = Date)]
    told_on: Day,
    /// The last day on which it may be asked for; it may be over.
    #[schema(value_type = String, format = Date)]
    last_day: Day,
    /// With which authorities it is decided.
    authorities: Vec<String>,
}

impl From<Next> for NextReview {
    fn from(Next { step, told_on, last_day, route }: Next) -> Self {
        let authorities = route.authorities().into_iter().map(str::to_owned).collect();
        Self { step, told_on, last_day, authorities }
    }
}

/// The requests of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewList {
    /// What the applicant may ask for now, or could until its last day; null where nothing was refused, or nothing is left to ask for.
    next: Option<NextReview>,
    /// Oldest first.
    items: Vec<ReviewView>,
}

/// Ask that a refusal, or a finding that the application is not eligible, be looked at again: once before each instance of the scheme.
#[utoipa::path(
    tag = "reviews", request_body = ReviewToRequest,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 201, description = "Requested", body = ReviewView)),
)]
#[post("/applications/{id}/reviews")]
pub(super) async fn ask_again(
    door: Door,
    Signed(caller, (id, Keyed { body, once })): Signed<(Path<ApplicationId>, Keyed<ReviewToRequest>)>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let review = reviews::request(tx, &caller.actor, &schemes, *id, &body.grounds).await?;
        let place = format!("/api/v1/applications/{id}/reviews/{}", review.number);
        Answer::created(place, &ReviewView::from(review))
    })
    .await
}

/// The requests to look again at what was decided on an application, oldest first, with what may be asked for now and until when.
#[utoipa::path(
    tag = "reviews", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "Its requests", body = ReviewList)),
)]
#[get("/applications/{id}/reviews")]
pub(super) async fn list_reviews(
    door: Door,
    Signed(caller, id): Signed<Path<ApplicationId>>,
) -> Result<Answer, Problem> {
    let now = door.moment.now;
    let (requests, next) =
        reviews::of_case(&mut door.reader().await?, &caller.actor, &door.schemes, (*id, now)).await?;
    let items = requests.into_iter().map(ReviewView::from).collect();
    Answer::ok(&ReviewList { next: next.map(NextReview::from), items })
}

/// One request, with the decision that it is about and what came of it.
#[utoipa::path(
    tag = "reviews",
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
    ),
    responses((status = 200, description = "The request", body = ReviewView)),
)]
#[get("/applications/{id}/reviews/{number}")]
pub(super) async fn read_review(
    door: Door,
    Signed(caller, of): Signed<Path<(ApplicationId, i32)>>,
) -> Result<Answer, Problem> {
    let found = reviews::read(&mut door.reader().await?, &caller.actor, *of, door.moment.now).await?;
    Answer::ok(&ReviewView::from(found))
}

/// Take a request back. It is not made again about the same decision.
#[utoipa::path(
    tag = "reviews", request_body = Reason,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Withdrawn", body = ReviewView)),
)]
#[post("/applications/{id}/reviews/{number}/withdrawal")]
pub(super) async fn withdraw_review(
    door: Door,
    Signed(caller, (of, Keyed { body, once })): Signed<OnReview<Reason>>,
) -> Result<Answer, Problem> {
    door.write_once(caller.person, once, async move |tx| {
        let review = reviews::withdraw(tx, &caller.actor, *of, &body.reason).await?;
        Answer::ok(&ReviewView::from(review))
    })
    .await
}

/// Decide a request, as somebody who has had no part in the case: the decision stands, or the case is opened again.
#[utoipa::path(
    tag = "reviews", request_body = ReviewDecision,
    params(
        ("id" = Uuid, Path, description = "The application"),
        ("number" = i32, Path, description = "Its number in the case"),
        ("Idempotency-Key" = String, Header, description = "One string in quotes for each thing to be done"),
    ),
    responses((status = 200, description = "Decided", body = ReviewView)),
)]
#[post("/applications/{id}/reviews/{number}/decision")]
pub(super) async fn decide_review(
    door: Door,
    Signed(caller, (of, Keyed { body, once })): Signed<OnReview<ReviewDecision>>,
) -> Result<Answer, Problem> {
    let schemes = door.schemes.clone();
    door.write_once(caller.person, once, async move |tx| {
        let decision = (body.verdict, body.reason.as_str());
        let decided = reviews::decide(tx, &caller.actor, &schemes, *of, decision).await?;
        Answer::ok(&ReviewView::from(decided))
    })
    .await
}
