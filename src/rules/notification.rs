//! Which event tells whom what. The words are the worker's; here is only who gets which letter.

use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, MemberId, NoticeId, OrganisationId, PersonId};
use crate::permission::Permit;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// To whom a notice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// The application was returned for more information, with what is asked.
    ApplicationReturned,
    /// What was asked for has been received.
    ApplicationResubmitted,
    /// What was asked for did not come in time.
    ApplicationReturnEnded,
    /// The application has been withdrawn.
    ApplicationWithdrawn,
    /// The application was screened out, with the reason.
    ApplicationIneligible,
    /// The application was reinstated.
    ApplicationReinstated,
    /// The application was refused, with the reasons.
    ApplicationRejected,
    /// The application is on the reserve list.
    ApplicationOnReserve,
    /// An assessor has a proposal to assess.
    AssessmentAssigned,
    /// An assessor is asked for it no more.
    AssessmentWithdrawn,
    /// Somebody may act with the authorities of another person.
    AuthorityDelegated,
    /// They may no more, before the day that they were told.
    DelegationEnded,
    /// A member of a committee is asked to sit.
    SittingConvened,
    /// They are asked no more: the sitting is given up.
    SittingGivenUp,
    /// A member of a committee is asked to sit on an agenda.
    AgendaConvened,
    /// There is feedback on the assessment.
    FeedbackReleased,
    /// There is an offer, until a day.
    AwardOffered,
    /// The offer was accepted; the plan follows.
    AwardAccepted,
    /// The offer was not answered in time.
    AwardLapsed,
    /// The agency means to suspend an award, to let it go on, or to end it.
    ChangeOpened,
    /// The agency has taken that back.
    ChangeWithdrawn,
    /// A change request was returned with a question.
    ChangeReturned,
    /// A change request was granted or refused.
    ChangeDecided,
    /// A request to look again at a refusal has been received.
    ReviewReceived,
    /// It was decided.
    ReviewDecided,
    /// Something is asked on a claim.
    ClaimQueried,
    /// A claim was sent back, with the reason.
    ClaimReturned,
    /// A payment has been released.
    PaymentReleased,
    /// A payment has come back, in whole or in part.
    PaymentCameBack,
    /// Money is to be paid back.
    RecoveryDemanded,
    /// The applicant may submit to a round until later.
    RoundExtended,
    /// An assessment is due soon.
    AssessmentDue,
    /// An assessment is late.
    AssessmentLate,
    /// What was asked of an applicant is due soon.
    ReturnDue,
    /// An offer expires soon.
    AwardExpires,
    /// The round of a draft closes soon.
    RoundCloses,
    /// What is to be paid back is overdue.
    RecoveryOverdue,
    /// What a recipient owes beside the project is due soon, or late.
    ObligationDue,
    /// What was handed in for it is sent back, with the reason.
    ObligationReturned,
    /// Somebody is invited to an application.
    MemberInvited,
    /// Another account is proposed, to which an organisation is to be paid.
    PayeeAccountProposed,
    /// It is confirmed, and used from a day on.
    PayeeAccountConfirmed,
    /// An account to which an organisation is paid, or was to be, has ended.
    PayeeAccountEnded,
}

impl Letter {
    /// Every letter, in the order of the case.
    pub const ALL: [Self; 45] = [
        Self::PasswordLink,
        Self::ApplicationReceived,
        Self::ApplicationReturned,
        Self::ApplicationResubmitted,
        Self::ApplicationReturnEnded,
        Self::ApplicationWithdrawn,
        Self::ApplicationIneligible,
        Self::ApplicationReinstated,
        Self::ApplicationRejected,
        Self::ApplicationOnReserve,
        Self::AssessmentAssigned,
        Self::AssessmentWithdrawn,
        Self::AuthorityDelegated,
        Self::DelegationEnded,
        Self::SittingConvened,
        Self::SittingGivenUp,
        Self::AgendaConvened,
        Self::FeedbackReleased,
        Self::AwardOffered,
        Self::AwardAccepted,
        Self::AwardLapsed,
        Self::ChangeOpened,
        Self::ChangeWithdrawn,
        Self::ChangeReturned,
        Self::ChangeDecided,
        Self::ReviewReceived,
        Self::ReviewDecided,
        Self::ClaimQueried,
        Self::ClaimReturned,
        Self::PaymentReleased,
        Self::PaymentCameBack,
        Self::RecoveryDemanded,
        Self::RoundExtended,
        Self::AssessmentDue,
        Self::AssessmentLate,
        Self::ReturnDue,
        Self::AwardExpires,
        Self::RoundCloses,
        Self::RecoveryOverdue,
        Self::ObligationDue,
        Self::ObligationReturned,
        Self::MemberInvited,
        Self::PayeeAccountProposed,
        Self::PayeeAccountConfirmed,
        Self::PayeeAccountEnded,
    ];
}

