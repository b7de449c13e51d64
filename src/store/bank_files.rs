//! Files for banks: the hash of each that was taken first.

use super::schema::bank_files;
use super::{Fault, Tx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::bank_order::BankFile;
use rules::ids::BatchId;

/// The file of a batch that was taken first, where one was.
///
/// # Errors
/// When the database fails.
pub async fn of_batch(tx: &mut Tx<'_>, batch: BatchId) -> Result<Option<BankFile>, Fault> {
    let query = bank_files::table.find(batch.0).select((bank_files::format, bank_files::sha256));
    let row: Option<(String, String)> = query.first(tx.connection).await.optional()?;
    Ok(row.map(|(format, sha256)| BankFile { batch, format, sha256 }))
}

pub(super) async fn insert(tx: &mut Tx<'_>, file: &BankFile) -> Result<(), Fault> {
    let row = (
        bank_files::batch_id.eq(file.batch.0),
        bank_files::format.eq(&file.format),
        bank_files::sha256.eq(&file.sha256),
        bank_files::taken_at.eq(tx.moment.now),
    );
    diesel::insert_into(bank_files::table).values(row).execute(tx.connection).await?;
    Ok(())
}
