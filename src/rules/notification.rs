//! Which event tells whom what. The words are the worker's; here is only who gets which letter.

use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, MemberId, NoticeId, OrganisationId, PersonId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// To whom a notice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// One person.
    Person(PersonId),
    /// Everybody who acts for the organisation of an application, and its members.
    Applicants(ApplicationId),
    /// Everybody who acts for an organisation.
    Members(OrganisationId),
    /// Whoever has the address that was invited to an application, known or not.
    Invited(MemberId),
}

/// Which letter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// A link to choose a password.
    PasswordLink,
    /// The application has been received.
    ApplicationReceived,
    /// The application has been withdrawn.
    ApplicationWithdrawn,
    /// The application was screened out, with the reason.
    ApplicationIneligible,
    /// The application was reinstated.
    ApplicationReinstated,
    /// The application was refused, with the reasons.
    ApplicationRejected,
    /// An assessor has a proposal to assess.
    AssessmentAssigned,
    /// There is feedback on the assessment.
    FeedbackReleased,
    /// There is an offer, until a day.
    AwardOffered,
    /// The offer was accepted; the plan follows.
    AwardAccepted,
    /// The offer was not answered in time.
    AwardLapsed,
    /// A claim was sent back, with the reason.
    ClaimReturned,
    /// A payment has been released.
    PaymentReleased,
    /// The applicant may submit to a round until later.
    RoundExtended,
    /// Somebody is invited to an application.
    MemberInvited,
}

impl Letter {
    /// Every letter, in the order of the case.
    pub const ALL: [Self; 15] = [
        Self::PasswordLink,
        Self::ApplicationReceived,
        Self::ApplicationWithdrawn,
        Self::ApplicationIneligible,
        Self::ApplicationReinstated,
        Self::ApplicationRejected,
        Self::AssessmentAssigned,
        Self::FeedbackReleased,
        Self::AwardOffered,
        Self::AwardAccepted,
        Self::AwardLapsed,
        Self::ClaimReturned,
        Self::PaymentReleased,
        Self::RoundExtended,
        Self::MemberInvited,
    ];
}

/// One notice to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// To whom.
    pub to: Recipient,
    /// What.
    pub letter: Letter,
}

/// The notices of an event.
#[must_use]
pub fn notices(event: &Event) -> Vec<Notice> {
    let one = |to: Recipient, letter: Letter| vec![Notice { to, letter }];
    let applicants = |application: ApplicationId, letter: Letter| one(Recipient::Applicants(application), letter);
    match event {
        Event::PersonRegistered { person, .. }
        | Event::PersonInvited { person, .. }
        | Event::PersonPasswordLinkRequested { person } => one(Recipient::Person(*person), Letter::PasswordLink),
        Event::ApplicationSubmitted { application, .. } => applicants(*application, Letter::ApplicationReceived),
        Event::ApplicationWithdrawn { application, .. } => applicants(*application, Letter::ApplicationWithdrawn),
        Event::ApplicationFoundIneligible { application, .. } => {
            applicants(*application, Letter::ApplicationIneligible)
        }
        Event::ApplicationReinstated { application, .. } => applicants(*application, Letter::ApplicationReinstated),
        Event::ApplicationRejected { application, .. } => applicants(*application, Letter::ApplicationRejected),
        Event::AssessmentAssigned { assessor, .. } => one(Recipient::Person(*assessor), Letter::AssessmentAssigned),
        Event::FeedbackReleased { application, .. } => applicants(*application, Letter::FeedbackReleased),
        Event::AwardOffered { application, .. } => applicants(*application, Letter::AwardOffered),
        Event::AwardAccepted { application, .. } => applicants(*application, Letter::AwardAccepted),
        Event::AwardLapsed { application, .. } => applicants(*application, Letter::AwardLapsed),
        Event::ClaimReturned { application, .. } => applicants(*application, Letter::ClaimReturned),
        Event::PaymentReleased { application, .. } => applicants(*application, Letter::PaymentReleased),
        Event::ExtensionGranted { organisation, .. } => one(Recipient::Members(*organisation), Letter::RoundExtended),
        Event::MemberInvited { member, .. } => one(Recipient::Invited(*member), Letter::MemberInvited),
        Event::OrganisationRegistered { .. }
        | Event::PersonRolesChanged { .. }
        | Event::PersonAuthoritiesGranted { .. }
        | Event::PersonPasswordSet { .. }
        | Event::SchemeDraftCreated { .. }
        | Event::SchemeDraftEdited { .. }
        | Event::SchemeDraftDiscarded { .. }
        | Event::SchemeDraftProposed { .. }
        | Event::SchemeDraftReturned { .. }
        | Event::SchemeDraftRehearsed { .. }
        | Event::SchemeDraftPublished { .. }
        | Event::SchemePublished { .. }
        | Event::ApplicationCreated { .. }
        | Event::ApplicationEdited { .. }
        | Event::ApplicationScreened { .. }
        | Event::AssessmentAccepted { .. }
        | Event::AssessmentDeclined { .. }
        | Event::AssessmentWithdrawn { .. }
        | Event::ConflictOverrideProposed { .. }
        | Event::ConflictOverrideConfirmed { .. }
        | Event::AssessmentConflictDeclared { .. }
        | Event::AssessmentScored { .. }
        | Event::AssessmentStepRecorded { .. }
        | Event::PanelOpened { .. }
        | Event::PanelMinuted { .. }
        | Event::ApplicationRecommended { .. }
        | Event::ApplicationApproved { .. }
        | Event::AwardDeclined { .. }
        | Event::ClaimSubmitted { .. }
        | Event::ClaimCertified { .. }
        | Event::ApplicationCompleted { .. }
        | Event::BatchPrepared { .. }
        | Event::BatchReleased { .. }
        | Event::ExpertiseKept { .. }
        | Event::AssessorProfileKept { .. }
        | Event::InterestsDeclared { .. }
        | Event::RelationRecorded { .. }
        | Event::RelationEnded { .. }
        | Event::AttachmentAdded { .. }
        | Event::AttachmentRemoved { .. }
        | Event::MemberAccepted { .. }
        | Event::MemberDeclined { .. }
        | Event::MemberRoleChanged { .. }
        | Event::MemberWithdrawn { .. }
        | Event::MemberEnded { .. }
        | Event::MemberLeft { .. }
        | Event::NoticePutBack { .. } => Vec::new(),
    }
}

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeState {
    /// To be sent, now or later.
    Waiting,
    /// The mail server has taken it.
    Sent,
    /// Given up.
    Dead,
}

impl NoticeState {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Dead].into_iter().find(|state| state.code() == code)
    }
}

/// An administrator has a notice that was given up sent after all.
///
/// # Errors
/// When it was not given up.
pub fn put_back(permit: &Permit, notice: NoticeId, state: NoticeState) -> Result<Change, Refusal> {
    if state != NoticeState::Dead {
        return Err(Refusal::NoticeNotDead { state: state.code() });
    }
    Ok(Change::new(permit, Event::NoticePutBack { notice }, vec![Write::NoticeWaits(notice)]))
}
