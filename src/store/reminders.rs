//! Reminders: what has been given, and for whom one may be due. Each look is bounded and goes on where the last one ended.

use super::dues::place_of;
use super::schema::reminders;
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{ApplicationId, AssessmentId};
use rules::reminder::Reminder;
use uuid::Uuid;

/// How many are looked at at once.
const LIMIT: i64 = 100;

/// Where a look at assessments ended.
pub type Place = (Day, AssessmentId);

/// An assessment that is open, with its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub assessment: AssessmentId,
    /// Of which case.
    pub application: ApplicationId,
    /// Until when.
    pub due: Day,
    /// On which day the assessor was asked.
    pub asked_on: Day,
}

#[derive(QueryableByName)]
struct OpenRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    application_id: Uuid,
    #[diesel(sql_type = Date)]
    due_on: NaiveDate,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct CaseRow {
    #[diesel(sql_type = SqlUuid)]
    application_id: Uuid,
}

fn cases(rows: Vec<CaseRow>) -> Vec<ApplicationId> {
    rows.into_iter().map(|row| ApplicationId(row.application_id)).collect()
}

/// What a query finds between two days, after a case.
async fn cases_until(
    reader: &mut impl Connected,
    sql: &str,
    (today, until): (Day, Day),
    after: Option<ApplicationId>,
) -> Result<Vec<ApplicationId>, Fault> {
    let query = diesel::sql_query(sql)
        .bind::<Date, _>(today.date())
        .bind::<Date, _>(until.date())
        .bind::<SqlUuid, _>(after.map_or_else(Uuid::nil, |id| id.0))
        .bind::<BigInt, _>(LIMIT);
    Ok(cases(query.load(reader.connection()).await?))
}

/// Open assessments that are late today, or due until a day, and of which that has not been told: the earliest first, after a place.
///
/// # Errors
/// When the database fails.
pub async fn assessments(
    reader: &mut impl Connected,
    (today, until): (Day, Day),
    after: Option<Place>,
) -> Result<Vec<Open>, Fault> {
    let sql = "SELECT s.id, s.application_id, s.due_on, s.created_at
                 FROM assessments s JOIN applications a ON a.id = s.application_id AND a.state = 'in_assessment'
                WHERE s.state IN ('invited', 'accepted') AND s.due_on <= $2 AND (s.due_on, s.id) > ($3, $4)
                  AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.application_id = s.application_id AND r.about = s.id::text
                                     AND r.kind = CASE WHEN s.due_on < $1 THEN 'assessment_late' ELSE 'assessment_due' END)
                ORDER BY s.due_on, s.id LIMIT $5";
    let (day, id) = place_of(after.map(|(day, id)| (day, id.0)));
    let query = diesel::sql_query(sql)
        .bind::<Date, _>(today.date())
        .bind::<Date, _>(until.date())
        .bind::<Date, _>(day)
        .bind::<SqlUuid, _>(id)
        .bind::<BigInt, _>(LIMIT);
    let rows: Vec<OpenRow> = query.load(reader.connection()).await?;
    let open = |row: OpenRow| Open {
        assessment: AssessmentId(row.id),
        application: ApplicationId(row.application_id),
        due: Day::from(row.due_on),
        asked_on: Day::in_hong_kong(row.created_at),
    };
    Ok(rows.into_iter().map(open).collect())
}

/// The cases whose offers stand today and expire until a day, and of which that has not been told, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn awards(
    reader: &mut impl Connected,
    days: (Day, Day),
    after: Option<ApplicationId>,
) -> Result<Vec<ApplicationId>, Fault> {
    let sql = "SELECT w.application_id FROM awards w
                WHERE w.state = 'offered' AND w.expires_on BETWEEN $1 AND $2 AND w.application_id > $3
                  AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.application_id = w.application_id
                                     AND r.kind = 'award_expires' AND r.about = w.expires_on::text)
                ORDER BY w.application_id LIMIT $4";
    cases_until(reader, sql, days, after).await
}

/// The cases that wait for what was asked of their applicants until a day, and of which that has not been told, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn returns(
    reader: &mut impl Connected,
    days: (Day, Day),
    after: Option<ApplicationId>,
) -> Result<Vec<ApplicationId>, Fault> {
    let sql = "SELECT o.application_id FROM application_returns o
                WHERE o.ended_at IS NULL AND o.answer_by BETWEEN $1 AND $2 AND o.application_id > $3
                  AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.application_id = o.application_id
                                     AND r.kind = 'return_due' AND r.about = o.number::text)
                ORDER BY o.application_id LIMIT $4";
    cases_until(reader, sql, days, after).await
}

/// The drafts of a scheme that have not been told that a round of it closes, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn drafts(
    reader: &mut impl Connected,
    (scheme, round): (&str, &str),
    after: Option<ApplicationId>,
) -> Result<Vec<ApplicationId>, Fault> {
    let sql = "SELECT a.id AS application_id FROM applications a
                WHERE a.scheme_code = $1 AND a.state = 'draft' AND a.id > $3
                  AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.application_id = a.id
                                     AND r.kind = 'round_closes' AND r.about = $2)
                ORDER BY a.id LIMIT $4";
    let query = diesel::sql_query(sql)
        .bind::<Text, _>(scheme)
        .bind::<Text, _>(round)
        .bind::<SqlUuid, _>(after.map_or_else(Uuid::nil, |id| id.0))
        .bind::<BigInt, _>(LIMIT);
    Ok(cases(query.load(reader.connection()).await?))
}

/// Whether a reminder has been given. With the case locked, nobody gives it meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn is_written(
    reader: &mut impl Connected,
    application: ApplicationId,
    reminder: &Reminder,
) -> Result<bool, Fault> {
    let given = reminders::table.find((application.0, reminder.code(), reminder.about()));
    Ok(diesel::select(diesel::dsl::exists(given)).get_result(reader.connection()).await?)
}

pub(super) async fn insert(tx: &mut Tx<'_>, application: ApplicationId, reminder: &Reminder) -> Result<(), Fault> {
    let row = (
        reminders::application_id.eq(application.0),
        reminders::kind.eq(reminder.code()),
        reminders::about.eq(reminder.about()),
        reminders::written_at.eq(tx.moment.now),
    );
    diesel::insert_into(reminders::table).values(row).execute(tx.connection).await?;
    Ok(())
}
