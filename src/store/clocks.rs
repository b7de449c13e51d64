//! How long cases have been in their states: what service clocks are read from.

use super::schema::{application_stays, applications};
use super::seals::sealed;
use super::{Connected, Fault};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::not;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::calendar::Day;
use rules::clock::{Stay, Step};
use rules::ids::{ApplicationId, OrganisationId, SchemeTextId};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

fn state(code: &str) -> Result<State, Fault> {
    State::from_code(code).ok_or_else(|| Fault::Corrupt(format!("state {code}")))
}

/// Every stay of a case, oldest first; the last one lasts.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn stays(reader: &mut impl Connected, application: ApplicationId) -> Result<Vec<Stay>, Fault> {
    let query = application_stays::table
        .filter(application_stays::application_id.eq(application.0))
        .order(application_stays::number)
        .select((application_stays::state, application_stays::from_at, application_stays::until_at));
    let ended: Vec<(String, DateTime<Utc>, DateTime<Utc>)> = query.load(reader.connection()).await?;
    let query = applications::table.find(application.0).select((applications::state, applications::state_since));
    let lasts: Option<(String, DateTime<Utc>)> = query.first(reader.connection()).await.optional()?;
    let ended =
        ended.into_iter().map(|(code, from, until)| Ok(Stay { state: state(&code)?, from, until: Some(until) }));
    let lasts = lasts.into_iter().map(|(code, from)| Ok(Stay { state: state(&code)?, from, until: None }));
    ended.chain(lasts).collect()
}

/// A case that waits for a step of the agency.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Which.
    pub application: ApplicationId,
    /// The reference that people use.
    pub reference: String,
    /// The text that it has pinned.
    pub scheme_text: SchemeTextId,
    /// The day of its submission.
    pub submitted_on: Day,
    /// For which step.
    pub step: Step,
    /// Its stays in the state of that step, the one that lasts among them.
    pub stays: Vec<Stay>,
}

/// The cases of a scheme that wait for a step of the agency, longest first; those of `hidden_from`, those that are `tied` and
/// what is sealed are left out.
///
/// # Errors
/// When the database fails or a row cannot be read.
pub async fn waiting(
    reader: &mut impl Connected,
    (scheme, now): (&str, DateTime<Utc>),
    (hidden_from, tied): (&BTreeSet<OrganisationId>, &[ApplicationId]),
) -> Result<Vec<Waiting>, Fault> {
    let own = hidden_from.iter().map(|id| id.0).collect::<Vec<_>>();
    let tied = tied.iter().map(|id| id.0).collect::<Vec<_>>();
    let states = Step::ALL.map(|step| step.state().code()).to_vec();
    let query = applications::table
        .filter(applications::scheme_code.eq(scheme).and(applications::submitted_at.is_not_null()))
        .filter(applications::state.eq_any(states).and(applications::organisation_id.ne_all(own)))
        .filter(applications::id.ne_all(tied).and(not(sealed(now))))
        .order((applications::state_since, applications::id))
        .select((
            applications::id,
            applications::reference,
            applications::scheme_text_id.assume_not_null(),
            applications::submitted_on.assume_not_null(),
            applications::state,
            applications::state_since,
        ));
    let rows: Vec<(Uuid, String, Uuid, NaiveDate, String, DateTime<Utc>)> = query.load(reader.connection()).await?;
    let mut before = before(reader, &rows.iter().map(|row| row.0).collect::<Vec<_>>()).await?;
    let mut waiting = Vec::new();
    for (id, reference, text, submitted_on, code, from) in rows {
        let state = state(&code)?;
        let Some(step) = Step::ALL.into_iter().find(|step| step.state() == state) else { continue };
        let mut stays = before.remove(&id).unwrap_or_default();
        stays.push(Stay { state, from, until: None });
        waiting.push(Waiting {
            application: ApplicationId(id),
            reference,
            scheme_text: SchemeTextId(text),
            submitted_on: Day::from(submitted_on),
            step,
            stays,
        });
    }
    Ok(waiting)
}

/// The earlier stays of these cases in the states in which they are now: few come back to one.
async fn before(reader: &mut impl Connected, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Stay>>, Fault> {
    let query = application_stays::table
        .inner_join(applications::table.on(applications::id.eq(application_stays::application_id)))
        .filter(applications::id.eq_any(ids).and(applications::state.eq(application_stays::state)))
        .order((application_stays::application_id, application_stays::number))
        .select((
            application_stays::application_id,
            application_stays::state,
            application_stays::from_at,
            application_stays::until_at,
        ));
    let rows: Vec<(Uuid, String, DateTime<Utc>, DateTime<Utc>)> = query.load(reader.connection()).await?;
    let mut stays: HashMap<Uuid, Vec<Stay>> = HashMap::new();
    for (id, code, from, until) in rows {
        stays.entry(id).or_default().push(Stay { state: state(&code)?, from, until: Some(until) });
    }
    Ok(stays)
}
