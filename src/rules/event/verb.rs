//! By which act each event happens.

use super::Event;
use crate::permission::Verb;

impl Event {
    /// The act that makes it happen.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table with one line for each event")]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::PersonRegistered { .. } | Self::OrganisationRegistered { .. } => Verb::PersonRegister,
            Self::PersonInvited { .. } => Verb::PersonInvite,
            Self::PersonRolesChanged { .. } => Verb::PersonChangeRoles,
            Self::PersonPasswordLinkRequested { .. } => Verb::PersonRequestPasswordLink,
            Self::PersonPasswordSet { .. } => Verb::PersonSetPassword,
            Self::ExpertiseKept { .. } => Verb::ExpertiseKeep,
            Self::AssessorProfileKept { .. } => Verb::AssessorKeep,
            Self::InterestsDeclared { .. } => Verb::InterestDeclare,
            Self::ParticularsKept { .. } => Verb::ParticularsKeep,
            Self::PayeeAccountProposed { .. } => Verb::PayeeAccountPropose,
            Self::PayeeAccountConfirmed { .. } => Verb::PayeeAccountConfirm,
            Self::PayeeAccountResealed { .. } => Verb::PayeeAccountReseal,
            Self::PayeeAccountEnded { .. } => Verb::PayeeAccountEnd,
            Self::RelationRecorded { .. } => Verb::RelationRecord,
            Self::RelationEnded { .. } => Verb::RelationEnd,
            Self::DebarmentRecorded { .. } => Verb::DebarmentRecord,
            Self::DebarmentConfirmed { .. } => Verb::DebarmentConfirm,
            Self::DebarmentSetAside { .. } | Self::DebarmentEndProposed { .. } => Verb::DebarmentEnd,
            Self::DebarmentEnded { .. } => Verb::DebarmentConfirmEnd,
            Self::HoldPlaced { .. } => Verb::HoldPlace,
            Self::HoldLifted { .. } => Verb::HoldLift,
            Self::ExtensionGranted { .. } => Verb::ExtensionGrant,
            Self::SchemeDraftCreated { .. } | Self::SchemeDraftEdited { .. } | Self::SchemeDraftDiscarded { .. } => {
                Verb::SchemeDraft
            }
            Self::SchemeDraftProposed { .. } => Verb::SchemePropose,
            Self::SchemeDraftReturned { .. } => Verb::SchemeReturn,
            Self::SchemeDraftRehearsed { .. } => Verb::SchemeRehearse,
            Self::SchemeDraftPublished { .. } | Self::SchemePublished { .. } => Verb::SchemePublish,
            Self::ApplicationCreated { .. } => Verb::ApplicationCreate,
            Self::ApplicationEdited { .. } | Self::AttachmentAdded { .. } | Self::AttachmentRemoved { .. } => {
                Verb::ApplicationEdit
            }
            Self::MemberInvited { .. } => Verb::MemberInvite,
            Self::MemberAccepted { .. } => Verb::MemberAccept,
            Self::MemberDeclined { .. } => Verb::MemberDecline,
            Self::MemberRoleChanged { .. } => Verb::MemberChangeRole,
            Self::MemberWithdrawn { .. } | Self::MemberEnded { .. } => Verb::MemberEnd,
            Self::MemberLeft { .. } => Verb::MemberLeave,
            Self::ApplicationSubmitted { .. } => Verb::ApplicationSubmit,
            Self::ApplicationReturned { .. } => Verb::ApplicationReturn,
            Self::ApplicationResubmitted { .. } => Verb::ApplicationResubmit,
            Self::ApplicationReturnEnded { .. } => Verb::ApplicationEndReturn,
            Self::ApplicationWithdrawn { .. } => Verb::ApplicationWithdraw,
            Self::ApplicationScreened { .. } | Self::ApplicationFoundIneligible { .. } => Verb::ApplicationScreen,
            Self::ApplicationReinstated { .. } | Self::RefusalTakenBack { .. } => Verb::ApplicationReinstate,
            Self::AssessmentAssigned { .. } => Verb::AssessmentAssign,
            Self::AssessmentAccepted { .. } => Verb::AssessmentAccept,
            Self::AssessmentDeclined { .. } => Verb::AssessmentDecline,
            Self::AssessmentWithdrawn { .. } => Verb::AssessmentWithdraw,
            Self::ConflictOverrideProposed { .. } => Verb::ConflictOverridePropose,
            Self::ConflictOverrideConfirmed { .. } => Verb::ConflictOverrideConfirm,
            Self::AssessmentConflictDeclared { .. } => Verb::AssessmentDeclareConflict,
            Self::AssessmentScored { .. } => Verb::AssessmentScore,
            Self::AssessmentStepRecorded { .. } => Verb::AssessmentStepRecord,
            Self::ReminderWritten { .. } => Verb::ReminderWrite,
            Self::PanelOpened { .. } => Verb::PanelOpen,
            Self::PanelMinuted { .. } => Verb::PanelMinute,
            Self::FeedbackReleased { .. } => Verb::FeedbackRelease,
            Self::ApplicationRecommended { .. } => Verb::ApplicationRecommend,
            Self::ApplicationRejected { .. } | Self::ApplicationRefused { .. } => Verb::ApplicationReject,
            Self::RefusalTold { .. } => Verb::RefusalTell,
            Self::ApplicationApproved { .. } | Self::ApprovalGiven { .. } | Self::ApplicationPutOnReserve { .. } => {
                Verb::ApplicationApprove
            }
            Self::ReserveMovedUp { .. } | Self::ReservePassedOver { .. } | Self::ReserveWaitsAgain { .. } => {
                Verb::ReserveMoveUp
            }
            Self::ApprovalReset { .. } => Verb::ApprovalReset,
            Self::DelegationRecorded { .. } => Verb::DelegationRecord,
            Self::DelegationEnded { .. } => Verb::DelegationEnd,
            Self::SittingConvened { .. }
            | Self::SittingGivenUp { .. }
            | Self::AgendaConvened { .. }
            | Self::AgendaGivenUp { .. } => Verb::SittingConvene,
            Self::SittingVoted { .. } => Verb::SittingVote,
            Self::SittingClosed { .. } | Self::AgendaClosed { .. } => Verb::SittingClose,
            Self::ApplicationSentBack { .. } => Verb::ApplicationSendBack,
            Self::ApplicationDeferred { .. } | Self::ApplicationTakenUp { .. } => Verb::ApplicationDefer,
            Self::AwardOffered { .. } => Verb::AwardOffer,
            Self::AwardAccepted { .. } => Verb::AwardAccept,
            Self::AwardDeclined { .. } => Verb::AwardDecline,
            Self::AwardLapsed { .. } => Verb::AwardLapse,
            Self::ChangeRequested { by_agency: true, .. } | Self::ChangeWithdrawn { by_agency: true, .. } => {
                Verb::ChangeOpen
            }
            Self::ChangeRequested { .. } | Self::ChangeWithdrawn { .. } => Verb::ChangeRequest,
            Self::ChangeReturned { .. } => Verb::ChangeReturn,
            Self::ChangeAnswered { .. } => Verb::ChangeAnswer,
            Self::ChangeForwarded { .. } => Verb::ChangeForward,
            Self::ChangeGranted { .. } | Self::ChangeRefused { .. } => Verb::ChangeDecide,
            Self::ReviewRequested { .. } | Self::ReviewWithdrawn { .. } => Verb::ReviewRequest,
            Self::ReviewDismissed { .. } | Self::ReviewSetAside { .. } => Verb::ReviewDecide,
            Self::ObligationSubmitted { .. } => Verb::ObligationSubmit,
            Self::ObligationAccepted { .. } => Verb::ObligationAccept,
            Self::ObligationReturned { .. } => Verb::ObligationReturn,
            Self::ClaimSubmitted { .. } => Verb::ClaimSubmit,
            Self::ClaimQueried { .. } => Verb::ClaimQuery,
            Self::ClaimAnswered { .. } => Verb::ClaimAnswer,
            Self::ClaimReturned { .. } => Verb::ClaimReturn,
            Self::ClaimCertified { .. } => Verb::ClaimCertify,
            Self::BankFileTaken { .. } => Verb::BankFileTake,
            Self::PaymentReleased { .. }
            | Self::RecoverySetOff { .. }
            | Self::ApplicationCompleted { .. }
            | Self::BatchReleased { .. } => Verb::BatchRelease,
            Self::BankAnswerRecorded { .. } | Self::PaymentCameBack { .. } | Self::ApplicationReopened { .. } => {
                Verb::BankAnswerRecord
            }
            Self::UnmatchedItemClosed { .. } => Verb::UnmatchedItemClose,
            Self::ReportExported { .. } => Verb::ReportExport,
            Self::BatchPrepared { .. } => Verb::BatchPrepare,
            Self::BatchDissolved { .. } => Verb::BatchDissolve,
            Self::PersonAuthoritiesGranted { .. } => Verb::PersonGrantAuthorities,
            Self::RecoveryRaised { .. } => Verb::RecoveryRaise,
            Self::RecoveryConfirmed { .. } => Verb::RecoveryConfirm,
            Self::RecoveryWithdrawn { .. } => Verb::RecoveryWithdraw,
            Self::RecoveryInterestCharged { .. } => Verb::RecoveryCharge,
            Self::RecoveryReceived { .. } => Verb::RecoveryReceive,
            Self::RecoveryEntryReversed { .. } => Verb::RecoveryReverse,
            Self::RecoveryWriteOffAsked { .. } => Verb::RecoveryAskWriteOff,
            Self::RecoveryWrittenOff { .. } => Verb::RecoveryWriteOff,
            Self::RecoveryArranged { .. } => Verb::RecoveryArrange,
            Self::NoticePutBack { .. } => Verb::OutboxPutBack,
        }
    }
}
