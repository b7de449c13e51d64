//! Where organisations are paid: proposed, confirmed and ended by two, and read while nobody changes it.

use super::schema::{organisations, payee_accounts};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{OrganisationId, PayeeAccountId, PersonId};
use rules::payee_account::{Confirmed, Ended, PayeeAccount, PayeeAccountKind, Sealed};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = payee_accounts, treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    kind: String,
    ending: String,
    fingerprint: String,
    seal_key: String,
    sealed: Vec<u8>,
    proposed_by: Uuid,
    proposed_at: DateTime<Utc>,
    confirmed_by: Option<Uuid>,
    confirmed_at: Option<DateTime<Utc>>,
    checked: Option<String>,
    usable_from: Option<NaiveDate>,
    ended_by: Option<Uuid>,
    ended_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
}

impl TryFrom<Row> for PayeeAccount {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let kind = PayeeAccountKind::from_code(&row.kind);
        let kind = kind.ok_or_else(|| Fault::Corrupt(format!("payee account {}: {}", row.id, row.kind)))?;
        let confirmed = row.confirmed_by.zip(row.confirmed_at).zip(row.checked.zip(row.usable_from));
        let ended = row.ended_by.zip(row.ended_at).zip(row.end_reason);
        Ok(Self {
            id: PayeeAccountId(row.id),
            organisation: OrganisationId(row.organisation_id),
            sealed: Sealed {
                kind,
                ending: row.ending,
                fingerprint: row.fingerprint,
                key: row.seal_key,
                text: row.sealed,
            },
            proposed_by: PersonId(row.proposed_by),
            proposed_at: row.proposed_at,
            confirmed: confirmed.map(|((by, at), (check, usable_from))| Confirmed {
                by: PersonId(by),
                at,
                check,
                usable_from: Day::from(usable_from),
            }),
            ended: ended.map(|((by, at), reason)| Ended { by: PersonId(by), at, reason }),
        })
    }
}

impl From<&PayeeAccount> for Row {
    fn from(account: &PayeeAccount) -> Self {
        let (confirmed, ended, sealed) = (account.confirmed.as_ref(), account.ended.as_ref(), &account.sealed);
        Self {
            id: account.id.0,
            organisation_id: account.organisation.0,
            kind: sealed.kind.code().to_owned(),
            ending: sealed.ending.clone(),
            fingerprint: sealed.fingerprint.clone(),
            seal_key: sealed.key.clone(),
            sealed: sealed.text.clone(),
            proposed_by: account.proposed_by.0,
            proposed_at: account.proposed_at,
            confirmed_by: confirmed.map(|confirmed| confirmed.by.0),
            confirmed_at: confirmed.map(|confirmed| confirmed.at),
            checked: confirmed.map(|confirmed| confirmed.check.clone()),
            usable_from: confirmed.map(|confirmed| confirmed.usable_from.date()),
            ended_by: ended.map(|ended| ended.by.0),
            ended_at: ended.map(|ended| ended.at),
            end_reason: ended.map(|ended| ended.reason.clone()),
        }
    }
}

/// Whose a payee account is.
///
/// # Errors
/// When the database fails.
pub async fn organisation_of(reader: &mut impl Connected, id: PayeeAccountId) -> Result<Option<OrganisationId>, Fault> {
    let query = payee_accounts::table.find(id.0).select(payee_accounts::organisation_id);
    let organisation: Option<Uuid> = query.first(reader.connection()).await.optional()?;
    Ok(organisation.map(OrganisationId))
}

/// All that an organisation has, or had, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_organisation(
    reader: &mut impl Connected,
    organisation: OrganisationId,
) -> Result<Vec<PayeeAccount>, Fault> {
    let query = payee_accounts::table.filter(payee_accounts::organisation_id.eq(organisation.0));
    let query = query.order(payee_accounts::id).select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(PayeeAccount::try_from).collect()
}

/// These of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of(reader: &mut impl Connected, ids: &BTreeSet<PayeeAccountId>) -> Result<Vec<PayeeAccount>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = payee_accounts::table.filter(payee_accounts::id.eq_any(ids)).order(payee_accounts::id);
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    rows.into_iter().map(PayeeAccount::try_from).collect()
}

