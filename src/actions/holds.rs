//! Holds on payments: placed by one person, lifted by another, and read by those who weigh cases or pay.

use super::schemes::must_be_known;
use super::{Error, case};
use crate::store::holds::Listing;
use crate::store::{Connected, Reader, Tx, applications, debarments, holds};
use rules::actor::Actor;
use rules::debarment::Against;
use rules::event::Subject;
use rules::hold::{HeldOn, Hold, NewHold, place as decide};
use rules::ids::{ApplicationId, HoldId, OrganisationId};
use rules::permission::{Permit, Verb};
use rules::refusal::Refusal;

/// What a list of holds is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    /// Those that cover this case.
    pub application: Option<ApplicationId>,
    /// Those on this organisation.
    pub organisation: Option<OrganisationId>,
    /// Those on this scheme.
    pub scheme: Option<String>,
    /// Those that stand, or those that are lifted.
    pub standing: Option<bool>,
}

/// A page of holds, newest first. Nobody sees with the eyes of the staff what is held of their own organisations and cases.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    narrowed: Narrowed,
    after: Option<HoldId>,
    limit: i64,
) -> Result<Vec<Hold>, Error> {
    actor.may(Verb::HoldRead, Subject::House)?;
    let (sides, tied) = (case::sides(reader, actor).await?, case::tied(actor));
    let Narrowed { application, organisation, scheme, standing } = narrowed;
    let listing = Listing { sides: &sides, tied: &tied, application, organisation, scheme, standing };
    Ok(holds::page(reader, &listing, after, limit).await?)
}

/// Somebody places a hold: from now on nothing that it covers is prepared or released.
///
/// # Errors
/// When the actor may not or is on the side of what is held, it is not there, or the words or the day are not in order.
pub async fn place(tx: &mut Tx<'_>, actor: &Actor, new: NewHold) -> Result<Hold, Error> {
    let permit = permit(tx, actor, (Verb::HoldPlace, new.id), &new.on).await?;
    let by = case::person(actor, Verb::HoldPlace)?;
    // A case is locked before the key, as whoever pays does.
    if let HeldOn::Case(id) = &new.on {
        case::lock(tx, actor, Verb::HoldPlace, *id).await?;
    }
    // Of a hold and a release at the same moment, one comes first: the one that comes second sees the other.
    holds::keep_payers_off(tx).await?;
    let (change, hold) = decide(&permit, new, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(hold)
}

/// Another person lifts it.
///
/// # Errors
/// When the actor may not, is on the side of what is held or has placed it, there is none, it is lifted, or a reason is missing.
pub async fn lift(tx: &mut Tx<'_>, actor: &Actor, id: HoldId, reason: &str) -> Result<Hold, Error> {
    // Whoever may not do it at all learns nothing of what is there.
    actor.may(Verb::HoldLift, Subject::Hold(id))?;
    let hold = holds::lock(tx, id).await?.ok_or(Refusal::NotFound)?;
    let permit = permit(tx, actor, (Verb::HoldLift, id), &hold.on).await?;
    let by = case::person(actor, Verb::HoldLift)?;
    let (change, hold) = hold.lift(&permit, (by, tx.moment.now), reason)?;
    tx.record(&change).await?;
    Ok(hold)
}

/// The permit of somebody who is not on the side of what is held, which is there.
async fn permit(tx: &mut Tx<'_>, actor: &Actor, (verb, id): (Verb, HoldId), on: &HeldOn) -> Result<Permit, Error> {
    let subject = Subject::Hold(id);
    let permit = actor.may(verb, subject)?;
    match on {
        HeldOn::Case(id) => {
            let now = tx.moment.now;
            case::seen(tx, actor, verb, (*id, now)).await?;
        }
        HeldOn::Organisation(id) => {
            let organisation = Against::Organisation(*id);
            let organisations = debarments::organisations_of(tx, organisation).await?.ok_or(Refusal::NotFound)?;
            let sides = case::sides(tx, actor).await?;
            actor.may_to_organisations(verb, subject, (&organisations, &sides))?;
        }
        HeldOn::Scheme(code) => must_be_known(tx, code).await?,
    }
    Ok(permit)
}

/// What the hold is on, as the list of work names it: the reference of the case, the name of the organisation, the code of the scheme.
pub(super) async fn named(reader: &mut impl Connected, on: &HeldOn) -> Result<String, Error> {
    Ok(match on {
        HeldOn::Case(id) => applications::find(reader, *id).await?.map(|case| case.reference).unwrap_or_default(),
        HeldOn::Organisation(id) => {
            let organisation = crate::store::people::organisation(reader, *id).await?;
            organisation.map(|organisation| organisation.name).unwrap_or_default()
        }
        HeldOn::Scheme(code) => code.clone(),
    })
}
