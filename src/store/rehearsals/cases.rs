//! The cases of rehearsals: the recorded ones that are worked out again, and what came out of each.

use crate::store::schema::{application_calculations, applications, rehearsal_cases};
use crate::store::seals::sealed;
use crate::store::{Connected, Fault, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::not;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::ids::{ApplicationId, OrganisationId, RehearsalId};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A recorded case: what was asked when it was submitted, with the history of that day.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Recorded {
    /// The case.
    pub id: Uuid,
    /// The reference that people use.
    pub reference: String,
    /// Who applies.
    pub organisation_id: Uuid,
    /// The day of its submission.
    pub submitted_on: Option<NaiveDate>,
    /// The request, as JSON.
    pub request: String,
}

/// The states of the cases that stand: neither ended without a grant nor still being written.
fn standing() -> Vec<&'static str> {
    let ended = [
        State::Draft,
        State::Ineligible,
        State::Refused,
        State::Rejected,
        State::Declined,
        State::Lapsed,
        State::Withdrawn,
    ];
    State::ALL.into_iter().filter(|state| !ended.contains(state)).map(State::code).collect()
}

/// How many cases of a scheme stand, those left out that are sealed.
///
/// # Errors
/// When the database fails.
pub async fn count_recorded(reader: &mut impl Connected, code: &str, now: DateTime<Utc>) -> Result<i64, Fault> {
    let cases = applications::table
        .filter(applications::submitted_at.is_not_null())
        .filter(applications::scheme_code.eq(code).and(applications::state.eq_any(standing())))
        .filter(not(sealed(now)));
    Ok(cases.count().get_result(reader.connection()).await?)
}

/// The cases of a scheme that stand and are not sealed, newest first, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn recorded(
    reader: &mut impl Connected,
    (code, now): (&str, DateTime<Utc>),
    after: Option<ApplicationId>,
    limit: i64,
) -> Result<Vec<Recorded>, Fault> {
    let after = after.map_or_else(Uuid::max, |id| id.0);
    let of_case = application_calculations::application_id.eq(applications::id);
    let first = application_calculations::sequence.eq(1);
    let query = applications::table
        .inner_join(application_calculations::table.on(of_case.and(first)))
        .filter(applications::submitted_at.is_not_null().and(applications::id.lt(after)))
        .filter(applications::scheme_code.eq(code).and(applications::state.eq_any(standing())))
        .filter(not(sealed(now)))
        .order(applications::id.desc())
        .limit(limit)
        .select((
            applications::id,
            applications::reference,
            applications::organisation_id,
            applications::submitted_on,
            application_calculations::request,
        ));
    Ok(query.load(reader.connection()).await?)
}

/// What came out of a case.
#[derive(Clone, Debug, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = rehearsal_cases, treat_none_as_default_value = false)]
pub struct CaseRow {
    /// Of which rehearsal.
    pub rehearsal_id: Uuid,
    /// Its place among all cases, from 1.
    pub sequence: i64,
    /// Its reference, or what the portfolio calls it.
    pub name: String,
    /// Who applies, where it is a recorded one.
    pub organisation_id: Option<Uuid>,
    /// The code of what becomes of it, or `faulty`.
    pub change: String,
    /// The verdict, or what is wrong with it.
    pub verdict: Value,
}

/// Writes what came out of some cases.
///
/// # Errors
/// When the database fails.
pub async fn append(tx: &mut Tx<'_>, rows: &[CaseRow]) -> Result<(), Fault> {
    diesel::insert_into(rehearsal_cases::table).values(rows).execute(tx.connection).await?;
    Ok(())
}

/// What came out of the cases of a rehearsal, in their order, after one of them: of all that change, or of one kind of change.
/// Those of some organisations, and those with some references, are left out.
///
/// # Errors
/// When the database fails.
pub async fn cases(
    reader: &mut impl Connected,
    id: RehearsalId,
    change: Option<&str>,
    (without, tied): (&BTreeSet<OrganisationId>, Vec<String>),
    (after, limit): (Option<i64>, i64),
) -> Result<Vec<CaseRow>, Fault> {
    let without = without.iter().map(|id| id.0).collect::<Vec<_>>();
    let mut query = rehearsal_cases::table
        .filter(rehearsal_cases::rehearsal_id.eq(id.0).and(rehearsal_cases::sequence.gt(after.unwrap_or(0))))
        .filter(rehearsal_cases::organisation_id.is_null().or(
            rehearsal_cases::organisation_id.ne_all(without).assume_not_null().and(rehearsal_cases::name.ne_all(tied)),
        ))
        .order(rehearsal_cases::sequence)
        .limit(limit)
        .select(CaseRow::as_select())
        .into_boxed();
    if let Some(change) = change {
        query = query.filter(rehearsal_cases::change.eq(change.to_owned()));
    }
    Ok(query.load(reader.connection()).await?)
}