/// Those of all who are paid on these cases, by organisation; nobody changes them until this transaction ends. Lock the cases first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn hold_payees(
    tx: &mut Tx<'_>,
    organisations: &BTreeSet<OrganisationId>,
) -> Result<BTreeMap<OrganisationId, Vec<PayeeAccount>>, Fault> {
    let ids = organisations.iter().map(|id| id.0).collect::<Vec<_>>();
    // In the order of their ids: behind one who waits to change them, those who read together would stand in each other's way.
    let held = "SELECT pg_advisory_xact_lock_shared(payee_account_key(p.id))
                  FROM (SELECT unnest($1) AS id ORDER BY id) p";
    diesel::sql_query(held).bind::<Array<SqlUuid>, _>(&ids).execute(tx.connection).await?;
    let query = payee_accounts::table.filter(payee_accounts::organisation_id.eq_any(ids)).order(payee_accounts::id);
    let rows: Vec<Row> = query.select(Row::as_select()).load(tx.connection).await?;
    let mut found = BTreeMap::<OrganisationId, Vec<PayeeAccount>>::new();
    for row in rows {
        let account = PayeeAccount::try_from(row)?;
        found.entry(account.organisation).or_default().push(account);
    }
    Ok(found)
}

/// All that an organisation has, or had, and nobody changes them or pays to one until this transaction ends.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn lock(tx: &mut Tx<'_>, organisation: OrganisationId) -> Result<Vec<PayeeAccount>, Fault> {
    let key = diesel::sql_query("SELECT pg_advisory_xact_lock(payee_account_key($1))");
    key.bind::<SqlUuid, _>(organisation.0).execute(tx.connection).await?;
    of_organisation(tx, organisation).await
}

/// The most that wait.
const WAITING_MAX: i64 = 100;

/// What waits for a confirmation, oldest first, with the names of the organisations; none of these organisations.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn waiting(
    reader: &mut impl Connected,
    sides: &BTreeSet<OrganisationId>,
) -> Result<Vec<(PayeeAccount, String)>, Fault> {
    let sides = sides.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = payee_accounts::table
        .inner_join(organisations::table.on(organisations::id.eq(payee_accounts::organisation_id)))
        .filter(payee_accounts::confirmed_at.is_null().and(payee_accounts::ended_at.is_null()))
        .filter(payee_accounts::organisation_id.ne_all(sides))
        .order(payee_accounts::id)
        .limit(WAITING_MAX)
        .select((Row::as_select(), organisations::name));
    let rows: Vec<(Row, String)> = query.load(reader.connection()).await?;
    rows.into_iter().map(|(row, name)| Ok((PayeeAccount::try_from(row)?, name))).collect()
}

/// Some that another key than this has sealed, in the order of their ids after one of them.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn sealed_otherwise(
    reader: &mut impl Connected,
    key: &str,
    (after, limit): (Option<PayeeAccountId>, i64),
) -> Result<Vec<PayeeAccount>, Fault> {
    let after = after.map_or_else(Uuid::nil, |id| id.0);
    let query = payee_accounts::table.filter(payee_accounts::seal_key.ne(key).and(payee_accounts::id.gt(after)));
    let query = query.order(payee_accounts::id).limit(limit).select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(PayeeAccount::try_from).collect()
}

pub(super) async fn insert(tx: &mut Tx<'_>, account: &PayeeAccount) -> Result<(), Fault> {
    diesel::insert_into(payee_accounts::table).values(Row::from(account)).execute(tx.connection).await?;
    Ok(())
}

/// What may change of one: that it is confirmed, that it ends, and its seal.
pub(super) async fn update(tx: &mut Tx<'_>, account: &PayeeAccount) -> Result<(), Fault> {
    let row = Row::from(account);
    let set = (
        payee_accounts::seal_key.eq(row.seal_key),
        payee_accounts::sealed.eq(row.sealed),
        payee_accounts::confirmed_by.eq(row.confirmed_by),
        payee_accounts::confirmed_at.eq(row.confirmed_at),
        payee_accounts::checked.eq(row.checked),
        payee_accounts::usable_from.eq(row.usable_from),
        payee_accounts::ended_by.eq(row.ended_by),
        payee_accounts::ended_at.eq(row.ended_at),
        payee_accounts::end_reason.eq(row.end_reason),
    );
    diesel::update(payee_accounts::table.find(row.id)).set(set).execute(tx.connection).await?;
    Ok(())
}
