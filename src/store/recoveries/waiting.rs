//! Demands that wait for a second person.

use crate::store::{Connected, Fault};
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use rules::ids::{ApplicationId, OrganisationId, PersonId, RecoveryId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// For what a demand waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// It is raised, and nobody has confirmed it.
    Raised,
    /// Somebody has asked to write something of it off, and nobody has approved that.
    WriteOff,
}

/// Demands that somebody else has raised, oldest first; of each kind no more than a hundred are told at once.
const RAISED: &str = "
    SELECT r.id, r.reference FROM recoveries r JOIN applications a ON a.id = r.application_id
     WHERE r.state = 'raised' AND r.raised_by <> $1 AND a.organisation_id <> ALL($2) AND a.id <> ALL($3)
     ORDER BY r.id LIMIT 100";

/// Demands of which somebody else has asked to write something off; the last word of that counts. Whoever had to do with a payment of the case has no
/// say in it.
const TO_BE_WRITTEN_OFF: &str = "
    SELECT r.id, r.reference FROM recovery_write_offs w JOIN recoveries r ON r.id = w.recovery_id JOIN applications a ON a.id = r.application_id
     WHERE r.state = 'confirmed' AND w.approved_by IS NULL AND w.asked_by <> $1
       AND NOT EXISTS (SELECT 1 FROM recovery_write_offs l WHERE l.recovery_id = w.recovery_id AND l.number > w.number) AND a.organisation_id <> ALL($2) AND a.id <> ALL($3)
       AND NOT EXISTS (SELECT 1 FROM case_duties d WHERE d.application_id = a.id AND d.person_id = $1 AND d.duty IN ('payment_preparer', 'payment_releaser'))
     ORDER BY r.id LIMIT 100";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    reference: String,
}

/// The demands that wait for a person who has not done the first half of it, with their references; not those of some organisations or single cases.
///
/// # Errors
/// When the database fails.
pub async fn waiting(
    reader: &mut impl Connected,
    waiting: Waiting,
    (person, hidden_from, tied): (PersonId, &BTreeSet<OrganisationId>, &[ApplicationId]),
) -> Result<Vec<(RecoveryId, String)>, Fault> {
    let query = match waiting {
        Waiting::Raised => RAISED,
        Waiting::WriteOff => TO_BE_WRITTEN_OFF,
    };
    let rows: Vec<Row> = sql_query(query)
        .bind::<SqlUuid, _>(person.0)
        .bind::<Array<SqlUuid>, _>(hidden_from.iter().map(|id| id.0).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(tied.iter().map(|id| id.0).collect::<Vec<_>>())
        .load(reader.connection())
        .await?;
    Ok(rows.into_iter().map(|row| (RecoveryId(row.id), row.reference)).collect())
}
