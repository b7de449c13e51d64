//! What applicants are told of the assessment of their cases.

use super::schema::feedback;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::feedback::Feedback;
use rules::ids::{ApplicationId, PersonId};
use uuid::Uuid;

/// The feedback of a case.
///
/// # Errors
/// When the database fails.
pub async fn find(reader: &mut impl Connected, application: ApplicationId) -> Result<Option<Feedback>, Fault> {
    let query = feedback::table.find(application.0);
    let query = query.select((feedback::note, feedback::parts, feedback::released_by, feedback::released_at));
    let row: Option<(String, Vec<String>, Uuid, DateTime<Utc>)> = query.first(reader.connection()).await.optional()?;
    Ok(row.map(|(note, parts, by, at)| Feedback { application, note, parts, by: PersonId(by), at }))
}

pub(super) async fn insert(tx: &mut Tx<'_>, released: &Feedback) -> Result<(), Fault> {
    let row = (
        feedback::application_id.eq(released.application.0),
        feedback::note.eq(&released.note),
        feedback::parts.eq(&released.parts),
        feedback::released_by.eq(released.by.0),
        feedback::released_at.eq(released.at),
    );
    diesel::insert_into(feedback::table).values(row).execute(tx.connection).await?;
    Ok(())
}
