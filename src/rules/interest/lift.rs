//! Overrides: somebody assesses in spite of what is on file. One officer proposes it with a reason, another one confirms it.

use super::{Conflict, Ground};
use crate::application::{Application, State, reason_given};
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ApplicationId, OverrideId, PersonId};
use crate::permission::Permit;
use crate::refusal::{AssessorRefusal, Refusal};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// That somebody assesses a case in spite of what was on file when it was proposed. What comes to be known later stands in the way anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Identity.
    pub id: OverrideId,
    /// Of which case.
    pub application: ApplicationId,
    /// Who is to assess it all the same.
    pub assessor: PersonId,
    /// Which grounds it is about.
    pub grounds: BTreeSet<Ground>,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who confirmed it, and when; until then it overrides nothing.
    pub confirmed: Option<(PersonId, DateTime<Utc>)>,
}

/// An officer proposes that somebody assesses a case in spite of what is on file.
///
/// # Errors
/// When the case is not in assessment, it is about the officer, nothing is in the way, something that is cannot be overridden, one is
/// proposed already, or no reason is given.
pub fn propose(
    permit: &Permit,
    application: &Application,
    (id, assessor): (OverrideId, PersonId),
    (by, at): (PersonId, DateTime<Utc>),
    reason: &str,
    (conflicts, existing): (&[Conflict], &[Override]),
) -> Result<(Change, Override), Refusal> {
    application.must_be(&[State::InAssessment])?;
    if by == assessor {
        return Err(AssessorRefusal::OverrideOfOneself.into());
    }
    let in_the_way = conflicts.iter().filter(|conflict| !conflict.overridden).collect::<Vec<_>>();
    if in_the_way.is_empty() {
        return Err(AssessorRefusal::NothingToOverride.into());
    }
    if let Some(never) = in_the_way.iter().find(|conflict| !conflict.ground.can_be_overridden()) {
        return Err(AssessorRefusal::NeverOverridden { because: never.because.en.clone() }.into());
    }
    if existing.iter().any(|other| other.assessor == assessor && other.confirmed.is_none()) {
        return Err(AssessorRefusal::OverrideProposed.into());
    }
    let grounds = in_the_way.iter().map(|conflict| conflict.ground).collect::<BTreeSet<_>>();
    let proposed = Override {
        id,
        application: application.id,
        assessor,
        grounds,
        reason: reason_given(reason)?,
        proposed_by: by,
        proposed_at: at,
        confirmed: None,
    };
    let event = Event::ConflictOverrideProposed {
        application: application.id,
        conflict_override: id,
        assessor,
        grounds: proposed.grounds.clone(),
        reason: proposed.reason.clone(),
    };
    Ok((Change::new(permit, event, vec![Write::NewOverride(proposed.clone())]), proposed))
}

/// Another officer confirms it.
///
/// # Errors
/// When it is confirmed already, or the officer has proposed it or is the one to assess.
pub fn confirm(
    mut proposed: Override,
    permit: &Permit,
    application: &Application,
    (by, at): (PersonId, DateTime<Utc>),
) -> Result<(Change, Override), Refusal> {
    if proposed.confirmed.is_some() {
        return Err(AssessorRefusal::OverrideConfirmed.into());
    }
    application.must_be(&[State::InAssessment])?;
    if by == proposed.assessor {
        return Err(AssessorRefusal::OverrideOfOneself.into());
    }
    if by == proposed.proposed_by {
        return Err(AssessorRefusal::OverrideOwn.into());
    }
    proposed.confirmed = Some((by, at));
    let (application, conflict_override, assessor) = (proposed.application, proposed.id, proposed.assessor);
    let event = Event::ConflictOverrideConfirmed { application, conflict_override, assessor };
    Ok((Change::new(permit, event, vec![Write::Override(proposed.clone())]), proposed))
}
