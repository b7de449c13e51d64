//! Reminders: who is told, once, that something of theirs is due soon, and once that it is late. Who owes nothing any more is told nothing.

use crate::actor::{Actor, Role};
use crate::application::{Application, Return, State};
use crate::assessment::{Assessment, AssessmentState};
use crate::award::{Award, AwardState};
use crate::calendar::Day;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, AssessmentId, PersonId, RecoveryId};
use crate::interest::Assessing;
use crate::money::Cents;
use crate::notification::{Letter, Notice, Recipient};
use crate::permission::Permit;
use crate::scheme::Intake;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How many days before the day somebody is reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// An assessor, of an assessment.
    pub assessment_days: u32,
    /// An applicant, of what was asked of them.
    pub return_days: u32,
    /// An applicant, of an offer.
    pub award_days: u32,
    /// An applicant, of a draft whose round closes.
    pub round_days: u32,
}

/// What somebody is reminded of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "reminder", rename_all = "snake_case")]
pub enum Reminder {
    /// An assessment is due soon.
    AssessmentDue {
        /// Which.
        assessment: AssessmentId,
        /// Who owes it.
        assessor: PersonId,
        /// Until when.
        due: Day,
    },
    /// An assessment is late.
    AssessmentLate {
        /// Which.
        assessment: AssessmentId,
        /// Who owes it.
        assessor: PersonId,
        /// Until when it was due.
        due: Day,
    },
    /// What was asked of an applicant is due soon.
    ReturnDue {
        /// Which return.
        number: i32,
        /// Until when.
        answer_by: Day,
    },
    /// An offer expires soon.
    AwardExpires {
        /// Its last day.
        expires_on: Day,
    },
    /// The round closes soon for which a draft can be submitted.
    RoundCloses {
        /// The path of the round.
        round: String,
        /// The first instant that is out.
        #[schemars(with = "String")]
        closes_at: DateTime<Utc>,
    },
    /// What is to be paid back is overdue.
    RecoveryOverdue {
        /// Which demand.
        recovery: RecoveryId,
        /// Its reference.
        reference: String,
        /// The day on which the oldest of what is not met was due.
        due_on: Day,
        /// After how many days this is said.
        after_days: u32,
        /// What is outstanding.
        outstanding: Cents,
    },
    /// What a recipient owes beside the project is due soon, or late.
    Obligation {
        /// The scheme's code for it.
        obligation: String,
        /// Its last day.
        due_on: Day,
        /// Whether that is over.
        late: bool,
    },
}

impl Reminder {
    /// The code used in the database.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AssessmentDue { .. } => "assessment_due",
            Self::AssessmentLate { .. } => "assessment_late",
            Self::ReturnDue { .. } => "return_due",
            Self::AwardExpires { .. } => "award_expires",
            Self::RoundCloses { .. } => "round_closes",
            Self::RecoveryOverdue { .. } => "recovery_overdue",
            Self::Obligation { late: false, .. } => "obligation_due",
            Self::Obligation { late: true, .. } => "obligation_late",
        }
    }

    /// What of the case it is about: of the same thing somebody is reminded once.
    #[must_use]
    pub fn about(&self) -> String {
        match self {
            Self::AssessmentDue { assessment, .. } | Self::AssessmentLate { assessment, .. } => assessment.to_string(),
            Self::ReturnDue { number, .. } => number.to_string(),
            Self::AwardExpires { expires_on } => expires_on.to_string(),
            Self::RoundCloses { round, .. } => round.clone(),
            Self::Obligation { obligation, due_on, .. } => format!("{obligation} {due_on}"),
            Self::RecoveryOverdue { reference, due_on, after_days, .. } => format!("{reference} {due_on} {after_days}"),
        }
    }

    /// Who gets which letter.
    pub(crate) const fn notice(&self, application: ApplicationId) -> Notice {
        match self {
            Self::AssessmentDue { assessor, .. } => {
                Notice { to: Recipient::Person(*assessor), letter: Letter::AssessmentDue }
            }
            Self::AssessmentLate { assessor, .. } => {
                Notice { to: Recipient::Person(*assessor), letter: Letter::AssessmentLate }
            }
            Self::ReturnDue { .. } => Notice { to: Recipient::Applicants(application), letter: Letter::ReturnDue },
            Self::AwardExpires { .. } => {
                Notice { to: Recipient::Applicants(application), letter: Letter::AwardExpires }
            }
            Self::RoundCloses { .. } => Notice { to: Recipient::Applicants(application), letter: Letter::RoundCloses },
            Self::RecoveryOverdue { .. } => {
                Notice { to: Recipient::Applicants(application), letter: Letter::RecoveryOverdue }
            }
            Self::Obligation { .. } => Notice { to: Recipient::Applicants(application), letter: Letter::ObligationDue },
        }
    }

    /// That it is written down, with its notice; from then on it has been given.
    #[must_use]
    pub fn written(self, permit: &Permit, application: ApplicationId) -> Change {
        let event = Event::ReminderWritten { application, reminder: self.clone() };
        Change::new(permit, event, vec![Write::NewReminder { application, reminder: self }])
    }
}

