//! The stable code of each refusal, which kind of no it is, and what it means.

use super::{
    AllocationRefusal, ApprovalRefusal, AssessmentRefusal, AssessorRefusal, AttachmentRefusal, BankAnswerRefusal,
    BankFileRefusal, ChangeRefusal, ClaimRefusal, DebarmentRefusal, DelegationRefusal, ExportRefusal, FeedbackRefusal,
    HoldRefusal, LetterRefusal, MemberRefusal, ObligationRefusal, PanelRefusal, ParticularsRefusal,
    PayeeAccountRefusal, RecoveryRefusal, Refusal, ReturnRefusal, ReviewRefusal, RoundDecisionRefusal, RoundRefusal,
    SittingRefusal,
};

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

/// A code, which kind of no it is, and what it means.
pub type Meaning = (&'static str, RefusalKind, &'static str);

// One line for each refusal: which kind of no, what, its code, where it points into what was sent, and what the code means.
// In brackets, the areas that have an enum of their own, and the field of a refusal that its pointer holds.
macro_rules! codes {
    (at) => { None };
    (at $pointer:literal) => { Some(format!($pointer)) };
    ($enum:ident [$($area:ident($inner:ident)),*] $($kind:ident: $name:ident $({ $rest:tt })? = $code:literal $(at $([$field:ident])? $pointer:literal)? $meaning:literal,)+) => {
        impl $enum {
            /// Every code, which kind of no it is, and what it means.
            pub fn codes() -> impl Iterator<Item = $crate::refusal::Meaning> {
                use $crate::refusal::RefusalKind;
                std::iter::empty()$(.chain($inner::codes()))*.chain([$(($code, RefusalKind::$kind, $meaning)),+])
            }

            /// The stable code.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$area(inner) => inner.code(),)* $(Self::$name $({ $rest })? => $code,)+ }
            }

            /// Which kind of no it is.
            #[must_use]
            pub const fn kind(&self) -> $crate::refusal::RefusalKind {
                use $crate::refusal::RefusalKind;
                match self { $(Self::$area(inner) => inner.kind(),)* $(Self::$name $({ $rest })? => RefusalKind::$kind,)+ }
            }

            /// JSON Pointer (RFC 6901) to the part of what was sent that the sentence is about, where it is about one.
            #[must_use]
            pub fn pointer(&self) -> Option<String> {
                match self {
                    $(Self::$area(inner) => inner.pointer(),)*
                    $(Self::$name { $($($field,)?)? .. } => codes!(at $($pointer)?),)+
                }
            }
        }
    };
}

