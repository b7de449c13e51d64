//! The history of a case: which of its events are shown to whom.

use crate::event::Event;
use crate::sight::Sight;

impl Event {
    /// It as the history of a case shows it, where it does: to its applicant what they did and what they were told, and not which
    /// assessments it rests on; to staff all but what the applicant has not sent yet.
    #[must_use]
    pub fn as_told(self, sight: Sight) -> Option<Self> {
        if !self.is_told_to(sight) {
            return None;
        }
        Some(match self {
            Self::FeedbackReleased { application, .. } if sight == Sight::Public => {
                Self::FeedbackReleased { application, assessments: Vec::new() }
            }
            // A refusal is the same here whether it was kept back or not; its letter names both days.
            Self::ApplicationRejected { application, reason, letter, .. } if sight == Sight::Public => {
                Self::ApplicationRejected { application, reason, on_behalf_of: None, letter }
            }
            Self::RefusalTold { application, reason, letter, .. } if sight == Sight::Public => {
                Self::ApplicationRejected { application, reason, on_behalf_of: None, letter: Some(letter) }
            }
            Self::ApplicationPutOnReserve { application, until, .. } if sight == Sight::Public => {
                let (amount, part, authority, on_behalf_of, position) = (None, None, None, None, None);
                Self::ApplicationPutOnReserve { application, amount, part, authority, on_behalf_of, position, until }
            }
            Self::ChangeGranted { application, number, before, after, letter, decision } if sight == Sight::Public => {
                Self::ChangeGranted { application, number, before, after, letter, decision: decision.told() }
            }
            Self::ChangeRefused { application, number, decision } if sight == Sight::Public => {
                Self::ChangeRefused { application, number, decision: decision.told() }
            }
            Self::ReviewDismissed { application, number, decision, next_by } if sight == Sight::Public => {
                Self::ReviewDismissed { application, number, decision: decision.told(), next_by }
            }
            Self::ReviewSetAside { application, number, decision } if sight == Sight::Public => {
                Self::ReviewSetAside { application, number, decision: decision.told() }
            }
            // What its organisation owes on another case is no business of others who see this one.
            Self::PaymentReleased { application, claim, batch, amount, .. } if sight == Sight::Public => {
                Self::PaymentReleased { application, claim, batch, amount, set_off: None }
            }
            Self::RecoveryWrittenOff { application, recovery, write_off, entry, amount, interest_charged, .. }
                if sight == Sight::Public =>
            {
                Self::RecoveryWrittenOff {
                    application,
                    recovery,
                    write_off,
                    entry,
                    amount,
                    interest_charged,
                    under: None,
                }
            }
            other => other,
        })
    }

