//! Change requests, and the changes of awards that were made.

use super::schema::{applications, award_changes, awards as awarded, change_requests};
use super::word::Word;
use super::{Connected, Fault, Tx, awards};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::award::{Award, Instalment};
use rules::change_request::{AwardChange, ChangeKind, ChangeRequest, ChangeState, Outcome};
use rules::ids::{ApplicationId, OrganisationId, PersonId};
use rules::money::Cents;
use rules::route::Part;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = change_requests, treat_none_as_default_value = false)]
struct Row {
    application_id: Uuid,
    number: i32,
    kind: String,
    state: String,
    by_agency: bool,
    requested_by: Uuid,
    requested_at: DateTime<Utc>,
    reason: String,
    wanted: Value,
    before: Value,
    route: Option<Value>,
    authorities: Vec<String>,
    question: Option<String>,
    answer: Option<String>,
    forwarded_by: Option<Uuid>,
    forwarded_at: Option<DateTime<Utc>>,
    ended_by: Option<Uuid>,
    on_behalf_of: Option<Uuid>,
    authority: Option<String>,
    ended_at: Option<DateTime<Utc>>,
    ended_because: Option<String>,
}

fn read<T: DeserializeOwned>(what: &str, value: Value) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|error| Fault::Corrupt(format!("{what}: {error}")))
}

fn written(value: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|error| Fault::Corrupt(error.to_string()))
}

fn kind_of(code: &str) -> Result<ChangeKind, Fault> {
    ChangeKind::from_code(code).ok_or_else(|| Fault::Corrupt(format!("kind of change {code}")))
}

impl TryFrom<Row> for ChangeRequest {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let ended = row.ended_by.zip(row.ended_at).zip(row.ended_because);
        let (on_behalf_of, authority) = (row.on_behalf_of.map(PersonId), row.authority);
        let ended = ended.map(|((by, at), reason)| Outcome { by: PersonId(by), on_behalf_of, authority, at, reason });
        Ok(Self {
            application: ApplicationId(row.application_id),
            number: row.number,
            kind: kind_of(&row.kind)?,
            state: ChangeState::from_code(&row.state)
                .ok_or_else(|| Fault::Corrupt(format!("state of a change request {}", row.state)))?,
            by_agency: row.by_agency,
            requested_by: PersonId(row.requested_by),
            requested_at: row.requested_at,
            reason: row.reason,
            wanted: read("what is wanted", row.wanted)?,
            before: read("what held", row.before)?,
            route: row.route.map(|route| read("the route of a change", route)).transpose()?,
            question: row.question,
            answer: row.answer,
            forwarded: row.forwarded_by.map(PersonId).zip(row.forwarded_at),
            ended,
        })
    }
}

impl TryFrom<&ChangeRequest> for Row {
    type Error = Fault;

    fn try_from(request: &ChangeRequest) -> Result<Self, Fault> {
        let (forwarded_by, forwarded_at) = request.forwarded.unzip();
        let ended = request.ended.as_ref();
        let authorities = request.route.as_ref().map(Part::authorities).unwrap_or_default();
        Ok(Self {
            application_id: request.application.0,
            number: request.number,
            kind: request.kind.code().to_owned(),
            state: request.state.code().to_owned(),
            by_agency: request.by_agency,
            requested_by: request.requested_by.0,
            requested_at: request.requested_at,
            reason: request.reason.clone(),
            wanted: written(&request.wanted)?,
            before: written(&request.before)?,
            route: request.route.as_ref().map(written).transpose()?,
            authorities: authorities.into_iter().map(str::to_owned).collect(),
            question: request.question.clone(),
            answer: request.answer.clone(),
            forwarded_by: forwarded_by.map(|person: PersonId| person.0),
            forwarded_at,
            ended_by: ended.map(|ended| ended.by.0),
            on_behalf_of: ended.and_then(|ended| ended.on_behalf_of).map(|person| person.0),
            authority: ended.and_then(|ended| ended.authority.clone()),
            ended_at: ended.map(|ended| ended.at),
            ended_because: ended.map(|ended| ended.reason.clone()),
        })
    }
}

/// Every change request of a case, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_application(reader: &mut impl Connected, id: ApplicationId) -> Result<Vec<ChangeRequest>, Fault> {
    let query = change_requests::table
        .filter(change_requests::application_id.eq(id.0))
        .order(change_requests::number)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(ChangeRequest::try_from).collect()
}

/// One change request of a case.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(
    reader: &mut impl Connected,
    (id, number): (ApplicationId, i32),
) -> Result<Option<ChangeRequest>, Fault> {
    let query = change_requests::table.find((id.0, number)).select(Row::as_select());
    let row: Option<Row> = query.first(reader.connection()).await.optional()?;
    row.map(ChangeRequest::try_from).transpose()
}