/// Somebody who has been asked to assess, as they stand today.
#[derive(Clone, Copy, Debug)]
pub struct Owing<'a> {
    /// Who; none where the account is closed.
    pub assessor: Option<&'a Actor>,
    /// How they stand to the case by what is on file.
    pub assessing: Assessing,
    /// The day on which they were asked: the letter of that day has said until when.
    pub asked_on: Day,
}

/// Whether an assessment is still owed: by somebody who may give it, on a case that waits for it.
#[must_use]
pub fn owes(application: &Application, assessment: &Assessment, owing: Owing<'_>) -> bool {
    application.state == State::InAssessment
        && AssessmentState::OPEN.contains(&assessment.state)
        && owing.assessor.is_some_and(|assessor| assessor.is(Role::Assessor))
        && owing.assessing != Assessing::No
}

/// What an assessor is to be reminded of on a day: before the due day, or after it.
#[must_use]
pub fn of_assessment(
    (application, assessment): (&Application, &Assessment),
    owing: Owing<'_>,
    (ahead, today): (Ahead, Day),
) -> Option<Reminder> {
    let Assessment { id, assessor, due, .. } = *assessment;
    if !owes(application, assessment, owing) {
        return None;
    }
    if today > due {
        return Some(Reminder::AssessmentLate { assessment: id, assessor, due });
    }
    let soon = today.days_until(due) <= ahead.assessment_days && today > owing.asked_on;
    soon.then_some(Reminder::AssessmentDue { assessment: id, assessor, due })
}

/// What an applicant is to be reminded of an offer on a day: while it stands.
#[must_use]
pub fn of_award(award: &Award, (ahead, today): (Ahead, Day)) -> Option<Reminder> {
    let expires_on =
        award.expires_on.filter(|expires_on| award.state == AwardState::Offered && today <= *expires_on)?;
    (today.days_until(expires_on) <= ahead.award_days).then_some(Reminder::AwardExpires { expires_on })
}

/// What an applicant is to be reminded of a return on a day: that it waits for them.
#[must_use]
pub fn of_return(open: &Return, (ahead, today): (Ahead, Day)) -> Option<Reminder> {
    let waits = open.ended.is_none() && today <= open.answer_by && today != Day::in_hong_kong(open.at);
    let soon = today.days_until(open.answer_by) <= ahead.return_days;
    (waits && soon).then_some(Reminder::ReturnDue { number: open.number, answer_by: open.answer_by })
}

/// Whether a round closes within the days of which applicants are reminded. A cut-off is not the end of anything.
#[must_use]
pub fn closes_soon(intake: &Intake<'_>, (ahead, now): (Ahead, DateTime<Utc>)) -> bool {
    let days = Day::in_hong_kong(now).days_until(Day::in_hong_kong(intake.closes_at));
    intake.path.starts_with("round.") && now < intake.closes_at && days <= ahead.round_days
}

/// What an applicant is to be reminded of a draft at an instant: that its round closes; `closes_at` is when it does for this applicant.
#[must_use]
pub fn of_draft(
    application: &Application,
    (intake, closes_at): (&Intake<'_>, DateTime<Utc>),
    (ahead, now): (Ahead, DateTime<Utc>),
) -> Option<Reminder> {
    let stands = application.state == State::Draft && intake.opens_at.is_some_and(|opens_at| opens_at <= now);
    let soon = closes_soon(&Intake { closes_at, ..intake.clone() }, (ahead, now));
    (stands && soon).then(|| Reminder::RoundCloses { round: intake.path.clone(), closes_at })
}

#[cfg(test)]
mod tests;