    const fn is_told_to(&self, sight: Sight) -> bool {
        match self {
            Self::ApplicationEdited { .. } | Self::AttachmentAdded { .. } | Self::AttachmentRemoved { .. } => {
                matches!(sight, Sight::Public)
            }
            Self::ApplicationCreated { .. }
            | Self::ApplicationSubmitted { .. }
            | Self::MemberInvited { .. }
            | Self::MemberAccepted { .. }
            | Self::MemberDeclined { .. }
            | Self::MemberRoleChanged { .. }
            | Self::MemberWithdrawn { .. }
            | Self::MemberEnded { .. }
            | Self::MemberLeft { .. }
            | Self::ApplicationReturned { .. }
            | Self::ApplicationResubmitted { .. }
            | Self::ApplicationReturnEnded { .. }
            | Self::ApplicationWithdrawn { .. }
            | Self::ApplicationFoundIneligible { .. }
            | Self::ApplicationReinstated { .. }
            | Self::ApplicationRejected { .. }
            | Self::RefusalTold { .. }
            | Self::ApplicationPutOnReserve { .. }
            | Self::FeedbackReleased { .. }
            | Self::AwardOffered { .. }
            | Self::AwardAccepted { .. }
            | Self::AwardDeclined { .. }
            | Self::AwardLapsed { .. }
            | Self::ChangeRequested { .. }
            | Self::ChangeWithdrawn { .. }
            | Self::ChangeReturned { .. }
            | Self::ChangeAnswered { .. }
            | Self::ChangeGranted { .. }
            | Self::ChangeRefused { .. }
            | Self::ReviewRequested { .. }
            | Self::ReviewWithdrawn { .. }
            | Self::ReviewDismissed { .. }
            | Self::ReviewSetAside { .. }
            | Self::ClaimSubmitted { .. }
            | Self::ClaimQueried { .. }
            | Self::ClaimAnswered { .. }
            | Self::ClaimReturned { .. }
            | Self::PaymentReleased { .. }
            | Self::PaymentCameBack { .. }
            | Self::ApplicationReopened { .. }
            | Self::RecoveryConfirmed { .. }
            | Self::RecoveryInterestCharged { .. }
            | Self::RecoveryReceived { .. }
            | Self::RecoverySetOff { .. }
            | Self::RecoveryEntryReversed { .. }
            | Self::RecoveryWrittenOff { .. }
            | Self::RecoveryArranged { .. }
            | Self::ApplicationCompleted { .. } => true,
            _ => matches!(sight, Sight::Staff),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ApplicationId;
    use crate::money::Cents;
    use crate::notification::{Recipient, notices};
    use uuid::Uuid;

    #[test]
    fn an_applicant_reads_what_they_were_told_and_nothing_of_a_decision_before_it_is_told() {
        let application = ApplicationId(Uuid::nil());
        let (reason, amount) = ("no".to_owned(), Cents::new(1));
        for (event, told) in [
            (Event::ApplicationScreened { application }, false),
            (Event::ApplicationRecommended { application, amount, mean: 1 }, false),
            (
                Event::ApplicationRejected { application, reason: reason.clone(), on_behalf_of: None, letter: None },
                true,
            ),
            (
                Event::ApplicationRefused {
                    application,
                    reason: reason.clone(),
                    embargo_until: crate::sample::day("2025-04-01"),
                    on_behalf_of: None,
                },
                false,
            ),
            (Event::RefusalTakenBack { application, reason: reason.clone() }, false),
            (Event::AwardDeclined { application, amount, reason }, true),
        ] {
            assert_eq!(event.is_told_to(Sight::Public), told, "{event:?}");
            assert!(event.is_told_to(Sight::Staff), "{event:?}");
            let mailed = notices(&event).iter().any(|notice| notice.to == Recipient::Applicants(application));
            assert!(told || !mailed, "what is mailed to the applicant is no secret: {event:?}");
        }
    }

    #[test]
    fn an_applicant_reads_of_a_refusal_the_same_whether_it_was_kept_back_or_not() {
        let (application, reason) = (ApplicationId(Uuid::nil()), "no".to_owned());
        let letter = "f".repeat(64);
        let at_once = Event::ApplicationRejected {
            application,
            reason: reason.clone(),
            on_behalf_of: Some(crate::sample::person(7)),
            letter: Some(letter.clone()),
        };
        let decided_on = crate::sample::day("2025-03-05");
        let told = Event::RefusalTold { application, decided_on, reason: reason.clone(), letter: letter.clone() };
        let read = Event::ApplicationRejected { application, reason, on_behalf_of: None, letter: Some(letter) };
        for event in [at_once, told] {
            assert_eq!(event.clone().as_told(Sight::Staff), Some(event.clone()));
            assert_eq!(event.as_told(Sight::Public), Some(read.clone()));
        }
    }

    #[test]
    fn an_applicant_is_told_of_the_reserve_list_and_neither_of_what_was_approved_nor_of_the_place() {
        let (application, until) = (ApplicationId(Uuid::nil()), crate::sample::day("2025-12-31"));
        let text = |code: &str| Some(code.to_owned());
        let put = Event::ApplicationPutOnReserve {
            application,
            amount: Some(Cents::new(7_777)),
            part: text("approval"),
            authority: text("commissioner"),
            on_behalf_of: Some(crate::sample::person(7)),
            position: Some(7),
            until,
        };
        assert_eq!(put.clone().as_told(Sight::Staff), Some(put.clone()));
        let told = serde_json::to_value(put.as_told(Sight::Public)).unwrap();
        let mut names = told.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
        names.sort_unstable();
        assert_eq!(names, ["application", "event", "until"]);
    }
}
