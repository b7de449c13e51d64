//! Reports: permit, then read. A report reads one snapshot, and fails rather than disagree with the ledger.

use super::Error;
use super::schemes::{InForce, Schemes, must_be_known};
use crate::store::reports::{Given, OfRound};
use crate::store::reserve_lists::OnReserve;
use crate::store::{Reader, reports, reserve_lists, seals};
use chrono::{DateTime, Utc};
use rules::actor::Actor;
use rules::approval::envelope_on;
use rules::calendar::Day;
use rules::dated::Known;
use rules::event::Subject;
use rules::money::Cents;
use rules::permission::Verb;
use rules::report::{Commitments, Dimension, Envelope, Filter, Forecast};
use rules::year_budget::year_of;
use std::collections::BTreeMap;

pub use crate::store::reports::{Disbursements, Obligations, OwedRows};

/// The released payments that a filter means, as they come; the first of them have been read when this returns.
///
/// # Errors
/// When the actor may not, the scheme is not published, no day lies in the period, or the database fails.
pub async fn disbursements(mut reader: Reader, actor: &Actor, filter: Filter) -> Result<Disbursements, Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    // A slip of the pen must not look like a scheme without payments.
    if let Some(code) = &filter.scheme {
        must_be_known(&mut reader, code).await?;
    }
    let window = filter.window()?;
    Ok(reports::disbursements(reader, filter, window).await?)
}

/// What was committed, paid and recovered of what a filter means, grouped by what somebody asks for.
///
/// # Errors
/// When the actor may not, the scheme is not published, no day lies in the period, the database fails, or the ledger and the envelopes do not
/// agree.
pub async fn commitments(
    reader: &mut Reader,
    actor: &Actor,
    by: &[Dimension],
    filter: &Filter,
) -> Result<Vec<Commitments>, Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    if let Some(code) = &filter.scheme {
        must_be_known(reader, code).await?;
    }
    Ok(reports::commitments(reader, by, (filter, filter.window()?)).await?)
}

/// When what is promised and not paid will be asked for, by scheme and month.
///
/// # Errors
/// When the actor may not, the scheme is not published, or the database fails.
pub async fn forecast(
    reader: &mut Reader,
    actor: &Actor,
    (scheme, today): (Option<&str>, Day),
) -> Result<Vec<Forecast>, Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    if let Some(code) = scheme {
        must_be_known(reader, code).await?;
    }
    Ok(reports::forecast(reader, scheme, today).await?)
}

/// What is owed back as it stood at the end of a day, as it comes; the first of it has been read when this returns.
///
/// # Errors
/// When the actor may not, the scheme is not published, or the database fails.
pub async fn owed(mut reader: Reader, actor: &Actor, (scheme, on): (Option<String>, Day)) -> Result<OwedRows, Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    if let Some(code) = &scheme {
        must_be_known(&mut reader, code).await?;
    }
    Ok(reports::owed(reader, scheme, on).await?)
}

/// What is owed beside projects today, as it comes; the first of it has been read when this returns.
///
/// # Errors
/// When the actor may not, the scheme is not published, or the database fails.
pub async fn obligations(
    mut reader: Reader,
    actor: &Actor,
    (scheme, today): (Option<String>, Day),
) -> Result<Obligations, Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    if let Some(code) = &scheme {
        must_be_known(&mut reader, code).await?;
    }
    Ok(reports::obligations(reader, scheme, today).await?)
}

/// The money of every published scheme, or of one: the limit is what the text in force says today, whether anything was approved since
/// it was published or not; all else comes from the ledger.
///
/// # Errors
/// When the actor may not, the scheme is not published, the database fails, or an envelope and the ledger do not agree.
pub async fn envelopes(
    reader: &mut Reader,
    actor: &Actor,
    (schemes, today): (&Schemes, Day),
    scheme: Option<&str>,
) -> Result<Vec<Envelope>, Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    let in_force = match scheme {
        Some(code) => vec![schemes.in_force(reader, code, today).await?.scheme],
        None => schemes.all_in_force(reader, today).await?.into_iter().map(|(_, scheme)| scheme).collect(),
    };
    let mut given = reports::given(reader, scheme).await?;
    let mut envelopes = Vec::new();
    for scheme in in_force {
        let code = scheme.file.code.get_ref();
        let found = given.iter().position(|given| given.scheme == *code).map(|place| given.swap_remove(place));
        let given = found.unwrap_or_else(|| Given { scheme: code.clone(), ..Given::default() });
        envelopes.push(envelope(given, envelope_on(&scheme, today)));
    }
    // Money that was given is in the report, whatever became of the text.
    envelopes.extend(given.into_iter().map(|given| envelope(given, Known::Unknown)));
    Ok(envelopes)
}

/// The rounds of a scheme.
pub struct Rounds {
    /// The scheme in force.
    pub in_force: InForce,
    /// What has come of each round, by its path.
    pub rounds: BTreeMap<String, OfRound>,
    /// What is committed and reserved of the money of each year, by its first day.
    pub years: BTreeMap<Day, (Cents, Cents)>,
    /// What waits on the reserve list of each round, by its path.
    pub on_reserve: BTreeMap<Option<String>, OnReserve>,
    /// Until when each is sealed.
    pub seals: BTreeMap<String, DateTime<Utc>>,
}

/// The scheme that is in force, and what has come of each of its rounds.
///
/// # Errors
/// When the actor may not, the scheme is not published, or the database fails.
pub async fn rounds(
    reader: &mut Reader,
    actor: &Actor,
    (schemes, today): (&Schemes, Day),
    scheme: &str,
) -> Result<Rounds, Error> {
    actor.may(Verb::ReportRead, Subject::House)?;
    let in_force = schemes.in_force(reader, scheme, today).await?;
    let rounds = reports::of_rounds(reader, scheme).await?;
    let seals = seals::of_scheme(reader, scheme).await?;
    let mut years = reports::of_years(reader, scheme).await?;
    // The one that runs is told even where nothing is committed of it.
    if let Some(year) = year_of(&in_force.scheme, today) {
        years.entry(year).or_default();
    }
    let on_reserve = reserve_lists::sums(reader, scheme).await?;
    Ok(Rounds { in_force, rounds, years, on_reserve, seals })
}

fn envelope(given: Given, limit: Known<Cents>) -> Envelope {
    let Given { scheme, committed, reserved, paid, awards } = given;
    Envelope { scheme, limit, committed, reserved, paid, awards }
}
