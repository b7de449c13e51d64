//! Routes of approval, and what was passed of them.

use super::schema::{applications, approval_parts, approval_routes, approvals, case_duties};
use super::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::calendar::Day;
use rules::duty::Duty;
use rules::ids::{ApplicationId, PersonId};
use rules::money::Cents;
use rules::route::{Approval, Part, Route, RouteWrite};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = approval_routes)]
struct RouteRow {
    application_id: Uuid,
    number: i32,
    parts: serde_json::Value,
    deferred_until: Option<NaiveDate>,
    deferred_because: Option<String>,
}

impl RouteRow {
    fn with(self, given: Vec<Approval>) -> Result<Route, Fault> {
        let corrupt =
            |error: String| Fault::Corrupt(format!("route {} of {}: {error}", self.number, self.application_id));
        let parts = serde_json::from_value::<Vec<Part>>(self.parts).map_err(|error| corrupt(error.to_string()))?;
        Ok(Route {
            number: u32::try_from(self.number).map_err(|error| corrupt(error.to_string()))?,
            parts,
            given,
            deferred: self.deferred_until.map(Day::from).zip(self.deferred_because),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = approvals, treat_none_as_default_value = false)]
struct Row {
    application_id: Uuid,
    route: i32,
    number: i32,
    part: String,
    person_id: Uuid,
    on_behalf_of: Option<Uuid>,
    authority: String,
    amount_cents: i64,
    conditions: Vec<String>,
    approved_at: DateTime<Utc>,
    void: Option<String>,
}

impl From<Row> for Approval {
    fn from(row: Row) -> Self {
        Self {
            part: row.part,
            by: PersonId(row.person_id),
            on_behalf_of: row.on_behalf_of.map(PersonId),
            authority: row.authority,
            amount: Cents::new(row.amount_cents),
            conditions: row.conditions,
            at: row.approved_at,
            void: row.void,
        }
    }
}

/// All routes of a case, in their order.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn routes(reader: &mut impl Connected, id: ApplicationId) -> Result<Vec<Route>, Fault> {
    Ok(routes_of(reader, &[id.0]).await?.remove(&id).unwrap_or_default())
}

/// All routes of these cases, in their order.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn routes_of(reader: &mut impl Connected, ids: &[Uuid]) -> Result<HashMap<ApplicationId, Vec<Route>>, Fault> {
    let query = approval_routes::table
        .filter(approval_routes::application_id.eq_any(ids))
        .order((approval_routes::application_id, approval_routes::number))
        .select(RouteRow::as_select());
    let routes: Vec<RouteRow> = query.load(reader.connection()).await?;
    let query = approvals::table
        .filter(approvals::application_id.eq_any(ids))
        .order((approvals::application_id, approvals::route, approvals::number))
        .select(Row::as_select());
    let mut given: HashMap<(Uuid, i32), Vec<Approval>> = HashMap::new();
    for row in query.load::<Row>(reader.connection()).await? {
        given.entry((row.application_id, row.route)).or_default().push(row.into());
    }
    let mut found: HashMap<ApplicationId, Vec<Route>> = HashMap::new();
    for row in routes {
        let (id, number) = (row.application_id, row.number);
        let route = row.with(given.remove(&(id, number)).unwrap_or_default())?;
        found.entry(ApplicationId(id)).or_default().push(route);
    }
    Ok(found)
}

/// A route that runs.
#[derive(Clone, Debug)]
pub struct Running {
    /// What is recommended.
    pub amount: Cents,
    /// The code of the scheme.
    pub scheme: String,
    /// The route.
    pub route: Route,
}

/// The routes that run on these cases.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn running_routes(
    reader: &mut impl Connected,
    ids: &[Uuid],
) -> Result<HashMap<ApplicationId, Running>, Fault> {
    let query = applications::table.filter(applications::id.eq_any(ids)).select((
        applications::id,
        applications::scheme_code,
        applications::recommended_cents,
    ));
    let recommended: Vec<(Uuid, String, Option<i64>)> = query.load(reader.connection()).await?;
    let mut routes = routes_of(reader, ids).await?;
    let running = recommended.into_iter().filter_map(|(id, scheme, amount)| {
        let id = ApplicationId(id);
        let (amount, route) = (Cents::new(amount?), routes.remove(&id)?.pop()?);
        Some((id, Running { amount, scheme, route }))
    });
    Ok(running.collect())
}

/// How many recommendations there were.
///
/// # Errors
/// When the database fails.
pub async fn count(reader: &mut impl Connected, id: ApplicationId) -> Result<u32, Fault> {
    let query = approval_routes::table.filter(approval_routes::application_id.eq(id.0)).count();
    let count: i64 = query.get_result(reader.connection()).await?;
    u32::try_from(count).map_err(|error| Fault::Corrupt(format!("routes of {id}: {error}")))
}

