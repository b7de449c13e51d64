//! What waits for somebody, narrowed by the database to what they may do: each list is bounded, and the oldest comes first.

mod cases;

pub use cases::{Before, Narrowed, cases};

use super::{Connected, Fault, seals};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::query_builder::BoxedSqlQuery;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::assessment::AssessmentState;
use rules::batch::BatchState;
use rules::calendar::Day;
use rules::change_request::ChangeState;
use rules::claim::ClaimState;
use rules::duty::Duty;
use rules::ids::{ApplicationId, BatchId, NoticeId, OrganisationId, PersonId, SchemeDraftId, SchemeTextId};
use rules::notification::NoticeState;
use rules::review::ReviewState;
use rules::scheme_draft::DraftState;
use rules::work::Span;
use std::collections::BTreeSet;
use uuid::Uuid;

/// How many of each kind are shown: whoever has more than that waiting needs no longer list.
const LIMIT: i64 = 100;

/// For whom it waits, and which separated duty the act would take.
#[derive(Clone, Copy, Debug)]
pub struct Whom<'a> {
    /// The person.
    pub person: PersonId,
    /// The organisations that they act for: nothing of theirs waits for them.
    pub organisations: &'a BTreeSet<OrganisationId>,
    /// The single cases on which they do nothing for the agency.
    pub tied: &'a [ApplicationId],
    /// Now: what is sealed still waits for nobody.
    pub now: DateTime<Utc>,
    /// The duty; a case on which the person has had another one waits for somebody else.
    pub duty: Option<Duty>,
}

/// What a text says, by the days of submission.
pub type OfText<T> = (SchemeTextId, Span<T>);

/// A case that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The case.
    pub application: ApplicationId,
    /// The reference that people use.
    pub reference: String,
    /// The text that it has pinned.
    pub scheme_text: SchemeTextId,
    /// The day of its submission.
    pub submitted_on: Day,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = SqlUuid)]
    scheme_text_id: Uuid,
    #[diesel(sql_type = Date)]
    submitted_on: NaiveDate,
}

impl From<Row> for Waiting {
    fn from(row: Row) -> Self {
        Self {
            application: ApplicationId(row.id),
            reference: row.reference,
            scheme_text: SchemeTextId(row.scheme_text_id),
            submitted_on: Day::from(row.submitted_on),
        }
    }
}

const COLUMNS: &str = "a.id, a.reference, a.scheme_text_id, a.submitted_on";
/// A case that has been submitted and is not sealed, on the side of whose applicant the person is not.
fn of_others() -> String {
    let of_others = seals::of_others(2, None, 5);
    format!(
        "a.submitted_at IS NOT NULL AND {of_others} AND NOT EXISTS
   (SELECT 1 FROM application_members t WHERE t.application_id = a.id AND (t.person_id = $3 OR t.organisation_id = ANY ($2)))"
    )
}
/// One on which the person may do something for the agency.
const FOR_THE_AGENCY: &str = "a.id <> ALL ($6)";
/// A case on which the person has had another duty. Without a duty there is no other one.
const OTHER_DUTY: &str =
    "EXISTS (SELECT 1 FROM case_duties d WHERE d.application_id = a.id AND d.person_id = $3 AND d.duty <> $4)";

