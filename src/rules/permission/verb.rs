//! What can be done: the rows of the table that [`super`] is.

// One line for each: its name, and its code in the API: noun and verb.
macro_rules! verbs {
    ($($name:ident = $code:literal,)+) => {
        /// What can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is a noun and a verb, and its row of the table says who may")]
        pub enum Verb { $($name),+ }

        impl Verb {
            /// The code: noun and verb.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }
    };
}

verbs! {
    PersonRegister = "person.register",
    PersonInvite = "person.invite",
    PersonChangeRoles = "person.change_roles",
    PersonRequestPasswordLink = "person.request_password_link",
    PersonSetPassword = "person.set_password",
    PersonRead = "person.read",
    AssessorRead = "assessor.read",
    AssessorKeep = "assessor.keep",
    InterestDeclare = "interest.declare",
    ExpertiseRead = "expertise.read",
    ExpertiseKeep = "expertise.keep",
    ParticularsKeep = "particulars.keep",
    ParticularsRead = "particulars.read",
    PayeeAccountPropose = "payee_account.propose",
    PayeeAccountConfirm = "payee_account.confirm",
    PayeeAccountEnd = "payee_account.end",
    PayeeAccountReseal = "payee_account.reseal",
    PayeeAccountRead = "payee_account.read",
    RelationRecord = "relation.record",
    RelationEnd = "relation.end",
    RelationRead = "relation.read",
    DebarmentRecord = "debarment.record",
    DebarmentConfirm = "debarment.confirm",
    DebarmentEnd = "debarment.end",
    DebarmentConfirmEnd = "debarment.confirm_end",
    DebarmentRead = "debarment.read",
    HoldPlace = "hold.place",
    HoldLift = "hold.lift",
    HoldRead = "hold.read",
    ExtensionGrant = "extension.grant",
    ExtensionRead = "extension.read",
    SchemeRead = "scheme.read",
    SchemeDraft = "scheme.draft",
    SchemePropose = "scheme.propose",
    SchemeReturn = "scheme.return",
    SchemeRehearse = "scheme.rehearse",
    SchemePublish = "scheme.publish",
    ApplicationCreate = "application.create",
    ApplicationLook = "application.look",
    ApplicationRead = "application.read",
    ApplicationEdit = "application.edit",
    ApplicationSubmit = "application.submit",
    ApplicationResubmit = "application.resubmit",
    ApplicationWithdraw = "application.withdraw",
    ApplicationReturn = "application.return",
    ApplicationEndReturn = "application.end_return",
    HistoryRead = "history.read",
    MemberInvite = "member.invite",
    MemberRead = "member.read",
    MemberChangeRole = "member.change_role",
    MemberEnd = "member.end",
    MemberLeave = "member.leave",
    MemberAccept = "member.accept",
    MemberDecline = "member.decline",
    PersonGrantAuthorities = "person.grant_authorities",
    ApplicationScreen = "application.screen",
    ApplicationReinstate = "application.reinstate",
    AssessmentAssign = "assessment.assign",
    AssessmentAccept = "assessment.accept",
    AssessmentDecline = "assessment.decline",
    AssessmentWithdraw = "assessment.withdraw",
    ConflictRead = "conflict.read",
    ConflictOverridePropose = "conflict.override_propose",
    ConflictOverrideConfirm = "conflict.override_confirm",
    AssessmentDeclareConflict = "assessment.declare_conflict",
    AssessmentScore = "assessment.score",
    AssessmentRead = "assessment.read",
    AssessmentStepRecord = "assessment_step.record",
    AssessmentStepRead = "assessment_step.read",
    ClockRead = "clock.read",
    SignalRead = "signal.read",
    ReminderWrite = "reminder.write",
    PanelOpen = "panel.open",
    PanelMinute = "panel.minute",
    PanelRead = "panel.read",
    FeedbackRelease = "feedback.release",
    FeedbackRead = "feedback.read",
    LetterRead = "letter.read",
    ApplicationRecommend = "application.recommend",
    ApplicationReject = "application.reject",
    RefusalTell = "refusal.tell",
    ApplicationApprove = "application.approve",
    ApplicationSendBack = "application.send_back",
    ApplicationDefer = "application.defer",
    ApprovalReset = "approval.reset",
    ApprovalRead = "approval.read",
    DelegationRecord = "delegation.record",
    DelegationEnd = "delegation.end",
    DelegationRead = "delegation.read",
    SittingConvene = "sitting.convene",
    SittingVote = "sitting.vote",
    SittingClose = "sitting.close",
    RoundDecide = "round.decide",
    RoundRead = "round.read",
    ReserveRead = "reserve.read",
    ReserveMoveUp = "reserve.move_up",
    ReserveClose = "reserve.close",
    AwardOffer = "award.offer",
    AwardAccept = "award.accept",
    AwardDecline = "award.decline",
    AwardLapse = "award.lapse",
    ChangeRequest = "change.request",
    ChangeAnswer = "change.answer",
    ChangeOpen = "change.open",
    ChangeReturn = "change.return",
    ChangeForward = "change.forward",
    ChangeDecide = "change.decide",
    ChangeRead = "change.read",
    ReviewRequest = "review.request",
    ReviewDecide = "review.decide",
    ReviewRead = "review.read",
    ClaimSubmit = "claim.submit",
    ClaimQuery = "claim.query",
    ClaimAnswer = "claim.answer",
    ClaimReturn = "claim.return",
    ClaimCertify = "claim.certify",
    ObligationRead = "obligation.read",
    ObligationSubmit = "obligation.submit",
    ObligationAccept = "obligation.accept",
    ObligationReturn = "obligation.return",
    BatchPrepare = "batch.prepare",
    BatchRelease = "batch.release",
    BatchDissolve = "batch.dissolve",
    BankFileTake = "bank_file.take",
    BatchRead = "batch.read",
    BankAnswerRecord = "bank_answer.record",
    BankAnswerRead = "bank_answer.read",
    UnmatchedItemClose = "unmatched_item.close",
    RecoveryRaise = "recovery.raise",
    RecoveryConfirm = "recovery.confirm",
    RecoveryWithdraw = "recovery.withdraw",
    RecoveryReceive = "recovery.receive",
    RecoveryCharge = "recovery.charge",
    RecoveryReverse = "recovery.reverse",
    RecoveryArrange = "recovery.arrange",
    RecoveryAskWriteOff = "recovery.ask_write_off",
    RecoveryWriteOff = "recovery.write_off",
    RecoveryRead = "recovery.read",
    StatementRead = "statement.read",
    ReportRead = "report.read",
    ReportExport = "report.export",
    AuditRead = "audit.read",
    OutboxRead = "outbox.read",
    OutboxPutBack = "outbox.put_back",
}

impl Verb {
    /// Whether it is done to a case or an organisation, or read of it, for the agency: then nobody does it to one of an organisation
    /// that they act for, whatever else they are.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one line for each verb")]
    pub const fn is_for_the_agency(self) -> bool {
        matches!(
            self,
            Self::PayeeAccountConfirm
                | Self::RelationRecord
                | Self::RelationEnd
                | Self::DebarmentRecord
                | Self::DebarmentConfirm
                | Self::DebarmentEnd
                | Self::DebarmentConfirmEnd
                | Self::DebarmentRead
                | Self::HoldPlace
                | Self::HoldLift
                | Self::HoldRead
                | Self::ExtensionGrant
                | Self::ApplicationScreen
                | Self::ApplicationReinstate
                | Self::ApplicationReturn
                | Self::ApplicationEndReturn
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
                | Self::RefusalTell
                | Self::ApplicationApprove
                | Self::ApplicationSendBack
                | Self::ApplicationDefer
                | Self::SittingConvene
                | Self::SittingVote
                | Self::SittingClose
                | Self::ApprovalReset
                | Self::ApprovalRead
                | Self::ReserveMoveUp
                | Self::ReserveClose
                | Self::AwardOffer
                | Self::AwardLapse
                | Self::ChangeOpen
                | Self::ChangeReturn
                | Self::ChangeForward
                | Self::ChangeDecide
                | Self::ReviewDecide
                | Self::ClaimQuery
                | Self::ClaimReturn
                | Self::ClaimCertify
                | Self::ObligationAccept
                | Self::ObligationReturn
                | Self::BatchPrepare
                | Self::BatchRelease
                | Self::BankFileTake
                | Self::BankAnswerRecord
                | Self::UnmatchedItemClose
                | Self::BatchDissolve
                | Self::RecoveryRaise
                | Self::RecoveryConfirm
                | Self::RecoveryWithdraw
                | Self::RecoveryReceive
                | Self::RecoveryCharge
                | Self::RecoveryReverse
                | Self::RecoveryArrange
                | Self::RecoveryAskWriteOff
                | Self::RecoveryWriteOff
                | Self::AuditRead
        )
    }
}