fn whole(number: u32) -> Result<i32, Fault> {
    i32::try_from(number).map_err(|error| Fault::Corrupt(format!("the number of a route: {error}")))
}

pub(super) async fn write(tx: &mut Tx<'_>, application: ApplicationId, write: &RouteWrite) -> Result<(), Fault> {
    match write {
        RouteWrite::Started { route, amount } => insert_route(tx, application, route, *amount).await,
        RouteWrite::Taken { person, part } => take_part(tx, application, *person, part).await,
        RouteWrite::Passed { route, number, approval } => insert(tx, application, (*route, *number), approval).await,
        RouteWrite::Void { route, parts, because } => void(tx, (application, *route), parts, because).await,
        RouteWrite::Deferred { route, until } => defer(tx, (application, *route), until.as_ref()).await,
    }
}

async fn insert_route(tx: &mut Tx<'_>, application: ApplicationId, route: &Route, amount: Cents) -> Result<(), Fault> {
    let number = whole(route.number)?;
    let parts = serde_json::to_value(&route.parts).map_err(|error| Fault::Corrupt(error.to_string()))?;
    let row = (
        approval_routes::application_id.eq(application.0),
        approval_routes::number.eq(number),
        approval_routes::amount_cents.eq(amount.get()),
        approval_routes::parts.eq(parts),
        approval_routes::started_at.eq(tx.moment.now),
    );
    diesel::insert_into(approval_routes::table).values(row).execute(tx.connection).await?;
    let rows = (1_i32..).zip(&route.parts).map(|(position, part)| {
        (
            approval_parts::application_id.eq(application.0),
            approval_parts::route.eq(number),
            approval_parts::position.eq(position),
            approval_parts::code.eq(part.code()),
            approval_parts::is_check.eq(part.is_check()),
            approval_parts::authorities.eq(part.authorities()),
            approval_parts::committees.eq(part.committees().into_keys().collect::<Vec<_>>()),
        )
    });
    let rows = rows.collect::<Vec<_>>();
    diesel::insert_into(approval_parts::table).values(rows).execute(tx.connection).await?;
    Ok(())
}

async fn insert(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    (route, number): (u32, u32),
    approval: &Approval,
) -> Result<(), Fault> {
    let row = Row {
        application_id: application.0,
        route: whole(route)?,
        number: whole(number)?,
        part: approval.part.clone(),
        person_id: approval.by.0,
        on_behalf_of: approval.on_behalf_of.map(|absent| absent.0),
        authority: approval.authority.clone(),
        amount_cents: approval.amount.get(),
        conditions: approval.conditions.clone(),
        approved_at: approval.at,
        void: approval.void.clone(),
    };
    diesel::insert_into(approvals::table).values(row).execute(tx.connection).await?;
    Ok(())
}

async fn void(
    tx: &mut Tx<'_>,
    (application, route): (ApplicationId, u32),
    parts: &[String],
    because: &str,
) -> Result<(), Fault> {
    let of_route = approvals::application_id.eq(application.0).and(approvals::route.eq(whole(route)?));
    let standing = approvals::table.filter(of_route.and(approvals::part.eq_any(parts)).and(approvals::void.is_null()));
    diesel::update(standing).set(approvals::void.eq(because)).execute(tx.connection).await?;
    Ok(())
}

async fn defer(
    tx: &mut Tx<'_>,
    (application, route): (ApplicationId, u32),
    until: Option<&(Day, String)>,
) -> Result<(), Fault> {
    let set = (
        approval_routes::deferred_until.eq(until.map(|(day, _)| day.date())),
        approval_routes::deferred_because.eq(until.map(|(_, because)| because)),
    );
    let row = approval_routes::table.find((application.0, whole(route)?));
    diesel::update(row).set(set).execute(tx.connection).await?;
    Ok(())
}

/// An approver takes the duty for one part; the key of the table refuses another one.
async fn take_part(tx: &mut Tx<'_>, application: ApplicationId, person: PersonId, part: &str) -> Result<(), Fault> {
    let row = (
        case_duties::application_id.eq(application.0),
        case_duties::person_id.eq(person.0),
        case_duties::duty.eq(Duty::Approver.code()),
        case_duties::part.eq(part),
    );
    let new = diesel::insert_into(case_duties::table).values(row).on_conflict_do_nothing();
    if new.execute(tx.connection).await? == 1 {
        return Ok(());
    }
    let held = case_duties::table.find((application.0, person.0)).select(case_duties::part);
    let held: Option<String> = held.first(tx.connection).await?;
    if held.as_deref() == Some(part) { Ok(()) } else { Err(Fault::Taken("case_duties_pkey".to_owned())) }
}
