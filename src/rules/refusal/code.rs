//! The stable code of each refusal, and which kind of no it is.

use super::Refusal;

/// Which kind of no it is; the door gives each kind one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// Absent, or out of sight.
    Absent,
    /// The actor may not.
    Permission,
    /// The state does not allow it.
    State,
    /// A rule says no.
    Rule,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotPermitted { .. } => "permission.denied",
            Self::OwnOrganisation => "person.own_organisation",
            Self::OwnAccount => "person.own_account",
            Self::NoRole => "person.no_role",
            Self::EmailNotAnAddress => "person.email_not_an_address",
            Self::AlreadyRegistered => "person.already_registered",
            Self::NameNotUsable => "person.name_not_usable",
            Self::UbiNotEightDigits => "organisation.ubi_not_eight_digits",
            Self::PasswordLength => "password.length",
            Self::PasswordGuessable => "password.guessable",
            Self::PasswordLinkSpent => "password.link_spent",
            Self::SchemeFaulty { .. } => "scheme.faulty",
            Self::SchemeUnchanged { .. } => "scheme.unchanged",
            Self::SchemeNotPublished { .. } => "scheme.not_published",
            Self::SchemeTakesNoApplications { .. } => "scheme.takes_no_applications",
            Self::ApplicationWrongState { .. } => "application.wrong_state",
            Self::ApplicationIncomplete { .. } => "application.incomplete",
            Self::TextLength { .. } => "text.length",
            Self::TextUnstorable { .. } => "text.unstorable",
            Self::RoundClosed { .. } => "round.closed",
            Self::RoundQuota { .. } => "round.quota",
            Self::CalculationRefused { .. } => "calculation.refused",
            Self::RequestAboveAllowed { .. } => "application.request_above_allowed",
            Self::RecommendedAboveAllowed { .. } => "approval.above_allowed",
            Self::LimitUnknown { .. } => "limit.unknown",
            Self::FiguresFaulty { .. } => "application.figures_faulty",
            Self::AuthorityCode => "person.authority_code",
            Self::DutySeparated { .. } => "duty.separated",
            Self::CeilingExceeded { .. } => "ceiling.exceeded",
            Self::AmountTooLarge => "amount.too_large",
            Self::MarksWrong { .. } => "assessment.marks_wrong",
            Self::AssessorTwice => "assessment.assessor_twice",
            Self::AssessorsEnough { .. } => "assessment.assessors_enough",
            Self::AssessorNotOne => "assessment.not_an_assessor",
            Self::AssessorOfApplicant => "assessment.assessor_of_applicant",
            Self::AssessmentClosed { .. } => "assessment.closed",
            Self::AssessmentsMissing { .. } => "assessment.missing",
            Self::BelowPassMark { .. } => "recommendation.below_pass_mark",
            Self::AmountNotRecommendable { .. } => "recommendation.amount",
            Self::AuthorityTooLow { .. } => "approval.authority_too_low",
            Self::OfferExpired { .. } => "award.offer_expired",
            Self::OfferStands { .. } => "award.offer_stands",
            Self::InstalmentUnknown { .. } => "claim.instalment_unknown",
            Self::InstalmentClaimed { .. } => "claim.instalment_claimed",
            Self::InstalmentTooEarly { .. } => "claim.instalment_too_early",
            Self::ClaimAbovePlan { .. } => "claim.above_plan",
            Self::ActualCostMissing => "claim.actual_cost_missing",
            Self::ClaimWrongState { .. } => "claim.wrong_state",
            Self::CertifiedAboveDue { .. } => "claim.certified_above_due",
            Self::NothingDue { .. } => "claim.nothing_due",
            Self::BatchEmpty => "batch.empty",
            Self::BatchTooLarge { .. } => "batch.too_large",
            Self::ClaimTwice => "batch.claim_twice",
            Self::ClaimInBatch { .. } => "batch.claim_in_batch",
            Self::BatchReleased { .. } => "batch.released",
            Self::PeriodEmpty { .. } => "report.period_empty",
            Self::NoticeNotDead { .. } => "notice.not_dead",
        }
    }

    /// Which kind of no it is.
    #[must_use]
    pub const fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound | Self::SchemeNotPublished { .. } => RefusalKind::Absent,
            Self::NotPermitted { .. }
            | Self::OwnOrganisation
            | Self::OwnAccount
            | Self::DutySeparated { .. }
            | Self::AuthorityTooLow { .. } => RefusalKind::Permission,
            Self::SchemeUnchanged { .. }
            | Self::ApplicationWrongState { .. }
            | Self::AssessmentClosed { .. }
            | Self::OfferExpired { .. }
            | Self::OfferStands { .. }
            | Self::InstalmentClaimed { .. }
            | Self::InstalmentTooEarly { .. }
            | Self::ClaimWrongState { .. }
            | Self::ClaimInBatch { .. }
            | Self::BatchReleased { .. }
            | Self::NoticeNotDead { .. }
            | Self::AlreadyRegistered
            | Self::PasswordLinkSpent => RefusalKind::State,
            _ => RefusalKind::Rule,
        }
    }
}
