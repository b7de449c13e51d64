//! What applicants are told of the assessment of their cases.

use super::schema::feedback;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::feedback::Feedback;
use rules::ids::{ApplicationId, PersonId};
use uuid::Uuid;

type Row = (i32, String, Vec<String>, Uuid, DateTime<Utc>);

/// The feedback of a case that was given last.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn last(reader: &mut impl Connected, application: ApplicationId) -> Result<Option<Feedback>, Fault> {
    let query = feedback::table
        .filter(feedback::application_id.eq(application.0))
        .order(feedback::decision.desc())
        .select((feedback::decision, feedback::note, feedback::parts, feedback::released_by, feedback::released_at));
    let row: Option<Row> = query.first(reader.connection()).await.optional()?;
    let read = |(decision, note, parts, by, at): Row| {
        let decision = u32::try_from(decision).map_err(|error| Fault::Corrupt(format!("a decision: {error}")))?;
        Ok(Feedback { application, decision, note, parts, by: PersonId(by), at })
    };
    row.map(read).transpose()
}

pub(super) async fn insert(tx: &mut Tx<'_>, released: &Feedback) -> Result<(), Fault> {
    let decision = i32::try_from(released.decision).map_err(|error| Fault::Corrupt(format!("a decision: {error}")))?;
    let row = (
        feedback::application_id.eq(released.application.0),
        feedback::decision.eq(decision),
        feedback::note.eq(&released.note),
        feedback::parts.eq(&released.parts),
        feedback::released_by.eq(released.by.0),
        feedback::released_at.eq(released.at),
    );
    diesel::insert_into(feedback::table).values(row).execute(tx.connection).await?;
    Ok(())
}