codes! {
    Refusal [
        Allocation(AllocationRefusal), Approval(ApprovalRefusal),
        Assessment(AssessmentRefusal), Assessor(AssessorRefusal), Attachment(AttachmentRefusal),
        BankAnswer(BankAnswerRefusal), BankFile(BankFileRefusal),
        Change(ChangeRefusal), Claim(ClaimRefusal),
        Debarment(DebarmentRefusal), Delegation(DelegationRefusal),
        Export(ExportRefusal), Feedback(FeedbackRefusal), Hold(HoldRefusal), Letter(LetterRefusal), Member(MemberRefusal), Obligation(ObligationRefusal), Panel(PanelRefusal), Particulars(ParticularsRefusal),
        PayeeAccount(PayeeAccountRefusal), Recovery(RecoveryRefusal),
        Return(ReturnRefusal), Review(ReviewRefusal), Round(RoundRefusal), RoundDecision(RoundDecisionRefusal), Sitting(SittingRefusal)
    ]
    Absent: NotFound = "not_found"
        "Nothing is here under this name that the caller may see.",
    Permission: NotPermitted { .. } = "permission.denied"
        "The policy does not let the caller do this; `detail` names the act.",
    Permission: OwnOrganisation = "person.own_organisation"
        "It belongs to an organisation that the caller acts for: somebody else must do this.",
    Permission: OwnAccount = "person.own_account"
        "Nobody changes what they themselves may do.",
    Rule: NoRole = "person.no_role" at "/roles"
        "An open account needs at least one role.",
    Rule: EmailNotAnAddress = "person.email_not_an_address"
        "Not an e-mail address.",
    State: AlreadyRegistered = "person.already_registered"
        "The address or business identifier is somebody's already.",
    Rule: NameNotUsable = "person.name_not_usable"
        "Not a name of 1 to 200 characters on one line.",
    Rule: UbiNotEightDigits = "organisation.ubi_not_eight_digits"
        "Not a Unique Business Identifier.",
    Rule: PasswordLength = "password.length"
        "Not 15 to 128 characters.",
    Rule: PasswordGuessable = "password.guessable"
        "The password contains the person's name or address, or is a common one.",
    State: PasswordLinkSpent = "password.link_spent"
        "The link was used, has expired or never was: ask for a new one.",
    Rule: RelationOfOne = "relation.of_one" at "/organisations"
        "A relation is of two different organisations.",
    Rule: RelationGroup = "relation.group" at "/group"
        "Not the code of a group as schemes name it.",
    Rule: RelationDays = "relation.days" at "/until"
        "The relation would end before it begins, or hold on no day.",
    State: RelationHolds = "relation.holds"
        "The same relation is recorded for some of these days already.",
    State: RelationEnded = "relation.ended"
        "The end of the relation is recorded already.",
    Rule: SchemeFaulty { .. } = "scheme.faulty"
        "The scheme's text has faults; `detail` names all of them.",
    State: SchemeUnchanged { .. } = "scheme.unchanged"
        "This text is in force on that day already.",
    Absent: SchemeNotPublished { .. } = "scheme.not_published"
        "No text of a scheme with this code is in force.",
    State: RehearsalAtWork = "rehearsal.at_work"
        "A rehearsal of this draft waits or runs already.",
    Rule: PortfolioEmpty = "rehearsal.portfolio_empty" at "/portfolio/text"
        "The portfolio holds no case.",
    State: SchemeDraftWrongState { .. } = "scheme_draft.wrong_state"
        "This cannot be done in the state in which the draft is.",
    Permission: SchemeDraftOwn = "scheme_draft.own"
        "The caller has written or proposed the text: another officer must publish it.",
    Rule: SchemeDayOver { .. } = "scheme.day_over"
        "The day from which the text was to be in force is over.",
    Rule: SchemeTakesNoApplications { .. } = "scheme.takes_no_applications"
        "The scheme's text only calculates; `detail` says what it lacks.",
    State: ApplicationWrongState { .. } = "application.wrong_state"
        "This cannot be done in the state in which the application is.",
    Rule: ApplicationIncomplete { .. } = "application.incomplete"
        "Something is missing before it can be submitted; `errors` points at it.",
    Rule: ContentFaulty { .. } = "application.content_faulty"
        "A list or an answer is too long or holds what cannot be kept; `errors` points at it.",
    Rule: TextLength { .. } = "text.length" at [field] "{field}"
        "A text is too long, or there is none where one is needed.",
    Rule: TextUnstorable { .. } = "text.unstorable" at [field] "{field}"
        "A text contains U+0000.",
    Rule: CalculationRefused { .. } = "calculation.refused"
        "The rules of the scheme come to no grant; `detail` says why.",
    Rule: RequestAboveAllowed { .. } = "application.request_above_allowed"
        "More is asked than the rules allow.",
    Rule: RecommendedAboveAllowed { .. } = "approval.above_allowed"
        "More is recommended than the rules still allow.",
    Rule: LimitUnknown { .. } = "limit.unknown"
        "A limit is needed that nobody has written down.",
    Rule: FiguresFaulty { .. } = "application.figures_faulty"
        "The figures cannot be worked out; `errors` points at them.",
    Rule: AuthorityCode = "person.authority_code" at "/authorities"
        "Not the code of an authority.",
    Permission: DutySeparated { .. } = "duty.separated"
        "The person has another duty on this case already.",
    Rule: CeilingExceeded { .. } = "ceiling.exceeded"
        "A limit does not leave so much; `detail` says what is left.",
    Rule: AmountTooLarge = "amount.too_large"
        "The amounts add up to more than can be held.",
    Rule: AmountNotRecommendable { .. } = "recommendation.amount" at "/amount"
        "Nothing is recommended, or more than was asked for.",
    Permission: AuthorityTooLow { .. } = "approval.authority_too_low"
        "The caller's authority does not reach the amount; `detail` names one that does.",
    State: OfferExpired { .. } = "award.offer_expired"
        "The last day of the offer is over.",
    State: OfferStands { .. } = "award.offer_stands"
        "The offer stands until the end of its last day.",
    Rule: PeriodEmpty { .. } = "report.period_empty"
        "The period ends before it begins.",
    State: NoticeNotDead { .. } = "notice.not_dead"
        "Only a notice that was given up is put back.",
}

/// Sentences as parts of one: without the full stops of their own.
pub(super) fn listed(sentences: &[String]) -> String {
    sentences.iter().map(|sentence| sentence.trim_end_matches('.')).collect::<Vec<_>>().join("; ")
}