impl Letter {
    /// Whether it reminds somebody of what they owe.
    #[must_use]
    pub const fn is_reminder(self) -> bool {
        matches!(
            self,
            Self::AssessmentDue
                | Self::AssessmentLate
                | Self::ReturnDue
                | Self::AwardExpires
                | Self::RoundCloses
                | Self::RecoveryOverdue
                | Self::ObligationDue
        )
    }
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
    let (to, letter) = match event {
        Event::PersonRegistered { person, .. }
        | Event::PersonInvited { person, .. }
        | Event::PersonPasswordLinkRequested { person } => (Recipient::Person(*person), Letter::PasswordLink),
        Event::AssessmentAssigned { assessor, .. } => (Recipient::Person(*assessor), Letter::AssessmentAssigned),
        Event::AssessmentWithdrawn { assessor, .. } => (Recipient::Person(*assessor), Letter::AssessmentWithdrawn),
        Event::DelegationRecorded { to, .. } => (Recipient::Person(*to), Letter::AuthorityDelegated),
        Event::DelegationEnded { to: Some(to), .. } => (Recipient::Person(*to), Letter::DelegationEnded),
        Event::ExtensionGranted { organisation, .. } => (Recipient::Members(*organisation), Letter::RoundExtended),
        Event::PayeeAccountProposed { organisation, .. } => {
            (Recipient::Members(*organisation), Letter::PayeeAccountProposed)
        }
        Event::PayeeAccountConfirmed { organisation, .. } => {
            (Recipient::Members(*organisation), Letter::PayeeAccountConfirmed)
        }
        Event::PayeeAccountEnded { organisation, .. } => (Recipient::Members(*organisation), Letter::PayeeAccountEnded),
        Event::MemberInvited { member, .. } => (Recipient::Invited(*member), Letter::MemberInvited),
        Event::ReminderWritten { application, reminder } => return vec![reminder.notice(*application)],
        // What is on an agenda is told of once, and not for each of its lines.
        Event::SittingConvened { agenda: None, members, .. } => return to_each(members, Letter::SittingConvened),
        Event::AgendaConvened { members, .. } => return to_each(members, Letter::AgendaConvened),
        Event::SittingGivenUp { members, .. } => return to_each(members, Letter::SittingGivenUp),
        _ => match to_applicants(event) {
            Some((application, letter)) => (Recipient::Applicants(application), letter),
            None => return Vec::new(),
        },
    };
    vec![Notice { to, letter }]
}

fn to_each<'a>(people: impl IntoIterator<Item = &'a PersonId>, letter: Letter) -> Vec<Notice> {
    people.into_iter().map(|person| Notice { to: Recipient::Person(*person), letter }).collect()
}

/// What the applicants of a case are told of an event; of most they are told nothing.
const fn to_applicants(event: &Event) -> Option<(ApplicationId, Letter)> {
    Some(match event {
        Event::ApplicationSubmitted { application, .. } => (*application, Letter::ApplicationReceived),
        Event::ApplicationReturned { application, .. } => (*application, Letter::ApplicationReturned),
        Event::ApplicationResubmitted { application, .. } => (*application, Letter::ApplicationResubmitted),
        Event::ApplicationReturnEnded { application, .. } => (*application, Letter::ApplicationReturnEnded),
        Event::ApplicationWithdrawn { application, .. } => (*application, Letter::ApplicationWithdrawn),
        Event::ApplicationFoundIneligible { application, .. } => (*application, Letter::ApplicationIneligible),
        Event::ApplicationReinstated { application, .. } => (*application, Letter::ApplicationReinstated),
        Event::ApplicationRejected { application, .. } | Event::RefusalTold { application, .. } => {
            (*application, Letter::ApplicationRejected)
        }
        Event::ApplicationPutOnReserve { application, .. } => (*application, Letter::ApplicationOnReserve),
        Event::FeedbackReleased { application, .. } => (*application, Letter::FeedbackReleased),
        Event::AwardOffered { application, .. } => (*application, Letter::AwardOffered),
        Event::AwardAccepted { application, .. } => (*application, Letter::AwardAccepted),
        Event::AwardLapsed { application, .. } => (*application, Letter::AwardLapsed),
        Event::ChangeRequested { application, by_agency: true, .. } => (*application, Letter::ChangeOpened),
        Event::ChangeWithdrawn { application, by_agency: true, .. } => (*application, Letter::ChangeWithdrawn),
        Event::ChangeReturned { application, .. } => (*application, Letter::ChangeReturned),
        Event::ChangeGranted { application, .. } | Event::ChangeRefused { application, .. } => {
            (*application, Letter::ChangeDecided)
        }
        Event::ReviewRequested { application, .. } => (*application, Letter::ReviewReceived),
        Event::ReviewDismissed { application, .. } | Event::ReviewSetAside { application, .. } => {
            (*application, Letter::ReviewDecided)
        }
        Event::ClaimQueried { application, .. } => (*application, Letter::ClaimQueried),
        Event::ClaimReturned { application, .. } => (*application, Letter::ClaimReturned),
        Event::ObligationReturned { application, .. } => (*application, Letter::ObligationReturned),
        Event::PaymentReleased { application, .. } => (*application, Letter::PaymentReleased),
        Event::PaymentCameBack { application, .. } => (*application, Letter::PaymentCameBack),
        Event::RecoveryConfirmed { application, .. } => (*application, Letter::RecoveryDemanded),
        _ => return None,
    })
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
    /// Not sent, because what it tells of was over by then. Nothing is amiss.
    Dropped,
}

impl NoticeState {
    /// The code used in the API and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Dropped => "dropped",
        }
    }

    /// The state with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Dead, Self::Dropped].into_iter().find(|state| state.code() == code)
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
