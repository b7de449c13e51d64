//! What is ranked and waits to be decided, and the money that there is for it.

use super::reserve_lists::List;
use super::schema::{applications, envelopes, organisations, panel_cases, round_balances, year_balances};
use super::seals::sealed;
use super::{Connected, Fault, approvals};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::not;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::calendar::Day;
use rules::ids::{ApplicationId, OrganisationId};
use rules::money::Cents;
use rules::round_decision::Listed;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = applications)]
struct Row {
    id: Uuid,
    reference: String,
    organisation_id: Uuid,
    #[diesel(select_expression = organisations::name)]
    organisation_name: String,
    state: String,
    recommended_cents: Option<i64>,
    reserved_cents: i64,
    year_from: Option<NaiveDate>,
    #[diesel(select_expression = panel_cases::mean)]
    mean: i32,
    #[diesel(select_expression = panel_cases::passes)]
    passes: bool,
}

/// The ranked cases of a round, or of a scheme those that belong to none, that wait to be decided, the highest mean first: what is
/// recommended, and what is in assessment and does not pass.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn list(
    reader: &mut impl Connected,
    (scheme, round): List<'_>,
    (now, limit): (DateTime<Utc>, i64),
) -> Result<Vec<Listed>, Fault> {
    let recommended = applications::state.eq(State::Recommended.code());
    let fails = applications::state.eq(State::InAssessment.code()).and(not(panel_cases::passes));
    let mut query = panel_cases::table
        .inner_join(applications::table.on(applications::id.eq(panel_cases::application_id)))
        .inner_join(organisations::table.on(organisations::id.eq(applications::organisation_id)))
        .filter(applications::scheme_code.eq(scheme).and(recommended.or(fails)).and(not(sealed(now))))
        .order((panel_cases::mean.desc(), applications::id))
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    query = match round {
        Some(round) => query.filter(applications::round.eq(round)),
        None => query.filter(applications::round.is_null()),
    };
    let rows: Vec<Row> = query.load(reader.connection()).await?;
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut routes = approvals::routes_of(reader, &ids).await?;
    let today = Day::in_hong_kong(now);
    let (mut rank, mut last) = (0, None);
    let mut list = Vec::with_capacity(rows.len());
    for (place, row) in (1_u32..).zip(rows) {
        let corrupt = || Fault::Corrupt(format!("{} in a ranking", row.reference));
        if last != Some(row.mean) {
            (rank, last) = (place, Some(row.mean));
        }
        let route = routes.remove(&ApplicationId(row.id)).and_then(|mut routes| routes.pop());
        list.push(Listed {
            application: ApplicationId(row.id),
            organisation: OrganisationId(row.organisation_id),
            state: State::from_code(&row.state).ok_or_else(corrupt)?,
            mean: u32::try_from(row.mean).map_err(|_negative| corrupt())?,
            reference: row.reference,
            organisation_name: row.organisation_name,
            rank,
            passes: row.passes,
            amount: row.recommended_cents.map(Cents::new),
            reserved: Cents::new(row.reserved_cents),
            year: row.year_from.map(Day::from),
            ready: route.is_some_and(|route| route.is_at_last_step(today)),
        });
    }
    Ok(list)
}

/// What is committed and reserved.
pub type Taken = (Cents, Cents);

/// What is committed and reserved of the money of a scheme, of a round, and of each of its years, as it stands; nothing is locked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// Of the scheme.
    pub envelope: Taken,
    /// Of the round.
    pub round: Taken,
    /// Of each year by its first day.
    pub years: BTreeMap<Day, Taken>,
}

/// What is committed and reserved.
///
/// # Errors
/// When the database fails.
pub async fn money(reader: &mut impl Connected, (scheme, round): List<'_>) -> Result<Money, Fault> {
    let taken = |(committed, reserved): (i64, i64)| (Cents::new(committed), Cents::new(reserved));
    let query = envelopes::table.find(scheme).select((envelopes::committed_cents, envelopes::reserved_cents));
    let envelope: Option<(i64, i64)> = query.first(reader.connection()).await.optional()?;
    let of_round: Option<(i64, i64)> = match round {
        Some(round) => {
            let row = round_balances::table.find((scheme, round));
            let query = row.select((round_balances::committed_cents, round_balances::reserved_cents));
            query.first(reader.connection()).await.optional()?
        }
        None => None,
    };
    let query = year_balances::table.filter(year_balances::scheme_code.eq(scheme)).select((
        year_balances::year_from,
        year_balances::committed_cents,
        year_balances::reserved_cents,
    ));
    let years: Vec<(NaiveDate, i64, i64)> = query.load(reader.connection()).await?;
    let year = |(from, committed, reserved)| (Day::from(from), taken((committed, reserved)));
    Ok(Money {
        envelope: envelope.map(taken).unwrap_or_default(),
        round: of_round.map(taken).unwrap_or_default(),
        years: years.into_iter().map(year).collect(),
    })
}
