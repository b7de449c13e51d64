//! What an event is about.

use super::Event;
use crate::ids::{
    AgendaId, ApplicationId, BankAnswerId, BatchId, DebarmentId, ExtensionId, HoldId, NoticeId, OrganisationId,
    PanelId, PersonId, RelationId, SchemeDraftId, SchemeTextId,
};
use uuid::Uuid;

/// What an event is about: the chain of the audit that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A person, with the organisations that came with them.
    Person(PersonId),
    /// An organisation.
    Organisation(OrganisationId),
    /// A relation of two organisations.
    Relation(RelationId),
    /// A debarment of an organisation or a person.
    Debarment(DebarmentId),
    /// A hold on payments.
    Hold(HoldId),
    /// An extension of a round for one applicant.
    Extension(ExtensionId),
    /// A text of a scheme while officers work on it.
    SchemeDraft(SchemeDraftId),
    /// A published text of a scheme.
    SchemeText(SchemeTextId),
    /// An application, and the case that grows from it.
    Application(ApplicationId),
    /// A panel that ranks proposals.
    Panel(PanelId),
    /// An agenda of a committee.
    Agenda(AgendaId),
    /// A batch of payments.
    Batch(BatchId),
    /// A file of a bank, with what it says.
    BankAnswer(BankAnswerId),
    /// A notice in the outbox.
    Notice(NoticeId),
    /// The house as a whole, where nothing smaller is meant.
    House,
}

impl Subject {
    /// The noun.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Organisation(_) => "organisation",
            Self::Relation(_) => "relation",
            Self::Debarment(_) => "debarment",
            Self::Hold(_) => "hold",
            Self::Extension(_) => "extension",
            Self::SchemeDraft(_) => "scheme_draft",
            Self::SchemeText(_) => "scheme_text",
            Self::Application(_) => "application",
            Self::Panel(_) => "panel",
            Self::Agenda(_) => "agenda",
            Self::Batch(_) => "batch",
            Self::BankAnswer(_) => "bank_answer",
            Self::Notice(_) => "notice",
            Self::House => "house",
        }
    }

    /// The id.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Person(PersonId(id))
            | Self::Organisation(OrganisationId(id))
            | Self::Relation(RelationId(id))
            | Self::Debarment(DebarmentId(id))
            | Self::Hold(HoldId(id))
            | Self::Extension(ExtensionId(id))
            | Self::SchemeDraft(SchemeDraftId(id))
            | Self::SchemeText(SchemeTextId(id))
            | Self::Application(ApplicationId(id))
            | Self::Panel(PanelId(id))
            | Self::Agenda(AgendaId(id))
            | Self::Batch(BatchId(id))
            | Self::BankAnswer(BankAnswerId(id))
            | Self::Notice(NoticeId(id)) => id,
            Self::House => Uuid::nil(),
        }
    }
}

