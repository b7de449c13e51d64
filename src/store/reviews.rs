//! Requests to look again at a refusal, and who has had a part in a case.

use super::schema::{applications, reviews};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::calendar::Day;
use rules::change_request::Outcome;
use rules::ids::{ApplicationId, PersonId};
use rules::review::{Review, ReviewState};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reviews, treat_none_as_default_value = false)]
struct Row {
    application_id: Uuid,
    number: i32,
    step: String,
    of_state: String,
    of_reason: String,
    stay: i32,
    told_on: NaiveDate,
    last_day: NaiveDate,
    route: Value,
    authorities: Vec<String>,
    state: String,
    requested_by: Uuid,
    requested_at: DateTime<Utc>,
    grounds: String,
    ended_by: Option<Uuid>,
    on_behalf_of: Option<Uuid>,
    authority: Option<String>,
    ended_at: Option<DateTime<Utc>>,
    ended_because: Option<String>,
}

fn corrupt(what: &str, error: impl std::fmt::Display) -> Fault {
    Fault::Corrupt(format!("{what} of a review: {error}"))
}

impl TryFrom<Row> for Review {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let ended = row.ended_by.zip(row.ended_at).zip(row.ended_because);
        let (on_behalf_of, authority) = (row.on_behalf_of.map(PersonId), row.authority);
        let ended = ended.map(|((by, at), reason)| Outcome { by: PersonId(by), on_behalf_of, authority, at, reason });
        Ok(Self {
            application: ApplicationId(row.application_id),
            number: row.number,
            step: row.step,
            of: State::from_code(&row.of_state).ok_or_else(|| corrupt("the decision", &row.of_state))?,
            of_reason: row.of_reason,
            stay: u32::try_from(row.stay).map_err(|error| corrupt("the stay", error))?,
            told_on: Day::from(row.told_on),
            last_day: Day::from(row.last_day),
            route: serde_json::from_value(row.route).map_err(|error| corrupt("the route", error))?,
            state: ReviewState::from_code(&row.state).ok_or_else(|| corrupt("the state", &row.state))?,
            requested_by: PersonId(row.requested_by),
            requested_at: row.requested_at,
            grounds: row.grounds,
            ended,
        })
    }
}

impl TryFrom<&Review> for Row {
    type Error = Fault;

    fn try_from(review: &Review) -> Result<Self, Fault> {
        let ended = review.ended.as_ref();
        Ok(Self {
            application_id: review.application.0,
            number: review.number,
            step: review.step.clone(),
            of_state: review.of.code().to_owned(),
            of_reason: review.of_reason.clone(),
            stay: i32::try_from(review.stay).map_err(|error| corrupt("the stay", error))?,
            told_on: review.told_on.date(),
            last_day: review.last_day.date(),
            route: serde_json::to_value(&review.route).map_err(|error| corrupt("the route", error))?,
            authorities: review.route.authorities().into_iter().map(str::to_owned).collect(),
            state: review.state.code().to_owned(),
            requested_by: review.requested_by.0,
            requested_at: review.requested_at,
            grounds: review.grounds.clone(),
            ended_by: ended.map(|ended| ended.by.0),
            on_behalf_of: ended.and_then(|ended| ended.on_behalf_of).map(|person| person.0),
            authority: ended.and_then(|ended| ended.authority.clone()),
            ended_at: ended.map(|ended| ended.at),
            ended_because: ended.map(|ended| ended.reason.clone()),
        })
    }
}

/// Every request of a case, oldest first.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn of_application(reader: &mut impl Connected, id: ApplicationId) -> Result<Vec<Review>, Fault> {
    let query = reviews::table.filter(reviews::application_id.eq(id.0)).order(reviews::number).select(Row::as_select());
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    rows.into_iter().map(Review::try_from).collect()
}

/// One request of a case.
///
/// # Errors
/// When the database fails or the row cannot be read.
pub async fn find(reader: &mut impl Connected, (id, number): (ApplicationId, i32)) -> Result<Option<Review>, Fault> {
    let row: Option<Row> =
        reviews::table.find((id.0, number)).select(Row::as_select()).first(reader.connection()).await.optional()?;
    row.map(Review::try_from).transpose()
}

/// The open request of each of these cases, with the code of its scheme.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn open_of(
    reader: &mut impl Connected,
    ids: &[Uuid],
) -> Result<HashMap<ApplicationId, (Review, String)>, Fault> {
    let query = reviews::table
        .inner_join(applications::table.on(applications::id.eq(reviews::application_id)))
        .filter(reviews::application_id.eq_any(ids).and(reviews::state.eq(ReviewState::Requested.code())))
        .select((Row::as_select(), applications::scheme_code));
    let rows: Vec<(Row, String)> = query.load(reader.connection()).await?;
    let read =
        |(row, scheme): (Row, String)| Review::try_from(row).map(|review| (review.application, (review, scheme)));
    rows.into_iter().map(read).collect()
}

#[derive(QueryableByName)]
struct Part {
    #[diesel(sql_type = SqlUuid)]
    application_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
}

/// Everybody who has had a part in each of these cases: a separated duty, an act that its audit knows, a seat, or a word in a panel that has
/// ranked it. The function of the database says who, since it is asked there as well.
///
/// # Errors
/// When the database fails.
pub async fn on_the_cases(
    reader: &mut impl Connected,
    ids: &[Uuid],
) -> Result<HashMap<ApplicationId, BTreeSet<PersonId>>, Fault> {
    let query =
        sql_query("SELECT id AS application_id, person_id FROM unnest($1) a (id), on_the_case(id) o (person_id)");
    let parts: Vec<Part> = query.bind::<Array<SqlUuid>, _>(ids).load(reader.connection()).await?;
    let mut all = HashMap::<ApplicationId, BTreeSet<PersonId>>::new();
    for part in parts {
        all.entry(ApplicationId(part.application_id)).or_default().insert(PersonId(part.person_id));
    }
    Ok(all)
}

pub(super) async fn insert(tx: &mut Tx<'_>, review: &Review) -> Result<(), Fault> {
    diesel::insert_into(reviews::table).values(Row::try_from(review)?).execute(tx.connection).await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, review: &Review) -> Result<(), Fault> {
    // What was asked stays: the role may not even write it.
    let row = Row::try_from(review)?;
    let set = (
        reviews::state.eq(row.state),
        reviews::ended_by.eq(row.ended_by),
        reviews::on_behalf_of.eq(row.on_behalf_of),
        reviews::authority.eq(row.authority),
        reviews::ended_at.eq(row.ended_at),
        reviews::ended_because.eq(row.ended_because),
    );
    diesel::update(reviews::table.find((row.application_id, row.number))).set(set).execute(tx.connection).await?;
    Ok(())
}
