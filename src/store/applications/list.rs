//! The list of applications: what a scope sees of them, page by page.

use super::organisation_name;
use crate::store::schema::applications;
use crate::store::seals::sealed;
use crate::store::{Connected, Fault};
use chrono::{DateTime, Utc};
use diesel::dsl::not;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use rules::application::State;
use rules::ids::{ApplicationId, OrganisationId};
use rules::sight::{Scope, StatesMeant};
use std::cmp::Reverse;
use uuid::Uuid;

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = applications)]
pub struct Listed {
    /// Identity.
    pub id: Uuid,
    /// The reference that people use.
    pub reference: String,
    /// The scheme's code.
    pub scheme_code: String,
    /// Who applies.
    pub organisation_id: Uuid,
    /// What the organisation is called.
    #[diesel(select_expression = organisation_name())]
    pub organisation_name: String,
    /// Where it stands.
    pub state: String,
    /// What the project is called.
    pub title: String,
    /// The round to which it belongs, or the cut-off with which it is assessed.
    pub round: Option<String>,
    /// What is asked for, once submitted.
    pub requested_cents: Option<i64>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
}

/// What a list is narrowed to, beside what the actor may see.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One scheme.
    pub scheme: Option<String>,
    /// One round of a scheme, or one cut-off.
    pub round: Option<String>,
    /// Some states: which they are depends on the eyes with which a case is seen.
    pub states: Option<StatesMeant>,
    /// After this one, in the order of the list.
    pub after: Option<ApplicationId>,
}

/// A page of what a scope sees at an instant, newest first.
///
/// # Errors
/// When the database fails.
pub async fn page(
    reader: &mut impl Connected,
    scope: &Scope,
    filter: &Filter,
    (now, limit): (DateTime<Utc>, i64),
) -> Result<Vec<Listed>, Fault> {
    let states = filter.states.as_ref();
    let mut rows = narrowed_to(reader, visible(scope, states, now), filter, limit).await?;
    // Asked apart: each of the two questions is answered by an index of its own.
    if let Some(shared) = shared(scope, states) {
        rows.extend(narrowed_to(reader, shared, filter, limit).await?);
        rows.sort_unstable_by_key(|row| Reverse(row.id));
        rows.dedup_by_key(|row| row.id);
        rows.truncate(usize::try_from(limit).unwrap_or_default());
    }
    Ok(rows)
}

async fn narrowed_to(
    reader: &mut impl Connected,
    condition: Condition,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Listed>, Fault> {
    let mut query =
        applications::table.select(Listed::as_select()).order(applications::id.desc()).limit(limit).into_boxed::<Pg>();
    query = query.filter(condition);
    if let Some(scheme) = &filter.scheme {
        query = query.filter(applications::scheme_code.eq(scheme.clone()));
    }
    if let Some(round) = &filter.round {
        query = query.filter(applications::round.eq(round.clone()));
    }
    if let Some(after) = filter.after {
        query = query.filter(applications::id.lt(after.0));
    }
    Ok(query.load(reader.connection()).await?)
}

type Condition = Box<dyn BoxableExpression<applications::table, Pg, SqlType = Bool>>;

/// A scope as a condition: what the policy says of one application, said of all. Each part is narrowed to the states that are meant
/// by whoever sees it so.
fn visible(scope: &Scope, states: Option<&StatesMeant>, now: DateTime<Utc>) -> Condition {
    let staff = seen_by_staff(scope, now).and_then(|part| narrowed(part, states.map(|states| states.staff.as_slice())));
    let public = either(seen_in_public(scope));
    let public = public.and_then(|part| narrowed(part, states.map(|states| states.public.as_slice())));
    let nothing = || -> Condition { Box::new(applications::id.is_null()) };
    either(staff.into_iter().chain(public)).unwrap_or_else(nothing)
}

fn seen_by_staff(scope: &Scope, now: DateTime<Utc>) -> Option<Condition> {
    let submitted = applications::submitted_at.is_not_null().and(not(sealed(now)));
    let mut seen: Condition = match (scope.submitted, scope.acts_for.is_empty()) {
        (false, _) => return None,
        (true, true) => Box::new(submitted),
        (true, false) => Box::new(submitted.and(applications::organisation_id.ne_all(plain(&scope.acts_for)))),
    };
    if !scope.tied.is_empty() {
        seen = Box::new(seen.and(applications::id.ne_all(cases(&scope.tied))));
    }
    Some(seen)
}

/// The cases of which somebody is a member.
fn shared(scope: &Scope, states: Option<&StatesMeant>) -> Option<Condition> {
    let part: Condition = match scope.shared.as_slice() {
        [] => return None,
        shared => Box::new(applications::id.eq_any(cases(shared))),
    };
    narrowed(part, states.map(|states| states.public.as_slice()))
}

fn cases(ids: &[ApplicationId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.0).collect()
}

fn seen_in_public(scope: &Scope) -> Vec<Condition> {
    let mut parts: Vec<Condition> = Vec::new();
    match scope.organisations.as_slice() {
        [] => {}
        // Most act for one, and the index of one has its applications in the order of the list.
        [one] => parts.push(Box::new(applications::organisation_id.eq(one.0))),
        many => parts.push(Box::new(applications::organisation_id.eq_any(plain(many)))),
    }
    // Staff see what they assess as staff, but what they must not know who applies for; and nobody assesses for an organisation that
    // they act for.
    let as_assessor = |id: &ApplicationId| !scope.submitted || scope.blind.contains(id);
    let assessed = scope.assessed.iter().filter(|(id, assessing)| assessing.sees() && as_assessor(id));
    let assessed = assessed.map(|(id, _)| id.0).collect::<Vec<_>>();
    if !assessed.is_empty() {
        parts.push(Box::new(applications::id.eq_any(assessed)));
    }
    parts
}

fn narrowed(part: Condition, states: Option<&[State]>) -> Option<Condition> {
    match states {
        None => Some(part),
        Some([]) => None,
        // Read from the index in the order of the list, which several states are not.
        Some([state]) => Some(Box::new(part.and(applications::state.eq(state.code())))),
        Some(states) => {
            let codes = states.iter().map(|state| state.code()).collect::<Vec<_>>();
            Some(Box::new(part.and(applications::state.eq_any(codes))))
        }
    }
}

fn either(parts: impl IntoIterator<Item = Condition>) -> Option<Condition> {
    parts.into_iter().reduce(|one, other| Box::new(one.or(other)))
}

fn plain(organisations: &[OrganisationId]) -> Vec<Uuid> {
    organisations.iter().map(|id| id.0).collect()
}
