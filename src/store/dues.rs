//! What is due with a day, of single assessors and of applicants: each list in the order of the days, from indexes of what is open.

use super::{Connected, Fault, seals};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Date, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::assessment::AssessmentState;
use rules::calendar::Day;
use rules::due::{Due, OwedBy, owed};
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use rules::permission::Verb;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Which part of the lists is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The scheme's code.
    pub scheme: &'a str,
    /// The organisations whose cases are left out.
    pub hidden_from: &'a BTreeSet<OrganisationId>,
    /// The single cases that are left out.
    pub tied: &'a [ApplicationId],
    /// Now: what is sealed is left out.
    pub now: DateTime<Utc>,
    /// Where the last one ended.
    pub after: Option<(Day, Uuid)>,
    /// How many at most.
    pub limit: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = SqlUuid)]
    application_id: Uuid,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = SqlUuid)]
    owed_by: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Date)]
    due_on: NaiveDate,
}

impl Row {
    fn due(self, act: Verb, by: OwedBy) -> Due {
        Due {
            id: self.id,
            act,
            application: ApplicationId(self.application_id),
            reference: self.reference,
            by,
            name: self.name,
            due_on: Day::from(self.due_on),
        }
    }
}

/// The first day that anything is due on.
const FIRST: (i32, u32, u32) = (1900, 1, 1);

/// Where a list goes on: after a place, or before everything.
pub(super) fn place_of(after: Option<(Day, Uuid)>) -> (NaiveDate, Uuid) {
    let first = NaiveDate::from_ymd_opt(FIRST.0, FIRST.1, FIRST.2).unwrap_or_default();
    after.map_or((first, Uuid::nil()), |(day, id)| (day.date(), id))
}

/// Of nobody who is hidden, and not sealed.
fn of_others() -> String {
    seals::of_others(2, Some(6), 7)
}

async fn rows(reader: &mut impl Connected, sql: String, part: Part<'_>) -> Result<Vec<Row>, Fault> {
    let (day, id) = place_of(part.after);
    let own = part.hidden_from.iter().map(|id| id.0).collect::<Vec<_>>();
    let tied = part.tied.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = diesel::sql_query(sql)
        .bind::<Text, _>(part.scheme)
        .bind::<Array<SqlUuid>, _>(own)
        .bind::<Date, _>(day)
        .bind::<SqlUuid, _>(id)
        .bind::<BigInt, _>(part.limit)
        .bind::<Array<SqlUuid>, _>(tied)
        .bind::<Timestamptz, _>(part.now);
    Ok(query.load(reader.connection()).await?)
}

/// What assessors owe: an answer to an invitation, or their marks.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_assessors(reader: &mut impl Connected, part: Part<'_>) -> Result<Vec<Due>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT s.id, s.state, s.application_id, a.reference, p.id AS owed_by, p.name, s.due_on
                 FROM assessments s JOIN applications a ON a.id = s.application_id JOIN people p ON p.id = s.assessor_id
                WHERE s.state IN ('invited', 'accepted') AND a.state = 'in_assessment' AND a.scheme_code = $1
                  AND {of_others} AND (s.due_on, s.id) > ($3, $4)
                ORDER BY s.due_on, s.id LIMIT $5"
    );
    let due = |row: Row| {
        let act = AssessmentState::from_code(&row.state).and_then(owed);
        let act = act.ok_or_else(|| Fault::Corrupt(format!("an open assessment that is {}", row.state)))?;
        let by = OwedBy::Assessor(PersonId(row.owed_by));
        Ok(row.due(act, by))
    };
    rows(reader, sql, part).await?.into_iter().map(due).collect()
}

async fn of_applicants(
    reader: &mut impl Connected,
    sql: String,
    (act, part): (Verb, Part<'_>),
) -> Result<Vec<Due>, Fault> {
    let due = |row: Row| {
        let by = OwedBy::Applicant(OrganisationId(row.owed_by));
        row.due(act, by)
    };
    Ok(rows(reader, sql, part).await?.into_iter().map(due).collect())
}

/// What applicants owe: what was asked of them in a return.
///
/// # Errors
/// When the database fails.
pub async fn of_returned(reader: &mut impl Connected, part: Part<'_>) -> Result<Vec<Due>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT r.application_id AS id, a.state, r.application_id, a.reference, o.id AS owed_by, o.name, r.answer_by AS due_on
                 FROM application_returns r JOIN applications a ON a.id = r.application_id JOIN organisations o ON o.id = a.organisation_id
                WHERE r.ended_at IS NULL AND a.scheme_code = $1 AND {of_others}
                  AND (r.answer_by, r.application_id) > ($3, $4)
                ORDER BY r.answer_by, r.application_id LIMIT $5"
    );
    of_applicants(reader, sql, (Verb::ApplicationResubmit, part)).await
}

/// What applicants owe: an answer to an offer.
///
/// # Errors
/// When the database fails.
pub async fn of_offered(reader: &mut impl Connected, part: Part<'_>) -> Result<Vec<Due>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT w.application_id AS id, w.state, w.application_id, a.reference, o.id AS owed_by, o.name, w.expires_on AS due_on
                 FROM awards w JOIN applications a ON a.id = w.application_id JOIN organisations o ON o.id = a.organisation_id
                WHERE w.state = 'offered' AND w.scheme_code = $1 AND {of_others}
                  AND (w.expires_on, w.application_id) > ($3, $4)
                ORDER BY w.expires_on, w.application_id LIMIT $5"
    );
    of_applicants(reader, sql, (Verb::AwardAccept, part)).await
}

/// What recipients owe beside their projects: what is open on running and completed cases. Each has a place of its own.
///
/// # Errors
/// When the database fails.
pub async fn of_obligations(reader: &mut impl Connected, part: Part<'_>) -> Result<Vec<Due>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT w.id, w.state, w.application_id, w.reference, w.owed_by, w.name, w.due_on
           FROM (SELECT md5(b.application_id::text || ' ' || b.code)::uuid AS id, b.state, b.application_id, a.reference, o.id AS owed_by, o.name, b.due_on
                   FROM obligations b JOIN applications a ON a.id = b.application_id JOIN organisations o ON o.id = a.organisation_id
                  WHERE b.state = 'open' AND b.kind <> 'books' AND b.due_on >= $3 AND a.state IN ('accepted', 'suspended', 'completed')
                    AND a.scheme_code = $1 AND {of_others}) w
          WHERE (w.due_on, w.id) > ($3, $4) ORDER BY w.due_on, w.id LIMIT $5"
    );
    of_applicants(reader, sql, (Verb::ObligationSubmit, part)).await
}
