//! What was held before a recommendation, such as an interview.

use super::schema::assessment_steps as steps;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::assessment_step::AssessmentStep;
use rules::calendar::Day;
use rules::ids::{ApplicationId, PersonId};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

type Row = (Uuid, String, NaiveDate, String, Uuid, DateTime<Utc>);

/// A step with its key, by which the list goes on.
pub type Recorded = (Uuid, AssessmentStep);

/// The steps of a case, in the order in which they were recorded, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    reader: &mut impl Connected,
    application: ApplicationId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Recorded>, Fault> {
    let query = steps::table
        .filter(steps::application_id.eq(application.0).and(steps::id.gt(after.unwrap_or_else(Uuid::nil))))
        .order(steps::id)
        .limit(limit)
        .select((steps::id, steps::step, steps::held_on, steps::minutes, steps::recorded_by, steps::recorded_at));
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    let step = |(id, step, held_on, minutes, by, at): Row| {
        (id, AssessmentStep { application, step, held_on: Day::from(held_on), minutes, by: PersonId(by), at })
    };
    Ok(rows.into_iter().map(step).collect())
}

/// The codes of the steps of each of these cases.
///
/// # Errors
/// When the database fails.
pub async fn held(
    reader: &mut impl Connected,
    applications: &[ApplicationId],
) -> Result<HashMap<ApplicationId, BTreeSet<String>>, Fault> {
    let ids = applications.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = steps::table.filter(steps::application_id.eq_any(ids)).select((steps::application_id, steps::step));
    let mut held = HashMap::<ApplicationId, BTreeSet<String>>::new();
    for (id, step) in query.distinct().load::<(Uuid, String)>(reader.connection()).await? {
        held.entry(ApplicationId(id)).or_default().insert(step);
    }
    Ok(held)
}

pub(super) async fn insert(tx: &mut Tx<'_>, step: &AssessmentStep) -> Result<(), Fault> {
    let row = (
        steps::id.eq(Uuid::now_v7()),
        steps::application_id.eq(step.application.0),
        steps::step.eq(&step.step),
        steps::held_on.eq(step.held_on.date()),
        steps::minutes.eq(&step.minutes),
        steps::recorded_by.eq(step.by.0),
        steps::recorded_at.eq(step.at),
    );
    diesel::insert_into(steps::table).values(row).execute(tx.connection).await?;
    Ok(())
}
