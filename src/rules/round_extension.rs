//! An extension: one applicant may submit to a round until a later instant, for a reason. Granted before the round closes it moves the
//! deadline; granted after, it is a late acceptance.

use crate::application::reason_given;
use crate::change::{Change, Write};
use crate::event::Event;
use crate::ids::{ExtensionId, OrganisationId, PersonId};
use crate::permission::Permit;
use crate::refusal::{Refusal, RoundRefusal};
use crate::round::Seal;
use crate::scheme::SchemeFile;
use chrono::{DateTime, Utc};

/// That one applicant may submit to a round until later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Identity.
    pub id: ExtensionId,
    /// The scheme's code.
    pub scheme: String,
    /// The path of the round or the cut-off.
    pub round: String,
    /// For whom.
    pub organisation: OrganisationId,
    /// The first instant that is out.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// Who granted it.
    pub granted_by: PersonId,
    /// When.
    pub granted_at: DateTime<Utc>,
}

/// What is to be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewExtension {
    /// The id that it will have.
    pub id: ExtensionId,
    /// The path of the round or the cut-off.
    pub round: String,
    /// For whom.
    pub organisation: OrganisationId,
    /// The first instant that is out.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// An officer grants an extension. A seal that stands is prolonged with it: nobody reads the others' applications while one is written.
///
/// # Errors
/// When the text in force has no such round, the instant is not after its close and after now, or reaches into the next one, or the reason
/// is missing or too long.
pub fn grant(
    permit: &Permit,
    file: &SchemeFile,
    new: NewExtension,
    (by, at): (PersonId, DateTime<Utc>),
    sealed_until: Option<DateTime<Utc>>,
) -> Result<(Change, Extension), Refusal> {
    let scheme = file.code.get_ref().clone();
    let intakes = file.intakes();
    let Some(place) = intakes.iter().position(|intake| intake.path == new.round) else {
        let known = intakes.into_iter().map(|intake| intake.path).collect();
        return Err(RoundRefusal::Unknown { code: scheme, known }.into());
    };
    let closes_at = intakes.get(place).map_or(at, |intake| intake.closes_at);
    let next = place.checked_add(1).and_then(|next| intakes.get(next));
    // A batch begins where the one before it ends: there it is the end of the next one that bounds.
    let until_at_most =
        next.map(|next| next.opens_at.filter(|opens_at| *opens_at > closes_at).unwrap_or(next.closes_at));
    if new.until <= closes_at || new.until <= at || until_at_most.is_some_and(|most| new.until > most) {
        return Err(RoundRefusal::ExtensionUntil { after: closes_at.max(at), until_at_most }.into());
    }
    let extension = Extension {
        id: new.id,
        scheme,
        round: new.round,
        organisation: new.organisation,
        until: new.until,
        reason: reason_given(&new.reason)?,
        granted_by: by,
        granted_at: at,
    };
    let event = Event::ExtensionGranted {
        extension: extension.id,
        scheme: extension.scheme.clone(),
        round: extension.round.clone(),
        organisation: extension.organisation,
        until: extension.until,
        reason: extension.reason.clone(),
    };
    let mut writes = vec![Write::NewExtension(extension.clone())];
    if sealed_until.is_some_and(|sealed_until| at < sealed_until && sealed_until < extension.until) {
        let (scheme, round) = (extension.scheme.clone(), extension.round.clone());
        writes.push(Write::Seal(Seal { scheme, round, until: extension.until }));
    }
    Ok((Change::new(permit, event, writes), extension))
}
