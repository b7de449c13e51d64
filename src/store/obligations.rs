//! What is owed on cases beside the project, and what was handed in for it.

use super::schema::{obligation_submissions, obligations};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::ids::{ApplicationId, AttachmentId, PersonId};
use rules::obligation::{Derived, Judged, Obligation, ObligationState, ObligationWrite, Submission};
use rules::scheme::ObligationKind;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = obligations)]
struct Row {
    application_id: Uuid,
    code: String,
    kind: String,
    state: String,
    due_on: Option<NaiveDate>,
    blocks_when_late: bool,
    needed_for: Vec<String>,
}

impl Row {
    fn with(self, submissions: Vec<Submission>) -> Result<Obligation, Fault> {
        let corrupt =
            |what: &str| Fault::Corrupt(format!("obligation {} of {}: {what}", self.code, self.application_id));
        Ok(Obligation {
            application: ApplicationId(self.application_id),
            kind: ObligationKind::from_code(&self.kind).ok_or_else(|| corrupt(&self.kind))?,
            state: ObligationState::from_code(&self.state).ok_or_else(|| corrupt(&self.state))?,
            code: self.code,
            due_on: self.due_on.map(Day::from),
            blocks_when_late: self.blocks_when_late,
            needed_for: self.needed_for,
            submissions,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = obligation_submissions, treat_none_as_default_value = false)]
struct SubmissionRow {
    application_id: Uuid,
    code: String,
    number: i32,
    attachment_id: Uuid,
    words: String,
    submitted_by: Uuid,
    submitted_at: DateTime<Utc>,
    decided_by: Option<Uuid>,
    decided_at: Option<DateTime<Utc>>,
    reason: Option<String>,
}

impl From<SubmissionRow> for Submission {
    fn from(row: SubmissionRow) -> Self {
        let judged = row.decided_by.zip(row.decided_at);
        Self {
            number: row.number,
            attachment: AttachmentId(row.attachment_id),
            words: row.words,
            by: PersonId(row.submitted_by),
            at: row.submitted_at,
            judged: judged.map(|(by, at)| Judged { by: PersonId(by), at, returned: row.reason }),
        }
    }
}

/// What is owed on a case, what is due first first, and what has no day yet last.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_application(reader: &mut impl Connected, id: ApplicationId) -> Result<Vec<Obligation>, Fault> {
    let mut by_case = of_applications(reader, &[id]).await?;
    Ok(by_case.remove(&id).unwrap_or_default())
}

/// The same of several cases.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_applications(
    reader: &mut impl Connected,
    ids: &[ApplicationId],
) -> Result<BTreeMap<ApplicationId, Vec<Obligation>>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let query = obligations::table.filter(obligations::application_id.eq_any(&ids)).order((
        obligations::application_id,
        obligations::due_on.asc().nulls_last(),
        obligations::code,
    ));
    let rows: Vec<Row> = query.select(Row::as_select()).load(reader.connection()).await?;
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = obligation_submissions::table.filter(obligation_submissions::application_id.eq_any(&ids)).order((
        obligation_submissions::application_id,
        obligation_submissions::code,
        obligation_submissions::number,
    ));
    let sent: Vec<SubmissionRow> = query.select(SubmissionRow::as_select()).load(reader.connection()).await?;
    let mut submissions = BTreeMap::<(Uuid, String), Vec<Submission>>::new();
    for row in sent {
        submissions.entry((row.application_id, row.code.clone())).or_default().push(row.into());
    }
    let mut found = BTreeMap::<ApplicationId, Vec<Obligation>>::new();
    for row in rows {
        let sent = submissions.remove(&(row.application_id, row.code.clone())).unwrap_or_default();
        found.entry(ApplicationId(row.application_id)).or_default().push(row.with(sent)?);
    }
    Ok(found)
}

pub(super) async fn write(tx: &mut Tx<'_>, id: ApplicationId, write: &ObligationWrite) -> Result<(), Fault> {
    match write {
        ObligationWrite::Derived(derived) => derive(tx, id, derived).await,
        ObligationWrite::Submitted { code, submission } => {
            let row = SubmissionRow {
                application_id: id.0,
                code: code.clone(),
                number: submission.number,
                attachment_id: submission.attachment.0,
                words: submission.words.clone(),
                submitted_by: submission.by.0,
                submitted_at: submission.at,
                decided_by: None,
                decided_at: None,
                reason: None,
            };
            diesel::insert_into(obligation_submissions::table).values(row).execute(tx.connection).await?;
            stands(tx, (id, code), ObligationState::Submitted).await
        }
        ObligationWrite::Judged { code, submission } => {
            let judged = submission.judged.as_ref();
            let returned = judged.and_then(|judged| judged.returned.clone());
            let state = if returned.is_some() { ObligationState::Open } else { ObligationState::Accepted };
            let set = (
                obligation_submissions::decided_by.eq(judged.map(|judged| judged.by.0)),
                obligation_submissions::decided_at.eq(judged.map(|judged| judged.at)),
                obligation_submissions::reason.eq(returned),
            );
            let row = obligation_submissions::table.find((id.0, code, submission.number));
            diesel::update(row).set(set).execute(tx.connection).await?;
            stands(tx, (id, code), state).await
        }
    }
}

