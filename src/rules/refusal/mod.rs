//! Every reason to say no, each with a stable code and a sentence that tells a person what to change.

#[macro_use]
mod code;
mod allocation;
mod approval;
mod assessment;
mod assessor;
mod attachment;
mod bank_answer;
mod bank_file;
mod change;
mod claim;
mod debarment;
mod delegation;
mod export;
mod feedback;
mod hold;
mod letter;
mod member;
mod obligation;
mod panel;
mod particulars;
mod payee_account;
mod recovery;
mod returning;
mod review;
mod round;
mod round_decision;
mod sitting;

pub use allocation::{AllocationRefusal, LineRefused};
pub use approval::ApprovalRefusal;
pub use assessment::AssessmentRefusal;
pub use assessor::AssessorRefusal;
pub use attachment::AttachmentRefusal;
pub use bank_answer::BankAnswerRefusal;
pub use bank_file::BankFileRefusal;
pub use change::ChangeRefusal;
pub use claim::ClaimRefusal;
pub use code::{Meaning, RefusalKind};
pub use debarment::DebarmentRefusal;
pub use delegation::DelegationRefusal;
pub use export::ExportRefusal;
pub use feedback::FeedbackRefusal;
pub use hold::HoldRefusal;
pub use letter::LetterRefusal;
pub use member::MemberRefusal;
pub use obligation::ObligationRefusal;
pub use panel::PanelRefusal;
pub use particulars::ParticularsRefusal;
pub use payee_account::PayeeAccountRefusal;
pub use recovery::RecoveryRefusal;
pub use returning::ReturnRefusal;
pub use review::ReviewRefusal;
pub use round::RoundRefusal;
pub use round_decision::{ItemRefused, RoundDecisionRefusal};
pub use sitting::SittingRefusal;

use crate::calculation::RequestFault;
use crate::calendar::Day;
use crate::duty::Duty;
use crate::money::Cents;
use crate::permission::Verb;
use crate::scheme::Fault;

