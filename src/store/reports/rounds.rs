//! The rounds and the years of a scheme: how much has come, and what has been committed of their money.

use crate::store::schema::{applications, round_balances, year_balances};
use crate::store::{Connected, Fault, Reader};
use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::calendar::Day;
use rules::money::Cents;
use std::collections::BTreeMap;

/// What has come of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfRound {
    /// Applications that were submitted to it and not withdrawn.
    pub applications: i64,
    /// What is committed or paid of its money.
    pub committed: Cents,
    /// What is recommended of it and not decided yet, where the scheme reserves it.
    pub reserved: Cents,
}

/// What has come of each round of a scheme, by its path; one of which nothing has come is not there.
///
/// # Errors
/// When the database fails.
pub async fn of_rounds(reader: &mut Reader, scheme: &str) -> Result<BTreeMap<String, OfRound>, Fault> {
    let counted = applications::table
        .filter(applications::scheme_code.eq(scheme).and(applications::round.is_not_null()))
        .filter(applications::state.ne(State::Withdrawn.code()))
        .group_by(applications::round)
        .select((applications::round.assume_not_null(), count_star()));
    let counted: Vec<(String, i64)> = counted.load(reader.connection()).await?;
    let committed = round_balances::table.filter(round_balances::scheme_code.eq(scheme)).select((
        round_balances::round,
        round_balances::committed_cents,
        round_balances::reserved_cents,
    ));
    let committed: Vec<(String, i64, i64)> = committed.load(reader.connection()).await?;
    let mut rounds: BTreeMap<String, OfRound> = BTreeMap::new();
    for (round, applications) in counted {
        rounds.entry(round).or_default().applications = applications;
    }
    for (round, committed, reserved) in committed {
        let of_round = rounds.entry(round).or_default();
        (of_round.committed, of_round.reserved) = (Cents::new(committed), Cents::new(reserved));
    }
    Ok(rounds)
}

/// What is committed and reserved of the money of each year of a scheme, by its first day; a year of which nothing ever was is not there.
///
/// # Errors
/// When the database fails.
pub async fn of_years(reader: &mut Reader, scheme: &str) -> Result<BTreeMap<Day, (Cents, Cents)>, Fault> {
    let rows = year_balances::table.filter(year_balances::scheme_code.eq(scheme)).select((
        year_balances::year_from,
        year_balances::committed_cents,
        year_balances::reserved_cents,
    ));
    let rows: Vec<(NaiveDate, i64, i64)> = rows.load(reader.connection()).await?;
    let year = |(from, committed, reserved)| (Day::from(from), (Cents::new(committed), Cents::new(reserved)));
    Ok(rows.into_iter().map(year).collect())
}
