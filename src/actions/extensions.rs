//! Extensions of rounds: an officer grants one to an applicant, and whoever it concerns reads it.

use super::schemes::Schemes;
use super::{Error, case};
use crate::store::{Reader, Tx, extensions, people, seals};
use rules::actor::Actor;
use rules::event::Subject;
use rules::ids::ExtensionId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use rules::round_extension::{Extension, NewExtension, grant as decide};

/// A page of extensions, newest first: all for whoever weighs cases, an applicant's own for the applicant.
///
/// # Errors
/// When the actor may not, or the database fails.
pub async fn list(
    reader: &mut Reader,
    actor: &Actor,
    after: Option<ExtensionId>,
    limit: i64,
) -> Result<Vec<Extension>, Error> {
    actor.may(Verb::ExtensionRead, Subject::House)?;
    Ok(extensions::page(reader, actor.reads_extensions_of(), after, limit).await?)
}

/// An officer lets an organisation submit to a round until a later instant, before the round closes or after.
///
/// # Errors
/// When the actor may not or is on the side of the organisation, there is no such organisation or scheme, or the rules refuse it.
pub async fn grant(
    tx: &mut Tx<'_>,
    actor: &Actor,
    schemes: &Schemes,
    code: &str,
    new: NewExtension,
) -> Result<Extension, Error> {
    let subject = Subject::Extension(new.id);
    let sides = case::sides(tx, actor).await?;
    let permit = actor.may_to_organisations(Verb::ExtensionGrant, subject, (&[new.organisation], &sides))?;
    let by = case::person(actor, Verb::ExtensionGrant)?;
    let in_force = schemes.in_force(tx, code, tx.moment.today()).await?;
    people::organisation(tx, new.organisation).await?.ok_or(Refusal::NotFound)?;
    let sealed_until = seals::of_scheme(tx, code).await?.remove(&new.round);
    let (change, extension) = decide(&permit, &in_force.scheme.file, new, (by, tx.moment.now), sealed_until)?;
    tx.record(&change).await?;
    Ok(extension)
}
