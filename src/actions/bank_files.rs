//! Files for banks: what a released batch tells a bank, with its accounts opened for no longer than the file is made.

use super::{Error, batches, case, payee_accounts};
use crate::access::Access;
use crate::store::{Tx, bank_files, claims, payee_accounts as accounts};
use rules::actor::Actor;
use rules::bank_order::{BankFile, BankOrder, Payer, order, take as decide};
use rules::event::Subject;
use rules::hexadecimal;
use rules::ids::BatchId;
use rules::permission::Verb;
use rules::refusal::Refusal;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A file, as it is handed out.
pub struct Taken {
    /// The reference of the batch.
    pub reference: String,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// Itself.
    pub bytes: Vec<u8>,
}

/// Somebody of finance takes the file of a released batch in a format, which `write` makes of its order.
///
/// # Errors
/// When the actor may not, or is on the side of a payee; the batch was not released; an account cannot be opened; or it would be another file
/// than was taken before.
pub async fn take<E: From<Error>>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (access, payer): (&Access, &Payer),
    (id, format): (BatchId, &str),
    write: impl FnOnce(&BankOrder) -> Result<Vec<u8>, E>,
) -> Result<Taken, E> {
    let (permit, order) = opened(tx, actor, (access, payer), id).await?;
    let bytes = write(&order)?;
    let sha256 = hexadecimal(&Sha256::digest(&bytes));
    let kept = bank_files::of_batch(tx, id).await.map_err(Error::from)?;
    let file = BankFile { batch: id, format: format.to_owned(), sha256: sha256.clone() };
    let change = decide(&permit, file, kept.as_ref()).map_err(Error::from)?;
    tx.record(&change).await.map_err(Error::from)?;
    Ok(Taken { reference: order.reference, sha256, bytes })
}

/// The order of a batch, locked so that two who take its first file at once take the same one.
async fn opened(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (access, payer): (&Access, &Payer),
    id: BatchId,
) -> Result<(rules::permission::Permit, BankOrder), Error> {
    let permit = actor.may(Verb::BankFileTake, Subject::Batch(id))?;
    let seen = claims::find_batch(tx, id).await?.ok_or(Refusal::NotFound)?;
    let mut references = BTreeMap::new();
    for case in batches::cases_of(&seen) {
        let (application, _) = case::lock(tx, actor, Verb::BankFileTake, case).await?;
        references.insert(case, application.reference);
    }
    let batch = claims::lock_batch(tx, id).await?.ok_or(Refusal::NotFound)?;
    let ids = batch.payments.iter().filter_map(|payment| payment.account).collect::<BTreeSet<_>>();
    let mut coordinates = BTreeMap::new();
    for account in accounts::of(tx, &ids).await? {
        coordinates.insert(account.id, payee_accounts::open(access, &account)?);
    }
    let instalments = claims::instalments_of(tx, id).await?;
    let remittances = batch.payments.iter().map(|payment| {
        let reference = references.get(&payment.application).map(String::as_str).unwrap_or_default();
        let instalment = instalments.get(&payment.claim).map(String::as_str).unwrap_or_default();
        format!("{reference} {instalment}")
    });
    let order = order(&batch, payer, &coordinates, &remittances.collect::<Vec<_>>())?;
    Ok((permit, order))
}
