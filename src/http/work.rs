//! What waits for whoever asks.

use super::actor::Signed;
use super::answer::Answer;
use super::problem::Problem;
use super::services::Door;
use crate::actions::work::{WorkOn, waiting_for};
use actix_web::get;
use rules::debarment::Against;
use serde::Serialize;
use utoipa::ToSchema;

/// Something that waits.
#[derive(Serialize, ToSchema)]
struct WorkView {
    /// What is to be done: the code of the verb.
    #[schema(example = "application.screen")]
    act: &'static str,
    /// The reference of the case or batch, or the code of the scheme, also of an invitation; of a debarment, its authority; of a payee account, the organisation; of a hold, what it is on; a letter that
    /// could not be sent has only its id.
    reference: String,
    /// Where it is.
    #[schema(example = "/api/v1/applications/…")]
    url: String,
    /// True where it cannot be done now, since a payment is held; left out else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    held: bool,
}

/// What waits for you, oldest first, in the order of the case: only what a case is ready for and you may do. At most a hundred of each kind.
#[utoipa::path(tag = "work", responses((status = 200, description = "What waits", body = Vec<WorkView>)))]
#[get("/work")]
pub(super) async fn list(door: Door, Signed(caller, ()): Signed) -> Result<Answer, Problem> {
    let waiting = waiting_for(&mut door.reader().await?, &caller.actor, &door.schemes, door.moment.now).await?;
    let view = waiting.into_iter().map(|work| {
        let url = match work.on {
            WorkOn::Application(id) => format!("/api/v1/applications/{id}"),
            WorkOn::Batch(id) => format!("/api/v1/batches/{id}"),
            WorkOn::SchemeDraft(id) => format!("/api/v1/scheme-drafts/{id}"),
            WorkOn::Debarment(Against::Organisation(id)) => format!("/api/v1/debarments?organisation={id}"),
            WorkOn::Debarment(Against::Person(id)) => format!("/api/v1/debarments?person={id}"),
            WorkOn::Hold(_) => "/api/v1/holds?state=stands".to_owned(),
            WorkOn::PayeeAccount(id) => format!("/api/v1/organisations/{id}/payee-accounts"),
            WorkOn::Recovery(id) => format!("/api/v1/recoveries/{id}"),
            WorkOn::Invitation(_) => "/api/v1/invitations".to_owned(),
            WorkOn::Notice(_) => "/api/v1/outbox/dead".to_owned(),
        };
        WorkView { act: work.act.code(), reference: work.reference, url, held: work.held }
    });
    Answer::ok(&view.collect::<Vec<_>>())
}
