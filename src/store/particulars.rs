//! Particulars of organisations: where they are found, and the traces of their bank accounts.

use super::schema::organisation_particulars;
use super::{Connected, Fault, Tx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::OrganisationId;
use rules::particulars::{Account, Particulars};
use uuid::Uuid;

/// The seed of the locks.
const SEED: u64 = 5;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisation_particulars, primary_key(organisation_id), treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    organisation_id: Uuid,
    address: Option<String>,
    address_key: Option<String>,
    telephone: Option<String>,
    telephone_key: Option<String>,
    website: Option<String>,
    domain: Option<String>,
    account_fingerprint: Option<String>,
    account_ending: Option<String>,
    version: i32,
}

impl From<Row> for Particulars {
    fn from(row: Row) -> Self {
        let account = row.account_fingerprint.zip(row.account_ending);
        Self {
            organisation: OrganisationId(row.organisation_id),
            address: row.address,
            telephone: row.telephone,
            website: row.website,
            account: account.map(|(fingerprint, ending)| Account { fingerprint, ending }),
            version: row.version,
        }
    }
}

impl From<&Particulars> for Row {
    fn from(particulars: &Particulars) -> Self {
        let account = particulars.account.clone();
        let (account_fingerprint, account_ending) =
            account.map(|Account { fingerprint, ending }| (fingerprint, ending)).unzip();
        Self {
            organisation_id: particulars.organisation.0,
            address: particulars.address.clone(),
            address_key: particulars.address_key(),
            telephone: particulars.telephone.clone(),
            telephone_key: particulars.telephone_key(),
            website: particulars.website.clone(),
            domain: particulars.domain(),
            account_fingerprint,
            account_ending,
            version: particulars.version,
        }
    }
}

/// The particulars of an organisation; an organisation of which nothing is on file has none of each.
///
/// # Errors
/// When the database fails.
pub async fn find(reader: &mut impl Connected, id: OrganisationId) -> Result<Particulars, Fault> {
    let query = organisation_particulars::table.find(id.0).select(Row::as_select());
    let row: Option<Row> = query.first(reader.connection()).await.optional()?;
    Ok(row.map_or(Particulars::none(id), Particulars::from))
}

/// The particulars of several organisations, of which something is on file.
///
/// # Errors
/// When the database fails.
pub async fn of(reader: &mut impl Connected, ids: &[OrganisationId]) -> Result<Vec<Particulars>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = organisation_particulars::table.filter(organisation_particulars::organisation_id.eq_any(ids));
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    Ok(rows.into_iter().map(Particulars::from).collect())
}

/// The particulars of one, and nobody else keeps them until this transaction ends; not even where there are none yet.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx<'_>, id: OrganisationId) -> Result<Particulars, Fault> {
    super::lock_word(tx, SEED, &id.to_string()).await?;
    find(tx, id).await
}

pub(super) async fn set(tx: &mut Tx<'_>, particulars: &Particulars) -> Result<(), Fault> {
    let row = Row::from(particulars);
    let insert = diesel::insert_into(organisation_particulars::table).values(&row);
    let set = insert.on_conflict(organisation_particulars::organisation_id).do_update().set(&row);
    set.execute(tx.connection).await?;
    Ok(())
}
