//! An application as its reader may see it.

use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::http::shapes::ContentShape;
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::application::{Application, Content};
use rules::calculation::RequestFault;
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId};
use rules::money::Cents;
use rules::sight::Sight;
use serde::Serialize;
use utoipa::ToSchema;

/// An application, as the reader may see it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ApplicationView {
    /// Identity.
    #[schema(value_type = Uuid)]
    id: ApplicationId,
    /// The reference that people use.
    #[schema(example = "NIAS-2025-000123")]
    reference: String,
    /// The scheme's code.
    scheme: String,
    /// Who applies; null for whoever assesses it without being told, as the scheme may say.
    #[schema(value_type = Option<Uuid>)]
    organisation: Option<OrganisationId>,
    /// What the organisation is called; null likewise.
    organisation_name: Option<String>,
    /// Its Unique Business Identifier; null likewise.
    organisation_ubi: Option<String>,
    /// Where it stands: the staff's word for staff, the public word for the applicant and the assessors. Nobody reads the staff's
    /// word of a case of an organisation that they act for.
    state: &'static str,
    /// What is written in it. Whoever is asked to assess it, and has not accepted, reads the title and the summary. Whoever must not know
    /// who applies reads no people; title, summary and other free text are the applicant's words, and are shown as they are.
    #[schema(value_type = ContentSeen)]
    content: ContentView,
    /// What submission fixed.
    submission: Option<SubmissionView>,
    /// What the committee recommends; staff only.
    #[schema(value_type = Option<String>)]
    recommended: Option<Cents>,
    /// Why it was screened out, refused, declined or withdrawn.
    reason: Option<String>,
    /// The first day on which the applicant is told that it is refused, while that is not told; staff only.
    #[schema(value_type = Option<String>, format = Date)]
    embargo_until: Option<Day>,
    /// What a draft still lacks, or has wrong, before it can be submitted.
    missing: Vec<Lacking>,
    /// Which revision of the content this is.
    revision: i32,
    /// What `If-Match` names, in quotes. It counts the changes that this reader is told of.
    pub(in crate::http) version: i32,
}

/// What is written in an application, as far as the reader may see it.
#[derive(Serialize)]
#[serde(untagged)]
enum ContentView {
    Whole(Box<Content>),
    Look(Look),
}

/// Either of the two, as it is described.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what a content is shown as")]
enum ContentSeen {
    Whole(ContentShape),
    Look(Look),
}

/// What tells of a conflict, and no more.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Look {
    /// What the project is called.
    title: String,
    /// What it is about.
    summary: String,
}

/// Something that is still missing.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Lacking {
    /// JSON Pointer to it, in the content; a document is under `/documents`.
    #[schema(example = "/title")]
    pointer: String,
    /// What to write.
    message: String,
}

pub(in crate::http) fn lacking(faults: Vec<RequestFault>) -> Vec<Lacking> {
    faults.into_iter().map(|RequestFault { pointer, message, .. }| Lacking { pointer, message }).collect()
}

/// What submission fixed.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SubmissionView {
    /// When.
    at: DateTime<Utc>,
    /// The day whose rules apply for ever after.
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// The round to which it belongs, or the cut-off with which it is assessed, by its path in the scheme.
    #[schema(example = "round.2")]
    round: Option<String>,
    /// What is asked for.
    #[schema(value_type = String)]
    requested: Cents,
    /// What the rules allow.
    #[schema(value_type = String)]
    allowed: Cents,
}

impl ApplicationView {
    pub(in crate::http) fn of(application: Application, actor: &Actor) -> Self {
        let (sight, identity) = (actor.sight(&application), actor.identity(&application));
        Self {
            state: sight.word(application.state),
            version: application.version_in(sight),
            recommended: application.recommended.filter(|_| sight == Sight::Staff),
            reason: application.reason_in(sight).map(str::to_owned),
            embargo_until: application.embargo_until.filter(|_| sight == Sight::Staff),
            submission: application.submission.map(|submission| SubmissionView {
                at: submission.at,
                on: submission.on,
                round: submission.round,
                requested: submission.requested,
                allowed: submission.allowed,
            }),
            id: application.id,
            reference: application.reference,
            scheme: application.scheme,
            organisation: identity.tell(application.organisation),
            organisation_name: identity.tell(application.organisation_name),
            organisation_ubi: identity.tell(application.organisation_ubi),
            content: ContentView::Whole(Box::new(application.content)),
            missing: Vec::new(),
            revision: application.revision.number,
        }
    }

    /// What somebody sees who is asked to assess it: what tells of a conflict, and no more.
    pub(super) fn look(application: Application, actor: &Actor) -> Self {
        let Content { title, summary, .. } = application.content.clone();
        let view = Self::of(application, actor);
        Self { content: ContentView::Look(Look { title, summary }), submission: None, recommended: None, ..view }
    }

    /// The application as an answer, with the version for the next edit.
    pub(in crate::http) fn answer(application: Application, actor: &Actor) -> Result<Answer, Problem> {
        Self::of(application, actor).answered()
    }

    /// The same with what is missing.
    pub(super) fn and_missing(self, missing: Vec<RequestFault>) -> Self {
        Self { missing: lacking(missing), ..self }
    }

    pub(super) fn answered(self) -> Result<Answer, Problem> {
        Ok(Answer::ok(&self)?.version(self.version))
    }
}
