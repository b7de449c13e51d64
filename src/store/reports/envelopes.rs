//! The money of each scheme: the limit from its envelope, all else from the ledger.

use super::SNAPSHOT;
use crate::store::schema::{applications, awards, envelopes, ledger_entries};
use crate::store::{Connected, Fault, Reader};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use rules::award::AwardState;
use rules::ledger::Account;
use rules::money::Cents;
use rules::report::Envelope;
use std::collections::BTreeMap;

diesel::allow_columns_to_appear_in_same_group_by_clause!(applications::scheme_code, ledger_entries::account);

/// The money of each scheme, or of one: the limit from its envelope, all else from the ledger.
///
/// # Errors
/// When the database fails, or an envelope and the ledger do not agree.
pub async fn envelopes(reader: &mut Reader, scheme: Option<&str>) -> Result<Vec<Envelope>, Fault> {
    let connection = reader.connection();
    AnsiTransactionManager::begin_transaction_sql(connection, SNAPSHOT).await?;
    let envelopes = read_envelopes(connection, scheme).await;
    AnsiTransactionManager::rollback_transaction(connection).await?;
    envelopes
}

async fn read_envelopes(connection: &mut AsyncPgConnection, scheme: Option<&str>) -> Result<Vec<Envelope>, Fault> {
    let given: Vec<(String, Option<i64>, i64)> = envelopes::table
        .order(envelopes::scheme_code)
        .select((envelopes::scheme_code, envelopes::limit_cents, envelopes::committed_cents))
        .load(connection)
        .await?;
    let posted: Vec<(String, String, i64)> = ledger_entries::table
        .inner_join(applications::table.on(applications::id.eq(ledger_entries::application_id)))
        .group_by((applications::scheme_code, ledger_entries::account))
        .select((
            applications::scheme_code,
            ledger_entries::account,
            sql::<BigInt>("sum(ledger_entries.amount_cents)::bigint"),
        ))
        .load(connection)
        .await?;
    let standing: Vec<(String, i64)> = awards::table
        .filter(awards::state.ne(AwardState::Released.code()))
        .group_by(awards::scheme_code)
        .select((awards::scheme_code, count_star()))
        .load(connection)
        .await?;
    let posted: BTreeMap<_, _> = posted.into_iter().map(|(scheme, account, sum)| ((scheme, account), sum)).collect();
    let standing: BTreeMap<_, _> = standing.into_iter().collect();
    if let Some((scheme, _)) = posted.keys().find(|(scheme, _)| !given.iter().any(|(code, ..)| code == scheme)) {
        return Err(Fault::Corrupt(format!("the ledger has entries of {scheme}, which has no envelope")));
    }
    let mut envelopes = Vec::new();
    for (code, limit, given) in given {
        let sum = |account: Account| posted.get(&(code.clone(), account.code().to_owned())).copied().unwrap_or(0);
        let (committed, paid, envelope) = (sum(Account::Commitment), sum(Account::Paid), sum(Account::Envelope));
        if committed.checked_add(paid) != Some(given) || envelope.checked_add(given) != Some(0) {
            return Err(Fault::Corrupt(format!(
                "the envelope of {code} has given {given} cents, and the ledger says {committed} promised, {paid} paid, {envelope} left"
            )));
        }
        envelopes.push(Envelope {
            limit: limit.map(Cents::new),
            committed: Cents::new(committed),
            paid: Cents::new(paid),
            awards: standing.get(&code).and_then(|awards| u64::try_from(*awards).ok()).unwrap_or(0),
            scheme: code,
        });
    }
    envelopes.retain(|envelope| scheme.is_none_or(|scheme| envelope.scheme == scheme));
    Ok(envelopes)
}
