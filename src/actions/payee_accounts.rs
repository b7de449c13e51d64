//! Where organisations are paid: proposed by one, confirmed by another, ended by either side; opened where a bank is told to pay.

use super::{Error, case};
use crate::access::{Access, SealError};
use crate::store::{Fault, Reader, Tx, payee_accounts, people};
use rules::actor::Actor;
use rules::event::Subject;
use rules::ids::{OrganisationId, PayeeAccountId};
use rules::payee_account::{Coordinates, PayeeAccount, Sealed, Written, propose as decide};
use rules::permission::Verb;
use rules::refusal::Refusal;
use uuid::Uuid;

/// All that an organisation has or had, oldest first.
///
/// # Errors
/// When the actor may not, or there is no such organisation.
pub async fn list(reader: &mut Reader, actor: &Actor, id: OrganisationId) -> Result<Vec<PayeeAccount>, Error> {
    actor.may_for_organisation(Verb::PayeeAccountRead, Subject::Organisation(id), id)?;
    people::organisation(reader, id).await?.ok_or(Refusal::NotFound)?;
    Ok(payee_accounts::of_organisation(reader, id).await?)
}

/// Somebody who acts for an organisation, or finance, proposes where it is to be paid.
///
/// # Errors
/// When the actor may not, there is no such organisation, another account is under way, or it is paid there already.
pub async fn propose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    access: &Access,
    (organisation, written): (OrganisationId, &Written),
) -> Result<PayeeAccount, Error> {
    let subject = Subject::Organisation(organisation);
    let permit = actor.may_for_organisation(Verb::PayeeAccountPropose, subject, organisation)?;
    let by = case::person(actor, Verb::PayeeAccountPropose)?;
    people::organisation(tx, organisation).await?.ok_or(Refusal::NotFound)?;
    let coordinates = written.read()?;
    let others = payee_accounts::lock(tx, organisation).await?;
    let id = PayeeAccountId(Uuid::now_v7());
    let sealed = seal(access, (organisation, id), &coordinates)?;
    let (change, account) = decide(&permit, (id, organisation), sealed, &others, (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(account)
}

/// Somebody else of finance, who has typed it in again from what they have checked, confirms it.
///
/// # Errors
/// When the actor may not or is on the side of the organisation, there is none, it is another account than was proposed, it is confirmed or
/// over, or they have proposed it.
pub async fn confirm(
    tx: &mut Tx<'_>,
    actor: &Actor,
    access: &Access,
    id: PayeeAccountId,
    (written, check): (&Written, &str),
) -> Result<PayeeAccount, Error> {
    // Whoever may not do it at all learns nothing of what is there.
    actor.may(Verb::PayeeAccountConfirm, Subject::House)?;
    let organisation = payee_accounts::organisation_of(tx, id).await?.ok_or(Refusal::NotFound)?;
    let sides = case::sides(tx, actor).await?;
    let (subject, of) = (Subject::Organisation(organisation), [organisation]);
    let permit = actor.may_to_organisations(Verb::PayeeAccountConfirm, subject, (&of, &sides))?;
    let by = case::person(actor, Verb::PayeeAccountConfirm)?;
    let account = locked(tx, organisation, id).await?;
    let (proposed, typed, hold_days) = (open(access, &account)?, written.read()?, access.account_hold_days);
    let acting = (by, tx.moment.now);
    let (change, account) = account.confirm(&permit, (&proposed, &typed, check), hold_days, acting)?;
    tx.record(&change).await?;
    Ok(account)
}

/// Somebody who acts for the organisation, or finance, ends one, whether it is used or not.
///
/// # Errors
/// When the actor may not, there is none, it is over, or a reason is missing.
pub async fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    access: &Access,
    (id, reason): (PayeeAccountId, &str),
) -> Result<PayeeAccount, Error> {
    let organisation = payee_accounts::organisation_of(tx, id).await?.ok_or(Refusal::NotFound)?;
    let subject = Subject::Organisation(organisation);
    // Whoever may not read it learns nothing of what is there.
    actor.may_for_organisation(Verb::PayeeAccountRead, subject, organisation).or(Err(Refusal::NotFound))?;
    let permit = actor.may_for_organisation(Verb::PayeeAccountEnd, subject, organisation)?;
    let by = case::person(actor, Verb::PayeeAccountEnd)?;
    let account = locked(tx, organisation, id).await?;
    // One that opens no more is stopped all the same.
    let opened = open(access, &account).ok();
    let (change, account) = account.end(&permit, (opened.as_ref(), reason), (by, tx.moment.now))?;
    tx.record(&change).await?;
    Ok(account)
}

/// The operator seals one anew, under the key that seals now.
///
/// # Errors
/// When the actor may not, there is none, or it cannot be opened.
pub async fn reseal(tx: &mut Tx<'_>, actor: &Actor, access: &Access, account: &PayeeAccount) -> Result<(), Error> {
    let at = (account.organisation, account.id);
    let permit = actor.may(Verb::PayeeAccountReseal, Subject::Organisation(at.0))?;
    let account = locked(tx, at.0, at.1).await?;
    let sealed = seal(access, at, &open(access, &account)?)?;
    let (change, _) = account.reseal(&permit, sealed)?;
    Ok(tx.record(&change).await?)
}

/// An account in the clear. Nothing else than what was sealed in this place opens.
///
/// # Errors
/// When its key is missing, or it was changed since it was sealed.
pub fn open(access: &Access, account: &PayeeAccount) -> Result<Coordinates, Error> {
    let sealed = (account.sealed.key.as_str(), account.sealed.text.as_slice());
    let text = access.seal_keys.open(&place((account.organisation, account.id)), sealed).map_err(broken)?;
    // What does not read is not repeated: it would be an account.
    Ok(serde_json::from_slice(&text).or(Err(Fault::Corrupt(format!("payee account {}", account.id))))?)
}

async fn locked(tx: &mut Tx<'_>, organisation: OrganisationId, id: PayeeAccountId) -> Result<PayeeAccount, Error> {
    let accounts = payee_accounts::lock(tx, organisation).await?;
    Ok(accounts.into_iter().find(|account| account.id == id).ok_or(Refusal::NotFound)?)
}

/// For which place an account is sealed: nowhere else does it open.
fn place((organisation, id): (OrganisationId, PayeeAccountId)) -> String {
    format!("payee account {organisation} {id}")
}

fn seal(access: &Access, at: (OrganisationId, PayeeAccountId), coordinates: &Coordinates) -> Result<Sealed, Error> {
    let text = serde_json::to_vec(coordinates).map_err(|error| Fault::Corrupt(error.to_string()))?;
    let (key, text) = access.seal_keys.seal(&place(at), &text).map_err(broken)?;
    let fingerprint = access.account_key.fingerprint(&coordinates.digits());
    Ok(Sealed { kind: coordinates.kind, ending: coordinates.ending(), fingerprint, key, text })
}

fn broken(error: SealError) -> Fault {
    Fault::Corrupt(format!("a payee account: {error}"))
}