/// Every reason to say no. Where one points into what was sent, its sentence goes on after the pointer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a refusal without figures is its sentence")]
pub enum Refusal {
    #[error("There is nothing here under this name that you may see.")]
    NotFound,
    /// The policy does not allow it.
    #[error("You may not do this ({}).", verb.code())]
    NotPermitted {
        /// What was tried.
        verb: Verb,
    },
    #[error("This belongs to an organisation that you act for: somebody else must do this.")]
    OwnOrganisation,
    #[error("Your own account is changed by another administrator.")]
    OwnAccount,
    #[error("give the person at least one role.")]
    NoRole,
    #[error("Write an e-mail address such as name@example.hk.")]
    EmailNotAnAddress,
    #[error("This e-mail address or business identifier is registered already: sign in, or ask for a new password.")]
    AlreadyRegistered,
    #[error("Write a name of 1 to 200 characters on one line.")]
    NameNotUsable,
    #[error("Write the Unique Business Identifier as eight digits.")]
    UbiNotEightDigits,
    #[error("Choose a password of 15 to 128 characters; several words are good, and no other rule applies.")]
    PasswordLength,
    /// Contains what everybody knows.
    #[error(
        "Choose a password that contains neither your name nor your e-mail address and that is not on a list of common ones."
    )]
    PasswordGuessable,
    #[error("This link cannot be used any more: ask for a new one.")]
    PasswordLinkSpent,
    #[error("name two different organisations.")]
    RelationOfOne,
    #[error("write the code of a group as schemes name it, such as related_company.")]
    RelationGroup,
    #[error("a relation does not end before it begins, and one that is recorded holds for a day at least.")]
    RelationDays,
    #[error("This relation is recorded for some of these days already: leave them out, or end the other one first.")]
    RelationHolds,
    #[error("The end of this relation is recorded already: record another one for other days.")]
    RelationEnded,
    /// The scheme's text has faults.
    #[error("The scheme's text has faults: mend {}.", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    SchemeFaulty {
        /// All of them.
        faults: Vec<Fault>,
    },
    /// The text is in force already.
    #[error("This text of {code} is the one in force on that day already.")]
    SchemeUnchanged {
        /// The scheme's code.
        code: String,
    },
    /// No text of that scheme is in force.
    #[error("No text of a scheme \"{code}\" is published and in force.")]
    SchemeNotPublished {
        /// The scheme's code.
        code: String,
    },
    /// What has been proposed or published is not edited, and what has not been proposed is not published.
    #[error("This cannot be done while the text is {state}.")]
    SchemeDraftWrongState {
        /// The state it is in.
        state: &'static str,
    },
    #[error("You have written or proposed this text, so another officer must publish it.")]
    SchemeDraftOwn,
    #[error("A rehearsal of this draft waits or runs already: wait until it is done.")]
    RehearsalAtWork,
    #[error("write one case in each line, or leave the portfolio out for the recorded applications.")]
    PortfolioEmpty,
    /// What was in force on a day that is over stays as it was.
    #[error("{from} is over: a text is in force from {today} at the earliest. Propose it from another day.")]
    SchemeDayOver {
        /// The day that was chosen.
        from: Day,
        /// Today.
        today: Day,
    },
    /// The scheme calculates, and does no more.
    #[error("{code} takes no applications here: its published text lacks {}.", missing.join(", "))]
    SchemeTakesNoApplications {
        /// The scheme's code.
        code: String,
        /// What is missing.
        missing: Vec<&'static str>,
    },
    /// The state does not allow it.
    #[error("This cannot be done while the application is {state}.")]
    ApplicationWrongState {
        /// The state it is in.
        state: &'static str,
    },
    /// Something is missing or wrong before it can be submitted.
    #[error("The application cannot be submitted yet: {}.", missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    ApplicationIncomplete {
        /// What is missing.
        missing: Vec<RequestFault>,
    },
    /// Something in it cannot be kept, not even in a draft.
    #[error("The application cannot be kept: {}.", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    ContentFaulty {
        /// What is wrong, with pointers.
        faults: Vec<RequestFault>,
    },
    /// A text is too long, or there is none where one is needed.
    #[error("write 1 to {characters_max} characters.")]
    TextLength {
        /// Which text.
        field: &'static str,
        /// The most that is taken.
        characters_max: usize,
    },
    /// A character that cannot be kept.
    #[error("take out the character U+0000.")]
    TextUnstorable {
        /// Which text.
        field: &'static str,
    },
    /// The calculation comes to no grant.
    #[error("The rules of the scheme refuse it: {}.", code::listed(reasons))]
    CalculationRefused {
        /// The paths of the rules.
        refused_by: Vec<String>,
        /// The sentences of their steps.
        reasons: Vec<String>,
    },
    /// More is asked than the rules allow.
    #[error("{requested} is asked for, and the rules allow {allowed}: ask for no more.")]
    RequestAboveAllowed {
        /// What is asked.
        requested: Cents,
        /// What the rules allow.
        allowed: Cents,
    },
    /// The committee recommends more than the rules allow by now.
    #[error(
        "{recommended} is recommended, and with what the applicant has been granted meanwhile the rules allow {allowed}: reject it, so that it can be reinstated and less be recommended."
    )]
    RecommendedAboveAllowed {
        /// What is recommended.
        recommended: Cents,
        /// What the rules allow.
        allowed: Cents,
    },
    /// A limit that nobody has written down, and that is needed.
    #[error("Nobody has written down what the {path} is on this day: publish a text of the scheme that says so.")]
    LimitUnknown {
        /// Its path in the file.
        path: String,
    },
    /// The request of the application cannot be worked out.
    #[error("The figures cannot be worked out: {}.", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    FiguresFaulty {
        /// What is wrong, with pointers.
        faults: Vec<RequestFault>,
    },
    #[error("write the code of an authority as schemes name it, such as commissioner.")]
    AuthorityCode,
    /// One person, two separated duties.
    #[error("You have been {} on this case, so somebody else must be {}.", held.code(), wanted.code())]
    DutySeparated {
        /// What the person has done on this case.
        held: Duty,
        /// What was tried.
        wanted: Duty,
    },
    /// A limit does not leave so much.
    #[error(
        "{wanted} cannot be promised, since {ceiling} leaves {left}: wait until money is given back, or recommend less; what is recommended already is sent back to the committee first."
    )]
    CeilingExceeded {
        /// The path of the limit.
        ceiling: String,
        /// What was to be committed or reserved.
        wanted: Cents,
        /// What it leaves.
        left: Cents,
    },
    #[error("The amounts add up to more than can be held.")]
    AmountTooLarge,
    /// Nothing, or more than was asked for.
    #[error("recommend more than nothing and at most the {requested} that is asked for.")]
    AmountNotRecommendable {
        /// What was asked for.
        requested: Cents,
    },
    /// The authority does not reach the amount.
    #[error("{amount} is above your authority: it needs {needed}.")]
    AuthorityTooLow {
        /// What is to be approved.
        amount: Cents,
        /// The lowest authority that reaches it.
        needed: String,
    },
    /// Too late to accept.
    #[error("The offer expired at the end of {expires_on}.")]
    OfferExpired {
        /// The last day of the offer.
        expires_on: Day,
    },
    /// Too early to lapse.
    #[error("The offer stands until the end of {expires_on}.")]
    OfferStands {
        /// The last day of the offer.
        expires_on: Day,
    },
    /// About an allocation of proposals.
    #[error(transparent)]
    Allocation(#[from] AllocationRefusal),
    /// About assessments, and what they come to.
    #[error(transparent)]
    Assessment(#[from] AssessmentRefusal),
    #[error(transparent)]
    Attachment(#[from] AttachmentRefusal),
    /// About assessors and what they assess.
    #[error(transparent)]
    Assessor(#[from] AssessorRefusal),
    /// About members of an application.
    #[error(transparent)]
    Member(#[from] MemberRefusal),
    /// About a change of an award.
    #[error(transparent)]
    Change(#[from] ChangeRefusal),
    /// About a review of a refusal.
    #[error(transparent)]
    Review(#[from] ReviewRefusal),
    /// About a claim or a batch of payments.
    #[error(transparent)]
    Claim(#[from] ClaimRefusal),
    #[error(transparent)]
    Round(#[from] RoundRefusal),
    /// About the decision on a round, or its reserve list.
    #[error(transparent)]
    RoundDecision(#[from] RoundDecisionRefusal),
    /// About a return for more information.
    #[error(transparent)]
    Return(#[from] ReturnRefusal),
    /// About an approval and its route.
    #[error(transparent)]
    Approval(#[from] ApprovalRefusal),
    /// About a debarment, or because of one.
    #[error(transparent)]
    Debarment(#[from] DebarmentRefusal),
    #[error(transparent)]
    Delegation(#[from] DelegationRefusal),
    #[error(transparent)]
    Sitting(#[from] SittingRefusal),
    /// About a panel, its ranking, or a step before the recommendation.
    #[error(transparent)]
    Panel(#[from] PanelRefusal),
    #[error(transparent)]
    Particulars(#[from] ParticularsRefusal),
    #[error(transparent)]
    BankAnswer(#[from] BankAnswerRefusal),
    #[error(transparent)]
    BankFile(#[from] BankFileRefusal),
    /// About what is handed in for an obligation, or because of one.
    #[error(transparent)]
    Obligation(#[from] ObligationRefusal),
    /// About a hold on payments, or because of one.
    #[error(transparent)]
    Hold(#[from] HoldRefusal),
    #[error(transparent)]
    Export(#[from] ExportRefusal),
    #[error(transparent)]
    PayeeAccount(#[from] PayeeAccountRefusal),
    #[error(transparent)]
    Recovery(#[from] RecoveryRefusal),
    #[error(transparent)]
    Feedback(#[from] FeedbackRefusal),
    #[error(transparent)]
    Letter(#[from] LetterRefusal),
    /// No day lies in the period of a report.
    #[error("No day lies in this period: it begins on {from} and ends on {to}.")]
    PeriodEmpty {
        /// The first day.
        from: Day,
        /// The last day.
        to: Day,
    },
    /// Only what was given up is put back.
    #[error("This notice is {state}: only one that was given up is put back.")]
    NoticeNotDead {
        /// The state it is in.
        state: &'static str,
    },
}

#[cfg(test)]
mod tests;
