//! Extensions of rounds for one applicant: granted once, and kept as they were granted.

use super::schema::round_extensions as extensions;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::{ExtensionId, OrganisationId, PersonId};
use rules::round::Extended;
use rules::round_extension::Extension;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = extensions)]
struct Row {
    id: Uuid,
    scheme_code: String,
    round: String,
    organisation_id: Uuid,
    until: DateTime<Utc>,
    reason: String,
    granted_by: Uuid,
    granted_at: DateTime<Utc>,
}

impl From<Row> for Extension {
    fn from(row: Row) -> Self {
        Self {
            id: ExtensionId(row.id),
            scheme: row.scheme_code,
            round: row.round,
            organisation: OrganisationId(row.organisation_id),
            until: row.until,
            reason: row.reason,
            granted_by: PersonId(row.granted_by),
            granted_at: row.granted_at,
        }
    }
}

/// Until when an organisation may submit to rounds of a scheme; of several extensions of one, the latest counts.
///
/// # Errors
/// When the database fails.
pub async fn of(reader: &mut impl Connected, scheme: &str, organisation: OrganisationId) -> Result<Extended, Fault> {
    let query = extensions::table
        .filter(extensions::organisation_id.eq(organisation.0).and(extensions::scheme_code.eq(scheme)))
        .order(extensions::until)
        .select((extensions::round, extensions::until));
    let rows: Vec<(String, DateTime<Utc>)> = query.load(reader.connection()).await?;
    // The last one that is put in stays.
    Ok(rows.into_iter().collect())
}

/// Extensions of these organisations, or of all, newest first, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    reader: &mut impl Connected,
    organisations: Option<&BTreeSet<OrganisationId>>,
    after: Option<ExtensionId>,
    limit: i64,
) -> Result<Vec<Extension>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let mut query = extensions::table
        .filter(extensions::id.lt(after))
        .order(extensions::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some(organisations) = organisations {
        let organisations = organisations.iter().map(|id| id.0).collect::<Vec<_>>();
        query = query.filter(extensions::organisation_id.eq_any(organisations));
    }
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(Extension::from).collect())
}

pub(super) async fn insert(tx: &mut Tx<'_>, extension: &Extension, closes_at: DateTime<Utc>) -> Result<(), Fault> {
    let row = Row {
        id: extension.id.0,
        scheme_code: extension.scheme.clone(),
        round: extension.round.clone(),
        organisation_id: extension.organisation.0,
        until: extension.until,
        reason: extension.reason.clone(),
        granted_by: extension.granted_by.0,
        granted_at: extension.granted_at,
    };
    diesel::insert_into(extensions::table)
        .values((row, extensions::closes_at.eq(closes_at)))
        .execute(tx.connection)
        .await?;
    Ok(())
}
