//! What can be done: the rows of the table that [`super`] is.

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is a noun and a verb, and its row of the table says who may")]
pub enum Verb {
    PersonRegister,
    PersonInvite,
    PersonChangeRoles,
    PersonRequestPasswordLink,
    PersonSetPassword,
    PersonRead,
    AssessorRead,
    AssessorKeep,
    InterestDeclare,
    ExpertiseRead,
    ExpertiseKeep,
    ParticularsKeep,
    ParticularsRead,
    RelationRecord,
    RelationEnd,
    RelationRead,
    ExtensionGrant,
    ExtensionRead,
    SchemeRead,
    SchemeDraft,
    SchemePropose,
    SchemeReturn,
    SchemeRehearse,
    SchemePublish,
    ApplicationCreate,
    ApplicationLook,
    ApplicationRead,
    ApplicationEdit,
    ApplicationSubmit,
    ApplicationWithdraw,
    PersonGrantAuthorities,
    ApplicationScreen,
    ApplicationReinstate,
    AssessmentAssign,
    AssessmentAccept,
    AssessmentDecline,
    AssessmentWithdraw,
    ConflictRead,
    ConflictOverridePropose,
    ConflictOverrideConfirm,
    AssessmentDeclareConflict,
    AssessmentScore,
    AssessmentRead,
    AssessmentStepRecord,
    AssessmentStepRead,
    ClockRead,
    SignalRead,
    ReminderWrite,
    PanelOpen,
    PanelMinute,
    PanelRead,
    FeedbackRelease,
    FeedbackRead,
    ApplicationRecommend,
    ApplicationReject,
    ApplicationApprove,
    AwardOffer,
    AwardAccept,
    AwardDecline,
    AwardLapse,
    ClaimSubmit,
    ClaimReturn,
    ClaimCertify,
    BatchPrepare,
    BatchRelease,
    BatchRead,
    ReportRead,
    AuditRead,
    OutboxRead,
    OutboxPutBack,
}

impl Verb {
    /// The code: noun and verb.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one line for each verb")]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PersonRegister => "person.register",
            Self::PersonInvite => "person.invite",
            Self::PersonChangeRoles => "person.change_roles",
            Self::PersonRequestPasswordLink => "person.request_password_link",
            Self::PersonSetPassword => "person.set_password",
            Self::PersonRead => "person.read",
            Self::AssessorRead => "assessor.read",
            Self::AssessorKeep => "assessor.keep",
            Self::InterestDeclare => "interest.declare",
            Self::ExpertiseRead => "expertise.read",
            Self::ExpertiseKeep => "expertise.keep",
            Self::ParticularsKeep => "particulars.keep",
            Self::ParticularsRead => "particulars.read",
            Self::RelationRecord => "relation.record",
            Self::RelationEnd => "relation.end",
            Self::RelationRead => "relation.read",
            Self::ExtensionGrant => "extension.grant",
            Self::ExtensionRead => "extension.read",
            Self::SchemeRead => "scheme.read",
            Self::SchemeDraft => "scheme.draft",
            Self::SchemePropose => "scheme.propose",
            Self::SchemeReturn => "scheme.return",
            Self::SchemeRehearse => "scheme.rehearse",
            Self::SchemePublish => "scheme.publish",
            Self::ApplicationCreate => "application.create",
            Self::ApplicationLook => "application.look",
            Self::ApplicationRead => "application.read",
            Self::ApplicationEdit => "application.edit",
            Self::ApplicationSubmit => "application.submit",
            Self::ApplicationWithdraw => "application.withdraw",
            Self::PersonGrantAuthorities => "person.grant_authorities",
            Self::ApplicationScreen => "application.screen",
            Self::ApplicationReinstate => "application.reinstate",
            Self::AssessmentAssign => "assessment.assign",
            Self::AssessmentAccept => "assessment.accept",
            Self::AssessmentDecline => "assessment.decline",
            Self::AssessmentWithdraw => "assessment.withdraw",
            Self::ConflictRead => "conflict.read",
            Self::ConflictOverridePropose => "conflict.override_propose",
            Self::ConflictOverrideConfirm => "conflict.override_confirm",
            Self::AssessmentDeclareConflict => "assessment.declare_conflict",
            Self::AssessmentScore => "assessment.score",
            Self::AssessmentRead => "assessment.read",
            Self::AssessmentStepRecord => "assessment_step.record",
            Self::AssessmentStepRead => "assessment_step.read",
            Self::ClockRead => "clock.read",
            Self::SignalRead => "signal.read",
            Self::ReminderWrite => "reminder.write",
            Self::PanelOpen => "panel.open",
            Self::PanelMinute => "panel.minute",
            Self::PanelRead => "panel.read",
            Self::FeedbackRelease => "feedback.release",
            Self::FeedbackRead => "feedback.read",
            Self::ApplicationRecommend => "application.recommend",
            Self::ApplicationReject => "application.reject",
            Self::ApplicationApprove => "application.approve",
            Self::AwardOffer => "award.offer",
            Self::AwardAccept => "award.accept",
            Self::AwardDecline => "award.decline",
            Self::AwardLapse => "award.lapse",
            Self::ClaimSubmit => "claim.submit",
            Self::ClaimReturn => "claim.return",
            Self::ClaimCertify => "claim.certify",
            Self::BatchPrepare => "batch.prepare",
            Self::BatchRelease => "batch.release",
            Self::BatchRead => "batch.read",
            Self::ReportRead => "report.read",
            Self::AuditRead => "audit.read",
            Self::OutboxRead => "outbox.read",
            Self::OutboxPutBack => "outbox.put_back",
        }
    }
}

impl Verb {
    /// Whether it is done to a case or an organisation, or read of it, for the agency: then nobody does it to one of an organisation
    /// that they act for, whatever else they are.
    #[must_use]
    pub const fn is_for_the_agency(self) -> bool {
        matches!(
            self,
            Self::RelationRecord
                | Self::RelationEnd
                | Self::ExtensionGrant
                | Self::ApplicationScreen
                | Self::ApplicationReinstate
                | Self::AssessmentAssign
                | Self::AssessmentAccept
                | Self::AssessmentWithdraw
                | Self::ConflictRead
                | Self::ConflictOverridePropose
                | Self::ConflictOverrideConfirm
                | Self::AssessmentScore
                | Self::AssessmentRead
                | Self::AssessmentStepRecord
                | Self::AssessmentStepRead
                | Self::ClockRead
                | Self::SignalRead
                | Self::FeedbackRelease
                | Self::ApplicationRecommend
                | Self::ApplicationReject
                | Self::ApplicationApprove
                | Self::AwardOffer
                | Self::AwardLapse
                | Self::ClaimReturn
                | Self::ClaimCertify
                | Self::BatchPrepare
                | Self::BatchRelease
                | Self::AuditRead
        )
    }
}
