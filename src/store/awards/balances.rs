//! The balances that keep the ceilings: of the scheme, of a round, and of an applicant.

use crate::store::schema::{applicant_balances, envelopes, round_balances};
use crate::store::{Fault, Tx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::OrganisationId;
use rules::ledger::{Balance, Balances};
use rules::money::Cents;

/// Locks the scheme's envelope, then what there is of it for a round, then the applicant's part: the first locks of every commitment
/// and reservation, always in this order. Rows that are not there yet are made.
///
/// # Errors
/// When the database fails.
pub async fn lock_balances(
    tx: &mut Tx<'_>,
    scheme: &str,
    round: Option<&str>,
    organisation: OrganisationId,
) -> Result<Balances, Fault> {
    let envelope = match lock_envelope(tx, scheme).await? {
        Some(balance) => balance,
        None => {
            let new = (envelopes::scheme_code.eq(scheme), envelopes::committed_cents.eq(0));
            diesel::insert_into(envelopes::table).values(new).on_conflict_do_nothing().execute(tx.connection).await?;
            lock_envelope(tx, scheme).await?.ok_or_else(|| missing("envelopes"))?
        }
    };
    let round = match round {
        Some(round) => lock_round_or_make_it(tx, scheme, round).await?,
        None => Balance::default(),
    };
    let applicant = match lock_applicant(tx, scheme, organisation).await? {
        Some(balance) => balance,
        None => {
            let new = (
                applicant_balances::scheme_code.eq(scheme),
                applicant_balances::organisation_id.eq(organisation.0),
                applicant_balances::committed_cents.eq(0),
            );
            let insert = diesel::insert_into(applicant_balances::table).values(new).on_conflict_do_nothing();
            insert.execute(tx.connection).await?;
            lock_applicant(tx, scheme, organisation).await?.ok_or_else(|| missing("applicant_balances"))?
        }
    };
    Ok(Balances { envelope, round, applicant })
}

async fn lock_envelope(tx: &mut Tx<'_>, scheme: &str) -> Result<Option<Balance>, Fault> {
    let row = envelopes::table
        .find(scheme)
        .select((envelopes::limit_cents, envelopes::committed_cents, envelopes::reserved_cents))
        .for_update();
    Ok(row.first(tx.connection).await.optional()?.map(balance))
}

async fn lock_round_or_make_it(tx: &mut Tx<'_>, scheme: &str, round: &str) -> Result<Balance, Fault> {
    if let Some(balance) = lock_round(tx, scheme, round).await? {
        return Ok(balance);
    }
    let new = (
        round_balances::scheme_code.eq(scheme),
        round_balances::round.eq(round),
        round_balances::committed_cents.eq(0),
    );
    let insert = diesel::insert_into(round_balances::table).values(new).on_conflict_do_nothing();
    insert.execute(tx.connection).await?;
    lock_round(tx, scheme, round).await?.ok_or_else(|| missing("round_balances"))
}

async fn lock_round(tx: &mut Tx<'_>, scheme: &str, round: &str) -> Result<Option<Balance>, Fault> {
    let row = round_balances::table
        .find((scheme, round))
        .select((round_balances::limit_cents, round_balances::committed_cents, round_balances::reserved_cents))
        .for_update();
    Ok(row.first(tx.connection).await.optional()?.map(balance))
}

async fn lock_applicant(tx: &mut Tx<'_>, scheme: &str, organisation: OrganisationId) -> Result<Option<Balance>, Fault> {
    let row = applicant_balances::table
        .find((scheme, organisation.0))
        .select((
            applicant_balances::limit_cents,
            applicant_balances::committed_cents,
            applicant_balances::reserved_cents,
        ))
        .for_update();
    Ok(row.first(tx.connection).await.optional()?.map(balance))
}

fn missing(table: &str) -> Fault {
    Fault::Corrupt(format!("a row of {table} that was just made"))
}

fn balance((limit, committed, reserved): (Option<i64>, i64, i64)) -> Balance {
    Balance { limit: limit.map(Cents::new), committed: Cents::new(committed), reserved: Cents::new(reserved) }
}

pub(in crate::store) async fn set_balances(
    tx: &mut Tx<'_>,
    (scheme, round, organisation): (&str, Option<&str>, OrganisationId),
    balances: &Balances,
) -> Result<(), Fault> {
    let envelope = (
        envelopes::limit_cents.eq(balances.envelope.limit.map(Cents::get)),
        envelopes::committed_cents.eq(balances.envelope.committed.get()),
        envelopes::reserved_cents.eq(balances.envelope.reserved.get()),
    );
    diesel::update(envelopes::table.find(scheme)).set(envelope).execute(tx.connection).await?;
    if let Some(round) = round {
        let set = (
            round_balances::limit_cents.eq(balances.round.limit.map(Cents::get)),
            round_balances::committed_cents.eq(balances.round.committed.get()),
            round_balances::reserved_cents.eq(balances.round.reserved.get()),
        );
        diesel::update(round_balances::table.find((scheme, round))).set(set).execute(tx.connection).await?;
    }
    let applicant = (
        applicant_balances::limit_cents.eq(balances.applicant.limit.map(Cents::get)),
        applicant_balances::committed_cents.eq(balances.applicant.committed.get()),
        applicant_balances::reserved_cents.eq(balances.applicant.reserved.get()),
    );
    diesel::update(applicant_balances::table.find((scheme, organisation.0)))
        .set(applicant)
        .execute(tx.connection)
        .await?;
    Ok(())
}