async fn stands(tx: &mut Tx<'_>, (id, code): (ApplicationId, &str), state: ObligationState) -> Result<(), Fault> {
    let row = obligations::table.find((id.0, code));
    diesel::update(row).set(obligations::state.eq(state.code())).execute(tx.connection).await?;
    Ok(())
}

/// What is new is added, what is owed still has its new day, and what is open and not owed any more is dropped. What is accepted stays, and
/// a day that was known is not forgotten.
async fn derive(tx: &mut Tx<'_>, id: ApplicationId, derived: &[Derived]) -> Result<(), Fault> {
    let known = obligations::table.filter(obligations::application_id.eq(id.0));
    let known: Vec<Row> = known.select(Row::as_select()).load(tx.connection).await?;
    for one in derived {
        let due_on = one.due_on.map(Day::date);
        let Some(row) = known.iter().find(|row| row.code == one.code) else {
            let row = (
                obligations::application_id.eq(id.0),
                obligations::code.eq(&one.code),
                obligations::kind.eq(one.kind.code()),
                obligations::state.eq(ObligationState::Open.code()),
                obligations::due_on.eq(due_on),
                obligations::blocks_when_late.eq(one.blocks_when_late),
                obligations::needed_for.eq(&one.needed_for),
            );
            diesel::insert_into(obligations::table).values(row).execute(tx.connection).await?;
            continue;
        };
        let due_on = due_on.or(row.due_on);
        let again = row.state == ObligationState::Dropped.code();
        if row.state == ObligationState::Accepted.code() || row.due_on == due_on && !again {
            continue;
        }
        let state = if again { ObligationState::Open.code() } else { &row.state };
        let set = (obligations::due_on.eq(due_on), obligations::state.eq(state));
        diesel::update(obligations::table.find((id.0, &one.code))).set(set).execute(tx.connection).await?;
    }
    let still = |row: &&Row| derived.iter().any(|one| one.code == row.code);
    for row in known.iter().filter(|row| row.state == ObligationState::Open.code() && !still(row)) {
        stands(tx, (id, &row.code), ObligationState::Dropped).await?;
    }
    Ok(())
}

/// Where a look at what is owed ended.
pub type Place = (Day, ApplicationId, String);

/// How many are looked at at once.
const LOOKED_AT: i64 = 100;

#[derive(QueryableByName)]
struct DueRow {
    #[diesel(sql_type = Date)]
    due_on: NaiveDate,
    #[diesel(sql_type = SqlUuid)]
    application_id: Uuid,
    #[diesel(sql_type = Text)]
    code: String,
}

/// What is open on running and completed cases and is late today, or due until a day, and of which that has not been told: the earliest
/// first, after a place.
///
/// # Errors
/// When the database fails.
pub async fn to_be_reminded(
    reader: &mut impl Connected,
    (today, until): (Day, Day),
    after: Option<Place>,
) -> Result<Vec<Place>, Fault> {
    let sql = "SELECT o.due_on, o.application_id, o.code
                 FROM obligations o JOIN applications a ON a.id = o.application_id AND a.state IN ('accepted', 'suspended', 'completed')
                WHERE o.state = 'open' AND o.kind <> 'books' AND o.due_on <= $2 AND (o.due_on, o.application_id, o.code) > ($3, $4, $5)
                  AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.application_id = o.application_id
                                     AND r.kind = CASE WHEN o.due_on < $1 THEN 'obligation_late' ELSE 'obligation_due' END
                                     AND r.about = o.code || ' ' || o.due_on)
                ORDER BY o.due_on, o.application_id, o.code LIMIT $6";
    let (day, id) = super::dues::place_of(after.as_ref().map(|(day, id, _)| (*day, id.0)));
    let code = after.map_or_else(String::new, |(.., code)| code);
    let query = diesel::sql_query(sql)
        .bind::<Date, _>(today.date())
        .bind::<Date, _>(until.date())
        .bind::<Date, _>(day)
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(code)
        .bind::<BigInt, _>(LOOKED_AT);
    let rows: Vec<DueRow> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|row| (Day::from(row.due_on), ApplicationId(row.application_id), row.code)).collect())
}
