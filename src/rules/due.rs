//! What single people and applicants owe with a day, beside what each step of the agency takes: who, on which case, and how late.

use crate::assessment::AssessmentState;
use crate::calendar::Day;
use crate::ids::{ApplicationId, OrganisationId, PersonId};
use crate::permission::Verb;
use uuid::Uuid;

/// Who owes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwedBy {
    /// One of the assessors.
    Assessor(PersonId),
    /// Whoever acts for the applicant.
    Applicant(OrganisationId),
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Of the assessment, or of the case whose offer is to be answered: with the day, its place in the list.
    pub id: Uuid,
    /// What is to be done.
    pub act: Verb,
    /// On which case.
    pub application: ApplicationId,
    /// The reference that people use.
    pub reference: String,
    /// Who owes it.
    pub by: OwedBy,
    /// What they are called.
    pub name: String,
    /// Until the end of which day.
    pub due_on: Day,
}

impl Due {
    /// By how many days it is late.
    #[must_use]
    pub fn late_days(&self, today: Day) -> u32 {
        self.due_on.days_until(today)
    }

    /// Its place in the list: what is due first comes first.
    #[must_use]
    pub const fn place(&self) -> (Day, Uuid) {
        (self.due_on, self.id)
    }
}

/// What an assessor owes whose assessment is in a state.
#[must_use]
pub const fn owed(state: AssessmentState) -> Option<Verb> {
    match state {
        AssessmentState::Invited => Some(Verb::AssessmentAccept),
        AssessmentState::Accepted => Some(Verb::AssessmentScore),
        AssessmentState::Scored
        | AssessmentState::Declined
        | AssessmentState::Conflicted
        | AssessmentState::Withdrawn => None,
    }
}

/// Several lists in the order of their places as one, cut to so many.
#[must_use]
pub fn merged(lists: impl IntoIterator<Item = Vec<Due>>, limit: usize) -> Vec<Due> {
    let mut all = lists.into_iter().flatten().collect::<Vec<_>>();
    all.sort_by_key(Due::place);
    all.truncate(limit);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::day;

    fn due(number: u128, due_on: &str) -> Due {
        Due {
            id: Uuid::from_u128(number),
            act: Verb::AwardAccept,
            application: ApplicationId(Uuid::from_u128(number)),
            reference: String::new(),
            by: OwedBy::Applicant(OrganisationId(Uuid::from_u128(2))),
            name: String::new(),
            due_on: day(due_on),
        }
    }

    #[test]
    fn days_late_are_counted_from_the_day_after_the_last_one() {
        let due = due(1, "2025-03-10");
        for (today, late) in [("2025-03-09", 0), ("2025-03-10", 0), ("2025-03-11", 1), ("2025-04-09", 30)] {
            assert_eq!(due.late_days(day(today)), late, "{today}");
        }
    }

    #[test]
    fn what_is_due_first_comes_first_whoever_owes_it() {
        let (one, two) =
            (vec![due(3, "2025-03-10"), due(4, "2025-03-12")], vec![due(1, "2025-03-11"), due(2, "2025-03-10")]);
        let order =
            |limit| merged([one.clone(), two.clone()], limit).iter().map(|due| due.id.as_u128()).collect::<Vec<_>>();
        assert_eq!((order(9), order(3)), (vec![2, 3, 1, 4], vec![2, 3, 1]));
    }

    #[test]
    fn whoever_was_asked_owes_an_answer_and_whoever_said_yes_the_marks() {
        let owing = AssessmentState::ALL.map(owed).map(|act| act.map(Verb::code));
        assert_eq!(owing, [Some("assessment.accept"), Some("assessment.score"), None, None, None, None]);
    }
}