/// The cases with a change request that was returned with a question, of these organisations or among these, oldest first, with their
/// references; no more than a hundred.
///
/// # Errors
/// When the database fails.
pub async fn returned_among(
    reader: &mut impl Connected,
    organisations: &BTreeSet<OrganisationId>,
    ids: &[ApplicationId],
) -> Result<Vec<(ApplicationId, String)>, Fault> {
    let ids = ids.iter().map(|id| id.0).collect::<Vec<_>>();
    let organisations = organisations.iter().map(|id| id.0).collect::<Vec<_>>();
    let theirs = applications::id.eq_any(ids).or(applications::organisation_id.eq_any(organisations));
    let query = change_requests::table
        .inner_join(applications::table.on(applications::id.eq(change_requests::application_id)))
        .filter(change_requests::state.eq(Word(ChangeState::Returned.code())).and(theirs))
        .order((applications::id, change_requests::number))
        .limit(100)
        .select((applications::id, applications::reference));
    let rows: Vec<(Uuid, String)> = query.load(reader.connection()).await?;
    Ok(rows.into_iter().map(|(id, reference)| (ApplicationId(id), reference)).collect())
}

/// The requests of these cases that wait for anybody, oldest first, each with the award as it is now and the code of its scheme.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn open_of(reader: &mut impl Connected, ids: &[Uuid]) -> Result<Vec<(ChangeRequest, Cents, String)>, Fault> {
    let open = ChangeState::ALL.into_iter().filter(|state| state.is_open()).map(ChangeState::code);
    let query = change_requests::table
        .inner_join(awarded::table)
        .filter(change_requests::application_id.eq_any(ids))
        .filter(change_requests::state.eq_any(open))
        .order((change_requests::application_id, change_requests::number))
        .select((Row::as_select(), awarded::current_cents, awarded::scheme_code));
    let rows: Vec<(Row, i64, String)> = query.load(reader.connection()).await?;
    let read = |(row, amount, scheme)| Ok((ChangeRequest::try_from(row)?, Cents::new(amount), scheme));
    rows.into_iter().map(read).collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = award_changes, treat_none_as_default_value = false)]
struct ChangeRow {
    application_id: Uuid,
    number: i32,
    request: i32,
    kind: String,
    before: Value,
    after: Value,
    project: Option<Value>,
    authority: Option<String>,
    before_cents: i64,
    after_cents: i64,
    changed_at: DateTime<Utc>,
}

impl TryFrom<ChangeRow> for AwardChange {
    type Error = Fault;

    fn try_from(row: ChangeRow) -> Result<Self, Fault> {
        Ok(Self {
            number: row.number,
            request: row.request,
            kind: kind_of(&row.kind)?,
            before: read("what held before a change", row.before)?,
            after: read("what holds after a change", row.after)?,
            project: row.project.map(|project| read("the project after a change", project)).transpose()?,
            authority: row.authority,
            amount: (Cents::new(row.before_cents), Cents::new(row.after_cents)),
            // Those of the award that holds are read with it.
            stages: Vec::new(),
            at: row.changed_at,
        })
    }
}

/// The changes of an award that were made, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn made(reader: &mut impl Connected, id: ApplicationId) -> Result<Vec<AwardChange>, Fault> {
    let query = award_changes::table
        .filter(award_changes::application_id.eq(id.0))
        .order(award_changes::number)
        .select(ChangeRow::as_select());
    let rows: Vec<ChangeRow> = query.load(reader.connection()).await?;
    rows.into_iter().map(AwardChange::try_from).collect()
}

/// When the amount of an award became what it is, where a change has made it so.
pub(super) async fn raised_at(reader: &mut impl Connected, award: &Award) -> Result<Option<DateTime<Utc>>, Fault> {
    if award.revision == 0 {
        return Ok(None);
    }
    let row = award_changes::table.find((award.application.0, award.revision)).select(award_changes::changed_at);
    Ok(row.first(reader.connection()).await.optional()?)
}

pub(super) async fn insert(tx: &mut Tx<'_>, request: &ChangeRequest) -> Result<(), Fault> {
    diesel::insert_into(change_requests::table).values(Row::try_from(request)?).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, request: &ChangeRequest) -> Result<(), Fault> {
    // What was asked stays: the role may not even write it.
    let row = Row::try_from(request)?;
    let set = (
        change_requests::state.eq(row.state),
        change_requests::question.eq(row.question),
        change_requests::answer.eq(row.answer),
        change_requests::forwarded_by.eq(row.forwarded_by),
        change_requests::forwarded_at.eq(row.forwarded_at),
        change_requests::ended_by.eq(row.ended_by),
        change_requests::on_behalf_of.eq(row.on_behalf_of),
        change_requests::authority.eq(row.authority),
        change_requests::ended_at.eq(row.ended_at),
        change_requests::ended_because.eq(row.ended_because),
    );
    diesel::update(change_requests::table.find((row.application_id, row.number)))
        .set(set)
        .execute(tx.connection)
        .await?;
    Ok(())
}

/// The change, and where the amount has changed the stages and the plan that hold from now on.
pub(super) async fn insert_change(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    change: &AwardChange,
    plan: &[Instalment],
) -> Result<(), Fault> {
    let row = ChangeRow {
        application_id: application.0,
        number: change.number,
        request: change.request,
        kind: change.kind.code().to_owned(),
        before: written(&change.before)?,
        after: written(&change.after)?,
        project: change.project.as_ref().map(written).transpose()?,
        authority: change.authority.clone(),
        before_cents: change.amount.0.get(),
        after_cents: change.amount.1.get(),
        changed_at: change.at,
    };
    diesel::insert_into(award_changes::table).values(row).execute(tx.connection).await?;
    if change.amount.0 != change.amount.1 {
        awards::insert_stages(tx, (application, change.number), &change.stages).await?;
        awards::insert_plan(tx, (application, change.number), plan).await?;
    }
    Ok(())
}