impl Event {
    /// What it is about.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table with one line for each event")]
    pub const fn subject(&self) -> Subject {
        match self {
            Self::PersonRegistered { person, .. }
            | Self::OrganisationRegistered { person, .. }
            | Self::PersonInvited { person, .. }
            | Self::PersonRolesChanged { person, .. }
            | Self::PersonAuthoritiesGranted { person, .. }
            | Self::PersonPasswordLinkRequested { person }
            | Self::PersonPasswordSet { person }
            | Self::DelegationRecorded { person, .. }
            | Self::DelegationEnded { person, .. }
            | Self::AssessorProfileKept { person, .. }
            | Self::InterestsDeclared { person, .. } => Subject::Person(*person),
            Self::ExpertiseKept { .. } | Self::ReportExported { .. } => Subject::House,
            Self::ParticularsKept { organisation, .. }
            | Self::PayeeAccountProposed { organisation, .. }
            | Self::PayeeAccountConfirmed { organisation, .. }
            | Self::PayeeAccountResealed { organisation, .. }
            | Self::PayeeAccountEnded { organisation, .. } => Subject::Organisation(*organisation),
            Self::RelationRecorded { relation, .. } | Self::RelationEnded { relation, .. } => {
                Subject::Relation(*relation)
            }
            Self::DebarmentRecorded { debarment, .. }
            | Self::DebarmentConfirmed { debarment }
            | Self::DebarmentSetAside { debarment, .. }
            | Self::DebarmentEndProposed { debarment, .. }
            | Self::DebarmentEnded { debarment, .. } => Subject::Debarment(*debarment),
            Self::HoldPlaced { hold, .. } | Self::HoldLifted { hold, .. } => Subject::Hold(*hold),
            Self::ExtensionGranted { extension, .. } => Subject::Extension(*extension),
            Self::SchemeDraftCreated { draft, .. }
            | Self::SchemeDraftEdited { draft, .. }
            | Self::SchemeDraftDiscarded { draft }
            | Self::SchemeDraftProposed { draft, .. }
            | Self::SchemeDraftReturned { draft, .. }
            | Self::SchemeDraftRehearsed { draft, .. }
            | Self::SchemeDraftPublished { draft, .. } => Subject::SchemeDraft(*draft),
            Self::SchemePublished { text, .. } => Subject::SchemeText(*text),
            Self::ApplicationCreated { application, .. }
            | Self::ApplicationEdited { application, .. }
            | Self::ApplicationSubmitted { application, .. }
            | Self::AttachmentAdded { application, .. }
            | Self::AttachmentRemoved { application, .. }
            | Self::MemberInvited { application, .. }
            | Self::MemberAccepted { application, .. }
            | Self::MemberDeclined { application, .. }
            | Self::MemberRoleChanged { application, .. }
            | Self::MemberWithdrawn { application, .. }
            | Self::MemberEnded { application, .. }
            | Self::MemberLeft { application, .. }
            | Self::ApplicationWithdrawn { application, .. }
            | Self::ApplicationReturned { application, .. }
            | Self::ApplicationResubmitted { application, .. }
            | Self::ApplicationReturnEnded { application, .. }
            | Self::ApplicationScreened { application }
            | Self::ApplicationFoundIneligible { application, .. }
            | Self::ApplicationReinstated { application, .. }
            | Self::AssessmentAssigned { application, .. }
            | Self::AssessmentAccepted { application, .. }
            | Self::AssessmentDeclined { application, .. }
            | Self::AssessmentWithdrawn { application, .. }
            | Self::ConflictOverrideProposed { application, .. }
            | Self::ConflictOverrideConfirmed { application, .. }
            | Self::AssessmentConflictDeclared { application, .. }
            | Self::AssessmentScored { application, .. }
            | Self::AssessmentStepRecorded { application, .. }
            | Self::ReminderWritten { application, .. }
            | Self::FeedbackReleased { application, .. }
            | Self::ApplicationRecommended { application, .. }
            | Self::ApplicationRejected { application, .. }
            | Self::ApplicationRefused { application, .. }
            | Self::RefusalTold { application, .. }
            | Self::RefusalTakenBack { application, .. }
            | Self::ApprovalGiven { application, .. }
            | Self::ApprovalReset { application, .. }
            | Self::SittingConvened { application, .. }
            | Self::SittingVoted { application, .. }
            | Self::SittingClosed { application, .. }
            | Self::SittingGivenUp { application, .. }
            | Self::ApplicationSentBack { application, .. }
            | Self::ApplicationDeferred { application, .. }
            | Self::ApplicationTakenUp { application, .. }
            | Self::ApplicationApproved { application, .. }
            | Self::ApplicationPutOnReserve { application, .. }
            | Self::ReserveMovedUp { application, .. }
            | Self::ReservePassedOver { application, .. }
            | Self::ReserveWaitsAgain { application, .. }
            | Self::AwardOffered { application, .. }
            | Self::AwardAccepted { application, .. }
            | Self::AwardDeclined { application, .. }
            | Self::AwardLapsed { application, .. }
            | Self::ChangeRequested { application, .. }
            | Self::ChangeWithdrawn { application, .. }
            | Self::ChangeReturned { application, .. }
            | Self::ChangeAnswered { application, .. }
            | Self::ChangeForwarded { application, .. }
            | Self::ChangeGranted { application, .. }
            | Self::ChangeRefused { application, .. }
            | Self::ReviewRequested { application, .. }
            | Self::ReviewWithdrawn { application, .. }
            | Self::ReviewDismissed { application, .. }
            | Self::ReviewSetAside { application, .. }
            | Self::ClaimSubmitted { application, .. }
            | Self::ClaimQueried { application, .. }
            | Self::ClaimAnswered { application, .. }
            | Self::ClaimReturned { application, .. }
            | Self::ClaimCertified { application, .. }
            | Self::ObligationSubmitted { application, .. }
            | Self::ObligationAccepted { application, .. }
            | Self::ObligationReturned { application, .. }
            | Self::PaymentReleased { application, .. }
            | Self::PaymentCameBack { application, .. }
            | Self::ApplicationReopened { application }
            | Self::ApplicationCompleted { application, .. }
            | Self::RecoveryRaised { application, .. }
            | Self::RecoveryConfirmed { application, .. }
            | Self::RecoveryWithdrawn { application, .. }
            | Self::RecoveryInterestCharged { application, .. }
            | Self::RecoveryReceived { application, .. }
            | Self::RecoverySetOff { application, .. }
            | Self::RecoveryEntryReversed { application, .. }
            | Self::RecoveryWriteOffAsked { application, .. }
            | Self::RecoveryWrittenOff { application, .. }
            | Self::RecoveryArranged { application, .. } => Subject::Application(*application),
            Self::PanelOpened { panel, .. } | Self::PanelMinuted { panel, .. } => Subject::Panel(*panel),
            Self::AgendaConvened { agenda, .. }
            | Self::AgendaClosed { agenda, .. }
            | Self::AgendaGivenUp { agenda, .. } => Subject::Agenda(*agenda),
            Self::BatchPrepared { batch, .. }
            | Self::BankFileTaken { batch, .. }
            | Self::BatchReleased { batch, .. }
            | Self::BatchDissolved { batch, .. } => Subject::Batch(*batch),
            Self::BankAnswerRecorded { answer, .. } | Self::UnmatchedItemClosed { answer, .. } => {
                Subject::BankAnswer(*answer)
            }
            Self::NoticePutBack { notice } => Subject::Notice(*notice),
        }
    }
}