fn asked(sql: String, whom: Whom<'_>) -> BoxedSqlQuery<'static, Pg, diesel::query_builder::SqlQuery> {
    let own = whom.organisations.iter().map(|id| id.0).collect::<Vec<_>>();
    sql_query(sql)
        .into_boxed()
        .bind::<BigInt, _>(LIMIT)
        .bind::<Array<SqlUuid>, _>(own)
        .bind::<SqlUuid, _>(whom.person.0)
        .bind::<Nullable<Text>, _>(whom.duty.map(Duty::code))
        .bind::<Timestamptz, _>(whom.now)
        .bind::<Array<SqlUuid>, _>(whom.tied.iter().map(|id| id.0).collect::<Vec<_>>())
}

fn found(rows: Vec<Row>) -> Vec<Waiting> {
    rows.into_iter().map(Waiting::from).collect()
}

/// The cases whose assessment by the person is in a state in which they owe something.
///
/// # Errors
/// When the database fails.
pub async fn owed_assessments(
    reader: &mut impl Connected,
    whom: Whom<'_>,
    state: AssessmentState,
) -> Result<Vec<Waiting>, Fault> {
    let (owed, in_assessment) = (state.code(), State::InAssessment.code());
    let of_others = of_others();
    let sql = format!(
        "SELECT {COLUMNS} FROM assessments s JOIN applications a ON a.id = s.application_id
          WHERE s.assessor_id = $3 AND s.state = '{owed}' AND a.state = '{in_assessment}' AND {of_others} AND NOT {OTHER_DUTY}
          ORDER BY s.application_id LIMIT $1"
    );
    Ok(found(asked(sql, whom).load(reader.connection()).await?))
}

/// The cases with a claim in a state that stands in no batch that waits, but for those that are suspended or have ended before their time.
///
/// # Errors
/// When the database fails.
pub async fn claimed(reader: &mut impl Connected, whom: Whom<'_>, state: ClaimState) -> Result<Vec<Waiting>, Fault> {
    let (suspended, terminated) = (State::Suspended.code(), State::Terminated.code());
    let prepared = BatchState::Prepared.code();
    let of_others = of_others();
    let sql = format!(
        "SELECT {COLUMNS} FROM claims c JOIN applications a ON a.id = c.application_id
          WHERE c.state = $7 AND a.state NOT IN ('{suspended}', '{terminated}')
            AND (SELECT p.claim_id FROM payments p JOIN batches b ON b.id = p.batch_id WHERE p.claim_id = c.id AND b.state = '{prepared}') IS NULL
            AND {of_others} AND {FOR_THE_AGENCY} AND NOT {OTHER_DUTY} ORDER BY c.id LIMIT $1"
    );
    Ok(found(asked(sql, whom).bind::<Text, _>(state.code()).load(reader.connection()).await?))
}

/// The cases on which something was handed in that is owed beside the project.
///
/// # Errors
/// When the database fails.
pub async fn handed_in(reader: &mut impl Connected, whom: Whom<'_>) -> Result<Vec<Waiting>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT DISTINCT {COLUMNS} FROM obligations o JOIN applications a ON a.id = o.application_id
          WHERE o.state = 'submitted' AND {of_others} AND {FOR_THE_AGENCY} AND NOT {OTHER_DUTY} ORDER BY a.id LIMIT $1"
    );
    Ok(found(asked(sql, whom).load(reader.connection()).await?))
}

/// The cases with a change request in a state: any, or one that is decided with one of these authorities.
///
/// # Errors
/// When the database fails.
pub async fn changing(
    reader: &mut impl Connected,
    whom: Whom<'_>,
    (state, authorities): (ChangeState, Option<&BTreeSet<String>>),
) -> Result<Vec<Waiting>, Fault> {
    let of_others = of_others();
    // The state stands in the statement itself, for the index that covers what is open.
    let state = state.code();
    let sql = format!(
        "SELECT DISTINCT {COLUMNS} FROM change_requests r JOIN applications a ON a.id = r.application_id
          WHERE r.state = '{state}' AND ($7 IS NULL OR r.authorities && $7)
            AND {of_others} AND {FOR_THE_AGENCY} AND NOT {OTHER_DUTY} ORDER BY a.id LIMIT $1"
    );
    let authorities = authorities.map(|held| held.iter().cloned().collect::<Vec<_>>());
    let query = asked(sql, whom).bind::<Nullable<Array<Text>>, _>(authorities);
    Ok(found(query.load(reader.connection()).await?))
}

/// The cases with an open request to look again that is decided with one of these authorities, and on which the person has done nothing
/// yet.
///
/// # Errors
/// When the database fails.
pub async fn reviewing(
    reader: &mut impl Connected,
    whom: Whom<'_>,
    authorities: &BTreeSet<String>,
) -> Result<Vec<Waiting>, Fault> {
    let of_others = of_others();
    let requested = ReviewState::Requested.code();
    let sql = format!(
        "SELECT {COLUMNS} FROM reviews r JOIN applications a ON a.id = r.application_id
          WHERE r.state = '{requested}' AND r.authorities && $7 AND {of_others} AND {FOR_THE_AGENCY}
            AND $3 NOT IN (SELECT on_the_case(a.id))
          ORDER BY a.id LIMIT $1"
    );
    let query = asked(sql, whom).bind::<Array<Text>, _>(authorities.iter().cloned().collect::<Vec<_>>());
    Ok(found(query.load(reader.connection()).await?))
}

