//! Signals of a case: shown with the facts to those who weigh it. Nothing is decided by one.

use super::actor::Signed;
use super::answer::Answer;
use super::problem::Problem;
use super::services::Door;
use super::shapes::SentenceShape;
use crate::actions::signals as act;
use actix_web::get;
use actix_web::web::Path;
use rules::ids::{ApplicationId, OrganisationId};
use rules::signal::{OtherCase, Signal, SignalKind};
use rules::text::Sentence;
use serde::Serialize;
use utoipa::ToSchema;

/// A case that a signal points to.
#[derive(Serialize, ToSchema)]
pub(super) struct OtherCaseView {
    /// Which application.
    #[schema(value_type = Uuid)]
    application: ApplicationId,
    /// The reference that people use.
    reference: String,
    /// Who applies.
    organisation_name: String,
}

/// An organisation that a signal points to.
#[derive(Serialize, ToSchema)]
pub(super) struct OtherOrganisationView {
    /// Which.
    #[schema(value_type = Uuid)]
    organisation: OrganisationId,
    /// What it is called.
    name: String,
}

/// Something that is the same behind several applicants, and may be no accident.
#[derive(Serialize, ToSchema)]
pub(super) struct SignalView {
    /// What is the same.
    #[schema(value_type = String, example = "shared_address")]
    kind: SignalKind,
    /// Why it fired, in English and Traditional Chinese.
    #[schema(value_type = SentenceShape)]
    because: Sentence,
    /// The cases that it points to, at most twenty.
    applications: Vec<OtherCaseView>,
    /// The organisations that it points to, at most twenty.
    organisations: Vec<OtherOrganisationView>,
    /// Whether there are more than these.
    more: bool,
}

impl From<Signal> for SignalView {
    fn from(signal: Signal) -> Self {
        let Signal { kind, because, applications, organisations, more } = signal;
        let case = |OtherCase { application, reference, organisation_name }| OtherCaseView {
            application,
            reference,
            organisation_name,
        };
        let organisation = |(organisation, name)| OtherOrganisationView { organisation, name };
        Self {
            kind,
            because,
            applications: applications.into_iter().map(case).collect(),
            organisations: organisations.into_iter().map(organisation).collect(),
            more,
        }
    }
}

/// What is the same behind this case and behind others, worked out now and kept nowhere. It decides nothing: whoever weighs the case looks
/// into it.
#[utoipa::path(
    tag = "applications", params(("id" = Uuid, Path, description = "The application")),
    responses((status = 200, description = "Each signal with why it fired", body = Vec<SignalView>)),
)]
#[get("/applications/{id}/signals")]
pub(super) async fn signals(door: Door, Signed(caller, id): Signed<Path<ApplicationId>>) -> Result<Answer, Problem> {
    let found = act::of_case(&mut door.reader().await?, &caller.actor, (*id, door.moment.now)).await?;
    Answer::ok(&found.into_iter().map(SignalView::from).collect::<Vec<_>>())
}