/// The cases whose applicant has been told of the decision that stands, and not of what assessors have released for them.
///
/// # Errors
/// When the database fails.
pub async fn owed_feedback(reader: &mut impl Connected, whom: Whom<'_>) -> Result<Vec<Waiting>, Fault> {
    let of_others = of_others();
    let sql = format!(
        "SELECT {COLUMNS} FROM applications a
          WHERE a.feedback_owed AND {of_others} AND {FOR_THE_AGENCY} AND NOT {OTHER_DUTY} ORDER BY a.id LIMIT $1"
    );
    Ok(found(asked(sql, whom).load(reader.connection()).await?))
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
}

/// The batches that somebody else has prepared, with nothing in them that the person may not pay: their references.
///
/// # Errors
/// When the database fails.
pub async fn batches(reader: &mut impl Connected, whom: Whom<'_>) -> Result<Vec<(BatchId, String)>, Fault> {
    let prepared = BatchState::Prepared.code();
    let of_others = of_others();
    let sql = format!(
        "SELECT b.id, b.reference AS name FROM batches b WHERE b.state = '{prepared}' AND b.prepared_by <> $3
            AND NOT EXISTS (SELECT 1 FROM payments p JOIN applications a ON a.id = p.application_id
                             WHERE p.batch_id = b.id AND (NOT ({of_others} AND {FOR_THE_AGENCY}) OR {OTHER_DUTY}))
          ORDER BY b.id LIMIT $1"
    );
    let rows: Vec<Named> = asked(sql, whom).load(reader.connection()).await?;
    Ok(rows.into_iter().map(|row| (BatchId(row.id), row.name)).collect())
}

/// The texts that others have written and proposed: the codes of their schemes.
///
/// # Errors
/// When the database fails.
pub async fn proposed_texts(
    reader: &mut impl Connected,
    person: PersonId,
) -> Result<Vec<(SchemeDraftId, String)>, Fault> {
    let proposed = DraftState::Proposed.code();
    let sql = format!(
        "SELECT d.id, d.code AS name FROM scheme_drafts d WHERE d.state = '{proposed}' AND NOT EXISTS
           (SELECT 1 FROM scheme_draft_authors a WHERE a.draft_id = d.id AND a.person_id = $2) ORDER BY d.id LIMIT $1"
    );
    let query = sql_query(sql).bind::<BigInt, _>(LIMIT).bind::<SqlUuid, _>(person.0);
    let rows: Vec<Named> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|row| (SchemeDraftId(row.id), row.name)).collect())
}

/// The notices that were given up.
///
/// # Errors
/// When the database fails.
pub async fn given_up(reader: &mut impl Connected) -> Result<Vec<NoticeId>, Fault> {
    let dead = NoticeState::Dead.code();
    let sql = format!("SELECT id, notice AS name FROM outbox WHERE state = '{dead}' ORDER BY id LIMIT $1");
    let rows: Vec<Named> = sql_query(sql).bind::<BigInt, _>(LIMIT).load(reader.connection()).await?;
    Ok(rows.into_iter().map(|row| NoticeId(row.id)).collect())
}

/// The texts that cases in a state have pinned, with their hashes.
///
/// # Errors
/// When the database fails.
pub async fn pinned_texts(reader: &mut impl Connected, state: State) -> Result<Vec<(SchemeTextId, String)>, Fault> {
    let sql = "SELECT t.id, t.hash AS name FROM scheme_texts t JOIN
                 (SELECT DISTINCT scheme_text_id FROM applications WHERE state = $1 AND submitted_at IS NOT NULL) pinned
                 ON pinned.scheme_text_id = t.id ORDER BY t.id";
    let rows: Vec<Named> = sql_query(sql).bind::<Text, _>(state.code()).load(reader.connection()).await?;
    Ok(rows.into_iter().map(|row| (SchemeTextId(row.id), row.name)).collect())
}
